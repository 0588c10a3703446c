/* scenario_reader_test.c: what valid files are read as, key by key. */
#include "sim/scenario/scenario_reader.h"

#include "sim/scenario/scenario_equal.h"
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MS UINT64_C(1000)
#define SECOND UINT64_C(1000000)
#define SUCCESS SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS)
#define ERROR SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_ERROR)
#define SUSPEND SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUSPEND)

static void check_sets(const struct scenario_outcomes *outcomes, uint32_t count,
                       const uint8_t *sets)
{
    assert_int_equal(outcomes->count, count);
    assert_memory_equal(outcomes->sets, sets, count);
}

static void check_tokens(const uint32_t *flow, uint32_t length, const uint32_t *expected,
                         uint32_t expected_length)
{
    assert_int_equal(length, expected_length);
    assert_memory_equal(flow, expected, expected_length * sizeof expected[0]);
}

static void the_example_of_the_design_loads_unchanged(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_example, &reading);
    assert_string_equal(scenario->file, "test.yaml");
    assert_string_equal(scenario->name, "a skipped step lets its plan go on");
    assert_int_equal(scenario->seed, 7);
    assert_int_equal(scenario->plan_count, 1);
    const struct scenario_plan *plan = &scenario->plans[0];
    assert_string_equal(plan->name, "import");
    assert_int_equal(plan->step_count, 4);
    const uint32_t run[] = {DIRECTOR_FLOW_SEQUENCE | 3, 1, DIRECTOR_FLOW_CONCURRENCE | 2, 2, 3, 4};
    check_tokens(plan->run_flow, plan->run_flow_length, run, 6);
    const uint32_t finalize[] = {DIRECTOR_FLOW_SEQUENCE | 1, 4};
    check_tokens(plan->finalize_flow, plan->finalize_flow_length, finalize, 2);
    const struct scenario_step *check = &plan->steps[1];
    assert_string_equal(check->name, "check");
    assert_int_equal(check->takes.min, 1 * MS);
    assert_int_equal(check->takes.max, 20 * MS);
    check_sets(&check->run, 2, (const uint8_t[]){ERROR, SUCCESS});
    assert_int_equal(check->rescue, DIRECTOR_RESCUE_SKIP);
    assert_true(check->accepts_events);
    assert_true(check->in_run && !check->in_finalize);
    assert_int_equal(plan->steps[3].requires_count, 1);
    assert_int_equal(plan->steps[3].requires[0], 2);
    assert_true(plan->steps[3].in_run && plan->steps[3].in_finalize);
    assert_int_equal(scenario->event_count, 4);
    assert_int_equal(scenario->events[2].when.kind, SCENARIO_AFTER_STEP);
    assert_int_equal(scenario->events[2].when.step, 2);
    assert_int_equal(scenario->events[2].when.delay, 3 * MS);
    assert_int_equal(scenario->fault_count, 3);
    assert_int_equal(scenario->faults[1].error, SCENARIO_ERROR_DIES);
    assert_int_equal(scenario->faults[1].plan, 0);
    assert_int_equal(scenario->faults[1].step, 1);
    assert_int_equal(scenario->expectation_count, 4);
    scenario_reading_free(&reading);
}

static void what_is_not_told_has_its_default(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario("scenario: x\n"
                                                    "plans: {p: {run: [a, b]}}\n",
                                                    &reading);
    const struct scenario_world *world = &scenario->world;
    assert_int_equal(scenario->seed, 0);
    assert_int_equal(scenario->until, 86400 * SECOND);
    assert_true(world->auto_rescue);
    assert_false(world->auto_execute);
    assert_int_equal(world->defects, 0);
    assert_int_equal(world->worlds, 1);
    assert_int_equal(world->queue_count, 1);
    assert_string_equal(world->queues[0].name, "default");
    assert_int_equal(world->queues[0].workers, 5);
    assert_int_equal(world->latency.max, 0);
    assert_int_equal(world->termination_timeout, 10 * SECOND);
    assert_int_equal(world->validity_check, 0);
    const struct scenario_plan *plan = &scenario->plans[0];
    assert_int_equal(plan->state, DIRECTOR_PLAN_PLANNED);
    assert_int_equal(plan->rescue, DIRECTOR_RESCUE_PAUSE);
    assert_int_equal(plan->finalize_flow_length, 0);
    const struct scenario_step *step = &plan->steps[1];
    assert_string_equal(step->name, "b");
    assert_int_equal(step->takes.min, 1 * MS);
    assert_int_equal(step->finalize_takes.max, 1 * MS);
    check_sets(&step->run, 1, (const uint8_t[]){SUCCESS});
    check_sets(&step->finalize, 1, (const uint8_t[]){SUCCESS});
    check_sets(&step->skip, 1, (const uint8_t[]){SUCCESS});
    assert_int_equal(step->rescue, DIRECTOR_RESCUE_PAUSE);
    assert_int_equal(step->queue, 0);
    assert_int_equal(step->planned_by, SCENARIO_NONE);
    scenario_reading_free(&reading);
}

