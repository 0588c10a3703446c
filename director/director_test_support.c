/* director_test_support.c: a world around one director, for tests: its hooks, its set-up, and what
 * can be seen of it. */
#include "director/director_test_support.h"

#include <stdlib.h>

/* ---- Hooks ---------------------------------------------------------------------------------- */

static void resolved(void *context, struct director_future *future,
                     const struct director_execution_plan *plan)
{
    struct test_world *world = context;
    size_t number = (size_t)(future - world->futures);
    assert_true(number < TEST_FUTURES);
    assert_null(future->owner); /* it is not resolved twice */
    future->owner = world;
    if (future->state == DIRECTOR_FUTURE_REJECTED) {
        assert_null(plan);
        test_text_list(&world->resolved, "%zu rejected %s", number,
                       director_reason_name(future->reason));
        return;
    }
    assert_int_equal(future->state, DIRECTOR_FUTURE_FULFILLED);
    assert_int_equal(future->reason, DIRECTOR_REASON_NONE);
    test_text_list(&world->resolved, "%zu fulfilled", number);
    if (plan != NULL) {
        test_text_append(&world->resolved, " %s %s",
                         director_plan_state_name(director_execution_plan_state(plan)),
                         director_result_name(director_execution_plan_result(plan)));
    }
}

static void plan_moved(void *context, const struct director_plan_id *plan,
                       enum director_plan_state from, enum director_plan_state to)
{
    struct test_world *world = context;
    test_text_list(&world->moves, "plan %u %s>%s", test_plan_number(plan),
                   director_plan_state_name(from), director_plan_state_name(to));
}

static void step_moved(void *context, const struct director_plan_id *plan, uint32_t step_id,
                       enum director_step_kind kind, enum director_step_state from,
                       enum director_step_state to)
{
    struct test_world *world = context;
    struct test_plan *stored = test_store_find(&world->store, plan);
    assert_int_equal(test_plan_step(stored, step_id)->kind, kind);
    test_text_list(&world->moves, "%u:%u %s>%s", test_plan_number(plan), step_id,
                   director_step_state_name(from), director_step_state_name(to));
}

/* ---- Life ----------------------------------------------------------------------------------- */

struct director *test_world_restart(struct test_world *world)
{
    director_destroy(world->director);
    world->director = NULL;
    if (director_create(&world->config, &world->director) != DIRECTOR_OK) {
        return NULL;
    }
    return world->director;
}

struct test_world *test_world_create(uint64_t defects)
{
    struct test_world *world = calloc(1, sizeof(*world));
    if (world == NULL) {
        abort();
    }
    world->config = (struct director_config){
        .allocator = test_memory_allocator(&world->memory),
        .persistence = test_store_persistence(&world->store),
        .hooks = {world, resolved, plan_moved, step_moved},
        .auto_rescue = true,
        .defects = defects,
    };
    return world;
}

static int set_up(void **state, uint64_t defects)
{
    struct test_world *world = test_world_create(defects);
    *state = world;
    return test_world_restart(world) == NULL ? -1 : 0;
}

int test_world_setup(void **state)
{
    return set_up(state, DIRECTOR_DEFECTS_ALL);
}

int test_world_setup_hardened(void **state)
{
    return set_up(state, 0);
}

void test_world_release_items(struct test_world *world)
{
    while (world->held_count > 0) {
        struct test_held *held = &world->held[--world->held_count];
        director_work_end(held->work);
        director_work_item_release(held->item);
    }
}

void test_world_free(struct test_world *world)
{
    test_store_free(&world->store);
    test_text_free(&world->moves);
    test_text_free(&world->resolved);
    test_text_free(&world->answer);
    test_text_free(&world->view);
    free(world);
}

int test_world_teardown(void **state)
{
    struct test_world *world = *state;
    director_destroy(world->director);
    test_world_release_items(world);
    size_t left = world->memory.live_blocks;
    size_t mistakes = world->memory.mistakes;
    test_world_free(world);
    assert_int_equal(left, 0);
    assert_int_equal(mistakes, 0);
    return 0;
}

/* ---- Views ---------------------------------------------------------------------------------- */

