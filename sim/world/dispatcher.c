/* dispatcher.c: the executor dispatcher of a world: takes execution locks, hands requests on to the
 * core, and does what the end of an execution asks for (Dynflow's
 * dispatcher/executor_dispatcher.rb). */
#include "sim/world/world.h"

#include <string.h>

static void request_event(struct executor_world *world, struct request *request)
{
    struct simulation *simulation = world->simulation;
    if (world->dispatcher_terminating) {
        if (!world_has_defect(simulation, WORLD_DEFECT_EVENT_UNANSWERED_IN_TERMINATION)) {
            client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED,
                           DIRECTOR_REASON_TERMINATED);
        }
        return;
    }
    struct event_call *call = world_allocate(simulation, sizeof(*call));
    if (call == NULL) {
        return;
    }
    call->head.is_event = true;
    call->head.future.owner = &call->head;
    call->world = world;
    call->incarnation = world->incarnation;
    call->request = request;
    call->open = true;
    call->next = world->event_calls;
    world->event_calls = call;
    world->open_futures++;
    world_push(simulation, WORLD_CORE_EVENT, world->number, call, 0,
               world_latency(simulation, request->plan));
}

void dispatcher_request(struct executor_world *world, struct request *request)
{
    struct simulation *simulation = world->simulation;
    switch (request->kind) {
    case SCENARIO_START:
        dispatcher_execute(world, request->plan, request);
        return;
    case SCENARIO_EVENT:
        request_event(world, request);
        return;
    default:
        world_push(simulation, WORLD_CORE_HALT, world->number, request, 0,
                   world_latency(simulation, request->plan));
        client_respond(simulation, request, DIRECTOR_FUTURE_FULFILLED, DIRECTOR_REASON_NONE);
        return;
    }
}

/* The lock could not be inserted, or was all the same: then it is ours, and has to go again. */
static void settle_lock(struct executor_world *world, uint32_t plan, const struct request *request)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    struct store_record lock;
    for (const struct execution *other = world->executions; other != NULL; other = other->next) {
        if (other->plan == plan && !other->answered) {
            return; /* it may be the lock of that one */
        }
    }
    if (world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS) ||
        store->operations->find_record(store, STORE_RECORD_EXECUTION_LOCK,
                                       &simulation->layouts[plan].id, &lock) != STORE_OK) {
        return;
    }
    if (lock.request == (request == NULL ? 0 : request->number) &&
        memcmp(lock.owner.bytes, world->id.bytes, sizeof(world->id.bytes)) == 0) {
        invalidation_begin(world, UNLOCK, plan, NULL, request);
    }
}

void dispatcher_execute(struct executor_world *world, uint32_t plan, struct request *request)
{
    struct simulation *simulation = world->simulation;
    bool error = false;
    if (world->state != WORLD_ALIVE) {
        client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED, DIRECTOR_REASON_TERMINATED);
        return;
    }
    if (!coordinator_lock(world, STORE_RECORD_EXECUTION_LOCK, &simulation->layouts[plan].id,
                          request == NULL ? 0 : request->number, &error)) {
        if (error) {
            settle_lock(world, plan, request);
        } else {
            watch_refused(simulation, request);
        }
        client_respond(simulation, request, DIRECTOR_FUTURE_REJECTED,
                       error ? DIRECTOR_REASON_PERSISTENCE : DIRECTOR_REASON_ALREADY_RUNNING);
        return;
    }
    struct execution *execution = world_allocate(simulation, sizeof(*execution));
    if (execution == NULL) {
        return;
    }
    if (request != NULL) {
        request->has_lock = true;
    }
    execution->head.future.owner = &execution->head;
    execution->world = world;
    execution->incarnation = world->incarnation;
    execution->plan = plan;
    execution->request = request;
    execution->next = world->executions;
    world->executions = execution;
    world->open_futures++;
    world_push(simulation, WORLD_CORE_EXECUTION, world->number, execution, 0,
               world_latency(simulation, plan));
}

/* ---- Futures ------------------------------------------------------------------------------------
 */

/* What a fulfilled future says must be what the database says; a plan that is let go running is not
 * told to the client. */
static void check_truth(struct simulation *simulation, const struct execution *execution)
{
    enum director_plan_state stored;
    enum director_result result;
    if (execution->plan_state == DIRECTOR_PLAN_RUNNING || !simulation->config.check ||
        checker_was_deleted(simulation->checker, execution->plan)) {
        return;
    }
    if (checker_stored_plan(simulation->checker, execution->plan, &stored, &result) &&
        stored != execution->plan_state) {
        checker_violate(simulation->checker, INVARIANT_FUTURE_TELLS_TRUTH, execution->plan,
                        SCENARIO_NONE, "its future says %s, the database says %s",
                        director_plan_state_name(execution->plan_state),
                        director_plan_state_name(stored));
    }
}

