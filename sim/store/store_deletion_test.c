/* store_deletion_test.c: what every store does with rows that are gone, and with rows that are
 * none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/any_store_test_support.h"

/* ---- Deletion -------------------------------------------------------------------------------- */

static void a_step_or_action_of_a_deleted_plan_is_refused(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;

    any_delete_plan(fixture);
    assert_int_equal(any_save_step(fixture, 4, DIRECTOR_STEP_RUNNING, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_ERROR);
    assert_int_equal(any_save_action(fixture, 1), DIRECTOR_PERSISTENCE_ERROR);
    assert_string_not_equal(store_error_message(fixture->store), "");
    assert_null(strchr(store_error_message(fixture->store), '\n'));
}

static void a_save_brings_back_the_row_of_a_deleted_plan_alone(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_plan_record record;
    struct director_action_row action;
    struct director_plan_row row;

    any_delete_plan(fixture);
    assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_INCOMPLETE);
    assert_int_equal(fixture->operations->peek_plan(fixture->store, &fixture->id, &row), STORE_OK);
    assert_same_row(&row, &fixture->plan.plan.record.row);
    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 1, &action),
        DIRECTOR_PERSISTENCE_MISSING);
}

/* Dynflow's steps have a foreign key to their action, beside that to their plan. */
static void a_step_comes_back_after_its_action_and_not_before(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;

    any_delete_plan(fixture);
    assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    for (uint32_t id = 1; id <= TEST_STEPS; id++) {
        assert_int_equal(any_save_row(fixture, &fixture->plan.steps[id - 1], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_ERROR);
    }
    for (uint32_t id = TEST_ACTIONS; id > 0; id--) {
        assert_int_equal(any_save_action(fixture, id), DIRECTOR_PERSISTENCE_OK);
    }
    for (uint32_t id = 1; id <= TEST_STEPS; id++) {
        assert_int_equal(any_save_row(fixture, &fixture->plan.steps[id - 1], DIRECTOR_SAVE_ALWAYS),
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
    struct any_store *fixture = (struct any_store *)*state;
    struct test_plan other;
    char text[100] = "";

    for (size_t at = 0; at < sizeof(numbers) / sizeof(*numbers); at++) {
        test_plan_init(&other, numbers[at], false);
        assert_int_equal(fixture->operations->insert_plan(fixture->store, &other.plan), STORE_OK);
    }
    any_delete_plan(fixture);
    assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
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
    static const uint32_t long_flow[] = {4, DIRECTOR_FLOW_SEQUENCE | 1};
    struct any_store *fixture = (struct any_store *)*state;
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
        assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_ERROR);
        row->id = test_id(5);
        assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_ERROR);
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
    struct any_store *fixture = (struct any_store *)*state;
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
        assert_int_equal(any_save_row(fixture, &steps[at], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_ERROR);
    }
    fixture->plan.actions[0].rescue = DIRECTOR_RESCUE_NONE;
    assert_int_equal(any_save_action(fixture, 1), DIRECTOR_PERSISTENCE_ERROR);
    fixture->plan.actions[0].rescue = DIRECTOR_RESCUE_SKIP;
    fixture->plan.actions[0].id = 0;
    assert_int_equal(any_save_action(fixture, 1), DIRECTOR_PERSISTENCE_ERROR);
}

static void a_plan_whose_rows_do_not_fit_together_is_not_inserted(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
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

/* ---- Programme --------------------------------------------------------------------------------
 */

#define BEHAVIOURS(open)                                                                           \
    ON(open, a_step_or_action_of_a_deleted_plan_is_refused),                                       \
        ON(open, a_save_brings_back_the_row_of_a_deleted_plan_alone),                              \
        ON(open, a_step_comes_back_after_its_action_and_not_before),                               \
        ON(open, plans_are_visited_in_the_order_of_insertion_until_told_to_stop),                  \
        ON(open, broken_rows_of_a_plan_are_refused_and_change_nothing),                            \
        ON(open, broken_rows_of_steps_and_actions_are_refused),                                    \
        ON(open, a_plan_whose_rows_do_not_fit_together_is_not_inserted)

int main(void)
{
    int failed;

    RUN_ON_ANY_STORE(BEHAVIOURS, failed);
    return failed;
}
