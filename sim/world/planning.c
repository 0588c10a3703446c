/* planning.c: scheduled plans: who finds out that their time has come, and what a worker does to
 * plan one (Dynflow's delayed_executors/abstract_core.rb, Director::PlanningWorkItem).
 *
 * Dynflow's delayed executor asks every few seconds. Here a world looks whenever something happened
 * that a scheduled plan may have waited for: a world started or ended, a time came, a plan stopped
 * or was deleted, a try to plan it failed. And a plan whose planning was cut off is planned as it
 * is, where Dynflow first puts it back to scheduled, which its own table of moves does not have. */
#include "sim/world/world.h"

#include <string.h>

#define PLANNING_TAKES 1000u /* user code that plans, as that of a step when nothing is told */
#define PLANNING_RETRY 100000u
#define PLANNING_RETRY_DOUBLINGS 10u

/* ---- Records --------------------------------------------------------------------------------- */

/* What the plan waits for, as far as one of the two is new: an earlier run on this database may
 * have left a plan whose blocker was deleted, and with it that it waits. */
static enum store_status insert_dependencies(const struct simulation *simulation, uint32_t plan,
                                             const bool *is_new)
{
    struct store *store = simulation->config.store;
    const struct scenario_plan *told = &simulation->scenario->plans[plan];
    enum store_status status = STORE_OK;
    for (uint32_t i = 0; status == STORE_OK && i < told->after_count; i++) {
        if (is_new[plan] || is_new[told->after[i]]) {
            status = store->operations->insert_dependency(store, &simulation->layouts[plan].id,
                                                          &simulation->layouts[told->after[i]].id);
        }
    }
    return status;
}

/* The record comes last: a power cut before it leaves a plan that nobody looks for yet, instead of
 * one that is ready too early. */
static bool schedule_plan(struct simulation *simulation, uint32_t plan, const bool *is_new)
{
    struct store *store = simulation->config.store;
    const struct scenario_plan *told = &simulation->scenario->plans[plan];
    const struct store_delayed_plan delayed = {
        .plan = simulation->layouts[plan].id,
        .has_start_at = told->has_start_at,
        .start_at = told->start_at,
        .has_start_before = told->has_start_before,
        .start_before = told->start_before,
    };
    enum store_status status = insert_dependencies(simulation, plan, is_new);
    if (status == STORE_OK && is_new[plan]) {
        status = store->operations->insert_delayed(store, &delayed);
    }
    if (status == STORE_NO_MEMORY) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
    } else if (status != STORE_OK) {
        world_fail(simulation, SIMULATION_STORE);
    }
    return status == STORE_OK;
}

/* A look when the plan may be planned, and one when it is too late. */
static void wake_for(struct simulation *simulation, uint32_t plan)
{
    const struct scenario_plan *told = &simulation->scenario->plans[plan];
    if (told->has_start_at) {
        planning_look_later(simulation, told->start_at);
    }
    if (told->has_start_before) {
        planning_look_later(simulation, told->start_before + 1);
    }
}

bool planning_schedule(struct simulation *simulation, const bool *is_new)
{
    const struct scenario *scenario = simulation->scenario;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        if (scenario->plans[i].state != DIRECTOR_PLAN_SCHEDULED) {
            continue;
        }
        simulation->plans_delayed = true;
        if (!schedule_plan(simulation, i, is_new)) {
            return false;
        }
        wake_for(simulation, i);
    }
    return simulation->status == SIMULATION_OK;
}

/* ---- Looking ----------------------------------------------------------------------------------
 */

void planning_look_later(struct simulation *simulation, uint64_t delay)
{
    if (simulation->plans_delayed) {
        world_push(simulation, WORLD_LOOK_FOR_DELAYED, WORLD_NONE, NULL, 0, delay);
    }
}

/* One look at the plan is to come, each later than the one before. */
static void try_again(struct simulation *simulation, uint32_t plan)
{
    struct plan_care *care = &simulation->care[plan];
    if (care->look_is_due) {
        return;
    }
    care->look_is_due = world_push(simulation, WORLD_LOOK_FOR_DELAYED, WORLD_NONE, NULL,
                                   plan + UINT64_C(1), (uint64_t)PLANNING_RETRY << care->plannings);
    care->plannings += care->plannings < PLANNING_RETRY_DOUBLINGS;
}

struct blockers {
    struct store *store;
    bool unfinished;
    bool failed;
};

