/* sqlite_records.c: coordinator records, delayed plans and dependencies in the SQLite store. */
#include "sim/store/sqlite_internal.h"

static struct sqlite_store *sqlite_of(struct store *store)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;

    sqlite_scratch_reset(sqlite, &sqlite->texts);
    return sqlite;
}

static enum store_status damaged(struct sqlite_call *call)
{
    sqlite_store_note(call->sqlite, SQLITE_FAULT_DAMAGED);
    return STORE_ERROR;
}

/* OK, or MISSING when the statement changed no row. */
static enum store_status run_on_one(struct sqlite_call *call)
{
    int code = sqlite_call_run(call);

    if (code != SQLITE_OK) {
        return sqlite_store_status(code);
    }
    return sqlite3_changes(call->sqlite->database) > 0 ? STORE_OK : STORE_MISSING;
}

/* OK, or EXISTS when the key is taken. */
static enum store_status run_insertion(struct sqlite_call *call)
{
    int code = sqlite_call_run(call);

    return code == SQLITE_CONSTRAINT_UNIQUE ? STORE_EXISTS : sqlite_store_status(code);
}

/* ---- Coordinator records --------------------------------------------------------------------- */

static void begin_on_record(struct sqlite_call *call, struct sqlite_store *sqlite,
                            enum sqlite_statement statement, enum store_record_kind kind,
                            const struct director_plan_id *subject)
{
    sqlite_call_begin(call, sqlite, statement);
    sqlite_call_text(call, 1, store_record_kind_name(kind));
    sqlite_call_uuid(call, 2, subject);
}

enum store_status sqlite_insert_record(struct store *store, const struct store_record *record)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    const char *fault = store_record_fault(record);
    struct sqlite_call call;

    if (fault != NULL) {
        return sqlite_store_fault(sqlite, fault);
    }
    begin_on_record(&call, sqlite, SQLITE_STATEMENT_INSERT_RECORD, record->kind, &record->subject);
    sqlite_call_uuid(&call, 3, &record->owner);
    sqlite_call_number(&call, 4, record->active);
    /* The upper half of the requests stands as negative numbers: SQLite's integers have a sign. */
    sqlite_call_number(&call, 5, (int64_t)record->request);
    sqlite_call_number(&call, 6, record->client);
    return run_insertion(&call);
}

enum store_status sqlite_update_record(struct store *store, const struct store_record *record)
{
    struct sqlite_call call;

    begin_on_record(&call, sqlite_of(store), SQLITE_STATEMENT_UPDATE_RECORD, record->kind,
                    &record->subject);
    sqlite_call_uuid(&call, 3, &record->owner);
    sqlite_call_number(&call, 4, record->active);
    return run_on_one(&call);
}

enum store_status sqlite_delete_record(struct store *store, enum store_record_kind kind,
                                       const struct director_plan_id *subject)
{
    struct sqlite_call call;

    begin_on_record(&call, sqlite_of(store), SQLITE_STATEMENT_DELETE_RECORD, kind, subject);
    return run_on_one(&call);
}

static enum store_status read_record(struct sqlite_call *call, enum store_record_kind kind,
                                     struct store_record *record)
{
    record->kind = kind;
    record->request = (uint64_t)sqlite3_column_int64(call->statement, 4);
    if (!sqlite_column_uuid(call, 1, &record->subject) ||
        !sqlite_column_uuid(call, 2, &record->owner) ||
        !sqlite_column_number(call, 3, &record->active) ||
        !sqlite_column_number(call, 5, &record->client)) {
        return damaged(call);
    }
    return STORE_OK;
}

enum store_status sqlite_find_record(struct store *store, enum store_record_kind kind,
                                     const struct director_plan_id *subject,
                                     struct store_record *record)
{
    enum store_status status = STORE_MISSING;
    struct sqlite_call call;

