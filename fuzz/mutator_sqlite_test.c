/* mutator_sqlite_test.c: damage is inserted into stories, and changed only as bytes are. */
#include "fuzz/damage.h"
#include "fuzz/mutator_test_support.h"
#include "fuzz/story.h"

#define TIMES 20000u

static const unsigned char healthy[] = {
    STORY_PLAN, 2, 0, 0, 0,           0, 0, 4, STORY_STEP, 1, 0, 0,
    1,          0, 0, 0, STORY_EVENT, 3, 0, 0, 3,          0, 5, 0,
};
/* Read as records of a story they would be of each kind. */
static const unsigned char damaged[] = {
    0xc0, 1, 1, 1, 1, 1, 1, 1, 0xc1, 2, 2, 2, 2, 2, 2, 2, 0xc2, 3, 3, 3, 3, 3, 3, 3,
    0xc3, 4, 4, 4, 4, 4, 4, 4, 0xc4, 5, 5, 5, 5, 5, 5, 5, 0xc5, 6, 6, 6, 6, 6, 6, 6,
};
static uint32_t inserted, kinds_changed;
static uint32_t changed_at[DAMAGE_RECORD_BYTES];

static void see(const struct some_bytes *before, const struct some_bytes *after)
{
    const unsigned char *old = before == NULL ? NULL : before->bytes;
    const unsigned char *new = after->bytes;
    if (old == NULL) {
        inserted += new[0] >= DAMAGE_FROM;
        return;
    }
    kinds_changed += old[0] != new[0];
    for (size_t i = 1; i < DAMAGE_RECORD_BYTES; i++) {
        changed_at[i] += old[i] != new[i];
    }
}

static void every_edge_is_kept(void **state)
{
    (void)state;
    const struct some_bytes inputs[] = {
        {damaged, sizeof(damaged)}, {damaged, sizeof(damaged) - 1}, {healthy, sizeof(healthy)}};
    check_edges(inputs, sizeof(inputs) / sizeof(inputs[0]));
}

static void a_story_without_damage_gets_some(void **state)
{
    (void)state;
    const struct some_bytes input = {healthy, sizeof(healthy)};
    count_changes(input, (struct some_bytes){NULL, 0}, TIMES, find_records, see);
    print_message("# of %u mutations, damage was inserted by %u records\n", TIMES, inserted);
    assert_true(inserted > 0);
}

static void damage_is_changed_as_bytes(void **state)
{
    (void)state;
    const struct some_bytes input = {damaged, sizeof(damaged)};
    uint32_t least = TIMES;
    uint32_t most = 0;
    kinds_changed = 0;
    memset(changed_at, 0, sizeof(changed_at));
    count_changes(input, (struct some_bytes){NULL, 0}, TIMES, find_records, see);
    for (size_t i = 1; i < DAMAGE_RECORD_BYTES; i++) {
        least = changed_at[i] < least ? changed_at[i] : least;
        most = changed_at[i] > most ? changed_at[i] : most;
    }
    /* No byte is a time or an outcome, so none is chosen more often. */
    assert_int_equal(kinds_changed, 0);
    assert_true(least > 0);
    assert_true(most < least + least / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_kept),
        cmocka_unit_test(a_story_without_damage_gets_some),
        cmocka_unit_test(damage_is_changed_as_bytes),
    };
    return cmocka_run_group_tests_name("mutator_sqlite", tests, NULL, NULL);
}