static bool see_blocker(void *context, const struct director_plan_id *id)
{
    struct blockers *blockers = context;
    struct director_plan_row row;
    if (blockers->store->operations->peek_plan(blockers->store, id, &row) == STORE_OK) {
        bool stopped = row.state == DIRECTOR_PLAN_STOPPED;
        blockers->unfinished = blockers->unfinished || !stopped;
        blockers->failed = blockers->failed || (stopped && row.result == DIRECTOR_RESULT_ERROR);
    }
    return true;
}

/* The plans that a plan waits for; one that is gone blocks nobody. */
static struct blockers blockers_of(const struct simulation *simulation,
                                   const struct director_plan_id *id)
{
    struct blockers blockers = {.store = simulation->config.store};
    blockers.store->operations->each_dependency(blockers.store, id, see_blocker, &blockers);
    return blockers;
}

/* find_ready_delayed_plans. */
static bool is_ready(const struct simulation *simulation, const struct store_delayed_plan *delayed)
{
    const uint64_t now = world_now(simulation);
    bool due = !delayed->has_start_at || delayed->start_at <= now ||
               (delayed->has_start_before && delayed->start_before <= now);
    return due && !blockers_of(simulation, &delayed->plan).unfinished;
}

/* AbstractCore#process, for one plan whose time has come. */
static void ask_to_plan(struct executor_world *world, uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    const struct director_plan_id *id = &simulation->layouts[plan].id;
    struct director_plan_row row;
    struct store_record lock;
    if (store->operations->find_record(store, STORE_RECORD_PLANNING_LOCK, id, &lock) == STORE_OK ||
        store->operations->peek_plan(store, id, &row) != STORE_OK) {
        return;
    }
    if (row.state != DIRECTOR_PLAN_SCHEDULED && row.state != DIRECTOR_PLAN_PLANNING) {
        const struct director_persistence *persistence = &world->faulty.persistence;
        if (persistence->delete_delayed_plan(persistence->context, id) != DIRECTOR_PERSISTENCE_OK) {
            try_again(simulation, plan);
        }
        return;
    }
    struct executor_world *planner = client_any_executor(simulation, plan + 1);
    world_push(simulation, WORLD_CORE_PLANNING, planner->number, NULL, plan,
               world_latency(simulation, plan));
}

/* Look at one plan, if it is still delayed. */
static void look_at(struct executor_world *world, uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    struct store_delayed_plan delayed;
    if (store->operations->find_delayed(store, &simulation->layouts[plan].id, &delayed) ==
            STORE_OK &&
        is_ready(simulation, &delayed)) {
        ask_to_plan(world, plan);
    }
}

struct delayed_plans {
    const struct simulation *simulation;
    uint32_t *plans;
    uint32_t count;
};

static bool note_delayed(void *context, const struct store_delayed_plan *delayed)
{
    struct delayed_plans *found = context;
    uint32_t plan = world_plan_of(found->simulation, &delayed->plan);
    if (plan != SCENARIO_NONE) {
        found->plans[found->count++] = plan;
    }
    return found->count < found->simulation->scenario->plan_count;
}

/* All delayed plans, in their order. */
static void look_at_all(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    const size_t size = (simulation->scenario->plan_count + 1) * sizeof(uint32_t);
    struct delayed_plans found = {simulation, world_allocate(simulation, size), 0};
    if (found.plans == NULL) {
        return;
    }
    store->operations->each_delayed(store, note_delayed, &found);
    for (uint32_t i = 0; i < found.count; i++) {
        look_at(world, found.plans[i]);
    }
    world_release(simulation, found.plans, size);
}

void planning_look(struct simulation *simulation, uint32_t plan)
{
    struct executor_world *world = client_any_executor(simulation, 0);
    if (plan != SCENARIO_NONE) {
        simulation->care[plan].look_is_due = false;
    }
    if (world == NULL) {
        return; /* the next one looks when it starts */
    }
    if (plan == SCENARIO_NONE) {
        look_at_all(world);
    } else {
        look_at(world, plan);
    }
    if (world->connection_lost) {
        world_terminate(world);
    }
}

/* ---- The lock ---------------------------------------------------------------------------------
 */

static bool holds_lock(const struct executor_world *world, uint32_t plan)
{
    struct store *store = world->simulation->config.store;
    struct store_record lock;
    return store->operations->find_record(store, STORE_RECORD_PLANNING_LOCK,
                                          &world->simulation->layouts[plan].id,
                                          &lock) == STORE_OK &&
           memcmp(lock.owner.bytes, world->id.bytes, sizeof(lock.owner.bytes)) == 0;
}

bool planning_is_under_way(const struct executor_world *world, uint32_t plan)
{
    for (const struct job *job = world->jobs; job != NULL; job = job->live_next) {
        if (job->plan == plan && job->planning != NULL) {
            return true;
        }
    }
    return false;
}

