/* sqlite_store_test.c: what only SQLite can do: files that are opened again, files that are
 * something else or damaged, and a database that people can read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "sim/store/store_test_support.h"

struct fixture {
    struct test_allocator memory;
    char *folder;
    char *path; /* of a file that is not there yet */
    char message[200];
};

static int setup(void **state)
{
    struct fixture *fixture = (struct fixture *)calloc(1, sizeof(*fixture));

    fixture->folder = test_folder_create();
    fixture->path = test_path(fixture->folder, "store.db");
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    size_t live_bytes = fixture->memory.live_bytes;

    test_folder_remove(fixture->folder);
    free(fixture->path);
    free(fixture);
    return live_bytes == 0 ? 0 : -1;
}

static struct store *open_at(struct fixture *fixture, const char *path)
{
    struct director_allocator allocator = test_allocator(&fixture->memory);
    struct store *store = NULL;

    fixture->message[0] = '\0';
    if (sqlite_store_open(&allocator, path, NULL, &store, fixture->message,
                          sizeof(fixture->message)) != STORE_OK) {
        assert_null(strchr(fixture->message, '\n'));
        return NULL;
    }
    return store;
}

static struct store *open_again(struct fixture *fixture)
{
    struct store *store = open_at(fixture, fixture->path);

    if (store == NULL) {
        fail_msg("%s", fixture->message);
    }
    return store;
}

/* The file is refused, and the message, after the path, is this. */
static void assert_refused(struct fixture *fixture, const char *path, const char *what)
{
    char expected[300];

    snprintf(expected, sizeof(expected), "'%s' %s", path, what);
    assert_null(open_at(fixture, path));
    assert_memory_equal(fixture->message, expected, strlen(expected));
}

