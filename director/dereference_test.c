/* dereference_test.c: what running Dynflow itself side by side brought to light about workers: when
 * the outputs that an action reads are loaded and what is stored of them, saves that change
 * nothing, and finalize items that are reported twice. */
#include "director/director_test_support.h"

/* ---- The outputs that an action reads ---------------------------------------------------------
 */

/* Step 3 reads the outputs of 2 and 4, which have run. Its item is out. */
static struct test_plan *start_reader(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "[S [C 2 4] 3]", "");
    test_plan_requires(plan, 3, 2);
    test_plan_requires(plan, 3, 4);
    tell(world, "start 1", "run 2, run 4");
    tell(world, "work 1 2 success", "nothing");
    tell(world, "work 1 4 success", "run 3");
    (void)test_text_news(&world->store.calls);
    return plan;
}

static uint32_t required_by(struct test_plan *plan, uint32_t step)
{
    return test_plan_action(plan, step)->row.required_count;
}

static void a_run_loads_each_output_once_it_is_saved_as_running(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_reader(world);
    tell(world, "begin 1 3", "user code 3");
    expect_calls(world, "load_action 1:3, "
                        "save_step 1:3 running if pending|suspended|skipping|error, "
                        "load_action 1:2, load_action 1:4");
    assert_int_equal(required_by(plan, 3), 2);
    tell(world, "continue 1 3 success", "done");
    expect_calls(world, "save_action 1:3, save_step 1:3 success");
    assert_int_equal(required_by(plan, 3), 0);
}

static void an_output_that_is_named_twice_is_loaded_twice(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "");
    test_plan_requires(plan, 3, 2);
    test_plan_requires(plan, 3, 2);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "run 3");
    (void)test_text_news(&world->store.calls);
    tell(world, "begin 1 3", "user code 3");
    expect_calls(world, "load_action 1:3, "
                        "save_step 1:3 running if pending|suspended|skipping|error, "
                        "load_action 1:2, load_action 1:2");
}

static void a_run_that_failed_reads_its_outputs_no_second_time(void **state)
{
    struct test_world *world = *state;
    start_reader(world);
    tell(world, "work 1 3 error", "nothing");
    tell(world, "start 1 as 5", "run 2, run 4");
    tell(world, "work 1 2", "nothing");
    tell(world, "work 1 4", "run 3");
    (void)test_text_news(&world->store.calls);
    tell(world, "begin 1 3", "user code 3");
    expect_calls(world, "load_action 1:3, "
                        "save_step 1:3 running if pending|suspended|skipping|error");
}

static void where_no_row_matched_no_output_is_loaded(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_reader(world);
    test_plan_step(plan, 3)->state = DIRECTOR_STEP_RUNNING;
    tell(world, "begin 1 3", "done");
    expect_calls(world, "load_action 1:3, "
                        "save_step 1:3 running if pending|suspended|skipping|error, "
                        "save_action 1:3, save_step 1:3 error");
    assert_int_equal(required_by(plan, 3), 2);
}

static void each_load_of_an_output_can_fail(void **state)
{
    struct test_world *world = *state;
    for (unsigned number = 1; number <= 2; number++) {
        struct test_plan *plan = test_store_add(&world->store, "[S [C 2 4] 3]", "");
        char line[40];
        test_plan_requires(plan, 3, 2);
        test_plan_requires(plan, 3, 4);
        snprintf(line, sizeof(line), "start %u", number);
        tell(world, line, "run 2, run 4");
        snprintf(line, sizeof(line), "work %u 2 success", number);
        tell(world, line, "nothing");
        snprintf(line, sizeof(line), "work %u 4 success", number);
        tell(world, line, "run 3");
        test_store_fail(&world->store, TEST_LOAD_ACTION, 1 + number,
                        number == 1 ? DIRECTOR_PERSISTENCE_ERROR : DIRECTOR_PERSISTENCE_LOST,
                        TEST_BEFORE);
        snprintf(line, sizeof(line), "begin %u 3", number);
        tell(world, line, number == 1 ? "persistence error" : "persistence lost");
        assert_int_equal(test_plan_step(plan, 3)->state, DIRECTOR_STEP_RUNNING);
        assert_int_equal(required_by(plan, 3), 2);
    }
}

