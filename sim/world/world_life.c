/* world_life.c: how an executor world starts, terminates and crashes (Dynflow's world.rb). */
#include "sim/world/world.h"

#include <string.h>

#define TERMINATION_MESSAGES 8u /* one after the other, from the last report to the end */

bool world_is_running(const struct executor_world *world)
{
    return world->state == WORLD_ALIVE || world->state == WORLD_TERMINATING;
}

struct executor_world *world_of_id(struct simulation *simulation, const struct director_plan_id *id)
{
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        struct executor_world *world = &simulation->worlds[i];
        if (world_is_running(world) && memcmp(world->id.bytes, id->bytes, sizeof(id->bytes)) == 0) {
            return world;
        }
    }
    return NULL;
}

static bool create_director(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    const struct faulty_hooks hooks = {world, faults_decide, faults_done};
    faulty_store_init(&world->faulty, &simulation->config.store->persistence, &hooks);
    const struct director_config config = {
        .allocator = simulation->allocator,
        .persistence = world->faulty.persistence,
        .hooks =
            {
                .context = world,
                .resolved = dispatcher_future,
                .plan_moved = core_plan_moved,
                .step_moved = core_step_moved,
            },
        .auto_rescue = simulation->scenario->world.auto_rescue,
        .defects = simulation->scenario->world.defects & DIRECTOR_DEFECTS_ALL,
    };
    return director_create(&config, &world->director) == DIRECTOR_OK;
}

/* Worlds of earlier runs may have left their records in the store. */
static bool register_world(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    for (uint32_t generation = 0;; generation++) {
        world_make_id(simulation, NAMED_WORLD, "", world->number + generation * (WORLDS_MAX + 1),
                      &world->id);
        const struct store_record record = {
            .kind = STORE_RECORD_WORLD, .subject = world->id, .active = 1};
        enum store_status status = store->operations->insert_record(store, &record);
        if (status != STORE_EXISTS) {
            return status == STORE_OK;
        }
    }
}

void world_start(struct simulation *simulation, uint32_t number)
{
    struct executor_world *world = &simulation->worlds[number];
    if (world_is_running(world)) {
        return;
    }
    world_free(world);
    uint32_t incarnation = world->incarnation + 1;
    *world = (struct executor_world){
        .simulation = simulation, .number = number, .incarnation = incarnation};
    if (!pools_create(world) || !create_director(world) || !register_world(world)) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return;
    }
    world->pools_left = simulation->scenario->world.queue_count;
    world->state = WORLD_ALIVE;
    dead_worlds_look_later(world, 0);
    planning_look_later(simulation, 0);
    if (simulation->scenario->world.auto_execute) {
        world_push(simulation, WORLD_AUTO_EXECUTE, number, NULL, 0, 0);
    }
}

static void invalidations_free(struct simulation *simulation, struct invalidation **list)
{
    while (*list != NULL) {
        struct invalidation *first = *list;
        *list = first->next;
        world_release(simulation, first, sizeof(*first));
    }
}

void world_free(struct executor_world *world)
{
    if (world->simulation == NULL) {
        return;
    }
    struct simulation *simulation = world->simulation;
    if (world->jobs_by_plan != NULL) {
        jobs_drop(world);
    }
    director_destroy(world->director);
    world->director = NULL;
    if (world->pools != NULL || world->jobs_by_plan != NULL) {
        pools_free(world);
    }
    while (world->executions != NULL) {
        struct execution *execution = world->executions;
        world->executions = execution->next;
        world_release(simulation, execution, sizeof(*execution));
    }
    while (world->event_calls != NULL) {
        struct event_call *call = world->event_calls;
        world->event_calls = call->next;
        world_release(simulation, call, sizeof(*call));
    }
    invalidations_free(simulation, &world->waiting);
    invalidations_free(simulation, &world->resting);
}

/* ---- Termination ---------------------------------------------------------------------------- */

