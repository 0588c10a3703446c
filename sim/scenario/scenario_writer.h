/* scenario_writer.h: a scenario as the file that a person would have written: what has its default
 * is left out, small things stand in one line, long ones one below the other. Reading it gives an
 * equal scenario. */
#ifndef SIM_SCENARIO_SCENARIO_WRITER_H
#define SIM_SCENARIO_SCENARIO_WRITER_H

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_memory.h"
#include "sim/scenario/vocabulary.h"

struct scenario_write_options {
    const struct scenario_vocabularies *vocabularies; /* NULL: the real ones */
    const char
        *schema; /* path of the schema, for a first line that editors read; NULL: no such line */
};

/* Write a scenario into `memory`: the text, with a NUL at its end that *length (which may be NULL)
 * does not count. `options` may be NULL. NULL when there is no memory. The scenario must keep the
 * rules that the reader checks. Expectations come out in the order of the file's sections (plans,
 * steps, finalize, futures, events, marks, violates, runs), those of one plan together. */
const char *scenario_write(const struct scenario *scenario,
                           const struct scenario_write_options *options,
                           struct scenario_memory *memory, size_t *length);

#endif
