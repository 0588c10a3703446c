/* store_test.c: what every store does, tried on each of them: in memory, SQLite in memory, SQLite
 * in a file. What is asked for is what Dynflow's Sequel adapter does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/store_test_support.h"

struct fixture {
    struct test_allocator memory;
    struct store *store;
    const struct store_operations *operations;
    const struct director_persistence *director;
    char *folder;
    struct test_plan plan;
    struct director_plan_id id; /* of the plan, which is stored */
};

static int finish_setup(struct fixture *fixture, enum store_status status, void **state)
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

static int open_memory(void **state)
{
    struct fixture *fixture = (struct fixture *)calloc(1, sizeof(*fixture));
    struct director_allocator allocator = test_allocator(&fixture->memory);

    return finish_setup(fixture, memory_store_create(&allocator, &fixture->store), state);
}

static int open_sqlite(void **state, bool in_file)
{
    struct fixture *fixture = (struct fixture *)calloc(1, sizeof(*fixture));
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

static int open_sqlite_in_memory(void **state)
{
    return open_sqlite(state, false);
}

static int open_sqlite_in_file(void **state)
{
    return open_sqlite(state, true);
}

static int close_any(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
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

static enum director_persistence_status load(struct fixture *fixture,
                                             struct director_plan_record *record)
{
    return fixture->director->load_plan(fixture->director->context, &fixture->id, record);
}

static enum director_persistence_status save_plan(struct fixture *fixture)
{
    return fixture->director->save_plan(fixture->director->context, &fixture->plan.plan.record.row);
}

static enum director_persistence_status save_row(struct fixture *fixture,
                                                 const struct director_step_row *row,
                                                 uint32_t allowed)
{
    return fixture->director->save_step(fixture->director->context, &fixture->id, row, allowed);
}

static enum director_persistence_status save_step(struct fixture *fixture, uint32_t id,
                                                  enum director_step_state state, uint32_t allowed)
{
    struct director_step_row row = test_plan_step(&fixture->plan, id);

    row.state = state;
    return save_row(fixture, &row, allowed);
}

static enum director_persistence_status save_action(struct fixture *fixture, uint32_t id)
{
    return fixture->director->save_action(fixture->director->context, &fixture->id,
                                          &fixture->plan.actions[id - 1]);
}

static enum director_step_state stored_state(struct fixture *fixture, uint32_t id)
{
    enum director_step_state state = DIRECTOR_STEP_CANCELLED;

    assert_int_equal(fixture->operations->peek_step(fixture->store, &fixture->id, id, &state),
                     STORE_OK);
    return state;
}

static void delete_plan(struct fixture *fixture)
{
    assert_int_equal(fixture->operations->delete_plan(fixture->store, &fixture->id), STORE_OK);
}

static void assert_same_numbers(const uint32_t *left, uint32_t left_count, const uint32_t *right,
                                uint32_t right_count)
{
    assert_int_equal(left_count, right_count);
    if (left_count > 0) {
        assert_memory_equal(left, right, left_count * sizeof(*left));
    }
}

static void assert_same_row(const struct director_plan_row *left,
                            const struct director_plan_row *right)
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

static void assert_same_step(const struct director_step_row *left,
                             const struct director_step_row *right)
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

static void assert_loads_as(struct fixture *fixture, const struct store_plan *plan)
{
    struct director_plan_record record;

    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_same_row(&record.row, &plan->record.row);
    for (uint32_t at = 0; at < record.row.step_count; at++) {
        assert_same_step(&record.steps[at], &plan->record.steps[at]);
    }
}

/* ---- Plans ----------------------------------------------------------------------------------- */

static void an_inserted_plan_is_loaded_as_it_was(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    assert_loads_as(fixture, &fixture->plan.plan);
}

static void steps_are_loaded_in_the_order_of_the_plan_not_of_their_ids(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct test_plan shuffled;

    test_plan_init(&shuffled, 2, true);
    assert_int_equal(fixture->operations->insert_plan(fixture->store, &shuffled.plan), STORE_OK);
    fixture->id = shuffled.plan.record.row.id;
    assert_loads_as(fixture, &shuffled.plan);
}

static void a_plan_without_anything_is_stored_too(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store_plan plan = {.record.row = {.id = test_id(9)}};

    assert_int_equal(fixture->operations->insert_plan(fixture->store, &plan), STORE_OK);
    fixture->id = plan.record.row.id;
    assert_loads_as(fixture, &plan);
}

static void empty_and_nested_flows_come_back_token_by_token(void **state)
{
    static const uint32_t flows[][9] = {
        {DIRECTOR_FLOW_SEQUENCE},
        {DIRECTOR_FLOW_CONCURRENCE},
        {DIRECTOR_STEP_ID_MAX},
        {DIRECTOR_FLOW_SEQUENCE | 3, DIRECTOR_FLOW_SEQUENCE, DIRECTOR_FLOW_CONCURRENCE | 2, 1,
         DIRECTOR_FLOW_CONCURRENCE | 1, 2, DIRECTOR_FLOW_SEQUENCE | 1, 3},
    };
    static const uint32_t lengths[] = {1, 1, 1, 8};
    struct fixture *fixture = (struct fixture *)*state;

    for (size_t at = 0; at < sizeof(lengths) / sizeof(*lengths); at++) {
        fixture->plan.plan.record.row.run_flow = flows[at];
        fixture->plan.plan.record.row.run_flow_length = lengths[at];
        assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
        assert_loads_as(fixture, &fixture->plan.plan);
    }
}

static void a_plan_is_inserted_once(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    assert_int_equal(fixture->operations->insert_plan(fixture->store, &fixture->plan.plan),
                     STORE_EXISTS);
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_plan_that_is_not_there_is_missing(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_record record;
    struct director_plan_row row;
    enum director_step_state step;
    bool found = true;

    assert_int_equal(fixture->director->find_plan(fixture->director->context, &fixture->id, &found),
                     DIRECTOR_PERSISTENCE_OK);
    assert_true(found);
    fixture->id = test_id(77);
    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_MISSING);
    assert_int_equal(fixture->director->find_plan(fixture->director->context, &fixture->id, &found),
                     DIRECTOR_PERSISTENCE_OK);
    assert_false(found);
    assert_int_equal(fixture->operations->peek_plan(fixture->store, &fixture->id, &row),
                     STORE_MISSING);
    assert_int_equal(fixture->operations->peek_step(fixture->store, &fixture->id, 1, &step),
                     STORE_MISSING);
    assert_int_equal(fixture->operations->delete_plan(fixture->store, &fixture->id), STORE_MISSING);
    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id),
                     STORE_MISSING);
}

