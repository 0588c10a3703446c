/* simulation_build.c: building a run, and taking it apart. */
#include "sim/world/world.h"

#include "director/memory.h"
#include "sim/world/names.h"

#include <stdio.h>
#include <string.h>
#include <uuid.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct plan_index_slot {
    uint64_t key;  /* first half of the uuid */
    uint32_t plan; /* index + 1; 0: free */
};

/* ---- Plans by uuid -----------------------------------------------------------------------------
 */

static uint64_t key_of(const struct director_plan_id *id)
{
    uint64_t key;
    memcpy(&key, id->bytes, sizeof(key));
    return key;
}

static bool build_index(struct simulation *simulation)
{
    uint32_t size = 16;
    while (size < simulation->scenario->plan_count * 2) {
        size *= 2;
    }
    simulation->index = world_allocate(simulation, size * sizeof(struct plan_index_slot));
    simulation->index_size = size;
    for (uint32_t i = 0; simulation->index != NULL && i < simulation->scenario->plan_count; i++) {
        uint64_t key = key_of(&simulation->layouts[i].id);
        uint32_t at = (uint32_t)(key ^ key >> 32) & (size - 1);
        while (simulation->index[at].plan != 0) {
            at = (at + 1) & (size - 1);
        }
        simulation->index[at] = (struct plan_index_slot){key, i + 1};
    }
    return simulation->index != NULL;
}

uint32_t world_plan_of(const struct simulation *simulation, const struct director_plan_id *id)
{
    uint64_t key = key_of(id);
    uint32_t at = (uint32_t)(key ^ key >> 32) & (simulation->index_size - 1);
    while (simulation->index[at].plan != 0) {
        uint32_t plan = simulation->index[at].plan - 1;
        if (simulation->index[at].key == key &&
            memcmp(simulation->layouts[plan].id.bytes, id->bytes, sizeof(id->bytes)) == 0) {
            return plan;
        }
        at = (at + 1) & (simulation->index_size - 1);
    }
    return SCENARIO_NONE;
}

/* ---- Choices' names -----------------------------------------------------------------------------
 */

static uint32_t naming_steps(const void *context, uint32_t plan)
{
    return ((const struct scenario *)context)->plans[plan].step_count;
}

static const char *naming_plan(const void *context, uint32_t plan)
{
    return ((const struct scenario *)context)->plans[plan].name;
}

static const char *naming_step(const void *context, uint32_t plan, uint32_t step)
{
    return ((const struct scenario *)context)->plans[plan].steps[step].name;
}

struct choice_naming simulation_naming(const struct scenario *scenario)
{
    return (struct choice_naming){scenario, scenario->plan_count, naming_steps, naming_plan,
                                  naming_step};
}

/* ---- Building
 * ------------------------------------------------------------------------------------ */

/* Everything of a run is named after its seed: the same seed gives the same uuids. What is in it
 * has names within that one's, by a hash that is much faster than those of uuids that are made of
 * names elsewhere: a run makes a few of them, and is short. */
static void make_namespace(struct simulation *simulation)
{
    /* A namespace of our own, made once with uuidgen. */
    static const uuid_t of_runs = {0x5b, 0x0e, 0x6e, 0x0a, 0x1f, 0x5d, 0x4c, 0x1b,
                                   0x9a, 0x43, 0x7d, 0x11, 0x52, 0x0c, 0x9e, 0x64};
    char seed[24];
    int length =
        snprintf(seed, sizeof(seed), "%llu", (unsigned long long)simulation->scenario->seed);
    uuid_generate_sha1(simulation->names.bytes, of_runs, seed, (size_t)length);
}

void world_make_id(const struct simulation *simulation, enum world_named kind, const char *name,
                   uint32_t number, struct director_plan_id *id)
{
    unsigned char text[sizeof(simulation->names.bytes) + 5 + SCENARIO_NAME_MAX];
    size_t length = sizeof(simulation->names.bytes);
    size_t name_length = strnlen(name, SCENARIO_NAME_MAX);
    memcpy(text, simulation->names.bytes, length);
    text[length++] = (unsigned char)kind;
    for (uint32_t i = 0; i < 4; i++) {
        text[length++] = (unsigned char)(number >> (8 * i));
    }
    memcpy(text + length, name, name_length);
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits(text, length + name_length));
    memcpy(id->bytes, hash.digest, sizeof(id->bytes));
    /* RFC 9562: version 8, whose other bits mean what we like. */
    id->bytes[6] = (unsigned char)((id->bytes[6] & 0x0fu) | 0x80u);
    id->bytes[8] = (unsigned char)((id->bytes[8] & 0x3fu) | 0x80u);
}

