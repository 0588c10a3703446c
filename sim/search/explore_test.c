/* explore_test.c: the reductions and the fingerprint lose nothing, what is found replays, and
 * limits are told. */
#include "sim/search/explore.h"

#include "sim/search/search_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct explore_result explore(struct explore_config config, const struct scenario *scenario)
{
    struct explore_result result;
    config.arena = search_test_arena;
    assert_int_equal(explore_scenario(&config, scenario, &result), EXPLORE_OK);
    return result;
}

static void same_failures(const struct explore_result *left, const struct explore_result *right)
{
    assert_int_equal(left->failure_count, right->failure_count);
    for (uint32_t i = 0; i < left->failure_count; i++) {
        assert_string_equal(left->failures[i].failure.signature,
                            right->failures[i].failure.signature);
    }
}

/* Small scenarios, each with something else in it. */
struct small {
    const char *text;
    uint32_t faults;
    bool reduces; /* the reductions find something to leave out */
};

static const struct small smalls[] = {
    {"scenario: two plans\n"
     "plans: {one: {run: [a, b]}, two: {run: [c]}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, start: two}\n",
     0, true},
    {"scenario: two plans and a fault anywhere\n"
     "world: {queues: {default: {workers: 6}}}\n"
     "plans: {one: {run: a}, two: {}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, start: two}\n",
     1, true},
    {"scenario: outcomes by chance, rescues and defects\n"
     "world: {director: faithful, queues: {default: {workers: 8}}}\n"
     "plans:\n"
     "  one:\n"
     "    run: {concurrence: [a, b]}\n"
     "    steps:\n"
     "      a: {run: any, rescue: skip, accepts_events: true}\n"
     "      b: {run: success|error, rescue: skip}\n"
     "  two: {run: c, steps: {c: {run: success|error, rescue: fail}}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, start: two}\n"
     "  - {after: {step: a, state: suspended}, event: {step: a, name: ready}}\n",
     0, true},
    {"scenario: one worker for two plans, and a halt\n"
     "world: {director: faithful, queues: {default: {workers: 1}}}\n"
     "plans: {one: {run: {concurrence: [a, b]}}, two: {run: c, steps: {c: {run: error}}}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, start: two}\n"
     "  - {after: {plan: two, state: running}, halt: two}\n",
     0, false},
    {"scenario: two plans in a world that terminates\n"
     "world: {director: faithful}\n"
     "plans: {one: {run: a, steps: {a: {run: success|error}}}, two: {run: b}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, start: two}\n"
     "  - {after: {plan: one, state: running}, terminate: world}\n",
     0, true},
    {"scenario: a plan is deleted\n"
     "world: {director: faithful}\n"
     "plans: {one: {run: [a, b]}, two: {run: c}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, delete: one}\n"
     "  - {at: 0ms, start: two}\n",
     0, true},
    {"scenario: an event for a step that waits\n"
     "plans: {one: {run: [a, b], steps: {b: {run: [suspend, success], accepts_events: true}}}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {after: {step: b, state: suspended}, event: {step: b, name: ready}}\n",
     1, false},
    {"scenario: two worlds, of which one crashes\n"
     "world: {worlds: 2}\n"
     "plans: {one: {run: a}}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {at: 0ms, crash: world 2}\n"
     "  - {at: 0ms, check_worlds: world}\n",
     0, false},
    {"scenario: a plan is planned beside another one, or too late, or halted\n"
     "world: {director: faithful}\n"
     "plans:\n"
     "  one: {run: a}\n"
     "  two: {state: scheduled, start_before: 1ms, after: [one], planning: success|error, run: b}\n"
     "events:\n"
     "  - {at: 0ms, start: one}\n"
     "  - {after: {plan: two, state: planning}, halt: two}\n",
     1, false},
};