static void an_output_that_is_not_there_crashes_the_worker(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_reader(world);
    test_plan_action(plan, 4)->gone = true;
    tell(world, "begin 1 3", "crashed");
    expect_stored(world, 1, "running pending: 2 success, 4 success, 3 running");
}

static void an_output_of_no_step_crashes_the_worker(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_reader(world);
    test_plan_requires(plan, 3, 99);
    tell(world, "begin 1 3", "crashed");
    expect_calls(world, "load_action 1:3, "
                        "save_step 1:3 running if pending|suspended|skipping|error, "
                        "load_action 1:2, load_action 1:4, load_action 1:0");
}

/* ---- In finalize ------------------------------------------------------------------------------
 */

/* Finalize step 13 reads the output of 2. The item is out. */
static struct test_plan *start_finalize_reader(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "2", "[S 12 13]");
    test_plan_requires(plan, 13, 2);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    (void)test_text_news(&world->store.calls);
    return plan;
}

static void a_finalize_step_loads_its_outputs_before_it_moves(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = start_finalize_reader(world);
    tell(world, "begin 1 finalize", "user code 12");
    tell(world, "continue 1 finalize success", "user code 13");
    expect_calls(world, "load_plan 1, load_action 1:2, save_step 1:12 running, save_action 1:2, "
                        "save_step 1:12 success, load_action 1:13, load_action 1:2, "
                        "save_step 1:13 running");
    tell(world, "continue 1 finalize success", "done");
    assert_int_equal(required_by(plan, 13), 0);
}

static void a_finalize_step_without_its_outputs_stays_pending(void **state)
{
    struct test_world *world = *state;
    start_finalize_reader(world);
    test_store_fail(&world->store, TEST_LOAD_ACTION, 3, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    tell(world, "begin 1 finalize", "user code 12");
    tell(world, "continue 1 finalize success", "persistence error");
    expect_stored(world, 1, "running pending: 2 success, 12 success, 13 pending");
}

/* ---- An item that is reported twice -----------------------------------------------------------
 */

/* The rescue skips the finalize step that failed; the second report brings the failure back, though
 * no worker had the step in between. */
static void a_finalize_item_brings_back_what_its_worker_left_each_time(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "12");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 success", "finalize");
    tell(world, "begin 1 finalize", "user code 12");
    tell(world, "continue 1 finalize error", "done");
    tell(world, "deliver 1 finalize", "run 2");
    expect_plan(world, 1, "running warning: 2 success, 12 skipped");
    (void)test_text_news(&world->moves);
    tell(world, "deliver 1 finalize", "internal");
    expect_plan(world, 1, "running error: 2 success, 12 error");
    expect_moves(world, ""); /* the step is replaced, not moved */
}

/* ---- Saves that change nothing ----------------------------------------------------------------
 */

/* Two items are out for step 2: one of an execution that was let go, and one of the present, which
 * is in user code. Both loaded the step as the first run left it. */
static void start_twice(struct test_world *world)
{
    test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "work 1 2 error", "nothing");
    tell(world, "start 1 as 5", "run 2");
    tell(world, "halt 1", "ok");
    world->store.plans[0]->row.state = DIRECTOR_PLAN_PAUSED; /* a hardened halt stopped it */
    tell(world, "start 1 as 6", "run 2");
    tell(world, "begin 1 2 latest", "user code 2");
}

static void a_stale_item_goes_on_where_its_save_would_change_nothing(void **state)
{
    struct test_world *world = *state;
    start_twice(world);
    tell(world, "begin 1 2", "user code 2");
    tell(world, "continue 1 2 success", "done");
    expect_stored(world, 1, "running error: 2 success");
}

