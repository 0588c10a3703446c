/* story.c: from the bytes of a fuzzer to a scenario. See story.h for where they stand. */
#include "fuzz/story_settle.h"

#include "sim/scenario/scenario_defaults.h"
#include "sim/scenario/vocabulary.h"

#include <string.h>

#define WORKERS_MODULO 5u
#define WORLDS_MAX_AT_START 3u
#define TENTH 10u
#define FINALIZE_REVERSED 64u
#define FINALIZE_BY_TWO 128u

const uint32_t story_chances[STORY_LIKELIHOODS] = {1, 2, 3, 4, 6, 10, 16, 30};

static uint64_t time_of(unsigned char byte)
{
    if (byte >= STORY_ODD_TIMES) {
        return (uint64_t)(byte - STORY_ODD_TIMES + 1u) * STORY_ODD_US;
    }
    uint64_t longer = byte > STORY_LONG_TIMES ? byte - STORY_LONG_TIMES : 0u;
    return (byte - longer + longer * STORY_LONG_MS) * STORY_MS;
}

static enum director_rescue_strategy strategy_of(unsigned bits)
{
    static const enum director_rescue_strategy strategies[] = {
        DIRECTOR_RESCUE_PAUSE, DIRECTOR_RESCUE_SKIP, DIRECTOR_RESCUE_FAIL, DIRECTOR_RESCUE_SKIP};
    return strategies[bits & 3u];
}

/* ---- The world ------------------------------------------------------------------------------ */

static void start_world(struct story *story)
{
    struct scenario_world *world = &story->scenario.world;
    *world = scenario_default_world();
    story->queues[0] = scenario_default_queue();
    story->queues[1] = scenario_default_queue();
    story->queues[1].name = "slow";
    world->queues = story->queues;
    world->queue_count = 1;
}

static void read_world(struct story *story, const unsigned char *record)
{
    struct scenario_world *world = &story->scenario.world;
    unsigned options = record[WORLD_OPTIONS];
    world->auto_rescue = (options & 1u) == 0;
    world->auto_execute = (options & 2u) != 0;
    world->order = (enum scenario_order)((options >> 2 & 3u) % SCENARIO_ORDERS);
    world->worlds = 1 + (options >> 4 & 3u) % WORLDS_MAX_AT_START;
    world->queue_count = (options & 64u) != 0 ? 2 : 1;
    world->latency.min = time_of(record[WORLD_LATENCY]) / TENTH;
    world->latency.max = world->latency.min + time_of(record[WORLD_LATENCY_MORE]) / TENTH;
    if (record[WORLD_TIMEOUT] != 0) {
        world->termination_timeout = time_of(record[WORLD_TIMEOUT]);
    }
    if (record[WORLD_CHECK] != 0) {
        world->validity_check = STORY_CHECK_MIN_US + time_of(record[WORLD_CHECK]);
    }
    static const enum story_world_byte workers[STORY_QUEUES] = {WORLD_WORKERS, WORLD_WORKERS_MORE};
    for (uint32_t i = 0; i < STORY_QUEUES; i++) {
        if (record[workers[i]] != 0) {
            story->queues[i].workers = record[workers[i]] % WORKERS_MODULO;
        }
    }
}

/* ---- Plans ---------------------------------------------------------------------------------- */

/* A run flow while it is built: stages one after another, of branches side by side, of items one
 * after another, of steps side by side. */
struct flow_draft {
    uint32_t *tokens;
    uint32_t length;
    uint32_t stages;
    uint32_t stage;    /* place of the last stage's token */
    uint32_t branches; /* of it */
    uint32_t branch;   /* place of its last branch's token */
    uint32_t items;    /* of that */
    uint32_t item;     /* place of its last item's token */
    uint32_t in_item;
    uint32_t before_stage; /* set of steps that come before the last stage */
    uint32_t before_item;  /* and before the last item */
};

static void begin_branch(struct flow_draft *draft)
{
    draft->branch = draft->length++;
    draft->branches++;
    draft->items = 0;
    draft->before_item = draft->before_stage;
}

static void begin_item(struct flow_draft *draft)
{
    draft->item = draft->length++;
    draft->items++;
    draft->in_item = 0;
}

