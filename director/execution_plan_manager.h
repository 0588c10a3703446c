/* execution_plan_manager.h: what the director keeps for one plan in execution (Dynflow's
 * director/execution_plan_manager.rb): the plan, its future, its phases, its running steps, and
 * which of its steps were rescued in this execution. */
#ifndef DIRECTOR_EXECUTION_PLAN_MANAGER_H
#define DIRECTOR_EXECUTION_PLAN_MANAGER_H

#include "director/flow_manager.h"
#include "director/plan_index.h"
#include "director/running_steps_manager.h"

/* For rescues, by the position of a step. */
struct rescue_note {
    /* Of the action whose plan step this is, once loaded: its run and finalize step (0: none). */
    uint32_t run_step;
    uint32_t finalize_step;
    uint8_t strategy;
    bool rescued; /* this step was in error at an earlier rescue of this execution */
    bool failed;  /* it is one of those that are being rescued now */
    bool to_skip; /* it is in the list of steps to skip */
};

struct execution_plan_manager {
    struct plan_index_entry entry; /* first: the director's index is intrusive */
    struct execution_plan_manager *previous;
    struct execution_plan_manager *next;
    struct director *director;
    struct director_execution_plan *plan;
    struct director_future *future; /* NULL: recovery borrows a manager to rescue its plan */
    uint64_t execution;             /* this one, of all that the director has begun */
    size_t block_size;
    bool halted;
    bool rescued;      /* at least once in this execution */
    bool has_run;      /* the run phase has begun: `flow` is in use */
    bool has_finalize; /* the finalize phase has begun */
    bool finalize_done;
    bool root_loaded; /* the root action is loaded once in an execution */
    uint32_t cursor_capacity;
    struct flow_manager flow;
    struct running_steps_manager running;
    struct sequence_cursor *cursors;
    struct flow_step *flow_steps;
    struct running_step *running_steps;
    struct rescue_note *notes;
};

/* Takes over the caller's reference to `plan`. DIRECTOR_NO_MEMORY: the reference stays the
 * caller's. */
enum director_status execution_plan_manager_create(struct director *director,
                                                   struct director_execution_plan *plan,
                                                   struct director_future *future,
                                                   struct execution_plan_manager **manager);
void execution_plan_manager_free(struct execution_plan_manager *manager);

/* Put it at the end of the director's managers, for which room must have been reserved; take it out
 * again. */
void execution_plan_manager_link(struct execution_plan_manager *manager);
void execution_plan_manager_unlink(struct execution_plan_manager *manager);

/* Take the memory that any call about this plan may need; false without. */
bool execution_plan_manager_reserve(struct execution_plan_manager *manager);

/* All of these put work items into the answer. */
enum director_status execution_plan_manager_start(struct execution_plan_manager *manager);
enum director_status execution_plan_manager_restart(struct execution_plan_manager *manager);
enum director_status execution_plan_manager_what_is_next(struct execution_plan_manager *manager,
                                                         struct director_work_item *item);

/* The worker of an item crashed, or left a step in a state in which no work leaves it: make that an
 * error, in memory and in the database, so that only success and skipped count as success. Any
 * error of the saves. With crash-counts-as-success nothing happens. */
enum director_status execution_plan_manager_mend_crash(struct execution_plan_manager *manager,
                                                       struct director_work_item *item);

bool execution_plan_manager_done(const struct execution_plan_manager *manager);
enum director_status execution_plan_manager_terminate(struct execution_plan_manager *manager);
enum director_status execution_plan_manager_halt(struct execution_plan_manager *manager);

#endif
