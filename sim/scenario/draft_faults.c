/* draft_faults.c: what goes wrong in a random scenario. */
#include "sim/scenario/draft.h"

#include "sim/scenario/vocabulary.h"

#include <string.h>

#define NTH_MAX 5u
#define TIMES_MAX 4u
#define CHANCE_MAX 30u /* 1 in so many at the least likely */
#define DURATION_MAX_US 50000u
#define EMPTY_MIN_US 5000u
#define NEVER_IN_DOUBT 2u /* of three writes that fail, so many did not take effect */

bool draft_begin_faults(struct draft *draft)
{
    struct scenario *scenario = draft->scenario;
    struct scenario_fault *faults = scenario_memory_array(
        draft->memory, (size_t)scenario->fault_count + DRAFT_FAULTS_MAX, sizeof(*faults));
    if (faults == NULL) {
        return false;
    }
    if (scenario->fault_count > 0) {
        memcpy(faults, scenario->faults, scenario->fault_count * sizeof(*faults));
    }
    draft->faults = faults;
    scenario->faults = faults;
    return true;
}

/* ---- Which calls ---------------------------------------------------------------------------- */

static void draw_step(struct draft *draft, struct scenario_fault *fault)
{
    const struct scenario_plan *plan = &draft->scenario->plans[fault->plan];
    fault->step = lots_below(&draft->lots, plan->step_count);
    const struct scenario_step *step = &plan->steps[fault->step];
    bool either = lots_chance(&draft->lots, 1, 2);
    fault->finalize = step->in_finalize && (!step->in_run || either);
}

static void draw_scope(struct draft *draft, uint32_t takes, struct scenario_fault *fault)
{
    const struct scenario *scenario = draft->scenario;
    struct lots *lots = &draft->lots;
    if (!draft->swarm.scopes) {
        return;
    }
    if ((takes & FAULT_TAKES_PLAN) != 0 && scenario->plan_count > 0 && lots_chance(lots, 1, 2)) {
        fault->plan = lots_below(lots, scenario->plan_count);
        if ((takes & FAULT_TAKES_STEP) != 0 && scenario->plans[fault->plan].step_count > 0 &&
            lots_chance(lots, 2, 3)) {
            draw_step(draft, fault);
        }
    }
    if ((takes & FAULT_TAKES_QUEUE) != 0 && scenario->world.queue_count > 1 &&
        lots_chance(lots, 1, 4)) {
        fault->queue = lots_below(lots, scenario->world.queue_count);
    }
    if ((takes & FAULT_TAKES_WORLD) != 0 && (draft->worlds & (draft->worlds - 1)) != 0 &&
        lots_chance(lots, 1, 4)) {
        fault->world = lots_member(lots, draft->worlds);
    }
}

/* `to:`, by chance one of the states that what the fault is about can move to. */
static void draw_state(struct draft *draft, struct scenario_fault *fault)
{
    uint32_t states = 0;
    bool is_plan = fault->site == SCENARIO_ON_SAVE_PLAN;
    uint32_t count = is_plan ? DIRECTOR_PLAN_STATES : DIRECTOR_STEP_STATES;
    if (!lots_chance(&draft->lots, 1, 2)) {
        return;
    }
    fault->has_to = true;
    for (uint32_t state = 0; state < count; state++) {
        fault->to_plan = is_plan ? (enum director_plan_state)state : DIRECTOR_PLAN_PENDING;
        fault->to_step = is_plan ? DIRECTOR_STEP_SCHEDULING : (enum director_step_state)state;
        states |= reach_fault_strikes(&draft->reach, fault, NULL) ? 1u << state : 0;
    }
    fault->has_to = states != 0;
    uint32_t state = states != 0 ? lots_member(&draft->lots, states) : 0;
    fault->to_plan = is_plan ? (enum director_plan_state)state : DIRECTOR_PLAN_PENDING;
    fault->to_step = is_plan ? DIRECTOR_STEP_SCHEDULING : (enum director_step_state)state;
}

/* ---- When, and for how long ----------------------------------------------------------------- */

