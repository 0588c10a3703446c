/* director_test.c: starting executions, and every reason not to; planning; what a director shows of
 * itself. */
#include "director/director_test_support.h"
#include "director/execution_plan.h"

/* ---- Life ----------------------------------------------------------------------------------- */

static void a_director_takes_memory_from_its_owner_alone(void **state)
{
    struct test_world *world = *state;
    size_t blocks = world->memory.live_blocks;
    assert_int_equal(blocks, 1);
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "nothing");
    tell(world, "destroy", "ok");
    assert_int_equal(world->memory.live_blocks, 0);
    director_destroy(NULL);
}

static void without_memory_no_director_is_created(void **state)
{
    struct test_world *world = *state;
    world->memory.fail_at = world->memory.requests + 1;
    assert_null(test_world_restart(world));
    assert_non_null(test_world_restart(world));
}

static void a_destroyed_director_resolves_and_saves_nothing(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[C 2 3]", "");
    tell(world, "start 1", "run 2, run 3");
    tell(world, "done 1 2 suspended", "nothing");
    tell(world, "event 1 2 20", "event 2:20");
    tell(world, "event 1 2 21", "nothing");
    tell(world, "planning 1", "planning");
    size_t writes = world->store.writes;
    tell(world, "destroy", "ok");
    assert_int_equal(world->store.writes, writes);
    expect_resolved(world, "");
    expect_future(world, 1, "pending");
    expect_stored(world, 1, "running pending: 2 pending, 3 pending");
}

/* ---- Start ---------------------------------------------------------------------------------- */

static void a_plan_runs_from_its_start_to_its_end(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S 2 3]", "");
    tell(world, "start 1", "run 2");
    expect_plan(world, 1, "running pending: 2 pending, 3 pending");
    expect_stored(world, 1, "running pending: 2 pending, 3 pending");
    expect_calls(world, "load_plan 1, find_inhibition 1, save_plan 1 running pending");
    tell(world, "work 1 2 success", "run 3");
    expect_plan(world, 1, "running pending: 2 success, 3 pending");
    expect_future(world, 1, "pending");
    tell(world, "work 1 3 success", "nothing");
    expect_plan(world, 1, "none");
    expect_stored(world, 1, "stopped success: 2 success, 3 success");
    expect_resolved(world, "1 fulfilled stopped success");
    expect_moves(world, "plan 1 planned>running, 1:2 pending>running, 1:2 running>success, "
                        "1:3 pending>running, 1:3 running>success, plan 1 running>stopped");
}

static void a_paused_plan_is_resumed_with_all_its_steps(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    test_plan_step(plan, 2)->state = DIRECTOR_STEP_SUCCESS;
    test_plan_step(plan, 3)->state = DIRECTOR_STEP_ERROR;
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2", "run 3"); /* no user code: it succeeded before */
    tell(world, "work 1 3 success", "nothing");
    expect_stored(world, 1, "stopped success: 2 success, 3 success");
}

static void a_plan_with_nothing_to_do_is_done_at_once(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "", "");
    test_store_add(&world->store, "[S]", "[C]");
    tell(world, "start 1", "nothing");
    tell(world, "start 2", "nothing");
    expect_resolved(world, "1 fulfilled stopped success, 2 fulfilled stopped success");
    assert_int_equal(director_plan_count(world->director), 0);
}

static void a_plan_in_execution_is_not_started_again(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "start 1 as 5", "nothing");
    expect_future(world, 5, "rejected already_running");
    plan->steps_gone = true;
    tell(world, "start 1 as 6", "nothing");
    expect_future(world, 6, "rejected already_running");
    expect_future(world, 1, "pending");
    assert_int_equal(director_plan_count(world->director), 1);
}

static void a_stopped_plan_is_not_started(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "")->row.state = DIRECTOR_PLAN_STOPPED;
    tell(world, "start 1", "nothing");
    expect_future(world, 1, "rejected stopped");
    expect_calls(world, "load_plan 1");
}

static void an_inhibited_plan_is_stopped_instead(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "")->inhibited = true;
    tell(world, "start 1", "nothing");
    expect_future(world, 1, "rejected inhibited");
    expect_stored(world, 1, "stopped pending: 2 pending");
    expect_calls(world, "load_plan 1, find_inhibition 1, load_plan 1, save_plan 1 stopped pending");
}

static void an_owner_without_inhibitions_is_not_asked(void **state)
{
    struct test_world *world = *state;
    world->config.persistence.find_inhibition = NULL;
    world->config.persistence.delete_delayed_plan = NULL;
    test_world_restart(world);
    test_store_add(&world->store, "2", "")->inhibited = true;
    tell(world, "start 1", "run 2");
    tell(world, "planning 1", "planning");
    tell(world, "finish 1 planning", "nothing");
}

