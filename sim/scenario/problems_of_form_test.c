/* problems_of_form_test.c: what is said of files that are no YAML, or no scenario at all, and of
 * single values, exactly and in its place. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct bad_file top[] = {
    {
        "sed: 7\n",
        "1:1: unknown key 'sed', did you mean 'seed'?\n"
        "1:1: key 'scenario' is missing\n",
    },
    {
        "scenario: x\n"
        "sed: 7\n"
        "nothing_like_it: 1\n",
        "2:1: unknown key 'sed', did you mean 'seed'?\n"
        "3:1: unknown key 'nothing_like_it'; known: scenario, seed, until, world, plans, "
        "events, faults, expect, shows, choices\n",
    },
    {
        "scenaro: x\n",
        "1:1: unknown key 'scenaro', did you mean 'scenario'?\n",
    },
    {
        "[scenario, x]\n",
        "1:1: a scenario is a mapping that begins with 'scenario: NAME'\n",
    },
    {
        "just a text\n",
        "1:1: a scenario is a mapping that begins with 'scenario: NAME'\n",
    },
    {
        "scenario:\n",
        "1:1: 'scenario' must be one line of text, not nothing\n",
    },
    {
        "scenario: [x]\n",
        "1:11: 'scenario' must be one line of text, not a list\n",
    },
    {
        "scenario: \"two\\nlines\"\n",
        "1:11: 'scenario' must be one line of text without control characters, not "
        "'two\\x0alines' in quotes\n",
    },
    {
        "scenario: |\n"
        "  two\n"
        "  lines\n",
        "2:1: a text in several lines; the texts of a scenario stand in one line each\n",
    },
    {
        "{scenario: x,\n"
        " seed: abc}\n",
        "2:8: 'seed' must be a whole number, such as 7, not 'abc'\n",
    },
    {
        "{scenario: x,\n"
        " seed: -1}\n",
        "2:8: 'seed' must be a whole number, such as 7, not '-1'\n",
    },
    {
        "{scenario: x,\n"
        " seed: 007}\n",
        "2:8: 'seed' must be a whole number, such as 7, not '007'\n",
    },
    {
        "{scenario: x,\n"
        " seed: \"7\"}\n",
        "2:8: 'seed' must be a whole number, such as 7, not '7' in quotes\n",
    },
    {
        "{scenario: x,\n"
        " seed: 18446744073709551616}\n",
        "2:8: 'seed' must be a whole number, such as 7, not '18446744073709551616'\n",
    },
    {
        "{scenario: x,\n"
        " seed: {a: b}}\n",
        "2:8: 'seed' must be a whole number, such as 7, not a mapping\n",
    },
    {
        "{scenario: x,\n"
        " seed: }\n",
        "2:2: 'seed' must be a whole number, such as 7, not nothing\n",
    },
    {
        "{scenario: x,\n"
        " seed: ~}\n",
        "2:8: 'seed' must be a whole number, such as 7, not nothing\n",
    },
    {
        "scenario: x\n"
        "seed: 1\n"
        "seed: 2\n",
        "3:1: key 'seed' is there already, in line 2\n",
    },
    {
        "{scenario: x,\n"
        " until: 0ms}\n",
        "2:9: 'until' must be longer than nothing, not '0ms'\n",
    },
    {
        "{scenario: x,\n"
        " plans: [],\n"
        " events: {},\n"
        " faults: 1,\n"
        " expect: [],\n"
        " choices: [],\n"
        " world: 3}\n",
        "2:9: 'plans' must be a mapping of plans, such as {import: {run: [fetch]}}, not a "
        "list\n"
        "3:10: 'events' must be a list of events, such as - {at: 0ms, start: import}, not a "
        "mapping\n"
        "4:10: 'faults' must be a list of faults, such as - {on: save_step, nth: 2, error: "
        "io}, not '1'\n"
        "5:10: 'expect' must be a mapping, such as {plans: ...}, not a list\n"
        "6:11: 'choices' must be a mapping of sites to the numbers chosen there, not a list\n"
        "7:9: 'world' must be a mapping, such as {auto_rescue: ...}, not '3'\n",
    },
};

static const struct bad_file yaml[] = {
    {
        "scenario: x\n"
        "---\n"
        "scenario: y\n",
        "2:1: a second document; a file holds one scenario, so take the line --- out or "
        "write a file of its own\n",
    },
    {
        "scenario: x\n"
        "...\n"
        "seed: 1\n",
        "2:1: a second document; a file holds one scenario, so take the line --- out or "
        "write a file of its own\n",
    },
    {
        "scenario: &a x\n"
        "seed: *a\n",
        "1:11: an anchor (&); a scenario has none: write things out where they are used\n"
        "2:7: an alias (*); a scenario has none: write things out where they are used\n",
    },
    {
        "scenario: !!str x\n",
        "1:11: a tag (!); a scenario has none: what a value is shows from its key\n",
    },
    {
        "scenario: x\n"
        "? [a, b]\n"
        ": c\n",
        "2:3: a key must be a name, not a list or mapping\n",
    },
    {
        "scenario: x\n"
        "plans: {p: {run: [a}\n",
        "2:20: not valid YAML: mismatched flow mapping end\n",
    },
    {
        "scenario: a: b\n",
        "1:12: not valid YAML: a second ': ' on the line; put quotes around text that has "
        "one\n",
    },
    {
        "scenario: \"x\n",
        "1:12: not valid YAML: double-quoted scalar without closing quote\n",
    },
    {
        "scenario: x\n"
        " seed: 1\n",
        "1:11: not valid YAML: the line before has a value already; the indentation is off\n",
    },
    {
        "scenario: @x\n",
        "1:11: not valid YAML: plain scalar cannot start with '@'\n",
    },
    {
        "scenario: x\n"
        "plans:\n"
        "  p:\n"
        "      run: [a]\n"
        "    finalize: [a]\n",
        "5:5: not valid YAML: invalid indentation in mapping\n",
    },
    {
        "scenario: \"\\q\"\n",
        "1:12: not valid YAML: invalid escape 'q' in double-quoted string\n",
    },
    {
        "scenario: x\n"
        "{seed: 1}\n",
        "2:1: not valid YAML: a key is expected here, or the indentation is off\n",
    },
    {
        "scenario: x\t# a tab\n",
        "1:12: a tab; indent and separate with spaces (in double quotes, write \\t)\n",
    },
    {
        "scenario: x\n"
        "%TAG ! x\n",
        "2:1: a '%' at the start of a line is a YAML directive, which a scenario does not "
        "have\n",
    },
};

static const struct bad_file numbers_and_durations[] = {
    {
        "{scenario: x,\n"
        " until: 5}\n",
        "2:9: '5' has no unit: write 5ms (units: us, ms, s, m, h, d)\n",
    },
    {
        "{scenario: x,\n"
        " until: 5 ms}\n",
        "2:9: 'until' must be a duration such as 5ms (units: us, ms, s, m, h, d), not '5 "
        "ms'\n",
    },
    {
        "{scenario: x,\n"
        " until: 5sec}\n",
        "2:9: 'until' must be a duration such as 5ms (units: us, ms, s, m, h, d), not "
        "'5sec'\n",
    },
    {
        "{scenario: x,\n"
        " until: ms}\n",
        "2:9: 'until' must be a duration such as 5ms (units: us, ms, s, m, h, d), not 'ms'\n",
    },
    {
        "{scenario: x,\n"
        " until: 05ms}\n",
        "2:9: 'until' must be a duration such as 5ms (units: us, ms, s, m, h, d), not "
        "'05ms'\n",
    },
    {
        "{scenario: x,\n"
        " until: -5ms}\n",
        "2:9: 'until' must be a duration such as 5ms (units: us, ms, s, m, h, d), not "
        "'-5ms'\n",
    },
    {
        "{scenario: x,\n"
        " until: 1.5s}\n",
        "2:9: '1.5s': a duration is a whole number; write 1500ms\n",
    },
    {
        "{scenario: x,\n"
        " until: 0.25ms}\n",
        "2:9: '0.25ms': a duration is a whole number; write 250us\n",
    },
    {
        "{scenario: x,\n"
        " until: 1.5d}\n",
        "2:9: '1.5d': a duration is a whole number; write 36h\n",
    },
    {
        "{scenario: x,\n"
        " until: 1.5us}\n",
        "2:9: '1.5us': a duration is a whole number; write it in a smaller unit (us, ms, s, "
        "m, h, d)\n",
    },
    {
        "{scenario: x,\n"
        " until: 1.33333333s}\n",
        "2:9: '1.33333333s': a duration is a whole number; write it in a smaller unit (us, "
        "ms, s, m, h, d)\n",
    },
    {
        "{scenario: x,\n"
        " until: 1001d}\n",
        "2:9: '1001d' is too long; at most 1000d (SCENARIO_DURATION_MAX)\n",
    },
    {
        "{scenario: x,\n"
        " until: 99999999999999999999s}\n",
        "2:9: '99999999999999999999s' is too long; at most 1000d (SCENARIO_DURATION_MAX)\n",
    },
    {
        "{scenario: x,\n"
        " world: {latency: 20ms..1ms}}\n",
        "2:19: '20ms..1ms' begins after its end; write the shorter duration first\n",
    },
    {
        "{scenario: x,\n"
        " world: {latency: 1..20ms}}\n",
        "2:19: '1' has no unit: write 1ms (units: us, ms, s, m, h, d)\n",
    },
    {
        "{scenario: x,\n"
        " world: {latency: 1ms..}}\n",
        "2:19: 'latency' must be a duration such as 5ms, or a range such as 1ms..20ms, not "
        "'1ms..'\n",
    },
    {
        "{scenario: x,\n"
        " world: {latency: 1ms...2ms}}\n",
        "2:19: 'latency' must be a duration such as 5ms, or a range such as 1ms..20ms, not "
        "'1ms...2ms'\n",
    },
    {
        "{scenario: x,\n"
        " world: {latency: [1ms, 2ms]}}\n",
        "2:19: 'latency' must be a duration such as 5ms, or a range such as 1ms..20ms, not a "
        "list\n",
    },
    {
        "{scenario: x,\n"
        " world: {termination_timeout: 1ms..2ms}}\n",
        "2:31: 'termination_timeout' must be a duration such as 5ms (units: us, ms, s, m, h, "
        "d), not '1ms..2ms'\n",
    },
};

static const struct bad_file world[] = {
    {
        "{scenario: x,\n"
        " world: {auto_rescue: yes,\n"
        "  auto_execute: \"true\"}}\n",
        "2:23: 'auto_rescue' must be true or false, not 'yes'\n"
        "3:17: 'auto_execute' must be true or false, not 'true' in quotes\n",
    },
    {
        "{scenario: x,\n"
        " world: {director: perfect}}\n",
        "2:20: 'director' must be faithful or hardened, not 'perfect'\n",
    },
    {
        "{scenario: x,\n"
        " world: {defects: [d1, nothing-like-it]}}\n",
        "2:20: unknown defect 'd1', did you mean 'd01'?\n"
        "2:24: unknown defect 'nothing-like-it'; known: d01, d02, d03\n",
    },
    {
        "{scenario: x,\n"
        " world: {director: faithful,\n"
        "  defects: [d01]}}\n",
        "3:3: a faithful director has every defect already; take 'defects' out, or write "
        "director: hardened\n",
    },
    {
        "{scenario: x,\n"
        " world: {defects: [d01, d02, d01]}}\n",
        "2:30: 'd01' is in this list already\n",
    },
    {
        "{scenario: x,\n"
        " shows: {defect: d1, violates: []}}\n",
        "2:18: unknown defect 'd1', did you mean 'd01'?\n"
        "2:32: name at least one invariant that fails with the defect\n",
    },
    {
        "{scenario: x,\n"
        " world: {defects: [d02]},\n"
        " shows: {defect: d02, violates: [plans-end, plan-end, plans-end]}}\n",
        "3:18: this world has the defect already, and the story is to hold without it; take it "
        "out of 'world', or expect: {violates: ...} instead\n"
        "3:45: unknown invariant 'plan-end', did you mean 'plans-end'?\n"
        "3:55: 'plans-end' is in this list already\n",
    },
    {
        "{scenario: x,\n"
        " shows: {violates: d01}}\n",
        "2:9: key 'defect' is missing\n"
        "2:20: 'violates' must be a list of names, not 'd01'\n",
    },
    {
        "{scenario: x,\n"
        " world: {worlds: 0}}\n",
        "2:18: 'worlds' must be a whole number from 1 to 8, not '0'\n",
    },
    {
        "{scenario: x,\n"
        " world: {worlds: 9}}\n",
        "2:18: 'worlds' must be a whole number from 1 to 8, not '9'\n",
    },
    {
        "{scenario: x,\n"
        " world: {queues: {a b: {workers: 1}, slow: {}, fast: {wokers: 2}, big: {workers: "
        "1025}}}}\n",
        "2:19: the name 'a b' has an odd character; a name is letters, digits, _ . and -, "
        "and begins with a letter, a digit or _\n"
        "2:44: key 'workers' is missing\n"
        "2:55: unknown key 'wokers', did you mean 'workers'?\n"
        "2:82: 'workers' must be a whole number from 0 to 1024, not '1025'\n",
    },
    {
        "{scenario: x,\n"
        " world: {queues: {-a: {workers: 1}, \xc3\xa4"
        ": {workers: 1}}}}\n",
        "2:19: the name '-a' has an odd character; a name is letters, digits, _ . and -, and "
        "begins with a letter, a digit or _\n"
        "2:37: the name '\xc3\xa4"
        "' has an odd character; a name is letters, digits, _ . "
        "and -, and begins with a letter, a digit or _\n",
    },
    {
        "{scenario: x,\n"
        " world: {auto_resuce: true,\n"
        "  validity: 5ms}}\n",
        "2:10: unknown key 'auto_resuce', did you mean 'auto_rescue'?\n"
        "3:3: unknown key 'validity'; known: auto_rescue, director, defects, worlds, queues, "
        "latency, termination_timeout, validity_check, order, auto_execute\n",
    },
};

static void the_top_of_a_file_is_checked(void **state)
{
    (void)state;
    test_bad_files(top, sizeof top / sizeof top[0]);
}

static void what_is_no_yaml_or_too_much_of_it_is_told(void **state)
{
    (void)state;
    test_bad_files(yaml, sizeof yaml / sizeof yaml[0]);
}

static void durations_are_told_how_they_are_written(void **state)
{
    (void)state;
    test_bad_files(numbers_and_durations,
                   sizeof numbers_and_durations / sizeof numbers_and_durations[0]);
}

static void the_world_is_checked(void **state)
{
    (void)state;
    test_bad_files(world, sizeof world / sizeof world[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_top_of_a_file_is_checked),
        cmocka_unit_test(what_is_no_yaml_or_too_much_of_it_is_told),
        cmocka_unit_test(durations_are_told_how_they_are_written),
        cmocka_unit_test(the_world_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
