/* rescue_test.c: what is done about a plan in error: which strategy its actions agree on, when a
 * plan is rescued at all, and what ends it. Skipping itself is in skipping_test.c. */
#include "director/rescue.h"

#include "director/director_test_support.h"

/* ---- Strategies -------------------------------------------------------------------------------
 */

static void a_plan_of_skip_goes_on_without_what_failed(void **state)
{
    struct test_world *world = *state;
    test_plan_rescues(test_store_add(&world->store, "[S 2 3]", ""), 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "run 2");
    expect_plan(world, 1, "running warning: 2 skipping, 3 pending");
    tell(world, "work 1 2", "run 3");
    tell(world, "work 1 3 success", "nothing");
    expect_resolved(world, "1 fulfilled stopped warning");
    expect_stored(world, 1, "stopped warning: 2 skipped, 3 success");
}

static void a_plan_of_pause_waits_for_somebody(void **state)
{
    struct test_world *world = *state;
    test_plan_rescues(test_store_add(&world->store, "[S 2 3]", ""), 2, DIRECTOR_RESCUE_PAUSE);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 error, 3 pending");
}

static void a_plan_of_fail_is_stopped(void **state)
{
    struct test_world *world = *state;
    test_plan_rescues(test_store_add(&world->store, "[S 2 3]", ""), 2, DIRECTOR_RESCUE_FAIL);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "nothing");
    expect_resolved(world, "1 fulfilled stopped error");
    expect_stored(world, 1, "stopped error: 2 error, 3 pending");
}

/* Two steps fail, with strategies of their own; a third one, 4, does not fail. What becomes of the
 * plan: "running", "paused" or "stopped". */
static const char *combined(struct test_world *world, enum director_rescue_strategy second,
                            enum director_rescue_strategy third)
{
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3 4]", "");
    char line[40];
    test_plan_rescues(plan, 2, second);
    test_plan_rescues(plan, 3, third);
    test_plan_rescues(plan, 4, DIRECTOR_RESCUE_PAUSE);
    (void)snprintf(line, sizeof(line), "start %u", plan->number);
    tell(world, line, "run 2, run 3, run 4");
    (void)snprintf(line, sizeof(line), "done %u 4 success", plan->number);
    tell(world, line, "nothing");
    (void)snprintf(line, sizeof(line), "done %u 2 error", plan->number);
    tell(world, line, "nothing");
    (void)snprintf(line, sizeof(line), "done %u 3 error", plan->number);
    (void)test_tell(world, line);
    return director_plan_state_name(plan->row.state);
}

static void all_that_failed_must_agree_or_the_plan_is_paused(void **state)
{
    static const enum director_rescue_strategy skip = DIRECTOR_RESCUE_SKIP;
    static const enum director_rescue_strategy pause_it = DIRECTOR_RESCUE_PAUSE;
    static const enum director_rescue_strategy fail_it = DIRECTOR_RESCUE_FAIL;
    struct test_world *world = *state;
    assert_string_equal(combined(world, skip, skip), "running");
    assert_string_equal(combined(world, fail_it, fail_it), "stopped");
    assert_string_equal(combined(world, pause_it, pause_it), "paused");
    assert_string_equal(combined(world, skip, fail_it), "paused");
    assert_string_equal(combined(world, fail_it, skip), "paused");
    assert_string_equal(combined(world, skip, pause_it), "paused");
    assert_string_equal(combined(world, pause_it, fail_it), "paused");
    /* One that has none, or one that is none. */
    assert_string_equal(combined(world, DIRECTOR_RESCUE_NONE, skip), "running");
    assert_string_equal(combined(world, DIRECTOR_RESCUE_NONE, fail_it), "stopped");
    assert_string_equal(combined(world, (enum director_rescue_strategy)9, skip), "paused");
}

static void suggestions_are_combined_level_by_level(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3 4]", "");
    test_plan_planned_by(plan, 3, 2);
    test_plan_planned_by(plan, 4, 3);
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_FAIL);
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_FAIL);
    test_plan_rescues(plan, 4, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2, run 3, run 4");
    tell(world, "done 1 2 error", "nothing"); /* fail */
    tell(world, "done 1 3 success", "nothing");
    tell(world, "done 1 4 error", "nothing"); /* skip, which is what 3 suggests then */
    expect_resolved(world, "1 fulfilled paused error");
}

