/* future_test.c: a future is resolved once, its owner is told just after, and a second time is
 * refused. */
#include "director/future.h"

#include "director/director_core.h"
#include "director/director_test_support.h"

static void a_future_is_fulfilled_once(void **state)
{
    struct test_world *world = *state;
    struct director_future *future = &world->futures[7];
    assert_int_equal(future_fulfill(world->director, future, NULL), DIRECTOR_OK);
    expect_future(world, 7, "fulfilled");
    expect_resolved(world, "7 fulfilled");
    assert_int_equal(future_fulfill(world->director, future, NULL), DIRECTOR_INTERNAL);
    assert_int_equal(future_reject(world->director, future, DIRECTOR_REASON_DROPPED),
                     DIRECTOR_INTERNAL);
    expect_future(world, 7, "fulfilled");
    expect_resolved(world, "");
}

static void a_future_is_rejected_once_and_keeps_its_reason(void **state)
{
    struct test_world *world = *state;
    struct director_future *future = &world->futures[7];
    assert_int_equal(future_reject(world->director, future, DIRECTOR_REASON_STOPPED), DIRECTOR_OK);
    assert_int_equal(future_reject(world->director, future, DIRECTOR_REASON_DROPPED),
                     DIRECTOR_INTERNAL);
    assert_int_equal(future_fulfill(world->director, future, NULL), DIRECTOR_INTERNAL);
    expect_future(world, 7, "rejected stopped");
    expect_resolved(world, "7 rejected stopped");
}

static void an_owner_without_a_hook_reads_the_future(void **state)
{
    struct test_world *world = *state;
    world->director->hooks.resolved = NULL;
    assert_int_equal(future_fulfill(world->director, &world->futures[1], NULL), DIRECTOR_OK);
    assert_int_equal(future_reject(world->director, &world->futures[2], DIRECTOR_REASON_NO_MANAGER),
                     DIRECTOR_OK);
    expect_future(world, 1, "fulfilled");
    expect_future(world, 2, "rejected no_manager");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_future_is_fulfilled_once),
        WITH_WORLD(a_future_is_rejected_once_and_keeps_its_reason),
        WITH_WORLD(an_owner_without_a_hook_reads_the_future),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
