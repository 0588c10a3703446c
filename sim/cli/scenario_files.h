/* scenario_files.h: which scenario files the operands of a command line stand for. A folder stands
 * for all *.yaml below it, sorted by path, without conformance streams and without what is hidden
 * or behind a link to a folder; anything else stands for itself. */
#ifndef SIM_CLI_SCENARIO_FILES_H
#define SIM_CLI_SCENARIO_FILES_H

#include "sim/cli/command.h"

#include <stdbool.h>
#include <stddef.h>

#define SCENARIO_FOLDERS_MAX 64u /* nested in one another */

struct scenario_files {
    char **paths;
    size_t count;
    size_t capacity;
};

/* Collect what the operands stand for, in their order. Says on standard error what is wrong:
 * COMMAND_USAGE for a folder without a scenario, COMMAND_TROUBLE for one that cannot be read and
 * for want of memory; what was found all the same is in `files`, for scenario_files_free. */
enum command_exit scenario_files_collect(struct scenario_files *files, int operand_count,
                                         char *const *operands);
void scenario_files_free(struct scenario_files *files);

/* Whether the file begins like a stream of conformance cases: `--- {"case":`. False, too, when it
 * cannot be read. */
bool scenario_files_is_conformance(const char *path);

#endif
