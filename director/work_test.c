/* work_test.c: the worker's side: what is loaded, moved and saved around user code, and every way
 * in which work ends. Finalizing is in sequential_manager_test.c. */
#include "director/director_test_support.h"

/* Plan 1 is a lone step 2, and its item is out. */
static struct test_plan *start_one(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    (void)test_text_news(&world->store.calls);
    (void)test_text_news(&world->moves);
    return plan;
}

/* ---- Running -----------------------------------------------------------------------------------
 */

static void a_step_is_loaded_moved_saved_run_and_saved_again(void **state)
{
    struct test_world *world = *state;
    start_one(world);
    tell(world, "begin 1 2", "user code 2");
    expect_moves(world, "1:2 pending>running");
    expect_calls(world, "load_action 1:2, "
                        "save_step 1:2 running if pending|suspended|skipping|error");
    assert_int_equal(world->held[0].stop.action_id, 2);
    tell(world, "continue 1 2 success", "done");
    expect_moves(world, "1:2 running>success");
    expect_calls(world, "save_action 1:2, save_step 1:2 success");
    tell(world, "end 1 2", "ok");
    tell(world, "finish 1 2", "nothing");
}

static void user_code_may_fail_or_suspend(void **state)
{
    struct test_world *world = *state;
    start_one(world);
    tell(world, "work 1 2 suspend", "nothing");
    expect_moves(world, "1:2 pending>running, 1:2 running>suspended");
    expect_stored(world, 1, "running pending: 2 suspended");
    tell(world, "event 1 2 20", "event 2:20");
    test_plan_action(world->store.plans[0], 2)->row.accepts_events = true;
    tell(world, "work 1 2 error", "nothing");
    expect_stored(world, 1, "paused error: 2 error");
}

static void a_failed_step_runs_again_from_error(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_one(world);
    tell(world, "work 1 2 error", "nothing");
    assert_int_equal(plan->row.state, DIRECTOR_PLAN_PAUSED);
    tell(world, "start 1 as 5", "run 2");
    (void)test_text_news(&world->moves);
    tell(world, "begin 1 2", "user code 2");
    expect_moves(world, "1:2 error>running");
}

static void a_step_that_ended_well_is_left_alone(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3]", "");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    test_plan_step(plan, 2)->state = DIRECTOR_STEP_SUCCESS;
    test_plan_step(plan, 3)->state = DIRECTOR_STEP_SKIPPED;
    tell(world, "start 1", "run 2, run 3");
    (void)test_text_news(&world->store.calls);
    (void)test_text_news(&world->moves);
    tell(world, "begin 1 2", "done");
    tell(world, "begin 1 3", "done");
    expect_calls(world, "");
    expect_moves(world, "");
}

static void the_action_is_saved_as_it_was_loaded(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4]", "");
    for (int i = 0; i < TEST_REQUIRED_MAX; i++) {
        test_plan_requires(plan, 4, i % 2 == 0 ? 2 : 3);
    }
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "run 3");
    tell(world, "work 1 3 success", "run 4");
    tell(world, "work 1 4 success", "nothing");
    assert_null(strstr(test_text_get(&world->store.calls), "changed"));
}

/* ---- Events ------------------------------------------------------------------------------------
 */

