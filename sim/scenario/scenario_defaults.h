/* scenario_defaults.h: what a scenario says where its file says nothing. The reader fills it in,
 * the writer leaves it out, and whoever makes scenarios starts from it. */
#ifndef SIM_SCENARIO_SCENARIO_DEFAULTS_H
#define SIM_SCENARIO_SCENARIO_DEFAULTS_H

#include "sim/scenario/scenario.h"

#define SCENARIO_DEFAULT_UNTIL UINT64_C(86400000000)
#define SCENARIO_DEFAULT_TAKES UINT64_C(1000)
#define SCENARIO_DEFAULT_WORKERS 5u
#define SCENARIO_DEFAULT_QUEUE "default"
#define SCENARIO_DEFAULT_TERMINATION_TIMEOUT UINT64_C(10000000)

/* The outcomes that "any" stands for. */
#define SCENARIO_RUN_OUTCOMES                                                                      \
    (SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS) |                                              \
     SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_ERROR) |                                                \
     SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUSPEND))
#define SCENARIO_FINALIZE_OUTCOMES                                                                 \
    (SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS) | SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_ERROR))

/* Names are "". What outcomes point at is static. */
struct scenario_step scenario_default_step(void);
struct scenario_plan scenario_default_plan(void);
/* Without queues. */
struct scenario_world scenario_default_world(void);
struct scenario_queue scenario_default_queue(void);

#endif
