/* settled.c: what must hold in the end, of every plan, lock and request, when everything has healed
 * and nothing more happens (settle.c). */
#include "sim/world/world.h"

/* The living world whose director holds a plan; NULL: none. */
static struct executor_world *holder_of(struct simulation *simulation, uint32_t plan)
{
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        struct executor_world *world = &simulation->worlds[i];
        if (world_is_running(world) &&
            director_find_plan(world->director, &simulation->layouts[plan].id) != NULL) {
            return world;
        }
    }
    return NULL;
}

/* Does a held plan wait for a worker in a pool that has none, or for a report that is lost as long
 * as the world lives? Once another delivery was reported, there is nothing to wait for. */
static bool waits_for_work(const struct simulation *simulation, const struct executor_world *world,
                           uint32_t plan)
{
    for (const struct job *job = world->jobs; job != NULL; job = job->live_next) {
        if (job->plan == plan && !job->scheduled && !job->answered &&
            (job->over || simulation->scenario->world.queues[job->queue].workers == 0)) {
            return true;
        }
    }
    return false;
}

/* Does a held plan wait for something that may still come: work, or an event for a suspended step?
 */
static bool waits(struct simulation *simulation, const struct executor_world *world, uint32_t plan)
{
    const struct director_execution_plan *held =
        director_find_plan(world->director, &simulation->layouts[plan].id);
    for (uint32_t i = 0; i < director_execution_plan_step_count(held); i++) {
        if (director_execution_plan_step_state(held, i) == DIRECTOR_STEP_SUSPENDED) {
            return true;
        }
    }
    return waits_for_work(simulation, world, plan);
}

static void check_plan(struct simulation *simulation, uint32_t plan)
{
    struct checker *checker = simulation->checker;
    struct executor_world *world = holder_of(simulation, plan);
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result result;
    bool stored = checker_stored_plan(checker, plan, &state, &result);
    if (world != NULL && !waits(simulation, world, plan)) {
        checker_violate(checker, INVARIANT_MEMORY_LET_GO, plan, SCENARIO_NONE,
                        "world %u still holds it, though nothing of it is out or waits",
                        world->number);
    }
    if (stored && (state == DIRECTOR_PLAN_SCHEDULED || state == DIRECTOR_PLAN_PLANNING) &&
        !checker_is_torn(checker, plan) && !planning_waits(simulation, plan)) {
        checker_violate(checker, INVARIANT_PLANS_COME_TO_REST, plan, SCENARIO_NONE,
                        "its time has come, and the database has it %s for ever",
                        director_plan_state_name(state));
    }
    if (world == NULL && stored && state == DIRECTOR_PLAN_RUNNING &&
        !checker_is_torn(checker, plan)) {
        checker_violate(checker, INVARIANT_PLANS_COME_TO_REST, plan, SCENARIO_NONE,
                        "the database has it running, and nobody executes or recovers it");
    }
}

/* A plan that stopped well has every step done, in the database. One that was halted stops as it
 * is; what a worker has in its hands ends after it. */
static void check_stopped(struct simulation *simulation, uint32_t plan)
{
    struct checker *checker = simulation->checker;
    const struct plan_layout *layout = &simulation->layouts[plan];
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result result = DIRECTOR_RESULT_PENDING;
    if (!checker_stored_plan(checker, plan, &state, &result) || state != DIRECTOR_PLAN_STOPPED ||
        (result != DIRECTOR_RESULT_SUCCESS && result != DIRECTOR_RESULT_WARNING)) {
        return;
    }
    for (uint32_t id = 1; id <= layout->step_count; id++) {
        enum director_step_state step = DIRECTOR_STEP_PENDING;
        if (checker_stored_step(checker, plan, id, &step) && step != DIRECTOR_STEP_SUCCESS &&
            step != DIRECTOR_STEP_SKIPPED && result == DIRECTOR_RESULT_SUCCESS) {
            checker_violate(checker, INVARIANT_STOPPED_IS_DONE, plan, layout->steps[id - 1].step,
                            "its plan stopped with %s, and the %s step is stored as %s",
                            director_result_name(result),
                            director_step_kind_name(layout->steps[id - 1].kind),
                            director_step_state_name(step));
        }
    }
}

