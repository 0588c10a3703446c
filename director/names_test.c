/* names_test.c: every word has the name that Dynflow, the database and the conformance cases give
 * it; what is no word is "?". */
#include "director/director_test_support.h"

static void states_of_plans_are_named_as_dynflow_names_them(void **state)
{
    (void)state;
    static const char *const names[DIRECTOR_PLAN_STATES] = {
        "pending", "scheduled", "planning", "planned", "running", "paused", "stopped"};
    for (int i = 0; i < DIRECTOR_PLAN_STATES; i++) {
        assert_string_equal(director_plan_state_name((enum director_plan_state)i), names[i]);
    }
    assert_string_equal(director_plan_state_name((enum director_plan_state)DIRECTOR_PLAN_STATES),
                        "?");
}

static void results_are_named_as_dynflow_names_them(void **state)
{
    (void)state;
    static const char *const names[DIRECTOR_RESULTS] = {"pending", "success", "warning", "error",
                                                        "cancelled"};
    for (int i = 0; i < DIRECTOR_RESULTS; i++) {
        assert_string_equal(director_result_name((enum director_result)i), names[i]);
    }
    assert_string_equal(director_result_name((enum director_result)DIRECTOR_RESULTS), "?");
}

static void steps_are_named_by_their_phase(void **state)
{
    (void)state;
    static const char *const names[DIRECTOR_STEP_KINDS] = {"plan", "run", "finalize"};
    for (int i = 0; i < DIRECTOR_STEP_KINDS; i++) {
        assert_string_equal(director_step_kind_name((enum director_step_kind)i), names[i]);
    }
    assert_string_equal(director_step_kind_name((enum director_step_kind)DIRECTOR_STEP_KINDS), "?");
}

static void states_of_steps_are_named_as_dynflow_names_them(void **state)
{
    (void)state;
    static const char *const names[DIRECTOR_STEP_STATES] = {"scheduling", "pending",   "running",
                                                            "success",    "suspended", "skipping",
                                                            "skipped",    "error",     "cancelled"};
    for (int i = 0; i < DIRECTOR_STEP_STATES; i++) {
        assert_string_equal(director_step_state_name((enum director_step_state)i), names[i]);
    }
    assert_string_equal(director_step_state_name((enum director_step_state)DIRECTOR_STEP_STATES),
                        "?");
}

static void strategies_are_named(void **state)
{
    (void)state;
    assert_string_equal(director_rescue_strategy_name(DIRECTOR_RESCUE_NONE), "none");
    assert_string_equal(director_rescue_strategy_name(DIRECTOR_RESCUE_SKIP), "skip");
    assert_string_equal(director_rescue_strategy_name(DIRECTOR_RESCUE_PAUSE), "pause");
    assert_string_equal(director_rescue_strategy_name(DIRECTOR_RESCUE_FAIL), "fail");
    assert_string_equal(director_rescue_strategy_name((enum director_rescue_strategy)4), "?");
}

static void answers_are_named(void **state)
{
    (void)state;
    static const char *const names[DIRECTOR_STATUSES] = {
        "ok",         "persistence", "persistence_fatal", "unhandled",
        "no_manager", "missing",     "internal",          "no_memory"};
    for (int i = 0; i < DIRECTOR_STATUSES; i++) {
        assert_string_equal(director_status_name((enum director_status)i), names[i]);
    }
    assert_string_equal(director_status_name((enum director_status)DIRECTOR_STATUSES), "?");
}

static void reasons_are_named_and_none_is_forgotten(void **state)
{
    (void)state;
    static const char *const names[] = {
        "none",          "already_running", "stopped", "inhibited",  "persistence", "no_manager",
        "not_suspended", "halted",          "dropped", "terminated", "missing",     "broken"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_string_equal(director_reason_name((enum director_reason)i), names[i]);
    }
    assert_int_equal(sizeof(names) / sizeof(names[0]), DIRECTOR_REASONS);
    assert_string_equal(director_reason_name((enum director_reason)DIRECTOR_REASONS), "?");
}

static void work_is_named_by_its_kind(void **state)
{
    (void)state;
    assert_string_equal(director_work_kind_name(DIRECTOR_WORK_RUN), "run");
    assert_string_equal(director_work_kind_name(DIRECTOR_WORK_EVENT), "event");
    assert_string_equal(director_work_kind_name(DIRECTOR_WORK_FINALIZE), "finalize");
    assert_string_equal(director_work_kind_name(DIRECTOR_WORK_PLANNING), "planning");
    assert_string_equal(director_work_kind_name((enum director_work_kind)4), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_of_plans_are_named_as_dynflow_names_them),
        cmocka_unit_test(results_are_named_as_dynflow_names_them),
        cmocka_unit_test(steps_are_named_by_their_phase),
        cmocka_unit_test(states_of_steps_are_named_as_dynflow_names_them),
        cmocka_unit_test(strategies_are_named),
        cmocka_unit_test(answers_are_named),
        cmocka_unit_test(reasons_are_named_and_none_is_forgotten),
        cmocka_unit_test(work_is_named_by_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
