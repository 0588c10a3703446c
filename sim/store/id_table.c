/* id_table.c: growth, insertion and removal of the hash table by uuid. Probing is linear, and
 * removal shifts back what follows, so that no tombstones pile up in a run that inserts and deletes
 * for ever. */
#include "sim/store/id_table.h"

#define ID_TABLE_CAPACITY_FIRST 16u

static void place(struct id_table *table, uint64_t hash, void *value)
{
    size_t at = (size_t)hash & table->mask;

    while (table->slots[at].value != NULL) {
        at = (at + 1) & table->mask;
    }
    table->slots[at].hash = hash;
    table->slots[at].value = value;
}

static size_t capacity_of(const struct id_table *table)
{
    return table->slots == NULL ? 0 : table->mask + 1;
}

bool id_table_reserve(struct id_table *table, const struct director_allocator *allocator)
{
    size_t capacity = capacity_of(table);
    struct id_table grown;

    /* At most half full: a probe sequence stays within a cache line or two. */
    if ((table->count + 1) * 2 <= capacity) {
        return true;
    }
    grown.mask = (capacity == 0 ? ID_TABLE_CAPACITY_FIRST : capacity * 2) - 1;
    grown.count = table->count;
    grown.slots = (struct id_table_slot *)allocator->reallocate(
        allocator->context, NULL, 0, (grown.mask + 1) * sizeof(*grown.slots));
    if (grown.slots == NULL) {
        return false;
    }
    memset(grown.slots, 0, (grown.mask + 1) * sizeof(*grown.slots));
    for (size_t at = 0; at < capacity; at++) {
        if (table->slots[at].value != NULL) {
            place(&grown, table->slots[at].hash, table->slots[at].value);
        }
    }
    id_table_release(table, allocator);
    *table = grown;
    return true;
}

void id_table_insert(struct id_table *table, void *value)
{
    place(table, id_table_hash((const struct director_plan_id *)value), value);
    table->count++;
}

void id_table_remove(struct id_table *table, const struct director_plan_id *id)
{
    void *value = id_table_find(table, id);
    size_t hole;

    if (value == NULL) {
        return;
    }
    hole = (size_t)id_table_hash(id) & table->mask;
    while (table->slots[hole].value != value) {
        hole = (hole + 1) & table->mask;
    }
    for (size_t at = (hole + 1) & table->mask; table->slots[at].value != NULL;
         at = (at + 1) & table->mask) {
        size_t home = (size_t)table->slots[at].hash & table->mask;

        /* It may move into the hole unless its home lies between the two. */
        if (((at - home) & table->mask) >= ((at - hole) & table->mask)) {
            table->slots[hole] = table->slots[at];
            hole = at;
        }
    }
    table->slots[hole].value = NULL;
    table->count--;
}

void id_table_release(struct id_table *table, const struct director_allocator *allocator)
{
    if (table->slots != NULL) {
        allocator->reallocate(allocator->context, table->slots,
                              (table->mask + 1) * sizeof(*table->slots), 0);
    }
    memset(table, 0, sizeof(*table));
}
