/* fingerprint.c: the state of a simulation in canonical words, for the exploration of all orders.
 *
 * What stands in lists whose order means nothing is told in the order of what it says. Numbers of
 * workers are left out: they differ in name only. */
#include "director/fingerprint.h"

#include "sim/world/prospect.h"

#include <stdlib.h>
#include <string.h>

#define FEW 32u /* so many are sorted by insertion */

/* ---- What one thing says, for an order ------------------------------------------------------ */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash ^= word + UINT64_C(0x9e3779b97f4a7c15) + (hash << 6) + (hash >> 2);
    return hash * UINT64_C(0xff51afd7ed558ccd);
}

static uint64_t job_key(const struct job *job)
{
    uint64_t key = mix(job->world->number, job->plan);
    key = mix(key, (uint64_t)job->step_id << 32 | job->code_step_id);
    key =
        mix(key, (uint64_t)job->stop.kind << 8 | (uint64_t)job->is_planning << 1 | job->duplicate);
    key = mix(key, (uint64_t)job->scheduled << 3 | (uint64_t)job->over << 2 |
                       (uint64_t)job->died << 1 | job->has_fault);
    key = mix(key, job->incarnation);
    return mix(key, job->event == NULL ? 0 : job->event->number);
}

static uint64_t event_key(const struct engine_event *event)
{
    const struct execution *execution = event->subject;
    const struct event_call *call = event->subject;
    const struct request *request = event->subject;
    const struct invalidation *invalidation = event->subject;
    uint64_t key = mix(event->kind, event->target);
    key = mix(key, event->word);
    switch ((enum world_event)event->kind) {
    case WORLD_WORK_ARRIVES:
    case WORLD_TAKE:
    case WORLD_USER_CODE:
    case WORLD_REPORT:
        return mix(key, job_key(event->subject));
    case WORLD_CORE_EXECUTION:
    case WORLD_RESOLVED:
        key = mix(key, execution->plan);
        return mix(key, execution->request == NULL ? 0 : execution->request->event + 1);
    case WORLD_CORE_EVENT:
    case WORLD_EVENT_RESOLVED:
        return mix(key, call->request->event);
    case WORLD_REQUEST:
    case WORLD_CORE_HALT:
    case WORLD_RESPONSE:
        return mix(key, request->event);
    case WORLD_INVALIDATE:
        key = mix(key, invalidation->plan);
        return mix(key, (uint64_t)invalidation->kind);
    default:
        return key;
    }
}

