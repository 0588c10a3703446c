/* sequential_manager_test.c: the finalize phase as a worker runs it: over a copy of its own, one
 * step after the other, and every way in which it ends. */
#include "director/sequential_manager.h"

#include "director/director_core.h"
#include "director/director_test_support.h"

/* ---- The order of steps
 * -------------------------------------------------------------------------- */

static struct director_execution_plan *load(struct test_world *world, struct test_plan *stored)
{
    struct director_execution_plan *plan = NULL;
    struct director_plan_record record = test_store_record(&world->store, stored);
    assert_int_equal(execution_plan_create(world->director, &record, &plan), DIRECTOR_OK);
    return plan;
}

static void concurrences_are_run_in_the_order_of_their_steps(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan =
        load(world, test_store_add(&world->store, "", "[C [S 5 [C 2]] [S] 4 [S 3]]"));
    static const uint32_t order[] = {5, 2, 4, 3};
    struct sequential_manager manager;
    sequential_manager_init(&manager, plan);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(sequential_manager_next(&manager)->id, order[i]);
    }
    assert_null(sequential_manager_next(&manager));
    assert_null(sequential_manager_next(&manager));
    execution_plan_release(plan);
}

static void what_ended_before_is_run_again_and_what_is_skipped_is_passed_over(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "", "[S 2 3 4 5]");
    test_plan_step(stored, 2)->state = DIRECTOR_STEP_SUCCESS;
    test_plan_step(stored, 3)->state = DIRECTOR_STEP_ERROR;
    test_plan_step(stored, 4)->state = DIRECTOR_STEP_SKIPPED;
    struct director_execution_plan *plan = load(world, stored);
    struct sequential_manager manager;
    sequential_manager_init(&manager, plan);
    expect_moves(world, "1:2 success>pending, 1:3 error>pending");
    expect_calls(world, "");
    assert_int_equal(sequential_manager_next(&manager)->id, 2);
    assert_int_equal(sequential_manager_next(&manager)->id, 3);
    assert_int_equal(sequential_manager_next(&manager)->id, 5);
    assert_null(sequential_manager_next(&manager));
    execution_plan_release(plan);
}

static void a_plan_in_error_runs_none_of_its_finalize_steps(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "2", "[S 3 4]");
    test_plan_step(stored, 2)->state = DIRECTOR_STEP_ERROR;
    struct director_execution_plan *plan = load(world, stored);
    struct sequential_manager manager;
    sequential_manager_init(&manager, plan);
    assert_null(sequential_manager_next(&manager));
    execution_plan_release(plan);
}

static void a_step_that_succeeded_meanwhile_is_passed_over(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan =
        load(world, test_store_add(&world->store, "", "[S 2 3]"));
    struct sequential_manager manager;
    sequential_manager_init(&manager, plan);
    plan->own[1].state = DIRECTOR_STEP_SUCCESS;
    assert_int_equal(sequential_manager_next(&manager)->id, 3);
    execution_plan_release(plan);
}

/* ---- The worker
 * ---------------------------------------------------------------------------------- */

/* Plan 1, whose run is done and whose finalize item is out. */
static struct test_plan *start_finalizing(struct test_world *world, const char *finalize_flow)
{
    struct test_plan *plan = test_store_add(&world->store, "2", finalize_flow);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    (void)test_text_news(&world->store.calls);
    (void)test_text_news(&world->moves);
    return plan;
}

