/* vocabulary_test.c: the tables of faults are whole and fit together. */
#include "sim/scenario/vocabulary.h"

#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_site_has_a_name_a_sentence_and_errors(void **state)
{
    (void)state;
    for (uint32_t site = 0; site < SCENARIO_FAULT_SITES; site++) {
        assert_non_null(fault_sites[site].name);
        assert_true(strlen(fault_sites[site].sentence) > 0);
        assert_true(fault_sites[site].errors != 0);
        assert_true(fault_sites[site].errors < 1u << SCENARIO_FAULT_ERRORS);
        for (uint32_t other = 0; other < site; other++) {
            assert_string_not_equal(fault_sites[site].name, fault_sites[other].name);
        }
    }
}

static void every_error_has_a_name_a_sentence_and_a_site(void **state)
{
    (void)state;
    for (uint32_t error = 0; error < SCENARIO_FAULT_ERRORS; error++) {
        assert_non_null(fault_errors[error].name);
        assert_true(strlen(fault_errors[error].sentence) > 0);
        assert_true(fault_errors[error].takes_for || !fault_errors[error].needs_for);
        bool known = false;
        for (uint32_t site = 0; site < SCENARIO_FAULT_SITES; site++) {
            known = known || (fault_sites[site].errors & 1u << error) != 0;
        }
        assert_true(known);
        for (uint32_t other = 0; other < error; other++) {
            assert_string_not_equal(fault_errors[error].name, fault_errors[other].name);
        }
    }
}

static void a_site_that_takes_a_step_takes_its_plan(void **state)
{
    (void)state;
    for (uint32_t site = 0; site < SCENARIO_FAULT_SITES; site++) {
        if ((fault_sites[site].takes & FAULT_TAKES_STEP) != 0) {
            assert_true((fault_sites[site].takes & FAULT_TAKES_PLAN) != 0);
        }
    }
}

static void all_defects_are_one_bit_each(void **state)
{
    (void)state;
    struct scenario_vocabularies vocabularies = test_vocabularies;
    assert_true(scenario_all_defects(&vocabularies) == 7);
    vocabularies.defects.count = 0;
    assert_true(scenario_all_defects(&vocabularies) == 0);
    vocabularies.defects.count = SCENARIO_DEFECTS_MAX;
    assert_true(scenario_all_defects(&vocabularies) == UINT64_MAX);
}

static void check_vocabulary(const struct vocabulary *vocabulary)
{
    for (uint32_t i = 0; i < vocabulary->count; i++) {
        assert_true(strlen(vocabulary->entries[i].name) > 0);
        assert_true(strlen(vocabulary->entries[i].name) <= SCENARIO_NAME_MAX);
        for (uint32_t other = 0; other < i; other++) {
            assert_string_not_equal(vocabulary->entries[i].name, vocabulary->entries[other].name);
        }
    }
}

static void the_real_vocabularies_have_each_name_once(void **state)
{
    (void)state;
    const struct scenario_vocabularies real = scenario_vocabularies_real();
    check_vocabulary(&real.marks);
    check_vocabulary(&real.invariants);
    check_vocabulary(&real.defects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_site_has_a_name_a_sentence_and_errors),
        cmocka_unit_test(every_error_has_a_name_a_sentence_and_a_site),
        cmocka_unit_test(a_site_that_takes_a_step_takes_its_plan),
        cmocka_unit_test(all_defects_are_one_bit_each),
        cmocka_unit_test(the_real_vocabularies_have_each_name_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
