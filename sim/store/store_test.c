/* store_test.c: what every store does with plans, steps and actions that are there. What is asked
 * for is what Dynflow's Sequel adapter does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/any_store_test_support.h"

/* ---- Plans ----------------------------------------------------------------------------------- */

static void an_inserted_plan_is_loaded_as_it_was(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;

    assert_loads_as(fixture, &fixture->plan.plan);
}

static void steps_are_loaded_in_the_order_of_the_plan_not_of_their_ids(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct test_plan shuffled;

    test_plan_init(&shuffled, 2, true);
    assert_int_equal(fixture->operations->insert_plan(fixture->store, &shuffled.plan), STORE_OK);
    fixture->id = shuffled.plan.record.row.id;
    assert_loads_as(fixture, &shuffled.plan);
}

static void a_plan_without_anything_is_stored_too(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
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
    struct any_store *fixture = (struct any_store *)*state;

    for (size_t at = 0; at < sizeof(lengths) / sizeof(*lengths); at++) {
        fixture->plan.plan.record.row.run_flow = flows[at];
        fixture->plan.plan.record.row.run_flow_length = lengths[at];
        assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
        assert_loads_as(fixture, &fixture->plan.plan);
    }
}

static void a_plan_is_inserted_once(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;

    assert_int_equal(fixture->operations->insert_plan(fixture->store, &fixture->plan.plan),
                     STORE_EXISTS);
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_plan_that_is_not_there_is_missing(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_plan_record record;
    struct director_plan_row row;
    enum director_step_state step;
    bool found = true;

    assert_int_equal(fixture->director->find_plan(fixture->director->context, &fixture->id, &found),
                     DIRECTOR_PERSISTENCE_OK);
    assert_true(found);
    fixture->id = test_id(77);
    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_MISSING);
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
    struct any_store *fixture = (struct any_store *)*state;

    fixture->plan.plan.record.row.state = DIRECTOR_PLAN_RUNNING;
    fixture->plan.plan.record.row.result = DIRECTOR_RESULT_WARNING;
    assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void what_was_loaded_can_be_saved_as_it_is(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_plan_record record;

    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    record.row.state = DIRECTOR_PLAN_RUNNING;
    assert_int_equal(fixture->director->save_plan(fixture->director->context, &record.row),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(any_save_row(fixture, &record.steps[0], DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    fixture->plan.plan.record.row.state = DIRECTOR_PLAN_RUNNING;
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_plan_can_take_other_steps_and_a_step_it_lets_go_stays_a_row(void **state)
{
    static const uint32_t fewer[] = {5, 4};
    struct any_store *fixture = (struct any_store *)*state;
    struct director_plan_row *row = &fixture->plan.plan.record.row;
    struct director_plan_record record;

    row->step_ids = fewer;
    row->step_count = 2;
    assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(record.steps[0].id, 5);
    assert_int_equal(record.steps[1].id, 4);
    assert_int_equal(any_save_step(fixture, 7, DIRECTOR_STEP_SUCCESS, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    row->step_ids = fixture->plan.step_ids;
    row->step_count = TEST_STEPS;
    assert_int_equal(any_save_plan(fixture), DIRECTOR_PERSISTENCE_OK);
    fixture->plan.steps[6].state = DIRECTOR_STEP_SUCCESS;
    assert_loads_as(fixture, &fixture->plan.plan);
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static void a_conditional_save_of_a_step_matches_by_the_stored_state(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    uint32_t startable = DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING) |
                         DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR);

    assert_int_equal(any_save_step(fixture, 4, DIRECTOR_STEP_RUNNING, startable),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(any_stored_state(fixture, 4), DIRECTOR_STEP_RUNNING);
    assert_int_equal(any_save_step(fixture, 4, DIRECTOR_STEP_SUCCESS, startable),
                     DIRECTOR_PERSISTENCE_UNMATCHED);
    assert_int_equal(any_stored_state(fixture, 4), DIRECTOR_STEP_RUNNING);
    assert_int_equal(any_save_step(fixture, 4, DIRECTOR_STEP_SUCCESS, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(any_stored_state(fixture, 4), DIRECTOR_STEP_SUCCESS);
}

static void a_conditional_save_that_would_change_nothing_needs_no_match(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    uint32_t startable = DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING);
    struct director_step_row row = test_plan_step(&fixture->plan, 4);
    struct director_step_row others[4];

    row.state = DIRECTOR_STEP_RUNNING;
    row.content = 0x123456789a;
    assert_int_equal(any_save_row(fixture, &row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    row.exact = true;
    assert_int_equal(any_save_row(fixture, &row, startable), DIRECTOR_PERSISTENCE_OK);
    for (size_t at = 0; at < 4; at++) {
        others[at] = row;
    }
    others[0].exact = false;
    others[1].content++;
    others[2].content = 0;
    others[3].state = DIRECTOR_STEP_SUCCESS;
    for (size_t at = 0; at < 4; at++) {
        assert_int_equal(any_save_row(fixture, &others[at], startable),
                         DIRECTOR_PERSISTENCE_UNMATCHED);
    }
    row.queue = 1 - row.queue; /* does not come along */
    assert_int_equal(any_save_row(fixture, &row, startable), DIRECTOR_PERSISTENCE_OK);
    fixture->plan.steps[3].state = DIRECTOR_STEP_RUNNING;
    fixture->plan.steps[3].content = row.content;
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_step_that_never_ran_has_no_content_to_be_the_same(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_step_row row = test_plan_step(&fixture->plan, 4);

    row.exact = true;
    assert_int_equal(any_save_row(fixture, &row, DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR)),
                     DIRECTOR_PERSISTENCE_UNMATCHED);
}

static void the_content_of_a_step_follows_every_write(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_step_row *row = &fixture->plan.steps[3];
    struct director_plan_record record;

    row->content = (uint64_t)INT64_MAX;
    row->exact = true;
    assert_int_equal(any_save_row(fixture, row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_OK);
    assert_false(record.steps[3].exact);
    row->content = 8;
    assert_int_equal(any_save_row(fixture, row, DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING)),
                     DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    row->content = 9;
    row->action_id = 2;
    assert_int_equal(any_save_row(fixture, row, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id), STORE_OK);
    for (size_t at = 0; at < TEST_STEPS; at++) {
        assert_int_equal(any_save_row(fixture, &fixture->plan.steps[at], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_OK);
    }
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void a_step_takes_more_and_fewer_children(void **state)
{
    static const uint32_t many[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
    static const uint32_t counts[] = {9, 1, 0, 4, 2, 9};
    struct any_store *fixture = (struct any_store *)*state;

    for (size_t at = 0; at < sizeof(counts) / sizeof(*counts); at++) {
        fixture->plan.steps[1].children = many;
        fixture->plan.steps[1].children_count = counts[at];
        assert_int_equal(any_save_row(fixture, &fixture->plan.steps[1], DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_OK);
        assert_loads_as(fixture, &fixture->plan.plan);
    }
}

static void a_step_moves_to_another_action_that_is_there(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;

    fixture->plan.steps[3].action_id = 2;
    assert_int_equal(any_save_row(fixture, &fixture->plan.steps[3], DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    assert_loads_as(fixture, &fixture->plan.plan);
    fixture->plan.steps[3].action_id = 44;
    assert_int_equal(any_save_row(fixture, &fixture->plan.steps[3], DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_ERROR);
    fixture->plan.steps[3].action_id = 2;
    assert_loads_as(fixture, &fixture->plan.plan);
}

static void steps_that_were_deleted_leave_the_plan_incomplete(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_plan_record record;
    struct director_action_row action;

    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id), STORE_OK);
    assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_INCOMPLETE);
    assert_int_equal(
        fixture->director->load_action(fixture->director->context, &fixture->id, 1, &action),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id),
                     STORE_MISSING);
}

static void a_step_that_is_gone_is_inserted_whatever_the_condition(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct director_plan_record record;

    assert_int_equal(fixture->operations->delete_steps(fixture->store, &fixture->id), STORE_OK);
    for (uint32_t at = TEST_STEPS; at > 0; at--) {
        assert_int_equal(any_load(fixture, &record), DIRECTOR_PERSISTENCE_INCOMPLETE);
        assert_int_equal(any_save_row(fixture, &fixture->plan.steps[at - 1],
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
    struct any_store *fixture = (struct any_store *)*state;
    char text[100] = "";

    for (size_t at = 0; at < sizeof(ids) / sizeof(*ids); at++) {
        struct director_step_row row = fixture->plan.steps[0];

        row.id = ids[at];
        assert_int_equal(any_save_row(fixture, &row, DIRECTOR_SAVE_ALWAYS),
                         DIRECTOR_PERSISTENCE_OK);
        assert_int_equal(any_stored_state(fixture, ids[at]), row.state);
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
    struct any_store *fixture = (struct any_store *)*state;
    struct director_action_row row;

    fixture->plan.actions[1].required_steps = required;
    fixture->plan.actions[1].required_count = 3;
    fixture->plan.actions[1].accepts_events = false;
    fixture->plan.actions[1].rescue = DIRECTOR_RESCUE_SKIP;
    assert_int_equal(any_save_action(fixture, 2), DIRECTOR_PERSISTENCE_OK);
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
    struct any_store *fixture = (struct any_store *)*state;
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

/* ---- Programme --------------------------------------------------------------------------------
 */

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
        ON(open, an_action_that_is_not_there_is_missing_until_it_is_saved)

int main(void)
{
    int failed;

    RUN_ON_ANY_STORE(BEHAVIOURS, failed);
    return failed;
}
