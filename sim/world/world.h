/* world.h: what the simulated world is made of; shared by the files of this folder.
 *
 * The layout follows Dynflow's: a client sends requests to the executor dispatcher of a world,
 * which takes the execution lock and asks the core; the core asks the director and feeds pools;
 * workers of a pool run work items and report to the core. Every message is an event of the queue.
 */
#ifndef SIM_WORLD_WORLD_H
#define SIM_WORLD_WORLD_H

#include "sim/check/checker.h"
#include "sim/check/coverage.h"
#include "sim/engine/event_queue.h"
#include "sim/store/faulty_store.h"
#include "sim/world/defects.h"
#include "sim/world/plan_layout.h"
#include "sim/world/simulation.h"

#define WORLD_NONE 0u
/* Worlds of the scenario, and the one that settles what they left behind. */
#define WORLDS_MAX (SCENARIO_WORLDS_MAX + 2u)

/* What an event of the queue is; `target` is the world's number. */
enum world_event {
    WORLD_SCENARIO,       /* word: index of the scenario's event */
    WORLD_FAULT_ARMED,    /* word: index of the fault */
    WORLD_REQUEST,        /* subject: request, at the executor dispatcher */
    WORLD_CORE_EXECUTION, /* subject: execution, at the core */
    WORLD_CORE_EVENT,     /* subject: event_call, at the core */
    WORLD_CORE_HALT,      /* subject: request */
    WORLD_WORK_ARRIVES,   /* subject: job: late, at its pool */
    WORLD_TAKE,           /* subject: job: a worker takes it */
    WORLD_USER_CODE,      /* subject: job: user code comes back */
    WORLD_REPORT,         /* subject: job, at the core */
    WORLD_RESOLVED,       /* subject: execution: its future was resolved */
    WORLD_EVENT_RESOLVED, /* subject: event_call */
    WORLD_RESPONSE,       /* subject: request, at the client */
    WORLD_INVALIDATE,     /* subject: invalidation */
    WORLD_CHECK_WORLDS,   /* the world looks for dead ones */
    WORLD_TERMINATION_TIMEOUT,
    WORLD_POOL_BACK,        /* word: queue: a pool has its workers back */
    WORLD_AUTO_EXECUTE,     /* the world executes plans that nobody does */
    WORLD_REST_OVER,        /* word: plan: its invalidation has waited long enough */
    WORLD_LOOK_FOR_DELAYED, /* word: plan + 1, or 0 for all: a world looks whether to plan it */
    WORLD_CORE_PLANNING,    /* word: plan, at the core: it is to be planned */
    WORLD_PLANNING_UNLOCK,  /* word: plan: its planning lock is to go, though nobody plans it */
};

enum world_state {
    WORLD_ABSENT,
    WORLD_ALIVE,
    WORLD_TERMINATING,
    WORLD_TERMINATED, /* in good order: its record is gone */
    WORLD_DEAD,       /* crashed, or its termination met the timeout: its record and locks stay */
};

/* A request of the client, and what it is answered. */
struct request {
    enum scenario_event_kind kind;
    uint32_t plan;
    uint32_t step;
    uint32_t event;  /* index of the scenario's event */
    uint32_t number; /* from 1, in the order of asking */
    uint32_t world;  /* that it was sent to last */
    struct director_plan_id world_id;
    enum director_future_state state;
    enum director_reason reason;
    bool has_lock; /* since it was sent last, its plan's execution lock was taken for it */
    enum director_future_state response; /* on its way */
    enum director_reason response_reason;
    struct request *next;
};

/* How both things begin that the director is given a future of. */
struct future_head {
    struct director_future future; /* its owner is the head */
    bool is_event;
    bool resolved; /* the director has said so */
};

/* The execution of a plan by a world: the director's future, and the lock that goes with it. */
struct execution {
    struct future_head head;
    struct executor_world *world;
    uint32_t incarnation;
    uint32_t plan;
    struct request *request;             /* NULL: nobody waits */
    enum director_plan_state plan_state; /* when it was fulfilled */
    bool answered;                       /* what its end asks for was done */
    struct execution *next;              /* of its world */
};

