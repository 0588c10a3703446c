/* reach_test.c: what can happen is found to be possible, whatever it takes; what cannot is not. The
 * reasons are tested with the files that have them, in problems_of_*_test.c. */
#include "sim/scenario/reach.h"

#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct fixture {
    struct scenario_reading reading;
    struct scenario_memory *scratch;
    struct reach reach;
};

static struct reach *start(struct fixture *fixture, const char *text)
{
    const struct scenario *scenario = test_scenario(text, &fixture->reading);
    fixture->scratch = scenario_memory_create(NULL, NULL);
    assert_true(reach_start(&fixture->reach, scenario, fixture->scratch));
    return &fixture->reach;
}

static void finish(struct fixture *fixture)
{
    scenario_memory_destroy(fixture->scratch);
    scenario_reading_free(&fixture->reading);
}

/* The states of 0 to count - 1 that a step, or a plan for step SCENARIO_NONE, can move to, as a
 * set. */
static uint32_t step_states(struct reach *reach, uint32_t plan, uint32_t step, bool finalize)
{
    uint32_t states = 0;
    for (uint32_t state = 0; state < DIRECTOR_STEP_STATES; state++) {
        if (reach_step_moves_to(reach, plan, step, finalize, (enum director_step_state)state)) {
            states |= 1u << state;
        }
    }
    return states;
}

static uint32_t plan_states(const struct reach *reach, uint32_t plan)
{
    uint32_t states = 0;
    for (uint32_t state = 0; state < DIRECTOR_PLAN_STATES; state++) {
        if (reach_plan_moves_to(reach, plan, (enum director_plan_state)state)) {
            states |= 1u << state;
        }
    }
    return states;
}

#define STEP(state) (1u << DIRECTOR_STEP_##state)
#define PLAN(state) (1u << DIRECTOR_PLAN_##state)
#define RUNS (PLAN(RUNNING) | PLAN(PAUSED) | PLAN(STOPPED))

static void a_step_moves_as_its_outcomes_and_rescues_let_it(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reach *reach = start(&fixture, "scenario: x\n"
                                          "plans:\n"
                                          "  p:\n"
                                          "    run: [a, b, c, d]\n"
                                          "    finalize: [c, d]\n"
                                          "    steps:\n"
                                          "      a: {run: error}\n"
                                          "      b: {run: [error, suspend], rescue: skip}\n"
                                          "      c: {run: any, requires: [b], finalize: error}\n"
                                          "      d: {requires: [a, c]}\n"
                                          "events: [{at: 0ms, start: p}]\n");
    const uint32_t always = STEP(RUNNING) | STEP(ERROR);
    assert_int_equal(step_states(reach, 0, 0, false), always);
    assert_int_equal(step_states(reach, 0, 0, true), 0);
    assert_int_equal(step_states(reach, 0, 1, false),
                     always | STEP(SUSPENDED) | STEP(SKIPPING) | STEP(SKIPPED));
    assert_int_equal(step_states(reach, 0, 2, false),
                     always | STEP(SUCCESS) | STEP(SUSPENDED) | STEP(SKIPPED));
    assert_int_equal(step_states(reach, 0, 2, true), always | STEP(PENDING) | STEP(SKIPPED));
    assert_int_equal(step_states(reach, 0, 3, false), always | STEP(SUCCESS) | STEP(SKIPPED));
    assert_int_equal(step_states(reach, 0, 3, true),
                     always | STEP(PENDING) | STEP(SUCCESS) | STEP(SKIPPED));
    assert_true(reach_any_step_moves_to(reach, SCENARIO_NONE, DIRECTOR_STEP_SKIPPING));
    assert_true(reach_any_step_moves_to(reach, 0, DIRECTOR_STEP_SUSPENDED));
    assert_false(reach_any_step_moves_to(reach, 0, DIRECTOR_STEP_CANCELLED));
    finish(&fixture);
}

static void a_plan_moves_when_something_lets_it(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reach *reach = start(&fixture, "scenario: x\n"
                                          "plans:\n"
                                          "  started: {run: [a]}\n"
                                          "  forgotten: {run: [a]}\n"
                                          "  halted: {run: [a]}\n"
                                          "  stopped: {run: [a], state: stopped}\n"
                                          "  paused: {run: [a], state: paused}\n"
                                          "  scheduled: {run: [a], state: scheduled}\n"
                                          "  failing: {run: [a], state: scheduled, planning: "
                                          "error}\n"
                                          "events:\n"
                                          "  - {at: 0ms, start: started}\n"
                                          "  - {at: 0ms, halt: halted}\n"
                                          "  - {at: 0ms, start: stopped}\n"
                                          "  - {at: 0ms, start: paused}\n");
    assert_int_equal(plan_states(reach, 0), RUNS);
    assert_int_equal(plan_states(reach, 1), 0);
    assert_int_equal(plan_states(reach, 2), PLAN(STOPPED));
    assert_int_equal(plan_states(reach, 3), 0);
    assert_int_equal(plan_states(reach, 4), RUNS);
    assert_int_equal(plan_states(reach, 5), RUNS | PLAN(PLANNING) | PLAN(PLANNED));
    assert_int_equal(plan_states(reach, 6), PLAN(PLANNING) | PLAN(STOPPED));
    assert_true(reach_any_plan_moves_to(reach, DIRECTOR_PLAN_PLANNED));
    assert_false(reach_any_plan_moves_to(reach, DIRECTOR_PLAN_SCHEDULED));
    assert_false(reach_any_step_moves_to(reach, 5, DIRECTOR_STEP_CANCELLED));
    assert_true(reach_any_step_moves_to(reach, 5, DIRECTOR_STEP_RUNNING));
    finish(&fixture);
}

