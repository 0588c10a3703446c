/* planning_test.c: what planning does to a scheduled plan, and what becomes of one that was cut
 * off. Plan steps: 1 is the root's, those of the actions are numbered on from the flows. */
#include "director/director_test_support.h"

/* Plan 1, scheduled: steps 2 and 3 of the run flow, whose actions have the plan steps 4 and 5. */
static struct test_plan *scheduled(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    plan->row.state = DIRECTOR_PLAN_SCHEDULED;
    for (uint32_t i = 0; i < plan->row.step_count; i++) {
        plan->steps[i].state = DIRECTOR_STEP_PENDING;
    }
    return plan;
}

static enum director_status open_plan(struct test_world *world, struct director_planning **planning,
                                      enum director_plan_state *state)
{
    struct director_plan_id id = test_plan_id(1);
    return director_planning_open(world->director, &id, planning, state);
}

static struct director_planning *opened(struct test_world *world, enum director_plan_state expected)
{
    struct director_planning *planning = NULL;
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    assert_int_equal(open_plan(world, &planning, &state), DIRECTOR_OK);
    assert_int_equal(state, expected);
    return planning;
}

static struct director_planning *begun(struct test_world *world, enum director_plan_state from)
{
    bool over = true;
    struct director_planning *planning = opened(world, from);
    assert_int_equal(director_planning_begin(planning, &over), DIRECTOR_OK);
    assert_false(over);
    return planning;
}

static void finish(struct director_planning *planning, bool success,
                   enum director_status expected_status, enum director_plan_state expected)
{
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    assert_int_equal(director_planning_finish(planning, success, &state), expected_status);
    if (expected_status == DIRECTOR_OK) {
        assert_int_equal(state, expected);
    }
    director_planning_end(planning);
}

#define expect_step(plan, step, expected)                                                          \
    assert_int_equal(test_plan_step(plan, step)->state, DIRECTOR_STEP_##expected)

static void a_plan_is_planned_and_the_roots_step_is_saved_last(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    expect_written(world, "save_plan 1 planning pending, save_step 1:1 running");
    expect_moves(world, "plan 1 scheduled>planning, 1:1 pending>running");
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_PLANNED);
    expect_written(world, "save_step 1:4 running, save_step 1:4 success, save_step 1:5 running, "
                          "save_step 1:5 success, save_step 1:1 success, "
                          "save_plan 1 planned pending");
    expect_step(plan, 1, SUCCESS);
    tell(world, "start 1", "run 2");
    director_planning_end(NULL);
}

static void user_code_that_fails_stops_the_plan(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = scheduled(world);
    finish(begun(world, DIRECTOR_PLAN_SCHEDULED), false, DIRECTOR_OK, DIRECTOR_PLAN_STOPPED);
    expect_step(plan, 1, ERROR);
    expect_step(plan, 4, PENDING);
    expect_stored(world, 1, "stopped error: 2 pending, 3 pending");
}

static void a_plan_whose_time_is_over_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = scheduled(world);
    struct director_planning *planning = opened(world, DIRECTOR_PLAN_SCHEDULED);
    test_store_fail(&world->store, TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    assert_int_equal(director_planning_refuse(planning), DIRECTOR_PERSISTENCE);
    director_planning_end(planning);
    expect_step(plan, 1, PENDING); /* the plan stays as it is, for the next try */
    expect_stored(world, 1, "scheduled pending: 2 pending, 3 pending");
    planning = opened(world, DIRECTOR_PLAN_SCHEDULED);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    assert_int_equal(director_planning_refuse(planning), DIRECTOR_PERSISTENCE);
    director_planning_end(planning);
    expect_step(plan, 1, ERROR);
    planning = opened(world, DIRECTOR_PLAN_SCHEDULED); /* the next try only stops it */
    assert_int_equal(director_planning_refuse(planning), DIRECTOR_OK);
    director_planning_end(planning);
    expect_written(world, "save_step 1:1 error, save_step 1:1 error, save_plan 1 stopped error, "
                          "save_plan 1 stopped error");
}

