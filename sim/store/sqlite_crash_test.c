/* sqlite_crash_test.c: the SQLite store on a disk that fails and on one whose power goes, at every
 * single change that a run makes to it. What was acknowledged must be there afterwards, and nothing
 * half done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim/store/crash_vfs.h"
#include "sim/store/store_test_support.h"

#define VFS "crash test"
#define SAVES 30u

/* One run against a disk, with a memory store beside it that gets what was acknowledged. */
struct fixture {
    struct test_allocator memory;
    struct director_allocator allocator;
    struct crash_vfs *vfs;
    struct store *store; /* NULL while the database is closed */
    struct store *acknowledged;
    uint64_t strike_at;
    struct crash_verdict verdict;
    uint64_t survivors_seed; /* 0: nothing survives; UINT64_MAX: all does; else by chance */
    bool struck;
};

static struct crash_verdict decide(void *context, const struct crash_change *change)
{
    struct fixture *fixture = (struct fixture *)context;
    struct crash_verdict verdict = fixture->verdict;

    if (change->number != fixture->strike_at) {
        return (struct crash_verdict){CRASH_GOES_ON, 0};
    }
    fixture->struck = true;
    verdict.torn = change->length / 3 * (uint32_t)(change->number % 3);
    return verdict;
}

static bool survives(void *context, const struct crash_change *change)
{
    uint64_t seed = ((struct fixture *)context)->survivors_seed;
    uint64_t random = seed * 1000003 + change->number;

    if (seed == 0 || seed == UINT64_MAX) {
        return seed != 0;
    }
    return test_random(&random, 2) == 0;
}

static void start(struct fixture *fixture)
{
    struct crash_hooks hooks = {fixture, decide, survives};

    fixture->allocator = test_allocator(&fixture->memory);
    fixture->vfs = crash_vfs_create(&fixture->allocator, VFS, &hooks);
    assert_non_null(fixture->vfs);
    assert_int_equal(memory_store_create(&fixture->allocator, &fixture->acknowledged), STORE_OK);
}

static void close_database(struct fixture *fixture)
{
    if (fixture->store != NULL) {
        fixture->store->operations->close(fixture->store);
        fixture->store = NULL;
    }
}

static void finish(struct fixture *fixture)
{
    close_database(fixture);
    fixture->acknowledged->operations->close(fixture->acknowledged);
    crash_vfs_destroy(fixture->vfs);
    assert_int_equal(fixture->memory.live_bytes, 0);
}

static bool open_database(struct fixture *fixture)
{
    char message[200] = "";

    if (sqlite_store_open(&fixture->allocator, "run.db", VFS, &fixture->store, message,
                          sizeof(message)) == STORE_OK) {
        return true;
    }
    fixture->store = NULL;
    assert_string_not_equal(message, "");
    assert_null(strchr(message, '\n'));
    return false;
}

/* ---- A run ----------------------------------------------------------------------------------- */

/* The write with this number, to one store. */
static bool write_one(struct store *store, uint32_t number)
{
    struct director_persistence *director = &store->persistence;
    struct director_plan_id id = test_id(number % 3);
    struct director_step_row step;
    struct store_record record = {.kind = STORE_RECORD_EXECUTION_LOCK, .subject = id};
    struct test_plan plan;

    test_plan_init(&plan, number % 3, false);
    if (number < 3) {
        return store->operations->insert_plan(store, &plan.plan) == STORE_OK;
    }
    switch (number / 3 % 5) {
    case 0:
        plan.plan.record.row.state = (enum director_plan_state)(number % DIRECTOR_PLAN_STATES);
        return director->save_plan(director->context, &plan.plan.record.row) ==
               DIRECTOR_PERSISTENCE_OK;
    case 1:
        return store->operations->insert_record(store, &record) != STORE_ERROR;
    case 2:
        return number < 24 || store->operations->delete_plan(store, &id) != STORE_ERROR;
    default:
        step = test_plan_step(&plan, 4 + number % 3);
        step.state = (enum director_step_state)(number % DIRECTOR_STEP_STATES);
        return director->save_step(director->context, &id, &step, DIRECTOR_SAVE_ALWAYS) ==
               DIRECTOR_PERSISTENCE_OK;
    }
}

/* Does the database hold what the memory store holds? */
static bool holds_the_same(struct fixture *fixture)
{
    char *left = test_store_contents(fixture->store, TEST_ACTIONS);
    char *right = test_store_contents(fixture->acknowledged, TEST_ACTIONS);
    bool same = strcmp(left, right) == 0;

    free(left);
    free(right);
    return same;
}

/* As holds_the_same, or as if the write that nobody heard of again had been acknowledged. */
static void assert_holds(struct fixture *fixture, uint32_t unheard_of)
{
    if (holds_the_same(fixture)) {
        return;
    }
    if (unheard_of < SAVES) {
        write_one(fixture->acknowledged, unheard_of);
    }
    if (!holds_the_same(fixture)) {
        fail_msg("write %u, strike at %llu, survivors %llu: the database holds something else",
                 unheard_of, (unsigned long long)fixture->strike_at,
                 (unsigned long long)fixture->survivors_seed);
    }
}

