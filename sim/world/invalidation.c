/* invalidation.c: what a world does about plans that were left in execution, by itself or by worlds
 * that are gone (Dynflow's world/invalidation.rb). */
#include "sim/store/id_table.h"
#include "sim/world/world.h"

/* A hardened world executes a plan again so often without a step of it getting done, each time
 * later. */
#define INVALIDATION_ATTEMPTS_MAX 5u
/* Dynflow does so for ever, at once each time. Once it is plain that there is no end (attempts-end
 * has said so long before), the simulation goes no further with it. */
#define INVALIDATION_AGAIN_MAX 100u
#define INVALIDATION_BACK_OFF 1000000u /* after the first vain attempt; doubled with each */
#define INVALIDATION_RETRY 100000u     /* after the first failed try of an invalidation; doubled */
#define INVALIDATION_RETRY_DOUBLINGS 10u /* and not more often than that */

static void push(struct executor_world *world, struct invalidation *invalidation, uint64_t delay)
{
    invalidation->untried = invalidation->tries == 0 && delay == 0;
    world->untried += invalidation->untried;
    if (!world_push(world->simulation, WORLD_INVALIDATE, world->number, invalidation, 0, delay)) {
        world_release(world->simulation, invalidation, sizeof(*invalidation));
    }
}

/* Its first try begins. */
static void try_it(struct executor_world *world, struct invalidation *invalidation)
{
    world->untried -= invalidation->untried;
    invalidation->untried = false;
}

void invalidation_begin(struct executor_world *world, enum invalidation_kind kind, uint32_t plan,
                        struct request *request, const struct request *lock_request)
{
    struct invalidation *invalidation = world_allocate(world->simulation, sizeof(*invalidation));
    if (invalidation == NULL) {
        return;
    }
    invalidation->kind = kind;
    invalidation->plan = plan;
    invalidation->owner = world->id;
    invalidation->request = request;
    invalidation->lock_request = lock_request == NULL ? 0 : lock_request->number;
    push(world, invalidation, 0);
}

static void end(struct executor_world *world, struct invalidation *invalidation)
{
    world_release(world->simulation, invalidation, sizeof(*invalidation));
    world_termination_progress(world);
}

/* ---- Waiting and trying again
 * --------------------------------------------------------------------- */

static void retry(struct executor_world *world, struct invalidation *invalidation)
{
    uint32_t doublings = invalidation->tries < INVALIDATION_RETRY_DOUBLINGS
                             ? invalidation->tries
                             : INVALIDATION_RETRY_DOUBLINGS;
    invalidation->tries++;
    push(world, invalidation, (uint64_t)INVALIDATION_RETRY << doublings);
    world_termination_progress(world);
}

/* Those of one plan, or all with SCENARIO_NONE, come out of a list and go on. */
static void take_out(struct executor_world *world, struct invalidation **list, uint32_t plan)
{
    while (*list != NULL) {
        struct invalidation *found = *list;
        if (plan != SCENARIO_NONE && found->plan != plan) {
            list = &found->next;
            continue;
        }
        *list = found->next;
        push(world, found, 0);
    }
}

void invalidation_jobs_back(struct executor_world *world, uint32_t plan)
{
    if (world->jobs_by_plan != NULL && world->jobs_by_plan[plan] == 0) {
        take_out(world, &world->waiting, plan);
    }
}

/* The work of a plan that was let go here is not over yet: its lock stays until it is. */
static bool waits_for_work(struct executor_world *world, struct invalidation *invalidation)
{
    if (world->jobs_by_plan[invalidation->plan] == 0 ||
        world_has_defect(world->simulation, WORLD_DEFECT_INVALIDATION_OVERTAKES_WORK)) {
        return false;
    }
    invalidation->next = world->waiting;
    world->waiting = invalidation;
    return true;
}

/* A plan that was executed again in vain rests before the next attempt, longer each time. The lock
 * stays meanwhile: should this world go, another finds it and takes over. */
