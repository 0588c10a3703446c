/* execution_plan_manager.c: the two phases of a plan in execution (Dynflow's
 * director/execution_plan_manager.rb). */
#include "director/execution_plan_manager.h"

#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/flow.h"
#include "director/memory.h"
#include "director/work_item.h"

#include <assert.h>
#include <string.h>

enum director_status execution_plan_manager_create(struct director *director,
                                                   struct director_execution_plan *plan,
                                                   struct director_future *future,
                                                   struct execution_plan_manager **created)
{
    const size_t steps = plan->step_count;
    uint32_t cursors = flow_manager_cursors(plan);
    size_t running_steps = sizeof(struct execution_plan_manager);
    size_t cursors_at = running_steps + steps * sizeof(struct running_step);
    size_t flow_steps = cursors_at + cursors * sizeof(struct sequence_cursor);
    size_t notes = flow_steps + steps * sizeof(struct flow_step);
    size_t size = notes + steps * sizeof(struct rescue_note);
    char *block = memory_allocate(&director->allocator, size);
    if (block == NULL) {
        return DIRECTOR_NO_MEMORY;
    }
    struct execution_plan_manager *manager = (void *)block;
    *manager = (struct execution_plan_manager){
        .entry.id = plan->id,
        .director = director,
        .plan = plan,
        .future = future,
        .execution = ++director->executions,
        .block_size = size,
        .cursor_capacity = cursors,
        .running_steps = (void *)(block + running_steps),
        .cursors = (void *)(block + cursors_at),
        .flow_steps = (void *)(block + flow_steps),
        .notes = (void *)(block + notes),
    };
    memset(manager->notes, 0, steps * sizeof(struct rescue_note));
    running_steps_manager_init(&manager->running, director, plan, manager->execution,
                               manager->running_steps);
    plan->manager = manager;
    *created = manager;
    return DIRECTOR_OK;
}

void execution_plan_manager_free(struct execution_plan_manager *manager)
{
    struct director *director = manager->director;
    running_steps_manager_free(&manager->running);
    manager->plan->manager = NULL;
    execution_plan_let_go(manager->plan);
    execution_plan_release(manager->plan);
    memory_release(&director->allocator, manager, manager->block_size);
}

void execution_plan_manager_link(struct execution_plan_manager *manager)
{
    struct director *director = manager->director;
    plan_index_insert(&director->managers, &manager->entry);
    manager->previous = director->last_manager;
    if (director->last_manager == NULL) {
        director->first_manager = manager;
    } else {
        director->last_manager->next = manager;
    }
    director->last_manager = manager;
}

void execution_plan_manager_unlink(struct execution_plan_manager *manager)
{
    struct director *director = manager->director;
    plan_index_remove(&director->managers, &manager->entry);
    if (manager->previous == NULL) {
        director->first_manager = manager->next;
    } else {
        manager->previous->next = manager->next;
    }
    if (manager->next == NULL) {
        director->last_manager = manager->previous;
    } else {
        manager->next->previous = manager->previous;
    }
}

bool execution_plan_manager_reserve(struct execution_plan_manager *manager)
{
    /* At most every step of the run flow is handed out, and one item more for finalize. */
    struct director *director = manager->director;
    size_t wanted = (size_t)manager->plan->step_count + 1;
    void *answer = director->answer;
    void *scratch = director->scratch;
    bool reserved = memory_reserve(&director->allocator, &answer, &director->answer_capacity,
                                   wanted, sizeof(director->answer[0])) &&
                    memory_reserve(&director->allocator, &scratch, &director->scratch_capacity,
                                   wanted, sizeof(director->scratch[0])) &&
                    work_item_reserve(director, wanted);
    director->answer = answer;
    director->scratch = scratch;
    return reserved;
}

/* Note the steps in the scratch list as running and hand them out. */
static void hand_out_steps(struct execution_plan_manager *manager)
{
    struct director *director = manager->director;
    for (size_t i = 0; i < director->scratch_count; i++) {
        struct step *step = director->scratch[i];
        struct director_work_item *item =
            work_item_take(director, DIRECTOR_WORK_RUN, &manager->plan->id, step, step->queue);
        item->execution = manager->execution;
        running_steps_manager_add(&manager->running, step, item);
        work_item_answer(director, item);
        director_work_item_release(item);
    }
    director->scratch_count = 0;
}

static enum director_status start_run(struct execution_plan_manager *manager)
{
    manager->has_run = true;
    flow_manager_init(&manager->flow, manager->director, manager->plan, manager->cursors,
                      manager->cursor_capacity, manager->flow_steps);
    manager->director->scratch_count = 0;
    enum director_status status = flow_manager_start(&manager->flow);
    if (status == DIRECTOR_OK) {
        hand_out_steps(manager);
    }
    return status;
}

