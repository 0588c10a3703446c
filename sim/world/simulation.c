/* simulation.c: building a run, its loop, and its end. */
#include "sim/world/world.h"

#include "director/memory.h"
#include "sim/world/names.h"

#include <stdio.h>
#include <string.h>
#include <uuid.h>

struct plan_index_slot {
    uint64_t key;  /* first half of the uuid */
    uint32_t plan; /* index + 1; 0: free */
};

/* ---- Small things that the whole world uses ---------------------------------------------------
 */

void world_fail(struct simulation *simulation, enum simulation_status status)
{
    if (simulation->status == SIMULATION_OK) {
        simulation->status = status;
    }
}

void *world_allocate(struct simulation *simulation, size_t size)
{
    void *block = memory_allocate(&simulation->allocator, size);
    if (block == NULL) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return NULL;
    }
    return memset(block, 0, size);
}

void world_release(struct simulation *simulation, void *block, size_t size)
{
    memory_release(&simulation->allocator, block, size);
}

uint64_t world_now(const struct simulation *simulation)
{
    return event_queue_now(simulation->queue);
}

bool world_push(struct simulation *simulation, enum world_event kind, uint32_t world, void *subject,
                uint64_t word, uint64_t delay)
{
    const struct engine_event event = {
        .time = world_now(simulation) + delay,
        .kind = kind,
        .target = world,
        .subject = subject,
        .word = word,
    };
    if (event_queue_push(simulation->queue, &event, NULL) != EVENT_QUEUE_OK) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return false;
    }
    return true;
}

uint64_t world_latency(struct simulation *simulation, uint32_t plan)
{
    const struct scenario_range *latency = &simulation->scenario->world.latency;
    if (latency->min == latency->max) {
        return latency->min;
    }
    const struct choice_site site = {CHOICE_LATENCY, plan == SCENARIO_NONE ? CHOICE_NONE : plan,
                                     CHOICE_NONE, 0, ++simulation->messages};
    return choices_range(simulation->choices, &site, latency->min, latency->max);
}

bool world_has_defect(const struct simulation *simulation, unsigned defect)
{
    return (simulation->scenario->world.defects >> defect & 1u) != 0;
}

void world_trace(struct simulation *simulation, enum trace_kind kind, uint32_t actor, uint32_t plan,
                 uint32_t step, uint64_t value)
{
    world_trace_aside(simulation, kind, actor, plan, step, value, 0);
}

void world_trace_aside(struct simulation *simulation, enum trace_kind kind, uint32_t actor,
                       uint32_t plan, uint32_t step, uint64_t value, uint64_t aside)
{
    struct trace_record record = trace_record_of(kind, world_now(simulation), actor);
    record.plan = plan;
    record.step = step;
    record.value = value;
    record.aside = aside;
    trace_record(simulation->trace, &record);
}

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

