/* arena_test.c: the arena hands out what it promises, forgets all at a reset, and comes back from a
 * snapshot byte by byte. */
#include "sim/engine/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if ARENA_SANITIZED
#include <sanitizer/asan_interface.h>
#endif

#define MIB ((size_t)1024 * 1024)
#define BLOCKS 300

static struct arena *new_arena(size_t limit)
{
    struct arena *arena = NULL;
    assert_int_equal(arena_create(limit, &arena), ARENA_OK);
    return arena;
}

/* Numbers for the tests, the same at every run. */
static uint64_t next_number(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return *state >> 33;
}

static void blocks_are_aligned_apart_and_keep_their_bytes(void **state)
{
    (void)state;
    struct arena *arena = new_arena(64 * MIB);
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        sizes[i] = i < 200 ? i + 1 : 700 * (i - 190);
        blocks[i] = arena_allocate(arena, sizes[i]);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % ARENA_ALIGNMENT, 0);
        assert_true(arena_contains(arena, blocks[i]));
        memset(blocks[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        assert_int_equal(blocks[i][0], i % 251);
        assert_int_equal(blocks[i][sizes[i] - 1], i % 251);
        arena_release(arena, blocks[i], sizes[i]);
    }
    assert_int_equal(arena_used(arena), 0);
    assert_true(arena_used_max(arena) > 0);
    arena_destroy(arena);
}

static void a_released_block_is_used_again_by_its_class(void **state)
{
    (void)state;
    struct arena *arena = new_arena(MIB);
    void *first = arena_allocate(arena, 64);
    void *second = arena_allocate(arena, 60);
    arena_release(arena, first, 64);
    arena_release(arena, second, 60);
    assert_ptr_equal(arena_allocate(arena, 63), second);
    assert_ptr_equal(arena_allocate(arena, 49), first);
    assert_int_equal(arena_requests(arena), 4);
    assert_int_equal(arena_used(arena), 128);
    arena_destroy(arena);
}

static void limits_are_checked_and_a_full_arena_says_so(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_create(1, &arena), ARENA_BAD_LIMIT);
    assert_int_equal(arena_create((size_t)ARENA_LIMIT_MAX + 1, &arena), ARENA_BAD_LIMIT);
    arena = new_arena(ARENA_LIMIT_MIN);
    assert_null(arena_allocate(arena, ARENA_LIMIT_MIN));
    assert_null(arena_allocate(arena, SIZE_MAX / 2));
    assert_null(arena_allocate(arena, SIZE_MAX));
    size_t count = 0;
    while (arena_allocate(arena, 1000) != NULL) {
        count++;
    }
    assert_in_range(count, 50, 65);
    assert_non_null(arena_allocate(arena, 16));
    arena_destroy(arena);
}

static void when_the_address_space_is_used_up_creating_says_so(void **state)
{
    (void)state;
    struct arena *arenas[64];
    size_t count = 0;
    enum arena_status status = ARENA_OK;
    while (count < 64 && status == ARENA_OK) {
        status = arena_create(ARENA_LIMIT_MAX, &arenas[count]);
        count += status == ARENA_OK;
    }
    assert_int_equal(status, ARENA_NO_MEMORY);
    while (count > 0) {
        arena_destroy(arenas[--count]);
    }
}

static void a_full_arena_cuts_up_larger_free_blocks(void **state)
{
    (void)state;
    struct arena *arena = new_arena(ARENA_LIMIT_MIN);
    void *large = arena_allocate(arena, 40000);
    assert_non_null(large);
    while (arena_allocate(arena, 16) != NULL) {
    }
    arena_release(arena, large, 40000);
    size_t count = 0;
    while (arena_allocate(arena, 500) != NULL) {
        count++;
    }
    assert_in_range(count, 45, 80);
    arena_destroy(arena);
}