static void an_event_is_handed_to_user_code(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_one(world);
    test_plan_action(plan, 2)->row.accepts_events = true;
    tell(world, "work 1 2 suspend", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    (void)test_text_news(&world->moves);
    tell(world, "begin 1 2", "user code 2 event 20");
    tell(world, "continue 1 2 suspend", "done");
    expect_moves(world, "1:2 suspended>running, 1:2 running>suspended");
    tell(world, "finish 1 2", "nothing");
    expect_resolved(world, "20 fulfilled");
}

static void an_event_for_a_run_that_takes_none_is_an_error(void **state)
{
    struct test_world *world = *state;
    start_one(world);
    tell(world, "work 1 2 suspend", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    (void)test_text_news(&world->store.calls);
    tell(world, "begin 1 2", "done");
    expect_calls(world, "load_action 1:2, "
                        "save_step 1:2 running if pending|suspended|skipping|error, "
                        "save_action 1:2, save_step 1:2 error");
    tell(world, "finish 1 2", "nothing");
}

static void an_event_while_the_step_is_not_suspended_crashes(void **state)
{
    struct test_world *world = *state;
    start_one(world);
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "report 1 2 pending", "ok"); /* somebody moved it */
    tell(world, "begin 1 2", "crashed");
    expect_moves(world, "1:2 pending>suspended, 1:2 suspended>pending");
}

/* ---- Skipping ----------------------------------------------------------------------------------
 */

static struct test_plan *start_skipping(struct test_world *world, bool accepts_events)
{
    struct test_plan *plan = start_one(world);
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_action(plan, 2)->row.accepts_events = accepts_events;
    tell(world, "work 1 2 error", "run 2");
    (void)test_text_news(&world->store.calls);
    (void)test_text_news(&world->moves);
    return plan;
}

static void a_run_that_takes_no_events_is_skipped_without_it(void **state)
{
    struct test_world *world = *state;
    start_skipping(world, false);
    tell(world, "begin 1 2", "done");
    expect_moves(world, "1:2 skipping>skipped");
    expect_calls(world, "load_action 1:2, "
                        "save_step 1:2 skipping if pending|suspended|skipping|error, "
                        "save_action 1:2, save_step 1:2 skipped");
    tell(world, "finish 1 2", "nothing");
    expect_resolved(world, "1 fulfilled stopped warning");
}

static void a_run_that_takes_events_is_asked_to_skip_itself(void **state)
{
    struct test_world *world = *state;
    start_skipping(world, true);
    tell(world, "begin 1 2", "user code 2 skipping");
    tell(world, "continue 1 2 success", "done");
    expect_moves(world, "1:2 skipping>skipped");
    tell(world, "finish 1 2", "nothing");
}

static void a_skip_that_fails_or_suspends_is_an_error(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_skipping(world, true);
    tell(world, "work 1 2 error", "nothing");
    expect_moves(world, "1:2 skipping>error, plan 1 running>paused");
    tell(world, "start 1 as 5", "run 2");
    tell(world, "work 1 2 error", "run 2");
    (void)test_text_news(&world->moves);
    tell(world, "work 1 2 suspend", "nothing");
    expect_moves(world, "1:2 skipping>error, plan 1 running>paused");
    assert_int_equal(plan->row.state, DIRECTOR_PLAN_PAUSED);
}

/* ---- Ways to end --------------------------------------------------------------------------------
 */

static void a_stored_step_in_another_state_must_have_run_before(void **state)
{
    static const enum director_step_state stored[] = {DIRECTOR_STEP_RUNNING, DIRECTOR_STEP_SUCCESS,
                                                      DIRECTOR_STEP_SKIPPED};
    for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
        struct test_world *world = test_world_create(((struct test_world *)*state)->config.defects);
        assert_non_null(test_world_restart(world));
        test_plan_step(start_one(world), 2)->state = stored[i];
        tell(world, "begin 1 2", "done");
        expect_moves(world, "1:2 pending>running, 1:2 running>error");
        expect_calls(world, "load_action 1:2, "
                            "save_step 1:2 running if pending|suspended|skipping|error, "
                            "save_action 1:2, save_step 1:2 error");
        void *done = world;
        (void)test_world_teardown(&done);
    }
}

static void a_step_in_a_state_from_which_none_begins_crashes(void **state)
{
    static const char *const reports[] = {"report 1 2 running", "report 1 2 scheduling",
                                          "report 1 2 cancelled"};
    for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++) {
        struct test_world *world = test_world_create(((struct test_world *)*state)->config.defects);
        assert_non_null(test_world_restart(world));
        start_one(world);
        tell(world, reports[i], "ok");
        tell(world, "begin 1 2", "crashed");
        expect_calls(world, "load_action 1:2");
        void *done = world;
        (void)test_world_teardown(&done);
    }
}