/* Everything of a run is named after its seed: the same seed gives the same uuids. */
void world_make_id(const struct simulation *simulation, const char *kind, const char *name,
                   uint32_t number, struct director_plan_id *id)
{
    /* A namespace of our own, made once with uuidgen. */
    static const uuid_t namespace = {0x5b, 0x0e, 0x6e, 0x0a, 0x1f, 0x5d, 0x4c, 0x1b,
                                     0x9a, 0x43, 0x7d, 0x11, 0x52, 0x0c, 0x9e, 0x64};
    char text[SCENARIO_NAME_MAX + 64];
    int length = snprintf(text, sizeof(text), "%llu/%s/%s/%u",
                          (unsigned long long)simulation->scenario->seed, kind, name, number);
    uuid_generate_sha1(id->bytes, namespace, text, (size_t)length);
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
        world_make_id(simulation, "plan", scenario->plans[i].name, 0, &simulation->layouts[i].id);
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

/* ---- The loop
 * ------------------------------------------------------------------------------------ */

/* What a job or an execution meets when its world has gone on without it. */
static bool is_current(const struct executor_world *world, uint32_t incarnation)
{
    return world_is_running(world) && world->incarnation == incarnation;
}

static void handle_job(struct executor_world *world, const struct engine_event *event)
{
    struct job *job = event->subject;
    if (!is_current(world, job->incarnation)) {
        job_free(job);
    } else if (event->kind == WORLD_WORK_ARRIVES) {
        pool_late_work(job);
    } else if (event->kind == WORLD_TAKE) {
        worker_take(job);
    } else if (event->kind == WORLD_USER_CODE) {
        worker_user_code(job);
    } else {
        core_report(job);
    }
}

static void handle_core(struct executor_world *world, const struct engine_event *event)
{
    struct execution *execution = event->subject;
    struct event_call *call = event->subject;
    switch (event->kind) {
    case WORLD_CORE_EXECUTION:
        if (is_current(world, execution->incarnation)) {
            core_execution(execution);
        }
        return;
    case WORLD_RESOLVED:
        if (is_current(world, execution->incarnation)) {
            dispatcher_resolved(execution);
        }
        return;
    case WORLD_CORE_EVENT:
        if (is_current(world, call->incarnation)) {
            core_event(call);
        }
        return;
    case WORLD_EVENT_RESOLVED:
        if (is_current(world, call->incarnation)) {
            dispatcher_event_resolved(call);
        }
        return;
    default:
        return;
    }
}

static void handle_world(struct executor_world *world, const struct engine_event *event)
{
    if (event->kind == WORLD_INVALIDATE) {
        invalidation_run(world, event->subject);
        return;
    }
    if (!world_is_running(world)) {
        if (event->kind == WORLD_REQUEST) {
            client_undeliverable(world->simulation, event->subject);
        }
        return;
    }
    switch (event->kind) {
    case WORLD_CORE_PLANNING:
        core_planning(world, (uint32_t)event->word);
        return;
    case WORLD_PLANNING_UNLOCK:
        planning_unlock(world, (uint32_t)event->word);
        return;
    case WORLD_REQUEST:
        dispatcher_request(world, event->subject);
        return;
    case WORLD_CORE_HALT:
        core_halt(world, event->subject);
        return;
    case WORLD_CHECK_WORLDS:
        invalidation_check_worlds(world);
        return;
    case WORLD_TERMINATION_TIMEOUT:
        world_termination_timeout(world, (uint32_t)event->word);
        return;
    case WORLD_POOL_BACK:
        pool_back(world, (uint32_t)event->word);
        return;
    case WORLD_AUTO_EXECUTE:
        invalidation_auto_execute(world);
        return;
    case WORLD_REST_OVER:
        invalidation_rested(world, (uint32_t)event->word);
        return;
    default:
        return;
    }
}

static void handle(struct simulation *simulation, const struct engine_event *event)
{
    struct executor_world *world = &simulation->worlds[event->target];
    simulation->looks -= event->kind == WORLD_CHECK_WORLDS;
    switch (event->kind) {
    case WORLD_SCENARIO:
        client_do(simulation, (uint32_t)event->word);
        return;
    case WORLD_FAULT_ARMED:
        faults_arm(simulation, (uint32_t)event->word);
        return;
    case WORLD_LOOK_FOR_DELAYED:
        planning_look(simulation, event->word == 0 ? SCENARIO_NONE : (uint32_t)event->word - 1);
        return;
    case WORLD_RESPONSE:
        client_response(simulation, event->subject);
        return;
    case WORLD_WORK_ARRIVES:
    case WORLD_TAKE:
    case WORLD_USER_CODE:
    case WORLD_REPORT:
        handle_job(world, event);
        return;
    case WORLD_CORE_EXECUTION:
    case WORLD_CORE_EVENT:
    case WORLD_RESOLVED:
    case WORLD_EVENT_RESOLVED:
        handle_core(world, event);
        return;
    default:
        handle_world(world, event);
        return;
    }
}

/* However the world learned that its connection is lost for good, it cannot stay: nobody would look
 * after what it holds. */
static void end_without_connection(struct executor_world *world)
{
    if (world->state == WORLD_ALIVE && world->connection_lost) {
        world_terminate(world);
    }
}

enum simulation_status simulation_step(struct simulation *simulation, bool *more)
{
    struct engine_event event;
    *more = false;
    if (simulation->status == SIMULATION_OK &&
        simulation->counts.events >= simulation->config.events_max) {
        checker_violate(simulation->checker, INVARIANT_ATTEMPTS_END, SCENARIO_NONE, SCENARIO_NONE,
                        "the run did not end within %llu events",
                        (unsigned long long)simulation->config.events_max);
        return SIMULATION_OK;
    }
    if (simulation->status != SIMULATION_OK || !order_next(simulation, &event)) {
        return simulation->status;
    }
    *more = true;
    simulation->counts.events++;
    simulation->counts.end_time = event.time;
    checker_time(simulation->checker, event.time);
    handle(simulation, &event);
    end_without_connection(&simulation->worlds[event.target]);
    if (checker_out_of_memory(simulation->checker) ||
        choices_sticky_status(simulation->choices) != CHOICES_OK) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
    }
    return simulation->status;
}

