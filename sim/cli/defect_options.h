/* defect_options.h: --faithful and --defect NAME, which several subcommands take. */
#ifndef SIM_CLI_DEFECT_OPTIONS_H
#define SIM_CLI_DEFECT_OPTIONS_H

#include "sim/cli/options.h"

/* Add what was asked for to the set *defects. False, and said on standard error, when there is no
 * such defect. */
bool defect_options_parse(bool faithful, const struct option_list *names, uint64_t *defects);

#endif
