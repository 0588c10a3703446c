/* draft_events.c: what the client, or somebody, does in a random scenario. */
#include "sim/scenario/draft.h"

#include <stdio.h>
#include <string.h>

#define EVENT_NAME_BYTES 16u
#define REQUESTS_MAX 3u
#define NAMED_MAX 256u /* of a scenario with more events, none is waited for */

/* The events that are sent to steps under a name that no other has. */
static bool find_named_events(struct draft *draft)
{
    const struct scenario *scenario = draft->scenario;
    draft->named = 0;
    draft->named_events = scenario_memory_array(
        draft->memory, (size_t)scenario->event_count + DRAFT_EVENTS_MAX + DRAFT_STARTS_MAX,
        sizeof(uint32_t));
    if (draft->named_events == NULL) {
        return false;
    }
    for (uint32_t i = 0; scenario->event_count <= NAMED_MAX && i < scenario->event_count; i++) {
        bool alone = scenario->events[i].kind == SCENARIO_EVENT;
        for (uint32_t k = 0; alone && k < scenario->event_count; k++) {
            alone = k == i || scenario->events[k].kind != SCENARIO_EVENT ||
                    strcmp(scenario->events[k].name, scenario->events[i].name) != 0;
        }
        if (alone) {
            draft->named_events[draft->named++] = i;
        }
    }
    return true;
}

bool draft_begin_events(struct draft *draft)
{
    struct scenario *scenario = draft->scenario;
    struct scenario_event *events = scenario_memory_array(
        draft->memory, (size_t)scenario->event_count + DRAFT_EVENTS_MAX + DRAFT_STARTS_MAX,
        sizeof(*events));
    if (events == NULL || !find_named_events(draft)) {
        return false;
    }
    if (scenario->event_count > 0) {
        memcpy(events, scenario->events, scenario->event_count * sizeof(*events));
    }
    draft->events = events;
    scenario->events = events;
    draft->worlds = (2u << scenario->world.worlds) - 2;
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        if (events[i].kind == SCENARIO_START_WORLD) {
            draft->worlds |= 1u << events[i].world;
        }
    }
    return true;
}

/* ---- One event ------------------------------------------------------------------------------ */

/* A name that no event of the scenario has: "e3". */
static const char *new_name(struct draft *draft)
{
    char name[EVENT_NAME_BYTES];
    const struct scenario *scenario = draft->scenario;
    for (uint32_t number = scenario->event_count + 1;; number++) {
        int length = snprintf(name, sizeof(name), "e%u", number);
        bool taken = false;
        for (uint32_t i = 0; i < scenario->event_count; i++) {
            taken = taken || (scenario->events[i].name != NULL &&
                              strcmp(scenario->events[i].name, name) == 0);
        }
        if (!taken) {
            return scenario_memory_copy(draft->memory, name, (size_t)length);
        }
    }
}

/* To the step of an event before it, by half of the chances: so that events meet. */
static bool sent_like_another(struct draft *draft, struct scenario_event *event)
{
    if (draft->named == 0 || !lots_chance(&draft->lots, 1, 2)) {
        return false;
    }
    uint32_t other = draft->named_events[lots_below(&draft->lots, draft->named)];
    event->plan = draft->events[other].plan;
    event->step = draft->events[other].step;
    return true;
}

static bool draw_sent_event(struct draft *draft, struct scenario_event *event)
{
    const struct scenario *scenario = draft->scenario;
    event->plan = lots_below(&draft->lots, scenario->plan_count);
    const struct scenario_plan *plan = &scenario->plans[event->plan];
    if (plan->step_count == 0) {
        return false;
    }
    event->step = lots_below(&draft->lots, plan->step_count);
    if (sent_like_another(draft, event)) {
        plan = &scenario->plans[event->plan];
    }
    event->optional = lots_chance(&draft->lots, 1, 4);
    if (draft->swarm.double_names && lots_chance(&draft->lots, 1, 2)) {
        event->request = lots_range(&draft->lots, 1, REQUESTS_MAX);
    }
    if (!plan->steps[event->step].in_run) {
        return false;
    }
    event->name = new_name(draft);
    return event->name != NULL;
}

static bool draw_new_world(struct draft *draft, struct scenario_event *event)
{
    uint32_t number = 1;
    while ((draft->worlds & 1u << number) != 0) {
        number++;
    }
    event->world = number;
    return number <= SCENARIO_WORLDS_MAX;
}

static bool draw_what(struct draft *draft, struct scenario_event *event)
{
    const struct scenario *scenario = draft->scenario;
    switch (event->kind) {
    case SCENARIO_START:
    case SCENARIO_HALT:
    case SCENARIO_DELETE:
    case SCENARIO_DELETE_STEPS:
        if (scenario->plan_count == 0) {
            return false;
        }
        event->plan = lots_below(&draft->lots, scenario->plan_count);
        return true;
    case SCENARIO_EVENT:
        return scenario->plan_count > 0 && draw_sent_event(draft, event);
    case SCENARIO_TERMINATE:
    case SCENARIO_CRASH:
    case SCENARIO_CHECK_WORLDS:
        event->world = lots_member(&draft->lots, draft->worlds);
        return true;
    case SCENARIO_START_WORLD:
        return draw_new_world(draft, event);
    case SCENARIO_HEAL:
        return true;
    }
    return false;
}

/* It is in the scenario from now on. */
static void note_event(struct draft *draft, const struct scenario_event *event)
{
    struct scenario *scenario = draft->scenario;
    if (event->kind == SCENARIO_START_WORLD) {
        draft->worlds |= 1u << event->world;
    }
    if (event->kind == SCENARIO_EVENT) {
        draft->named_events[draft->named++] = scenario->event_count;
    }
    draft->events[scenario->event_count++] = *event;
}

static bool draw_event(struct draft *draft, struct scenario_event *event)
{
    uint32_t kind = lots_weighted(&draft->lots, draft->swarm.events, SCENARIO_EVENT_KINDS);
    if (kind == SCENARIO_EVENT_KINDS) {
        return false;
    }
    *event = (struct scenario_event){
        .kind = (enum scenario_event_kind)kind,
        .plan = SCENARIO_NONE,
        .step = SCENARIO_NONE,
    };
    if (!draw_what(draft, event)) {
        return false;
    }
    event->when = draft_trigger(draft);
    return true;
}

void draft_add_events(struct draft *draft, uint32_t count)
{
    uint32_t room = SCENARIO_EVENTS_MAX - draft->scenario->event_count;
    count = count < DRAFT_EVENTS_MAX ? count : DRAFT_EVENTS_MAX;
    count = count < room ? count : room;
    for (uint32_t i = 0; i < count; i++) {
        struct scenario_event event;
        lots_section(&draft->lots, LOTS_EVENT, i);
        for (uint32_t try = 0; try < DRAFT_TRIES; try++) {
            if (draw_event(draft, &event)) {
                note_event(draft, &event);
                break;
            }
        }
    }
}
