/* story_write.c: from a scenario to the bytes of a story that is like it: how a fuzzer begins with
 * what people have written. */
#include "fuzz/story.h"
#include "sim/scenario/scenario_defaults.h"
#include "sim/scenario/vocabulary.h"

#include <string.h>

#define NO_STEP 0xffu
#define LATENCY_PARTS 10u
#define MAP_STEPS_MAX 64u /* of a plan with more, those behind are left out */

struct writer {
    const struct scenario *scenario;
    unsigned char *bytes;
    size_t size;
    size_t length;
    uint32_t plan_count;
    /* The number in the story of each step of a plan; and the places of its run flow. */
    unsigned char steps[STORY_PLANS_MAX][MAP_STEPS_MAX];
    uint32_t step_count[STORY_PLANS_MAX];
    unsigned places[STORY_PLANS_MAX];
};

static void add(struct writer *writer, const unsigned char record[STORY_RECORD_BYTES])
{
    if (writer->length + STORY_RECORD_BYTES <= writer->size) {
        memcpy(writer->bytes + writer->length, record, STORY_RECORD_BYTES);
    }
    writer->length += STORY_RECORD_BYTES;
}

static unsigned char byte_of_time(uint64_t time_us)
{
    uint64_t odd = time_us / STORY_ODD_US;
    if (time_us % STORY_MS != 0 && odd > 0 && odd <= 256u - STORY_ODD_TIMES) {
        return (unsigned char)(STORY_ODD_TIMES + odd - 1u);
    }
    uint64_t milliseconds = (time_us + STORY_MS / 2) / STORY_MS;
    uint64_t longer = milliseconds > STORY_LONG_TIMES
                          ? (milliseconds - STORY_LONG_TIMES + STORY_LONG_MS / 2) / STORY_LONG_MS
                          : 0;
    uint64_t byte = longer > 0 ? STORY_LONG_TIMES + longer : milliseconds;
    return (unsigned char)(byte < STORY_ODD_TIMES ? byte : STORY_ODD_TIMES - 1);
}

static unsigned bits_of_strategy(enum director_rescue_strategy strategy)
{
    return strategy == DIRECTOR_RESCUE_SKIP ? 1u : strategy == DIRECTOR_RESCUE_FAIL ? 2u : 0u;
}

static unsigned char byte_of_workers(uint32_t workers)
{
    return (unsigned char)(workers == 0 ? 5u : workers < 4 ? workers : 4u);
}

static void write_world(struct writer *writer)
{
    const struct scenario_world *world = &writer->scenario->world;
    const struct scenario_world usual = scenario_default_world();
    const struct scenario_queue queue = scenario_default_queue();
    unsigned worlds = world->worlds < 3 ? world->worlds : 3;
    unsigned options = (world->auto_rescue ? 0u : 1u) | (world->auto_execute ? 2u : 0u) |
                       (unsigned)world->order << 2 | (worlds - 1) << 4 |
                       (world->queue_count > 1 ? 64u : 0u);
    unsigned char record[STORY_RECORD_BYTES] = {STORY_WORLD, (unsigned char)options};
    record[WORLD_LATENCY] = byte_of_time(world->latency.min * LATENCY_PARTS);
    record[WORLD_LATENCY_MORE] =
        byte_of_time((world->latency.max - world->latency.min) * LATENCY_PARTS);
    if (world->termination_timeout != usual.termination_timeout) {
        record[WORLD_TIMEOUT] = byte_of_time(world->termination_timeout);
    }
    if (world->validity_check > 0) {
        uint64_t more = world->validity_check > STORY_CHECK_MIN_US + STORY_MS
                            ? world->validity_check - STORY_CHECK_MIN_US
                            : STORY_MS;
        record[WORLD_CHECK] = byte_of_time(more);
    }
    if (world->queues[0].workers != queue.workers) {
        record[WORLD_WORKERS] = byte_of_workers(world->queues[0].workers);
    }
    if (world->queue_count > 1) {
        record[WORLD_WORKERS_MORE] = byte_of_workers(world->queues[1].workers);
    }
    add(writer, record);
}

/* ---- Plans ---------------------------------------------------------------------------------- */

