/* shrink_drops.c: what can be taken out of a scenario: plans, events, faults, steps, their places
 * in a flow, choices, defects that are switched on. */
#include "sim/search/shrink_private.h"

/* ---- With all that speaks of it ------------------------------------------------------------- */

static uint32_t count_plans(const struct scenario *scenario)
{
    return scenario->plan_count;
}

static uint32_t count_steps(const struct scenario *scenario)
{
    return edit_first_step(scenario, scenario->plan_count);
}

static uint32_t count_events(const struct scenario *scenario)
{
    return scenario->event_count;
}

static uint32_t count_faults(const struct scenario *scenario)
{
    return scenario->fault_count;
}

static uint32_t count_choices(const struct scenario *scenario)
{
    return scenario->choice_count;
}

/* Things of one kind, by the place of their flags. */
static bool drop_flagged(struct draft *draft, size_t flags, uint32_t first, uint32_t count)
{
    struct edit_gone gone;
    if (!edit_gone_start(&gone, draft->scenario, draft->memory)) {
        return false;
    }
    bool *flag = *(bool **)(void *)((char *)&gone + flags);
    for (uint32_t i = first; i < first + count; i++) {
        flag[i] = true;
    }
    return edit_take_out(draft->scenario, &gone, draft->memory);
}

#define DROP_FLAGGED(things)                                                                       \
    static bool drop_##things(struct draft *draft, uint32_t first, uint32_t count)                 \
    {                                                                                              \
        return drop_flagged(draft, offsetof(struct edit_gone, things), first, count);              \
    }
DROP_FLAGGED(plans)
DROP_FLAGGED(steps)
DROP_FLAGGED(events)
DROP_FLAGGED(faults)
DROP_FLAGGED(choices)
#undef DROP_FLAGGED

/* ---- Places in flows ------------------------------------------------------------------------ */

static uint32_t count_tokens(const struct scenario *scenario)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        count += scenario->plans[i].run_flow_length + scenario->plans[i].finalize_flow_length;
    }
    return count;
}

/* From the last to the first, so that the places of the others stay. */
static bool drop_tokens(struct draft *draft, uint32_t first, uint32_t count)
{
    uint32_t end = count_tokens(draft->scenario);
    for (uint32_t i = draft->scenario->plan_count; i-- > 0;) {
        struct scenario_plan *plan = edit_plan(draft->scenario, i);
        const uint32_t begins[] = {end - plan->finalize_flow_length,
                                   end - plan->finalize_flow_length - plan->run_flow_length};
        uint32_t *lengths[] = {&plan->finalize_flow_length, &plan->run_flow_length};
        const uint32_t *flows[] = {plan->finalize_flow, plan->run_flow};
        for (uint32_t way = 0; way < 2; way++) {
            for (uint32_t at = *lengths[way]; at-- > 0;) {
                uint32_t number = begins[way] + at;
                bool root_of_many = at == 0 && *lengths[way] > 1;
                if (number >= first && number < first + count && !root_of_many) {
                    *lengths[way] =
                        edit_flow_token_out((uint32_t *)(uintptr_t)flows[way], *lengths[way], at);
                }
            }
        }
        end = begins[1];
    }
    /* Brackets with one thing in them go. */
    struct edit_gone gone;
    return edit_gone_start(&gone, draft->scenario, draft->memory) &&
           edit_take_out(draft->scenario, &gone, draft->memory);
}

/* ---- Requirements and predecessors ---------------------------------------------------------- */

static uint32_t count_requirements(const struct scenario *scenario)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        const struct scenario_plan *plan = &scenario->plans[i];
        count += plan->after_count;
        for (uint32_t step = 0; step < plan->step_count; step++) {
            count += plan->steps[step].requires_count;
        }
    }
    return count;
}

static void drop_numbers(const uint32_t *numbers, uint32_t *count, uint32_t *at, uint32_t first,
                         uint32_t end)
{
    uint32_t *kept = (uint32_t *)(uintptr_t)numbers;
    const uint32_t before = *count;
    *count = 0;
    for (uint32_t i = 0; i < before; i++, ++*at) {
        if (*at < first || *at >= end) {
            kept[(*count)++] = numbers[i];
        }
    }
}

static bool drop_requirements(struct draft *draft, uint32_t first, uint32_t count)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < draft->scenario->plan_count; i++) {
        struct scenario_plan *plan = edit_plan(draft->scenario, i);
        drop_numbers(plan->after, &plan->after_count, &at, first, first + count);
        for (uint32_t s = 0; s < plan->step_count; s++) {
            struct scenario_step *step = edit_step(draft->scenario, i, s);
            drop_numbers(step->requires, &step->requires_count, &at, first, first + count);
        }
    }
    return true;
}

/* ---- Defects that are switched on ----------------------------------------------------------- */

static uint32_t count_defects(const struct scenario *scenario)
{
    return (uint32_t)__builtin_popcountll(scenario->world.defects);
}

static bool drop_defects(struct draft *draft, uint32_t first, uint32_t count)
{
    uint64_t left = 0;
    uint32_t number = 0;
    for (uint32_t bit = 0; bit < 64; bit++) {
        if ((draft->scenario->world.defects >> bit & 1u) != 0) {
            left |= number < first || number >= first + count ? UINT64_C(1) << bit : 0;
            number++;
        }
    }
    draft->scenario->world.defects = left;
    return true;
}

/* ---- Expectations --------------------------------------------------------------------------- */

static uint32_t count_expectations(const struct scenario *scenario)
{
    return scenario->expectation_count;
}

static bool drop_expectations(struct draft *draft, uint32_t first, uint32_t count)
{
    struct scenario *scenario = draft->scenario;
    struct scenario_expectation *kept =
        (struct scenario_expectation *)(uintptr_t)scenario->expectations;
    uint32_t left = 0;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (i < first || i >= first + count) {
            kept[left++] = scenario->expectations[i];
        }
    }
    scenario->expectation_count = left;
    return true;
}

const struct shrink_drop shrink_drops[] = {
    {"expectation", count_expectations, drop_expectations},
    {"plan", count_plans, drop_plans},
    {"event", count_events, drop_events},
    {"fault", count_faults, drop_faults},
    {"step", count_steps, drop_steps},
    {"place in a flow", count_tokens, drop_tokens},
    {"requirement", count_requirements, drop_requirements},
    {"defect", count_defects, drop_defects},
    {"choice", count_choices, drop_choices},
    {NULL, NULL, NULL},
};