static void the_world_is_read_with_all_its_keys(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    const struct scenario_world *world = &scenario->world;
    assert_true(scenario->seed == UINT64_MAX);
    assert_int_equal(scenario->until, 7200 * SECOND);
    assert_false(world->auto_rescue);
    assert_true(world->auto_execute);
    assert_int_equal(world->defects, 5);
    assert_int_equal(world->worlds, 2);
    assert_int_equal(world->queue_count, 3);
    assert_string_equal(world->queues[0].name, "default");
    assert_int_equal(world->queues[0].workers, 3);
    assert_string_equal(world->queues[1].name, "slow");
    assert_int_equal(world->queues[1].workers, 1);
    assert_int_equal(world->queues[2].workers, 0);
    assert_int_equal(world->latency.min, 10);
    assert_int_equal(world->latency.max, 2 * MS);
    assert_int_equal(world->termination_timeout, 30 * SECOND);
    assert_int_equal(world->validity_check, 60 * SECOND);
    scenario_reading_free(&reading);
}

static void a_faithful_director_has_every_defect(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario =
        test_scenario("{scenario: x, world: {director: faithful}}", &reading);
    assert_int_equal(scenario->world.defects, 7);
    scenario_reading_free(&reading);
}

static void plans_and_steps_are_read_with_all_their_keys(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    assert_int_equal(scenario->plan_count, 5);
    const struct scenario_plan *plan = &scenario->plans[0];
    assert_int_equal(plan->rescue, DIRECTOR_RESCUE_FAIL);
    assert_int_equal(plan->step_count, 7);
    const uint32_t run[] = {DIRECTOR_FLOW_SEQUENCE | 3,
                            2,
                            DIRECTOR_FLOW_CONCURRENCE | 2,
                            DIRECTOR_FLOW_SEQUENCE | 2,
                            3,
                            4,
                            5,
                            6};
    check_tokens(plan->run_flow, plan->run_flow_length, run, 8);
    const uint32_t finalize[] = {DIRECTOR_FLOW_CONCURRENCE | 2, 6, 7};
    check_tokens(plan->finalize_flow, plan->finalize_flow_length, finalize, 3);
    const struct scenario_step *steps = plan->steps;
    assert_false(steps[0].in_run || steps[0].in_finalize);
    assert_int_equal(steps[1].planned_by, 0);
    assert_int_equal(steps[1].queue, 1);
    check_sets(&steps[2].run, 1, (const uint8_t[]){SUCCESS | ERROR | SUSPEND});
    check_sets(&steps[2].skip, 2, (const uint8_t[]){ERROR, SUCCESS});
    check_sets(&steps[3].run, 2, (const uint8_t[]){SUCCESS | ERROR, SUSPEND});
    assert_int_equal(steps[3].requires[0], 2);
    assert_int_equal(steps[3].requires[1], 1);
    assert_int_equal(steps[4].planned_by, 3);
    check_sets(&steps[5].finalize, 2, (const uint8_t[]){ERROR, SUCCESS | ERROR});
    assert_int_equal(steps[5].finalize_takes.max, 86400 * SECOND);
    const struct scenario_plan *later = &scenario->plans[1];
    assert_int_equal(later->state, DIRECTOR_PLAN_SCHEDULED);
    assert_true(later->has_start_at && later->start_at == SECOND);
    assert_true(later->has_start_before && later->start_before == 3600 * SECOND);
    assert_int_equal(later->after_count, 2);
    assert_int_equal(later->after[0], 0);
    assert_int_equal(later->after[1], 2);
    check_sets(&later->planning, 2, (const uint8_t[]){ERROR, SUCCESS | ERROR});
    const uint32_t atom[] = {1};
    check_tokens(later->run_flow, later->run_flow_length, atom, 1);
    assert_int_equal(scenario->plans[4].step_count, 0);
    scenario_reading_free(&reading);
}

