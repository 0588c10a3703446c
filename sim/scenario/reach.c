/* reach.c: which events can happen is worked out from those at a time on: each that can happen may
 * let a plan run, and that others, which wait for the plan or for the event. */
#include "sim/scenario/reach.h"

#include <assert.h>

#define STATE_BIT(state) (1u << (unsigned)(state))

/* ---- Steps -------------------------------------------------------------------------------- */

/* Mark the steps that a rescue can skip: those that say so, and those that require such a step. */
static bool find_skippable(struct reach *reach, uint32_t plan_number)
{
    const struct scenario_plan *plan = &reach->scenario->plans[plan_number];
    struct reach_plan *facts = &reach->plans[plan_number];
    if (facts->skippable != NULL) {
        return true;
    }
    facts->skippable =
        scenario_memory_array(reach->scratch, plan->step_count, sizeof facts->skippable[0]);
    if (facts->skippable == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        facts->skippable[i] = plan->steps[i].rescue == DIRECTOR_RESCUE_SKIP;
    }
    /* What a step requires comes before it in the run flow, so one pass in the order of the flow is
     * enough; steps that are in the finalize flow alone are required by none. */
    for (uint32_t i = 0; i < plan->run_flow_length + plan->step_count; i++) {
        uint32_t step = i - plan->run_flow_length;
        if (i < plan->run_flow_length) {
            if (!DIRECTOR_FLOW_IS_ATOM(plan->run_flow[i])) {
                continue;
            }
            step = plan->run_flow[i] - 1;
        }
        for (uint32_t k = 0; k < plan->steps[step].requires_count; k++) {
            facts->skippable[step] |= facts->skippable[plan->steps[step].requires[k]];
        }
    }
    return true;
}

static bool outcomes_have(const struct scenario_outcomes *outcomes, enum director_outcome outcome)
{
    for (uint32_t i = 0; i < outcomes->count; i++) {
        if ((outcomes->sets[i] & SCENARIO_OUTCOME_BIT(outcome)) != 0) {
            return true;
        }
    }
    return false;
}

/* The states that a step can move to when its plan runs, as a set. */
static uint32_t step_states(struct reach *reach, uint32_t plan_number, uint32_t step_number,
                            bool finalize)
{
    const struct scenario_step *step = &reach->scenario->plans[plan_number].steps[step_number];
    const struct scenario_outcomes *outcomes = finalize ? &step->finalize : &step->run;
    if (!(finalize ? step->in_finalize : step->in_run)) {
        return 0;
    }
    uint32_t states = STATE_BIT(DIRECTOR_STEP_RUNNING) | STATE_BIT(DIRECTOR_STEP_ERROR);
    if (outcomes_have(outcomes, DIRECTOR_OUTCOME_SUCCESS)) {
        states |= STATE_BIT(DIRECTOR_STEP_SUCCESS);
    }
    if (!finalize && outcomes_have(outcomes, DIRECTOR_OUTCOME_SUSPEND)) {
        states |= STATE_BIT(DIRECTOR_STEP_SUSPENDED);
    }
    if (!finalize && step->rescue == DIRECTOR_RESCUE_SKIP) {
        states |= STATE_BIT(DIRECTOR_STEP_SKIPPING);
    }
    if (find_skippable(reach, plan_number) && reach->plans[plan_number].skippable[step_number]) {
        states |= STATE_BIT(DIRECTOR_STEP_SKIPPED);
    }
    /* A finalize flow that runs again begins by setting its steps back. */
    if (finalize) {
        states |= STATE_BIT(DIRECTOR_STEP_PENDING);
    }
    return states;
}

bool reach_step_moves_to(struct reach *reach, uint32_t plan, uint32_t step, bool finalize,
                         enum director_step_state state)
{
    assert(step < reach->scenario->plans[plan].step_count);
    return reach->plans[plan].runs &&
           (step_states(reach, plan, step, finalize) & STATE_BIT(state)) != 0;
}

static void find_plan_states(struct reach *reach, uint32_t plan_number)
{
    const struct scenario_plan *plan = &reach->scenario->plans[plan_number];
    struct reach_plan *facts = &reach->plans[plan_number];
    facts->has_states = true;
    for (uint32_t step = 0; facts->runs && step < plan->step_count; step++) {
        facts->run_states |= step_states(reach, plan_number, step, false);
        facts->finalize_states |= step_states(reach, plan_number, step, true);
    }
    /* The plan steps of a plan that is planned in the run are saved, too. */
    if (plan->state == DIRECTOR_PLAN_SCHEDULED) {
        facts->run_states |= STATE_BIT(DIRECTOR_STEP_RUNNING) | STATE_BIT(DIRECTOR_STEP_SUCCESS) |
                             STATE_BIT(DIRECTOR_STEP_ERROR);
    }
}

