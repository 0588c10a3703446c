/* client.c: what the scenario's events make the client, or somebody, do, and what the client is
 * answered (Dynflow's dispatcher/client_dispatcher.rb). */
#include "sim/world/world.h"

#include <string.h>

static struct request *new_request(struct simulation *simulation, uint32_t event_index)
{
    const struct scenario_event *event = &simulation->scenario->events[event_index];
    struct request *request = world_allocate(simulation, sizeof(*request));
    if (request == NULL) {
        return NULL;
    }
    request->kind = event->kind;
    request->plan = event->plan;
    request->step = event->step;
    request->event = event_index;
    request->number = ++simulation->request_count;
    if (simulation->last_request == NULL) {
        simulation->requests = request;
    } else {
        simulation->last_request->next = request;
    }
    simulation->last_request = request;
    if (event->kind == SCENARIO_HALT) {
        simulation->care[event->plan].halt_asked = true;
    }
    simulation->event_requests[event_index] = request;
    return request;
}

struct executor_world *client_any_executor(struct simulation *simulation, uint32_t number)
{
    uint32_t alive = 0;
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        alive += simulation->worlds[i].state == WORLD_ALIVE;
    }
    uint32_t turn = alive == 0 ? 0 : number % alive;
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        if (simulation->worlds[i].state == WORLD_ALIVE && turn-- == 0) {
            return &simulation->worlds[i];
        }
    }
    return NULL;
}

/* The world that holds the execution lock of a plan (find_executor). */
static struct executor_world *executor_of(struct simulation *simulation, uint32_t plan)
{
    struct store_record record;
    struct store *store = simulation->config.store;
    if (store->operations->find_record(store, STORE_RECORD_EXECUTION_LOCK,
                                       &simulation->layouts[plan].id, &record) != STORE_OK) {
        return NULL;
    }
    return world_of_id(simulation, &record.owner);
}

static void send(struct simulation *simulation, struct executor_world *world,
                 struct request *request)
{
    request->world = world->number;
    request->world_id = world->id;
    request->has_lock = false;
    world_push(simulation, WORLD_REQUEST, world->number, request, 0,
               world_latency(simulation, request->plan));
}

bool client_dispatch_execution(struct simulation *simulation, uint32_t plan,
                               struct request *request)
{
    struct executor_world *world =
        client_any_executor(simulation, request == NULL ? plan + 1 : request->number);
    if (world == NULL) {
        return false;
    }
    if (request == NULL) {
        dispatcher_execute(world, plan, NULL);
    } else {
        send(simulation, world, request);
    }
    return true;
}

static void do_start(struct simulation *simulation, struct request *request)
{
    simulation->care[request->plan].attempts = 0;
    if (!client_dispatch_execution(simulation, request->plan, request)) {
        client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED, DIRECTOR_REASON_NO_MANAGER);
    }
}

static void do_event(struct simulation *simulation, struct request *request)
{
    struct executor_world *world = executor_of(simulation, request->plan);
    if (world != NULL) {
        send(simulation, world, request);
        return;
    }
    checker_mark(simulation->checker, MARK_EVENT_NO_EXECUTION);
    if (simulation->scenario->events[request->event].optional) {
        checker_mark(simulation->checker, MARK_EVENT_OPTIONAL);
    }
    client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED, DIRECTOR_REASON_NO_MANAGER);
}

/* World#halt: the plan is inhibited first, so that nobody executes it again meanwhile. */
static void do_halt(struct simulation *simulation, struct request *request)
{
    struct store *store = simulation->config.store;
    const struct store_record lock = {
        .kind = STORE_RECORD_INHIBITION_LOCK,
        .subject = simulation->layouts[request->plan].id,
    };
    if (store->operations->insert_record(store, &lock) == STORE_NO_MEMORY) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
    }
    struct executor_world *world = executor_of(simulation, request->plan);
    world = world == NULL ? client_any_executor(simulation, request->number) : world;
    if (world == NULL) {
        client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED, DIRECTOR_REASON_NO_MANAGER);
    } else {
        send(simulation, world, request);
    }
}

