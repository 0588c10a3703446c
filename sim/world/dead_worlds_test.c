/* dead_worlds_test.c: looks for dead worlds are made when they may find one, at the times that the
 * scenario says, and left out where nothing has happened since the last one. */
#include "sim/search/search_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* The second world dies when it is said, while the first one is at work for an hour. */
static const char format[] =
    "scenario: one of two worlds dies\n"
    "world: {worlds: 2, validity_check: %s, order: %s}\n"
    "plans: {long: {run: [work], steps: {work: {takes: 1h}}},\n"
    "        left: {run: [work], steps: {work: {takes: 2h, rescue: skip}}}}\n"
    "events: [{at: 0ms, start: long}, {at: 0ms, start: left}, {at: %s, crash: world 2}]\n";

static struct trial trial;

static void run(const char *interval, const char *order, const char *crash)
{
    char text[512];
    snprintf(text, sizeof(text), format, interval, order, crash);
    search_test_hold(text, &trial);
}

static void looks_at_which_nothing_can_have_changed_are_left_out(void **state)
{
    (void)state;
    run("1ms", "sequence", "30m");
    assert_true(trial.counts.events < 60);
}

/* Whatever is left out, what is found is found at the same time: the trace is that of a world that
 * looks seldom enough for every look to be made. */
static void what_a_look_finds_is_found_in_time(void **state)
{
    static const char *const orders[] = {"sequence", "any", "priority"};
    (void)state;
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        run("1h", orders[i], "3599s");
        uint64_t hash = trial.counts.trace_hash;
        run("36s", orders[i], "3599s");
        assert_true(trial.counts.trace_hash == hash);
        run("35s", orders[i], "3599s");
        assert_true(trial.counts.trace_hash != hash);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_at_which_nothing_can_have_changed_are_left_out),
        cmocka_unit_test(what_a_look_finds_is_found_in_time),
    };
    return cmocka_run_group_tests(tests, search_test_start, search_test_end);
}
