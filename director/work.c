/* work.c: the worker's side: what happens around user code when a work item is executed. Source:
 * Dynflow's WorkItem#execute, AbstractFlowStep#execute and #open_action, Action#execute_run,
 * #execute_finalize and #with_error_handling. */
#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/execution_plan_manager.h"
#include "director/fingerprint.h"
#include "director/memory.h"
#include "director/queued_event.h"
#include "director/sequential_manager.h"
#include "director/work_item.h"

#include <assert.h>
#include <string.h>

struct director_work {
    struct director_work_item *item; /* retained */
    struct director_persistence persistence;
    struct sequential_manager finalize; /* of a finalize item; its plan is NULL otherwise */
    struct step *step;                  /* in user code, or NULL */
    struct director_action_row action;  /* as loaded for `step`; required_steps are ours */
    uint32_t *required;
    size_t required_capacity;
};

/* The states a stored step may have for its run to begin. */
#define RUN_BEGINS_FROM                                                                            \
    (DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING) |                                              \
     DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR) |                                                \
     DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_SKIPPING) |                                             \
     DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_SUSPENDED))

/* How a worker ends when an operation answers this: nothing, a persistence error, or a crash. */
static bool ends_work(enum director_persistence_status status, enum director_work_stop_kind *kind)
{
    switch (status) {
    case DIRECTOR_PERSISTENCE_OK:
    case DIRECTOR_PERSISTENCE_UNMATCHED:
        return false;
    case DIRECTOR_PERSISTENCE_ERROR:
        *kind = DIRECTOR_WORK_PERSISTENCE_ERROR;
        return true;
    case DIRECTOR_PERSISTENCE_LOST:
        *kind = DIRECTOR_WORK_PERSISTENCE_LOST;
        return true;
    case DIRECTOR_PERSISTENCE_RAW:
    case DIRECTOR_PERSISTENCE_MISSING:
    case DIRECTOR_PERSISTENCE_INCOMPLETE:
        *kind = DIRECTOR_WORK_CRASHED;
        return true;
    }
    *kind = DIRECTOR_WORK_CRASHED;
    return true;
}

/* Load the action of a step, with a copy of what must be saved again after user code. When there is
 * no memory for it, *no_memory is set, and the work ends as at a persistence error. */
static bool load_action(struct director_work *work, const struct step *step, bool *no_memory,
                        enum director_work_stop_kind *kind)
{
    const struct director_persistence *persistence = &work->persistence;
    struct director_action_row *action = &work->action;
    if (ends_work(persistence->load_action(persistence->context, &step->owner->id, step->action_id,
                                           action),
                  kind)) {
        return false;
    }
    void *required = work->required;
    *no_memory =
        !memory_reserve(&work->item->director->allocator, &required, &work->required_capacity,
                        action->required_count, sizeof(work->required[0]));
    work->required = required;
    if (*no_memory) {
        *kind = DIRECTOR_WORK_PERSISTENCE_ERROR;
        return false;
    }
    if (action->required_count > 0) {
        memcpy(work->required, action->required_steps,
               action->required_count * sizeof(work->required[0]));
    }
    action->required_steps = work->required;
    return true;
}

/* Load the outputs that the action reads, each by itself (OutputReference.dereference). The input
 * holds their values from then on, so that what is saved names no required step any more. */
static bool dereference(struct director_work *work, const struct step *step,
                        enum director_work_stop_kind *kind)
{
    const struct director_persistence *persistence = &work->persistence;
    const struct director_execution_plan *plan = step->owner;
    for (uint32_t i = 0; i < work->action.required_count; i++) {
        struct director_action_row row = {0};
        uint32_t position = execution_plan_position(plan, work->required[i]);
        uint32_t action_id =
            position == EXECUTION_PLAN_NO_POSITION ? 0 : plan->current[position]->action_id;
        if (ends_work(persistence->load_action(persistence->context, &plan->id, action_id, &row),
                      kind)) {
            return false;
        }
    }
    work->action.required_count = 0;
    return true;
}

