/* mutator_story_test.c: stories are changed by records, in each of the ways that README names. */
#include "fuzz/mutator_test_support.h"
#include "fuzz/story.h"

#define TIMES 10000u

static const unsigned char plain[] = {
    STORY_PLAN, 2, 0, 0, 0, 0, 0, 4, STORY_STEP,  1, 0, 0, 1, 0, 0, 0,
    STORY_STEP, 2, 0, 0, 2, 0, 9, 0, STORY_EVENT, 3, 0, 0, 3, 0, 5, 0,
};
static const unsigned char another[] = {
    STORY_WORLD, 77, 78, 79, 80, 81, 82, 83, STORY_WORLD, 87, 88, 89, 90, 91, 92, 93,
};
static uint32_t faults, times_moved, outcomes_changed;

static void see(const struct some_bytes *before, const struct some_bytes *after)
{
    const unsigned char *old = before == NULL ? NULL : before->bytes;
    const unsigned char *new = after->bytes;
    if (old == NULL) {
        faults += new[0] == STORY_FAULT;
    } else if (old[0] == STORY_EVENT) {
        times_moved += old[EVENT_TIME] != new[EVENT_TIME];
    } else if (old[0] == STORY_STEP) {
        outcomes_changed += old[STEP_RUN] != new[STEP_RUN];
    }
}

static void every_edge_is_kept(void **state)
{
    (void)state;
    static unsigned char full[STORY_RECORDS_MAX * STORY_RECORD_BYTES + 3];
    memset(full, 0xd1, sizeof(full));
    const struct some_bytes inputs[] = {
        {plain, sizeof(plain)}, {plain, STORY_RECORD_BYTES}, {plain, sizeof(plain) - 1},
        {full, sizeof(full)},   {full, sizeof(full) - 4},
    };
    check_edges(inputs, sizeof(inputs) / sizeof(inputs[0]));
}

static void every_kind_of_change_is_seen(void **state)
{
    (void)state;
    const struct some_bytes input = {plain, sizeof(plain)};
    const struct some_bytes other = {another, sizeof(another)};
    struct tally tally = count_changes(input, other, TIMES, find_records, see);
    assert_true(tally.of[CHANGE_DROPPED] > 0);
    assert_true(tally.of[CHANGE_REPEATED] > 0);
    assert_true(tally.of[CHANGE_SWAPPED] > 0);
    assert_true(tally.of[CHANGE_SPLICED] > 0);
    assert_true(tally.of[CHANGE_INSERTED] > 0);
    assert_true(faults > 0);
    /* A changed byte (1 in 5, one of 7, of the event or the steps) may do these by chance: 1 in 140
     * and 1 in 70 of all. */
    assert_true(times_moved > TIMES / 70);
    assert_true(outcomes_changed > TIMES / 35);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_kept),
        cmocka_unit_test(every_kind_of_change_is_seen),
    };
    return cmocka_run_group_tests_name("mutator_story", tests, NULL, NULL);
}
