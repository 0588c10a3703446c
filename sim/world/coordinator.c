/* coordinator.c: locks in the store, with the faults that may befall them (Dynflow's
 * coordinator.rb). */
#include "sim/world/world.h"

static void trace_lock(struct executor_world *world, enum trace_kind trace,
                       enum store_record_kind kind, const struct director_plan_id *subject)
{
    uint32_t plan = world_plan_of(world->simulation, subject);
    world_trace(world->simulation, trace, ACTOR_CORE(world->number), plan, TRACE_NONE, kind);
}

/* Whether an operation on a lock fails. `after`: it took effect all the same. */
static bool fails(struct executor_world *world, enum scenario_fault_site site,
                  const struct director_plan_id *subject, bool *after)
{
    uint32_t plan = world_plan_of(world->simulation, subject);
    struct faulty_verdict verdict;
    *after = false;
    if (faults_of_call(world, plan, &verdict)) {
        *after = verdict.moment == FAULTY_AFTER;
        return true;
    }
    const struct scenario_fault *fault = faults_strike(world->simulation, site, world->number, plan,
                                                       SCENARIO_NONE, false, SCENARIO_NONE);
    if (fault == NULL) {
        return false;
    }
    *after = fault->after;
    if (fault->error == SCENARIO_ERROR_FATAL) {
        world->connection_lost = true;
    }
    return true;
}

bool coordinator_lock(struct executor_world *world, enum store_record_kind kind,
                      const struct director_plan_id *subject, uint64_t request, bool *error)
{
    struct store *store = world->simulation->config.store;
    const struct store_record record = {
        .kind = kind, .subject = *subject, .owner = world->id, .request = request};
    bool after = false;
    *error = fails(world, SCENARIO_ON_INSERT_LOCK, subject, &after);
    if (*error && !after) {
        return false;
    }
    enum store_status status = store->operations->insert_record(store, &record);
    if (status == STORE_NO_MEMORY) {
        world_fail(world->simulation, SIMULATION_NO_MEMORY);
    }
    if (status != STORE_OK) {
        *error = *error || status != STORE_EXISTS;
        return false;
    }
    trace_lock(world, TRACE_LOCK, kind, subject);
    return !*error;
}

bool coordinator_unlock(struct executor_world *world, enum store_record_kind kind,
                        const struct director_plan_id *subject)
{
    struct store *store = world->simulation->config.store;
    bool after = false;
    bool failed = fails(world, SCENARIO_ON_DELETE_LOCK, subject, &after);
    if (failed && !after) {
        return false;
    }
    enum store_status status = store->operations->delete_record(store, kind, subject);
    if (status == STORE_OK) {
        trace_lock(world, TRACE_UNLOCK, kind, subject);
    }
    return !failed && (status == STORE_OK || status == STORE_MISSING);
}

bool coordinator_unlock_for_good(struct executor_world *world, enum store_record_kind kind,
                                 const struct director_plan_id *subject)
{
    struct store *store = world->simulation->config.store;
    struct store_record lock;
    return coordinator_unlock(world, kind, subject) ||
           (!world_has_defect(world->simulation, WORLD_DEFECT_INVALIDATION_FORGETS_ERRORS) &&
            !world->connection_lost &&
            store->operations->find_record(store, kind, subject, &lock) == STORE_MISSING);
}

bool coordinator_find(struct executor_world *world, enum store_record_kind kind,
                      const struct director_plan_id *subject, bool *found)
{
    struct store *store = world->simulation->config.store;
    struct store_record record;
    bool after = false;
    if (fails(world, SCENARIO_ON_FIND_LOCK, subject, &after)) {
        return false;
    }
    *found = store->operations->find_record(store, kind, subject, &record) == STORE_OK;
    return true;
}
