/* scenario_edit.c: see scenario_edit.h. */
#include "sim/search/scenario_edit.h"

#include "sim/scenario/scenario_defaults.h"

#include <string.h>

/* ---- Copying -------------------------------------------------------------------------------- */

static const void *copy_array(struct scenario_memory *memory, const void *array, size_t count,
                              size_t size)
{
    void *copy = scenario_memory_array(memory, count, size);
    if (copy != NULL) {
        memcpy(copy, array, count * size);
    }
    return copy;
}

#define COPY(owner, field, count_field)                                                            \
    ((owner)->field =                                                                              \
         copy_array(memory, (owner)->field, (owner)->count_field, sizeof((owner)->field[0])))

static void copy_plan(struct scenario_plan *plan, struct scenario_memory *memory)
{
    COPY(plan, steps, step_count);
    COPY(plan, run_flow, run_flow_length);
    COPY(plan, finalize_flow, finalize_flow_length);
    COPY(plan, after, after_count);
    for (uint32_t i = 0; plan->steps != NULL && i < plan->step_count; i++) {
        struct scenario_step *step = (struct scenario_step *)(uintptr_t)&plan->steps[i];
        COPY(step, requires, requires_count);
    }
}

struct scenario *scenario_edit_copy(const struct scenario *scenario, struct scenario_memory *memory)
{
    struct scenario *copy = scenario_memory_allocate(memory, sizeof(*copy));
    if (copy == NULL) {
        return NULL;
    }
    *copy = *scenario;
    COPY(copy, plans, plan_count);
    COPY(copy, events, event_count);
    COPY(copy, faults, fault_count);
    COPY(copy, choices, choice_count);
    COPY(copy, expectations, expectation_count);
    COPY(&copy->world, queues, queue_count);
    for (uint32_t i = 0; copy->plans != NULL && i < copy->plan_count; i++) {
        copy_plan(edit_plan(copy, i), memory);
    }
    return scenario_memory_failed(memory) ? NULL : copy;
}

/* ---- What is to go -------------------------------------------------------------------------- */

uint32_t edit_first_step(const struct scenario *scenario, uint32_t plan)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i < plan; i++) {
        first += scenario->plans[i].step_count;
    }
    return first;
}

bool edit_gone_start(struct edit_gone *gone, const struct scenario *scenario,
                     struct scenario_memory *memory)
{
    const uint32_t steps = edit_first_step(scenario, scenario->plan_count);
    *gone = (struct edit_gone){
        .plans = scenario_memory_array(memory, scenario->plan_count + 1, sizeof(bool)),
        .steps = scenario_memory_array(memory, steps + 1, sizeof(bool)),
        .events = scenario_memory_array(memory, scenario->event_count + 1, sizeof(bool)),
        .faults = scenario_memory_array(memory, scenario->fault_count + 1, sizeof(bool)),
        .choices = scenario_memory_array(memory, scenario->choice_count + 1, sizeof(bool)),
    };
    return !scenario_memory_failed(memory);
}

/* The new numbers of things, where some go. */
struct renumbering {
    uint32_t *plans;
    uint32_t *steps; /* as in struct edit_gone */
    uint32_t *events;
};

struct taking {
    struct scenario *copy;
    struct edit_gone *gone;
    struct renumbering to;
};

static bool step_is_gone(const struct taking *taking, uint32_t plan, uint32_t step)
{
    return taking->gone->plans[plan] ||
           (step != SCENARIO_NONE &&
            taking->gone->steps[edit_first_step(taking->copy, plan) + step]);
}

static bool trigger_is_gone(const struct taking *taking, const struct scenario_trigger *trigger)
{
    switch (trigger->kind) {
    case SCENARIO_AT:
        return false;
    case SCENARIO_AFTER_EVENT:
        return taking->gone->events[trigger->event];
    case SCENARIO_AFTER_STEP:
        return step_is_gone(taking, trigger->plan, trigger->step);
    case SCENARIO_AFTER_PLAN:
    case SCENARIO_AFTER_FUTURE:
        return taking->gone->plans[trigger->plan];
    }
    return false;
}

static bool is_about_plan(enum scenario_event_kind kind)
{
    return kind <= SCENARIO_DELETE_STEPS;
}

/* What is about something that goes, goes. True: something more does. */
static bool spread_to_events(const struct taking *taking)
{
    bool more = false;
    for (uint32_t i = 0; i < taking->copy->event_count; i++) {
        const struct scenario_event *event = &taking->copy->events[i];
        bool about = is_about_plan(event->kind) &&
                     step_is_gone(taking, event->plan,
                                  event->kind == SCENARIO_EVENT ? event->step : SCENARIO_NONE);
        if (!taking->gone->events[i] && (about || trigger_is_gone(taking, &event->when))) {
            taking->gone->events[i] = true;
            more = true;
        }
    }
    return more;
}