/* What two levels make of it, and what three do: each of them keeps to what is suggested. */
static void a_suggestion_is_the_same_from_every_level(void **state)
{
    struct test_world *world = *state;
    for (unsigned levels = 0; levels < 2; levels++) {
        struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4]", "");
        char line[40];
        if (levels > 0) {
            test_plan_planned_by(plan, 2, 3);
        }
        test_plan_rescues(plan, 2, DIRECTOR_RESCUE_FAIL);
        (void)snprintf(line, sizeof(line), "start %u", plan->number);
        tell(world, line, "run 2");
        (void)snprintf(line, sizeof(line), "work %u 2 error", plan->number);
        tell(world, line, "nothing");
        expect_stored(world, plan->number, "stopped error: 2 error, 3 pending, 4 pending");
    }
}

static void a_lone_suggestion_comes_up_from_below(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3 4]", "");
    test_plan_planned_by(plan, 3, 2);
    test_plan_planned_by(plan, 4, 3);
    test_plan_rescues(plan, 4, DIRECTOR_RESCUE_FAIL);
    tell(world, "start 1", "run 2, run 3, run 4");
    tell(world, "done 1 2 success", "nothing");
    tell(world, "done 1 3 success", "nothing");
    tell(world, "done 1 4 error", "nothing");
    expect_resolved(world, "1 fulfilled stopped error");
}

static void actions_are_loaded_level_by_level_and_the_root_once(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3]", "");
    test_plan_planned_by(plan, 3, 2);
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_PAUSE);
    tell(world, "start 1", "run 2, run 3");
    tell(world, "done 1 3 success", "nothing");
    (void)test_text_news(&world->store.calls);
    tell(world, "done 1 2 error", "run 2, run 3");
    expect_calls(world, "load_action 1:1, load_action 1:2, load_action 1:3, " /* the strategy */
                        "load_action 1:2, load_action 1:3, load_action 1:2, " /* the skipping */
                        "save_step 1:2 skipping, save_plan 1 running warning");
    tell(world, "done 1 2 skipped", "nothing");
    tell(world, "done 1 3 error", "nothing");
    expect_calls(world, "load_action 1:2, load_action 1:3, save_plan 1 paused error");
}

static void a_failed_finalize_step_speaks_for_its_action(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3]");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    tell(world, "work 1 finalize error", "run 2");
    expect_plan(world, 1, "running warning: 2 success, 12 skipped, 3 pending");
    tell(world, "work 1 2", "finalize");
    tell(world, "work 1 finalize success", "nothing");
    expect_resolved(world, "1 fulfilled stopped warning");
}

static void a_failed_plan_step_speaks_for_its_action_but_cannot_be_skipped(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_step(plan, 3)->state = DIRECTOR_STEP_ERROR;
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "internal");
}

static void an_action_may_name_steps_that_the_plan_does_not_have(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    test_plan_action(plan, 2)->row.run_step = 88;
    test_plan_action(plan, 2)->row.finalize_step = 99;
    tell(world, "start 1", "run 2");
    /* Nobody in the tree has a failed step: then it is skip, and 99 cannot be skipped. */
    tell(world, "done 1 2 error", "internal");
}

static void when_no_action_has_a_say_the_step_is_skipped(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    plan->planned_count = 0; /* the root planned nothing that it knows of */
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "run 2");
    expect_plan(world, 1, "running warning: 2 skipping, 3 pending");
}

static void actions_nest_as_deep_as_the_limit_and_no_deeper(void **state)
{
    struct test_world *world = *state;
    for (uint32_t depth = DIRECTOR_ACTION_DEPTH_MAX; depth <= DIRECTOR_ACTION_DEPTH_MAX + 1;
         depth++) {
        struct test_text flow = {0};
        test_text_append(&flow, "[C");
        for (uint32_t i = 1; i < depth; i++) {
            test_text_append(&flow, " %u", i + 1);
        }
        test_text_append(&flow, "]");
        struct test_plan *plan = test_store_add(&world->store, flow.text, "");
        test_text_free(&flow);
        plan->row.run_flow_length = test_flow_parse("[S 2]", plan->run_flow);
        for (uint32_t i = 3; i <= depth; i++) {
            test_plan_planned_by(plan, i, i - 1);
        }
        test_plan_rescues(plan, 2, DIRECTOR_RESCUE_FAIL);
    }
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "nothing");
    expect_resolved(world, "1 fulfilled stopped error");
    tell(world, "start 2", "run 2");
    tell(world, "done 2 2 error", "internal");
}

