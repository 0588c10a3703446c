/* order.c: which of the events of one time comes next: in the order in which they came up, any, or
 * by the priority of who they are for.
 *
 * The last is probabilistic concurrency testing (Burckhardt and others, 2010): everyone who takes
 * part has a priority by lot, the highest goes first, and at a few moments, by lot too, whoever
 * would go next falls behind all others. An ordering bug that needs d events in one order is found
 * by a share of the seeds that falls with d, where choosing anew at every event dilutes it. */
#include "sim/world/world.h"

#define FALLS 2u           /* how often somebody falls behind */
#define FALL_EVENTS 64u    /* among the first so many choices */
#define ACTORS_MAX 64u     /* with a priority that may change; others keep the one by lot */
#define PRIORITIES 65536u  /* by lot; those who fell are below */
#define CANDIDATES_MAX 32u /* the rest of what is due waits its turn */

/* Sites of kind CHOICE_ORDER by `aux`: 0 is a choice among events, then the falls, then actors. */
#define AUX_FALLS 1u
#define AUX_ACTORS 16u

/* Who an event is for. */
struct order_actor {
    uint32_t code; /* which component of which world */
    uint32_t plan; /* of a worker */
    uint32_t step;
    uint32_t priority;
};

struct order {
    uint64_t choices;      /* so far; any order needs no more than this */
    size_t size;           /* of this block */
    uint64_t falls[FALLS]; /* at which choice somebody falls */
    uint32_t fallen;
    struct order_actor actors[ACTORS_MAX];
    uint32_t actor_count;
    struct engine_event candidates[CANDIDATES_MAX];
};

enum component { SOMEBODY, CLIENT, DISPATCHER, CORE, WORKER, KEEPER, COMPONENTS };

static enum component component_of(enum world_event kind)
{
    switch (kind) {
    case WORLD_SCENARIO:
    case WORLD_FAULT_ARMED:
        return SOMEBODY;
    case WORLD_RESPONSE:
        return CLIENT;
    case WORLD_REQUEST:
    case WORLD_RESOLVED:
    case WORLD_EVENT_RESOLVED:
        return DISPATCHER;
    case WORLD_TAKE:
    case WORLD_USER_CODE:
        return WORKER;
    case WORLD_INVALIDATE:
    case WORLD_CHECK_WORLDS:
    case WORLD_AUTO_EXECUTE:
    case WORLD_LOOK_FOR_DELAYED:
    case WORLD_PLANNING_UNLOCK:
        return KEEPER;
    default:
        return CORE;
    }
}

static struct order_actor actor_of(const struct simulation *simulation,
                                   const struct engine_event *event)
{
    enum component component = component_of((enum world_event)event->kind);
    struct order_actor actor = {
        .code = AUX_ACTORS + event->target * COMPONENTS + (uint32_t)component,
        .plan = CHOICE_NONE,
        .step = CHOICE_NONE,
    };
    if (component == WORKER) {
        const struct job *job = event->subject;
        actor.plan = job->plan;
        actor.step = job->code_step_id == 0
                         ? SCENARIO_NONE
                         : simulation->layouts[job->plan].steps[job->code_step_id - 1].step;
    }
    return actor;
}

static uint32_t draw_priority(struct simulation *simulation, const struct order_actor *actor)
{
    const struct choice_site site = {.kind = CHOICE_ORDER,
                                     .plan = actor->plan,
                                     .step =
                                         actor->step == SCENARIO_NONE ? CHOICE_NONE : actor->step,
                                     .aux = actor->code};
    return FALLS + (uint32_t)choices_draw(simulation->choices, &site, PRIORITIES);
}

/* The actor's place among those known; NULL when there is no more room. */
static struct order_actor *find_actor(struct simulation *simulation,
                                      const struct order_actor *actor)
{
    struct order *order = simulation->order;
    for (uint32_t i = 0; i < order->actor_count; i++) {
        struct order_actor *known = &order->actors[i];
        if (known->code == actor->code && known->plan == actor->plan &&
            known->step == actor->step) {
            return known;
        }
    }
    if (order->actor_count == ACTORS_MAX) {
        return NULL;
    }
    struct order_actor *added = &order->actors[order->actor_count++];
    *added = *actor;
    added->priority = draw_priority(simulation, actor);
    return added;
}

static size_t highest(struct simulation *simulation, size_t count, struct order_actor **first)
{
    size_t best = 0;
    uint32_t best_priority = 0;
    *first = NULL;
    for (size_t i = 0; i < count; i++) {
        struct order_actor actor = actor_of(simulation, &simulation->order->candidates[i]);
        struct order_actor *known = find_actor(simulation, &actor);
        uint32_t priority = known != NULL ? known->priority : draw_priority(simulation, &actor);
        if (i == 0 || priority > best_priority) {
            best = i;
            best_priority = priority;
            *first = known;
        }
    }
    return best;
}

/* By priority; whoever is first at the moment of a fall is behind all others from then on. */
static size_t choose_by_priority(struct simulation *simulation, size_t count)
{
    struct order *order = simulation->order;
    struct order_actor *first;
    count = count < CANDIDATES_MAX ? count : CANDIDATES_MAX;
    event_queue_list_head(simulation->queue, order->candidates, count);
    size_t best = highest(simulation, count, &first);
    for (uint32_t i = 0; i < FALLS; i++) {
        if (order->falls[i] == order->choices && first != NULL) {
            first->priority = FALLS - 1 - order->fallen++;
            best = highest(simulation, count, &first);
        }
    }
    return best;
}

bool order_create(struct simulation *simulation)
{
    if (simulation->scenario->world.order == SCENARIO_ORDER_SEQUENCE) {
        return true;
    }
    bool any = simulation->scenario->world.order == SCENARIO_ORDER_ANY;
    size_t size = any ? offsetof(struct order, falls) : sizeof(struct order);
    struct order *order = world_allocate(simulation, size);
    if (order == NULL) {
        return false;
    }
    order->size = size;
    simulation->order = order;
    for (uint32_t i = 0; i < FALLS && !any; i++) {
        const struct choice_site site = {
            .kind = CHOICE_ORDER, .plan = CHOICE_NONE, .step = CHOICE_NONE, .aux = AUX_FALLS + i};
        order->falls[i] = 1 + choices_draw(simulation->choices, &site, FALL_EVENTS);
    }
    return true;
}

void order_destroy(struct simulation *simulation)
{
    if (simulation->order != NULL) {
        world_release(simulation, simulation->order, simulation->order->size);
    }
}

bool order_next(struct simulation *simulation, struct engine_event *event)
{
    struct order *order = simulation->order;
    size_t count = order == NULL ? 1 : event_queue_count_at_head(simulation->queue);
    if (count < 2) {
        return event_queue_pop(simulation->queue, event);
    }
    order->choices++;
    size_t place;
    if (simulation->scenario->world.order == SCENARIO_ORDER_ANY) {
        const struct choice_site site = {.kind = CHOICE_ORDER,
                                         .plan = CHOICE_NONE,
                                         .step = CHOICE_NONE,
                                         .ordinal = order->choices};
        place = (size_t)choices_draw(simulation->choices, &site, count);
    } else {
        place = choose_by_priority(simulation, count);
    }
    return event_queue_pop_nth(simulation->queue, place, event);
}