static void events_are_read_with_all_their_keys(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    const struct scenario_event *events = scenario->events;
    assert_int_equal(scenario->event_count, 12);
    assert_int_equal(events[0].kind, SCENARIO_START);
    assert_int_equal(events[1].kind, SCENARIO_EVENT);
    assert_int_equal(events[1].when.at, 1);
    assert_int_equal(events[1].plan, 0);
    assert_string_equal(events[1].name, "one");
    assert_int_equal(events[1].request, 0);
    assert_true(events[2].optional);
    assert_int_equal(events[2].request, 7);
    assert_true(events[3].when.finalize);
    assert_int_equal(events[3].when.nth, 2);
    assert_int_equal(events[3].when.step_state, DIRECTOR_STEP_SUCCESS);
    assert_int_equal(events[4].kind, SCENARIO_HALT);
    assert_int_equal(events[4].when.kind, SCENARIO_AFTER_PLAN);
    assert_int_equal(events[4].when.plan_state, DIRECTOR_PLAN_PAUSED);
    assert_int_equal(events[4].when.delay, 5 * MS);
    assert_int_equal(events[5].kind, SCENARIO_DELETE);
    assert_int_equal(events[5].when.kind, SCENARIO_AFTER_EVENT);
    assert_int_equal(events[5].when.event, 1);
    assert_int_equal(events[6].kind, SCENARIO_DELETE_STEPS);
    assert_int_equal(events[6].when.kind, SCENARIO_AFTER_FUTURE);
    assert_int_equal(events[6].when.nth, 2);
    assert_int_equal(events[7].kind, SCENARIO_START_WORLD);
    assert_int_equal(events[7].world, 3);
    assert_int_equal(events[8].kind, SCENARIO_TERMINATE);
    assert_int_equal(events[8].world, 1);
    assert_int_equal(events[9].kind, SCENARIO_CRASH);
    assert_int_equal(events[10].kind, SCENARIO_CHECK_WORLDS);
    assert_int_equal(events[11].kind, SCENARIO_HEAL);
    scenario_reading_free(&reading);
}

static void faults_are_read_with_all_their_keys(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    const struct scenario_fault *faults = scenario->faults;
    assert_int_equal(scenario->fault_count, 13);
    assert_int_equal(faults[0].site, SCENARIO_ON_LOAD_PLAN);
    assert_int_equal(faults[0].world, 2);
    assert_int_equal(faults[0].error, SCENARIO_ERROR_NOT_FOUND);
    assert_int_equal(faults[0].timing, SCENARIO_FAULT_NTH);
    assert_int_equal(faults[0].nth, 1);
    assert_int_equal(faults[0].times, 1);
    assert_true(faults[1].after && faults[1].has_to);
    assert_int_equal(faults[1].to_plan, DIRECTOR_PLAN_PAUSED);
    assert_int_equal(faults[1].nth, 3);
    assert_true(faults[1].times == SCENARIO_UNTIL_HEALED);
    assert_true(faults[2].finalize && faults[2].has_to);
    assert_int_equal(faults[2].to_step, DIRECTOR_STEP_ERROR);
    assert_int_equal(faults[2].step, 5);
    assert_int_equal(faults[3].timing, SCENARIO_FAULT_CHANCE);
    assert_int_equal(faults[3].chance_numerator, 1);
    assert_int_equal(faults[3].chance_denominator, 1000000);
    assert_int_equal(faults[3].times, 2);
    assert_int_equal(faults[4].timing, SCENARIO_FAULT_WHEN);
    assert_int_equal(faults[4].trigger.at, 5 * MS);
    assert_int_equal(faults[5].trigger.kind, SCENARIO_AFTER_STEP);
    assert_int_equal(faults[5].trigger.delay, 1 * MS);
    assert_int_equal(faults[6].queue, 1);
    assert_int_equal(faults[6].duration, 5 * SECOND);
    assert_int_equal(faults[7].plan, SCENARIO_NONE);
    assert_int_equal(faults[8].error, SCENARIO_ERROR_DIES);
    assert_int_equal(faults[10].world, 3);
    assert_int_equal(faults[11].queue, 1);
    assert_false(faults[12].after);
    scenario_reading_free(&reading);
}

