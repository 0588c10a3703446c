/* search_test_support.c: see search_test_support.h. */
#include "sim/search/search_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ARENA_BYTES (256u << 20)

struct arena *search_test_arena;

int search_test_start(void **state)
{
    (void)state;
    return arena_create(ARENA_BYTES, &search_test_arena) == ARENA_OK ? 0 : -1;
}

int search_test_end(void **state)
{
    (void)state;
    arena_destroy(search_test_arena);
    return 0;
}

struct scenario *search_test_read(const char *text, struct scenario_reading *reading)
{
    enum scenario_read_status status =
        scenario_read_bytes("test.yaml", text, strlen(text), reading);
    if (status != SCENARIO_READ_OK) {
        print_error("%s\n", reading->problem_count > 0 ? reading->problems[0].message : "?");
    }
    assert_int_equal(status, SCENARIO_READ_OK);
    return reading->scenario;
}

void search_test_hold(const char *text, struct trial *trial)
{
    struct scenario_reading reading;
    trial_run(trial, search_test_arena, search_test_read(text, &reading), REPLAY_STORE_MEMORY);
    assert_int_equal(trial->status, REPLAY_OK);
    assert_true(trial->held);
    scenario_reading_free(&reading);
}
