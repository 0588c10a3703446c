/* director.c: the Director's methods (Dynflow's lib/dynflow/director.rb). */
#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/execution_plan_manager.h"
#include "director/future.h"
#include "director/letting_go.h"
#include "director/memory.h"
#include "director/queued_event.h"
#include "director/rescue.h"
#include "director/work_item.h"

#include <assert.h>

struct planning_entry {
    struct plan_index_entry entry;
    struct planning_entry *next; /* all of them, so that they can be freed */
    struct planning_entry *previous;
};

enum director_status status_of_persistence(enum director_persistence_status status)
{
    switch (status) {
    case DIRECTOR_PERSISTENCE_OK:
    case DIRECTOR_PERSISTENCE_UNMATCHED:
        return DIRECTOR_OK;
    case DIRECTOR_PERSISTENCE_ERROR:
        return DIRECTOR_PERSISTENCE;
    case DIRECTOR_PERSISTENCE_LOST:
        return DIRECTOR_PERSISTENCE_FATAL;
    case DIRECTOR_PERSISTENCE_RAW:
        return DIRECTOR_UNHANDLED;
    case DIRECTOR_PERSISTENCE_MISSING:
        return DIRECTOR_MISSING;
    case DIRECTOR_PERSISTENCE_INCOMPLETE:
        return DIRECTOR_INTERNAL;
    }
    return DIRECTOR_INTERNAL;
}

/* ---- Life ---------------------------------------------------------------------------------- */

enum director_status director_create(const struct director_config *config,
                                     struct director **created)
{
    struct director *director = memory_allocate(&config->allocator, sizeof(*director));
    if (director == NULL) {
        return DIRECTOR_NO_MEMORY;
    }
    *director = (struct director){
        .allocator = config->allocator,
        .persistence = config->persistence,
        .hooks = config->hooks,
        .auto_rescue = config->auto_rescue,
        .defects = config->defects,
    };
    *created = director;
    return DIRECTOR_OK;
}

void director_free_when_unused(struct director *director)
{
    if (director->destroyed && director->items_outstanding == 0) {
        struct director_allocator allocator = director->allocator;
        memory_release(&allocator, director, sizeof(*director));
    }
}

void director_destroy(struct director *director)
{
    if (director == NULL) {
        return;
    }
    while (director->first_manager != NULL) {
        struct execution_plan_manager *manager = director->first_manager;
        execution_plan_manager_unlink(manager);
        execution_plan_manager_free(manager);
    }
    const struct director_allocator *allocator = &director->allocator;
    while (director->first_planning != NULL) {
        struct planning_entry *entry = director->first_planning;
        director->first_planning = entry->next;
        memory_release(allocator, entry, sizeof(*entry));
    }
    while (director->spare_items != NULL) {
        struct director_work_item *item = director->spare_items;
        director->spare_items = item->next;
        memory_release(allocator, item, sizeof(*item));
    }
    plan_index_free(&director->managers, allocator);
    plan_index_free(&director->planning, allocator);
    memory_release(allocator, director->answer,
                   director->answer_capacity * sizeof(director->answer[0]));
    memory_release(allocator, director->scratch,
                   director->scratch_capacity * sizeof(director->scratch[0]));
    director->destroyed = true;
    director_free_when_unused(director);
}

void director_set_terminating(struct director *director)
{
    director->terminating = true;
}

/* ---- Answers ------------------------------------------------------------------------------- */

static void begin_answer(struct director *director, struct director_work_items *items)
{
    director->answer_count = 0;
    *items = (struct director_work_items){0};
}

/* What would have been handed out is not. */
static void drop_answer(struct director *director)
{
    while (director->answer_count > 0) {
        director_work_item_release(director->answer[--director->answer_count]);
    }
}

