/* problems_of_events_test.c: what is said of events and triggers, of expectations and choices, and
 * of what never happens, exactly and in its place. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bad_file events[] = {
    {
        "{scenario: x,\n"
        " events: [start]}\n",
        "2:11: an item of 'events' must be a mapping, such as {at: ...}, not 'start'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{start: p},\n"
        "  {at: 0ms},\n"
        "  {}]}\n",
        "3:11: when? an event needs 'at', such as at: 5ms, or 'after'\n"
        "4:3: what happens? an event needs one of: start, event, halt, delete, delete_steps, "
        "terminate, crash, start_world, check_worlds, heal\n"
        "5:3: when? an event needs 'at', such as at: 5ms, or 'after'\n"
        "5:3: what happens? an event needs one of: start, event, halt, delete, delete_steps, "
        "terminate, crash, start_world, check_worlds, heal\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: q},\n"
        "  {at: 0ms, strat: p}]}\n",
        "3:28: unknown plan 'q'; known: p\n"
        "4:13: unknown key 'strat', did you mean 'start'?\n",
    },
    {
        "{scenario: x,\n"
        " plans: {import: {run: [a]}},\n"
        " events: [{at: 0ms, start: imprt}]}\n",
        "3:28: unknown plan 'imprt', did you mean 'import'?\n",
    },
    {
        "{scenario: x,\n"
        " events: [{at: 0ms, start: p}]}\n",
        "2:28: unknown plan 'p'; there is none here\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p, halt: p}]}\n",
        "3:31: an event does one thing; write 'halt' as an event of its own\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, delay: 5ms, start: p}]}\n",
        "3:21: 'delay' does not go with a time; it goes with 'after'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, after: {plan: p, state: running}, start: p}]}\n",
        "3:21: 'after' does not go with 'at'; it happens at a time or after something\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0, start: p},\n"
        "  {at: 0ms, start: p}]}\n",
        "3:16: '0' has no unit: write 0ms (units: us, ms, s, m, h, d)\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {}, halt: p},\n"
        "  {after: {plan: p}, halt: p},\n"
        "  {after: {state: running}, halt: p},\n"
        "  {after: p, halt: p}]}\n",
        "3:19: after what? write {plan: ..., state: ...}, {step: ..., state: ...}, {event: "
        "...} or {future: ...}\n"
        "4:11: key 'state' is missing: after which state of it?\n"
        "5:11: after what? write {plan: ..., state: ...}, {step: ..., state: ...}, {event: "
        "...} or {future: ...}\n"
        "6:11: 'after' must be a mapping, such as {plan: ...}, not 'p'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {event: e, plan: p, nth: 2}, halt: p},\n"
        "  {at: 1ms, event: {step: a, name: e}},\n"
        "  {after: {future: p, state: running}, halt: p}]}\n",
        "3:30: 'plan' does not go with 'event', whose future is resolved once\n"
        "3:39: 'nth' does not go with 'event', whose future is resolved once\n"
        "5:23: 'state' does not go with 'future', which names the plan\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {plan: p, state: suspended}, halt: p},\n"
        "  {after: {step: a, state: paused}, halt: p},\n"
        "  {after: {plan: p, finalize: true, state: running}, halt: p}]}\n",
        "3:36: unknown plan state 'suspended'; known: pending, scheduled, planning, planned, "
        "running, paused, stopped\n"
        "4:28: unknown step state 'paused'; known: scheduling, pending, running, success, "
        "suspended, skipping, skipped, error, cancelled\n"
        "5:21: 'finalize' does not go with a plan; add step:\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {plan: p, state: running, nth: 0}, halt: p}]}\n",
        "3:50: 'nth' must be a whole number from 1 to 4294967295, not '0'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]},\n"
        "  q: {run: [a]}},\n"
        " events: [{at: 1ms, event: {step: a, name: e}}]}\n",
        "4:35: plans 'p' and 'q' both have a step 'a'; add plan: to say which\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], finalize: [b]}},\n"
        " events: [{at: 1ms, event: {step: b, name: e}},\n"
        "  {at: 1ms, event: {plan: p, step: c, name: \"e 2\"}}]}\n",
        "3:35: step 'b' is in no run flow, so it takes no events\n"
        "4:36: unknown step 'c'; known: a, b\n"
        "4:45: the name 'e 2' has an odd character; a name is letters, digits, _ . and -, "
        "and begins with a letter, a digit or _\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 1ms, event: {}},\n"
        "  {at: 1ms, event: a},\n"
        "  {at: 1ms, event: {step: a, name: e, optional: maybe, request: 0}}]}\n",
        "3:28: key 'step' is missing\n"
        "3:28: key 'name' is missing\n"
        "4:20: 'event' must be a mapping, such as {plan: ...}, not 'a'\n"
        "5:49: 'optional' must be true or false, not 'maybe'\n"
        "5:65: 'request' must be a whole number from 1 to 4294967295, not '0'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 1ms, event: {step: a, name: e}},\n"
        "  {at: 2ms, event: {step: a, name: e}},\n"
        "  {after: {event: e}, halt: p},\n"
        "  {after: {event: f}, halt: p}]}\n",
        "5:19: two events are named 'e' (lines 3 and 4); give them different names\n"
        "6:19: unknown event 'f'; known: e\n",
    },
    {
        "{scenario: x,\n"
        " events: [{at: 1ms, terminate: earth},\n"
        "  {at: 1ms, crash: world 9},\n"
        "  {at: 1ms, crash: world 2},\n"
        "  {at: 1ms, heal: all}]}\n",
        "2:32: 'terminate' must be 'world' (the first) or 'world 1' to 'world 8', not "
        "'earth'\n"
        "3:20: 'crash' must be 'world' (the first) or 'world 1' to 'world 8', not 'world 9'\n"
        "4:3: there is no world 2; the scenario begins with 1 (worlds), and start_world adds "
        "others\n"
        "5:19: 'heal' must be faults, not 'all'\n",
    },
    {
        "{scenario: x,\n"
        " world: {worlds: 2},\n"
        " events: [{at: 1ms, start_world: world 2},\n"
        "  {at: 1ms, start_world: world 3},\n"
        "  {at: 2ms, start_world: world 3}]}\n",
        "3:11: world 2 is there from the start; a new world needs a number of its own\n"
        "5:3: world 3 is started already; a new world needs a number of its own\n",
    },
};

static const struct bad_file what_never_happens[] = {
    {
        "{scenario: x,\n"
        " until: 1s,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 2s, start: p}]}\n",
        "4:16: this never happens: it is after the end of the run (until: 1d when not told)\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {step: a, state: running}, halt: p}]}\n",
        "3:19: this never happens: no event starts plan 'p'; add one, such as {at: 0ms, "
        "start: p}\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], state: stopped}},\n"
        " events: [{at: 0ms, start: p},\n"
        "  {after: {step: a, state: running}, halt: p},\n"
        "  {after: {plan: p, state: stopped}, halt: p}]}\n",
        "4:11: this never happens: plan 'p' begins stopped, so it never runs\n"
        "5:11: this never happens: plan 'p' never becomes stopped: it begins stopped, for "
        "good\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], finalize: [b]}},\n"
        " events: [{at: 0ms, start: p},\n"
        "  {after: {step: a, state: suspended}, halt: p},\n"
        "  {after: {step: b, finalize: true, state: suspended}, halt: p},\n"
        "  {after: {step: b, state: running}, halt: p},\n"
        "  {after: {step: a, finalize: true, state: running}, halt: p}]}\n",
        "4:11: this never happens: step 'a' never becomes suspended: none of its run "
        "outcomes is suspend\n"
        "5:11: this never happens: step 'b' never becomes suspended: a finalize step cannot\n"
        "6:11: this never happens: step 'b' is not in the run flow; for its finalize step "
        "add finalize: true\n"
        "7:11: this never happens: step 'a' is not in the finalize flow\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {run: error}}}},\n"
        " events: [{at: 0ms, start: p},\n"
        "  {after: {step: a, state: success}, halt: p},\n"
        "  {after: {step: a, state: skipping}, halt: p},\n"
        "  {after: {step: a, state: skipped}, halt: p},\n"
        "  {after: {step: a, state: pending}, halt: p},\n"
        "  {after: {step: a, state: cancelled}, halt: p}]}\n",
        "4:11: this never happens: step 'a' never becomes success: none of its run outcomes "
        "is that\n"
        "5:11: this never happens: step 'a' never becomes skipping: it has no rescue: skip\n"
        "6:11: this never happens: step 'a' never becomes skipped: neither it nor what it "
        "requires has rescue: skip\n"
        "7:11: this never happens: step 'a' never becomes pending: it only begins like that\n"
        "8:11: this never happens: step 'a' never becomes cancelled: only plan steps do\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]},\n"
        "  q: {run: [b], state: scheduled, planning: error}},\n"
        " events: [{at: 0ms, start: p},\n"
        "  {after: {plan: p, state: planning}, halt: p},\n"
        "  {after: {plan: p, state: scheduled}, halt: p},\n"
        "  {after: {plan: q, state: planned}, halt: p},\n"
        "  {after: {plan: q, state: paused}, halt: p}]}\n",
        "5:11: this never happens: plan 'p' never becomes planning: it is not scheduled "
        "(state: scheduled)\n"
        "6:11: this never happens: plan 'p' never becomes scheduled: a plan only begins like "
        "that\n"
        "7:11: this never happens: planning never succeeds for plan 'q', so it never runs\n"
        "8:11: this never happens: planning never succeeds for plan 'q', so it never runs\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]},\n"
        "  q: {run: [b]}},\n"
        " events: [{after: {plan: q, state: running}, start: p},\n"
        "  {after: {future: p}, start: q}]}\n",
        "4:19: this never happens: plan 'q' is only started by what never happens\n"
        "5:11: this never happens: plan 'p' is only started by what never happens\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {future: p}, halt: p},\n"
        "  {at: 0ms, start: p},\n"
        "  {after: {future: p, nth: 2}, halt: p}]}\n",
        "5:11: this never happens: nth is 2, and only 1 event starts plan 'p'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]},\n"
        "  q: {run: [b]}},\n"
        " events: [{after: {future: q}, halt: p}]}\n",
        "4:19: this never happens: no event starts plan 'q', so it has no future\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{after: {event: g}, event: {step: a, name: e}},\n"
        "  {after: {event: e}, event: {step: a, name: f}},\n"
        "  {after: {event: f}, event: {step: a, name: g}},\n"
        "  {after: {event: e}, start: p}]}\n",
        "3:11: 'after' goes in a circle: e, g, f, e\n",
    },
};

static const struct bad_file expectations_and_choices[] = {
    {
        "{scenario: x,\n"
        " expect: {plan: {},\n"
        "  marks: rescue-skip,\n"
        "  violates: [nothing-like-it],\n"
        "  plans: {p: missing}}}\n",
        "2:11: unknown key 'plan', did you mean 'plans'?\n"
        "3:10: 'marks' must be a list of names, not 'rescue-skip'\n"
        "4:14: unknown invariant 'nothing-like-it'; known: futures-resolve-once, plans-end\n"
        "5:11: unknown plan 'p'; there is none here\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " expect: {plans: {p: stopped},\n"
        "  steps: {p: a},\n"
        "  futures: {p: done},\n"
        "  runs: {p: {a: -1}}}}\n",
        "3:22: 'p' must be {state: ..., result: ...}, or missing, not 'stopped'\n"
        "4:14: 'p' must be a mapping of steps to their states, not 'a'\n"
        "5:16: 'p' must be fulfilled, rejected, pending, or {rejected: REASON}, not 'done'\n"
        "6:17: 'a' must be a whole number from 0 to 4294967295, not '-1'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " expect: {plans: {p: {stat: stopped, result: good}},\n"
        "  steps: {p: {a: paused, b: success}},\n"
        "  finalize: {p: {a: success}}}}\n",
        "3:23: unknown key 'stat', did you mean 'state'?\n"
        "3:46: unknown result 'good'; known: pending, success, warning, error, cancelled\n"
        "4:18: unknown step state 'paused'; known: scheduling, pending, running, success, "
        "suspended, skipping, skipped, error, cancelled\n"
        "4:26: unknown step 'b'; known: a\n"
        "5:18: step 'a' of plan 'p' is not in its finalize flow\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " expect: {futures: {p: {rejected: because}},\n"
        "  events: {e: fulfilled}}}\n",
        "4:35: unknown reason 'because'; known: already_running, stopped, inhibited, "
        "persistence, no_manager, not_suspended, halted, dropped, terminated, missing, "
        "broken\n"
        "5:12: unknown event 'e'; there is none here\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " expect: {futures: {p: {reason: halted}},\n"
        "  marks: [rescue-skip, rescue-skip, rescue-skp, [a]]}}\n",
        "4:24: key 'rejected' is missing\n"
        "4:25: unknown key 'reason'; known: rejected\n"
        "5:24: 'rescue-skip' is in this list already\n"
        "5:37: unknown mark 'rescue-skp', did you mean 'rescue-skip'?\n"
        "5:49: an item of 'marks' must be the name of a mark, not a list\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], steps: {a: {run: error}}},\n"
        "  q: {run: [b]},\n"
        "  r: {state: paused}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " expect: {plans: {p: missing, q: {state: stopped}, r: {state: running}},\n"
        "  steps: {p: {a: success}, q: {b: success}},\n"
        "  futures: {q: fulfilled},\n"
        "  runs: {q: {b: 1}}}}\n",
        "6:22: this never holds: no event that happens deletes plan 'p'\n"
        "6:42: this never holds: no event starts plan 'q'; add one, such as {at: 0ms, start: "
        "q}\n"
        "6:63: this never holds: no event starts plan 'r'; add one, such as {at: 0ms, start: "
        "r}\n"
        "7:18: this never holds: step 'a' never becomes success: none of its run outcomes is "
        "that\n"
        "7:35: this never holds: no event starts plan 'q'; add one, such as {at: 0ms, start: "
        "q}\n"
        "8:16: this never holds: no event starts plan 'q', so it has no future\n"
        "9:17: this never holds: no event starts plan 'q'; add one, such as {at: 0ms, start: "
        "q}\n",
    },
    {
        "{scenario: x,\n"
        " choices: {outcome/p/a/1: x, nothing: 1, latency/-/-/1: -2}}\n",
        "2:27: 'outcome/p/a/1' must be a whole number, such as 7, not 'x'\n"
        "2:30: 'nothing' is no site of a choice; a site is KIND/PLAN/STEP/NUMBER, such as "
        "outcome/import/check/1\n"
        "2:57: 'latency/-/-/1' must be a whole number, such as 7, not '-2'\n",
    },
};

static void events_are_checked(void **state)
{
    (void)state;
    test_bad_files(events, sizeof events / sizeof events[0]);
}

static void what_never_happens_is_told_with_its_reason(void **state)
{
    (void)state;
    test_bad_files(what_never_happens, sizeof what_never_happens / sizeof what_never_happens[0]);
}

static void expectations_and_choices_are_checked(void **state)
{
    (void)state;
    test_bad_files(expectations_and_choices,
                   sizeof expectations_and_choices / sizeof expectations_and_choices[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_checked),
        cmocka_unit_test(what_never_happens_is_told_with_its_reason),
        cmocka_unit_test(expectations_and_choices_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