bool client_send_halt_on(struct executor_world *from, struct request *request)
{
    struct simulation *simulation = from->simulation;
    struct executor_world *world = executor_of(simulation, request->plan);
    if (world == NULL || world == from ||
        world_has_defect(simulation, WORLD_DEFECT_HALT_MISSES_OTHER_WORLD)) {
        return false;
    }
    send(simulation, world, request);
    return true;
}

static void do_delete(struct simulation *simulation, uint32_t plan, bool steps_only)
{
    struct store *store = simulation->config.store;
    const struct director_plan_id *id = &simulation->layouts[plan].id;
    enum store_status status = steps_only ? store->operations->delete_steps(store, id)
                                          : store->operations->delete_plan(store, id);
    if (status == STORE_OK) {
        checker_deleted(simulation->checker, plan, steps_only);
        planning_look_later(simulation, 0); /* a plan that is gone blocks nobody */
    }
}

static void do_request(struct simulation *simulation, uint32_t index)
{
    struct request *request = new_request(simulation, index);
    if (request == NULL) {
        return;
    }
    if (request->kind == SCENARIO_START) {
        do_start(simulation, request);
    } else if (request->kind == SCENARIO_EVENT) {
        do_event(simulation, request);
    } else {
        do_halt(simulation, request);
    }
}

static void trace_event(struct simulation *simulation, uint32_t index)
{
    static const enum trace_kind kinds[SCENARIO_EVENT_KINDS] = {
        [SCENARIO_START] = TRACE_START,
        [SCENARIO_EVENT] = TRACE_EVENT,
        [SCENARIO_HALT] = TRACE_HALT,
        [SCENARIO_DELETE] = TRACE_DELETE,
        [SCENARIO_DELETE_STEPS] = TRACE_DELETE_STEPS,
        [SCENARIO_TERMINATE] = TRACE_TERMINATE,
        [SCENARIO_CRASH] = TRACE_CRASH,
        [SCENARIO_START_WORLD] = TRACE_START_WORLD,
        [SCENARIO_CHECK_WORLDS] = TRACE_CHECK_WORLDS,
        [SCENARIO_HEAL] = TRACE_HEAL,
    };
    const struct scenario_event *event = &simulation->scenario->events[index];
    bool asks = event->kind == SCENARIO_START || event->kind == SCENARIO_EVENT ||
                event->kind == SCENARIO_HALT;
    bool of_plan = asks || event->kind == SCENARIO_DELETE || event->kind == SCENARIO_DELETE_STEPS;
    struct trace_record record = trace_record_of(kinds[event->kind], world_now(simulation),
                                                 asks ? ACTOR_CLIENT : ACTOR_SOMEBODY);
    record.plan = of_plan ? event->plan : TRACE_NONE;
    record.step = event->kind == SCENARIO_EVENT ? event->step : TRACE_NONE;
    record.world = of_plan ? 0 : event->world;
    record.value = event->kind == SCENARIO_EVENT ? index : 0;
    record.aside = index + 1u;
    trace_record(simulation->trace, &record);
}

void client_do(struct simulation *simulation, uint32_t index)
{
    const struct scenario_event *event = &simulation->scenario->events[index];
    trace_event(simulation, index);
    switch (event->kind) {
    case SCENARIO_START:
    case SCENARIO_EVENT:
    case SCENARIO_HALT:
        do_request(simulation, index);
        return;
    case SCENARIO_DELETE:
    case SCENARIO_DELETE_STEPS:
        do_delete(simulation, event->plan, event->kind == SCENARIO_DELETE_STEPS);
        return;
    case SCENARIO_TERMINATE:
        simulation->worlds[event->world].told_to_end = true;
        world_terminate(&simulation->worlds[event->world]);
        return;
    case SCENARIO_CRASH:
        simulation->worlds[event->world].told_to_end = true;
        world_crash(&simulation->worlds[event->world]);
        return;
    case SCENARIO_START_WORLD:
        world_start(simulation, event->world);
        return;
    case SCENARIO_CHECK_WORLDS:
        simulation->looks += world_push(simulation, WORLD_CHECK_WORLDS, event->world, NULL, 0, 0);
        return;
    case SCENARIO_HEAL:
        faults_heal(simulation);
        return;
    }
}

/* ---- Answers -----------------------------------------------------------------------------------
 */