static void resizing_keeps_the_bytes_and_nothing_leaks(void **state)
{
    (void)state;
    struct arena *arena = new_arena(256 * MIB);
    struct director_allocator allocator = arena_allocator(arena);
    uint64_t seed = 1;
    unsigned char *block = NULL;
    size_t size = 0;
    for (int turn = 0; turn < 400; turn++) {
        size_t new_size = 1 + next_number(&seed) % (turn % 2 == 0 ? 300 : 100000);
        block = allocator.reallocate(allocator.context, block, size, new_size);
        assert_non_null(block);
        size_t kept = size < new_size ? size : new_size;
        for (size_t i = 0; i < kept; i += 97) {
            assert_int_equal(block[i], (unsigned char)i);
        }
        for (size_t i = 0; i < new_size; i++) {
            block[i] = (unsigned char)i;
        }
        size = new_size;
        assert_int_equal(arena_used(arena), (size + 15) / 16 * 16);
    }
    assert_null(allocator.reallocate(allocator.context, block, size, 0));
    assert_null(allocator.reallocate(allocator.context, NULL, 0, 0));
    assert_int_equal(arena_used(arena), 0);
    arena_destroy(arena);
}

static void a_block_grows_in_place_as_far_as_its_class_goes(void **state)
{
    (void)state;
    struct arena *arena = new_arena(MIB);
    void *block = arena_allocate(arena, 1030);
    assert_ptr_equal(arena_reallocate(arena, block, 1030, 1200), block);
    assert_ptr_not_equal(arena_reallocate(arena, block, 1200, 1300), block);
    assert_int_equal(arena_requests(arena), 3);
    arena_destroy(arena);
}

static void shrinking_works_in_a_full_arena(void **state)
{
    (void)state;
    struct arena *arena = new_arena(ARENA_LIMIT_MIN);
    unsigned char *block = arena_allocate(arena, 30000);
    memset(block, 7, 30000);
    while (arena_allocate(arena, 16) != NULL) {
    }
    arena_fail_at(arena, 1, true);
    unsigned char *shrunk = arena_reallocate(arena, block, 30000, 10000);
    arena_fail_at(arena, 0, false);
    assert_ptr_equal(shrunk, block);
    assert_int_equal(shrunk[9999], 7);
    assert_non_null(arena_allocate(arena, 15000));
    arena_destroy(arena);
}

static void growing_and_shrinking_arrays_do_not_use_up_the_region(void **state)
{
    (void)state;
    struct arena *arena = new_arena(8 * MIB);
    size_t footprint = 0;
    for (int turn = 0; turn < 200; turn++) {
        size_t size = 48;
        void *array = arena_allocate(arena, size);
        void *wall = arena_allocate(arena, 16);
        while (size < MIB) {
            array = arena_reallocate(arena, array, size, size * 2);
            assert_non_null(array);
            size *= 2;
        }
        array = arena_reallocate(arena, array, size, 5000);
        arena_release(arena, array, 5000);
        arena_release(arena, wall, 16);
        if (turn == 0) {
            footprint = arena_footprint(arena);
        }
    }
    assert_int_equal(arena_footprint(arena), footprint);
    assert_true(footprint < 4 * MIB);
    arena_destroy(arena);
}

/* A run of random calls; answers a hash of all addresses and of the bytes that were handed out. */
static uint64_t random_calls(struct arena *arena, uint64_t seed, size_t largest)
{
    unsigned char *blocks[64] = {NULL};
    size_t sizes[64] = {0};
    uint64_t hash = 0;
    for (int turn = 0; turn < 1000; turn++) {
        size_t place = next_number(&seed) % 64;
        if (blocks[place] != NULL) {
            arena_release(arena, blocks[place], sizes[place]);
        }
        sizes[place] = 1 + next_number(&seed) % (turn % 10 == 0 ? largest : 200);
        blocks[place] = arena_allocate(arena, sizes[place]);
        assert_non_null(blocks[place]);
        hash = hash * 31 + (uint64_t)(uintptr_t)blocks[place];
        for (size_t i = 0; i < sizes[place]; i++) {
            hash = hash * 31 + blocks[place][i];
            blocks[place][i] = (unsigned char)(turn + (int)i);
        }
    }
    return hash;
}