/* Which states the stored steps of a plan are in; false: some are not there. */
static bool states_of_steps(struct simulation *simulation, uint32_t plan,
                            bool seen[DIRECTOR_STEP_STATES])
{
    for (uint32_t id = 1; id <= simulation->layouts[plan].step_count; id++) {
        enum director_step_state state = DIRECTOR_STEP_PENDING;
        if (!checker_stored_step(simulation->checker, plan, id, &state)) {
            return false;
        }
        seen[state] = true;
    }
    return true;
}

/* A plan with a step that was skipped, and others that were never run, is not over: the director
 * calls that a warning, too, but it does not stop there by itself. */
static enum director_result result_of(const bool seen[DIRECTOR_STEP_STATES])
{
    bool warning = seen[DIRECTOR_STEP_SKIPPING] || seen[DIRECTOR_STEP_SKIPPED];
    bool pending = seen[DIRECTOR_STEP_SCHEDULING] || seen[DIRECTOR_STEP_PENDING] ||
                   seen[DIRECTOR_STEP_RUNNING] || seen[DIRECTOR_STEP_SUSPENDED];
    return seen[DIRECTOR_STEP_CANCELLED] ? DIRECTOR_RESULT_CANCELLED
           : seen[DIRECTOR_STEP_ERROR]   ? DIRECTOR_RESULT_ERROR
           : pending                     ? DIRECTOR_RESULT_PENDING
           : warning                     ? DIRECTOR_RESULT_WARNING
                                         : DIRECTOR_RESULT_SUCCESS;
}

/* Whoever asks for a halt inhibits the plan first: it may be stopped by anybody from then on. */
static bool is_to_be_halted(const struct simulation *simulation, uint32_t plan)
{
    return simulation->care[plan].halt_asked;
}

/* A success that is none is for stopped-is-done. A paused plan may have had work under way; but
 * when it is in error some step has failed, or is to be skipped for that. */
static bool is_told_wrong(enum director_plan_state state, enum director_result stored,
                          const bool seen[DIRECTOR_STEP_STATES])
{
    enum director_result told = result_of(seen);
    if (state == DIRECTOR_PLAN_PAUSED) {
        return stored == DIRECTOR_RESULT_ERROR && told != DIRECTOR_RESULT_ERROR &&
               !seen[DIRECTOR_STEP_SKIPPING];
    }
    bool is_other = stored == DIRECTOR_RESULT_SUCCESS && told != DIRECTOR_RESULT_WARNING;
    return state == DIRECTOR_PLAN_STOPPED && !is_other &&
           (stored != told || told == DIRECTOR_RESULT_PENDING);
}

static void check_result(struct simulation *simulation, uint32_t plan)
{
    struct checker *checker = simulation->checker;
    bool seen[DIRECTOR_STEP_STATES] = {false};
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result stored = DIRECTOR_RESULT_PENDING;
    if (!checker_was_started(checker, plan) || is_to_be_halted(simulation, plan) ||
        checker_was_deleted(checker, plan) ||
        !checker_stored_plan(checker, plan, &state, &stored) ||
        !states_of_steps(simulation, plan, seen)) {
        return;
    }
    /* A rescue may have been cut off when it had saved the steps it skipped, and not yet the plan.
     */
    if (state == DIRECTOR_PLAN_PAUSED && seen[DIRECTOR_STEP_SKIPPED] &&
        checker_was_disturbed(checker, plan)) {
        return;
    }
    if (is_told_wrong(state, stored, seen)) {
        checker_violate(checker, INVARIANT_RESULT_TELLS_STEPS, plan, SCENARIO_NONE,
                        "it is %s with %s, and its steps say %s", director_plan_state_name(state),
                        director_result_name(stored), director_result_name(result_of(seen)));
    }
}

