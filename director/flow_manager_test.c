/* flow_manager_test.c: the run phase of a plan, step by step: what a flow starts with, what comes
 * next, when it is done. Cursors are tried here as well: they are only ever seen through this. */
#include "director/flow_manager.h"

#include "director/director_core.h"
#include "director/director_test_support.h"
#include "director/execution_plan.h"
#include "director/memory.h"

struct phase {
    struct test_world *world;
    struct director_execution_plan *plan;
    struct flow_manager flow;
    struct sequence_cursor cursors[64];
    struct flow_step steps[64];
};

static void begin(struct phase *phase, struct test_world *world, const char *run_flow)
{
    struct test_plan *stored = test_store_add(&world->store, run_flow, "");
    struct director_plan_record record = test_store_record(&world->store, stored);
    struct director *director = world->director;
    void *scratch = director->scratch;
    *phase = (struct phase){.world = world};
    assert_int_equal(execution_plan_create(director, &record, &phase->plan), DIRECTOR_OK);
    assert_true(memory_reserve(&director->allocator, &scratch, &director->scratch_capacity,
                               phase->plan->step_count, sizeof(director->scratch[0])));
    director->scratch = scratch;
    assert_in_range(flow_manager_cursors(phase->plan), 1, 64);
    flow_manager_init(&phase->flow, director, phase->plan, phase->cursors,
                      flow_manager_cursors(phase->plan), phase->steps);
    assert_false(flow_manager_done(&phase->flow));
}

static void end(struct phase *phase)
{
    execution_plan_release(phase->plan);
}

/* The status, or the steps that the flow yielded: "2 3". */
static const char *yielded(struct phase *phase, enum director_status status)
{
    struct director *director = phase->world->director;
    struct test_text *answer = &phase->world->answer;
    test_text_clear(answer);
    if (status != DIRECTOR_OK) {
        return director_status_name(status);
    }
    for (size_t i = 0; i < director->scratch_count; i++) {
        test_text_append(answer, i == 0 ? "%u" : " %u", director->scratch[i]->id);
    }
    return test_text_get(answer);
}

static const char *start(struct phase *phase)
{
    phase->world->director->scratch_count = 0;
    return yielded(phase, flow_manager_start(&phase->flow));
}

/* A step came back in this state. */
static const char *after(struct phase *phase, uint32_t id, enum director_step_state state)
{
    struct step *step = phase->plan->current[execution_plan_position(phase->plan, id)];
    step->state = (uint8_t)state;
    phase->world->director->scratch_count = 0;
    return yielded(phase, flow_manager_what_is_next(&phase->flow, step));
}

static const char *ok(struct phase *phase, uint32_t id)
{
    return after(phase, id, DIRECTOR_STEP_SUCCESS);
}

