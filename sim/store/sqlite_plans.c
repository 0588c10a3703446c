/* sqlite_plans.c: plans as a whole in the SQLite store: inserting, deleting, looking at them. */
#include "sim/store/sqlite_rows.h"

static struct sqlite_store *sqlite_of(struct store *store)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;

    sqlite_scratch_reset(sqlite, &sqlite->texts);
    return sqlite;
}

/* ---- Insert ---------------------------------------------------------------------------------- */

static int insert_plan_row(struct sqlite_store *sqlite, const struct store_plan *plan)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_INSERT_PLAN);
    sqlite_bind_plan(&call, &plan->record.row);
    sqlite_call_text(&call, 8, plan->label);
    return sqlite_call_run(&call);
}

static int insert_action_row(struct sqlite_store *sqlite, const struct store_plan *plan,
                             uint32_t at)
{
    struct sqlite_call call;

    sqlite_scratch_reset(sqlite, &sqlite->texts);
    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_INSERT_ACTION);
    sqlite_bind_action(&call, &plan->record.row.id, &plan->actions[at]);
    sqlite_call_text(&call, 9, plan->action_labels == NULL ? NULL : plan->action_labels[at]);
    return sqlite_call_run(&call);
}

static int insert_step_row(struct sqlite_store *sqlite, const struct store_plan *plan, uint32_t at)
{
    struct sqlite_call call;

    sqlite_scratch_reset(sqlite, &sqlite->texts);
    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_INSERT_STEP);
    sqlite_bind_step(&call, &plan->record.row.id, &plan->record.steps[at]);
    return sqlite_call_run(&call);
}

enum store_status sqlite_insert_plan(struct store *store, const struct store_plan *plan)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    const char *fault = store_plan_fault(plan);
    bool exists = false;
    int code;

    if (fault != NULL) {
        return sqlite_store_fault(sqlite, fault);
    }
    code = sqlite_begin(sqlite);
    if (code == SQLITE_OK) {
        code = insert_plan_row(sqlite, plan);
        exists = code == SQLITE_CONSTRAINT_UNIQUE;
    }
    for (uint32_t at = 0; code == SQLITE_OK && at < plan->action_count; at++) {
        code = insert_action_row(sqlite, plan, at);
    }
    for (uint32_t at = 0; code == SQLITE_OK && at < plan->record.row.step_count; at++) {
        code = insert_step_row(sqlite, plan, at);
    }
    code = sqlite_end(sqlite, code);
    return exists ? STORE_EXISTS : sqlite_store_status(code);
}

/* ---- Delete ---------------------------------------------------------------------------------- */

static int delete_rows(struct sqlite_store *sqlite, enum sqlite_statement statement,
                       const struct director_plan_id *id, int *deleted)
{
    struct sqlite_call call;
    int code;

    sqlite_call_begin(&call, sqlite, statement);
    sqlite_call_uuid(&call, 1, id);
    code = sqlite_call_run(&call);
    *deleted = code == SQLITE_OK ? sqlite3_changes(sqlite->database) : 0;
    return code;
}

/* In the order of Dynflow's delete_execution_plans. */
enum store_status sqlite_delete_plan(struct store *store, const struct director_plan_id *id)
{
    static const enum sqlite_statement statements[] = {
        SQLITE_STATEMENT_DELETE_DELAYED, SQLITE_STATEMENT_DELETE_STEPS,
        SQLITE_STATEMENT_DELETE_ACTIONS, SQLITE_STATEMENT_DELETE_PLAN};
    struct sqlite_store *sqlite = sqlite_of(store);
    int deleted = 0;
    int code = sqlite_begin(sqlite);

    for (size_t at = 0; code == SQLITE_OK && at < sizeof(statements) / sizeof(*statements); at++) {
        code = delete_rows(sqlite, statements[at], id, &deleted);
    }
    code = sqlite_end(sqlite, code);
    if (code != SQLITE_OK) {
        return sqlite_store_status(code);
    }
    return deleted > 0 ? STORE_OK : STORE_MISSING;
}

enum store_status sqlite_delete_steps(struct store *store, const struct director_plan_id *id)
{
    int deleted;
    int code = delete_rows(sqlite_of(store), SQLITE_STATEMENT_DELETE_STEPS, id, &deleted);

    if (code != SQLITE_OK) {
        return sqlite_store_status(code);
    }
    return deleted > 0 ? STORE_OK : STORE_MISSING;
}

/* ---- Look ------------------------------------------------------------------------------------ */

enum store_status sqlite_peek_plan(struct store *store, const struct director_plan_id *id,
                                   struct director_plan_row *row)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    enum store_status status = STORE_MISSING;
    struct sqlite_call call;

    sqlite_scratch_reset(sqlite, &sqlite->rows);
    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_SELECT_PLAN);
    sqlite_call_uuid(&call, 1, id);
    if (sqlite_call_row(&call)) {
        status = sqlite_read_plan(&call, row) ? STORE_OK : STORE_ERROR;
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

enum store_status sqlite_look_at_step(struct sqlite_store *sqlite,
                                      const struct director_plan_id *plan, uint32_t step_id,
                                      enum director_step_state *state, uint64_t *content)
{
    enum store_status status = STORE_MISSING;
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_SELECT_STEP);
    sqlite_call_uuid(&call, 1, plan);
    sqlite_call_number(&call, 2, step_id);
    if (sqlite_call_row(&call)) {
        status = sqlite_read_step_state(&call, 0, state) ? STORE_OK : STORE_ERROR;
        *content = sqlite_read_step_content(&call, 1);
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

enum store_status sqlite_peek_step(struct store *store, const struct director_plan_id *id,
                                   uint32_t step_id, enum director_step_state *state)
{
    uint64_t content;

    return sqlite_look_at_step(sqlite_of(store), id, step_id, state, &content);
}

enum store_status sqlite_each_plan(struct store *store,
                                   bool (*visit)(void *context,
                                                 const struct director_plan_row *row),
                                   void *context)
{
    enum store_status status = STORE_OK;
    struct sqlite_call call;
    bool more = true;

    sqlite_call_begin(&call, sqlite_of(store), SQLITE_STATEMENT_EACH_PLAN);
    while (more && sqlite_call_row(&call)) {
        struct director_plan_row row;

        more = sqlite_read_plan(&call, &row);
        if (!more) {
            status = STORE_ERROR;
        } else {
            more = visit(context, &row);
        }
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}

enum store_status sqlite_each_step(struct store *store, const struct director_plan_id *id,
                                   bool (*visit)(void *context,
                                                 const struct director_step_row *row),
                                   void *context)
{
    struct sqlite_store *sqlite = sqlite_of(store);
    enum store_status status = STORE_OK;
    struct sqlite_call call;
    bool more = true;

    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_SELECT_STEPS);
    sqlite_call_uuid(&call, 1, id);
    while (more && sqlite_call_row(&call)) {
        struct director_step_row row;

        sqlite_scratch_reset(sqlite, &sqlite->rows);
        more = sqlite_read_step(&call, &row);
        if (!more) {
            status = STORE_ERROR;
        } else {
            more = visit(context, &row);
        }
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : STORE_ERROR;
}
