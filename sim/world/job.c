/* job.c: work items on their way through pools and workers: who holds them, what becomes of them
 * when their world or their plan goes on without them. */
#include "sim/world/world.h"

/* The item is out no longer, as far as invariants about steps go. */
void job_item_back(const struct job *job)
{
    if (!job->is_planning) {
        checker_item_back(job->world->simulation->checker, job->plan, job->step_id);
    }
}

/* Of the kinds that faults tell apart. */
bool job_is_finalize(const struct job *job)
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
    world->jobs_by_plan[job->plan] += !job->is_planning;
}

static void nobody_works_on(const struct job *job)
{
    struct executor_world *world = job->world;
    world->jobs_by_plan[job->plan] -= !job->is_planning;
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
void job_count_as_over(struct job *job)
{
    job->over = true;
    if (!job->duplicate) {
        job_item_back(job);
        job->duplicate = true;
    }
    nobody_works_on(job);
    invalidation_jobs_back(job->world, job->plan);
}

void job_is_answered(const struct job *job)
{
    for (struct job *other = job->world->jobs; other != NULL; other = other->live_next) {
        other->answered |= other->item == job->item;
    }
}

struct job *job_new(struct executor_world *world, struct director_work_item *item, uint32_t plan)
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

struct job *job_copy(const struct job *job)
{
    struct director_work_item *item = job->item;
    director_work_item_retain(item);
    struct job *copy = job_new(job->world, item, job->plan);
    if (copy != NULL) {
        copy->duplicate = true;
        copy->number = job->number;
        copy->worker = job->worker;
        copy->stop = job->stop;
        copy->sent = job->sent;
        copy->died = job->died;
        copy->answered = job->answered;
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
            job_item_back(job);
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
                job_item_back(job);
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
            job_item_back(job);
        }
        let_item_go(job);
        if (!scheduled) {
            world_release(world->simulation, job, sizeof(*job));
        }
    }
}
