/* mutator_yaml_test.c: scenario files are changed by lines and words, in each of the ways that
 * README names. */
#include "fuzz/mutator_test_support.h"

#define TIMES 10000u

static const char plain[] = "plans:\n"
                            "  - name: p1\n"
                            "    run: success\n"
                            "    order: alike\n"
                            "events:\n"
                            "  - {at: 77ms, halt: p1}\n"
                            "faults:\n"
                            "  - {on: save_step, error: busy}\n";
static const char another[] = "    taken: over\n  - {taken: too}\n";
static uint32_t faults, events, times_moved, outcomes_changed;

static size_t find_lines(const unsigned char *bytes, size_t size, struct some_bytes *units)
{
    size_t count = 0;
    for (size_t at = 0; at < size && count < UNITS_MAX; count++) {
        const unsigned char *newline = memchr(bytes + at, '\n', size - at);
        size_t end = newline == NULL ? size : (size_t)(newline - bytes) + 1;
        units[count] = (struct some_bytes){bytes + at, end - at};
        at = end;
    }
    return count;
}

static void see(const struct some_bytes *before, const struct some_bytes *after)
{
    if (before == NULL) {
        faults += unit_has(after, "on: ");
        events += unit_has(after, "at: ");
    } else {
        times_moved += unit_has(before, "at: 77ms") && !unit_has(after, "at: 77ms");
        outcomes_changed += unit_has(before, "run: success") &&
                            (unit_has(after, "run: error") || unit_has(after, "run: suspend"));
    }
}

static void every_edge_is_kept(void **state)
{
    (void)state;
    static char lines[4096];
    static char long_line[4096];
    memset(lines, '\n', sizeof(lines));
    memset(long_line, '-', sizeof(long_line));
    const struct some_bytes inputs[] = {
        TEXT(plain),
        {plain, sizeof(plain) - 2},
        {lines, sizeof(lines)},
        {long_line, sizeof(long_line)},
        TEXT("events:\n  - {at: 9"),
    };
    check_edges(inputs, sizeof(inputs) / sizeof(inputs[0]));
}

static void every_kind_of_change_is_seen(void **state)
{
    (void)state;
    const struct some_bytes input = TEXT(plain);
    const struct some_bytes other = TEXT(another);
    struct tally tally = count_changes(input, other, TIMES, find_lines, see);
    assert_true(tally.of[CHANGE_DROPPED] > 0);
    assert_true(tally.of[CHANGE_REPEATED] > 0);
    assert_true(tally.of[CHANGE_SWAPPED] > 0);
    assert_true(tally.of[CHANGE_SPLICED] > 0);
    assert_true(faults > 0);
    assert_true(events > 0);
    assert_true(times_moved > 0);
    assert_true(outcomes_changed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_kept),
        cmocka_unit_test(every_kind_of_change_is_seen),
    };
    return cmocka_run_group_tests_name("mutator_yaml", tests, NULL, NULL);
}
