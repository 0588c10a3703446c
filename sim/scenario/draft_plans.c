/* draft_plans.c: the plans of a random scenario: which flows, which steps, and what their user code
 * does. */
#include "sim/scenario/draft.h"

#include "sim/scenario/scenario_defaults.h"

#include <assert.h>
#include <stdio.h>

#define STEPS_MAX 8u /* of one plan */
#define PLANS_MAX 3u
#define OUTCOMES_MAX 3u
#define PARTS_MAX 4u                /* of one sequence or concurrence, but for the last one */
#define TOKENS_MAX (2u * STEPS_MAX) /* of a flow: no flow inside has fewer than two parts */
#define NAME_BYTES 16u
#define TAKES_MAX_US 20000u
#define START_AT_MAX_US 30000u

/* One plan while it is made. Its steps have one letter each. */
struct plan_draft {
    struct draft *draft;
    struct scenario_plan *plan;
    struct scenario_step *steps;
    uint32_t *tokens;
    uint32_t length;
    uint32_t before[STEPS_MAX]; /* by step: set of those before it in the run flow */
};

/* ---- Flows ---------------------------------------------------------------------------------- */

/* Make a flow of the steps order[0..count-1], all of them behind those of the set `earlier`. */
static void make_flow(struct plan_draft *draft, const uint32_t *order, uint32_t count,
                      uint32_t earlier)
{
    struct lots *lots = &draft->draft->lots;
    if (count == 1) {
        draft->before[order[0]] = earlier;
        draft->tokens[draft->length++] = order[0] + 1;
        return;
    }
    bool concurrence = lots_chance(lots, 1, 2);
    uint32_t at = draft->length++;
    uint32_t parts = 0;
    uint32_t done = 0;
    while (done < count) {
        uint32_t left = count - done;
        /* The first part may not be all: that would be no end. */
        uint32_t most = parts == 0 ? left - 1 : left;
        uint32_t size = parts + 1 == PARTS_MAX ? left : lots_small(lots, 1, most);
        make_flow(draft, order + done, size, earlier);
        for (uint32_t i = 0; !concurrence && i < size; i++) {
            earlier |= 1u << order[done + i];
        }
        done += size;
        parts++;
    }
    draft->tokens[at] = (concurrence ? DIRECTOR_FLOW_CONCURRENCE : DIRECTOR_FLOW_SEQUENCE) | parts;
}

/* The order in which steps stand in a flow: by their letters, or not. */
static uint32_t draw_order(struct lots *lots, const struct scenario_step *steps, uint32_t count,
                           bool finalize, uint32_t order[STEPS_MAX])
{
    uint32_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (finalize ? steps[i].in_finalize : steps[i].in_run) {
            order[length++] = i;
        }
    }
    bool mixed = finalize && lots_chance(lots, 1, 2);
    for (uint32_t i = length; mixed && i > 1; i--) {
        uint32_t other = lots_below(lots, i);
        uint32_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
    return length;
}

static bool make_flow_of(struct plan_draft *draft, bool finalize)
{
    struct scenario_plan *plan = draft->plan;
    uint32_t order[STEPS_MAX];
    uint32_t before[STEPS_MAX];
    uint32_t count =
        draw_order(&draft->draft->lots, draft->steps, plan->step_count, finalize, order);
    if (count == 0) {
        return true;
    }
    draft->tokens = scenario_memory_array(draft->draft->memory, TOKENS_MAX, sizeof(*draft->tokens));
    if (draft->tokens == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < STEPS_MAX; i++) {
        before[i] = draft->before[i];
    }
    draft->length = 0;
    make_flow(draft, order, count, 0);
    assert(draft->length <= TOKENS_MAX);
    if (!finalize) {
        plan->run_flow = draft->tokens;
        plan->run_flow_length = draft->length;
        return true;
    }
    plan->finalize_flow = draft->tokens;
    plan->finalize_flow_length = draft->length;
    for (uint32_t i = 0; i < STEPS_MAX; i++) {
        draft->before[i] = before[i];
    }
    return true;
}

