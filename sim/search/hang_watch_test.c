/* hang_watch_test.c: a run that takes too long is noticed, and a machine that slept is no run that
 * takes long. */
#include "sim/search/hang_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HANG_MS 1000u
#define LOOK_MS 100u

static struct hang_watch watch;
static uint64_t now;

static int set_up(void **state)
{
    (void)state;
    now = 5000000;
    hang_watch_start(&watch, 7, now);
    return 0;
}

static bool look_after(uint64_t passed, uint64_t begun)
{
    now += passed;
    return hang_watch_look(&watch, begun, now, HANG_MS);
}

static void one_run_for_too_long_is_a_hang(void **state)
{
    (void)state;
    for (uint64_t passed = LOOK_MS; passed <= HANG_MS; passed += LOOK_MS) {
        assert_false(look_after(LOOK_MS, 7));
    }
    assert_true(look_after(LOOK_MS, 7));
}

static void many_runs_may_take_as_long_as_they_like(void **state)
{
    (void)state;
    for (uint64_t begun = 8; begun < 100; begun++) {
        assert_false(look_after(HANG_MS - LOOK_MS, begun));
        assert_false(look_after(LOOK_MS, begun));
    }
}

/* It wakes after hours: what it was at goes on, and is no hang before it has been seen at it for
 * as long as any other. */
static void a_machine_that_sleeps_is_not_counted(void **state)
{
    (void)state;
    assert_false(look_after(LOOK_MS, 7));
    assert_false(look_after(UINT64_C(36000000), 7));
    for (uint64_t passed = HANG_WATCH_LOOK_MS_MAX + 2 * LOOK_MS; passed <= HANG_MS;
         passed += LOOK_MS) {
        assert_false(look_after(LOOK_MS, 7));
    }
    assert_true(look_after(LOOK_MS, 7));
}

/* Waking several times is not enough either, as long as runs come to an end. */
static void a_run_that_ends_begins_the_count_anew(void **state)
{
    (void)state;
    for (uint64_t begun = 7; begun < 30; begun++) {
        for (uint32_t look = 0; look < 4; look++) {
            assert_false(look_after(HANG_MS, begun));
        }
    }
}

static void an_order_begins_the_count_anew(void **state)
{
    (void)state;
    for (uint32_t order = 0; order < 5; order++) {
        for (uint64_t passed = LOOK_MS; passed <= HANG_MS; passed += LOOK_MS) {
            assert_false(look_after(LOOK_MS, 7));
        }
        now += HANG_MS;
        hang_watch_start(&watch, 7, now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_run_for_too_long_is_a_hang, set_up),
        cmocka_unit_test_setup(many_runs_may_take_as_long_as_they_like, set_up),
        cmocka_unit_test_setup(a_machine_that_sleeps_is_not_counted, set_up),
        cmocka_unit_test_setup(a_run_that_ends_begins_the_count_anew, set_up),
        cmocka_unit_test_setup(an_order_begins_the_count_anew, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
