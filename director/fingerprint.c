/* fingerprint.c: see fingerprint.h. What the director holds, managers in their order. */
#include "director/fingerprint.h"

#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/execution_plan_manager.h"
#include "director/queued_event.h"
#include "director/work_item.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Words ---------------------------------------------------------------------------------- */

static void begin_round(struct fingerprint_names *names)
{
    names->count = 0;
    if (++names->round == UINT32_MAX) {
        free(names->slots);
        *names = (struct fingerprint_names){0};
    }
}

void fingerprint_clear(struct fingerprint *fingerprint)
{
    fingerprint->count = 0;
    begin_round(&fingerprint->objects);
    begin_round(&fingerprint->executions);
    begin_round(&fingerprint->contents);
}

void fingerprint_free(struct fingerprint *fingerprint)
{
    free(fingerprint->words);
    free(fingerprint->objects.slots);
    free(fingerprint->executions.slots);
    free(fingerprint->contents.slots);
    *fingerprint = (struct fingerprint){0};
}

bool fingerprint_grow(struct fingerprint *fingerprint, size_t count)
{
    size_t wanted = fingerprint->capacity * 2 + count + 64;
    uint64_t *grown = realloc(fingerprint->words, wanted * sizeof(uint64_t));
    if (grown == NULL) {
        fingerprint->no_memory = true;
        return false;
    }
    fingerprint->words = grown;
    fingerprint->capacity = wanted;
    return true;
}

static bool is_of_now(const struct fingerprint_names *names, const struct fingerprint_name *name)
{
    return name->round == names->round + 1;
}

/* Where a value stands, or would. */
static struct fingerprint_name *slot_of(const struct fingerprint_names *names, uint64_t value)
{
    size_t at = (size_t)(value * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (names->size - 1);
    while (is_of_now(names, &names->slots[at]) && names->slots[at].value != value) {
        at = (at + 1) & (names->size - 1);
    }
    return &names->slots[at];
}

/* At least half of the slots stay free. */
static __attribute__((noinline)) bool grow_names(struct fingerprint_names *names)
{
    struct fingerprint_names grown = *names;
    grown.size = names->size == 0 ? 64 : names->size * 2;
    grown.slots = calloc(grown.size, sizeof(grown.slots[0]));
    if (grown.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < names->size; i++) {
        if (is_of_now(names, &names->slots[i])) {
            *slot_of(&grown, names->slots[i].value) = names->slots[i];
        }
    }
    free(names->slots);
    *names = grown;
    return true;
}

/* The number of a value, from 1. True: it is new. */
static bool number_of(struct fingerprint *fingerprint, struct fingerprint_names *names,
                      uint64_t value)
{
    if ((size_t)names->count * 2 >= names->size && !grow_names(names)) {
        fingerprint->no_memory = true;
        return false;
    }
    struct fingerprint_name *slot = slot_of(names, value);
    bool is_new = !is_of_now(names, slot);
    if (is_new) {
        *slot = (struct fingerprint_name){value, ++names->count, names->round + 1};
    }
    fingerprint_add(fingerprint, slot->number);
    return is_new;
}

bool fingerprint_object(struct fingerprint *fingerprint, const void *object)
{
    if (object == NULL) {
        fingerprint_add(fingerprint, 0);
        return false;
    }
    return number_of(fingerprint, &fingerprint->objects, (uint64_t)(uintptr_t)object);
}

void fingerprint_execution(struct fingerprint *fingerprint, uint64_t execution)
{
    number_of(fingerprint, &fingerprint->executions, execution);
}

void fingerprint_content(struct fingerprint *fingerprint, uint64_t content)
{
    if (content == 0 || fingerprint->raw_contents) {
        fingerprint_add(fingerprint, content);
    } else {
        number_of(fingerprint, &fingerprint->contents, content);
    }
}

void fingerprint_plan_id(struct fingerprint *fingerprint, const struct director_plan_id *id)
{
    uint64_t words[2];
    _Static_assert(sizeof(words) == sizeof(id->bytes), "a uuid is two words");
    memcpy(words, id->bytes, sizeof(words));
    fingerprint_add_words(fingerprint, words, 2);
}

void fingerprint_future(struct fingerprint *fingerprint, const struct director_future *future)
{
    (void)fingerprint_object(fingerprint, future);
    if (future != NULL) {
        fingerprint_add(fingerprint, (uint64_t)future->state << 32 | (uint64_t)future->reason);
    }
}

/* ---- Plans and steps ------------------------------------------------------------------------ */

static void add_step(struct fingerprint *fingerprint, const struct step *step)
{
    fingerprint_add(fingerprint, (uint64_t)step->id << 32 | (uint64_t)step->kind << 16 |
                                     (uint64_t)step->state << 8 | (uint64_t)step->unsaved << 1 |
                                     step->content_as_loaded);
    fingerprint_content(fingerprint, step->content);
}

/* Begins with a number of a plan, where add_step begins with an id that is shifted by 32 bits.
 * Most steps are their plan's current ones, and told of with it: their place there says which. */
void step_fingerprint(struct fingerprint *fingerprint, const struct step *step)
{
    if (step == NULL) {
        (void)fingerprint_object(fingerprint, NULL);
        return;
    }
    const struct director_execution_plan *owner = step->owner;
    const size_t position = (size_t)(step - owner->own);
    const bool current = owner->current[position] == step;
    execution_plan_fingerprint(fingerprint, owner);
    fingerprint_add(fingerprint, (uint64_t)position << 1 | current);
    if (!current && fingerprint_object(fingerprint, step)) {
        add_step(fingerprint, step);
    }
}

/* What does not change after loading is that of the row. */
void execution_plan_fingerprint(struct fingerprint *fingerprint,
                                const struct director_execution_plan *plan)
{
    if (!fingerprint_object(fingerprint, plan)) {
        return;
    }
    fingerprint_plan_id(fingerprint, &plan->id);
    fingerprint_add(fingerprint, (uint64_t)plan->in_doubt << 40 | (uint64_t)plan->state << 32 |
                                     plan->step_count);
    fingerprint_object(fingerprint, plan->manager);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const struct step *step = plan->current[i];
        if (step == &plan->own[i]) {
            add_step(fingerprint, step);
        } else {
            step_fingerprint(fingerprint, step);
        }
    }
}

