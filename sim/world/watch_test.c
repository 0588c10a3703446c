/* watch_test.c: what the world watches itself fails when the world does what it must not. */
#include "sim/proof/proof_test_support.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One plan of one step, in the second of two queues. Ids: the root's plan step is 1, import has 2
 * and 3. */
#define IMPORT_RUN 3u
enum { DEFAULT, SLOW };

static struct scenario_reading reading;
static struct proof_config config;
static struct proof_run run;
static struct executor_world *world;

static int set_up(void **state)
{
    static const char text[] = "scenario: a plan in a queue of its own\n"
                               "world: {queues: {default: {workers: 1}, slow: {workers: 1}}}\n"
                               "plans: {one: {run: [import], steps: {import: {queue: slow}}}}\n"
                               "events: [{at: 1ms, start: one}]\n";
    (void)state;
    assert_int_equal(scenario_read_bytes("text", text, strlen(text), &reading), SCENARIO_READ_OK);
    config = (struct proof_config){.scenario = reading.scenario,
                                   .allocator = director_default_allocator()};
    assert_true(proof_build(&run, &config));
    world = &run.simulation->worlds[1];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    proof_end(&run);
    scenario_reading_free(&reading);
    return 0;
}

static void go_on(void)
{
    bool more = true;
    while (more) {
        assert_int_equal(simulation_step(run.simulation, &more), SIMULATION_OK);
    }
}

static void assert_holds(void)
{
    assert_int_equal(simulation_failure_count(run.simulation), 0);
}

static void assert_fails(enum invariant invariant)
{
    assert_int_equal(simulation_failure_count(run.simulation), 1);
    assert_int_equal(simulation_failure(run.simulation, 0)->invariant, invariant);
}

static void an_item_goes_to_the_queue_of_its_step(void **state)
{
    struct job job = {.world = world, .step_id = IMPORT_RUN, .queue = SLOW};
    (void)state;
    watch_queued(&job);
    assert_holds();
    job.queue = DEFAULT;
    watch_queued(&job);
    assert_fails(INVARIANT_OWN_QUEUE);
}

static void items_are_taken_as_they_came(void **state)
{
    struct pool pool = {0};
    const struct job first = {.world = world, .step_id = IMPORT_RUN, .arrived = 1};
    const struct job second = {.world = world, .step_id = IMPORT_RUN, .arrived = 2};
    (void)state;
    watch_taken(&pool, &first);
    watch_taken(&pool, &second);
    assert_holds();
    watch_taken(&pool, &first);
    assert_fails(INVARIANT_OWN_QUEUE);
}

static void a_world_that_terminates_gives_no_work_out(void **state)
{
    struct pool pool = {0};
    const struct job job = {.world = world, .step_id = IMPORT_RUN, .arrived = 1};
    (void)state;
    world->core_terminating = true;
    watch_taken(&pool, &job);
    assert_fails(INVARIANT_NOTHING_AFTER_TERMINATION);
}

static void a_start_that_has_the_lock_is_not_refused(void **state)
{
    (void)state;
    while (run.simulation->requests == NULL || !run.simulation->requests->has_lock) {
        bool more = true;
        assert_int_equal(simulation_step(run.simulation, &more), SIMULATION_OK);
        assert_true(more);
    }
    assert_holds();
    dispatcher_request(world, run.simulation->requests);
    assert_fails(INVARIANT_REFUSED_IS_NOT_RUN);
}

static void a_termination_ends_with_its_timeout(void **state)
{
    (void)state;
    go_on();
    world->deadline = world_now(run.simulation);
    watch_terminated(world);
    assert_holds();
    world->deadline--;
    watch_terminated(world);
    assert_fails(INVARIANT_TERMINATION_IN_TIME);
}

static void no_world_is_terminating_in_the_end(void **state)
{
    (void)state;
    world->state = WORLD_TERMINATING;
    world->told_to_end = true;
    watch_worlds_in_the_end(run.simulation);
    world->state = WORLD_ALIVE;
    assert_fails(INVARIANT_TERMINATION_IN_TIME);
}

static void a_world_ends_for_a_reason(void **state)
{
    (void)state;
    go_on();
    world_terminate(world);
    world->connection_lost = true;
    go_on();
    assert_int_equal(world->state, WORLD_TERMINATED);
    watch_worlds_in_the_end(run.simulation);
    assert_holds();
    world->connection_lost = false;
    watch_worlds_in_the_end(run.simulation);
    assert_fails(INVARIANT_WORLDS_STAY);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_item_goes_to_the_queue_of_its_step),
        TEST(items_are_taken_as_they_came),
        TEST(a_world_that_terminates_gives_no_work_out),
        TEST(a_start_that_has_the_lock_is_not_refused),
        TEST(a_termination_ends_with_its_timeout),
        TEST(no_world_is_terminating_in_the_end),
        TEST(a_world_ends_for_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
