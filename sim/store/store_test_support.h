/* store_test_support.h: what the tests of the stores share: an allocator that counts and fails, a
 * small generator of numbers, plans to store, and the whole contents of a store as text. */
#ifndef SIM_STORE_STORE_TEST_SUPPORT_H
#define SIM_STORE_STORE_TEST_SUPPORT_H

#include "sim/store/store.h"

/* malloc, with every byte accounted for, and the nth request refused. */
struct test_allocator {
    size_t live_bytes;
    uint64_t requests;
    uint64_t fail_at; /* the request, counted from 1, that is refused; 0: none */
};
struct director_allocator test_allocator(struct test_allocator *state);

/* The next number below `below` of a sequence that `state` begins. */
uint32_t test_random(uint64_t *state, uint32_t below);

/* An id with this number in it. */
struct director_plan_id test_id(uint32_t number);

/* A plan of three actions, the first of which planned the others: six steps and a finalize step, in
 * an order that is not that of their ids when `shuffled`. */
#define TEST_STEPS 7
#define TEST_ACTIONS 3
struct test_plan {
    struct store_plan plan;
    uint32_t step_ids[TEST_STEPS];
    struct director_step_row steps[TEST_STEPS];
    struct director_action_row actions[TEST_ACTIONS];
};
void test_plan_init(struct test_plan *test, uint32_t number, bool shuffled);
/* The row of a step of that plan, by its id. */
struct director_step_row test_plan_step(const struct test_plan *test, uint32_t id);

/* Everything that the store shows, as text to be freed. Actions are looked for by ids up to
 * `actions_max`. */
char *test_store_contents(struct store *store, uint32_t actions_max);

/* A new folder for files, and its removal with all files in it. */
char *test_folder_create(void);
void test_folder_remove(char *folder);
/* "FOLDER/NAME", to be freed. */
char *test_path(const char *folder, const char *name);

#endif