static void spread_to_faults(const struct taking *taking)
{
    for (uint32_t i = 0; i < taking->copy->fault_count; i++) {
        const struct scenario_fault *fault = &taking->copy->faults[i];
        bool about = fault->plan != SCENARIO_NONE && step_is_gone(taking, fault->plan, fault->step);
        bool waits =
            fault->timing == SCENARIO_FAULT_WHEN && trigger_is_gone(taking, &fault->trigger);
        taking->gone->faults[i] |= about || waits;
    }
}

static bool expectation_is_gone(const struct taking *taking,
                                const struct scenario_expectation *expectation)
{
    switch (expectation->kind) {
    case SCENARIO_EXPECT_PLAN:
    case SCENARIO_EXPECT_FUTURE:
        return taking->gone->plans[expectation->plan];
    case SCENARIO_EXPECT_STEP:
    case SCENARIO_EXPECT_RUNS:
        return step_is_gone(taking, expectation->plan, expectation->step);
    case SCENARIO_EXPECT_EVENT:
        return taking->gone->events[expectation->event];
    case SCENARIO_EXPECT_MARK:
    case SCENARIO_EXPECT_VIOLATES:
        return false;
    }
    return false;
}

/* ---- Numbers -------------------------------------------------------------------------------- */

static uint32_t *number_anew(const bool *gone, uint32_t count, struct scenario_memory *memory)
{
    uint32_t *numbers = scenario_memory_array(memory, count + 1, sizeof(uint32_t));
    uint32_t next = 0;
    for (uint32_t i = 0; numbers != NULL && i < count; i++) {
        numbers[i] = gone[i] ? SCENARIO_NONE : next++;
    }
    return numbers;
}

static bool make_numbers(struct taking *taking, struct scenario_memory *memory)
{
    struct scenario *copy = taking->copy;
    const uint32_t steps = edit_first_step(copy, copy->plan_count);
    taking->to.plans = number_anew(taking->gone->plans, copy->plan_count, memory);
    taking->to.events = number_anew(taking->gone->events, copy->event_count, memory);
    taking->to.steps = scenario_memory_array(memory, steps + 1, sizeof(uint32_t));
    if (scenario_memory_failed(memory)) {
        return false;
    }
    for (uint32_t plan = 0, first = 0; plan < copy->plan_count; plan++) {
        for (uint32_t i = 0, next = 0; i < copy->plans[plan].step_count; i++) {
            bool gone = taking->gone->plans[plan] || taking->gone->steps[first + i];
            taking->to.steps[first + i] = gone ? SCENARIO_NONE : next++;
        }
        first += copy->plans[plan].step_count;
    }
    return true;
}

static uint32_t new_step(const struct taking *taking, uint32_t plan, uint32_t step)
{
    return step == SCENARIO_NONE ? SCENARIO_NONE
                                 : taking->to.steps[edit_first_step(taking->copy, plan) + step];
}

static void renumber_trigger(const struct taking *taking, struct scenario_trigger *trigger)
{
    switch (trigger->kind) {
    case SCENARIO_AT:
        return;
    case SCENARIO_AFTER_EVENT:
        trigger->event = taking->to.events[trigger->event];
        return;
    case SCENARIO_AFTER_STEP:
        trigger->step = new_step(taking, trigger->plan, trigger->step);
        trigger->plan = taking->to.plans[trigger->plan];
        return;
    case SCENARIO_AFTER_PLAN:
    case SCENARIO_AFTER_FUTURE:
        trigger->plan = taking->to.plans[trigger->plan];
        return;
    }
}

/* ---- Flows ---------------------------------------------------------------------------------- */

struct flow_filter {
    const uint32_t *from;
    uint32_t *to;
    uint32_t read;
    uint32_t written;
    const uint32_t *numbers; /* of the plan's steps */
};

/* Write the flow that is next, without what is gone. Answers how many flows came of it: 0 or 1.
 * Recursion is bounded by SCENARIO_FLOW_DEPTH_MAX. */
