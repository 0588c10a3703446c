/* store.h: one interface over every store that the simulated world can have: memory (campaigns,
 * fuzzing, search) and SQLite (replay, the real thing). Both give the same answers to the same
 * calls.
 *
 * A store is two things: the `persistence` that a director is handed (director/director.h), and
 * what the world and the checks need around it. `peek_*` and `each_*` are for checks and views:
 * they are never faulted and change nothing. */
#ifndef SIM_STORE_STORE_H
#define SIM_STORE_STORE_H

#include "director/director.h"

/* What a store operation answers outside of `persistence`. */
enum store_status {
    STORE_OK,
    STORE_MISSING, /* no such row */
    STORE_EXISTS,  /* a row with this key is there already */
    STORE_ERROR,   /* the database refused; store_error_message tells */
    STORE_NO_MEMORY,
};
#define STORE_STATUSES 5
/* Static strings, never NULL; "?" for a value outside the enumeration. */
const char *store_status_name(enum store_status status);

/* A plan to insert as planning left it: rows of the plan, its steps, its actions. Names are for
 * people who read the database; they may be NULL. */
struct store_plan {
    struct director_plan_record record;
    const struct director_action_row *actions;
    uint32_t action_count;
    const char *label;                /* the plan's name */
    const char *const *action_labels; /* action_count names, or NULL */
};

/* What the world keeps in the coordinator (Dynflow's coordinator.rb): records of worlds and locks.
 * A record is unique by (kind, subject). */
enum store_record_kind {
    STORE_RECORD_WORLD,             /* subject: the world's id; an executor world that lives */
    STORE_RECORD_EXECUTION_LOCK,    /* subject: plan id; owner: world id */
    STORE_RECORD_PLANNING_LOCK,     /* subject: plan id; owner: world id */
    STORE_RECORD_INHIBITION_LOCK,   /* subject: plan id; owner: nil */
    STORE_RECORD_INVALIDATION_LOCK, /* subject: the invalidated world's id; owner: world id */
    STORE_RECORD_AUTO_EXECUTE_LOCK, /* subject: nil; owner: world id */
};
#define STORE_RECORD_KINDS 6
const char *store_record_kind_name(enum store_record_kind kind);

/* Ids are uuids (of a plan or a world), all zero for nil. */
struct store_record {
    enum store_record_kind kind;
    struct director_plan_id subject;
    struct director_plan_id owner;
    uint64_t request; /* execution lock: the request that asked for the execution */
    uint32_t client;  /* execution lock: the client that waits for it */
    uint32_t active;  /* world: 1 while it takes work */
};

/* A delayed plan: planned when its time comes and what it depends on has stopped. */
struct store_delayed_plan {
    struct director_plan_id plan;
    bool has_start_at;
    uint64_t start_at; /* virtual microseconds */
    bool has_start_before;
    uint64_t start_before;
};

struct store;

struct store_operations {
    const char *name; /* "memory" or "sqlite" */

    /* Insert a plan with its steps and actions: all of it or nothing. EXISTS, ERROR, NO_MEMORY. */
    enum store_status (*insert_plan)(struct store *store, const struct store_plan *plan);
    /* Delete the plan, its steps, actions and delayed record: MISSING when there was no plan row.
     */
    enum store_status (*delete_plan)(struct store *store, const struct director_plan_id *plan);
    /* Delete only its step rows (a database cleaned by hand). MISSING when there were none. */
    enum store_status (*delete_steps)(struct store *store, const struct director_plan_id *plan);

    /* Coordinator records. insert: EXISTS when (kind, subject) is taken. update: owner, active. */
    enum store_status (*insert_record)(struct store *store, const struct store_record *record);
    enum store_status (*update_record)(struct store *store, const struct store_record *record);
    enum store_status (*delete_record)(struct store *store, enum store_record_kind kind,
                                       const struct director_plan_id *subject);
    enum store_status (*find_record)(struct store *store, enum store_record_kind kind,
                                     const struct director_plan_id *subject,
                                     struct store_record *record);

    /* Delayed plans, and what a plan waits for (Dynflow 2.0's execution_plan_dependencies). */
    enum store_status (*insert_delayed)(struct store *store,
                                        const struct store_delayed_plan *delayed);
    enum store_status (*find_delayed)(struct store *store, const struct director_plan_id *plan,
                                      struct store_delayed_plan *delayed);
    enum store_status (*insert_dependency)(struct store *store, const struct director_plan_id *plan,
                                           const struct director_plan_id *blocked_by);

    /* Read without faults. A row's arrays are valid until the next call. MISSING, ERROR. */
    enum store_status (*peek_plan)(struct store *store, const struct director_plan_id *plan,
                                   struct director_plan_row *row);
    /* The stored state of one step. */
    enum store_status (*peek_step)(struct store *store, const struct director_plan_id *plan,
                                   uint32_t step_id, enum director_step_state *state);
    /* Go through all plans in the order of insertion, all step rows of a plan in the order of their
     * ids, all records in the order of insertion, all delayed plans in that of (start_at,
     * insertion), all dependencies of a plan. `visit` answers false to stop, and must not change
     * the store. visit_plan's row may leave step_ids and flows NULL with counts 0 in SQLite. */
    enum store_status (*each_plan)(struct store *store,
                                   bool (*visit)(void *context,
                                                 const struct director_plan_row *row),
                                   void *context);
    enum store_status (*each_step)(struct store *store, const struct director_plan_id *plan,
                                   bool (*visit)(void *context,
                                                 const struct director_step_row *row),
                                   void *context);
    enum store_status (*each_record)(struct store *store, enum store_record_kind kind,
                                     bool (*visit)(void *context,
                                                   const struct store_record *record),
                                     void *context);
    enum store_status (*each_delayed)(struct store *store,
                                      bool (*visit)(void *context,
                                                    const struct store_delayed_plan *delayed),
                                      void *context);
    enum store_status (*each_dependency)(struct store *store, const struct director_plan_id *plan,
                                         bool (*visit)(void *context,
                                                       const struct director_plan_id *blocked_by),
                                         void *context);

    /* Bring the database to rest and let it go. */
    void (*close)(struct store *store);

    /* What store_error_message answers. */
    const char *(*error_message)(const struct store *store);
};

/* What every store begins with. */
struct store {
    const struct store_operations *operations;
    struct director_persistence persistence; /* context: this store */
};

/* A store in the memory of `allocator`. STORE_OK or STORE_NO_MEMORY. */
enum store_status memory_store_create(const struct director_allocator *allocator,
                                      struct store **store);

/* What such a store holds, in canonical words; in which order locks were taken when `ordered`. */
struct fingerprint;
void memory_store_fingerprint(const struct store *store, struct fingerprint *fingerprint,
                              bool ordered);

/* A store in SQLite. `path` NULL: in memory; otherwise a file, made when it is not there, opened as
 * it stands when it is. `vfs` NULL: the system's. On STORE_ERROR `message` (message_size bytes)
 * says in one line what is wrong: not a database, a schema of something else, of a newer version,
 * damaged. */
enum store_status sqlite_store_open(const struct director_allocator *allocator, const char *path,
                                    const char *vfs, struct store **store, char *message,
                                    size_t message_size);

/* The last error of the store in one line; "" when there was none. Valid until the next call. */
const char *store_error_message(const struct store *store);

#endif