/* A call that fails hands nothing out: in Ruby the exception takes the return value's place. */
static enum director_status end_answer(struct director *director, enum director_status status,
                                       struct director_work_items *items)
{
    if (status != DIRECTOR_OK) {
        drop_answer(director);
    }
    items->items = director->answer;
    items->count = director->answer_count;
    return status;
}

/* ---- Managers ------------------------------------------------------------------------------ */

static struct execution_plan_manager *find_manager(const struct director *director,
                                                   const struct director_plan_id *plan)
{
    /* The entry is the manager's first member. */
    return (struct execution_plan_manager *)(void *)plan_index_find(&director->managers, plan);
}

/* Director#unless_done, with Director#try_to_rescue. What it hands out is in the answer already;
 * what a plan that is done would have handed out is dropped. `status` is that of what led here. */
static enum director_status unless_done(struct execution_plan_manager *manager,
                                        enum director_status status)
{
    if (status != DIRECTOR_OK) {
        return letting_go_of_broken(manager, status);
    }
    if (!execution_plan_manager_done(manager)) {
        return DIRECTOR_OK;
    }
    drop_answer(manager->director);
    if (rescue_wanted(manager)) {
        bool started = false;
        status = rescue_begin(manager, &started);
        if (status != DIRECTOR_OK) {
            return letting_go_of_broken(manager, status);
        }
        if (started) {
            return DIRECTOR_OK;
        }
    }
    return letting_go_finish(manager, LETTING_GO_STORE);
}

/* ---- Start --------------------------------------------------------------------------------- */

/* Director#halt_execution for a plan without a manager: whatever goes wrong, nothing escapes. */
static enum director_status halt_inactive(struct director *director,
                                          const struct director_plan_id *id)
{
    struct director_plan_record record = {0};
    struct director_execution_plan *plan = NULL;
    const struct director_persistence *persistence = &director->persistence;
    if (persistence->load_plan(persistence->context, id, &record) != DIRECTOR_PERSISTENCE_OK) {
        return DIRECTOR_OK;
    }
    enum director_status status = execution_plan_create(director, &record, &plan);
    if (status == DIRECTOR_NO_MEMORY) {
        return status;
    }
    if (status == DIRECTOR_OK) {
        (void)execution_plan_update_state(plan, DIRECTOR_PLAN_STOPPED);
        execution_plan_release(plan);
    }
    return DIRECTOR_OK;
}

static enum director_status find_inhibition(struct director *director,
                                            const struct director_plan_id *id, bool *inhibited)
{
    const struct director_persistence *persistence = &director->persistence;
    *inhibited = false;
    if (persistence->find_inhibition == NULL) {
        return DIRECTOR_OK;
    }
    return status_of_persistence(persistence->find_inhibition(persistence->context, id, inhibited));
}

/* Take a plan into execution; the caller's reference is used up. Memory is all taken before the
 * plan moves. */
static enum director_status begin_execution(struct director *director,
                                            struct director_execution_plan *plan,
                                            struct director_future *future,
                                            struct execution_plan_manager **created)
{
    struct execution_plan_manager *manager = NULL;
    enum director_status status = DIRECTOR_INTERNAL;
    if (plan->state == DIRECTOR_PLAN_PLANNED || plan->state == DIRECTOR_PLAN_PAUSED) {
        status = execution_plan_manager_create(director, plan, future, &manager);
    }
    if (status != DIRECTOR_OK) {
        execution_plan_release(plan);
        return status;
    }
    if (!plan_index_reserve(&director->managers, &director->allocator) ||
        !execution_plan_manager_reserve(manager)) {
        execution_plan_manager_free(manager);
        return DIRECTOR_NO_MEMORY;
    }
    status = execution_plan_update_state(plan, DIRECTOR_PLAN_RUNNING);
    if (status != DIRECTOR_OK) {
        execution_plan_manager_free(manager);
        return status;
    }
    execution_plan_manager_link(manager);
    *created = manager;
    return DIRECTOR_OK;
}

