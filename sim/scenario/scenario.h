/* scenario.h: what a scenario is, once read and checked: plans, what happens to them and when, what
 * goes wrong, and what is expected in the end.
 *
 * A scenario is plain data. All of it, strings included, lives in one scenario_memory
 * (scenario_memory.h) and goes with it. Whatever is said here about ranges has been checked by the
 * reader; a scenario built by the generator or the fuzzer keeps the same rules. Durations and times
 * are virtual microseconds. */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include "director/director.h"

/* Limits of a scenario; crossing one is an error with the place and the limit's name. */
#define SCENARIO_FILE_BYTES_MAX (4u * 1024 * 1024)
#define SCENARIO_DEPTH_MAX 32u           /* collections nested in one another, in the file */
#define SCENARIO_FLOW_TOKENS_MAX 500000u /* brackets, commas and colons in one pair of brackets */
#define SCENARIO_TITLE_MAX 200u          /* bytes of the scenario's own name */
#define SCENARIO_SITE_MAX 767u           /* bytes of a recorded choice's site */
#define SCENARIO_FLOW_DEPTH_MAX 14u      /* flows nested in one another */
#define SCENARIO_NAME_MAX 100u           /* bytes of a plan's, step's, queue's or event's name */
#define SCENARIO_PLANS_MAX 100000u
#define SCENARIO_STEPS_MAX 10000u /* of one plan */
#define SCENARIO_EVENTS_MAX 1000000u
#define SCENARIO_FAULTS_MAX 10000u
#define SCENARIO_OUTCOMES_MAX 64u  /* of one step's run or finalize */
#define SCENARIO_WORKERS_MAX 1024u /* of one queue */
#define SCENARIO_QUEUES_MAX 64u
#define SCENARIO_WORLDS_MAX 8u
#define SCENARIO_DURATION_MAX (1000ull * 86400 * 1000000) /* 1,000 days */
#define SCENARIO_NONE UINT32_MAX

/* Where in the file something stands; line and column count from 1 (column in characters). Line 0:
 * it comes from no file. */
struct scenario_position {
    uint32_t line;
    uint32_t column;
};

/* min..max inclusive; which one is drawn from choices. A plain duration has min == max. */
struct scenario_range {
    uint64_t min;
    uint64_t max;
};

/* What user code may do at one call: a set of DIRECTOR_OUTCOMEs, one bit each; more than one means
 * that choices decide. "any" is all of them (for finalize: success and error). */
#define SCENARIO_OUTCOME_BIT(outcome) (1u << (unsigned)(outcome))

/* `run: [error, success|suspend, success]`: what the n-th call of user code does; the last one
 * holds for every later call. Never empty: without the key it is success. */
struct scenario_outcomes {
    const uint8_t *sets;
    uint32_t count;
};

/* One action of a plan: in the file, one entry of `steps:`. It has a plan step always; a run step
 * when it stands in the plan's run flow; a finalize step when it stands in its finalize flow. */
struct scenario_step {
    const char *name;
    struct scenario_position position;
    struct scenario_range takes;          /* how long run's user code takes; 1ms when not told */
    struct scenario_range finalize_takes; /* the same for finalize; 1ms when not told */
    struct scenario_outcomes run;
    struct scenario_outcomes finalize;
    struct scenario_outcomes skip;        /* what the skip event does (accepts_events); success */
    enum director_rescue_strategy rescue; /* default pause, as Dynflow's rescue_strategy_for_self */
    bool accepts_events;
    uint32_t queue;           /* index into queues; 0 is "default" */
    const uint32_t *requires; /* indexes of steps of the same plan, all with a run step */
    uint32_t requires_count;
    uint32_t planned_by; /* index of the action that planned it; NONE: the root */
    bool in_run;
    bool in_finalize;
};

/* A plan. Besides its steps it has a root action that planned those with planned_by NONE: its plan
 * step has id 1, and it has neither run nor finalize. A flow's atoms are indexes of steps plus 1;
 * tokens otherwise as in director.h. Both flows may be empty (length 0 when the file does not tell
 * one, one token for []), and a step is in each at most once. What a step requires comes before it
 * in the run flow. Steps are in the order of `steps:`; those that only flows name follow, as the
 * run flow and then the finalize flow name them first. */
