/* running_steps_manager.c: which step works on what (Dynflow's director/running_steps_manager.rb).
 */
#include "director/running_steps_manager.h"

#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/future.h"
#include "director/memory.h"
#include "director/queued_event.h"
#include "director/work_item.h"

#include <assert.h>

struct queued_event *queued_event_create(struct director *director,
                                         const struct director_event *event)
{
    struct queued_event *queued =
        memory_allocate(&director->allocator, sizeof(struct queued_event));
    if (queued != NULL) {
        *queued = (struct queued_event){.event = *event};
    }
    return queued;
}

static void track(struct running_steps_manager *manager, struct queued_event *event)
{
    event->tracked_by = manager;
    event->tracked_previous = NULL;
    event->tracked_next = manager->tracked;
    if (manager->tracked != NULL) {
        manager->tracked->tracked_previous = event;
    }
    manager->tracked = event;
}

static void untrack(struct queued_event *event)
{
    struct running_steps_manager *manager = event->tracked_by;
    if (manager == NULL) {
        return;
    }
    if (event->tracked_previous != NULL) {
        event->tracked_previous->tracked_next = event->tracked_next;
    } else {
        manager->tracked = event->tracked_next;
    }
    if (event->tracked_next != NULL) {
        event->tracked_next->tracked_previous = event->tracked_previous;
    }
    event->tracked_by = NULL;
}

void queued_event_free(struct queued_event *event, struct director *director)
{
    untrack(event);
    memory_release(&director->allocator, event, sizeof(*event));
}

/* The event that is tracked under a request id (@events_by_request_id). */
static struct queued_event *find_tracked(struct running_steps_manager *manager, uint64_t request_id)
{
    struct queued_event *event = manager->tracked;
    while (event != NULL && event->event.request_id != request_id) {
        event = event->tracked_next;
    }
    return event;
}

void running_steps_manager_init(struct running_steps_manager *manager, struct director *director,
                                struct director_execution_plan *plan, uint64_t execution,
                                struct running_step *steps)
{
    *manager = (struct running_steps_manager){
        .director = director,
        .execution = execution,
        .plan = plan,
        .steps = steps,
        .first_in_order = RUNNING_STEP_NONE,
        .last_in_order = RUNNING_STEP_NONE,
    };
    for (uint32_t i = 0; i < plan->step_count; i++) {
        steps[i] = (struct running_step){.order_previous = RUNNING_STEP_NONE,
                                         .order_next = RUNNING_STEP_NONE};
    }
}

static void push_item(struct running_steps_manager *manager, uint32_t position,
                      struct director_work_item *item)
{
    struct running_step *running = &manager->steps[position];
    work_item_retain(item);
    item->next = NULL;
    if (running->first_item != NULL) {
        running->last_item->next = item;
        running->last_item = item;
        return;
    }
    running->first_item = item;
    running->last_item = item;
    running->order_next = RUNNING_STEP_NONE;
    running->order_previous = manager->last_in_order;
    if (manager->last_in_order == RUNNING_STEP_NONE) {
        manager->first_in_order = position;
    } else {
        manager->steps[manager->last_in_order].order_next = position;
    }
    manager->last_in_order = position;
}

/* The first item of a step, or NULL. The queue's reference passes to the caller. */
static struct director_work_item *shift_item(struct running_steps_manager *manager,
                                             uint32_t position)
{
    struct running_step *running = &manager->steps[position];
    struct director_work_item *item = running->first_item;
    if (item == NULL) {
        return NULL;
    }
    running->first_item = item->next;
    if (running->first_item != NULL) {
        return item;
    }
    running->last_item = NULL;
    if (running->order_previous == RUNNING_STEP_NONE) {
        manager->first_in_order = running->order_next;
    } else {
        manager->steps[running->order_previous].order_next = running->order_next;
    }
    if (running->order_next == RUNNING_STEP_NONE) {
        manager->last_in_order = running->order_previous;
    } else {
        manager->steps[running->order_next].order_previous = running->order_previous;
    }
    return item;
}

