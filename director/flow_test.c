/* flow_test.c: what is a flow and what is not, what is in it, and where it ends. */
#include "director/flow.h"

#include "director/director_test_support.h"

static bool measures(const char *text, uint32_t sequences)
{
    uint32_t tokens[TEST_TOKENS_MAX];
    uint32_t length = test_flow_parse(text, tokens);
    struct flow_measure measure;
    return flow_measure(tokens, length, &measure) && measure.sequences == sequences;
}

static bool is_flow(const uint32_t *tokens, uint32_t length)
{
    struct flow_measure measure;
    return flow_measure(tokens, length, &measure);
}

static void whole_flows_are_measured(void **state)
{
    (void)state;
    assert_true(measures("", 0));
    assert_true(measures("7", 0));
    assert_true(measures("[S]", 1));
    assert_true(measures("[C]", 0));
    assert_true(measures("[S 1 2 3]", 1));
    assert_true(measures("[C 1 2 3]", 0));
    assert_true(measures("[S 1 [C 2 [S 3 4] [S]] 5]", 3));
    assert_true(measures("[S [S [S [S]]] [C]]", 4));
}

static void a_flow_that_ends_too_early_is_none(void **state)
{
    (void)state;
    uint32_t tokens[TEST_TOKENS_MAX];
    uint32_t length = test_flow_parse("[S 1 [C 2 [S 3 4] [S]] 5]", tokens);
    for (uint32_t i = 1; i < length; i++) {
        assert_false(is_flow(tokens, i));
    }
    assert_true(is_flow(tokens, length));
}

static void what_follows_a_whole_flow_makes_it_none(void **state)
{
    (void)state;
    const uint32_t two_atoms[] = {1, 2};
    const uint32_t after_empty[] = {DIRECTOR_FLOW_SEQUENCE, 1};
    const uint32_t after_sequence[] = {DIRECTOR_FLOW_SEQUENCE | 1, 1, DIRECTOR_FLOW_CONCURRENCE};
    assert_false(is_flow(two_atoms, 2));
    assert_false(is_flow(after_empty, 2));
    assert_false(is_flow(after_sequence, 3));
}

static void an_atom_is_the_id_of_a_step(void **state)
{
    (void)state;
    const uint32_t zero[] = {0};
    const uint32_t greatest[] = {DIRECTOR_STEP_ID_MAX};
    const uint32_t too_great[] = {DIRECTOR_STEP_ID_MAX + 1};
    const uint32_t reserved[] = {0x7fffffffu};
    assert_false(is_flow(zero, 1));
    assert_true(is_flow(greatest, 1));
    assert_false(is_flow(too_great, 1));
    assert_false(is_flow(reserved, 1));
}

static void a_count_that_nothing_fulfils_is_no_flow(void **state)
{
    (void)state;
    const uint32_t many[] = {DIRECTOR_FLOW_SEQUENCE | DIRECTOR_FLOW_COUNT_MASK, 1, 2, 3};
    const uint32_t many_twice[] = {DIRECTOR_FLOW_SEQUENCE | DIRECTOR_FLOW_COUNT_MASK,
                                   DIRECTOR_FLOW_CONCURRENCE | DIRECTOR_FLOW_COUNT_MASK, 2, 3};
    assert_false(is_flow(many, 4));
    assert_false(is_flow(many_twice, 4));
}

static void flows_nest_as_deep_as_the_limit_and_no_deeper(void **state)
{
    (void)state;
    uint32_t tokens[DIRECTOR_FLOW_DEPTH_MAX + 2];
    for (uint32_t i = 0; i <= DIRECTOR_FLOW_DEPTH_MAX; i++) {
        tokens[i] = (i % 2 == 0 ? DIRECTOR_FLOW_SEQUENCE : DIRECTOR_FLOW_CONCURRENCE) | 1;
    }
    tokens[DIRECTOR_FLOW_DEPTH_MAX] = 1;
    assert_true(is_flow(tokens, DIRECTOR_FLOW_DEPTH_MAX + 1));
    tokens[DIRECTOR_FLOW_DEPTH_MAX] = DIRECTOR_FLOW_SEQUENCE | 1;
    tokens[DIRECTOR_FLOW_DEPTH_MAX + 1] = 1;
    assert_false(is_flow(tokens, DIRECTOR_FLOW_DEPTH_MAX + 2));
}

static void depth_is_counted_anew_beside_a_deep_flow(void **state)
{
    (void)state;
    struct test_text text = {0};
    test_text_append(&text, "[C");
    for (int branch = 0; branch < 3; branch++) {
        for (uint32_t i = 1; i < DIRECTOR_FLOW_DEPTH_MAX; i++) {
            test_text_append(&text, " [S");
        }
        test_text_append(&text, " %d", branch + 1);
        for (uint32_t i = 1; i < DIRECTOR_FLOW_DEPTH_MAX; i++) {
            test_text_append(&text, "]");
        }
    }
    test_text_append(&text, "]");
    assert_true(measures(text.text, 3 * (DIRECTOR_FLOW_DEPTH_MAX - 1)));
    test_text_free(&text);
}

static void only_a_flow_of_no_sub_flows_is_empty(void **state)
{
    (void)state;
    uint32_t tokens[8];
    assert_true(flow_empty(tokens, test_flow_parse("", tokens)));
    assert_true(flow_empty(tokens, test_flow_parse("[S]", tokens)));
    assert_true(flow_empty(tokens, test_flow_parse("[C]", tokens)));
    assert_false(flow_empty(tokens, test_flow_parse("3", tokens)));
    assert_false(flow_empty(tokens, test_flow_parse("[S 3]", tokens)));
    assert_false(flow_empty(tokens, test_flow_parse("[S [S]]", tokens)));
}

static void a_flow_is_skipped_with_all_that_is_in_it(void **state)
{
    (void)state;
    uint32_t tokens[16];
    /* 0:S 1:1 2:C 3:2 4:S 5:3 6:4 7:S 8:5 */
    assert_int_equal(test_flow_parse("[S 1 [C 2 [S 3 4] [S]] 5]", tokens), 9);
    assert_int_equal(flow_skip(tokens, 0), 9);
    assert_int_equal(flow_skip(tokens, 1), 2);
    assert_int_equal(flow_skip(tokens, 2), 8);
    assert_int_equal(flow_skip(tokens, 4), 7);
    assert_int_equal(flow_skip(tokens, 7), 8);
    assert_int_equal(flow_skip(tokens, 8), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_flows_are_measured),
        cmocka_unit_test(a_flow_that_ends_too_early_is_none),
        cmocka_unit_test(what_follows_a_whole_flow_makes_it_none),
        cmocka_unit_test(an_atom_is_the_id_of_a_step),
        cmocka_unit_test(a_count_that_nothing_fulfils_is_no_flow),
        cmocka_unit_test(flows_nest_as_deep_as_the_limit_and_no_deeper),
        cmocka_unit_test(depth_is_counted_anew_beside_a_deep_flow),
        cmocka_unit_test(only_a_flow_of_no_sub_flows_is_empty),
        cmocka_unit_test(a_flow_is_skipped_with_all_that_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