/* An event on its way through a core. */
struct event_call {
    struct future_head head;
    struct executor_world *world;
    uint32_t incarnation;
    struct request *request;
    uint64_t number;
    bool queued; /* it had to wait for its step */
    bool taken;  /* user code got it */
    bool open;   /* not resolved, so that a termination waits for it */
    struct event_call *next;
};

/* A work item on its way from the core through a pool to a worker and back. */
struct job {
    struct executor_world *world;
    uint32_t incarnation;
    uint32_t plan;
    uint64_t number;       /* of the work item, from 1; a second delivery has the same */
    uint64_t arrived;      /* the how-manieth of its pool */
    uint32_t step_id;      /* 0: finalize */
    uint32_t code_step_id; /* whose user code runs */
    uint32_t queue;
    uint32_t worker;
    struct director_work_item *item; /* one reference is ours */
    struct director_work *work;
    struct director_work_stop stop;
    struct event_call *event; /* of an event item */
    bool in_user_code;
    bool is_planning; /* its item is to plan the plan; step_id is 0, the code step the root's */
    struct director_planning *planning;
    bool duplicate; /* not the first delivery of its item, or of its report */
    bool died;      /* its worker died with it: the pool reports that the work failed */
    bool scheduled; /* some event of the queue, or the list of what is held, will free it */
    enum scenario_fault_error fault; /* what befalls its worker, if anything */
    bool has_fault;
    uint64_t fault_duration;
    uint64_t sent;               /* the how-manieth report of its world */
    enum world_event held_event; /* where it goes on when it is let go */
    struct job *next;            /* in the queue of its pool, or in the list of what is held */
    bool linked;
    bool over; /* its worker is done and no report is to be waited for: an invalidation may begin */
    bool answered;         /* the director has taken a report of its item: none is waited for */
    struct job *live_next; /* of its world */
    struct job *live_previous;
};

struct pool {
    uint32_t size; /* workers that there are */
    uint32_t free_count;
    uint32_t *free; /* numbers of free workers, a stack as in Dynflow */
    struct job *first;
    struct job *last;
    uint64_t arrived; /* jobs so far */
    uint64_t taken;   /* when the one came that was taken last */
    bool terminated;
    bool empty; /* a fault took its workers for a while */
};

struct executor_world {
    struct simulation *simulation;
    uint32_t number;
    uint32_t incarnation;
    enum world_state state;
    struct director_plan_id id;
    struct director *director;
    struct faulty_store faulty;
    bool connection_lost;
    bool told_to_end;  /* by the scenario: to terminate, or to crash */
    uint64_t deadline; /* of its termination */
    bool core_terminating;
    bool core_terminated;
    bool dispatcher_terminating;
    uint32_t pools_left;
    struct pool *pools; /* by queue */
    struct job *jobs;   /* all that are alive */
    struct execution *executions;
    struct event_call *event_calls;
    uint32_t open_futures; /* that the dispatcher's termination waits for */
    uint64_t reports_sent;
    uint64_t report_seen;         /* the last sent of those that have arrived */
    uint32_t *jobs_by_plan;       /* of its execution, by plan: an invalidation waits for them */
    struct invalidation *waiting; /* for the work of their plan to be over */
    struct invalidation *resting; /* for the time of their next attempt */
    uint64_t last_work; /* when a worker was done last, or work or a report had come last */
    uint32_t untried; /* invalidations before their first try, which a termination waits for, too */
};

/* An invalidation that is under way, or waits for its next try. */
enum invalidation_kind {
    INVALIDATE, /* settle the plan, give its lock up, execute it again if that is right */
    SETTLE,     /* only settle it and give its lock up: the client has been answered */
    UNLOCK,     /* only give the lock up */
};

/* What came of it. */
enum invalidation_end {
    SETTLED,
    SETTLE_AGAIN, /* an error: the lock stays, and it is tried again */
    SETTLE_FAILED /* an error: the lock stays, and nobody cares */
};

struct invalidation {
    enum invalidation_kind kind;
    uint32_t plan;
    struct director_plan_id owner; /* whose lock it is */
    struct request *request;
    uint32_t lock_request; /* number of the request that the lock was taken for; 0: none */
    uint32_t tries;
    bool untried; /* counted by its world */
    bool rested;  /* it has waited for its turn */
    struct invalidation *next;
};