static struct queued_event *shift_event(struct running_step *running)
{
    struct queued_event *event = running->first_event;
    if (event != NULL) {
        running->first_event = event->next;
        if (running->first_event == NULL) {
            running->last_event = NULL;
        }
    }
    return event;
}

/* The step that is in execution is this one from now on; NULL: none. */
static void set_running(struct running_step *running, struct step *step)
{
    struct step *old = running->step;
    if (step != NULL) {
        execution_plan_retain(step->owner);
    }
    running->step = step;
    if (old != NULL) {
        execution_plan_release(old->owner);
    }
}

void running_steps_manager_free(struct running_steps_manager *manager)
{
    while (manager->tracked != NULL) {
        untrack(manager->tracked);
    }
    for (uint32_t i = 0; i < manager->plan->step_count; i++) {
        struct running_step *running = &manager->steps[i];
        struct director_work_item *item;
        struct queued_event *event;
        while ((item = shift_item(manager, i)) != NULL) {
            director_work_item_release(item);
        }
        while ((event = shift_event(running)) != NULL) {
            queued_event_free(event, manager->director);
        }
        set_running(running, NULL);
    }
}

/* Resolve the future of the item's event (finish_event_result). With request-id-overwrites that is
 * the event tracked under the item's request: of two the later one, whichever item it is. */
static enum director_status finish_event(struct running_steps_manager *manager,
                                         struct director_work_item *item,
                                         enum director_reason reason)
{
    if (item->event == NULL) {
        return DIRECTOR_OK;
    }
    struct queued_event *event = item->event;
    assert(event->tracked_by == NULL || event->tracked_by == manager);
    if (event->tracked_by == NULL) { /* a later one has taken its place */
        event = find_tracked(manager, event->event.request_id);
    }
    if (event == NULL) {
        return DIRECTOR_OK;
    }
    untrack(event);
    if (event->event.result == NULL) {
        return DIRECTOR_OK;
    }
    return reason == DIRECTOR_REASON_NONE
               ? future_fulfill(manager->director, event->event.result, NULL)
               : future_reject(manager->director, event->event.result, reason);
}

/* Reject the futures of what is queued for a step and has not become an item. */
static enum director_status reject_queued_events(struct running_steps_manager *manager,
                                                 struct running_step *running,
                                                 enum director_reason reason)
{
    struct queued_event *event;
    while ((event = shift_event(running)) != NULL) {
        struct director_future *result = event->event.result;
        queued_event_free(event, manager->director);
        enum director_status status =
            result == NULL ? DIRECTOR_OK : future_reject(manager->director, result, reason);
        if (status != DIRECTOR_OK) {
            return status;
        }
    }
    return DIRECTOR_OK;
}

enum director_status running_steps_manager_terminate(struct running_steps_manager *manager)
{
    const struct director *director = manager->director;
    const bool stops = has_defect(director, DIRECTOR_DEFECT_TERMINATE_STOPS_AT_FIRST_ERROR);
    const bool forgets = has_defect(director, DIRECTOR_DEFECT_QUEUED_EVENTS_FORGOTTEN);
    enum director_status first = DIRECTOR_OK;
    while (manager->first_in_order != RUNNING_STEP_NONE) {
        uint32_t position = manager->first_in_order;
        struct running_step *running = &manager->steps[position];
        struct director_work_item *item = shift_item(manager, position);
        enum director_status status = DIRECTOR_OK;
        /* Ruby clears the queues before it resolves anything: after an error the rest is forgotten
         * unresolved. */
        if (first == DIRECTOR_OK || !stops) {
            status = finish_event(manager, item, DIRECTOR_REASON_TERMINATED);
        }
        director_work_item_release(item);
        first = first == DIRECTOR_OK ? status : first;
        while (!forgets && running->first_item == NULL && running->first_event != NULL) {
            status = reject_queued_events(manager, running, DIRECTOR_REASON_TERMINATED);
            first = first == DIRECTOR_OK ? status : first;
        }
    }
    return first;
}

