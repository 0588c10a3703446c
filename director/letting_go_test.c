/* letting_go_test.c: how plans leave the director before they are done: halted, failed, terminated;
 * what is stored of them then, and who is told. */
#include "director/director_test_support.h"

/* ---- Halt ----------------------------------------------------------------------------------- */

static void a_halted_plan_is_stopped_and_its_work_is_nobodys(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "halt 1", "ok");
    expect_resolved(world, "1 fulfilled stopped pending");
    expect_stored(world, 1, "stopped pending: 2 pending, 3 pending, 12 pending");
    tell(world, "work 1 2 success", "nothing");
    assert_int_equal(director_counters(world->director).stale_reports, 1);
    tell(world, "start 1 as 5", "nothing");
    expect_future(world, 5, "rejected stopped");
}

static void halt_rejects_the_events_in_work(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3 4]", "");
    tell(world, "start 1", "run 2, run 3, run 4");
    tell(world, "done 1 3 suspended", "nothing");
    tell(world, "event 1 3 30", "event 3:30");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "event 1 2 21 alone", "nothing");
    tell(world, "halt 1", "ok");
    expect_resolved(world, "30 rejected terminated, 20 rejected terminated, "
                           "1 fulfilled stopped pending");
    tell(world, "event 1 2 22", "no_manager");
}

static void halt_forgets_the_events_that_wait(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "halt 1", "ok");
    expect_resolved(world, "1 fulfilled stopped pending");
    expect_future(world, 20, "pending");
}

static void hardened_halt_answers_the_events_that_wait(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "event 1 3 30", "nothing");
    tell(world, "event 1 2 21", "nothing");
    tell(world, "event 1 2 22 alone", "nothing");
    tell(world, "halt 1", "ok");
    expect_resolved(world, "20 rejected terminated, 21 rejected terminated, "
                           "30 rejected terminated, 1 fulfilled stopped pending");
}

static void a_halted_plan_with_a_failed_step_is_only_paused(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "work 1 2 error", "nothing");
    tell(world, "halt 1", "ok");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 error, 3 pending");
}

static void hardened_a_halted_plan_is_stopped_whatever_failed(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "work 1 2 error", "nothing");
    tell(world, "halt 1", "ok");
    expect_resolved(world, "1 fulfilled stopped error");
    expect_stored(world, 1, "stopped error: 2 error, 3 pending");
}

static void a_plan_that_is_not_in_execution_is_stopped_where_it_is(void **state)
{
    static const enum director_plan_state moving[] = {
        DIRECTOR_PLAN_PENDING, DIRECTOR_PLAN_SCHEDULED, DIRECTOR_PLAN_PLANNING,
        DIRECTOR_PLAN_PLANNED, DIRECTOR_PLAN_RUNNING,   DIRECTOR_PLAN_PAUSED,
    };
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++) {
        plan->row.state = moving[i];
        tell(world, "halt 1", "ok");
        expect_stored(world, 1, "stopped pending: 2 pending");
    }
    size_t writes = world->store.writes;
    tell(world, "halt 1", "ok"); /* stopped already */
    assert_int_equal(world->store.writes, writes);
}

static void whatever_goes_wrong_halting_a_plan_elsewhere_stays_there(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    tell(world, "halt 9", "ok"); /* no such plan */
    for (int answer = DIRECTOR_PERSISTENCE_ERROR; answer <= DIRECTOR_PERSISTENCE_INCOMPLETE;
         answer++) {
        enum director_persistence_status status = (enum director_persistence_status)answer;
        test_store_fail(&world->store, TEST_LOAD_PLAN, 1, status, TEST_BEFORE);
        tell(world, "halt 1", "ok");
        test_store_fail(&world->store, TEST_SAVE_PLAN, 1, status, TEST_BEFORE);
        tell(world, "halt 1", "ok");
        expect_stored(world, 1, "planned pending: 2 pending");
    }
    plan->run_flow[0] = 77;
    tell(world, "halt 1", "ok"); /* malformed */
    expect_stored(world, 1, "planned pending: 2 pending");
    plan->steps_gone = true;
    tell(world, "halt 1", "ok");
    plan->gone = true;
    tell(world, "halt 1", "ok");
    expect_stored(world, 1, "gone");
    expect_resolved(world, "");
}

