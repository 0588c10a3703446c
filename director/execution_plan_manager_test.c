/* execution_plan_manager_test.c: the two phases of a plan in execution: how one follows the other,
 * what a finalize item brings back, and reports that fit nothing. */
#include "director/director_test_support.h"

/* ---- Phases ---------------------------------------------------------------------------------- */

static void finalize_follows_when_the_run_is_done(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "[S 12 13]");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "work 1 3 success", "nothing");
    tell(world, "work 1 2 success", "finalize");
    expect_plan(world, 1, "running pending: 2 success, 3 success, 12 pending, 13 pending");
    tell(world, "work 1 finalize success success", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
    expect_stored(world, 1, "stopped success: 2 success, 3 success, 12 success, 13 success");
}

static void finalize_follows_a_run_of_flows_within_flows(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C [S 2 3] [S 4 5]]", "12");
    tell(world, "start 1", "run 2, run 4");
    tell(world, "work 1 2 success", "run 3");
    tell(world, "work 1 4 success", "run 5");
    tell(world, "work 1 3 success", "nothing");
    tell(world, "work 1 5 success", "finalize");
    tell(world, "work 1 finalize success", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void a_plan_without_a_run_begins_with_finalize(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S]", "[S 2 3]");
    tell(world, "start 1", "finalize");
    tell(world, "work 1 finalize success success", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

static void the_finalize_item_goes_to_the_queue_of_the_first_finalize_step(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 13 12]");
    tell(world, "start 1", "run 2");
    assert_int_equal(director_work_item_queue(world->held[0].item), 200);
    tell(world, "done 1 2 success", "finalize");
    const struct director_work_item *item = world->held[0].item;
    assert_int_equal(director_work_item_queue(item), 1300);
    assert_int_equal(director_work_item_step(item), 0);
    assert_int_equal(director_work_item_event(item), 0);
    assert_int_equal(director_work_item_request(item), 0);
    assert_int_equal(director_work_item_step_state(item), DIRECTOR_STEP_PENDING);
}

static void finalize_follows_a_failed_run_as_well(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "finalize");
    tell(world, "work 1 finalize", "nothing"); /* a plan in error finalizes nothing */
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 error, 3 pending, 12 pending");
}

static void a_failed_finalize_step_ends_the_phase(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[C 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    tell(world, "work 1 finalize error", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 success, 12 error, 3 pending");
}

static void a_resumed_plan_runs_its_finalize_steps_again(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12 3 4]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    tell(world, "work 1 finalize success error", "nothing");
    tell(world, "start 1 as 5", "run 2");
    tell(world, "work 1 2", "finalize");
    tell(world, "work 1 finalize success success success", "nothing");
    expect_resolved(world, "1 fulfilled paused error, 5 fulfilled stopped success");
}

static void a_finalize_flow_without_steps_breaks_an_assumption(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S [C]]");
    test_store_add(&world->store, "", "[S [C]]");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "internal");
    tell(world, "start 2", "internal");
}

/* ---- What a finalize item brings back ---------------------------------------------------------
 */

static void a_remote_worker_reports_each_finalize_step(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    tell(world, "report 1 finalize 12 success", "ok");
    tell(world, "report 1 finalize 3 error", "ok");
    expect_plan(world, 1, "running pending: 2 success, 12 pending, 3 pending"); /* not yet told */
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
}

static void a_report_of_what_is_no_finalize_step_breaks_an_assumption(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12]");
    test_store_add(&world->store, "2", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    tell(world, "report 1 finalize 2 error", "ok");
    tell(world, "finish 1 finalize", "internal");
    tell(world, "start 2", "run 2");
    tell(world, "done 2 2 success", "finalize");
    tell(world, "report 2 finalize 99 success", "ok");
    tell(world, "finish 2 finalize", "internal");
}

static void the_workers_copy_may_lack_a_finalize_step(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    /* Somebody changed the plan in the database meanwhile: step 3 is 30 now. */
    plan->row.finalize_flow_length = test_flow_parse("[S 12 30]", plan->finalize_flow);
    plan->steps[3].id = plan->step_ids[3] = 30;
    assert_int_equal(plan->steps[3].kind, DIRECTOR_STEP_FINALIZE);
    tell(world, "work 1 finalize success success", "internal");
}

static void the_workers_copy_may_have_another_kind_of_step(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    plan->row.finalize_flow_length = test_flow_parse("[S 12]", plan->finalize_flow);
    plan->steps[3].kind = DIRECTOR_STEP_RUN;
    tell(world, "work 1 finalize success", "internal");
}

static void faithful_a_finalize_item_that_nobody_worked_on_counts_as_done(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled stopped pending");
}

static void hardened_a_finalize_item_that_nobody_worked_on_is_an_error(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 3 12]");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 pending, 3 error, 12 pending");
}

/* ---- Reports that fit nothing -----------------------------------------------------------------
 */

