/* scenario_defaults.c: the defaults, in one place. */
#include "sim/scenario/scenario_defaults.h"

static struct scenario_outcomes always_success(void)
{
    static const uint8_t success[] = {SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS)};
    return (struct scenario_outcomes){.sets = success, .count = 1};
}

struct scenario_step scenario_default_step(void)
{
    const struct scenario_range takes = {SCENARIO_DEFAULT_TAKES, SCENARIO_DEFAULT_TAKES};
    return (struct scenario_step){
        .name = "",
        .takes = takes,
        .finalize_takes = takes,
        .run = always_success(),
        .finalize = always_success(),
        .skip = always_success(),
        .rescue = DIRECTOR_RESCUE_PAUSE,
        .planned_by = SCENARIO_NONE,
    };
}

struct scenario_plan scenario_default_plan(void)
{
    return (struct scenario_plan){
        .name = "",
        .state = DIRECTOR_PLAN_PLANNED,
        .rescue = DIRECTOR_RESCUE_PAUSE,
        .planning = always_success(),
    };
}

struct scenario_world scenario_default_world(void)
{
    return (struct scenario_world){
        .auto_rescue = true,
        .worlds = 1,
        .termination_timeout = SCENARIO_DEFAULT_TERMINATION_TIMEOUT,
    };
}

struct scenario_queue scenario_default_queue(void)
{
    return (struct scenario_queue){
        .name = SCENARIO_DEFAULT_QUEUE,
        .workers = SCENARIO_DEFAULT_WORKERS,
    };
}