static void after_a_reset_the_same_calls_give_the_same_addresses_and_bytes(void **state)
{
    (void)state;
    struct arena *arena = new_arena(64 * MIB);
    uint64_t first = random_calls(arena, 42, 5000);
    for (uint64_t run = 0; run < 5; run++) {
        arena_reset(arena);
        assert_int_equal(arena_used(arena), 0);
        assert_int_equal(arena_used_max(arena), 0);
        assert_int_equal(arena_requests(arena), 0);
        assert_int_equal(arena_footprint(arena), 0);
        random_calls(arena, run, 5000);
        arena_reset(arena);
        assert_true(random_calls(arena, 42, 5000) == first);
    }
    arena_destroy(arena);
}

static void a_reset_zeroes_large_runs_too(void **state)
{
    (void)state;
    struct arena *arena = new_arena(64 * MIB);
    size_t size = 3 * (size_t)ARENA_KEEP_BYTES;
    unsigned char *block = arena_allocate(arena, size);
    memset(block, 0xff, size);
    arena_reset(arena);
    unsigned char *again = arena_allocate(arena, size);
    assert_ptr_equal(again, block);
    for (size_t i = 0; i < size; i += 61) {
        assert_int_equal(again[i], 0);
    }
    arena_destroy(arena);
}

static void a_restored_snapshot_continues_as_the_original_did(void **state)
{
    (void)state;
    struct arena *arena = new_arena(64 * MIB);
    random_calls(arena, 1, 3000);
    size_t used = arena_used(arena);
    size_t size = arena_snapshot_size(arena);
    void *snapshot = malloc(size);
    void *again = malloc(size);
    assert_true(snapshot != NULL && again != NULL);
    arena_snapshot_save(arena, snapshot);
    uint64_t hash = random_calls(arena, 2, 3000);

    assert_int_equal(arena_snapshot_restore(arena, snapshot), ARENA_OK);
    assert_int_equal(arena_used(arena), used);
    assert_int_equal(arena_snapshot_size(arena), size);
    arena_snapshot_save(arena, again);
    assert_memory_equal(snapshot, again, size);
    assert_true(random_calls(arena, 2, 3000) == hash);

    random_calls(arena, 3, 300000);
    assert_int_equal(arena_snapshot_restore(arena, snapshot), ARENA_OK);
    assert_true(random_calls(arena, 2, 3000) == hash);

    arena_reset(arena);
    assert_int_equal(arena_snapshot_restore(arena, snapshot), ARENA_OK);
    assert_true(random_calls(arena, 2, 3000) == hash);
    free(snapshot);
    free(again);
    arena_destroy(arena);
}

static void a_snapshot_of_another_arena_is_refused(void **state)
{
    (void)state;
    struct arena *arena = new_arena(MIB);
    struct arena *other = new_arena(MIB);
    void *block = arena_allocate(arena, 100);
    void *snapshot = calloc(1, arena_snapshot_size(other));
    assert_non_null(snapshot);
    assert_int_equal(arena_snapshot_restore(arena, snapshot), ARENA_BAD_SNAPSHOT);
    arena_snapshot_save(other, snapshot);
    assert_int_equal(arena_snapshot_restore(arena, snapshot), ARENA_BAD_SNAPSHOT);
    assert_true(arena_contains(arena, block));
    assert_false(arena_contains(other, block));
    free(snapshot);
    arena_destroy(arena);
    arena_destroy(other);
}