static bool lay_out_plans(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    simulation->layouts =
        world_allocate(simulation, (scenario->plan_count + 1) * sizeof(struct plan_layout));
    for (uint32_t i = 0; simulation->layouts != NULL && i < scenario->plan_count; i++) {
        if (!plan_layout_create(&simulation->layouts[i], &scenario->plans[i],
                                &simulation->allocator)) {
            world_fail(simulation, SIMULATION_NO_MEMORY);
            return false;
        }
        simulation->layout_count++;
        world_make_id(simulation, NAMED_PLAN, scenario->plans[i].name, 0,
                      &simulation->layouts[i].id);
    }
    return simulation->layouts != NULL && build_index(simulation);
}

struct known_step {
    struct simulation *simulation;
    uint32_t plan;
};

static bool know_step(void *context, const struct director_step_row *row)
{
    const struct known_step *known = context;
    if (row->id <= known->simulation->layouts[known->plan].step_count) {
        checker_inserted_step(known->simulation->checker, known->plan, row->id, row->state);
    }
    return true;
}

static bool cannot_insert(struct simulation *simulation, uint32_t plan, enum store_status status,
                          const char *why)
{
    snprintf(simulation->message, sizeof(simulation->message), "cannot insert plan %s: %s",
             simulation->scenario->plans[plan].name, why);
    world_fail(simulation, status == STORE_NO_MEMORY ? SIMULATION_NO_MEMORY : SIMULATION_STORE);
    return false;
}

/* Insert a plan; one that an earlier run left in the store is taken as it stands. */
static bool insert_plan(struct simulation *simulation, uint32_t plan, bool *is_new)
{
    struct store *store = simulation->config.store;
    const struct plan_layout *layout = &simulation->layouts[plan];
    const struct scenario_plan *of = &simulation->scenario->plans[plan];
    struct director_plan_row row;
    struct known_step known = {simulation, plan};
    bool same = true;
    enum store_status status = plan_layout_insert(layout, of, store, &simulation->allocator);
    enum store_status compared =
        status == STORE_EXISTS
            ? plan_layout_compare(layout, of, store, &simulation->allocator, &same)
            : status;
    if (compared != STORE_OK) {
        return cannot_insert(simulation, plan, compared, store_error_message(store));
    }
    if (!same) {
        return cannot_insert(simulation, plan, STORE_ERROR,
                             "the database holds another plan of this id; take a database of its "
                             "own, or the scenario and seed that it is from");
    }
    *is_new = status == STORE_OK;
    if (store->operations->peek_plan(store, &simulation->layouts[plan].id, &row) == STORE_OK) {
        checker_inserted(simulation->checker, plan, &row);
    }
    store->operations->each_step(store, &simulation->layouts[plan].id, know_step, &known);
    return true;
}

/* All plans, and what the scheduled ones among them need besides. */
static bool insert_plans(struct simulation *simulation)
{
    const size_t size = (simulation->scenario->plan_count + 1) * sizeof(bool);
    bool *is_new = world_allocate(simulation, size);
    bool inserted = is_new != NULL;
    for (uint32_t i = 0; inserted && i < simulation->scenario->plan_count; i++) {
        inserted = insert_plan(simulation, i, &is_new[i]);
    }
    inserted = inserted && planning_schedule(simulation, is_new);
    world_release(simulation, is_new, size);
    return inserted;
}

static bool make_counters(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    uint32_t steps = 0;
    simulation->calls_of =
        world_allocate(simulation, (scenario->plan_count + 1) * sizeof(uint32_t));
    if (simulation->calls_of == NULL) {
        return false; /* it tells how much the rest takes, and is to be given back */
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        simulation->calls_of[i] = steps;
        steps += simulation->layouts[i].step_count;
    }
    simulation->calls_of[scenario->plan_count] = steps;
    simulation->calls = world_allocate(simulation, (steps + 1) * sizeof(uint32_t));
    simulation->care =
        world_allocate(simulation, (scenario->plan_count + 1) * sizeof(struct plan_care));
    simulation->faults =
        world_allocate(simulation, (scenario->fault_count + 1) * sizeof(struct fault_state));
    simulation->event_requests =
        world_allocate(simulation, (scenario->event_count + 1) * sizeof(struct request *));
    return simulation->status == SIMULATION_OK && coverage_notes_create(simulation) &&
           triggers_create(simulation);
}

static void push_scenario(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        if (scenario->events[i].when.kind == SCENARIO_AT) {
            world_push(simulation, WORLD_SCENARIO, WORLD_NONE, NULL, i,
                       scenario->events[i].when.at + scenario->events[i].when.delay);
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        const struct scenario_fault *fault = &scenario->faults[i];
        if (fault->timing == SCENARIO_FAULT_WHEN && fault->trigger.kind == SCENARIO_AT) {
            world_push(simulation, WORLD_FAULT_ARMED, WORLD_NONE, NULL, i,
                       fault->trigger.at + fault->trigger.delay);
        }
    }
}

