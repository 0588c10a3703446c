/* any_store_test_support.h: a test that is run on each kind of store: in memory, SQLite in memory,
 * SQLite in a file. A store is opened for it with one plan in it, and words for what tests do most.
 */
#ifndef SIM_STORE_ANY_STORE_TEST_SUPPORT_H
#define SIM_STORE_ANY_STORE_TEST_SUPPORT_H

#include "sim/store/store_test_support.h"

struct any_store {
    struct test_allocator memory;
    struct store *store;
    const struct store_operations *operations;
    const struct director_persistence *director;
    char *folder;
    struct test_plan plan;
    struct director_plan_id id; /* of the plan, which is stored */
};

/* Set-ups and the tear-down for cmocka. The state is a struct any_store. */
int any_store_open_memory(void **state);
int any_store_open_sqlite(void **state);
int any_store_open_file(void **state);
int any_store_close(void **state);

/* Run the tests that TESTS(open) lists, each as ON(open, test), on all three. Answers how many
 * failed. */
#define ON(open, test) cmocka_unit_test_setup_teardown(test, open, any_store_close)
#define RUN_ON_ANY_STORE(TESTS, failed)                                                            \
    do {                                                                                           \
        const struct CMUnitTest in_memory[] = {TESTS(any_store_open_memory)};                      \
        const struct CMUnitTest in_sqlite[] = {TESTS(any_store_open_sqlite)};                      \
        const struct CMUnitTest in_file[] = {TESTS(any_store_open_file)};                          \
                                                                                                   \
        (failed) = cmocka_run_group_tests_name("the memory store", in_memory, NULL, NULL);         \
        (failed) += cmocka_run_group_tests_name("SQLite in memory", in_sqlite, NULL, NULL);        \
        (failed) += cmocka_run_group_tests_name("SQLite in a file", in_file, NULL, NULL);          \
    } while (0)

/* On the plan that is stored, with the rows of `plan` as the test has changed them. */
enum director_persistence_status any_load(struct any_store *fixture,
                                          struct director_plan_record *record);
enum director_persistence_status any_save_plan(struct any_store *fixture);
enum director_persistence_status any_save_row(struct any_store *fixture,
                                              const struct director_step_row *row,
                                              uint32_t allowed);
enum director_persistence_status any_save_step(struct any_store *fixture, uint32_t id,
                                               enum director_step_state state, uint32_t allowed);
enum director_persistence_status any_save_action(struct any_store *fixture, uint32_t id);
enum director_step_state any_stored_state(struct any_store *fixture, uint32_t id);
void any_delete_plan(struct any_store *fixture);

void assert_same_numbers(const uint32_t *left, uint32_t left_count, const uint32_t *right,
                         uint32_t right_count);
void assert_same_row(const struct director_plan_row *left, const struct director_plan_row *right);
void assert_same_step(const struct director_step_row *left, const struct director_step_row *right);
void assert_loads_as(struct any_store *fixture, const struct store_plan *plan);

#endif
