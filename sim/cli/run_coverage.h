/* run_coverage.h: state coverage, as a table for a person and as JSON for a program. */
#ifndef SIM_CLI_RUN_COVERAGE_H
#define SIM_CLI_RUN_COVERAGE_H

#include "sim/check/coverage.h"
#include "sim/conform/case_text.h"

/* Print the tables, what was not reached, and how much was. */
void run_coverage_print(const struct coverage *coverage);

/* Add it as one JSON object; dirsim-run(1) tells its members. */
void run_coverage_json(struct case_text *text, const struct coverage *coverage);

/* Write the object to the file at `path`; false: it was said why not. */
bool run_coverage_write(const char *path, const struct coverage *coverage);

#endif
