/* generator.c: whole random scenarios: the world, then plans, then what happens to them, then what
 * goes wrong. Most are small, since what is found in a small one is understood sooner. */
#include "sim/scenario/generator.h"

#include "sim/scenario/draft.h"
#include "sim/scenario/scenario_defaults.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define TITLE_BYTES 48u
#define QUEUES_MAX 3u
#define WORKERS_MAX 4u
#define WORLDS_MAX_AT_START 3u
#define LATENCY_MAX_US 5000u
#define TIMEOUT_MAX_US 100000u
#define VALIDITY_MAX_US 100000u
#define EVENTS_MAX 6u
#define FAULTS_MAX 4u

/* ---- The world ------------------------------------------------------------------------------ */

static bool make_queues(struct draft *draft)
{
    static const char *const names[QUEUES_MAX] = {SCENARIO_DEFAULT_QUEUE, "slow", "bulk"};
    struct scenario_world *world = &draft->scenario->world;
    world->queue_count = draft->swarm.queues ? lots_range(&draft->lots, 1, QUEUES_MAX) : 1;
    struct scenario_queue *queues =
        scenario_memory_array(draft->memory, world->queue_count, sizeof(*queues));
    if (queues == NULL) {
        return false;
    }
    assert(world->queue_count <= QUEUES_MAX);
    world->queues = queues;
    for (uint32_t i = 0; i < world->queue_count; i++) {
        queues[i] = scenario_default_queue();
        queues[i].name = names[i];
        if (i > 0 || lots_chance(&draft->lots, 1, 2)) {
            queues[i].workers = lots_range(&draft->lots, 1, WORKERS_MAX);
        }
    }
    return true;
}

static bool make_world(struct draft *draft)
{
    struct scenario_world *world = &draft->scenario->world;
    struct lots *lots = &draft->lots;
    lots_section(lots, LOTS_WORLD, 0);
    *world = scenario_default_world();
    world->order = draft->swarm.order;
    world->auto_rescue = !lots_chance(lots, 1, 4);
    if (draft->swarm.latency) {
        world->latency.min = lots_chance(lots, 1, 4) ? lots_time(lots, LATENCY_MAX_US) : 0;
        world->latency.max = world->latency.min + lots_time(lots, LATENCY_MAX_US);
    }
    if (draft->swarm.several_worlds) {
        world->worlds = lots_range(lots, 1, WORLDS_MAX_AT_START);
    }
    if (lots_chance(lots, 1, 3)) {
        world->termination_timeout = 1 + lots_time(lots, TIMEOUT_MAX_US);
    }
    if (lots_chance(lots, 1, 4)) {
        world->validity_check = 1000 + lots_time(lots, VALIDITY_MAX_US);
    }
    world->auto_execute = lots_chance(lots, 1, 8);
    return make_queues(draft);
}

/* ---- Events --------------------------------------------------------------------------------- */

static void add_start(struct draft *draft, uint32_t plan, const struct scenario_trigger *when)
{
    draft->events[draft->scenario->event_count++] = (struct scenario_event){
        .kind = SCENARIO_START, .plan = plan, .step = SCENARIO_NONE, .when = *when};
}

/* Nearly every plan is started, and by some seeds again when it paused. */
static void start_plans(struct draft *draft)
{
    uint32_t count = draft->scenario->plan_count;
    for (uint32_t i = 0; i < count; i++) {
        struct scenario_trigger when = {.kind = SCENARIO_AT, .nth = 1};
        lots_section(&draft->lots, LOTS_EVENT, DRAFT_EVENTS_MAX + i);
        bool scheduled = draft->scenario->plans[i].state == DIRECTOR_PLAN_SCHEDULED;
        if ((i > 0 || scheduled) &&
            lots_chance(&draft->lots, scheduled ? 3 : 1, scheduled ? 4 : 10)) {
            continue;
        }
        if (lots_chance(&draft->lots, 1, 3)) {
            when.at = lots_time(&draft->lots, draft->horizon_us);
        }
        add_start(draft, i, &when);
        if (draft->scenario->plans[i].state == DIRECTOR_PLAN_PLANNED &&
            lots_chance(&draft->lots, 1, 3)) {
            const struct scenario_trigger paused = {.kind = SCENARIO_AFTER_PLAN,
                                                    .plan = i,
                                                    .plan_state = DIRECTOR_PLAN_PAUSED,
                                                    .nth = 1,
                                                    .delay = lots_time(&draft->lots, 5000)};
            add_start(draft, i, &paused);
        }
    }
}

static bool make_events_and_faults(struct draft *draft)
{
    draft->horizon_us = draft_horizon(draft->scenario);
    if (!draft_begin_events(draft)) {
        return false;
    }
    start_plans(draft);
    if (!draft_look(draft)) {
        return false;
    }
    lots_section(&draft->lots, LOTS_WORLD, 1);
    uint32_t events = lots_small(&draft->lots, 0, EVENTS_MAX);
    uint32_t faults = lots_small(&draft->lots, 0, FAULTS_MAX);
    draft_add_events(draft, events);
    draft_bound(draft);
    if (!draft_begin_faults(draft) || !draft_look(draft)) {
        return false;
    }
    draft_add_faults(draft, faults);
    return true;
}

struct scenario *scenario_generate(struct choices *choices, uint64_t seed,
                                   struct scenario_memory *memory)
{
    char title[TITLE_BYTES];
    struct scenario *scenario = scenario_memory_allocate(memory, sizeof(*scenario));
    if (scenario == NULL) {
        return NULL;
    }
    int length = snprintf(title, sizeof(title), "generated from seed %" PRIu64, seed);
    scenario->seed = seed;
    scenario->until = SCENARIO_DEFAULT_UNTIL;
    scenario->name = scenario_memory_copy(memory, title, (size_t)length);
    struct draft draft = {.memory = memory, .lots = {.choices = choices}, .scenario = scenario};
    draft.swarm = swarm_draw(&draft.lots);
    bool good = make_world(&draft) && draft_make_plans(&draft) && make_events_and_faults(&draft);
    return good && !scenario_memory_failed(memory) ? scenario : NULL;
}
