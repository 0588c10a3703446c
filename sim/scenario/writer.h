/* writer.h: what the files that write a scenario share, and nobody else includes. */
#ifndef SIM_SCENARIO_WRITER_H
#define SIM_SCENARIO_WRITER_H

#include "sim/scenario/name_index.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/scenario_writer.h"

#define WRITER_COLUMNS 100u

struct writer {
    const struct scenario *scenario;
    const struct scenario_vocabularies *vocabularies;
    struct scenario_memory *memory;
    char *text;
    size_t length;
    size_t capacity;
    bool fresh;                  /* the brackets that were opened last have nothing in them yet */
    struct name_index all_steps; /* the names of all steps of all plans */
};

/* ---- writer_text.c: text and brackets ----------------------------------------------------- */

void writer_print(struct writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A new line, and `indent` spaces. */
void writer_line(struct writer *writer, uint32_t indent);

/* Brackets, and what is in them with commas between. */
void writer_open(struct writer *writer, char bracket);
void writer_close(struct writer *writer, char bracket);
void writer_item(struct writer *writer);
/* The next item, and its key. */
void writer_key(struct writer *writer, const char *key);

/* Whether the line has become too long; writer_back_to takes off what came after `length`. */
bool writer_line_is_long(const struct writer *writer);
void writer_back_to(struct writer *writer, size_t length);

void writer_duration(struct writer *writer, uint64_t duration);
void writer_range(struct writer *writer, const struct scenario_range *range);
void writer_world_number(struct writer *writer, uint32_t world);
/* Any text, in double quotes when it needs them. */
void writer_any_text(struct writer *writer, const char *text);
/* `allowed`: what "any" stands for. */
void writer_outcomes(struct writer *writer, const struct scenario_outcomes *outcomes,
                     unsigned allowed);

/* ---- The sections ------------------------------------------------------------------------- */

void writer_plans(struct writer *writer);        /* writer_plans.c */
void writer_events(struct writer *writer);       /* writer_events.c */
void writer_faults(struct writer *writer);       /* writer_events.c */
void writer_expectations(struct writer *writer); /* writer_expectations.c */

#endif