static void reductions_lose_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(smalls) / sizeof(smalls[0]); i++) {
        struct scenario_reading reading;
        const struct scenario *scenario = search_test_read(smalls[i].text, &reading);
        struct explore_result reduced =
            explore((struct explore_config){.faults = smalls[i].faults}, scenario);
        struct explore_result whole = explore(
            (struct explore_config){.faults = smalls[i].faults, .all_orders = true}, scenario);
        assert_null(reduced.unfinished);
        assert_null(whole.unfinished);
        same_failures(&reduced, &whole);
        assert_int_equal(reduced.ends, whole.ends);
        assert_true(reduced.ends_hash == whole.ends_hash);
        assert_true(reduced.states <= whole.states);
        if (smalls[i].reduces) {
            assert_true(reduced.moves < whole.moves);
        }
        explore_result_free(&reduced);
        explore_result_free(&whole);
        scenario_reading_free(&reading);
    }
}

/* What must stay together stays together: a wrong fingerprint would take two states for one, and
 * lose what comes after one of them. */
static void comparing_states_loses_nothing(void **state)
{
    static const char *const texts[] = {
        "scenario: a fault in a small plan\n"
        "world: {director: faithful}\n"
        "plans: {one: {run: a, steps: {a: {run: success|error}}}}\n"
        "events:\n"
        "  - {at: 0ms, start: one}\n",
        "scenario: an event, and a plan that is deleted\n"
        "world: {director: faithful}\n"
        "plans: {one: {run: a, steps: {a: {run: [suspend, success], accepts_events: true}}}}\n"
        "events:\n"
        "  - {at: 0ms, start: one}\n"
        "  - {after: {step: a, state: suspended}, event: {step: a, name: ready}}\n"
        "  - {after: {step: a, state: suspended}, delete: one}\n",
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scenario_reading reading;
        const struct scenario *scenario = search_test_read(texts[i], &reading);
        const struct explore_config config = {
            .faults = i == 0 ? 1 : 0, .all_orders = true, .every_way = true};
        struct explore_result ways = explore(config, scenario);
        struct explore_result states =
            explore((struct explore_config){.faults = config.faults}, scenario);
        assert_null(ways.unfinished);
        assert_true(ways.moves > states.moves);
        same_failures(&states, &ways);
        assert_true(states.failure_count > 0);
        assert_int_equal(states.ends, ways.ends);
        assert_true(states.ends_hash == ways.ends_hash);
        explore_result_free(&ways);
        explore_result_free(&states);
        scenario_reading_free(&reading);
    }
}

/* States that are taken for one go on in the same ways, each time that one is come to. */
static void states_that_are_one_go_on_alike(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(smalls) / sizeof(smalls[0]); i++) {
        struct scenario_reading reading;
        const struct scenario *scenario = search_test_read(smalls[i].text, &reading);
        const struct explore_config config = {
            .states_max = 600, .faults = smalls[i].faults, .all_orders = true, .doubt = true};
        struct explore_result result = explore(config, scenario);
        assert_int_equal(result.contradictions, 0);
        explore_result_free(&result);
        scenario_reading_free(&reading);
    }
}

static void the_way_to_each_failure_replays(void **state)
{
    (void)state;
    uint32_t failures = 0;
    for (size_t i = 0; i < sizeof(smalls) / sizeof(smalls[0]); i++) {
        struct scenario_reading reading;
        const struct scenario *scenario = search_test_read(smalls[i].text, &reading);
        struct explore_result result =
            explore((struct explore_config){.faults = smalls[i].faults}, scenario);
        for (uint32_t f = 0; f < result.failure_count; f++) {
            struct trial trial;
            trial_run(&trial, search_test_arena, result.failures[f].scenario, REPLAY_STORE_MEMORY);
            assert_int_equal(trial.status, REPLAY_OK);
            assert_true(trial_fails_as(&trial, result.failures[f].failure.signature));
            assert_true(result.failures[f].moves > 0);
            failures++;
        }
        explore_result_free(&result);
        scenario_reading_free(&reading);
    }
    assert_true(failures >= 3);
}

