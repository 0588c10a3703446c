/* checker_flow.c: what must be done before user code of a step begins: what its flow puts before
 * it, and what it reads the output of. */
#include "sim/check/checker_private.h"

static void too_early(struct checker *checker, uint32_t plan, uint32_t step, uint32_t earlier_id)
{
    uint32_t earlier = layout_of(checker, plan, earlier_id)->step;
    checker_violate(checker, INVARIANT_FLOW_ORDER, plan, step,
                    "it runs though %s, which comes before it, is %s",
                    checker->config.scenario->plans[plan].steps[earlier].name,
                    director_step_state_name(step_of(checker, plan, earlier_id)->memory));
}

static void check_run_order(struct checker *checker, uint32_t plan, uint32_t step)
{
    const struct plan_layout *layout = &checker->config.layouts[plan];
    const struct layout_before before = layout->before[step];
    for (uint32_t i = before.first; i < before.first + before.count; i++) {
        uint32_t id = layout->run_ids[layout->order[i]];
        if (!is_over(step_of(checker, plan, id))) {
            too_early(checker, plan, step, id);
            return;
        }
    }
}

/* The finalize phase comes after the run phase, its steps one after the other; what fails ends
 * both.
 */
static void check_finalize_order(struct checker *checker, uint32_t plan, uint32_t step)
{
    const struct plan_layout *layout = &checker->config.layouts[plan];
    const struct scenario_plan *told = &checker->config.scenario->plans[plan];
    for (uint32_t i = 0; i < told->step_count; i++) {
        uint32_t id = layout->run_ids[i];
        if (id != 0 && !is_over(step_of(checker, plan, id))) {
            too_early(checker, plan, step, id);
            return;
        }
    }
    for (uint32_t i = 0; i < told->finalize_flow_length; i++) {
        uint32_t token = told->finalize_flow[i];
        if (!DIRECTOR_FLOW_IS_ATOM(token)) {
            continue;
        }
        if (token == step + 1) {
            return;
        }
        if (!is_over(step_of(checker, plan, layout->finalize_ids[token - 1]))) {
            too_early(checker, plan, step, layout->finalize_ids[token - 1]);
            return;
        }
    }
}

void checker_check_order(struct checker *checker, uint32_t plan, uint32_t step_id)
{
    const struct layout_step *step = layout_of(checker, plan, step_id);
    if (step->kind == DIRECTOR_STEP_RUN) {
        check_run_order(checker, plan, step->step);
    } else if (step->kind == DIRECTOR_STEP_FINALIZE) {
        check_finalize_order(checker, plan, step->step);
    }
}

/* The skip event is for a step whose output nobody reads any more; it reads none either. */
void checker_check_outputs(struct checker *checker, uint32_t plan, uint32_t step_id)
{
    const struct plan_layout *layout = &checker->config.layouts[plan];
    const struct layout_step *step = layout_of(checker, plan, step_id);
    if (step->kind == DIRECTOR_STEP_PLAN ||
        step_of(checker, plan, step_id)->memory == DIRECTOR_STEP_SKIPPING) {
        return;
    }
    const struct scenario_step *told = &checker->config.scenario->plans[plan].steps[step->step];
    uint32_t own_run = step->kind == DIRECTOR_STEP_FINALIZE ? layout->run_ids[step->step] : 0;
    if (own_run != 0 && step_of(checker, plan, own_run)->memory == DIRECTOR_STEP_SKIPPED) {
        checker_violate(checker, INVARIANT_OUTPUTS_ARE_THERE, plan, step->step,
                        "it is finalized, though its run was skipped");
    }
    for (uint32_t i = 0; i < told->requires_count; i++) {
        uint32_t id = layout->run_ids[told->requires[i]];
        if (step_of(checker, plan, id)->memory == DIRECTOR_STEP_SKIPPED) {
            checker_violate(checker, INVARIANT_OUTPUTS_ARE_THERE, plan, step->step,
                            "it reads the output of %s, which was skipped",
                            checker->config.scenario->plans[plan].steps[told->requires[i]].name);
        }
    }
}

void checker_check_schedule(struct checker *checker, uint32_t plan)
{
    const struct scenario_plan *told = &checker->config.scenario->plans[plan];
    bool is_due = !told->has_start_at || told->start_at <= checker->now ||
                  (told->has_start_before && told->start_before <= checker->now);
    if (!is_due) {
        checker_violate(checker, INVARIANT_PLANNED_IN_TIME, plan, SCENARIO_NONE,
                        "it is planned before its time");
    }
    for (uint32_t i = 0; i < told->after_count; i++) {
        uint8_t stored = checker->plans[told->after[i]].stored;
        if (stored != 0 && stored != 1 + DIRECTOR_PLAN_STOPPED) {
            checker_violate(checker, INVARIANT_PLANNED_IN_TIME, plan, SCENARIO_NONE,
                            "it is planned before %s, which it waits for, is over",
                            checker->config.scenario->plans[told->after[i]].name);
        }
    }
}
