/* step.c: the table of the moves that steps may make, by kind, and the one function that moves one.
 * Source: Dynflow's ExecutionPlan::Steps::{PlanStep,RunStep,FinalizeStep}.state_transitions. */
#include "director/step.h"

#include "director/director_core.h"
#include "director/execution_plan.h"

#define TO(state) DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_##state)

static const uint16_t moves[DIRECTOR_STEP_KINDS][DIRECTOR_STEP_STATES] = {
    [DIRECTOR_STEP_PLAN] =
        {
            [DIRECTOR_STEP_SCHEDULING] = TO(PENDING) | TO(ERROR) | TO(CANCELLED),
            [DIRECTOR_STEP_PENDING] = TO(RUNNING) | TO(ERROR) | TO(CANCELLED),
            [DIRECTOR_STEP_RUNNING] = TO(SUCCESS) | TO(ERROR) | TO(CANCELLED),
        },
    [DIRECTOR_STEP_RUN] =
        {
            [DIRECTOR_STEP_PENDING] = TO(RUNNING) | TO(SKIPPED) | TO(ERROR),
            [DIRECTOR_STEP_RUNNING] = TO(SUCCESS) | TO(ERROR) | TO(SUSPENDED),
            [DIRECTOR_STEP_SUCCESS] = TO(SUSPENDED),
            [DIRECTOR_STEP_SUSPENDED] = TO(RUNNING) | TO(ERROR),
            [DIRECTOR_STEP_SKIPPING] = TO(ERROR) | TO(SKIPPED),
            [DIRECTOR_STEP_ERROR] = TO(SKIPPING) | TO(RUNNING),
        },
    [DIRECTOR_STEP_FINALIZE] =
        {
            [DIRECTOR_STEP_PENDING] = TO(RUNNING) | TO(SKIPPED),
            [DIRECTOR_STEP_RUNNING] = TO(SUCCESS) | TO(ERROR),
            [DIRECTOR_STEP_SUCCESS] = TO(PENDING),
            [DIRECTOR_STEP_ERROR] = TO(PENDING) | TO(SKIPPED),
        },
};

bool director_step_move_allowed(enum director_step_kind kind, enum director_step_state from,
                                enum director_step_state to)
{
    if ((unsigned)kind >= DIRECTOR_STEP_KINDS || (unsigned)from >= DIRECTOR_STEP_STATES ||
        (unsigned)to >= DIRECTOR_STEP_STATES) {
        return false;
    }
    return (moves[kind][from] & DIRECTOR_STEP_STATE_BIT(to)) != 0;
}

enum director_status step_move(struct step *step, enum director_step_state to)
{
    if (!director_step_move_allowed(step->kind, step->state, to)) {
        return DIRECTOR_INTERNAL;
    }
    step_set_state_unchecked(step, to);
    return DIRECTOR_OK;
}

void step_set_state_unchecked(struct step *step, enum director_step_state to)
{
    enum director_step_state from = step->state;
    step->state = (uint8_t)to;
    const struct director_hooks *hooks = &step->owner->director->hooks;
    if (hooks->step_moved != NULL) {
        hooks->step_moved(hooks->context, &step->owner->id, step->id, step->kind, from, to);
    }
}

void step_renew_content(struct step *step)
{
    step->content = ++step->owner->director->contents;
    step->content_as_loaded = false;
}

static enum director_persistence_status save_as(const struct step *step,
                                                enum director_step_state state,
                                                const struct director_persistence *persistence,
                                                uint32_t allowed)
{
    const struct director_step_row row = {
        .id = step->id,
        .action_id = step->action_id,
        .queue = step->queue,
        .kind = step->kind,
        .state = state,
        .children = step->owner->child_ids + step->children_first,
        .children_count = step->children_count,
        .content = step->content,
        .exact = step->content_as_loaded &&
                 has_defect(step->owner->director, DIRECTOR_DEFECT_UNCHANGED_SAVE_MATCHES),
    };
    return persistence->save_step(persistence->context, &step->owner->id, &row, allowed);
}

enum director_persistence_status step_save(struct step *step,
                                           const struct director_persistence *persistence,
                                           uint32_t allowed)
{
    enum director_persistence_status status = save_as(step, step->state, persistence, allowed);
    step->unsaved = step->unsaved && status != DIRECTOR_PERSISTENCE_OK;
    return status;
}

enum director_status step_move_and_save(struct step *step, enum director_step_state to,
                                        const struct director_persistence *persistence)
{
    if (!director_step_move_allowed(step->kind, step->state, to)) {
        return DIRECTOR_INTERNAL;
    }
    if (has_defect(step->owner->director, DIRECTOR_DEFECT_UNSAVED_MOVE_STANDS)) {
        step_set_state_unchecked(step, to);
        return status_of_persistence(step_save(step, persistence, DIRECTOR_SAVE_ALWAYS));
    }
    enum director_status status =
        status_of_persistence(save_as(step, to, persistence, DIRECTOR_SAVE_ALWAYS));
    if (status == DIRECTOR_OK) {
        step->unsaved = false;
        step_set_state_unchecked(step, to);
    }
    return status;
}

enum director_status step_mark_to_skip(struct step *step,
                                       const struct director_persistence *persistence)
{
    if (!has_defect(step->owner->director, DIRECTOR_DEFECT_SKIP_TRIPS_OVER_SKIPPED) &&
        step->state != DIRECTOR_STEP_ERROR && step->state != DIRECTOR_STEP_PENDING) {
        return DIRECTOR_OK;
    }
    if (step->kind == DIRECTOR_STEP_FINALIZE || step->state == DIRECTOR_STEP_PENDING) {
        return step_move_and_save(step, DIRECTOR_STEP_SKIPPED, persistence);
    }
    /* From any state but error this is a move that the table does not have. */
    return step_move_and_save(step, DIRECTOR_STEP_SKIPPING, persistence);
}
