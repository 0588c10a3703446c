/* id_table.h: a hash table from a uuid to what has it. Open addressing with the hash beside the
 * pointer, so that a look-up touches one cache line here and one of what it finds. Keys may be
 * chosen by an enemy: keys that collide cost time, never more. The order of the table is seen by
 * nobody. */
#ifndef SIM_STORE_ID_TABLE_H
#define SIM_STORE_ID_TABLE_H

#include <string.h>

#include "director/director.h"

/* `value` points at something that begins with its struct director_plan_id; NULL: the slot is free.
 */
struct id_table_slot {
    uint64_t hash;
    void *value;
};

/* All zero: empty, and without memory. */
struct id_table {
    struct id_table_slot *slots;
    size_t mask; /* capacity - 1; the capacity is 0 or a power of two */
    size_t count;
};

static inline uint64_t id_table_hash(const struct director_plan_id *id)
{
    uint64_t high;
    uint64_t low;

    memcpy(&high, id->bytes, 8);
    memcpy(&low, id->bytes + 8, 8);
    /* Ids that differ in their last bytes alone differ, as numbers, at the top, which a
     * multiplication keeps there: fold the top down first. */
    low ^= high * 0x9e3779b97f4a7c15u;
    low = (low ^ (low >> 32)) * 0xbf58476d1ce4e5b9u;
    low = (low ^ (low >> 29)) * 0x94d049bb133111ebu;
    return low ^ (low >> 32);
}

static inline bool id_table_same(const struct director_plan_id *left,
                                 const struct director_plan_id *right)
{
    return memcmp(left->bytes, right->bytes, sizeof(left->bytes)) == 0;
}

/* What has this id, or NULL. */
static inline void *id_table_find(const struct id_table *table, const struct director_plan_id *id)
{
    uint64_t hash = id_table_hash(id);

    if (table->slots == NULL) {
        return NULL;
    }
    for (size_t at = (size_t)hash & table->mask;; at = (at + 1) & table->mask) {
        const struct id_table_slot *slot = &table->slots[at];

        if (slot->value == NULL) {
            return NULL;
        }
        if (slot->hash == hash && id_table_same((const struct director_plan_id *)slot->value, id)) {
            return slot->value;
        }
    }
}

/* Make room for one more. False when there is no memory: nothing has changed. */
bool id_table_reserve(struct id_table *table, const struct director_allocator *allocator);
/* Put in what is not there yet, into room that was reserved. */
void id_table_insert(struct id_table *table, void *value);
/* Take out what has this id, if it is there. */
void id_table_remove(struct id_table *table, const struct director_plan_id *id);
/* Give back the table's memory; what it pointed to is its owner's. */
void id_table_release(struct id_table *table, const struct director_allocator *allocator);

#endif
