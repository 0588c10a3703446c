/* memory_test.c: arrays grow in the owner's memory and nowhere else, and stay as they are when
 * there is none. */
#include "director/memory.h"

#include "director/director_test_support.h"

static void an_array_grows_to_at_least_its_double(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    void *array = NULL;
    size_t capacity = 0;
    assert_true(memory_reserve(&allocator, &array, &capacity, 1, sizeof(uint32_t)));
    assert_int_equal(capacity, 8);
    uint32_t *numbers = array;
    for (uint32_t i = 0; i < 8; i++) {
        numbers[i] = i;
    }
    assert_true(memory_reserve(&allocator, &array, &capacity, 9, sizeof(uint32_t)));
    assert_int_equal(capacity, 16);
    assert_true(memory_reserve(&allocator, &array, &capacity, 100, sizeof(uint32_t)));
    assert_int_equal(capacity, 100);
    numbers = array;
    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(numbers[i], i);
    }
    memory_release(&allocator, array, capacity * sizeof(uint32_t));
}

static void nothing_is_asked_for_while_there_is_room(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    void *array = NULL;
    size_t capacity = 0;
    size_t requests = world->memory.requests;
    assert_true(memory_reserve(&allocator, &array, &capacity, 0, 4));
    assert_int_equal(world->memory.requests, requests);
    assert_true(memory_reserve(&allocator, &array, &capacity, 8, 4));
    assert_true(memory_reserve(&allocator, &array, &capacity, 8, 4));
    assert_true(memory_reserve(&allocator, &array, &capacity, 3, 4));
    assert_int_equal(world->memory.requests, requests + 1);
    memory_release(&allocator, array, capacity * 4);
}

static void without_memory_an_array_stays_as_it_is(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    char bytes[8];
    void *array = bytes;
    size_t capacity = 8;
    world->memory.fail_at = world->memory.requests + 1;
    assert_false(memory_reserve(&allocator, &array, &capacity, 9, 1));
    assert_ptr_equal(array, bytes);
    assert_int_equal(capacity, 8);
}

static void more_than_can_be_addressed_is_refused_without_asking(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    void *array = NULL;
    size_t capacity = 0;
    size_t requests = world->memory.requests;
    assert_false(memory_reserve(&allocator, &array, &capacity, SIZE_MAX / 8 + 1, 8));
    assert_null(array);
    assert_int_equal(capacity, 0);
    assert_int_equal(world->memory.requests, requests);
}

static void releasing_nothing_asks_nobody(void **state)
{
    struct test_world *world = *state;
    struct director_allocator allocator = test_memory_allocator(&world->memory);
    size_t live = world->memory.live_blocks;
    memory_release(&allocator, NULL, 0);
    assert_int_equal(world->memory.live_blocks, live);
}

static void the_default_allocator_keeps_what_it_resizes(void **state)
{
    (void)state;
    struct director_allocator allocator = director_default_allocator();
    char *block = allocator.reallocate(allocator.context, NULL, 0, 4);
    assert_non_null(block);
    memcpy(block, "abc", 4);
    block = allocator.reallocate(allocator.context, block, 4, 4000);
    assert_non_null(block);
    assert_string_equal(block, "abc");
    assert_null(allocator.reallocate(allocator.context, block, 4000, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(an_array_grows_to_at_least_its_double),
        WITH_WORLD(nothing_is_asked_for_while_there_is_room),
        WITH_WORLD(without_memory_an_array_stays_as_it_is),
        WITH_WORLD(more_than_can_be_addressed_is_refused_without_asking),
        WITH_WORLD(releasing_nothing_asks_nobody),
        cmocka_unit_test(the_default_allocator_keeps_what_it_resizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
