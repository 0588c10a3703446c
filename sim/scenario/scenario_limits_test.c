/* scenario_limits_test.c: every limit of a scenario holds: what is at it is read, what is over it
 * is told with the limit's name. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A text that is put together piece by piece. */
struct text {
    char *bytes;
    size_t length;
    size_t size;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    if (text->size - text->length < 2000) {
        text->size = text->size * 2 + 4000;
        text->bytes = realloc(text->bytes, text->size);
        assert_non_null(text->bytes);
    }
    va_start(arguments, format);
    text->length +=
        (size_t)vsnprintf(text->bytes + text->length, text->size - text->length, format, arguments);
    va_end(arguments);
    assert_true(text->length < text->size);
}

/* The text has no problem; or its first one has these words. Lets the text go. */
static void check(struct text *text, const char *expected)
{
    const char *problems = test_problems(text->bytes);
    if (expected == NULL) {
        assert_string_equal(problems, "");
    } else if (strstr(problems, expected) == NULL) {
        assert_string_equal(problems, expected);
    }
    free(text->bytes);
    *text = (struct text){0};
}

static void names_and_titles_have_a_longest(void **state)
{
    (void)state;
    struct text text = {0};
    char letters[SCENARIO_SITE_MAX + 2];
    memset(letters, 'a', sizeof letters);
    add(&text, "scenario: %.*s\nplans: {%.*s: {run: [b]}}\n", (int)SCENARIO_TITLE_MAX, letters,
        (int)SCENARIO_NAME_MAX, letters);
    check(&text, NULL);
    add(&text, "scenario: %.*s\n", (int)SCENARIO_TITLE_MAX + 1, letters);
    check(&text, "' has 201 bytes; at most 200\n");
    add(&text, "scenario: x\nplans: {%.*s: {run: [b]}}\n", (int)SCENARIO_NAME_MAX + 1, letters);
    check(&text, "' has 101 bytes; at most 100 (SCENARIO_NAME_MAX)\n");
    add(&text, "scenario: x\nchoices: {%.*s: 1}\n", (int)SCENARIO_SITE_MAX + 1, letters);
    check(&text, "' has 768 bytes; at most 767\n");
}

static void there_are_most_outcomes(void **state)
{
    (void)state;
    for (uint32_t count = SCENARIO_OUTCOMES_MAX; count <= SCENARIO_OUTCOMES_MAX + 1; count++) {
        struct text text = {0};
        add(&text, "scenario: x\nplans: {p: {run: [a], steps: {a: {run: [error");
        for (uint32_t i = 1; i < count; i++) {
            add(&text, ", error");
        }
        add(&text, "]}}}}\n");
        check(&text, count == SCENARIO_OUTCOMES_MAX
                         ? NULL
                         : "'run' needs 1 to 64 outcomes (SCENARIO_OUTCOMES_MAX), one a call, not "
                           "65\n");
    }
}

static void there_are_most_queues(void **state)
{
    (void)state;
    for (uint32_t count = SCENARIO_QUEUES_MAX; count <= SCENARIO_QUEUES_MAX + 1; count++) {
        struct text text = {0};
        add(&text, "scenario: x\nworld:\n  queues:\n    default: {workers: 1}\n");
        for (uint32_t i = 1; i < count; i++) {
            add(&text, "    q%u: {workers: 1}\n", i);
        }
        check(&text, count == SCENARIO_QUEUES_MAX
                         ? NULL
                         : "4:5: 65 queues; at most 64 (SCENARIO_QUEUES_MAX)\n");
    }
}

static void the_default_queue_counts_as_one_when_it_is_not_told(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, "scenario: x\nworld:\n  queues:\n");
    for (uint32_t i = 0; i < SCENARIO_QUEUES_MAX; i++) {
        add(&text, "    q%u: {workers: 1}\n", i);
    }
    check(&text, "4:5: 65 queues; at most 64 (SCENARIO_QUEUES_MAX)\n");
}

static void there_are_most_plans(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, "scenario: x\nplans:\n");
    for (uint32_t i = 0; i <= SCENARIO_PLANS_MAX; i++) {
        add(&text, "  p%u: {}\n", i);
    }
    check(&text, "3:3: 100001 plans; at most 100000 (SCENARIO_PLANS_MAX)\n");
}