/* Do something to the file as somebody with the sqlite3 shell. */
static void edit(const char *path, const char *sql)
{
    sqlite3 *database;
    char *error = NULL;

    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &error) != SQLITE_OK) {
        fail_msg("%s", error);
    }
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static void write_bytes(const char *path, long offset, const void *bytes, size_t count)
{
    FILE *file = fopen(path, offset < 0 ? "w" : "r+");

    assert_non_null(file);
    assert_int_equal(fseek(file, offset < 0 ? 0 : offset, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

static void fill(struct store *store)
{
    for (uint32_t number = 1; number <= 20; number++) {
        struct store_record record = {.kind = STORE_RECORD_EXECUTION_LOCK,
                                      .subject = test_id(number)};
        struct store_delayed_plan delayed = {.plan = test_id(number)};
        struct test_plan plan;

        test_plan_init(&plan, number, number % 2 == 0);
        assert_int_equal(store->operations->insert_plan(store, &plan.plan), STORE_OK);
        assert_int_equal(store->operations->insert_record(store, &record), STORE_OK);
        assert_int_equal(store->operations->insert_delayed(store, &delayed), STORE_OK);
    }
}

/* The bytes of a filled store: made once, since a file that is written to disk takes its time. */
static unsigned char image[256 * 1024];
static size_t image_bytes;

static void make_file(struct fixture *fixture)
{
    if (image_bytes == 0) {
        struct store *store = open_again(fixture);
        FILE *file;

        fill(store);
        store->operations->close(store);
        file = fopen(fixture->path, "r");
        assert_non_null(file);
        image_bytes = fread(image, 1, sizeof(image), file);
        assert_true(image_bytes < sizeof(image));
        fclose(file);
    }
    write_bytes(fixture->path, -1, image, image_bytes);
}

/* ---- Files that are opened again --------------------------------------------------------------
 */

static void a_second_run_goes_on_from_the_first(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store = open_again(fixture);
    struct test_plan plan;
    char *before;
    char *after;

    fill(store);
    before = test_store_contents(store, 4);
    store->operations->close(store);
    store = open_again(fixture);
    after = test_store_contents(store, 4);
    assert_string_equal(before, after);
    test_plan_init(&plan, 21, false);
    assert_int_equal(store->operations->insert_plan(store, &plan.plan), STORE_OK);
    store->operations->close(store);
    free(before);
    free(after);
}

static void an_empty_file_becomes_a_store(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store;

    write_bytes(fixture->path, -1, "", 0);
    store = open_again(fixture);
    store->operations->close(store);
}

static void after_closing_the_database_is_one_file(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    char *log = test_path(fixture->folder, "store.db-wal");
    struct store *store = open_again(fixture);

    assert_int_equal(access(log, F_OK), 0);
    store->operations->close(store);
    assert_int_equal(access(log, F_OK), -1);
    free(log);
}

static int join_columns(void *context, int count, char **values, char **names)
{
    char *text = (char *)context;

    (void)names;
    for (int at = 0; at < count; at++) {
        snprintf(text + strlen(text), 400 - strlen(text), "%s%s", at == 0 ? "" : "|",
                 values[at] == NULL ? "-" : values[at]);
    }
    snprintf(text + strlen(text), 400 - strlen(text), "\n");
    return 0;
}

static void a_person_can_read_it(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    sqlite3 *database;
    char text[400] = "";

    make_file(fixture);
    assert_int_equal(sqlite3_open(fixture->path, &database), SQLITE_OK);
    sqlite3_exec(database,
                 "SELECT uuid, label, state, step_ids, run_flow FROM execution_plans LIMIT 1;"
                 "SELECT * FROM steps WHERE plan LIKE '%01' AND id IN (1, 4);"
                 "SELECT id, label, rescue, finalize_step, required_steps FROM actions "
                 "WHERE plan LIKE '%01' AND id > 1",
                 join_columns, text, NULL);
    sqlite3_close(database);
    assert_string_equal(text, "00000000-0000-4000-8000-000000000001|import|planned|[1,2,3,4,5,6,7]|"
                              "[\"S\",[\"C\",4,5],6]\n"
                              "00000000-0000-4000-8000-000000000001|1|1|plan|success|1|[2,3]|0\n"
                              "00000000-0000-4000-8000-000000000001|4|1|run|pending|0|-|0\n"
                              "2|fetch|pause|-|[]\n3|check|fail|-|[4,5]\n");
}

/* ---- Files that are refused -------------------------------------------------------------------
 */

static void what_is_no_database_is_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    char text[5000];

    memset(text, 'x', sizeof(text));
    write_bytes(fixture->path, -1, text, sizeof(text));
    assert_refused(fixture, fixture->path, "is not a database");
    write_bytes(fixture->path, -1, "hello", 5);
    assert_refused(fixture, fixture->path, "is not a database");
}

static void a_database_of_something_else_is_refused_and_left_alone(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct stat before;
    struct stat after;

    edit(fixture->path, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    assert_int_equal(stat(fixture->path, &before), 0);
    assert_refused(fixture, fixture->path, "is a database of something else");
    assert_int_equal(stat(fixture->path, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    edit(fixture->path, "DROP TABLE t; PRAGMA application_id = 7");
    assert_refused(fixture, fixture->path, "is a database of something else");
}

static void a_newer_version_is_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    make_file(fixture);
    edit(fixture->path, "PRAGMA user_version = 2");
    assert_refused(fixture, fixture->path,
                   "was written by a newer dirsim (its version is 2, this one reads 1)");
    edit(fixture->path, "PRAGMA user_version = 0");
    assert_refused(fixture, fixture->path, "is damaged: no dirsim wrote it");
}

static void other_tables_are_refused(void **state)
{
    static const char *const edits[][2] = {
        {"ALTER TABLE steps ADD COLUMN extra TEXT",
         "is damaged: its tables are not those of dirsim: "
         "steps"},
        {"CREATE TRIGGER t AFTER UPDATE ON steps BEGIN DELETE FROM actions; END",
         "is damaged: it has tables that are none of dirsim"},
        {"DROP INDEX dependencies_by_plan",
         "is damaged: its tables are not those of dirsim: dependencies_by_plan"},
    };
    struct fixture *fixture = (struct fixture *)*state;

    for (size_t at = 0; at < sizeof(edits) / sizeof(*edits); at++) {
        unlink(fixture->path);
        make_file(fixture);
        edit(fixture->path, edits[at][0]);
        assert_refused(fixture, fixture->path, edits[at][1]);
    }
}

static void statistics_are_let_pass(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store;

    make_file(fixture);
    edit(fixture->path, "ANALYZE");
    store = open_again(fixture);
    store->operations->close(store);
}

static void a_row_without_its_plan_is_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    make_file(fixture);
    edit(fixture->path, "DELETE FROM execution_plans WHERE uuid LIKE '%07'");
    assert_refused(fixture, fixture->path, "is damaged: a row of ");
}

/* Damage of any kind is refused at opening or is in a place where nothing stands: never a crash,
 * and never an answer other than an error. */
static void a_damaged_file_is_refused_or_read(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    uint64_t random = 3;
    uint32_t refused = 0;
    struct stat file;

    for (int round = 0; round < 60; round++) {
        struct store *store;

        unlink(fixture->path);
        make_file(fixture);
        assert_int_equal(stat(fixture->path, &file), 0);
        for (int bytes = 0; bytes < 40; bytes++) {
            unsigned char noise = (unsigned char)test_random(&random, 256);

            write_bytes(fixture->path, test_random(&random, (uint32_t)file.st_size), &noise, 1);
        }
        if (round % 10 == 0) {
            assert_int_equal(truncate(fixture->path, file.st_size / 2 + round), 0);
        }
        store = open_at(fixture, fixture->path);
        if (store == NULL) {
            refused++;
        } else {
            free(test_store_contents(store, 4));
            store->operations->close(store);
        }
    }
    assert_true(refused > 30);
}

static void rows_that_were_edited_by_hand_are_errors_when_they_are_read(void **state)
{
    static const char *const edits[] = {
        "UPDATE execution_plans SET run_flow = '[\"S\",1'",
        "UPDATE execution_plans SET run_flow = '[\"X\",1]'",
        "UPDATE execution_plans SET run_flow = '1,2'",
        "UPDATE execution_plans SET run_flow = '[\"S\",]'",
        "UPDATE execution_plans SET run_flow = '[\"S\",1073741824]'",
        "UPDATE execution_plans SET run_flow = ''",
        "UPDATE execution_plans SET step_ids = '[1,1]'",
        "UPDATE execution_plans SET step_ids = '[0]'",
        "UPDATE execution_plans SET step_ids = '[4294967296]'",
        "UPDATE execution_plans SET step_ids = '[1,2'",
        "UPDATE execution_plans SET root_plan_step = -1",
        "UPDATE steps SET children = '{}'",
        "UPDATE steps SET queue = 4294967296",
    };
    struct fixture *fixture = (struct fixture *)*state;

    for (size_t at = 0; at < sizeof(edits) / sizeof(*edits); at++) {
        struct director_plan_id id = test_id(1);
        struct director_plan_record record;
        struct store *store;

        unlink(fixture->path);
        make_file(fixture);
        edit(fixture->path, edits[at]);
        store = open_again(fixture);
        assert_int_equal(store->persistence.load_plan(store, &id, &record),
                         DIRECTOR_PERSISTENCE_ERROR);
        assert_string_not_equal(store_error_message(store), "");
        store->operations->close(store);
    }
}

static void a_path_that_cannot_be_opened_is_told_with_its_reason(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    char *missing = test_path(fixture->folder, "no/such/folder");
    char *line = test_path(fixture->folder, "two\nlines/file");

    assert_refused(fixture, fixture->folder, "cannot be opened: Is a directory");
    assert_refused(fixture, missing, "cannot be opened: No such file or directory");
    assert_null(open_at(fixture, line));
    assert_refused(fixture, "", "is no name of a file");
    assert_refused(fixture, ":memory:", "is no name of a file");
    free(missing);
    free(line);
}

/* Root may write to everything, so as root these become nobody, who owns the folder. */
#define NOBODY 65534u

static void without_write_permission(struct fixture *fixture, mode_t file, mode_t folder,
                                     const char *what)
{
    bool root = geteuid() == 0;

    make_file(fixture);
    if (root) {
        assert_int_equal(chown(fixture->path, NOBODY, NOBODY), 0);
        assert_int_equal(chown(fixture->folder, NOBODY, NOBODY), 0);
        assert_int_equal(seteuid(NOBODY), 0);
    }
    assert_int_equal(chmod(fixture->path, file), 0);
    assert_int_equal(chmod(fixture->folder, folder), 0);
    assert_refused(fixture, fixture->path, what);
    assert_int_equal(chmod(fixture->folder, 0700), 0);
    if (root) {
        assert_int_equal(seteuid(0), 0);
        /* A process that was somebody else is hidden from the leak checker until it says so. */
        assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
    }
}

static void a_file_without_write_permission_is_refused(void **state)
{
    without_write_permission((struct fixture *)*state, 0400, 0700, "cannot be written to");
}

static void a_file_in_a_folder_without_write_permission_is_refused(void **state)
{
    without_write_permission((struct fixture *)*state, 0600, 0500, "cannot be written to");
}

static void a_file_without_read_permission_is_refused(void **state)
{
    without_write_permission((struct fixture *)*state, 0000, 0700,
                             "cannot be opened: Permission denied");
}

static void a_file_that_is_in_use_is_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store = open_again(fixture);

    assert_refused(fixture, fixture->path, "is in use by another process");
    store->operations->close(store);
}

static void a_vfs_that_is_none_is_refused(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_allocator allocator = test_allocator(&fixture->memory);
    struct store *store;

    assert_int_equal(sqlite_store_open(&allocator, fixture->path, "no such vfs", &store,
                                       fixture->message, sizeof(fixture->message)),
                     STORE_ERROR);
    assert_non_null(strstr(fixture->message, "no such vfs"));
}

/* ---- Memory ------------------------------------------------------------------------------------
 */

static void every_refused_request_for_memory_is_an_error_that_passes(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_allocator allocator = test_allocator(&fixture->memory);
    uint32_t errors = 0;

    for (uint64_t fail_at = 1; fail_at < 12; fail_at++) {
        struct director_plan_record record;
        struct store *store;
        struct test_plan plan;

        fixture->memory.requests = 0;
        fixture->memory.fail_at = fail_at;
        if (sqlite_store_open(&allocator, NULL, NULL, &store, fixture->message,
                              sizeof(fixture->message)) != STORE_OK) {
            errors++;
            continue;
        }
        test_plan_init(&plan, 1, true);
        if (store->operations->insert_plan(store, &plan.plan) != STORE_OK) {
            errors++;
            assert_string_equal(store_error_message(store), "out of memory");
            assert_int_equal(store->operations->insert_plan(store, &plan.plan), STORE_OK);
        }
        if (store->persistence.load_plan(store, &plan.plan.record.row.id, &record) !=
            DIRECTOR_PERSISTENCE_OK) {
            errors++;
            assert_int_equal(store->persistence.load_plan(store, &plan.plan.record.row.id, &record),
                             DIRECTOR_PERSISTENCE_OK);
        }
        store->operations->close(store);
    }
    fixture->memory.fail_at = 0;
    assert_true(errors >= 3);
}

static bool look_inside(void *context, const struct director_plan_row *row)
{
    struct store *store = (struct store *)context;
    struct director_plan_id id = row->id;
    struct director_plan_row peeked;
    char *inner = test_store_contents(store, 2);

    assert_int_equal(store->operations->peek_plan(store, &id, &peeked), STORE_OK);
    free(inner);
    return true;
}

static void a_visitor_may_look_at_the_store_with_the_statement_that_visits(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct store *store = open_at(fixture, NULL);

    fill(store);
    assert_int_equal(store->operations->each_plan(store, look_inside, store), STORE_OK);
    store->operations->close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_run_goes_on_from_the_first),
        TEST(an_empty_file_becomes_a_store),
        TEST(after_closing_the_database_is_one_file),
        TEST(a_person_can_read_it),
        TEST(what_is_no_database_is_refused),
        TEST(a_database_of_something_else_is_refused_and_left_alone),
        TEST(a_newer_version_is_refused),
        TEST(other_tables_are_refused),
        TEST(statistics_are_let_pass),
        TEST(a_row_without_its_plan_is_refused),
        TEST(a_damaged_file_is_refused_or_read),
        TEST(rows_that_were_edited_by_hand_are_errors_when_they_are_read),
        TEST(a_path_that_cannot_be_opened_is_told_with_its_reason),
        TEST(a_file_without_write_permission_is_refused),
        TEST(a_file_in_a_folder_without_write_permission_is_refused),
        TEST(a_file_without_read_permission_is_refused),
        TEST(a_file_that_is_in_use_is_refused),
        TEST(a_vfs_that_is_none_is_refused),
        TEST(every_refused_request_for_memory_is_an_error_that_passes),
        TEST(a_visitor_may_look_at_the_store_with_the_statement_that_visits),
    };

    return cmocka_run_group_tests_name("SQLite alone", tests, NULL, NULL);
}
