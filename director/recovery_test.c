/* recovery_test.c: what is done about a plan that was left in execution by a world that died. */
#include "director/director_test_support.h"

struct recovered {
    struct director_recovery *recovery;
    bool in_error;
    enum director_plan_state state;
    bool loaded;
};

static enum director_status begin(struct test_world *world, struct recovered *recovered)
{
    struct director_plan_id id = test_plan_id(1);
    *recovered = (struct recovered){0};
    return director_recovery_begin(world->director, &id, &recovered->recovery, &recovered->in_error,
                                   &recovered->state, &recovered->loaded);
}

/* Plan 1 as a dead world left it: 2 succeeded, 3 was running, 4 had not begun. */
static struct test_plan *left_behind(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4]", "");
    plan->row.state = DIRECTOR_PLAN_RUNNING;
    test_plan_step(plan, 2)->state = DIRECTOR_STEP_SUCCESS;
    test_plan_step(plan, 3)->state = DIRECTOR_STEP_RUNNING;
    return plan;
}

static void running_steps_are_in_error_and_a_running_plan_is_paused(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    left_behind(world);
    assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
    assert_true(recovered.loaded);
    assert_true(recovered.in_error);
    assert_int_equal(recovered.state, DIRECTOR_PLAN_PAUSED);
    expect_calls(world, "load_plan 1, save_step 1:3 error, save_plan 1 paused error, "
                        "save_plan 1 paused error");
    expect_moves(world, "1:3 running>error, plan 1 running>paused");
    expect_stored(world, 1, "paused error: 2 success, 3 error, 4 pending");
    assert_int_equal(director_plan_count(world->director), 0);
    director_recovery_end(recovered.recovery);
    director_recovery_end(NULL);
}

static void a_finalize_step_that_was_running_is_in_error_too(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 13]");
    plan->row.state = DIRECTOR_PLAN_RUNNING;
    test_plan_step(plan, 2)->state = DIRECTOR_STEP_SUCCESS;
    test_plan_step(plan, 12)->state = DIRECTOR_STEP_RUNNING;
    assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
    assert_true(recovered.in_error);
    expect_stored(world, 1, "paused error: 2 success, 12 error, 13 pending");
    director_recovery_end(recovered.recovery);
}

static void a_plan_that_is_not_running_stays_as_it_is(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    test_store_add(&world->store, "2", "")->row.state = DIRECTOR_PLAN_STOPPED;
    assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
    assert_false(recovered.in_error);
    assert_int_equal(recovered.state, DIRECTOR_PLAN_STOPPED);
    expect_calls(world, "load_plan 1, save_plan 1 stopped pending");
    assert_int_equal(director_recovery_stop(recovered.recovery), DIRECTOR_INTERNAL);
    director_recovery_end(recovered.recovery);
}

static void a_plan_of_skip_is_prepared_to_go_on(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_NONE;
    struct test_plan *plan = left_behind(world);
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 4, 3);
    assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
    assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_OK);
    assert_int_equal(strategy, DIRECTOR_RESCUE_SKIP);
    director_recovery_end(recovered.recovery);
    expect_stored(world, 1, "paused warning: 2 success, 3 skipping, 4 skipped");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2", "run 3");
    tell(world, "work 1 3", "run 4");
    tell(world, "work 1 4", "nothing");
    expect_resolved(world, "1 fulfilled stopped warning");
}

static void plans_of_pause_and_fail_are_left_to_their_world(void **state)
{
    static const enum director_rescue_strategy strategies[] = {DIRECTOR_RESCUE_PAUSE,
                                                               DIRECTOR_RESCUE_FAIL};
    struct test_world *world = *state;
    struct test_plan *plan = left_behind(world);
    for (size_t i = 0; i < 2; i++) {
        struct recovered recovered;
        enum director_rescue_strategy strategy = DIRECTOR_RESCUE_NONE;
        test_plan_rescues(plan, 3, strategies[i]);
        assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
        assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_OK);
        assert_int_equal(strategy, strategies[i]);
        expect_stored(world, 1, "paused error: 2 success, 3 error, 4 pending");
        if (strategy == DIRECTOR_RESCUE_FAIL) {
            assert_int_equal(director_recovery_stop(recovered.recovery), DIRECTOR_OK);
            expect_stored(world, 1, "stopped error: 2 success, 3 error, 4 pending");
        }
        director_recovery_end(recovered.recovery);
    }
}

