/* checker_fingerprint_test.c: what the ledger knows, and what comes of it later, is told apart. */
#include "sim/check/checker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define FINALIZE 0u /* in place of a step's id */
#define RUN_STEP 3u

/* A fresh ledger of one plan with one step, and what has happened to it since. */
struct ledger {
    struct scenario_step step;
    struct scenario_plan plan;
    struct scenario scenario;
    struct plan_layout layout;
    struct trace *trace;
    struct checker *checker;
};

static const uint32_t flow[] = {1};

static void begin(struct ledger *ledger)
{
    const struct director_allocator allocator = director_default_allocator();
    const struct director_plan_row row = {.state = DIRECTOR_PLAN_PLANNED};
    *ledger = (struct ledger){
        .step = {
            .name = "fetch", .planned_by = SCENARIO_NONE, .in_run = true, .in_finalize = true}};
    ledger->plan = (struct scenario_plan){.name = "import",
                                          .steps = &ledger->step,
                                          .step_count = 1,
                                          .run_flow = flow,
                                          .run_flow_length = 1,
                                          .finalize_flow = flow,
                                          .finalize_flow_length = 1};
    ledger->scenario = (struct scenario){.plans = &ledger->plan, .plan_count = 1};
    assert_true(plan_layout_create(&ledger->layout, &ledger->plan, &allocator));
    assert_int_equal(trace_create(allocator, &(struct trace_names){0}, NULL, &ledger->trace),
                     TRACE_OK);
    ledger->checker = checker_create(&(struct checker_config){
        allocator, &ledger->scenario, &ledger->layout, ledger->trace, true});
    assert_non_null(ledger->checker);
    checker_inserted(ledger->checker, 0, &row);
}

static void end(struct ledger *ledger)
{
    const struct director_allocator allocator = director_default_allocator();
    checker_destroy(ledger->checker);
    trace_destroy(ledger->trace);
    plan_layout_free(&ledger->layout, &allocator);
}

static void nothing(struct checker *checker)
{
    (void)checker;
}

static void finalize_out(struct checker *checker)
{
    checker_handed_out(checker, 0, FINALIZE, false);
}

static void finalize_out_twice(struct checker *checker)
{
    finalize_out(checker);
    finalize_out(checker);
}

static void run_step_out(struct checker *checker)
{
    checker_handed_out(checker, 0, RUN_STEP, false);
}

static void halt_failed(struct checker *checker)
{
    checker_halt_failed(checker, 0);
}

static void disturbed(struct checker *checker)
{
    checker_disturbed(checker, 0);
}

static void disturbed_and_halt_failed(struct checker *checker)
{
    disturbed(checker);
    halt_failed(checker);
}

static void finalize_out_and_halt_failed(struct checker *checker)
{
    finalize_out(checker);
    halt_failed(checker);
}

static void (*const stories[])(struct checker *checker) = {
    nothing,     finalize_out, finalize_out_twice,        run_step_out,
    halt_failed, disturbed,    disturbed_and_halt_failed, finalize_out_and_halt_failed,
};
#define STORIES (sizeof(stories) / sizeof(stories[0]))

static void whatever_the_ledger_knows_is_told_apart(void **state)
{
    (void)state;
    struct fingerprint told[STORIES] = {0};
    for (size_t i = 0; i < STORIES; i++) {
        struct ledger ledger;
        begin(&ledger);
        stories[i](ledger.checker);
        fingerprint_clear(&told[i]);
        checker_fingerprint(ledger.checker, &told[i], true);
        end(&ledger);
        for (size_t k = 0; k < i; k++) {
            assert_true(told[i].count == told[k].count);
            assert_memory_not_equal(told[i].words, told[k].words,
                                    told[i].count * sizeof(told[i].words[0]));
        }
    }
    for (size_t i = 0; i < STORIES; i++) {
        fingerprint_free(&told[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_ledger_knows_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
