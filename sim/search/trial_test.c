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
        cmocka_unit_test(groups_do_not_depend_on_the_order_of_what_is_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
