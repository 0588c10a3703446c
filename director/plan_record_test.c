/* plan_record_test.c: which records of plans are taken and which are refused: what crosses a limit,
 * and what does not hold together. */
#include "director/director_test_support.h"
#include "director/execution_plan.h"
#include "director/flow.h"

static enum director_status create(struct test_world *world,
                                   const struct director_plan_record *record)
{
    struct director_execution_plan *plan = NULL;
    enum director_status status = execution_plan_create(world->director, record, &plan);
    if (status == DIRECTOR_OK) {
        execution_plan_release(plan);
    } else {
        assert_null(plan);
    }
    return status;
}

static enum director_status load(struct test_world *world, struct test_plan *plan)
{
    struct director_plan_record record = test_store_record(&world->store, plan);
    return create(world, &record);
}

static struct test_plan *sound_plan(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 [C 3 4]]", "[S 12 13]");
    assert_int_equal(load(world, plan), DIRECTOR_OK);
    return plan;
}

static void a_flow_of_an_unknown_step_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->run_flow[1] = 99;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->finalize_flow[2] = 99;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void a_flow_with_a_step_of_another_phase_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->run_flow[1] = 12;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->run_flow[1] = 1;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->finalize_flow[1] = 2;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void a_flow_that_is_not_whole_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->row.run_flow_length--;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->row.finalize_flow_length--;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void a_step_that_stands_twice_in_a_flow_is_refused(void **state)
{
    struct test_world *world = *state;
    assert_int_equal(load(world, test_store_add(&world->store, "[S 2 2]", "")), DIRECTOR_INTERNAL);
    assert_int_equal(load(world, test_store_add(&world->store, "[C 2 [S 3 2]]", "")),
                     DIRECTOR_INTERNAL);
    assert_int_equal(load(world, test_store_add(&world->store, "", "[S 2 3 3]")),
                     DIRECTOR_INTERNAL);
}

static void a_step_in_no_flow_is_fine(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = test_store_add(&world->store, "[S 2 3]", "[S 4]");
    plan->row.run_flow_length = test_flow_parse("[S 3]", plan->run_flow);
    plan->row.finalize_flow_length = 0;
    assert_int_equal(load(world, plan), DIRECTOR_OK);
}

