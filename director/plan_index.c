/* plan_index.c: a chained hash table over plan ids. It keeps no order; nothing ever walks it. */
#include "director/plan_index.h"

#include "director/memory.h"

#include <assert.h>
#include <string.h>

#define PLAN_INDEX_BUCKETS_MIN 16u

bool plan_id_equal(const struct director_plan_id *left, const struct director_plan_id *right)
{
    return memcmp(left->bytes, right->bytes, sizeof(left->bytes)) == 0;
}

/* Ids are uuids, so their bits are spread already; the multiplications protect against ones that an
 * owner numbers through. */
static size_t bucket_of(const struct plan_index *index, const struct director_plan_id *id)
{
    uint64_t high;
    uint64_t low;
    memcpy(&high, id->bytes, sizeof(high));
    memcpy(&low, id->bytes + 8, sizeof(low));
    uint64_t hash = (high ^ (low * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
    return (size_t)(hash ^ (hash >> 31)) & (index->bucket_count - 1);
}

static void link_entry(struct plan_index *index, struct plan_index_entry *entry)
{
    size_t bucket = bucket_of(index, &entry->id);
    entry->bucket_next = index->buckets[bucket];
    index->buckets[bucket] = entry;
}

bool plan_index_reserve(struct plan_index *index, const struct director_allocator *allocator)
{
    if (index->count < index->bucket_count) {
        return true;
    }
    size_t grown = index->bucket_count == 0 ? PLAN_INDEX_BUCKETS_MIN : index->bucket_count * 2;
    struct plan_index_entry **buckets =
        memory_allocate(allocator, grown * sizeof(struct plan_index_entry *));
    if (buckets == NULL) {
        return false;
    }
    memset(buckets, 0, grown * sizeof(struct plan_index_entry *));
    struct plan_index old = *index;
    index->buckets = buckets;
    index->bucket_count = grown;
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct plan_index_entry *entry = old.buckets[i], *next; entry != NULL; entry = next) {
            next = entry->bucket_next;
            link_entry(index, entry);
        }
    }
    memory_release(allocator, old.buckets, old.bucket_count * sizeof(struct plan_index_entry *));
    return true;
}

void plan_index_insert(struct plan_index *index, struct plan_index_entry *entry)
{
    assert(index->count < index->bucket_count);
    link_entry(index, entry);
    index->count++;
}

struct plan_index_entry *plan_index_find(const struct plan_index *index,
                                         const struct director_plan_id *id)
{
    if (index->count == 0) {
        return NULL;
    }
    struct plan_index_entry *entry = index->buckets[bucket_of(index, id)];
    while (entry != NULL && !plan_id_equal(&entry->id, id)) {
        entry = entry->bucket_next;
    }
    return entry;
}

void plan_index_remove(struct plan_index *index, struct plan_index_entry *entry)
{
    struct plan_index_entry **link = &index->buckets[bucket_of(index, &entry->id)];
    while (*link != entry) {
        assert(*link != NULL);
        link = &(*link)->bucket_next;
    }
    *link = entry->bucket_next;
    index->count--;
}

void plan_index_free(struct plan_index *index, const struct director_allocator *allocator)
{
    memory_release(allocator, index->buckets,
                   index->bucket_count * sizeof(struct plan_index_entry *));
    *index = (struct plan_index){0};
}