static bool build(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    const struct trace_names names = world_names(simulation);
    if (event_queue_create(simulation->allocator, &simulation->queue) != EVENT_QUEUE_OK ||
        !order_create(simulation) ||
        trace_create(simulation->allocator, &names, simulation->config.sink, &simulation->trace) !=
            TRACE_OK) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return false;
    }
    make_namespace(simulation);
    if (!lay_out_plans(simulation)) {
        return false;
    }
    const struct checker_config config = {simulation->allocator, scenario, simulation->layouts,
                                          simulation->trace, simulation->config.check};
    simulation->checker = checker_create(&config);
    if (simulation->checker == NULL) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return false;
    }
    if (!insert_plans(simulation)) {
        return false;
    }
    if (!make_counters(simulation)) {
        return false;
    }
    push_scenario(simulation);
    for (uint32_t i = 1; i <= scenario->world.worlds; i++) {
        world_start(simulation, i);
    }
    return simulation->status == SIMULATION_OK;
}

enum simulation_status simulation_create(const struct simulation_config *config,
                                         struct simulation **created, char *message,
                                         size_t message_size)
{
    struct simulation *simulation = memory_allocate(&config->allocator, sizeof(*simulation));
    if (simulation == NULL) {
        snprintf(message, message_size, "out of memory");
        return SIMULATION_NO_MEMORY;
    }
    memset(simulation, 0, sizeof(*simulation));
    simulation->config = *config;
    simulation->scenario = config->scenario;
    simulation->allocator = config->allocator;
    simulation->choices = config->choices;
    simulation->rescued_plan = SCENARIO_NONE;
    if (simulation->config.events_max == 0) {
        simulation->config.events_max = SIMULATION_EVENTS_MAX;
    }
    if (!build(simulation)) {
        enum simulation_status status = simulation->status;
        snprintf(message, message_size, "%s",
                 status == SIMULATION_NO_MEMORY ? "out of memory" : simulation->message);
        simulation_destroy(simulation);
        return status;
    }
    *created = simulation;
    return SIMULATION_OK;
}

static void free_requests(struct simulation *simulation)
{
    while (simulation->requests != NULL) {
        struct request *request = simulation->requests;
        simulation->requests = request->next;
        world_release(simulation, request, sizeof(*request));
    }
}

/* Jobs and invalidations that are still on their way belong to their events. */
static void free_events(struct simulation *simulation)
{
    struct engine_event event;
    while (event_queue_pop(simulation->queue, &event)) {
        if (event.kind == WORLD_WORK_ARRIVES || event.kind == WORLD_TAKE ||
            event.kind == WORLD_USER_CODE || event.kind == WORLD_REPORT) {
            job_free(event.subject);
        } else if (event.kind == WORLD_INVALIDATE) {
            world_release(simulation, event.subject, sizeof(struct invalidation));
        }
    }
}

void simulation_destroy(struct simulation *simulation)
{
    if (simulation == NULL) {
        return;
    }
    const struct scenario *scenario = simulation->scenario;
    const size_t plans = scenario->plan_count + 1;
    struct director_allocator allocator = simulation->allocator;
    if (simulation->queue != NULL) {
        free_events(simulation);
    }
    jobs_free_held(simulation);
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        world_free(&simulation->worlds[i]);
    }
    free_requests(simulation);
    checker_destroy(simulation->checker);
    trace_destroy(simulation->trace);
    order_destroy(simulation);
    event_queue_destroy(simulation->queue);
    if (simulation->calls_of != NULL) {
        memory_release(&allocator, simulation->calls,
                       (simulation->calls_of[scenario->plan_count] + 1) * sizeof(uint32_t));
    }
    coverage_notes_free(simulation);
    memory_release(&allocator, simulation->calls_of, plans * sizeof(uint32_t));
    memory_release(&allocator, simulation->care, plans * sizeof(struct plan_care));
    memory_release(&allocator, simulation->faults,
                   (scenario->fault_count + 1) * sizeof(struct fault_state));
    memory_release(&allocator, simulation->event_requests,
                   (scenario->event_count + 1) * sizeof(struct request *));
    memory_release(&allocator, simulation->event_triggers,
                   (scenario->event_count + 1) * sizeof(struct trigger_state));
    memory_release(&allocator, simulation->fault_triggers,
                   (scenario->fault_count + 1) * sizeof(struct trigger_state));
    memory_release(&allocator, simulation->triggered_events,
                   (scenario->event_count + 1) * sizeof(uint32_t));
    memory_release(&allocator, simulation->triggered_faults,
                   (scenario->fault_count + 1) * sizeof(uint32_t));
    memory_release(&allocator, simulation->plan_watched, plans * sizeof(bool));
    memory_release(&allocator, simulation->index,
                   simulation->index_size * sizeof(struct plan_index_slot));
    for (uint32_t i = 0; i < simulation->layout_count; i++) {
        plan_layout_free(&simulation->layouts[i], &allocator);
    }
    memory_release(&allocator, simulation->layouts, plans * sizeof(struct plan_layout));
    memory_release(&allocator, simulation, sizeof(*simulation));
}