static void an_error_in_saving_a_halted_plan_escapes(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "halt 1", "persistence");
    expect_plan(world, 1, "none");
    expect_stored(world, 1, "running pending: 2 pending");
}

static void faithful_a_halt_that_was_not_saved_tells_stopped(void **state)
{
    an_error_in_saving_a_halted_plan_escapes(state);
    expect_resolved((struct test_world *)*state, "1 fulfilled stopped pending");
}

static void hardened_a_halt_that_was_not_saved_tells_running(void **state)
{
    an_error_in_saving_a_halted_plan_escapes(state);
    expect_resolved((struct test_world *)*state, "1 fulfilled running pending");
}

/* ---- Failed work ----------------------------------------------------------------------------- */

static void failed_work_leaves_its_plan_running_for_others_to_find(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    test_store_fail(&world->store, TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "work 1 2", "persistence error; ok");
    expect_resolved(world, "1 fulfilled running pending");
    expect_stored(world, 1, "running pending: 2 pending, 3 pending");
    tell(world, "work 1 3 success", "nothing");
}

/* The database has it running. */
static void hardened_a_step_whose_end_was_not_saved_does_not_count(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    test_store_fail(&world->store, TEST_SAVE_STEP, 2, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "work 1 2 error", "persistence error; ok");
    expect_resolved(world, "1 fulfilled running pending");
    expect_stored(world, 1, "running pending: 2 running, 3 pending");
}

static void failed_work_of_a_plan_in_error_pauses_it(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "work 1 2 error", "nothing");
    tell(world, "fail 1 3", "ok");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 error, 3 pending");
}

static void failed_work_of_a_deleted_plan_stores_nothing(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "work 1 2 error", "nothing");
    plan->gone = true;
    tell(world, "fail 1 3", "ok");
    expect_plan(world, 1, "none");
    expect_stored(world, 1, "gone");
}

static void faithful_the_client_of_a_deleted_plan_is_told_that_it_ran(void **state)
{
    failed_work_of_a_deleted_plan_stores_nothing(state);
    expect_resolved((struct test_world *)*state, "1 fulfilled running error");
}

static void hardened_the_client_of_a_deleted_plan_is_told_that_it_is_gone(void **state)
{
    failed_work_of_a_deleted_plan_stores_nothing(state);
    expect_resolved((struct test_world *)*state, "1 rejected missing");
}

static void failed_work_of_no_plan_is_nobodys(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "fail 1 2", "ok");
    tell(world, "fail 1 3", "ok");
    expect_resolved(world, "1 fulfilled running pending");
    expect_calls(world, "load_plan 1, find_inhibition 1, save_plan 1 running pending, find_plan 1");
    assert_int_equal(director_counters(world->director).stale_reports, 1);
}

static void when_the_look_up_fails_too_its_error_escapes(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_FIND_PLAN, 1, DIRECTOR_PERSISTENCE_LOST, TEST_BEFORE);
    tell(world, "fail 1 2", "persistence_fatal");
}

static void faithful_a_failed_look_up_keeps_the_plan_for_ever(void **state)
{
    struct test_world *world = *state;
    when_the_look_up_fails_too_its_error_escapes(state);
    expect_plan(world, 1, "running pending: 2 pending");
    expect_resolved(world, "");
}

static void hardened_a_failed_look_up_lets_the_plan_go(void **state)
{
    struct test_world *world = *state;
    when_the_look_up_fails_too_its_error_escapes(state);
    expect_plan(world, 1, "none");
    expect_resolved(world, "1 fulfilled running pending");
}

