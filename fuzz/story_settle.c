/* story_settle.c: numbers put right, when all of a story is there. */
#include "fuzz/story_settle.h"

#include "sim/scenario/vocabulary.h"

#define TAIL_US 1000000u /* after the last event that has a time: then the run ends */

/* A step of the plan that has a step of this kind; false: there is none. */
static bool settle_step(const struct scenario_plan *plan, uint32_t *number, bool *finalize)
{
    if (plan->step_count == 0) {
        return false;
    }
    *number %= plan->step_count;
    const struct scenario_step *step = &plan->steps[*number];
    *finalize = step->in_finalize && (!step->in_run || *finalize);
    return true;
}

/* Events are known by their names, so one that has none is not waited for. What cannot be waited
 * for is as if it said at. */
static void settle_trigger(const struct story *story, struct scenario_trigger *trigger)
{
    const struct scenario *scenario = &story->scenario;
    bool good = trigger->kind == SCENARIO_AT;
    if (trigger->kind == SCENARIO_AFTER_EVENT) {
        trigger->event = scenario->event_count == 0 ? 0 : trigger->event % scenario->event_count;
        trigger->nth = 1;
        good = scenario->event_count > 0 && story->events[trigger->event].kind == SCENARIO_EVENT &&
               story->events[trigger->event].name != NULL;
    } else if (!good && scenario->plan_count > 0) {
        trigger->plan %= scenario->plan_count;
        good = trigger->kind != SCENARIO_AFTER_STEP ||
               settle_step(&story->plans[trigger->plan], &trigger->step, &trigger->finalize);
    }
    if (!good) {
        *trigger = (struct scenario_trigger){
            .kind = SCENARIO_AT, .nth = 1, .at = trigger->delay + trigger->at};
    }
}

/* The worlds that there are in the end, as a set; each start_world gets a number of its own. */
static uint32_t settle_worlds(struct story *story)
{
    uint32_t count = story->scenario.world.worlds;
    for (uint32_t i = 0; i < story->scenario.event_count; i++) {
        struct scenario_event *event = &story->events[i];
        if (event->kind == SCENARIO_START_WORLD && count < SCENARIO_WORLDS_MAX) {
            event->world = ++count;
        } else if (event->kind == SCENARIO_START_WORLD) {
            event->kind = SCENARIO_CHECK_WORLDS;
        }
    }
    return count;
}

static void settle_event(const struct story *story, struct scenario_event *event, uint32_t worlds)
{
    const struct scenario *scenario = &story->scenario;
    bool of_plan = event->kind <= SCENARIO_DELETE_STEPS;
    bool finalize = false;
    if (of_plan && scenario->plan_count == 0) {
        event->kind = SCENARIO_CHECK_WORLDS;
        of_plan = false;
    }
    event->plan = of_plan ? event->plan % scenario->plan_count : SCENARIO_NONE;
    if (event->kind == SCENARIO_EVENT) {
        const struct scenario_plan *plan = &scenario->plans[event->plan];
        if (!settle_step(plan, &event->step, &finalize) || !plan->steps[event->step].in_run) {
            event->kind = SCENARIO_START;
        }
    }
    if (event->kind != SCENARIO_EVENT) {
        event->step = SCENARIO_NONE;
        event->name = NULL;
        event->optional = false;
        event->request = 0;
    }
    bool of_world = !of_plan && event->kind != SCENARIO_HEAL;
    if (of_world && event->kind != SCENARIO_START_WORLD) {
        event->world = 1u + (event->world - 1u) % worlds;
    }
    event->world = of_world ? event->world : 0;
}

static void settle_scope(const struct scenario *scenario, struct scenario_fault *fault,
                         uint32_t worlds)
{
    uint32_t takes = fault_sites[fault->site].takes;
    bool finalize = fault->finalize;
    if ((takes & FAULT_TAKES_PLAN) == 0 || scenario->plan_count == 0) {
        fault->plan = SCENARIO_NONE;
    }
    if (fault->plan != SCENARIO_NONE) {
        fault->plan %= scenario->plan_count;
    }
    if ((takes & FAULT_TAKES_STEP) == 0 || fault->plan == SCENARIO_NONE ||
        fault->step == SCENARIO_NONE ||
        !settle_step(&scenario->plans[fault->plan], &fault->step, &finalize)) {
        fault->step = SCENARIO_NONE;
        finalize = false;
    }
    fault->finalize = finalize;
    if ((takes & FAULT_TAKES_QUEUE) == 0 || scenario->world.queue_count == 1) {
        fault->queue = SCENARIO_NONE;
    }
    fault->world = (takes & FAULT_TAKES_WORLD) == 0 || fault->world > worlds ? 0 : fault->world;
}

static void settle_fault(const struct story *story, struct scenario_fault *fault, uint32_t worlds)
{
    uint32_t takes = fault_sites[fault->site].takes;
    uint32_t errors = fault_sites[fault->site].errors;
    uint32_t lot = (uint32_t)fault->error % (uint32_t)__builtin_popcount(errors);
    settle_scope(&story->scenario, fault, worlds);
    while (lot-- > 0) {
        errors &= errors - 1;
    }
    fault->error = (enum scenario_fault_error)__builtin_ctz(errors);
    if (!fault_errors[fault->error].takes_for) {
        fault->duration = 0;
    }
    fault->after = fault->after && (takes & FAULT_TAKES_WHEN) != 0;
    fault->has_to = fault->has_to && (takes & FAULT_TAKES_TO) != 0;
    bool is_plan = fault->site == SCENARIO_ON_SAVE_PLAN;
    fault->to_plan = fault->has_to && is_plan ? fault->to_plan : DIRECTOR_PLAN_PENDING;
    fault->to_step = fault->has_to && !is_plan ? fault->to_step : DIRECTOR_STEP_SCHEDULING;
    if (fault->timing == SCENARIO_FAULT_WHEN) {
        settle_trigger(story, &fault->trigger);
    }
}

void story_settle(struct story *story)
{
    struct scenario *scenario = &story->scenario;
    uint64_t latest = 0;
    uint32_t worlds = settle_worlds(story);
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        settle_event(story, &story->events[i], worlds);
    }
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        struct scenario_trigger *when = &story->events[i].when;
        settle_trigger(story, when);
        latest = when->kind == SCENARIO_AT && when->at > latest ? when->at : latest;
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        settle_fault(story, &story->faults[i], worlds);
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        for (uint32_t k = 0; k < story->plans[i].step_count; k++) {
            story->steps[i][k].queue %= scenario->world.queue_count;
        }
    }
    scenario->until = latest + TAIL_US;
}
