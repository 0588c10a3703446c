/* shrink_test.c: what is left of a scenario fails in the same way, loads again, and is small. */
#include "sim/search/shrink.h"

#include "sim/search/search_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The text that is left of a text. */
static void shrinks_to(const char *text, const char *smallest)
{
    struct scenario_reading reading;
    struct shrink_result result;
    const struct shrink_config config = {.arena = search_test_arena};
    assert_int_equal(shrink_scenario(&config, search_test_read(text, &reading), &result),
                     SHRINK_OK);
    assert_string_equal(result.text, smallest);
    assert_true(result.finished);
    assert_true(result.holds);
    assert_true(result.after.lines <= result.before.lines);
    shrink_result_free(&result);
    scenario_reading_free(&reading);
}

/* A save of a plan that stopped fails: everything else has nothing to do with it. */
static const char much[] =
    "scenario: much happens, and one thing goes wrong\n"
    "seed: 99\n"
    "until: 2h\n"
    "world: {director: faithful, worlds: 2, latency: 1ms..3ms, queues: {slow: {workers: 1}}}\n"
    "plans:\n"
    "  p0-import:\n"
    "    run: {sequence: [s0, {concurrence: [s1, s2]}, s3]}\n"
    "    finalize: [s3]\n"
    "    steps:\n"
    "      s0: {takes: 3ms..9ms, queue: slow}\n"
    "      s1: {run: success|error, rescue: skip, accepts_events: true}\n"
    "      s3: {requires: [s2]}\n"
    "  p1-export:\n"
    "    run: [s4, s5]\n"
    "    steps:\n"
    "      s5: {run: [suspend, success], accepts_events: true}\n"
    "events:\n"
    "  - {at: 13us, start: p0-import}\n"
    "  - {at: 17ms, start: p1-export}\n"
    "  - {at: 400ms, event: {plan: p1-export, step: s5, name: e1}}\n"
    "faults:\n"
    "  - {on: save_plan, plan: p1-export, to: stopped, error: full}\n"
    "  - {on: worker, step: s0, error: slow, for: 3ms}\n";

static void what_has_nothing_to_do_with_it_goes(void **state)
{
    (void)state;
    shrinks_to(much, "scenario: one, its future says stopped, the database says running\n"
                     "world: {defects: [unsaved-move-stands]}\n"
                     "plans:\n"
                     "  one: {}\n"
                     "events:\n"
                     "  - {at: 0ms, start: one}\n"
                     "faults:\n"
                     "  - {on: save_plan, to: stopped, error: io}\n"
                     "expect:\n"
                     "  violates: [future-tells-truth, plans-come-to-rest]\n");
}

static void what_matters_stays(void **state)
{
    (void)state;
    /* The halt must come while the failed step waits for its neighbour. */
    struct scenario_reading reading;
    struct shrink_result result;
    const struct shrink_config config = {.arena = search_test_arena};
    const struct scenario *scenario =
        search_test_read("scenario: a halt of a plan in error\n"
                         "world: {defects: [halt-pauses-failed-plan]}\n"
                         "plans:\n"
                         "  one:\n"
                         "    run: {concurrence: [a, b]}\n"
                         "    steps: {a: {run: error}, b: {takes: 10ms}}\n"
                         "events:\n"
                         "  - {at: 0ms, start: one}\n"
                         "  - {at: 5ms, halt: one}\n",
                         &reading);
    assert_int_equal(shrink_scenario(&config, scenario, &result), SHRINK_OK);
    assert_int_equal(result.after.events, 2);
    assert_int_equal(result.after.plans, 1);
    assert_non_null(strstr(result.text, "halt-pauses-failed-plan"));
    assert_non_null(strstr(result.text, "nothing-after-halt"));
    shrink_result_free(&result);
    scenario_reading_free(&reading);
}

static void shrinking_what_is_shrunk_changes_nothing(void **state)
{
    (void)state;
    struct scenario_reading reading;
    struct shrink_result once;
    struct shrink_result twice;
    const struct shrink_config config = {.arena = search_test_arena};
    const struct scenario *scenario =
        search_test_read("scenario: a future that lies\n"
                         "world: {director: faithful}\n"
                         "plans: {one: {run: [a, b]}, two: {run: c}}\n"
                         "events: [{at: 0ms, start: one}, {at: 0ms, start: two}]\n"
                         "faults: [{on: save_plan, plan: two, to: stopped, error: busy}]\n",
                         &reading);
    assert_int_equal(shrink_scenario(&config, scenario, &once), SHRINK_OK);
    assert_int_equal(shrink_scenario(&config, once.scenario, &twice), SHRINK_OK);
    assert_string_equal(once.text, twice.text);
    shrink_result_free(&once);
    shrink_result_free(&twice);
    scenario_reading_free(&reading);
}

/* Shrink a text with `%llu` for its seed, with one seed after another, until `wanted` have failed;
 * each of those is told to `check`. */
