/* sequential_manager.c: the finalize phase, as a worker runs it (Dynflow's
 * director/sequential_manager.rb). */
#include "director/sequential_manager.h"

static void reset_finalize_steps(struct director_execution_plan *plan)
{
    for (uint32_t i = 0; i < plan->finalize_flow_length; i++) {
        if (!DIRECTOR_FLOW_IS_ATOM(plan->finalize_flow[i])) {
            continue;
        }
        struct step *step = plan->current[execution_plan_position(plan, plan->finalize_flow[i])];
        if (step->state == DIRECTOR_STEP_SUCCESS || step->state == DIRECTOR_STEP_ERROR) {
            step_set_state_unchecked(step, DIRECTOR_STEP_PENDING);
        }
    }
}

void sequential_manager_init(struct sequential_manager *manager,
                             struct director_execution_plan *plan)
{
    reset_finalize_steps(plan);
    *manager = (struct sequential_manager){
        .plan = plan,
        .failed = execution_plan_in_error(plan),
    };
}

/* Sequences and concurrences of the flow are run in the order of their atoms alike; the first error
 * ends all of it. */
struct step *sequential_manager_next(struct sequential_manager *manager)
{
    const struct director_execution_plan *plan = manager->plan;
    while (!manager->failed && manager->next < plan->finalize_flow_length) {
        uint32_t token = plan->finalize_flow[manager->next++];
        if (!DIRECTOR_FLOW_IS_ATOM(token)) {
            continue;
        }
        struct step *step = plan->current[execution_plan_position(plan, token)];
        if (step->state != DIRECTOR_STEP_SKIPPED && step->state != DIRECTOR_STEP_SUCCESS) {
            return step;
        }
    }
    return NULL;
}