/* ---- Items and events ----------------------------------------------------------------------- */

static void add_event(struct fingerprint *fingerprint, const struct queued_event *queued)
{
    if (!fingerprint_object(fingerprint, queued)) {
        return;
    }
    const struct director_event *event = &queued->event;
    fingerprint_add(fingerprint, (uint64_t)event->step_id << 2 | (uint64_t)event->optional << 1 |
                                     (queued->tracked_by != NULL));
    fingerprint_add(fingerprint, event->request_id);
    fingerprint_object(fingerprint, (const void *)(uintptr_t)event->event);
    fingerprint_future(fingerprint, event->result);
}

void director_work_item_fingerprint(struct fingerprint *fingerprint,
                                    const struct director_work_item *item)
{
    if (!fingerprint_object(fingerprint, item)) {
        return;
    }
    fingerprint_add(fingerprint, (uint64_t)item->kind << 40 | (uint64_t)item->queue << 8 |
                                     (uint64_t)item->begun << 3 | (uint64_t)item->reported << 2 |
                                     (uint64_t)item->crashed << 1 | item->in_user_code);
    fingerprint_execution(fingerprint, item->execution);
    fingerprint_plan_id(fingerprint, &item->plan);
    step_fingerprint(fingerprint, item->step);
    fingerprint_add(fingerprint, item->event != NULL);
    if (item->event != NULL) {
        add_event(fingerprint, item->event);
    }
    execution_plan_fingerprint(fingerprint, item->finalized);
    fingerprint_add(fingerprint, item->report_count);
    for (size_t i = 0; i < item->report_count; i++) {
        fingerprint_add(fingerprint,
                        (uint64_t)item->reports[i].step_id << 8 | item->reports[i].state);
    }
}

/* ---- Managers ------------------------------------------------------------------------------- */

static void add_flow(struct fingerprint *fingerprint, const struct execution_plan_manager *manager)
{
    const struct flow_manager *flow = &manager->flow;
    fingerprint_add(fingerprint, flow->cursor_count);
    for (uint32_t i = 0; i < flow->cursor_count; i++) {
        const struct sequence_cursor *cursor = &flow->cursors[i];
        const uint64_t words[] = {(uint64_t)cursor->parent << 32 | cursor->index,
                                  (uint64_t)cursor->next << 32 | cursor->size,
                                  (uint64_t)cursor->waiting << 1 | cursor->ok};
        fingerprint_add_words(fingerprint, words, 3);
    }
    for (uint32_t i = 0; i < manager->plan->step_count; i++) {
        fingerprint_add(fingerprint,
                        (uint64_t)flow->steps[i].cursor << 1 | flow->steps[i].waited_for);
    }
}

static void add_running_step(struct fingerprint *fingerprint, const struct running_step *running,
                             uint32_t index)
{
    if (running->step == NULL) {
        assert(running->first_item == NULL && running->first_event == NULL);
        return;
    }
    fingerprint_add(fingerprint, (uint64_t)index + 1);
    step_fingerprint(fingerprint, running->step);
    for (const struct director_work_item *item = running->first_item; item != NULL;
         item = item->next) {
        director_work_item_fingerprint(fingerprint, item);
    }
    fingerprint_add(fingerprint, UINT64_MAX);
    for (const struct queued_event *event = running->first_event; event != NULL;
         event = event->next) {
        add_event(fingerprint, event);
    }
    fingerprint_add(fingerprint, UINT64_MAX);
}

