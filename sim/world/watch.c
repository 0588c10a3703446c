/* watch.c: invariants of the world itself, where no other part sees what they are about: the queues
 * of its pools, and that worlds live as long as they should. */
#include "sim/world/world.h"

static uint32_t step_of(const struct job *job)
{
    return job->step_id == 0
               ? SCENARIO_NONE
               : job->world->simulation->layouts[job->plan].steps[job->step_id - 1].step;
}

/* The queue of a step; of a finalize item that of the first finalize step. */
static uint32_t queue_of(const struct scenario_plan *plan, uint32_t step)
{
    for (uint32_t i = 0; step == SCENARIO_NONE && i < plan->step_count; i++) {
        step = plan->steps[i].in_finalize ? i : step;
    }
    return step == SCENARIO_NONE ? 0 : plan->steps[step].queue;
}

void watch_queued(const struct job *job)
{
    struct simulation *simulation = job->world->simulation;
    uint32_t queue = queue_of(&simulation->scenario->plans[job->plan], step_of(job));
    if (simulation->config.check && !job->is_planning && job->queue != queue) {
        checker_violate(simulation->checker, INVARIANT_OWN_QUEUE, job->plan, step_of(job),
                        "its item goes to queue %s",
                        simulation->scenario->world.queues[job->queue].name);
    }
}

void watch_taken(struct pool *pool, const struct job *job)
{
    struct simulation *simulation = job->world->simulation;
    if (simulation->config.check && job->arrived < pool->taken) {
        checker_violate(simulation->checker, INVARIANT_OWN_QUEUE, job->plan, step_of(job),
                        "its item is taken after one that came later");
    }
    if (simulation->config.check && job->world->core_terminating) {
        checker_violate(simulation->checker, INVARIANT_NOTHING_AFTER_TERMINATION, job->plan,
                        step_of(job), "a worker gets its item from a world that terminates");
    }
    pool->taken = job->arrived;
}

void watch_refused(struct simulation *simulation, const struct request *request)
{
    if (simulation->config.check && request != NULL && request->has_lock) {
        checker_violate(simulation->checker, INVARIANT_REFUSED_IS_NOT_RUN, request->plan,
                        SCENARIO_NONE, "request %u is refused, though the plan is executed for it",
                        request->number);
    }
}

void watch_terminated(const struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    if (simulation->config.check && world_now(simulation) > world->deadline) {
        checker_violate(simulation->checker, INVARIANT_TERMINATION_IN_TIME, SCENARIO_NONE,
                        SCENARIO_NONE, "world %u has terminated after its timeout", world->number);
    }
}

void watch_worlds_in_the_end(struct simulation *simulation)
{
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        const struct executor_world *world = &simulation->worlds[i];
        if (world->state == WORLD_TERMINATING) {
            checker_violate(simulation->checker, INVARIANT_TERMINATION_IN_TIME, SCENARIO_NONE,
                            SCENARIO_NONE, "world %u never ends its termination", i);
        }
        if (world->state != WORLD_ABSENT && world->state != WORLD_ALIVE && !world->told_to_end &&
            !world->connection_lost) {
            checker_violate(simulation->checker, INVARIANT_WORLDS_STAY, SCENARIO_NONE,
                            SCENARIO_NONE, "world %u ended, and nobody told it to", i);
        }
    }
}