static void place(struct writer *writer, uint32_t plan, uint32_t step, enum story_place where)
{
    uint32_t number = writer->step_count[plan];
    if (step < MAP_STEPS_MAX && number < STORY_STEPS_MAX) {
        writer->steps[plan][step] = (unsigned char)number;
        writer->places[plan] |= (unsigned)where << 2 * number;
        writer->step_count[plan]++;
    }
}

/* Everything below `at`, which begins in place `first`: in sequences one after another, below a
 * concurrence side by side. Answers where it ends. */
static uint32_t write_branch(struct writer *writer, uint32_t plan, uint32_t at,
                             enum story_place first)
{
    const uint32_t *flow = writer->scenario->plans[plan].run_flow;
    uint32_t beside_until = 0; /* how much is left behind the outermost concurrence */
    bool beside = false;
    for (uint32_t left = 1; left > 0; left--) {
        uint32_t token = flow[at++];
        if (beside && left <= beside_until) {
            beside = false;
            first = STORY_BEHIND;
        }
        if (DIRECTOR_FLOW_IS_ATOM(token)) {
            place(writer, plan, token - 1, first);
            first = beside ? STORY_WITHIN : STORY_BEHIND;
            continue;
        }
        if (DIRECTOR_FLOW_IS_CONCURRENCE(token) && !beside) {
            beside = true;
            beside_until = left - 1;
        }
        left += token & DIRECTOR_FLOW_COUNT_MASK;
    }
    return at;
}

/* The flow in prefix order: what stands in sequences alone is a stage each, and so is a concurrence
 * with its branches. */
static void write_flow(struct writer *writer, uint32_t plan)
{
    const struct scenario_plan *of = &writer->scenario->plans[plan];
    for (uint32_t at = 0; at < of->run_flow_length;) {
        uint32_t token = of->run_flow[at];
        if (DIRECTOR_FLOW_IS_ATOM(token)) {
            place(writer, plan, token - 1, STORY_NEXT);
            at++;
        } else if (DIRECTOR_FLOW_IS_SEQUENCE(token)) {
            at++;
        } else {
            uint32_t branches = token & DIRECTOR_FLOW_COUNT_MASK;
            at++;
            for (uint32_t i = 0; i < branches; i++) {
                at = write_branch(writer, plan, at, i == 0 ? STORY_NEXT : STORY_BESIDE);
            }
        }
    }
}

/* Which steps are in the finalize flow, as the bits of PLAN_FINALIZE; *alone, those of PLAN_STEPS:
 * up to two steps are in no other flow. */
static unsigned write_finalize(struct writer *writer, uint32_t number, unsigned *alone)
{
    const struct scenario_plan *plan = &writer->scenario->plans[number];
    unsigned char *steps = writer->steps[number];
    unsigned finalize = 0;
    uint32_t before = NO_STEP;
    for (uint32_t i = 0; i < plan->step_count && i < MAP_STEPS_MAX; i++) {
        if (steps[i] == NO_STEP && plan->steps[i].in_finalize && *alone < 192u &&
            writer->step_count[number] < STORY_STEPS_MAX) {
            steps[i] = (unsigned char)writer->step_count[number]++;
            *alone = *alone == 0 ? 64u : 192u;
        }
        if (steps[i] != NO_STEP && plan->steps[i].in_finalize) {
            finalize |= 1u << steps[i];
        }
    }
    for (uint32_t at = 0; at < plan->finalize_flow_length; at++) {
        uint32_t token = plan->finalize_flow[at];
        if (!DIRECTOR_FLOW_IS_ATOM(token)) {
            finalize |= at > 0 ? 128u : 0u;
            continue;
        }
        uint32_t step = token - 1 < MAP_STEPS_MAX ? steps[token - 1] : NO_STEP;
        finalize |= before != NO_STEP && step < before ? 64u : 0u;
        before = step;
    }
    return finalize;
}

static unsigned bits_of_state(enum director_plan_state state)
{
    return state == DIRECTOR_PLAN_SCHEDULED ? 1u
           : state == DIRECTOR_PLAN_PAUSED  ? 2u
           : state == DIRECTOR_PLAN_STOPPED ? 3u
                                            : 0u;
}

/* What PLAN_FLOW_REST tells of its start_before. */
static unsigned bits_of_start_before(const struct scenario_plan *plan)
{
    uint64_t later = plan->has_start_before && plan->start_before > plan->start_at
                         ? (plan->start_before - plan->start_at) / STORY_START_BEFORE_US
                         : 0;
    return (unsigned)(later < 15 ? later : 15) << 4;
}

