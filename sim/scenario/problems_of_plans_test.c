/* problems_of_plans_test.c: what is said of plans, flows and steps, exactly and in its place. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bad_file plans_and_steps[] = {
    {
        "{scenario: x,\n"
        " plans: {p: [a, b]}}\n",
        "2:13: 'p' must be a mapping, such as {run: ...}, not a list\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: 5, state: running, rescue: skp}}}\n",
        "2:29: plan state cannot be 'running' here; possible: scheduled, planned, paused, "
        "stopped\n"
        "2:46: unknown rescue strategy 'skp', did you mean 'skip'?\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {state: done, rescue: none}}}\n",
        "2:21: unknown plan state 'done'; known: scheduled, planned, paused, stopped\n"
        "2:35: rescue strategy cannot be 'none' here; possible: skip, pause, fail\n",
    },
    {
        "{scenario: x,\n"
        " plans: {\"\": {run: a},\n"
        "  \"a/b\": {run: a}}}\n",
        "2:10: this must be a name, not '' in quotes\n"
        "3:3: the name 'a/b' has an odd character; a name is letters, digits, _ . and -, and "
        "begins with a letter, a digit or _\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, {parallel: [b, c]}]}}}\n",
        "2:24: unknown key 'parallel'; known: sequence, concurrence\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, {sequence: [b], concurrence: [c]}]}}}\n",
        "2:23: a flow is a sequence or a concurrence, not both; put one inside the other's "
        "list\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: {concurrence: a}}}}\n",
        "2:33: 'concurrence' must be a list of flows, not 'a'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: {concurence: [a, b]}}}}\n",
        "2:20: unknown key 'concurence', did you mean 'concurrence'?\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, , b]}}}\n",
        "2:23: not valid YAML: flow sequence with invalid extra comma\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, ~, {}, b]}}}\n",
        "2:23: an item of 'run' must be the name of a step, a list of flows, {sequence: "
        "[...]} or {concurrence: [...]}, not nothing\n"
        "2:26: an item of 'run' must be the name of a step, a list of flows, {sequence: "
        "[...]} or {concurrence: [...]}, not a mapping\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, b, [a]], finalize: {concurrence: [b, b]}}}}\n",
        "2:27: step 'a' is in the run flow already; a step runs at one place\n"
        "2:60: step 'b' is in the finalize flow already; a step runs at one place\n",
    },
    {
        "scenario: x\n"
        "plans:\n"
        "  p:\n"
        "    run: [fetch, chekc]\n"
        "    steps:\n"
        "      fetch: {}\n"
        "      check: {takes: 5ms}\n"
        "      other: {}\n",
        "7:7: step 'check' is in no flow; is it the 'chekc' of line 4?\n"
        "8:7: step 'other' is in no flow; name it in 'run' or 'finalize', or take it out\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {tkes: 5ms, takes: 5, run: maybe, rescue: "
        "retry}}}}}\n",
        "2:36: unknown key 'tkes', did you mean 'takes'?\n"
        "2:54: '5' has no unit: write 5ms (units: us, ms, s, m, h, d)\n"
        "2:62: 'run' must be success, error, suspend or any, or several with | between, not "
        "'maybe'\n"
        "2:77: unknown rescue strategy 'retry'; known: skip, pause, fail\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {run: [], finalize: suspend, accepts_events: "
        "1}}}}}\n",
        "2:41: 'run' needs 1 to 64 outcomes (SCENARIO_OUTCOMES_MAX), one a call, not 0\n"
        "2:45: 'finalize' says nothing here: step 'a' is not in the finalize flow\n"
        "2:55: 'finalize' must be success, error, or both with | between (or any), not "
        "'suspend'\n"
        "2:80: 'accepts_events' must be true or false, not '1'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], finalize: [a], steps: {a: {run: [success|success, any|error, "
        "success|], finalize: [suspend, any]}}}}}\n",
        "2:57: 'success|success' names an outcome twice\n"
        "2:74: 'any|error' names an outcome twice\n"
        "2:85: an item of 'run' must be success, error, suspend or any, or several with | "
        "between, not 'success|'\n"
        "2:107: an item of 'finalize' must be success, error, or both with | between (or "
        "any), not 'suspend'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {queue: slow, requires: [c], planned_by: b}}}}}\n",
        "2:43: unknown queue 'slow'; known: default\n"
        "2:60: unknown step 'c'; known: a\n"
        "2:76: unknown step 'b'; known: a\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, b], steps: {a: {requires: b}, b: {requires: [a, a]}}}}}\n",
        "2:49: 'requires' must be a list of steps of this plan, not 'b'\n"
        "2:71: 'a' is in this list already\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, b], steps: {a: {requires: [b]}}}}}\n",
        "2:50: step 'a' requires 'b', which does not come before it in the run flow; put it "
        "before, in a sequence\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: {concurrence: [a, b]}, steps: {a: {requires: [b]}}}}}\n",
        "2:65: step 'a' requires 'b', which does not come before it in the run flow; put it "
        "before, in a sequence\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: {concurrence: [[a, b], [c, d]]}, steps: {d: {requires: [c, "
        "a]}}}}}\n",
        "2:78: step 'd' requires 'a', which does not come before it in the run flow; put it "
        "before, in a sequence\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], finalize: [b], steps: {a: {requires: [b]}, b: {requires: "
        "[a]}}}}}\n",
        "2:47: 'requires' goes in a circle: a, b, a\n"
        "2:62: step 'b' is not in the run flow, so it has no output to require\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, b, c], steps: {a: {requires: [c]}, b: {requires: [a]}, c: "
        "{requires: [b]}}}}}\n",
        "2:38: 'requires' goes in a circle: a, c, b, a\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {requires: [a]}}}}}\n",
        "2:32: 'requires' goes in a circle: a, a\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a, b], steps: {a: {planned_by: b}, b: {planned_by: a}}}}}\n",
        "2:35: 'planned_by' goes in a circle: a, b, a\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], finalize: [b], steps: {a: {finalize: error, finalize_takes: "
        "1ms}, b: {run: error, takes: 1ms, accepts_events: true, skip: error}}}}}\n",
        "2:51: 'finalize' says nothing here: step 'a' is not in the finalize flow\n"
        "2:68: 'finalize_takes' says nothing here: step 'a' is not in the finalize flow\n"
        "2:94: 'run' says nothing here: step 'b' is not in the run flow\n"
        "2:106: 'takes' says nothing here: step 'b' is not in the run flow\n"
        "2:118: 'accepts_events' says nothing here: step 'b' is not in the run flow\n"
        "2:140: 'skip' says nothing here: step 'b' is not in the run flow\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {skip: error}}}}}\n",
        "2:36: 'skip' says what the skip event does; the step needs accepts_events: true to "
        "take it\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], start_at: 5ms, start_before: 9ms, after: [p], planning: "
        "error}}}\n",
        "2:10: 'after' goes in a circle: p, p\n"
        "2:24: 'start_at' is for a scheduled plan only; write state: scheduled too\n"
        "2:39: 'start_before' is for a scheduled plan only; write state: scheduled too\n"
        "2:58: 'after' is for a scheduled plan only; write state: scheduled too\n"
        "2:70: 'planning' is for a scheduled plan only; write state: scheduled too\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {state: scheduled, after: [q, r], planning: suspend},\n"
        "  q: {state: scheduled, after: [p]}}}\n",
        "2:10: 'after' goes in a circle: p, q, p\n"
        "2:43: unknown plan 'r'; known: p, q\n"
        "2:57: 'planning' must be success, error, or both with | between (or any), not "
        "'suspend'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {state: scheduled, after: q, start_at: soon}}}\n",
        "2:39: 'after' must be a list of plans, not 'q'\n"
        "2:52: 'start_at' must be a duration such as 5ms (units: us, ms, s, m, h, d), not "
        "'soon'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]}}}\n",
        "2:33: flows nested more than 14 deep (SCENARIO_FLOW_DEPTH_MAX)\n",
    },
};

static void plans_flows_and_steps_are_checked(void **state)
{
    (void)state;
    test_bad_files(plans_and_steps, sizeof plans_and_steps / sizeof plans_and_steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_flows_and_steps_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
