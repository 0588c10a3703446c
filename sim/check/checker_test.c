/* checker_test.c: every invariant fails for its own reason, and for no other: those that are
 * decided as things happen are told something that must not be; those of the end of a run get a
 * scenario and a defect that breaks them. What the world watches itself fails in
 * sim/world/watch_test.c. The last test sees that none was left out. */
#include "sim/check/checker.h"
#include "sim/proof/proof_test_support.h"
#include "sim/scenario/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One plan: fetch, then check beside index, then publish, which is finalized. Ids: the root's plan
 * step is 1; fetch has 2 and 3, check 4 and 5, index 6 and 7, publish 8, 9 and 10. */
enum { FETCH, CHECK, INDEX, PUBLISH };
enum { FETCH_RUN = 3, CHECK_RUN = 5, INDEX_RUN = 7, PUBLISH_RUN = 9, PUBLISH_FINALIZE = 10 };

static const uint32_t run_flow[] = {DIRECTOR_FLOW_SEQUENCE | 3,
                                    FETCH + 1,
                                    DIRECTOR_FLOW_CONCURRENCE | 2,
                                    CHECK + 1,
                                    INDEX + 1,
                                    PUBLISH + 1};
static const uint32_t finalize_flow[] = {PUBLISH + 1};
static struct scenario_step steps[4];
static struct scenario_plan plan;
static struct scenario scenario;
static struct plan_layout layout;
static struct trace *trace;
static struct checker *checker;
static bool shown[INVARIANT_COUNT]; /* some test has made it fail, and no other */

static int set_up(void **state)
{
    static const char *const names[] = {"fetch", "check", "index", "publish"};
    const struct director_allocator allocator = director_default_allocator();
    const struct director_plan_row row = {.state = DIRECTOR_PLAN_PLANNED};
    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        steps[i] = (struct scenario_step){.name = names[i],
                                          .planned_by = SCENARIO_NONE,
                                          .in_run = true,
                                          .in_finalize = i == PUBLISH};
    }
    plan = (struct scenario_plan){.name = "import",
                                  .steps = steps,
                                  .step_count = 4,
                                  .run_flow = run_flow,
                                  .run_flow_length = 6,
                                  .finalize_flow = finalize_flow,
                                  .finalize_flow_length = 1};
    scenario = (struct scenario){.plans = &plan, .plan_count = 1, .world = {.auto_rescue = true}};
    assert_true(plan_layout_create(&layout, &plan, &allocator));
    assert_int_equal(trace_create(allocator, &(struct trace_names){0}, NULL, &trace), TRACE_OK);
    checker = checker_create(&(struct checker_config){allocator, &scenario, &layout, trace, true});
    assert_non_null(checker);
    checker_inserted(checker, 0, &row);
    for (uint32_t id = 1; id <= layout.step_count; id++) {
        checker_inserted_step(checker, 0, id,
                              layout.steps[id - 1].kind == DIRECTOR_STEP_PLAN
                                  ? DIRECTOR_STEP_SUCCESS
                                  : DIRECTOR_STEP_PENDING);
    }
    return 0;
}

static int tear_down(void **state)
{
    const struct director_allocator allocator = director_default_allocator();
    (void)state;
    checker_destroy(checker);
    trace_destroy(trace);
    plan_layout_free(&layout, &allocator);
    return 0;
}

static void assert_holds(void)
{
    assert_int_equal(checker_failure_count(checker), 0);
}

static void assert_fails(enum invariant invariant, uint32_t step)
{
    assert_int_equal(checker_failure_count(checker), 1);
    assert_int_equal(checker_failure(checker, 0)->invariant, invariant);
    assert_int_equal(checker_failure(checker, 0)->plan, 0);
    assert_int_equal(checker_failure(checker, 0)->step, step);
    shown[invariant] = true;
}