static void planned_plans_run_by_themselves_where_the_world_executes_them(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reach *reach = start(&fixture, "scenario: x\n"
                                          "world: {auto_execute: true}\n"
                                          "plans: {p: {run: [a]}, q: {run: [a], state: paused},\n"
                                          "        r: {run: [a], state: stopped}}\n");
    assert_int_equal(plan_states(reach, 0), RUNS);
    assert_int_equal(plan_states(reach, 1), RUNS);
    assert_int_equal(plan_states(reach, 2), 0);
    finish(&fixture);
}

static void a_chain_of_events_is_followed_to_its_end(void **state)
{
    (void)state;
    struct fixture fixture;
    /* The last event begins it all. */
    struct reach *reach =
        start(&fixture, "scenario: x\n"
                        "plans:\n"
                        "  p: {run: [a]}\n"
                        "  q: {run: [b], steps: {b: {run: suspend}}}\n"
                        "  r: {run: [c]}\n"
                        "events:\n"
                        "  - {after: {plan: r, state: stopped}, delete: r}\n"
                        "  - {after: {event: wake}, start: r}\n"
                        "  - {after: {step: b, state: suspended}, event: {step: b, name: wake}}\n"
                        "  - {after: {future: p}, start: q}\n"
                        "  - {at: 1ms, start: p}\n");
    for (uint32_t event = 0; event < 5; event++) {
        assert_true(reach->events[event]);
        assert_true(reach_event_happens(reach, event, NULL));
    }
    assert_int_equal(plan_states(reach, 2), RUNS);
    assert_true(reach->plans[2].deleted);
    finish(&fixture);
}

static void everything_in_a_sound_scenario_is_possible(void **state)
{
    (void)state;
    const char *const texts[] = {test_example, test_everything};
    for (size_t i = 0; i < 2; i++) {
        struct fixture fixture;
        struct reach *reach = start(&fixture, texts[i]);
        const struct scenario *scenario = fixture.reading.scenario;
        for (uint32_t k = 0; k < scenario->event_count; k++) {
            assert_true(reach_event_happens(reach, k, NULL));
        }
        for (uint32_t k = 0; k < scenario->fault_count; k++) {
            assert_true(reach_fault_strikes(reach, &scenario->faults[k], NULL));
        }
        for (uint32_t k = 0; k < scenario->expectation_count; k++) {
            assert_true(reach_expectation_holds(reach, &scenario->expectations[k], NULL));
        }
        finish(&fixture);
    }
}

static void work_is_on_its_way_to_a_queue_without_workers(void **state)
{
    (void)state;
    assert_string_equal(test_problems("scenario: x\n"
                                      "world: {queues: {idle: {workers: 0}}}\n"
                                      "plans: {p: {run: [a], steps: {a: {queue: idle}}}}\n"
                                      "events: [{at: 0ms, start: p}]\n"
                                      "faults:\n"
                                      "  - {on: work, queue: idle, error: twice}\n"
                                      "  - {on: worker, queue: idle, error: dies}\n"),
                        "7:25: this fault never strikes: queue 'idle' has no workers\n");
}

static void whoever_makes_scenarios_learns_what_to_leave_out(void **state)
{
    (void)state;
    struct fixture fixture;
    struct reach *reach = start(&fixture, "scenario: x\n"
                                          "plans: {p: {run: [a]}}\n"
                                          "events: [{at: 0ms, start: p}]\n");
    struct reach_reason why;
    const struct scenario_fault fault = {
        .site = SCENARIO_ON_SAVE_STEP,
        .plan = 0,
        .step = 0,
        .queue = SCENARIO_NONE,
        .has_to = true,
        .to_step = DIRECTOR_STEP_SUSPENDED,
    };
    assert_false(reach_fault_strikes(reach, &fault, NULL));
    assert_false(reach_fault_strikes(reach, &fault, &why));
    assert_string_equal(why.key, "to");
    assert_string_equal(why.text,
                        "step 'a' never becomes suspended: none of its run outcomes is suspend");
    const struct scenario_expectation expectation = {.kind = SCENARIO_EXPECT_PLAN, .missing = true};
    assert_false(reach_expectation_holds(reach, &expectation, &why));
    assert_null(why.key);
    finish(&fixture);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    bool started = false;
    for (uint64_t nth = 2; !started; nth++) {
        struct scenario_memory_fault fault = {.left = nth};
        struct scenario_memory *memory = scenario_memory_create(NULL, &fault);
        struct reach reach;
        started = reach_start(&reach, scenario, memory);
        assert_true(started || fault.left == 0);
        scenario_memory_destroy(memory);
    }
    scenario_reading_free(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_moves_as_its_outcomes_and_rescues_let_it),
        cmocka_unit_test(a_plan_moves_when_something_lets_it),
        cmocka_unit_test(planned_plans_run_by_themselves_where_the_world_executes_them),
        cmocka_unit_test(a_chain_of_events_is_followed_to_its_end),
        cmocka_unit_test(everything_in_a_sound_scenario_is_possible),
        cmocka_unit_test(work_is_on_its_way_to_a_queue_without_workers),
        cmocka_unit_test(whoever_makes_scenarios_learns_what_to_leave_out),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
