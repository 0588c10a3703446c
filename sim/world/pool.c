/* pool.c: pools of workers, one for each queue, and what a worker does with a work item (Dynflow's
 * executors/parallel/pool.rb and worker.rb). Jobs are taken first in, first out; of the free
 * workers the one that became free last goes first. */
#include "sim/world/world.h"

#include "director/memory.h"

#include <string.h>

/* ---- Jobs ----------------------------------------------------------------------------------- */

/* The item is out no longer, as far as invariants about steps go. */
static void item_back(const struct job *job)
{
    if (!job->is_planning) {
        checker_item_back(job->world->simulation->checker, job->plan, job->step_id);
    }
}

/* Of the kinds that faults tell apart. */
static bool is_finalize(const struct job *job)
{
    return job->step_id == 0 && !job->is_planning;
}

static void link_job(struct job *job)
{
    struct executor_world *world = job->world;
    job->linked = true;
    job->live_previous = NULL;
    job->live_next = world->jobs;
    if (world->jobs != NULL) {
        world->jobs->live_previous = job;
    }
    world->jobs = job;
    world->jobs_by_plan[job->plan]++;
}

static void nobody_works_on(const struct job *job)
{
    struct executor_world *world = job->world;
    world->jobs_by_plan[job->plan]--;
    world->last_work = world_now(world->simulation);
}

static void unlink_job(struct job *job)
{
    struct executor_world *world = job->world;
    if (!job->linked) {
        return;
    }
    if (job->live_previous == NULL) {
        world->jobs = job->live_next;
    } else {
        job->live_previous->live_next = job->live_next;
    }
    if (job->live_next != NULL) {
        job->live_next->live_previous = job->live_previous;
    }
    job->linked = false;
    if (!job->over) {
        nobody_works_on(job);
    }
}

/* Nobody works on it any more, though its report is lost, or is a second one that comes much later.
 */
static void count_as_over(struct job *job)
{
    job->over = true;
    if (!job->duplicate) {
        item_back(job);
        job->duplicate = true;
    }
    nobody_works_on(job);
    invalidation_jobs_back(job->world, job->plan);
}

static struct job *new_job(struct executor_world *world, struct director_work_item *item,
                           uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    struct job *job = world_allocate(simulation, sizeof(*job));
    if (job == NULL) {
        director_work_item_release(item);
        return NULL;
    }
    uint32_t queue = director_work_item_queue(item);
    job->world = world;
    job->incarnation = world->incarnation;
    job->plan = plan;
    job->number = ++simulation->jobs;
    job->step_id = director_work_item_step(item);
    job->is_planning = director_work_item_kind(item) == DIRECTOR_WORK_PLANNING;
    job->queue = queue < simulation->scenario->world.queue_count ? queue : 0;
    job->item = item;
    if (director_work_item_kind(item) == DIRECTOR_WORK_EVENT) {
        job->event = (struct event_call *)(uintptr_t)director_work_item_event(item);
    }
    link_job(job);
    return job;
}

static struct job *copy_job(const struct job *job)
{
    struct director_work_item *item = job->item;
    director_work_item_retain(item);
    struct job *copy = new_job(job->world, item, job->plan);
    if (copy != NULL) {
        copy->duplicate = true;
        copy->number = job->number;
        copy->worker = job->worker;
        copy->stop = job->stop;
        copy->sent = job->sent;
        copy->died = job->died;
    }
    return copy;
}

/* Give the director's things back; the job itself may still be on its way. */
static void let_item_go(struct job *job)
{
    unlink_job(job);
    director_work_end(job->work);
    job->work = NULL;
    director_planning_end(job->planning);
    job->planning = NULL;
    director_work_item_release(job->item);
    job->item = NULL;
}

void job_free(struct job *job)
{
    let_item_go(job);
    world_release(job->world->simulation, job, sizeof(*job));
}

void job_push(struct job *job, enum world_event event, uint64_t delay)
{
    job->scheduled = world_push(job->world->simulation, event, job->world->number, job, 0, delay);
}

void job_hold(struct job *job, enum world_event event)
{
    struct simulation *simulation = job->world->simulation;
    job->scheduled = true;
    job->held_event = event;
    job->next = simulation->held;
    simulation->held = job;
}

void jobs_let_go(struct simulation *simulation, uint32_t plan)
{
    struct job **link = &simulation->held;
    while (*link != NULL) {
        struct job *job = *link;
        bool stale = job->held_event == WORLD_REPORT;
        if (plan != SCENARIO_NONE && (!stale || job->plan != plan)) {
            link = &job->next;
            continue;
        }
        *link = job->next;
        job->next = NULL;
        job->scheduled = world_push(simulation, job->held_event, job->world->number, job, 0, 0);
    }
}

