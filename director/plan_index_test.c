/* plan_index_test.c: entries are found by the ids of their plans, however many there are and
 * whichever have been taken out. */
#include "director/plan_index.h"

#include "director/director_test_support.h"

#define ENTRIES 1000u

/* A uuid that an owner might number through: first in the low bytes, then in the high ones. */
static struct director_plan_id numbered_id(unsigned number)
{
    struct director_plan_id id = {{0}};
    unsigned at = number % 2 == 0 ? 0 : 12;
    id.bytes[at] = (unsigned char)(number >> 8);
    id.bytes[at + 1] = (unsigned char)number;
    return id;
}

static void fill(struct plan_index *index, const struct director_allocator *allocator,
                 struct plan_index_entry *entries)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        entries[i] = (struct plan_index_entry){.id = numbered_id(i)};
        assert_true(plan_index_reserve(index, allocator));
        plan_index_insert(index, &entries[i]);
    }
    assert_int_equal(index->count, ENTRIES);
}

static void an_empty_index_finds_nothing(void **state)
{
    (void)state;
    struct plan_index index = {0};
    struct director_plan_id id = numbered_id(1);
    assert_null(plan_index_find(&index, &id));
}

static void every_entry_is_found_and_no_other(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    static struct plan_index_entry entries[ENTRIES];
    struct plan_index index = {0};
    fill(&index, &allocator, entries);
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct director_plan_id id = numbered_id(i);
        assert_ptr_equal(plan_index_find(&index, &id), &entries[i]);
    }
    struct director_plan_id unknown = numbered_id(ENTRIES);
    assert_null(plan_index_find(&index, &unknown));
    plan_index_free(&index, &allocator);
    assert_int_equal(index.count, 0);
    assert_null(plan_index_find(&index, &unknown));
}

static void entries_that_were_taken_out_are_found_no_more(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    static struct plan_index_entry entries[ENTRIES];
    struct plan_index index = {0};
    fill(&index, &allocator, entries);
    for (unsigned i = 0; i < ENTRIES; i += 3) {
        plan_index_remove(&index, &entries[i]);
    }
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct director_plan_id id = numbered_id(i);
        assert_ptr_equal(plan_index_find(&index, &id), i % 3 == 0 ? NULL : &entries[i]);
    }
    assert_true(plan_index_reserve(&index, &allocator));
    plan_index_insert(&index, &entries[0]);
    struct director_plan_id again = numbered_id(0);
    assert_ptr_equal(plan_index_find(&index, &again), &entries[0]);
    plan_index_free(&index, &allocator);
}

static void without_memory_an_index_keeps_what_it_has(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    struct plan_index_entry entries[16];
    struct plan_index index = {0};
    world->memory.fail_at = world->memory.requests + 1;
    assert_false(plan_index_reserve(&index, &allocator));
    for (unsigned i = 0; i < 16; i++) {
        entries[i] = (struct plan_index_entry){.id = numbered_id(i)};
        assert_true(plan_index_reserve(&index, &allocator));
        plan_index_insert(&index, &entries[i]);
    }
    world->memory.fail_at = world->memory.requests + 1;
    assert_false(plan_index_reserve(&index, &allocator));
    for (unsigned i = 0; i < 16; i++) {
        assert_ptr_equal(plan_index_find(&index, &entries[i].id), &entries[i]);
    }
    plan_index_free(&index, &allocator);
}

static void ids_are_equal_when_all_their_bytes_are(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(struct director_plan_id); i++) {
        struct director_plan_id left = numbered_id(700);
        struct director_plan_id right = left;
        assert_true(plan_id_equal(&left, &right));
        right.bytes[i] ^= 0x80;
        assert_false(plan_id_equal(&left, &right));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_index_finds_nothing),
        WITH_WORLD(every_entry_is_found_and_no_other),
        WITH_WORLD(entries_that_were_taken_out_are_found_no_more),
        WITH_WORLD(without_memory_an_index_keeps_what_it_has),
        cmocka_unit_test(ids_are_equal_when_all_their_bytes_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
