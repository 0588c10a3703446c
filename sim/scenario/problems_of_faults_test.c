/* problems_of_faults_test.c: what is said of faults, exactly and in its place. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bad_file faults[] = {
    {
        "{scenario: x,\n"
        " faults: [save_step]}\n",
        "2:11: an item of 'faults' must be a mapping, such as {on: ...}, not 'save_step'\n",
    },
    {
        "{scenario: x,\n"
        " faults: [{error: io},\n"
        "  {on: save_stp, error: io},\n"
        "  {on: nowhere, error: io}]}\n",
        "2:11: key 'on' is missing\n"
        "3:8: unknown place of faults 'save_stp', did you mean 'save_step'?\n"
        "4:8: unknown place of faults 'nowhere'; known: load_plan, find_plan, save_plan, "
        "save_step, load_action, save_action, find_lock, insert_lock, delete_lock, "
        "delete_delayed, worker, work, report, pool\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: save_plan},\n"
        "  {on: save_plan, error: dies},\n"
        "  {on: worker, error: io},\n"
        "  {on: save_plan, error: ioo}]}\n",
        "4:11: key 'error' is missing: what goes wrong?\n"
        "5:26: error cannot be 'dies' here; possible: io, busy, full, constraint, raw, "
        "fatal\n"
        "6:23: error cannot be 'io' here; possible: dies, dies_after_save, stalls, slow, "
        "raises\n"
        "7:26: unknown error 'ioo', did you mean 'io'?\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: worker, dies: false},\n"
        "  {on: worker, dies: true, error: dies},\n"
        "  {on: save_step, dies: true},\n"
        "  {on: worker, error: dies, for: 5ms}]}\n",
        "4:30: 'dies' must be true, or left out, not 'false'\n"
        "5:16: 'dies: true' is short for error: dies; write one of the two\n"
        "6:19: 'dies' is for a fault on worker; write error: ...\n"
        "7:29: error 'dies' takes no 'for'; take it out\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: worker, error: slow},\n"
        "  {on: work, error: late},\n"
        "  {on: worker, error: stalls, for: 0ms},\n"
        "  {on: worker, error: slow, for: 5}]}\n",
        "4:11: key 'for' is missing: how much is 'slow'? write for: 5ms\n"
        "5:3: key 'for' is missing: how much is 'late'? write for: 5ms\n"
        "6:36: 'for' must be longer than nothing, not '0ms'\n"
        "7:34: '5' has no unit: write 5ms (units: us, ms, s, m, h, d)\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: save_step, chance: 3/2, error: io},\n"
        "  {on: save_step, chance: 0/2, error: io},\n"
        "  {on: save_step, chance: 0.5, error: io},\n"
        "  {on: save_step, chance: 1/0, error: io},\n"
        "  {on: save_step, chance: 1/1000001, error: io},\n"
        "  {on: save_step, chance: /2, error: io},\n"
        "  {on: save_step, chance: [1, 2], error: io}]}\n",
        "4:35: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not '3/2'\n"
        "5:27: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not '0/2'\n"
        "6:27: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not '0.5'\n"
        "7:27: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not '1/0'\n"
        "8:27: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not "
        "'1/1000001'\n"
        "9:27: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not '/2'\n"
        "10:27: 'chance' must be a fraction from 1/1000000 to 1/1, such as 1/50, not a list\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: save_step, nth: 0, error: io},\n"
        "  {on: save_step, times: 0, error: io},\n"
        "  {on: save_step, times: always, error: io},\n"
        "  {on: save_step, nth: 1, chance: 1/2, error: io},\n"
        "  {on: save_step, at: 1ms, nth: 2, error: io},\n"
        "  {on: save_step, delay: 1ms, error: io}]}\n",
        "4:32: 'nth' must be a whole number from 1 to 4294967295, not '0'\n"
        "5:26: 'times' must be a whole number from 1 to 4294967294, not '0'\n"
        "6:26: 'times' must be a whole number from 1 to 4294967294, not 'always'\n"
        "7:27: 'chance' does not go with 'nth'; a fault has one of nth, chance, at and "
        "after\n"
        "8:19: 'at' does not go with 'nth'; a fault has one of nth, chance, at and after\n"
        "9:19: 'delay' does not go with a time; it goes with 'after'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: load_plan, step: a, to: stopped, when: before, queue: default, "
        "error: io},\n"
        "  {on: pool, plan: p, error: empty},\n"
        "  {on: save_plan, finalize: true, error: io},\n"
        "  {on: save_step, finalize: true, error: io}]}\n",
        "4:27: a fault on load_plan takes no 'step'; take it out\n"
        "4:36: a fault on load_plan takes no 'to'; take it out\n"
        "4:49: a fault on load_plan takes no 'when'; take it out\n"
        "4:63: a fault on load_plan takes no 'queue'; take it out\n"
        "5:14: a fault on pool takes no 'plan'; take it out\n"
        "6:19: a fault on save_plan takes no 'finalize'; take it out\n"
        "7:19: 'finalize' says which step of an action is meant; add step:\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: save_plan, to: suspended, error: io},\n"
        "  {on: save_step, to: stopped, error: io},\n"
        "  {on: save_plan, when: later, error: io}]}\n",
        "4:31: unknown plan state 'suspended'; known: pending, scheduled, planning, planned, "
        "running, paused, stopped\n"
        "5:23: unknown step state 'stopped', did you mean 'skipped'?\n"
        "6:25: 'when' must be before (nothing is written) or after (it is), not 'later'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: worker, plan: q, dies: true},\n"
        "  {on: worker, step: b, dies: true},\n"
        "  {on: worker, queue: defult, dies: true},\n"
        "  {on: worker, world: 2, dies: true},\n"
        "  {on: worker, world: moon, dies: true}]}\n",
        "4:30: unknown plan 'q'; known: p\n"
        "5:22: unknown step 'b'; known: a\n"
        "6:23: unknown queue 'defult', did you mean 'default'?\n"
        "7:23: there is no world 2; the scenario begins with 1 (worlds), and start_world "
        "adds others\n"
        "8:23: 'world' must be 'world' (the first) or 'world 1' to 'world 8', not 'moon'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a], finalize: [b]},\n"
        "  q: {run: [c]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: worker, plan: q, dies: true},\n"
        "  {on: save_plan, plan: q, error: io},\n"
        "  {on: worker, step: b, dies: true},\n"
        "  {on: worker, step: a, finalize: true, dies: true},\n"
        "  {on: delete_delayed, plan: p, error: io}]}\n",
        "5:30: this fault never strikes: no event starts plan 'q'; add one, such as {at: "
        "0ms, start: q}\n"
        "6:25: this fault never strikes: no event starts plan 'q'; add one, such as {at: "
        "0ms, start: q}\n"
        "7:22: this fault never strikes: step 'b' is not in the run flow; for its finalize "
        "step add finalize: true\n"
        "8:22: this fault never strikes: step 'a' is not in the finalize flow\n"
        "9:30: this fault never strikes: plan 'p' is not scheduled (state: scheduled)\n",
    },
    {
        "{scenario: x,\n"
        " faults: [{on: worker, dies: true}]}\n",
        "2:11: this fault never strikes: there are no plans\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]}},\n"
        " faults: [{on: worker, dies: true},\n"
        "  {on: load_plan, plan: p, error: io},\n"
        "  {on: load_plan, error: io}]}\n",
        "3:11: this fault never strikes: no plan ever runs; add an event that starts one, "
        "such as {at: 0ms, start: p}\n"
        "4:25: this fault never strikes: no event starts plan 'p'; add one, such as {at: "
        "0ms, start: p}\n",
    },
    {
        "{scenario: x,\n"
        " world: {queues: {slow: {workers: 1}, idle: {workers: 0}}},\n"
        " plans: {p: {run: [a, b], steps: {b: {queue: idle}}}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: pool, queue: slow, error: empty},\n"
        "  {on: pool, queue: idle, error: empty},\n"
        "  {on: worker, queue: default, step: b, dies: true}]}\n",
        "5:29: this fault never strikes: no step works on queue 'slow'\n"
        "6:21: this fault never strikes: queue 'idle' has no workers\n"
        "7:38: this fault never strikes: step 'b' works on queue 'idle', not on 'default'\n",
    },
    {
        "{scenario: x,\n"
        " plans: {p: {run: [a]},\n"
        "  q: {run: [b]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: save_plan, to: planned, error: io},\n"
        "  {on: save_plan, plan: p, to: pending, error: io},\n"
        "  {on: save_step, to: suspended, error: io},\n"
        "  {on: save_step, step: a, to: skipped, error: io},\n"
        "  {on: save_step, step: b, to: running, error: io}]}\n",
        "5:31: this fault never strikes: no plan becomes planned\n"
        "6:32: this fault never strikes: plan 'p' never becomes pending: a plan only begins "
        "like that\n"
        "7:23: this fault never strikes: no step becomes suspended\n"
        "8:32: this fault never strikes: step 'a' never becomes skipped: neither it nor what "
        "it requires has rescue: skip\n"
        "9:3: this fault never strikes: no event starts plan 'q'; add one, such as {at: 0ms, "
        "start: q}\n",
    },
    {
        "{scenario: x,\n"
        " until: 1s,\n"
        " plans: {p: {run: [a]}},\n"
        " events: [{at: 0ms, start: p}],\n"
        " faults: [{on: save_step, at: 2s, error: io},\n"
        "  {on: save_step, after: {step: a, state: suspended}, error: io}]}\n",
        "5:31: this fault never strikes: it is after the end of the run (until: 1d when not "
        "told)\n"
        "6:26: this fault never strikes: step 'a' never becomes suspended: none of its run "
        "outcomes is suspend\n",
    },
};

static void faults_are_checked(void **state)
{
    (void)state;
    test_bad_files(faults, sizeof faults / sizeof faults[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