static void faithful_a_finalize_item_that_comes_twice_breaks_an_assumption(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12]");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "finalize");
    tell(world, "report 1 finalize 12 error", "ok");
    tell(world, "deliver 1 finalize", "nothing");
    tell(world, "start 1 as 5", "run 2");
    tell(world, "deliver 1 finalize", "internal"); /* it is the earlier execution's */
    expect_plan(world, 1, "running error: 2 pending, 12 error");
}

static void faithful_a_step_that_comes_twice_breaks_an_assumption(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S [C 2 3] 4]", "[S 12]");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "report 1 2 success", "ok");
    tell(world, "deliver 1 2", "nothing");
    tell(world, "deliver 1 2", "internal");
    tell(world, "done 1 3 success", "run 4");
    tell(world, "done 1 4 success", "finalize");
    tell(world, "deliver 1 2", "internal"); /* the run phase is done */
    expect_plan(world, 1, "running pending: 2 success, 3 success, 4 success, 12 pending");
}

static void hardened_what_comes_twice_is_ignored(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S [C 2 3] 4]", "[S 12]");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "report 1 2 success", "ok");
    tell(world, "deliver 1 2", "nothing");
    tell(world, "deliver 1 2", "nothing");
    tell(world, "done 1 3 success", "run 4");
    tell(world, "done 1 4 success", "finalize");
    tell(world, "deliver 1 2", "nothing");
    tell(world, "report 1 finalize 12 success", "ok");
    tell(world, "deliver 1 finalize", "nothing");
    tell(world, "deliver 1 finalize", "nothing");
    assert_int_equal(director_counters(world->director).double_reports, 3);
    expect_resolved(world, "1 fulfilled stopped success");
}

static void a_plan_without_a_run_phase_expects_no_step(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "fail 1 2", "ok");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2");
    tell(world, "halt 1", "ok"); /* keeps the item of the second execution for the third */
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    plan->row.run_flow_length = 0; /* somebody changed it in the database */
    tell(world, "start 1 as 6", "finalize");
    tell(world, "report 1 2 success", "ok");
    tell(world, "finish 1 2", "internal");
}

static void faithful_a_stale_report_drives_the_next_execution(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "terminate", "ok");
    world->store.plans[0]->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2");
    tell(world, "report 1 2 success", "ok");
    tell(world, "finish 1 2", "run 3"); /* the first execution's */
    expect_plan(world, 1, "running pending: 2 success, 3 pending");
    tell(world, "done 1 3 success", "nothing");
    expect_resolved(world, "1 fulfilled running pending, 5 fulfilled stopped success");
    tell(world, "work 1 2 success", "nothing");
}

static void hardened_a_stale_report_is_ignored_and_counted(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "terminate", "ok");
    world->store.plans[0]->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2");
    tell(world, "report 1 2 success", "ok");
    tell(world, "finish 1 2", "nothing");
    expect_plan(world, 1, "running pending: 2 pending, 3 pending");
    assert_int_equal(director_counters(world->director).stale_reports, 1);
    tell(world, "done 1 2 success", "run 3");
    tell(world, "done 1 3 success", "nothing");
}

static void stale_items_keep_the_steps_that_they_brought(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "fail 1 2", "ok");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2, run 3");
    tell(world, "report 1 3 suspended", "ok");
    tell(world, "deliver 1 3", "nothing"); /* the new copy holds a step of the old one */
    tell(world, "event 1 3 30", "event 3:30");
    tell(world, "release 1 3", "ok");
    tell(world, "done 1 2 success", "nothing");
    tell(world, "release 1 3", "ok");
    tell(world, "done 1 3 success", "nothing");
    expect_resolved(world, "1 fulfilled running pending, 30 fulfilled, "
                           "5 fulfilled stopped success");
}

/* ---- Crashes ----------------------------------------------------------------------------------
 */

static void faithful_a_step_that_comes_back_as_it_was_counts_as_done(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "finish 1 2", "run 3");
    tell(world, "done 1 3 running", "nothing");
    expect_resolved(world, "1 fulfilled stopped pending");
}

static void hardened_a_step_that_comes_back_as_it_was_is_an_error(void **state)
{
    static const char *const lines[] = {"done 1 2 pending", "done 2 2 running",
                                        "done 3 2 skipping"};
    static const char *const starts[] = {"start 1", "start 2", "start 3"};
    struct test_world *world = *state;
    for (unsigned i = 0; i < 3; i++) {
        test_store_add(&world->store, "[S 2 3]", "");
        tell(world, starts[i], "run 2");
        tell(world, lines[i], "nothing");
        expect_stored(world, i + 1, "paused error: 2 error, 3 pending");
    }
    expect_resolved(world, "1 fulfilled paused error, 2 fulfilled paused error, "
                           "3 fulfilled paused error");
}

static void hardened_a_crash_that_cannot_be_saved_lets_the_plan_go(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "finish 1 2", "nothing");
    expect_resolved(world, "1 fulfilled running pending");
    expect_stored(world, 1, "running pending: 2 pending, 3 pending");
}

