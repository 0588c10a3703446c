/* any_store_test_support.c: see the header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/store/any_store_test_support.h"

static int finish_setup(struct any_store *fixture, enum store_status status, void **state)
{
    if (status != STORE_OK) {
        return -1;
    }
    fixture->operations = fixture->store->operations;
    fixture->director = &fixture->store->persistence;
    test_plan_init(&fixture->plan, 1, false);
    fixture->id = fixture->plan.plan.record.row.id;
    *state = fixture;
    return fixture->operations->insert_plan(fixture->store, &fixture->plan.plan) == STORE_OK ? 0
                                                                                             : -1;
}

int any_store_open_memory(void **state)
{
    struct any_store *fixture = (struct any_store *)calloc(1, sizeof(*fixture));
    struct director_allocator allocator = test_allocator(&fixture->memory);

    return finish_setup(fixture, memory_store_create(&allocator, &fixture->store), state);
}

static int open_sqlite(void **state, bool in_file)
{
    struct any_store *fixture = (struct any_store *)calloc(1, sizeof(*fixture));
    struct director_allocator allocator = test_allocator(&fixture->memory);
    enum store_status status;
    char message[200] = "";
    char *path = NULL;

    if (in_file) {
        fixture->folder = test_folder_create();
        path = test_path(fixture->folder, "store");
    }
    status = sqlite_store_open(&allocator, path, NULL, &fixture->store, message, sizeof(message));
    free(path);
    if (status != STORE_OK) {
        print_error("%s\n", message);
    }
    return finish_setup(fixture, status, state);
}

int any_store_open_sqlite(void **state)
{
    return open_sqlite(state, false);
}

int any_store_open_file(void **state)
{
    return open_sqlite(state, true);
}

int any_store_close(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    size_t live_bytes;

    fixture->operations->close(fixture->store);
    live_bytes = fixture->memory.live_bytes;
    if (fixture->folder != NULL) {
        test_folder_remove(fixture->folder);
    }
    free(fixture);
    return live_bytes == 0 ? 0 : -1;
}

/* ---- Shorter words for what the tests do ----------------------------------------------------- */

enum director_persistence_status any_load(struct any_store *fixture,
                                          struct director_plan_record *record)
{
    return fixture->director->load_plan(fixture->director->context, &fixture->id, record);
}

enum director_persistence_status any_save_plan(struct any_store *fixture)
{
    return fixture->director->save_plan(fixture->director->context, &fixture->plan.plan.record.row);
}

enum director_persistence_status any_save_row(struct any_store *fixture,
                                              const struct director_step_row *row, uint32_t allowed)
{
    return fixture->director->save_step(fixture->director->context, &fixture->id, row, allowed);
}

enum director_persistence_status any_save_step(struct any_store *fixture, uint32_t id,
                                               enum director_step_state state, uint32_t allowed)
{
    struct director_step_row row = test_plan_step(&fixture->plan, id);

    row.state = state;
    return any_save_row(fixture, &row, allowed);
}

enum director_persistence_status any_save_action(struct any_store *fixture, uint32_t id)
{
    return fixture->director->save_action(fixture->director->context, &fixture->id,
                                          &fixture->plan.actions[id - 1]);
}

enum director_step_state any_stored_state(struct any_store *fixture, uint32_t id)
{
    enum director_step_state state = DIRECTOR_STEP_CANCELLED;

    assert_int_equal(fixture->operations->peek_step(fixture->store, &fixture->id, id, &state),
                     STORE_OK);
    return state;
}

void any_delete_plan(struct any_store *fixture)
{
    assert_int_equal(fixture->operations->delete_plan(fixture->store, &fixture->id), STORE_OK);
}

void assert_same_numbers(const uint32_t *left, uint32_t left_count, const uint32_t *right,
                         uint32_t right_count)
{
    assert_int_equal(left_count, right_count);
    if (left_count > 0) {
        assert_memory_equal(left, right, left_count * sizeof(*left));
    }
}

void assert_same_row(const struct director_plan_row *left, const struct director_plan_row *right)
{
    assert_memory_equal(&left->id, &right->id, sizeof(left->id));
    assert_int_equal(left->state, right->state);
    assert_int_equal(left->result, right->result);
    assert_int_equal(left->root_plan_step, right->root_plan_step);
    assert_same_numbers(left->step_ids, left->step_count, right->step_ids, right->step_count);
    assert_same_numbers(left->run_flow, left->run_flow_length, right->run_flow,
                        right->run_flow_length);
    assert_same_numbers(left->finalize_flow, left->finalize_flow_length, right->finalize_flow,
                        right->finalize_flow_length);
}

void assert_same_step(const struct director_step_row *left, const struct director_step_row *right)
{
    assert_int_equal(left->id, right->id);
    assert_int_equal(left->action_id, right->action_id);
    assert_int_equal(left->queue, right->queue);
    assert_int_equal(left->kind, right->kind);
    assert_int_equal(left->state, right->state);
    assert_int_equal(left->content, right->content);
    assert_same_numbers(left->children, left->children_count, right->children,
                        right->children_count);
}

void assert_loads_as(struct any_store *fixture, const struct store_plan *plan)
{
    struct director_plan_record record;

    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_same_row(&record.row, &plan->record.row);
    for (uint32_t at = 0; at < record.row.step_count; at++) {
        assert_same_step(&record.steps[at], &plan->record.steps[at]);
    }
}
