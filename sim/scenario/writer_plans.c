/* writer_plans.c: plans, their flows and their steps. */
#include "sim/scenario/writer.h"

#include "sim/scenario/scenario_defaults.h"

#include <assert.h>
#include <string.h>

#define PADDING_MAX 24u /* names of steps are lined up when they are not longer */

/* ---- Flows -------------------------------------------------------------------------------- */

/* Where the flow that begins at `at` ends. */
static uint32_t flow_end(const uint32_t *flow, uint32_t at)
{
    uint32_t left = 1;
    while (left > 0) {
        left--;
        if (!DIRECTOR_FLOW_IS_ATOM(flow[at])) {
            left += flow[at] & DIRECTOR_FLOW_COUNT_MASK;
        }
        at++;
    }
    return at;
}

/* The flow at `at` within one line; answers where it ends. */
static uint32_t write_inline_flow(struct writer *writer, const struct scenario_plan *plan,
                                  const uint32_t *flow, uint32_t at)
{
    uint32_t token = flow[at++];
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        writer_print(writer, "%s", plan->steps[token - 1].name);
        return at;
    }
    bool concurrence = DIRECTOR_FLOW_IS_CONCURRENCE(token);
    if (concurrence) {
        writer_open(writer, '{');
        writer_key(writer, flow_keys.keys[FLOW_CONCURRENCE].name);
    }
    writer_open(writer, '[');
    for (uint32_t i = 0; i < (token & DIRECTOR_FLOW_COUNT_MASK); i++) {
        writer_item(writer);
        at = write_inline_flow(writer, plan, flow, at);
    }
    writer_close(writer, ']');
    if (concurrence) {
        writer_close(writer, '}');
    }
    return at;
}

static void write_flow_items(struct writer *writer, const struct scenario_plan *plan,
                             const uint32_t *flow, uint32_t at, uint32_t indent);

/* The flow at `at` as an item of a list that goes down the page. */
static void write_flow_item(struct writer *writer, const struct scenario_plan *plan,
                            const uint32_t *flow, uint32_t at, uint32_t indent)
{
    writer_line(writer, indent);
    writer_print(writer, "- ");
    size_t start = writer->length;
    write_inline_flow(writer, plan, flow, at);
    if (!writer_line_is_long(writer) || DIRECTOR_FLOW_IS_ATOM(flow[at])) {
        return;
    }
    writer_back_to(writer, start);
    bool concurrence = DIRECTOR_FLOW_IS_CONCURRENCE(flow[at]);
    writer_print(writer,
                 "%s:", flow_keys.keys[concurrence ? FLOW_CONCURRENCE : FLOW_SEQUENCE].name);
    write_flow_items(writer, plan, flow, at, indent + 4);
}

static void write_flow_items(struct writer *writer, const struct scenario_plan *plan,
                             const uint32_t *flow, uint32_t at, uint32_t indent)
{
    uint32_t count = flow[at] & DIRECTOR_FLOW_COUNT_MASK;
    at++;
    for (uint32_t i = 0; i < count; i++) {
        write_flow_item(writer, plan, flow, at, indent);
        at = flow_end(flow, at);
    }
}

static void write_flow(struct writer *writer, const struct scenario_plan *plan, enum plan_key key,
                       const uint32_t *flow, uint32_t length)
{
    if (length == 0) {
        return;
    }
    writer_line(writer, 4);
    writer_print(writer, "%s:", plan_keys.keys[key].name);
    size_t start = writer->length;
    writer_print(writer, " ");
    write_inline_flow(writer, plan, flow, 0);
    if (!writer_line_is_long(writer) || DIRECTOR_FLOW_IS_ATOM(flow[0])) {
        return;
    }
    writer_back_to(writer, start);
    if (DIRECTOR_FLOW_IS_SEQUENCE(flow[0])) {
        write_flow_items(writer, plan, flow, 0, 6);
        return;
    }
    writer_line(writer, 6);
    writer_print(writer, "%s:", flow_keys.keys[FLOW_CONCURRENCE].name);
    write_flow_items(writer, plan, flow, 0, 8);
}

/* ---- Steps -------------------------------------------------------------------------------- */