/* A run step goes its way, in memory and in the database. */
static void run_step(uint32_t id)
{
    checker_handed_out(checker, 0, id, false);
    checker_step_moved(checker, 0, id, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_RUNNING);
    checker_saved_step(checker, 0, id, DIRECTOR_STEP_RUNNING, false);
    checker_user_code_began(checker, 0, id, 0);
    checker_step_moved(checker, 0, id, DIRECTOR_STEP_RUNNING, DIRECTOR_STEP_SUCCESS);
    checker_user_code_ended(checker, 0, id, false);
    checker_saved_step(checker, 0, id, DIRECTOR_STEP_SUCCESS, false);
    checker_item_back(checker, 0, id);
}

static void begin(void)
{
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_PLANNED, DIRECTOR_PLAN_RUNNING);
    checker_saved_plan(checker, 0, DIRECTOR_PLAN_RUNNING, DIRECTOR_RESULT_PENDING, false);
    checker_execution_began(checker, 0, 1);
}

static void a_plan_that_goes_its_way_breaks_nothing(void **state)
{
    (void)state;
    begin();
    run_step(FETCH_RUN);
    run_step(INDEX_RUN);
    run_step(CHECK_RUN);
    run_step(PUBLISH_RUN);
    run_step(PUBLISH_FINALIZE);
    checker_saved_plan(checker, 0, DIRECTOR_PLAN_STOPPED, DIRECTOR_RESULT_SUCCESS, false);
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_RUNNING, DIRECTOR_PLAN_STOPPED);
    checker_execution_ended(checker, 0, 1);
    assert_holds();
    assert_true(checker_marked(checker, MARK_PLAN_SUCCESS));
}

static void plan_moves(void **state)
{
    (void)state;
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_STOPPED, DIRECTOR_PLAN_RUNNING);
    assert_fails(INVARIANT_PLAN_MOVES, SCENARIO_NONE);
}

static void step_moves(void **state)
{
    (void)state;
    checker_step_moved(checker, 0, FETCH_RUN, DIRECTOR_STEP_SKIPPED, DIRECTOR_STEP_RUNNING);
    assert_fails(INVARIANT_STEP_MOVES, FETCH);
}

static void stored_plan_moves(void **state)
{
    (void)state;
    checker_saved_plan(checker, 0, DIRECTOR_PLAN_PAUSED, DIRECTOR_RESULT_PENDING, false);
    assert_fails(INVARIANT_STORED_PLAN_MOVES, SCENARIO_NONE);
}

static void stored_step_moves(void **state)
{
    (void)state;
    checker_saved_step(checker, 0, FETCH_RUN, DIRECTOR_STEP_SUCCESS, false);
    assert_fails(INVARIANT_STORED_STEP_MOVES, FETCH);
}

static void a_finalize_step_may_be_begun_again_in_the_database(void **state)
{
    (void)state;
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_RUNNING, false);
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_SUCCESS, false);
    checker_step_moved(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_SUCCESS, DIRECTOR_STEP_PENDING);
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_RUNNING, false);
    assert_holds();
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_SUCCESS, false);
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_RUNNING, false);
    assert_fails(INVARIANT_STORED_STEP_MOVES, PUBLISH);
}

static void a_finalize_step_may_fail_without_ever_being_saved_as_running(void **state)
{
    (void)state;
    checker_step_moved(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_RUNNING);
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_ERROR, false);
    assert_holds();
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_SKIPPED, false);
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_ERROR, false);
    assert_fails(INVARIANT_STORED_STEP_MOVES, PUBLISH);
}

static void a_finalize_step_that_never_ran_does_not_fail_in_the_database(void **state)
{
    (void)state;
    checker_saved_step(checker, 0, PUBLISH_FINALIZE, DIRECTOR_STEP_ERROR, false);
    assert_fails(INVARIANT_STORED_STEP_MOVES, PUBLISH);
}

static void flow_order(void **state)
{
    (void)state;
    begin();
    run_step(FETCH_RUN);
    run_step(CHECK_RUN);
    assert_holds();
    checker_user_code_began(checker, 0, PUBLISH_RUN, 0);
    assert_fails(INVARIANT_FLOW_ORDER, PUBLISH);
}