/* Workers that begin with items of executions that are over. */
static void workers_do_not_ask(struct test_world *world)
{
    world->config.defects |= DIRECTOR_DEFECT_BIT(DIRECTOR_DEFECT_HALTED_WORK_GOES_ON);
    test_world_restart(world);
}

static void a_stale_item_finds_the_step_running_already(void **state)
{
    struct test_world *world = *state;
    workers_do_not_ask(world);
    start_twice(world);
    tell(world, "begin 1 2", "done");
    expect_stored(world, 1, "running error: 2 error");
}

/* The first run of a step writes into it before it saves anything. */
static void an_item_of_a_step_that_never_ran_changes_something(void **state)
{
    struct test_world *world = *state;
    workers_do_not_ask(world);
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    tell(world, "start 1", "run 2");
    tell(world, "halt 1", "ok");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2");
    tell(world, "begin 1 2 latest", "user code 2");
    tell(world, "begin 1 2", "done");
    expect_stored(world, 1, "running pending: 2 error");
}

/* With halted-work-goes-on nothing protects a step but the state in its row; without, the worker
 * is told before it begins. */
static void a_hardened_worker_begins_with_no_stale_item(void **state)
{
    struct test_world *world = *state;
    start_twice(world);
    (void)test_text_news(&world->store.calls);
    tell(world, "begin 1 2", "done");
    expect_calls(world, "");
    expect_stored(world, 1, "running error: 2 running");
    tell(world, "finish 1 2", "nothing");
    assert_int_equal(director_counters(world->director).stale_reports, 1);
}

static void a_hardened_worker_goes_on_to_no_finalize_step_of_a_halted_plan(void **state)
{
    struct test_world *world = *state;
    test_store_add(&world->store, "", "[S 2 3]");
    tell(world, "start 1", "finalize");
    tell(world, "begin 1 finalize", "user code 2");
    tell(world, "halt 1", "ok");
    tell(world, "continue 1 finalize success", "done");
    expect_stored(world, 1, "stopped pending: 2 success, 3 pending");
    tell(world, "finish 1 finalize", "nothing");
}

/* A director that comes after numbers what it writes from where the rows left off. */
static void rows_that_an_earlier_director_wrote_are_not_taken_for_its_own(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "2", "");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    test_plan_step(plan, 2)->state = DIRECTOR_STEP_ERROR;
    test_plan_step(plan, 2)->content = 1;
    tell(world, "start 1", "run 2");
    tell(world, "halt 1", "ok");
    plan->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2");
    tell(world, "begin 1 2 latest", "user code 2");
    tell(world, "continue 1 2 error latest", "done");
    assert_int_equal(test_plan_step(plan, 2)->content, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_run_loads_each_output_once_it_is_saved_as_running),
        STORY(an_output_that_is_named_twice_is_loaded_twice),
        STORY(a_run_that_failed_reads_its_outputs_no_second_time),
        STORY(where_no_row_matched_no_output_is_loaded),
        STORY(each_load_of_an_output_can_fail),
        STORY(an_output_that_is_not_there_crashes_the_worker),
        STORY(an_output_of_no_step_crashes_the_worker),
        STORY(a_finalize_step_loads_its_outputs_before_it_moves),
        STORY(a_finalize_step_without_its_outputs_stays_pending),
        FAITHFUL(a_finalize_item_brings_back_what_its_worker_left_each_time),
        FAITHFUL(a_stale_item_goes_on_where_its_save_would_change_nothing),
        HARDENED(a_stale_item_finds_the_step_running_already),
        HARDENED(a_hardened_worker_begins_with_no_stale_item),
        HARDENED(a_hardened_worker_goes_on_to_no_finalize_step_of_a_halted_plan),
        STORY(an_item_of_a_step_that_never_ran_changes_something),
        STORY(rows_that_an_earlier_director_wrote_are_not_taken_for_its_own),
    };
    return cmocka_run_group_tests_name("what workers read and write", tests, NULL, NULL);
}
