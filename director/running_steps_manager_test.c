/* running_steps_manager_test.c: events: which of them reach a step, when, in what order, and what
 * becomes of those that do not. */
#include "director/director_test_support.h"

static void an_event_wakes_a_suspended_step(void **state)
{
    struct test_world *world = *state;
    test_plan_action(test_store_add(&world->store, "[S 2 3]", ""), 2)->row.accepts_events = true;
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 suspend", "nothing");
    expect_stored(world, 1, "running pending: 2 suspended, 3 pending");
    tell(world, "event 1 2 20", "event 2:20");
    expect_future(world, 20, "pending");
    tell(world, "work 1 2 success", "run 3");
    expect_future(world, 20, "fulfilled");
}

static void an_event_item_tells_what_happened_and_who_asked(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    assert_int_equal(director_work_item_event(world->held[0].item), 0);
    assert_int_equal(director_work_item_request(world->held[0].item), 0);
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    assert_int_equal(director_work_item_event(world->held[0].item), 20);
    assert_int_equal(director_work_item_request(world->held[0].item), 20);
    assert_int_equal(director_work_item_queue(world->held[0].item), 200);
    assert_int_equal(director_work_item_step_state(world->held[0].item), DIRECTOR_STEP_SUSPENDED);
}

static void an_event_before_the_suspension_waits_for_it(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "done 1 2 suspended", "event 2:20");
    tell(world, "done 1 2 success", "run 3");
    expect_resolved(world, "20 fulfilled");
}

static void several_events_are_handed_over_one_by_one(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "event 1 2 21", "nothing");
    tell(world, "done 1 2 suspended", "event 2:20");
    tell(world, "event 1 2 22", "nothing");
    tell(world, "done 1 2 suspended", "event 2:21");
    tell(world, "done 1 2 suspended", "event 2:22");
    tell(world, "done 1 2 suspended", "nothing");
    expect_resolved(world, "20 fulfilled, 21 fulfilled, 22 fulfilled");
    tell(world, "event 1 2 23", "event 2:23");
    tell(world, "done 1 2 success", "nothing");
    expect_resolved(world, "23 fulfilled, 1 fulfilled stopped success");
}

static void events_of_different_steps_do_not_wait_for_each_other(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "event 1 3 30", "nothing");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "done 1 3 suspended", "event 3:30");
    tell(world, "done 1 2 success", "nothing");
    tell(world, "done 1 3 success", "nothing");
    expect_resolved(world, "20 fulfilled, 30 fulfilled, 1 fulfilled stopped success");
}

static void what_waits_for_a_step_that_ended_is_dropped_in_order(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "event 1 2 21 alone", "nothing");
    tell(world, "event 1 2 22", "nothing");
    tell(world, "done 1 2 suspended", "event 2:20");
    tell(world, "event 1 2 23", "nothing");
    tell(world, "done 1 2 success", "run 3");
    expect_resolved(world, "20 fulfilled, 22 rejected dropped, 23 rejected dropped");
}

static void a_failed_step_drops_its_events_as_well(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "done 1 2 error", "nothing");
    expect_resolved(world, "20 rejected dropped, 1 fulfilled paused error");
}

static void a_step_not_in_execution_takes_no_event(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 3 20", "nothing");  /* its turn has not come */
    tell(world, "event 1 12 21", "nothing"); /* it takes none */
    tell(world, "event 1 1 22", "nothing");
    tell(world, "event 1 99 23", "nothing"); /* it is not there */
    tell(world, "event 1 0 24", "nothing");
    tell(world, "event 1 3 25 alone", "nothing");
    tell(world, "done 1 2 success", "run 3");
    tell(world, "event 1 2 26", "nothing"); /* it is done */
    expect_resolved(world, "20 rejected not_suspended, 21 rejected not_suspended, "
                           "22 rejected not_suspended, 23 rejected not_suspended, "
                           "24 rejected not_suspended, 26 rejected not_suspended");
}

static void a_plan_not_in_execution_takes_no_event(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "event 1 2 20", "no_manager");
    tell(world, "event 1 2 21 optional", "nothing");
    tell(world, "event 1 2 22 alone", "no_manager");
    tell(world, "event 1 2 23 optional alone", "nothing");
    expect_resolved(world, "20 rejected no_manager, 21 rejected no_manager");
    tell(world, "event 1 2 20", "internal"); /* it has its answer */
    tell(world, "event 1 2 21 optional", "internal");
    expect_resolved(world, "");
}

static void an_event_without_a_future_does_its_work(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20 alone", "nothing");
    tell(world, "event 1 2 21 alone", "nothing");
    tell(world, "done 1 2 suspended", "event 2:20");
    tell(world, "done 1 2 success", "run 3");
    expect_resolved(world, "");
}

static void an_event_whose_future_is_resolved_already_breaks_the_work(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    world->futures[20].state = DIRECTOR_FUTURE_FULFILLED; /* somebody else answered it */
    tell(world, "done 1 2 success", "internal");
    expect_resolved(world, "");
    expect_plan(world, 1, "running pending: 2 success, 3 pending");
}

