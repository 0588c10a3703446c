/* dead_worlds.c: a world looks for worlds that are gone: their locks are settled, then their
 * records go. And it executes what nobody does (Dynflow's World#auto_execute). */
#include "sim/store/id_table.h"
#include "sim/world/world.h"

#define LOOK_AGAIN 1000000u /* after a look that could not settle some plan */

/* What came of a look; the last of several counts. */
enum looked {
    LOOKED_FOUND_NOBODY,
    LOOKED_SETTLED_ALL,
    LOOKED_LEFT_SOME,
};

/* Records whose owner is gone, gathered before anything is changed. */
struct found {
    struct simulation *simulation;
    struct store_record *records; /* NULL: they are only counted */
    uint32_t count;
    uint32_t capacity;
    bool by_subject; /* the records are of worlds: their subject is what may be gone */
};

static bool gather(void *context, const struct store_record *record)
{
    struct found *found = context;
    const struct director_plan_id *who = found->by_subject ? &record->subject : &record->owner;
    if (world_of_id(found->simulation, who) != NULL) {
        return true;
    }
    if (found->records == NULL) {
        found->capacity++;
    } else if (found->count < found->capacity) {
        found->records[found->count++] = *record;
    }
    return true;
}

/* Most looks find nobody gone. */
static bool find_orphans(struct simulation *simulation, enum store_record_kind kind,
                         struct found *found)
{
    struct store *store = simulation->config.store;
    *found = (struct found){.simulation = simulation, .by_subject = kind == STORE_RECORD_WORLD};
    store->operations->each_record(store, kind, gather, found);
    if (found->capacity == 0) {
        return true;
    }
    found->records = world_allocate(simulation, found->capacity * sizeof(struct store_record));
    if (found->records == NULL) {
        return false;
    }
    store->operations->each_record(store, kind, gather, found);
    return true;
}

static struct request *request_of(struct simulation *simulation, uint64_t number)
{
    struct request *request = simulation->requests;
    while (request != NULL && request->number != number) {
        request = request->next;
    }
    return request;
}

/* A lock of a plan of this scenario. Answers whether it is dealt with. */
typedef bool settle_lock(struct executor_world *world, const struct store_record *lock,
                         uint32_t plan);

static bool settle_execution_lock(struct executor_world *world, const struct store_record *lock,
                                  uint32_t plan)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    const struct invalidation invalidation = {.kind = INVALIDATE,
                                              .plan = plan,
                                              .owner = lock->owner,
                                              .request = request_of(simulation, lock->request)};
    enum invalidation_end settled = invalidation_settle(world, &invalidation);
    if (settled == SETTLE_FAILED) {
        /* The world's record takes the rest of its locks with it (delete_world). */
        store->operations->delete_record(store, lock->kind, &lock->subject);
    }
    return settled != SETTLE_AGAIN;
}

static bool settle_planning_lock(struct executor_world *world, const struct store_record *lock,
                                 uint32_t plan)
{
    (void)lock;
    return planning_invalidate(world, plan);
}

static enum looked last_of(enum looked left, enum looked right)
{
    return left > right ? left : right;
}

/* The locks of worlds that are gone; those of plans of other scenarios just go. */
static enum looked settle_locks(struct executor_world *world, enum store_record_kind kind,
                                settle_lock *settle)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    struct found found;
    bool all = true;
    if (!find_orphans(simulation, kind, &found) || found.count == 0) {
        return LOOKED_FOUND_NOBODY;
    }
    for (uint32_t i = 0; i < found.count; i++) {
        const struct store_record *lock = &found.records[i];
        uint32_t plan = world_plan_of(simulation, &lock->subject);
        if (plan == SCENARIO_NONE) {
            store->operations->delete_record(store, kind, &lock->subject);
        } else {
            all = settle(world, lock, plan) && all;
        }
    }
    world_release(simulation, found.records, found.capacity * sizeof(struct store_record));
    return all ? LOOKED_SETTLED_ALL : LOOKED_LEFT_SOME;
}

