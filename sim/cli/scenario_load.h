/* scenario_load.h: reading a scenario for a subcommand, with the answer that goes to the shell. */
#ifndef SIM_CLI_SCENARIO_LOAD_H
#define SIM_CLI_SCENARIO_LOAD_H

#include "sim/cli/command.h"
#include "sim/scenario/scenario_reader.h"

/* Read the scenario at `path`; prints nothing. COMMAND_HELD: reading->scenario is there.
 * COMMAND_USAGE: it is no scenario, and reading->problems say where and why. COMMAND_TROUBLE: it
 * cannot be read, and problems[0] says why. In any case for scenario_reading_free. */
enum command_exit scenario_load(const char *path, struct scenario_reading *reading);

/* The same, and say on standard error what is wrong. */
enum command_exit scenario_load_or_tell(const char *path, struct scenario_reading *reading);

#endif
