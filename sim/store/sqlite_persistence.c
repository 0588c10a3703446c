/* sqlite_persistence.c: what the director asks of its persistence, in SQL. One statement writes, so
 * that each operation is a transaction of its own; what a second statement reads first cannot
 * change in between, since nobody else writes to the database while the store has it. */
#include "sim/store/sqlite_rows.h"

static struct sqlite_store *sqlite_of(void *context)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)context;

    sqlite_scratch_reset(sqlite, &sqlite->texts);
    return sqlite;
}

static enum director_persistence_status answer(int code)
{
    return code == SQLITE_OK ? DIRECTOR_PERSISTENCE_OK : DIRECTOR_PERSISTENCE_ERROR;
}

static enum director_persistence_status refuse(struct sqlite_store *sqlite, const char *fault)
{
    sqlite_store_note(sqlite, fault);
    return DIRECTOR_PERSISTENCE_ERROR;
}

/* ---- Loading --------------------------------------------------------------------------------- */

/* Fill in the steps that the row names. INCOMPLETE when one of them is not there. */
static enum director_persistence_status load_steps(struct sqlite_store *sqlite,
                                                   const struct director_plan_row *row,
                                                   const uint32_t *order,
                                                   struct director_step_row *steps)
{
    enum director_persistence_status status = DIRECTOR_PERSISTENCE_OK;
    uint32_t named = 0; /* how many of the named steps, by id, were found */
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_SELECT_STEPS);
    sqlite_call_uuid(&call, 1, &row->id);
    while (status == DIRECTOR_PERSISTENCE_OK && named < row->step_count && sqlite_call_row(&call)) {
        uint32_t position = order == NULL ? named : order[named];
        int64_t id = sqlite3_column_int64(call.statement, 0);

        if (id < (int64_t)row->step_ids[position]) {
            continue; /* a row that the plan does not name */
        }
        if (id > (int64_t)row->step_ids[position]) {
            status = DIRECTOR_PERSISTENCE_INCOMPLETE;
        } else if (!sqlite_read_step(&call, &steps[position])) {
            status = DIRECTOR_PERSISTENCE_ERROR;
        }
        named++;
    }
    if (sqlite_call_end(&call) != SQLITE_OK) {
        return DIRECTOR_PERSISTENCE_ERROR;
    }
    if (status == DIRECTOR_PERSISTENCE_OK && named < row->step_count) {
        return DIRECTOR_PERSISTENCE_INCOMPLETE;
    }
    return status;
}

static enum director_persistence_status load_plan(void *context,
                                                  const struct director_plan_id *plan,
                                                  struct director_plan_record *record)
{
    struct sqlite_store *sqlite = sqlite_of(context);
    enum store_status peeked = sqlite_peek_plan(&sqlite->store, plan, &record->row);
    struct director_step_row *steps;
    const char *fault;
    uint32_t *order;

    if (peeked != STORE_OK) {
        return peeked == STORE_MISSING ? DIRECTOR_PERSISTENCE_MISSING : DIRECTOR_PERSISTENCE_ERROR;
    }
    fault = sqlite_order_steps(sqlite, &sqlite->rows, &record->row, &order);
    if (fault != NULL) {
        return refuse(sqlite, fault);
    }
    steps = (struct director_step_row *)sqlite_scratch_take(
        sqlite, &sqlite->rows, (size_t)record->row.step_count * sizeof(*steps));
    if (steps == NULL) {
        return refuse(sqlite, store_fault_no_memory);
    }
    record->steps = steps;
    return load_steps(sqlite, &record->row, order, steps);
}

static enum director_persistence_status find_plan(void *context,
                                                  const struct director_plan_id *plan, bool *found)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite_of(context), SQLITE_STATEMENT_FIND_PLAN);
    sqlite_call_uuid(&call, 1, plan);
    *found = sqlite_call_row(&call);
    return answer(sqlite_call_end(&call));
}

static enum director_persistence_status load_action(void *context,
                                                    const struct director_plan_id *plan,
                                                    uint32_t action_id,
                                                    struct director_action_row *row)
{
    struct sqlite_store *sqlite = sqlite_of(context);
    enum director_persistence_status status = DIRECTOR_PERSISTENCE_MISSING;
    struct sqlite_call call;

    sqlite_scratch_reset(sqlite, &sqlite->rows);
    sqlite_call_begin(&call, sqlite, SQLITE_STATEMENT_SELECT_ACTION);
    sqlite_call_uuid(&call, 1, plan);
    sqlite_call_number(&call, 2, action_id);
    if (sqlite_call_row(&call)) {
        status =
            sqlite_read_action(&call, row) ? DIRECTOR_PERSISTENCE_OK : DIRECTOR_PERSISTENCE_ERROR;
    }
    return sqlite_call_end(&call) == SQLITE_OK ? status : DIRECTOR_PERSISTENCE_ERROR;
}

/* ---- Saving ---------------------------------------------------------------------------------- */

static int write_plan(struct sqlite_store *sqlite, enum sqlite_statement statement,
                      const struct director_plan_row *row)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, statement);
    sqlite_bind_plan(&call, row);
    if (statement == SQLITE_STATEMENT_INSERT_PLAN) {
        sqlite_call_text(&call, 8, NULL); /* a plan that was gone comes back without its label */
    }
    return sqlite_call_run(&call);
}

