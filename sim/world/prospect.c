/* prospect.c: what may come next in a state, and what a scenario says about all its states: which
 * orders come to the same, so that the exploration may leave them out. */
#include "sim/world/prospect.h"

/* ---- What may come next --------------------------------------------------------------------- */

/* What the scenario makes happen to a plan, but for what is done to a world. */
static uint32_t plan_of_scenario(const struct simulation *simulation, uint64_t event)
{
    const struct scenario_event *told = &simulation->scenario->events[event];
    return told->kind <= SCENARIO_DELETE_STEPS ? told->plan : SCENARIO_NONE;
}

/* The plan that an event is about. */
static uint32_t plan_of(const struct simulation *simulation, const struct engine_event *event)
{
    switch ((enum world_event)event->kind) {
    case WORLD_SCENARIO:
        return plan_of_scenario(simulation, event->word);
    case WORLD_WORK_ARRIVES:
    case WORLD_TAKE:
    case WORLD_USER_CODE:
    case WORLD_REPORT:
        return ((const struct job *)event->subject)->plan;
    case WORLD_CORE_EXECUTION:
    case WORLD_RESOLVED:
        return ((const struct execution *)event->subject)->plan;
    case WORLD_CORE_EVENT:
    case WORLD_EVENT_RESOLVED:
        return ((const struct event_call *)event->subject)->request->plan;
    case WORLD_REQUEST:
    case WORLD_CORE_HALT:
    case WORLD_RESPONSE:
        return ((const struct request *)event->subject)->plan;
    case WORLD_INVALIDATE:
        return ((const struct invalidation *)event->subject)->plan;
    case WORLD_REST_OVER:
    case WORLD_CORE_PLANNING:
    case WORLD_PLANNING_UNLOCK:
        return (uint32_t)event->word;
    default:
        return SCENARIO_NONE;
    }
}

/* How many steps of a flow can be out at once. */
static uint32_t flow_width(const uint32_t *flow, uint32_t *at)
{
    uint32_t token = flow[(*at)++];
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        return 1;
    }
    uint32_t width = 0;
    for (uint32_t i = 0; i < (token & DIRECTOR_FLOW_COUNT_MASK); i++) {
        uint32_t inner = flow_width(flow, at);
        bool side_by_side = DIRECTOR_FLOW_IS_CONCURRENCE(token);
        width = side_by_side ? width + inner : inner > width ? inner : width;
    }
    return width;
}

static uint32_t plan_width(const struct scenario_plan *plan)
{
    uint32_t at = 0;
    uint32_t width = plan->run_flow_length == 0 ? 0 : flow_width(plan->run_flow, &at);
    return width == 0 ? 1 : width;
}

/* All plans together can never make work wait for a worker, and no fault is counted over plans.
 * Each fault may leave as much work behind as there can be, or have it done twice. */
static bool nothing_is_shared(const struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    uint32_t width = 0;
    if (simulation->plans_delayed) {
        return false;
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        width += plan_width(&scenario->plans[i]);
    }
    width *= scenario->fault_count == 0 ? 1 : 2 + (uint32_t)simulation->config.faults_max;
    for (uint32_t i = 0; i < scenario->world.queue_count; i++) {
        if (scenario->world.queues[i].workers < width) {
            return false;
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        const struct scenario_fault *fault = &scenario->faults[i];
        bool uncounted =
            fault->timing == SCENARIO_FAULT_CHANCE && fault->times == SCENARIO_UNTIL_HEALED;
        if (fault->error == SCENARIO_ERROR_FATAL || fault->error == SCENARIO_ERROR_EMPTY ||
            (!uncounted && fault->plan == SCENARIO_NONE)) {
            return false;
        }
    }
    return true;
}

static bool worlds_go_on(const struct simulation *simulation)
{
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        enum world_state state = simulation->worlds[i].state;
        if (state != WORLD_ABSENT && state != WORLD_ALIVE) {
            return false;
        }
    }
    return true;
}

static void look_at_heads(const struct simulation *simulation, bool local,
                          const struct pending *pending, struct simulation_prospect *prospect)
{
    size_t due = 0;
    while (due < pending->count && pending->keyed[due].time == pending->keyed[0].time) {
        due++;
    }
    for (size_t i = 0; i < due && i < SIMULATION_HEADS_MAX; i++) {
        const struct engine_event *event = &pending->events[pending->keyed[i].index];
        bool work = event->kind == WORLD_TAKE || event->kind == WORLD_USER_CODE ||
                    event->kind == WORLD_REPORT;
        prospect->heads[i] = (struct simulation_head){.sequence = event->sequence,
                                                      .place = pending->keyed[i].index,
                                                      .plan = plan_of(simulation, event),
                                                      .local = work && local};
    }
    prospect->due = (uint32_t)due;
}