/* A plan that nobody executed and that could not be stopped, because something went wrong then,
 * keeps its inhibition: whoever starts it, stops it. */
static void check_halted(struct simulation *simulation, uint32_t plan)
{
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result result;
    struct store_record lock;
    struct store *store = simulation->config.store;
    if (checker_was_deleted(simulation->checker, plan) ||
        (store->operations->find_record(store, STORE_RECORD_INHIBITION_LOCK,
                                        &simulation->layouts[plan].id, &lock) == STORE_OK &&
         checker_has_halt_failed(simulation->checker, plan) &&
         checker_was_disturbed(simulation->checker, plan))) {
        return;
    }
    if (checker_was_halted(simulation->checker, plan) &&
        checker_stored_plan(simulation->checker, plan, &state, &result) &&
        state != DIRECTOR_PLAN_STOPPED) {
        checker_violate(simulation->checker, INVARIANT_NOTHING_AFTER_HALT, plan, SCENARIO_NONE,
                        "it was halted, and is %s in the end", director_plan_state_name(state));
    }
}

/* What all failed steps of a plan say is to be done about them: skip or fail, or pause. */
static enum director_rescue_strategy strategy_of(struct simulation *simulation, uint32_t plan)
{
    const struct plan_layout *layout = &simulation->layouts[plan];
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_NONE;
    for (uint32_t id = 1; id <= layout->step_count; id++) {
        enum director_step_state state = DIRECTOR_STEP_PENDING;
        const struct layout_step *step = &layout->steps[id - 1];
        if (!checker_stored_step(simulation->checker, plan, id, &state) ||
            state != DIRECTOR_STEP_ERROR) {
            continue;
        }
        enum director_rescue_strategy own =
            step->step == SCENARIO_NONE
                ? DIRECTOR_RESCUE_PAUSE
                : simulation->scenario->plans[plan].steps[step->step].rescue;
        if ((strategy != DIRECTOR_RESCUE_NONE && own != strategy) ||
            checker_was_rescued(simulation->checker, plan, id)) {
            return DIRECTOR_RESCUE_PAUSE;
        }
        strategy = own;
    }
    return strategy;
}

/* A plan in error that stopped by itself failed on steps that all say fail. What the database has
 * of a finalize step may be of an earlier phase, when a later one failed before it. */
static bool is_stopped_for_others(struct simulation *simulation, uint32_t plan)
{
    const struct plan_layout *layout = &simulation->layouts[plan];
    bool finalize_failed = false;
    bool finalize_says_fail = false;
    for (uint32_t id = 1; id <= layout->step_count; id++) {
        enum director_step_state state = DIRECTOR_STEP_PENDING;
        const struct layout_step *step = &layout->steps[id - 1];
        if (step->kind == DIRECTOR_STEP_PLAN ||
            !checker_stored_step(simulation->checker, plan, id, &state) ||
            state != DIRECTOR_STEP_ERROR) {
            continue;
        }
        bool says_fail =
            simulation->scenario->plans[plan].steps[step->step].rescue == DIRECTOR_RESCUE_FAIL;
        if (step->kind == DIRECTOR_STEP_RUN && !says_fail) {
            return true;
        }
        finalize_failed |= step->kind == DIRECTOR_STEP_FINALIZE;
        finalize_says_fail |= step->kind == DIRECTOR_STEP_FINALIZE && says_fail;
    }
    return finalize_failed && !finalize_says_fail;
}

/* A plan is rescued as its steps say, whoever let it go. Whatever else went wrong with this plan,
 * and attempts that were given up, are reasons to leave it paused; so is somebody who meddled with
 * it.
 */