static bool same_range(const struct scenario_range *left, const struct scenario_range *right)
{
    return left->min == right->min && left->max == right->max;
}

static bool always_succeeds(const struct scenario_outcomes *outcomes)
{
    return outcomes->count == 1 &&
           outcomes->sets[0] == SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS);
}

static const char *step_key_name(enum step_key key)
{
    return step_keys.keys[key].name;
}

static void write_requires(struct writer *writer, const struct scenario_plan *plan,
                           const struct scenario_step *step)
{
    if (step->requires_count == 0) {
        return;
    }
    writer_key(writer, step_key_name(STEP_REQUIRES));
    writer_open(writer, '[');
    for (uint32_t i = 0; i < step->requires_count; i++) {
        writer_item(writer);
        writer_print(writer, "%s", plan->steps[step->requires[i]].name);
    }
    writer_close(writer, ']');
}

/* What of a step differs from the defaults, in brackets. */
static void write_step(struct writer *writer, const struct scenario_plan *plan,
                       const struct scenario_step *step)
{
    const struct scenario_step usual = scenario_default_step();
    const struct scenario_range *ranges[] = {&step->takes, &step->finalize_takes};
    const struct scenario_outcomes *outcomes[] = {&step->run, &step->finalize, &step->skip};
    writer_open(writer, '{');
    for (uint32_t i = 0; i < 2; i++) {
        if (!same_range(ranges[i], &usual.takes)) {
            writer_key(writer, step_key_name(i == 0 ? STEP_TAKES : STEP_FINALIZE_TAKES));
            writer_range(writer, ranges[i]);
        }
    }
    for (uint32_t i = 0; i < 3; i++) {
        if (!always_succeeds(outcomes[i])) {
            writer_key(writer, step_key_name((enum step_key)(STEP_RUN + i)));
            writer_outcomes(writer, outcomes[i],
                            i == 1 ? SCENARIO_FINALIZE_OUTCOMES : SCENARIO_RUN_OUTCOMES);
        }
    }
    if (step->rescue != usual.rescue) {
        writer_key(writer, step_key_name(STEP_RESCUE));
        writer_print(writer, "%s", director_rescue_strategy_name(step->rescue));
    }
    if (step->accepts_events) {
        writer_key(writer, step_key_name(STEP_ACCEPTS_EVENTS));
        writer_print(writer, "true");
    }
    if (step->queue != 0) {
        writer_key(writer, step_key_name(STEP_QUEUE));
        writer_print(writer, "%s", writer->scenario->world.queues[step->queue].name);
    }
    write_requires(writer, plan, step);
    if (step->planned_by != SCENARIO_NONE) {
        writer_key(writer, step_key_name(STEP_PLANNED_BY));
        writer_print(writer, "%s", plan->steps[step->planned_by].name);
    }
    writer_close(writer, '}');
}

static bool is_default_step(const struct scenario_step *step)
{
    const struct scenario_step usual = scenario_default_step();
    return same_range(&step->takes, &usual.takes) &&
           same_range(&step->finalize_takes, &usual.finalize_takes) &&
           always_succeeds(&step->run) && always_succeeds(&step->finalize) &&
           always_succeeds(&step->skip) && step->rescue == usual.rescue && !step->accepts_events &&
           step->queue == 0 && step->requires_count == 0 && step->planned_by == SCENARIO_NONE;
}

/* Where in the flows each step is named for the first time; SCENARIO_NONE: nowhere. NULL: no
 * memory. */
static uint32_t *first_places(struct writer *writer, const struct scenario_plan *plan)
{
    uint32_t *places =
        scenario_memory_array(writer->memory, (size_t)plan->step_count + 1, sizeof places[0]);
    if (places == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        places[i] = SCENARIO_NONE;
    }
    for (uint32_t i = 0; i < plan->run_flow_length + plan->finalize_flow_length; i++) {
        uint32_t token = i < plan->run_flow_length ? plan->run_flow[i]
                                                   : plan->finalize_flow[i - plan->run_flow_length];
        if (DIRECTOR_FLOW_IS_ATOM(token) && places[token - 1] == SCENARIO_NONE) {
            places[token - 1] = i;
        }
    }
    return places;
}

