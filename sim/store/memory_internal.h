/* memory_internal.h: the memory store from inside, for its own files. */
#ifndef SIM_STORE_MEMORY_INTERNAL_H
#define SIM_STORE_MEMORY_INTERNAL_H

#include "sim/store/id_table.h"
#include "sim/store/memory_plan.h"

/* A coordinator record, in the list of its kind. */
struct memory_record {
    struct director_plan_id subject; /* first: an id_table finds the record by it */
    struct store_record row;
    struct memory_record *previous;
    struct memory_record *next;
};

/* What the store holds of one kind of coordinator records. */
struct memory_records {
    struct id_table by_subject;
    struct memory_record *first;
    struct memory_record *last;
};

/* A delayed plan, a node of the tree that keeps them by (start_at, insertion). */
struct memory_delayed {
    struct store_delayed_plan row;
    uint64_t sequence;
    uint64_t priority;
    struct memory_delayed *parent;
    struct memory_delayed *left;
    struct memory_delayed *right;
};

/* One plan waits for another: in the list of what the one waits for and in that of what the other
 * blocks. */
struct memory_dependency {
    struct memory_plan *waiter;
    struct memory_plan *blocker;
    struct memory_dependency *waits_previous;
    struct memory_dependency *waits_next;
    struct memory_dependency *blocks_previous;
    struct memory_dependency *blocks_next;
};

struct memory_store {
    struct store store; /* first: the operations are handed it */
    struct director_allocator allocator;
    struct id_table plans;
    struct memory_plan *first;
    struct memory_plan *last;
    struct memory_records records[STORE_RECORD_KINDS];
    struct memory_delayed *delayed; /* root of the tree */
    uint64_t delayed_inserted;
    const char *error; /* a static string */
};

static inline struct memory_plan *memory_store_find(const struct memory_store *memory,
                                                    const struct director_plan_id *id)
{
    return (struct memory_plan *)id_table_find(&memory->plans, id);
}

/* Note what went wrong, and answer for it. */
enum store_status memory_store_fault(struct memory_store *memory, const char *fault);

/* memory_records.c */
enum store_status memory_insert_record(struct store *store, const struct store_record *record);
enum store_status memory_update_record(struct store *store, const struct store_record *record);
enum store_status memory_delete_record(struct store *store, enum store_record_kind kind,
                                       const struct director_plan_id *subject);
enum store_status memory_find_record(struct store *store, enum store_record_kind kind,
                                     const struct director_plan_id *subject,
                                     struct store_record *record);
enum store_status memory_each_record(struct store *store, enum store_record_kind kind,
                                     bool (*visit)(void *context,
                                                   const struct store_record *record),
                                     void *context);
void memory_release_records(struct memory_store *memory);

/* memory_delayed.c */
enum store_status memory_insert_delayed(struct store *store,
                                        const struct store_delayed_plan *delayed);
enum store_status memory_find_delayed(struct store *store, const struct director_plan_id *plan,
                                      struct store_delayed_plan *delayed);
enum store_status memory_each_delayed(struct store *store,
                                      bool (*visit)(void *context,
                                                    const struct store_delayed_plan *delayed),
                                      void *context);
void memory_remove_delayed(struct memory_store *memory, struct memory_plan *plan);

/* memory_dependencies.c */
enum store_status memory_insert_dependency(struct store *store, const struct director_plan_id *plan,
                                           const struct director_plan_id *blocked_by);
enum store_status memory_each_dependency(struct store *store, const struct director_plan_id *plan,
                                         bool (*visit)(void *context,
                                                       const struct director_plan_id *blocked_by),
                                         void *context);
/* Forget what the plan waits for and what waits for it. */
void memory_remove_dependencies(struct memory_store *memory, struct memory_plan *plan);

#endif
