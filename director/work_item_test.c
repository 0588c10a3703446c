/* work_item_test.c: work items: who holds them and how long, their spare list, what remote workers
 * report, and items that outlive their director. */
#include "director/work_item.h"

#include "director/director_core.h"
#include "director/director_test_support.h"

#define SPARE_MAX 1024u

/* ---- Reports
 * ------------------------------------------------------------------------------------- */

static void a_step_is_reported_in_any_state_unchecked(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "report 1 2 skipped", "ok");
    tell(world, "report 1 2 success", "ok"); /* the last one counts */
    expect_moves(world, "plan 1 planned>running, 1:2 pending>skipped, 1:2 skipped>success");
    assert_int_equal(director_work_item_step_state(world->held[0].item), DIRECTOR_STEP_SUCCESS);
    tell(world, "finish 1 2", "nothing");
    expect_plan(world, 1, "running pending: 2 success, 3 pending");
}

static void a_report_of_another_step_is_refused(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    assert_int_equal(director_work_item_report(world->held[0].item, 3, DIRECTOR_STEP_SUCCESS),
                     DIRECTOR_INTERNAL);
    tell(world, "planning 1", "planning");
    assert_int_equal(director_work_item_report(world->held[2].item, 2, DIRECTOR_STEP_SUCCESS),
                     DIRECTOR_INTERNAL);
    expect_plan(world, 1, "running pending: 2 pending, 3 pending");
}

static void a_report_of_what_is_no_state_is_refused(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12]");
    tell(world, "start 1", "run 2");
    enum director_step_state none = (enum director_step_state)DIRECTOR_STEP_STATES;
    assert_int_equal(director_work_item_report(world->held[0].item, 2, none), DIRECTOR_INTERNAL);
    tell(world, "done 1 2 success", "finalize");
    assert_int_equal(director_work_item_report(world->held[0].item, 12, none), DIRECTOR_INTERNAL);
}

static void finalize_steps_are_reported_one_by_one(void **state)
{
    struct test_world *world = *state;
    struct test_text flow = {0};
    test_text_append(&flow, "[S");
    for (int i = 3; i < 20; i++) {
        test_text_append(&flow, " %d", i);
    }
    test_text_append(&flow, "]");
    test_store_add(&world->store, "2", flow.text);
    test_text_free(&flow);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    for (int i = 3; i < 20; i++) {
        char line[40];
        (void)snprintf(line, sizeof(line), "report 1 finalize %d success", i);
        tell(world, line, "ok");
    }
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void a_report_without_memory_is_made_again(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    world->memory.fail_at = world->memory.requests + 1;
    tell(world, "report 1 finalize 12 success", "ok");
    assert_int_equal(world->refused_calls, 1);
    tell(world, "finish 1 finalize", "nothing");
}

/* ---- References
 * ---------------------------------------------------------------------------------- */

static void an_item_goes_two_ways_with_a_reference_each(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    struct director_work_item *item = world->held[0].item;
    director_work_item_retain(item);
    tell(world, "done 1 2 success", "nothing");
    assert_int_equal(director_work_item_step(item), 2);
    assert_int_equal(test_plan_number(director_work_item_plan(item)), 1);
    director_work_item_release(item);
    director_work_item_release(NULL);
}

static void items_come_from_a_spare_list_of_a_limited_length(void **state)
{
    struct test_world *world = *state;
    struct director *director = world->director;
    struct director_plan_id id = test_plan_id(1);
    assert_true(work_item_reserve(director, SPARE_MAX + 2));
    size_t blocks = world->memory.live_blocks;
    struct director_work_item *first =
        work_item_take(director, DIRECTOR_WORK_PLANNING, &id, NULL, 0);
    struct director_work_item *second =
        work_item_take(director, DIRECTOR_WORK_PLANNING, &id, NULL, 0);
    struct director_work_item *third =
        work_item_take(director, DIRECTOR_WORK_PLANNING, &id, NULL, 0);
    assert_int_equal(director->spare_count, SPARE_MAX - 1);
    director_work_item_release(first);
    director_work_item_release(second); /* the list is full */
    director_work_item_release(third);
    assert_int_equal(director->spare_count, SPARE_MAX);
    assert_int_equal(world->memory.live_blocks, blocks - 2);
}

static void without_memory_the_spare_list_is_as_long_as_it_got(void **state)
{
    struct test_world *world = *state;
    world->memory.fail_at = world->memory.requests + 3;
    assert_false(work_item_reserve(world->director, 5));
    assert_int_equal(world->director->spare_count, 2);
    assert_true(work_item_reserve(world->director, 5));
    assert_int_equal(world->director->spare_count, 5);
}

/* ---- Items that outlive their director
 * ------------------------------------------------------------ */

static void items_are_worked_on_after_their_director_is_gone(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    test_store_add(&world->store, "", "[S 2 3]");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "start 2", "finalize");
    tell(world, "planning 3", "planning");
    tell(world, "done 1 3 suspended", "nothing");
    tell(world, "event 1 3 30", "event 3:30");
    tell(world, "begin 1 2", "user code 2");
    tell(world, "destroy", "ok");
    tell(world, "continue 1 2 success", "done");
    tell(world, "release 1 2", "ok");
    tell(world, "begin 2 finalize", "user code 2");
    tell(world, "continue 2 finalize success", "user code 3");
    tell(world, "continue 2 finalize success", "done");
    tell(world, "release 2 finalize", "ok");
    assert_int_equal(director_work_item_event(world->held[1].item), 30);
    assert_int_equal(director_work_item_step_state(world->held[1].item), DIRECTOR_STEP_SUSPENDED);
    tell(world, "release 3 planning", "ok");
    assert_true(world->memory.live_blocks > 0);
    tell(world, "release 1 3", "ok");
    assert_int_equal(world->memory.live_blocks, 0);
    expect_resolved(world, "");
}

static void a_report_after_the_director_is_gone_is_kept_with_its_item(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "", "[S 2 3]");
    tell(world, "start 1", "finalize");
    tell(world, "destroy", "ok");
    tell(world, "report 1 finalize 2 success", "ok");
    tell(world, "release 1 finalize", "ok");
    assert_int_equal(world->memory.live_blocks, 0);
}

static void work_keeps_its_item_and_both_keep_the_director(void **state)
{
    struct test_world *world = *state;
    struct director_work *work = NULL;
    struct director_work_stop stop;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    assert_int_equal(
        director_work_begin(world->held[0].item, &world->config.persistence, &work, &stop),
        DIRECTOR_OK);
    tell(world, "release 1 2", "ok");
    tell(world, "destroy", "ok");
    director_work_continue(work, DIRECTOR_OUTCOME_SUCCESS, &stop);
    assert_int_equal(stop.kind, DIRECTOR_WORK_DONE);
    director_work_end(work);
    assert_int_equal(world->memory.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_step_is_reported_in_any_state_unchecked),
        STORY(a_report_of_another_step_is_refused),
        STORY(a_report_of_what_is_no_state_is_refused),
        STORY(finalize_steps_are_reported_one_by_one),
        STORY(a_report_without_memory_is_made_again),
        STORY(an_item_goes_two_ways_with_a_reference_each),
        WITH_WORLD(items_come_from_a_spare_list_of_a_limited_length),
        WITH_WORLD(without_memory_the_spare_list_is_as_long_as_it_got),
        STORY(items_are_worked_on_after_their_director_is_gone),
        STORY(a_report_after_the_director_is_gone_is_kept_with_its_item),
        STORY(work_keeps_its_item_and_both_keep_the_director),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