static bool rests(struct executor_world *world, struct invalidation *invalidation)
{
    struct simulation *simulation = world->simulation;
    uint32_t attempts = simulation->care[invalidation->plan].attempts;
    if (invalidation->kind != INVALIDATE || invalidation->rested || attempts == 0 ||
        attempts >= INVALIDATION_ATTEMPTS_MAX || world->state == WORLD_TERMINATING ||
        world_has_defect(simulation, WORLD_DEFECT_EXECUTES_FOR_EVER)) {
        return false;
    }
    invalidation->rested = true;
    invalidation->next = world->resting;
    world->resting = invalidation;
    world_push(simulation, WORLD_REST_OVER, world->number, NULL, invalidation->plan,
               (uint64_t)INVALIDATION_BACK_OFF << (attempts - 1));
    return true;
}

void invalidation_rested(struct executor_world *world, uint32_t plan)
{
    take_out(world, &world->resting, plan);
}

void invalidation_wake_all(struct executor_world *world)
{
    take_out(world, &world->resting, SCENARIO_NONE);
}

/* ---- Answers
 * ---------------------------------------------------------------------------------------- */

/* The plan is not executed again: Dynflow's client is left without an answer then. */
static void answer(struct executor_world *world, const struct invalidation *invalidation,
                   enum director_reason reason)
{
    struct simulation *simulation = world->simulation;
    if (world_has_defect(simulation, WORLD_DEFECT_FAILED_PLAN_LEAVES_CLIENT) ||
        (reason == DIRECTOR_REASON_MISSING &&
         world_has_defect(simulation, WORLD_DEFECT_DELETED_PLAN_LEAVES_CLIENT))) {
        return;
    }
    client_respond(simulation, invalidation->request,
                   reason == DIRECTOR_REASON_NONE ? DIRECTOR_FUTURE_FULFILLED
                                                  : DIRECTOR_FUTURE_REJECTED,
                   reason);
}

/* The lock is gone; the plan is executed again, unless that was tried in vain too often. */
static void execute_again(struct executor_world *world, const struct invalidation *invalidation)
{
    struct simulation *simulation = world->simulation;
    uint32_t attempts = simulation->care[invalidation->plan].attempts++;
    if (++simulation->care[invalidation->plan].again > INVALIDATION_AGAIN_MAX) {
        return;
    }
    bool too_often = attempts >= INVALIDATION_ATTEMPTS_MAX &&
                     !world_has_defect(simulation, WORLD_DEFECT_EXECUTES_FOR_EVER);
    if (!too_often &&
        client_dispatch_execution(simulation, invalidation->plan, invalidation->request)) {
        checker_executed_again(simulation->checker, invalidation->plan);
    } else {
        answer(world, invalidation, DIRECTOR_REASON_NONE);
    }
}

/* ---- One plan
 * ---------------------------------------------------------------------------------------- */

/* What comes after a plan is settled. */
enum next {
    NEXT_ANSWER,
    NEXT_EXECUTE,
    NEXT_TRY_AGAIN, /* an error; Dynflow leaves the plan as it is then */
};

static bool unlock(struct executor_world *world, uint32_t plan)
{
    return coordinator_unlock_for_good(world, STORE_RECORD_EXECUTION_LOCK,
                                       &world->simulation->layouts[plan].id);
}

/* Nobody can load the plan any more. One that is said not to be there is looked for in another way
 * before that is believed: whoever let it go had its word only, and the lock goes with this. */
static bool is_gone(const struct executor_world *world, uint32_t plan, enum director_status status,
                    bool loaded)
{
    const struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    struct director_plan_row row;
    if (status != DIRECTOR_MISSING) {
        return status == DIRECTOR_INTERNAL && !loaded;
    }
    return world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS) ||
           store->operations->peek_plan(store, &simulation->layouts[plan].id, &row) != STORE_OK;
}