void running_steps_manager_add(struct running_steps_manager *manager, struct step *step,
                               struct director_work_item *item)
{
    uint32_t position = execution_plan_position(manager->plan, step->id);
    assert(position != EXECUTION_PLAN_NO_POSITION);
    set_running(&manager->steps[position], step);
    push_item(manager, position, item);
}

/* Turn the first queued event of a step into its next item (create_next_event_work_item). */
static void hand_out_next_event(struct running_steps_manager *manager, uint32_t position)
{
    struct running_step *running = &manager->steps[position];
    struct queued_event *event = shift_event(running);
    if (event == NULL) {
        return;
    }
    struct director_work_item *item =
        work_item_take(manager->director, DIRECTOR_WORK_EVENT, &event->event.plan, running->step,
                       running->step->queue);
    item->event = event;
    item->execution = manager->execution;
    push_item(manager, position, item);
    work_item_answer(manager->director, item);
    director_work_item_release(item);
}

/* What was queued for a step that is no longer in execution is rejected, items first. */
static enum director_status drop_queued(struct running_steps_manager *manager, uint32_t position)
{
    struct director_work_item *item;
    while ((item = shift_item(manager, position)) != NULL) {
        enum director_status status = finish_event(manager, item, DIRECTOR_REASON_DROPPED);
        director_work_item_release(item);
        if (status != DIRECTOR_OK) {
            return status;
        }
    }
    return reject_queued_events(manager, &manager->steps[position], DIRECTOR_REASON_DROPPED);
}

enum director_status running_steps_manager_done(struct running_steps_manager *manager,
                                                struct step *step, bool took, bool *suspended)
{
    uint32_t position = execution_plan_position(manager->plan, step->id);
    assert(position != EXECUTION_PLAN_NO_POSITION);
    struct running_step *running = &manager->steps[position];
    set_running(running, step);
    struct director_work_item *item = shift_item(manager, position);
    if (item != NULL) {
        enum director_status status =
            finish_event(manager, item, took ? DIRECTOR_REASON_NONE : DIRECTOR_REASON_BROKEN);
        director_work_item_release(item);
        if (status != DIRECTOR_OK) {
            return status;
        }
    }
    *suspended = step->state == DIRECTOR_STEP_SUSPENDED;
    if (*suspended) {
        hand_out_next_event(manager, position);
        return DIRECTOR_OK;
    }
    enum director_status status = drop_queued(manager, position);
    if (status == DIRECTOR_OK) {
        set_running(running, NULL);
    }
    return status;
}

enum director_status running_steps_manager_event(struct running_steps_manager *manager,
                                                 struct queued_event *event)
{
    uint32_t position = execution_plan_position(manager->plan, event->event.step_id);
    if (position == EXECUTION_PLAN_NO_POSITION || manager->steps[position].step == NULL) {
        struct director_future *result = event->event.result;
        queued_event_free(event, manager->director);
        return result == NULL
                   ? DIRECTOR_OK
                   : future_reject(manager->director, result, DIRECTOR_REASON_NOT_SUSPENDED);
    }
    struct running_step *running = &manager->steps[position];
    struct queued_event *superseded =
        has_defect(manager->director, DIRECTOR_DEFECT_REQUEST_ID_OVERWRITES)
            ? find_tracked(manager, event->event.request_id)
            : NULL;
    if (superseded != NULL) {
        untrack(superseded);
    }
    track(manager, event);
    event->next = NULL;
    if (running->first_event == NULL) {
        running->first_event = event;
    } else {
        running->last_event->next = event;
    }
    running->last_event = event;
    if (running->first_item == NULL) {
        hand_out_next_event(manager, position);
    }
    return DIRECTOR_OK;
}
