/* scenario_equal.c: field by field; padding and pointers are not looked at. */
#include "sim/scenario/scenario_equal.h"

#include <string.h>

/* Leave with a word when two values differ. */
#define SAME(condition, word)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return (word);                                                                         \
        }                                                                                          \
    } while (false)
#define SAME_FIELD(field, word) SAME(left->field == right->field, word)

static bool same_text(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

static bool same_numbers(const uint32_t *left, uint32_t left_count, const uint32_t *right,
                         uint32_t right_count)
{
    return left_count == right_count &&
           (left_count == 0 || memcmp(left, right, left_count * sizeof left[0]) == 0);
}

static bool same_range(struct scenario_range left, struct scenario_range right)
{
    return left.min == right.min && left.max == right.max;
}

static bool same_outcomes(const struct scenario_outcomes *left,
                          const struct scenario_outcomes *right)
{
    return left->count == right->count &&
           (left->count == 0 || memcmp(left->sets, right->sets, left->count) == 0);
}

static const char *step_difference(const struct scenario_step *left,
                                   const struct scenario_step *right)
{
    SAME(same_text(left->name, right->name), "step name");
    SAME(same_range(left->takes, right->takes), "step takes");
    SAME(same_range(left->finalize_takes, right->finalize_takes), "step finalize_takes");
    SAME(same_outcomes(&left->run, &right->run), "step run");
    SAME(same_outcomes(&left->finalize, &right->finalize), "step finalize");
    SAME(same_outcomes(&left->skip, &right->skip), "step skip");
    SAME_FIELD(rescue, "step rescue");
    SAME_FIELD(accepts_events, "step accepts_events");
    SAME_FIELD(queue, "step queue");
    SAME(same_numbers(left->requires, left->requires_count, right->requires, right->requires_count),
         "step requires");
    SAME_FIELD(planned_by, "step planned_by");
    SAME_FIELD(in_run, "step in_run");
    SAME_FIELD(in_finalize, "step in_finalize");
    return NULL;
}

static const char *plan_difference(const struct scenario_plan *left,
                                   const struct scenario_plan *right)
{
    SAME(same_text(left->name, right->name), "plan name");
    SAME_FIELD(step_count, "plan steps");
    for (uint32_t i = 0; i < left->step_count; i++) {
        const char *difference = step_difference(&left->steps[i], &right->steps[i]);
        SAME(difference == NULL, difference);
    }
    SAME(same_numbers(left->run_flow, left->run_flow_length, right->run_flow,
                      right->run_flow_length),
         "plan run flow");
    SAME(same_numbers(left->finalize_flow, left->finalize_flow_length, right->finalize_flow,
                      right->finalize_flow_length),
         "plan finalize flow");
    SAME_FIELD(state, "plan state");
    SAME_FIELD(rescue, "plan rescue");
    SAME_FIELD(has_start_at, "plan start_at");
    SAME_FIELD(start_at, "plan start_at");
    SAME_FIELD(has_start_before, "plan start_before");
    SAME_FIELD(start_before, "plan start_before");
    SAME(same_numbers(left->after, left->after_count, right->after, right->after_count),
         "plan after");
    SAME(same_outcomes(&left->planning, &right->planning), "plan planning");
    return NULL;
}

static const char *world_difference(const struct scenario_world *left,
                                    const struct scenario_world *right)
{
    SAME_FIELD(auto_rescue, "world auto_rescue");
    SAME_FIELD(defects, "world defects");
    SAME_FIELD(worlds, "world worlds");
    SAME_FIELD(queue_count, "world queues");
    for (uint32_t i = 0; i < left->queue_count; i++) {
        SAME(same_text(left->queues[i].name, right->queues[i].name), "queue name");
        SAME_FIELD(queues[i].workers, "queue workers");
    }
    SAME(same_range(left->latency, right->latency), "world latency");
    SAME_FIELD(termination_timeout, "world termination_timeout");
    SAME_FIELD(validity_check, "world validity_check");
    SAME_FIELD(order, "world order");
    SAME_FIELD(auto_execute, "world auto_execute");
    return NULL;
}

static const char *trigger_difference(const struct scenario_trigger *left,
                                      const struct scenario_trigger *right)
{
    SAME_FIELD(kind, "trigger kind");
    SAME_FIELD(delay, "trigger delay");
    if (left->kind == SCENARIO_AT) {
        SAME_FIELD(at, "trigger at");
        return NULL;
    }
    if (left->kind == SCENARIO_AFTER_EVENT) {
        SAME_FIELD(event, "trigger event");
        return NULL;
    }
    SAME_FIELD(plan, "trigger plan");
    SAME_FIELD(nth, "trigger nth");
    if (left->kind == SCENARIO_AFTER_STEP) {
        SAME_FIELD(step, "trigger step");
        SAME_FIELD(finalize, "trigger finalize");
        SAME_FIELD(step_state, "trigger state");
    } else if (left->kind == SCENARIO_AFTER_PLAN) {
        SAME_FIELD(plan_state, "trigger state");
    }
    return NULL;
}

static const char *event_difference(const struct scenario_event *left,
                                    const struct scenario_event *right)
{
    SAME_FIELD(kind, "event kind");
    SAME_FIELD(plan, "event plan");
    SAME_FIELD(step, "event step");
    SAME_FIELD(world, "event world");
    SAME(same_text(left->name, right->name), "event name");
    SAME_FIELD(optional, "event optional");
    SAME_FIELD(request, "event request");
    return trigger_difference(&left->when, &right->when);
}

static const char *fault_difference(const struct scenario_fault *left,
                                    const struct scenario_fault *right)
{
    SAME_FIELD(site, "fault on");
    SAME_FIELD(error, "fault error");
    SAME_FIELD(after, "fault when");
    SAME_FIELD(plan, "fault plan");
    SAME_FIELD(step, "fault step");
    SAME_FIELD(finalize, "fault finalize");
    SAME_FIELD(queue, "fault queue");
    SAME_FIELD(world, "fault world");
    SAME_FIELD(has_to, "fault to");
    if (left->has_to) {
        SAME_FIELD(to_plan, "fault to");
        SAME_FIELD(to_step, "fault to");
    }
    SAME_FIELD(timing, "fault timing");
    SAME_FIELD(times, "fault times");
    SAME_FIELD(duration, "fault for");
    switch (left->timing) {
    case SCENARIO_FAULT_NTH:
        SAME_FIELD(nth, "fault nth");
        break;
    case SCENARIO_FAULT_CHANCE:
        SAME_FIELD(chance_numerator, "fault chance");
        SAME_FIELD(chance_denominator, "fault chance");
        break;
    case SCENARIO_FAULT_WHEN:
        return trigger_difference(&left->trigger, &right->trigger);
    }
    return NULL;
}

static const char *expectation_difference(const struct scenario_expectation *left,
                                          const struct scenario_expectation *right)
{
    SAME_FIELD(kind, "expectation kind");
    SAME_FIELD(plan, "expectation plan");
    SAME_FIELD(step, "expectation step");
    SAME_FIELD(finalize, "expectation finalize");
    SAME_FIELD(missing, "expectation missing");
    SAME_FIELD(has_state, "expectation state");
    SAME_FIELD(plan_state, "expectation state");
    SAME_FIELD(has_result, "expectation result");
    SAME_FIELD(result, "expectation result");
    SAME_FIELD(step_state, "expectation state");
    SAME_FIELD(future, "expectation future");
    SAME_FIELD(reason, "expectation reason");
    SAME_FIELD(event, "expectation event");
    SAME_FIELD(name, "expectation name");
    SAME_FIELD(runs, "expectation runs");
    return NULL;
}

static const char *lists_difference(const struct scenario *left, const struct scenario *right)
{
    const char *difference = NULL;
    SAME_FIELD(plan_count, "plans");
    SAME_FIELD(event_count, "events");
    SAME_FIELD(fault_count, "faults");
    SAME_FIELD(expectation_count, "expectations");
    SAME_FIELD(shows.there, "shows");
    SAME_FIELD(shows.defect, "shown defect");
    SAME_FIELD(shows.violates, "shown violations");
    SAME_FIELD(choice_count, "choices");
    for (uint32_t i = 0; i < left->plan_count && difference == NULL; i++) {
        difference = plan_difference(&left->plans[i], &right->plans[i]);
    }
    for (uint32_t i = 0; i < left->event_count && difference == NULL; i++) {
        difference = event_difference(&left->events[i], &right->events[i]);
    }
    for (uint32_t i = 0; i < left->fault_count && difference == NULL; i++) {
        difference = fault_difference(&left->faults[i], &right->faults[i]);
    }
    for (uint32_t i = 0; i < left->expectation_count && difference == NULL; i++) {
        difference = expectation_difference(&left->expectations[i], &right->expectations[i]);
    }
    for (uint32_t i = 0; i < left->choice_count && difference == NULL; i++) {
        SAME(same_text(left->choices[i].site, right->choices[i].site), "choice site");
        SAME_FIELD(choices[i].value, "choice value");
    }
    return difference;
}

const char *scenario_difference(const struct scenario *left, const struct scenario *right)
{
    SAME(same_text(left->name, right->name), "name");
    SAME_FIELD(seed, "seed");
    SAME_FIELD(until, "until");
    const char *difference = world_difference(&left->world, &right->world);
    SAME(difference == NULL, difference);
    return lists_difference(left, right);
}