static void only_planned_and_paused_plans_are_started(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    static const enum director_plan_state refused[] = {
        DIRECTOR_PLAN_PENDING,
        DIRECTOR_PLAN_SCHEDULED,
        DIRECTOR_PLAN_PLANNING,
        DIRECTOR_PLAN_RUNNING,
        (enum director_plan_state)DIRECTOR_PLAN_STATES,
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        plan->row.state = refused[i];
        world->futures[1] = (struct director_future){0};
        tell(world, "start 1", "internal");
        assert_int_equal(plan->row.state, refused[i]);
    }
    assert_int_equal(world->store.writes, 0);
    assert_int_equal(director_plan_count(world->director), 0);
}

static void a_persistence_error_at_the_start_rejects(void **state)
{
    static const enum test_operation operations[] = {TEST_LOAD_PLAN, TEST_FIND_INHIBITION,
                                                     TEST_SAVE_PLAN};
    struct test_world *world = *state;
    unsigned number = 0;
    for (unsigned i = 0; i < 3; i++) {
        for (int answer = DIRECTOR_PERSISTENCE_ERROR; answer <= DIRECTOR_PERSISTENCE_LOST;
             answer++) {
            char line[16];
            number = test_store_add(&world->store, "2", "")->number;
            test_store_fail(&world->store, operations[i], 1,
                            (enum director_persistence_status)answer, TEST_BEFORE);
            (void)snprintf(line, sizeof(line), "start %u", number);
            tell(world, line, "nothing");
            expect_future(world, number, "rejected persistence");
            expect_stored(world, number, "planned pending: 2 pending");
        }
    }
    assert_int_equal(director_plan_count(world->director), 0);
    assert_int_equal(world->store.faults_happened, 6);
}

static void other_errors_at_the_start_escape(void **state)
{
    struct test_world *world = *state;
    struct test_plan *missing = test_store_add(&world->store, "2", "");
    struct test_plan *broken = test_store_add(&world->store, "2", "");
    struct test_plan *malformed = test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "2", "");
    missing->gone = true;
    broken->steps_gone = true;
    malformed->run_flow[0] = 77;
    tell(world, "start 1", "missing");
    tell(world, "start 2", "internal");
    tell(world, "start 3", "internal");
    test_store_fail(&world->store, TEST_LOAD_PLAN, 1, DIRECTOR_PERSISTENCE_RAW, TEST_AFTER);
    tell(world, "start 4", "unhandled");
    test_store_fail(&world->store, TEST_FIND_INHIBITION, 1, DIRECTOR_PERSISTENCE_RAW, TEST_AFTER);
    tell(world, "start 5", "unhandled");
    assert_int_equal(world->store.writes, 0);
}

static void a_start_that_escapes_leaves_its_future_alone(void **state)
{
    struct test_world *world = *state;
    other_errors_at_the_start_escape(state);
    expect_resolved(world, "");
}

static void a_hardened_start_that_escapes_answers_for_its_future(void **state)
{
    struct test_world *world = *state;
    other_errors_at_the_start_escape(state);
    expect_resolved(world, "1 rejected missing, 2 rejected broken, 3 rejected broken, "
                           "4 rejected broken, 5 rejected broken");
}

static void an_inhibited_plan_that_is_malformed_is_inhibited_all_the_same(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    plan->inhibited = true;
    plan->run_flow[0] = 77;
    tell(world, "start 1", "nothing");
    expect_future(world, 1, "rejected inhibited");
    assert_int_equal(world->store.writes, 0);
}

static void an_error_after_the_plan_was_saved_leaves_it_running_for_somebody_to_find(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_RAW, TEST_AFTER);
    tell(world, "start 1", "unhandled");
    assert_int_equal(director_plan_count(world->director), 0);
    expect_stored(world, 1, "running pending: 2 pending");
}

static void a_flow_that_starts_no_step_is_kept_unresolved(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S [S]]", "");
    tell(world, "start 1", "internal");
    expect_plan(world, 1, "running success");
    expect_future(world, 1, "pending");
}

static void a_hardened_director_pauses_a_plan_that_starts_no_step(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "[S [S]]", "");
    tell(world, "start 1", "internal");
    expect_plan(world, 1, "none");
    expect_resolved(world, "1 fulfilled paused success");
    expect_stored(world, 1, "paused success");
}

static void a_resolved_future_is_found_out_too_late(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    world->futures[1].state = DIRECTOR_FUTURE_FULFILLED;
    tell(world, "start 1", "internal");
    expect_plan(world, 1, "running pending: 2 pending");
    tell(world, "terminate", "internal");
}

static void a_resolved_future_is_refused_before_anything_happens(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    world->futures[1].state = DIRECTOR_FUTURE_FULFILLED;
    tell(world, "start 1", "internal");
    expect_plan(world, 1, "none");
    expect_calls(world, "");
    expect_stored(world, 1, "planned pending: 2 pending");
}

static void a_refusal_needs_a_future_that_is_not_resolved(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "")->row.state = DIRECTOR_PLAN_STOPPED;
    world->futures[1].state = DIRECTOR_FUTURE_REJECTED;
    tell(world, "start 1", "internal");
    expect_resolved(world, "");
}

/* ---- Planning ------------------------------------------------------------------------------- */