static void the_same_search_finds_the_same(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = search_test_read(smalls[2].text, &reading);
    struct explore_result first = explore((struct explore_config){0}, scenario);
    struct explore_result second = explore((struct explore_config){0}, scenario);
    assert_int_equal(first.states, second.states);
    assert_int_equal(first.moves, second.moves);
    assert_true(first.ends_hash == second.ends_hash);
    same_failures(&first, &second);
    explore_result_free(&first);
    explore_result_free(&second);
    scenario_reading_free(&reading);
}

static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

static void a_limit_is_told(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = search_test_read(smalls[0].text, &reading);
    const struct explore_config limits[] = {
        {.states_max = 10}, {.depth_max = 3}, {.stop = stop_at_once}};
    for (size_t i = 0; i < 3; i++) {
        struct explore_result result = explore(limits[i], scenario);
        assert_non_null(result.unfinished);
        explore_result_free(&result);
    }
    scenario_reading_free(&reading);
}

/* With the times of the file two steps that take different times end in one order. */
static void times_can_be_kept(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario =
        search_test_read("scenario: one is faster\n"
                         "plans:\n"
                         "  one:\n"
                         "    run: {concurrence: [a, b]}\n"
                         "    steps: {a: {takes: 5ms}, b: {takes: 9ms}}\n"
                         "events:\n"
                         "  - {at: 0ms, start: one}\n",
                         &reading);
    struct explore_result timed = explore((struct explore_config){.keep_times = true}, scenario);
    struct explore_result untimed = explore((struct explore_config){0}, scenario);
    assert_null(timed.unfinished);
    assert_true(timed.states < untimed.states);
    explore_result_free(&timed);
    explore_result_free(&untimed);
    scenario_reading_free(&reading);
}

/* Whether a termination that is too late is excused depends on when work was over last: two states
 * that differ in nothing else are two, and the second one fails. */
static void when_work_was_over_matters_to_a_termination(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario =
        search_test_read("scenario: a step is long over, or just so, when a termination is late\n"
                         "world:\n"
                         "  defects: [event-unanswered-in-termination]\n"
                         "  termination_timeout: 40ms\n"
                         "  latency: 2ms\n"
                         "  queues: {default: {workers: 3}}\n"
                         "plans:\n"
                         "  one:\n"
                         "    run: {concurrence: [a, c]}\n"
                         "    steps: {a: {takes: 8ms..18ms}, c: {takes: 34ms}}\n"
                         "  two: {run: b, steps: {b: {run: suspend, accepts_events: true}}}\n"
                         "events:\n"
                         "  - {at: 0ms, start: one}\n"
                         "  - {at: 0ms, start: two}\n"
                         "  - {after: {step: a, state: success}, terminate: world}\n"
                         "  - {after: {step: a, state: success}, delay: 1ms,\n"
                         "     event: {plan: two, step: b, name: late}}\n",
                         &reading);
    struct explore_result result = explore((struct explore_config){.keep_times = true}, scenario);
    bool late = false;
    for (uint32_t i = 0; i < result.failure_count; i++) {
        late |= strstr(result.failures[i].failure.signature, "termination-in-time") != NULL;
    }
    assert_true(late);
    explore_result_free(&result);
    scenario_reading_free(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reductions_lose_nothing),
        cmocka_unit_test(comparing_states_loses_nothing),
        cmocka_unit_test(states_that_are_one_go_on_alike),
        cmocka_unit_test(the_way_to_each_failure_replays),
        cmocka_unit_test(the_same_search_finds_the_same),
        cmocka_unit_test(a_limit_is_told),
        cmocka_unit_test(times_can_be_kept),
        cmocka_unit_test(when_work_was_over_matters_to_a_termination),
    };
    return cmocka_run_group_tests(tests, search_test_start, search_test_end);
}