void client_respond(struct simulation *simulation, struct request *request,
                    enum director_future_state state, enum director_reason reason)
{
    /* A request is tracked until its first answer; a second one finds nobody. */
    if (request == NULL || request->response != DIRECTOR_FUTURE_PENDING) {
        return;
    }
    request->response = state;
    request->response_reason = reason;
    world_push(simulation, WORLD_RESPONSE, WORLD_NONE, request, 0,
               world_latency(simulation, request->plan));
}

void client_undeliverable(struct simulation *simulation, struct request *request)
{
    if (!world_has_defect(simulation, WORLD_DEFECT_REQUESTS_DIE_WITH_WORLD)) {
        client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED, DIRECTOR_REASON_TERMINATED);
    }
}

/* What it had taken and nobody has answered: starts are, by whoever finds their locks. */
void client_world_is_gone(struct simulation *simulation, const struct director_plan_id *world)
{
    for (struct request *request = simulation->requests; request != NULL; request = request->next) {
        if (memcmp(request->world_id.bytes, world->bytes, sizeof(world->bytes)) == 0) {
            client_undeliverable(simulation, request);
        }
    }
}

static void mark_answer(struct simulation *simulation, const struct request *request)
{
    struct checker *checker = simulation->checker;
    if (request->state != DIRECTOR_FUTURE_REJECTED) {
        return;
    }
    switch (request->reason) {
    case DIRECTOR_REASON_ALREADY_RUNNING:
    case DIRECTOR_REASON_STOPPED:
    case DIRECTOR_REASON_INHIBITED:
        checker_mark(checker, MARK_START_REFUSED);
        return;
    case DIRECTOR_REASON_DROPPED:
        checker_mark(checker, MARK_EVENT_DROPPED);
        return;
    case DIRECTOR_REASON_NOT_SUSPENDED:
        checker_mark(checker, MARK_EVENT_NOT_SUSPENDED);
        return;
    case DIRECTOR_REASON_TERMINATED:
        if (request->kind == SCENARIO_EVENT) {
            checker_mark(checker, MARK_EVENT_TERMINATED);
        }
        return;
    default:
        return;
    }
}

/* The client hands its caller the plan, which it loads for that: one that is gone leaves it without
 * an answer (resolve_tracked_request). */
static bool can_answer(struct simulation *simulation, struct request *request)
{
    struct director_plan_row row;
    struct store *store = simulation->config.store;
    if (request->kind != SCENARIO_START || request->response != DIRECTOR_FUTURE_FULFILLED ||
        store->operations->peek_plan(store, &simulation->layouts[request->plan].id, &row) ==
            STORE_OK) {
        return true;
    }
    if (world_has_defect(simulation, WORLD_DEFECT_DELETED_PLAN_LEAVES_CLIENT)) {
        return false;
    }
    request->response = DIRECTOR_FUTURE_REJECTED;
    request->response_reason = DIRECTOR_REASON_MISSING;
    return true;
}

bool client_nobody_answers(struct simulation *simulation)
{
    struct store *store = simulation->config.store;
    bool found = false;
    for (struct request *request = simulation->requests; request != NULL; request = request->next) {
        struct store_record lock;
        if (request->kind == SCENARIO_START && request->response == DIRECTOR_FUTURE_PENDING &&
            world_of_id(simulation, &request->world_id) == NULL &&
            store->operations->find_record(store, STORE_RECORD_EXECUTION_LOCK,
                                           &simulation->layouts[request->plan].id,
                                           &lock) != STORE_OK) {
            client_undeliverable(simulation, request);
            found = true;
        }
    }
    return found;
}

void client_response(struct simulation *simulation, struct request *request)
{
    if (request->state != DIRECTOR_FUTURE_PENDING || !can_answer(simulation, request)) {
        return;
    }
    request->state = request->response;
    request->reason = request->response_reason;
    mark_answer(simulation, request);
    struct trace_record record =
        trace_record_of(request->kind == SCENARIO_EVENT ? TRACE_EVENT_FUTURE : TRACE_FUTURE,
                        world_now(simulation), ACTOR_CLIENT);
    record.plan = request->plan;
    record.step = request->kind == SCENARIO_EVENT ? request->step : TRACE_NONE;
    record.to = (uint8_t)request->state;
    record.value = request->reason;
    record.aside = request->event + 1u;
    trace_record(simulation->trace, &record);
    triggers_resolved(simulation, request);
}
