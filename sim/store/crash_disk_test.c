/* crash_disk_test.c: what a power cut leaves of files that were synced, and of those that were not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/crash_disk.h"
#include "sim/store/store_test_support.h"

struct fixture {
    struct test_allocator memory;
    struct crash_disk *disk;
    uint64_t strike_at; /* the change that gets the verdict */
    struct crash_verdict verdict;
    uint64_t survivors; /* a bit for each change, by its number */
    struct crash_change last;
};

static struct crash_verdict decide(void *context, const struct crash_change *change)
{
    struct fixture *fixture = (struct fixture *)context;

    fixture->last = *change;
    return change->number == fixture->strike_at ? fixture->verdict
                                                : (struct crash_verdict){CRASH_GOES_ON, 0};
}

static bool survives(void *context, const struct crash_change *change)
{
    return ((((struct fixture *)context)->survivors >> change->number) & 1) != 0;
}

static int setup(void **state)
{
    struct fixture *fixture = (struct fixture *)calloc(1, sizeof(*fixture));
    struct director_allocator allocator = test_allocator(&fixture->memory);
    struct crash_hooks hooks = {fixture, decide, survives};

    fixture->disk = crash_disk_create(&allocator, &hooks);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    size_t live_bytes;

    crash_disk_destroy(fixture->disk);
    live_bytes = fixture->memory.live_bytes;
    free(fixture);
    return live_bytes == 0 ? 0 : -1;
}

static struct crash_file *open_file(struct fixture *fixture)
{
    struct crash_file *file;

    assert_int_equal(crash_disk_open(fixture->disk, "file", true, &file), CRASH_DISK_OK);
    return file;
}

static void put(struct crash_file *file, uint64_t offset, const char *text)
{
    assert_int_equal(crash_disk_write(file, offset, text, (uint32_t)strlen(text)), CRASH_DISK_OK);
}

/* After a restart the file holds this text; NULL: it is not there. */
static void assert_restarts_with(struct fixture *fixture, const char *text)
{
    struct crash_file *file;
    char bytes[64] = "";
    uint32_t got;

    crash_disk_power_off(fixture->disk);
    assert_true(crash_disk_restart(fixture->disk));
    assert_int_equal(crash_disk_exists(fixture->disk, "file"), text != NULL);
    if (text != NULL) {
        file = open_file(fixture);
        assert_int_equal(crash_disk_read(file, 0, bytes, sizeof(bytes) - 1, &got), CRASH_DISK_OK);
        crash_disk_close(file);
        assert_int_equal(got, strlen(text));
        assert_memory_equal(bytes, text, strlen(text));
    }
}

static void what_was_synced_stays_and_what_was_not_is_lost(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    put(file, 0, "kept");
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    put(file, 2, "lost");
    crash_disk_close(file);
    assert_restarts_with(fixture, "kept");
}

static void a_file_that_was_never_synced_is_not_there(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    put(file, 0, "lost");
    crash_disk_close(file);
    assert_restarts_with(fixture, NULL);
}

static void each_unsynced_write_survives_by_itself(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    put(file, 0, "........");
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    put(file, 0, "aa"); /* change 4 */
    put(file, 2, "bb");
    put(file, 4, "cc");
    put(file, 10, "dd");
    crash_disk_close(file);
    fixture->survivors = 1u << 4 | 1u << 6;
    assert_restarts_with(fixture, "aa..cc..");
}

static void a_write_that_was_synced_is_not_done_again(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    put(file, 0, "aa"); /* change 2 */
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    put(file, 0, "bb");
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    crash_disk_close(file);
    fixture->survivors = 1u << 2;
    assert_restarts_with(fixture, "bb");
}

static void a_write_far_behind_the_end_leaves_zeros_before_it(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);
    char bytes[8];
    uint32_t got;

    put(file, 5, "x");
    assert_int_equal(crash_disk_read(file, 0, bytes, sizeof(bytes), &got), CRASH_DISK_OK);
    assert_int_equal(got, 6);
    assert_memory_equal(bytes, "\0\0\0\0\0x", 6);
    crash_disk_close(file);
}

static void a_truncation_that_does_not_survive_gives_the_old_bytes_back(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);
    uint64_t size;

    put(file, 0, "abcdef");
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    assert_int_equal(crash_disk_truncate(file, 2), CRASH_DISK_OK); /* change 4 */
    assert_int_equal(crash_disk_size(file, &size), CRASH_DISK_OK);
    assert_int_equal(size, 2);
    crash_disk_close(file);
    assert_restarts_with(fixture, "abcdef");
    file = open_file(fixture);
    assert_int_equal(crash_disk_truncate(file, 3), CRASH_DISK_OK); /* change 5 */
    crash_disk_close(file);
    fixture->survivors = 1u << 5;
    assert_restarts_with(fixture, "abc");
}

