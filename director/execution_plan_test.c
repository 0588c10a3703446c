/* execution_plan_test.c: the moves that plans may make, all of them; the result that follows from
 * the steps; a copy of a plan in memory, and which records are refused. */
#include "director/execution_plan.h"

#include "director/director_core.h"
#include "director/director_test_support.h"

/* ---- Moves ---------------------------------------------------------------------------------- */

/* Dynflow's table, written as it writes it: 1 where the move is legal. */
static const char *const moves[DIRECTOR_PLAN_STATES] = {
    /*                   p s p p r p s    pending scheduled planning planned running paused stopped
     */
    [DIRECTOR_PLAN_PENDING] = "0110001",  [DIRECTOR_PLAN_SCHEDULED] = "0010001",
    [DIRECTOR_PLAN_PLANNING] = "0001001", [DIRECTOR_PLAN_PLANNED] = "0000101",
    [DIRECTOR_PLAN_RUNNING] = "0000011",  [DIRECTOR_PLAN_PAUSED] = "0000101",
    [DIRECTOR_PLAN_STOPPED] = "0000000",
};

static struct director_execution_plan *load(struct test_world *world, struct test_plan *plan)
{
    struct director_execution_plan *copy = NULL;
    struct director_plan_record record = test_store_record(&world->store, plan);
    assert_int_equal(execution_plan_create(world->director, &record, &copy), DIRECTOR_OK);
    return copy;
}

static struct step *find(struct director_execution_plan *plan, uint32_t id)
{
    return plan->current[execution_plan_position(plan, id)];
}

static void the_table_has_dynflows_moves_and_no_other(void **state)
{
    (void)state;
    for (unsigned from = 0; from < DIRECTOR_PLAN_STATES; from++) {
        for (unsigned to = 0; to < DIRECTOR_PLAN_STATES; to++) {
            assert_int_equal(director_plan_move_allowed(from, to), moves[from][to] == '1');
        }
    }
    assert_false(director_plan_move_allowed(DIRECTOR_PLAN_STATES, DIRECTOR_PLAN_STOPPED));
    assert_false(director_plan_move_allowed(DIRECTOR_PLAN_RUNNING, DIRECTOR_PLAN_STATES));
}

static void a_plan_makes_every_legal_move_and_refuses_every_other(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    for (unsigned from = 0; from < DIRECTOR_PLAN_STATES; from++) {
        for (unsigned to = 0; to < DIRECTOR_PLAN_STATES; to++) {
            bool legal = moves[from][to] == '1';
            size_t writes = world->store.writes;
            plan->state = from;
            assert_int_equal(execution_plan_update_state(plan, to),
                             legal ? DIRECTOR_OK : DIRECTOR_INTERNAL);
            assert_int_equal(plan->state, legal ? to : from);
            assert_int_equal(world->store.writes, writes + legal);
        }
    }
    execution_plan_release(plan);
}

static void a_plan_moves_is_told_and_is_saved(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    assert_int_equal(execution_plan_update_state(plan, DIRECTOR_PLAN_RUNNING), DIRECTOR_OK);
    expect_moves(world, "plan 1 planned>running");
    expect_calls(world, "save_plan 1 running pending");
    expect_stored(world, 1, "running pending: 2 pending");
    world->director->hooks.plan_moved = NULL;
    assert_int_equal(execution_plan_update_state(plan, DIRECTOR_PLAN_PAUSED), DIRECTOR_OK);
    expect_moves(world, "");
    execution_plan_release(plan);
}

static void a_move_stands_though_its_save_failed(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    assert_int_equal(execution_plan_update_state(plan, DIRECTOR_PLAN_RUNNING),
                     DIRECTOR_PERSISTENCE);
    assert_int_equal(plan->state, DIRECTOR_PLAN_RUNNING);
    expect_moves(world, "plan 1 planned>running");
    execution_plan_release(plan);
}