void jobs_free_held(struct simulation *simulation)
{
    while (simulation->held != NULL) {
        struct job *job = simulation->held;
        simulation->held = job->next;
        job_free(job);
    }
}

/* What stands in a queue nobody has, and no event will free it. */
static void drop_from_queue(struct pool *pool, uint32_t plan)
{
    struct job **link = &pool->first;
    pool->last = NULL;
    while (*link != NULL) {
        struct job *job = *link;
        if (job->plan != plan || job->is_planning) {
            pool->last = job;
            link = &job->next;
            continue;
        }
        *link = job->next;
        if (!job->duplicate) {
            item_back(job);
        }
        job_free(job);
    }
}

void jobs_drop_queued(struct executor_world *world, uint32_t plan)
{
    for (uint32_t i = 0; i < world->simulation->scenario->world.queue_count; i++) {
        drop_from_queue(&world->pools[i], plan);
    }
}

void jobs_drop_idle(struct executor_world *world)
{
    struct job *job = world->jobs;
    while (job != NULL) {
        struct job *next = job->live_next;
        if (!job->scheduled && !job->in_user_code) {
            if (!job->duplicate) {
                item_back(job);
            }
            job_free(job);
        }
        job = next;
    }
    for (uint32_t plan = 0; plan < world->simulation->scenario->plan_count; plan++) {
        invalidation_jobs_back(world, plan);
    }
}

void jobs_drop(struct executor_world *world)
{
    while (world->jobs != NULL) {
        struct job *job = world->jobs;
        bool scheduled = job->scheduled;
        if (job->in_user_code) {
            checker_user_code_ended(world->simulation->checker, job->plan, job->code_step_id, true);
            job->in_user_code = false;
        }
        if (!job->duplicate) {
            item_back(job);
        }
        let_item_go(job);
        if (!scheduled) {
            world_release(world->simulation, job, sizeof(*job));
        }
    }
}