static void check_strategy(struct simulation *simulation, uint32_t plan)
{
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result result;
    const struct checker *checker = simulation->checker;
    if (!simulation->scenario->world.auto_rescue || checker_was_disturbed(checker, plan) ||
        !checker_was_started(checker, plan) || checker_was_deleted(checker, plan) ||
        checker_was_halted(checker, plan) || !checker_stored_plan(checker, plan, &state, &result)) {
        return;
    }
    enum director_rescue_strategy strategy = strategy_of(simulation, plan);
    if (state == DIRECTOR_PLAN_STOPPED && result == DIRECTOR_RESULT_ERROR &&
        !is_to_be_halted(simulation, plan) && is_stopped_for_others(simulation, plan)) {
        checker_violate(simulation->checker, INVARIANT_STRATEGY_DECIDES, plan, SCENARIO_NONE,
                        "it is stopped, and not all of its failed steps say fail");
    }
    if (state == DIRECTOR_PLAN_PAUSED &&
        (strategy == DIRECTOR_RESCUE_SKIP || strategy == DIRECTOR_RESCUE_FAIL)) {
        checker_violate(simulation->checker, INVARIANT_STRATEGY_DECIDES, plan, SCENARIO_NONE,
                        "its failed steps all say %s, and it is left paused",
                        director_rescue_strategy_name(strategy));
    }
}

static bool check_planning_lock(void *context, const struct store_record *record)
{
    struct simulation *simulation = context;
    uint32_t plan = world_plan_of(simulation, &record->subject);
    struct executor_world *owner = world_of_id(simulation, &record->owner);
    if (plan != SCENARIO_NONE && (owner == NULL || (!planning_is_under_way(owner, plan) &&
                                                    !planning_is_stuck(owner, plan)))) {
        checker_violate(simulation->checker, INVARIANT_LOCKS_HAVE_OWNERS, plan, SCENARIO_NONE,
                        owner == NULL ? "its planning lock is held by a world that is gone"
                                      : "its planning lock is held, and nobody plans it");
    }
    return true;
}

static bool check_lock(void *context, const struct store_record *record)
{
    struct simulation *simulation = context;
    uint32_t plan = world_plan_of(simulation, &record->subject);
    struct executor_world *owner = world_of_id(simulation, &record->owner);
    if (plan != SCENARIO_NONE && (owner == NULL || holder_of(simulation, plan) != owner)) {
        checker_violate(simulation->checker, INVARIANT_LOCKS_HAVE_OWNERS, plan, SCENARIO_NONE,
                        owner == NULL ? "its execution lock is held by a world that is gone"
                                      : "its execution lock is held, and nobody executes it");
    }
    return true;
}

static void check_request(struct simulation *simulation, const struct request *request)
{
    if (request->state != DIRECTOR_FUTURE_PENDING) {
        return;
    }
    const struct executor_world *world = holder_of(simulation, request->plan);
    if (world != NULL &&
        (request->kind == SCENARIO_START ? waits(simulation, world, request->plan)
                                         : waits_for_work(simulation, world, request->plan))) {
        return;
    }
    static const char *const kinds[SCENARIO_EVENT_KINDS] = {
        [SCENARIO_START] = "start", [SCENARIO_EVENT] = "event", [SCENARIO_HALT] = "halt"};
    checker_violate(simulation->checker, INVARIANT_FUTURES_RESOLVE, request->plan,
                    request->kind == SCENARIO_EVENT ? request->step : SCENARIO_NONE,
                    "the future of request %u (%s) is never resolved", request->number,
                    kinds[request->kind] == NULL ? "?" : kinds[request->kind]);
}

void settled_check(struct simulation *simulation)
{
    struct store *store = simulation->config.store;
    for (uint32_t i = 0; i < simulation->scenario->plan_count; i++) {
        check_plan(simulation, i);
        check_stopped(simulation, i);
        check_result(simulation, i);
        check_halted(simulation, i);
        check_strategy(simulation, i);
    }
    store->operations->each_record(store, STORE_RECORD_EXECUTION_LOCK, check_lock, simulation);
    store->operations->each_record(store, STORE_RECORD_PLANNING_LOCK, check_planning_lock,
                                   simulation);
    for (const struct request *request = simulation->requests; request != NULL;
         request = request->next) {
        check_request(simulation, request);
    }
    watch_worlds_in_the_end(simulation);
}
