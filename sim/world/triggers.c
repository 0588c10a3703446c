/* triggers.c: events and faults of the scenario that come `after:` something else. */
#include "sim/world/world.h"

static void watch(struct simulation *simulation, const struct scenario_trigger *when)
{
    if (when->kind == SCENARIO_AFTER_STEP || when->kind == SCENARIO_AFTER_PLAN) {
        simulation->plan_watched[when->plan] = true;
    }
}

bool triggers_create(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    const size_t events = scenario->event_count + 1;
    const size_t faults = scenario->fault_count + 1;
    simulation->event_triggers = world_allocate(simulation, events * sizeof(struct trigger_state));
    simulation->fault_triggers = world_allocate(simulation, faults * sizeof(struct trigger_state));
    simulation->triggered_events = world_allocate(simulation, events * sizeof(uint32_t));
    simulation->triggered_faults = world_allocate(simulation, faults * sizeof(uint32_t));
    simulation->plan_watched =
        world_allocate(simulation, (scenario->plan_count + 1) * sizeof(bool));
    if (simulation->status != SIMULATION_OK) {
        return false;
    }
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        if (scenario->events[i].when.kind != SCENARIO_AT) {
            simulation->triggered_events[simulation->triggered_event_count++] = i;
            watch(simulation, &scenario->events[i].when);
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        if (scenario->faults[i].timing == SCENARIO_FAULT_WHEN &&
            scenario->faults[i].trigger.kind != SCENARIO_AT) {
            simulation->triggered_faults[simulation->triggered_fault_count++] = i;
            watch(simulation, &scenario->faults[i].trigger);
        }
    }
    return true;
}

/* What has just happened, in the words of a trigger. */
static bool is_it(const struct scenario_trigger *when, const struct scenario_trigger *happened)
{
    if (when->kind != happened->kind) {
        return false;
    }
    switch (when->kind) {
    case SCENARIO_AFTER_STEP:
        return when->plan == happened->plan && when->step == happened->step &&
               when->finalize == happened->finalize && when->step_state == happened->step_state;
    case SCENARIO_AFTER_PLAN:
        return when->plan == happened->plan && when->plan_state == happened->plan_state;
    case SCENARIO_AFTER_EVENT:
        return when->event == happened->event;
    case SCENARIO_AFTER_FUTURE:
        return when->plan == happened->plan;
    case SCENARIO_AT:
        return false;
    }
    return false;
}

/* The nth time it happens, once. */
static bool fires(struct trigger_state *state, const struct scenario_trigger *when,
                  const struct scenario_trigger *happened)
{
    if (state->fired || !is_it(when, happened) || ++state->seen < when->nth) {
        return false;
    }
    state->fired = true;
    return true;
}

static void happen(struct simulation *simulation, const struct scenario_trigger *happened)
{
    const struct scenario *scenario = simulation->scenario;
    for (uint32_t i = 0; i < simulation->triggered_event_count; i++) {
        uint32_t event = simulation->triggered_events[i];
        const struct scenario_trigger *when = &scenario->events[event].when;
        if (fires(&simulation->event_triggers[event], when, happened)) {
            world_push(simulation, WORLD_SCENARIO, WORLD_NONE, NULL, event, when->delay);
        }
    }
    for (uint32_t i = 0; i < simulation->triggered_fault_count; i++) {
        uint32_t fault = simulation->triggered_faults[i];
        const struct scenario_trigger *when = &scenario->faults[fault].trigger;
        if (!fires(&simulation->fault_triggers[fault], when, happened)) {
            continue;
        }
        if (when->delay == 0) {
            faults_arm(simulation, fault);
        } else {
            world_push(simulation, WORLD_FAULT_ARMED, WORLD_NONE, NULL, fault, when->delay);
        }
    }
}

void triggers_step_moved(struct simulation *simulation, uint32_t plan, uint32_t step, bool finalize,
                         enum director_step_state state)
{
    const struct scenario_trigger happened = {.kind = SCENARIO_AFTER_STEP,
                                              .plan = plan,
                                              .step = step,
                                              .finalize = finalize,
                                              .step_state = state};
    happen(simulation, &happened);
}

void triggers_plan_moved(struct simulation *simulation, uint32_t plan,
                         enum director_plan_state state)
{
    const struct scenario_trigger happened = {
        .kind = SCENARIO_AFTER_PLAN, .plan = plan, .plan_state = state};
    if (simulation->plan_watched[plan]) {
        happen(simulation, &happened);
    }
}

void triggers_resolved(struct simulation *simulation, const struct request *request)
{
    struct scenario_trigger happened = {.kind = SCENARIO_AFTER_EVENT, .event = request->event};
    if (request->kind == SCENARIO_START) {
        happened = (struct scenario_trigger){.kind = SCENARIO_AFTER_FUTURE, .plan = request->plan};
    }
    happen(simulation, &happened);
}