/* ---- Pools ---------------------------------------------------------------------------------- */

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
    const struct scenario_fault *fault = faults_strike(
        simulation, SCENARIO_ON_WORK, world->number, job->plan, step, is_finalize(job), job->queue);
    if (fault != NULL && fault->error == SCENARIO_ERROR_TWICE) {
        struct job *copy = copy_job(job);
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
        item_back(job);
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
    struct job *job = new_job(world, item, plan);
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
        bool for_ever =
            fault->times == SCENARIO_UNTIL_HEALED && fault->timing != SCENARIO_FAULT_CHANCE;
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

/* ---- Workers ----------------------------------------------------------------------------------
 */

static uint32_t scenario_step(const struct job *job, uint32_t step_id)
{
    return step_id == 0 ? SCENARIO_NONE
                        : job->world->simulation->layouts[job->plan].steps[step_id - 1].step;
}

static void trace_code(const struct job *job, uint64_t what)
{
    struct simulation *simulation = job->world->simulation;
    const struct layout_step *step = &simulation->layouts[job->plan].steps[job->code_step_id - 1];
    const enum trace_kind kind = job->is_planning                       ? TRACE_PLANNING
                                 : step->kind == DIRECTOR_STEP_FINALIZE ? TRACE_FINALIZE
                                                                        : TRACE_RUN;
    world_trace_aside(simulation, kind, ACTOR_WORKER(job->world->number, job->queue, job->worker),
                      job->plan, step->step, what, job->number);
}

/* The report on its way to the core, with the faults that may befall it. */
static void report(struct job *job)
{
    struct executor_world *world = job->world;
    struct simulation *simulation = world->simulation;
    const struct scenario_fault *fault =
        faults_strike(simulation, SCENARIO_ON_REPORT, world->number, job->plan,
                      scenario_step(job, job->step_id), is_finalize(job), job->queue);
    uint64_t latency = world_latency(simulation, job->plan);
    job->sent = ++world->reports_sent;
    if (fault == NULL) {
        job_push(job, WORLD_REPORT, latency);
        return;
    }
    switch (fault->error) {
    case SCENARIO_ERROR_TWICE: {
        struct job *copy = copy_job(job);
        checker_mark(simulation->checker, MARK_REPORT_TWICE);
        job_push(job, WORLD_REPORT, latency);
        if (copy != NULL) {
            job_push(copy, WORLD_REPORT, latency + fault->duration);
        }
        return;
    }
    case SCENARIO_ERROR_LATE:
        job_push(job, WORLD_REPORT, latency + fault->duration);
        return;
    case SCENARIO_ERROR_STALE: {
        /* The report arrives, and once more when the plan is executed again. */
        struct job *copy = copy_job(job);
        job_push(job, WORLD_REPORT, latency);
        if (copy != NULL) {
            count_as_over(copy);
            job_hold(copy, WORLD_REPORT);
        }
        return;
    }
    default:
        /* Lost: the job stays with the world until that ends. */
        job->scheduled = false;
        count_as_over(job);
        return;
    }
}

static void free_worker(struct job *job)
{
    struct pool *pool = &job->world->pools[job->queue];
    pool->free[pool->free_count++] = job->worker;
}

/* Another delivery of its item is at work: that one counts from now on. */
static void give_way(struct job *job)
{
    struct executor_world *world = job->world;
    const uint32_t plan = job->plan;
    struct job *other = world->jobs;
    while (other != NULL && (other == job || other->item != job->item)) {
        other = other->live_next;
    }
    if (!job->duplicate && other != NULL) {
        other->duplicate = false;
    } else if (!job->duplicate) {
        item_back(job);
    }
    job_free(job);
    invalidation_jobs_back(world, plan);
}

void job_comes_first(struct job *job)
{
    for (struct job *other = job->world->jobs; other != NULL && job->duplicate;
         other = other->live_next) {
        if (other != job && other->item == job->item && !other->duplicate) {
            other->duplicate = true;
            job->duplicate = false;
        }
    }
}

/* The worker is through with the job, one way or another. */
static void worker_done(struct job *job)
{
    struct executor_world *world = job->world;
    uint32_t queue = job->queue;
    director_work_end(job->work);
    job->work = NULL;
    world->last_work = world_now(world->simulation);
    free_worker(job);
    if (job->stop.kind == DIRECTOR_WORK_TAKEN) {
        give_way(job);
    } else {
        report(job);
    }
    pool_distribute(world, queue);
}

/* The pool notices that a worker died, gets another, and tells the core that the work failed. */
static void worker_died(struct job *job)
{
    struct simulation *simulation = job->world->simulation;
    checker_mark(simulation->checker, MARK_WORKER_DIED);
    world_trace_aside(simulation, TRACE_WORKER_DIED,
                      ACTOR_WORKER(job->world->number, job->queue, job->worker), job->plan,
                      scenario_step(job, job->step_id), 0, job->number);
    job->died = true;
    job->has_fault = false;
    worker_done(job);
}

/* How often user code of this step, or its skip handler, was called before. The skip handler counts
 * in the place of the action's plan step, which stands before its run step and never runs. */
static uint32_t *calls_of(const struct job *job)
{
    struct simulation *simulation = job->world->simulation;
    uint32_t place = job->code_step_id - 1 - (job->stop.skipping ? 1u : 0u);
    return &simulation->calls[simulation->calls_of[job->plan] + place];
}

static const struct scenario_outcomes *outcomes_of(const struct job *job, enum choice_kind *kind)
{
    struct simulation *simulation = job->world->simulation;
    const struct layout_step *step = &simulation->layouts[job->plan].steps[job->code_step_id - 1];
    const struct scenario_plan *plan = &simulation->scenario->plans[job->plan];
    if (job->is_planning) {
        *kind = CHOICE_PLANNING;
        return &plan->planning;
    }
    const struct scenario_step *scenario = &plan->steps[step->step];
    if (step->kind == DIRECTOR_STEP_FINALIZE) {
        *kind = CHOICE_FINALIZE;
        return &scenario->finalize;
    }
    *kind = job->stop.skipping ? CHOICE_SKIP : CHOICE_OUTCOME;
    return job->stop.skipping ? &scenario->skip : &scenario->run;
}

/* What user code does at this call: as the scenario says, or one of what it allows. */
static enum director_outcome draw_outcome(const struct job *job)
{
    enum choice_kind kind;
    const struct scenario_outcomes *outcomes = outcomes_of(job, &kind);
    uint32_t call = (*calls_of(job))++;
    uint8_t set = outcomes->sets[call < outcomes->count ? call : outcomes->count - 1];
    const uint32_t step = scenario_step(job, job->code_step_id);
    const struct choice_site site = {kind, job->plan, step == SCENARIO_NONE ? CHOICE_NONE : step, 0,
                                     call + 1};
    uint64_t drawn =
        choices_draw(job->world->simulation->choices, &site, (uint64_t)__builtin_popcount(set));
    for (unsigned outcome = 0; outcome < 8; outcome++) {
        if ((set & SCENARIO_OUTCOME_BIT(outcome)) != 0 && drawn-- == 0) {
            return (enum director_outcome)outcome;
        }
    }
    return DIRECTOR_OUTCOME_SUCCESS;
}

static uint64_t draw_duration(const struct job *job)
{
    if (job->is_planning) {
        return planning_duration();
    }
    struct simulation *simulation = job->world->simulation;
    const struct layout_step *step = &simulation->layouts[job->plan].steps[job->code_step_id - 1];
    const struct scenario_step *scenario =
        &simulation->scenario->plans[job->plan].steps[step->step];
    bool finalize = step->kind == DIRECTOR_STEP_FINALIZE;
    const struct scenario_range *takes = finalize ? &scenario->finalize_takes : &scenario->takes;
    uint64_t duration = takes->min;
    if (takes->min != takes->max) {
        const struct choice_site site = {CHOICE_DURATION, job->plan, step->step, finalize,
                                         *calls_of(job) + UINT64_C(1)};
        duration = choices_range(simulation->choices, &site, takes->min, takes->max);
    }
    return duration;
}

/* User code begins; it comes back after its time. */
static void begin_user_code(struct job *job)
{
    struct simulation *simulation = job->world->simulation;
    uint64_t event = 0;
    job->code_step_id = job->stop.step_id;
    job->in_user_code = true;
    if (job->stop.has_event && job->event != NULL) {
        event = job->event->number;
        job->event->taken = true;
        checker_mark(simulation->checker,
                     job->event->queued ? MARK_EVENT_QUEUED : MARK_EVENT_TAKEN);
    }
    if (job->stop.skipping) {
        checker_mark(simulation->checker, MARK_SKIP_HANDLER);
    }
    checker_user_code_began(simulation->checker, job->plan, job->code_step_id, event);
    trace_code(job, 4);
    uint64_t duration = draw_duration(job);
    if (job->has_fault && job->fault == SCENARIO_ERROR_SLOW) {
        duration += job->fault_duration;
        job->has_fault = false;
    }
    if (job->has_fault && job->fault == SCENARIO_ERROR_STALLS) {
        job->has_fault = false;
        if (job->fault_duration == 0) {
            job_hold(job, WORLD_USER_CODE);
            return;
        }
        duration += job->fault_duration;
    }
    job_push(job, WORLD_USER_CODE, duration);
}

/* The work has come to a stop. */
static void at_stop(struct job *job)
{
    if (job->stop.kind == DIRECTOR_WORK_USER_CODE) {
        begin_user_code(job);
    } else if (job->has_fault && job->fault == SCENARIO_ERROR_DIES_AFTER_SAVE) {
        worker_died(job);
    } else {
        worker_done(job);
    }
}

void worker_take(struct job *job)
{
    struct executor_world *world = job->world;
    struct simulation *simulation = world->simulation;
    const struct scenario_fault *fault =
        faults_strike(simulation, SCENARIO_ON_WORKER, world->number, job->plan,
                      scenario_step(job, job->step_id), is_finalize(job), job->queue);
    job->scheduled = false;
    if (fault != NULL) {
        job->has_fault = true;
        job->fault = fault->error;
        job->fault_duration = fault->duration;
    }
    if (job->has_fault && job->fault == SCENARIO_ERROR_RAISES) {
        job->has_fault = false;
        job->stop.kind = DIRECTOR_WORK_CRASHED;
        worker_done(job);
        return;
    }
    if (job->is_planning) {
        planning_take(job);
        at_stop(job);
        return;
    }
    enum director_status status =
        director_work_begin(job->item, &world->faulty.persistence, &job->work, &job->stop);
    if (status != DIRECTOR_OK) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return;
    }
    at_stop(job);
}

void worker_user_code(struct job *job)
{
    struct simulation *simulation = job->world->simulation;
    job->scheduled = false;
    job->in_user_code = false;
    if (job->has_fault && job->fault == SCENARIO_ERROR_DIES) {
        trace_code(job, 3);
        checker_user_code_ended(simulation->checker, job->plan, job->code_step_id, true);
        director_planning_end(job->planning);
        job->planning = NULL;
        worker_died(job);
        return;
    }
    enum director_outcome outcome = draw_outcome(job);
    trace_code(job, outcome);
    checker_user_code_ended(simulation->checker, job->plan, job->code_step_id, false);
    if (job->is_planning) {
        planning_continue(job, outcome);
    } else {
        director_work_continue(job->work, outcome, &job->stop);
    }
    at_stop(job);
}
