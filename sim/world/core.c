/* core.c: the executor core of a world: one message at a time, handed to the director, whose answer
 * goes to the pools (Dynflow's executors/abstract/core.rb and executors/parallel/core.rb). */
#include "sim/world/world.h"

/* The core rejects a future itself where the director was not asked or left it (Parallel#execute).
 */
static void reject(struct director_future *future, enum director_reason reason)
{
    if (future->state == DIRECTOR_FUTURE_PENDING) {
        future->state = DIRECTOR_FUTURE_REJECTED;
        future->reason = reason;
        dispatcher_future(NULL, future, NULL);
    }
}

/* Core#handle_persistence_error, the part about the connection. */
static void persistence_escaped(struct executor_world *world, enum director_status status)
{
    if (status == DIRECTOR_PERSISTENCE_FATAL) {
        world_terminate(world);
    }
}

static void after_call(struct executor_world *world, uint32_t plan, enum director_status status,
                       const char *call)
{
    struct simulation *simulation = world->simulation;
    if (status == DIRECTOR_NO_MEMORY) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return;
    }
    if (simulation->rescued_plan != SCENARIO_NONE) {
        checker_rescued(simulation->checker, simulation->rescued_plan);
        simulation->rescued_plan = SCENARIO_NONE;
    }
    checker_answer(simulation->checker, plan, SCENARIO_NONE, status, call);
    if (status != DIRECTOR_OK) {
        world_trace(simulation, TRACE_ANSWER, ACTOR_CORE(world->number), plan, TRACE_NONE, status);
        persistence_escaped(world, status);
    }
}

/* Core#handle_work: while the core terminates nothing is handed out. */
static void take_items(struct executor_world *world, uint32_t plan,
                       const struct director_work_items *items)
{
    struct simulation *simulation = world->simulation;
    for (size_t i = 0; i < items->count; i++) {
        struct director_work_item *item = items->items[i];
        if (director_work_item_kind(item) != DIRECTOR_WORK_PLANNING) {
            checker_handed_out(simulation->checker, plan, director_work_item_step(item),
                               !world_is_running(world));
        }
        if (world->core_terminating) {
            checker_mark(simulation->checker, MARK_TERMINATED_WITH_WORK);
            checker_item_back(simulation->checker, plan, director_work_item_step(item));
            director_work_item_release(item);
        } else {
            pool_schedule(world, item, plan);
        }
    }
}

void core_execution(struct execution *execution)
{
    struct executor_world *world = execution->world;
    struct simulation *simulation = world->simulation;
    struct director_work_items items = {0};
    if (world->core_terminating) {
        reject(&execution->head.future, DIRECTOR_REASON_TERMINATED);
        return;
    }
    checker_beginning(simulation->checker, execution->plan);
    enum director_status status = director_start_execution(
        world->director, &simulation->layouts[execution->plan].id, &execution->head.future, &items);
    if (status == DIRECTOR_MISSING) {
        reject(&execution->head.future, DIRECTOR_REASON_MISSING);
        status = DIRECTOR_OK;
    } else if (status == DIRECTOR_INTERNAL || status == DIRECTOR_UNHANDLED) {
        /* The plan is in no state to be executed; that is an answer, not a broken assumption,
         * unless it is held now. */
        bool held =
            director_find_plan(world->director, &simulation->layouts[execution->plan].id) != NULL;
        reject(&execution->head.future, DIRECTOR_REASON_BROKEN);
        status = held ? status : DIRECTOR_OK;
    }
    after_call(world, execution->plan, status, "start");
    take_items(world, execution->plan, &items);
}

void core_event(struct event_call *call)
{
    struct executor_world *world = call->world;
    struct simulation *simulation = world->simulation;
    const struct request *request = call->request;
    const struct scenario_event *scenario = &simulation->scenario->events[request->event];
    struct director_work_items items = {0};
    /* Sent is what the core has: messages may overtake one another on the way to it. */
    call->number = ++simulation->event_calls;
    if (world->core_terminating) {
        if (!world_has_defect(simulation, WORLD_DEFECT_EVENT_UNANSWERED_IN_TERMINATION)) {
            reject(&call->head.future, DIRECTOR_REASON_TERMINATED);
        }
        return;
    }
    const struct director_event event = {
        .plan = simulation->layouts[request->plan].id,
        .step_id = simulation->layouts[request->plan].run_ids[request->step],
        .optional = scenario->optional,
        .request_id =
            scenario->request != 0 ? scenario->request : UINT64_C(0x100000000) + call->number,
        .event = (uint64_t)(uintptr_t)call,
        .result = &call->head.future,
    };
    enum director_status status = director_handle_event(world->director, &event, &items);
    if (status == DIRECTOR_OK && call->head.future.state == DIRECTOR_FUTURE_PENDING) {
        call->queued = items.count == 0;
    }
    bool may_raise = status == DIRECTOR_NO_MANAGER && !scenario->optional;
    after_call(world, request->plan, may_raise ? DIRECTOR_OK : status, "event");
    take_items(world, request->plan, &items);
}