static void a_plan_is_planned_once_at_a_time(void **state)
{
    struct test_world *world = *state;
    tell(world, "planning 7", "planning");
    tell(world, "planning 7", "nothing");
    tell(world, "planning 8", "planning");
    tell(world, "planning 9", "planning");
    tell(world, "finish 8 planning", "nothing");
    tell(world, "finish 7 planning", "nothing");
    expect_calls(world, "delete_delayed_plan 8, delete_delayed_plan 7");
    tell(world, "planning 7", "planning");
    tell(world, "deliver 7 planning", "nothing");
    tell(world, "deliver 7 planning", "nothing"); /* nobody minds */
    tell(world, "finish 9 planning", "nothing");
}

static void a_delayed_plan_that_cannot_be_deleted_escapes(void **state)
{
    struct test_world *world = *state;
    tell(world, "planning 1", "planning");
    test_store_fail(&world->store, TEST_DELETE_DELAYED_PLAN, 1, DIRECTOR_PERSISTENCE_LOST,
                    TEST_BEFORE);
    tell(world, "deliver 1 planning", "persistence_fatal");
    tell(world, "planning 1", "planning"); /* it was forgotten all the same */
}

/* ---- Views ---------------------------------------------------------------------------------- */

static void plans_in_execution_are_listed_in_the_order_of_their_start(void **state)
{
    struct test_world *world = *state;
    static const unsigned order[] = {3, 1, 2};
    assert_null(director_first_plan(world->director));
    for (int i = 0; i < 3; i++) {
        test_store_add(&world->store, "2", "");
    }
    tell(world, "start 3", "run 2");
    tell(world, "start 1", "run 2");
    tell(world, "start 2", "run 2");
    const struct director_execution_plan *plan = director_first_plan(world->director);
    for (size_t i = 0; i < 3; i++) {
        const struct director_plan_id *id = director_execution_plan_id(plan);
        assert_int_equal(test_plan_number(id), order[i]);
        assert_ptr_equal(director_find_plan(world->director, id), plan);
        plan = director_next_plan(plan);
    }
    assert_null(plan);
    tell(world, "done 1 2 success", "nothing"); /* out of the middle */
    tell(world, "done 2 2 success", "nothing"); /* the last */
    assert_int_equal(director_plan_count(world->director), 1);
    plan = director_first_plan(world->director);
    assert_int_equal(test_plan_number(director_execution_plan_id(plan)), 3);
    assert_null(director_next_plan(plan));
    tell(world, "done 3 2 success", "nothing");
    assert_null(director_first_plan(world->director));
}

static void a_copy_that_is_not_in_execution_has_no_next(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "2", "");
    struct director_plan_record record = test_store_record(&world->store, stored);
    struct director_execution_plan *copy = NULL;
    assert_int_equal(execution_plan_create(world->director, &record, &copy), DIRECTOR_OK);
    assert_null(director_next_plan(copy));
    execution_plan_release(copy);
}

static void a_director_without_hooks_works_as_well(void **state)
{
    struct test_world *world = *state;
    world->config.hooks = (struct director_hooks){0};
    test_world_restart(world);
    test_store_add(&world->store, "[S 2 3]", "[S 12]");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "run 3");
    tell(world, "work 1 3 success", "finalize");
    tell(world, "work 1 finalize success", "nothing");
    expect_future(world, 1, "fulfilled");
    expect_stored(world, 1, "stopped success: 2 success, 3 success, 12 success");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_director_takes_memory_from_its_owner_alone),
        STORY(without_memory_no_director_is_created),
        STORY(a_destroyed_director_resolves_and_saves_nothing),
        STORY(a_plan_runs_from_its_start_to_its_end),
        STORY(a_paused_plan_is_resumed_with_all_its_steps),
        STORY(a_plan_with_nothing_to_do_is_done_at_once),
        STORY(a_plan_in_execution_is_not_started_again),
        STORY(a_stopped_plan_is_not_started),
        STORY(an_inhibited_plan_is_stopped_instead),
        STORY(an_owner_without_inhibitions_is_not_asked),
        STORY(only_planned_and_paused_plans_are_started),
        STORY(a_persistence_error_at_the_start_rejects),
        FAITHFUL(a_start_that_escapes_leaves_its_future_alone),
        HARDENED(a_hardened_start_that_escapes_answers_for_its_future),
        STORY(an_inhibited_plan_that_is_malformed_is_inhibited_all_the_same),
        STORY(an_error_after_the_plan_was_saved_leaves_it_running_for_somebody_to_find),
        FAITHFUL(a_flow_that_starts_no_step_is_kept_unresolved),
        HARDENED(a_hardened_director_pauses_a_plan_that_starts_no_step),
        FAITHFUL(a_resolved_future_is_found_out_too_late),
        HARDENED(a_resolved_future_is_refused_before_anything_happens),
        STORY(a_refusal_needs_a_future_that_is_not_resolved),
        STORY(a_plan_is_planned_once_at_a_time),
        STORY(a_delayed_plan_that_cannot_be_deleted_escapes),
        STORY(plans_in_execution_are_listed_in_the_order_of_their_start),
        STORY(a_copy_that_is_not_in_execution_has_no_next),
        STORY(a_director_without_hooks_works_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
