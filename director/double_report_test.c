/* double_report_test.c: how far a faithful director goes astray when work is reported twice, or too
 * late: two items of one step at once, plans that are halted and stay. Nothing may break on the
 * way, whichever of its defects are mended. */
#include "director/director_test_support.h"

/* A director with these defects, in place of the test's own. */
static void mend_all_but(struct test_world *world, uint64_t defects)
{
    world->config.defects = defects;
    assert_non_null(test_world_restart(world));
}

/* ---- Two items of one step ----------------------------------------------------------------------
 */

/* 2 is reported once more, as suspended, when the plan is past it, and gets an event. Then 3 fails
 * and is rescued, so that 2 is handed out again. */
static void two_items_of_one_step(struct test_world *world)
{
    test_plan_rescues(test_store_add(&world->store, "[S 2 3]", ""), 3, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    tell(world, "report 1 2 success", "ok");
    tell(world, "deliver 1 2", "run 3");
    tell(world, "report 1 2 suspended", "ok");
    tell(world, "finish 1 2", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "done 1 3 error", "run 2");
    tell(world, "event 1 2 21", "nothing");
}

static void an_event_may_come_to_stand_behind_a_run(void **state)
{
    struct test_world *world = *state;
    two_items_of_one_step(world);
    tell(world, "finish 1 2", "event 2:21"); /* the event; the run is still out */
    expect_resolved(world, "20 fulfilled");
    tell(world, "report 1 2 success", "ok");
    tell(world, "finish 1 2", "run 3"); /* the run: the event is dropped, though it is out */
    expect_resolved(world, "21 rejected dropped");
    tell(world, "finish 1 2", "internal");
}

static void an_event_that_somebody_else_resolved_cannot_be_dropped(void **state)
{
    struct test_world *world = *state;
    two_items_of_one_step(world);
    tell(world, "finish 1 2", "event 2:21");
    world->futures[21].state = DIRECTOR_FUTURE_FULFILLED;
    tell(world, "report 1 2 success", "ok");
    tell(world, "finish 1 2", "internal");
}

static void a_halt_answers_events_behind_several_items(void **state)
{
    struct test_world *world = *state;
    mend_all_but(world, DIRECTOR_DEFECTS_ALL &
                            ~DIRECTOR_DEFECT_BIT(DIRECTOR_DEFECT_QUEUED_EVENTS_FORGOTTEN));
    two_items_of_one_step(world);
    tell(world, "halt 1", "ok");
    expect_resolved(world, "20 rejected terminated, 21 rejected terminated, "
                           "1 fulfilled stopped warning");
}

/* ---- Plans that are halted and stay
 * --------------------------------------------------------------- */

static void halted_and_still_there(struct test_world *world)
{
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "event 1 2 21", "nothing");
    world->futures[20].state = DIRECTOR_FUTURE_FULFILLED; /* somebody else answered it */
    tell(world, "halt 1", "internal");
    expect_plan(world, 1, "running pending: 2 suspended, 3 pending");
}

static void a_plan_that_is_done_hands_out_nothing(void **state)
{
    struct test_world *world = *state;
    halted_and_still_there(world);
    tell(world, "finish 1 2", "nothing"); /* not the event that waits */
    expect_resolved(world, "1 fulfilled stopped pending");
}

static void a_halted_plan_goes_with_its_next_step(void **state)
{
    struct test_world *world = *state;
    halted_and_still_there(world);
    tell(world, "done 1 2 success", "nothing");
    expect_resolved(world, "21 rejected dropped, 1 fulfilled stopped pending");
}

/* ---- Items of plans that changed
 * ------------------------------------------------------------------ */

static void an_item_of_a_step_that_the_plan_lost_breaks_an_assumption(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    tell(world, "halt 1", "ok");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    plan->steps[1].id = plan->step_ids[1] = plan->run_flow[1] = 7; /* somebody numbered it anew */
    tell(world, "start 1 as 5", "run 7");
    tell(world, "finish 1 2", "internal");
    expect_plan(world, 1, "running pending: 7 pending, 3 pending");
}

/* ---- Some defects mended, and others not
 * ----------------------------------------------------------- */

static void a_second_worker_that_crashes_adds_nothing_to_the_first(void **state)
{
    struct test_world *world = *state;
    mend_all_but(world, DIRECTOR_DEFECT_BIT(DIRECTOR_DEFECT_ITEM_WORKED_ON_TWICE));
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    test_plan_action(plan, 3)->gone = true;
    for (int i = 0; i < 2; i++) {
        tell(world, "begin 1 finalize", "user code 12");
        tell(world, "continue 1 finalize success", "crashed");
        tell(world, "end 1 finalize", "ok");
    }
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 success, 12 success, 3 error");
}