/* What comes after user code, and after a run that ended before it: save the action, save the step.
 */
static bool close_action(struct director_work *work, struct step *step,
                         enum director_work_stop_kind *kind)
{
    const struct director_persistence *persistence = &work->persistence;
    bool saved =
        !ends_work(persistence->save_action(persistence->context, &step->owner->id, &work->action),
                   kind) &&
        !ends_work(step_save(step, persistence, DIRECTOR_SAVE_ALWAYS), kind);
    step->unsaved = !saved;
    return saved;
}

/* User code came back (Action#with_error_handling): the step moves to what that means. False: an
 * error in there escaped. */
static bool settle(struct step *step, enum director_outcome outcome)
{
    enum director_status status = DIRECTOR_OK;
    if (outcome == DIRECTOR_OUTCOME_ERROR ||
        (outcome == DIRECTOR_OUTCOME_SUSPEND &&
         step_move(step, DIRECTOR_STEP_SUSPENDED) != DIRECTOR_OK)) {
        status = step_move(step, DIRECTOR_STEP_ERROR);
    }
    if (status != DIRECTOR_OK) {
        return false;
    }
    switch (step->state) {
    case DIRECTOR_STEP_RUNNING:
        return step_move(step, DIRECTOR_STEP_SUCCESS) == DIRECTOR_OK;
    case DIRECTOR_STEP_SKIPPING:
        return step_move(step, DIRECTOR_STEP_SKIPPED) == DIRECTOR_OK;
    case DIRECTOR_STEP_SUSPENDED:
    case DIRECTOR_STEP_ERROR:
        return true;
    default:
        return false;
    }
}

static void stop_in_user_code(struct director_work *work, struct step *step,
                              struct director_work_stop *stop)
{
    work->step = step;
    work->item->in_user_code = true;
    work->item->in_hands = true;
    const struct queued_event *event = work->item->event;
    bool skipping = step->state == DIRECTOR_STEP_SKIPPING;
    *stop = (struct director_work_stop){
        .kind = DIRECTOR_WORK_USER_CODE,
        .step_id = step->id,
        .action_id = step->action_id,
        .skipping = skipping,
        .has_event = event != NULL, /* never while skipping: events are for suspended steps */
        .event = director_work_item_event(work->item),
    };
}

/* The execution that handed an item out is over: its plan was halted, let go or is executed anew,
 * and nothing that belongs to it is begun any more. Workers elsewhere cannot know, and Dynflow's do
 * not ask. */
static bool is_over(const struct director_work_item *item)
{
    const struct director *director = item->director;
    if (has_defect(director, DIRECTOR_DEFECT_HALTED_WORK_GOES_ON) || director->destroyed) {
        return false;
    }
    const struct execution_plan_manager *manager =
        (const void *)plan_index_find(&director->managers, &item->plan);
    return manager == NULL || manager->execution != item->execution;
}

