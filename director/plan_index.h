/* plan_index.h: finds an entry by the id of its plan. Intrusive: what is indexed begins with a
 * struct plan_index_entry, so that only the table itself is ever allocated. */
#ifndef DIRECTOR_PLAN_INDEX_H
#define DIRECTOR_PLAN_INDEX_H

#include "director/director.h"

struct plan_index_entry {
    struct director_plan_id id;
    struct plan_index_entry *bucket_next;
};

struct plan_index {
    struct plan_index_entry **buckets; /* NULL, or a power of two of them */
    size_t bucket_count;
    size_t count;
};

bool plan_id_equal(const struct director_plan_id *left, const struct director_plan_id *right);

/* Make room for one more entry; false without memory. The insert that follows cannot fail. */
bool plan_index_reserve(struct plan_index *index, const struct director_allocator *allocator);
void plan_index_insert(struct plan_index *index, struct plan_index_entry *entry);
/* NULL when there is none. */
struct plan_index_entry *plan_index_find(const struct plan_index *index,
                                         const struct director_plan_id *id);
/* The entry must be in the index. */
void plan_index_remove(struct plan_index *index, struct plan_index_entry *entry);
void plan_index_free(struct plan_index *index, const struct director_allocator *allocator);

#endif
