/* sqlite_internal.h: the SQLite store from inside, for its own files: its statements, its scratch
 * memory, and the one way in which each of its operations asks the database something. */
#ifndef SIM_STORE_SQLITE_INTERNAL_H
#define SIM_STORE_SQLITE_INTERNAL_H

#include <sqlite3.h>

#include "sim/store/sqlite_text.h"
#include "sim/store/store_rows.h"

#define SQLITE_STORE_MESSAGE_MAX 256u /* bytes of an error message, its end included */

/* Every statement of the store; each is prepared when it is first needed, and kept. */
enum sqlite_statement {
    SQLITE_STATEMENT_BEGIN,
    SQLITE_STATEMENT_COMMIT,
    SQLITE_STATEMENT_ROLLBACK,
    SQLITE_STATEMENT_INSERT_PLAN,
    SQLITE_STATEMENT_UPDATE_PLAN,
    SQLITE_STATEMENT_SELECT_PLAN,
    SQLITE_STATEMENT_FIND_PLAN,
    SQLITE_STATEMENT_EACH_PLAN,
    SQLITE_STATEMENT_DELETE_PLAN,
    SQLITE_STATEMENT_INSERT_STEP,
    SQLITE_STATEMENT_UPDATE_STEP,
    SQLITE_STATEMENT_UPDATE_STEP_IF,
    SQLITE_STATEMENT_MOVE_STEP,
    SQLITE_STATEMENT_SELECT_STEPS,
    SQLITE_STATEMENT_SELECT_STEP,
    SQLITE_STATEMENT_DELETE_STEPS,
    SQLITE_STATEMENT_INSERT_ACTION,
    SQLITE_STATEMENT_UPDATE_ACTION,
    SQLITE_STATEMENT_SELECT_ACTION,
    SQLITE_STATEMENT_DELETE_ACTIONS,
    SQLITE_STATEMENT_INSERT_RECORD,
    SQLITE_STATEMENT_UPDATE_RECORD,
    SQLITE_STATEMENT_DELETE_RECORD,
    SQLITE_STATEMENT_SELECT_RECORD,
    SQLITE_STATEMENT_EACH_RECORD,
    SQLITE_STATEMENT_INSERT_DELAYED,
    SQLITE_STATEMENT_SELECT_DELAYED,
    SQLITE_STATEMENT_EACH_DELAYED,
    SQLITE_STATEMENT_DELETE_DELAYED,
    SQLITE_STATEMENT_INSERT_DEPENDENCY,
    SQLITE_STATEMENT_EACH_DEPENDENCY,
};
#define SQLITE_STATEMENTS 31
/* The text of a statement. The benchmark runs the same texts in a bare loop. */
const char *sqlite_statement_text(enum sqlite_statement statement);

/* Memory that is given back all at once. Blocks never move, and only the largest is kept. */
struct sqlite_scratch {
    struct sqlite_scratch_block *last;
    size_t used; /* of the last block */
};

struct sqlite_store {
    struct store store; /* first: the operations are handed it */
    struct director_allocator allocator;
    sqlite3 *database;
    sqlite3_stmt *statements[SQLITE_STATEMENTS];
    /* What an operation fills in for its caller, and what it writes out. They are two, because a
     * caller may hand what one operation filled in to the next. */
    struct sqlite_scratch rows;
    struct sqlite_scratch texts;
    char error[SQLITE_STORE_MESSAGE_MAX];
};

/* NULL when there is no memory. Aligned for any row. */
void *sqlite_scratch_take(struct sqlite_store *sqlite, struct sqlite_scratch *scratch,
                          size_t bytes);
/* Forget what was taken. */
void sqlite_scratch_reset(struct sqlite_store *sqlite, struct sqlite_scratch *scratch);
void sqlite_scratch_release(struct sqlite_store *sqlite, struct sqlite_scratch *scratch);

/* One execution of one statement. The first thing to go wrong is kept in `code`; from then on the
 * other functions do nothing, and sqlite_call_end answers it. A call must stay where it is until it
 * ends. */
struct sqlite_call {
    struct sqlite_store *sqlite;
    sqlite3_stmt *statement;
    int code;       /* SQLITE_OK, or what went wrong */
    bool temporary; /* the kept statement was busy: this one is only for this call */
    uint32_t uuid_count;
    char uuids[2][SQLITE_TEXT_UUID];
};
void sqlite_call_begin(struct sqlite_call *call, struct sqlite_store *sqlite,
                       enum sqlite_statement statement);
