/* shrink_values.c: what can be simpler in the world, in plans and in steps: settings go back to
 * what they are when nothing is told. */
#include "sim/scenario/scenario_defaults.h"
#include "sim/search/shrink_private.h"

/* One change that sets a field to what it usually is. */
#define TO_USUAL(field, usual)                                                                     \
    do {                                                                                           \
        if ((field) == (usual)) {                                                                  \
            return DRAFT_SAME;                                                                     \
        }                                                                                          \
        (field) = (usual);                                                                         \
        return DRAFT_CHANGED;                                                                      \
    } while (false)

/* ---- The world ------------------------------------------------------------------------------ */

static uint32_t once(const struct scenario *scenario)
{
    (void)scenario;
    return 1;
}

static enum draft_change change_switches(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_world *world = &draft->scenario->world;
    const struct scenario_world usual = scenario_default_world();
    (void)index;
    switch (variant) {
    case 0:
        TO_USUAL(world->auto_execute, usual.auto_execute);
    case 1:
        TO_USUAL(world->auto_rescue, usual.auto_rescue);
    case 2:
        TO_USUAL(world->validity_check, usual.validity_check);
    case 3:
        TO_USUAL(draft->scenario->until, SCENARIO_DEFAULT_UNTIL);
    case 4:
        TO_USUAL(world->order, SCENARIO_ORDER_SEQUENCE);
    case 5:
        if (world->order != SCENARIO_ORDER_PRIORITY) {
            return DRAFT_SAME;
        }
        world->order = SCENARIO_ORDER_ANY;
        return DRAFT_CHANGED;
    default:
        return DRAFT_END;
    }
}

static enum draft_change change_worlds(struct draft *draft, uint32_t index, uint32_t variant)
{
    (void)index;
    return simpler_number(&draft->scenario->world.worlds, 1, variant);
}

static enum draft_change change_latency(struct draft *draft, uint32_t index, uint32_t variant)
{
    (void)index;
    return simpler_range(&draft->scenario->world.latency, 0, variant);
}

static enum draft_change change_timeout(struct draft *draft, uint32_t index, uint32_t variant)
{
    (void)index;
    return simpler_time(&draft->scenario->world.termination_timeout,
                        SCENARIO_DEFAULT_TERMINATION_TIMEOUT, variant);
}

static enum draft_change change_check(struct draft *draft, uint32_t index, uint32_t variant)
{
    (void)index;
    return draft->scenario->world.validity_check == 0
               ? DRAFT_END
               : simpler_time(&draft->scenario->world.validity_check, 0, variant);
}

static enum draft_change change_seed(struct draft *draft, uint32_t index, uint32_t variant)
{
    (void)index;
    /* Of those that do as well, the first. */
    if (variant >= 8 || variant >= draft->scenario->seed) {
        return DRAFT_END;
    }
    draft->scenario->seed = variant;
    return DRAFT_CHANGED;
}

/* ---- Queues --------------------------------------------------------------------------------- */

static uint32_t count_queues(const struct scenario *scenario)
{
    return scenario->world.queue_count;
}