/* ---- When -------------------------------------------------------------------------------------
 */

static void without_auto_rescue_a_plan_in_error_is_paused(void **state)
{
    struct test_world *world = *state;
    world->config.auto_rescue = false;
    test_world_restart(world);
    test_plan_rescues(test_store_add(&world->store, "2", ""), 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    (void)test_text_news(&world->store.calls);
    tell(world, "done 1 2 error", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
    expect_calls(world, "save_plan 1 paused error");
}

static void while_the_world_terminates_nothing_is_rescued(void **state)
{
    struct test_world *world = *state;
    test_plan_rescues(test_store_add(&world->store, "2", ""), 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    tell(world, "terminating", "ok");
    tell(world, "done 1 2 error", "nothing");
    /* Hardened, it is left to invalidation. */
    expect_resolved(world, world->config.defects == 0 ? "1 fulfilled running error"
                                                      : "1 fulfilled paused error");
}

static void a_plan_is_rescued_only_when_nothing_else_is_in_work(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 2 3]", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2, run 3");
    tell(world, "done 1 2 error", "nothing");
    tell(world, "done 1 3 suspended", "nothing");
    tell(world, "event 1 3 30", "event 3:30");
    tell(world, "done 1 3 success", "run 2, run 3");
}

static void a_second_rescue_needs_a_step_that_has_not_failed_before(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4]", "");
    for (uint32_t step = 2; step <= 4; step++) {
        test_plan_rescues(plan, step, DIRECTOR_RESCUE_SKIP);
    }
    test_plan_action(plan, 3)->row.accepts_events = true;
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "run 2");
    tell(world, "work 1 2", "run 3");
    tell(world, "work 1 3 error", "run 2"); /* a new one: rescued, and all from the start */
    tell(world, "work 1 2", "run 3");
    tell(world, "work 1 3 error", "nothing"); /* skipping it failed: an old one */
    expect_resolved(world, "1 fulfilled paused error");
    expect_stored(world, 1, "paused error: 2 skipped, 3 error, 4 pending");
}

static void a_step_that_always_fails_is_rescued_once(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_action(plan, 2)->row.accepts_events = true;
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "run 2");
    tell(world, "work 1 2 error", "nothing");
    expect_resolved(world, "1 fulfilled paused error");
    tell(world, "start 1 as 5", "run 2"); /* a new execution has forgotten it */
    tell(world, "work 1 2 error", "run 2");
    tell(world, "work 1 2 success", "nothing");
    expect_resolved(world, "5 fulfilled stopped warning");
}

static void a_halted_plan_is_not_rescued(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    tell(world, "halt 1", "ok");
    tell(world, "work 1 2 error", "nothing");
    expect_resolved(world, "1 fulfilled stopped pending");
}

/* ---- When it breaks ----------------------------------------------------------------------------
 */

static const struct {
    enum test_operation operation;
    size_t nth;
    enum director_persistence_status answer;
    const char *status;
} breaks[] = {
    {TEST_LOAD_ACTION, 1, DIRECTOR_PERSISTENCE_ERROR, "persistence"},
    {TEST_LOAD_ACTION, 2, DIRECTOR_PERSISTENCE_LOST, "persistence_fatal"},
    {TEST_LOAD_ACTION, 3, DIRECTOR_PERSISTENCE_RAW, "unhandled"},
    {TEST_LOAD_ACTION, 4, DIRECTOR_PERSISTENCE_ERROR, "persistence"},
    {TEST_LOAD_ACTION, 5, DIRECTOR_PERSISTENCE_ERROR, "persistence"},
    {TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_ERROR, "persistence"},
    {TEST_SAVE_STEP, 2, DIRECTOR_PERSISTENCE_LOST, "persistence_fatal"},
    {TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_RAW, "unhandled"},
};
#define BREAKS (sizeof(breaks) / sizeof(breaks[0]))