/* ---- Steps ---------------------------------------------------------------------------------- */

static uint8_t draw_outcome(struct draft *draft, uint32_t allowed)
{
    uint8_t weights[SWARM_OUTCOMES];
    for (uint32_t i = 0; i < SWARM_OUTCOMES; i++) {
        weights[i] = (allowed & 1u << i) != 0 ? draft->swarm.outcomes[i] : 0;
    }
    uint32_t set = 1u << lots_weighted(&draft->lots, weights, SWARM_OUTCOMES);
    if (draft->swarm.choices && lots_chance(&draft->lots, 1, 2)) {
        set |= 1u << lots_weighted(&draft->lots, weights, SWARM_OUTCOMES);
    }
    return (uint8_t)set;
}

/* What is left as it is is a constant of the defaults. */
static void draw_outcomes(struct draft *draft, uint32_t allowed, struct scenario_outcomes *outcomes)
{
    uint32_t count = lots_small(&draft->lots, 1, OUTCOMES_MAX);
    uint8_t *sets = scenario_memory_array(draft->memory, count, sizeof(*sets));
    for (uint32_t i = 0; sets != NULL && i < count; i++) {
        sets[i] = draw_outcome(draft, allowed);
    }
    if (sets != NULL) {
        *outcomes = (struct scenario_outcomes){.sets = sets, .count = count};
    }
}

static void draw_takes(struct draft *draft, struct scenario_range *takes)
{
    if (lots_chance(&draft->lots, 1, 2)) {
        takes->min = takes->max = lots_time(&draft->lots, TAKES_MAX_US);
    }
    if (draft->swarm.odd_durations && lots_chance(&draft->lots, 1, 2)) {
        takes->max = takes->min + lots_time(&draft->lots, TAKES_MAX_US);
    }
}

/* Steps that come before it in the run flow; any that comes before may be wanted by several. */
static void draw_requires(struct plan_draft *draft, uint32_t number)
{
    struct scenario_step *step = &draft->steps[number];
    struct lots *lots = &draft->draft->lots;
    uint32_t before = draft->before[number];
    if (!step->in_run || before == 0 || !lots_chance(lots, 1, 2)) {
        return;
    }
    uint32_t *requires = scenario_memory_array(draft->draft->memory, STEPS_MAX, sizeof(*requires));
    for (uint32_t i = 0; requires != NULL && i < STEPS_MAX; i++) {
        if ((before & 1u << i) != 0 && lots_chance(lots, 1, 2)) {
            requires[step->requires_count++] = i;
        }
    }
    step->requires = step->requires_count > 0 ? requires : NULL;
}

static void draw_step(struct plan_draft *draft, uint32_t number)
{
    struct draft *all = draft->draft;
    struct scenario_step *step = &draft->steps[number];
    struct lots *lots = &all->lots;
    if (step->in_run) {
        draw_takes(all, &step->takes);
        draw_outcomes(all, SCENARIO_RUN_OUTCOMES, &step->run);
        step->accepts_events = all->swarm.accept_events && lots_chance(lots, 1, 2);
    }
    if (step->in_run && step->accepts_events && lots_chance(lots, 1, 2)) {
        draw_outcomes(all, SCENARIO_RUN_OUTCOMES, &step->skip);
    }
    if (step->in_finalize) {
        draw_takes(all, &step->finalize_takes);
        draw_outcomes(all, SCENARIO_FINALIZE_OUTCOMES, &step->finalize);
    }
    step->rescue =
        (enum director_rescue_strategy)lots_weighted(lots, all->swarm.strategies, SWARM_STRATEGIES);
    step->queue = lots_below(lots, all->scenario->world.queue_count);
    if (all->swarm.requires) {
        draw_requires(draft, number);
        if (number > 0 && lots_chance(lots, 1, 6)) {
            step->planned_by = lots_below(lots, number);
        }
    }
}

/* Which flows a step stands in: the run flow, most of the time. */
static void place_step(struct draft *draft, struct scenario_step *step)
{
    uint32_t place = lots_below(&draft->lots, 8);
    step->in_finalize = draft->swarm.finalize && place >= 4;
    step->in_run = !step->in_finalize || place < 7;
}