static void tell_step(struct test_text *view, const char *between, uint32_t id,
                      enum director_step_state state)
{
    test_text_append(view, "%s%u %s", between, id, director_step_state_name(state));
}

const char *test_plan_view(struct test_world *world, unsigned number)
{
    struct test_text *view = &world->view;
    struct director_plan_id id = test_plan_id(number);
    const struct director_execution_plan *plan = director_find_plan(world->director, &id);
    const char *between = ": ";
    if (plan == NULL) {
        return "none";
    }
    test_text_clear(view);
    test_text_append(view, "%s %s", director_plan_state_name(director_execution_plan_state(plan)),
                     director_result_name(director_execution_plan_result(plan)));
    for (uint32_t i = 0; i < director_execution_plan_step_count(plan); i++) {
        if (director_execution_plan_step_kind(plan, i) != DIRECTOR_STEP_PLAN) {
            tell_step(view, between, director_execution_plan_step_id(plan, i),
                      director_execution_plan_step_state(plan, i));
            between = ", ";
        }
    }
    return test_text_get(view);
}

const char *test_stored_view(struct test_world *world, unsigned number)
{
    struct test_text *view = &world->view;
    const struct test_plan *plan = world->store.plans[number - 1];
    const char *between = ": ";
    if (plan->gone) {
        return "gone";
    }
    test_text_clear(view);
    test_text_append(view, "%s %s", director_plan_state_name(plan->row.state),
                     director_result_name(plan->row.result));
    for (uint32_t i = 0; i < plan->row.step_count && !plan->steps_gone; i++) {
        if (plan->steps[i].kind != DIRECTOR_STEP_PLAN) {
            tell_step(view, between, plan->steps[i].id, plan->steps[i].state);
            between = ", ";
        }
    }
    return test_text_get(view);
}

const char *test_future_view(struct test_world *world, unsigned number)
{
    const struct director_future *future = &world->futures[number];
    if (future->state == DIRECTOR_FUTURE_PENDING) {
        return "pending";
    }
    if (future->state == DIRECTOR_FUTURE_FULFILLED) {
        return "fulfilled";
    }
    test_text_clear(&world->view);
    test_text_append(&world->view, "rejected %s", director_reason_name(future->reason));
    return test_text_get(&world->view);
}

/* ---- Snapshots ------------------------------------------------------------------------------ */

/* All plans in execution, with all their steps. */
static char *describe_plans(const struct director *director)
{
    struct test_text text = {0};
    const struct director_execution_plan *plan =
        director == NULL ? NULL : director_first_plan(director);
    for (; plan != NULL; plan = director_next_plan(plan)) {
        test_text_append(&text, "%u %s;", test_plan_number(director_execution_plan_id(plan)),
                         director_plan_state_name(director_execution_plan_state(plan)));
        for (uint32_t i = 0; i < director_execution_plan_step_count(plan); i++) {
            tell_step(&text, " ", director_execution_plan_step_id(plan, i),
                      director_execution_plan_step_state(plan, i));
        }
    }
    test_text_append(&text, ".");
    return text.text;
}

void test_snapshot_take(struct test_world *world, struct test_snapshot *snapshot)
{
    *snapshot = (struct test_snapshot){
        .plans = describe_plans(world->director),
        .writes = world->store.writes,
        .moves = world->moves.length,
        .resolved = world->resolved.length,
        .held = world->held_count,
    };
    memcpy(snapshot->futures, world->futures, sizeof(world->futures));
}

void test_snapshot_compare(struct test_world *world, struct test_snapshot *snapshot, bool moves_too)
{
    char *plans = describe_plans(world->director);
    bool same_plans = strcmp(plans, snapshot->plans) == 0;
    free(plans);
    free(snapshot->plans);
    assert_true(same_plans);
    assert_memory_equal(snapshot->futures, world->futures, sizeof(world->futures));
    assert_int_equal(world->store.writes, snapshot->writes);
    assert_int_equal(world->resolved.length, snapshot->resolved);
    assert_int_equal(world->held_count, snapshot->held);
    if (moves_too) {
        assert_int_equal(world->moves.length, snapshot->moves);
    }
}