static void assert_sound(void)
{
    sqlite3_stmt *statement;
    sqlite3 *database;

    assert_int_equal(sqlite3_open_v2("run.db", &database, SQLITE_OPEN_READWRITE, VFS), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
    sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

/* ---- Power cuts ------------------------------------------------------------------------------ */

/* A run that dies at its change number `strike_at`; false when it has not so many. */
static bool run_and_die(uint64_t strike_at, uint64_t survivors_seed)
{
    struct fixture fixture = {
        .strike_at = strike_at, .verdict = {CRASH_DIES, 0}, .survivors_seed = survivors_seed};
    uint32_t number = 0;
    bool struck;

    start(&fixture);
    if (open_database(&fixture)) {
        while (number < SAVES && write_one(fixture.store, number)) {
            /* The memory store gives the same answers, so what one took the other takes. */
            write_one(fixture.acknowledged, number++);
        }
    }
    close_database(&fixture);
    struck = fixture.struck;
    fixture.strike_at = 0;
    assert_true(crash_disk_restart(crash_vfs_disk(fixture.vfs)));
    assert_true(open_database(&fixture));
    assert_holds(&fixture, number);
    close_database(&fixture);
    assert_sound();
    finish(&fixture);
    return struck;
}

static void die_everywhere(uint64_t survivors_seed)
{
    uint64_t strike_at = 1;

    while (run_and_die(strike_at, survivors_seed)) {
        strike_at++;
    }
    assert_true(strike_at > 100);
}

static void no_acknowledged_write_is_lost_when_nothing_unsynced_survives(void **state)
{
    (void)state;
    die_everywhere(0);
}

static void no_acknowledged_write_is_lost_when_everything_unsynced_survives(void **state)
{
    (void)state;
    die_everywhere(UINT64_MAX);
}

static void no_acknowledged_write_is_lost_when_chance_says_what_survives(void **state)
{
    (void)state;
    die_everywhere(1);
    die_everywhere(2);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

/* A run in which one change fails, and which goes on; false when it has not so many. */
static bool run_and_fail(uint64_t strike_at, enum crash_fate fate)
{
    struct fixture fixture = {.strike_at = strike_at, .verdict = {fate, 0}};
    bool struck;

    start(&fixture);
    if (!open_database(&fixture)) {
        assert_true(fixture.struck);
        assert_true(open_database(&fixture));
    }
    for (uint32_t number = 0; number < SAVES; number++) {
        if (write_one(fixture.store, number)) {
            write_one(fixture.acknowledged, number);
        } else {
            assert_true(fixture.struck);
            assert_string_not_equal(store_error_message(fixture.store), "");
            /* Whether a failed write took effect is not known, but it did or it did not. */
            assert_holds(&fixture, number);
        }
    }
    assert_holds(&fixture, SAVES);
    close_database(&fixture);
    struck = fixture.struck;
    fixture.strike_at = 0;
    assert_true(open_database(&fixture));
    assert_holds(&fixture, SAVES);
    close_database(&fixture);
    assert_sound();
    finish(&fixture);
    return struck;
}

static void fail_everywhere(enum crash_fate fate)
{
    uint64_t strike_at = 1;

    while (run_and_fail(strike_at, fate)) {
        strike_at++;
    }
    assert_true(strike_at > 100);
}

static void a_failing_write_or_sync_is_an_error_and_the_run_goes_on(void **state)
{
    (void)state;
    fail_everywhere(CRASH_FAILS);
}

static void a_full_disk_is_an_error_and_the_run_goes_on(void **state)
{
    (void)state;
    fail_everywhere(CRASH_FULL);
}

static void the_same_run_makes_the_same_changes(void **state)
{
    uint64_t changes[2];

    (void)state;
    for (int at = 0; at < 2; at++) {
        struct fixture fixture = {.strike_at = 0};

        start(&fixture);
        assert_true(open_database(&fixture));
        for (uint32_t number = 0; number < SAVES; number++) {
            assert_true(write_one(fixture.store, number));
        }
        close_database(&fixture);
        changes[at] = crash_disk_changes(crash_vfs_disk(fixture.vfs));
        finish(&fixture);
    }
    assert_true(changes[0] == changes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_acknowledged_write_is_lost_when_nothing_unsynced_survives),
        cmocka_unit_test(no_acknowledged_write_is_lost_when_everything_unsynced_survives),
        cmocka_unit_test(no_acknowledged_write_is_lost_when_chance_says_what_survives),
        cmocka_unit_test(a_failing_write_or_sync_is_an_error_and_the_run_goes_on),
        cmocka_unit_test(a_full_disk_is_an_error_and_the_run_goes_on),
        cmocka_unit_test(the_same_run_makes_the_same_changes),
    };

    return cmocka_run_group_tests_name("SQLite on a disk that crashes", tests, NULL, NULL);
}
