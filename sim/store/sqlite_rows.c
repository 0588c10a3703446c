/* sqlite_rows.c: what stands in which column. Enumerations are their names, arrays are JSON, a step
 * that an action has not is NULL. What is read is checked like what is written, since anybody can
 * edit the file. */
#include "sim/store/sqlite_rows.h"

static const char *plan_state_name(int value)
{
    return director_plan_state_name((enum director_plan_state)value);
}

static const char *result_name(int value)
{
    return director_result_name((enum director_result)value);
}

static const char *step_kind_name(int value)
{
    return director_step_kind_name((enum director_step_kind)value);
}

static const char *step_state_name(int value)
{
    return director_step_state_name((enum director_step_state)value);
}

static const char *rescue_name(int value)
{
    return director_rescue_strategy_name((enum director_rescue_strategy)value);
}

/* ---- Writing --------------------------------------------------------------------------------- */

void sqlite_bind_plan(struct sqlite_call *call, const struct director_plan_row *row)
{
    sqlite_call_uuid(call, 1, &row->id);
    sqlite_call_text(call, 2, director_plan_state_name(row->state));
    sqlite_call_text(call, 3, director_result_name(row->result));
    sqlite_call_number(call, 4, row->root_plan_step);
    sqlite_call_list(call, 5, row->step_ids, row->step_count);
    sqlite_call_flow(call, 6, row->run_flow, row->run_flow_length);
    sqlite_call_flow(call, 7, row->finalize_flow, row->finalize_flow_length);
}

void sqlite_bind_step(struct sqlite_call *call, const struct director_plan_id *plan,
                      const struct director_step_row *row)
{
    sqlite_call_uuid(call, 1, plan);
    sqlite_call_number(call, 2, row->id);
    sqlite_call_text(call, 3, director_step_state_name(row->state));
    sqlite_call_number(call, 4, row->queue);
    sqlite_call_text(call, 5, director_step_kind_name(row->kind));
    if (row->children_count > 0) {
        sqlite_call_list(call, 6, row->children, row->children_count);
    } else {
        sqlite_call_text(call, 6, NULL);
    }
    sqlite_call_number(call, 7, row->action_id);
    sqlite_call_number(call, 8, (int64_t)row->content);
}

static void bind_step_id(struct sqlite_call *call, int parameter, uint32_t id)
{
    if (id == 0) {
        sqlite_call_text(call, parameter, NULL);
    } else {
        sqlite_call_number(call, parameter, id);
    }
}

