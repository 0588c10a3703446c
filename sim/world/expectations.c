/* expectations.c: what the scenario expects, compared with what came. */
#include "sim/world/world.h"

static const char *plan_name(const struct simulation *simulation, uint32_t plan)
{
    return simulation->scenario->plans[plan].name;
}

static const char *step_name(const struct simulation *simulation, uint32_t plan, uint32_t step)
{
    return simulation->scenario->plans[plan].steps[step].name;
}

static void expect_plan(struct simulation *simulation,
                        const struct scenario_expectation *expectation)
{
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result result = DIRECTOR_RESULT_PENDING;
    const uint32_t plan = expectation->plan;
    bool there = checker_stored_plan(simulation->checker, plan, &state, &result);
    if (expectation->missing != !there ||
        (there && expectation->has_state && state != expectation->plan_state) ||
        (there && expectation->has_result && result != expectation->result)) {
        checker_expectation_failed(
            simulation->checker, expectation->position, plan, SCENARIO_NONE,
            "expected plan %s to be %s%s%s, it is %s%s%s", plan_name(simulation, plan),
            expectation->missing     ? "missing"
            : expectation->has_state ? director_plan_state_name(expectation->plan_state)
                                     : "there",
            expectation->has_result ? ", result " : "",
            expectation->has_result ? director_result_name(expectation->result) : "",
            there ? director_plan_state_name(state) : "missing", there ? ", result " : "",
            there ? director_result_name(result) : "");
    }
}

static void expect_step(struct simulation *simulation,
                        const struct scenario_expectation *expectation)
{
    enum director_step_state state = DIRECTOR_STEP_PENDING;
    const struct plan_layout *layout = &simulation->layouts[expectation->plan];
    uint32_t id = expectation->finalize ? layout->finalize_ids[expectation->step]
                                        : layout->run_ids[expectation->step];
    bool there = checker_stored_step(simulation->checker, expectation->plan, id, &state);
    if (!there || state != expectation->step_state) {
        checker_expectation_failed(
            simulation->checker, expectation->position, expectation->plan, expectation->step,
            "expected the %s step %s/%s to be %s, it is %s",
            expectation->finalize ? "finalize" : "run", plan_name(simulation, expectation->plan),
            step_name(simulation, expectation->plan, expectation->step),
            director_step_state_name(expectation->step_state),
            there ? director_step_state_name(state) : "missing");
    }
}

/* The last request of a kind that asked for the plan, or that an event of the scenario made. */
static const struct request *request_for(const struct simulation *simulation,
                                         const struct scenario_expectation *expectation)
{
    const struct request *found = NULL;
    if (expectation->kind == SCENARIO_EXPECT_EVENT) {
        return simulation->event_requests[expectation->event];
    }
    for (const struct request *request = simulation->requests; request != NULL;
         request = request->next) {
        if (request->kind == SCENARIO_START && request->plan == expectation->plan) {
            found = request;
        }
    }
    return found;
}

static const char *future_word(enum director_future_state state)
{
    static const char *const words[] = {"pending", "fulfilled", "rejected"};
    return words[state];
}

static void expect_future(struct simulation *simulation,
                          const struct scenario_expectation *expectation)
{
    const struct request *request = request_for(simulation, expectation);
    enum director_future_state state = request == NULL ? DIRECTOR_FUTURE_PENDING : request->state;
    enum director_reason reason = request == NULL ? DIRECTOR_REASON_NONE : request->reason;
    enum director_future_state wanted =
        expectation->future == SCENARIO_FUTURE_FULFILLED  ? DIRECTOR_FUTURE_FULFILLED
        : expectation->future == SCENARIO_FUTURE_REJECTED ? DIRECTOR_FUTURE_REJECTED
                                                          : DIRECTOR_FUTURE_PENDING;
    bool any_reason = expectation->reason == DIRECTOR_REASON_NONE;
    if (expectation->future == SCENARIO_FUTURE_ANY ||
        (state == wanted && (any_reason || reason == expectation->reason))) {
        return;
    }
    const char *name = expectation->kind == SCENARIO_EXPECT_EVENT
                           ? simulation->scenario->events[expectation->event].name
                           : plan_name(simulation, expectation->plan);
    checker_expectation_failed(
        simulation->checker, expectation->position, expectation->plan, SCENARIO_NONE,
        "expected the future of %s to be %s%s%s, it is %s%s%s", name, future_word(wanted),
        any_reason ? "" : " because ", any_reason ? "" : director_reason_name(expectation->reason),
        future_word(state), reason == DIRECTOR_REASON_NONE ? "" : " because ",
        reason == DIRECTOR_REASON_NONE ? "" : director_reason_name(reason));
}

static void expect_mark(struct simulation *simulation,
                        const struct scenario_expectation *expectation)
{
    if (!checker_marked(simulation->checker, (enum mark)expectation->name)) {
        checker_expectation_failed(simulation->checker, expectation->position, SCENARIO_NONE,
                                   SCENARIO_NONE, "expected mark %s to be reached, it was not",
                                   mark_vocabulary[expectation->name].name);
    }
}

static void expect_runs(struct simulation *simulation,
                        const struct scenario_expectation *expectation)
{
    uint32_t id = simulation->layouts[expectation->plan].run_ids[expectation->step];
    uint32_t calls = checker_calls(simulation->checker, expectation->plan, id);
    if (calls != expectation->runs) {
        checker_expectation_failed(
            simulation->checker, expectation->position, expectation->plan, expectation->step,
            "expected user code of %s/%s to be called %u times, it was "
            "called %u times",
            plan_name(simulation, expectation->plan),
            step_name(simulation, expectation->plan, expectation->step), expectation->runs, calls);
    }
}

void expectations_check(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const struct scenario_expectation *expectation = &scenario->expectations[i];
        switch (expectation->kind) {
        case SCENARIO_EXPECT_PLAN:
            expect_plan(simulation, expectation);
            break;
        case SCENARIO_EXPECT_STEP:
            expect_step(simulation, expectation);
            break;
        case SCENARIO_EXPECT_FUTURE:
        case SCENARIO_EXPECT_EVENT:
            expect_future(simulation, expectation);
            break;
        case SCENARIO_EXPECT_MARK:
            expect_mark(simulation, expectation);
            break;
        case SCENARIO_EXPECT_RUNS:
            expect_runs(simulation, expectation);
            break;
        case SCENARIO_EXPECT_VIOLATES:
            /* simulation_held compares what broke with what was expected to. */
            break;
        }
    }
}
