/* problem_list_test.c: problems come out in the order of their places, the first hundred of them.
 */
#include "sim/scenario/problem_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct scenario_position at(uint32_t line, uint32_t column)
{
    return (struct scenario_position){.line = line, .column = column};
}

static void problems_are_sorted_by_place_and_then_as_they_came(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct problem_list list;
    problem_list_start(&list, memory);
    problem_list_add(&list, at(3, 1), "d");
    problem_list_add(&list, at(1, 9), "b");
    problem_list_add(&list, at(1, 2), "a");
    problem_list_add(&list, at(1, 9), "c%d", 1);
    problem_list_finish(&list);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.total, 4);
    assert_string_equal(list.problems[0].message, "a");
    assert_string_equal(list.problems[1].message, "b");
    assert_string_equal(list.problems[2].message, "c1");
    assert_string_equal(list.problems[3].message, "d");
    scenario_memory_destroy(memory);
}

static void only_the_first_hundred_places_are_told(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct problem_list list;
    problem_list_start(&list, memory);
    for (uint32_t line = 300; line > 0; line--) {
        assert_true(problem_list_wants(&list, at(line, 1)));
        problem_list_add(&list, at(line, 1), "line %u", line);
    }
    assert_false(problem_list_wants(&list, at(200, 1)));
    problem_list_add(&list, at(200, 1), "too late");
    problem_list_finish(&list);
    assert_int_equal(list.count, SCENARIO_PROBLEMS_MAX + 1);
    for (uint32_t i = 0; i < SCENARIO_PROBLEMS_MAX; i++) {
        assert_int_equal(list.problems[i].position.line, i + 1);
    }
    assert_int_equal(list.problems[SCENARIO_PROBLEMS_MAX].position.line, 101);
    assert_string_equal(list.problems[SCENARIO_PROBLEMS_MAX].message, "... and 201 more");
    scenario_memory_destroy(memory);
}

static void just_a_hundred_need_no_last_line(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct problem_list list;
    problem_list_start(&list, memory);
    for (uint32_t line = 1; line <= SCENARIO_PROBLEMS_MAX; line++) {
        problem_list_add(&list, at(line, 1), "line %u", line);
    }
    problem_list_finish(&list);
    assert_int_equal(list.count, SCENARIO_PROBLEMS_MAX);
    assert_string_equal(list.problems[99].message, "line 100");
    scenario_memory_destroy(memory);
}

static void a_long_message_is_cut(void **state)
{
    (void)state;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    struct problem_list list;
    problem_list_start(&list, memory);
    problem_list_add(&list, at(1, 1), "%5000d", 1);
    assert_int_equal(strlen(list.problems[0].message), PROBLEM_MESSAGE_MAX - 1);
    scenario_memory_destroy(memory);
}

static void without_memory_a_problem_is_counted_all_the_same(void **state)
{
    (void)state;
    struct scenario_memory_fault fault = {.left = 2};
    struct scenario_memory *memory = scenario_memory_create(NULL, &fault);
    struct problem_list list;
    problem_list_start(&list, memory);
    problem_list_add(&list, at(1, 1), "lost");
    assert_int_equal(list.count, 0);
    assert_int_equal(list.total, 1);
    assert_true(scenario_memory_failed(memory));
    scenario_memory_destroy(memory);
}

static void text_from_a_file_is_made_fit_for_a_message(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"", "''"},
        {"abc", "'abc'"},
        {"two\nlines", "'two\\x0alines'"},
        {"\x7f\x1b[31m", "'\\x7f\\x1b[31m'"},
        {"na\xc3\xafve", "'na\xc3\xafve'"},
        {"123456789012345678901234567890123456789012345678",
         "'123456789012345678901234567890123456789012345678'"},
        {"1234567890123456789012345678901234567890123456789",
         "'123456789012345678901234567890123456789012345678...'"},
        {"12345678901234567890123456789012345678901234567\xc3\xaf",
         "'12345678901234567890123456789012345678901234567...'"},
        {"\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1",
         "'\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01\\x01...'"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_string_equal(problem_quote(texts[i][0], strlen(texts[i][0])).text, texts[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_sorted_by_place_and_then_as_they_came),
        cmocka_unit_test(only_the_first_hundred_places_are_told),
        cmocka_unit_test(just_a_hundred_need_no_last_line),
        cmocka_unit_test(a_long_message_is_cut),
        cmocka_unit_test(without_memory_a_problem_is_counted_all_the_same),
        cmocka_unit_test(text_from_a_file_is_made_fit_for_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
