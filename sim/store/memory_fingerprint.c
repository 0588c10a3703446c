/* memory_fingerprint.c: what a memory store holds, in canonical words (director/fingerprint.h). */
#include "director/fingerprint.h"
#include "sim/store/memory_internal.h"

#include <string.h>

static void add_plan(struct fingerprint *fingerprint, const struct memory_plan *plan)
{
    struct memory_step_cursor cursor = {0};
    fingerprint_plan_id(fingerprint, &plan->row.id);
    const uint64_t words[] = {(uint64_t)plan->row.state << 32 | (uint64_t)plan->row.result,
                              plan->row.step_count};
    fingerprint_add_words(fingerprint, words, 2);
    for (const struct director_step_row *step = memory_plan_next_step(plan, &cursor); step != NULL;
         step = memory_plan_next_step(plan, &cursor)) {
        fingerprint_add(fingerprint, (uint64_t)step->id << 32 | (uint64_t)step->state);
        fingerprint_content(fingerprint, step->content);
    }
    fingerprint_add(fingerprint, plan->action_count);
    for (uint32_t i = 0; i < plan->action_count; i++) {
        const struct director_action_row *action = &plan->actions[i];
        fingerprint_add(fingerprint, (uint64_t)action->id << 32 | action->required_count);
        for (uint32_t r = 0; r < action->required_count; r++) {
            fingerprint_add(fingerprint, action->required_steps[r]);
        }
    }
    fingerprint_add(fingerprint, plan->delayed != NULL);
    for (const struct memory_dependency *waits = plan->waits_first; waits != NULL;
         waits = waits->waits_next) {
        fingerprint_plan_id(fingerprint, &waits->blocker->row.id);
    }
    fingerprint_add(fingerprint, UINT64_MAX);
}

/* The record whose subject comes next behind that of `last` (NULL: the first). */
static const struct memory_record *next_by_subject(const struct memory_records *records,
                                                   const struct memory_record *last)
{
    const struct memory_record *next = NULL;
    for (const struct memory_record *record = records->first; record != NULL;
         record = record->next) {
        const size_t size = sizeof(record->subject.bytes);
        bool behind = last == NULL || memcmp(record->subject.bytes, last->subject.bytes, size) > 0;
        if (behind &&
            (next == NULL || memcmp(record->subject.bytes, next->subject.bytes, size) < 0)) {
            next = record;
        }
    }
    return next;
}

/* By subject: in which order locks were taken only matters when a dead world's are looked after. */
static void add_records(struct fingerprint *fingerprint, const struct memory_records *records,
                        bool ordered)
{
    for (const struct memory_record *record = next_by_subject(records, NULL); record != NULL;
         record = next_by_subject(records, record)) {
        fingerprint_plan_id(fingerprint, &record->row.subject);
        fingerprint_plan_id(fingerprint, &record->row.owner);
        fingerprint_add(fingerprint, (ordered ? record->row.request : 0) << 8 | record->row.active);
    }
    for (const struct memory_record *record = records->first; ordered && record != NULL;
         record = record->next) {
        fingerprint_plan_id(fingerprint, &record->row.subject);
    }
    fingerprint_add(fingerprint, UINT64_MAX);
}

void memory_store_fingerprint(const struct store *store, struct fingerprint *fingerprint,
                              bool ordered)
{
    const struct memory_store *memory = (const struct memory_store *)(const void *)store;
    for (const struct memory_plan *plan = memory->first; plan != NULL; plan = plan->next) {
        add_plan(fingerprint, plan);
    }
    for (uint32_t i = 0; i < STORE_RECORD_KINDS; i++) {
        add_records(fingerprint, &memory->records[i], ordered);
    }
}