static void a_hardened_move_waits_for_its_save(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    test_store_fail(&world->store, TEST_SAVE_PLAN, 1, DIRECTOR_PERSISTENCE_ERROR, TEST_BEFORE);
    assert_int_equal(execution_plan_update_state(plan, DIRECTOR_PLAN_RUNNING),
                     DIRECTOR_PERSISTENCE);
    assert_int_equal(plan->state, DIRECTOR_PLAN_PLANNED);
    expect_moves(world, "");
    assert_int_equal(execution_plan_update_state(plan, DIRECTOR_PLAN_RUNNING), DIRECTOR_OK);
    expect_moves(world, "plan 1 planned>running");
    execution_plan_release(plan);
}

/* ---- Saving --------------------------------------------------------------------------------- */

static void saving_a_deleted_plan_inserts_it_again(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "2", "");
    struct director_execution_plan *plan = load(world, stored);
    stored->gone = true;
    assert_int_equal(execution_plan_save(plan), DIRECTOR_OK);
    expect_stored(world, 1, "planned pending");
    execution_plan_release(plan);
}

static void a_hardened_save_leaves_a_deleted_plan_deleted(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "2", "");
    struct director_execution_plan *plan = load(world, stored);
    stored->gone = true;
    assert_int_equal(execution_plan_save(plan), DIRECTOR_MISSING);
    expect_stored(world, 1, "gone");
    execution_plan_release(plan);
}

static void an_owner_that_cannot_update_is_asked_for_the_row_first(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "2", "");
    world->director->persistence.update_plan = NULL;
    struct director_execution_plan *plan = load(world, stored);
    assert_int_equal(execution_plan_save(plan), DIRECTOR_OK);
    expect_calls(world, "find_plan 1, save_plan 1 planned pending");
    test_store_fail(&world->store, TEST_FIND_PLAN, 1, DIRECTOR_PERSISTENCE_RAW, TEST_AFTER);
    assert_int_equal(execution_plan_save(plan), DIRECTOR_UNHANDLED);
    expect_calls(world, "find_plan 1");
    stored->gone = true;
    assert_int_equal(execution_plan_save(plan), DIRECTOR_MISSING);
    expect_calls(world, "find_plan 1");
    execution_plan_release(plan);
}

static enum director_persistence_status check_row(void *context,
                                                  const struct director_plan_row *row)
{
    const struct test_plan *plan = context;
    assert_memory_equal(&row->id, &plan->row.id, sizeof(row->id));
    assert_int_equal(row->root_plan_step, plan->row.root_plan_step);
    assert_int_equal(row->step_count, plan->row.step_count);
    assert_memory_equal(row->step_ids, plan->step_ids, row->step_count * sizeof(uint32_t));
    assert_int_equal(row->run_flow_length, plan->row.run_flow_length);
    assert_memory_equal(row->run_flow, plan->run_flow, row->run_flow_length * sizeof(uint32_t));
    assert_int_equal(row->finalize_flow_length, plan->row.finalize_flow_length);
    assert_memory_equal(row->finalize_flow, plan->finalize_flow,
                        row->finalize_flow_length * sizeof(uint32_t));
    return DIRECTOR_PERSISTENCE_OK;
}

static void the_saved_row_is_the_loaded_one(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "[S 2 [C 3 4]]", "[S 12 13]");
    struct director_execution_plan *plan = load(world, stored);
    world->director->persistence.context = stored;
    world->director->persistence.update_plan = check_row;
    assert_int_equal(execution_plan_save(plan), DIRECTOR_OK);
    execution_plan_release(plan);
}

/* ---- Results -------------------------------------------------------------------------------- */