/* How far a plan has come with being executed again and again. */
struct plan_care {
    uint32_t attempts;  /* by invalidations, since a client asked or a step ended */
    uint32_t again;     /* by invalidations, in all */
    uint32_t plannings; /* vain tries to plan it */
    uint32_t unlocks;   /* vain tries to give its planning lock up */
    bool look_is_due;   /* whether it can be planned is looked at once more */
    bool halt_asked;    /* somebody has asked for its halt */
};

/* A fault of the scenario at work. */
struct fault_state {
    uint64_t seen;  /* matching calls so far */
    uint32_t fired; /* how often it struck */
    bool armed;     /* at, after: its time has come */
};

/* How often something has happened that a trigger may wait for. */
struct trigger_state {
    uint32_t seen;
    bool fired;
};

/* Who does something, as traces name it. */
#define ACTOR_CLIENT 1u
#define ACTOR_SOMEBODY 2u
#define ACTOR_CORE(world) (0x10000u + (world))
#define ACTOR_WORKER(world, queue, worker)                                                         \
    (0x1000000u * (world) + 0x10000u * ((queue) + 2u) + (worker))

struct simulation {
    struct simulation_config config;
    const struct scenario *scenario;
    struct director_allocator allocator;
    struct director_plan_id names; /* the namespace of this run's uuids */
    struct choices *choices;
    struct event_queue *queue;
    struct order *order; /* of events of one time; NULL: as they came up */
    struct trace *trace;
    struct checker *checker;
    struct plan_layout *layouts;
    uint32_t layout_count;         /* laid out so far */
    struct plan_index_slot *index; /* plan by uuid */
    uint32_t index_size;
    struct executor_world worlds[WORLDS_MAX + 1]; /* [0] is nobody */
    struct request *requests;
    struct request *last_request;
    uint32_t request_count;
    uint64_t event_calls;
    uint64_t jobs;
    uint64_t messages;
    struct fault_state *faults;
    uint32_t *triggered_events; /* those that come after something, and the faults that do */
    uint32_t triggered_event_count;
    uint32_t *triggered_faults;
    uint32_t triggered_fault_count;
    struct trigger_state *event_triggers; /* by event of the scenario */
    struct trigger_state *fault_triggers; /* by fault */
    bool *plan_watched;                   /* some trigger waits for this plan or a step of it */
    struct plan_care *care;
    struct job *held;      /* by faults, until healed or until their plan is executed again */
    uint32_t rescued_plan; /* in the present call of a director; SCENARIO_NONE */
    struct request **event_requests; /* by event of the scenario: the last request made of it */
    uint32_t *calls;                 /* attempts, by layout step over all plans */
    uint32_t *calls_of;              /* where a plan's begin */
    struct coverage *coverage;
    struct coverage_faults *in_force; /* by plan, and last those of no plan; NULL without faults */
    uint32_t looks;                   /* for dead worlds, that are to come */
    bool plans_delayed;               /* the scenario has scheduled plans */
    bool healed;
    bool settling;
    enum simulation_status status;
    struct simulation_counts counts;
    char message[200];
};

/* ---- order.c --------------------------------------------------------------------------------- */

/* What the scenario's order needs. False: no memory. */
bool order_create(struct simulation *simulation);
void order_destroy(struct simulation *simulation);
/* Take the event out that comes next; false when there is none. */
bool order_next(struct simulation *simulation, struct engine_event *event);

/* ---- simulation.c ---------------------------------------------------------------------------- */

/* From the run's memory, zeroed; NULL stops the run. */
void *world_allocate(struct simulation *simulation, size_t size);
void world_release(struct simulation *simulation, void *block, size_t size);
/* The run cannot go on. */
void world_fail(struct simulation *simulation, enum simulation_status status);
uint64_t world_now(const struct simulation *simulation);
/* Push an event `delay` from now. False: no memory; a subject that the event would have freed is
 * still to be. */
bool world_push(struct simulation *simulation, enum world_event kind, uint32_t world, void *subject,
                uint64_t word, uint64_t delay);
/* The latency of the next message about this plan. */
uint64_t world_latency(struct simulation *simulation, uint32_t plan);
/* SCENARIO_NONE: no plan of the scenario. */
uint32_t world_plan_of(const struct simulation *simulation, const struct director_plan_id *id);
bool world_has_defect(const struct simulation *simulation, unsigned defect);
void world_trace(struct simulation *simulation, enum trace_kind kind, uint32_t actor, uint32_t plan,
                 uint32_t step, uint64_t value);