void world_terminate(struct executor_world *world)
{
    if (world->state != WORLD_ALIVE) {
        return;
    }
    struct simulation *simulation = world->simulation;
    world->state = WORLD_TERMINATING;
    world->deadline = world_now(simulation) + simulation->scenario->world.termination_timeout;
    director_set_terminating(world->director);
    world_push(simulation, WORLD_TERMINATION_TIMEOUT, world->number, NULL, world->incarnation,
               simulation->scenario->world.termination_timeout);
    world->core_terminating = true;
    world->last_work = world_now(simulation); /* what is on its way by now may still come */
    invalidation_wake_all(world);
    pool_start_termination(world);
}

void world_pool_terminated(struct executor_world *world)
{
    if (--world->pools_left == 0) {
        core_finish_termination(world);
    }
}

/* What is left when a world is gone: its plans are in execution by nobody. */
static void end_executions(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    for (const struct director_execution_plan *plan = director_first_plan(world->director);
         plan != NULL; plan = director_next_plan(plan)) {
        uint32_t index = world_plan_of(simulation, director_execution_plan_id(plan));
        if (index != SCENARIO_NONE) {
            checker_execution_ended(simulation->checker, index, world->number);
        }
    }
}

static void leave(struct executor_world *world, enum world_state state)
{
    world->state = state;
    end_executions(world);
    jobs_drop(world);
    director_destroy(world->director);
    world->director = NULL;
    planning_look_later(world->simulation, 0); /* what it was asked to plan is up to others */
}

void world_termination_progress(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    if (world->state != WORLD_TERMINATING || !world->core_terminated) {
        return;
    }
    world->dispatcher_terminating = true;
    if (world->open_futures > 0 || world->waiting != NULL || world->untried > 0) {
        return;
    }
    struct store *store = simulation->config.store;
    if (!world->connection_lost) {
        store->operations->delete_record(store, STORE_RECORD_WORLD, &world->id);
    }
    checker_mark(simulation->checker, MARK_TERMINATED);
    watch_terminated(world);
    struct trace_record record =
        trace_record_of(TRACE_TERMINATED, world_now(simulation), ACTOR_CORE(world->number));
    record.world = world->number;
    trace_record(simulation->trace, &record);
    leave(world, WORLD_TERMINATED);
    client_nobody_answers(simulation);
}

bool world_was_just_at_work(const struct executor_world *world, uint64_t time)
{
    uint64_t latency = world->simulation->scenario->world.latency.max;
    return time <= world->last_work + TERMINATION_MESSAGES * latency;
}

/* Workers in user code, and work that is on its way, are a good reason for a late termination; so
 * is work that was over only just before, since what follows it takes messages. A report that is
 * lost, or a second one, is none: nobody works on that any more. */
static bool waits_for_workers(const struct executor_world *world)
{
    const struct simulation *simulation = world->simulation;
    if (world_was_just_at_work(world, world_now(simulation))) {
        return true;
    }
    for (const struct job *job = world->jobs; job != NULL; job = job->live_next) {
        if (!job->over && (job->in_user_code || job->scheduled)) {
            return true;
        }
    }
    return false;
}

void world_termination_timeout(struct executor_world *world, uint32_t incarnation)
{
    struct simulation *simulation = world->simulation;
    if (world->state != WORLD_TERMINATING || world->incarnation != incarnation) {
        return;
    }
    checker_mark(simulation->checker, MARK_TERMINATION_TIMED_OUT);
    if (simulation->config.check && !waits_for_workers(world)) {
        checker_violate(simulation->checker, INVARIANT_TERMINATION_IN_TIME, SCENARIO_NONE,
                        SCENARIO_NONE, "world %u met its termination timeout with %u futures open",
                        world->number, world->open_futures);
    }
    world_crash(world);
}

void world_crash(struct executor_world *world)
{
    if (!world_is_running(world)) {
        return;
    }
    checker_mark(world->simulation->checker, MARK_CRASHED);
    leave(world, WORLD_DEAD);
}
