/* settle.c: the end of a run: everything heals, and a world looks after what others left behind;
 * what must hold then stands in settled.c. */
#include "sim/world/world.h"

#define SETTLE_ROUNDS 10u
/* Six hours of virtual time must do, and as long as user code takes that a file makes longer. */
#define SETTLE_TIME UINT64_C(21600000000)
#define SETTLE_TIME_MAX (UINT64_MAX / 4)

static uint64_t patience(const struct scenario *scenario)
{
    uint64_t time = SETTLE_TIME;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        for (uint32_t s = 0; s < scenario->plans[i].step_count && time < SETTLE_TIME_MAX; s++) {
            const struct scenario_step *step = &scenario->plans[i].steps[s];
            time += step->takes.max * (1 + step->run.count);
            time += step->finalize_takes.max * (1 + step->finalize.count);
        }
    }
    for (uint32_t i = 0; i < scenario->fault_count && time < SETTLE_TIME_MAX; i++) {
        time += scenario->faults[i].duration;
    }
    return time;
}

static void drain(struct simulation *simulation)
{
    bool more = true;
    struct engine_event next;
    uint64_t until = world_now(simulation) + patience(simulation->scenario);
    while (more && event_queue_peek(simulation->queue, &next) && next.time <= until) {
        if (simulation_step(simulation, &more) != SIMULATION_OK) {
            return;
        }
    }
}

/* Some lock of the plan is held by a world that is gone; *locked: somebody executes it. */
static bool has_orphaned_lock(struct simulation *simulation, uint32_t plan, bool *locked)
{
    struct store_record lock;
    struct store *store = simulation->config.store;
    const struct director_plan_id *id = &simulation->layouts[plan].id;
    bool orphaned =
        store->operations->find_record(store, STORE_RECORD_PLANNING_LOCK, id, &lock) == STORE_OK &&
        world_of_id(simulation, &lock.owner) == NULL;
    *locked =
        store->operations->find_record(store, STORE_RECORD_EXECUTION_LOCK, id, &lock) == STORE_OK;
    return orphaned || (*locked && world_of_id(simulation, &lock.owner) == NULL);
}

/* A plan that the database has running, or that is locked, though no living world executes it; or
 * that is still to be planned, and there is nobody. */
static bool is_left_behind(struct simulation *simulation, uint32_t plan)
{
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    enum director_result result;
    bool locked = false;
    if (has_orphaned_lock(simulation, plan, &locked)) {
        return true;
    }
    if (locked || !checker_stored_plan(simulation->checker, plan, &state, &result)) {
        return false;
    }
    bool to_be_planned = state == DIRECTOR_PLAN_SCHEDULED || state == DIRECTOR_PLAN_PLANNING;
    return to_be_planned ? client_any_executor(simulation, 0) == NULL
                         : state == DIRECTOR_PLAN_RUNNING;
}

/* In the first round worlds that are gone are enough of a reason. */
static bool needs_recovery(struct simulation *simulation, uint32_t round)
{
    for (uint32_t i = 0; i < simulation->scenario->plan_count; i++) {
        if (is_left_behind(simulation, i)) {
            return true;
        }
    }
    for (uint32_t i = 1; round == 0 && i <= WORLDS_MAX; i++) {
        const struct executor_world *world = &simulation->worlds[i];
        if (world->state == WORLD_DEAD ||
            (world->state == WORLD_TERMINATED && world->connection_lost)) {
            return true;
        }
    }
    return false;
}

void settle_eventually(struct simulation *simulation)
{
    simulation->settling = true;
    faults_heal(simulation);
    drain(simulation);
    /* What a recovery sets going may make worlds crash that are to crash after it. */
    for (uint32_t round = 0; round < SETTLE_ROUNDS && simulation->status == SIMULATION_OK &&
                             needs_recovery(simulation, round);
         round++) {
        world_start(simulation, WORLDS_MAX);
        dead_worlds_look_later(&simulation->worlds[WORLDS_MAX], 0);
        drain(simulation);
    }
    if (simulation->status == SIMULATION_OK) {
        settled_check(simulation);
    }
}
