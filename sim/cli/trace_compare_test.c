/* trace_compare_test.c: where two traces part is found, to the line. */
#include "sim/cli/trace_compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Compare, each trace given in pieces of whole lines that NULL ends, and describe. */
static void assert_described(const char *const *first, const char *const *second,
                             const char *expected)
{
    struct trace_compare compare = {0};
    struct case_text text = {0};
    for (; *first != NULL; first++) {
        assert_true(trace_compare_keep(&compare, *first, strlen(*first)));
    }
    for (; *second != NULL; second++) {
        trace_compare_against(&compare, *second, strlen(*second));
    }
    trace_compare_describe(&compare, &text);
    assert_string_equal(case_text_bytes(&text), expected);
    assert_int_equal(trace_compare_same(&compare), expected[0] == '\0');
    case_text_free(&text);
    trace_compare_clear(&compare);
}

#define PIECES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING ((const char *const[]){NULL})

static void equal_traces_do_not_part(void **state)
{
    (void)state;
    assert_described(NOTHING, NOTHING, "");
    assert_described(PIECES("a\n"), PIECES("a\n"), "");
    assert_described(PIECES("a\nb\n", "c\n"), PIECES("a\n", "b\nc\n"), "");
}

static void the_line_that_differs_is_told_of_both(void **state)
{
    (void)state;
    assert_described(PIECES("one\ntwo\nthree\n"), PIECES("one\ntwi\nthree\n"),
                     "the traces of the two runs part at line 2\n  first:  two\n  second: twi");
    assert_described(PIECES("one\ntwo\n"), PIECES("one\n", "two and more\n"),
                     "the traces of the two runs part at line 2\n  first:  two\n"
                     "  second: two and more");
    assert_described(PIECES("x\n"), PIECES("y\n"),
                     "the traces of the two runs part at line 1\n  first:  x\n  second: y");
}

static void a_trace_that_ends_first_is_told(void **state)
{
    (void)state;
    assert_described(PIECES("one\ntwo\n"), PIECES("one\n"),
                     "the traces of the two runs part at line 2\n  first:  two\n"
                     "  second: (it has ended)");
    assert_described(PIECES("one\n"), PIECES("one\ntwo\n"),
                     "the traces of the two runs part at line 2\n  first:  (it has ended)\n"
                     "  second: two");
    assert_described(NOTHING, PIECES("one\n"),
                     "the traces of the two runs part at line 1\n  first:  (it has ended)\n"
                     "  second: one");
}

static void only_the_first_difference_counts(void **state)
{
    (void)state;
    assert_described(PIECES("a\nb\nc\n"), PIECES("a\n", "x\n", "y\n", "z\n"),
                     "the traces of the two runs part at line 2\n  first:  b\n  second: x");
}

static void a_long_trace_is_kept_whole(void **state)
{
    (void)state;
    static char line[70001];
    struct trace_compare compare = {0};
    memset(line, 'x', sizeof(line));
    line[sizeof(line) - 1] = '\n';
    for (int i = 0; i < 20; i++) {
        assert_true(trace_compare_keep(&compare, line, sizeof(line)));
    }
    for (int i = 0; i < 20; i++) {
        trace_compare_against(&compare, line, sizeof(line));
    }
    assert_true(trace_compare_same(&compare));
    trace_compare_clear(&compare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_traces_do_not_part),
        cmocka_unit_test(the_line_that_differs_is_told_of_both),
        cmocka_unit_test(a_trace_that_ends_first_is_told),
        cmocka_unit_test(only_the_first_difference_counts),
        cmocka_unit_test(a_long_trace_is_kept_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
