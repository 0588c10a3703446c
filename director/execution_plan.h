/* execution_plan.h: a copy of an execution plan in memory: its row, its steps, its moves, its
 * result.
 *
 * The director has one for each plan that it manages, and a worker loads one of its own to
 * finalize. A copy is one block. It is counted: the steps in it are shared with work items, which
 * outlive the manager, and with later copies of the same plan, which take over what a stale item
 * reports. */
#ifndef DIRECTOR_EXECUTION_PLAN_H
#define DIRECTOR_EXECUTION_PLAN_H

#include "director/step.h"

struct execution_plan_manager;

struct director_execution_plan {
    _Alignas(uint64_t) struct director *director; /* `by_id` comes right after this struct */
    struct execution_plan_manager *manager;       /* NULL for a worker's copy */
    size_t block_size;
    uint32_t references;
    struct director_plan_id id;
    enum director_plan_state state;
    bool in_doubt;          /* a save of its state failed: whether it took effect is not known */
    bool ids_are_positions; /* step ids are 1, 2, 3, …: `by_id` is not needed */
    uint32_t root_plan_step;
    uint32_t step_count;
    uint32_t run_flow_length;
    uint32_t finalize_flow_length;
    struct step *own;      /* as loaded */
    struct step **current; /* by position; a step of this copy or of another one */
    const uint64_t *by_id; /* (id << 32 | position), ascending; NULL when ids are positions */
    const uint32_t *step_ids;
    const uint32_t *run_flow;
    const uint32_t *finalize_flow;
    const uint32_t *child_ids;
};

/* No such step. */
#define EXECUTION_PLAN_NO_POSITION UINT32_MAX

/* Copy a loaded record. One reference is the caller's. DIRECTOR_INTERNAL: the record crosses a
 * limit or holds together badly: a word outside its enumeration, two steps of one id, a flow with a
 * step that is unknown, of another kind or in it twice, actions that are no tree below the root's.
 * DIRECTOR_NO_MEMORY. */
enum director_status execution_plan_create(struct director *director,
                                           const struct director_plan_record *record,
                                           struct director_execution_plan **plan);
void execution_plan_retain(struct director_execution_plan *plan);
void execution_plan_release(struct director_execution_plan *plan);
/* Nobody will look at this copy's current steps again: give back those of other copies, so that two
 * copies never hold each other. */
void execution_plan_let_go(struct director_execution_plan *plan);

uint32_t execution_plan_position(const struct director_execution_plan *plan, uint32_t step_id);

/* The step replaces the plan's copy of it (update_steps). DIRECTOR_INTERNAL: the plan has none, or
 * one of another kind. */
enum director_status execution_plan_update_step(struct director_execution_plan *plan,
                                                struct step *step);

bool execution_plan_in_error(const struct director_execution_plan *plan);

/* Save the row (ExecutionPlan#save). DIRECTOR_MISSING: the row is gone; with
 * save-revives-deleted-plan it is inserted again. */
enum director_status execution_plan_save(const struct director_execution_plan *plan);

/* Move the plan and save it (ExecutionPlan#update_state). When the save fails the plan stays where
 * it was; with unsaved-move-stands the move stands. DIRECTOR_INTERNAL, and nothing happened, when
 * the table does not have the move. */
enum director_status execution_plan_update_state(struct director_execution_plan *plan,
                                                 enum director_plan_state to);

#endif
