/* scenario_writer_test.c: what is written is what a person would have written, and reads back as
 * the same scenario. */
#include "sim/scenario/scenario_writer.h"

#include "sim/scenario/scenario_equal.h"
#include "sim/scenario/scenario_test_support.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RANDOM_SCENARIOS 400

static const struct scenario_write_options usual = {.vocabularies = &test_vocabularies};

/* Write a scenario, read it back, and compare. Answers the text, in `memory`. */
static const char *write_and_read(const struct scenario *scenario, struct scenario_memory *memory)
{
    struct scenario_reading again;
    size_t length;
    const char *text = scenario_write(scenario, &usual, memory, &length);
    assert_non_null(text);
    assert_int_equal(length, strlen(text));
    if (test_read(text, &again) != SCENARIO_READ_OK) {
        print_message("%s", text);
        scenario_reading_free(&again);
        assert_string_equal(test_problems(text), "");
    }
    const char *difference = scenario_difference(scenario, again.scenario);
    if (difference != NULL) {
        print_message("%s differs:\n%s", difference, text);
    }
    assert_null(difference);
    scenario_reading_free(&again);
    return text;
}

/* A text is read, and written as `expected`. */
static void check_written(const char *text, const char *expected)
{
    struct scenario_reading reading;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    assert_non_null(memory);
    const struct scenario *scenario = test_scenario(text, &reading);
    assert_string_equal(write_and_read(scenario, memory), expected);
    scenario_memory_destroy(memory);
    scenario_reading_free(&reading);
}

static void the_example_of_the_design_comes_out_as_it_went_in(void **state)
{
    (void)state;
    check_written(
        test_example,
        "scenario: a skipped step lets its plan go on\n"
        "seed: 7\n"
        "world: {queues: {default: {workers: 2}}}\n"
        "plans:\n"
        "  import:\n"
        "    run: [fetch, {concurrence: [check, index]}, publish]\n"
        "    finalize: [publish]\n"
        "    steps:\n"
        "      fetch:   {takes: 5ms}\n"
        "      check:   {takes: 1ms..20ms, run: [error, success], rescue: skip, accepts_events: "
        "true}\n"
        "      index:   {run: [suspend, success]}\n"
        "      publish: {requires: [index]}\n"
        "events:\n"
        "  - {at: 0ms, start: import}\n"
        "  - {at: 30ms, event: {plan: import, step: index, name: ready}}\n"
        "  - {after: {step: index, state: suspended}, delay: 3ms, event: {plan: import, step: "
        "index, name: late}}\n"
        "  - {at: 50ms, terminate: world}\n"
        "faults:\n"
        "  - {on: save_plan, plan: import, to: stopped, error: io}\n"
        "  - {on: worker, step: check, error: dies}\n"
        "  - {on: save_step, chance: 1/50, error: busy}\n"
        "expect:\n"
        "  plans: {import: {state: stopped, result: warning}}\n"
        "  steps: {import: {check: skipped}}\n"
        "  futures: {import: fulfilled}\n"
        "  marks: [rescue-skip]\n");
}

static void every_key_comes_out_as_it_went_in(void **state)
{
    (void)state;
    struct scenario_reading reading;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    const char *text = write_and_read(scenario, memory);
    assert_non_null(strstr(text, "\nworld: {auto_rescue: false, defects: [d01, d03], worlds: 2, "));
    assert_non_null(strstr(text, "\n  nothing: {}\n"));
    assert_non_null(strstr(text, "\n  latency/-/-/17/3: 18446744073709551615\n"));
    assert_non_null(strstr(text, ", when: after}\n"));
    assert_null(strstr(text, "when: before"));
    scenario_memory_destroy(memory);
    scenario_reading_free(&reading);
}

static void what_is_the_default_is_left_out(void **state)
{
    (void)state;
    check_written("scenario: x\nseed: 0\nuntil: 24h\n"
                  "world: {auto_rescue: true, director: hardened, defects: [], worlds: 1, latency: "
                  "0ms, queues: {default: {workers: 5}}, termination_timeout: 10s, auto_execute: "
                  "false, validity_check: 0s}\n"
                  "plans: {p: {run: [a, b], state: planned, rescue: pause, steps: {a: {takes: 1ms, "
                  "run: success, finalize: success}}, finalize: a}}\n",
                  "scenario: x\n"
                  "plans:\n"
                  "  p:\n"
                  "    run: [a, b]\n"
                  "    finalize: a\n");
    check_written("{scenario: x, world: {director: faithful}}", "scenario: x\n"
                                                                "world: {director: faithful}\n");
}

