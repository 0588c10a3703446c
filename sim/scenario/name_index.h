/* name_index.h: names and what they stand for, sorted, so that no file can make looking them up
 * slow; and the nearest name to one that is unknown. */
#ifndef SIM_SCENARIO_NAME_INDEX_H
#define SIM_SCENARIO_NAME_INDEX_H

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_memory.h"

struct name_entry {
    const char *text; /* no NUL at its end is promised */
    uint32_t length;
    uint32_t value;
    struct scenario_position position;
};

struct name_index {
    struct name_entry *entries;
    uint32_t count;
    uint32_t capacity;
};

/* An empty index with room for `capacity` names, of which each is added once. False: no memory, and
 * the index has room for none. */
bool name_index_start(struct name_index *index, struct scenario_memory *memory, uint32_t capacity);

/* Add a name, which may be there already. Names beyond the capacity are dropped. */
void name_index_add(struct name_index *index, const char *text, uint32_t length, uint32_t value,
                    struct scenario_position position);

/* To be called after the last name was added and before the first is looked up. Equal names stay in
 * the order of their values. */
void name_index_sort(struct name_index *index);

/* The first of the entries with this name, or NULL; its equals follow it. */
const struct name_entry *name_index_find(const struct name_index *index, const char *text,
                                         uint32_t length);

/* Whether there is another entry with the same name behind this one. */
const struct name_entry *name_index_next_equal(const struct name_index *index,
                                               const struct name_entry *entry);

/* How far two texts are from one another: letters to add, take out, change or swap with a
 * neighbour, where a capital is the same as its small letter. More than `most` gives most + 1. */
uint32_t name_distance(const char *left, size_t left_length, const char *right, size_t right_length,
                       uint32_t most);

/* How far a name may be from what was written to be worth suggesting. */
uint32_t name_distance_limit(size_t length);

/* The nearest entry that is worth suggesting, or NULL. Looks at the first NAME_NEAREST_MAX only. */
#define NAME_NEAREST_MAX 20000u
const struct name_entry *name_index_nearest(const struct name_index *index, const char *text,
                                            uint32_t length);

#endif
