/* worker.c: what a worker does with a work item (Dynflow's executors/parallel/worker.rb): it takes
 * it, runs user code, may die, and reports. */
#include "sim/world/world.h"

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
                      scenario_step(job, job->step_id), job_is_finalize(job), job->queue);
    uint64_t latency = world_latency(simulation, job->plan);
    job->sent = ++world->reports_sent;
    if (fault == NULL) {
        job_push(job, WORLD_REPORT, latency);
        return;
    }
    switch (fault->error) {
    case SCENARIO_ERROR_TWICE: {
        struct job *copy = job_copy(job);
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
        struct job *copy = job_copy(job);
        job_push(job, WORLD_REPORT, latency);
        if (copy != NULL) {
            job_count_as_over(copy);
            job_hold(copy, WORLD_REPORT);
        }
        return;
    }
    default:
        /* Lost: the job stays with the world until that ends. */
        job->scheduled = false;
        job_count_as_over(job);
        return;
    }
}

static void free_worker(struct job *job)
{
    struct pool *pool = &job->world->pools[job->queue];
    pool->free[pool->free_count++] = job->worker;
}

/* Another delivery of its item is at work: that one counts from now on, unless its report is lost.
 */
static void give_way(struct job *job)
{
    struct executor_world *world = job->world;
    const uint32_t plan = job->plan;
    struct job *other = world->jobs;
    while (other != NULL && (other == job || other->item != job->item || other->over)) {
        other = other->live_next;
    }
    if (!job->duplicate && other != NULL) {
        other->duplicate = false;
    } else if (!job->duplicate) {
        job_item_back(job);
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
                      scenario_step(job, job->step_id), job_is_finalize(job), job->queue);
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