struct scenario_plan {
    const char *name;
    struct scenario_position position;
    const struct scenario_step *steps;
    uint32_t step_count;
    const uint32_t *run_flow;
    uint32_t run_flow_length;
    const uint32_t *finalize_flow;
    uint32_t finalize_flow_length;
    enum director_plan_state state; /* as the run begins: planned (default), paused, stopped,
                                       or scheduled */
    /* The root action's own; default pause. It only has a say when the root's own plan step is in
     * error, which never happens. */
    enum director_rescue_strategy rescue;
    bool has_start_at; /* scheduled only */
    uint64_t start_at;
    bool has_start_before;
    uint64_t start_before;
    const uint32_t *after; /* scheduled only: indexes of plans it waits for */
    uint32_t after_count;
    struct scenario_outcomes planning; /* scheduled only: what planning does, success or error */
};

struct scenario_queue {
    const char *name;
    struct scenario_position position;
    uint32_t workers; /* 0 is allowed: nothing of this queue ever runs, unless a fault ends */
};

/* Which of the events of one time comes first. */
enum scenario_order {
    SCENARIO_ORDER_SEQUENCE, /* sequence: as they came up */
    SCENARIO_ORDER_ANY,      /* any: choices decide, each time */
    SCENARIO_ORDER_PRIORITY, /* priority: everyone who takes part has a priority by lot, which
                                falls a few times in a run */
};
#define SCENARIO_ORDERS 3

struct scenario_world {
    bool auto_rescue; /* default true */
    uint64_t defects; /* set of switches (director: faithful is all); default none */
    uint32_t worlds;  /* executor worlds at the start, named world 1, 2, …; default 1 */
    const struct scenario_queue *queues; /* queues[0] is "default", with 5 workers when not told */
    uint32_t queue_count;
    struct scenario_range latency; /* of every message between components; default 0 */
    uint64_t termination_timeout;  /* default 10s */
    uint64_t validity_check;   /* how often a live world looks for dead ones; 0 (default): only at
                                  its start */
    enum scenario_order order; /* default sequence */
    bool auto_execute;         /* execute planned plans by themselves at a world's start; default
                                  false */
};

/* When something happens: at a time, or after something else happened. */
enum scenario_trigger_kind {
    SCENARIO_AT,          /* at: 30ms */
    SCENARIO_AFTER_STEP,  /* after: {plan: p, step: s, state: suspended, nth: 1}; plan may be left
                             out when only one plan has such a step; `finalize: true` means its
                             finalize step */
    SCENARIO_AFTER_PLAN,  /* after: {plan: p, state: paused, nth: 1} */
    SCENARIO_AFTER_EVENT, /* after: {event: NAME}: that event's future is resolved */
    SCENARIO_AFTER_FUTURE /* after: {future: PLAN}: that plan's future is resolved (nth: 1) */
};

struct scenario_trigger {
    enum scenario_trigger_kind kind;
    uint64_t at; /* AT */
    uint32_t plan;
    uint32_t step;
    bool finalize;
    enum director_step_state step_state;
    enum director_plan_state plan_state;
    uint32_t event; /* index of the event (kind SCENARIO_EVENT) named */
    uint32_t nth;   /* the nth time; 1 when not told */
    uint64_t delay; /* this much later; 0 when not told */
};

/* One entry of `events:`: what the client, or somebody, does. */
enum scenario_event_kind {
    SCENARIO_START,        /* start: PLAN. Several starts of one plan are allowed */
    SCENARIO_EVENT,        /* event: {plan, step, name, optional: false} */
    SCENARIO_HALT,         /* halt: PLAN */
    SCENARIO_DELETE,       /* delete: PLAN, wholly */
    SCENARIO_DELETE_STEPS, /* delete_steps: PLAN, only its step rows */
    SCENARIO_TERMINATE,    /* terminate: world (or: world 2): graceful */
    SCENARIO_CRASH,        /* crash: world (or: world 2): nothing more is written, locks stay */
    SCENARIO_START_WORLD,  /* start_world: world 2: a new executor world joins; its number must not
                              be in  use before */
    SCENARIO_CHECK_WORLDS, /* check_worlds: world: that world looks for dead worlds now */
    SCENARIO_HEAL,         /* heal: faults: no fault fires from now on, stalled workers go on */
};
#define SCENARIO_EVENT_KINDS 10