static void steps_keep_their_order(void **state)
{
    (void)state;
    /* b is first although the flow names it last, so it has to be told; c and a follow as they are
     * named. */
    check_written("{scenario: x, plans: {p: {run: [c, a, b], steps: {b: {}}}}}",
                  "scenario: x\n"
                  "plans:\n"
                  "  p:\n"
                  "    run: [c, a, b]\n"
                  "    steps:\n"
                  "      b: {}\n");
    check_written("{scenario: x, plans: {p: {run: [a, b, c], steps: {a: {}, c: {takes: 5ms}}}}}",
                  "scenario: x\n"
                  "plans:\n"
                  "  p:\n"
                  "    run: [a, b, c]\n"
                  "    steps:\n"
                  "      a: {}\n"
                  "      c: {takes: 5ms}\n");
}

static void a_plan_is_named_where_its_step_could_be_anothers(void **state)
{
    (void)state;
    check_written("scenario: x\n"
                  "plans: {p: {run: [a, b]}, q: {run: [a]}}\n"
                  "events:\n"
                  "  - {at: 0ms, start: p}\n"
                  "  - {after: {plan: p, step: a, state: success}, halt: p}\n"
                  "  - {after: {plan: p, step: b, state: success}, halt: p}\n"
                  "faults:\n"
                  "  - {on: save_step, plan: p, step: a, error: io}\n"
                  "  - {on: save_step, plan: p, step: b, error: io}\n",
                  "scenario: x\n"
                  "plans:\n"
                  "  p:\n"
                  "    run: [a, b]\n"
                  "  q:\n"
                  "    run: [a]\n"
                  "events:\n"
                  "  - {at: 0ms, start: p}\n"
                  "  - {after: {plan: p, step: a, state: success}, halt: p}\n"
                  "  - {after: {step: b, state: success}, halt: p}\n"
                  "faults:\n"
                  "  - {on: save_step, plan: p, step: a, error: io}\n"
                  "  - {on: save_step, step: b, error: io}\n");
}

static void durations_take_their_largest_whole_unit(void **state)
{
    (void)state;
    static const char *const durations[][2] = {
        {"1us", "1us"},     {"1000us", "1ms"},      {"1500us", "1500us"},
        {"90s", "90s"},     {"3600s", "1h"},        {"48h", "2d"},
        {"1000d", "1000d"}, {"59999ms", "59999ms"}, {"120000ms", "2m"},
    };
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        char text[100];
        char expected[100];
        snprintf(text, sizeof text, "{scenario: x, until: %s}", durations[i][0]);
        snprintf(expected, sizeof expected, "scenario: x\nuntil: %s\n", durations[i][1]);
        check_written(text, expected);
    }
}

static void names_of_scenarios_are_quoted_where_they_must_be(void **state)
{
    (void)state;
    static const char *const names[] = {
        "plain words",
        "it's plain, too (isn't it?)",
        "a: b",
        "a #b",
        "#a",
        "- a",
        " leading",
        "trailing ",
        "\"quoted\"",
        "back\\slash",
        "[a]",
        "{a}",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "7",
        "true",
        "null",
        "na\xc3\xafve",
        "\xe2\x82\xac first",
        "a:",
        "'a'",
        "a  b",
        "~",
        "?",
        "x|y",
        "100%",
        "a, b",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct scenario scenario = {.name = names[i], .until = UINT64_C(86400000000)};
        struct scenario_queue queue = {.name = "default", .workers = 5};
        scenario.world = (struct scenario_world){.auto_rescue = true,
                                                 .worlds = 1,
                                                 .termination_timeout = 10000000,
                                                 .queues = &queue,
                                                 .queue_count = 1};
        struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
        write_and_read(&scenario, memory);
        scenario_memory_destroy(memory);
    }
}

static void long_flows_go_down_the_page(void **state)
{
    (void)state;
    check_written(
        "scenario: x\n"
        "plans:\n"
        "  p:\n"
        "    run: [prepare-the-whole-thing, {concurrence: [[download-the-first, "
        "unpack-the-first], [download-the-second, unpack-the-second], download-the-third]}, "
        "clean-up]\n"
        "    finalize: {concurrence: [download-the-first, unpack-the-first, download-the-second, "
        "unpack-the-second, clean-up]}\n",
        "scenario: x\n"
        "plans:\n"
        "  p:\n"
        "    run:\n"
        "      - prepare-the-whole-thing\n"
        "      - concurrence:\n"
        "          - [download-the-first, unpack-the-first]\n"
        "          - [download-the-second, unpack-the-second]\n"
        "          - download-the-third\n"
        "      - clean-up\n"
        "    finalize:\n"
        "      concurrence:\n"
        "        - download-the-first\n"
        "        - unpack-the-first\n"
        "        - download-the-second\n"
        "        - unpack-the-second\n"
        "        - clean-up\n");
}