/* The future of an event in work, resolved by somebody else. */
static void somebody_else_resolves_an_event(struct test_world *world)
{
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "event 1 2 21", "nothing");
    tell(world, "event 1 2 22", "nothing");
    world->futures[20].state = DIRECTOR_FUTURE_FULFILLED;
    world->futures[21].state = DIRECTOR_FUTURE_FULFILLED;
}

static void an_event_that_somebody_else_resolved_keeps_a_failed_plan(void **state)
{
    struct test_world *world = *state;
    somebody_else_resolves_an_event(world);
    tell(world, "fail 1 2", "internal");
    expect_plan(world, 1, "running pending: 2 suspended");
    tell(world, "halt 1", "ok");
}

static void hardened_an_event_that_somebody_else_resolved_keeps_nothing(void **state)
{
    struct test_world *world = *state;
    somebody_else_resolves_an_event(world);
    tell(world, "fail 1 2", "internal");
    expect_resolved(world, "22 rejected terminated, 1 fulfilled running pending");
}

static void hardened_a_halt_goes_past_an_event_that_somebody_else_resolved(void **state)
{
    struct test_world *world = *state;
    somebody_else_resolves_an_event(world);
    tell(world, "halt 1", "internal");
    expect_resolved(world, "22 rejected terminated, 1 fulfilled stopped pending");
}

/* ---- Termination ------------------------------------------------------------------------------
 */

static void rescue_nothing(struct test_world *world)
{
    world->config.auto_rescue = false;
    test_world_restart(world);
}

static void termination_lets_every_plan_go_and_stores_what_became_of_it(void **state)
{
    struct test_world *world = *state;
    rescue_nothing(world);
    test_store_add(&world->store, "[C 2 3]", "");
    test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "start 2", "run 2");
    tell(world, "work 1 2 error", "nothing");
    tell(world, "done 2 2 suspended", "nothing");
    tell(world, "event 2 2 20", "event 2:20");
    tell(world, "terminating", "ok");
    tell(world, "terminate", "ok");
    expect_resolved(world, "20 rejected terminated, 1 fulfilled paused error, "
                           "2 fulfilled running pending");
    expect_stored(world, 1, "paused error: 2 error, 3 pending");
    expect_stored(world, 2, "running pending: 2 pending");
    assert_int_equal(director_plan_count(world->director), 0);
    tell(world, "terminate", "ok"); /* nothing is left */
}

static void a_terminated_director_starts_plans_but_rescues_none(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "terminate", "ok");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "nothing");
    /* Hardened, it is left to invalidation, as by a director that died. */
    expect_resolved(world, world->config.defects == 0 ? "1 fulfilled running error"
                                                      : "1 fulfilled paused error");
}

static void three_plans_in_error(struct test_world *world)
{
    for (int i = 0; i < 3; i++) {
        test_store_add(&world->store, "[C 2 3]", "");
    }
    tell(world, "start 1", "run 2, run 3");
    tell(world, "start 2", "run 2, run 3");
    tell(world, "start 3", "run 2, run 3");
    tell(world, "done 1 2 error", "nothing");
    tell(world, "done 2 2 error", "nothing");
    tell(world, "done 3 2 error", "nothing");
}

static void an_error_ends_the_termination(void **state)
{
    struct test_world *world = *state;
    three_plans_in_error(world);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "terminate", "persistence");
    expect_resolved(world, "1 fulfilled paused error");
    assert_int_equal(director_plan_count(world->director), 2);
    tell(world, "terminate", "ok"); /* those that are left */
    expect_resolved(world, "2 fulfilled paused error, 3 fulfilled paused error");
}

static void hardened_an_error_does_not_end_the_termination(void **state)
{
    struct test_world *world = *state;
    rescue_nothing(world);
    three_plans_in_error(world);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 2, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "terminate", "unhandled"); /* the first */
    expect_resolved(world, "1 fulfilled running error, 2 fulfilled running error, "
                           "3 fulfilled paused error");
    assert_int_equal(director_plan_count(world->director), 0);
    expect_stored(world, 1, "running pending: 2 pending, 3 pending");
    expect_stored(world, 3, "paused error: 2 pending, 3 pending");
}