static void what_is_not_scheduled_is_not_planned(void **state)
{
    struct test_world *world = *state;
    bool over = false;
    test_store_add(&world->store, "2", "");
    struct director_planning *planning = opened(world, DIRECTOR_PLAN_PLANNED);
    enum director_plan_state kept = DIRECTOR_PLAN_PENDING;
    assert_int_equal(director_planning_begin(planning, &over), DIRECTOR_INTERNAL);
    assert_int_equal(director_planning_abandon(planning, &kept), DIRECTOR_OK);
    assert_int_equal(kept, DIRECTOR_PLAN_PLANNED);
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_PLANNED);
    expect_written(world, "");
}

static void a_plan_without_its_root_step_cannot_be_loaded(void **state)
{
    struct test_world *world = *state;
    enum director_plan_state seen = DIRECTOR_PLAN_PENDING;
    struct director_planning *planning = NULL;
    scheduled(world)->row.root_plan_step = 99;
    assert_int_equal(open_plan(world, &planning, &seen), DIRECTOR_INTERNAL);
    assert_null(planning);
    expect_written(world, "");
}

static void whoever_has_no_inhibitions_is_not_asked_for_them(void **state)
{
    struct test_world *world = *state;
    world->config.persistence.find_inhibition = NULL;
    assert_non_null(test_world_restart(world));
    scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    expect_calls(world, "load_plan 1, save_plan 1 planning pending, save_step 1:1 running");
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_PLANNED);
}

static void what_cannot_be_loaded_is_not_planned(void **state)
{
    struct test_world *world = *state;
    struct director_planning *planning = NULL;
    enum director_plan_state seen = DIRECTOR_PLAN_PENDING;
    struct test_plan *plan = scheduled(world);
    test_store_fail(&world->store, TEST_LOAD_PLAN, 1, DIRECTOR_PERSISTENCE_LOST, TEST_BEFORE);
    assert_int_equal(open_plan(world, &planning, &seen), DIRECTOR_PERSISTENCE_FATAL);
    plan->steps_gone = true;
    assert_int_equal(open_plan(world, &planning, &seen), DIRECTOR_INTERNAL);
    plan->gone = true;
    assert_int_equal(open_plan(world, &planning, &seen), DIRECTOR_MISSING);
    plan->gone = false;
    plan->steps_gone = false;
    plan->run_flow[1] = 99; /* a step that it does not have */
    assert_int_equal(open_plan(world, &planning, &seen), DIRECTOR_INTERNAL);
    assert_null(planning);
}

/* Every write of a planning fails in turn; the next one goes on from what it left. */
static void a_planning_that_was_cut_off_is_taken_on(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = scheduled(world);
    for (size_t nth = 1; plan->row.state != DIRECTOR_PLAN_PLANNED; nth++) {
        struct director_planning *planning = NULL;
        enum director_plan_state seen = DIRECTOR_PLAN_PENDING;
        bool over = false;
        assert_true(nth < 20);
        test_store_fail(&world->store,
                        nth < 3 ? (nth == 1 ? TEST_SAVE_PLAN : TEST_SAVE_STEP) : TEST_ANY_OPERATION,
                        nth < 3 ? 1 : nth, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
        if (open_plan(world, &planning, &seen) == DIRECTOR_OK &&
            director_planning_begin(planning, &over) == DIRECTOR_OK) {
            (void)director_planning_finish(planning, !over, &seen);
        }
        director_planning_end(planning);
        world->store.fault_count = 0;
    }
    expect_step(plan, 1, SUCCESS);
    expect_step(plan, 4, SUCCESS);
    expect_step(plan, 5, SUCCESS);
}

static void a_planning_whose_last_save_failed_needs_no_user_code(void **state)
{
    struct test_world *world = *state;
    bool over = false;
    scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    finish(planning, true, DIRECTOR_PERSISTENCE, DIRECTOR_PLAN_PLANNED);
    planning = opened(world, DIRECTOR_PLAN_PLANNING);
    assert_int_equal(director_planning_begin(planning, &over), DIRECTOR_OK);
    assert_true(over);
    finish(planning, false, DIRECTOR_OK, DIRECTOR_PLAN_PLANNED);
}

static void a_failure_whose_last_save_failed_stays_one(void **state)
{
    struct test_world *world = *state;
    bool over = false;
    scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    finish(planning, false, DIRECTOR_PERSISTENCE, DIRECTOR_PLAN_STOPPED);
    planning = opened(world, DIRECTOR_PLAN_PLANNING);
    assert_int_equal(director_planning_begin(planning, &over), DIRECTOR_OK);
    assert_true(over);
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_STOPPED);
}