static void resolved_futures_break_whatever_they_wait_in(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    world->futures[20].state = DIRECTOR_FUTURE_FULFILLED;
    tell(world, "done 1 2 success", "internal"); /* it would have been dropped */
    tell(world, "start 2", "run 2");
    tell(world, "done 2 2 suspended", "nothing");
    tell(world, "event 2 2 21", "event 2:21");
    tell(world, "event 2 2 21", "nothing"); /* the same future again, for a double report */
    world->futures[21].state = DIRECTOR_FUTURE_FULFILLED;
    tell(world, "halt 2", "internal");
    expect_plan(world, 2, "running pending: 2 suspended");
}

static void a_lost_step_leaves_its_queued_work_to_be_dropped(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "deliver 1 2", "run 3"); /* pending: a crash, and counts as a success */
    expect_resolved(world, "20 rejected dropped");
}

/* ---- Two events of one request --------------------------------------------------------------- */

static void two_events_of_one_request(struct test_world *world)
{
    struct director_work_items items;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    struct director_event again = {.plan = test_plan_id(1),
                                   .step_id = 2,
                                   .request_id = 20,
                                   .event = 21,
                                   .result = &world->futures[21]};
    assert_int_equal(director_handle_event(world->director, &again, &items), DIRECTOR_OK);
    tell(world, "done 1 2 suspended", "event 2:20");
    tell(world, "done 1 2 suspended", "event 2:21");
    tell(world, "done 1 2 success", "nothing");
}

static void of_two_events_with_one_request_the_first_is_forgotten(void **state)
{
    struct test_world *world = *state;
    two_events_of_one_request(world);
    expect_resolved(world, "21 fulfilled, 1 fulfilled stopped success");
    expect_future(world, 20, "pending");
}

static void hardened_each_event_answers_its_own_future(void **state)
{
    struct test_world *world = *state;
    two_events_of_one_request(world);
    expect_resolved(world, "20 fulfilled, 21 fulfilled, 1 fulfilled stopped success");
}

/* ---- Reports that come twice ----------------------------------------------------------------- */

static void a_second_report_acknowledges_an_event_that_nobody_took(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "event 1 2 21", "nothing");
    tell(world, "report 1 2 suspended", "ok");
    tell(world, "deliver 1 2", "event 2:20");
    tell(world, "deliver 1 2", "event 2:21"); /* the run item, once more */
    expect_resolved(world, "20 fulfilled");
    tell(world, "report 1 2 success", "ok");
    tell(world, "finish 1 2", "nothing");
    expect_resolved(world, "21 fulfilled, 1 fulfilled stopped success");
}

static void hardened_a_second_report_is_ignored_and_counted(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "event 1 2 20", "nothing");
    tell(world, "report 1 2 suspended", "ok");
    tell(world, "deliver 1 2", "event 2:20");
    tell(world, "deliver 1 2", "nothing");
    tell(world, "fail 1 2", "ok");
    expect_resolved(world, "");
    assert_int_equal(director_counters(world->director).double_reports, 2);
    assert_int_equal(director_counters(world->director).stale_reports, 0);
    tell(world, "done 1 2 success", "nothing");
    expect_resolved(world, "20 fulfilled, 1 fulfilled stopped success");
}

static void an_item_that_user_code_never_got_rejects_its_event(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    test_plan_action(plan, 2)->gone = true;
    tell(world, "work 1 2", "crashed; nothing");
    expect_resolved(world, "20 rejected broken, 1 fulfilled paused error");
}

static void faithful_an_event_that_crashed_is_acknowledged(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    test_plan_action(plan, 2)->gone = true;
    tell(world, "work 1 2", "crashed; nothing");
    expect_resolved(world, "20 fulfilled");
    expect_plan(world, 1, "running pending: 2 suspended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_event_wakes_a_suspended_step),
        STORY(an_event_item_tells_what_happened_and_who_asked),
        STORY(an_event_before_the_suspension_waits_for_it),
        STORY(several_events_are_handed_over_one_by_one),
        STORY(events_of_different_steps_do_not_wait_for_each_other),
        STORY(what_waits_for_a_step_that_ended_is_dropped_in_order),
        STORY(a_failed_step_drops_its_events_as_well),
        STORY(a_step_not_in_execution_takes_no_event),
        STORY(a_plan_not_in_execution_takes_no_event),
        STORY(an_event_without_a_future_does_its_work),
        FAITHFUL(an_event_whose_future_is_resolved_already_breaks_the_work),
        FAITHFUL(resolved_futures_break_whatever_they_wait_in),
        FAITHFUL(a_lost_step_leaves_its_queued_work_to_be_dropped),
        FAITHFUL(of_two_events_with_one_request_the_first_is_forgotten),
        HARDENED(hardened_each_event_answers_its_own_future),
        FAITHFUL(a_second_report_acknowledges_an_event_that_nobody_took),
        HARDENED(hardened_a_second_report_is_ignored_and_counted),
        HARDENED(an_item_that_user_code_never_got_rejects_its_event),
        FAITHFUL(faithful_an_event_that_crashed_is_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
