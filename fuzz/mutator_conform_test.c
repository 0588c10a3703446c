/* mutator_conform_test.c: conformance cases are changed by ops, words and numbers, in each of the
 * ways that README names. */
#include "fuzz/mutator_test_support.h"

#define TIMES 10000u

/* What stands in strings is no bracket, no comma and no key. */
static const char plain[] =
    "--- {\"case\":1,\"note\":\"\\\"ops\\\":[{]\",\"plans\":[],\"ops\":["
    "{\"op\":\"start\",\"plan\":\"p1\",\"x\":[\"]\",\",\"],\"expect\":0},"
    "{\"op\":\"exec\",\"work\":77},{\"op\":\"exec\",\"work\":78,\"outcome\":\"success\"},"
    "{\"op\":\"finish\",\"work\":79},{\"op\":\"terminate\"}]}\n";
static const char another[] = "--- {\"ops\" : [ {\"op\":\"taken\"} , {\"op\":\"over\"} ]}\n";
static uint32_t ops_changed, outcomes_changed, plans_changed, numbers_changed;

/* An op here holds no other brace. */
static size_t find_ops(const unsigned char *bytes, size_t size, struct some_bytes *units)
{
    static const char begin[] = "{\"op\":";
    size_t count = 0;
    for (size_t at = 0; at + sizeof(begin) <= size && count < UNITS_MAX; at++) {
        const unsigned char *end = memchr(bytes + at, '}', size - at);
        if (end != NULL && memcmp(bytes + at, begin, sizeof(begin) - 1) == 0) {
            units[count++] = (struct some_bytes){bytes + at, (size_t)(end + 1 - (bytes + at))};
        }
    }
    return count;
}

static void see(const struct some_bytes *before, const struct some_bytes *after)
{
    if (before == NULL) {
        return;
    }
    ops_changed += unit_has(before, "\"exec\"") &&
                   (unit_has(after, "\"finish\"") || unit_has(after, "\"fail\""));
    outcomes_changed += unit_has(before, "\"success\"") &&
                        (unit_has(after, "\"error\"") || unit_has(after, "\"suspend\""));
    plans_changed += unit_has(before, "\"p1\"") && unit_has(after, "\"p2\"");
    numbers_changed += unit_has(before, "\"work\":79") && !unit_has(after, "\"work\":79");
}

static void every_edge_is_kept(void **state)
{
    (void)state;
    static char brackets[8192];
    memset(brackets, '[', sizeof(brackets));
    memcpy(brackets, "\"ops\":", 6);
    const struct some_bytes inputs[] = {
        TEXT(plain),
        {plain, sizeof(plain) / 2},
        {brackets, sizeof(brackets)},
        TEXT("\"ops\":[{\"op\":\"start\"},{\"op\":\"ha"),
        TEXT("\"ops\":[{\"op\":\"start\"}}}},]],1]"),
    };
    check_edges(inputs, sizeof(inputs) / sizeof(inputs[0]));
}

static void every_kind_of_change_is_seen(void **state)
{
    (void)state;
    const struct some_bytes input = TEXT(plain);
    const struct some_bytes other = TEXT(another);
    struct tally tally = count_changes(input, other, TIMES, find_ops, see);
    assert_true(tally.of[CHANGE_DROPPED] > 0);
    assert_true(tally.of[CHANGE_REPEATED] > 0);
    assert_true(tally.of[CHANGE_SWAPPED] > 0);
    assert_true(tally.of[CHANGE_MOVED] > 0);
    assert_true(tally.of[CHANGE_SPLICED] > 0);
    assert_true(ops_changed > 0);
    assert_true(outcomes_changed > 0);
    assert_true(plans_changed > 0);
    assert_true(numbers_changed > 0);
    /* Ops go as wholes, and every change is one. */
    assert_int_equal(tally.of[CHANGE_OTHER], 0);
    assert_int_equal(tally.same, 0);
}

static void without_ops_words_and_bytes_are_changed(void **state)
{
    (void)state;
    const struct some_bytes inputs[] = {TEXT("true"), TEXT("{\"state\":\"paused\"}"),
                                        TEXT("\x80\x81"), TEXT("")};
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        struct tally tally =
            count_changes(inputs[i], (struct some_bytes){NULL, 0}, TIMES / 10, find_ops, see);
        assert_int_equal(tally.same, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_kept),
        cmocka_unit_test(every_kind_of_change_is_seen),
        cmocka_unit_test(without_ops_words_and_bytes_are_changed),
    };
    return cmocka_run_group_tests_name("mutator_conform", tests, NULL, NULL);
}