/* How the nth call of an operation ends the work, for each answer it may give. */
static void expect_ends(const struct test_world *like, enum test_operation operation, size_t nth,
                        enum test_moment moment)
{
    static const struct {
        enum director_persistence_status answer;
        const char *stop;
    } ends[] = {
        {DIRECTOR_PERSISTENCE_ERROR, "persistence error; ok"},
        {DIRECTOR_PERSISTENCE_LOST, "persistence lost; ok"},
        {DIRECTOR_PERSISTENCE_RAW, "crashed; "},
        {DIRECTOR_PERSISTENCE_MISSING, "crashed; "},
        {DIRECTOR_PERSISTENCE_INCOMPLETE, "crashed; "},
        {(enum director_persistence_status)77, "crashed; "},
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        struct test_world *world = test_world_create(like->config.defects);
        assert_non_null(test_world_restart(world));
        start_one(world);
        test_store_fail(&world->store, operation, nth, ends[i].answer, moment);
        const char *answer = test_tell(world, "work 1 2 success");
        assert_int_equal(strncmp(answer, ends[i].stop, strlen(ends[i].stop)), 0);
        assert_int_equal(world->store.faults_happened, 1);
        void *done = world;
        (void)test_world_teardown(&done);
    }
}

static void every_operation_of_a_worker_may_end_its_work(void **state)
{
    for (enum test_moment moment = TEST_BEFORE; moment <= TEST_AFTER; moment++) {
        expect_ends(*state, TEST_LOAD_ACTION, 1, moment);
        expect_ends(*state, TEST_SAVE_STEP, 1, moment);
        expect_ends(*state, TEST_SAVE_STEP, 2, moment);
        expect_ends(*state, TEST_SAVE_ACTION, 1, moment);
    }
}

static void a_save_that_matched_no_row_is_none_of_a_workers_business(void **state)
{
    struct test_world *world = *state;
    start_one(world);
    test_store_fail(&world->store, TEST_SAVE_STEP, 2, DIRECTOR_PERSISTENCE_UNMATCHED, TEST_AFTER);
    tell(world, "work 1 2 success", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void a_deleted_plan_ends_the_work_on_its_steps(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_one(world);
    tell(world, "begin 1 2", "user code 2");
    plan->gone = true;
    tell(world, "continue 1 2 success", "persistence error"); /* the action cannot be saved */
    tell(world, "end 1 2", "ok");
    tell(world, "fail 1 2", "ok");
    expect_stored(world, 1, "gone");
}

static void faithful_a_deleted_plan_comes_back_when_its_steps_wait(void **state)
{
    struct test_world *world = *state;
    start_one(world)->gone = true;
    tell(world, "work 1 2", "crashed; nothing");
    expect_resolved(world, "1 fulfilled stopped pending");
    expect_stored(world, 1, "stopped pending");
}

static void hardened_a_deleted_plan_stays_deleted(void **state)
{
    struct test_world *world = *state;
    start_one(world)->gone = true;
    tell(world, "work 1 2", "crashed; nothing");
    expect_resolved(world, "1 rejected missing");
    expect_stored(world, 1, "gone");
}

/* ---- Two workers --------------------------------------------------------------------------------
 */

static void begin_twice(struct test_world *world, struct director_work *works[2],
                        struct director_work_stop stops[2])
{
    start_one(world);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(director_work_begin(world->held[0].item, &world->config.persistence,
                                             &works[i], &stops[i]),
                         DIRECTOR_OK);
    }
    assert_int_equal(stops[0].kind, DIRECTOR_WORK_USER_CODE);
}

static void faithful_two_workers_on_one_item_get_into_each_others_way(void **state)
{
    struct test_world *world = *state;
    struct director_work *works[2];
    struct director_work_stop stops[2];
    begin_twice(world, works, stops);
    assert_int_equal(stops[1].kind, DIRECTOR_WORK_CRASHED); /* the step is running */
    director_work_continue(works[0], DIRECTOR_OUTCOME_SUCCESS, &stops[0]);
    assert_int_equal(stops[0].kind, DIRECTOR_WORK_DONE);
    director_work_end(works[0]);
    director_work_end(works[1]);
}

static void hardened_the_second_worker_is_told_that_the_item_is_taken(void **state)
{
    struct test_world *world = *state;
    struct director_work *works[2];
    struct director_work_stop stops[2];
    begin_twice(world, works, stops);
    assert_int_equal(stops[1].kind, DIRECTOR_WORK_TAKEN);
    assert_null(works[1]);
    director_work_end(works[1]);
    director_work_end(works[0]);
    tell(world, "work 1 2", "taken");
}

static void a_step_that_was_moved_meanwhile_crashes(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3 4]", "");
    tell(world, "start 1", "run 2, run 3, run 4");
    tell(world, "begin 1 2", "user code 2");
    tell(world, "report 1 2 success", "ok");
    tell(world, "continue 1 2 success", "crashed");
    tell(world, "begin 1 3", "user code 3");
    tell(world, "report 1 3 success", "ok");
    tell(world, "continue 1 3 error", "crashed");
    tell(world, "begin 1 4", "user code 4");
    tell(world, "report 1 4 skipped", "ok");
    tell(world, "continue 1 4 suspend", "crashed");
}