static void what_cannot_be_loaded_is_not_recovered(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    struct test_plan *plan = left_behind(world);
    static const enum director_status statuses[] = {
        [DIRECTOR_PERSISTENCE_ERROR] = DIRECTOR_PERSISTENCE,
        [DIRECTOR_PERSISTENCE_LOST] = DIRECTOR_PERSISTENCE_FATAL,
        [DIRECTOR_PERSISTENCE_RAW] = DIRECTOR_UNHANDLED,
        [DIRECTOR_PERSISTENCE_MISSING] = DIRECTOR_MISSING,
        [DIRECTOR_PERSISTENCE_INCOMPLETE] = DIRECTOR_INTERNAL,
        [DIRECTOR_PERSISTENCE_UNMATCHED] = DIRECTOR_INTERNAL, /* load_plan must not say so */
    };
    for (int answer = DIRECTOR_PERSISTENCE_ERROR; answer <= DIRECTOR_PERSISTENCE_UNMATCHED;
         answer++) {
        test_store_fail(&world->store, TEST_LOAD_PLAN, 1, (enum director_persistence_status)answer,
                        TEST_BEFORE);
        assert_int_equal(begin(world, &recovered), statuses[answer]);
        assert_false(recovered.loaded);
        assert_null(recovered.recovery);
    }
    plan->run_flow[1] = 77;
    assert_int_equal(begin(world, &recovered), DIRECTOR_INTERNAL);
    assert_false(recovered.loaded);
    assert_int_equal(world->store.writes, 0);
}

static void what_cannot_be_saved_is_loaded_but_not_recovered(void **state)
{
    static const struct {
        enum test_operation operation;
        size_t nth;
    } saves[] = {{TEST_SAVE_STEP, 1}, {TEST_SAVE_PLAN, 1}, {TEST_SAVE_PLAN, 2}};
    struct test_world *world = *state;
    struct test_plan *plan = left_behind(world);
    for (size_t i = 0; i < sizeof(saves) / sizeof(saves[0]); i++) {
        struct recovered recovered;
        plan->row.state = DIRECTOR_PLAN_RUNNING;
        test_plan_step(plan, 3)->state = DIRECTOR_STEP_RUNNING;
        test_store_fail(&world->store, saves[i].operation, saves[i].nth, DIRECTOR_PERSISTENCE_LOST,
                        TEST_BEFORE);
        assert_int_equal(begin(world, &recovered), DIRECTOR_PERSISTENCE_FATAL);
        assert_true(recovered.loaded);
        assert_null(recovered.recovery);
    }
}

static void errors_of_the_rescue_are_answered_and_it_can_be_tried_again(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_NONE;
    test_plan_rescues(left_behind(world), 3, DIRECTOR_RESCUE_SKIP);
    assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
    test_store_fail(&world->store, TEST_LOAD_ACTION, 2, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_PERSISTENCE);
    assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_OK);
    assert_int_equal(strategy, DIRECTOR_RESCUE_SKIP);
    director_recovery_end(recovered.recovery);
}

static void a_recovery_may_go_on_beside_plans_in_execution(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_NONE;
    test_plan_rescues(left_behind(world), 3, DIRECTOR_RESCUE_SKIP);
    test_store_add(&world->store, "[C 2 3 4 5 6 7 8 9]", "");
    assert_int_equal(begin(world, &recovered), DIRECTOR_OK);
    tell(world, "start 2", "run 2, run 3, run 4, run 5, run 6, run 7, run 8, run 9");
    assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_OK);
    tell(world, "done 2 2 success", "nothing");
    expect_plan(world, 2,
                "running pending: 2 success, 3 pending, 4 pending, 5 pending, 6 pending, "
                "7 pending, 8 pending, 9 pending");
    director_recovery_end(recovered.recovery);
}

static void without_memory_nothing_is_recovered_and_nothing_written(void **state)
{
    struct test_world *world = *state;
    struct recovered recovered;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_NONE;
    test_plan_rescues(left_behind(world), 3, DIRECTOR_RESCUE_SKIP);
    size_t blocks = world->memory.live_blocks;
    enum director_status status = DIRECTOR_NO_MEMORY;
    size_t refusals = 0;
    for (size_t nth = 1; status == DIRECTOR_NO_MEMORY; nth++) {
        world->memory.fail_at = world->memory.requests + nth;
        status = begin(world, &recovered);
        if (status == DIRECTOR_NO_MEMORY) {
            refusals++;
            assert_false(recovered.loaded);
            assert_null(recovered.recovery);
            assert_int_equal(world->store.writes, 0);
            assert_true(world->memory.live_blocks >= blocks);
        }
    }
    assert_int_equal(status, DIRECTOR_OK);
    assert_true(refusals >= 5);
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 2", "run 2, run 3"); /* uses up what was set aside */
    world->memory.fail_at = world->memory.requests + 1;
    size_t writes = world->store.writes;
    assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_NO_MEMORY);
    assert_int_equal(world->store.writes, writes);
    assert_int_equal(director_recovery_rescue(recovered.recovery, &strategy), DIRECTOR_OK);
    director_recovery_end(recovered.recovery);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(running_steps_are_in_error_and_a_running_plan_is_paused),
        STORY(a_finalize_step_that_was_running_is_in_error_too),
        STORY(a_plan_that_is_not_running_stays_as_it_is),
        STORY(a_plan_of_skip_is_prepared_to_go_on),
        STORY(plans_of_pause_and_fail_are_left_to_their_world),
        STORY(what_cannot_be_loaded_is_not_recovered),
        STORY(what_cannot_be_saved_is_loaded_but_not_recovered),
        STORY(errors_of_the_rescue_are_answered_and_it_can_be_tried_again),
        STORY(a_recovery_may_go_on_beside_plans_in_execution),
        STORY(without_memory_nothing_is_recovered_and_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