static void the_planning_of_a_world_that_is_gone_is_stopped(void **state)
{
    struct test_world *world = *state;
    enum director_plan_state left = DIRECTOR_PLAN_PENDING;
    scheduled(world);
    director_planning_end(begun(world, DIRECTOR_PLAN_SCHEDULED));
    struct director_planning *planning = opened(world, DIRECTOR_PLAN_PLANNING);
    assert_int_equal(director_planning_abandon(planning, &left), DIRECTOR_OK);
    assert_int_equal(left, DIRECTOR_PLAN_STOPPED);
    director_planning_end(planning);
    expect_stored(world, 1, "stopped error: 2 pending, 3 pending");
}

static void what_it_had_planned_wholly_stays_planned(void **state)
{
    struct test_world *world = *state;
    enum director_plan_state left = DIRECTOR_PLAN_PENDING;
    scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    finish(planning, true, DIRECTOR_PERSISTENCE, DIRECTOR_PLAN_PLANNED);
    planning = opened(world, DIRECTOR_PLAN_PLANNING);
    assert_int_equal(director_planning_abandon(planning, &left), DIRECTOR_OK);
    assert_int_equal(left, DIRECTOR_PLAN_PLANNED);
    director_planning_end(planning);
}

/* D21. */
static void a_plan_that_is_halted_meanwhile_stays_stopped(void **state)
{
    struct test_world *world = *state;
    scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    tell(world, "halt 1", "ok");
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_STOPPED);
    expect_stored(world, 1, "stopped pending: 2 pending, 3 pending");
}

static void the_real_one_runs_it_all_the_same(void **state)
{
    struct test_world *world = *state;
    scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    tell(world, "halt 1", "ok");
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_PLANNED);
}

static void a_plan_with_an_inhibition_is_stopped_before_and_after_user_code(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    plan->inhibited = true;
    test_store_fail(&world->store, TEST_FIND_INHIBITION, 1, DIRECTOR_PERSISTENCE_RAW, TEST_BEFORE);
    finish(planning, true, DIRECTOR_UNHANDLED, DIRECTOR_PLAN_STOPPED);
    planning = NULL;
    enum director_plan_state seen = DIRECTOR_PLAN_PENDING;
    test_store_fail(&world->store, TEST_FIND_INHIBITION, 1, DIRECTOR_PERSISTENCE_ERROR,
                    TEST_BEFORE);
    assert_int_equal(open_plan(world, &planning, &seen), DIRECTOR_PERSISTENCE);
    plan->inhibited = false;
    planning = begun(world, DIRECTOR_PLAN_PLANNING);
    plan->inhibited = true;
    finish(planning, true, DIRECTOR_OK, DIRECTOR_PLAN_STOPPED);
    plan->row.state = DIRECTOR_PLAN_SCHEDULED;
    director_planning_end(opened(world, DIRECTOR_PLAN_STOPPED));
    expect_stored(world, 1, "stopped pending: 2 pending, 3 pending");
}

