/* scenario_test_support.c: see scenario_test_support.h. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct vocabulary_entry marks[] = {
    {"rescue-skip", "a rescue skipped steps", "test"},
    {"rescue-pause", "a rescue paused a plan", "test"},
};
static const struct vocabulary_entry invariants[] = {
    {"futures-resolve-once", "a future is resolved once", "test"},
    {"plans-end", "a plan ends", "test"},
};
static const struct vocabulary_entry defects[] = {
    {"d01", "the first defect", "test"},
    {"d02", "the second defect", "test"},
    {"d03", "the third defect", "test"},
};

const struct scenario_vocabularies test_vocabularies = {
    .marks = {marks, 2},
    .invariants = {invariants, 2},
    .defects = {defects, 3},
};

const char test_example[] =
    "# yaml-language-server: $schema=../scenario.schema.json\n"
    "scenario: a skipped step lets its plan go on\n"
    "seed: 7\n"
    "world: {auto_rescue: true, queues: {default: {workers: 2}}, director: hardened}\n"
    "plans:\n"
    "  import:\n"
    "    run: {sequence: [fetch, {concurrence: [check, index]}, publish]}\n"
    "    finalize: [publish]\n"
    "    steps:\n"
    "      fetch:   {takes: 5ms}\n"
    "      check:   {takes: 1ms..20ms, run: [error, success], rescue: skip, accepts_events: true}\n"
    "      index:   {run: [suspend, success]}\n"
    "      publish: {requires: [index], finalize: success}\n"
    "events:\n"
    "  - {at: 0ms, start: import}\n"
    "  - {at: 30ms, event: {plan: import, step: index, name: ready}}\n"
    "  - {after: {step: index, state: suspended}, delay: 3ms, event: {plan: import, step: index, "
    "name: late}}\n"
    "  - {at: 50ms, terminate: world}\n"
    "faults:\n"
    "  - {on: save_plan, plan: import, to: stopped, nth: 1, error: io, when: before}\n"
    "  - {on: worker, step: check, nth: 1, dies: true}\n"
    "  - {on: save_step, chance: 1/50, error: busy}\n"
    "expect:\n"
    "  plans: {import: {state: stopped, result: warning}}\n"
    "  futures: {import: fulfilled}\n"
    "  steps: {import: {check: skipped}}\n"
    "  marks: [rescue-skip]\n"
    "  # violates: [futures-resolve-once]   for a file that shows a defect\n";

const char test_everything[] =
    "scenario: every key there is\n"
    "seed: 18446744073709551615\n"
    "until: 2h\n"
    "world:\n"
    "  auto_rescue: false\n"
    "  director: hardened\n"
    "  defects: [d03, d01]\n"
    "  worlds: 2\n"
    "  queues: {slow: {workers: 1}, default: {workers: 3}, idle: {workers: 0}}\n"
    "  latency: 10us..2ms\n"
    "  termination_timeout: 30s\n"
    "  validity_check: 1m\n"
    "  order: priority\n"
    "  auto_execute: true\n"
    "plans:\n"
    "  first:\n"
    "    run: [a, {concurrence: [[b, c], d]}, e]\n"
    "    finalize: {concurrence: [e, f]}\n"
    "    rescue: fail\n"
    "    steps:\n"
    "      top: {}\n"
    "      a: {takes: 5ms, planned_by: top, queue: slow}\n"
    "      b: {run: any, rescue: skip, accepts_events: true, skip: [error, success]}\n"
    "      c: {requires: [b, a], run: [success|error, suspend]}\n"
    "      d: {rescue: fail, planned_by: c}\n"
    "      e: {finalize: [error, any], finalize_takes: 1us..1d}\n"
    "      f:\n"
    "  later:\n"
    "    state: scheduled\n"
    "    start_at: 1s\n"
    "    start_before: 1h\n"
    "    after: [first, done]\n"
    "    planning: [error, any]\n"
    "    run: a\n"
    "  done: {state: stopped, run: [x]}\n"
    "  waiting: {state: paused, run: [y, z]}\n"
    "  nothing: {}\n"
    "events:\n"
    "  - {at: 0ms, start: first}\n"
    "  - {at: 1us, event: {step: b, name: one}}\n"
    "  - {at: 5ms, event: {plan: first, step: b, name: two, optional: true, request: 7}}\n"
    "  - {after: {plan: first, step: e, finalize: true, state: success, nth: 2}, start: first}\n"
    "  - {after: {plan: first, state: paused}, delay: 5ms, halt: first}\n"
    "  - {after: {event: one}, delete: done}\n"
    "  - {after: {future: first, nth: 2}, delete_steps: waiting}\n"
    "  - {at: 1m, start_world: world 3}\n"
    "  - {at: 2m, terminate: world}\n"
    "  - {at: 3m, crash: world 2}\n"
    "  - {at: 4m, check_worlds: world 3}\n"
    "  - {at: 90m, heal: faults}\n"
    "faults:\n"
    "  - {on: load_plan, plan: first, world: 2, error: not_found}\n"
    "  - {on: save_plan, plan: first, to: paused, nth: 3, times: forever, error: io, when: after}\n"
    "  - {on: save_step, step: e, finalize: true, to: error, error: constraint}\n"
    "  - {on: load_action, step: b, chance: 1/1000000, times: 2, error: raw}\n"
    "  - {on: save_action, at: 5ms, error: full}\n"
    "  - {on: find_lock, after: {step: b, state: suspended}, delay: 1ms, error: busy}\n"
    "  - {on: worker, plan: first, step: a, queue: slow, error: stalls, for: 5s}\n"
    "  - {on: worker, error: slow, for: 1ms}\n"
    "  - {on: worker, dies: true}\n"
    "  - {on: work, error: twice}\n"
    "  - {on: report, world: world 3, error: stale}\n"
    "  - {on: pool, queue: slow, error: empty, for: 1m}\n"
    "  - {on: delete_delayed, plan: later, error: fatal, when: before}\n"
    "expect:\n"
    "  plans: {first: {state: stopped, result: error}, done: missing, later: {result: success}}\n"
    "  steps: {first: {a: success, b: skipped}, later: {a: pending}}\n"
    "  finalize: {first: {e: success}}\n"
    "  futures: {first: {rejected: already_running}}\n"
    "  events: {one: fulfilled, two: rejected}\n"
    "  marks: [rescue-pause, rescue-skip]\n"
    "  violates: [plans-end]\n"
    "  runs: {first: {a: 1, b: 0}}\n"
    "shows: {defect: d02, violates: [futures-resolve-once, plans-end]}\n"
    "choices:\n"
    "  outcome/first/b/1: 2\n"
    "  \"latency/-/-/17/3\": 18446744073709551615\n";

enum scenario_read_status test_read(const char *text, struct scenario_reading *reading)
{
    const struct scenario_read_options options = {.vocabularies = &test_vocabularies};
    return scenario_read_bytes_with(&options, "test.yaml", text, strlen(text), reading);
}

const char *test_problems(const char *text)
{
    static char lines[100000];
    struct scenario_reading reading;
    size_t used = 0;
    test_read(text, &reading);
    lines[0] = '\0';
    for (uint32_t i = 0; i < reading.problem_count; i++) {
        const struct scenario_problem *problem = &reading.problems[i];
        used +=
            (size_t)snprintf(lines + used, sizeof lines - used, "%u:%u: %s\n",
                             problem->position.line, problem->position.column, problem->message);
        assert_true(used < sizeof lines);
    }
    scenario_reading_free(&reading);
    return lines;
}

void test_bad_files(const struct bad_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *problems = test_problems(files[i].text);
        if (strcmp(problems, files[i].problems) != 0) {
            print_message("%s", files[i].text);
        }
        assert_string_equal(problems, files[i].problems);
    }
}

const struct scenario *test_scenario(const char *text, struct scenario_reading *reading)
{
    if (test_read(text, reading) != SCENARIO_READ_OK) {
        scenario_reading_free(reading);
        assert_string_equal(test_problems(text), "");
        fail();
    }
    assert_non_null(reading->scenario);
    assert_int_equal(reading->problem_count, 0);
    return reading->scenario;
}