static void a_plan_that_moved_unsaved_is_let_go_as_it_is(void **state)
{
    struct test_world *world = *state;
    mend_all_but(world, DIRECTOR_DEFECTS_ALL &
                            ~DIRECTOR_DEFECT_BIT(DIRECTOR_DEFECT_ESCAPED_ERROR_KEEPS_MANAGER));
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "done 1 2 error", "persistence");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "running pending: 2 pending");
}

/* ---- Two workers with one item --------------------------------------------------------------- */

static void what_is_still_in_user_code_is_finished_by_nobody(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "begin 1 2", "user code 2");
    uint64_t before = director_counters(world->director).double_reports;
    tell(world, "deliver 1 2", "nothing");
    assert_int_equal(director_counters(world->director).double_reports, before + 1);
    tell(world, "continue 1 2 success", "done");
    tell(world, "end 1 2", "ok");
    tell(world, "finish 1 2", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

/* The first worker ends while the second one is in user code: the item is in somebody's hands. */
static void a_worker_that_ends_leaves_the_item_in_the_hands_of_another(void **state)
{
    struct test_world *world = *state;
    struct director_work_stop stop;
    struct director_work *first;
    struct director_work *second;
    mend_all_but(world, DIRECTOR_DEFECT_BIT(DIRECTOR_DEFECT_ITEM_WORKED_ON_TWICE));
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    struct director_work_item *item = world->held[0].item;
    const struct director_persistence *persistence = &world->config.persistence;
    assert_int_equal(director_work_begin(item, persistence, &first, &stop), DIRECTOR_OK);
    director_work_continue(first, DIRECTOR_OUTCOME_SUSPEND, &stop);
    assert_int_equal(director_work_begin(item, persistence, &second, &stop), DIRECTOR_OK);
    assert_int_equal(stop.kind, DIRECTOR_WORK_USER_CODE);
    director_work_end(first);
    tell(world, "deliver 1 2", "nothing");
    expect_plan(world, 1, "running pending: 2 running");
    director_work_continue(second, DIRECTOR_OUTCOME_SUCCESS, &stop);
    director_work_end(second);
    tell(world, "finish 1 2", "nothing");
    expect_plan(world, 1, "none");
}

/* A finalize item whose worker could not save its step, and is about to say so. */
static void finalize_that_failed(struct test_world *world)
{
    test_store_add(&world->store, "2", "12");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    tell(world, "begin 1 finalize", "user code 12");
    test_store_fail(&world->store, TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "continue 1 finalize success", "persistence error");
    tell(world, "end 1 finalize", "ok");
}

static void a_finalize_item_whose_worker_failed_is_finished_by_nobody(void **state)
{
    struct test_world *world = *state;
    finalize_that_failed(world);
    uint64_t before = director_counters(world->director).double_reports;
    tell(world, "deliver 1 finalize", "nothing");
    assert_int_equal(director_counters(world->director).double_reports, before + 1);
    expect_resolved(world, "");
    tell(world, "fail 1 finalize", "ok");
    expect_plan(world, 1, "none");
}

static void a_finalize_item_that_another_worker_reports_is_finished(void **state)
{
    struct test_world *world = *state;
    finalize_that_failed(world);
    tell(world, "report 1 finalize 12 success", "ok");
    tell(world, "finish 1 finalize", "nothing");
    expect_resolved(world, "1 fulfilled stopped success");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAITHFUL(an_event_may_come_to_stand_behind_a_run),
        FAITHFUL(an_event_that_somebody_else_resolved_cannot_be_dropped),
        WITH_WORLD(a_halt_answers_events_behind_several_items),
        FAITHFUL(a_plan_that_is_done_hands_out_nothing),
        FAITHFUL(a_halted_plan_goes_with_its_next_step),
        FAITHFUL(an_item_of_a_step_that_the_plan_lost_breaks_an_assumption),
        WITH_WORLD(a_second_worker_that_crashes_adds_nothing_to_the_first),
        WITH_WORLD(a_plan_that_moved_unsaved_is_let_go_as_it_is),
        WITH_WORLD(what_is_still_in_user_code_is_finished_by_nobody),
        WITH_WORLD(a_worker_that_ends_leaves_the_item_in_the_hands_of_another),
        WITH_WORLD(a_finalize_item_whose_worker_failed_is_finished_by_nobody),
        WITH_WORLD(a_finalize_item_that_another_worker_reports_is_finished),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