static void the_nth_request_fails_and_only_that(void **state)
{
    (void)state;
    struct arena *arena = new_arena(MIB);
    void *block = arena_allocate(arena, 32);
    arena_fail_at(arena, 3, false);
    assert_non_null(arena_allocate(arena, 32));
    assert_ptr_equal(arena_reallocate(arena, block, 32, 17), block);
    void *grown = arena_reallocate(arena, block, 17, 32);
    assert_ptr_equal(grown, block);
    assert_int_equal(arena_failures(arena), 0);
    assert_null(arena_allocate(arena, 32));
    assert_int_equal(arena_failures(arena), 1);
    assert_non_null(arena_allocate(arena, 32));

    arena_fail_at(arena, 2, true);
    arena_reset(arena);
    block = arena_allocate(arena, 32);
    assert_non_null(block);
    assert_null(arena_reallocate(arena, block, 32, 40));
    assert_null(arena_allocate_zeroed(arena, 32));
    assert_int_equal(arena_failures(arena), 2);
    arena_fail_at(arena, 0, false);
    assert_int_equal(arena_failures(arena), 0);
    assert_non_null(arena_allocate(arena, 32));
    arena_destroy(arena);
}

static void zeroed_blocks_are_zero(void **state)
{
    (void)state;
    struct arena *arena = new_arena(MIB);
    unsigned char *block = arena_allocate(arena, 100);
    memset(block, 0xee, 100);
    arena_release(arena, block, 100);
    unsigned char *again = arena_allocate_zeroed(arena, 100);
    assert_ptr_equal(again, block);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(again[i], 0);
    }
    arena_release(arena, NULL, 0);
    arena_destroy(arena);
    arena_destroy(NULL);
}

static void the_sanitizer_sees_what_is_not_allocated(void **state)
{
    (void)state;
#if ARENA_SANITIZED
    struct arena *arena = new_arena(MIB);
    unsigned char *block = arena_allocate(arena, 64);
    assert_false(__asan_address_is_poisoned(block + 63));
    assert_true(__asan_address_is_poisoned(block + 64));
    void *snapshot = malloc(arena_snapshot_size(arena));
    assert_non_null(snapshot);
    arena_snapshot_save(arena, snapshot);
    arena_release(arena, block, 64);
    assert_true(__asan_address_is_poisoned(block));
    assert_true(__asan_address_is_poisoned(block + 63));
    assert_int_equal(arena_snapshot_restore(arena, snapshot), ARENA_OK);
    assert_false(__asan_address_is_poisoned(block));
    assert_true(__asan_address_is_poisoned(block + 64));
    block = arena_reallocate(arena, block, 64, 30);
    assert_true(__asan_address_is_poisoned(block + 30));
    arena_reset(arena);
    assert_true(__asan_address_is_poisoned(block));
    free(snapshot);
    arena_destroy(arena);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_apart_and_keep_their_bytes),
        cmocka_unit_test(a_released_block_is_used_again_by_its_class),
        cmocka_unit_test(limits_are_checked_and_a_full_arena_says_so),
        cmocka_unit_test(when_the_address_space_is_used_up_creating_says_so),
        cmocka_unit_test(a_full_arena_cuts_up_larger_free_blocks),
        cmocka_unit_test(resizing_keeps_the_bytes_and_nothing_leaks),
        cmocka_unit_test(a_block_grows_in_place_as_far_as_its_class_goes),
        cmocka_unit_test(shrinking_works_in_a_full_arena),
        cmocka_unit_test(growing_and_shrinking_arrays_do_not_use_up_the_region),
        cmocka_unit_test(after_a_reset_the_same_calls_give_the_same_addresses_and_bytes),
        cmocka_unit_test(a_reset_zeroes_large_runs_too),
        cmocka_unit_test(a_restored_snapshot_continues_as_the_original_did),
        cmocka_unit_test(a_snapshot_of_another_arena_is_refused),
        cmocka_unit_test(the_nth_request_fails_and_only_that),
        cmocka_unit_test(zeroed_blocks_are_zero),
        cmocka_unit_test(the_sanitizer_sees_what_is_not_allocated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
