/* director_test_support.h: what the tests of director/ share: a world around one director, to which
 * stories are told line by line, and which checks at its end that nothing is left over.
 *
 *     test_store_add(&world->store, "[S 2 3]", "");
 *     tell(world, "start 1", "run 2");
 *     tell(world, "done 1 2 success", "run 3");
 *
 * The lines are listed in story_test_support.c. */
#ifndef DIRECTOR_DIRECTOR_TEST_SUPPORT_H
#define DIRECTOR_DIRECTOR_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "director/director.h"
#include "director/memory_test_support.h"
#include "director/store_test_support.h"
#include "director/text_test_support.h"

#define TEST_FUTURES 100
#define TEST_HELD_MAX 640

/* A work item that was handed out and not yet given back. */
struct test_held {
    struct director_work_item *item;
    struct director_work *work; /* NULL: nobody works on it */
    struct director_work_stop stop;
};

struct test_world {
    struct test_memory memory;
    struct test_store store;
    struct director_config config;
    struct director *director; /* NULL once it is destroyed */
    /* A plan's future has the plan's number unless the story says otherwise, an event's the
     * event's. */
    struct director_future futures[TEST_FUTURES];
    struct test_held held[TEST_HELD_MAX]; /* the oldest first */
    size_t held_count;
    struct test_text moves;    /* "plan 1 planned>running, 1:2 pending>running" */
    struct test_text resolved; /* "20 rejected dropped, 1 fulfilled stopped success" */
    struct test_text answer;
    struct test_text view;
    size_t refused_calls; /* that answered DIRECTOR_NO_MEMORY; each was seen to change nothing */
    bool gave_up;         /* memory ran out for good: the story is over */
};

/* A test with a world of its own, in *state, whose director is faithful or hardened. */
#define FAITHFUL(name)                                                                             \
    {                                                                                              \
#name " (faithful)", name, test_world_setup, test_world_teardown, NULL                     \
    }
#define HARDENED(name)                                                                             \
    {                                                                                              \
#name " (hardened)", name, test_world_setup_hardened, test_world_teardown, NULL            \
    }
/* Where it makes no difference. */
#define WITH_WORLD(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, test_world_setup_hardened, test_world_teardown)
/* Two tests: the same holds for both. */
#define STORY(name) FAITHFUL(name), HARDENED(name)
int test_world_setup(void **state);
int test_world_setup_hardened(void **state);
/* Destroys the director, gives back what is held, and checks that no memory is out. */
int test_world_teardown(void **state);

struct test_world *test_world_create(uint64_t defects);
/* Create the director anew, after a change of world->config. NULL without memory. */
struct director *test_world_restart(struct test_world *world);
void test_world_free(struct test_world *world);
/* Give back all items, and end what is worked on. */
void test_world_release_items(struct test_world *world);

/* What the answer to a line is. A call that finds no memory is seen to change nothing, and is made
 * again. */
const char *test_tell(struct test_world *world, const char *line);
#define tell(world, line, answer) assert_string_equal(test_tell(world, line), answer)

/* A plan in execution as the director sees it: "running error: 2 error, 3 pending"; its plan steps
 * are left out. "none" when it is not in execution. */
const char *test_plan_view(struct test_world *world, unsigned plan);
#define expect_plan(world, plan, text) assert_string_equal(test_plan_view(world, plan), text)
/* The same of what is stored; "gone" when it is not there. */
const char *test_stored_view(struct test_world *world, unsigned plan);
#define expect_stored(world, plan, text) assert_string_equal(test_stored_view(world, plan), text)
/* "pending", "fulfilled", "rejected dropped" */
const char *test_future_view(struct test_world *world, unsigned future);
#define expect_future(world, future, text)                                                         \
    assert_string_equal(test_future_view(world, future), text)
/* What is new since the last such line. */
#define expect_moves(world, text) assert_string_equal(test_text_news(&(world)->moves), text)
#define expect_resolved(world, text) assert_string_equal(test_text_news(&(world)->resolved), text)
#define expect_written(world, text)                                                                \
    assert_string_equal(test_text_news(&(world)->store.written), text)
#define expect_calls(world, text) assert_string_equal(test_text_news(&(world)->store.calls), text)

/* Everything that a call without memory must leave as it was: the director's plans, the futures,
 * what was written, moved, resolved. */
struct test_snapshot {
    char *plans;
    struct director_future futures[TEST_FUTURES];
    size_t writes;
    size_t moves;
    size_t resolved;
    size_t held;
};
void test_snapshot_take(struct test_world *world, struct test_snapshot *snapshot);
/* Fails the test when anything differs; `moves_too` compares the moves as well. */
void test_snapshot_compare(struct test_world *world, struct test_snapshot *snapshot,
                           bool moves_too);

#endif