static void a_plan_that_is_gone_meanwhile_is_not_planned(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = scheduled(world);
    struct director_planning *planning = begun(world, DIRECTOR_PLAN_SCHEDULED);
    plan->gone = true;
    finish(planning, true, DIRECTOR_MISSING, DIRECTOR_PLAN_PLANNED);
}

static void a_failed_item_makes_room_for_the_next_and_keeps_the_record(void **state)
{
    struct test_world *world = *state;
    scheduled(world);
    tell(world, "planning 1", "planning");
    tell(world, "planning 1", "nothing");
    tell(world, "fail 1 planning", "ok");
    assert_int_equal(world->store.count[TEST_DELETE_DELAYED_PLAN], 0);
    tell(world, "planning 1", "planning");
    tell(world, "finish 1 planning", "nothing");
    assert_int_equal(world->store.count[TEST_DELETE_DELAYED_PLAN], 1);
}

static void a_recovery_leaves_alone_what_was_never_in_execution(void **state)
{
    static const enum director_plan_state states[] = {DIRECTOR_PLAN_PLANNING,
                                                      DIRECTOR_PLAN_SCHEDULED};
    struct test_world *world = *state;
    struct director_plan_id id = test_plan_id(1);
    struct director_recovery *recovery = NULL;
    enum director_plan_state seen = DIRECTOR_PLAN_PENDING;
    bool in_error = true;
    bool loaded = false;
    struct test_plan *plan = scheduled(world);
    director_planning_end(begun(world, DIRECTOR_PLAN_SCHEDULED));
    (void)test_text_news(&world->store.written);
    for (int round = 0; round < 2; round++) {
        plan->row.state = states[round];
        assert_int_equal(
            director_recovery_begin(world->director, &id, &recovery, &in_error, &seen, &loaded),
            DIRECTOR_OK);
        assert_false(in_error);
        assert_int_equal(seen, states[round]);
        director_recovery_end(recovery);
        expect_written(world, "");
    }
}

static void without_memory_nothing_is_planned(void **state)
{
    struct test_world *world = *state;
    struct director_planning *planning = NULL;
    enum director_plan_state seen = DIRECTOR_PLAN_PENDING;
    enum director_status status = DIRECTOR_NO_MEMORY;
    scheduled(world);
    size_t refusals = 0;
    for (size_t nth = 1; status == DIRECTOR_NO_MEMORY; nth++) {
        world->memory.fail_at = world->memory.requests + nth;
        status = open_plan(world, &planning, &seen);
        refusals += status == DIRECTOR_NO_MEMORY;
    }
    assert_int_equal(status, DIRECTOR_OK);
    assert_true(refusals >= 2);
    director_planning_end(planning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HARDENED(a_plan_is_planned_and_the_roots_step_is_saved_last),
        STORY(user_code_that_fails_stops_the_plan),
        HARDENED(a_plan_whose_time_is_over_is_refused),
        STORY(what_is_not_scheduled_is_not_planned),
        STORY(a_plan_without_its_root_step_cannot_be_loaded),
        WITH_WORLD(whoever_has_no_inhibitions_is_not_asked_for_them),
        STORY(what_cannot_be_loaded_is_not_planned),
        STORY(a_planning_that_was_cut_off_is_taken_on),
        STORY(a_planning_whose_last_save_failed_needs_no_user_code),
        STORY(a_failure_whose_last_save_failed_stays_one),
        STORY(the_planning_of_a_world_that_is_gone_is_stopped),
        STORY(what_it_had_planned_wholly_stays_planned),
        HARDENED(a_plan_that_is_halted_meanwhile_stays_stopped),
        FAITHFUL(the_real_one_runs_it_all_the_same),
        HARDENED(a_plan_with_an_inhibition_is_stopped_before_and_after_user_code),
        HARDENED(a_plan_that_is_gone_meanwhile_is_not_planned),
        STORY(a_failed_item_makes_room_for_the_next_and_keeps_the_record),
        STORY(a_recovery_leaves_alone_what_was_never_in_execution),
        STORY(without_memory_nothing_is_planned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