static void the_worst_step_decides_the_result(void **state)
{
    struct test_world *world = *state;
    static const struct {
        const char *states[3];
        enum director_result result;
    } cases[] = {
        {{"success", "success", "success"}, DIRECTOR_RESULT_SUCCESS},
        {{"success", "pending", "success"}, DIRECTOR_RESULT_PENDING},
        {{"success", "running", "success"}, DIRECTOR_RESULT_PENDING},
        {{"success", "suspended", "success"}, DIRECTOR_RESULT_PENDING},
        {{"scheduling", "success", "success"}, DIRECTOR_RESULT_PENDING},
        {{"success", "skipped", "pending"}, DIRECTOR_RESULT_WARNING},
        {{"success", "skipping", "success"}, DIRECTOR_RESULT_WARNING},
        {{"success", "skipped", "error"}, DIRECTOR_RESULT_ERROR},
        {{"error", "pending", "pending"}, DIRECTOR_RESULT_ERROR},
        {{"cancelled", "error", "skipped"}, DIRECTOR_RESULT_CANCELLED},
        {{"success", "pending", "cancelled"}, DIRECTOR_RESULT_CANCELLED},
    };
    struct director_execution_plan *plan =
        load(world, test_store_add(&world->store, "[S 2 3 4]", ""));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (unsigned j = 0; j < 3; j++) {
            uint8_t named = 0;
            while (strcmp(director_step_state_name(named), cases[i].states[j]) != 0) {
                named++;
            }
            find(plan, 2 + j)->state = named;
        }
        assert_int_equal(director_execution_plan_result(plan), cases[i].result);
        assert_int_equal(execution_plan_in_error(plan), cases[i].result == DIRECTOR_RESULT_ERROR);
    }
    execution_plan_release(plan);
}

/* ---- Views ---------------------------------------------------------------------------------- */

static void a_copy_has_its_steps_in_the_plans_order(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "[S 7 3]", "[S 5]");
    test_plan_step(stored, 3)->state = DIRECTOR_STEP_SUSPENDED;
    struct director_execution_plan *plan = load(world, stored);
    assert_int_equal(director_execution_plan_step_count(plan), 7);
    assert_int_equal(test_plan_number(director_execution_plan_id(plan)), 1);
    assert_int_equal(director_execution_plan_state(plan), DIRECTOR_PLAN_PLANNED);
    static const uint32_t ids[] = {1, 7, 3, 5, 8, 9, 10};
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(director_execution_plan_step_id(plan, i), ids[i]);
        assert_int_equal(execution_plan_position(plan, ids[i]), i);
    }
    assert_int_equal(director_execution_plan_step_kind(plan, 1), DIRECTOR_STEP_RUN);
    assert_int_equal(director_execution_plan_step_kind(plan, 3), DIRECTOR_STEP_FINALIZE);
    assert_int_equal(director_execution_plan_step_state(plan, 2), DIRECTOR_STEP_SUSPENDED);
    execution_plan_release(plan);
}

static void past_the_last_step_there_is_nothing(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    assert_int_equal(director_execution_plan_step_id(plan, 3), 0);
    assert_int_equal(director_execution_plan_step_kind(plan, UINT32_MAX), DIRECTOR_STEP_PLAN);
    assert_int_equal(director_execution_plan_step_state(plan, 3), DIRECTOR_STEP_PENDING);
    execution_plan_release(plan);
}

static void steps_are_found_whether_their_ids_are_dense_or_not(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *dense =
        load(world, test_store_add(&world->store, "[S 2 3]", ""));
    struct director_execution_plan *sparse =
        load(world, test_store_add(&world->store, "[S 1000000 12 500]", ""));
    assert_null(dense->by_id);
    assert_non_null(sparse->by_id);
    static const uint32_t unknown[] = {0, 6, 8, 11, 13, 999999, DIRECTOR_STEP_ID_MAX, UINT32_MAX};
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        assert_int_equal(execution_plan_position(dense, unknown[i]), EXECUTION_PLAN_NO_POSITION);
        assert_int_equal(execution_plan_position(sparse, unknown[i]), EXECUTION_PLAN_NO_POSITION);
    }
    for (uint32_t i = 0; i < sparse->step_count; i++) {
        assert_int_equal(execution_plan_position(sparse, sparse->step_ids[i]), i);
    }
    execution_plan_release(dense);
    execution_plan_release(sparse);
}

static void many_sparse_steps_in_any_order_are_found(void **state)
{
    struct test_world *world = *state;
    struct test_text flow = {0};
    uint32_t id = 17;
    test_text_append(&flow, "[C");
    for (int i = 0; i < 300; i++) {
        id = (id * 7919 + 13) % 100003;
        test_text_append(&flow, " %u", id + 2);
    }
    test_text_append(&flow, "]");
    struct director_execution_plan *plan =
        load(world, test_store_add(&world->store, flow.text, ""));
    test_text_free(&flow);
    assert_int_equal(plan->step_count, 601);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        assert_int_equal(execution_plan_position(plan, plan->step_ids[i]), i);
    }
    execution_plan_release(plan);
}

