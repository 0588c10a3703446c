/* name_index_test.c: looking names up, and the nearest one. */
#include "sim/scenario/name_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void start(struct name_index *index, struct scenario_memory *memory,
                  const char *const *names, uint32_t count)
{
    assert_true(name_index_start(index, memory, count));
    for (uint32_t i = 0; i < count; i++) {
        name_index_add(index, names[i], (uint32_t)strlen(names[i]), i,
                       (struct scenario_position){i + 1, 1});
    }
    name_index_sort(index);
}

static void names_are_found_and_equal_ones_in_their_order(void **state)
{
    (void)state;
    static const char *const names[] = {"b", "a", "long-name", "a", "ab", "a", ""};
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct name_index index;
    start(&index, memory, names, 7);
    for (uint32_t i = 0; i < 7; i++) {
        const struct name_entry *entry =
            name_index_find(&index, names[i], (uint32_t)strlen(names[i]));
        assert_non_null(entry);
        assert_string_equal(names[entry->value], names[i]);
    }
    const struct name_entry *first = name_index_find(&index, "a", 1);
    assert_int_equal(first->value, 1);
    const struct name_entry *second = name_index_next_equal(&index, first);
    assert_int_equal(second->value, 3);
    const struct name_entry *third = name_index_next_equal(&index, second);
    assert_int_equal(third->value, 5);
    assert_null(name_index_next_equal(&index, third));
    assert_null(name_index_next_equal(&index, name_index_find(&index, "long-name", 9)));
    assert_null(name_index_find(&index, "c", 1));
    assert_null(name_index_find(&index, "long-nam", 8));
    scenario_memory_destroy(memory);
}

static void an_index_without_memory_has_room_for_nothing(void **state)
{
    (void)state;
    struct scenario_memory_fault fault = {.left = 2};
    struct scenario_memory *memory = scenario_memory_create(NULL, &fault);
    struct name_index index;
    assert_false(name_index_start(&index, memory, 5));
    name_index_add(&index, "a", 1, 0, (struct scenario_position){1, 1});
    name_index_sort(&index);
    assert_null(name_index_find(&index, "a", 1));
    assert_true(name_index_start(&index, memory, 0));
    scenario_memory_destroy(memory);
}

static uint32_t distance(const char *first, const char *second, uint32_t most)
{
    uint32_t found = name_distance(first, strlen(first), second, strlen(second), most);
    assert_int_equal(name_distance(second, strlen(second), first, strlen(first), most), found);
    return found;
}

static void distance_counts_letters_added_taken_changed_and_swapped(void **state)
{
    (void)state;
    assert_int_equal(distance("", "", 3), 0);
    assert_int_equal(distance("seed", "seed", 3), 0);
    assert_int_equal(distance("SEED", "seed", 3), 0);
    assert_int_equal(distance("sed", "seed", 3), 1);
    assert_int_equal(distance("chekc", "check", 3), 1);
    assert_int_equal(distance("kitten", "sitting", 3), 3);
    assert_int_equal(distance("kitten", "sitting", 2), 3);
    assert_int_equal(distance("", "abc", 3), 3);
    assert_int_equal(distance("abcdef", "ghijkl", 3), 4);
    assert_int_equal(distance("ab", "ba", 1), 1);
}

static void the_nearest_name_is_suggested_if_it_is_near(void **state)
{
    (void)state;
    static const char *const names[] = {"import", "export", "publish", "a"};
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct name_index index;
    start(&index, memory, names, 4);
    assert_int_equal(name_index_nearest(&index, "imprt", 5)->value, 0);
    assert_int_equal(name_index_nearest(&index, "exprot", 6)->value, 1);
    assert_int_equal(name_index_nearest(&index, "PUBLISH", 7)->value, 2);
    assert_null(name_index_nearest(&index, "b", 1));
    assert_null(name_index_nearest(&index, "fetch", 5));
    assert_null(name_index_nearest(&index, "", 0));
    scenario_memory_destroy(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_and_equal_ones_in_their_order),
        cmocka_unit_test(an_index_without_memory_has_room_for_nothing),
        cmocka_unit_test(distance_counts_letters_added_taken_changed_and_swapped),
        cmocka_unit_test(the_nearest_name_is_suggested_if_it_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