/* Whether the escaped error is one that Ruby rescues while it takes a plan in (Dynflow::Error). */
static bool is_persistence_error(enum director_status status)
{
    return status == DIRECTOR_PERSISTENCE || status == DIRECTOR_PERSISTENCE_FATAL;
}

/* Why a plan that was loaded cannot be executed; NONE when it can. */
static enum director_reason refuse(const struct director *director,
                                   const struct director_plan_record *record)
{
    const struct director_plan_id *id = &record->row.id;
    if (find_manager(director, id) != NULL) {
        return DIRECTOR_REASON_ALREADY_RUNNING;
    }
    if (record->row.state == DIRECTOR_PLAN_STOPPED) {
        return DIRECTOR_REASON_STOPPED;
    }
    return DIRECTOR_REASON_NONE;
}

/* Director#track_execution_plan: *manager stays NULL when the plan is refused, its future rejected.
 */
static enum director_status track_execution_plan(struct director *director,
                                                 const struct director_plan_id *id,
                                                 struct director_future *future,
                                                 struct execution_plan_manager **manager)
{
    const struct director_persistence *persistence = &director->persistence;
    struct director_plan_record record = {0};
    enum director_persistence_status loaded =
        persistence->load_plan(persistence->context, id, &record);
    enum director_status status = status_of_persistence(loaded);
    if (is_persistence_error(status)) {
        return future_reject(director, future, DIRECTOR_REASON_PERSISTENCE);
    }
    if (loaded == DIRECTOR_PERSISTENCE_INCOMPLETE && find_manager(director, id) != NULL) {
        return future_reject(director, future, DIRECTOR_REASON_ALREADY_RUNNING);
    }
    if (status != DIRECTOR_OK) {
        return status;
    }
    enum director_reason reason = refuse(director, &record);
    if (reason != DIRECTOR_REASON_NONE) {
        return future_reject(director, future, reason);
    }
    /* Copied before it is asked whether the plan may be executed: the record is there only until
     * the next operation. */
    struct director_execution_plan *plan = NULL;
    enum director_status copied = execution_plan_create(director, &record, &plan);
    if (copied == DIRECTOR_NO_MEMORY) {
        return copied;
    }
    bool inhibited = false;
    status = find_inhibition(director, id, &inhibited);
    if (status == DIRECTOR_OK && copied == DIRECTOR_OK && !inhibited) {
        status = begin_execution(director, plan, future, manager);
    } else if (copied == DIRECTOR_OK) {
        execution_plan_release(plan);
    }
    if (status == DIRECTOR_OK && inhibited) {
        status = halt_inactive(director, id);
        return status == DIRECTOR_OK ? future_reject(director, future, DIRECTOR_REASON_INHIBITED)
                                     : status;
    }
    if (is_persistence_error(status)) {
        return future_reject(director, future, DIRECTOR_REASON_PERSISTENCE);
    }
    return status == DIRECTOR_OK ? copied : status;
}

/* What escapes from a start leaves nobody to answer for the future: reject it. */
static void answer_for_failed_start(struct director *director, struct director_future *future,
                                    enum director_status status)
{
    if (status == DIRECTOR_OK || status == DIRECTOR_NO_MEMORY ||
        future->state != DIRECTOR_FUTURE_PENDING ||
        has_defect(director, DIRECTOR_DEFECT_START_LEAVES_FUTURE)) {
        return;
    }
    (void)future_reject(director, future,
                        status == DIRECTOR_MISSING ? DIRECTOR_REASON_MISSING
                                                   : DIRECTOR_REASON_BROKEN);
}