static void place_step(struct flow_draft *draft, uint32_t step, enum story_place place)
{
    if (step == 0 || place == STORY_NEXT) {
        draft->before_stage = (1u << step) - 1u;
        draft->stages++;
        draft->stage = draft->length++;
        draft->branches = 0;
        begin_branch(draft);
        begin_item(draft);
    } else if (place == STORY_BESIDE) {
        begin_branch(draft);
        begin_item(draft);
    } else if (place == STORY_BEHIND) {
        /* The steps of the item before it are the last ones. */
        draft->before_item |= ((1u << draft->in_item) - 1u) << (step - draft->in_item);
        begin_item(draft);
    }
    draft->in_item++;
    draft->tokens[draft->length++] = step + 1;
    draft->tokens[draft->item] = DIRECTOR_FLOW_CONCURRENCE | draft->in_item;
    draft->tokens[draft->branch] = DIRECTOR_FLOW_SEQUENCE | draft->items;
    draft->tokens[draft->stage] = DIRECTOR_FLOW_CONCURRENCE | draft->branches;
}

/* Brackets around one thing say nothing: take them out, from the inside. */
static uint32_t plain_flow(uint32_t *tokens, uint32_t length)
{
    for (uint32_t at = length; at-- > 0;) {
        if (!DIRECTOR_FLOW_IS_ATOM(tokens[at]) && (tokens[at] & DIRECTOR_FLOW_COUNT_MASK) == 1) {
            memmove(&tokens[at], &tokens[at + 1], (length - at - 1) * sizeof(tokens[0]));
            length--;
        }
    }
    return length;
}

static void read_run_flow(struct story *story, uint32_t plan, uint32_t count, unsigned places)
{
    struct flow_draft draft = {.tokens = story->run_flows[plan], .length = 1};
    for (uint32_t step = 0; step < count; step++) {
        place_step(&draft, step, (enum story_place)(places >> 2 * step & 3u));
        story->before[plan][step] = draft.before_item;
        story->steps[plan][step].in_run = true;
    }
    draft.tokens[0] = DIRECTOR_FLOW_SEQUENCE | draft.stages;
    story->plans[plan].run_flow = draft.tokens;
    story->plans[plan].run_flow_length = count == 0 ? 0 : plain_flow(draft.tokens, draft.length);
}

static uint32_t order_finalize(struct story *story, uint32_t plan, unsigned set, uint32_t *order)
{
    uint32_t count = 0;
    uint32_t steps = story->plans[plan].step_count;
    for (uint32_t i = 0; i < steps; i++) {
        uint32_t step = (set & FINALIZE_REVERSED) != 0 ? steps - 1 - i : i;
        if ((set & 1u << step) != 0) {
            story->steps[plan][step].in_finalize = true;
            order[count++] = step;
        }
    }
    return count;
}

static void read_finalize_flow(struct story *story, uint32_t plan, unsigned set, bool concurrence)
{
    static const uint32_t kinds[] = {DIRECTOR_FLOW_SEQUENCE, DIRECTOR_FLOW_CONCURRENCE};
    uint32_t order[STORY_STEPS_MAX];
    uint32_t *tokens = story->finalize_flows[plan];
    uint32_t count = order_finalize(story, plan, set, order);
    uint32_t together = (set & FINALIZE_BY_TWO) != 0 ? 2 : 1;
    uint32_t length = 1;
    uint32_t parts = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (i % together == 0) {
            uint32_t left = count - i < together ? count - i : together;
            tokens[length++] = kinds[!concurrence] | left;
            parts++;
        }
        tokens[length++] = order[i] + 1;
    }
    tokens[0] = kinds[concurrence] | parts;
    story->plans[plan].finalize_flow = tokens;
    story->plans[plan].finalize_flow_length = count == 0 ? 0 : plain_flow(tokens, length);
}

static struct scenario_event *add_event(struct story *story, enum scenario_event_kind kind)
{
    struct scenario *scenario = &story->scenario;
    if (scenario->event_count == STORY_EVENTS_MAX) {
        return NULL;
    }
    struct scenario_event *event = &story->events[scenario->event_count++];
    *event = (struct scenario_event){
        .kind = kind, .plan = SCENARIO_NONE, .step = SCENARIO_NONE, .when = {.nth = 1}};
    return event;
}