static void a_sequence_goes_step_by_step(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S 2 3 4]");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(ok(&phase, 2), "3");
    assert_string_equal(ok(&phase, 3), "4");
    assert_false(flow_manager_done(&phase.flow));
    assert_string_equal(ok(&phase, 4), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void a_concurrence_starts_all_and_waits_for_all(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[C 2 3 4]");
    assert_string_equal(start(&phase), "2 3 4");
    assert_string_equal(ok(&phase, 3), "");
    assert_string_equal(ok(&phase, 2), "");
    assert_false(flow_manager_done(&phase.flow));
    assert_string_equal(ok(&phase, 4), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void a_lone_step_is_a_flow(void **state)
{
    struct phase phase;
    begin(&phase, *state, "2");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(ok(&phase, 2), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void a_sequence_waits_for_the_concurrence_in_it(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S 2 [C 3 4] 5]");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(ok(&phase, 2), "3 4");
    assert_string_equal(ok(&phase, 4), "");
    assert_string_equal(ok(&phase, 3), "5");
    assert_string_equal(ok(&phase, 5), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void sequences_side_by_side_go_each_at_its_own_pace(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[C [S 2 3] 4 [S 5 6 7]]");
    assert_string_equal(start(&phase), "2 4 5");
    assert_string_equal(ok(&phase, 5), "6");
    assert_string_equal(ok(&phase, 6), "7");
    assert_string_equal(ok(&phase, 2), "3");
    assert_string_equal(ok(&phase, 7), "");
    assert_string_equal(ok(&phase, 4), "");
    assert_false(flow_manager_done(&phase.flow));
    assert_string_equal(ok(&phase, 3), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void nested_sequences_end_with_their_parents(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S [S [S 2] 3] [C [S 4 [S 5 6]] 7] 8]");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(ok(&phase, 2), "3");
    assert_string_equal(ok(&phase, 3), "4 7");
    assert_string_equal(ok(&phase, 4), "5");
    assert_string_equal(ok(&phase, 5), "6");
    assert_string_equal(ok(&phase, 6), "");
    assert_string_equal(ok(&phase, 7), "8");
    assert_string_equal(ok(&phase, 8), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void concurrences_in_one_another_are_one(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[C [C 2 [C 3 [C]]] 4]");
    assert_string_equal(start(&phase), "2 3 4");
    end(&phase);
}

static void a_failure_stops_its_sequence(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S 2 3]");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(after(&phase, 2, DIRECTOR_STEP_ERROR), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void a_failure_lets_what_is_beside_it_finish(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S [C [S 2 3] [S 4 5]] 6]");
    assert_string_equal(start(&phase), "2 4");
    assert_string_equal(after(&phase, 2, DIRECTOR_STEP_ERROR), "");
    assert_false(flow_manager_done(&phase.flow));
    assert_string_equal(ok(&phase, 4), "5");
    assert_string_equal(ok(&phase, 5), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void a_failure_of_the_last_is_remembered_over_the_first(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S [C 2 3] 4]");
    assert_string_equal(start(&phase), "2 3");
    assert_string_equal(after(&phase, 3, DIRECTOR_STEP_ERROR), "");
    assert_false(flow_manager_done(&phase.flow));
    assert_string_equal(ok(&phase, 2), "");
    assert_true(flow_manager_done(&phase.flow));
    end(&phase);
}

static void anything_but_error_and_suspended_counts_as_ok(void **state)
{
    static const enum director_step_state oks[] = {
        DIRECTOR_STEP_SCHEDULING, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_RUNNING,
        DIRECTOR_STEP_SUCCESS,    DIRECTOR_STEP_SKIPPED, DIRECTOR_STEP_SKIPPING,
        DIRECTOR_STEP_CANCELLED,
    };
    for (size_t i = 0; i < sizeof(oks) / sizeof(oks[0]); i++) {
        struct phase phase;
        begin(&phase, *state, "[S 2 3]");
        assert_string_equal(start(&phase), "2");
        assert_string_equal(after(&phase, 2, oks[i]), "3");
        end(&phase);
    }
}

static void a_suspended_step_moves_nothing(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S 2 3]");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(after(&phase, 2, DIRECTOR_STEP_SUSPENDED), "");
    assert_string_equal(after(&phase, 2, DIRECTOR_STEP_SUSPENDED), "");
    assert_string_equal(ok(&phase, 2), "3");
    end(&phase);
}

static void a_step_that_nobody_waits_for_breaks_an_assumption(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S [C 2 3] 4]");
    assert_string_equal(start(&phase), "2 3");
    assert_string_equal(ok(&phase, 4), "internal"); /* its turn has not come */
    assert_string_equal(ok(&phase, 1), "internal"); /* it is in no flow */
    assert_string_equal(ok(&phase, 2), "");
    assert_string_equal(ok(&phase, 2), "internal"); /* it is done already */
    assert_string_equal(ok(&phase, 3), "4");
    end(&phase);
}

static void a_flow_that_starts_no_step_breaks_an_assumption(void **state)
{
    static const char *const flows[] = {"[S [S]]", "[S [C] 2]", "[C [S] [C]]"};
    for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
        struct phase phase;
        begin(&phase, *state, flows[i]);
        assert_string_equal(start(&phase), "internal");
        end(&phase);
    }
}

/* As in Dynflow: an empty sequence is waited for, and nobody ever tells that it is done. */
static void an_empty_sequence_in_the_middle_is_never_done(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S 2 [S] 3]");
    assert_string_equal(start(&phase), "2");
    assert_string_equal(ok(&phase, 2), "");
    assert_false(flow_manager_done(&phase.flow));
    end(&phase);
}

static void a_phase_can_begin_anew(void **state)
{
    struct phase phase;
    begin(&phase, *state, "[S [C [S 2 3] 4] 5]");
    assert_string_equal(start(&phase), "2 4");
    assert_string_equal(ok(&phase, 2), "3");
    flow_manager_init(&phase.flow, phase.world->director, phase.plan, phase.cursors,
                      flow_manager_cursors(phase.plan), phase.steps);
    assert_string_equal(start(&phase), "2 4");
    assert_string_equal(ok(&phase, 3), "internal");
    assert_string_equal(ok(&phase, 2), "3");
    end(&phase);
}

static void flows_of_the_greatest_depth_are_walked(void **state)
{
    struct test_world *world = *state;
    struct test_text text = {0};
    for (uint32_t i = 0; i + 1 < DIRECTOR_FLOW_DEPTH_MAX; i++) {
        test_text_append(&text, i % 2 == 0 ? "[S " : "[C ");
    }
    test_text_append(&text, "2");
    for (uint32_t i = 0; i + 1 < DIRECTOR_FLOW_DEPTH_MAX; i++) {
        test_text_append(&text, "]");
    }
    test_store_add(&world->store, text.text, "");
    test_text_free(&text);
    tell(world, "start 1", "run 2");
    tell(world, "done 1 2 success", "nothing");
    expect_future(world, 1, "fulfilled");
    expect_stored(world, 1, "stopped success: 2 pending");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_sequence_goes_step_by_step),
        WITH_WORLD(a_concurrence_starts_all_and_waits_for_all),
        WITH_WORLD(a_lone_step_is_a_flow),
        WITH_WORLD(a_sequence_waits_for_the_concurrence_in_it),
        WITH_WORLD(sequences_side_by_side_go_each_at_its_own_pace),
        WITH_WORLD(nested_sequences_end_with_their_parents),
        WITH_WORLD(concurrences_in_one_another_are_one),
        WITH_WORLD(a_failure_stops_its_sequence),
        WITH_WORLD(a_failure_lets_what_is_beside_it_finish),
        WITH_WORLD(a_failure_of_the_last_is_remembered_over_the_first),
        WITH_WORLD(anything_but_error_and_suspended_counts_as_ok),
        WITH_WORLD(a_suspended_step_moves_nothing),
        WITH_WORLD(a_step_that_nobody_waits_for_breaks_an_assumption),
        WITH_WORLD(a_flow_that_starts_no_step_breaks_an_assumption),
        WITH_WORLD(an_empty_sequence_in_the_middle_is_never_done),
        WITH_WORLD(a_phase_can_begin_anew),
        STORY(flows_of_the_greatest_depth_are_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