struct scenario_event {
    enum scenario_event_kind kind;
    struct scenario_position position;
    struct scenario_trigger when;
    uint32_t plan;
    uint32_t step;
    uint32_t world;   /* 1 to SCENARIO_WORLDS_MAX; "world" alone is world 1 */
    const char *name; /* EVENT: unique among events of one (plan, step) need not be, but `after:
                         {event}` and expectations need a name that occurs once */
    bool optional;
    uint32_t request; /* EVENT: `request: N`, to give two events one request id; 0: its own */
};

/* Where a fault strikes: `on`. One table (scenario_fault_sites, vocabulary.c) names each, says
 * which errors it knows and which of plan, step, to, queue, world it takes. */
enum scenario_fault_site {
    SCENARIO_ON_LOAD_PLAN,
    SCENARIO_ON_FIND_PLAN,
    SCENARIO_ON_SAVE_PLAN,
    SCENARIO_ON_SAVE_STEP,
    SCENARIO_ON_LOAD_ACTION,
    SCENARIO_ON_SAVE_ACTION,
    SCENARIO_ON_FIND_LOCK, /* find_inhibition and find_record */
    SCENARIO_ON_INSERT_LOCK,
    SCENARIO_ON_DELETE_LOCK,
    SCENARIO_ON_DELETE_DELAYED,
    SCENARIO_ON_WORKER, /* a worker that has taken work of this plan/step/queue */
    SCENARIO_ON_WORK,   /* a work item on its way to its pool */
    SCENARIO_ON_REPORT, /* a worker's report on its way to the core */
    SCENARIO_ON_POOL,   /* a queue's pool */
};
#define SCENARIO_FAULT_SITES 14

enum scenario_fault_error {
    /* persistence sites */
    SCENARIO_ERROR_IO,
    SCENARIO_ERROR_BUSY,
    SCENARIO_ERROR_FULL,
    SCENARIO_ERROR_CONSTRAINT,
    SCENARIO_ERROR_NOT_FOUND, /* loads and finds only: answers as if the row were not there */
    SCENARIO_ERROR_RAW,       /* not a persistence error: passes every handler */
    SCENARIO_ERROR_FATAL, /* the connection stays lost: every later operation of this world fails
                             too */
    /* worker */
    SCENARIO_ERROR_DIES,            /* in the middle of the step: its work is lost */
    SCENARIO_ERROR_DIES_AFTER_SAVE, /* after the last save, before the report */
    SCENARIO_ERROR_STALLS,          /* for `for`, or until healed: then goes on */
    SCENARIO_ERROR_SLOW,            /* user code takes `for` longer */
    SCENARIO_ERROR_RAISES, /* an exception other than a persistence error in the framework */
    /* work and report */
    SCENARIO_ERROR_TWICE, /* delivered twice */
    SCENARIO_ERROR_LOST,  /* report: never arrives; until the world dies */
    SCENARIO_ERROR_LATE,  /* arrives `for` later, so others may overtake it */
    SCENARIO_ERROR_STALE, /* report: kept back until the plan is executed again */
    /* pool */
    SCENARIO_ERROR_EMPTY, /* has no workers for `for` */
};
#define SCENARIO_FAULT_ERRORS 17

enum scenario_fault_timing {
    SCENARIO_FAULT_NTH,    /* nth: 3 – the nth matching call; 1 when nothing is told */
    SCENARIO_FAULT_CHANCE, /* chance: 1/50 – each matching call, as choices decide */
    SCENARIO_FAULT_WHEN,   /* at: or after: – the first matching call from then on */
};

#define SCENARIO_UNTIL_HEALED UINT32_MAX