/* Two plans, the first with an event whose future somebody else resolved. */
static void a_resolved_future_trips_the_termination(struct test_world *world)
{
    test_store_add(&world->store, "[C 2 3]", "");
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "start 2", "run 2");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "done 1 3 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "event 1 3 30", "event 3:30");
    world->futures[20].state = DIRECTOR_FUTURE_FULFILLED;
    tell(world, "terminate", "internal");
}

static void faithful_a_resolved_future_ends_the_termination(void **state)
{
    struct test_world *world = *state;
    a_resolved_future_trips_the_termination(world);
    expect_resolved(world, "");
    assert_int_equal(director_plan_count(world->director), 2);
}

static void hardened_a_resolved_future_does_not_end_the_termination(void **state)
{
    struct test_world *world = *state;
    a_resolved_future_trips_the_termination(world);
    expect_resolved(world, "30 rejected terminated, 1 fulfilled running pending, "
                           "2 fulfilled running pending");
    assert_int_equal(director_plan_count(world->director), 0);
}

/* ---- The last save ----------------------------------------------------------------------------
 */

static void the_last_save_fails(struct test_world *world)
{
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "work 1 2 success", "persistence");
    expect_plan(world, 1, "none");
    expect_stored(world, 1, "running pending: 2 success");
}

static void faithful_a_plan_that_was_not_saved_is_told_stopped(void **state)
{
    the_last_save_fails(*state);
    expect_resolved((struct test_world *)*state, "1 fulfilled stopped success");
}

static void hardened_a_plan_that_was_not_saved_is_told_running(void **state)
{
    the_last_save_fails(*state);
    expect_resolved((struct test_world *)*state, "1 fulfilled running success");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_halted_plan_is_stopped_and_its_work_is_nobodys),
        STORY(halt_rejects_the_events_in_work),
        FAITHFUL(halt_forgets_the_events_that_wait),
        HARDENED(hardened_halt_answers_the_events_that_wait),
        FAITHFUL(a_halted_plan_with_a_failed_step_is_only_paused),
        HARDENED(hardened_a_halted_plan_is_stopped_whatever_failed),
        STORY(a_plan_that_is_not_in_execution_is_stopped_where_it_is),
        STORY(whatever_goes_wrong_halting_a_plan_elsewhere_stays_there),
        FAITHFUL(faithful_a_halt_that_was_not_saved_tells_stopped),
        HARDENED(hardened_a_halt_that_was_not_saved_tells_running),
        STORY(failed_work_leaves_its_plan_running_for_others_to_find),
        HARDENED(hardened_a_step_whose_end_was_not_saved_does_not_count),
        STORY(failed_work_of_a_plan_in_error_pauses_it),
        FAITHFUL(faithful_the_client_of_a_deleted_plan_is_told_that_it_ran),
        HARDENED(hardened_the_client_of_a_deleted_plan_is_told_that_it_is_gone),
        STORY(failed_work_of_no_plan_is_nobodys),
        FAITHFUL(faithful_a_failed_look_up_keeps_the_plan_for_ever),
        HARDENED(hardened_a_failed_look_up_lets_the_plan_go),
        FAITHFUL(an_event_that_somebody_else_resolved_keeps_a_failed_plan),
        HARDENED(hardened_an_event_that_somebody_else_resolved_keeps_nothing),
        HARDENED(hardened_a_halt_goes_past_an_event_that_somebody_else_resolved),
        STORY(termination_lets_every_plan_go_and_stores_what_became_of_it),
        STORY(a_terminated_director_starts_plans_but_rescues_none),
        FAITHFUL(an_error_ends_the_termination),
        HARDENED(hardened_an_error_does_not_end_the_termination),
        FAITHFUL(faithful_a_resolved_future_ends_the_termination),
        HARDENED(hardened_a_resolved_future_does_not_end_the_termination),
        FAITHFUL(faithful_a_plan_that_was_not_saved_is_told_stopped),
        HARDENED(hardened_a_plan_that_was_not_saved_is_told_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
