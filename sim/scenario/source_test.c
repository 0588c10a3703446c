/* source_test.c: what the filter lets through to libfyaml, and what it refuses, with the place. */
#include "sim/scenario/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The problems of some bytes as `line:column: message` lines, in a buffer that the next call
 * overwrites. */
static const char *objections(const char *bytes, size_t length)
{
    static char text[4000];
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct problem_list problems;
    struct source source = {.bytes = bytes, .length = length};
    size_t used = 0;
    problem_list_start(&problems, memory);
    bool passed = source_check(&source, &problems);
    assert_true(passed == (problems.total == 0));
    text[0] = '\0';
    for (uint32_t i = 0; i < problems.count; i++) {
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%u:%u: %s\n", problems.problems[i].position.line,
            problems.problems[i].position.column, problems.problems[i].message);
    }
    scenario_memory_destroy(memory);
    return text;
}

static void check_passes(const char *text)
{
    assert_string_equal(objections(text, strlen(text)), "");
}

static void check_refused(const char *text, const char *expected)
{
    assert_string_equal(objections(text, strlen(text)), expected);
}

#define CONTROL "a control character; take it out (in double quotes, it can be written as \\x1b)\n"
#define NOT_UTF8 "bytes that are not UTF-8; save the file as UTF-8\n"
#define LINE_BREAK "an unusual line break; end lines with a line feed\n"
#define TOO_DEEP "brackets nested more than 32 deep (SCENARIO_DEPTH_MAX)\n"

static void ordinary_text_passes(void **state)
{
    (void)state;
    check_passes("");
    check_passes("scenario: x\n");
    check_passes("scenario: x\r\nseed: 1\r\n");
    check_passes("scenario: 100% \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\n");
    check_passes("\xef\xbb\xbfscenario: x\n");
    check_passes("a: b %\n  %c\n");
}

static void every_odd_character_is_refused_in_its_place(void **state)
{
    (void)state;
    assert_string_equal(objections("ab\0c", 4),
                        "1:3: a NUL byte; a scenario is a text file in UTF-8\n");
    check_refused("a:\n  \tb", "2:3: a tab; indent and separate with spaces (in double quotes, "
                               "write \\t)\n");
    check_refused("a\rb",
                  "1:2: a carriage return without a line feed; end lines with a line feed\n");
    check_refused("a\r",
                  "1:2: a carriage return without a line feed; end lines with a line feed\n");
    check_refused("\xc3\xa4\xc3\xa4\x1b", "1:3: " CONTROL);
    check_refused("a\x7f", "1:2: " CONTROL);
    check_refused("a\xc2\x9b", "1:2: " CONTROL);
    check_refused("a\xef\xbf\xbe", "1:2: " CONTROL);
    check_refused("a\xc2\x85", "1:2: " LINE_BREAK);
    check_refused("a\xe2\x80\xa8", "1:2: " LINE_BREAK);
    check_refused("a\xe2\x80\xa9", "1:2: " LINE_BREAK);
    check_refused("a\xef\xbb\xbf",
                  "1:2: a byte order mark in the middle of the file; take it out\n");
    check_refused("a\n%b", "2:1: a '%' at the start of a line is a YAML directive, which a "
                           "scenario does not have\n");
}

static void bytes_that_are_not_utf_8_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x80",
        "\xc3",
        "\xc3(",
        "\xc0\xaf",
        "\xe2\x82",
        "\xe0\x80\xaf",
        "\xed\xa0\x80",
        "\xf0\x9f\x98",
        "\xf0\x80\x80\xaf",
        "\xf4\x90\x80\x80",
        "\xf8\x88",
        "\xff\xff\xff\xff",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[20];
        snprintf(text, sizeof text, "ab%s", texts[i]);
        check_refused(text, "1:3: " NOT_UTF8);
    }
}

static void one_problem_a_line_and_ten_in_all_are_enough(void **state)
{
    (void)state;
    check_refused("\x01\x01\x01\n\x01", "1:1: " CONTROL "2:1: " CONTROL);
    char text[200];
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] = i % 2 == 0 ? '\x01' : '\n';
    }
    text[sizeof text - 1] = '\0';
    const char *told = objections(text, strlen(text));
    assert_non_null(strstr(told, "10:1: "));
    assert_null(strstr(told, "11:1: "));
}

/* `count` brackets between two texts. */
static const char *nested(const char *before, const char *bracket, uint32_t count,
                          const char *after)
{
    static char text[1000];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", before);
    for (uint32_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", bracket);
    }
    snprintf(text + used, sizeof text - used, "%s", after);
    return text;
}

static void brackets_that_nest_too_deeply_are_refused_in_their_place(void **state)
{
    (void)state;
    check_passes(nested("a: ", "[", 32, ""));
    check_refused(nested("a: ", "[", 33, ""), "1:36: " TOO_DEEP);
    check_refused(nested("- ", "[", 33, ""), "1:35: " TOO_DEEP);
    check_refused(nested("", "{\"a\":", 33, ""), "1:161: " TOO_DEEP);
    check_refused(nested("", "[\n", 33, ""), "33:1: " TOO_DEEP);
    check_refused(nested("[it's, it's, ", "[", 32, ""), "1:45: " TOO_DEEP);
    check_refused(nested("[a # \"\n,", "[", 32, ""), "2:33: " TOO_DEEP);
    check_refused(nested("{'a''b': ", "[", 32, ""), "1:41: " TOO_DEEP);
    check_refused(nested("{\"a\\\"b\": ", "[", 32, ""), "1:41: " TOO_DEEP);
}

static void brackets_that_are_none_do_not_count(void **state)
{
    (void)state;
    check_passes(nested("# ", "[", 100, ""));
    check_passes(nested("a: b # ", "[", 100, ""));
    check_passes(nested("a: \"", "[", 100, "\""));
    check_passes(nested("a: '", "[", 100, "'"));
    check_passes(nested("a: 'it''s ", "[", 100, "'"));
    check_passes(nested("a: b", "[", 100, ""));
    check_passes(nested("[\"", "[", 100, "\"]"));
    check_passes(nested("[a, # ", "[", 100, "\n]"));
    check_passes(nested("a: ", "[]\nb: ", 100, ""));
    check_passes(nested("a: [", "[], ", 100, "]"));
    check_passes(nested("a: [", "{b: c}, ", 100, "]"));
}

static void a_line_is_one_that_could_stand_in_a_file(void **state)
{
    (void)state;
    static const char *const odd[] = {"a\nb",         "a\r",  "\ta",  "\x1b",          "\xc2\x85",
                                      "\xe2\x80\xa8", "\xc3", "\x7f", "a\xef\xbb\xbf", "\xc2\x9b"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        assert_false(source_is_one_line(odd[i], strlen(odd[i])));
    }
    assert_false(source_is_one_line("a\0b", 3));
    assert_true(source_is_one_line("", 0));
    assert_true(source_is_one_line("%a na\xc3\xafve \xf0\x9f\x98\x80", 14));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_passes),
        cmocka_unit_test(every_odd_character_is_refused_in_its_place),
        cmocka_unit_test(bytes_that_are_not_utf_8_are_refused),
        cmocka_unit_test(one_problem_a_line_and_ten_in_all_are_enough),
        cmocka_unit_test(brackets_that_nest_too_deeply_are_refused_in_their_place),
        cmocka_unit_test(brackets_that_are_none_do_not_count),
        cmocka_unit_test(a_line_is_one_that_could_stand_in_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
