/* chaos.c: a given scenario, in which more goes wrong. */
#include "sim/scenario/draft.h"
#include "sim/scenario/generator.h"

#define EVENTS_MAX 4u
#define FAULTS_MAX 4u
#define LATENCY_MAX_US 3000u

static void disturb_world(struct draft *draft)
{
    struct scenario_world *world = &draft->scenario->world;
    lots_section(&draft->lots, LOTS_WORLD, 0);
    world->order = draft->swarm.order;
    if (world->latency.max == 0 && draft->swarm.latency) {
        world->latency.max = lots_time(&draft->lots, LATENCY_MAX_US);
    }
}

static bool disturb(struct draft *draft)
{
    draft->horizon_us = draft_horizon(draft->scenario);
    disturb_world(draft);
    if (!draft_begin_events(draft) || !draft_look(draft)) {
        return false;
    }
    lots_section(&draft->lots, LOTS_WORLD, 1);
    uint32_t events = lots_small(&draft->lots, 0, EVENTS_MAX);
    uint32_t faults = lots_small(&draft->lots, 0, FAULTS_MAX);
    faults = events + faults == 0 ? 1 : faults;
    draft_add_events(draft, events);
    draft_bound(draft);
    if (!draft_begin_faults(draft) || !draft_look(draft)) {
        return false;
    }
    draft_add_faults(draft, faults);
    return true;
}

struct scenario *scenario_disturb(const struct scenario *base, struct choices *choices,
                                  uint64_t seed, struct scenario_memory *memory)
{
    struct scenario *scenario = scenario_memory_allocate(memory, sizeof(*scenario));
    if (scenario == NULL) {
        return NULL;
    }
    *scenario = *base;
    scenario->seed = seed;
    scenario->file = NULL;
    scenario->choices = NULL;
    scenario->choice_count = 0;
    scenario->expectations = NULL;
    scenario->expectation_count = 0;
    scenario->shows = (struct scenario_shows){0};
    struct draft draft = {.memory = memory, .lots = {.choices = choices}, .scenario = scenario};
    draft.swarm = swarm_draw(&draft.lots);
    return disturb(&draft) && !scenario_memory_failed(memory) ? scenario : NULL;
}