/* How many steps need an entry. The last ones need none while they are all default and stand in the
 * flows in the order of their numbers, which the reader then gives them again. */
static uint32_t steps_to_write(struct writer *writer, const struct scenario_plan *plan)
{
    const uint32_t *places = first_places(writer, plan);
    uint32_t count = plan->step_count;
    if (places == NULL) {
        return count;
    }
    uint32_t later = SCENARIO_NONE;
    while (count > 0 && places[count - 1] < later && is_default_step(&plan->steps[count - 1])) {
        later = places[count - 1];
        count--;
    }
    return count;
}

static void write_steps(struct writer *writer, const struct scenario_plan *plan)
{
    uint32_t count = steps_to_write(writer, plan);
    size_t width = 0;
    if (count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        size_t length = strlen(plan->steps[i].name);
        width = length > width ? length : width;
    }
    width = width > PADDING_MAX ? 0 : width;
    writer_line(writer, 4);
    writer_print(writer, "%s:", plan_keys.keys[PLAN_STEPS].name);
    for (uint32_t i = 0; i < count; i++) {
        size_t length = strlen(plan->steps[i].name);
        size_t padding = width > length ? width - length : 0;
        writer_line(writer, 6);
        writer_print(writer, "%s: %*s", plan->steps[i].name, (int)padding, "");
        write_step(writer, plan, &plan->steps[i]);
    }
}

/* ---- Plans -------------------------------------------------------------------------------- */

static void write_schedule(struct writer *writer, const struct scenario_plan *plan)
{
    if (plan->has_start_at) {
        writer_line(writer, 4);
        writer_print(writer, "%s: ", plan_keys.keys[PLAN_START_AT].name);
        writer_duration(writer, plan->start_at);
    }
    if (plan->has_start_before) {
        writer_line(writer, 4);
        writer_print(writer, "%s: ", plan_keys.keys[PLAN_START_BEFORE].name);
        writer_duration(writer, plan->start_before);
    }
    if (plan->after_count > 0) {
        writer_line(writer, 4);
        writer_print(writer, "%s: ", plan_keys.keys[PLAN_AFTER].name);
        writer_open(writer, '[');
        for (uint32_t i = 0; i < plan->after_count; i++) {
            writer_item(writer);
            writer_print(writer, "%s", writer->scenario->plans[plan->after[i]].name);
        }
        writer_close(writer, ']');
    }
    if (!always_succeeds(&plan->planning)) {
        writer_line(writer, 4);
        writer_print(writer, "%s: ", plan_keys.keys[PLAN_PLANNING].name);
        writer_outcomes(writer, &plan->planning, SCENARIO_FINALIZE_OUTCOMES);
    }
}

static void write_plan(struct writer *writer, const struct scenario_plan *plan)
{
    writer_line(writer, 2);
    writer_print(writer, "%s:", plan->name);
    size_t start = writer->length;
    if (plan->state != DIRECTOR_PLAN_PLANNED) {
        writer_line(writer, 4);
        writer_print(writer, "%s: %s", plan_keys.keys[PLAN_STATE].name,
                     director_plan_state_name(plan->state));
    }
    write_schedule(writer, plan);
    if (plan->rescue != DIRECTOR_RESCUE_PAUSE) {
        writer_line(writer, 4);
        writer_print(writer, "%s: %s", plan_keys.keys[PLAN_RESCUE].name,
                     director_rescue_strategy_name(plan->rescue));
    }
    write_flow(writer, plan, PLAN_RUN, plan->run_flow, plan->run_flow_length);
    write_flow(writer, plan, PLAN_FINALIZE, plan->finalize_flow, plan->finalize_flow_length);
    write_steps(writer, plan);
    if (writer->length == start) {
        writer_print(writer, " {}");
    }
}

void writer_plans(struct writer *writer)
{
    if (writer->scenario->plan_count == 0) {
        return;
    }
    writer_print(writer, "\n%s:", top_keys.keys[TOP_PLANS].name);
    for (uint32_t i = 0; i < writer->scenario->plan_count; i++) {
        write_plan(writer, &writer->scenario->plans[i]);
    }
}