static int by_key(const void *left, const void *right)
{
    const struct keyed *a = left;
    const struct keyed *b = right;
    if (a->time != b->time) {
        return a->time < b->time ? -1 : 1;
    }
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* In place; there are few of them, mostly. */
static void sort_keyed(struct keyed *keyed, size_t count)
{
    if (count > FEW) {
        qsort(keyed, count, sizeof(keyed[0]), by_key);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct keyed moving = keyed[i];
        size_t at = i;
        while (at > 0 && by_key(&moving, &keyed[at - 1]) < 0) {
            keyed[at] = keyed[at - 1];
            at--;
        }
        keyed[at] = moving;
    }
}

/* ---- Things of the world -------------------------------------------------------------------- */

struct adding {
    const struct simulation *simulation;
    struct fingerprint *fingerprint;
    bool ordered;
};

static void add(const struct adding *adding, uint64_t word)
{
    fingerprint_add(adding->fingerprint, word);
}

static void add_request(const struct adding *adding, const struct request *request)
{
    if (fingerprint_object(adding->fingerprint, request)) {
        const uint64_t words[] = {
            (uint64_t)request->kind << 32 | request->event,
            (uint64_t)(adding->ordered ? request->number : 0) << 32 | request->world,
            (uint64_t)request->state << 48 | (uint64_t)request->reason << 32 |
                (uint64_t)request->has_lock << 24 | (uint64_t)request->response << 16 |
                (uint64_t)request->response_reason};
        fingerprint_add_words(adding->fingerprint, words, 3);
    }
}

/* An execution and the future that it begins with are at one address; so is an event on its way.
 * They are known by another field, and tell which future is theirs. */
static void add_execution(const struct adding *adding, const struct execution *execution)
{
    if (fingerprint_object(adding->fingerprint, &execution->plan)) {
        fingerprint_future(adding->fingerprint, &execution->head.future);
        add(adding, (uint64_t)execution->world->number << 32 | execution->plan);
        add(adding, execution->incarnation == execution->world->incarnation);
        add(adding, (uint64_t)execution->plan_state << 1 | execution->answered);
        add_request(adding, execution->request);
    }
}

static void add_call(const struct adding *adding, const struct event_call *call)
{
    if (call == NULL) {
        add(adding, 0);
    } else if (fingerprint_object(adding->fingerprint, &call->number)) {
        fingerprint_future(adding->fingerprint, &call->head.future);
        add(adding, call->number << 8 | call->world->number);
        add(adding, (uint64_t)(call->incarnation == call->world->incarnation) << 3 |
                        (uint64_t)call->queued << 2 | (uint64_t)call->taken << 1 | call->open);
        add_request(adding, call->request);
    }
}

static void add_job(const struct adding *adding, const struct job *job)
{
    if (!fingerprint_object(adding->fingerprint, job)) {
        return;
    }
    const uint64_t words[] = {(uint64_t)job->world->number << 32 | job->plan,
                              (uint64_t)job->step_id << 32 | job->code_step_id,
                              (uint64_t)(job->incarnation == job->world->incarnation) << 40 |
                                  (uint64_t)job->queue << 8 | (uint64_t)job->in_user_code << 7 |
                                  (uint64_t)job->duplicate << 6 | (uint64_t)job->died << 5 |
                                  (uint64_t)job->scheduled << 4 | (uint64_t)job->has_fault << 3 |
                                  (uint64_t)job->linked << 2 | (uint64_t)job->over << 1 |
                                  job->answered,
                              job->has_fault ? (uint64_t)job->fault << 1 | 1 : 0,
                              job->has_fault ? job->fault_duration : 0,
                              (uint64_t)job->stop.kind << 32 | job->stop.step_id,
                              (uint64_t)job->stop.skipping << 1 | job->stop.has_event,
                              (uint64_t)job->is_planning << 1 | (job->planning != NULL)};
    fingerprint_add_words(adding->fingerprint, words, sizeof(words) / sizeof(words[0]));
    director_work_item_fingerprint(adding->fingerprint, job->item);
    director_work_fingerprint(adding->fingerprint, job->work);
    add_call(adding, job->event);
}

static void add_invalidation(const struct adding *adding, const struct invalidation *invalidation)
{
    if (fingerprint_object(adding->fingerprint, invalidation)) {
        add(adding, (uint64_t)invalidation->kind << 32 | invalidation->plan);
        add(adding, invalidation->lock_request);
        add(adding, (uint64_t)invalidation->tries << 2 | (uint64_t)invalidation->rested << 1 |
                        invalidation->untried);
        fingerprint_plan_id(adding->fingerprint, &invalidation->owner);
        add_request(adding, invalidation->request);
    }
}

/* ---- A world -------------------------------------------------------------------------------- */

/* Jobs in the order of what they say. */
static void add_jobs(const struct adding *adding, const struct executor_world *world)
{
    struct keyed keyed[PENDING_MAX];
    const struct job *jobs[PENDING_MAX];
    uint32_t count = 0;
    for (const struct job *job = world->jobs; job != NULL && count < PENDING_MAX;
         job = job->live_next) {
        keyed[count] = (struct keyed){.key = job_key(job), .sequence = count, .index = count};
        jobs[count++] = job;
    }
    sort_keyed(keyed, count);
    for (uint32_t i = 0; i < count; i++) {
        add_job(adding, jobs[keyed[i].index]);
    }
    add(adding, UINT64_MAX);
}

/* Executions that are still to be answered, by plan and request. */
static void add_executions(const struct adding *adding, const struct executor_world *world)
{
    struct keyed keyed[PENDING_MAX];
    const struct execution *executions[PENDING_MAX];
    uint32_t count = 0;
    for (const struct execution *execution = world->executions;
         execution != NULL && count < PENDING_MAX; execution = execution->next) {
        if (!execution->answered) {
            uint64_t number = execution->request == NULL ? 0 : execution->request->event + 1;
            keyed[count] = (struct keyed){
                .key = mix(execution->plan, number), .sequence = count, .index = count};
            executions[count++] = execution;
        }
    }
    sort_keyed(keyed, count);
    for (uint32_t i = 0; i < count; i++) {
        add_execution(adding, executions[keyed[i].index]);
    }
    add(adding, UINT64_MAX);
}

static void add_pools(const struct adding *adding, const struct executor_world *world)
{
    for (uint32_t i = 0; i < adding->simulation->scenario->world.queue_count; i++) {
        const struct pool *pool = &world->pools[i];
        add(adding, (uint64_t)pool->size << 32 | pool->free_count);
        add(adding, (uint64_t)pool->terminated << 1 | pool->empty);
        for (const struct job *job = pool->first; job != NULL; job = job->next) {
            add_job(adding, job);
        }
        add(adding, UINT64_MAX);
    }
    for (uint32_t i = 0; i < adding->simulation->scenario->plan_count; i++) {
        add(adding, world->jobs_by_plan[i]);
    }
}

static void add_world(const struct adding *adding, const struct executor_world *world)
{
    add(adding, (uint64_t)world->state << 32 | world->incarnation);
    fingerprint_plan_id(adding->fingerprint, &world->id);
    if (!world_is_running(world)) {
        /* What is left of it is never looked at again, and what it points to may be gone. */
        return;
    }
    /* When it was at work last matters to a termination that is late, and to nothing else. */
    bool excused =
        world->state == WORLD_TERMINATING && world_was_just_at_work(world, world->deadline);
    add(adding, (uint64_t)excused << 5 | (uint64_t)world->told_to_end << 4 |
                    (uint64_t)world->connection_lost << 3 | (uint64_t)world->core_terminating << 2 |
                    (uint64_t)world->core_terminated << 1 | world->dispatcher_terminating);
    add(adding, (uint64_t)world->pools_left << 32 | world->open_futures);
    add(adding, world->untried);
    director_fingerprint(adding->fingerprint, world->director, adding->ordered);
    if (world->pools != NULL) {
        add_pools(adding, world);
    }
    add_jobs(adding, world);
    add_executions(adding, world);
    for (const struct event_call *call = world->event_calls; call != NULL; call = call->next) {
        if (call->open) {
            add_call(adding, call);
        }
    }
    add(adding, UINT64_MAX);
    for (const struct invalidation *waiting = world->waiting; waiting != NULL;
         waiting = waiting->next) {
        add_invalidation(adding, waiting);
    }
    add(adding, UINT64_MAX);
    for (const struct invalidation *resting = world->resting; resting != NULL;
         resting = resting->next) {
        add_invalidation(adding, resting);
    }
    add(adding, UINT64_MAX);
}

/* ---- What is pending ------------------------------------------------------------------------ */

static void add_subject(const struct adding *adding, const struct engine_event *event)
{
    switch ((enum world_event)event->kind) {
    case WORLD_WORK_ARRIVES:
    case WORLD_TAKE:
    case WORLD_USER_CODE:
    case WORLD_REPORT:
        add_job(adding, event->subject);
        return;
    case WORLD_CORE_EXECUTION:
    case WORLD_RESOLVED:
        add_execution(adding, event->subject);
        return;
    case WORLD_CORE_EVENT:
    case WORLD_EVENT_RESOLVED:
        add_call(adding, event->subject);
        return;
    case WORLD_REQUEST:
    case WORLD_CORE_HALT:
    case WORLD_RESPONSE:
        add_request(adding, event->subject);
        return;
    case WORLD_INVALIDATE:
        add_invalidation(adding, event->subject);
        return;
    default:
        return;
    }
}

static void list_events(const struct simulation *simulation, struct pending *pending)
{
    size_t count = event_queue_count(simulation->queue);
    pending->count = count < PENDING_MAX ? count : PENDING_MAX;
    if (count <= PENDING_MAX) {
        event_queue_list(simulation->queue, pending->events);
    } else {
        event_queue_list_head(simulation->queue, pending->events, pending->count);
    }
    bool any = simulation->scenario->world.order == SCENARIO_ORDER_ANY;
    for (size_t i = 0; i < pending->count; i++) {
        const struct engine_event *event = &pending->events[i];
        pending->keyed[i] = (struct keyed){.time = event->time,
                                           .key = any ? event_key(event) : 0,
                                           .sequence = event->sequence,
                                           .index = (uint32_t)i};
    }
    sort_keyed(pending->keyed, pending->count);
}

static void add_events(const struct adding *adding, const struct pending *pending)
{
    uint64_t first = pending->count == 0 ? 0 : pending->keyed[0].time;
    add(adding, event_queue_count(adding->simulation->queue));
    for (size_t i = 0; i < pending->count; i++) {
        const struct engine_event *event = &pending->events[pending->keyed[i].index];
        const uint64_t words[] = {event->time - first, (uint64_t)event->kind << 32 | event->target,
                                  event->word};
        fingerprint_add_words(adding->fingerprint, words, 3);
        add_subject(adding, event);
    }
}

/* ---- The rest ------------------------------------------------------------------------------- */

static void add_faults(const struct adding *adding)
{
    const struct simulation *simulation = adding->simulation;
    for (uint32_t i = 0; i < simulation->scenario->fault_count; i++) {
        const struct scenario_fault *fault = &simulation->scenario->faults[i];
        const struct fault_state *state = &simulation->faults[i];
        uint64_t seen = fault->timing != SCENARIO_FAULT_NTH ? 0
                        : state->seen < fault->nth          ? state->seen
                                                            : fault->nth;
        uint32_t fired = fault->times == SCENARIO_UNTIL_HEALED ? 0 : state->fired;
        fingerprint_add_at(adding->fingerprint, 2 * i, seen << 1 | state->armed);
        fingerprint_add_at(adding->fingerprint, 2 * i + 1, fired);
    }
    fingerprint_end(adding->fingerprint);
    add(adding, simulation->config.faults_max == 0 ? 0 : simulation->counts.faults);
}

/* How often user code was called, as far as it still matters for what it does next. */
static void add_calls(const struct adding *adding)
{
    const struct simulation *simulation = adding->simulation;
    for (uint32_t i = 0; i < simulation->scenario->plan_count; i++) {
        const struct plan_layout *layout = &simulation->layouts[i];
        for (uint32_t s = 0; s < layout->step_count; s++) {
            uint32_t calls = simulation->calls[simulation->calls_of[i] + s];
            uint32_t step = layout->steps[s].step;
            uint32_t most = s == 0 ? simulation->scenario->plans[i].planning.count : 1;
            if (calls > 1 && step != SCENARIO_NONE) {
                const struct scenario_step *told = &simulation->scenario->plans[i].steps[step];
                const uint32_t counts[] = {told->run.count, told->finalize.count, told->skip.count};
                for (uint32_t k = 0; k < 3; k++) {
                    most = counts[k] > most ? counts[k] : most;
                }
            }
            fingerprint_add_at(adding->fingerprint, simulation->calls_of[i] + s,
                               calls < most ? calls : most);
        }
    }
    fingerprint_end(adding->fingerprint);
}

static void add_triggers(const struct adding *adding)
{
    const struct simulation *simulation = adding->simulation;
    for (uint32_t i = 0; i < simulation->scenario->event_count; i++) {
        const struct trigger_state *state = &simulation->event_triggers[i];
        fingerprint_add_at(adding->fingerprint, i, (uint64_t)state->seen << 1 | state->fired);
    }
    fingerprint_end(adding->fingerprint);
    for (uint32_t i = 0; i < simulation->scenario->fault_count; i++) {
        const struct trigger_state *state = &simulation->fault_triggers[i];
        fingerprint_add_at(adding->fingerprint, i, (uint64_t)state->seen << 1 | state->fired);
    }
    fingerprint_end(adding->fingerprint);
}

static void add_state(const struct adding *adding, const struct simulation_traits *traits,
                      const struct pending *pending)
{
    const struct simulation *simulation = adding->simulation;
    memory_store_fingerprint(simulation->config.store, adding->fingerprint, adding->ordered);
    for (uint32_t i = 0; i < simulation->scenario->event_count; i++) {
        add_request(adding, simulation->event_requests[i]);
    }
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        if (simulation->worlds[i].simulation != NULL) {
            add(adding, i);
            add_world(adding, &simulation->worlds[i]);
        }
    }
    fingerprint_end(adding->fingerprint);
    add_events(adding, pending);
    add_triggers(adding);
    add_faults(adding);
    add_calls(adding);
    for (const struct job *job = simulation->held; job != NULL; job = job->next) {
        add_job(adding, job);
        add(adding, job->held_event);
    }
    for (uint32_t i = 0; i < simulation->scenario->plan_count; i++) {
        const struct plan_care *care = &simulation->care[i];
        const uint64_t words[] = {(uint64_t)care->attempts << 32 | care->again,
                                  (uint64_t)care->plannings << 32 | (uint64_t)care->unlocks << 1 |
                                      care->look_is_due};
        fingerprint_add_words(adding->fingerprint, words, 2);
    }
    add(adding, (uint64_t)simulation->healed << 33 | (uint64_t)simulation->settling << 32 |
                    simulation->rescued_plan);
    add(adding, simulation->event_calls);
    checker_fingerprint(simulation->checker, adding->fingerprint, traits->calls_matter);
}

void simulation_fingerprint(const struct simulation *simulation,
                            const struct simulation_traits *traits, struct fingerprint *fingerprint,
                            struct simulation_prospect *prospect)
{
    const struct adding adding = {simulation, fingerprint, traits->order_matters};
    struct pending pending;
    list_events(simulation, &pending);
    fingerprint_clear(fingerprint);
    fingerprint->raw_contents = traits->several_worlds;
    add_state(&adding, traits, &pending);
    prospect_look(simulation, traits, &pending, prospect);
}