static void finalize_comes_after_the_run_flow(void **state)
{
    (void)state;
    begin();
    run_step(FETCH_RUN);
    run_step(CHECK_RUN);
    run_step(INDEX_RUN);
    checker_user_code_began(checker, 0, PUBLISH_FINALIZE, 0);
    assert_fails(INVARIANT_FLOW_ORDER, PUBLISH);
}

static void a_skipped_step_lets_what_follows_run(void **state)
{
    (void)state;
    begin();
    checker_step_moved(checker, 0, FETCH_RUN, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_SKIPPED);
    checker_user_code_began(checker, 0, INDEX_RUN, 0);
    assert_holds();
}

static void one_item_per_step(void **state)
{
    (void)state;
    checker_handed_out(checker, 0, FETCH_RUN, false);
    checker_handed_out(checker, 0, FETCH_RUN, false);
    assert_fails(INVARIANT_ONE_ITEM_PER_STEP, FETCH);
}

static void one_item_after_the_other_is_no_failure(void **state)
{
    (void)state;
    checker_handed_out(checker, 0, FETCH_RUN, false);
    checker_item_back(checker, 0, FETCH_RUN);
    checker_handed_out(checker, 0, FETCH_RUN, false);
    assert_holds();
}

static void one_worker_per_step(void **state)
{
    (void)state;
    checker_user_code_began(checker, 0, FETCH_RUN, 0);
    checker_user_code_began(checker, 0, FETCH_RUN, 0);
    assert_fails(INVARIANT_ONE_WORKER_PER_STEP, FETCH);
}

static void done_once(void **state)
{
    (void)state;
    begin();
    run_step(FETCH_RUN);
    checker_user_code_began(checker, 0, FETCH_RUN, 0);
    assert_fails(INVARIANT_DONE_ONCE, FETCH);
}

static void events_to_suspended(void **state)
{
    (void)state;
    checker_user_code_began(checker, 0, FETCH_RUN, 2);
    checker_user_code_ended(checker, 0, FETCH_RUN, false);
    checker_user_code_began(checker, 0, FETCH_RUN, 1);
    assert_fails(INVARIANT_EVENTS_TO_SUSPENDED, FETCH);
}

static void event_answer(void **state)
{
    (void)state;
    checker_event_answered(checker, 0, INDEX, false, false);
    checker_event_answered(checker, 0, INDEX, true, true);
    assert_holds();
    checker_event_answered(checker, 0, INDEX, true, false);
    assert_fails(INVARIANT_EVENT_ANSWER, INDEX);
}

static void rescues_end(void **state)
{
    (void)state;
    begin();
    for (uint32_t i = 0; i < layout.step_count + 1; i++) {
        checker_rescued(checker, 0);
    }
    assert_holds();
    checker_rescued(checker, 0);
    assert_fails(INVARIANT_RESCUES_END, SCENARIO_NONE);
}

static void only_worlds_that_are_to_rescue_do(void **state)
{
    (void)state;
    scenario.world.auto_rescue = false;
    begin();
    checker_rescued(checker, 0);
    assert_fails(INVARIANT_STRATEGY_DECIDES, SCENARIO_NONE);
}

static void only_what_says_skip_is_skipped(void **state)
{
    (void)state;
    steps[FETCH].rescue = DIRECTOR_RESCUE_SKIP;
    steps[INDEX].rescue = DIRECTOR_RESCUE_PAUSE;
    checker_step_moved(checker, 0, FETCH_RUN, DIRECTOR_STEP_ERROR, DIRECTOR_STEP_SKIPPING);
    checker_step_moved(checker, 0, INDEX_RUN, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_SKIPPED);
    assert_holds();
    checker_step_moved(checker, 0, INDEX_RUN, DIRECTOR_STEP_ERROR, DIRECTOR_STEP_SKIPPING);
    assert_fails(INVARIANT_STRATEGY_DECIDES, INDEX);
}

static void outputs_are_there(void **state)
{
    static const uint32_t read[] = {INDEX};
    (void)state;
    steps[PUBLISH].requires = read;
    steps[PUBLISH].requires_count = 1;
    begin();
    run_step(FETCH_RUN);
    run_step(CHECK_RUN);
    checker_step_moved(checker, 0, INDEX_RUN, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_SKIPPED);
    checker_user_code_began(checker, 0, PUBLISH_RUN, 0);
    assert_fails(INVARIANT_OUTPUTS_ARE_THERE, PUBLISH);
}