void world_trace_aside(struct simulation *simulation, enum trace_kind kind, uint32_t actor,
                       uint32_t plan, uint32_t step, uint64_t value, uint64_t aside);

/* ---- world_life.c: start, termination and crash of an executor world ------------------------- */

void world_start(struct simulation *simulation, uint32_t number);
void world_terminate(struct executor_world *world);
void world_crash(struct executor_world *world);
/* The uuid of something of this run: the same in every run of the same seed. */
enum world_named { NAMED_PLAN, NAMED_WORLD };
void world_make_id(const struct simulation *simulation, enum world_named kind, const char *name,
                   uint32_t number, struct director_plan_id *id);
/* The running world with this id; NULL: there is none. */
struct executor_world *world_of_id(struct simulation *simulation,
                                   const struct director_plan_id *id);
void world_termination_timeout(struct executor_world *world, uint32_t incarnation);
/* Something that a termination waits for has happened. */
void world_termination_progress(struct executor_world *world);
/* Whether work was over so shortly before that time that what follows it may still be under way. */
bool world_was_just_at_work(const struct executor_world *world, uint64_t time);
void world_pool_terminated(struct executor_world *world);
bool world_is_running(const struct executor_world *world);
/* Free what is left of every world, at the end of the simulation. */
void world_free(struct executor_world *world);

/* ---- client.c: requests and their answers ---------------------------------------------------- */

void client_do(struct simulation *simulation, uint32_t event);
/* Send a request for the execution of a plan to a live world; false: there is none. */
bool client_dispatch_execution(struct simulation *simulation, uint32_t plan,
                               struct request *request);
/* An executor that takes new work, whichever: they take turns by `number`. NULL: there is none. */
struct executor_world *client_any_executor(struct simulation *simulation, uint32_t number);
/* Send a halt on to the world that executes its plan by now; false: that is not another one. */
bool client_send_halt_on(struct executor_world *from, struct request *request);
/* The world that it was sent to is gone, as far as anybody can tell. */
void client_world_is_gone(struct simulation *simulation, const struct director_plan_id *world);
/* A world has ended or was looked after: starts that it leaves unanswered, and to which no lock
 * leads any more. Answers whether there were any. */
bool client_nobody_answers(struct simulation *simulation);
void client_undeliverable(struct simulation *simulation, struct request *request);
void client_response(struct simulation *simulation, struct request *request);
void client_respond(struct simulation *simulation, struct request *request,
                    enum director_future_state state, enum director_reason reason);

/* ---- dispatcher.c: the executor dispatcher of a world ---------------------------------------- */

void dispatcher_request(struct executor_world *world, struct request *request);
/* Execute a plan here, for a request or for nobody. */
void dispatcher_execute(struct executor_world *world, uint32_t plan, struct request *request);
void dispatcher_resolved(struct execution *execution);
void dispatcher_event_resolved(struct event_call *call);
/* The director's hook. */
void dispatcher_future(void *context, struct director_future *future,
                       const struct director_execution_plan *plan);

/* ---- core.c: the executor core ----------------------------------------------------------------
 */

void core_execution(struct execution *execution);
void core_event(struct event_call *call);
void core_halt(struct executor_world *world, struct request *request);
void core_report(struct job *job);
void core_planning(struct executor_world *world, uint32_t plan);
void core_finish_termination(struct executor_world *world);
/* The director's hooks, besides that of futures. */
void core_plan_moved(void *context, const struct director_plan_id *id,
                     enum director_plan_state from, enum director_plan_state to);
void core_step_moved(void *context, const struct director_plan_id *id, uint32_t step_id,
                     enum director_step_kind kind, enum director_step_state from,
                     enum director_step_state to);

/* ---- job.c: work items on their way -----------------------------------------------------------
 */

