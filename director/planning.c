/* planning.c: what planning does to a scheduled plan (Dynflow's Director::PlanningWorkItem,
 * DelayedPlan, and World::Invalidation#invalidate_planning_lock). */
#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/memory.h"

#include <assert.h>

struct director_planning {
    struct director_execution_plan *plan;
};

static bool is_to_be_planned(enum director_plan_state state)
{
    return state == DIRECTOR_PLAN_SCHEDULED || state == DIRECTOR_PLAN_PLANNING;
}

/* Somebody halted the plan, and it is not stopped yet, or was stopped while it was planned. What
 * was halted stays so; Dynflow looks at nothing but its own copy. */
static enum director_status heed_halt(struct director_planning *planning)
{
    struct director_execution_plan *plan = planning->plan;
    const struct director_persistence *persistence = &plan->director->persistence;
    bool halted = false;
    if (persistence->find_inhibition == NULL || !is_to_be_planned(plan->state) ||
        has_defect(plan->director, DIRECTOR_DEFECT_HALT_LOST_IN_PLANNING)) {
        return DIRECTOR_OK;
    }
    enum director_status status = status_of_persistence(
        persistence->find_inhibition(persistence->context, &plan->id, &halted));
    if (status == DIRECTOR_OK && halted) {
        status = execution_plan_update_state(plan, DIRECTOR_PLAN_STOPPED);
    }
    return status;
}

enum director_status director_planning_open(struct director *director,
                                            const struct director_plan_id *id,
                                            struct director_planning **opened,
                                            enum director_plan_state *state)
{
    struct director_plan_record record = {0};
    const struct director_persistence *persistence = &director->persistence;
    *opened = NULL;
    enum director_status status =
        status_of_persistence(persistence->load_plan(persistence->context, id, &record));
    if (status != DIRECTOR_OK) {
        return status;
    }
    struct director_planning *planning = memory_allocate(&director->allocator, sizeof(*planning));
    if (planning == NULL) {
        return DIRECTOR_NO_MEMORY;
    }
    status = execution_plan_create(director, &record, &planning->plan);
    if (status != DIRECTOR_OK) {
        memory_release(&director->allocator, planning, sizeof(*planning));
        return status;
    }
    status = heed_halt(planning);
    if (status != DIRECTOR_OK) {
        director_planning_end(planning);
        return status;
    }
    *state = planning->plan->state;
    *opened = planning;
    return DIRECTOR_OK;
}

void director_planning_end(struct director_planning *planning)
{
    if (planning == NULL) {
        return;
    }
    struct director_allocator allocator = planning->plan->director->allocator;
    execution_plan_release(planning->plan);
    memory_release(&allocator, planning, sizeof(*planning));
}

/* ---- Plan steps ------------------------------------------------------------------------------ */

static struct step *root_of(const struct director_execution_plan *plan)
{
    uint32_t position = execution_plan_position(plan, plan->root_plan_step);
    assert(position != EXECUTION_PLAN_NO_POSITION); /* it would not have been loaded */
    return plan->current[position];
}

/* Move a plan step on to a state, by way of running where the tables want that; what an earlier
 * attempt has saved stands. */
static enum director_status advance(struct step *step, enum director_step_state to)
{
    const struct director_persistence *persistence = &step->owner->director->persistence;
    if (step->state == to) {
        return DIRECTOR_OK;
    }
    if (step->state == DIRECTOR_STEP_PENDING && to != DIRECTOR_STEP_RUNNING) {
        enum director_status status = step_move_and_save(step, DIRECTOR_STEP_RUNNING, persistence);
        if (status != DIRECTOR_OK) {
            return status;
        }
    }
    return step_move_and_save(step, to, persistence);
}

/* Every action was planned: the root's step is last, so that its success tells of all. */
static enum director_status succeed(struct director_execution_plan *plan, struct step *root)
{
    for (uint32_t i = 0; i < plan->step_count; i++) {
        struct step *step = plan->current[i];
        if (step->kind == DIRECTOR_STEP_PLAN && step != root) {
            enum director_status status = advance(step, DIRECTOR_STEP_SUCCESS);
            if (status != DIRECTOR_OK) {
                return status;
            }
        }
    }
    return advance(root, DIRECTOR_STEP_SUCCESS);
}