static void what_is_skipped_itself_reads_nothing(void **state)
{
    static const uint32_t read[] = {INDEX};
    (void)state;
    steps[PUBLISH].requires = read;
    steps[PUBLISH].requires_count = 1;
    steps[PUBLISH].rescue = DIRECTOR_RESCUE_SKIP;
    begin();
    run_step(FETCH_RUN);
    run_step(CHECK_RUN);
    checker_step_moved(checker, 0, INDEX_RUN, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_SKIPPED);
    checker_step_moved(checker, 0, PUBLISH_RUN, DIRECTOR_STEP_ERROR, DIRECTOR_STEP_SKIPPING);
    checker_user_code_began(checker, 0, PUBLISH_RUN, 0);
    assert_holds();
}

static void nothing_that_was_skipped_is_finalized(void **state)
{
    (void)state;
    begin();
    run_step(FETCH_RUN);
    run_step(CHECK_RUN);
    run_step(INDEX_RUN);
    checker_step_moved(checker, 0, PUBLISH_RUN, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_SKIPPED);
    checker_user_code_began(checker, 0, PUBLISH_FINALIZE, 0);
    assert_fails(INVARIANT_OUTPUTS_ARE_THERE, PUBLISH);
}

static void events_wait(void **state)
{
    (void)state;
    begin();
    checker_event_turned_away(checker, 0, FETCH);
    assert_holds();
    checker_handed_out(checker, 0, FETCH_RUN, false);
    checker_event_turned_away(checker, 0, FETCH);
    assert_fails(INVARIANT_EVENTS_WAIT, FETCH);
}

static void events_of_a_suspended_step_are_taken(void **state)
{
    (void)state;
    begin();
    checker_step_moved(checker, 0, FETCH_RUN, DIRECTOR_STEP_RUNNING, DIRECTOR_STEP_SUSPENDED);
    checker_event_turned_away(checker, 0, FETCH);
    assert_fails(INVARIANT_EVENTS_WAIT, FETCH);
}

static void one_execution(void **state)
{
    (void)state;
    begin();
    checker_execution_ended(checker, 0, 1);
    checker_execution_began(checker, 0, 2);
    assert_holds();
    checker_execution_began(checker, 0, 1);
    assert_fails(INVARIANT_ONE_EXECUTION, SCENARIO_NONE);
}

static void planned_in_time(void **state)
{
    (void)state;
    plan.has_start_at = true;
    plan.start_at = 5;
    checker_time(checker, 5);
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_SCHEDULED, DIRECTOR_PLAN_PLANNING);
    assert_holds();
    checker_time(checker, 4);
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_SCHEDULED, DIRECTOR_PLAN_PLANNING);
    assert_fails(INVARIANT_PLANNED_IN_TIME, SCENARIO_NONE);
}

static void what_a_plan_waits_for_is_over(void **state)
{
    static const uint32_t itself[] = {0}; /* as good as another one */
    (void)state;
    plan.after = itself;
    plan.after_count = 1;
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_SCHEDULED, DIRECTOR_PLAN_PLANNING);
    assert_fails(INVARIANT_PLANNED_IN_TIME, SCENARIO_NONE);
}

static void attempts_end(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        checker_executed_again(checker, 0);
    }
    assert_holds();
    checker_executed_again(checker, 0);
    assert_fails(INVARIANT_ATTEMPTS_END, SCENARIO_NONE);
}

static void deleted_stays_deleted(void **state)
{
    (void)state;
    begin();
    checker_deleted(checker, 0, false);
    checker_saved_plan(checker, 0, DIRECTOR_PLAN_STOPPED, DIRECTOR_RESULT_SUCCESS, false);
    assert_fails(INVARIANT_DELETED_STAYS_DELETED, SCENARIO_NONE);
}

