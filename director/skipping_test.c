/* skipping_test.c: skipping failed steps: which others are skipped with them, in which order they
 * are saved, and what ends the search for them. */
#include "director/director_test_support.h"

/* Step 2, which has the strategy skip, fails; the plan is rescued. */
static void fail_and_rescue(struct test_world *world, struct test_plan *plan)
{
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    if (plan->row.finalize_flow_length > 0) {
        tell(world, "work 1 2 error", "finalize");
        (void)test_text_news(&world->store.written);
        tell(world, "work 1 finalize", "run 2");
    } else {
        (void)test_text_news(&world->store.written);
        tell(world, "done 1 2 error", "run 2");
    }
}

static void skip_one_with_dependents(struct test_world *world, const char *written)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4 5]", "[S 12 13]");
    test_plan_requires(plan, 3, 2);
    test_plan_requires(plan, 4, 3);
    fail_and_rescue(world, plan);
    expect_written(world, written);
    expect_stored(world, 1,
                  "running warning: 2 skipping, 3 skipped, 4 skipped, 5 pending, 12 skipped, "
                  "13 skipped");
}

static void faithful_the_finalize_step_is_skipped_after_its_run_step(void **state)
{
    skip_one_with_dependents(*state, "save_step 1:4 skipped, save_step 1:3 skipped, "
                                     "save_step 1:13 skipped, save_step 1:2 skipping, "
                                     "save_step 1:12 skipped, save_plan 1 running warning");
}

/* Should it be cut off, no finalize step is left without its run step, and a step is in error as
 * long as anything is to be done. */
static void hardened_finalize_steps_are_marked_first_and_the_failed_step_last(void **state)
{
    skip_one_with_dependents(*state, "save_step 1:13 skipped, save_step 1:12 skipped, "
                                     "save_step 1:4 skipped, save_step 1:3 skipped, "
                                     "save_step 1:2 skipping, save_plan 1 running warning");
}

static void dependents_are_taken_in_the_plans_order(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 9 4 7]", "");
    test_plan_requires(plan, 7, 2);
    test_plan_requires(plan, 9, 2);
    test_plan_requires(plan, 4, 9);
    fail_and_rescue(world, plan);
    expect_written(world, "save_step 1:4 skipped, save_step 1:9 skipped, save_step 1:7 skipped, "
                          "save_step 1:2 skipping, save_plan 1 running warning");
}

static void each_step_is_skipped_once_though_two_ways_lead_to_it(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4 5]", "");
    test_plan_requires(plan, 3, 2);
    test_plan_requires(plan, 4, 2);
    test_plan_requires(plan, 5, 3);
    test_plan_requires(plan, 5, 4);
    test_plan_requires(plan, 5, 4); /* read twice */
    fail_and_rescue(world, plan);
    expect_written(world, "save_step 1:5 skipped, save_step 1:3 skipped, save_step 1:4 skipped, "
                          "save_step 1:2 skipping, save_plan 1 running warning");
}

static void finalize_steps_depend_as_well(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "[S 13 5]");
    test_plan_requires(plan, 5, 2);
    fail_and_rescue(world, plan);
    expect_written(world, "save_step 1:5 skipped, save_step 1:2 skipping, "
                          "save_plan 1 running warning");
}

static void failed_steps_are_skipped_in_the_plans_order_each_with_a_save_of_the_plan(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[C 4 2 3]", "");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    test_plan_step(plan, 4)->state = DIRECTOR_STEP_ERROR;
    test_plan_rescues(plan, 4, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 4, run 2, run 3");
    tell(world, "done 1 4 error", "nothing");
    tell(world, "done 1 3 success", "nothing");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    (void)test_text_news(&world->store.calls);
    tell(world, "done 1 2 error", "run 4, run 2, run 3");
    expect_calls(world, "load_action 1:1, load_action 1:4, load_action 1:2, load_action 1:3, "
                        "load_action 1:4, load_action 1:2, load_action 1:3, load_action 1:4, "
                        "save_step 1:4 skipping, save_plan 1 running error, "
                        "load_action 1:4, load_action 1:2, load_action 1:3, load_action 1:2, "
                        "save_step 1:2 skipping, save_plan 1 running warning");
}

static void a_failed_finalize_step_is_skipped_with_what_reads_it(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 3]");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 3, 12);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    tell(world, "work 1 finalize error", "run 2");
    expect_plan(world, 1, "running warning: 2 success, 12 skipped, 3 skipped");
}

/* ---- What has been skipped before --------------------------------------------------------------
 */

/* 3 depends on 2 and on 4. 2 is skipped, so 3 is. Then 4 fails, so that 3 would be skipped again.
 */
static void a_second_rescue_meets_a_skipped_step(struct test_world *world, const char *answer)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 4 3]", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_rescues(plan, 4, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 3, 2);
    test_plan_requires(plan, 3, 4);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "run 2");
    tell(world, "work 1 2", "run 4");
    expect_plan(world, 1, "running warning: 2 skipped, 4 pending, 3 skipped");
    tell(world, "work 1 4 error", answer);
}

static void faithful_a_second_rescue_trips_over_a_skipped_step(void **state)
{
    struct test_world *world = *state;
    a_second_rescue_meets_a_skipped_step(world, "internal");
    expect_plan(world, 1, "running error: 2 skipped, 4 error, 3 skipped");
    assert_int_equal(world->held_count, 0); /* nothing in work: it runs for ever */
}