/* The queue of the first finalize step; false when the plan has none. */
static bool first_finalize_queue(const struct director_execution_plan *plan, uint32_t *queue)
{
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (plan->current[i]->kind == DIRECTOR_STEP_FINALIZE) {
            *queue = plan->current[i]->queue;
            return true;
        }
    }
    return false;
}

/* What the steps of an earlier finalize phase came to says nothing any more. The worker knows: it
 * loads the plan and does the same to its copy (reset_finalize_steps). */
static void forget_earlier_finalize(struct execution_plan_manager *manager)
{
    struct director_execution_plan *plan = manager->plan;
    if (has_defect(manager->director, DIRECTOR_DEFECT_FINALIZE_TELLS_OLD_STATES)) {
        return;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (plan->current[i]->kind == DIRECTOR_STEP_FINALIZE) {
            /* One that was skipped stays so: the table has no move from there. */
            (void)step_move(plan->current[i], DIRECTOR_STEP_PENDING);
        }
    }
}

static enum director_status start_finalize(struct execution_plan_manager *manager)
{
    struct director *director = manager->director;
    uint32_t queue = 0;
    assert(!manager->has_finalize); /* the run phase is done once, and it comes first */
    manager->has_finalize = true;
    manager->finalize_done = false;
    if (!first_finalize_queue(manager->plan, &queue)) {
        return DIRECTOR_INTERNAL;
    }
    struct director_work_item *item =
        work_item_take(director, DIRECTOR_WORK_FINALIZE, &manager->plan->id, NULL, queue);
    item->execution = manager->execution;
    work_item_answer(director, item);
    director_work_item_release(item);
    forget_earlier_finalize(manager);
    return DIRECTOR_OK;
}

static bool has_finalize_flow(const struct execution_plan_manager *manager)
{
    return !flow_empty(manager->plan->finalize_flow, manager->plan->finalize_flow_length);
}

/* Nothing is left to hand out, so the plan is done: both phases are, which begin one after the
 * other. */
static enum director_status finish(const struct execution_plan_manager *manager)
{
    assert(execution_plan_manager_done(manager));
    (void)manager;
    return DIRECTOR_OK;
}

enum director_status execution_plan_manager_start(struct execution_plan_manager *manager)
{
    if (manager->future->state != DIRECTOR_FUTURE_PENDING) {
        return DIRECTOR_INTERNAL;
    }
    if (!flow_empty(manager->plan->run_flow, manager->plan->run_flow_length)) {
        return start_run(manager);
    }
    if (has_finalize_flow(manager)) {
        return start_finalize(manager);
    }
    return finish(manager);
}

enum director_status execution_plan_manager_restart(struct execution_plan_manager *manager)
{
    manager->has_run = false;
    manager->has_finalize = false;
    return execution_plan_manager_start(manager);
}

bool execution_plan_manager_done(const struct execution_plan_manager *manager)
{
    return manager->halted || ((!manager->has_run || flow_manager_done(&manager->flow)) &&
                               (!manager->has_finalize || manager->finalize_done));
}

static enum director_status compute_next_from_step(struct execution_plan_manager *manager,
                                                   const struct step *step)
{
    if (!manager->has_run || flow_manager_done(&manager->flow)) {
        return DIRECTOR_INTERNAL;
    }
    if (manager->halted) {
        return DIRECTOR_OK;
    }
    manager->director->scratch_count = 0;
    enum director_status status = flow_manager_what_is_next(&manager->flow, step);
    if (status != DIRECTOR_OK) {
        return status;
    }
    if (flow_manager_done(&manager->flow)) {
        return has_finalize_flow(manager) ? start_finalize(manager) : finish(manager);
    }
    hand_out_steps(manager);
    return DIRECTOR_OK;
}

/* The plan's finalize steps become as the item has them (update_steps). They are copied each time:
 * what the plan does to its own afterwards is not seen in the item, and an item that is reported
 * twice brings back what its worker left (finalize_steps_data is a hash, not the steps). */
static enum director_status take_finalized_steps(struct execution_plan_manager *manager,
                                                 const struct director_work_item *item)
{
    struct director_execution_plan *plan = manager->plan;
    for (uint32_t i = 0; item->finalized != NULL && i < plan->finalize_flow_length; i++) {
        if (!DIRECTOR_FLOW_IS_ATOM(plan->finalize_flow[i])) {
            continue;
        }
        uint32_t reported = execution_plan_position(item->finalized, plan->finalize_flow[i]);
        uint32_t own = execution_plan_position(plan, plan->finalize_flow[i]);
        assert(own != EXECUTION_PLAN_NO_POSITION);
        if (reported == EXECUTION_PLAN_NO_POSITION) {
            return DIRECTOR_INTERNAL;
        }
        const struct step *from = item->finalized->current[reported];
        struct step *to = plan->current[own];
        if (from->kind != to->kind) {
            return DIRECTOR_INTERNAL;
        }
        to->state = from->state;
        to->content = from->content;
        to->content_as_loaded = from->content_as_loaded;
    }
    for (size_t i = 0; i < item->report_count; i++) {
        uint32_t position = execution_plan_position(plan, item->reports[i].step_id);
        if (position == EXECUTION_PLAN_NO_POSITION ||
            plan->current[position]->kind != DIRECTOR_STEP_FINALIZE) {
            return DIRECTOR_INTERNAL;
        }
        step_set_state_unchecked(plan->current[position], item->reports[i].state);
    }
    return DIRECTOR_OK;
}

