/* work_item.c: work items, their spare list, and what an owner may ask of one (Director::WorkItem
 * and the classes below it). */
#include "director/work_item.h"

#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/memory.h"
#include "director/queued_event.h"

#include <assert.h>

/* More spare items than this are given back when they come in. */
#define WORK_ITEM_SPARE_MAX 1024u

bool work_item_reserve(struct director *director, size_t count)
{
    while (director->spare_count < count) {
        struct director_work_item *item =
            memory_allocate(&director->allocator, sizeof(struct director_work_item));
        if (item == NULL) {
            return false;
        }
        item->next = director->spare_items;
        director->spare_items = item;
        director->spare_count++;
    }
    return true;
}

struct director_work_item *work_item_take(struct director *director, enum director_work_kind kind,
                                          const struct director_plan_id *plan, struct step *step,
                                          uint32_t queue)
{
    struct director_work_item *item = director->spare_items;
    assert(item != NULL);
    director->spare_items = item->next;
    director->spare_count--;
    director->items_outstanding++;
    *item = (struct director_work_item){
        .director = director,
        .references = 1,
        .kind = (uint8_t)kind,
        .plan = *plan,
        .queue = queue,
        .step = step,
    };
    if (step != NULL) {
        execution_plan_retain(step->owner);
    }
    return item;
}

void work_item_retain(struct director_work_item *item)
{
    item->references++;
}

void work_item_answer(struct director *director, struct director_work_item *item)
{
    assert(director->answer_count < director->answer_capacity);
    work_item_retain(item);
    director->answer[director->answer_count++] = item;
}

static void free_item(struct director_work_item *item)
{
    struct director *director = item->director;
    if (item->event != NULL) {
        queued_event_free(item->event, director);
    }
    if (item->step != NULL) {
        execution_plan_release(item->step->owner);
    }
    if (item->finalized != NULL) {
        execution_plan_release(item->finalized);
    }
    memory_release(&director->allocator, item->reports,
                   item->report_capacity * sizeof(struct step_report));
    director->items_outstanding--;
    if (director->destroyed || director->spare_count >= WORK_ITEM_SPARE_MAX) {
        memory_release(&director->allocator, item, sizeof(*item));
        director_free_when_unused(director);
        return;
    }
    item->next = director->spare_items;
    director->spare_items = item;
    director->spare_count++;
}

void director_work_item_release(struct director_work_item *item)
{
    if (item == NULL) {
        return;
    }
    assert(item->references > 0);
    if (--item->references == 0) {
        free_item(item);
    }
}

void director_work_item_retain(struct director_work_item *item)
{
    work_item_retain(item);
}

enum director_status director_work_item_report(struct director_work_item *item, uint32_t step_id,
                                               enum director_step_state state)
{
    if ((unsigned)state >= DIRECTOR_STEP_STATES) {
        return DIRECTOR_INTERNAL;
    }
    if (item->step != NULL) {
        if (item->step->id != step_id) {
            return DIRECTOR_INTERNAL;
        }
        step_set_state_unchecked(item->step, state);
        item->in_user_code = true;
        return DIRECTOR_OK;
    }
    if (item->kind != DIRECTOR_WORK_FINALIZE) {
        return DIRECTOR_INTERNAL;
    }
    void *reports = item->reports;
    if (!memory_reserve(&item->director->allocator, &reports, &item->report_capacity,
                        item->report_count + 1, sizeof(struct step_report))) {
        return DIRECTOR_NO_MEMORY;
    }
    item->reports = reports;
    item->reports[item->report_count++] = (struct step_report){step_id, (uint8_t)state};
    return DIRECTOR_OK;
}

enum director_work_kind director_work_item_kind(const struct director_work_item *item)
{
    return item->kind;
}

const struct director_plan_id *director_work_item_plan(const struct director_work_item *item)
{
    return &item->plan;
}

uint32_t director_work_item_step(const struct director_work_item *item)
{
    return item->step == NULL ? 0 : item->step->id;
}

enum director_step_state director_work_item_step_state(const struct director_work_item *item)
{
    return item->step == NULL ? DIRECTOR_STEP_PENDING : item->step->state;
}

uint32_t director_work_item_queue(const struct director_work_item *item)
{
    return item->queue;
}

uint64_t director_work_item_event(const struct director_work_item *item)
{
    return item->event == NULL ? 0 : item->event->event.event;
}

uint64_t director_work_item_request(const struct director_work_item *item)
{
    return item->event == NULL ? 0 : item->event->event.request_id;
}
