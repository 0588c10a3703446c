/* escape_test.c: any bytes become JSON and XML that can be read, and text stays what it was. */
#include "sim/cli/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LOST "\xef\xbf\xbd"

static void assert_json(const char *string, const char *expected)
{
    struct case_text text = {0};
    escape_json(&text, string);
    assert_string_equal(case_text_bytes(&text), expected);
    case_text_free(&text);
}

static void assert_xml(const char *string, const char *expected)
{
    struct case_text text = {0};
    escape_xml(&text, string);
    assert_string_equal(case_text_bytes(&text), expected);
    case_text_free(&text);
}

static void nothing_is_null_and_an_empty_string_is_one(void **state)
{
    (void)state;
    assert_json(NULL, "null");
    assert_json("", "\"\"");
    assert_xml("", "");
}

static void what_json_reserves_is_escaped(void **state)
{
    (void)state;
    assert_json("a \"b\" \\c\n\t\x01", "\"a \\\"b\\\" \\\\c\\n\\u0009\\u0001\"");
    assert_json("<&>'", "\"<&>'\"");
}

static void what_xml_reserves_is_escaped_and_controls_are_lost(void **state)
{
    (void)state;
    assert_xml("<a href=\"b\">'&'</a>\n", "&lt;a href=&quot;b&quot;&gt;'&amp;'&lt;/a&gt;&#10;");
    assert_xml("a\x01z\x1f", "a" LOST "z" LOST);
    assert_xml("a\xef\xbf\xbe\xef\xbf\xbfz", "a" LOST LOST "z");
}

static void characters_of_every_length_stay(void **state)
{
    (void)state;
    assert_json("\x7f \xc3\xbc \xe2\x82\xac \xf0\x9f\x99\x82", "\"\x7f \xc3\xbc \xe2\x82\xac "
                                                               "\xf0\x9f\x99\x82\"");
    assert_xml("\xed\x9f\xbf \xee\x80\x80 \xf4\x8f\xbf\xbd", "\xed\x9f\xbf \xee\x80\x80 "
                                                             "\xf4\x8f\xbf\xbd");
}

static void bytes_that_are_no_character_are_lost(void **state)
{
    (void)state;
    assert_json("\xff", "\"" LOST "\"");
    assert_json("a\x80z", "\"a" LOST "z\"");
    assert_json("cut \xe2\x82", "\"cut " LOST LOST "\"");
    assert_json("cut \xf0\x9f\x99", "\"cut " LOST LOST LOST "\"");
    assert_json("\xc0\xaf \xc1\xbf", "\"" LOST LOST " " LOST LOST "\"");
    assert_json("\xe0\x80\x80", "\"" LOST LOST LOST "\"");
    assert_json("\xf0\x8f\xbf\xbf", "\"" LOST LOST LOST LOST "\"");
    assert_json("\xed\xa0\x80", "\"" LOST LOST LOST "\"");
    assert_json("\xf4\x90\x80\x80", "\"" LOST LOST LOST LOST "\"");
    assert_json("\xf5\x80\x80\x80", "\"" LOST LOST LOST LOST "\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_null_and_an_empty_string_is_one),
        cmocka_unit_test(what_json_reserves_is_escaped),
        cmocka_unit_test(what_xml_reserves_is_escaped_and_controls_are_lost),
        cmocka_unit_test(characters_of_every_length_stay),
        cmocka_unit_test(bytes_that_are_no_character_are_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