static void a_saved_plan_keeps_its_steps(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    fixture->plan.plan.record.row.state = DIRECTOR_PLAN_RUNNING;
    fixture->plan.plan.record.row.result = DIRECTOR_RESULT_WARNING;
    assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void what_was_loaded_can_be_saved_as_it_is(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_record record;

    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    record.row.state = DIRECTOR_PLAN_RUNNING;
    assert_int_equal(fixture->director->save_plan(fixture->director->context, &record.row),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(save_row(fixture, &record.steps[0], DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    fixture->plan.plan.record.row.state = DIRECTOR_PLAN_RUNNING;
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_plan_can_take_other_steps_and_a_step_it_lets_go_stays_a_row(void **state)
{
    static const uint32_t fewer[] = {5, 4};
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_row *row = &fixture->plan.plan.record.row;
    struct director_plan_record record;

    row->step_ids = fewer;
    row->step_count = 2;
    assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(record.steps[0].id, 5);
    assert_int_equal(record.steps[1].id, 4);
    assert_int_equal(save_step(fixture, 7, DIRECTOR_STEP_SUCCESS, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    row->step_ids = fixture->plan.step_ids;
    row->step_count = TEST_STEPS;
    assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    fixture->plan.steps[6].state = DIRECTOR_STEP_SUCCESS;
    assert_loads_as(fixture, &fixture->plan.plan);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void a_conditional_save_of_a_step_matches_by_the_stored_state(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    uint32_t startable = DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING) |
                         DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR);

    assert_int_equal(save_step(fixture, 4, DIRECTOR_STEP_RUNNING, startable),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(stored_state(fixture, 4), DIRECTOR_STEP_RUNNING);
    assert_int_equal(save_step(fixture, 4, DIRECTOR_STEP_SUCCESS, startable),
                     DIRECTOR_PERSISTENCE_UNMATCHED);
    assert_int_equal(stored_state(fixture, 4), DIRECTOR_STEP_RUNNING);
    assert_int_equal(save_step(fixture, 4, DIRECTOR_STEP_SUCCESS, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(stored_state(fixture, 4), DIRECTOR_STEP_SUCCESS);
}

static void a_conditional_save_that_would_change_nothing_needs_no_match(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    uint32_t startable = DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING);
    struct director_step_row row = test_plan_step(&fixture->plan, 4);
    struct director_step_row others[4];

    row.state = DIRECTOR_STEP_RUNNING;
    row.content = 0x123456789a;
    assert_int_equal(save_row(fixture, &row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    row.exact = true;
    assert_int_equal(save_row(fixture, &row, startable), DIRECTOR_PERSISTENCE_OK);
    for (size_t at = 0; at < 4; at++) {
        others[at] = row;
    }
    others[0].exact = false;
    others[1].content++;
    others[2].content = 0;
    others[3].state = DIRECTOR_STEP_SUCCESS;
    for (size_t at = 0; at < 4; at++) {
        assert_int_equal(save_row(fixture, &others[at], startable), DIRECTOR_PERSISTENCE_UNMATCHED);
    }
    row.queue = 1 - row.queue; /* does not come along */
    assert_int_equal(save_row(fixture, &row, startable), DIRECTOR_PERSISTENCE_OK);
    fixture->plan.steps[3].state = DIRECTOR_STEP_RUNNING;
    fixture->plan.steps[3].content = row.content;
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_step_that_never_ran_has_no_content_to_be_the_same(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_step_row row = test_plan_step(&fixture->plan, 4);

    row.exact = true;
    assert_int_equal(save_row(fixture, &row, DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR)),
                     DIRECTOR_PERSISTENCE_UNMATCHED);
}

static void the_content_of_a_step_follows_every_write(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_step_row *row = &fixture->plan.steps[3];
    struct director_plan_record record;

    row->content = (uint64_t)INT64_MAX;
    row->exact = true;
    assert_int_equal(save_row(fixture, row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_false(record.steps[3].exact);
    row->content = 8;
    assert_int_equal(save_row(fixture, row, DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING)),
                     DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    row->content = 9;
    row->action_id = 2;
    assert_int_equal(save_row(fixture, row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id), STORE_OK);
    for (size_t at = 0; at < TEST_STEPS; at++) {
        assert_int_equal(save_row(fixture, &fixture->plan.steps[at], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_OK);
    }
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_step_takes_more_and_fewer_children(void **state)
{
    static const uint32_t many[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    static const uint32_t counts[] = {9, 1, 0, 4, 2, 9};
    struct fixture *fixture = (struct fixture *)*state;

    for (size_t at = 0; at < sizeof(counts) / sizeof(*counts); at++) {
        fixture->plan.steps[1].children = many;
        fixture->plan.steps[1].children_count = counts[at];
        assert_int_equal(save_row(fixture, &fixture->plan.steps[1], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_OK);
        assert_loads_as(fixture, &fixture->plan.plan);
    }
}

static void a_step_moves_to_another_action_that_is_there(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    fixture->plan.steps[3].action_id = 2;
    assert_int_equal(save_row(fixture, &fixture->plan.steps[3], DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    fixture->plan.steps[3].action_id = 44;
    assert_int_equal(save_row(fixture, &fixture->plan.steps[3], DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_ERROR);
    fixture->plan.steps[3].action_id = 2;
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void steps_that_were_deleted_leave_the_plan_incomplete(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_record record;
    struct director_action_row action;

    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id), STORE_OK);
    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_INCOMPLETE);
    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 1, &action),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id),
                     STORE_MISSING);
}

static void a_step_that_is_gone_is_inserted_whatever_the_condition(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_record record;

    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id), STORE_OK);
    for (uint32_t at = TEST_STEPS; at > 0; at--) {
        assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_INCOMPLETE);
        assert_int_equal(save_row(fixture, &fixture->plan.steps[at - 1],
                                  DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_CANCELLED)),
                         DIRECTOR_PERSISTENCE_OK);
    }
    assert_loads_as(fixture, &fixture->plan.plan);
}

static bool collect_ids(void *context, const struct director_step_row *row)
{
    char *text = (char *)context;
    size_t length = strlen(text);

    snprintf(text + length, 100 - length, " %u", row->id);
    return true;
}

static void a_step_that_the_plan_does_not_name_is_stored_and_not_loaded(void **state)
{
    static const uint32_t ids[] = {20, 9, 30, 12};
    struct fixture *fixture = (struct fixture *)*state;
    char text[100] = "";

    for (size_t at = 0; at < sizeof(ids) / sizeof(*ids); at++) {
        struct director_step_row row = fixture->plan.steps[0];

        row.id = ids[at];
        assert_int_equal(save_row(fixture, &row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
        assert_int_equal(stored_state(fixture, ids[at]), row.state);
    }
    assert_loads_as(fixture, &fixture->plan.plan);
    assert_int_equal(
        fixture->operations->each_step(fixture->store, &fixture->id, collect_ids, text), STORE_OK);
    assert_string_equal(text, " 1 2 3 4 5 6 7 9 12 20 30");
}

/* ---- Actions --------------------------------------------------------------------------------- */

static void an_action_is_loaded_as_it_was_saved(void **state)
{
    static const uint32_t required[] = {6, 4, 5};
    struct fixture *fixture = (struct fixture *)*state;
    struct director_action_row row;

    fixture->plan.actions[1].required_steps = required;
    fixture->plan.actions[1].required_count = 3;
    fixture->plan.actions[1].accepts_events = false;
    fixture->plan.actions[1].rescue = DIRECTOR_RESCUE_SKIP;
    assert_int_equal(save_action(fixture, 2), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 2, &row),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(row.id, 2);
    assert_int_equal(row.plan_step, 2);
    assert_int_equal(row.run_step, 5);
    assert_int_equal(row.finalize_step, 0);
    assert_int_equal(row.rescue, DIRECTOR_RESCUE_SKIP);
    assert_false(row.accepts_events);
    assert_same_numbers(row.required_steps, row.required_count, required, 3);
    assert_int_equal(fixture->director->save_action(fixture->director->context, &fixture->id, &row),
                     DIRECTOR_PERSISTENCE_OK);
}

static void an_action_that_is_not_there_is_missing_until_it_is_saved(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_action_row row;

    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 8, &row),
        DIRECTOR_PERSISTENCE_MISSING);
    row = fixture->plan.actions[2];
    row.id = 8;
    assert_int_equal(fixture->director->save_action(fixture->director->context, &fixture->id, &row),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 8, &row),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(row.required_count, 2);
}

/* ---- Deletion -------------------------------------------------------------------------------- */

static void a_step_or_action_of_a_deleted_plan_is_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    delete_plan(fixture);
    assert_int_equal(save_step(fixture, 4, DIRECTOR_STEP_RUNNING, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_ERROR);
    assert_int_equal(save_action(fixture, 1), DIRECTOR_PERSISTENCE_ERROR);
    assert_string_not_equal(store_error_message(fixture->store), "");
    assert_null(strchr(store_error_message(fixture->store), '\n'));
}

static void a_save_brings_back_the_row_of_a_deleted_plan_alone(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_record record;
    struct director_action_row action;
    struct director_plan_row row;

    delete_plan(fixture);
    assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(load(fixture, &record), DIRECTOR_PERSISTENCE_INCOMPLETE);
    assert_int_equal(fixture->operations->peek_plan(fixture->store, &fixture->id, &row), STORE_OK);
    assert_same_row(&row, &fixture->plan.plan.record.row);
    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 1, &action),
        DIRECTOR_PERSISTENCE_MISSING);
}

/* Dynflow's steps have a foreign key to their action, beside that to their plan. */
static void a_step_comes_back_after_its_action_and_not_before(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    delete_plan(fixture);
    assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    for (uint32_t id = 1; id <= TEST_STEPS; id++) {
        assert_int_equal(save_row(fixture, &fixture->plan.steps[id - 1], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_ERROR);
    }
    for (uint32_t id = TEST_ACTIONS; id > 0; id--) {
        assert_int_equal(save_action(fixture, id), DIRECTOR_PERSISTENCE_OK);
    }
    for (uint32_t id = 1; id <= TEST_STEPS; id++) {
        assert_int_equal(save_row(fixture, &fixture->plan.steps[id - 1], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_OK);
    }
    assert_loads_as(fixture, &fixture->plan.plan);
}

static bool collect_plans(void *context, const struct director_plan_row *row)
{
    char *text = (char *)context;
    size_t length = strlen(text);

    snprintf(text + length, 100 - length, " %u", row->id.bytes[15]);
    return length < 12;
}

static void plans_are_visited_in_the_order_of_insertion_until_told_to_stop(void **state)
{
    static const uint32_t numbers[] = {7, 3, 5};
    struct fixture *fixture = (struct fixture *)*state;
    struct test_plan other;
    char text[100] = "";

    for (size_t at = 0; at < sizeof(numbers) / sizeof(*numbers); at++) {
        test_plan_init(&other, numbers[at], false);
        assert_int_equal(fixture->operations->insert_plan(fixture->store, &other.plan), STORE_OK);
    }
    delete_plan(fixture);
    assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(fixture->operations->each_plan(fixture->store, collect_plans, text), STORE_OK);
    assert_string_equal(text, " 7 3 5 1");
    strcpy(text, "            ");
    assert_int_equal(fixture->operations->each_plan(fixture->store, collect_plans, text), STORE_OK);
    assert_string_equal(text, "             7");
}

/* ---- Rows that are none ---------------------------------------------------------------------- */

static void broken_rows_of_a_plan_are_refused_and_change_nothing(void **state)
{
    static const uint32_t twice[] = {1, 2, 1};
    static const uint32_t zero[] = {0};
    static const uint32_t short_flow[] = {DIRECTOR_FLOW_SEQUENCE | 2, 4};
    static const uint32_t long_flow[] = {4, 5};
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_row *row = &fixture->plan.plan.record.row;
    struct director_plan_row sound = *row;
    struct director_plan_row broken[7];
    char *before = test_store_contents(fixture->store, 4);
    char *after;

    for (size_t at = 0; at < 7; at++) {
        broken[at] = sound;
    }
    broken[0].state = (enum director_plan_state)DIRECTOR_PLAN_STATES;
    broken[1].result = (enum director_result)DIRECTOR_RESULTS;
    broken[2].step_ids = twice;
    broken[2].step_count = 3;
    broken[3].step_ids = zero;
    broken[3].step_count = 1;
    broken[4].run_flow = short_flow;
    broken[4].run_flow_length = 2;
    broken[5].finalize_flow = long_flow;
    broken[5].finalize_flow_length = 2;
    broken[6].run_flow = zero;
    broken[6].run_flow_length = 1;
    for (size_t at = 0; at < 7; at++) {
        *row = broken[at];
        assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_ERROR);
        row->id = test_id(5);
        assert_int_equal(save_plan(fixture), DIRECTOR_PERSISTENCE_ERROR);
        assert_int_equal(fixture->operations->insert_plan(fixture->store, &fixture->plan.plan),
                         STORE_ERROR);
    }
    after = test_store_contents(fixture->store, 4);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void broken_rows_of_steps_and_actions_are_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_step_row steps[5];

    for (size_t at = 0; at < 5; at++) {
        steps[at] = fixture->plan.steps[0];
    }
    steps[0].id = 0;
    steps[1].id = DIRECTOR_STEP_ID_MAX + 1;
    steps[2].kind = (enum director_step_kind)DIRECTOR_STEP_KINDS;
    steps[3].state = (enum director_step_state)DIRECTOR_STEP_STATES;
    steps[4].content = (uint64_t)INT64_MAX + 1;
    for (size_t at = 0; at < 5; at++) {
        assert_int_equal(save_row(fixture, &steps[at], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_ERROR);
    }
    fixture->plan.actions[0].rescue = DIRECTOR_RESCUE_NONE;
    assert_int_equal(save_action(fixture, 1), DIRECTOR_PERSISTENCE_ERROR);
    fixture->plan.actions[0].rescue = DIRECTOR_RESCUE_SKIP;
    fixture->plan.actions[0].id = 0;
    assert_int_equal(save_action(fixture, 1), DIRECTOR_PERSISTENCE_ERROR);
}

static void a_plan_whose_rows_do_not_fit_together_is_not_inserted(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct test_plan other;
    char *before = test_store_contents(fixture->store, 4);
    char *after;

    test_plan_init(&other, 2, true);
    other.actions[2].id = 2;
    assert_int_equal(fixture->operations->insert_plan(fixture->store, &other.plan), STORE_ERROR);
    test_plan_init(&other, 2, true);
    other.plan.action_count = 2;
    assert_int_equal(fixture->operations->insert_plan(fixture->store, &other.plan), STORE_ERROR);
    test_plan_init(&other, 2, true);
    other.steps[1].id = 2;
    assert_int_equal(fixture->operations->insert_plan(fixture->store, &other.plan), STORE_ERROR);
    after = test_store_contents(fixture->store, 4);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* ---- Around a plan ----------------------------------------------------------------------------
 */

static void a_coordinator_record_is_unique_by_its_kind_and_subject(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store = fixture->store;
    struct store_record record = {.kind = STORE_RECORD_EXECUTION_LOCK,
                                  .subject = test_id(1),
                                  .owner = test_id(100),
                                  .request = UINT64_MAX - 1,
                                  .client = 7};
    struct store_record found;

    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_OK);
    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_EXISTS);
    record.kind = STORE_RECORD_PLANNING_LOCK;
    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_OK);
    record.owner = test_id(200);
    record.active = 1;
    record.request = 3;
    assert_int_equal(fixture->operations->update_record(store, &record), STORE_OK);
    assert_int_equal(fixture->operations->find_record(store, STORE_RECORD_PLANNING_LOCK,
                                                      &record.subject, &found),
                     STORE_OK);
    assert_memory_equal(&found.owner, &record.owner, sizeof(found.owner));
    assert_int_equal(found.active, 1);
    assert_true(found.request == UINT64_MAX - 1);
    assert_int_equal(found.client, 7);
    assert_int_equal(
        fixture->operations->delete_record(store, STORE_RECORD_PLANNING_LOCK, &record.subject),
        STORE_OK);
    assert_int_equal(
        fixture->operations->delete_record(store, STORE_RECORD_PLANNING_LOCK, &record.subject),
        STORE_MISSING);
    assert_int_equal(fixture->operations->update_record(store, &record), STORE_MISSING);
    assert_int_equal(fixture->operations->find_record(store, STORE_RECORD_PLANNING_LOCK,
                                                      &record.subject, &found),
                     STORE_MISSING);
    record.kind = (enum store_record_kind)STORE_RECORD_KINDS;
    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_ERROR);
}

static void the_director_sees_an_inhibition_lock(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store_record record = {.kind = STORE_RECORD_INHIBITION_LOCK, .subject = fixture->id};
    bool inhibited = true;

    assert_int_equal(
        fixture->director->find_inhibition(fixture->director->context, &fixture->id, &inhibited),
        DIRECTOR_PERSISTENCE_OK);
    assert_false(inhibited);
    assert_int_equal(fixture->operations->insert_record(fixture->store, &record), STORE_OK);
    assert_int_equal(
        fixture->director->find_inhibition(fixture->director->context, &fixture->id, &inhibited),
        DIRECTOR_PERSISTENCE_OK);
    assert_true(inhibited);
}

static bool collect_delayed(void *context, const struct store_delayed_plan *delayed)
{
    char *text = (char *)context;
    size_t length = strlen(text);

    snprintf(text + length, 100 - length, " %u", delayed->plan.bytes[15]);
    return true;
}

static void delayed_plans_come_by_their_start_and_go_with_their_plan(void **state)
{
    static const uint32_t starts[] = {0, 50, 10, 50, 10, 0};
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store = fixture->store;
    struct store_delayed_plan delayed = {.plan = test_id(1), .has_start_before = true};
    char text[100] = "";

    for (uint32_t number = 1; number <= 5; number++) {
        struct test_plan other;

        test_plan_init(&other, number, false);
        if (number > 1) {
            assert_int_equal(fixture->operations->insert_plan(store, &other.plan), STORE_OK);
        }
        delayed.plan = test_id(number);
        delayed.has_start_at = starts[number] > 0;
        delayed.start_at = starts[number];
        delayed.start_before = 99;
        assert_int_equal(fixture->operations->insert_delayed(store, &delayed), STORE_OK);
    }
    assert_int_equal(fixture->operations->insert_delayed(store, &delayed), STORE_EXISTS);
    assert_int_equal(fixture->operations->each_delayed(store, collect_delayed, text), STORE_OK);
    assert_string_equal(text, " 5 2 4 1 3");
    assert_int_equal(fixture->operations->delete_plan(store, &delayed.plan), STORE_OK);
    assert_int_equal(fixture->operations->insert_delayed(store, &delayed), STORE_ERROR);
    delayed.plan = test_id(2);
    assert_int_equal(
        fixture->director->delete_delayed_plan(fixture->director->context, &delayed.plan),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(
        fixture->director->delete_delayed_plan(fixture->director->context, &delayed.plan),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(fixture->operations->find_delayed(store, &delayed.plan, &delayed),
                     STORE_MISSING);
    delayed.plan = test_id(4);
    assert_int_equal(fixture->operations->find_delayed(store, &delayed.plan, &delayed), STORE_OK);
    assert_true(delayed.has_start_at && delayed.start_at == 10 && delayed.has_start_before &&
                delayed.start_before == 99);
    text[0] = '\0';
    assert_int_equal(fixture->operations->each_delayed(store, collect_delayed, text), STORE_OK);
    assert_string_equal(text, " 4 1 3");
}

static bool collect_blockers(void *context, const struct director_plan_id *blocked_by)
{
    char *text = (char *)context;
    size_t length = strlen(text);

    snprintf(text + length, 100 - length, " %u", blocked_by->bytes[15]);
    return true;
}

static void dependencies_go_with_either_of_their_plans(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store = fixture->store;
    struct director_plan_id ids[5];
    char text[100] = "";

    for (uint32_t number = 1; number < 5; number++) {
        struct test_plan other;

        test_plan_init(&other, number, false);
        ids[number] = other.plan.record.row.id;
        if (number > 1) {
            assert_int_equal(fixture->operations->insert_plan(store, &other.plan), STORE_OK);
        }
    }
    for (uint32_t number = 4; number > 1; number--) {
        assert_int_equal(fixture->operations->insert_dependency(store, &ids[1], &ids[number]),
                         STORE_OK);
    }
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[1], &ids[4]), STORE_OK);
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[2], &ids[1]), STORE_OK);
    assert_int_equal(fixture->operations->delete_plan(store, &ids[3]), STORE_OK);
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[1], &ids[3]), STORE_ERROR);
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[3], &ids[1]), STORE_ERROR);
    assert_int_equal(fixture->operations->each_dependency(store, &ids[1], collect_blockers, text),
                     STORE_OK);
    assert_string_equal(text, " 4 2 4");
    delete_plan(fixture);
    text[0] = '\0';
    assert_int_equal(fixture->operations->each_dependency(store, &ids[2], collect_blockers, text),
                     STORE_OK);
    assert_string_equal(text, "");
}

/* ---- Programme --------------------------------------------------------------------------------
 */

#define ON(open, behaviour) cmocka_unit_test_setup_teardown(behaviour, open, close_any)
#define BEHAVIOURS(open)                                                                           \
    ON(open, an_inserted_plan_is_loaded_as_it_was),                                                \
        ON(open, steps_are_loaded_in_the_order_of_the_plan_not_of_their_ids),                      \
        ON(open, a_plan_without_anything_is_stored_too),                                           \
        ON(open, empty_and_nested_flows_come_back_token_by_token),                                 \
        ON(open, a_plan_is_inserted_once), ON(open, a_plan_that_is_not_there_is_missing),          \
        ON(open, a_saved_plan_keeps_its_steps), ON(open, what_was_loaded_can_be_saved_as_it_is),   \
        ON(open, a_plan_can_take_other_steps_and_a_step_it_lets_go_stays_a_row),                   \
        ON(open, a_conditional_save_of_a_step_matches_by_the_stored_state),                        \
        ON(open, a_conditional_save_that_would_change_nothing_needs_no_match),                     \
        ON(open, a_step_that_never_ran_has_no_content_to_be_the_same),                             \
        ON(open, the_content_of_a_step_follows_every_write),                                       \
        ON(open, a_step_takes_more_and_fewer_children),                                            \
        ON(open, a_step_moves_to_another_action_that_is_there),                                    \
        ON(open, steps_that_were_deleted_leave_the_plan_incomplete),                               \
        ON(open, a_step_that_is_gone_is_inserted_whatever_the_condition),                          \
        ON(open, a_step_that_the_plan_does_not_name_is_stored_and_not_loaded),                     \
        ON(open, an_action_is_loaded_as_it_was_saved),                                             \
        ON(open, an_action_that_is_not_there_is_missing_until_it_is_saved),                        \
        ON(open, a_step_or_action_of_a_deleted_plan_is_refused),                                   \
        ON(open, a_save_brings_back_the_row_of_a_deleted_plan_alone),                              \
        ON(open, a_step_comes_back_after_its_action_and_not_before),                               \
        ON(open, plans_are_visited_in_the_order_of_insertion_until_told_to_stop),                  \
        ON(open, broken_rows_of_a_plan_are_refused_and_change_nothing),                            \
        ON(open, broken_rows_of_steps_and_actions_are_refused),                                    \
        ON(open, a_plan_whose_rows_do_not_fit_together_is_not_inserted),                           \
        ON(open, a_coordinator_record_is_unique_by_its_kind_and_subject),                          \
        ON(open, the_director_sees_an_inhibition_lock),                                            \
        ON(open, delayed_plans_come_by_their_start_and_go_with_their_plan),                        \
        ON(open, dependencies_go_with_either_of_their_plans)

int main(void)
{
    const struct CMUnitTest in_memory[] = {BEHAVIOURS(open_memory)};
    const struct CMUnitTest in_sqlite[] = {BEHAVIOURS(open_sqlite_in_memory)};
    const struct CMUnitTest in_file[] = {BEHAVIOURS(open_sqlite_in_file)};
    int failed = 0;

    failed += cmocka_run_group_tests_name("the memory store", in_memory, NULL, NULL);
    failed += cmocka_run_group_tests_name("SQLite in memory", in_sqlite, NULL, NULL);
    failed += cmocka_run_group_tests_name("SQLite in a file", in_file, NULL, NULL);
    return failed;
}
