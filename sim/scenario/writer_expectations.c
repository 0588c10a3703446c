/* writer_expectations.c: what is expected of the end of the run. */
#include "sim/scenario/writer.h"

#include <assert.h>

/* In which section of `expect:` an expectation stands. */
static enum expect_key section_of(const struct scenario_expectation *expectation)
{
    switch (expectation->kind) {
    case SCENARIO_EXPECT_PLAN:
        return EXPECT_PLANS;
    case SCENARIO_EXPECT_STEP:
        return expectation->finalize ? EXPECT_FINALIZE : EXPECT_STEPS;
    case SCENARIO_EXPECT_FUTURE:
        return EXPECT_FUTURES;
    case SCENARIO_EXPECT_EVENT:
        return EXPECT_EVENTS;
    case SCENARIO_EXPECT_MARK:
        return EXPECT_MARKS;
    case SCENARIO_EXPECT_VIOLATES:
        return EXPECT_VIOLATES;
    case SCENARIO_EXPECT_RUNS:
        return EXPECT_RUNS;
    }
    assert(false);
    return EXPECT_PLANS;
}

static const char *plan_name(const struct writer *writer,
                             const struct scenario_expectation *expectation)
{
    return writer->scenario->plans[expectation->plan].name;
}

static void write_plan(struct writer *writer, const struct scenario_expectation *expectation)
{
    writer_key(writer, plan_name(writer, expectation));
    if (expectation->missing) {
        writer_print(writer, "missing");
        return;
    }
    writer_open(writer, '{');
    if (expectation->has_state) {
        writer_key(writer, expected_plan_keys.keys[EXPECTED_PLAN_STATE].name);
        writer_print(writer, "%s", director_plan_state_name(expectation->plan_state));
    }
    if (expectation->has_result) {
        writer_key(writer, expected_plan_keys.keys[EXPECTED_PLAN_RESULT].name);
        writer_print(writer, "%s", director_result_name(expectation->result));
    }
    writer_close(writer, '}');
}

static void write_future(struct writer *writer, const struct scenario_expectation *expectation)
{
    switch (expectation->future) {
    case SCENARIO_FUTURE_FULFILLED:
        writer_print(writer, "fulfilled");
        break;
    case SCENARIO_FUTURE_PENDING:
        writer_print(writer, "pending");
        break;
    case SCENARIO_FUTURE_REJECTED:
    case SCENARIO_FUTURE_ANY:
        if (expectation->reason == DIRECTOR_REASON_NONE) {
            writer_print(writer, "rejected");
            break;
        }
        writer_open(writer, '{');
        writer_key(writer, expected_future_keys.keys[EXPECTED_FUTURE_REJECTED].name);
        writer_print(writer, "%s", director_reason_name(expectation->reason));
        writer_close(writer, '}');
        break;
    }
}

/* One expectation about a step, below its plan. */
static void write_step(struct writer *writer, const struct scenario_expectation *expectation)
{
    writer_key(writer, writer->scenario->plans[expectation->plan].steps[expectation->step].name);
    if (expectation->kind == SCENARIO_EXPECT_RUNS) {
        writer_print(writer, "%u", expectation->runs);
    } else {
        writer_print(writer, "%s", director_step_state_name(expectation->step_state));
    }
}

static void write_one(struct writer *writer, const struct scenario_expectation *expectation)
{
    switch (expectation->kind) {
    case SCENARIO_EXPECT_PLAN:
        write_plan(writer, expectation);
        break;
    case SCENARIO_EXPECT_FUTURE:
        writer_key(writer, plan_name(writer, expectation));
        write_future(writer, expectation);
        break;
    case SCENARIO_EXPECT_EVENT:
        writer_key(writer, writer->scenario->events[expectation->event].name);
        write_future(writer, expectation);
        break;
    case SCENARIO_EXPECT_MARK:
        writer_item(writer);
        writer_print(writer, "%s", writer->vocabularies->marks.entries[expectation->name].name);
        break;
    case SCENARIO_EXPECT_VIOLATES:
        writer_item(writer);
        writer_print(writer, "%s",
                     writer->vocabularies->invariants.entries[expectation->name].name);
        break;
    case SCENARIO_EXPECT_STEP:
    case SCENARIO_EXPECT_RUNS:
        write_step(writer, expectation);
        break;
    }
}

/* A way to go through the expectations of one section, in which those about the steps of one plan
 * stand below the plan. */
struct section_walk {
    struct writer *writer;
    enum expect_key section;
    bool by_step;
    bool down_the_page;
    uint32_t plan; /* whose steps are being written */
};

static void walk_item(struct section_walk *walk, const struct scenario_expectation *expectation)
{
    struct writer *writer = walk->writer;
    if (walk->by_step && walk->plan != expectation->plan) {
        if (walk->plan != SCENARIO_NONE) {
            writer_close(writer, '}');
        }
        walk->plan = expectation->plan;
        if (walk->down_the_page) {
            writer_line(writer, 4);
            writer->fresh = true;
        }
        writer_key(writer, plan_name(writer, expectation));
        writer_open(writer, '{');
    } else if (walk->down_the_page && !walk->by_step) {
        writer_line(writer, 4);
        writer->fresh = true;
    }
    write_one(writer, expectation);
}

static void write_items(struct section_walk *walk)
{
    const struct scenario *scenario = walk->writer->scenario;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (section_of(&scenario->expectations[i]) == walk->section) {
            walk_item(walk, &scenario->expectations[i]);
        }
    }
    if (walk->plan != SCENARIO_NONE) {
        writer_close(walk->writer, '}');
    }
}

static void write_section(struct writer *writer, enum expect_key section)
{
    bool is_list = section == EXPECT_MARKS || section == EXPECT_VIOLATES;
    struct section_walk walk = {
        .writer = writer,
        .section = section,
        .by_step = section == EXPECT_STEPS || section == EXPECT_FINALIZE || section == EXPECT_RUNS,
        .plan = SCENARIO_NONE,
    };
    size_t before = writer->length;
    writer_line(writer, 2);
    writer_print(writer, "%s:", expect_keys.keys[section].name);
    size_t start = writer->length;
    writer_print(writer, " ");
    writer_open(writer, is_list ? '[' : '{');
    write_items(&walk);
    if (writer->fresh) {
        writer_back_to(writer, before);
        return;
    }
    writer_close(writer, is_list ? ']' : '}');
    if (is_list || !writer_line_is_long(writer)) {
        return;
    }
    writer_back_to(writer, start);
    walk.down_the_page = true;
    walk.plan = SCENARIO_NONE;
    write_items(&walk);
}

void writer_expectations(struct writer *writer)
{
    if (writer->scenario->expectation_count == 0) {
        return;
    }
    writer_print(writer, "\n%s:", top_keys.keys[TOP_EXPECT].name);
    for (uint32_t section = 0; section < EXPECT_KEYS; section++) {
        write_section(writer, (enum expect_key)section);
    }
}
