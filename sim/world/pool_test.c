/* pool_test.c: a pool whose workers a fault takes away, for a while or until all heals. */
#include "sim/search/search_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char format[] = "scenario: a pool loses its workers\n"
                             "plans: {one: {run: [a]}}\n"
                             "events: [{at: 0ms, start: one}, {at: 1h, heal: faults}]\n"
                             "faults: [{on: pool, error: empty, for: 1ms, %s}]\n";

static struct trial trial;

static void run(const char *when)
{
    char text[512];
    snprintf(text, sizeof(text), format, when);
    search_test_hold(text, &trial);
}

static void a_fault_that_may_strike_again_is_tried_again(void **state)
{
    (void)state;
    run("times: 500");
    assert_true(trial.counts.events > 500);
    assert_true(trial.counts.events < 520);
    run("times: forever, chance: 999/1000");
    assert_true(trial.counts.events > 20);
}

/* It would take the workers away again at once: nobody asks by the millisecond. */
static void one_that_always_strikes_lasts_until_all_heals(void **state)
{
    (void)state;
    run("times: forever");
    uint64_t events = trial.counts.events;
    assert_true(events < 20);
    assert_true(trial.counts.end_time >= UINT64_C(3600000000));
    run("times: forever, chance: 1/1");
    assert_int_equal(trial.counts.events, events);
    assert_true(trial.counts.end_time >= UINT64_C(3600000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_that_may_strike_again_is_tried_again),
        cmocka_unit_test(one_that_always_strikes_lasts_until_all_heals),
    };
    return cmocka_run_group_tests(tests, search_test_start, search_test_end);
}