void sqlite_call_uuid(struct sqlite_call *call, int parameter, const struct director_plan_id *id);
void sqlite_call_number(struct sqlite_call *call, int parameter, int64_t number);
/* A text that stays where it is until the call ends; NULL binds NULL. */
void sqlite_call_text(struct sqlite_call *call, int parameter, const char *text);
void sqlite_call_list(struct sqlite_call *call, int parameter, const uint32_t *list,
                      uint32_t count);
void sqlite_call_flow(struct sqlite_call *call, int parameter, const uint32_t *flow,
                      uint32_t length);
/* True when there is a row (another row). */
bool sqlite_call_row(struct sqlite_call *call);
/* Let the statement go. SQLITE_OK, or an extended code, with its message in the store. */
int sqlite_call_end(struct sqlite_call *call);
/* Run to the end, without looking at rows, and let go. */
int sqlite_call_run(struct sqlite_call *call);

/* Transactions of more than one statement. End takes the code of what was done within: it commits
 * SQLITE_OK and rolls back anything else, and answers what came of it. */
int sqlite_begin(struct sqlite_store *sqlite);
int sqlite_end(struct sqlite_store *sqlite, int code);

/* Note what went wrong in other words than SQLite's. */
void sqlite_store_note(struct sqlite_store *sqlite, const char *fault);
/* STORE_OK, STORE_NO_MEMORY or STORE_ERROR for a code. */
enum store_status sqlite_store_status(int code);
/* The same for a fault of store_rows.h. */
enum store_status sqlite_store_fault(struct sqlite_store *sqlite, const char *fault);

/* Read columns. A fault when the column holds no such thing: the row was edited by hand, or
 * damaged. */
bool sqlite_column_uuid(struct sqlite_call *call, int column, struct director_plan_id *id);
bool sqlite_column_number(struct sqlite_call *call, int column, uint32_t *number);
/* One of `count` names, by its number. */
bool sqlite_column_name(struct sqlite_call *call, int column, const char *(*name)(int value),
                        int count, int *value);
#define SQLITE_FAULT_DAMAGED "a row is damaged, or was edited by hand"

/* sqlite_plans.c */
enum store_status sqlite_insert_plan(struct store *store, const struct store_plan *plan);
enum store_status sqlite_delete_plan(struct store *store, const struct director_plan_id *id);
enum store_status sqlite_delete_steps(struct store *store, const struct director_plan_id *id);
enum store_status sqlite_peek_plan(struct store *store, const struct director_plan_id *id,
                                   struct director_plan_row *row);
enum store_status sqlite_peek_step(struct store *store, const struct director_plan_id *id,
                                   uint32_t step_id, enum director_step_state *state);
/* The same, with the content of the step. */
enum store_status sqlite_look_at_step(struct sqlite_store *sqlite,
                                      const struct director_plan_id *plan, uint32_t step_id,
                                      enum director_step_state *state, uint64_t *content);
enum store_status sqlite_each_plan(struct store *store,
                                   bool (*visit)(void *context,
                                                 const struct director_plan_row *row),
                                   void *context);
enum store_status sqlite_each_step(struct store *store, const struct director_plan_id *id,
                                   bool (*visit)(void *context,
                                                 const struct director_step_row *row),
                                   void *context);

/* sqlite_records.c: coordinator records, delayed plans, dependencies. */
enum store_status sqlite_insert_record(struct store *store, const struct store_record *record);
enum store_status sqlite_update_record(struct store *store, const struct store_record *record);
enum store_status sqlite_delete_record(struct store *store, enum store_record_kind kind,
                                       const struct director_plan_id *subject);
enum store_status sqlite_find_record(struct store *store, enum store_record_kind kind,
                                     const struct director_plan_id *subject,
                                     struct store_record *record);
enum store_status sqlite_each_record(struct store *store, enum store_record_kind kind,
                                     bool (*visit)(void *context,
                                                   const struct store_record *record),
                                     void *context);
enum store_status sqlite_insert_delayed(struct store *store,
                                        const struct store_delayed_plan *delayed);
enum store_status sqlite_find_delayed(struct store *store, const struct director_plan_id *plan,
                                      struct store_delayed_plan *delayed);
enum store_status sqlite_each_delayed(struct store *store,
                                      bool (*visit)(void *context,
                                                    const struct store_delayed_plan *delayed),
                                      void *context);
enum store_status sqlite_insert_dependency(struct store *store, const struct director_plan_id *plan,
                                           const struct director_plan_id *blocked_by);
enum store_status sqlite_each_dependency(struct store *store, const struct director_plan_id *plan,
                                         bool (*visit)(void *context,
                                                       const struct director_plan_id *blocked_by),
                                         void *context);

/* sqlite_persistence.c */
void sqlite_persistence_init(struct sqlite_store *sqlite);

#endif