enum director_status director_start_execution(struct director *director,
                                              const struct director_plan_id *plan,
                                              struct director_future *future,
                                              struct director_work_items *items)
{
    struct execution_plan_manager *manager = NULL;
    assert(future != NULL);
    begin_answer(director, items);
    if (future->state != DIRECTOR_FUTURE_PENDING &&
        !has_defect(director, DIRECTOR_DEFECT_RESOLVED_FUTURE_KEPT)) {
        return DIRECTOR_INTERNAL;
    }
    enum director_status status = track_execution_plan(director, plan, future, &manager);
    if (status == DIRECTOR_OK && manager != NULL) {
        status = unless_done(manager, execution_plan_manager_start(manager));
    } else {
        answer_for_failed_start(director, future, status);
    }
    return end_answer(director, status, items);
}

/* ---- Events -------------------------------------------------------------------------------- */

enum director_status director_handle_event(struct director *director,
                                           const struct director_event *event,
                                           struct director_work_items *items)
{
    begin_answer(director, items);
    struct execution_plan_manager *manager = find_manager(director, &event->plan);
    if (manager == NULL) {
        enum director_status status = DIRECTOR_OK;
        if (event->result != NULL) {
            status = future_reject(director, event->result, DIRECTOR_REASON_NO_MANAGER);
        }
        return status != DIRECTOR_OK || event->optional ? status : DIRECTOR_NO_MANAGER;
    }
    struct queued_event *queued = queued_event_create(director, event);
    if (queued == NULL || !execution_plan_manager_reserve(manager)) {
        if (queued != NULL) {
            queued_event_free(queued, director);
        }
        return DIRECTOR_NO_MEMORY;
    }
    enum director_status status = running_steps_manager_event(&manager->running, queued);
    return end_answer(director, status, items);
}

/* ---- Planning ------------------------------------------------------------------------------ */

static bool reserve_planning(struct director *director)
{
    void *answer = director->answer;
    bool reserved = memory_reserve(&director->allocator, &answer, &director->answer_capacity, 1,
                                   sizeof(director->answer[0])) &&
                    work_item_reserve(director, 1) &&
                    plan_index_reserve(&director->planning, &director->allocator);
    director->answer = answer;
    return reserved;
}

enum director_status director_handle_planning(struct director *director,
                                              const struct director_plan_id *plan,
                                              struct director_work_items *items)
{
    begin_answer(director, items);
    if (plan_index_find(&director->planning, plan) != NULL) {
        return DIRECTOR_OK;
    }
    struct planning_entry *entry = memory_allocate(&director->allocator, sizeof(*entry));
    if (entry == NULL || !reserve_planning(director)) {
        memory_release(&director->allocator, entry, sizeof(*entry));
        return DIRECTOR_NO_MEMORY;
    }
    *entry = (struct planning_entry){.entry.id = *plan, .next = director->first_planning};
    if (entry->next != NULL) {
        entry->next->previous = entry;
    }
    director->first_planning = entry;
    plan_index_insert(&director->planning, &entry->entry);
    struct director_work_item *item =
        work_item_take(director, DIRECTOR_WORK_PLANNING, plan, NULL, 0);
    work_item_answer(director, item);
    director_work_item_release(item);
    return end_answer(director, DIRECTOR_OK, items);
}

/* No planning item of the plan is out any more. */
static void forget_planning(struct director *director, const struct director_plan_id *plan)
{
    struct planning_entry *entry = (void *)plan_index_find(&director->planning, plan);
    if (entry != NULL) {
        plan_index_remove(&director->planning, &entry->entry);
        if (entry->previous == NULL) {
            director->first_planning = entry->next;
        } else {
            entry->previous->next = entry->next;
        }
        if (entry->next != NULL) {
            entry->next->previous = entry->previous;
        }
        memory_release(&director->allocator, entry, sizeof(*entry));
    }
}

static enum director_status planning_finished(struct director *director,
                                              const struct director_plan_id *plan)
{
    const struct director_persistence *persistence = &director->persistence;
    forget_planning(director, plan);
    if (persistence->delete_delayed_plan == NULL) {
        return DIRECTOR_OK;
    }
    return status_of_persistence(persistence->delete_delayed_plan(persistence->context, plan));
}

