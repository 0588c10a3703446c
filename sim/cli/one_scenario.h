/* one_scenario.h: what the subcommands share that take one scenario and work on it for a while. */
#ifndef SIM_CLI_ONE_SCENARIO_H
#define SIM_CLI_ONE_SCENARIO_H

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/engine/arena.h"
#include "sim/scenario/scenario.h"

/* Parse the options, and see that there is one operand, which is argv[0] then. False: *answer goes
 * to the shell, and what was wrong has been said on standard error. */
bool one_scenario_parse(const struct command *command, int argc, char **argv,
                        enum command_exit *answer);

/* What is done with it. The arena is empty. */
typedef enum command_exit one_scenario_work(const void *context, const char *path,
                                            struct scenario *scenario, struct arena *arena);

/* Read the scenario at `path`, make an arena, and do it. What is wrong with the file has been said
 * on standard error. */
enum command_exit one_scenario_do(const char *path, one_scenario_work *work, const void *context);

#endif