    begin_on_record(&call, sqlite_of(store), SQLITE_STATEMENT_SELECT_RECORD, kind, subject);
    if (sqlite_call_row(&call)) {
        status = read_record(&call, kind, record);
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

enum store_status sqlite_each_record(struct store *store, enum store_record_kind kind,
                                     bool (*visit)(void *context,
                                                   const struct store_record *record),
                                     void *context)
{
    enum store_status status = STORE_OK;
    struct sqlite_call call;
    bool more = true;

    sqlite_call_begin(&call, sqlite_of(store), SQLITE_STATEMENT_EACH_RECORD);
    sqlite_call_text(&call, 1, store_record_kind_name(kind));
    while (more && sqlite_call_row(&call)) {
        struct store_record record;

        status = read_record(&call, kind, &record);
        more = status == STORE_OK && visit(context, &record);
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

/* ---- Delayed plans --------------------------------------------------------------------------- */

enum store_status sqlite_insert_delayed(struct store *store,
                                        const struct store_delayed_plan *delayed)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    const char *fault = store_delayed_fault(delayed);
    struct sqlite_call call;

    if (fault != NULL) {
        return sqlite_store_fault(sqlite, fault);
    }
    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_INSERT_DELAYED);
    sqlite_call_uuid(&call, 1, &delayed->plan);
    sqlite_call_text(&call, 2, NULL);
    sqlite_call_text(&call, 3, NULL);
    if (delayed->has_start_at) {
        sqlite_call_number(&call, 2, (int64_t)delayed->start_at);
    }
    if (delayed->has_start_before) {
        sqlite_call_number(&call, 3, (int64_t)delayed->start_before);
    }
    return run_insertion(&call);
}

static enum store_status read_delayed(struct sqlite_call *call, struct store_delayed_plan *delayed)
{
    int64_t start_at = sqlite3_column_int64(call->statement, 1);
    int64_t start_before = sqlite3_column_int64(call->statement, 2);

    if (!sqlite_column_uuid(call, 0, &delayed->plan) || start_at < 0 || start_before < 0) {
        return damaged(call);
    }
    delayed->has_start_at = sqlite3_column_type(call->statement, 1) != SQLITE_NULL;
    delayed->start_at = (uint64_t)start_at;
    delayed->has_start_before = sqlite3_column_type(call->statement, 2) != SQLITE_NULL;
    delayed->start_before = (uint64_t)start_before;
    return STORE_OK;
}

enum store_status sqlite_find_delayed(struct store *store, const struct director_plan_id *plan,
                                      struct store_delayed_plan *delayed)
{
    enum store_status status = STORE_MISSING;
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite_of(store), SQLITE_STATEMENT_SELECT_DELAYED);
    sqlite_call_uuid(&call, 1, plan);
    if (sqlite_call_row(&call)) {
        status = read_delayed(&call, delayed);
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

enum store_status sqlite_each_delayed(struct store *store,
                                      bool (*visit)(void *context,
                                                    const struct store_delayed_plan *delayed),
                                      void *context)
{
    enum store_status status = STORE_OK;
    struct sqlite_call call;
    bool more = true;

    sqlite_call_begin(&call, sqlite_of(store), SQLITE_STATEMENT_EACH_DELAYED);
    while (more && sqlite_call_row(&call)) {
        struct store_delayed_plan delayed;

        status = read_delayed(&call, &delayed);
        more = status == STORE_OK && visit(context, &delayed);
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

/* ---- Dependencies ---------------------------------------------------------------------------- */

enum store_status sqlite_insert_dependency(struct store *store, const struct director_plan_id *plan,
                                           const struct director_plan_id *blocked_by)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite_of(store), SQLITE_STATEMENT_INSERT_DEPENDENCY);
    sqlite_call_uuid(&call, 1, plan);
    sqlite_call_uuid(&call, 2, blocked_by);
    return sqlite_store_status(sqlite_call_run(&call));
}

enum store_status sqlite_each_dependency(struct store *store, const struct director_plan_id *plan,
                                         bool (*visit)(void *context,
                                                       const struct director_plan_id *blocked_by),
                                         void *context)
{
    enum store_status status = STORE_OK;
    struct sqlite_call call;
    bool more = true;

    sqlite_call_begin(&call, sqlite_of(store), SQLITE_STATEMENT_EACH_DEPENDENCY);
    sqlite_call_uuid(&call, 1, plan);
    while (more && sqlite_call_row(&call)) {
        struct director_plan_id blocked_by;

        status = sqlite_column_uuid(&call, 0, &blocked_by) ? STORE_OK : damaged(&call);
        more = status == STORE_OK && visit(context, &blocked_by);
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}