static void resolved_execution(struct execution *execution,
                               const struct director_execution_plan *plan)
{
    struct simulation *simulation = execution->world->simulation;
    if (plan != NULL) {
        execution->plan_state = director_execution_plan_state(plan);
        check_truth(simulation, execution);
    }
    if (plan != NULL || execution->head.future.reason == DIRECTOR_REASON_MISSING) {
        checker_execution_ended(simulation->checker, execution->plan, execution->world->number);
    }
    world_push(simulation, WORLD_RESOLVED, execution->world->number, execution, 0, 0);
}

static void resolved_event(struct event_call *call)
{
    struct simulation *simulation = call->world->simulation;
    bool fulfilled = call->head.future.state == DIRECTOR_FUTURE_FULFILLED;
    checker_event_answered(simulation->checker, call->request->plan, call->request->step, fulfilled,
                           call->taken);
    if (call->head.future.reason == DIRECTOR_REASON_NOT_SUSPENDED) {
        checker_event_turned_away(simulation->checker, call->request->plan, call->request->step);
    }
    world_push(simulation, WORLD_EVENT_RESOLVED, call->world->number, call, 0, 0);
}

void dispatcher_future(void *context, struct director_future *future,
                       const struct director_execution_plan *plan)
{
    struct future_head *head = future->owner;
    struct event_call *call = (struct event_call *)(void *)head;
    struct execution *execution = (struct execution *)(void *)head;
    (void)context;
    if (head->is_event) {
        checker_future_resolved(call->world->simulation->checker, call->request->plan,
                                call->request->step, head->resolved);
        resolved_event(call);
    } else {
        checker_future_resolved(execution->world->simulation->checker, execution->plan,
                                SCENARIO_NONE, head->resolved);
        resolved_execution(execution, plan);
    }
    head->resolved = true;
}

void dispatcher_event_resolved(struct event_call *call)
{
    struct executor_world *world = call->world;
    if (!call->open) {
        return;
    }
    call->open = false;
    world->open_futures--;
    client_respond(world->simulation, call->request, call->head.future.state,
                   call->head.future.reason);
    world_termination_progress(world);
}

/* The plan is let go, and was not left running. Its lock stays as long as anybody works on it, or
 * somebody else would execute it meanwhile. */
static void give_lock_up(struct executor_world *world, const struct execution *execution)
{
    struct simulation *simulation = world->simulation;
    if (world->jobs_by_plan[execution->plan] > 0 &&
        !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_OVERTAKES_WORK)) {
        invalidation_begin(world, UNLOCK, execution->plan, NULL, execution->request);
    } else if (!coordinator_unlock(world, STORE_RECORD_EXECUTION_LOCK,
                                   &simulation->layouts[execution->plan].id) &&
               !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS)) {
        invalidation_begin(world, UNLOCK, execution->plan, NULL, execution->request);
    }
}

void dispatcher_resolved(struct execution *execution)
{
    struct executor_world *world = execution->world;
    struct simulation *simulation = world->simulation;
    const struct director_future *future = &execution->head.future;
    if (execution->answered) {
        return;
    }
    execution->answered = true;
    world->open_futures--;
    if (director_find_plan(world->director, &simulation->layouts[execution->plan].id) == NULL &&
        !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_OVERTAKES_WORK)) {
        jobs_drop_queued(world, execution->plan);
    }
    if (future->state == DIRECTOR_FUTURE_FULFILLED &&
        execution->plan_state == DIRECTOR_PLAN_RUNNING) {
        invalidation_begin(world, INVALIDATE, execution->plan, execution->request,
                           execution->request);
    } else if ((future->reason == DIRECTOR_REASON_PERSISTENCE ||
                future->reason == DIRECTOR_REASON_MISSING ||
                future->reason == DIRECTOR_REASON_BROKEN) &&
               !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS)) {
        /* Whether the plan was saved as running, or is really gone, is in doubt. */
        client_respond(simulation, execution->request, future->state, future->reason);
        invalidation_begin(world, SETTLE, execution->plan, NULL, execution->request);
    } else {
        give_lock_up(world, execution);
        client_respond(simulation, execution->request, future->state, future->reason);
    }
    world_termination_progress(world);
}