/* The plan that a trigger waits for. */
static uint32_t plan_awaited(const struct scenario *scenario, const struct scenario_trigger *when)
{
    return when->kind == SCENARIO_AFTER_EVENT ? scenario->events[when->event].plan : when->plan;
}

/* Something is to happen to one plan after something of another. */
static bool event_crosses(const struct simulation *simulation, uint32_t number)
{
    const struct scenario_event *event = &simulation->scenario->events[number];
    return event->when.kind != SCENARIO_AT &&
           plan_of_scenario(simulation, number) != plan_awaited(simulation->scenario, &event->when);
}

/* Events, which are numbered as they come, go to one plan, and faults strike what they wait for. */
static bool is_kept_apart(const struct scenario *scenario)
{
    uint32_t plan_of_events = SCENARIO_NONE;
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        const struct scenario_event *event = &scenario->events[i];
        if (event->kind == SCENARIO_EVENT) {
            if (plan_of_events != SCENARIO_NONE && plan_of_events != event->plan) {
                return false;
            }
            plan_of_events = event->plan;
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        const struct scenario_fault *fault = &scenario->faults[i];
        if (fault->timing == SCENARIO_FAULT_WHEN && fault->trigger.kind != SCENARIO_AT &&
            plan_awaited(scenario, &fault->trigger) != fault->plan) {
            return false;
        }
    }
    return true;
}

/* What crosses plans has all happened. */
static bool all_has_crossed(const struct simulation *simulation)
{
    for (uint32_t i = 0; i < simulation->scenario->event_count; i++) {
        if (!simulation->event_triggers[i].fired && event_crosses(simulation, i)) {
            return false;
        }
    }
    return true;
}

/* Everything that is pending is about a plan; looking for dead worlds finds none. */
static bool all_is_of_plans(const struct simulation *simulation, const struct pending *pending)
{
    for (size_t i = 0; i < pending->count; i++) {
        if (pending->events[i].kind != WORLD_CHECK_WORLDS &&
            plan_of(simulation, &pending->events[i]) == SCENARIO_NONE) {
            return false;
        }
    }
    return true;
}

/* ---- Traits --------------------------------------------------------------------------------- */

static bool expects_runs(const struct scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (scenario->expectations[i].kind == SCENARIO_EXPECT_RUNS) {
            return true;
        }
    }
    return false;
}

static bool has_several_worlds(const struct scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        if (scenario->events[i].kind == SCENARIO_START_WORLD) {
            return true;
        }
    }
    return scenario->world.worlds > 1;
}

/* Whether the order in which plans began, and requests were made, matters: where a world may come
 * to its end, and where there are several, which take turns. */
static bool order_matters(const struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    if (has_several_worlds(scenario)) {
        return true;
    }
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        const enum scenario_event_kind kind = scenario->events[i].kind;
        if (kind == SCENARIO_TERMINATE || kind == SCENARIO_CRASH) {
            return true;
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        if (scenario->faults[i].error == SCENARIO_ERROR_FATAL) {
            return true;
        }
    }
    return false;
}

struct simulation_traits simulation_traits(const struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    struct simulation_traits traits = {
        .several_worlds = has_several_worlds(scenario),
        .order_matters = order_matters(simulation),
        .calls_matter = expects_runs(scenario),
        .nothing_shared = nothing_is_shared(simulation),
        .kept_apart = is_kept_apart(scenario),
    };
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        traits.crosses = traits.crosses || event_crosses(simulation, i);
    }
    return traits;
}

void prospect_look(const struct simulation *simulation, const struct simulation_traits *traits,
                   const struct pending *pending, struct simulation_prospect *prospect)
{
    bool apart = traits->nothing_shared && worlds_go_on(simulation);
    look_at_heads(simulation, apart, pending, prospect);
    prospect->plans_apart = apart && !traits->order_matters && traits->kept_apart &&
                            (!traits->crosses || all_has_crossed(simulation)) &&
                            all_is_of_plans(simulation, pending);
}
