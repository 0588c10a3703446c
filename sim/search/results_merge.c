/* results_merge.c: see results_merge.h. */
#include "sim/search/results_merge.h"

#include <stdio.h>
#include <string.h>

/* What two campaigns over one subject found together. False: no memory. */
static bool add_campaign(struct campaign *sum, const struct campaign *other)
{
    struct campaign_totals *totals = &sum->totals;
    bool good = true;
    totals->runs += other->totals.runs;
    totals->failed += other->totals.failed;
    totals->events += other->totals.events;
    totals->faults += other->totals.faults;
    if (other->totals.memory_bytes_max > totals->memory_bytes_max) {
        totals->memory_bytes_max = other->totals.memory_bytes_max;
    }
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        totals->marks[i] += other->totals.marks[i];
    }
    for (uint32_t i = 0; i < SCENARIO_DEFECTS_MAX; i++) {
        if (other->defects[i].found) {
            campaign_note_defect(sum, i, other->defects[i].first_item, other->defects[i].found_ms);
        }
    }
    coverage_merge(&sum->coverage, &other->coverage);
    samples_append(&sum->samples, sum->elapsed_before_ms, &other->samples);
    sum->elapsed_before_ms += other->elapsed_before_ms;
    for (uint32_t i = 0; good && i < other->groups.count; i++) {
        good = groups_merge(&sum->groups, &other->groups.groups[i]);
    }
    for (size_t i = 0; good && i < other->done.count; i++) {
        good = item_ranges_add(&sum->done, other->done.ranges[i].first, other->done.ranges[i].end);
    }
    return good;
}

static enum merge_status merge_subject(struct results *into, struct results *from,
                                       const char *subject, const char *path, char *message,
                                       size_t message_size)
{
    struct campaign sum = {0};
    struct campaign other = {0};
    enum merge_status status = MERGE_TROUBLE;
    if (!results_load(into, subject, &sum)) {
        snprintf(message, message_size, "%s", results_message(into));
    } else if (!results_load(from, subject, &other)) {
        snprintf(message, message_size, "%s", results_message(from));
    } else {
        uint64_t apart = item_ranges_items(&sum.done) + item_ranges_items(&other.done);
        if (!add_campaign(&sum, &other)) {
            snprintf(message, message_size, "out of memory");
        } else if (item_ranges_items(&sum.done) != apart) {
            status = MERGE_OVERLAP;
            snprintf(message, message_size,
                     "%s: holds seeds that another database holds too; give each machine its part "
                     "with --shard or --seeds",
                     path);
        } else if (!results_save(into, subject, &sum) || !results_copy_files(into, from, subject)) {
            snprintf(message, message_size, "%s", results_message(into));
        } else {
            status = MERGE_OK;
        }
    }
    campaign_free(&sum);
    campaign_free(&other);
    return status;
}

enum merge_status results_merge(struct results *into, const char *path, char *message,
                                size_t message_size)
{
    uint32_t count;
    enum merge_status status = MERGE_OK;
    struct results *from = results_open(path, RESULTS_READ, message, message_size);
    if (from == NULL) {
        return MERGE_TROUBLE;
    }
    if (!results_subject_count(from, &count)) {
        snprintf(message, message_size, "%s", results_message(from));
        status = MERGE_TROUBLE;
        count = 0;
    }
    for (uint32_t i = 0; status == MERGE_OK && i < count; i++) {
        const char *subject = results_subject(from, i);
        if (subject == NULL) {
            snprintf(message, message_size, "%s", results_message(from));
            status = MERGE_TROUBLE;
        } else {
            status = merge_subject(into, from, subject, path, message, message_size);
        }
    }
    results_close(from);
    return status;
}