/* Give the planning lock up, if this world has it and plans the plan no longer. */
static void unlock(struct executor_world *world, uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    if (world->connection_lost || !holds_lock(world, plan) || planning_is_under_way(world, plan)) {
        return;
    }
    if (!coordinator_unlock(world, STORE_RECORD_PLANNING_LOCK, &simulation->layouts[plan].id)) {
        uint32_t *tries = &simulation->care[plan].unlocks;
        world_push(simulation, WORLD_PLANNING_UNLOCK, world->number, NULL, plan,
                   (uint64_t)PLANNING_RETRY << *tries);
        *tries += *tries < PLANNING_RETRY_DOUBLINGS;
    }
}

/* What looks found the plan locked meanwhile. */
void planning_unlock(struct executor_world *world, uint32_t plan)
{
    unlock(world, plan);
    planning_look_later(world->simulation, 0);
}

/* ---- A worker ---------------------------------------------------------------------------------
 */

static void stop(struct job *job, enum director_work_stop_kind kind)
{
    job->stop = (struct director_work_stop){.kind = kind};
}

/* How an error of the director's planning ends the work. */
static void stop_with(struct job *job, enum director_status status)
{
    switch (status) {
    case DIRECTOR_NO_MEMORY:
        world_fail(job->world->simulation, SIMULATION_NO_MEMORY);
        stop(job, DIRECTOR_WORK_CRASHED);
        return;
    case DIRECTOR_PERSISTENCE:
        stop(job, DIRECTOR_WORK_PERSISTENCE_ERROR);
        return;
    case DIRECTOR_PERSISTENCE_FATAL:
        stop(job, DIRECTOR_WORK_PERSISTENCE_LOST);
        return;
    case DIRECTOR_UNHANDLED:
    case DIRECTOR_MISSING: /* its record goes with a plan that is really gone */
        stop(job, DIRECTOR_WORK_CRASHED);
        return;
    default:
        /* It does not hold together: nobody can load it. */
        stop(job, DIRECTOR_WORK_DONE);
        return;
    }
}

/* The plan is let go; where it goes on, if it was planned. */
static void end_planning(struct job *job)
{
    struct executor_world *world = job->world;
    director_planning_end(job->planning);
    job->planning = NULL;
    unlock(world, job->plan);
}

static void finish(struct job *job, bool success)
{
    struct simulation *simulation = job->world->simulation;
    enum director_plan_state state = DIRECTOR_PLAN_PLANNING;
    enum director_status status = director_planning_finish(job->planning, success, &state);
    end_planning(job);
    if (status != DIRECTOR_OK) {
        stop_with(job, status);
        return;
    }
    stop(job, DIRECTOR_WORK_DONE);
    checker_mark(simulation->checker, state == DIRECTOR_PLAN_PLANNED ? MARK_PLANNED
                                      : success                      ? MARK_HALTED_WHILE_PLANNED
                                                                     : MARK_PLANNING_FAILED);
    if (state == DIRECTOR_PLAN_PLANNED) {
        (void)client_dispatch_execution(simulation, job->plan, NULL);
    }
}

/* Nothing is planned that is too late, or waited for a plan that failed. Dynflow looks at only one
 * of both. */
static bool is_refused(const struct simulation *simulation,
                       const struct store_delayed_plan *delayed)
{
    if (delayed->has_start_before) {
        if (delayed->start_before < world_now(simulation)) {
            checker_mark(simulation->checker, MARK_PLANNED_TOO_LATE);
            return true;
        }
        return false;
    }
    if (blockers_of(simulation, &delayed->plan).failed) {
        checker_mark(simulation->checker, MARK_PREREQUISITE_FAILED);
        return true;
    }
    return false;
}

static void begin(struct job *job)
{
    bool over = false;
    enum director_status status = director_planning_begin(job->planning, &over);
    if (status != DIRECTOR_OK) {
        end_planning(job);
        stop_with(job, status);
    } else if (over) {
        checker_mark(job->world->simulation->checker, MARK_PLANNING_GOES_ON);
        finish(job, false);
    } else {
        job->stop = (struct director_work_stop){.kind = DIRECTOR_WORK_USER_CODE, .step_id = 1};
    }
}

