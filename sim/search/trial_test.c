/* trial_test.c: what a trial tells of a run, the signature of a failure, and groups of failures. */
#include "sim/search/trial.h"

#include "sim/scenario/scenario_reader.h"
#include "sim/search/groups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char failing[] = "scenario: it pauses\n"
                              "plans: {p: {run: [a, b], steps: {a: {run: error}}}}\n"
                              "events: [{at: 0ms, start: p}]\n"
                              "expect: {runs: {p: {b: 17}}}\n";

static void a_trial_leaves_nothing_behind(void **state)
{
    (void)state;
    size_t size;
    struct scenario_reading reading;
    struct trial first;
    struct trial second;
    struct coverage coverage = {0};
    struct arena *arena = replay_arena_create(&size);
    assert_int_equal(scenario_read_bytes("f.yaml", failing, sizeof(failing) - 1, &reading),
                     SCENARIO_READ_OK);
    trial_run(&first, arena, reading.scenario, REPLAY_STORE_MEMORY);
    assert_int_equal(arena_used(arena), 0);
    assert_true(
        trial_run_covering(&second, arena, reading.scenario, REPLAY_STORE_SQLITE, &coverage));
    assert_int_equal(first.status, REPLAY_OK);
    assert_false(first.held);
    assert_true(first.marks[MARK_PLAN_PAUSED]);
    assert_true(first.counts.trace_hash == second.counts.trace_hash);
    assert_int_equal(first.failure_count, 1);
    assert_string_equal(first.failures[0].signature, second.failures[0].signature);
    assert_string_equal(
        first.failures[0].signature,
        "expectation: expected user code of p/b to be called N times, it was called N times");
    assert_true(trial_fails_as(&first, first.failures[0].signature));
    assert_false(trial_fails_as(&first, "plan-moves: the plan moved from a to b"));
    assert_false(
        trial_run_covering(&second, arena, reading.scenario, REPLAY_STORE_MEMORY, &coverage));
    scenario_reading_free(&reading);
    arena_destroy(arena);
}

/* Nine plans that do not pause fail alike; the step that is called once comes after them. */
static const char failing_alike[] =
    "scenario: many failures of one kind, and one of another\n"
    "plans: {'1': {}, '2': {}, '3': {}, '4': {}, '5': {}, '6': {}, '7': {}, '8': {}, '9': {},\n"
    "        p: {run: a}}\n"
    "events:\n"
    "  [{at: 0ms, start: '1'}, {at: 0ms, start: '2'}, {at: 0ms, start: '3'},\n"
    "   {at: 0ms, start: '4'}, {at: 0ms, start: '5'}, {at: 0ms, start: '6'},\n"
    "   {at: 0ms, start: '7'}, {at: 0ms, start: '8'}, {at: 0ms, start: '9'},\n"
    "   {at: 0ms, start: p}]\n"
    "expect:\n"
    "  plans: {'1': {state: paused}, '2': {state: paused}, '3': {state: paused},\n"
    "          '4': {state: paused}, '5': {state: paused}, '6': {state: paused},\n"
    "          '7': {state: paused}, '8': {state: paused}, '9': {state: paused}}\n"
    "  runs: {p: {a: 2}}\n";

static void many_failures_that_are_alike_do_not_hide_another_one(void **state)
{
    (void)state;
    size_t size;
    struct scenario_reading reading;
    struct trial trial;
    struct arena *arena = replay_arena_create(&size);
    assert_int_equal(
        scenario_read_bytes("f.yaml", failing_alike, sizeof(failing_alike) - 1, &reading),
        SCENARIO_READ_OK);
    trial_run(&trial, arena, reading.scenario, REPLAY_STORE_MEMORY);
    assert_int_equal(trial.failure_count, 10);
    assert_int_equal(trial.kept, 2);
    assert_true(trial_fails_as(
        &trial,
        "expectation: expected user code of p/a to be called N times, it was called N times"));
    scenario_reading_free(&reading);
    arena_destroy(arena);
}

static void groups_do_not_depend_on_the_order_of_what_is_noted(void **state)
{
    (void)state;
    static const struct {
        const char *signature;
        uint64_t item;
        uint32_t size;
    } notes[] = {{"x", 7, 4}, {"y", 3, 9}, {"x", 2, 5}, {"x", 9, 4}, {"y", 1, 9}, {"z", 5, 1}};
    const size_t count = sizeof(notes) / sizeof(notes[0]);
    struct groups forward = {0};
    struct groups backward = {0};
    for (size_t i = 0; i < count; i++) {
        size_t k = count - 1 - i;
        uint32_t group = groups_find(&forward, notes[i].signature, "m", i);
        groups_note(&forward, group, notes[i].item, notes[i].size);
        group = groups_find(&backward, notes[k].signature, "m", i);
        groups_note(&backward, group, notes[k].item, notes[k].size);
    }
    groups_sort(&forward);
    groups_sort(&backward);
    assert_int_equal(forward.count, 3);
    assert_int_equal(backward.count, 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct group *left = &forward.groups[i];
        const struct group *right = &backward.groups[i];
        assert_string_equal(left->signature, right->signature);
        assert_true(left->count == right->count && left->first_item == right->first_item);
        assert_true(left->smallest_item == right->smallest_item);
    }
    assert_string_equal(forward.groups[0].signature, "x");
    assert_true(forward.groups[0].first_item == 2 && forward.groups[0].smallest_item == 7);
    groups_free(&forward);
    groups_free(&backward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_leaves_nothing_behind),
        cmocka_unit_test(many_failures_that_are_alike_do_not_hide_another_one),
        cmocka_unit_test(groups_do_not_depend_on_the_order_of_what_is_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