/* A rescue breaks in each of these ways, each time with a plan of its own. */
static void break_rescues(struct test_world *world, bool keeps)
{
    for (unsigned i = 0; i < BREAKS; i++) {
        struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
        char line[40];
        test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
        test_plan_requires(plan, 3, 2);
        (void)snprintf(line, sizeof(line), "start %u", plan->number);
        tell(world, line, "run 2");
        test_store_fail(&world->store, breaks[i].operation, breaks[i].nth, breaks[i].answer,
                        TEST_BEFORE);
        (void)snprintf(line, sizeof(line), "done %u 2 error", plan->number);
        tell(world, line, breaks[i].status);
        assert_int_equal(world->store.faults_happened, i + 1);
        assert_int_equal(director_plan_count(world->director), keeps ? i + 1 : 0);
    }
}

static void faithful_a_broken_rescue_keeps_its_plan_for_ever(void **state)
{
    break_rescues(*state, true);
    expect_resolved((struct test_world *)*state, "");
}

static void hardened_a_broken_rescue_pauses_its_plan(void **state)
{
    struct test_world *world = *state;
    break_rescues(world, false);
    for (unsigned i = 0; i < BREAKS; i++) {
        assert_int_equal(world->store.plans[i]->row.state, DIRECTOR_PLAN_PAUSED);
        expect_future(world, i + 1, "fulfilled");
    }
}

static void rescue_deleted(struct test_world *world, const char *answer)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    plan->gone = true;
    tell(world, "done 1 2 error", answer);
}

static void faithful_a_plan_deleted_in_error_is_kept_for_ever(void **state)
{
    struct test_world *world = *state;
    rescue_deleted(world, "missing");
    expect_plan(world, 1, "running error: 2 error, 3 pending");
    expect_resolved(world, "");
}

static void hardened_the_client_of_a_plan_deleted_in_error_is_told(void **state)
{
    struct test_world *world = *state;
    rescue_deleted(world, "nothing");
    expect_plan(world, 1, "none");
    expect_resolved(world, "1 rejected missing");
    expect_stored(world, 1, "gone");
}

static void the_move_at_the_end_of_a_rescue_may_fail_as_well(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "done 1 2 error", "persistence");
}

/* The move to stopped was saved, though it is told otherwise: nothing is saved over it. */
static void hardened_an_end_that_may_have_been_saved_is_left_alone(void **state)
{
    struct test_world *world = *state;
    test_plan_rescues(test_store_add(&world->store, "2", ""), 2, DIRECTOR_RESCUE_FAIL);
    tell(world, "start 1", "run 2");
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_AFTER);
    tell(world, "work 1 2 error", "persistence");
    expect_stored(world, 1, "stopped error: 2 error");
    expect_resolved(world, "1 fulfilled running error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_plan_of_skip_goes_on_without_what_failed),
        STORY(a_plan_of_pause_waits_for_somebody),
        STORY(a_plan_of_fail_is_stopped),
        STORY(all_that_failed_must_agree_or_the_plan_is_paused),
        STORY(suggestions_are_combined_level_by_level),
        STORY(a_suggestion_is_the_same_from_every_level),
        STORY(a_lone_suggestion_comes_up_from_below),
        STORY(actions_are_loaded_level_by_level_and_the_root_once),
        STORY(a_failed_finalize_step_speaks_for_its_action),
        STORY(a_failed_plan_step_speaks_for_its_action_but_cannot_be_skipped),
        STORY(an_action_may_name_steps_that_the_plan_does_not_have),
        STORY(when_no_action_has_a_say_the_step_is_skipped),
        STORY(actions_nest_as_deep_as_the_limit_and_no_deeper),
        STORY(without_auto_rescue_a_plan_in_error_is_paused),
        STORY(while_the_world_terminates_nothing_is_rescued),
        STORY(a_plan_is_rescued_only_when_nothing_else_is_in_work),
        STORY(a_second_rescue_needs_a_step_that_has_not_failed_before),
        STORY(a_step_that_always_fails_is_rescued_once),
        STORY(a_halted_plan_is_not_rescued),
        FAITHFUL(faithful_a_broken_rescue_keeps_its_plan_for_ever),
        HARDENED(hardened_a_broken_rescue_pauses_its_plan),
        FAITHFUL(faithful_a_plan_deleted_in_error_is_kept_for_ever),
        HARDENED(hardened_the_client_of_a_plan_deleted_in_error_is_told),
        STORY(the_move_at_the_end_of_a_rescue_may_fail_as_well),
        HARDENED(hardened_an_end_that_may_have_been_saved_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
