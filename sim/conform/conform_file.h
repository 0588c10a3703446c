/* conform_file.h: a file of conformance cases, read case by case, so that memory is needed for the
 * longest case and not for the file.
 *
 * The bytes of each document pass the filter of sim/scenario/source.h before libfyaml sees them. A
 * document begins with a line that starts with "---", as YAML has it. */
#ifndef SIM_CONFORM_CONFORM_FILE_H
#define SIM_CONFORM_CONFORM_FILE_H

#include "sim/conform/case_document.h"

#include <stdio.h>

/* Bytes of one document; the filter has no larger ones either. */
#define CASE_BYTES_MAX SCENARIO_FILE_BYTES_MAX

struct conform_file;

enum conform_file_status {
    CONFORM_FILE_DOCUMENT,
    CONFORM_FILE_END,
    CONFORM_FILE_PROBLEMS, /* not YAML, or no case at all: conform_file_problem tells; reading may
                              go on behind it */
    CONFORM_FILE_IO,       /* it cannot be read: conform_file_problem(file, 0) says why */
    CONFORM_FILE_NO_MEMORY,
};

/* Open the file at `path`; "-" is standard input. What cannot be opened is told by the first
 * conform_file_next. NULL without memory; else for conform_file_close. */
struct conform_file *conform_file_open(const char *path);
/* The same of a stream that is open for reading, and is closed with the file: also when there is no
 * memory. */
struct conform_file *conform_file_open_stream(FILE *stream);
void conform_file_close(struct conform_file *file);

/* Read the next document; it is valid until the next call. */
enum conform_file_status conform_file_next(struct conform_file *file,
                                           const struct case_node **document);

/* Positions in a document count from its beginning: where it really is. */
struct scenario_position conform_file_place(const struct conform_file *file,
                                            struct scenario_position position);

/* What the last call of conform_file_next found, in places of the file; false when there are no
 * more than `index`. */
bool conform_file_problem(const struct conform_file *file, uint32_t index,
                          struct scenario_problem *problem);

#endif
