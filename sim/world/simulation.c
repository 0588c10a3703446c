/* simulation.c: the loop of a run, and what came of it. */
#include "sim/world/world.h"

#include "director/memory.h"

#include <stdio.h>
#include <string.h>

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
        dead_worlds_look(world);
        return;
    case WORLD_TERMINATION_TIMEOUT:
        world_termination_timeout(world, (uint32_t)event->word);
        return;
    case WORLD_POOL_BACK:
        pool_back(world, (uint32_t)event->word);
        return;
    case WORLD_AUTO_EXECUTE:
        dead_worlds_auto_execute(world);
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
    expectations_check(simulation);
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

void simulation_forget_failures(struct simulation *simulation)
{
    checker_forget_failures(simulation->checker);
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