static void expectations_come_in_the_order_of_the_sections(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_everything, &reading);
    const struct scenario_expectation *expected = scenario->expectations;
    const enum scenario_expectation_kind kinds[] = {
        SCENARIO_EXPECT_PLAN,     SCENARIO_EXPECT_PLAN,   SCENARIO_EXPECT_PLAN,
        SCENARIO_EXPECT_STEP,     SCENARIO_EXPECT_STEP,   SCENARIO_EXPECT_STEP,
        SCENARIO_EXPECT_STEP,     SCENARIO_EXPECT_FUTURE, SCENARIO_EXPECT_EVENT,
        SCENARIO_EXPECT_EVENT,    SCENARIO_EXPECT_MARK,   SCENARIO_EXPECT_MARK,
        SCENARIO_EXPECT_VIOLATES, SCENARIO_EXPECT_RUNS,   SCENARIO_EXPECT_RUNS,
    };
    assert_int_equal(scenario->expectation_count, sizeof kinds / sizeof kinds[0]);
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        assert_int_equal(expected[i].kind, kinds[i]);
    }
    assert_true(expected[0].has_state && expected[0].has_result && !expected[0].missing);
    assert_true(expected[1].missing && !expected[1].has_state);
    assert_true(!expected[2].has_state && expected[2].has_result);
    assert_int_equal(expected[4].step_state, DIRECTOR_STEP_SKIPPED);
    assert_true(expected[6].finalize);
    assert_int_equal(expected[7].future, SCENARIO_FUTURE_REJECTED);
    assert_int_equal(expected[7].reason, DIRECTOR_REASON_ALREADY_RUNNING);
    assert_int_equal(expected[8].event, 1);
    assert_int_equal(expected[9].reason, DIRECTOR_REASON_NONE);
    assert_int_equal(expected[10].name, 1);
    assert_int_equal(expected[12].name, 1);
    assert_int_equal(expected[13].runs, 1);
    assert_int_equal(expected[14].runs, 0);
    assert_true(scenario->shows.there);
    assert_int_equal(scenario->shows.defect, 1);
    assert_int_equal(scenario->shows.violates, 3);
    assert_int_equal(scenario->choice_count, 2);
    assert_string_equal(scenario->choices[1].site, "latency/-/-/17/3");
    assert_true(scenario->choices[1].value == UINT64_MAX);
    scenario_reading_free(&reading);
}

static void positions_are_kept_for_messages_at_run_time(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario = test_scenario(test_example, &reading);
    assert_int_equal(scenario->plans[0].position.line, 6);
    assert_int_equal(scenario->plans[0].position.column, 3);
    assert_int_equal(scenario->plans[0].steps[1].position.line, 11);
    assert_int_equal(scenario->plans[0].steps[1].position.column, 7);
    assert_int_equal(scenario->events[3].position.line, 18);
    assert_int_equal(scenario->events[3].position.column, 5);
    assert_int_equal(scenario->faults[2].position.line, 22);
    assert_int_equal(scenario->expectations[3].position.line, 27);
    scenario_reading_free(&reading);
}

static void a_file_in_json_is_the_same_scenario(void **state)
{
    (void)state;
    struct scenario_reading yaml;
    struct scenario_reading json;
    test_scenario("scenario: x\n"
                  "seed: 3\n"
                  "plans:\n"
                  "  p:\n"
                  "    run: [a, {concurrence: [b, c]}]\n"
                  "    steps:\n"
                  "      a: {takes: 2ms, run: [error, success]}\n"
                  "events:\n"
                  "  - {at: 0ms, start: p}\n",
                  &yaml);
    test_scenario("{\"scenario\":\"x\",\"seed\":3,\"plans\":{\"p\":{\"run\":[\"a\","
                  "{\"concurrence\":[\"b\",\"c\"]}],\"steps\":{\"a\":{\"takes\":\"2ms\",\"run\":"
                  "[\"error\",\"success\"]}}}},\"events\":[{\"at\":\"0ms\",\"start\":\"p\"}]}",
                  &json);
    assert_null(scenario_difference(yaml.scenario, json.scenario));
    scenario_reading_free(&yaml);
    scenario_reading_free(&json);
}

static void line_ends_of_windows_and_a_byte_order_mark_are_fine(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario =
        test_scenario("\xef\xbb\xbfscenario: x\r\nplans:\r\n  p:\r\n    run: [a]\r\n", &reading);
    assert_string_equal(scenario->name, "x");
    assert_int_equal(scenario->plans[0].position.line, 3);
    assert_int_equal(scenario->plans[0].position.column, 3);
    scenario_reading_free(&reading);
}

static void scenarios_are_named_in_any_words(void **state)
{
    (void)state;
    struct scenario_reading reading;
    const struct scenario *scenario =
        test_scenario("scenario: \"na\xc3\xafve \\\"quotes\\\": [and] \xe2\x82\xac\"\n", &reading);
    assert_string_equal(scenario->name, "na\xc3\xafve \"quotes\": [and] \xe2\x82\xac");
    scenario_reading_free(&reading);
    assert_string_equal(test_scenario("scenario: 7\n", &reading)->name, "7");
    scenario_reading_free(&reading);
}

