/* item_ranges_test.c: ranges in any order make the same set, and its gaps are what is missing. */
#include "sim/search/item_ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ITEMS 64u

static void assert_ranges(const struct item_ranges *ranges, const struct item_range *wanted,
                          size_t count)
{
    assert_int_equal(ranges->count, count);
    assert_memory_equal(ranges->ranges, wanted, count * sizeof(*wanted));
}

static void ranges_that_touch_become_one(void **state)
{
    (void)state;
    struct item_ranges ranges = {0};
    assert_true(item_ranges_add(&ranges, 10, 20));
    assert_true(item_ranges_add(&ranges, 30, 40));
    assert_true(item_ranges_add(&ranges, 5, 5));
    assert_ranges(&ranges, (struct item_range[]){{10, 20}, {30, 40}}, 2);
    assert_true(item_ranges_add(&ranges, 20, 22));
    assert_ranges(&ranges, (struct item_range[]){{10, 22}, {30, 40}}, 2);
    assert_true(item_ranges_add(&ranges, 15, 35));
    assert_ranges(&ranges, (struct item_range[]){{10, 40}}, 1);
    assert_true(item_ranges_add(&ranges, 0, 1));
    assert_true(item_ranges_add(&ranges, 50, UINT64_MAX));
    assert_ranges(&ranges, (struct item_range[]){{0, 1}, {10, 40}, {50, UINT64_MAX}}, 3);
    assert_true(item_ranges_add(&ranges, 0, UINT64_MAX));
    assert_ranges(&ranges, (struct item_range[]){{0, UINT64_MAX}}, 1);
    item_ranges_free(&ranges);
}

static void gaps_are_what_is_missing(void **state)
{
    (void)state;
    struct item_ranges ranges = {0};
    struct item_range gap;
    assert_true(item_ranges_gap(&ranges, 3, 9, &gap));
    assert_true(gap.first == 3 && gap.end == 9);
    assert_true(item_ranges_add(&ranges, 10, 20));
    assert_true(item_ranges_add(&ranges, 30, 40));
    assert_true(item_ranges_gap(&ranges, 0, 100, &gap));
    assert_true(gap.first == 0 && gap.end == 10);
    assert_true(item_ranges_gap(&ranges, 10, 100, &gap));
    assert_true(gap.first == 20 && gap.end == 30);
    assert_true(item_ranges_gap(&ranges, 35, 100, &gap));
    assert_true(gap.first == 40 && gap.end == 100);
    assert_false(item_ranges_gap(&ranges, 12, 20, &gap));
    assert_int_equal(item_ranges_items(&ranges), 20);
    item_ranges_free(&ranges);
}

/* Against a plain array of what is in it. */
static void any_ranges_are_as_an_array_has_them(void **state)
{
    (void)state;
    uint32_t number = 1;
    for (uint32_t round = 0; round < 200; round++) {
        struct item_ranges ranges = {0};
        bool in[ITEMS] = {false};
        for (uint32_t i = 0; i < 12; i++) {
            number = number * 1103515245u + 12345u;
            uint32_t first = (number >> 16) % ITEMS;
            uint32_t end = first + (number >> 24) % 9;
            end = end < ITEMS ? end : ITEMS;
            assert_true(item_ranges_add(&ranges, first, end));
            for (uint32_t item = first; item < end; item++) {
                in[item] = true;
            }
        }
        bool again[ITEMS];
        memset(again, 1, sizeof(again));
        struct item_range gap;
        for (uint64_t from = 0; item_ranges_gap(&ranges, from, ITEMS, &gap); from = gap.end) {
            assert_true(gap.first < gap.end && gap.end <= ITEMS);
            memset(again + gap.first, 0, gap.end - gap.first);
        }
        assert_memory_equal(in, again, sizeof(in));
        item_ranges_free(&ranges);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_that_touch_become_one),
        cmocka_unit_test(gaps_are_what_is_missing),
        cmocka_unit_test(any_ranges_are_as_an_array_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