/* With the lock in hand; a plan whose planning was cut off is taken on, too. */
static void plan_it(struct job *job, const struct store_delayed_plan *delayed)
{
    struct simulation *simulation = job->world->simulation;
    enum director_plan_state state = DIRECTOR_PLAN_PLANNED;
    checker_beginning(simulation->checker, job->plan);
    enum director_status status = director_planning_open(
        job->world->director, &simulation->layouts[job->plan].id, &job->planning, &state);
    if (status == DIRECTOR_OK && state == DIRECTOR_PLAN_PLANNING) {
        checker_mark(simulation->checker, MARK_PLANNING_GOES_ON);
    }
    if (status == DIRECTOR_OK &&
        (state == DIRECTOR_PLAN_SCHEDULED || state == DIRECTOR_PLAN_PLANNING)) {
        if (state == DIRECTOR_PLAN_PLANNING || !is_refused(simulation, delayed)) {
            begin(job);
            return;
        }
        status = director_planning_refuse(job->planning);
    }
    end_planning(job);
    if (status == DIRECTOR_OK) {
        stop(job, DIRECTOR_WORK_DONE);
    } else {
        stop_with(job, status);
    }
}

/* PlanningWorkItem#execute. */
void planning_take(struct job *job)
{
    struct executor_world *world = job->world;
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    const struct director_plan_id *id = &simulation->layouts[job->plan].id;
    struct store_delayed_plan delayed;
    bool error = false;
    if (store->operations->find_delayed(store, id, &delayed) != STORE_OK) {
        stop(job, DIRECTOR_WORK_DONE);
        return;
    }
    if (!coordinator_lock(world, STORE_RECORD_PLANNING_LOCK, id, 0, &error)) {
        unlock(world, job->plan); /* it may be there all the same */
        stop(job, error ? DIRECTOR_WORK_PERSISTENCE_ERROR : DIRECTOR_WORK_CRASHED);
        return;
    }
    plan_it(job, &delayed);
}

void planning_continue(struct job *job, enum director_outcome outcome)
{
    finish(job, outcome == DIRECTOR_OUTCOME_SUCCESS);
}

uint64_t planning_duration(void)
{
    return PLANNING_TAKES;
}

/* ---- Afterwards -------------------------------------------------------------------------------
 */

/* Whatever went wrong, Dynflow's worker has logged it, and reports its work as finished. */
bool planning_has_failed(const struct job *job)
{
    return job->died ||
           (job->stop.kind != DIRECTOR_WORK_DONE &&
            !world_has_defect(job->world->simulation, WORLD_DEFECT_FAILED_PLANNING_FORGOTTEN));
}

void planning_reported(struct executor_world *world, uint32_t plan, bool again)
{
    unlock(world, plan);
    if (again) {
        try_again(world->simulation, plan);
    }
}

bool planning_invalidate(struct executor_world *world, uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    const struct director_plan_id *id = &simulation->layouts[plan].id;
    struct director_planning *planning = NULL;
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_status status = director_planning_open(world->director, id, &planning, &state);
    if (status == DIRECTOR_OK) {
        status = director_planning_abandon(planning, &state);
        director_planning_end(planning);
    }
    if (status == DIRECTOR_NO_MEMORY) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
    }
    if (status == DIRECTOR_PERSISTENCE || status == DIRECTOR_PERSISTENCE_FATAL ||
        status == DIRECTOR_UNHANDLED) {
        return false;
    }
    bool unlocked = coordinator_unlock_for_good(world, STORE_RECORD_PLANNING_LOCK, id);
    /* With the defect the lock may be gone all the same. */
    planning_look_later(simulation, 0);
    if (!unlocked) {
        return false;
    }
    checker_mark(simulation->checker, MARK_PLANNING_INVALIDATED);
    if (state == DIRECTOR_PLAN_PLANNED) {
        (void)client_dispatch_execution(simulation, plan, NULL);
    }
    return true;
}

/* ---- In the end -------------------------------------------------------------------------------
 */

bool planning_is_stuck(const struct executor_world *world, uint32_t plan)
{
    const struct scenario_world *scenario = &world->simulation->scenario->world;
    for (const struct job *job = world->jobs; job != NULL; job = job->live_next) {
        if (job->plan == plan && job->is_planning && !job->scheduled &&
            (job->over || scenario->queues[job->queue].workers == 0)) {
            return true;
        }
    }
    return false;
}

bool planning_waits(struct simulation *simulation, uint32_t plan)
{
    struct store *store = simulation->config.store;
    struct store_delayed_plan delayed;
    if (store->operations->find_delayed(store, &simulation->layouts[plan].id, &delayed) !=
        STORE_OK) {
        return false;
    }
    if (!is_ready(simulation, &delayed)) {
        return true;
    }
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        if (world_is_running(&simulation->worlds[i]) &&
            planning_is_stuck(&simulation->worlds[i], plan)) {
            return true;
        }
    }
    return false;
}
