/* draft_moments.c: when something happens in a random scenario: at a time, or after something else.
 */
#include "sim/scenario/draft.h"

#define HORIZON_MARGIN_US 20000u
#define HORIZON_MAX_US 2000000u
#define RUN_MAX_US 60000000u /* after the last event that has a time: then the run ends */
#define DELAY_MAX_US 20000u
#define NTH_MAX 3u

static uint64_t time_of_plan(const struct scenario_plan *plan)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < plan->step_count && sum < HORIZON_MAX_US; i++) {
        sum += plan->steps[i].takes.max;
    }
    return sum;
}

uint64_t draft_horizon(const struct scenario *scenario)
{
    uint64_t longest = 0;
    uint64_t latest = 0;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        uint64_t time = time_of_plan(&scenario->plans[i]);
        longest = time > longest ? time : longest;
    }
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        const struct scenario_trigger *when = &scenario->events[i].when;
        uint64_t time = when->kind == SCENARIO_AT ? when->at : 0;
        latest = time > latest && time <= HORIZON_MAX_US ? time : latest;
    }
    uint64_t horizon = longest + latest + HORIZON_MARGIN_US;
    horizon = horizon < HORIZON_MAX_US ? horizon : HORIZON_MAX_US;
    return horizon < scenario->until ? horizon : scenario->until;
}

void draft_bound(struct draft *draft)
{
    struct scenario *scenario = draft->scenario;
    uint64_t latest = 0;
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        const struct scenario_trigger *when = &scenario->events[i].when;
        latest = when->kind == SCENARIO_AT && when->at > latest ? when->at : latest;
    }
    latest += RUN_MAX_US;
    scenario->until = latest < scenario->until ? latest : scenario->until;
}

bool draft_look(struct draft *draft)
{
    draft->events_known = draft->scenario->event_count;
    return reach_start(&draft->reach, draft->scenario, draft->memory);
}

/* ---- After something ------------------------------------------------------------------------ */

static bool after_step(struct draft *draft, struct scenario_trigger *trigger)
{
    const struct scenario *scenario = draft->scenario;
    if (scenario->plan_count == 0) {
        return false;
    }
    trigger->plan = lots_below(&draft->lots, scenario->plan_count);
    const struct scenario_plan *plan = &scenario->plans[trigger->plan];
    if (plan->step_count == 0) {
        return false;
    }
    trigger->step = lots_below(&draft->lots, plan->step_count);
    const struct scenario_step *step = &plan->steps[trigger->step];
    bool either = lots_chance(&draft->lots, 1, 2);
    trigger->finalize = step->in_finalize && (!step->in_run || either);
    uint32_t states = 0;
    for (uint32_t state = 0; state < DIRECTOR_STEP_STATES; state++) {
        if (reach_step_moves_to(&draft->reach, trigger->plan, trigger->step, trigger->finalize,
                                (enum director_step_state)state)) {
            states |= 1u << state;
        }
    }
    if (states == 0) {
        return false;
    }
    trigger->step_state = (enum director_step_state)lots_member(&draft->lots, states);
    return true;
}

static bool after_plan(struct draft *draft, struct scenario_trigger *trigger)
{
    if (draft->scenario->plan_count == 0) {
        return false;
    }
    trigger->plan = lots_below(&draft->lots, draft->scenario->plan_count);
    uint32_t states = 0;
    for (uint32_t state = 0; state < DIRECTOR_PLAN_STATES; state++) {
        if (reach_plan_moves_to(&draft->reach, trigger->plan, (enum director_plan_state)state)) {
            states |= 1u << state;
        }
    }
    if (states == 0) {
        return false;
    }
    trigger->plan_state = (enum director_plan_state)lots_member(&draft->lots, states);
    return true;
}

static bool after_event(struct draft *draft, struct scenario_trigger *trigger)
{
    if (draft->named == 0) {
        return false;
    }
    trigger->event = draft->named_events[lots_below(&draft->lots, draft->named)];
    trigger->nth = 1;
    /* An event that was added after draft_look is as possible as what it waits for. */
    return trigger->event >= draft->events_known || draft->reach.events[trigger->event];
}

static bool after_future(struct draft *draft, struct scenario_trigger *trigger)
{
    if (draft->scenario->plan_count == 0) {
        return false;
    }
    trigger->plan = lots_below(&draft->lots, draft->scenario->plan_count);
    const struct reach_plan *facts = &draft->reach.plans[trigger->plan];
    if (!facts->started) {
        return false;
    }
    trigger->nth = lots_small(&draft->lots, 1, facts->starts);
    return true;
}

static bool draw_after(struct draft *draft, enum scenario_trigger_kind kind,
                       struct scenario_trigger *trigger)
{
    *trigger = (struct scenario_trigger){
        .kind = kind,
        .nth = lots_small(&draft->lots, 1, NTH_MAX),
        .delay = lots_chance(&draft->lots, 1, 2) ? lots_time(&draft->lots, DELAY_MAX_US) : 0,
    };
    switch (kind) {
    case SCENARIO_AT:
        return false;
    case SCENARIO_AFTER_STEP:
        return after_step(draft, trigger);
    case SCENARIO_AFTER_PLAN:
        return after_plan(draft, trigger);
    case SCENARIO_AFTER_EVENT:
        return after_event(draft, trigger);
    case SCENARIO_AFTER_FUTURE:
        return after_future(draft, trigger);
    }
    return false;
}

struct scenario_trigger draft_trigger(struct draft *draft)
{
    struct scenario_trigger trigger;
    for (uint32_t i = 0; i < DRAFT_TRIES; i++) {
        uint32_t kind = lots_weighted(&draft->lots, draft->swarm.triggers, SWARM_TRIGGER_KINDS);
        if (kind == SCENARIO_AT) {
            break;
        }
        if (draw_after(draft, (enum scenario_trigger_kind)kind, &trigger)) {
            return trigger;
        }
    }
    uint64_t at = lots_time(&draft->lots, draft->horizon_us);
    at = at < draft->scenario->until ? at : draft->scenario->until;
    return (struct scenario_trigger){.kind = SCENARIO_AT, .nth = 1, .at = at};
}
