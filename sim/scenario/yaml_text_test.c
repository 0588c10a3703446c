/* yaml_text_test.c: texts in quotes. */
#include "sim/scenario/yaml_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check_double(const char *raw, const char *expected, size_t expected_length)
{
    char text[200];
    size_t length = 0;
    assert_true(yaml_text_double_quoted(raw, strlen(raw), text, &length));
    assert_int_equal(length, expected_length);
    assert_memory_equal(text, expected, expected_length);
}

static void single_quotes_are_doubled_to_stand_for_themselves(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"", ""},    {"plain", "plain"}, {"it''s", "it's"},
        {"''", "'"}, {"''''", "''"},     {"\\n", "\\n"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[20];
        size_t length = yaml_text_single_quoted(texts[i][0], strlen(texts[i][0]), text);
        assert_int_equal(length, strlen(texts[i][1]));
        assert_memory_equal(text, texts[i][1], length);
    }
}

static void every_escape_of_yaml_is_its_character(void **state)
{
    (void)state;
    check_double("", "", 0);
    check_double("a b", "a b", 3);
    check_double("\\0\\a\\b\\t\\n\\v\\f\\r\\e", "\0\a\b\t\n\v\f\r\x1b", 9);
    check_double("\\ \\\"\\/\\\\", " \"/\\", 4);
    check_double("\\N\\_\\L\\P", "\xc2\x85\xc2\xa0\xe2\x80\xa8\xe2\x80\xa9", 10);
    check_double("\\x41\\xe9\\u20aC\\U0001f600", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10);
}

static void a_pair_of_surrogates_is_one_character(void **state)
{
    (void)state;
    check_double("\\ud83d\\ude00!", "\xf0\x9f\x98\x80!", 5);
}

static void what_is_no_escape_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"\\",       "\\q",         "\\x4",          "\\xzz",
                                        "\\u123",   "\\U0011ffff", "\\ud83d",       "\\ude00",
                                        "\\ud83dx", "\\ud83d\\n",  "\\ud83d\\u0041"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[40];
        size_t length;
        assert_false(yaml_text_double_quoted(texts[i], strlen(texts[i]), text, &length));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_quotes_are_doubled_to_stand_for_themselves),
        cmocka_unit_test(every_escape_of_yaml_is_its_character),
        cmocka_unit_test(a_pair_of_surrogates_is_one_character),
        cmocka_unit_test(what_is_no_escape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