static uint32_t filter_flow(struct flow_filter *filter)
{
    uint32_t token = filter->from[filter->read++];
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        uint32_t number = filter->numbers[token - 1];
        if (number != SCENARIO_NONE) {
            filter->to[filter->written++] = number + 1;
        }
        return number != SCENARIO_NONE;
    }
    uint32_t head = filter->written++;
    uint32_t count = 0;
    for (uint32_t i = 0; i < (token & DIRECTOR_FLOW_COUNT_MASK); i++) {
        count += filter_flow(filter);
    }
    if (count == 0) {
        filter->written = head;
    } else if (count == 1) {
        memmove(&filter->to[head], &filter->to[head + 1],
                (filter->written - head - 1) * sizeof(uint32_t));
        filter->written--;
    } else {
        filter->to[head] = (token & ~DIRECTOR_FLOW_COUNT_MASK) | count;
    }
    return count > 0;
}

/* In place: what is written is never ahead of what is read. */
static uint32_t filter_whole_flow(const uint32_t *flow, uint32_t length, const uint32_t *numbers)
{
    struct flow_filter filter = {
        .from = flow, .to = (uint32_t *)(uintptr_t)flow, .numbers = numbers};
    if (length > 0) {
        filter_flow(&filter);
    }
    return filter.written;
}

static uint32_t token_end(const uint32_t *flow, uint32_t place)
{
    uint32_t open = 1;
    while (open > 0) {
        uint32_t token = flow[place++];
        open += DIRECTOR_FLOW_IS_ATOM(token) ? 0 : token & DIRECTOR_FLOW_COUNT_MASK;
        open--;
    }
    return place;
}

uint32_t edit_flow_token_out(uint32_t *flow, uint32_t length, uint32_t place)
{
    uint32_t token = flow[place];
    uint32_t children = DIRECTOR_FLOW_IS_ATOM(token) ? 0 : token & DIRECTOR_FLOW_COUNT_MASK;
    for (uint32_t i = 0; i < place; i++) {
        /* The bracket around it is the last one before it that ends behind it. */
        if (!DIRECTOR_FLOW_IS_ATOM(flow[i]) && token_end(flow, i) > place) {
            bool inner = false;
            for (uint32_t j = i + 1; j < place; j++) {
                inner = inner || (!DIRECTOR_FLOW_IS_ATOM(flow[j]) && token_end(flow, j) > place);
            }
            if (!inner) {
                flow[i] = flow[i] + children - 1;
                break;
            }
        }
    }
    memmove(&flow[place], &flow[place + 1], (length - place - 1) * sizeof(uint32_t));
    return length - 1;
}

/* ---- Taking out ----------------------------------------------------------------------------- */

static void take_out_of_step(const uint32_t *numbers, struct scenario_step *step)
{
    uint32_t *requires = (uint32_t *)(uintptr_t)step->requires;
    uint32_t count = 0;
    for (uint32_t i = 0; i < step->requires_count; i++) {
        if (numbers[requires[i]] != SCENARIO_NONE) {
            requires[count++] = numbers[requires[i]];
        }
    }
    step->requires_count = count;
    if (step->planned_by != SCENARIO_NONE) {
        step->planned_by = numbers[step->planned_by];
    }
}

static void take_out_of_plan(const struct taking *taking, uint32_t index, const uint32_t *numbers)
{
    struct scenario_plan *plan = edit_plan(taking->copy, index);
    uint32_t *after = (uint32_t *)(uintptr_t)plan->after;
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->after_count; i++) {
        if (taking->to.plans[after[i]] != SCENARIO_NONE) {
            after[count++] = taking->to.plans[after[i]];
        }
    }
    plan->after_count = count;
    plan->run_flow_length = filter_whole_flow(plan->run_flow, plan->run_flow_length, numbers);
    plan->finalize_flow_length =
        filter_whole_flow(plan->finalize_flow, plan->finalize_flow_length, numbers);
    count = 0;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (numbers[i] != SCENARIO_NONE) {
            struct scenario_step *step = edit_step(taking->copy, index, count++);
            *step = plan->steps[i];
            take_out_of_step(numbers, step);
        }
    }
    plan->step_count = count;
}

static void take_out_events(const struct taking *taking)
{
    struct scenario *copy = taking->copy;
    uint32_t count = 0;
    for (uint32_t i = 0; i < copy->event_count; i++) {
        if (taking->gone->events[i]) {
            continue;
        }
        struct scenario_event event = copy->events[i];
        renumber_trigger(taking, &event.when);
        if (event.kind == SCENARIO_EVENT) {
            event.step = new_step(taking, event.plan, event.step);
        }
        if (is_about_plan(event.kind)) {
            event.plan = taking->to.plans[event.plan];
        }
        *edit_event(copy, count++) = event;
    }
    copy->event_count = count;
}