static void hardened_a_second_rescue_passes_over_a_skipped_step(void **state)
{
    struct test_world *world = *state;
    a_second_rescue_meets_a_skipped_step(world, "run 2");
    tell(world, "work 1 2", "run 4");
    tell(world, "work 1 4", "run 3");
    tell(world, "work 1 3", "nothing");
    expect_resolved(world, "1 fulfilled stopped warning");
}

/* ---- What ends the search -----------------------------------------------------------------------
 */

static void an_action_that_reads_its_own_output_breaks_an_assumption(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 2, 2);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "internal");
    assert_int_equal(plan->steps[1].state, DIRECTOR_STEP_PENDING); /* nothing was marked */
}

static void actions_that_read_each_other_break_an_assumption(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3 4]", "");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 3, 2);
    test_plan_requires(plan, 4, 3);
    test_plan_requires(plan, 3, 4);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "internal");
}

static void chains_of_dependents_are_as_long_as_the_limit_and_no_longer(void **state)
{
    struct test_world *world = *state;
    for (uint32_t length = DIRECTOR_ACTION_DEPTH_MAX; length <= DIRECTOR_ACTION_DEPTH_MAX + 1;
         length++) {
        struct test_text flow = {0};
        test_text_append(&flow, "[S");
        for (uint32_t i = 0; i < length; i++) {
            test_text_append(&flow, " %u", i + 2);
        }
        test_text_append(&flow, "]");
        struct test_plan *plan = test_store_add(&world->store, flow.text, "");
        test_text_free(&flow);
        for (uint32_t i = 1; i < length; i++) {
            test_plan_requires(plan, i + 2, i + 1);
        }
        test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    }
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "run 2");
    tell(world, "start 2", "run 2");
    tell(world, "done 2 2 error", "internal");
}

/* Level after level of two steps that read both of the level before. */
static struct test_plan *add_lattice(struct test_world *world, uint32_t levels)
{
    struct test_text flow = {0};
    test_text_append(&flow, "[S 2");
    for (uint32_t i = 0; i < 2 * levels; i++) {
        test_text_append(&flow, " %u", i + 3);
    }
    test_text_append(&flow, "]");
    struct test_plan *plan = test_store_add(&world->store, flow.text, "");
    test_text_free(&flow);
    for (uint32_t i = 0; i < 2 * levels; i++) {
        uint32_t before = i < 2 ? 2 : 3 + (i / 2 - 1) * 2;
        test_plan_requires(plan, i + 3, before);
        if (i >= 2) {
            test_plan_requires(plan, i + 3, before + 1);
        }
    }
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    return plan;
}

static void faithful_a_lattice_of_dependents_is_walked_by_every_way_through_it(void **state)
{
    struct test_world *world = *state;
    add_lattice(world, 6);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "run 2");
    /* 1 + 2 + 4 + … + 64 visits, each of which looks at all 13 steps and at itself; and the
     * strategy, which loads the root and 13 actions. */
    assert_int_equal(world->store.count[TEST_LOAD_ACTION], 127 * 14 + 14);
}

static void hardened_a_lattice_of_dependents_is_walked_once(void **state)
{
    struct test_world *world = *state;
    add_lattice(world, 6);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "run 2");
    assert_int_equal(world->store.count[TEST_LOAD_ACTION], 13 * 14 + 14);
}

/* Every row that is loaded is the one of a lattice without end: each action reads every step. */
static enum director_persistence_status load_quickly(void *context,
                                                     const struct director_plan_id *id,
                                                     uint32_t action_id,
                                                     struct director_action_row *row)
{
    const struct test_store *store = context;
    const struct test_plan *plan = store->plans[test_plan_number(id) - 1];
    uint32_t index = 0;
    while (plan->actions[index].row.id != action_id) {
        index++;
    }
    *row = plan->actions[index].row;
    row->required_steps = plan->actions[index].required;
    return DIRECTOR_PERSISTENCE_OK;
}

static void faithful_the_walk_through_a_lattice_has_an_end(void **state)
{
    struct test_world *world = *state;
    world->config.persistence.load_action = load_quickly;
    test_world_restart(world);
    add_lattice(world, 24);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 error", "internal");
    assert_int_equal(world->store.count[TEST_SAVE_STEP], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAITHFUL(faithful_the_finalize_step_is_skipped_after_its_run_step),
        HARDENED(hardened_finalize_steps_are_marked_first_and_the_failed_step_last),
        STORY(dependents_are_taken_in_the_plans_order),
        STORY(each_step_is_skipped_once_though_two_ways_lead_to_it),
        STORY(finalize_steps_depend_as_well),
        STORY(failed_steps_are_skipped_in_the_plans_order_each_with_a_save_of_the_plan),
        STORY(a_failed_finalize_step_is_skipped_with_what_reads_it),
        FAITHFUL(faithful_a_second_rescue_trips_over_a_skipped_step),
        HARDENED(hardened_a_second_rescue_passes_over_a_skipped_step),
        STORY(an_action_that_reads_its_own_output_breaks_an_assumption),
        STORY(actions_that_read_each_other_break_an_assumption),
        STORY(chains_of_dependents_are_as_long_as_the_limit_and_no_longer),
        FAITHFUL(faithful_a_lattice_of_dependents_is_walked_by_every_way_through_it),
        HARDENED(hardened_a_lattice_of_dependents_is_walked_once),
        FAITHFUL(faithful_the_walk_through_a_lattice_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