static const char *letter(struct draft *draft, uint32_t number)
{
    const char name[] = {(char)('a' + number)};
    return scenario_memory_copy(draft->memory, name, sizeof(name));
}

static bool make_steps(struct plan_draft *draft)
{
    struct scenario_plan *plan = draft->plan;
    struct draft *all = draft->draft;
    plan->step_count = lots_small(&all->lots, 1, STEPS_MAX);
    draft->steps = scenario_memory_array(all->memory, plan->step_count, sizeof(*draft->steps));
    if (draft->steps == NULL) {
        return false;
    }
    plan->steps = draft->steps;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        draft->steps[i] = scenario_default_step();
        draft->steps[i].name = letter(all, i);
        place_step(all, &draft->steps[i]);
    }
    return true;
}

/* ---- Plans ---------------------------------------------------------------------------------- */

/* A plan that is planned in the run: at a time, and after others that come before it here. */
static void draw_schedule(struct draft *draft, struct scenario_plan *plan, uint32_t number)
{
    struct lots *lots = &draft->lots;
    plan->state = DIRECTOR_PLAN_SCHEDULED;
    plan->has_start_at = lots_chance(lots, 1, 2);
    plan->start_at = plan->has_start_at ? lots_time(lots, START_AT_MAX_US) : 0;
    plan->has_start_before = lots_chance(lots, 1, 3);
    plan->start_before =
        plan->has_start_before ? plan->start_at + lots_time(lots, START_AT_MAX_US) : 0;
    draw_outcomes(draft, SCENARIO_FINALIZE_OUTCOMES, &plan->planning);
    uint32_t *after = number > 0 && lots_chance(lots, 1, 2)
                          ? scenario_memory_array(draft->memory, number, sizeof(*after))
                          : NULL;
    for (uint32_t i = 0; after != NULL && i < number; i++) {
        if (lots_chance(lots, 1, 2)) {
            after[plan->after_count++] = i;
        }
    }
    plan->after = plan->after_count > 0 ? after : NULL;
}

static void draw_state(struct draft *draft, struct scenario_plan *plan, uint32_t number)
{
    static const enum director_plan_state odd[] = {DIRECTOR_PLAN_PAUSED, DIRECTOR_PLAN_PAUSED,
                                                   DIRECTOR_PLAN_STOPPED};
    if (draft->swarm.odd_states && lots_chance(&draft->lots, 1, 4)) {
        plan->state = odd[lots_below(&draft->lots, sizeof(odd) / sizeof(odd[0]))];
    }
    if (draft->swarm.scheduled && lots_chance(&draft->lots, 1, 2)) {
        draw_schedule(draft, plan, number);
    }
}

static bool make_plan(struct draft *draft, struct scenario_plan *plan, uint32_t number)
{
    char name[NAME_BYTES];
    struct plan_draft one = {.draft = draft, .plan = plan};
    int length = snprintf(name, sizeof(name), "p%u", number + 1);
    *plan = scenario_default_plan();
    plan->name = scenario_memory_copy(draft->memory, name, (size_t)length);
    lots_section(&draft->lots, LOTS_PLAN, number);
    draw_state(draft, plan, number);
    if (!make_steps(&one) || !make_flow_of(&one, false) || !make_flow_of(&one, true)) {
        return false;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        lots_section(&draft->lots, LOTS_STEPS, number * STEPS_MAX + i);
        draw_step(&one, i);
    }
    return true;
}

bool draft_make_plans(struct draft *draft)
{
    lots_section(&draft->lots, LOTS_WORLD, 2);
    uint32_t count = lots_small(&draft->lots, 1, PLANS_MAX);
    struct scenario_plan *plans = scenario_memory_array(draft->memory, count, sizeof(*plans));
    if (plans == NULL) {
        return false;
    }
    draft->scenario->plans = plans;
    draft->scenario->plan_count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (!make_plan(draft, &plans[i], i)) {
            return false;
        }
    }
    return true;
}