static void take_out_faults(const struct taking *taking)
{
    struct scenario *copy = taking->copy;
    uint32_t count = 0;
    for (uint32_t i = 0; i < copy->fault_count; i++) {
        if (taking->gone->faults[i]) {
            continue;
        }
        struct scenario_fault fault = copy->faults[i];
        if (fault.timing == SCENARIO_FAULT_WHEN) {
            renumber_trigger(taking, &fault.trigger);
        }
        if (fault.plan != SCENARIO_NONE) {
            fault.step = new_step(taking, fault.plan, fault.step);
            fault.plan = taking->to.plans[fault.plan];
        }
        *edit_fault(copy, count++) = fault;
    }
    copy->fault_count = count;
}

static void take_out_expectations(const struct taking *taking)
{
    struct scenario *copy = taking->copy;
    uint32_t count = 0;
    for (uint32_t i = 0; i < copy->expectation_count; i++) {
        struct scenario_expectation expectation = copy->expectations[i];
        if (expectation_is_gone(taking, &expectation)) {
            continue;
        }
        switch (expectation.kind) {
        case SCENARIO_EXPECT_STEP:
        case SCENARIO_EXPECT_RUNS:
            expectation.step = new_step(taking, expectation.plan, expectation.step);
            expectation.plan = taking->to.plans[expectation.plan];
            break;
        case SCENARIO_EXPECT_PLAN:
        case SCENARIO_EXPECT_FUTURE:
            expectation.plan = taking->to.plans[expectation.plan];
            break;
        case SCENARIO_EXPECT_EVENT:
            expectation.event = taking->to.events[expectation.event];
            break;
        case SCENARIO_EXPECT_MARK:
        case SCENARIO_EXPECT_VIOLATES:
            break;
        }
        ((struct scenario_expectation *)(uintptr_t)copy->expectations)[count++] = expectation;
    }
    copy->expectation_count = count;
}

static void take_out_choices(const struct taking *taking)
{
    struct scenario *copy = taking->copy;
    uint32_t count = 0;
    for (uint32_t i = 0; i < copy->choice_count; i++) {
        if (!taking->gone->choices[i]) {
            *edit_choice(copy, count++) = copy->choices[i];
        }
    }
    copy->choice_count = count;
}

static void take_out_plans(const struct taking *taking)
{
    struct scenario *copy = taking->copy;
    const uint32_t *numbers = taking->to.steps;
    uint32_t count = 0;
    for (uint32_t i = 0; i < copy->plan_count; i++) {
        const uint32_t steps = copy->plans[i].step_count;
        if (!taking->gone->plans[i]) {
            take_out_of_plan(taking, i, numbers);
            *edit_plan(copy, count++) = copy->plans[i];
        }
        numbers += steps;
    }
    copy->plan_count = count;
}

/* ---- Keys that say nothing any more --------------------------------------------------------- */

static bool flow_has(const uint32_t *flow, uint32_t length, uint32_t step)
{
    for (uint32_t i = 0; i < length; i++) {
        if (flow[i] == step + 1) {
            return true;
        }
    }
    return false;
}

/* A step that left a flow has nothing to say of it. */
static void forget_flow(struct scenario_plan *plan, struct scenario_step *step, uint32_t number)
{
    const struct scenario_step usual = scenario_default_step();
    step->in_run = flow_has(plan->run_flow, plan->run_flow_length, number);
    step->in_finalize = flow_has(plan->finalize_flow, plan->finalize_flow_length, number);
    if (!step->in_run) {
        step->run = usual.run;
        step->takes = usual.takes;
        step->skip = usual.skip;
        step->accepts_events = false;
        step->requires_count = 0;
    }
    if (!step->in_finalize) {
        step->finalize = usual.finalize;
        step->finalize_takes = usual.finalize_takes;
    }
}

static void forget_flows(struct scenario *copy)
{
    for (uint32_t i = 0; i < copy->plan_count; i++) {
        for (uint32_t s = 0; s < copy->plans[i].step_count; s++) {
            forget_flow(edit_plan(copy, i), edit_step(copy, i, s), s);
        }
    }
}

bool edit_take_out(struct scenario *copy, struct edit_gone *gone, struct scenario_memory *memory)
{
    struct taking taking = {.copy = copy, .gone = gone};
    while (spread_to_events(&taking)) {
    }
    spread_to_faults(&taking);
    if (!make_numbers(&taking, memory)) {
        return false;
    }
    /* The plans last: the others look up where steps were. */
    take_out_expectations(&taking);
    take_out_events(&taking);
    take_out_faults(&taking);
    take_out_choices(&taking);
    take_out_plans(&taking);
    forget_flows(copy);
    return true;
}
