/* names.c: the names of the director's words, as Dynflow, the database and the conformance cases
 * write them. */
#include "director/director.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NAME_OF(array, value) ((size_t)(value) < COUNT(array) ? (array)[(size_t)(value)] : "?")

static const char *const plan_states[DIRECTOR_PLAN_STATES] = {
    "pending", "scheduled", "planning", "planned", "running", "paused", "stopped",
};
static const char *const results[DIRECTOR_RESULTS] = {
    "pending", "success", "warning", "error", "cancelled",
};
static const char *const step_kinds[DIRECTOR_STEP_KINDS] = {"plan", "run", "finalize"};
static const char *const step_states[DIRECTOR_STEP_STATES] = {
    "scheduling", "pending", "running", "success",   "suspended",
    "skipping",   "skipped", "error",   "cancelled",
};
static const char *const strategies[] = {"none", "skip", "pause", "fail"};
static const char *const statuses[DIRECTOR_STATUSES] = {
    "ok",         "persistence", "persistence_fatal", "unhandled",
    "no_manager", "missing",     "internal",          "no_memory",
};
static const char *const reasons[DIRECTOR_REASONS] = {
    "none",          "already_running", "stopped", "inhibited",  "persistence", "no_manager",
    "not_suspended", "halted",          "dropped", "terminated", "missing",     "broken",
};
static const char *const work_kinds[] = {"run", "event", "finalize", "planning"};

const char *director_plan_state_name(enum director_plan_state state)
{
    return NAME_OF(plan_states, state);
}

const char *director_result_name(enum director_result result)
{
    return NAME_OF(results, result);
}

const char *director_step_kind_name(enum director_step_kind kind)
{
    return NAME_OF(step_kinds, kind);
}

const char *director_step_state_name(enum director_step_state state)
{
    return NAME_OF(step_states, state);
}

const char *director_rescue_strategy_name(enum director_rescue_strategy strategy)
{
    return NAME_OF(strategies, strategy);
}

const char *director_status_name(enum director_status status)
{
    return NAME_OF(statuses, status);
}

const char *director_reason_name(enum director_reason reason)
{
    return NAME_OF(reasons, reason);
}

const char *director_work_kind_name(enum director_work_kind kind)
{
    return NAME_OF(work_kinds, kind);
}