/* ---- Work ---------------------------------------------------------------------------------- */

/* The manager that a report is for; NULL: for none. A report is matched to the execution that
 * handed its item out, and counts once (with the defects: it is matched to nothing but the plan).
 */
static struct execution_plan_manager *find_manager_of(struct director *director,
                                                      const struct director_work_item *item,
                                                      bool second_delivery)
{
    if ((item->reported || second_delivery) &&
        !has_defect(director, DIRECTOR_DEFECT_DOUBLE_REPORT_ACCEPTED)) {
        director->counters.double_reports++;
        return NULL;
    }
    struct execution_plan_manager *manager = find_manager(director, &item->plan);
    if (manager == NULL || (manager->execution != item->execution &&
                            !has_defect(director, DIRECTOR_DEFECT_STALE_REPORT_ACCEPTED))) {
        director->counters.stale_reports++;
        return NULL;
    }
    return manager;
}

/* It is still in user code, or its worker could not save it and is about to say so: what is
 * reported as finished is another delivery of it, which raised. */
static bool is_finished_by_nobody(const struct director_work_item *item)
{
    bool finalize_failed = item->kind == DIRECTOR_WORK_FINALIZE && item->begun &&
                           item->finalized == NULL && item->report_count == 0;
    bool step_unsaved = item->step != NULL && item->step->unsaved;
    return item->in_hands || (!item->crashed && (finalize_failed || step_unsaved));
}

enum director_status director_work_finished(struct director *director,
                                            struct director_work_item *item,
                                            struct director_work_items *items)
{
    begin_answer(director, items);
    if (item->kind == DIRECTOR_WORK_PLANNING) {
        return planning_finished(director, &item->plan);
    }
    struct execution_plan_manager *manager =
        find_manager_of(director, item, is_finished_by_nobody(item));
    if (manager == NULL) {
        return DIRECTOR_OK;
    }
    if (!execution_plan_manager_reserve(manager)) {
        return DIRECTOR_NO_MEMORY;
    }
    item->reported = true;
    if (execution_plan_manager_mend_crash(manager, item) != DIRECTOR_OK) {
        return end_answer(director, letting_go_of_failed(manager), items);
    }
    enum director_status status =
        unless_done(manager, execution_plan_manager_what_is_next(manager, item));
    return end_answer(director, status, items);
}

enum director_status director_work_failed(struct director *director,
                                          struct director_work_item *item)
{
    if (item->kind == DIRECTOR_WORK_PLANNING) {
        forget_planning(director, &item->plan);
        return DIRECTOR_OK;
    }
    struct execution_plan_manager *manager = find_manager_of(director, item, false);
    if (manager == NULL) {
        return DIRECTOR_OK;
    }
    item->reported = true;
    return letting_go_of_failed(manager);
}

struct director_counters director_counters(const struct director *director)
{
    return director->counters;
}

enum director_status director_halt(struct director *director, const struct director_plan_id *plan)
{
    struct execution_plan_manager *manager = find_manager(director, plan);
    return manager == NULL ? halt_inactive(director, plan) : letting_go_of_halted(manager);
}

/* ---- Views --------------------------------------------------------------------------------- */

size_t director_plan_count(const struct director *director)
{
    return director->managers.count;
}

const struct director_execution_plan *director_first_plan(const struct director *director)
{
    return director->first_manager == NULL ? NULL : director->first_manager->plan;
}

const struct director_execution_plan *director_next_plan(const struct director_execution_plan *plan)
{
    struct execution_plan_manager *next = plan->manager == NULL ? NULL : plan->manager->next;
    return next == NULL ? NULL : next->plan;
}

const struct director_execution_plan *director_find_plan(const struct director *director,
                                                         const struct director_plan_id *plan)
{
    struct execution_plan_manager *manager = find_manager(director, plan);
    return manager == NULL ? NULL : manager->plan;
}