void core_planning(struct executor_world *world, uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    struct director_work_items items = {0};
    if (world->core_terminating) {
        return; /* others look when it has ended */
    }
    enum director_status status =
        director_handle_planning(world->director, &simulation->layouts[plan].id, &items);
    after_call(world, plan, status, "planning");
    take_items(world, plan, &items);
}

void core_halt(struct executor_world *world, struct request *request)
{
    struct simulation *simulation = world->simulation;
    const struct director_plan_id *id = &simulation->layouts[request->plan].id;
    const bool held = director_find_plan(world->director, id) != NULL;
    if (!held && client_send_halt_on(world, request)) {
        return;
    }
    checker_halted(simulation->checker, request->plan);
    if (held) {
        checker_halt_heard(simulation->checker, request->plan);
    }
    enum director_status status = director_halt(world->director, id);
    after_call(world, request->plan, status, "halt");
    enum director_plan_state state = DIRECTOR_PLAN_STOPPED;
    enum director_result result;
    if (!held && checker_stored_plan(simulation->checker, request->plan, &state, &result) &&
        state != DIRECTOR_PLAN_STOPPED) {
        checker_halt_failed(simulation->checker, request->plan);
    }
}

static void trace_report(const struct job *job, bool failed)
{
    struct simulation *simulation = job->world->simulation;
    uint32_t step = job->step_id == 0 ? TRACE_NONE
                                      : simulation->layouts[job->plan].steps[job->step_id - 1].step;
    struct trace_record record =
        trace_record_of(failed ? TRACE_FAILED : TRACE_FINISHED, world_now(simulation),
                        ACTOR_CORE(job->world->number));
    record.plan = job->plan;
    record.step = step;
    record.value = job->stop.kind == DIRECTOR_WORK_CRASHED ? DIRECTOR_UNHANDLED : DIRECTOR_OK;
    record.aside = job->number;
    trace_record(simulation->trace, &record);
}

static void mark_report(const struct job *job, bool failed)
{
    struct simulation *simulation = job->world->simulation;
    bool overtaken = job->sent < job->world->report_seen;
    if (overtaken ||
        director_find_plan(job->world->director, &simulation->layouts[job->plan].id) == NULL) {
        checker_mark(simulation->checker, MARK_REPORT_LATE);
    }
    job->world->report_seen = overtaken ? job->world->report_seen : job->sent;
    if (failed) {
        checker_mark(simulation->checker, MARK_WORK_FAILED);
    } else if (job->stop.kind == DIRECTOR_WORK_CRASHED) {
        checker_mark(simulation->checker, MARK_WORK_CRASHED);
        checker_stumbled(simulation->checker, job->plan,
                         job->step_id == 0
                             ? SCENARIO_NONE
                             : simulation->layouts[job->plan].steps[job->step_id - 1].step);
    } else if (job->step_id == 0) {
        const struct director_execution_plan *plan =
            director_find_plan(job->world->director, &simulation->layouts[job->plan].id);
        checker_mark(simulation->checker, MARK_FINALIZED);
        if (plan != NULL && director_execution_plan_result(plan) == DIRECTOR_RESULT_ERROR) {
            checker_mark(simulation->checker, MARK_FINALIZED_IN_ERROR);
        }
    }
}

/* A planning item came back, one way or another. */
static void report_of_planning(struct job *job)
{
    struct executor_world *world = job->world;
    struct director_work_items items = {0};
    const uint32_t plan = job->plan;
    bool lost = job->stop.kind == DIRECTOR_WORK_PERSISTENCE_LOST;
    bool failed = planning_has_failed(job);
    enum director_status status = failed
                                      ? director_work_failed(world->director, job->item)
                                      : director_work_finished(world->director, job->item, &items);
    after_call(world, plan, status, failed ? "work failed" : "work finished");
    job_free(job);
    planning_reported(world, plan, failed || status != DIRECTOR_OK);
    if (lost) {
        world_terminate(world);
    }
    invalidation_jobs_back(world, plan);
}

