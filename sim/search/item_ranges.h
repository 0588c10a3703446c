/* item_ranges.h: a set of items of a campaign, as ranges: which have been run. */
#ifndef SIM_SEARCH_ITEM_RANGES_H
#define SIM_SEARCH_ITEM_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* first..end-1 */
struct item_range {
    uint64_t first;
    uint64_t end;
};

/* Sorted; no two touch. All zeros: empty. */
struct item_ranges {
    struct item_range *ranges;
    size_t count;
    size_t capacity;
};

/* Add a range, which may lie over others; an empty one adds nothing. False: no memory, and nothing
 * has changed. */
bool item_ranges_add(struct item_ranges *ranges, uint64_t first, uint64_t end);

/* The first range of items from `from` on, below `end`, that are not in the set; false when there
 * are none. */
bool item_ranges_gap(const struct item_ranges *ranges, uint64_t from, uint64_t end,
                     struct item_range *gap);

/* How many items are in it. */
uint64_t item_ranges_items(const struct item_ranges *ranges);

void item_ranges_free(struct item_ranges *ranges);

#endif