/* A run step, up to its user code (Action#execute_run). */
static enum director_status begin_run(struct director_work *work, struct director_work_stop *stop)
{
    struct step *step = work->item->step;
    bool no_memory = false;
    *stop = (struct director_work_stop){.kind = DIRECTOR_WORK_DONE};
    if (step->state == DIRECTOR_STEP_SUCCESS || step->state == DIRECTOR_STEP_SKIPPED ||
        !load_action(work, step, &no_memory, &stop->kind)) {
        return no_memory ? DIRECTOR_NO_MEMORY : DIRECTOR_OK;
    }
    if (step->content == 0) {
        step_renew_content(step); /* the first run sets started_at, before anything is saved */
    }
    if ((DIRECTOR_STEP_STATE_BIT(step->state) & RUN_BEGINS_FROM) == 0 ||
        (work->item->event != NULL && step->state != DIRECTOR_STEP_SUSPENDED)) {
        step_renew_content(step);
        stop->kind = DIRECTOR_WORK_CRASHED;
        return DIRECTOR_OK;
    }
    if (step->state != DIRECTOR_STEP_SKIPPING) {
        step_set_state_unchecked(step, DIRECTOR_STEP_RUNNING);
    }
    enum director_persistence_status saved = step_save(step, &work->persistence, RUN_BEGINS_FROM);
    bool already_run = saved == DIRECTOR_PERSISTENCE_UNMATCHED;
    if (ends_work(saved, &stop->kind) || (!already_run && !dereference(work, step, &stop->kind))) {
        step_renew_content(step);
        return DIRECTOR_OK;
    }
    bool skipping = step->state == DIRECTOR_STEP_SKIPPING;
    bool hands_over = skipping || work->item->event != NULL;
    if (!already_run && (!hands_over || work->action.accepts_events)) {
        stop_in_user_code(work, step, stop);
        return DIRECTOR_OK;
    }
    /* A run that takes no event is not called at all: skipping it succeeds, an event is an error.
     * Both moves are legal from running and from skipping. */
    bool settled =
        settle(step, already_run || !skipping ? DIRECTOR_OUTCOME_ERROR : DIRECTOR_OUTCOME_SUCCESS);
    assert(settled);
    (void)settled;
    step_renew_content(step);
    close_action(work, step, &stop->kind);
    return DIRECTOR_OK;
}

/* Finalize steps one after the other, up to the next one's user code (SequentialManager#dispatch
 * and Action#execute_finalize). */
static enum director_status go_on_finalizing(struct director_work *work,
                                             struct director_work_stop *stop)
{
    bool no_memory = false;
    *stop = (struct director_work_stop){.kind = DIRECTOR_WORK_DONE};
    if (is_over(work->item)) {
        return DIRECTOR_OK;
    }
    struct step *step = sequential_manager_next(&work->finalize);
    if (step == NULL) {
        execution_plan_retain(work->finalize.plan);
        if (work->item->finalized != NULL) {
            execution_plan_release(work->item->finalized);
        }
        work->item->finalized = work->finalize.plan;
        return DIRECTOR_OK;
    }
    if (!load_action(work, step, &no_memory, &stop->kind)) {
        return no_memory ? DIRECTOR_NO_MEMORY : DIRECTOR_OK;
    }
    if (!dereference(work, step, &stop->kind)) {
        return DIRECTOR_OK;
    }
    if (step_move(step, DIRECTOR_STEP_RUNNING) != DIRECTOR_OK) {
        stop->kind = DIRECTOR_WORK_CRASHED;
        return DIRECTOR_OK;
    }
    if (!ends_work(step_save(step, &work->persistence, DIRECTOR_SAVE_ALWAYS), &stop->kind)) {
        stop_in_user_code(work, step, stop);
    }
    return DIRECTOR_OK;
}

static enum director_status begin_finalize(struct director_work *work,
                                           struct director_work_stop *stop)
{
    struct director_plan_record record = {0};
    const struct director_persistence *persistence = &work->persistence;
    *stop = (struct director_work_stop){.kind = DIRECTOR_WORK_DONE};
    if (ends_work(persistence->load_plan(persistence->context, &work->item->plan, &record),
                  &stop->kind)) {
        return DIRECTOR_OK;
    }
    struct director_execution_plan *plan = NULL;
    enum director_status status = execution_plan_create(work->item->director, &record, &plan);
    if (status == DIRECTOR_NO_MEMORY) {
        return status;
    }
    if (status != DIRECTOR_OK) {
        stop->kind = DIRECTOR_WORK_CRASHED;
        return DIRECTOR_OK;
    }
    sequential_manager_init(&work->finalize, plan);
    return go_on_finalizing(work, stop);
}

/* A crash is told to the director through the item, with the finalize steps as they are: a hardened
 * director makes an error of it. Dynflow's loses both. */