static void there_are_most_steps_of_a_plan(void **state)
{
    (void)state;
    for (uint32_t count = SCENARIO_STEPS_MAX; count <= SCENARIO_STEPS_MAX + 1; count++) {
        struct text text = {0};
        add(&text, "scenario: x\nplans:\n  p:\n    run:\n");
        for (uint32_t i = 0; i < count; i++) {
            add(&text, "      - s%u\n", i);
        }
        check(&text, count == SCENARIO_STEPS_MAX
                         ? NULL
                         : "3:3: a plan of 10001 steps; at most 10000 (SCENARIO_STEPS_MAX)\n");
    }
}

static void there_are_most_faults(void **state)
{
    (void)state;
    for (uint32_t count = SCENARIO_FAULTS_MAX; count <= SCENARIO_FAULTS_MAX + 1; count++) {
        struct text text = {0};
        add(&text, "scenario: x\nfaults:\n");
        for (uint32_t i = 0; i < count; i++) {
            add(&text, "  - {on: load_plan, error: io}\n");
        }
        check(&text, count == SCENARIO_FAULTS_MAX
                         ? NULL
                         : "3:3: 10001 faults; at most 10000 (SCENARIO_FAULTS_MAX)\n");
    }
}

static void there_are_most_events(void **state)
{
    (void)state;
    struct text text = {0};
    add(&text, "scenario: x\nevents:\n");
    for (uint32_t i = 0; i <= SCENARIO_EVENTS_MAX; i++) {
        add(&text, "- a\n");
    }
    check(&text, "3:1: 1000001 events; at most 1000000 (SCENARIO_EVENTS_MAX)\n");
}

static void flows_nest_only_so_deep(void **state)
{
    (void)state;
    for (uint32_t depth = SCENARIO_FLOW_DEPTH_MAX; depth <= SCENARIO_FLOW_DEPTH_MAX + 1; depth++) {
        struct text text = {0};
        add(&text, "scenario: x\nplans: {p: {run: %.*sa%.*s}}\n", (int)depth, "[[[[[[[[[[[[[[[[",
            (int)depth, "]]]]]]]]]]]]]]]]");
        check(&text, depth == SCENARIO_FLOW_DEPTH_MAX
                         ? NULL
                         : "flows nested more than 14 deep (SCENARIO_FLOW_DEPTH_MAX)\n");
    }
}

static void actions_form_only_so_long_chains(void **state)
{
    (void)state;
    for (uint32_t count = DIRECTOR_ACTION_DEPTH_MAX - 1; count <= DIRECTOR_ACTION_DEPTH_MAX + 1;
         count++) {
        struct text planned = {0};
        struct text required = {0};
        add(&planned, "scenario: x\nplans:\n  p:\n    run:\n");
        add(&required, "scenario: x\nplans:\n  p:\n    run:\n");
        for (uint32_t i = 0; i < count; i++) {
            add(&planned, "      - s%u\n", i);
            add(&required, "      - s%u\n", i);
        }
        add(&planned, "    steps:\n");
        add(&required, "    steps:\n");
        for (uint32_t i = 1; i < count; i++) {
            add(&planned, "      s%u: {planned_by: s%u}\n", i, i - 1);
            add(&required, "      s%u: {requires: [s%u]}\n", i, i - 1);
        }
        check(&planned, count < DIRECTOR_ACTION_DEPTH_MAX
                            ? NULL
                            : "'planned_by' makes a chain of more than 255\n");
        check(&required, count <= DIRECTOR_ACTION_DEPTH_MAX
                             ? NULL
                             : "'requires' makes a chain of more than 256\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_titles_have_a_longest),
        cmocka_unit_test(there_are_most_outcomes),
        cmocka_unit_test(there_are_most_queues),
        cmocka_unit_test(the_default_queue_counts_as_one_when_it_is_not_told),
        cmocka_unit_test(there_are_most_plans),
        cmocka_unit_test(there_are_most_steps_of_a_plan),
        cmocka_unit_test(there_are_most_faults),
        cmocka_unit_test(there_are_most_events),
        cmocka_unit_test(flows_nest_only_so_deep),
        cmocka_unit_test(actions_form_only_so_long_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