/* What an error of the director's recovery means. */
static enum next next_after(struct executor_world *world, enum director_status status)
{
    if (status == DIRECTOR_NO_MEMORY) {
        world_fail(world->simulation, SIMULATION_NO_MEMORY);
    }
    bool passes = status == DIRECTOR_PERSISTENCE || status == DIRECTOR_PERSISTENCE_FATAL ||
                  status == DIRECTOR_UNHANDLED;
    return passes ? NEXT_TRY_AGAIN : NEXT_ANSWER;
}

static enum next stop(struct executor_world *world, uint32_t plan,
                      struct director_recovery *recovery)
{
    enum director_status status = director_recovery_stop(recovery);
    bool missed = status == DIRECTOR_MISSING && !is_gone(world, plan, status, true);
    return missed ? NEXT_TRY_AGAIN : next_after(world, status);
}

static enum next rescue(struct executor_world *world, uint32_t plan,
                        struct director_recovery *recovery)
{
    struct simulation *simulation = world->simulation;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_PAUSE;
    enum director_status status = director_recovery_rescue(recovery, &strategy);
    if (status == DIRECTOR_OK && strategy == DIRECTOR_RESCUE_SKIP) {
        checker_mark(simulation->checker, MARK_INVALIDATION_RESCUES);
        return NEXT_EXECUTE;
    }
    if (status == DIRECTOR_OK && strategy == DIRECTOR_RESCUE_FAIL &&
        !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_IGNORES_FAIL)) {
        return stop(world, plan, recovery);
    }
    return next_after(world, status);
}

/* A plan that was halted is to be stopped, whatever became of that. */
static bool is_halted(struct executor_world *world, uint32_t plan, enum next *next)
{
    struct simulation *simulation = world->simulation;
    bool halted = false;
    if (world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_IGNORES_FAIL)) {
        return false;
    }
    if (!coordinator_find(world, STORE_RECORD_INHIBITION_LOCK, &simulation->layouts[plan].id,
                          &halted)) {
        *next = NEXT_TRY_AGAIN;
        return true;
    }
    return halted;
}

static enum next decide(struct executor_world *world, const struct invalidation *invalidation,
                        struct director_recovery *recovery, bool in_error,
                        enum director_plan_state state)
{
    enum next next = NEXT_ANSWER;
    if (state == DIRECTOR_PLAN_STOPPED &&
        !world_has_defect(world->simulation, WORLD_DEFECT_FAILED_PLAN_LEAVES_CLIENT)) {
        return NEXT_ANSWER;
    }
    if (is_halted(world, invalidation->plan, &next)) {
        return next == NEXT_TRY_AGAIN ? next : stop(world, invalidation->plan, recovery);
    }
    if (invalidation->kind == SETTLE) {
        return NEXT_ANSWER;
    }
    return in_error ? rescue(world, invalidation->plan, recovery) : NEXT_EXECUTE;
}

static void act(struct executor_world *world, const struct invalidation *invalidation,
                enum next next)
{
    if (next == NEXT_EXECUTE) {
        execute_again(world, invalidation);
    } else if (invalidation->kind == INVALIDATE) {
        answer(world, invalidation, DIRECTOR_REASON_NONE);
    }
}

/* The plan is settled and saved. Dynflow gives its lock up at once; what goes wrong after that
 * nobody notices. Here the lock goes when all is saved that has to be, so that the plan is found
 * again by whoever looks for locks. */
static enum invalidation_end go_on(struct executor_world *world,
                                   const struct invalidation *invalidation,
                                   struct director_recovery *recovery, bool in_error,
                                   enum director_plan_state state)
{
    enum next next;
    if (world_has_defect(world->simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS)) {
        if (!unlock(world, invalidation->plan)) {
            return SETTLE_FAILED;
        }
        next = decide(world, invalidation, recovery, in_error, state);
    } else {
        next = decide(world, invalidation, recovery, in_error, state);
        if (next == NEXT_TRY_AGAIN || !unlock(world, invalidation->plan)) {
            return SETTLE_AGAIN;
        }
    }
    act(world, invalidation, next);
    return SETTLED;
}