static void add_starts(struct story *story, uint32_t plan, const unsigned char *record)
{
    struct scenario_event *event;
    bool by_client = story->plans[plan].state != DIRECTOR_PLAN_SCHEDULED;
    if (by_client && record[PLAN_START] < STORY_NO_START &&
        (event = add_event(story, SCENARIO_START)) != NULL) {
        event->plan = plan;
        event->when.at = time_of(record[PLAN_START]);
    }
    if ((record[PLAN_OPTIONS] & 8u) != 0 && (event = add_event(story, SCENARIO_START)) != NULL) {
        event->plan = plan;
        event->when.kind = SCENARIO_AFTER_PLAN;
        event->when.plan = plan;
        event->when.plan_state = DIRECTOR_PLAN_PAUSED;
    }
}

/* A plan that is planned in the run, when its time has come. */
static void read_schedule(struct story *story, uint32_t number, const unsigned char *record)
{
    struct scenario_plan *plan = &story->plans[number];
    unsigned options = record[PLAN_OPTIONS];
    plan->has_start_at = record[PLAN_START] < STORY_NO_START;
    plan->start_at = plan->has_start_at ? time_of(record[PLAN_START]) : 0;
    plan->has_start_before = (options & 16u) != 0;
    unsigned later = record[PLAN_FLOW_REST] >> 4;
    later = later == 0 ? STORY_START_BEFORE_MORE : later;
    plan->start_before =
        plan->has_start_before ? plan->start_at + (uint64_t)later * STORY_START_BEFORE_US : 0;
    if ((options & 32u) != 0 && plan != story->plans) {
        story->after[number] = number - 1;
        plan->after = &story->after[number];
        plan->after_count = 1;
    }
    if (options >> 6 != 0) {
        story->planning[number] = (uint8_t)(options >> 6);
        plan->planning = (struct scenario_outcomes){.sets = &story->planning[number], .count = 1};
    }
}

static void read_plan(struct story *story, const unsigned char *record)
{
    static const char *const plan_names[STORY_PLANS_MAX] = {"p1", "p2", "p3"};
    static const char *const step_names[STORY_STEPS_MAX] = {"a", "b", "c", "d", "e", "f"};
    static const enum director_plan_state states[] = {DIRECTOR_PLAN_PLANNED,
                                                      DIRECTOR_PLAN_SCHEDULED, DIRECTOR_PLAN_PAUSED,
                                                      DIRECTOR_PLAN_STOPPED};
    uint32_t number = story->scenario.plan_count;
    if (number == STORY_PLANS_MAX) {
        return;
    }
    story->scenario.plan_count++;
    struct scenario_plan *plan = &story->plans[number];
    *plan = scenario_default_plan();
    plan->name = plan_names[number];
    plan->state = states[record[PLAN_STEPS] >> 3 & 3u];
    plan->steps = story->steps[number];
    plan->step_count = (record[PLAN_STEPS] & 7u) % (STORY_STEPS_MAX + 1u);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        struct scenario_step *step = &story->steps[number][i];
        *step = scenario_default_step();
        step->name = step_names[i];
        step->rescue = strategy_of(record[PLAN_OPTIONS]);
        step->accepts_events = (record[PLAN_OPTIONS] & 4u) != 0;
        if (record[PLAN_TAKES] != 0) {
            step->takes.min = step->takes.max = time_of(record[PLAN_TAKES]);
        }
    }
    unsigned finalize = record[PLAN_FINALIZE];
    uint32_t run_count = plan->step_count;
    for (unsigned bit = 64u; bit <= 128u; bit *= 2) {
        if ((record[PLAN_STEPS] & bit) != 0 && run_count > 0) {
            run_count--;
            finalize |= 1u << run_count;
            story->steps[number][run_count].accepts_events = false;
            story->before[number][run_count] = 0;
        }
    }
    read_run_flow(story, number, run_count,
                  record[PLAN_FLOW] | (unsigned)record[PLAN_FLOW_REST] << 8);
    read_finalize_flow(story, number, finalize, (record[PLAN_STEPS] & 32u) != 0);
    if (plan->state == DIRECTOR_PLAN_SCHEDULED) {
        read_schedule(story, number, record);
    }
    add_starts(story, number, record);
}

/* ---- Steps ---------------------------------------------------------------------------------- */

static void read_outcomes(uint8_t sets[STORY_OUTCOMES_MAX], unsigned first, unsigned later,
                          struct scenario_outcomes *outcomes)
{
    if (first != 0) {
        sets[0] = (uint8_t)first;
        sets[1] = (uint8_t)later;
        *outcomes = (struct scenario_outcomes){.sets = sets, .count = later != 0 ? 2 : 1};
    }
}

