/* scenario_memory_test.c: the region hands out zeros, grows, forgets, and remembers what it could
 * not give. */
#include "sim/scenario/scenario_memory.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_zeros(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(bytes[i], 0);
    }
}

static void allocations_are_zeros_aligned_and_apart(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    unsigned char *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = scenario_memory_allocate(memory, i * 37);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        check_zeros(blocks[i], i * 37);
        memset(blocks[i], (int)(i + 1), i * 37);
    }
    for (size_t i = 1; i < 200; i++) {
        assert_int_equal(blocks[i][0], i + 1);
        assert_int_equal(blocks[i][i * 37 - 1], i + 1);
    }
    assert_true(scenario_memory_used(memory) >= 199 * 200 / 2 * 37);
    assert_false(scenario_memory_failed(memory));
    scenario_memory_destroy(memory);
}

static void a_large_allocation_gets_a_block_of_its_own(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    unsigned char *large = scenario_memory_allocate(memory, 5000000);
    assert_non_null(large);
    check_zeros(large, 5000000);
    assert_non_null(scenario_memory_allocate(memory, 1));
    scenario_memory_destroy(memory);
}

static void a_cleared_memory_hands_out_zeros_again(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    scenario_memory_clear(memory);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100; i++) {
            unsigned char *bytes = scenario_memory_allocate(memory, 1000);
            assert_non_null(bytes);
            check_zeros(bytes, 1000);
            memset(bytes, 0xff, 1000);
        }
        scenario_memory_clear(memory);
        assert_int_equal(scenario_memory_used(memory), 0);
    }
    scenario_memory_destroy(memory);
}

static void an_array_of_nothing_is_no_failure(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    assert_null(scenario_memory_array(memory, 0, 8));
    assert_false(scenario_memory_failed(memory));
    assert_null(scenario_memory_array(memory, SIZE_MAX / 8, 16));
    assert_true(scenario_memory_failed(memory));
    scenario_memory_clear(memory);
    assert_false(scenario_memory_failed(memory));
    assert_null(scenario_memory_allocate(memory, SIZE_MAX));
    assert_true(scenario_memory_failed(memory));
    scenario_memory_destroy(memory);
}

static void a_copy_ends_with_a_nul(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    assert_string_equal(scenario_memory_copy(memory, "abcdef", 3), "abc");
    assert_string_equal(scenario_memory_copy(memory, NULL, 0), "");
    scenario_memory_destroy(memory);
}

static void the_nth_allocation_fails_once(void **state)
{
    (void)state;
    struct scenario_memory_fault fault = {.left = 3};
    struct scenario_memory *memory = scenario_memory_create(NULL, &fault);
    assert_non_null(memory);
    assert_non_null(scenario_memory_allocate(memory, 1));
    assert_null(scenario_memory_allocate(memory, 1));
    assert_true(scenario_memory_failed(memory));
    assert_int_equal(fault.left, 0);
    assert_non_null(scenario_memory_allocate(memory, 1));
    scenario_memory_destroy(memory);
    fault.left = 1;
    assert_null(scenario_memory_create(NULL, &fault));
    scenario_memory_destroy(NULL);
}

static void *give_nothing(void *context, void *pointer, size_t old_size, size_t new_size)
{
    (void)context;
    (void)pointer;
    (void)old_size;
    (void)new_size;
    return NULL;
}

static void an_owner_without_memory_is_answered_with_null(void **state)
{
    (void)state;
    const struct director_allocator nothing = {NULL, give_nothing};
    assert_null(scenario_memory_create(&nothing, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_zeros_aligned_and_apart),
        cmocka_unit_test(a_large_allocation_gets_a_block_of_its_own),
        cmocka_unit_test(a_cleared_memory_hands_out_zeros_again),
        cmocka_unit_test(an_array_of_nothing_is_no_failure),
        cmocka_unit_test(a_copy_ends_with_a_nul),
        cmocka_unit_test(the_nth_allocation_fails_once),
        cmocka_unit_test(an_owner_without_memory_is_answered_with_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