static void hardened_a_crash_after_the_step_ended_saves_what_is_missing(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_STEP, 2, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    tell(world, "work 1 2 success", "crashed; run 3");
    expect_stored(world, 1, "running pending: 2 success, 3 pending");
}

static void hardened_a_crash_while_finalizing_is_an_error_of_its_step(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3 4]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_plan_action(plan, 3)->gone = true;
    tell(world, "work 1 finalize success", "crashed; nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 success, 12 success, 3 error, 4 pending");
}

static void hardened_a_crash_after_a_finalize_step_failed_saves_what_is_missing(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_store_fail(&world->store, TEST_SAVE_ACTION, 1, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    tell(world, "work 1 finalize error", "crashed; nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 success, 12 error, 3 pending");
}

static void hardened_a_crash_after_all_finalize_steps_saves_the_last(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_plan_step(plan, 3)->state = DIRECTOR_STEP_SKIPPED;
    test_store_fail(&world->store, TEST_SAVE_ACTION, 1, DIRECTOR_PERSISTENCE_RAW, TEST_AFTER);
    tell(world, "work 1 finalize success", "crashed; nothing");
    expect_resolved(world, "1 fulfilled stopped warning");
    expect_stored(world, 1, "stopped warning: 2 success, 12 success, 3 skipped");
}

static void hardened_a_crash_between_finalize_steps_is_saved_on_both_sides(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_store_fail(&world->store, TEST_SAVE_ACTION, 1, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    tell(world, "work 1 finalize success", "crashed; nothing");
    expect_stored(world, 1, "paused error: 2 success, 12 success, 3 error");
}

static void hardened_a_crash_in_finalize_that_cannot_be_saved_lets_the_plan_go(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_store_fail(&world->store, TEST_SAVE_ACTION, 1, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    test_store_fail(&world->store, TEST_SAVE_STEP, 2, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "work 1 finalize success", "crashed; nothing");
    expect_resolved(world, "1 fulfilled running pending");
    expect_stored(world, 1, "running pending: 2 success, 12 running, 3 pending");
}

static void hardened_a_crash_without_a_copy_is_found_in_the_directors(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_store_fail(&world->store, TEST_LOAD_PLAN, 1, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    tell(world, "work 1 finalize", "crashed; nothing");
    expect_stored(world, 1, "paused error: 2 success, 12 error, 3 pending");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(finalize_follows_when_the_run_is_done),
        STORY(finalize_follows_a_run_of_flows_within_flows),
        STORY(a_plan_without_a_run_begins_with_finalize),
        STORY(the_finalize_item_goes_to_the_queue_of_the_first_finalize_step),
        STORY(finalize_follows_a_failed_run_as_well),
        STORY(a_failed_finalize_step_ends_the_phase),
        STORY(a_resumed_plan_runs_its_finalize_steps_again),
        STORY(a_finalize_flow_without_steps_breaks_an_assumption),
        STORY(a_remote_worker_reports_each_finalize_step),
        STORY(a_report_of_what_is_no_finalize_step_breaks_an_assumption),
        STORY(the_workers_copy_may_lack_a_finalize_step),
        STORY(the_workers_copy_may_have_another_kind_of_step),
        FAITHFUL(faithful_a_finalize_item_that_nobody_worked_on_counts_as_done),
        HARDENED(hardened_a_finalize_item_that_nobody_worked_on_is_an_error),
        FAITHFUL(faithful_a_finalize_item_that_comes_twice_breaks_an_assumption),
        FAITHFUL(faithful_a_step_that_comes_twice_breaks_an_assumption),
        HARDENED(hardened_what_comes_twice_is_ignored),
        FAITHFUL(a_plan_without_a_run_phase_expects_no_step),
        FAITHFUL(faithful_a_stale_report_drives_the_next_execution),
        HARDENED(hardened_a_stale_report_is_ignored_and_counted),
        FAITHFUL(stale_items_keep_the_steps_that_they_brought),
        FAITHFUL(faithful_a_step_that_comes_back_as_it_was_counts_as_done),
        HARDENED(hardened_a_step_that_comes_back_as_it_was_is_an_error),
        HARDENED(hardened_a_crash_that_cannot_be_saved_lets_the_plan_go),
        HARDENED(hardened_a_crash_after_the_step_ended_saves_what_is_missing),
        HARDENED(hardened_a_crash_while_finalizing_is_an_error_of_its_step),
        HARDENED(hardened_a_crash_after_a_finalize_step_failed_saves_what_is_missing),
        HARDENED(hardened_a_crash_after_all_finalize_steps_saves_the_last),
        HARDENED(hardened_a_crash_between_finalize_steps_is_saved_on_both_sides),
        HARDENED(hardened_a_crash_in_finalize_that_cannot_be_saved_lets_the_plan_go),
        HARDENED(hardened_a_crash_without_a_copy_is_found_in_the_directors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