static void draw_timing(struct draft *draft, struct scenario_fault *fault)
{
    struct lots *lots = &draft->lots;
    fault->timing =
        (enum scenario_fault_timing)lots_weighted(lots, draft->swarm.timings, SWARM_FAULT_TIMINGS);
    fault->nth = 1;
    switch (fault->timing) {
    case SCENARIO_FAULT_NTH:
        fault->nth = lots_small(lots, 1, NTH_MAX);
        break;
    case SCENARIO_FAULT_CHANCE:
        fault->chance_numerator = 1;
        fault->chance_denominator = lots_range(lots, 2, CHANCE_MAX);
        break;
    case SCENARIO_FAULT_WHEN:
        fault->trigger = draft_trigger(draft);
        break;
    }
    fault->times = 1;
    if (draft->swarm.long_lasting && lots_chance(lots, 1, 2)) {
        uint32_t times = lots_range(lots, 2, TIMES_MAX + 1);
        fault->times = times <= TIMES_MAX ? times : SCENARIO_UNTIL_HEALED;
    }
}

static void draw_duration(struct draft *draft, struct scenario_fault *fault)
{
    const struct fault_error_entry *error = &fault_errors[fault->error];
    if (error->needs_for || (error->takes_for && lots_chance(&draft->lots, 3, 4))) {
        uint64_t duration = lots_time(&draft->lots, DURATION_MAX_US);
        /* A pool that is empty again and again, each time for a moment, is an endless run. */
        uint64_t least = fault->error == SCENARIO_ERROR_EMPTY ? EMPTY_MIN_US : 1;
        fault->duration = duration > least ? duration : least;
    }
}

/* ---- One fault ------------------------------------------------------------------------------ */

static bool draw_error(struct draft *draft, struct scenario_fault *fault)
{
    uint8_t weights[SCENARIO_FAULT_ERRORS];
    uint32_t errors = fault_sites[fault->site].errors;
    for (uint32_t i = 0; i < SCENARIO_FAULT_ERRORS; i++) {
        weights[i] = (errors & 1u << i) != 0 ? draft->swarm.errors[i] : 0;
    }
    uint32_t error = lots_weighted(&draft->lots, weights, SCENARIO_FAULT_ERRORS);
    fault->error = (enum scenario_fault_error)error;
    return error < SCENARIO_FAULT_ERRORS;
}

static bool draw_fault(struct draft *draft, struct scenario_fault *fault)
{
    uint32_t site = lots_weighted(&draft->lots, draft->swarm.sites, SCENARIO_FAULT_SITES);
    *fault = (struct scenario_fault){
        .site = (enum scenario_fault_site)site,
        .plan = SCENARIO_NONE,
        .step = SCENARIO_NONE,
        .queue = SCENARIO_NONE,
    };
    if (site == SCENARIO_FAULT_SITES || !draw_error(draft, fault)) {
        return false;
    }
    uint32_t takes = fault_sites[site].takes;
    draw_scope(draft, takes, fault);
    draw_timing(draft, fault);
    draw_duration(draft, fault);
    if ((takes & FAULT_TAKES_WHEN) != 0 && draft->swarm.writes_after) {
        fault->after = lots_chance(&draft->lots, 1, 1 + NEVER_IN_DOUBT);
    }
    if ((takes & FAULT_TAKES_TO) != 0) {
        draw_state(draft, fault);
    }
    return reach_fault_strikes(&draft->reach, fault, NULL);
}

void draft_add_faults(struct draft *draft, uint32_t count)
{
    struct scenario *scenario = draft->scenario;
    uint32_t room = SCENARIO_FAULTS_MAX - scenario->fault_count;
    count = count < DRAFT_FAULTS_MAX ? count : DRAFT_FAULTS_MAX;
    count = count < room ? count : room;
    for (uint32_t i = 0; i < count; i++) {
        struct scenario_fault fault;
        lots_section(&draft->lots, LOTS_FAULT, i);
        for (uint32_t try = 0; try < DRAFT_TRIES; try++) {
            if (draw_fault(draft, &fault)) {
                draft->faults[scenario->fault_count++] = fault;
                break;
            }
        }
    }
}
