/* scenario_equal_test.c: whatever is changed in a scenario is found to differ, by its name. */
#include "sim/scenario/scenario_equal.h"

#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORLD "scenario: x\nworld: {%s}\n"
#define STEP                                                                                       \
    "scenario: x\nworld: {queues: {q: {workers: 1}}}\n"                                            \
    "plans: {p: {run: [a, b], finalize: [b], steps: {a: {}, b: {accepts_events: true%s}}}}\n"
#define PLAN "scenario: x\nplans: {q: {}, r: {}, p: {run: [a], state: scheduled%s}}\n"
#define EVENT                                                                                      \
    "scenario: x\nworld: {worlds: 2}\nplans: {p: {run: [a, b], finalize: [a]}, q: {run: [c]}}\n"   \
    "events: [{at: 0ms, start: p}, {at: 0ms, start: q}, {at: 0ms, start: p}, {%s}]\n"
#define FAULT                                                                                      \
    "scenario: x\nworld: {worlds: 2, queues: {q: {workers: 1}}}\n"                                 \
    "plans: {p: {run: [a, b], finalize: [a], steps: {b: {queue: q}}}, q: {run: [c]}}\n"            \
    "events: [{at: 0ms, start: p}, {at: 0ms, start: q}]\nfaults: [{%s}]\n"
#define EXPECT                                                                                     \
    "scenario: x\nplans: {p: {run: [a, b], finalize: [a]}, q: {run: [c]}}\n"                       \
    "events: [{at: 0ms, start: p}, {at: 0ms, start: q}, {at: 1ms, delete: p}, {at: 1ms, event: "   \
    "{step: a, name: e}}, {at: 1ms, event: {step: a, name: f}}]\nexpect: {%s}\n"

#define SHOWS "scenario: x\nshows: {%s}\n"

/* Two texts for the place in a format, and what differs between the scenarios. */
struct pair {
    const char *format;
    const char *left;
    const char *right;
    const char *difference;
};