static enum director_status finalize_finished(struct execution_plan_manager *manager,
                                              const struct director_work_item *item)
{
    enum director_status status = take_finalized_steps(manager, item);
    if (status != DIRECTOR_OK) {
        return status;
    }
    if (!manager->has_finalize) {
        return DIRECTOR_INTERNAL;
    }
    manager->finalize_done = true;
    return finish(manager);
}

/* A step in whatever state a crash left it is in error now. */
static enum director_status step_crashed(struct execution_plan_manager *manager, struct step *step)
{
    const struct director_persistence *persistence = &manager->director->persistence;
    if (step->kind == DIRECTOR_STEP_FINALIZE && step->state == DIRECTOR_STEP_PENDING) {
        step_set_state_unchecked(step, DIRECTOR_STEP_RUNNING);
    }
    if (director_step_move_allowed(step->kind, step->state, DIRECTOR_STEP_ERROR)) {
        return step_move_and_save(step, DIRECTOR_STEP_ERROR, persistence);
    }
    /* It ended, but the last save may not have been reached. */
    return status_of_persistence(step_save(step, persistence, DIRECTOR_SAVE_ALWAYS));
}

/* The first finalize step that is not done is the one that crashed; the last one that ended before
 * it may not have been saved. */
static enum director_status finalize_crashed(struct execution_plan_manager *manager,
                                             struct director_work_item *item)
{
    struct director_execution_plan *plan =
        item->finalized != NULL ? item->finalized : manager->plan;
    struct step *ended = NULL;
    struct step *crashed = NULL;
    for (uint32_t i = 0; i < plan->finalize_flow_length && crashed == NULL; i++) {
        if (!DIRECTOR_FLOW_IS_ATOM(plan->finalize_flow[i])) {
            continue;
        }
        struct step *step = plan->current[execution_plan_position(plan, plan->finalize_flow[i])];
        if (step->state == DIRECTOR_STEP_SUCCESS) {
            ended = step;
        } else if (step->state != DIRECTOR_STEP_SKIPPED) {
            crashed = step;
        }
    }
    enum director_status status = DIRECTOR_OK;
    if (ended != NULL) {
        status = status_of_persistence(
            step_save(ended, &manager->director->persistence, DIRECTOR_SAVE_ALWAYS));
    }
    return status == DIRECTOR_OK && crashed != NULL ? step_crashed(manager, crashed) : status;
}

enum director_status execution_plan_manager_mend_crash(struct execution_plan_manager *manager,
                                                       struct director_work_item *item)
{
    if (has_defect(manager->director, DIRECTOR_DEFECT_CRASH_COUNTS_AS_SUCCESS)) {
        return DIRECTOR_OK;
    }
    if (item->kind == DIRECTOR_WORK_FINALIZE) {
        bool told = item->finalized != NULL || item->report_count > 0;
        return item->crashed || !told ? finalize_crashed(manager, item) : DIRECTOR_OK;
    }
    switch (item->step->state) {
    case DIRECTOR_STEP_SUCCESS:
    case DIRECTOR_STEP_SKIPPED:
    case DIRECTOR_STEP_ERROR:
    case DIRECTOR_STEP_SUSPENDED:
        return item->crashed ? step_crashed(manager, item->step) : DIRECTOR_OK;
    default:
        return step_crashed(manager, item->step);
    }
}

enum director_status execution_plan_manager_what_is_next(struct execution_plan_manager *manager,
                                                         struct director_work_item *item)
{
    if (item->kind == DIRECTOR_WORK_FINALIZE) {
        return finalize_finished(manager, item);
    }
    assert(item->step != NULL);
    bool suspended = false;
    enum director_status status = execution_plan_update_step(manager->plan, item->step);
    if (status == DIRECTOR_OK) {
        bool took = item->in_user_code ||
                    has_defect(manager->director, DIRECTOR_DEFECT_CRASH_COUNTS_AS_SUCCESS);
        status = running_steps_manager_done(&manager->running, item->step, took, &suspended);
    }
    if (status == DIRECTOR_OK && !suspended) {
        status = compute_next_from_step(manager, item->step);
    }
    return status;
}

enum director_status execution_plan_manager_terminate(struct execution_plan_manager *manager)
{
    return running_steps_manager_terminate(&manager->running);
}

enum director_status execution_plan_manager_halt(struct execution_plan_manager *manager)
{
    manager->halted = true;
    return running_steps_manager_terminate(&manager->running);
}
