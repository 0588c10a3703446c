/* item_ranges.c: see item_ranges.h. */
#include "sim/search/item_ranges.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16u

/* The first range that ends at `item` or behind it. */
static size_t find(const struct item_ranges *ranges, uint64_t item)
{
    size_t low = 0;
    size_t high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->ranges[middle].end < item) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool reserve_one(struct item_ranges *ranges)
{
    if (ranges->count < ranges->capacity) {
        return true;
    }
    size_t capacity = ranges->capacity < CAPACITY_MIN ? CAPACITY_MIN : 2 * ranges->capacity;
    struct item_range *grown = realloc(ranges->ranges, capacity * sizeof(*grown));
    if (grown == NULL) {
        return false;
    }
    ranges->ranges = grown;
    ranges->capacity = capacity;
    return true;
}

bool item_ranges_add(struct item_ranges *ranges, uint64_t first, uint64_t end)
{
    if (first >= end) {
        return true;
    }
    if (!reserve_one(ranges)) {
        return false;
    }
    size_t at = find(ranges, first);
    size_t touched = at;
    while (touched < ranges->count && ranges->ranges[touched].first <= end) {
        const struct item_range *range = &ranges->ranges[touched++];
        first = range->first < first ? range->first : first;
        end = range->end > end ? range->end : end;
    }
    memmove(&ranges->ranges[at + 1], &ranges->ranges[touched],
            (ranges->count - touched) * sizeof(*ranges->ranges));
    ranges->ranges[at] = (struct item_range){first, end};
    ranges->count = ranges->count - (touched - at) + 1;
    return true;
}

bool item_ranges_gap(const struct item_ranges *ranges, uint64_t from, uint64_t end,
                     struct item_range *gap)
{
    size_t at = find(ranges, from);
    while (at < ranges->count && ranges->ranges[at].first <= from) {
        from = ranges->ranges[at].end > from ? ranges->ranges[at].end : from;
        at++;
    }
    if (from >= end) {
        return false;
    }
    *gap = (struct item_range){from, end};
    if (at < ranges->count && ranges->ranges[at].first < end) {
        gap->end = ranges->ranges[at].first;
    }
    return true;
}

uint64_t item_ranges_items(const struct item_ranges *ranges)
{
    uint64_t items = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        items += ranges->ranges[i].end - ranges->ranges[i].first;
    }
    return items;
}

void item_ranges_free(struct item_ranges *ranges)
{
    free(ranges->ranges);
    *ranges = (struct item_ranges){0};
}