static void shrink_seeds(const char *format, uint64_t first, uint32_t wanted,
                         void (*check)(const struct shrink_result *result))
{
    const struct shrink_config config = {.arena = search_test_arena};
    uint32_t failing = 0;
    for (uint64_t seed = first; seed < first + 300 && failing < wanted; seed++) {
        char text[512];
        struct scenario_reading reading;
        struct shrink_result result = {0};
        snprintf(text, sizeof(text), format, (unsigned long long)seed);
        enum shrink_status status =
            shrink_scenario(&config, search_test_read(text, &reading), &result);
        if (status == SHRINK_OK) {
            failing++;
            check(&result);
        } else {
            assert_int_equal(status, SHRINK_NOTHING_FAILS);
        }
        shrink_result_free(&result);
        scenario_reading_free(&reading);
    }
    assert_int_equal(failing, wanted);
}

static void check_certain(const struct shrink_result *result)
{
    assert_int_equal(result->after.choices, 0);
    assert_true(result->scenario->seed == 0);
    assert_true(result->after.lines <= 6);
}

/* Chance decides whether it fails; what is left needs no seed. */
static void chance_becomes_certainty(void **state)
{
    (void)state;
    shrink_seeds("scenario: saves that fail now and then\n"
                 "seed: %llu\n"
                 "world: {director: faithful}\n"
                 "plans: {one: {run: [a, b], steps: {a: {run: any, takes: 1ms..7ms}}}}\n"
                 "events: [{at: 0ms, start: one}]\n"
                 "faults: [{on: save_plan, chance: 1/4, error: io, times: forever}]\n",
                 100, 3, check_certain);
}

static void check_small_seed(const struct shrink_result *result)
{
    assert_int_equal(result->after.choices, 0);
    assert_true(result->scenario->seed < 8);
    assert_int_equal(result->after.plans, 1);
    assert_int_equal(result->after.events, 2);
}

/* What came when is no list in the end, but an order by one of the first seeds. */
static void an_order_becomes_a_small_seed(void **state)
{
    (void)state;
    shrink_seeds("scenario: a halt in the middle of the work\n"
                 "seed: %llu\n"
                 "world: {defects: [halted-work-goes-on], order: any}\n"
                 "plans: {one: {run: [a, b]}, two: {run: c}}\n"
                 "events: [{at: 0ms, start: one}, {at: 0ms, halt: one}, {at: 0ms, start: two}]\n",
                 1000, 2, check_small_seed);
}

static void an_expectation_that_fails_is_kept(void **state)
{
    (void)state;
    struct scenario_reading reading;
    struct shrink_result result;
    const struct shrink_config config = {.arena = search_test_arena};
    const struct scenario *scenario =
        search_test_read("scenario: one expectation of two is wrong\n"
                         "plans: {one: {run: [a, b], steps: {b: {run: error}}}, two: {run: c}}\n"
                         "events: [{at: 0ms, start: one}, {at: 5ms, start: two}]\n"
                         "expect:\n"
                         "  plans: {one: {state: stopped}, two: {state: stopped}}\n",
                         &reading);
    assert_int_equal(shrink_scenario(&config, scenario, &result), SHRINK_OK);
    assert_false(result.holds);
    assert_int_equal(result.after.plans, 1);
    assert_int_equal(result.scenario->expectation_count, 1);
    assert_non_null(strstr(result.text, "state: stopped"));
    shrink_result_free(&result);
    scenario_reading_free(&reading);
}

static void nothing_to_shrink_is_told(void **state)
{
    (void)state;
    struct scenario_reading reading;
    struct shrink_result result;
    const struct shrink_config config = {.arena = search_test_arena};
    const struct scenario *scenario =
        search_test_read("scenario: all is well\nplans: {one: {run: a}}\n"
                         "events: [{at: 0ms, start: one}]\n",
                         &reading);
    assert_int_equal(shrink_scenario(&config, scenario, &result), SHRINK_NOTHING_FAILS);
    assert_null(result.text);
    shrink_result_free(&result);
    scenario_reading_free(&reading);
}

static bool stop_after_three(void *context)
{
    uint32_t *asked = context;
    return ++*asked > 3;
}

static void what_is_reached_at_a_limit_fails_as_well(void **state)
{
    (void)state;
    uint32_t asked = 0;
    struct scenario_reading reading;
    struct shrink_result result;
    const struct shrink_config limits[] = {
        {.arena = search_test_arena, .runs_max = 5},
        {.arena = search_test_arena, .stop = stop_after_three, .context = &asked}};
    const struct scenario *scenario =
        search_test_read("scenario: a future that lies\n"
                         "world: {director: faithful}\n"
                         "plans: {one: {run: [a, b]}, two: {run: c}}\n"
                         "events: [{at: 0ms, start: one}, {at: 0ms, start: two}]\n"
                         "faults: [{on: save_plan, plan: two, to: stopped, error: busy}]\n",
                         &reading);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(shrink_scenario(&limits[i], scenario, &result), SHRINK_OK);
        assert_false(result.finished);
        assert_true(result.holds);
        shrink_result_free(&result);
    }
    scenario_reading_free(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_nothing_to_do_with_it_goes),
        cmocka_unit_test(what_matters_stays),
        cmocka_unit_test(shrinking_what_is_shrunk_changes_nothing),
        cmocka_unit_test(chance_becomes_certainty),
        cmocka_unit_test(an_order_becomes_a_small_seed),
        cmocka_unit_test(an_expectation_that_fails_is_kept),
        cmocka_unit_test(nothing_to_shrink_is_told),
        cmocka_unit_test(what_is_reached_at_a_limit_fails_as_well),
    };
    return cmocka_run_group_tests(tests, search_test_start, search_test_end);
}