/* The states that any step of a plan can move to, worked out when first asked for. */
static uint32_t plan_step_states(struct reach *reach, uint32_t plan)
{
    struct reach_plan *facts = &reach->plans[plan];
    if (!facts->has_states) {
        find_plan_states(reach, plan);
    }
    return facts->run_states | facts->finalize_states;
}

/* ---- Plans -------------------------------------------------------------------------------- */

bool reach_plan_moves_to(const struct reach *reach, uint32_t plan_number,
                         enum director_plan_state state)
{
    const struct scenario_plan *plan = &reach->scenario->plans[plan_number];
    const struct reach_plan *facts = &reach->plans[plan_number];
    bool scheduled = plan->state == DIRECTOR_PLAN_SCHEDULED;
    switch (state) {
    case DIRECTOR_PLAN_PENDING:
    case DIRECTOR_PLAN_SCHEDULED:
        return false;
    case DIRECTOR_PLAN_PLANNING:
        return scheduled;
    case DIRECTOR_PLAN_PLANNED:
        return scheduled && outcomes_have(&plan->planning, DIRECTOR_OUTCOME_SUCCESS);
    case DIRECTOR_PLAN_RUNNING:
    case DIRECTOR_PLAN_PAUSED:
        return facts->runs;
    case DIRECTOR_PLAN_STOPPED:
        return plan->state != DIRECTOR_PLAN_STOPPED && (facts->runs || facts->halted || scheduled);
    }
    return false;
}

static void find_any_states(struct reach *reach)
{
    if (reach->has_any_states) {
        return;
    }
    reach->has_any_states = true;
    for (uint32_t plan = 0; plan < reach->scenario->plan_count; plan++) {
        reach->any_step_states |= plan_step_states(reach, plan);
        for (uint32_t state = 0; state < DIRECTOR_PLAN_STATES; state++) {
            if (reach_plan_moves_to(reach, plan, (enum director_plan_state)state)) {
                reach->any_plan_states |= STATE_BIT(state);
            }
        }
    }
}

bool reach_any_plan_moves_to(struct reach *reach, enum director_plan_state state)
{
    find_any_states(reach);
    return (reach->any_plan_states & STATE_BIT(state)) != 0;
}

bool reach_any_step_moves_to(struct reach *reach, uint32_t plan, enum director_step_state state)
{
    if (plan != SCENARIO_NONE) {
        return (plan_step_states(reach, plan) & STATE_BIT(state)) != 0;
    }
    find_any_states(reach);
    return (reach->any_step_states & STATE_BIT(state)) != 0;
}

/* ---- Events ------------------------------------------------------------------------------- */

bool reach_trigger(struct reach *reach, const struct scenario_trigger *trigger)
{
    switch (trigger->kind) {
    case SCENARIO_AT:
        return true;
    case SCENARIO_AFTER_STEP:
        return reach_step_moves_to(reach, trigger->plan, trigger->step, trigger->finalize,
                                   trigger->step_state);
    case SCENARIO_AFTER_PLAN:
        return reach_plan_moves_to(reach, trigger->plan, trigger->plan_state);
    case SCENARIO_AFTER_EVENT:
        return reach->events[trigger->event];
    case SCENARIO_AFTER_FUTURE:
        return reach->plans[trigger->plan].started &&
               trigger->nth <= reach->plans[trigger->plan].starts;
    }
    return false;
}

/* Who waits for whom, as linked lists of events, and the events that turned out to be possible and
 * whose effects are still to be worked out. */
struct event_search {
    struct reach *reach;
    uint32_t *by_plan;  /* of each plan: the first event that waits for it */
    uint32_t *by_event; /* of each event: the first event that waits for it */
    uint32_t *next;     /* of each event: the next that waits for the same */
    uint32_t *found;
    uint32_t found_count;
};

static void consider(struct event_search *search, uint32_t event)
{
    struct reach *reach = search->reach;
    if (!reach->events[event] && reach_trigger(reach, &reach->scenario->events[event].when)) {
        reach->events[event] = true;
        search->found[search->found_count++] = event;
    }
}

static void consider_waiting(struct event_search *search, uint32_t first)
{
    for (uint32_t event = first; event != SCENARIO_NONE; event = search->next[event]) {
        consider(search, event);
    }
}