/* Takes over the caller's reference to the item. NULL: no memory. */
struct job *job_new(struct executor_world *world, struct director_work_item *item, uint32_t plan);
/* A second delivery of the same. NULL: no memory. */
struct job *job_copy(const struct job *job);
void job_free(struct job *job);
/* The item is out no longer, as far as invariants about steps go. */
void job_item_back(const struct job *job);
/* Of the kinds that faults tell apart. */
bool job_is_finalize(const struct job *job);
void job_count_as_over(struct job *job);
/* The director has taken a report of its item, of whatever delivery. */
void job_is_answered(const struct job *job);
/* Hold a job until it is let go, then it goes on at `event`. */
void job_hold(struct job *job, enum world_event event);
void job_push(struct job *job, enum world_event event, uint64_t delay);
/* What is held goes on: all of it, or the reports of one plan. */
void jobs_let_go(struct simulation *simulation, uint32_t plan);
void jobs_free_held(struct simulation *simulation);
/* Forget the jobs that no worker has any more: those in a queue, and those whose report is lost. */
void jobs_drop_idle(struct executor_world *world);
/* Forget the jobs of a plan that still wait in a queue. */
void jobs_drop_queued(struct executor_world *world, uint32_t plan);
/* Forget all jobs of a world that is gone. */
void jobs_drop(struct executor_world *world);

/* ---- pool.c: pools of workers ------------------------------------------------------------------
 */

bool pools_create(struct executor_world *world);
void pools_free(struct executor_world *world);
void pool_schedule(struct executor_world *world, struct director_work_item *item, uint32_t plan);
void pool_distribute(struct executor_world *world, uint32_t queue);
void pool_start_termination(struct executor_world *world);
void pool_back(struct executor_world *world, uint32_t queue);
void pool_late_work(struct job *job);

/* ---- worker.c: what workers do ------------------------------------------------------------------
 */

void worker_take(struct job *job);
void worker_user_code(struct job *job);
/* Of the deliveries of one item or report, the first one counts. */
void job_comes_first(struct job *job);

/* ---- planning.c --------------------------------------------------------------------------------
 */

/* Put what scheduled plans need beside their rows: records of delayed plans, dependencies. */
bool planning_schedule(struct simulation *simulation, const bool *is_new);
/* Something happened that a scheduled plan may wait for: some world looks, so much later. */
void planning_look_later(struct simulation *simulation, uint64_t delay);
/* At one plan, or at all with SCENARIO_NONE. */
void planning_look(struct simulation *simulation, uint32_t plan);
/* A worker begins with a planning item; how long its user code takes, in microseconds; user code
 * that plans comes back with this outcome. */
void planning_take(struct job *job);
uint64_t planning_duration(void);
void planning_continue(struct job *job, enum director_outcome outcome);
/* Whether the core is told that the work failed; and what comes after its report. */
bool planning_has_failed(const struct job *job);
void planning_reported(struct executor_world *world, uint32_t plan, bool again);
/* Try once more to give a planning lock up that this world has without planning the plan. */
void planning_unlock(struct executor_world *world, uint32_t plan);
/* The planning lock of a world that is gone. False: an error; it is to be tried again. */
bool planning_invalidate(struct executor_world *world, uint32_t plan);
/* Does a plan that is still to be planned wait for its time, for a plan, or for work that is lost?
 */
bool planning_waits(struct simulation *simulation, uint32_t plan);
/* Whether no worker of this world takes the work of planning it, or the report is lost as long as
 * the world lives. */
bool planning_is_stuck(const struct executor_world *world, uint32_t plan);
/* Whether a worker of this world plans it. */
bool planning_is_under_way(const struct executor_world *world, uint32_t plan);

/* ---- invalidation.c ---------------------------------------------------------------------------
 */

void invalidation_begin(struct executor_world *world, enum invalidation_kind kind, uint32_t plan,
                        struct request *request, const struct request *lock_request);
/* The plan of an invalidation has rested; or the world terminates, and none rests any longer. */
void invalidation_rested(struct executor_world *world, uint32_t plan);
void invalidation_wake_all(struct executor_world *world);
/* Jobs of a plan came back: what waited for them goes on. */
void invalidation_jobs_back(struct executor_world *world, uint32_t plan);
void invalidation_run(struct executor_world *world, struct invalidation *invalidation);
/* Settle the plan of a lock at once; the invalidation stays the caller's. */
enum invalidation_end invalidation_settle(struct executor_world *world,
                                          const struct invalidation *invalidation);