static const struct pair pairs[] = {
    {"scenario: %s\n", "x", "y", "name"},
    {"scenario: x\n%s\n", "", "seed: 1", "seed"},
    {"scenario: x\n%s\n", "", "until: 1s", "until"},
    {"scenario: x\n%s\n", "plans: {p: {}}", "plans: {p: {}, q: {}}", "plans"},
    {"scenario: x\nplans: {p: {}}\n%s\n", "", "events: [{at: 0ms, start: p}]", "events"},
    {"scenario: x\n%s\n", "", "faults: [{on: load_plan, error: io}]", "faults"},
    {"scenario: x\n%s\n", "", "expect: {marks: [rescue-skip]}", "expectations"},
    {"scenario: x\n%s\n", "", "choices: {outcome/p/a/1: 1}", "choices"},
    {"scenario: x\nchoices: {%s}\n", "outcome/p/a/1: 1", "outcome/p/a/2: 1", "choice site"},
    {"scenario: x\nchoices: {%s}\n", "outcome/p/a/1: 1", "outcome/p/a/1: 2", "choice value"},
    {WORLD, "", "auto_rescue: false", "world auto_rescue"},
    {WORLD, "defects: [d01]", "defects: [d02]", "world defects"},
    {WORLD, "", "worlds: 2", "world worlds"},
    {WORLD, "", "queues: {q: {workers: 1}}", "world queues"},
    {WORLD, "queues: {r: {workers: 1}}", "queues: {q: {workers: 1}}", "queue name"},
    {WORLD, "queues: {q: {workers: 2}}", "queues: {q: {workers: 1}}", "queue workers"},
    {WORLD, "", "latency: 0ms..1ms", "world latency"},
    {WORLD, "", "termination_timeout: 1ms", "world termination_timeout"},
    {WORLD, "", "validity_check: 1ms", "world validity_check"},
    {WORLD, "order: any", "order: priority", "world order"},
    {WORLD, "", "auto_execute: true", "world auto_execute"},
    {STEP, "", ", takes: 2ms", "step takes"},
    {STEP, "", ", finalize_takes: 2ms", "step finalize_takes"},
    {STEP, "", ", run: error", "step run"},
    {STEP, "", ", run: [success, error]", "step run"},
    {STEP, "", ", finalize: error", "step finalize"},
    {STEP, "", ", skip: error", "step skip"},
    {STEP, "", ", rescue: skip", "step rescue"},
    {STEP, "", ", queue: q", "step queue"},
    {STEP, "", ", requires: [a]", "step requires"},
    {STEP, "", ", planned_by: a", "step planned_by"},
    {"scenario: x\nplans: {p: {run: [a], steps: {a: {%s}}}}\n", "", "accepts_events: true",
     "step accepts_events"},
    {"scenario: x\nplans: {p: {run: [%s]}}\n", "a", "b", "step name"},
    {"scenario: x\nplans: {p: {run: [%s]}}\n", "a, b", "a", "plan steps"},
    {"scenario: x\nplans: {p: {run: %s}}\n", "[a]", "a", "plan run flow"},
    {"scenario: x\nplans: {p: {run: %s}}\n", "[a, b]", "{concurrence: [a, b]}", "plan run flow"},
    {"scenario: x\nplans: {p: {run: [a], finalize: %s}}\n", "[a]", "a", "plan finalize flow"},
    {"scenario: x\nplans: {p: {%s}}\n", "run: [a]", "finalize: [a]", "step in_run"},
    {"scenario: x\nplans: {p: {run: [a]%s}}\n", "", ", finalize: [a]", "step in_finalize"},
    {"scenario: x\nplans: {%s: {}}\n", "p", "q", "plan name"},
    {"scenario: x\nplans: {p: {%s}}\n", "", "state: stopped", "plan state"},
    {PLAN, "", ", rescue: skip", "plan rescue"},
    {PLAN, "", ", start_at: 0ms", "plan start_at"},
    {PLAN, ", start_at: 1ms", ", start_at: 2ms", "plan start_at"},
    {PLAN, "", ", start_before: 0ms", "plan start_before"},
    {PLAN, ", start_before: 1ms", ", start_before: 2ms", "plan start_before"},
    {PLAN, ", after: [q]", ", after: [r]", "plan after"},
    {PLAN, "", ", planning: any", "plan planning"},
    {"scenario: x\n%s", "", "shows: {defect: d01, violates: [plans-end]}\n", "shows"},
    {SHOWS, "defect: d01, violates: [plans-end]", "defect: d02, violates: [plans-end]",
     "shown defect"},
    {SHOWS, "defect: d01, violates: [plans-end]",
     "defect: d01, violates: [plans-end, futures-resolve-once]", "shown violations"},
    {EVENT, "at: 1ms, halt: p", "at: 1ms, delete: p", "event kind"},
    {EVENT, "at: 1ms, halt: p", "at: 1ms, halt: q", "event plan"},
    {EVENT, "at: 1ms, event: {step: a, name: e}", "at: 1ms, event: {step: b, name: e}",
     "event step"},
    {EVENT, "at: 1ms, event: {step: a, name: e}", "at: 1ms, event: {step: a, name: f}",
     "event name"},
    {EVENT, "at: 1ms, event: {step: a, name: e}",
     "at: 1ms, event: {step: a, name: e, optional: true}", "event optional"},
    {EVENT, "at: 1ms, event: {step: a, name: e}", "at: 1ms, event: {step: a, name: e, request: 1}",
     "event request"},
    {EVENT, "at: 1ms, crash: world", "at: 1ms, crash: world 2", "event world"},
    {EVENT, "at: 1ms, halt: p", "at: 2ms, halt: p", "trigger at"},
    {EVENT, "at: 1ms, halt: p", "after: {future: p}, halt: p", "trigger kind"},
    {EVENT, "after: {future: p}, halt: p", "after: {future: p}, delay: 1ms, halt: p",
     "trigger delay"},
    {EVENT, "after: {future: p}, halt: p", "after: {future: q}, halt: p", "trigger plan"},
    {EVENT, "after: {future: p}, halt: p", "after: {future: p, nth: 2}, halt: p", "trigger nth"},
    {EVENT, "after: {step: a, state: error}, halt: p", "after: {step: b, state: error}, halt: p",
     "trigger step"},
    {EVENT, "after: {step: a, state: error}, halt: p",
     "after: {step: a, state: error, finalize: true}, halt: p", "trigger finalize"},
    {EVENT, "after: {step: a, state: error}, halt: p", "after: {step: a, state: success}, halt: p",
     "trigger state"},
    {EVENT, "after: {plan: p, state: paused}, halt: p", "after: {plan: p, state: stopped}, halt: p",
     "trigger state"},
    {"scenario: x\nplans: {p: {run: [a]}}\nevents: [{at: 1ms, event: {step: a, name: e}}, {at: "
     "1ms, event: {step: a, name: f}}, {after: {event: %s}, halt: p}]\n",
     "e", "f", "trigger event"},
    {FAULT, "on: save_plan, error: io", "on: save_step, error: io", "fault on"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, error: busy", "fault error"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, error: io, when: after", "fault when"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, plan: p, error: io", "fault plan"},
    {FAULT, "on: save_step, step: a, error: io", "on: save_step, step: b, error: io", "fault step"},
    {FAULT, "on: save_step, step: a, error: io",
     "on: save_step, step: a, finalize: true, error: io", "fault finalize"},
    {FAULT, "on: worker, error: dies", "on: worker, queue: q, error: dies", "fault queue"},
    {FAULT, "on: worker, error: dies", "on: worker, world: 2, error: dies", "fault world"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, to: paused, error: io", "fault to"},
    {FAULT, "on: save_plan, to: stopped, error: io", "on: save_plan, to: paused, error: io",
     "fault to"},
    {FAULT, "on: save_step, to: success, error: io", "on: save_step, to: error, error: io",
     "fault to"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, chance: 1/2, error: io", "fault timing"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, nth: 2, error: io", "fault nth"},
    {FAULT, "on: save_plan, error: io", "on: save_plan, times: 2, error: io", "fault times"},
    {FAULT, "on: save_plan, chance: 1/3, error: io", "on: save_plan, chance: 1/2, error: io",
     "fault chance"},
    {FAULT, "on: save_plan, chance: 1/3, error: io", "on: save_plan, chance: 2/3, error: io",
     "fault chance"},
    {FAULT, "on: save_plan, at: 1ms, error: io", "on: save_plan, at: 2ms, error: io", "trigger at"},
    {FAULT, "on: worker, error: slow, for: 1ms", "on: worker, error: slow, for: 2ms", "fault for"},
    {EXPECT, "plans: {p: missing}", "marks: [rescue-skip]", "expectation kind"},
    {EXPECT, "futures: {p: pending}", "futures: {q: pending}", "expectation plan"},
    {EXPECT, "futures: {p: pending}", "futures: {p: fulfilled}", "expectation future"},
    {EXPECT, "futures: {p: rejected}", "futures: {p: {rejected: halted}}", "expectation reason"},
    {EXPECT, "runs: {p: {a: 1}}", "runs: {p: {b: 1}}", "expectation step"},
    {EXPECT, "runs: {p: {a: 1}}", "runs: {p: {a: 2}}", "expectation runs"},
    {EXPECT, "steps: {p: {a: error}}", "finalize: {p: {a: error}}", "expectation finalize"},
    {EXPECT, "steps: {p: {a: error}}", "steps: {p: {a: success}}", "expectation state"},
    {EXPECT, "plans: {p: {state: paused}}", "plans: {p: missing}", "expectation missing"},
    {EXPECT, "plans: {p: {state: paused}}", "plans: {p: {result: error}}", "expectation state"},
    {EXPECT, "plans: {p: {state: paused}}", "plans: {p: {state: stopped}}", "expectation state"},
    {EXPECT, "plans: {p: {state: paused}}", "plans: {p: {state: paused, result: error}}",
     "expectation result"},
    {EXPECT, "plans: {p: {result: success}}", "plans: {p: {result: error}}", "expectation result"},
    {EXPECT, "events: {e: pending}", "events: {f: pending}", "expectation event"},
    {EXPECT, "marks: [rescue-pause]", "marks: [rescue-skip]", "expectation name"},
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const struct scenario *read_one(const char *format, const char *inserted,
                                       struct scenario_reading *reading)
{
    char text[2000];
    snprintf(text, sizeof text, format, inserted);
    return test_scenario(text, reading);
}
#pragma GCC diagnostic pop

static void each_difference_is_found_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct scenario_reading left;
        struct scenario_reading right;
        read_one(pairs[i].format, pairs[i].left, &left);
        read_one(pairs[i].format, pairs[i].right, &right);
        const char *difference = scenario_difference(left.scenario, right.scenario);
        const char *mirrored = scenario_difference(right.scenario, left.scenario);
        if (difference == NULL || strcmp(difference, pairs[i].difference) != 0) {
            print_message("%s | %s\n", pairs[i].left, pairs[i].right);
        }
        assert_non_null(difference);
        assert_string_equal(difference, pairs[i].difference);
        assert_string_equal(mirrored, pairs[i].difference);
        assert_false(scenario_equal(left.scenario, right.scenario));
        assert_true(scenario_equal(left.scenario, left.scenario));
        scenario_reading_free(&left);
        scenario_reading_free(&right);
    }
}

static void names_of_files_and_places_do_not_count(void **state)
{
    (void)state;
    struct scenario_reading left;
    struct scenario_reading right;
    test_scenario("scenario: x\nplans: {p: {run: [a]}}\n", &left);
    test_scenario("\n\nscenario:    x\nplans:\n  p:\n    run:\n      - a\n", &right);
    left.scenario->file = "another";
    assert_true(scenario_equal(left.scenario, right.scenario));
    scenario_reading_free(&left);
    scenario_reading_free(&right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_is_found_and_named),
        cmocka_unit_test(names_of_files_and_places_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