static void add_running(struct fingerprint *fingerprint,
                        const struct execution_plan_manager *manager)
{
    const struct running_steps_manager *running = &manager->running;
    for (uint32_t i = 0; i < manager->plan->step_count; i++) {
        add_running_step(fingerprint, &running->steps[i], i);
    }
    fingerprint_end(fingerprint);
    for (uint32_t at = running->first_in_order; at != RUNNING_STEP_NONE;
         at = running->steps[at].order_next) {
        fingerprint_add(fingerprint, at);
    }
    fingerprint_add(fingerprint, UINT64_MAX);
    for (const struct queued_event *event = running->tracked; event != NULL;
         event = event->tracked_next) {
        add_event(fingerprint, event);
    }
    fingerprint_add(fingerprint, UINT64_MAX);
}

static void add_notes(struct fingerprint *fingerprint, const struct execution_plan_manager *manager)
{
    for (uint32_t i = 0; i < manager->plan->step_count; i++) {
        const struct rescue_note *note = &manager->notes[i];
        const uint64_t steps = (uint64_t)note->run_step << 32 | note->finalize_step;
        const uint64_t flags = (uint64_t)note->strategy << 3 | (uint64_t)note->rescued << 2 |
                               (uint64_t)note->failed << 1 | note->to_skip;
        if (steps != 0 || flags != 0) {
            const uint64_t words[] = {(uint64_t)(i + 1) << 32 | flags, steps};
            fingerprint_add_words(fingerprint, words, 2);
        }
    }
    fingerprint_end(fingerprint);
}

static void add_manager(struct fingerprint *fingerprint,
                        const struct execution_plan_manager *manager)
{
    fingerprint_object(fingerprint, manager);
    fingerprint_add(fingerprint, (uint64_t)manager->halted << 5 | (uint64_t)manager->rescued << 4 |
                                     (uint64_t)manager->has_run << 3 |
                                     (uint64_t)manager->has_finalize << 2 |
                                     (uint64_t)manager->finalize_done << 1 | manager->root_loaded);
    fingerprint_execution(fingerprint, manager->execution);
    fingerprint_future(fingerprint, manager->future);
    execution_plan_fingerprint(fingerprint, manager->plan);
    if (manager->has_run) {
        add_flow(fingerprint, manager);
    }
    add_running(fingerprint, manager);
    add_notes(fingerprint, manager);
}

/* Which plans have a planning item out; in no order. */
static void add_planning(struct fingerprint *fingerprint, const struct plan_index *planning)
{
    uint64_t sum[2] = {0, 0};
    for (size_t i = 0; planning->count > 0 && i < planning->bucket_count; i++) {
        for (const struct plan_index_entry *entry = planning->buckets[i]; entry != NULL;
             entry = entry->bucket_next) {
            uint64_t words[2];
            memcpy(words, entry->id.bytes, sizeof(words));
            sum[0] += words[0];
            sum[1] += words[1];
        }
    }
    fingerprint_add(fingerprint, planning->count);
    fingerprint_add(fingerprint, sum[0]);
    fingerprint_add(fingerprint, sum[1]);
}

/* The manager whose plan's id comes next behind `last` (NULL: the first). */
static const struct execution_plan_manager *next_by_id(const struct director *director,
                                                       const struct execution_plan_manager *last)
{
    const struct execution_plan_manager *next = NULL;
    for (const struct execution_plan_manager *manager = director->first_manager; manager != NULL;
         manager = manager->next) {
        const unsigned char *id = manager->entry.id.bytes;
        bool behind =
            last == NULL || memcmp(id, last->entry.id.bytes, sizeof(last->entry.id.bytes)) > 0;
        if (behind &&
            (next == NULL || memcmp(id, next->entry.id.bytes, sizeof(next->entry.id.bytes)) < 0)) {
            next = manager;
        }
    }
    return next;
}

void director_fingerprint(struct fingerprint *fingerprint, const struct director *director,
                          bool ordered)
{
    fingerprint_add(fingerprint, director != NULL);
    if (director == NULL) {
        return;
    }
    fingerprint_add(fingerprint, (uint64_t)director->auto_rescue << 1 | director->terminating);
    fingerprint_add(fingerprint, fingerprint->raw_contents ? director->contents : 0);
    for (const struct execution_plan_manager *manager = next_by_id(director, NULL); manager != NULL;
         manager = next_by_id(director, manager)) {
        add_manager(fingerprint, manager);
    }
    for (const struct execution_plan_manager *manager = director->first_manager;
         ordered && manager != NULL; manager = manager->next) {
        fingerprint_object(fingerprint, manager);
    }
    add_planning(fingerprint, &director->planning);
}
