/* faulty_store_test.c: a verdict decides what becomes of an operation, and its owner is told all
 * that is needed to list the writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/faulty_store.h"
#include "sim/store/store_test_support.h"

struct fixture {
    struct test_allocator memory;
    struct store *store;
    struct faulty_store faulty;
    struct director_persistence *director;
    struct test_plan plan;
    struct director_plan_id id;
    struct faulty_verdict verdict; /* for the next operation */
    struct faulty_operation seen;  /* the last one that was decided */
    char log[400];
};

static struct faulty_verdict decide(void *context, const struct faulty_operation *operation)
{
    struct fixture *fixture = (struct fixture *)context;

    fixture->seen = *operation;
    return fixture->verdict;
}

/* The lines of the conformance cases' `writes`. */
static void done(void *context, const struct faulty_operation *operation,
                 enum director_persistence_status answer, bool wrote, struct faulty_verdict verdict)
{
    struct fixture *fixture = (struct fixture *)context;
    size_t length = strlen(fixture->log);
    const char *ending = "";

    if (verdict.moment == FAULTY_BEFORE) {
        ending = " !before";
    } else if (verdict.moment == FAULTY_AFTER) {
        ending = " !after";
    } else if (answer == DIRECTOR_PERSISTENCE_UNMATCHED) {
        ending = " ~";
    } else if (answer == DIRECTOR_PERSISTENCE_ERROR) {
        ending = " !constraint";
    }
    snprintf(fixture->log + length, sizeof(fixture->log) - length, "%s%s%s%s",
             length == 0 ? "" : "; ", faulty_operation_kind_name(operation->kind), ending,
             wrote ? " +" : "");
}

static int setup(void **state)
{
    struct fixture *fixture = (struct fixture *)calloc(1, sizeof(*fixture));
    struct director_allocator allocator = test_allocator(&fixture->memory);
    struct faulty_hooks hooks = {fixture, decide, done};

    if (memory_store_create(&allocator, &fixture->store) != STORE_OK) {
        return -1;
    }
    test_plan_init(&fixture->plan, 1, false);
    fixture->id = fixture->plan.plan.record.row.id;
    fixture->store->operations->insert_plan(fixture->store, &fixture->plan.plan);
    faulty_store_init(&fixture->faulty, &fixture->store->persistence, &hooks);
    fixture->director = &fixture->faulty.persistence;
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    fixture->store->operations->close(fixture->store);
    free(fixture);
    return 0;
}

static enum director_persistence_status save_step(struct fixture *fixture, uint32_t allowed)
{
    struct director_step_row row = fixture->plan.steps[3];

    row.state = DIRECTOR_STEP_RUNNING;
    return fixture->director->save_step(fixture->director->context, &fixture->id, &row, allowed);
}

static enum director_step_state stored(struct fixture *fixture)
{
    enum director_step_state state = DIRECTOR_STEP_CANCELLED;

    fixture->store->operations->peek_step(fixture->store, &fixture->id, 4, &state);
    return state;
}