static void note_crash(struct director_work *work, const struct director_work_stop *stop)
{
    struct director_work_item *item = work->item;
    if (stop->kind != DIRECTOR_WORK_CRASHED) {
        return;
    }
    item->crashed = true;
    if (work->finalize.plan != NULL && item->finalized == NULL &&
        !has_defect(item->director, DIRECTOR_DEFECT_CRASH_COUNTS_AS_SUCCESS)) {
        item->finalized = work->finalize.plan;
        execution_plan_retain(item->finalized);
    }
}

enum director_status director_work_begin(struct director_work_item *item,
                                         const struct director_persistence *persistence,
                                         struct director_work **begun,
                                         struct director_work_stop *stop)
{
    struct director *director = item->director;
    if (item->kind == DIRECTOR_WORK_PLANNING) {
        return DIRECTOR_INTERNAL;
    }
    if ((item->begun || item->reported) &&
        !has_defect(director, DIRECTOR_DEFECT_ITEM_WORKED_ON_TWICE)) {
        *begun = NULL;
        *stop = (struct director_work_stop){.kind = DIRECTOR_WORK_TAKEN};
        return DIRECTOR_OK;
    }
    struct director_work *work = memory_allocate(&director->allocator, sizeof(*work));
    if (work == NULL) {
        return DIRECTOR_NO_MEMORY;
    }
    *work = (struct director_work){.item = item, .persistence = *persistence};
    work_item_retain(item);
    enum director_status status = DIRECTOR_OK;
    *stop = (struct director_work_stop){.kind = DIRECTOR_WORK_DONE};
    if (is_over(item)) {
        /* There is nothing to do, and its report will be taken for what it is: too late. */
    } else if (item->kind == DIRECTOR_WORK_FINALIZE) {
        status = begin_finalize(work, stop);
    } else {
        status = begin_run(work, stop);
    }
    if (status != DIRECTOR_OK) {
        director_work_end(work);
        return status;
    }
    item->begun = true;
    note_crash(work, stop);
    *begun = work;
    return DIRECTOR_OK;
}

static void go_on(struct director_work *work, struct step *step, enum director_outcome outcome,
                  struct director_work_stop *stop)
{
    *stop = (struct director_work_stop){.kind = DIRECTOR_WORK_DONE};
    bool settled = settle(step, outcome);
    step_renew_content(step);
    if (!settled) {
        stop->kind = DIRECTOR_WORK_CRASHED;
        return;
    }
    if (!close_action(work, step, &stop->kind) || work->finalize.plan == NULL) {
        return;
    }
    work->finalize.failed = step->state == DIRECTOR_STEP_ERROR;
    /* Without memory for the next action the work ends as at a persistence error. */
    (void)go_on_finalizing(work, stop);
}

void director_work_continue(struct director_work *work, enum director_outcome outcome,
                            struct director_work_stop *stop)
{
    struct step *step = work->step;
    assert(step != NULL);
    work->step = NULL;
    work->item->in_hands = false;
    go_on(work, step, outcome, stop);
    note_crash(work, stop);
}

void director_work_end(struct director_work *work)
{
    if (work == NULL) {
        return;
    }
    struct director_work_item *item = work->item;
    struct director *director = item->director;
    item->in_hands = item->in_hands && work->step == NULL;
    if (work->finalize.plan != NULL) {
        execution_plan_release(work->finalize.plan);
    }
    memory_release(&director->allocator, work->required,
                   work->required_capacity * sizeof(work->required[0]));
    memory_release(&director->allocator, work, sizeof(*work));
    director_work_item_release(item);
}

void director_work_fingerprint(struct fingerprint *fingerprint, const struct director_work *work)
{
    if (!fingerprint_object(fingerprint, work)) {
        return;
    }
    director_work_item_fingerprint(fingerprint, work->item);
    execution_plan_fingerprint(fingerprint, work->finalize.plan);
    fingerprint_add(fingerprint, (uint64_t)work->finalize.next << 1 | work->finalize.failed);
    step_fingerprint(fingerprint, work->step);
    if (work->step == NULL) {
        return;
    }
    assert(work->action.required_count == 0); /* user code has the values */
    fingerprint_add(fingerprint, work->action.id);
}