/* What an error of loading or saving means: Dynflow takes a failed load for a plan that is gone,
 * and forgets about a failed save. */
static enum invalidation_end failed(struct executor_world *world,
                                    const struct invalidation *invalidation,
                                    enum director_status status, bool loaded)
{
    struct simulation *simulation = world->simulation;
    if (status == DIRECTOR_NO_MEMORY) {
        world_fail(simulation, SIMULATION_NO_MEMORY);
        return SETTLE_FAILED;
    }
    bool gone = is_gone(world, invalidation->plan, status, loaded);
    if (!gone && !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS)) {
        return SETTLE_AGAIN;
    }
    if (loaded && !gone) {
        return SETTLE_FAILED;
    }
    if (status == DIRECTOR_MISSING) {
        checker_mark(simulation->checker, MARK_INVALIDATION_MISSING);
    }
    if (!unlock(world, invalidation->plan) &&
        !world_has_defect(simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS)) {
        return SETTLE_AGAIN;
    }
    answer(world, invalidation,
           status == DIRECTOR_MISSING ? DIRECTOR_REASON_MISSING : DIRECTOR_REASON_BROKEN);
    return SETTLED;
}

/* World#invalidate_execution_lock. */
enum invalidation_end invalidation_settle(struct executor_world *world,
                                          const struct invalidation *invalidation)
{
    struct simulation *simulation = world->simulation;
    struct director_recovery *recovery = NULL;
    bool in_error = false;
    bool loaded = false;
    enum director_plan_state state = DIRECTOR_PLAN_PAUSED;
    enum director_status status =
        director_recovery_begin(world->director, &simulation->layouts[invalidation->plan].id,
                                &recovery, &in_error, &state, &loaded);
    if (status != DIRECTOR_OK) {
        return failed(world, invalidation, status, loaded);
    }
    enum invalidation_end settled = go_on(world, invalidation, recovery, in_error, state);
    director_recovery_end(recovery);
    simulation->rescued_plan = SCENARIO_NONE;
    return settled;
}

/* An earlier try may have given the lock up though it was told otherwise, and the plan may be in
 * execution again: then this invalidation is over. */
static bool is_overtaken(struct executor_world *world, const struct invalidation *invalidation)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    struct store_record lock;
    if (store->operations->find_record(store, STORE_RECORD_EXECUTION_LOCK,
                                       &simulation->layouts[invalidation->plan].id,
                                       &lock) != STORE_OK) {
        return invalidation->tries > 0 || invalidation->kind == UNLOCK;
    }
    return !id_table_same(&lock.owner, &invalidation->owner) ||
           lock.request != invalidation->lock_request;
}

static enum invalidation_end run(struct executor_world *world,
                                 const struct invalidation *invalidation)
{
    if (is_overtaken(world, invalidation)) {
        answer(world, invalidation, DIRECTOR_REASON_NONE);
        return SETTLED;
    }
    if (invalidation->kind == UNLOCK) {
        return unlock(world, invalidation->plan) ? SETTLED : SETTLE_AGAIN;
    }
    return invalidation_settle(world, invalidation);
}

void invalidation_run(struct executor_world *world, struct invalidation *invalidation)
{
    if (!world_is_running(world) || !id_table_same(&invalidation->owner, &world->id)) {
        /* Its world is gone; its lock is still there, for others to find. */
        world_release(world->simulation, invalidation, sizeof(*invalidation));
        return;
    }
    try_it(world, invalidation);
    if (waits_for_work(world, invalidation) || rests(world, invalidation)) {
        return;
    }
    if (run(world, invalidation) == SETTLE_AGAIN) {
        retry(world, invalidation);
    } else {
        end(world, invalidation);
    }
}