static enum director_persistence_status save_plan(void *context,
                                                  const struct director_plan_row *row)
{
    struct sqlite_store *sqlite = sqlite_of(context);
    const char *fault = store_plan_row_fault(row);
    uint32_t *order;
    int code;

    if (fault == NULL) {
        fault = sqlite_order_steps(sqlite, &sqlite->texts, row, &order);
    }
    if (fault != NULL) {
        return refuse(sqlite, fault);
    }
    code = write_plan(sqlite, SQLITE_STATEMENT_UPDATE_PLAN, row);
    if (code == SQLITE_OK && sqlite3_changes(sqlite->database) == 0) {
        code = write_plan(sqlite, SQLITE_STATEMENT_INSERT_PLAN, row);
    }
    return answer(code);
}

/* The names of the allowed states, and NULL, which is equal to nothing, for the others. */
static void bind_allowed(struct sqlite_call *call, uint32_t allowed)
{
    for (int state = 0; state < DIRECTOR_STEP_STATES; state++) {
        bool is_allowed = (allowed & DIRECTOR_STEP_STATE_BIT(state)) != 0;

        sqlite_call_text(call, 9 + state,
                         is_allowed ? director_step_state_name((enum director_step_state)state)
                                    : NULL);
    }
}

static int write_step(struct sqlite_store *sqlite, enum sqlite_statement statement,
                      const struct director_plan_id *plan, const struct director_step_row *row,
                      uint32_t allowed)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, statement);
    sqlite_bind_step(&call, plan, row);
    if (statement == SQLITE_STATEMENT_UPDATE_STEP_IF) {
        bind_allowed(&call, allowed);
    }
    return sqlite_call_run(&call);
}

/* The update found no row: there is none, or its state is not allowed, or its action is another. */
static enum director_persistence_status save_step_otherwise(struct sqlite_store *sqlite,
                                                            const struct director_plan_id *plan,
                                                            const struct director_step_row *row,
                                                            uint32_t allowed)
{
    enum director_step_state state;
    uint64_t content = 0;
    enum store_status looked = sqlite_look_at_step(sqlite, plan, row->id, &state, &content);

    if (looked == STORE_MISSING) {
        return answer(write_step(sqlite, SQLITE_STATEMENT_INSERT_STEP, plan, row, allowed));
    }
    if (looked != STORE_OK) {
        return DIRECTOR_PERSISTENCE_ERROR;
    }
    if (allowed != DIRECTOR_SAVE_ALWAYS && (allowed & DIRECTOR_STEP_STATE_BIT(state)) == 0) {
        return store_step_unchanged(row, state, content) ? DIRECTOR_PERSISTENCE_OK
                                                         : DIRECTOR_PERSISTENCE_UNMATCHED;
    }
    return answer(write_step(sqlite, SQLITE_STATEMENT_MOVE_STEP, plan, row, allowed));
}

static enum director_persistence_status save_step(void *context,
                                                  const struct director_plan_id *plan,
                                                  const struct director_step_row *row,
                                                  uint32_t allowed)
{
    struct sqlite_store *sqlite = sqlite_of(context);
    const char *fault = store_step_row_fault(row);
    int code;

    if (fault != NULL) {
        return refuse(sqlite, fault);
    }
    code = write_step(sqlite,
                      allowed == DIRECTOR_SAVE_ALWAYS ? SQLITE_STATEMENT_UPDATE_STEP
                                                      : SQLITE_STATEMENT_UPDATE_STEP_IF,
                      plan, row, allowed);
    if (code == SQLITE_OK && sqlite3_changes(sqlite->database) == 0) {
        return save_step_otherwise(sqlite, plan, row, allowed);
    }
    return answer(code);
}

static int write_action(struct sqlite_store *sqlite, enum sqlite_statement statement,
                        const struct director_plan_id *plan, const struct director_action_row *row)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, statement);
    sqlite_bind_action(&call, plan, row);
    if (statement == SQLITE_STATEMENT_INSERT_ACTION) {
        sqlite_call_text(&call, 9, NULL);
    }
    return sqlite_call_run(&call);
}

static enum director_persistence_status save_action(void *context,
                                                    const struct director_plan_id *plan,
                                                    const struct director_action_row *row)
{
    struct sqlite_store *sqlite = sqlite_of(context);
    const char *fault = store_action_row_fault(row);
    int code;

    if (fault != NULL) {
        return refuse(sqlite, fault);
    }
    code = write_action(sqlite, SQLITE_STATEMENT_UPDATE_ACTION, plan, row);
    if (code == SQLITE_OK && sqlite3_changes(sqlite->database) == 0) {
        code = write_action(sqlite, SQLITE_STATEMENT_INSERT_ACTION, plan, row);
    }
    return answer(code);
}

/* ---- What is around a plan ------------------------------------------------------------------- */

static enum director_persistence_status find_inhibition(void *context,
                                                        const struct director_plan_id *plan,
                                                        bool *inhibited)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite_of(context), SQLITE_STATEMENT_SELECT_RECORD);
    sqlite_call_text(&call, 1, store_record_kind_name(STORE_RECORD_INHIBITION_LOCK));
    sqlite_call_uuid(&call, 2, plan);
    *inhibited = sqlite_call_row(&call);
    return answer(sqlite_call_end(&call));
}

static enum director_persistence_status delete_delayed_plan(void *context,
                                                            const struct director_plan_id *plan)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite_of(context), SQLITE_STATEMENT_DELETE_DELAYED);
    sqlite_call_uuid(&call, 1, plan);
    return answer(sqlite_call_run(&call));
}

void sqlite_persistence_init(struct sqlite_store *sqlite)
{
    sqlite->store.persistence = (struct director_persistence){
        .context = sqlite,
        .load_plan = load_plan,
        .find_plan = find_plan,
        .save_plan = save_plan,
        .save_step = save_step,
        .load_action = load_action,
        .save_action = save_action,
        .find_inhibition = find_inhibition,
        .delete_delayed_plan = delete_delayed_plan,
    };
}