static void a_fault_before_keeps_the_write_from_the_store(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    fixture->verdict = (struct faulty_verdict){FAULTY_BEFORE, DIRECTOR_PERSISTENCE_LOST};
    assert_int_equal(save_step(fixture, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_LOST);
    assert_int_equal(stored(fixture), DIRECTOR_STEP_PENDING);
    assert_string_equal(fixture->log, "save_step !before");
}

static void a_fault_after_lets_the_write_through(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    fixture->verdict = (struct faulty_verdict){FAULTY_AFTER, DIRECTOR_PERSISTENCE_RAW};
    assert_int_equal(save_step(fixture, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_RAW);
    assert_int_equal(stored(fixture), DIRECTOR_STEP_RUNNING);
    assert_string_equal(fixture->log, "save_step !after +");
}

static void a_fault_after_a_save_that_matched_nothing_still_strikes(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    fixture->verdict = (struct faulty_verdict){FAULTY_AFTER, DIRECTOR_PERSISTENCE_ERROR};
    assert_int_equal(save_step(fixture, DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR)),
                     DIRECTOR_PERSISTENCE_ERROR);
    assert_int_equal(stored(fixture), DIRECTOR_STEP_PENDING);
    assert_string_equal(fixture->log, "save_step !after");
}

static void an_operation_that_the_store_refuses_never_comes_to_a_fault_after(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    struct director_plan_record record;

    fixture->store->operations->delete_plan(fixture->store, &fixture->id);
    fixture->verdict = (struct faulty_verdict){FAULTY_AFTER, DIRECTOR_PERSISTENCE_LOST};
    assert_int_equal(save_step(fixture, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_ERROR);
    assert_int_equal(
        fixture->director->load_plan(fixture->director->context, &fixture->id, &record),
        DIRECTOR_PERSISTENCE_MISSING);
    assert_string_equal(fixture->log, "save_step !constraint; load_plan");
}

static void without_a_fault_the_answer_is_the_store_s(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;

    assert_int_equal(save_step(fixture, DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR)),
                     DIRECTOR_PERSISTENCE_UNMATCHED);
    assert_int_equal(save_step(fixture, DIRECTOR_SAVE_ALWAYS), DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(stored(fixture), DIRECTOR_STEP_RUNNING);
    assert_string_equal(fixture->log, "save_step ~; save_step +");
}

static void the_owner_is_told_what_is_to_be_written(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    uint32_t allowed = DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING);
    struct director_plan_row row = fixture->plan.plan.record.row;

    save_step(fixture, allowed);
    assert_int_equal(fixture->seen.kind, FAULTY_SAVE_STEP);
    assert_int_equal(fixture->seen.id, 4);
    assert_int_equal(fixture->seen.step_state, DIRECTOR_STEP_RUNNING);
    assert_int_equal(fixture->seen.step_kind, DIRECTOR_STEP_RUN);
    assert_int_equal(fixture->seen.allowed, allowed);
    assert_memory_equal(fixture->seen.plan, &fixture->id, sizeof(fixture->id));
    row.state = DIRECTOR_PLAN_STOPPED;
    row.result = DIRECTOR_RESULT_WARNING;
    fixture->director->save_plan(fixture->director->context, &row);
    assert_int_equal(fixture->seen.kind, FAULTY_SAVE_PLAN);
    assert_int_equal(fixture->seen.plan_state, DIRECTOR_PLAN_STOPPED);
    assert_int_equal(fixture->seen.result, DIRECTOR_RESULT_WARNING);
    assert_int_equal(fixture->seen.id, 0);
}

/* Every operation once. */
static void run_all(struct fixture *fixture, enum director_persistence_status *answers)
{
    struct director_persistence *director = fixture->director;
    struct director_plan_record record;
    struct director_action_row action;
    bool flag;

    answers[0] = director->load_plan(director->context, &fixture->id, &record);
    answers[1] = director->find_plan(director->context, &fixture->id, &flag);
    answers[2] = director->save_plan(director->context, &fixture->plan.plan.record.row);
    answers[3] = save_step(fixture, DIRECTOR_SAVE_ALWAYS);
    answers[4] = director->load_action(director->context, &fixture->id, 1, &action);
    answers[5] = director->save_action(director->context, &fixture->id, &fixture->plan.actions[0]);
    answers[6] = director->find_inhibition(director->context, &fixture->id, &flag);
    answers[7] = director->delete_delayed_plan(director->context, &fixture->id);
}

static void every_operation_can_fail_before_and_after(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    enum director_persistence_status answers[FAULTY_OPERATION_KINDS];

    for (int moment = FAULTY_BEFORE; moment <= FAULTY_AFTER; moment++) {
        fixture->verdict =
            (struct faulty_verdict){(enum faulty_moment)moment, DIRECTOR_PERSISTENCE_LOST};
        run_all(fixture, answers);
        for (int at = 0; at < FAULTY_OPERATION_KINDS; at++) {
            assert_int_equal(answers[at], DIRECTOR_PERSISTENCE_LOST);
        }
    }
    assert_string_equal(fixture->log,
                        "load_plan !before; find_plan !before; save_plan !before; "
                        "save_step !before; load_action !before; save_action !before; "
                        "find_inhibition !before; delete_delayed_plan !before; "
                        "load_plan !after; find_plan !after; save_plan !after +; "
                        "save_step !after +; load_action !after; save_action !after +; "
                        "find_inhibition !after; delete_delayed_plan !after +");
}

static void without_hooks_everything_passes_through(void **state)
{
    struct fixture *fixture = (struct fixture *)*state;
    enum director_persistence_status answers[FAULTY_OPERATION_KINDS];
    struct faulty_hooks none = {NULL, NULL, NULL};
    struct director_persistence inner = fixture->store->persistence;

    faulty_store_init(&fixture->faulty, &inner, &none);
    run_all(fixture, answers);
    for (int at = 0; at < FAULTY_OPERATION_KINDS; at++) {
        assert_int_equal(answers[at], DIRECTOR_PERSISTENCE_OK);
    }
    inner.find_inhibition = NULL;
    inner.delete_delayed_plan = NULL;
    faulty_store_init(&fixture->faulty, &inner, &none);
    assert_null(fixture->faulty.persistence.find_inhibition);
    assert_null(fixture->faulty.persistence.delete_delayed_plan);
}

static void every_kind_of_operation_has_a_name(void **state)
{
    (void)state;
    for (int kind = 0; kind < FAULTY_OPERATION_KINDS; kind++) {
        assert_string_not_equal(faulty_operation_kind_name((enum faulty_operation_kind)kind), "?");
    }
    assert_string_equal(
        faulty_operation_kind_name((enum faulty_operation_kind)FAULTY_OPERATION_KINDS), "?");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fault_before_keeps_the_write_from_the_store),
        TEST(a_fault_after_lets_the_write_through),
        TEST(a_fault_after_a_save_that_matched_nothing_still_strikes),
        TEST(an_operation_that_the_store_refuses_never_comes_to_a_fault_after),
        TEST(without_a_fault_the_answer_is_the_store_s),
        TEST(the_owner_is_told_what_is_to_be_written),
        TEST(every_operation_can_fail_before_and_after),
        TEST(without_hooks_everything_passes_through),
        TEST(every_kind_of_operation_has_a_name),
    };

    return cmocka_run_group_tests_name("the faulty store", tests, NULL, NULL);
}
