/* source.h: the bytes of a scenario file, and the filter that they pass before libfyaml sees them.
 *
 * The filter refuses what libfyaml 0.7.12 loops on, crashes on or spends gigabytes on, and what
 * nobody writes into a scenario on purpose. */
#ifndef SIM_SCENARIO_SOURCE_H
#define SIM_SCENARIO_SOURCE_H

#include "sim/scenario/problem_list.h"

struct source {
    const char *bytes; /* without a byte order mark; no NUL at the end is promised */
    size_t length;
};

/* Read all of the file at `path`, or of standard input for "-", into `memory`.
 * SCENARIO_READ_IO: it cannot be read; SCENARIO_READ_PROBLEMS: it is larger than
 * SCENARIO_FILE_BYTES_MAX; either way a problem says so. SCENARIO_READ_NO_MEMORY. */
enum scenario_read_status source_read_file(const char *path, struct scenario_memory *memory,
                                           struct problem_list *problems, struct source *source);

/* Take a byte order mark off, and add a problem for whatever must not reach libfyaml. True when
 * nothing was found. */
bool source_check(struct source *source, struct problem_list *problems);

/* Whether a text, which may come from escapes, is one line that could stand in a file as it is:
 * UTF-8, no line breaks, no tabs, no control characters. */
bool source_is_one_line(const char *text, size_t length);

#endif
