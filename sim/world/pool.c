/* pool.c: pools of workers, one for each queue (Dynflow's executors/parallel/pool.rb). Jobs are
 * taken first in, first out; of the free workers the one that became free last goes first. */
#include "sim/world/world.h"

#include <string.h>

bool pools_create(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    const struct scenario_world *scenario = &simulation->scenario->world;
    world->pools = world_allocate(simulation, scenario->queue_count * sizeof(struct pool));
    world->jobs_by_plan =
        world_allocate(simulation, (simulation->scenario->plan_count + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; world->pools != NULL && i < scenario->queue_count; i++) {
        struct pool *pool = &world->pools[i];
        uint32_t size = scenario->queues[i].workers;
        pool->free = world_allocate(simulation, (size + 1) * sizeof(uint32_t));
        if (pool->free == NULL) {
            return false;
        }
        pool->size = size;
        pool->free_count = size;
        for (uint32_t w = 0; w < size; w++) {
            pool->free[w] = size - 1 - w;
        }
    }
    return world->pools != NULL && world->jobs_by_plan != NULL;
}

void pools_free(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    const struct scenario_world *scenario = &simulation->scenario->world;
    for (uint32_t i = 0; world->pools != NULL && i < scenario->queue_count; i++) {
        world_release(simulation, world->pools[i].free,
                      (scenario->queues[i].workers + 1) * sizeof(uint32_t));
    }
    world_release(simulation, world->pools, scenario->queue_count * sizeof(struct pool));
    world_release(simulation, world->jobs_by_plan,
                  (simulation->scenario->plan_count + 1) * sizeof(uint32_t));
    world->pools = NULL;
    world->jobs_by_plan = NULL;
}

static void append(struct pool *pool, struct job *job)
{
    job->arrived = ++pool->arrived;
    job->next = NULL;
    if (pool->last == NULL) {
        pool->first = job;
    } else {
        pool->last->next = job;
    }
    pool->last = job;
}

/* A fault on the work item's way: twice, or late. */
static void deliver(struct job *job)
{
    struct executor_world *world = job->world;
    struct simulation *simulation = world->simulation;
    uint32_t step = job->step_id == 0 ? SCENARIO_NONE
                                      : simulation->layouts[job->plan].steps[job->step_id - 1].step;
    const struct scenario_fault *fault =
        faults_strike(simulation, SCENARIO_ON_WORK, world->number, job->plan, step,
                      job_is_finalize(job), job->queue);
    if (fault != NULL && fault->error == SCENARIO_ERROR_TWICE) {
        struct job *copy = job_copy(job);
        checker_mark(simulation->checker, MARK_WORK_TWICE);
        if (copy != NULL) {
            append(&world->pools[job->queue], job);
            append(&world->pools[copy->queue], copy);
            return;
        }
    }
    if (fault != NULL && fault->error == SCENARIO_ERROR_LATE) {
        job_push(job, WORLD_WORK_ARRIVES, fault->duration);
        return;
    }
    append(&world->pools[job->queue], job);
}

void pool_late_work(struct job *job)
{
    struct executor_world *world = job->world;
    struct simulation *simulation = world->simulation;
    job->scheduled = false;
    bool is_over =
        !job->is_planning &&
        director_find_plan(world->director, &simulation->layouts[job->plan].id) == NULL &&
        !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_OVERTAKES_WORK);
    if (world->pools[job->queue].terminated || is_over) {
        const uint32_t plan = job->plan;
        job_item_back(job);
        job_free(job);
        invalidation_jobs_back(world, plan);
        return;
    }
    append(&world->pools[job->queue], job);
    pool_distribute(world, job->queue);
}

void pool_schedule(struct executor_world *world, struct director_work_item *item, uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    struct job *job = job_new(world, item, plan);
    if (job == NULL) {
        return;
    }
    world_trace_aside(simulation, TRACE_WORK, ACTOR_CORE(world->number), plan,
                      job->step_id == 0 ? TRACE_NONE
                                        : simulation->layouts[plan].steps[job->step_id - 1].step,
                      director_work_item_kind(item), job->number);
    watch_queued(job);
    deliver(job);
    pool_distribute(world, job->queue);
}

/* Free workers leave; when the last one has, the pool is down, and what is queued is dropped. */
static void try_to_terminate(struct executor_world *world, uint32_t queue)
{
    struct pool *pool = &world->pools[queue];
    if (!world->core_terminating || pool->terminated) {
        return;
    }
    pool->size -= pool->free_count;
    pool->free_count = 0;
    if (pool->size == 0) {
        pool->terminated = true;
        if (pool->first != NULL) {
            checker_mark(world->simulation->checker, MARK_TERMINATED_WITH_WORK);
        }
        pool->first = NULL;
        pool->last = NULL;
        world_pool_terminated(world);
    }
}

/* A fault may take a pool's workers away for a while: those that are free, and the busy ones as
 * they come back. */
static void strike_pool(struct executor_world *world, uint32_t queue)
{
    struct pool *pool = &world->pools[queue];
    const struct scenario_fault *fault =
        faults_strike(world->simulation, SCENARIO_ON_POOL, world->number, SCENARIO_NONE,
                      SCENARIO_NONE, false, queue);
    if (fault != NULL && !pool->empty) {
        /* One that strikes for ever would strike again at once. */
        bool by_chance = fault->timing == SCENARIO_FAULT_CHANCE &&
                         fault->chance_numerator < fault->chance_denominator;
        bool for_ever = fault->times == SCENARIO_UNTIL_HEALED && !by_chance;
        pool->empty = true;
        if (fault->duration > 0 && !for_ever) {
            world_push(world->simulation, WORLD_POOL_BACK, world->number, NULL, queue,
                       fault->duration);
        }
    }
}

void pool_distribute(struct executor_world *world, uint32_t queue)
{
    struct pool *pool = &world->pools[queue];
    struct simulation *simulation = world->simulation;
    try_to_terminate(world, queue);
    if (pool->first != NULL) {
        strike_pool(world, queue);
    }
    while (pool->free_count > 0 && pool->first != NULL && !pool->empty) {
        struct job *job = pool->first;
        pool->first = job->next;
        pool->last = pool->first == NULL ? NULL : pool->last;
        job->next = NULL;
        watch_taken(pool, job);
        job->worker = pool->free[--pool->free_count];
        job_push(job, WORLD_TAKE, world_latency(simulation, job->plan));
    }
    if (pool->first != NULL) {
        checker_mark(simulation->checker, MARK_QUEUE_WAITED);
    }
}

void pool_start_termination(struct executor_world *world)
{
    for (uint32_t i = 0; i < world->simulation->scenario->world.queue_count; i++) {
        try_to_terminate(world, i);
    }
}

void pool_back(struct executor_world *world, uint32_t queue)
{
    world->pools[queue].empty = false;
    pool_distribute(world, queue);
}