/* ---- Memory -------------------------------------------------------------------------------------
 */

static void work_that_finds_no_memory_can_be_begun_again(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_one(world);
    test_plan_requires(plan, 2, 2);
    for (size_t nth = 1; nth <= 2; nth++) {
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
    expect_calls(world, "load_action 1:2");
    expect_moves(world, "");
    tell(world, "work 1 2 success", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void there_is_no_work_on_a_planning_item(void **state)
{
    struct test_world *world = *state;
    tell(world, "planning 1", "planning");
    tell(world, "begin 1 planning", "internal");
    director_work_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_step_is_loaded_moved_saved_run_and_saved_again),
        STORY(user_code_may_fail_or_suspend),
        STORY(a_failed_step_runs_again_from_error),
        STORY(a_step_that_ended_well_is_left_alone),
        STORY(the_action_is_saved_as_it_was_loaded),
        STORY(an_event_is_handed_to_user_code),
        STORY(an_event_for_a_run_that_takes_none_is_an_error),
        STORY(an_event_while_the_step_is_not_suspended_crashes),
        STORY(a_run_that_takes_no_events_is_skipped_without_it),
        STORY(a_run_that_takes_events_is_asked_to_skip_itself),
        STORY(a_skip_that_fails_or_suspends_is_an_error),
        STORY(a_stored_step_in_another_state_must_have_run_before),
        STORY(a_step_in_a_state_from_which_none_begins_crashes),
        STORY(every_operation_of_a_worker_may_end_its_work),
        STORY(a_save_that_matched_no_row_is_none_of_a_workers_business),
        STORY(a_deleted_plan_ends_the_work_on_its_steps),
        FAITHFUL(faithful_a_deleted_plan_comes_back_when_its_steps_wait),
        HARDENED(hardened_a_deleted_plan_stays_deleted),
        FAITHFUL(faithful_two_workers_on_one_item_get_into_each_others_way),
        HARDENED(hardened_the_second_worker_is_told_that_the_item_is_taken),
        STORY(a_step_that_was_moved_meanwhile_crashes),
        STORY(work_that_finds_no_memory_can_be_begun_again),
        STORY(there_is_no_work_on_a_planning_item),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