/* A file of its own below TMPDIR, with `text` in it; to be unlinked. */
static void make_file(char *path, size_t size, const char *text, size_t length)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, size, "%s/scenario-XXXXXX", folder != NULL ? folder : "/tmp");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(text, 1, length, stream), length);
    assert_int_equal(fclose(stream), 0);
}

static void a_file_is_read_from_its_path(void **state)
{
    (void)state;
    char path[200];
    struct scenario_reading reading;
    make_file(path, sizeof path, "scenario: from a file\n", 22);
    assert_int_equal(scenario_read_file(path, &reading), SCENARIO_READ_OK);
    assert_string_equal(reading.scenario->name, "from a file");
    assert_string_equal(reading.scenario->file, path);
    scenario_reading_free(&reading);
    unlink(path);
}

static void a_dash_reads_standard_input(void **state)
{
    (void)state;
    char path[200];
    struct scenario_reading reading;
    make_file(path, sizeof path, "scenario: from standard input\n", 30);
    assert_non_null(freopen(path, "rb", stdin));
    assert_int_equal(scenario_read_file("-", &reading), SCENARIO_READ_OK);
    assert_string_equal(reading.scenario->name, "from standard input");
    scenario_reading_free(&reading);
    unlink(path);
}

static void what_cannot_be_read_is_told_with_its_cause(void **state)
{
    (void)state;
    struct scenario_reading reading;
    assert_int_equal(scenario_read_file("/no/such/file.yaml", &reading), SCENARIO_READ_IO);
    assert_null(reading.scenario);
    assert_int_equal(reading.problem_count, 1);
    assert_int_equal(reading.problems[0].position.line, 0);
    assert_string_equal(reading.problems[0].message, "cannot be opened: No such file or directory");
    scenario_reading_free(&reading);
    assert_int_equal(scenario_read_file("/", &reading), SCENARIO_READ_IO);
    assert_string_equal(reading.problems[0].message, "cannot be read: Is a directory");
    scenario_reading_free(&reading);
}

static void a_file_over_the_limit_is_refused_whole(void **state)
{
    (void)state;
    char path[200];
    struct scenario_reading reading;
    size_t length = SCENARIO_FILE_BYTES_MAX + 100;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, '#', length);
    make_file(path, sizeof path, text, length);
    assert_int_equal(scenario_read_file(path, &reading), SCENARIO_READ_PROBLEMS);
    assert_int_equal(reading.problem_count, 1);
    assert_int_equal(reading.problems[0].position.line, 1);
    assert_string_equal(reading.problems[0].message,
                        "the file has more than 4194304 bytes (SCENARIO_FILE_BYTES_MAX)");
    scenario_reading_free(&reading);
    unlink(path);
    free(text);
}

static void the_real_vocabularies_are_the_usual_ones(void **state)
{
    (void)state;
    struct scenario_reading reading;
    static const char text[] = "{scenario: x, expect: {marks: [no-such-mark-at-all]}}";
    assert_int_equal(scenario_read_bytes("x", text, strlen(text), &reading),
                     SCENARIO_READ_PROBLEMS);
    assert_non_null(strstr(reading.problems[0].message, "unknown mark 'no-such-mark-at-all'"));
    scenario_reading_free(&reading);
    scenario_reading_free(&reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_design_loads_unchanged),
        cmocka_unit_test(what_is_not_told_has_its_default),
        cmocka_unit_test(the_world_is_read_with_all_its_keys),
        cmocka_unit_test(a_faithful_director_has_every_defect),
        cmocka_unit_test(plans_and_steps_are_read_with_all_their_keys),
        cmocka_unit_test(events_are_read_with_all_their_keys),
        cmocka_unit_test(faults_are_read_with_all_their_keys),
        cmocka_unit_test(expectations_come_in_the_order_of_the_sections),
        cmocka_unit_test(positions_are_kept_for_messages_at_run_time),
        cmocka_unit_test(a_file_in_json_is_the_same_scenario),
        cmocka_unit_test(line_ends_of_windows_and_a_byte_order_mark_are_fine),
        cmocka_unit_test(scenarios_are_named_in_any_words),
        cmocka_unit_test(a_file_is_read_from_its_path),
        cmocka_unit_test(a_dash_reads_standard_input),
        cmocka_unit_test(what_cannot_be_read_is_told_with_its_cause),
        cmocka_unit_test(a_file_over_the_limit_is_refused_whole),
        cmocka_unit_test(the_real_vocabularies_are_the_usual_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
