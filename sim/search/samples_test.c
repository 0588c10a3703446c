/* samples_test.c: however long a campaign takes, its samples are few, evenly spread and in order,
 * and the newest stands. */
#include "sim/search/samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void add_at(struct samples *samples, uint64_t ms)
{
    const struct sample sample = {.ms = ms, .runs = 10 * ms};
    samples_add(samples, &sample);
}

static void assert_times(const struct samples *samples, const uint64_t *times, uint32_t count)
{
    assert_int_equal(samples->count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(samples->list[i].ms, times[i]);
    }
}

static void the_newest_takes_the_place_of_one_that_was_too_near(void **state)
{
    (void)state;
    struct samples samples = {0};
    add_at(&samples, 0);
    add_at(&samples, 30);
    assert_times(&samples, (uint64_t[]){0, 30}, 2);
    add_at(&samples, 99);
    add_at(&samples, 130);
    assert_times(&samples, (uint64_t[]){0, 130}, 2);
    add_at(&samples, 131);
    add_at(&samples, 131);
    assert_times(&samples, (uint64_t[]){0, 130, 131}, 3);
    assert_int_equal(samples.list[2].runs, 1310);
}

static void an_older_one_is_left_out(void **state)
{
    (void)state;
    struct samples samples = {0};
    add_at(&samples, 500);
    add_at(&samples, 499);
    assert_times(&samples, (uint64_t[]){500}, 1);
}

static void a_long_campaign_has_no_more_than_a_short_one(void **state)
{
    (void)state;
    static struct samples samples;
    uint64_t ms = 0;
    for (uint64_t i = 0; i < 200000; i++) { /* up to more than 30 hours */
        ms += 100 + i % 1013;
        add_at(&samples, ms);
        assert_true(samples.count <= SAMPLES_MAX);
        assert_int_equal(samples.list[samples.count - 1].ms, ms);
    }
    uint64_t apart = samples_apart_ms(ms);
    assert_true(samples.count >= SAMPLES_MAX / 4);
    for (uint32_t i = 1; i + 1 < samples.count; i++) {
        uint64_t gap = samples.list[i].ms - samples.list[i - 1].ms;
        assert_true(gap >= apart / 2 && gap <= 2 * apart + 1200);
    }
}

static void one_campaign_comes_after_the_other(void **state)
{
    (void)state;
    struct samples sum = {0};
    struct samples other = {0};
    samples_add(
        &sum,
        &(struct sample){
            .ms = 1000, .runs = 50, .failed = 2, .groups = 3, .marks = 9, .moves = 20, .pairs = 7});
    samples_add(
        &other,
        &(struct sample){
            .ms = 500, .runs = 10, .failed = 1, .groups = 1, .marks = 10, .moves = 5, .pairs = 1});
    samples_add(
        &other,
        &(struct sample){
            .ms = 900, .runs = 30, .failed = 4, .groups = 4, .marks = 10, .moves = 6, .pairs = 8});
    samples_append(&sum, 1100, &other);
    assert_times(&sum, (uint64_t[]){1000, 1600, 2000}, 3);
    assert_int_equal(sum.list[1].runs, 60);
    assert_int_equal(sum.list[1].groups, 3);
    assert_int_equal(sum.list[1].marks, 10);
    assert_int_equal(sum.list[2].runs, 80);
    assert_int_equal(sum.list[2].failed, 6);
    assert_int_equal(sum.list[2].groups, 4);
    assert_int_equal(sum.list[2].moves, 20);
    assert_int_equal(sum.list[2].pairs, 8);
    struct samples empty = {0};
    samples_append(&empty, 0, &other);
    assert_times(&empty, (uint64_t[]){500, 900}, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_takes_the_place_of_one_that_was_too_near),
        cmocka_unit_test(an_older_one_is_left_out),
        cmocka_unit_test(a_long_campaign_has_no_more_than_a_short_one),
        cmocka_unit_test(one_campaign_comes_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