static void write_plan(struct writer *writer, uint32_t number)
{
    const struct scenario_plan *plan = &writer->scenario->plans[number];
    bool scheduled = plan->state == DIRECTOR_PLAN_SCHEDULED;
    unsigned options = 0;
    memset(writer->steps[number], NO_STEP, MAP_STEPS_MAX);
    write_flow(writer, number);
    unsigned finalize = write_finalize(writer, number, &options);
    if (plan->finalize_flow_length > 0 && DIRECTOR_FLOW_IS_CONCURRENCE(plan->finalize_flow[0])) {
        options |= 32u;
    }
    unsigned more = scheduled
                        ? (plan->has_start_before ? 16u : 0u) | (plan->after_count > 0 ? 32u : 0u) |
                              (plan->planning.sets[0] & 3u) << 6
                        : 0u;
    const unsigned char record[STORY_RECORD_BYTES] = {
        STORY_PLAN,
        (unsigned char)(writer->step_count[number] | bits_of_state(plan->state) << 3 | options),
        (unsigned char)writer->places[number],
        (unsigned char)((writer->places[number] >> 8 & 15u) | bits_of_start_before(plan)),
        (unsigned char)finalize,
        scheduled && plan->has_start_at ? byte_of_time(plan->start_at) : STORY_NO_START,
        0,
        (unsigned char)more,
    };
    add(writer, record);
}

static unsigned outcomes(const struct scenario_outcomes *of, unsigned bits)
{
    unsigned mask = (1u << bits) - 1u;
    unsigned first = of->sets[0] & mask;
    unsigned later = of->count > 1 ? of->sets[of->count - 1] & mask : 0u;
    return first | later << bits;
}

static void write_step(struct writer *writer, uint32_t plan, uint32_t number)
{
    const struct scenario_step *step = &writer->scenario->plans[plan].steps[number];
    unsigned story_number = writer->steps[plan][number];
    unsigned options = bits_of_strategy(step->rescue) | (step->accepts_events ? 4u : 0u) |
                       (step->queue > 0 ? 8u : 0u) | (step->planned_by != SCENARIO_NONE ? 64u : 0u);
    for (uint32_t i = 0; i < step->requires_count; i++) {
        uint32_t required = step->requires[i];
        bool is_first = required < MAP_STEPS_MAX && writer->steps[plan][required] == 0;
        options |= is_first ? 32u : 16u;
    }
    unsigned others = outcomes(&step->finalize, 2) | (step->skip.sets[0] & 7u) << 4;
    const unsigned char record[STORY_RECORD_BYTES] = {
        STORY_STEP,
        (unsigned char)story_number,
        (unsigned char)outcomes(&step->run, 3),
        (unsigned char)others,
        byte_of_time(step->takes.min),
        byte_of_time(step->takes.max - step->takes.min),
        (unsigned char)options,
        byte_of_time(step->finalize_takes.min),
    };
    add(writer, record);
}

/* ---- Events and faults ---------------------------------------------------------------------- */

/* A plan with a step of it, as bits; what is not in the story is its first one. */
static unsigned bits_of(const struct writer *writer, uint32_t plan, uint32_t step)
{
    unsigned plan_bits = plan < writer->plan_count ? plan : 0u;
    unsigned step_bits =
        plan < writer->plan_count && step < MAP_STEPS_MAX && writer->steps[plan][step] != NO_STEP
            ? writer->steps[plan][step]
            : 0u;
    return plan_bits | step_bits << 2;
}

static void write_event(struct writer *writer, const struct scenario_event *event)
{
    const struct scenario_trigger *when = &event->when;
    bool at = when->kind == SCENARIO_AT;
    unsigned nth = when->nth == 0 ? 0u : (when->nth - 1) & 3u;
    unsigned kind = (unsigned)event->kind | (event->optional ? 16u : 0u) |
                    (event->request != 0 ? 32u : 0u) | nth << 6;
    unsigned what = bits_of(writer, event->plan, event->step) |
                    (event->world > 0 ? (event->world - 1) & 7u : 0u) << 5;
    unsigned after = at ? 0u : bits_of(writer, when->plan, when->step);
    unsigned state = when->kind == SCENARIO_AFTER_STEP    ? (unsigned)when->step_state
                     : when->kind == SCENARIO_AFTER_EVENT ? when->event
                                                          : (unsigned)when->plan_state;
    const unsigned char record[STORY_RECORD_BYTES] = {
        STORY_EVENT,
        (unsigned char)kind,
        (unsigned char)what,
        (unsigned char)when->kind,
        (unsigned char)(after | (when->finalize ? 32u : 0u)),
        (unsigned char)state,
        byte_of_time(at ? when->at : when->delay),
    };
    add(writer, record);
}