/* ---- Steps of other copies ------------------------------------------------------------------ */

static void a_step_of_another_copy_is_shared_until_it_is_let_go(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "[S 2 3]", "");
    struct director_execution_plan *old = load(world, stored);
    struct director_execution_plan *young = load(world, stored);
    struct step *step = find(old, 2);
    assert_int_equal(execution_plan_update_step(young, step), DIRECTOR_OK);
    assert_int_equal(execution_plan_update_step(young, step), DIRECTOR_OK);
    execution_plan_release(old); /* what the young one holds stays */
    assert_int_equal(step_move(step, DIRECTOR_STEP_RUNNING), DIRECTOR_OK);
    assert_int_equal(director_execution_plan_step_state(young, 1), DIRECTOR_STEP_RUNNING);
    execution_plan_let_go(young);
    assert_int_equal(director_execution_plan_step_state(young, 1), DIRECTOR_STEP_PENDING);
    execution_plan_release(young);
}

static void a_plan_takes_its_own_step_back(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "[S 2 3]", "");
    struct director_execution_plan *old = load(world, stored);
    struct director_execution_plan *young = load(world, stored);
    assert_int_equal(execution_plan_update_step(young, find(old, 2)), DIRECTOR_OK);
    execution_plan_release(old);
    assert_int_equal(execution_plan_update_step(young, &young->own[1]), DIRECTOR_OK);
    assert_ptr_equal(find(young, 2), &young->own[1]);
    execution_plan_release(young);
}

static void a_copy_goes_with_the_steps_that_it_holds(void **state)
{
    struct test_world *world = *state;
    struct test_plan *stored = test_store_add(&world->store, "[S 2 3]", "");
    struct director_execution_plan *old = load(world, stored);
    struct director_execution_plan *young = load(world, stored);
    assert_int_equal(execution_plan_update_step(young, find(old, 2)), DIRECTOR_OK);
    assert_int_equal(execution_plan_update_step(young, find(old, 3)), DIRECTOR_OK);
    execution_plan_release(old);
    size_t blocks = world->memory.live_blocks;
    execution_plan_release(young);
    assert_int_equal(world->memory.live_blocks, blocks - 2);
}

static void a_step_that_the_plan_does_not_have_is_refused(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    struct director_execution_plan *longer =
        load(world, test_store_add(&world->store, "[S 2 3 4]", ""));
    struct director_execution_plan *other = load(world, test_store_add(&world->store, "", "2"));
    assert_int_equal(execution_plan_update_step(plan, find(longer, 4)), DIRECTOR_INTERNAL);
    assert_int_equal(execution_plan_update_step(plan, find(other, 2)), DIRECTOR_INTERNAL);
    assert_ptr_equal(find(plan, 2), &plan->own[1]);
    execution_plan_release(plan);
    execution_plan_release(longer);
    execution_plan_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_has_dynflows_moves_and_no_other),
        STORY(a_plan_makes_every_legal_move_and_refuses_every_other),
        STORY(a_plan_moves_is_told_and_is_saved),
        FAITHFUL(a_move_stands_though_its_save_failed),
        HARDENED(a_hardened_move_waits_for_its_save),
        FAITHFUL(saving_a_deleted_plan_inserts_it_again),
        HARDENED(a_hardened_save_leaves_a_deleted_plan_deleted),
        HARDENED(an_owner_that_cannot_update_is_asked_for_the_row_first),
        HARDENED(the_saved_row_is_the_loaded_one),
        WITH_WORLD(the_worst_step_decides_the_result),
        WITH_WORLD(a_copy_has_its_steps_in_the_plans_order),
        WITH_WORLD(past_the_last_step_there_is_nothing),
        WITH_WORLD(steps_are_found_whether_their_ids_are_dense_or_not),
        WITH_WORLD(many_sparse_steps_in_any_order_are_found),
        WITH_WORLD(a_step_of_another_copy_is_shared_until_it_is_let_go),
        WITH_WORLD(a_plan_takes_its_own_step_back),
        WITH_WORLD(a_copy_goes_with_the_steps_that_it_holds),
        WITH_WORLD(a_step_that_the_plan_does_not_have_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