static void nothing_after_halt(void **state)
{
    (void)state;
    begin();
    checker_halted(checker, 0);
    checker_handed_out(checker, 0, FETCH_RUN, false);
    assert_fails(INVARIANT_NOTHING_AFTER_HALT, FETCH);
}

static void a_halt_that_was_denied_excuses_one_execution(void **state)
{
    (void)state;
    checker_halted(checker, 0);
    checker_beginning(checker, 0);
    checker_halt_denied(checker, 0);
    begin();
    checker_handed_out(checker, 0, FETCH_RUN, false);
    checker_item_back(checker, 0, FETCH_RUN);
    assert_holds();
    checker_execution_ended(checker, 0, 1);
    checker_beginning(checker, 0);
    checker_handed_out(checker, 0, FETCH_RUN, false);
    assert_fails(INVARIANT_NOTHING_AFTER_HALT, FETCH);
}

static void nothing_after_termination(void **state)
{
    (void)state;
    checker_saved_step(checker, 0, FETCH_RUN, DIRECTOR_STEP_RUNNING, true);
    assert_fails(INVARIANT_NOTHING_AFTER_TERMINATION, FETCH);
}

static void no_broken_assumption(void **state)
{
    (void)state;
    checker_answer(checker, 0, SCENARIO_NONE, DIRECTOR_PERSISTENCE, "work finished");
    assert_holds();
    checker_answer(checker, 0, SCENARIO_NONE, DIRECTOR_INTERNAL, "work finished");
    assert_fails(INVARIANT_NO_BROKEN_ASSUMPTION, SCENARIO_NONE);
}

static void an_optional_event_raises_nothing(void **state)
{
    (void)state;
    checker_answer(checker, 0, SCENARIO_NONE, DIRECTOR_NO_MANAGER, "event");
    assert_fails(INVARIANT_NO_BROKEN_ASSUMPTION, SCENARIO_NONE);
}

static void nobody_stumbles_without_a_reason(void **state)
{
    (void)state;
    checker_stumbled(checker, 0, FETCH);
    assert_fails(INVARIANT_NO_BROKEN_ASSUMPTION, FETCH);
}

static void who_is_disturbed_may_stumble(void **state)
{
    (void)state;
    checker_disturbed(checker, 0);
    checker_stumbled(checker, 0, FETCH);
    assert_holds();
}

static void a_failure_is_kept_once_and_counted(void **state)
{
    (void)state;
    checker_time(checker, 42);
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_STOPPED, DIRECTOR_PLAN_RUNNING);
    checker_plan_moved(checker, 0, DIRECTOR_PLAN_STOPPED, DIRECTOR_PLAN_PAUSED);
    assert_fails(INVARIANT_PLAN_MOVES, SCENARIO_NONE);
    assert_int_equal(checker_failure(checker, 0)->count, 2);
    assert_int_equal(checker_failure(checker, 0)->time, 42);
}

static void futures_resolve_once(void **state)
{
    (void)state;
    checker_future_resolved(checker, 0, SCENARIO_NONE, false);
    checker_future_resolved(checker, 0, INDEX, false);
    assert_holds();
    checker_future_resolved(checker, 0, INDEX, true);
    assert_fails(INVARIANT_FUTURES_RESOLVE_ONCE, INDEX);
}

/* ---- The end of a run ------------------------------------------------------------------------ */

static uint64_t defect_named(const char *name)
{
    for (uint32_t i = 0; i < defect_vocabulary_count; i++) {
        if (strcmp(defect_vocabulary[i].name, name) == 0) {
            return UINT64_C(1) << i;
        }
    }
    fail_msg("no defect is called %s", name);
    return 0;
}