static void a_deletion_is_undone_unless_it_was_synced(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    put(file, 0, "whole");
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    crash_disk_close(file);
    assert_int_equal(crash_disk_delete(fixture->disk, "file", false), CRASH_DISK_OK);
    assert_false(crash_disk_exists(fixture->disk, "file"));
    assert_restarts_with(fixture, "whole");
    assert_int_equal(crash_disk_delete(fixture->disk, "file", true), CRASH_DISK_OK);
    assert_int_equal(crash_disk_delete(fixture->disk, "file", true), CRASH_DISK_MISSING);
    assert_restarts_with(fixture, NULL);
}

static void a_file_that_replaces_a_deleted_one_may_be_either_after_a_cut(void **state)
{
    for (int survivor = 0; survivor < 2; survivor++) {
        struct fixture *fixture = (struct fixture *)*state;
        struct crash_file *file = open_file(fixture);
        uint64_t creation;

        put(file, 0, "old");
        assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
        crash_disk_close(file);
        assert_int_equal(crash_disk_delete(fixture->disk, "file", false), CRASH_DISK_OK);
        file = open_file(fixture);
        creation = crash_disk_changes(fixture->disk);
        put(file, 0, "newer");
        crash_disk_close(file);
        fixture->survivors = survivor == 0 ? 0 : 3ull << creation;
        assert_restarts_with(fixture, survivor == 0 ? "old" : "newer");
        fixture->survivors = 0;
        assert_int_equal(crash_disk_delete(fixture->disk, "file", true), CRASH_DISK_OK);
    }
}

static void a_failing_change_changes_nothing_and_the_next_goes_on(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);
    uint64_t size;

    fixture->strike_at = 2;
    fixture->verdict = (struct crash_verdict){CRASH_FULL, 0};
    assert_int_equal(crash_disk_write(file, 0, "abc", 3), CRASH_DISK_FULL);
    fixture->strike_at = 3;
    fixture->verdict.fate = CRASH_FAILS;
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_FAILED);
    assert_int_equal(crash_disk_size(file, &size), CRASH_DISK_OK);
    assert_int_equal(size, 0);
    put(file, 0, "abc");
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_OK);
    fixture->strike_at = 6;
    assert_int_equal(crash_disk_delete(fixture->disk, "file", true), CRASH_DISK_FAILED);
    fixture->strike_at = 7;
    assert_int_equal(crash_disk_truncate(file, 0), CRASH_DISK_FAILED);
    crash_disk_close(file);
    assert_restarts_with(fixture, "abc");
}

static void a_torn_write_reaches_the_file_in_part(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    fixture->strike_at = 2;
    fixture->verdict = (struct crash_verdict){CRASH_DIES, 2};
    assert_int_equal(crash_disk_write(file, 0, "abc", 3), CRASH_DISK_FAILED);
    assert_true(crash_disk_is_off(fixture->disk));
    assert_int_equal(crash_disk_sync(file), CRASH_DISK_FAILED);
    crash_disk_close(file);
    fixture->survivors = 1u << 1 | 1u << 2;
    assert_restarts_with(fixture, "ab");
}

static void the_owner_is_told_each_change(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = open_file(fixture);

    put(file, 7, "abc");
    assert_int_equal(fixture->last.kind, CRASH_WRITE);
    assert_int_equal(fixture->last.number, 2);
    assert_int_equal(fixture->last.offset, 7);
    assert_int_equal(fixture->last.length, 3);
    assert_string_equal(fixture->last.file, "file");
    for (int kind = 0; kind < CRASH_CHANGE_KINDS; kind++) {
        assert_string_not_equal(crash_change_kind_name((enum crash_change_kind)kind), "?");
    }
    crash_disk_close(file);
}

static void without_memory_a_change_fails_and_the_disk_works_on(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct crash_file *file = NULL;
    bool done = false;

    for (uint64_t fail_at = 1; !done; fail_at++) {
        fixture->memory.fail_at = fixture->memory.requests + fail_at;
        if (file == NULL && crash_disk_open(fixture->disk, "file", true, &file) != CRASH_DISK_OK) {
            file = NULL;
            continue;
        }
        done = crash_disk_write(file, 0, "abc", 3) == CRASH_DISK_OK &&
               crash_disk_sync(file) == CRASH_DISK_OK &&
               crash_disk_write(file, 1, "xyz", 3) == CRASH_DISK_OK;
    }
    fixture->memory.fail_at = 0;
    crash_disk_close(file);
    assert_restarts_with(fixture, "abc");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_synced_stays_and_what_was_not_is_lost),
        TEST(a_file_that_was_never_synced_is_not_there),
        TEST(each_unsynced_write_survives_by_itself),
        TEST(a_write_that_was_synced_is_not_done_again),
        TEST(a_write_far_behind_the_end_leaves_zeros_before_it),
        TEST(a_truncation_that_does_not_survive_gives_the_old_bytes_back),
        TEST(a_deletion_is_undone_unless_it_was_synced),
        TEST(a_file_that_replaces_a_deleted_one_may_be_either_after_a_cut),
        TEST(a_failing_change_changes_nothing_and_the_next_goes_on),
        TEST(a_torn_write_reaches_the_file_in_part),
        TEST(the_owner_is_told_each_change),
        TEST(without_memory_a_change_fails_and_the_disk_works_on),
    };

    return cmocka_run_group_tests_name("the disk that crashes", tests, NULL, NULL);
}