struct scenario_fault {
    enum scenario_fault_site site;
    struct scenario_position position;
    enum scenario_fault_error error;
    bool after;     /* when: after – the write took effect, and the error is raised all the same;
                       default before; persistence sites only */
    uint32_t plan;  /* NONE: any */
    uint32_t step;  /* NONE: any */
    bool finalize;  /* with step: its finalize step */
    uint32_t queue; /* NONE: any */
    uint32_t world; /* 0: any */
    bool has_to;    /* to: STATE – save_plan and save_step only */
    enum director_plan_state to_plan;
    enum director_step_state to_step;
    enum scenario_fault_timing timing;
    uint32_t nth;
    uint32_t chance_numerator;   /* 1 .. denominator */
    uint32_t chance_denominator; /* 1 .. 1,000,000 */
    struct scenario_trigger trigger;
    uint32_t times;    /* how many matching calls fail from there on: 1 when not told,
                          SCENARIO_UNTIL_HEALED for `times: forever` */
    uint64_t duration; /* for: */
};

enum scenario_expected_future {
    SCENARIO_FUTURE_ANY,
    SCENARIO_FUTURE_FULFILLED,
    SCENARIO_FUTURE_REJECTED, /* with a reason, or DIRECTOR_REASON_NONE for any */
    SCENARIO_FUTURE_PENDING,
};

/* One thing that is expected of the end of the run. */
enum scenario_expectation_kind {
    SCENARIO_EXPECT_PLAN, /* plans: {p: {state: stopped, result: warning}}, or {p: missing} */
    SCENARIO_EXPECT_STEP, /* steps: {p: {s: skipped}} – the run step; finalize: {p: {s: success}} */
    SCENARIO_EXPECT_FUTURE, /* futures: {p: fulfilled} – of the last start of p; {p: {rejected:
                               stopped}} */
    SCENARIO_EXPECT_EVENT, /* events: {ready: fulfilled} – the future of the event of that name */
    SCENARIO_EXPECT_MARK,  /* marks: [rescue-skip] */
    SCENARIO_EXPECT_VIOLATES, /* violates: [name] – these invariants fail, and no other */
    SCENARIO_EXPECT_RUNS, /* runs: {p: {s: 2}} – how often user code of the run step was called */
};

struct scenario_expectation {
    enum scenario_expectation_kind kind;
    struct scenario_position position;
    uint32_t plan;
    uint32_t step;
    bool finalize;
    bool missing; /* PLAN: the row is gone */
    bool has_state;
    enum director_plan_state plan_state;
    bool has_result;
    enum director_result result;
    enum director_step_state step_state;
    enum scenario_expected_future future;
    enum director_reason reason;
    uint32_t event; /* EVENT: index into events */
    uint32_t name;  /* MARK, VIOLATES: index into the table of marks or invariants */
    uint32_t runs;
};

/* `shows: {defect: NAME, violates: [NAME]}`: the story holds without this defect; with it just
 * these invariants fail. It says so for those who read the file and for a test: a run takes no
 * notice. */
struct scenario_shows {
    bool there;
    uint32_t defect;   /* index into the table of defects */
    uint64_t violates; /* set of invariants, by their index; never empty */
};

/* A recorded choice: the site's hash-name as text, and the number chosen (sim/engine/choices.h). */
struct scenario_choice {
    const char *site;
    struct scenario_position position;
    uint64_t value;
};

/* A scenario. All that it tells of can happen, as far as that shows without running it (reach.h):
 * the reader refuses an event, a fault or an expectation that never does. */
struct scenario {
    const char *file; /* as it was named; NULL when it comes from none */
    const char *name; /* `scenario:` */
    uint64_t seed;
    struct scenario_world world;
    const struct scenario_plan *plans;
    uint32_t plan_count;
    const struct scenario_event *events;
    uint32_t event_count;
    const struct scenario_fault *faults;
    uint32_t fault_count;
    /* In the order of the sections of `expect:` (plans, steps, finalize, futures, events, marks,
     * violates, runs), those of the steps of one plan together. */
    const struct scenario_expectation *expectations;
    uint32_t expectation_count;
    struct scenario_shows shows;
    const struct scenario_choice *choices; /* `choices:`; none: all come from the seed */
    uint32_t choice_count;
    uint64_t until; /* `until:` the run ends here at the latest; default 1 day */
};

#endif