static void read_requires(struct story *story, uint32_t plan, uint32_t number, unsigned options)
{
    struct scenario_step *step = &story->steps[plan][number];
    uint32_t *requires = story->requires[plan][number];
    uint32_t before = step->in_run ? story->before[plan][number] : 0;
    uint32_t count = 0;
    if ((options & 32u) != 0 && (before & 1u) != 0) {
        requires[count++] = 0;
    }
    if ((options & 16u) != 0 && before > 1u) {
        requires[count++] = 31u - (uint32_t)__builtin_clz(before);
    }
    step->requires = requires;
    step->requires_count = count;
}

static void read_step(struct story *story, const unsigned char *record)
{
    uint32_t plan = story->scenario.plan_count - 1;
    if (story->scenario.plan_count == 0 || story->plans[plan].step_count == 0) {
        return;
    }
    uint32_t number = record[STEP_NUMBER] % story->plans[plan].step_count;
    struct scenario_step *step = &story->steps[plan][number];
    unsigned options = record[STEP_OPTIONS];
    if (step->in_run) {
        unsigned run = record[STEP_RUN];
        read_outcomes(story->outcomes[plan][number][0], run & 7u, run >> 3 & 7u, &step->run);
        step->takes.min = time_of(record[STEP_TAKES]);
        step->takes.max = step->takes.min + time_of(record[STEP_TAKES_MORE]);
        step->accepts_events = (options & 4u) != 0;
        step->queue = (options & 8u) != 0 ? 1 : 0;
        unsigned skip = step->accepts_events ? record[STEP_OTHERS] >> 4 & 7u : 0;
        /* An earlier record of the same step may have said something. */
        step->skip = scenario_default_step().skip;
        read_outcomes(story->outcomes[plan][number][2], skip, 0, &step->skip);
    }
    if (step->in_finalize) {
        unsigned finalize = record[STEP_OTHERS];
        read_outcomes(story->outcomes[plan][number][1], finalize & 3u, finalize >> 2 & 3u,
                      &step->finalize);
        step->finalize_takes.min = step->finalize_takes.max = time_of(record[STEP_FINALIZE_TAKES]);
    }
    step->rescue = strategy_of(options);
    step->planned_by = (options & 64u) != 0 && number > 0 ? number - 1 : SCENARIO_NONE;
    read_requires(story, plan, number, options);
}

/* ---- Events --------------------------------------------------------------------------------- */

/* Plans and steps are counted in the end, so numbers are put right then. Until then they are as
 * they stand in the record. */
static void read_trigger(const unsigned char *record, struct scenario_trigger *trigger)
{
    uint64_t time = time_of(record[EVENT_TIME]) + record[EVENT_MORE];
    *trigger = (struct scenario_trigger){
        .kind = (enum scenario_trigger_kind)((record[EVENT_TRIGGER] & 7u) % STORY_TRIGGERS),
        .nth = 1u + (record[EVENT_KIND] >> 6),
        .plan = record[EVENT_AFTER] & 3u,
        .step = record[EVENT_AFTER] >> 2 & 7u,
        .finalize = (record[EVENT_AFTER] & 32u) != 0,
        .event = record[EVENT_STATE],
        .step_state = (enum director_step_state)(record[EVENT_STATE] % DIRECTOR_STEP_STATES),
        .plan_state = (enum director_plan_state)(record[EVENT_STATE] % DIRECTOR_PLAN_STATES),
    };
    if (trigger->kind == SCENARIO_AT) {
        trigger->at = time;
    } else {
        trigger->delay = time;
    }
}

static void read_event(struct story *story, const unsigned char *record)
{
    static const char *const names[STORY_EVENTS_MAX] = {"e1",  "e2",  "e3",  "e4",  "e5",  "e6",
                                                        "e7",  "e8",  "e9",  "e10", "e11", "e12",
                                                        "e13", "e14", "e15", "e16"};
    uint32_t number = story->scenario.event_count;
    unsigned kind = (record[EVENT_KIND] & 15u) % SCENARIO_EVENT_KINDS;
    struct scenario_event *event = add_event(story, (enum scenario_event_kind)kind);
    if (event == NULL) {
        return;
    }
    event->name = names[number];
    event->plan = record[EVENT_WHAT] & 3u;
    event->step = record[EVENT_WHAT] >> 2 & 7u;
    event->world = 1u + (record[EVENT_WHAT] >> 5);
    event->optional = (record[EVENT_KIND] & 16u) != 0;
    event->request = (record[EVENT_KIND] & 32u) != 0 ? 1 : 0;
    read_trigger(record, &event->when);
}