static unsigned likelihood_of(const struct scenario_fault *fault)
{
    uint32_t wanted = fault->chance_denominator / fault->chance_numerator;
    unsigned best = 0;
    for (unsigned i = 1; i < STORY_LIKELIHOODS; i++) {
        best = story_chances[i] <= wanted ? i : best;
    }
    return best;
}

static void write_fault(struct writer *writer, const struct scenario_fault *fault)
{
    const struct scenario_trigger *trigger = &fault->trigger;
    uint32_t below = fault_sites[fault->site].errors & ((1u << fault->error) - 1u);
    bool when = fault->timing == SCENARIO_FAULT_WHEN;
    bool after = when && trigger->kind != SCENARIO_AT;
    unsigned often =
        fault->times == SCENARIO_UNTIL_HEALED ? STORY_FOREVER : (fault->times - 1) & 3u;
    unsigned scope =
        bits_of(writer, after ? trigger->plan : fault->plan, after ? trigger->step : fault->step)
        << 1;
    unsigned parts = (scope & 6u) | (scope & 0x38u) << 1 |
                     (fault->plan != SCENARIO_NONE ? 1u : 0u) |
                     (fault->step != SCENARIO_NONE ? 8u : 0u) | (fault->finalize ? 128u : 0u);
    unsigned number = fault->timing == SCENARIO_FAULT_NTH      ? (fault->nth - 1) & 7u
                      : fault->timing == SCENARIO_FAULT_CHANCE ? likelihood_of(fault)
                                                               : 0u;
    bool is_plan =
        after ? trigger->kind == SCENARIO_AFTER_PLAN : fault->site == SCENARIO_ON_SAVE_PLAN;
    unsigned state = after && trigger->kind == SCENARIO_AFTER_EVENT ? trigger->event & 15u
                     : after
                         ? (is_plan ? (unsigned)trigger->plan_state : (unsigned)trigger->step_state)
                         : (is_plan ? (unsigned)fault->to_plan : (unsigned)fault->to_step);
    uint64_t duration = fault->duration / STORY_MS;
    duration = duration == 0 ? 0 : duration > 32 ? 31 : duration - 1;
    const unsigned char record[STORY_RECORD_BYTES] = {
        STORY_FAULT,
        (unsigned char)((unsigned)fault->site | often << 4),
        (unsigned char)__builtin_popcount(below),
        (unsigned char)parts,
        (unsigned char)((unsigned)fault->timing | number << 2 | (fault->after ? 32u : 0u) |
                        (fault->has_to ? 64u : 0u) | (fault->queue + 1 > 1 ? 128u : 0u)),
        (unsigned char)(state | (fault->world & 3u) << 4),
        byte_of_time(when ? trigger->at + trigger->delay : 0),
        (unsigned char)((when ? (unsigned)trigger->kind : 0u) | (unsigned)duration << 3),
    };
    add(writer, record);
}

size_t story_write(const struct scenario *scenario, unsigned char *bytes, size_t size)
{
    struct writer writer = {.scenario = scenario, .bytes = bytes, .size = size};
    write_world(&writer);
    for (; writer.plan_count < scenario->plan_count && writer.plan_count < STORY_PLANS_MAX;
         writer.plan_count++) {
        uint32_t plan = writer.plan_count;
        write_plan(&writer, plan);
        for (uint32_t i = 0; i < scenario->plans[plan].step_count && i < MAP_STEPS_MAX; i++) {
            if (writer.steps[plan][i] != NO_STEP) {
                write_step(&writer, plan, i);
            }
        }
    }
    for (uint32_t i = 0; i < scenario->event_count && i < STORY_EVENTS_MAX; i++) {
        write_event(&writer, &scenario->events[i]);
    }
    for (uint32_t i = 0; i < scenario->fault_count && i < STORY_FAULTS_MAX; i++) {
        write_fault(&writer, &scenario->faults[i]);
    }
    return writer.length;
}