static void each_finalize_step_is_loaded_moved_saved_run_and_saved_again(void **state)
{
    struct test_world *world = *state;
    start_finalizing(world, "[S 12 3]");
    tell(world, "begin 1 finalize", "user code 12");
    expect_calls(world, "load_plan 1, load_action 1:2, save_step 1:12 running");
    assert_int_equal(world->held[0].stop.action_id, 2);
    tell(world, "continue 1 finalize success", "user code 3");
    expect_calls(world, "save_action 1:2, save_step 1:12 success, load_action 1:3, "
                        "save_step 1:3 running");
    tell(world, "continue 1 finalize success", "done");
    expect_calls(world, "save_action 1:3, save_step 1:3 success");
    expect_moves(world, "1:12 pending>running, 1:12 running>success, 1:3 pending>running, "
                        "1:3 running>success");
    expect_plan(world, 1, "running pending: 2 success, 12 pending, 3 pending");
    tell(world, "end 1 finalize", "ok");
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void the_first_error_ends_the_phase(void **state)
{
    struct test_world *world = *state;
    start_finalizing(world, "[C 12 3]");
    tell(world, "begin 1 finalize", "user code 12");
    tell(world, "continue 1 finalize error", "done");
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
}

static void a_finalize_step_that_suspends_is_in_error(void **state)
{
    struct test_world *world = *state;
    start_finalizing(world, "[S 12 3]");
    tell(world, "begin 1 finalize", "user code 12");
    tell(world, "continue 1 finalize suspend", "done");
    expect_moves(world, "1:12 pending>running, 1:12 running>error");
}

static void a_finalize_step_that_was_left_running_crashes(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_finalizing(world, "[S 12 3]");
    test_plan_step(plan, 12)->state = DIRECTOR_STEP_RUNNING;
    tell(world, "begin 1 finalize", "crashed");
    expect_calls(world, "load_plan 1, load_action 1:2");
}

static void a_plan_that_does_not_hold_together_crashes(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_finalizing(world, "[S 12 3]");
    plan->run_flow[0] = 77;
    tell(world, "begin 1 finalize", "crashed");
    expect_calls(world, "load_plan 1");
}

static void an_item_that_was_finalized_twice_brings_the_latest(void **state)
{
    struct test_world *world = *state;
    start_finalizing(world, "[S 12 3]");
    for (int i = 0; i < 2; i++) {
        tell(world, "begin 1 finalize", "user code 12");
        tell(world, "continue 1 finalize success", "user code 3");
        tell(world, i == 0 ? "continue 1 finalize error" : "continue 1 finalize success", "done");
        tell(world, "end 1 finalize", "ok");
    }
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

/* How the nth call of an operation ends the work, for each answer that it may give. */
static void expect_ends(const struct test_world *like, enum test_operation operation, size_t nth)
{
    static const struct {
        enum director_persistence_status answer;
        const char *stop;
    } ends[] = {
        {DIRECTOR_PERSISTENCE_ERROR, "persistence error; ok"},
        {DIRECTOR_PERSISTENCE_LOST, "persistence lost; ok"},
        {DIRECTOR_PERSISTENCE_RAW, "crashed; nothing"},
        {DIRECTOR_PERSISTENCE_MISSING, "crashed; nothing"},
        {DIRECTOR_PERSISTENCE_INCOMPLETE, "crashed; nothing"},
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct test_world *world = test_world_create(like->config.defects);
        assert_non_null(test_world_restart(world));
        start_finalizing(world, "[S 12 3]");
        test_store_fail(&world->store, operation, nth, ends[i].answer, TEST_BEFORE);
        tell(world, "work 1 finalize success success", ends[i].stop);
        assert_int_equal(director_plan_count(world->director), 0);
        void *done = world;
        (void)test_world_teardown(&done);
    }
}

static void every_operation_may_end_the_phase(void **state)
{
    expect_ends(*state, TEST_LOAD_PLAN, 1);
    for (size_t nth = 1; nth <= 2; nth++) {
        expect_ends(*state, TEST_LOAD_ACTION, nth);
        expect_ends(*state, TEST_SAVE_ACTION, nth);
    }
    for (size_t nth = 1; nth <= 4; nth++) {
        expect_ends(*state, TEST_SAVE_STEP, nth);
    }
}

static void faithful_a_crash_loses_what_the_worker_did(void **state)
{
    struct test_world *world = *state;
    start_finalizing(world, "[S 12 3]");
    test_store_fail(&world->store, TEST_SAVE_ACTION, 2, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    tell(world, "work 1 finalize success success", "crashed; nothing");
    expect_resolved(world, "1 fulfilled stopped pending");
}

static void hardened_a_second_crash_keeps_what_the_first_brought(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_finalizing(world, "[S 12 3]");
    test_plan_step(plan, 12)->state = DIRECTOR_STEP_SUCCESS;
    test_plan_action(plan, 3)->gone = true;
    tell(world, "begin 1 finalize", "user code 12");
    tell(world, "continue 1 finalize success", "crashed");
    tell(world, "end 1 finalize", "ok");
    tell(world, "begin 1 finalize", "taken");
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
}

/* ---- Memory
 * -------------------------------------------------------------------------------------- */

static void without_memory_nothing_begins(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_finalizing(world, "[S 12 3]");
    test_plan_requires(plan, 12, 2);
    for (size_t nth = 1; nth <= 3; nth++) { /* the work, the copy, what the action reads */
        world->memory.fail_at = world->memory.requests + nth;
        struct director_work *work = NULL;
        struct director_work_stop stop;
        size_t blocks = world->memory.live_blocks;
        assert_int_equal(
            director_work_begin(world->held[0].item, &world->config.persistence, &work, &stop),
            DIRECTOR_NO_MEMORY);
        assert_null(work);
        assert_int_equal(world->memory.live_blocks, blocks);
    }
    tell(world, "work 1 finalize success success", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void without_memory_between_steps_the_work_ends_as_at_a_persistence_error(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_finalizing(world, "[S 12 3]");
    test_plan_requires(plan, 3, 2); /* the first to read anything */
    tell(world, "begin 1 finalize", "user code 12");
    world->memory.fail_at = world->memory.requests + 1;
    tell(world, "continue 1 finalize success", "persistence error");
    expect_stored(world, 1, "running pending: 2 success, 12 success, 3 pending");
    tell(world, "end 1 finalize", "ok");
    tell(world, "fail 1 finalize", "ok");
    expect_resolved(world, "1 fulfilled running pending");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(concurrences_are_run_in_the_order_of_their_steps),
        WITH_WORLD(what_ended_before_is_run_again_and_what_is_skipped_is_passed_over),
        WITH_WORLD(a_plan_in_error_runs_none_of_its_finalize_steps),
        WITH_WORLD(a_step_that_succeeded_meanwhile_is_passed_over),
        STORY(each_finalize_step_is_loaded_moved_saved_run_and_saved_again),
        STORY(the_first_error_ends_the_phase),
        STORY(a_finalize_step_that_suspends_is_in_error),
        STORY(a_finalize_step_that_was_left_running_crashes),
        STORY(a_plan_that_does_not_hold_together_crashes),
        FAITHFUL(an_item_that_was_finalized_twice_brings_the_latest),
        STORY(every_operation_may_end_the_phase),
        FAITHFUL(faithful_a_crash_loses_what_the_worker_did),
        HARDENED(hardened_a_second_crash_keeps_what_the_first_brought),
        STORY(without_memory_nothing_begins),
        STORY(without_memory_between_steps_the_work_ends_as_at_a_persistence_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