/* ---- dead_worlds.c ----------------------------------------------------------------------------
 */

/* Look for worlds that are gone, and settle what they left. */
void dead_worlds_look(struct executor_world *world);
/* Let a world look for them, so much later. */
void dead_worlds_look_later(struct executor_world *world, uint64_t delay);
/* Execute the plans that are planned, or paused without an error, and that nobody executes. */
void dead_worlds_auto_execute(struct executor_world *world);

/* ---- faults.c ----------------------------------------------------------------------------------
 */

/* A call of the store about a plan (or SCENARIO_NONE) begins: true when it fails by its number
 * (simulation_call_fault), or because the world has lost its connection. */
bool faults_of_call(struct executor_world *world, uint32_t plan, struct faulty_verdict *verdict);
struct faulty_verdict faults_decide(void *context, const struct faulty_operation *operation);
void faults_done(void *context, const struct faulty_operation *operation,
                 enum director_persistence_status answer, bool wrote,
                 struct faulty_verdict verdict);
/* Whether a fault strikes that is not about the director's persistence; NULL: none. */
const struct scenario_fault *faults_strike(struct simulation *simulation,
                                           enum scenario_fault_site site, uint32_t world,
                                           uint32_t plan, uint32_t step, bool finalize,
                                           uint32_t queue);
void faults_arm(struct simulation *simulation, uint32_t fault);
void faults_heal(struct simulation *simulation);

/* ---- coverage_notes.c --------------------------------------------------------------------------
 */

bool coverage_notes_create(struct simulation *simulation);
void coverage_notes_free(struct simulation *simulation);
/* A fault struck; plan SCENARIO_NONE: at nothing that belongs to one. */
void coverage_notes_struck(struct simulation *simulation, const struct scenario_fault *fault,
                           uint32_t plan);
/* The plan or a step of it moved, or was saved as `to`; from == to is no move. */
void coverage_notes_moved(struct simulation *simulation, uint32_t plan, struct coverage_move move);

/* ---- triggers.c ---------------------------------------------------------------------------------
 */

bool triggers_create(struct simulation *simulation);
void triggers_step_moved(struct simulation *simulation, uint32_t plan, uint32_t step, bool finalize,
                         enum director_step_state state);
void triggers_plan_moved(struct simulation *simulation, uint32_t plan,
                         enum director_plan_state state);
void triggers_resolved(struct simulation *simulation, const struct request *request);

/* ---- coordinator.c
 * ------------------------------------------------------------------------------- */

/* Locks in the store, with their faults. Persistence errors: false, with *error true. */
bool coordinator_lock(struct executor_world *world, enum store_record_kind kind,
                      const struct director_plan_id *subject, uint64_t request, bool *error);
/* Whether there is such a lock; false: an error, and it is not known. */
bool coordinator_find(struct executor_world *world, enum store_record_kind kind,
                      const struct director_plan_id *subject, bool *found);
/* False: an error; the lock may or may not be gone. A lock that is not there counts as released. */
bool coordinator_unlock(struct executor_world *world, enum store_record_kind kind,
                        const struct director_plan_id *subject);
/* The same of a lock that others look for: a release that failed may have taken effect, and nobody
 * would find the lock again. True when it is gone. */
bool coordinator_unlock_for_good(struct executor_world *world, enum store_record_kind kind,
                                 const struct director_plan_id *subject);

/* ---- watch.c
 * ------------------------------------------------------------------------------- */

/* A job was made for its pool; a worker is about to get it. */
void watch_queued(const struct job *job);
void watch_taken(struct pool *pool, const struct job *job);
/* The plan is locked already. */
void watch_refused(struct simulation *simulation, const struct request *request);
/* A world has terminated in good order. */
void watch_terminated(const struct executor_world *world);
void watch_worlds_in_the_end(struct simulation *simulation);

/* ---- expectations.c
 * ------------------------------------------------------------------------------------- */

void expectations_check(struct simulation *simulation);

/* ---- settle.c
 * ------------------------------------------------------------------------------------- */

/* Let everything heal, and check what must hold then. */
void settle_eventually(struct simulation *simulation);

/* ---- settled.c
 * ------------------------------------------------------------------------------------- */

void settled_check(struct simulation *simulation);

#endif