static void long_expectations_go_down_the_page(void **state)
{
    (void)state;
    check_written("scenario: x\n"
                  "plans: {the-first-plan: {run: [a]}, the-second-plan: {run: [b]}, "
                  "the-third-plan-of-all: {run: [c]}}\n"
                  "expect:\n"
                  "  plans: {the-first-plan: {state: planned, result: pending}, the-second-plan: "
                  "{state: planned}, the-third-plan-of-all: {result: pending}}\n"
                  "  steps: {the-first-plan: {a: pending}, the-second-plan: {b: pending}, "
                  "the-third-plan-of-all: {c: pending}}\n",
                  "scenario: x\n"
                  "plans:\n"
                  "  the-first-plan:\n"
                  "    run: [a]\n"
                  "  the-second-plan:\n"
                  "    run: [b]\n"
                  "  the-third-plan-of-all:\n"
                  "    run: [c]\n"
                  "expect:\n"
                  "  plans:\n"
                  "    the-first-plan: {state: planned, result: pending}\n"
                  "    the-second-plan: {state: planned}\n"
                  "    the-third-plan-of-all: {result: pending}\n"
                  "  steps:\n"
                  "    the-first-plan: {a: pending}\n"
                  "    the-second-plan: {b: pending}\n"
                  "    the-third-plan-of-all: {c: pending}\n");
}

static void a_first_line_tells_editors_of_the_schema(void **state)
{
    (void)state;
    struct scenario_reading reading;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    const struct scenario_write_options options = {
        .vocabularies = &test_vocabularies,
        .schema = "../scenario.schema.json",
    };
    const struct scenario *scenario = test_scenario("scenario: x\n", &reading);
    assert_string_equal(scenario_write(scenario, &options, memory, NULL),
                        "# yaml-language-server: $schema=../scenario.schema.json\n"
                        "scenario: x\n");
    scenario_memory_destroy(memory);
    scenario_reading_free(&reading);
}

/* Those that people replay, with the real vocabularies; runs at the top of the repository, or with
 * its path in DIRSIM_ROOT. */
static void the_scenarios_of_this_repository_come_back_equal(void **state)
{
    (void)state;
    char pattern[1000];
    glob_t found;
    uint32_t scenarios = 0;
    const char *root = getenv("DIRSIM_ROOT");
    snprintf(pattern, sizeof pattern, "%s/scenarios/*/*.yaml", root != NULL ? root : ".");
    if (glob(pattern, 0, NULL, &found) != 0) {
        skip();
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct scenario_reading reading;
        /* Conformance cases are no scenarios, and whether the others are is asked elsewhere. */
        if (scenario_read_file(found.gl_pathv[i], &reading) == SCENARIO_READ_OK) {
            struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
            struct scenario_reading again;
            size_t length;
            const char *text = scenario_write(reading.scenario, NULL, memory, &length);
            assert_int_equal(scenario_read_bytes("again", text, length, &again), SCENARIO_READ_OK);
            assert_null(scenario_difference(reading.scenario, again.scenario));
            scenario_reading_free(&again);
            scenario_memory_destroy(memory);
            scenarios++;
        }
        scenario_reading_free(&reading);
    }
    print_message("%u scenarios\n", scenarios);
    globfree(&found);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    const char *text = NULL;
    for (uint64_t nth = 2; text == NULL; nth++) {
        struct scenario_memory_fault fault = {.left = nth};
        struct scenario_memory *memory = scenario_memory_create(NULL, &fault);
        assert_non_null(memory);
        text = scenario_write(scenario, &usual, memory, NULL);
        assert_true((text == NULL) == (fault.left == 0));
        scenario_memory_destroy(memory);
    }
    scenario_reading_free(&reading);
}

/* ---- Random scenarios --------------------------------------------------------------------- */

static uint32_t next_number(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(*state >> 4) * below >> 28);
}

struct text {
    char bytes[60000];
    size_t length;
};

static void print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void print(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text->length += (size_t)vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length,
                                      format, arguments);
    va_end(arguments);
    assert_true(text->length < sizeof text->bytes);
}

/* A flow over the steps from *next on, up to `end`, as a random tree. */
static void random_flow(struct text *text, uint32_t *random, uint32_t *next, uint32_t end,
                        uint32_t depth)
{
    uint32_t shape = next_number(random, 3);
    if (depth > 5 || (shape == 0 && *next < end)) {
        print(text, "s%u", (*next)++);
        return;
    }
    bool concurrence = shape == 1;
    uint32_t count = next_number(random, 4);
    print(text, "%s[", concurrence ? "{concurrence: " : "");
    for (uint32_t i = 0; i < count && *next < end; i++) {
        print(text, "%s", i > 0 ? ", " : "");
        random_flow(text, random, next, end, depth + 1);
    }
    print(text, "]%s", concurrence ? "}" : "");
}

