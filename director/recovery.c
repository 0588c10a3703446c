/* recovery.c: what is done about a plan that was left in execution (Dynflow's
 * World::Invalidation#invalidate_execution_lock). */
#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/memory.h"
#include "director/rescue.h"

struct director_recovery {
    struct execution_plan_manager *manager; /* of no execution: it lends its notes to the rescue */
};

/* Steps that were running ended abnormally (invalidate_step). */
static enum director_status fail_running_steps(struct director_execution_plan *plan)
{
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (plan->current[i]->state == DIRECTOR_STEP_RUNNING) {
            enum director_status status = step_move_and_save(plan->current[i], DIRECTOR_STEP_ERROR,
                                                             &plan->director->persistence);
            if (status != DIRECTOR_OK) {
                return status;
            }
        }
    }
    return DIRECTOR_OK;
}

static enum director_status settle(struct director_execution_plan *plan)
{
    if (plan->state == DIRECTOR_PLAN_SCHEDULED || plan->state == DIRECTOR_PLAN_PLANNING) {
        return DIRECTOR_OK; /* it was never in execution, and may be with somebody who plans it */
    }
    enum director_status status = fail_running_steps(plan);
    if (status == DIRECTOR_OK && plan->state == DIRECTOR_PLAN_RUNNING) {
        status = execution_plan_update_state(plan, DIRECTOR_PLAN_PAUSED);
    }
    return status == DIRECTOR_OK ? execution_plan_save(plan) : status;
}

/* Take over a loaded plan. */
static enum director_status open_recovery(struct director *director,
                                          const struct director_plan_record *record,
                                          struct director_recovery **opened)
{
    struct director_execution_plan *plan = NULL;
    struct director_recovery *recovery = memory_allocate(&director->allocator, sizeof(*recovery));
    if (recovery == NULL) {
        return DIRECTOR_NO_MEMORY;
    }
    enum director_status status = execution_plan_create(director, record, &plan);
    if (status == DIRECTOR_OK) {
        status = execution_plan_manager_create(director, plan, NULL, &recovery->manager);
        if (status != DIRECTOR_OK) {
            execution_plan_release(plan);
        } else if (!execution_plan_manager_reserve(recovery->manager)) {
            execution_plan_manager_free(recovery->manager);
            status = DIRECTOR_NO_MEMORY;
        }
    }
    if (status != DIRECTOR_OK) {
        memory_release(&director->allocator, recovery, sizeof(*recovery));
        return status;
    }
    *opened = recovery;
    return DIRECTOR_OK;
}

enum director_status director_recovery_begin(struct director *director,
                                             const struct director_plan_id *id,
                                             struct director_recovery **recovery, bool *in_error,
                                             enum director_plan_state *state, bool *loaded)
{
    struct director_plan_record record = {0};
    const struct director_persistence *persistence = &director->persistence;
    *loaded = false;
    *recovery = NULL;
    enum director_status status =
        status_of_persistence(persistence->load_plan(persistence->context, id, &record));
    if (status == DIRECTOR_OK) {
        status = open_recovery(director, &record, recovery);
    }
    if (status != DIRECTOR_OK) {
        return status;
    }
    *loaded = true;
    struct director_execution_plan *plan = (*recovery)->manager->plan;
    status = settle(plan);
    if (status != DIRECTOR_OK) {
        director_recovery_end(*recovery);
        *recovery = NULL;
        return status;
    }
    *in_error = execution_plan_in_error(plan);
    *state = plan->state;
    return DIRECTOR_OK;
}

enum director_status director_recovery_rescue(struct director_recovery *recovery,
                                              enum director_rescue_strategy *strategy)
{
    /* The memory was taken at the beginning, but another call may have used it up. */
    if (!execution_plan_manager_reserve(recovery->manager)) {
        return DIRECTOR_NO_MEMORY;
    }
    return rescue_prepare(recovery->manager, strategy);
}

enum director_status director_recovery_stop(struct director_recovery *recovery)
{
    return execution_plan_update_state(recovery->manager->plan, DIRECTOR_PLAN_STOPPED);
}

void director_recovery_end(struct director_recovery *recovery)
{
    if (recovery == NULL) {
        return;
    }
    struct director *director = recovery->manager->director;
    execution_plan_manager_free(recovery->manager);
    memory_release(&director->allocator, recovery, sizeof(*recovery));
}