/* The number of a world that is gone; 0: one of an earlier run. */
static uint32_t number_of(const struct simulation *simulation, const struct director_plan_id *id)
{
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        if (id_table_same(&simulation->worlds[i].id, id)) {
            return i;
        }
    }
    return 0;
}

static enum looked remove_worlds(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    struct found found;
    if (!find_orphans(simulation, STORE_RECORD_WORLD, &found) || found.count == 0) {
        return LOOKED_FOUND_NOBODY;
    }
    for (uint32_t i = 0; i < found.count; i++) {
        store->operations->delete_record(store, STORE_RECORD_WORLD, &found.records[i].subject);
        client_world_is_gone(simulation, &found.records[i].subject);
        checker_mark(simulation->checker, MARK_INVALIDATED);
        struct trace_record record =
            trace_record_of(TRACE_INVALIDATE, world_now(simulation), ACTOR_CORE(world->number));
        record.world = number_of(simulation, &found.records[i].subject);
        trace_record(simulation->trace, &record);
    }
    world_release(simulation, found.records, found.capacity * sizeof(struct store_record));
    return LOOKED_SETTLED_ALL;
}

void dead_worlds_look_later(struct executor_world *world, uint64_t delay)
{
    world->simulation->looks +=
        world_push(world->simulation, WORLD_CHECK_WORLDS, world->number, NULL, 0, delay);
}

/* (The connection may be lost on the way.) */
static enum looked look(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    enum looked looked = LOOKED_FOUND_NOBODY;
    if (!world->connection_lost && simulation->plans_delayed) {
        looked = settle_locks(world, STORE_RECORD_PLANNING_LOCK, settle_planning_lock);
    }
    if (!world->connection_lost) {
        looked = last_of(looked,
                         settle_locks(world, STORE_RECORD_EXECUTION_LOCK, settle_execution_lock));
    }
    if (looked != LOOKED_LEFT_SOME && !world->connection_lost) {
        looked = last_of(looked, remove_worlds(world));
        looked = last_of(looked, client_nobody_answers(simulation) ? LOOKED_SETTLED_ALL
                                                                   : LOOKED_FOUND_NOBODY);
    }
    return looked;
}

/* Where nobody was found nobody will be until something happens: looks before that are left out,
 * as if they had been made. */
static uint64_t idle_looks(const struct simulation *simulation, uint64_t interval)
{
    uint64_t next = world_now(simulation);
    (void)event_queue_first_but(simulation->queue, WORLD_CHECK_WORLDS, &next);
    uint64_t idle = next - world_now(simulation);
    return idle == 0 ? 0 : (idle - 1) / interval;
}

/* Look again in a while: as the scenario has it, as long as anything else is going on; or because
 * some plan could not be settled. */
void dead_worlds_look(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    uint64_t interval = simulation->scenario->world.validity_check;
    enum looked looked = look(world);
    if (looked == LOOKED_LEFT_SOME) {
        dead_worlds_look_later(world, LOOK_AGAIN);
    } else if (interval > 0 && event_queue_count(simulation->queue) > simulation->looks) {
        uint64_t idle = looked == LOOKED_FOUND_NOBODY ? idle_looks(simulation, interval) : 0;
        dead_worlds_look_later(world, (idle + 1) * interval);
    }
}

/* World#auto_execute: plans that are planned, or paused without an error, and that nobody executes.
 */
void dead_worlds_auto_execute(struct executor_world *world)
{
    struct simulation *simulation = world->simulation;
    struct store *store = simulation->config.store;
    for (uint32_t i = 0; i < simulation->scenario->plan_count; i++) {
        struct director_plan_row row;
        struct store_record lock;
        const struct director_plan_id *id = &simulation->layouts[i].id;
        if (store->operations->peek_plan(store, id, &row) != STORE_OK ||
            (row.state != DIRECTOR_PLAN_PLANNED && row.state != DIRECTOR_PLAN_PAUSED) ||
            row.result == DIRECTOR_RESULT_ERROR ||
            store->operations->find_record(store, STORE_RECORD_EXECUTION_LOCK, id, &lock) ==
                STORE_OK) {
            continue;
        }
        (void)client_dispatch_execution(simulation, i, NULL);
    }
}