/* Whoever speaks of it speaks of the default queue then. */
static enum draft_change drop_queue(struct draft *draft, uint32_t index)
{
    struct scenario *scenario = draft->scenario;
    if (index == 0) {
        return DRAFT_SAME;
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        for (uint32_t s = 0; s < scenario->plans[i].step_count; s++) {
            struct scenario_step *step = edit_step(scenario, i, s);
            step->queue = step->queue == index ? 0 : step->queue - (step->queue > index);
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        struct scenario_fault *fault = edit_fault(scenario, i);
        if (fault->queue != SCENARIO_NONE) {
            fault->queue = fault->queue == index ? 0 : fault->queue - (fault->queue > index);
        }
    }
    for (uint32_t i = index; i + 1 < scenario->world.queue_count; i++) {
        *edit_queue(scenario, i) = scenario->world.queues[i + 1];
    }
    scenario->world.queue_count--;
    return DRAFT_CHANGED;
}

static enum draft_change change_queue(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_queue *queue = edit_queue(draft->scenario, index);
    const uint32_t fewer[] = {1, 2};
    if (variant == 0) {
        return drop_queue(draft, index);
    }
    if (variant == 1) {
        TO_USUAL(queue->workers, SCENARIO_DEFAULT_WORKERS);
    }
    if (variant > 3) {
        return DRAFT_END;
    }
    if (queue->workers <= fewer[variant - 2] || queue->workers == SCENARIO_DEFAULT_WORKERS) {
        return DRAFT_SAME;
    }
    queue->workers = fewer[variant - 2];
    return DRAFT_CHANGED;
}

/* ---- Plans ---------------------------------------------------------------------------------- */

static uint32_t count_plans(const struct scenario *scenario)
{
    return scenario->plan_count;
}

static void forget_schedule(struct scenario_plan *plan)
{
    const struct scenario_plan usual = scenario_default_plan();
    plan->has_start_at = false;
    plan->start_at = usual.start_at;
    plan->has_start_before = false;
    plan->start_before = usual.start_before;
    plan->after_count = 0;
    plan->planning = usual.planning;
}

static enum draft_change change_plan(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_plan *plan = edit_plan(draft->scenario, index);
    const bool scheduled = plan->state == DIRECTOR_PLAN_SCHEDULED;
    switch (variant) {
    case 0:
        if (plan->state == DIRECTOR_PLAN_PLANNED) {
            return DRAFT_SAME;
        }
        plan->state = DIRECTOR_PLAN_PLANNED;
        forget_schedule(plan);
        return DRAFT_CHANGED;
    case 1:
        TO_USUAL(plan->rescue, DIRECTOR_RESCUE_PAUSE);
    case 2:
        plan->start_at = 0;
        TO_USUAL(plan->has_start_at, false);
    case 3:
        plan->start_before = 0;
        TO_USUAL(plan->has_start_before, false);
    default:
        return scheduled ? simpler_outcomes(draft, &plan->planning, variant - 4) : DRAFT_END;
    }
}

static enum draft_change change_start_at(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_plan *plan = edit_plan(draft->scenario, index);
    return plan->has_start_at ? simpler_time(&plan->start_at, 0, variant) : DRAFT_END;
}

static enum draft_change change_start_before(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_plan *plan = edit_plan(draft->scenario, index);
    return plan->has_start_before ? simpler_time(&plan->start_before, 0, variant) : DRAFT_END;
}

/* A concurrence becomes a sequence. */
static enum draft_change change_flows(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_plan *plan = edit_plan(draft->scenario, index);
    const uint32_t *flow = plan->run_flow;
    uint32_t place = variant;
    if (variant >= plan->run_flow_length + plan->finalize_flow_length) {
        return DRAFT_END;
    }
    if (variant >= plan->run_flow_length) {
        flow = plan->finalize_flow;
        place -= plan->run_flow_length;
    }
    if (!DIRECTOR_FLOW_IS_CONCURRENCE(flow[place])) {
        return DRAFT_SAME;
    }
    ((uint32_t *)(uintptr_t)flow)[place] =
        DIRECTOR_FLOW_SEQUENCE | (flow[place] & DIRECTOR_FLOW_COUNT_MASK);
    return DRAFT_CHANGED;
}

/* ---- Steps ---------------------------------------------------------------------------------- */

static uint32_t count_steps(const struct scenario *scenario)
{
    return edit_first_step(scenario, scenario->plan_count);
}

static struct scenario_step *step_at(struct draft *draft, uint32_t index)
{
    uint32_t plan = 0;
    while (index >= draft->scenario->plans[plan].step_count) {
        index -= draft->scenario->plans[plan++].step_count;
    }
    return edit_step(draft->scenario, plan, index);
}

static enum draft_change change_step(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_step *step = step_at(draft, index);
    const struct scenario_step usual = scenario_default_step();
    switch (variant) {
    case 0: /* all at once */
        step->takes = usual.takes;
        step->finalize_takes = usual.finalize_takes;
        step->run = usual.run;
        step->finalize = usual.finalize;
        step->skip = usual.skip;
        step->rescue = usual.rescue;
        step->accepts_events = false;
        step->queue = 0;
        return DRAFT_CHANGED;
    case 1:
        TO_USUAL(step->planned_by, SCENARIO_NONE);
    case 2:
        TO_USUAL(step->rescue, usual.rescue);
    case 3:
        if (!step->accepts_events) {
            return DRAFT_SAME;
        }
        step->accepts_events = false;
        step->skip = usual.skip;
        return DRAFT_CHANGED;
    case 4:
        TO_USUAL(step->queue, 0);
    default:
        return DRAFT_END;
    }
}

static enum draft_change change_run(struct draft *draft, uint32_t index, uint32_t variant)
{
    return simpler_outcomes(draft, &step_at(draft, index)->run, variant);
}

static enum draft_change change_finalize(struct draft *draft, uint32_t index, uint32_t variant)
{
    return simpler_outcomes(draft, &step_at(draft, index)->finalize, variant);
}

static enum draft_change change_skip(struct draft *draft, uint32_t index, uint32_t variant)
{
    return simpler_outcomes(draft, &step_at(draft, index)->skip, variant);
}

static enum draft_change change_takes(struct draft *draft, uint32_t index, uint32_t variant)
{
    return simpler_range(&step_at(draft, index)->takes, SCENARIO_DEFAULT_TAKES, variant);
}

static enum draft_change change_finalize_takes(struct draft *draft, uint32_t index,
                                               uint32_t variant)
{
    return simpler_range(&step_at(draft, index)->finalize_takes, SCENARIO_DEFAULT_TAKES, variant);
}

const struct shrink_value shrink_plan_values[] = {
    {"world", once, change_switches},
    {"worlds", once, change_worlds},
    {"latency", once, change_latency},
    {"queue", count_queues, change_queue},
    {"termination timeout", once, change_timeout},
    {"validity check", once, change_check},
    {"plan", count_plans, change_plan},
    {"start_at of plan", count_plans, change_start_at},
    {"start_before of plan", count_plans, change_start_before},
    {"flows of plan", count_plans, change_flows},
    {"step", count_steps, change_step},
    {"run of step", count_steps, change_run},
    {"finalize of step", count_steps, change_finalize},
    {"skip of step", count_steps, change_skip},
    {"takes of step", count_steps, change_takes},
    {"finalize_takes of step", count_steps, change_finalize_takes},
    {"seed", once, change_seed},
    {NULL, NULL, NULL},
};