static void take_effect(struct event_search *search, uint32_t number)
{
    struct reach *reach = search->reach;
    const struct scenario_event *event = &reach->scenario->events[number];
    consider_waiting(search, search->by_event[number]);
    if (event->plan == SCENARIO_NONE) {
        return;
    }
    const struct scenario_plan *plan = &reach->scenario->plans[event->plan];
    struct reach_plan *facts = &reach->plans[event->plan];
    struct reach_plan before = *facts;
    if (event->kind == SCENARIO_START) {
        facts->started = true;
        facts->runs = facts->runs || plan->state == DIRECTOR_PLAN_PLANNED ||
                      plan->state == DIRECTOR_PLAN_PAUSED;
    }
    facts->halted = facts->halted || event->kind == SCENARIO_HALT;
    facts->deleted = facts->deleted || event->kind == SCENARIO_DELETE;
    if (facts->started != before.started || facts->halted != before.halted ||
        facts->runs != before.runs) {
        consider_waiting(search, search->by_plan[event->plan]);
    }
}

static bool search_start(struct event_search *search, struct reach *reach)
{
    const struct scenario *scenario = reach->scenario;
    struct scenario_memory *scratch = reach->scratch;
    *search = (struct event_search){
        .reach = reach,
        .by_plan = scenario_memory_array(scratch, (size_t)scenario->plan_count + 1, 4),
        .by_event = scenario_memory_array(scratch, (size_t)scenario->event_count + 1, 4),
        .next = scenario_memory_array(scratch, (size_t)scenario->event_count + 1, 4),
        .found = scenario_memory_array(scratch, (size_t)scenario->event_count + 1, 4),
    };
    if (search->by_plan == NULL || search->by_event == NULL || search->next == NULL ||
        search->found == NULL) {
        return false;
    }
    for (uint32_t plan = 0; plan < scenario->plan_count; plan++) {
        search->by_plan[plan] = SCENARIO_NONE;
    }
    for (uint32_t event = 0; event < scenario->event_count; event++) {
        search->by_event[event] = SCENARIO_NONE;
    }
    for (uint32_t event = 0; event < scenario->event_count; event++) {
        const struct scenario_trigger *when = &scenario->events[event].when;
        uint32_t *first = NULL;
        if (when->kind == SCENARIO_AFTER_EVENT) {
            first = &search->by_event[when->event];
        } else if (when->kind != SCENARIO_AT) {
            first = &search->by_plan[when->plan];
        }
        search->next[event] = SCENARIO_NONE;
        if (first != NULL) {
            search->next[event] = *first;
            *first = event;
        }
    }
    return true;
}

static void find_used_queues(struct reach *reach)
{
    for (uint32_t i = 0; i < reach->scenario->plan_count; i++) {
        const struct scenario_plan *plan = &reach->scenario->plans[i];
        /* Planning is work of the first queue. */
        reach->queue_used[0] |= plan->state == DIRECTOR_PLAN_SCHEDULED;
        for (uint32_t step = 0; step < plan->step_count; step++) {
            if (plan->steps[step].in_run || plan->steps[step].in_finalize) {
                reach->queue_used[plan->steps[step].queue] = true;
            }
        }
    }
}

/* What is so before any event. */
static void begin(struct reach *reach)
{
    const struct scenario *scenario = reach->scenario;
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        /* An event with a problem may name no plan. */
        const struct scenario_event *event = &scenario->events[i];
        if (event->kind == SCENARIO_START && event->plan != SCENARIO_NONE) {
            reach->plans[event->plan].starts++;
        }
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        const struct scenario_plan *plan = &scenario->plans[i];
        bool executed = scenario->world.auto_execute && (plan->state == DIRECTOR_PLAN_PLANNED ||
                                                         plan->state == DIRECTOR_PLAN_PAUSED);
        bool planned = plan->state == DIRECTOR_PLAN_SCHEDULED &&
                       outcomes_have(&plan->planning, DIRECTOR_OUTCOME_SUCCESS);
        reach->plans[i].runs = executed || planned;
    }
    find_used_queues(reach);
}

bool reach_start(struct reach *reach, const struct scenario *scenario,
                 struct scenario_memory *scratch)
{
    struct event_search search;
    *reach = (struct reach){
        .scenario = scenario,
        .scratch = scratch,
        .plans = scenario_memory_array(scratch, (size_t)scenario->plan_count + 1,
                                       sizeof reach->plans[0]),
        .events = scenario_memory_array(scratch, (size_t)scenario->event_count + 1,
                                        sizeof reach->events[0]),
        .queue_used = scenario_memory_array(scratch, (size_t)scenario->world.queue_count + 1,
                                            sizeof reach->queue_used[0]),
    };
    if (reach->plans == NULL || reach->events == NULL || reach->queue_used == NULL ||
        !search_start(&search, reach)) {
        return false;
    }
    begin(reach);
    for (uint32_t event = 0; event < scenario->event_count; event++) {
        consider(&search, event);
    }
    for (uint32_t i = 0; i < search.found_count; i++) {
        take_effect(&search, search.found[i]);
    }
    for (uint32_t plan = 0; plan < scenario->plan_count; plan++) {
        reach->any_runs = reach->any_runs || reach->plans[plan].runs;
    }
    return true;
}