void sqlite_bind_action(struct sqlite_call *call, const struct director_plan_id *plan,
                        const struct director_action_row *row)
{
    sqlite_call_uuid(call, 1, plan);
    sqlite_call_number(call, 2, row->id);
    bind_step_id(call, 3, row->plan_step);
    bind_step_id(call, 4, row->run_step);
    bind_step_id(call, 5, row->finalize_step);
    sqlite_call_text(call, 6, director_rescue_strategy_name(row->rescue));
    sqlite_call_number(call, 7, row->accepts_events ? 1 : 0);
    sqlite_call_list(call, 8, row->required_steps, row->required_count);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static bool read_name(struct sqlite_call *call, int column, const char *(*name)(int value),
                      int count, int *value)
{
    if (sqlite_column_name(call, column, name, count, value)) {
        return true;
    }
    sqlite_store_note(call->sqlite, SQLITE_FAULT_DAMAGED);
    return false;
}

static bool read_number(struct sqlite_call *call, int column, uint32_t *number)
{
    if (sqlite_column_number(call, column, number)) {
        return true;
    }
    sqlite_store_note(call->sqlite, SQLITE_FAULT_DAMAGED);
    return false;
}

/* Room for as many numbers as the column has bytes, which no text of them exceeds. */
static uint32_t *take_numbers(struct sqlite_call *call, struct sqlite_scratch *scratch,
                              size_t bytes)
{
    uint32_t *numbers =
        (uint32_t *)sqlite_scratch_take(call->sqlite, scratch, (bytes + 1) * sizeof(*numbers));

    if (numbers == NULL) {
        sqlite_store_note(call->sqlite, store_fault_no_memory);
    }
    return numbers;
}

static bool read_list(struct sqlite_call *call, int column, const uint32_t **list, uint32_t *count)
{
    const char *text = (const char *)sqlite3_column_text(call->statement, column);
    size_t bytes = (size_t)sqlite3_column_bytes(call->statement, column);
    uint32_t *numbers;

    *list = NULL;
    *count = 0;
    if (text == NULL && sqlite3_column_type(call->statement, column) == SQLITE_NULL) {
        return true;
    }
    numbers = take_numbers(call, &call->sqlite->rows, bytes);
    if (numbers == NULL) {
        return false;
    }
    if (text == NULL || !sqlite_text_get_list(text, bytes, numbers, count)) {
        sqlite_store_note(call->sqlite, SQLITE_FAULT_DAMAGED);
        return false;
    }
    *list = numbers;
    return true;
}

static bool read_flow(struct sqlite_call *call, int column, const uint32_t **flow, uint32_t *length)
{
    const char *text = (const char *)sqlite3_column_text(call->statement, column);
    size_t bytes = (size_t)sqlite3_column_bytes(call->statement, column);
    uint32_t *tokens = take_numbers(call, &call->sqlite->rows, bytes);
    uint32_t *stack = take_numbers(call, &call->sqlite->texts, bytes);

    if (tokens == NULL || stack == NULL) {
        return false;
    }
    if (text == NULL || !sqlite_text_get_flow(text, bytes, tokens, stack, length)) {
        sqlite_store_note(call->sqlite, SQLITE_FAULT_DAMAGED);
        return false;
    }
    *flow = tokens;
    return true;
}

static bool sound(struct sqlite_call *call, const char *fault)
{
    if (fault != NULL) {
        sqlite_store_note(call->sqlite, SQLITE_FAULT_DAMAGED);
    }
    return fault == NULL;
}

bool sqlite_read_plan(struct sqlite_call *call, struct director_plan_row *row)
{
    int state;
    int result;

    *row = (struct director_plan_row){.state = DIRECTOR_PLAN_PENDING};
    if (!sqlite_column_uuid(call, 0, &row->id)) {
        return sound(call, SQLITE_FAULT_DAMAGED);
    }
    if (!read_name(call, 1, plan_state_name, DIRECTOR_PLAN_STATES, &state) ||
        !read_name(call, 2, result_name, DIRECTOR_RESULTS, &result) ||
        !read_number(call, 3, &row->root_plan_step)) {
        return false;
    }
    row->state = (enum director_plan_state)state;
    row->result = (enum director_result)result;
    if (sqlite3_column_count(call->statement) == 4) {
        return true; /* each_plan reads no arrays */
    }
    return read_list(call, 4, &row->step_ids, &row->step_count) &&
           read_flow(call, 5, &row->run_flow, &row->run_flow_length) &&
           read_flow(call, 6, &row->finalize_flow, &row->finalize_flow_length) &&
           sound(call, store_plan_row_fault(row));
}

bool sqlite_read_step_state(struct sqlite_call *call, int column, enum director_step_state *state)
{
    int value;

    if (!read_name(call, column, step_state_name, DIRECTOR_STEP_STATES, &value)) {
        return false;
    }
    *state = (enum director_step_state)value;
    return true;
}

/* The table has no negative one; if the file has, it is out of range for a row. */
uint64_t sqlite_read_step_content(struct sqlite_call *call, int column)
{
    return (uint64_t)sqlite3_column_int64(call->statement, column);
}

bool sqlite_read_step(struct sqlite_call *call, struct director_step_row *row)
{
    int kind;

    if (!read_number(call, 0, &row->id) || !read_number(call, 1, &row->action_id) ||
        !read_number(call, 2, &row->queue) ||
        !read_name(call, 3, step_kind_name, DIRECTOR_STEP_KINDS, &kind) ||
        !sqlite_read_step_state(call, 4, &row->state)) {
        return false;
    }
    row->kind = (enum director_step_kind)kind;
    row->content = sqlite_read_step_content(call, 6);
    row->exact = false;
    return read_list(call, 5, &row->children, &row->children_count) &&
           sound(call, store_step_row_fault(row));
}

bool sqlite_read_action(struct sqlite_call *call, struct director_action_row *row)
{
    int rescue;

    if (!read_number(call, 0, &row->id) || !read_number(call, 1, &row->plan_step) ||
        !read_number(call, 2, &row->run_step) || !read_number(call, 3, &row->finalize_step) ||
        !read_name(call, 4, rescue_name, DIRECTOR_RESCUE_FAIL + 1, &rescue)) {
        return false;
    }
    row->rescue = (enum director_rescue_strategy)rescue;
    row->accepts_events = sqlite3_column_int64(call->statement, 5) != 0;
    return read_list(call, 6, &row->required_steps, &row->required_count) &&
           sound(call, store_action_row_fault(row));
}

const char *sqlite_order_steps(struct sqlite_store *sqlite, struct sqlite_scratch *scratch,
                               const struct director_plan_row *row, uint32_t **order)
{
    uint32_t *positions;

    *order = NULL;
    if (store_ids_ascend(row->step_ids, row->step_count)) {
        return NULL;
    }
    positions = (uint32_t *)sqlite_scratch_take(sqlite, scratch,
                                                (size_t)row->step_count * sizeof(*positions));
    if (positions == NULL) {
        return store_fault_no_memory;
    }
    store_sort_positions(positions, row->step_ids, row->step_count);
    *order = positions;
    return store_positions_distinct(positions, row->step_ids, row->step_count)
               ? NULL
               : STORE_FAULT_STEP_TWICE;
}