static enum simulation_status run_until(struct simulation *simulation, uint64_t until)
{
    bool more = true;
    struct engine_event next;
    while (more && event_queue_peek(simulation->queue, &next) && next.time <= until) {
        enum simulation_status status = simulation_step(simulation, &more);
        if (status != SIMULATION_OK) {
            return status;
        }
    }
    return simulation->status;
}

enum simulation_status simulation_settle(struct simulation *simulation)
{
    settle_expectations(simulation);
    if (simulation->config.check && simulation->status == SIMULATION_OK) {
        settle_eventually(simulation);
    }
    enum trace_status traced = trace_finish(simulation->trace);
    if (traced == TRACE_SINK_FAILED) {
        world_fail(simulation, SIMULATION_SINK_FAILED);
    }
    simulation->counts.trace_hash = trace_hash(simulation->trace);
    simulation->counts.trace_lines = trace_count(simulation->trace);
    return simulation->status;
}

enum simulation_status simulation_run(struct simulation *simulation)
{
    enum simulation_status status = run_until(simulation, simulation->scenario->until);
    return status == SIMULATION_OK ? simulation_settle(simulation) : status;
}

/* ---- What came of it
 * ------------------------------------------------------------------------------ */

uint32_t simulation_failure_count(const struct simulation *simulation)
{
    return checker_failure_count(simulation->checker);
}

const struct simulation_failure *simulation_failure(const struct simulation *simulation,
                                                    uint32_t index)
{
    return checker_failure(simulation->checker, index);
}

/* The invariants that the scenario says it breaks. */
static void expected_violations(const struct scenario *scenario, bool expected[INVARIANT_COUNT])
{
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (scenario->expectations[i].kind == SCENARIO_EXPECT_VIOLATES) {
            expected[scenario->expectations[i].name] = true;
        }
    }
}

bool simulation_held(const struct simulation *simulation)
{
    bool expected[INVARIANT_COUNT] = {false};
    bool broken[INVARIANT_COUNT] = {false};
    expected_violations(simulation->scenario, expected);
    for (uint32_t i = 0; i < simulation_failure_count(simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(simulation, i);
        if (failure->expectation) {
            return false;
        }
        broken[failure->invariant] = true;
    }
    return memcmp(expected, broken, sizeof(expected)) == 0;
}

bool simulation_mark(const struct simulation *simulation, uint32_t mark)
{
    return mark < MARK_COUNT && checker_marked(simulation->checker, (enum mark)mark);
}

const struct coverage *simulation_coverage(const struct simulation *simulation)
{
    return simulation->coverage;
}

struct simulation_counts simulation_counts(const struct simulation *simulation)
{
    return simulation->counts;
}

const struct director_plan_id *simulation_plan_id(const struct simulation *simulation,
                                                  uint32_t plan)
{
    return &simulation->layouts[plan].id;
}