/* Which invariants a run breaks. What the scenario expects is about a world without the defect. */
static void run_with(const struct scenario *wanted, uint64_t defects, bool broken[INVARIANT_COUNT])
{
    struct scenario scenario_copy = *wanted;
    struct proof_run run;
    scenario_copy.world.defects |= defects;
    const struct proof_config config = {.scenario = &scenario_copy,
                                        .allocator = director_default_allocator()};
    proof_run(&run, &config);
    assert_int_equal(run.status, SIMULATION_OK);
    for (uint32_t i = 0; i < simulation_failure_count(run.simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(run.simulation, i);
        if (!failure->expectation) {
            broken[failure->invariant] = true;
        }
    }
    proof_end(&run);
}

/* The scenario breaks nothing; with the defect it breaks just this invariant. */
static void assert_breaks(struct scenario_reading *reading, const char *defect,
                          enum invariant invariant)
{
    bool sound[INVARIANT_COUNT] = {false};
    bool broken[INVARIANT_COUNT] = {false};
    run_with(reading->scenario, 0, sound);
    run_with(reading->scenario, defect_named(defect), broken);
    for (uint32_t i = 0; i < INVARIANT_COUNT; i++) {
        if (sound[i] || broken[i] != (i == (uint32_t)invariant)) {
            fail_msg("%s: %s %s", defect, invariant_vocabulary[i].name,
                     sound[i]    ? "fails without it"
                     : broken[i] ? "fails, too"
                                 : "does not fail");
        }
    }
    shown[invariant] = true;
    scenario_reading_free(reading);
}

static void assert_file_breaks(const char *path, const char *defect, enum invariant invariant)
{
    struct scenario_reading reading;
    assert_int_equal(scenario_read_file(path, &reading), SCENARIO_READ_OK);
    assert_breaks(&reading, defect, invariant);
}

static void assert_text_breaks(const char *text, const char *defect, enum invariant invariant)
{
    struct scenario_reading reading;
    assert_int_equal(scenario_read_bytes("text", text, strlen(text), &reading), SCENARIO_READ_OK);
    assert_breaks(&reading, defect, invariant);
}

static void futures_resolve(void **state)
{
    (void)state;
    assert_file_breaks("scenarios/persistence/plan-looked-up-in-vain.yaml",
                       "failed-plan-leaves-client", INVARIANT_FUTURES_RESOLVE);
}

static void future_tells_truth(void **state)
{
    (void)state;
    /* The client is told that the plan stopped; the database has it running, until it is deleted.
     */
    assert_text_breaks("scenario: a plan that could not be saved as stopped\n"
                       "plans: {import: {run: [fetch]}}\n"
                       "events:\n"
                       "  - {at: 0ms, start: import}\n"
                       "  - {at: 1s, delete: import}\n"
                       "faults: [{on: save_plan, to: stopped, error: io}]\n",
                       "unsaved-move-stands", INVARIANT_FUTURE_TELLS_TRUTH);
}

static void termination_in_time(void **state)
{
    (void)state;
    assert_file_breaks("scenarios/termination/several-plans-and-a-save-that-fails.yaml",
                       "terminate-stops-at-first-error", INVARIANT_TERMINATION_IN_TIME);
}

static void locks_have_owners(void **state)
{
    (void)state;
    assert_file_breaks("scenarios/persistence/lock-is-not-given-up.yaml",
                       "invalidation-forgets-errors", INVARIANT_LOCKS_HAVE_OWNERS);
}

static void plans_come_to_rest(void **state)
{
    (void)state;
    assert_file_breaks("scenarios/persistence/save-of-running-in-doubt.yaml",
                       "invalidation-forgets-errors", INVARIANT_PLANS_COME_TO_REST);
}

static void memory_let_go(void **state)
{
    (void)state;
    /* Nobody asked for the execution, so nobody waits in vain for its end. */
    assert_text_breaks("scenario: a plan that nobody asked for cannot be looked up\n"
                       "world: {auto_execute: true}\n"
                       "plans: {import: {run: [fetch]}}\n"
                       "faults:\n"
                       "  - {on: load_action, step: fetch, error: io}\n"
                       "  - {on: find_plan, nth: 2, error: io}\n",
                       "failed-lookup-keeps-manager", INVARIANT_MEMORY_LET_GO);
}

static void stopped_is_done(void **state)
{
    (void)state;
    assert_file_breaks("scenarios/persistence/raw-database-error-in-a-worker.yaml",
                       "crash-counts-as-success", INVARIANT_STOPPED_IS_DONE);
}

static void strategy_decides(void **state)
{
    (void)state;
    assert_file_breaks("scenarios/termination/crash-and-invalidation.yaml",
                       "invalidation-ignores-fail", INVARIANT_STRATEGY_DECIDES);
}

static void result_tells_steps(void **state)
{
    (void)state;
    assert_text_breaks("scenario: a step whose worker ends in an unexpected way before it\n"
                       "plans: {import: {run: [fetch]}}\n"
                       "events: [{at: 0ms, start: import}]\n"
                       "faults: [{on: worker, error: raises}]\n",
                       "crash-counts-as-success", INVARIANT_RESULT_TELLS_STEPS);
}

/* ---- All of them ----------------------------------------------------------------------------- */

static void no_invariant_is_without_a_test_that_makes_it_fail(void **state)
{
    (void)state;
    shown[INVARIANT_OWN_QUEUE] = true; /* by watch_test.c */
    shown[INVARIANT_REFUSED_IS_NOT_RUN] = true;
    shown[INVARIANT_WORLDS_STAY] = true;
    for (uint32_t i = 0; i < INVARIANT_COUNT; i++) {
        if (!shown[i]) {
            fail_msg("no test makes %s fail", invariant_vocabulary[i].name);
        }
    }
}

static void names_of_invariants_and_marks_are_told_apart(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < invariant_vocabulary_count; i++) {
        assert_true(strlen(invariant_vocabulary[i].sentence) > 20);
        for (uint32_t j = 0; j < i; j++) {
            assert_string_not_equal(invariant_vocabulary[i].name, invariant_vocabulary[j].name);
        }
    }
    for (uint32_t i = 0; i < mark_vocabulary_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            assert_string_not_equal(mark_vocabulary[i].name, mark_vocabulary[j].name);
        }
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_plan_that_goes_its_way_breaks_nothing),
        TEST(plan_moves),
        TEST(step_moves),
        TEST(stored_plan_moves),
        TEST(stored_step_moves),
        TEST(a_finalize_step_may_be_begun_again_in_the_database),
        TEST(a_finalize_step_may_fail_without_ever_being_saved_as_running),
        TEST(a_finalize_step_that_never_ran_does_not_fail_in_the_database),
        TEST(flow_order),
        TEST(finalize_comes_after_the_run_flow),
        TEST(a_skipped_step_lets_what_follows_run),
        TEST(one_item_per_step),
        TEST(one_item_after_the_other_is_no_failure),
        TEST(one_worker_per_step),
        TEST(done_once),
        TEST(events_to_suspended),
        TEST(event_answer),
        TEST(rescues_end),
        TEST(only_worlds_that_are_to_rescue_do),
        TEST(only_what_says_skip_is_skipped),
        TEST(outputs_are_there),
        TEST(what_is_skipped_itself_reads_nothing),
        TEST(nothing_that_was_skipped_is_finalized),
        TEST(events_wait),
        TEST(events_of_a_suspended_step_are_taken),
        TEST(one_execution),
        TEST(planned_in_time),
        TEST(what_a_plan_waits_for_is_over),
        TEST(attempts_end),
        TEST(deleted_stays_deleted),
        TEST(nothing_after_halt),
        TEST(a_halt_that_was_denied_excuses_one_execution),
        TEST(nothing_after_termination),
        TEST(no_broken_assumption),
        TEST(an_optional_event_raises_nothing),
        TEST(nobody_stumbles_without_a_reason),
        TEST(who_is_disturbed_may_stumble),
        TEST(a_failure_is_kept_once_and_counted),
        TEST(names_of_invariants_and_marks_are_told_apart),
        TEST(futures_resolve_once),
        cmocka_unit_test(futures_resolve),
        cmocka_unit_test(future_tells_truth),
        cmocka_unit_test(termination_in_time),
        cmocka_unit_test(locks_have_owners),
        cmocka_unit_test(plans_come_to_rest),
        cmocka_unit_test(memory_let_go),
        cmocka_unit_test(stopped_is_done),
        cmocka_unit_test(strategy_decides),
        cmocka_unit_test(result_tells_steps),
        cmocka_unit_test(no_invariant_is_without_a_test_that_makes_it_fail), /* the last */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