/* ---- From the beginning to the end ---------------------------------------------------------- */

enum director_status director_planning_refuse(struct director_planning *planning)
{
    struct director_execution_plan *plan = planning->plan;
    struct step *root = root_of(plan);
    enum director_status status =
        root->state == DIRECTOR_STEP_ERROR
            ? DIRECTOR_OK
            : step_move_and_save(root, DIRECTOR_STEP_ERROR, &plan->director->persistence);
    return status == DIRECTOR_OK ? execution_plan_update_state(plan, DIRECTOR_PLAN_STOPPED)
                                 : status;
}

enum director_status director_planning_begin(struct director_planning *planning, bool *over)
{
    struct director_execution_plan *plan = planning->plan;
    struct step *root = root_of(plan);
    enum director_status status = DIRECTOR_OK;
    *over = false;
    if (!is_to_be_planned(plan->state)) {
        return DIRECTOR_INTERNAL;
    }
    if (plan->state == DIRECTOR_PLAN_SCHEDULED) {
        status = execution_plan_update_state(plan, DIRECTOR_PLAN_PLANNING);
    }
    if (status == DIRECTOR_OK &&
        (root->state == DIRECTOR_STEP_SUCCESS || root->state == DIRECTOR_STEP_ERROR)) {
        *over = true;
        return DIRECTOR_OK;
    }
    return status == DIRECTOR_OK ? advance(root, DIRECTOR_STEP_RUNNING) : status;
}

/* What the database says now of a plan that was planned in memory meanwhile. */
static enum director_status look_again(struct director_planning *planning,
                                       enum director_plan_state *stored)
{
    struct director_plan_record record = {0};
    struct director_execution_plan *plan = planning->plan;
    const struct director_persistence *persistence = &plan->director->persistence;
    *stored = plan->state;
    if (has_defect(plan->director, DIRECTOR_DEFECT_HALT_LOST_IN_PLANNING)) {
        return DIRECTOR_OK;
    }
    enum director_status status =
        status_of_persistence(persistence->load_plan(persistence->context, &plan->id, &record));
    if (status == DIRECTOR_OK) {
        *stored = record.row.state;
    }
    if (status == DIRECTOR_OK && is_to_be_planned(*stored)) {
        status = heed_halt(planning);
        *stored = plan->state;
    }
    return status;
}

enum director_status director_planning_finish(struct director_planning *planning, bool success,
                                              enum director_plan_state *state)
{
    struct director_execution_plan *plan = planning->plan;
    struct step *root = root_of(plan);
    enum director_status status = look_again(planning, state);
    if (status != DIRECTOR_OK || *state != DIRECTOR_PLAN_PLANNING) {
        return status;
    }
    bool planned =
        root->state == DIRECTOR_STEP_SUCCESS || (success && root->state != DIRECTOR_STEP_ERROR);
    status = planned ? succeed(plan, root) : advance(root, DIRECTOR_STEP_ERROR);
    if (status == DIRECTOR_OK) {
        status = execution_plan_update_state(plan, planned ? DIRECTOR_PLAN_PLANNED
                                                           : DIRECTOR_PLAN_STOPPED);
    }
    *state = plan->state;
    return status;
}

enum director_status director_planning_abandon(struct director_planning *planning,
                                               enum director_plan_state *state)
{
    struct director_execution_plan *plan = planning->plan;
    struct step *root = root_of(plan);
    *state = plan->state;
    if (!is_to_be_planned(plan->state)) {
        return DIRECTOR_OK;
    }
    if (root->state == DIRECTOR_STEP_SUCCESS) {
        enum director_status status = execution_plan_update_state(plan, DIRECTOR_PLAN_PLANNED);
        *state = plan->state;
        return status;
    }
    enum director_status status = director_planning_refuse(planning);
    *state = plan->state;
    return status;
}