static void two_steps_of_one_id_are_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->steps[7].id = plan->step_ids[7] = plan->steps[8].id;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void ids_outside_their_range_are_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->steps[8].id = plan->step_ids[8] = DIRECTOR_STEP_ID_MAX + 1;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->planned_count = 0;
    plan->steps[8].id = plan->step_ids[8] = DIRECTOR_STEP_ID_MAX;
    assert_int_equal(load(world, plan), DIRECTOR_OK);
    plan->steps[8].id = plan->step_ids[8] = 0;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void ids_in_another_order_than_the_steps_are_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->step_ids[1] = 3;
    plan->step_ids[2] = 2;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void words_outside_their_enumeration_are_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->steps[8].kind = (enum director_step_kind)DIRECTOR_STEP_KINDS;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->steps[8].state = (enum director_step_state)DIRECTOR_STEP_STATES;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->steps[8].state = (enum director_step_state)256; /* not to be taken for scheduling */
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->steps[8].kind = (enum director_step_kind)256;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void a_root_that_is_no_step_is_refused(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    plan->row.root_plan_step = 77;
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void a_plan_without_steps_is_refused(void **state)
{
    struct test_world *world = *state;
    struct director_plan_record record = {.row = {.id = test_plan_id(1), .root_plan_step = 1}};
    assert_int_equal(create(world, &record), DIRECTOR_INTERNAL);
}

static void actions_that_planned_one_another_are_a_tree(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    test_plan_add_planned(plan, 1, 99); /* an unknown step */
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    test_plan_add_planned(plan, 14, 15); /* planned by two */
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    test_plan_add_planned(plan, 14, 1); /* the root was planned by nobody */
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->planned[2].child = 2; /* not a plan step */
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
    plan = sound_plan(world);
    plan->planned[2].parent = 2; /* not a plan step */
    assert_int_equal(load(world, plan), DIRECTOR_INTERNAL);
}

static void more_steps_than_the_limit_are_refused_unread(void **state)
{
    struct test_world *world = *state;
    struct director_plan_record record = {.row = {.id = test_plan_id(1), .root_plan_step = 1}};
    record.row.step_count = DIRECTOR_STEPS_MAX + 1;
    assert_int_equal(create(world, &record), DIRECTOR_INTERNAL);
    record.row.step_count = 0;
    record.row.run_flow_length = DIRECTOR_FLOW_TOKENS_MAX + 1;
    assert_int_equal(create(world, &record), DIRECTOR_INTERNAL);
    record.row.run_flow_length = 0;
    record.row.finalize_flow_length = DIRECTOR_FLOW_TOKENS_MAX + 1;
    assert_int_equal(create(world, &record), DIRECTOR_INTERNAL);
}

static void more_planned_actions_than_the_limit_are_refused_unread(void **state)
{
    struct test_world *world = *state;
    const uint32_t ids[] = {1, 2};
    struct director_step_row steps[2] = {{.id = 1, .children_count = UINT32_MAX},
                                         {.id = 2, .children_count = UINT32_MAX}};
    struct director_plan_record record = {
        .row = {.id = test_plan_id(1), .root_plan_step = 1, .step_ids = ids, .step_count = 2},
        .steps = steps,
    };
    assert_int_equal(create(world, &record), DIRECTOR_INTERNAL);
}

static void as_many_steps_as_the_limit_are_taken(void **state)
{
    struct test_world *world = *state;
    static uint32_t ids[DIRECTOR_STEPS_MAX];
    static uint32_t flow[DIRECTOR_STEPS_MAX];
    static struct director_step_row steps[DIRECTOR_STEPS_MAX];
    for (uint32_t i = 0; i < DIRECTOR_STEPS_MAX; i++) {
        ids[i] = 3 * (DIRECTOR_STEPS_MAX - i); /* sparse, and the wrong way round */
        flow[i] = ids[i];
        steps[i] = (struct director_step_row){.id = ids[i], .kind = DIRECTOR_STEP_RUN};
    }
    flow[0] = DIRECTOR_FLOW_CONCURRENCE | (DIRECTOR_STEPS_MAX - 1);
    steps[0].kind = DIRECTOR_STEP_PLAN;
    struct director_plan_record record = {.row = {.id = test_plan_id(1),
                                                  .root_plan_step = ids[0],
                                                  .step_ids = ids,
                                                  .step_count = DIRECTOR_STEPS_MAX,
                                                  .run_flow = flow,
                                                  .run_flow_length = DIRECTOR_STEPS_MAX},
                                          .steps = steps};
    assert_int_equal(create(world, &record), DIRECTOR_OK);
}

static void without_memory_nothing_is_created(void **state)
{
    struct test_world *world = *state;
    struct test_plan *plan = sound_plan(world);
    world->memory.fail_at = world->memory.requests + 1;
    assert_int_equal(load(world, plan), DIRECTOR_NO_MEMORY);
    assert_int_equal(load(world, plan), DIRECTOR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_flow_of_an_unknown_step_is_refused),
        WITH_WORLD(a_flow_with_a_step_of_another_phase_is_refused),
        WITH_WORLD(a_flow_that_is_not_whole_is_refused),
        WITH_WORLD(a_step_that_stands_twice_in_a_flow_is_refused),
        WITH_WORLD(a_step_in_no_flow_is_fine),
        WITH_WORLD(two_steps_of_one_id_are_refused),
        WITH_WORLD(ids_outside_their_range_are_refused),
        WITH_WORLD(ids_in_another_order_than_the_steps_are_refused),
        WITH_WORLD(words_outside_their_enumeration_are_refused),
        WITH_WORLD(a_root_that_is_no_step_is_refused),
        WITH_WORLD(a_plan_without_steps_is_refused),
        WITH_WORLD(actions_that_planned_one_another_are_a_tree),
        WITH_WORLD(more_steps_than_the_limit_are_refused_unread),
        WITH_WORLD(more_planned_actions_than_the_limit_are_refused_unread),
        WITH_WORLD(as_many_steps_as_the_limit_are_taken),
        WITH_WORLD(without_memory_nothing_is_created),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
