/* reach_why.c: the events, faults and expectations that can never happen, strike or hold, and why.
 */
#include "sim/scenario/reach.h"

#include "sim/scenario/scenario_keys.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Every function here answers true for what is possible; otherwise it says why not, which is about
 * the value of the key or, for NULL, about the whole entry. */
static bool never(struct reach_reason *why, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool never(struct reach_reason *why, const char *key, const char *format, ...)
{
    if (why == NULL) {
        return false;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    why->key = key;
    return false;
}

/* ---- Plans and steps ---------------------------------------------------------------------- */

static bool plan_runs(const struct reach *reach, uint32_t number, const char *key,
                      struct reach_reason *why)
{
    const struct scenario_plan *plan = &reach->scenario->plans[number];
    if (reach->plans[number].runs) {
        return true;
    }
    if (plan->state == DIRECTOR_PLAN_STOPPED) {
        return never(why, key, "plan '%s' begins stopped, so it never runs", plan->name);
    }
    if (plan->state == DIRECTOR_PLAN_SCHEDULED) {
        return never(why, key, "planning never succeeds for plan '%s', so it never runs",
                     plan->name);
    }
    if (reach->plans[number].starts == 0) {
        return never(why, key, "no event starts plan '%s'; add one, such as {at: 0ms, start: %s}",
                     plan->name, plan->name);
    }
    return never(why, key, "plan '%s' is only started by what never happens", plan->name);
}

static bool any_plan_runs(const struct reach *reach, struct reach_reason *why)
{
    if (reach->any_runs) {
        return true;
    }
    if (reach->scenario->plan_count == 0) {
        return never(why, NULL, "there are no plans");
    }
    return never(why, NULL,
                 "no plan ever runs; add an event that starts one, such as {at: 0ms, start: %s}",
                 reach->scenario->plans[0].name);
}

static bool plan_moves(const struct reach *reach, uint32_t number, enum director_plan_state state,
                       const char *key, struct reach_reason *why)
{
    const struct scenario_plan *plan = &reach->scenario->plans[number];
    const char *name = director_plan_state_name(state);
    if (reach_plan_moves_to(reach, number, state)) {
        return true;
    }
    if (state == DIRECTOR_PLAN_PENDING || state == DIRECTOR_PLAN_SCHEDULED ||
        plan->state == DIRECTOR_PLAN_STOPPED) {
        return never(why, key, "plan '%s' never becomes %s: %s", plan->name, name,
                     plan->state == DIRECTOR_PLAN_STOPPED ? "it begins stopped, for good"
                                                          : "a plan only begins like that");
    }
    if ((state == DIRECTOR_PLAN_PLANNING || state == DIRECTOR_PLAN_PLANNED) &&
        plan->state != DIRECTOR_PLAN_SCHEDULED) {
        return never(why, key, "plan '%s' never becomes %s: it is not scheduled (state: scheduled)",
                     plan->name, name);
    }
    return plan_runs(reach, number, key, why);
}

/* The action has a run step, or a finalize step. */
static bool step_exists(const struct scenario_step *step, bool finalize, const char *key,
                        struct reach_reason *why)
{
    if (finalize ? step->in_finalize : step->in_run) {
        return true;
    }
    if (finalize) {
        return never(why, key, "step '%s' is not in the finalize flow", step->name);
    }
    return never(why, key, "step '%s' is not in the run flow%s", step->name,
                 step->in_finalize ? "; for its finalize step add finalize: true" : "");
}

/* Why a step of a plan that runs never moves to a state. */
static bool step_never(const struct scenario_step *step, bool finalize,
                       enum director_step_state state, const char *key, struct reach_reason *why)
{
    switch (state) {
    case DIRECTOR_STEP_PENDING:
        return never(why, key, "step '%s' never becomes pending: it only begins like that",
                     step->name);
    case DIRECTOR_STEP_SUSPENDED:
        return never(why, key, "step '%s' never becomes suspended: %s", step->name,
                     finalize ? "a finalize step cannot" : "none of its run outcomes is suspend");
    case DIRECTOR_STEP_SUCCESS:
        return never(why, key, "step '%s' never becomes success: none of its %s outcomes is that",
                     step->name, finalize ? "finalize" : "run");
    case DIRECTOR_STEP_SKIPPING:
        return never(why, key, "step '%s' never becomes skipping: %s", step->name,
                     finalize ? "a finalize step is skipped at once" : "it has no rescue: skip");
    case DIRECTOR_STEP_SKIPPED:
        return never(why, key,
                     "step '%s' never becomes skipped: neither it nor what it requires has "
                     "rescue: skip",
                     step->name);
    default:
        return never(why, key, "step '%s' never becomes %s: only plan steps do", step->name,
                     director_step_state_name(state));
    }
}

static bool step_moves(struct reach *reach, uint32_t plan, uint32_t number, bool finalize,
                       enum director_step_state state, const char *key, struct reach_reason *why)
{
    const struct scenario_step *step = &reach->scenario->plans[plan].steps[number];
    if (reach_step_moves_to(reach, plan, number, finalize, state)) {
        return true;
    }
    return step_exists(step, finalize, key, why) && plan_runs(reach, plan, key, why) &&
           step_never(step, finalize, state, key, why);
}

/* ---- Triggers and events ------------------------------------------------------------------ */

static bool future_is_resolved(const struct reach *reach, const struct scenario_trigger *trigger,
                               const char *key, struct reach_reason *why)
{
    const struct reach_plan *facts = &reach->plans[trigger->plan];
    const char *name = reach->scenario->plans[trigger->plan].name;
    if (facts->starts == 0) {
        return never(why, key, "no event starts plan '%s', so it has no future", name);
    }
    if (trigger->nth > facts->starts) {
        return never(why, key, "nth is %u, and only %u event%s plan '%s'", trigger->nth,
                     facts->starts, facts->starts == 1 ? " starts" : "s start", name);
    }
    if (!facts->started) {
        return never(why, key, "plan '%s' is only started by what never happens", name);
    }
    return true;
}

static bool trigger_comes(struct reach *reach, const struct scenario_trigger *trigger,
                          struct reach_reason *why)
{
    const struct scenario *scenario = reach->scenario;
    const char *after = event_keys.keys[EVENT_AFTER].name;
    switch (trigger->kind) {
    case SCENARIO_AT:
        return trigger->at <= scenario->until ||
               never(why, event_keys.keys[EVENT_AT].name,
                     "it is after the end of the run (until: 1d when not told)");
    case SCENARIO_AFTER_STEP:
        return step_moves(reach, trigger->plan, trigger->step, trigger->finalize,
                          trigger->step_state, after, why);
    case SCENARIO_AFTER_PLAN:
        return plan_moves(reach, trigger->plan, trigger->plan_state, after, why);
    case SCENARIO_AFTER_EVENT:
        return reach->events[trigger->event] ||
               never(why, after, "event '%s' never happens", scenario->events[trigger->event].name);
    case SCENARIO_AFTER_FUTURE:
        return future_is_resolved(reach, trigger, after, why);
    }
    return true;
}

bool reach_event_happens(struct reach *reach, uint32_t event, struct reach_reason *why)
{
    assert(event < reach->scenario->event_count);
    return trigger_comes(reach, &reach->scenario->events[event].when, why);
}

/* ---- Faults ------------------------------------------------------------------------------- */

/* Whether calls of a site are only made for plans that run. */
static bool is_run_site(enum scenario_fault_site site)
{
    switch (site) {
    case SCENARIO_ON_FIND_PLAN:
    case SCENARIO_ON_SAVE_STEP:
    case SCENARIO_ON_LOAD_ACTION:
    case SCENARIO_ON_SAVE_ACTION:
    case SCENARIO_ON_WORKER:
    case SCENARIO_ON_WORK:
    case SCENARIO_ON_REPORT:
        return true;
    default:
        return false;
    }
}

/* Calls of the site are made for the plan, or for some plan. */
static bool fault_meets_plan(const struct reach *reach, const struct scenario_fault *fault,
                             struct reach_reason *why)
{
    const char *key = fault_keys.keys[FAULT_PLAN].name;
    if (fault->plan == SCENARIO_NONE) {
        return !is_run_site(fault->site) || any_plan_runs(reach, why);
    }
    const struct scenario_plan *plan = &reach->scenario->plans[fault->plan];
    const struct reach_plan *facts = &reach->plans[fault->plan];
    bool scheduled = plan->state == DIRECTOR_PLAN_SCHEDULED;
    if (fault->site == SCENARIO_ON_DELETE_DELAYED && !scheduled) {
        return never(why, key, "plan '%s' is not scheduled (state: scheduled)", plan->name);
    }
    if (!is_run_site(fault->site) && (facts->started || facts->halted || scheduled)) {
        return true;
    }
    return plan_runs(reach, fault->plan, key, why);
}

static bool fault_meets_step(const struct reach *reach, const struct scenario_fault *fault,
                             struct reach_reason *why)
{
    const char *key = fault_keys.keys[FAULT_STEP].name;
    if (fault->step == SCENARIO_NONE) {
        return true;
    }
    const struct scenario_world *world = &reach->scenario->world;
    const struct scenario_step *step = &reach->scenario->plans[fault->plan].steps[fault->step];
    /* A rescue loads the action of a step whatever steps it has. */
    bool any_step = fault->site == SCENARIO_ON_LOAD_ACTION && !fault->finalize;
    if (!any_step && !step_exists(step, fault->finalize, key, why)) {
        return false;
    }
    if (fault->queue != SCENARIO_NONE && fault->queue != step->queue && !fault->finalize) {
        return never(why, key, "step '%s' works on queue '%s', not on '%s'", step->name,
                     world->queues[step->queue].name, world->queues[fault->queue].name);
    }
    return true;
}

static bool fault_meets_queue(const struct reach *reach, const struct scenario_fault *fault,
                              struct reach_reason *why)
{
    const char *key = fault_keys.keys[FAULT_QUEUE].name;
    if (fault->queue == SCENARIO_NONE) {
        return true;
    }
    const struct scenario_queue *queue = &reach->scenario->world.queues[fault->queue];
    if (!reach->queue_used[fault->queue]) {
        return never(why, key, "no step works on queue '%s'", queue->name);
    }
    /* A work item is on its way to its pool whether anybody is there or not. */
    if (queue->workers == 0 && fault->site != SCENARIO_ON_WORK) {
        return never(why, key, "queue '%s' has no workers", queue->name);
    }
    return true;
}

static bool fault_meets_state(struct reach *reach, const struct scenario_fault *fault,
                              struct reach_reason *why)
{
    const char *key = fault_keys.keys[FAULT_TO].name;
    if (!fault->has_to) {
        return true;
    }
    if (fault->site == SCENARIO_ON_SAVE_PLAN && fault->plan != SCENARIO_NONE) {
        return plan_moves(reach, fault->plan, fault->to_plan, key, why);
    }
    if (fault->site == SCENARIO_ON_SAVE_PLAN) {
        return reach_any_plan_moves_to(reach, fault->to_plan) ||
               never(why, key, "no plan becomes %s", director_plan_state_name(fault->to_plan));
    }
    if (fault->step != SCENARIO_NONE) {
        return step_moves(reach, fault->plan, fault->step, fault->finalize, fault->to_step, key,
                          why);
    }
    return reach_any_step_moves_to(reach, fault->plan, fault->to_step) ||
           never(why, key, "no step becomes %s", director_step_state_name(fault->to_step));
}

bool reach_fault_strikes(struct reach *reach, const struct scenario_fault *fault,
                         struct reach_reason *why)
{
    if (fault->timing == SCENARIO_FAULT_WHEN && !trigger_comes(reach, &fault->trigger, why)) {
        return false;
    }
    return fault_meets_plan(reach, fault, why) && fault_meets_step(reach, fault, why) &&
           fault_meets_queue(reach, fault, why) && fault_meets_state(reach, fault, why);
}

/* ---- Expectations ------------------------------------------------------------------------- */

static bool plan_ends_so(const struct reach *reach, const struct scenario_expectation *expectation,
                         struct reach_reason *why)
{
    const struct scenario_plan *plan = &reach->scenario->plans[expectation->plan];
    if (expectation->missing && !reach->plans[expectation->plan].deleted) {
        return never(why, NULL, "no event that happens deletes plan '%s'", plan->name);
    }
    return !expectation->has_state || expectation->plan_state == plan->state ||
           plan_moves(reach, expectation->plan, expectation->plan_state,
                      expected_plan_keys.keys[EXPECTED_PLAN_STATE].name, why);
}

bool reach_expectation_holds(struct reach *reach, const struct scenario_expectation *expectation,
                             struct reach_reason *why)
{
    switch (expectation->kind) {
    case SCENARIO_EXPECT_PLAN:
        return plan_ends_so(reach, expectation, why);
    case SCENARIO_EXPECT_STEP:
        return expectation->step_state == DIRECTOR_STEP_PENDING ||
               step_moves(reach, expectation->plan, expectation->step, expectation->finalize,
                          expectation->step_state, NULL, why);
    case SCENARIO_EXPECT_FUTURE:
        return reach->plans[expectation->plan].starts > 0 ||
               never(why, NULL, "no event starts plan '%s', so it has no future",
                     reach->scenario->plans[expectation->plan].name);
    case SCENARIO_EXPECT_RUNS:
        return expectation->runs == 0 || plan_runs(reach, expectation->plan, NULL, why);
    case SCENARIO_EXPECT_EVENT:
    case SCENARIO_EXPECT_MARK:
    case SCENARIO_EXPECT_VIOLATES:
        break;
    }
    return true;
}