/* ---- Faults --------------------------------------------------------------------------------- */

static void read_fault(struct story *story, const unsigned char *record)
{
    if (story->scenario.fault_count == STORY_FAULTS_MAX) {
        return;
    }
    struct scenario_fault *fault = &story->faults[story->scenario.fault_count++];
    unsigned scope = record[FAULT_SCOPE];
    unsigned timing = record[FAULT_TIMING];
    unsigned state = record[FAULT_STATE] & 15u;
    unsigned often = record[FAULT_SITE] >> 4;
    *fault = (struct scenario_fault){
        .site = (enum scenario_fault_site)((record[FAULT_SITE] & 15u) % SCENARIO_FAULT_SITES),
        .error = (enum scenario_fault_error)record[FAULT_ERROR],
        .after = (timing & 32u) != 0,
        .plan = (scope & 1u) != 0 ? scope >> 1 & 3u : SCENARIO_NONE,
        .step = (scope & 9u) == 9u ? scope >> 4 & 7u : SCENARIO_NONE,
        .finalize = (scope & 128u) != 0,
        .queue = (timing & 128u) != 0 ? 1 : SCENARIO_NONE,
        .world = record[FAULT_STATE] >> 4 & 3u,
        .has_to = (timing & 64u) != 0,
        .to_plan = (enum director_plan_state)(state % DIRECTOR_PLAN_STATES),
        .to_step = (enum director_step_state)(state % DIRECTOR_STEP_STATES),
        .timing = (enum scenario_fault_timing)((timing & 3u) % 3u),
        .times = often >= STORY_FOREVER ? SCENARIO_UNTIL_HEALED : 1u + often % 4u,
        .duration = (uint64_t)(1u + (record[FAULT_MORE] >> 3)) * STORY_MS,
    };
    fault->nth = fault->timing == SCENARIO_FAULT_NTH ? 1u + (timing >> 2 & 7u) : 1u;
    if (fault->timing == SCENARIO_FAULT_CHANCE) {
        fault->chance_numerator = 1;
        fault->chance_denominator = story_chances[timing >> 2 & 7u];
    }
    if (fault->timing == SCENARIO_FAULT_WHEN) {
        fault->trigger = (struct scenario_trigger){
            .kind = (enum scenario_trigger_kind)((record[FAULT_MORE] & 7u) % STORY_TRIGGERS),
            .nth = 1,
            .event = state,
            .plan = scope >> 1 & 3u,
            .step = scope >> 4 & 7u,
            .finalize = fault->finalize,
            .plan_state = fault->to_plan,
            .step_state = fault->to_step,
        };
        uint64_t time = time_of(record[FAULT_TIME]);
        *(fault->trigger.kind == SCENARIO_AT ? &fault->trigger.at : &fault->trigger.delay) = time;
    }
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void read_choices(struct story *story, const unsigned char *record)
{
    if (story->choice_count + STORY_RECORD_BYTES - 1 <= STORY_CHOICE_BYTES_MAX) {
        memcpy(story->choices + story->choice_count, record + 1, STORY_RECORD_BYTES - 1);
        story->choice_count += STORY_RECORD_BYTES - 1;
    }
}

void story_read(struct story *story, const unsigned char *bytes, size_t size)
{
    static void (*const readers[STORY_KINDS])(struct story *, const unsigned char *) = {
        [STORY_EVENT] = read_event, [STORY_STEP] = read_step,       [STORY_FAULT] = read_fault,
        [STORY_PLAN] = read_plan,   [STORY_CHOICES] = read_choices, [STORY_WORLD] = read_world};
    size_t records = size / STORY_RECORD_BYTES;
    records = records < STORY_RECORDS_MAX ? records : STORY_RECORDS_MAX;
    story->choice_count = 0;
    story->scenario = (struct scenario){.name = "found by fuzzing",
                                        .plans = story->plans,
                                        .events = story->events,
                                        .faults = story->faults};
    start_world(story);
    for (size_t i = 0; i < records; i++) {
        const unsigned char *record = bytes + i * STORY_RECORD_BYTES;
        readers[record[0] % STORY_KINDS](story, record);
    }
    story_settle(story);
}