void core_report(struct job *job)
{
    struct executor_world *world = job->world;
    struct simulation *simulation = world->simulation;
    struct director_work_items items = {0};
    const uint32_t plan = job->plan;
    bool lost = job->stop.kind == DIRECTOR_WORK_PERSISTENCE_LOST;
    bool failed = job->died || lost || job->stop.kind == DIRECTOR_WORK_PERSISTENCE_ERROR;
    enum director_status status;
    trace_report(job, failed);
    if (job->is_planning) {
        report_of_planning(job);
        return;
    }
    mark_report(job, failed);
    const struct director_counters before = director_counters(world->director);
    job_comes_first(job);
    if (!job->duplicate) {
        checker_item_back(simulation->checker, plan, job->step_id);
    }
    if (failed) {
        status = director_work_failed(world->director, job->item);
        after_call(world, plan, status, "work failed");
    } else {
        const struct director_plan_id *id = &simulation->layouts[plan].id;
        bool held = director_find_plan(world->director, id) != NULL;
        status = director_work_finished(world->director, job->item, &items);
        after_call(world, plan, status, "work finished");
        if (held && status == DIRECTOR_OK && !world->core_terminating &&
            simulation->scenario->world.auto_rescue &&
            director_find_plan(world->director, id) == NULL) {
            checker_done_without_rescue(simulation->checker, plan);
        }
        take_items(world, plan, &items);
    }
    const struct director_counters after = director_counters(world->director);
    if (after.stale_reports == before.stale_reports &&
        after.double_reports == before.double_reports) {
        job_is_answered(job);
    }
    if (lost) {
        world_terminate(world);
    }
    job_free(job);
    invalidation_jobs_back(world, plan);
}

void core_finish_termination(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    if (director_plan_count(world->director) > 0) {
        checker_mark(simulation->checker, MARK_TERMINATED_WITH_WORK);
    }
    jobs_drop_idle(world);
    enum director_status status = director_terminate(world->director);
    after_call(world, SCENARIO_NONE, status, "terminate");
    world->core_terminated = true;
    world_termination_progress(world);
}

/* ---- Hooks
 * --------------------------------------------------------------------------------------- */

void core_plan_moved(void *context, const struct director_plan_id *id,
                     enum director_plan_state from, enum director_plan_state to)
{
    struct executor_world *world = context;
    struct simulation *simulation = world->simulation;
    uint32_t plan = world_plan_of(simulation, id);
    if (plan == SCENARIO_NONE) {
        return;
    }
    struct trace_record record =
        trace_record_of(TRACE_PLAN_MOVED, world_now(simulation), ACTOR_CORE(world->number));
    record.plan = plan;
    record.from = (uint8_t)from;
    record.to = (uint8_t)to;
    trace_record(simulation->trace, &record);
    coverage_notes_moved(
        simulation, plan,
        (struct coverage_move){COVERAGE_MEMORY, COVERAGE_PLAN_TABLE, record.from, record.to});
    checker_plan_moved(simulation->checker, plan, from, to);
    if (to == DIRECTOR_PLAN_RUNNING) {
        checker_execution_began(simulation->checker, plan, world->number);
        jobs_let_go(simulation, plan);
    } else if (to == DIRECTOR_PLAN_STOPPED) {
        /* A stopped plan needs no inhibition any more (unlock_execution_inhibition_lock!). */
        (void)coordinator_unlock(world, STORE_RECORD_INHIBITION_LOCK, id);
    }
    triggers_plan_moved(simulation, plan, to);
}

void core_step_moved(void *context, const struct director_plan_id *id, uint32_t step_id,
                     enum director_step_kind kind, enum director_step_state from,
                     enum director_step_state to)
{
    struct executor_world *world = context;
    struct simulation *simulation = world->simulation;
    uint32_t plan = world_plan_of(simulation, id);
    if (plan == SCENARIO_NONE || step_id > simulation->layouts[plan].step_count) {
        return;
    }
    uint32_t step = simulation->layouts[plan].steps[step_id - 1].step;
    struct trace_record record =
        trace_record_of(TRACE_STEP_MOVED, world_now(simulation), ACTOR_CORE(world->number));
    record.plan = plan;
    record.step = step;
    record.from = (uint8_t)from;
    record.to = (uint8_t)to;
    record.value = kind;
    trace_record(simulation->trace, &record);
    coverage_notes_moved(
        simulation, plan,
        (struct coverage_move){COVERAGE_MEMORY, COVERAGE_STEP_TABLE(kind), record.from, record.to});
    checker_step_moved(simulation->checker, plan, step_id, from, to);
    if (to == DIRECTOR_STEP_SKIPPING ||
        (to == DIRECTOR_STEP_SKIPPED && from == DIRECTOR_STEP_ERROR)) {
        simulation->rescued_plan = plan;
    }
    if (simulation->plan_watched[plan] && kind != DIRECTOR_STEP_PLAN) {
        triggers_step_moved(simulation, plan, step, kind == DIRECTOR_STEP_FINALIZE, to);
    }
}