static void random_step(struct text *text, uint32_t *random, uint32_t number)
{
    static const char *const takes[] = {"1ms", "7us", "1ms..2s", "3d", "0ms..1us"};
    static const char *const outcomes[] = {"success", "any", "error|suspend", "[error, success]",
                                           "[suspend, any, error|success]"};
    static const char *const rescues[] = {"pause", "skip", "fail"};
    print(text, "      s%u: {takes: %s, run: %s, rescue: %s, accepts_events: %s", number,
          takes[next_number(random, 5)], outcomes[next_number(random, 5)],
          rescues[next_number(random, 3)], next_number(random, 2) != 0 ? "true" : "false");
    if (next_number(random, 3) == 0) {
        print(text, ", queue: slow");
    }
    if (number > 0 && next_number(random, 3) == 0) {
        print(text, ", planned_by: s%u", next_number(random, number));
    }
    print(text, "}\n");
}

static void random_plan(struct text *text, uint32_t *random, uint32_t plan)
{
    static const char *const states[] = {"planned", "paused", "scheduled"};
    uint32_t end = 1 + next_number(random, 12);
    uint32_t next = 0;
    print(text, "  p%u:\n    state: %s\n    run: [s0", plan, states[next_number(random, 3)]);
    for (next = 1; next < end;) {
        print(text, ", ");
        random_flow(text, random, &next, end, 1);
    }
    print(text, "]\n    finalize: [s%u]\n    steps:\n", next_number(random, end));
    for (uint32_t step = 0; step < end; step++) {
        if (next_number(random, 2) != 0) {
            random_step(text, random, step);
        }
    }
}

static void random_scenario(struct text *text, uint32_t *random)
{
    static const char *const errors[] = {"io", "busy", "full", "raw"};
    uint32_t plans = 1 + next_number(random, 4);
    text->length = 0;
    print(text, "scenario: random\nseed: %u\nworld: {queues: {slow: {workers: %u}}}\nplans:\n",
          next_number(random, 1000), 1 + next_number(random, 9));
    for (uint32_t plan = 0; plan < plans; plan++) {
        random_plan(text, random, plan);
    }
    print(text, "events:\n");
    for (uint32_t plan = 0; plan < plans; plan++) {
        print(text, "  - {at: %ums, start: p%u}\n", next_number(random, 100), plan);
        print(text,
              "  - {after: {plan: p%u, step: s0, state: running, nth: %u}, delay: %uus, halt: "
              "p%u}\n",
              plan, 1 + next_number(random, 2), next_number(random, 3), plan);
    }
    print(text, "faults:\n");
    for (uint32_t fault = next_number(random, 5); fault > 0; fault--) {
        print(text, "  - {on: save_step, plan: p%u, nth: %u, times: %u, error: %s}\n",
              next_number(random, plans), 1 + next_number(random, 3), 1 + next_number(random, 2),
              errors[next_number(random, 4)]);
    }
}

static void random_scenarios_come_back_equal(void **state)
{
    (void)state;
    static struct text text;
    uint32_t random = 7;
    uint32_t written = 0;
    for (uint32_t i = 0; i < RANDOM_SCENARIOS; i++) {
        struct scenario_reading reading;
        random_scenario(&text, &random);
        /* Some have a step with nothing to do but to have planned another; most are scenarios. */
        if (test_read(text.bytes, &reading) == SCENARIO_READ_OK) {
            struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
            write_and_read(reading.scenario, memory);
            scenario_memory_destroy(memory);
            written++;
        }
        scenario_reading_free(&reading);
    }
    assert_true(written > RANDOM_SCENARIOS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_design_comes_out_as_it_went_in),
        cmocka_unit_test(every_key_comes_out_as_it_went_in),
        cmocka_unit_test(what_is_the_default_is_left_out),
        cmocka_unit_test(steps_keep_their_order),
        cmocka_unit_test(a_plan_is_named_where_its_step_could_be_anothers),
        cmocka_unit_test(durations_take_their_largest_whole_unit),
        cmocka_unit_test(names_of_scenarios_are_quoted_where_they_must_be),
        cmocka_unit_test(long_flows_go_down_the_page),
        cmocka_unit_test(long_expectations_go_down_the_page),
        cmocka_unit_test(a_first_line_tells_editors_of_the_schema),
        cmocka_unit_test(the_scenarios_of_this_repository_come_back_equal),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(random_scenarios_come_back_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
