/* director.h: the public interface of libdirector, and the only header an embedder includes.
 *
 * The director decides what a workflow engine does next. It is told of new executions, of events
 * and of finished work, and answers with work items; it pauses, stops and rescues execution plans.
 * It runs nothing itself, keeps no clock, draws no random numbers, starts no threads and does no
 * input or output: memory comes from the owner's allocator, rows from the owner's persistence, and
 * futures are resolved through the owner's callback. It is a faithful C version of Dynflow 2.0's
 * Director (lib/dynflow/director.rb and lib/dynflow/director/); rules name the method that they
 * come from.
 *
 * One director is used by one thread at a time; its work items, works and recoveries are part of
 * it, whoever holds them. Callbacks must not call into the same director, but may read the plan
 * that they are given.
 *
 * Memory: every call takes what memory it may need before it changes anything. A call that answers
 * DIRECTOR_NO_MEMORY has changed nothing and called nothing that writes; it can be made again.
 */
#ifndef DIRECTOR_H
#define DIRECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DIRECTOR_VERSION_MAJOR 0
#define DIRECTOR_VERSION_MINOR 1

/* Limits. A plan that crosses one of these is refused by director_start_execution with
 * DIRECTOR_INTERNAL. */
#define DIRECTOR_STEPS_MAX 1000000u       /* steps of one plan */
#define DIRECTOR_FLOW_TOKENS_MAX 4000000u /* tokens of one flow */
#define DIRECTOR_FLOW_DEPTH_MAX 256u      /* flows nested in one another */
/* Actions that planned one another, and actions that read one another's output, in a chain. Longer
 * ones are DIRECTOR_INTERNAL when the plan is rescued. */
#define DIRECTOR_ACTION_DEPTH_MAX 256u

/* ---- Words -------------------------------------------------------------------------------- */

/* The id of an execution plan: a uuid, in the byte order in which it is written. */
struct director_plan_id {
    unsigned char bytes[16];
};

/* ExecutionPlan.states */
enum director_plan_state {
    DIRECTOR_PLAN_PENDING,
    DIRECTOR_PLAN_SCHEDULED,
    DIRECTOR_PLAN_PLANNING,
    DIRECTOR_PLAN_PLANNED,
    DIRECTOR_PLAN_RUNNING,
    DIRECTOR_PLAN_PAUSED,
    DIRECTOR_PLAN_STOPPED,
};
#define DIRECTOR_PLAN_STATES 7

/* ExecutionPlan.results */
enum director_result {
    DIRECTOR_RESULT_PENDING,
    DIRECTOR_RESULT_SUCCESS,
    DIRECTOR_RESULT_WARNING,
    DIRECTOR_RESULT_ERROR,
    DIRECTOR_RESULT_CANCELLED,
};
#define DIRECTOR_RESULTS 5

enum director_step_kind {
    DIRECTOR_STEP_PLAN,
    DIRECTOR_STEP_RUN,
    DIRECTOR_STEP_FINALIZE,
};
#define DIRECTOR_STEP_KINDS 3

/* ExecutionPlan::Steps::Abstract.states */
enum director_step_state {
    DIRECTOR_STEP_SCHEDULING,
    DIRECTOR_STEP_PENDING,
    DIRECTOR_STEP_RUNNING,
    DIRECTOR_STEP_SUCCESS,
    DIRECTOR_STEP_SUSPENDED,
    DIRECTOR_STEP_SKIPPING,
    DIRECTOR_STEP_SKIPPED,
    DIRECTOR_STEP_ERROR,
    DIRECTOR_STEP_CANCELLED,
};
#define DIRECTOR_STEP_STATES 9

/* Action::Rescue::Strategy. NONE is never stored: it is the suggestion of an action without an
 * error. */
enum director_rescue_strategy {
    DIRECTOR_RESCUE_NONE,
    DIRECTOR_RESCUE_SKIP,
    DIRECTOR_RESCUE_PAUSE,
    DIRECTOR_RESCUE_FAIL,
};

/* What a call of the director answers. */
enum director_status {
    DIRECTOR_OK,
    /* A persistence error escaped (Errors::PersistenceError). */
    DIRECTOR_PERSISTENCE,
    /* The same, and the connection stays lost (Errors::FatalPersistenceError). */
    DIRECTOR_PERSISTENCE_FATAL,
    /* An error of the owner's persistence that is no persistence error passed by every handler. */
    DIRECTOR_UNHANDLED,
    /* The event's plan has no manager, and the event was not optional. */
    DIRECTOR_NO_MANAGER,
    /* The plan or the action is not in the database (KeyError). */
    DIRECTOR_MISSING,
    /* A broken assumption: in Ruby, the exception that a `raise "..."` gives. */
    DIRECTOR_INTERNAL,
    /* An allocation failed. Nothing has changed: the call can be made again. */
    DIRECTOR_NO_MEMORY,
};
#define DIRECTOR_STATUSES 8

/* Names, as the conformance cases and the database write them; static strings, never NULL. A value
 * outside its enumeration gives "?". */
const char *director_plan_state_name(enum director_plan_state state);
const char *director_result_name(enum director_result result);
const char *director_step_kind_name(enum director_step_kind kind);
const char *director_step_state_name(enum director_step_state state);
const char *director_rescue_strategy_name(enum director_rescue_strategy strategy);
const char *director_status_name(enum director_status status);

/* Whether the tables of moves allow it (ExecutionPlan.state_transitions, and the steps' own). */
bool director_plan_move_allowed(enum director_plan_state from, enum director_plan_state to);
bool director_step_move_allowed(enum director_step_kind kind, enum director_step_state from,
                                enum director_step_state to);

/* ---- Flows -------------------------------------------------------------------------------- */

/* A flow is an array of tokens in prefix order: an atom is a step's id; a sequence or a concurrence
 * is a token with the number of its sub-flows, followed by them. A flow of length 0, and a sequence
 * or concurrence of no sub-flows, is empty. Step ids are 1 to DIRECTOR_STEP_ID_MAX. */
#define DIRECTOR_STEP_ID_MAX 0x3fffffffu
#define DIRECTOR_FLOW_COUNT_MASK 0x3fffffffu
#define DIRECTOR_FLOW_SEQUENCE 0x80000000u
#define DIRECTOR_FLOW_CONCURRENCE 0xc0000000u
#define DIRECTOR_FLOW_IS_ATOM(token) (((token)&0x80000000u) == 0)
#define DIRECTOR_FLOW_IS_SEQUENCE(token) (((token)&0xc0000000u) == DIRECTOR_FLOW_SEQUENCE)
#define DIRECTOR_FLOW_IS_CONCURRENCE(token) (((token)&0xc0000000u) == DIRECTOR_FLOW_CONCURRENCE)

/* ---- Memory ------------------------------------------------------------------------------- */

/* The owner's allocator: one function, as realloc with the sizes known.
 *   pointer NULL: allocate new_size bytes, aligned for any type; NULL when there are none.
 *   new_size 0:   release `pointer`, which has old_size bytes; answers NULL.
 *   otherwise:    resize, keeping the bytes; NULL leaves the old block as it was.
 * The context is the owner's. */
struct director_allocator {
    void *context;
    void *(*reallocate)(void *context, void *pointer, size_t old_size, size_t new_size);
};

/* malloc and free, for an owner that has no allocator of its own. */
struct director_allocator director_default_allocator(void);

/* ---- Persistence -------------------------------------------------------------------------- */

/* What an operation of the owner's persistence answers. Where such an error escapes from a call of
 * the director, the call answers DIRECTOR_PERSISTENCE for ERROR, DIRECTOR_PERSISTENCE_FATAL for
 * LOST, DIRECTOR_UNHANDLED for RAW, DIRECTOR_MISSING for MISSING and DIRECTOR_INTERNAL for
 * INCOMPLETE: below, "errors of persistence". */
enum director_persistence_status {
    DIRECTOR_PERSISTENCE_OK,
    DIRECTOR_PERSISTENCE_ERROR,      /* Errors::PersistenceError: io, busy, full, constraint */
    DIRECTOR_PERSISTENCE_LOST,       /* Errors::FatalPersistenceError: the connection stays lost */
    DIRECTOR_PERSISTENCE_RAW,        /* an exception that is no persistence error */
    DIRECTOR_PERSISTENCE_MISSING,    /* no such row (KeyError) */
    DIRECTOR_PERSISTENCE_INCOMPLETE, /* load_plan: the row is there, some of its steps are not */
    DIRECTOR_PERSISTENCE_UNMATCHED,  /* save_step: the row is there, its state is not a given one */
};

/* The row of a plan. Arrays belong to whoever filled the record in. */
struct director_plan_row {
    struct director_plan_id id;
    enum director_plan_state state;
    enum director_result result;
    uint32_t root_plan_step;  /* id of the root action's plan step */
    const uint32_t *step_ids; /* in the plan's own order */
    uint32_t step_count;
    const uint32_t *run_flow; /* tokens */
    uint32_t run_flow_length;
    const uint32_t *finalize_flow;
    uint32_t finalize_flow_length;
};

/* The row of a step. */
struct director_step_row {
    uint32_t id;
    uint32_t action_id;
    uint32_t queue; /* a number that the owner gives a meaning to; handed back with work items */
    enum director_step_kind kind;
    enum director_step_state state;
    const uint32_t *children; /* of a plan step: the plan steps of the actions that it planned */
    uint32_t children_count;
    /* Times, error and progress, as a number that each run of the step makes new; 0 before the
     * first run. Stored with the row, at most INT64_MAX. */
    uint64_t content;
    /* For save_step alone: content is as it was loaded. Not stored. */
    bool exact;
};

/* The row of an action. Step ids are 0 where the action has no such step. */
struct director_action_row {
    uint32_t id;
    uint32_t plan_step;
    uint32_t run_step;
    uint32_t finalize_step;
    enum director_rescue_strategy rescue; /* its own: skip, pause or fail */
    bool accepts_events;                  /* its run takes an event, so also the skip event */
    const uint32_t *required_steps;       /* the run steps whose output it reads */
    uint32_t required_count;
};

/* A plan as it is loaded: its row, and its steps in the order of row.step_ids. */
struct director_plan_record {
    struct director_plan_row row;
    const struct director_step_row *steps;
};

/* The condition of save_step: any of these states must be stored. */
#define DIRECTOR_STEP_STATE_BIT(state) (1u << (unsigned)(state))
#define DIRECTOR_SAVE_ALWAYS 0u

/* The owner's persistence. What an operation fills in must stay as it is until the next call of any
 * operation; the director copies what it keeps. Every operation may answer ERROR, LOST or RAW
 * besides what is named; whether its write took effect then is unknown to the director. */
struct director_persistence {
    void *context;
    /* OK, MISSING (nothing is filled in), INCOMPLETE (nothing is filled in). */
    enum director_persistence_status (*load_plan)(void *context,
                                                  const struct director_plan_id *plan,
                                                  struct director_plan_record *record);
    /* Is the row there? OK, with the answer in *found. */
    enum director_persistence_status (*find_plan)(void *context,
                                                  const struct director_plan_id *plan, bool *found);
    /* Update the row, or insert it when it is gone. */
    enum director_persistence_status (*save_plan)(void *context,
                                                  const struct director_plan_row *row);
    /* Update the row; MISSING when it is gone. NULL when the owner cannot: then find_plan is asked
     * before save_plan is called. */
    enum director_persistence_status (*update_plan)(void *context,
                                                    const struct director_plan_row *row);
    /* Update the row, or insert it when it is gone; ERROR when its plan is gone. `allowed` is
     * DIRECTOR_SAVE_ALWAYS or a set of DIRECTOR_STEP_STATE_BITs: UNMATCHED, and nothing is written,
     * when the stored row is in none of them; but OK, and nothing is written, when the row is exact
     * and has the stored state and the stored content, not 0 (the adapter's prune_unchanged). A
     * director without the defect unchanged-save-matches hands in no exact row. */
    enum director_persistence_status (*save_step)(void *context,
                                                  const struct director_plan_id *plan,
                                                  const struct director_step_row *row,
                                                  uint32_t allowed);
    /* OK or MISSING. */
    enum director_persistence_status (*load_action)(void *context,
                                                    const struct director_plan_id *plan,
                                                    uint32_t action_id,
                                                    struct director_action_row *row);
    /* The action after user code ran. Update or insert; ERROR when its plan is gone. */
    enum director_persistence_status (*save_action)(void *context,
                                                    const struct director_plan_id *plan,
                                                    const struct director_action_row *row);
    /* Is there an execution inhibition lock on the plan? NULL when the owner has none. */
    enum director_persistence_status (*find_inhibition)(void *context,
                                                        const struct director_plan_id *plan,
                                                        bool *inhibited);
    /* Delete the record of a delayed plan, if there is one. NULL when the owner has none. */
    enum director_persistence_status (*delete_delayed_plan)(void *context,
                                                            const struct director_plan_id *plan);
};

/* ---- Futures ------------------------------------------------------------------------------ */

enum director_future_state {
    DIRECTOR_FUTURE_PENDING,
    DIRECTOR_FUTURE_FULFILLED,
    DIRECTOR_FUTURE_REJECTED,
};

/* Why a future was rejected. */
enum director_reason {
    DIRECTOR_REASON_NONE,
    DIRECTOR_REASON_ALREADY_RUNNING, /* start: the plan has a manager */
    DIRECTOR_REASON_STOPPED,         /* start: the plan is stopped */
    DIRECTOR_REASON_INHIBITED,       /* start: an execution inhibition lock is on the plan */
    DIRECTOR_REASON_PERSISTENCE,     /* start: a persistence error */
    DIRECTOR_REASON_NO_MANAGER,      /* event: its plan is not in execution */
    DIRECTOR_REASON_NOT_SUSPENDED,   /* event: its step is not in execution */
    DIRECTOR_REASON_HALTED,          /* event: its plan is halted; no director gives it yet */
    DIRECTOR_REASON_DROPPED,         /* event: its step ended before the event's turn came */
    DIRECTOR_REASON_TERMINATED,      /* event: its plan was let go before the event was done */
    /* Of a hardened director only: */
    DIRECTOR_REASON_MISSING, /* start: the plan is not, or no longer, in the database */
    DIRECTOR_REASON_BROKEN,  /* start: the plan cannot be executed; event: user code never got it */
};
#define DIRECTOR_REASONS 12
const char *director_reason_name(enum director_reason reason);

/* A future belongs to the owner, who zeroes it, may set `owner`, hands it in with a start or an
 * event and keeps it in place until it is resolved or the director is destroyed. The director
 * writes state and reason, just before it calls `resolved`, and never resolves a future twice:
 * handing in one that is resolved is answered with DIRECTOR_INTERNAL where Dynflow raises. */
struct director_future {
    enum director_future_state state;
    enum director_reason reason;
    void *owner;
};

/* ---- Faithful or hardened ----------------------------------------------------------------- */

/* What Dynflow 2.0 gets wrong and this director, unless told otherwise, does not: each defect is a
 * switch, asked in one place, next to the rule that it bends. X(constant, name, sentence, source);
 * the sentence says what happens with the switch on, then what happens with it off. The order is
 * the bits'. */
#define DIRECTOR_DEFECTS(X)                                                                        \
    X(TERMINATE_STOPS_AT_FIRST_ERROR, "terminate-stops-at-first-error",                            \
      "terminate ends at the first save that fails, and the other plans' futures are never "       \
      "resolved; mended: every plan is let go, then the first error escapes",                      \
      "D01")                                                                                       \
    X(QUEUED_EVENTS_FORGOTTEN, "queued-events-forgotten",                                          \
      "an event that waits for its step is forgotten when its plan is let go; mended: its future " \
      "is rejected (terminated)",                                                                  \
      "D02")                                                                                       \
    X(HALT_PAUSES_FAILED_PLAN, "halt-pauses-failed-plan",                                          \
      "a halted plan with a failed step is paused and can be resumed; mended: it is stopped",      \
      "D03")                                                                                       \
    X(UNSAVED_MOVE_STANDS, "unsaved-move-stands",                                                  \
      "a plan moves in memory though the save failed, so that nothing recovers it; mended: it "    \
      "stays as the database has it, and whoever waits sees it running, to be invalidated",        \
      "D04, D05b, D89")                                                                            \
    X(ESCAPED_ERROR_KEEPS_MANAGER, "escaped-error-keeps-manager",                                  \
      "an error that escapes while a plan is rescued leaves its manager in place for ever; "       \
      "mended: the plan is paused and let go, then the error escapes",                             \
      "D05, D07b")                                                                                 \
    X(SAVE_REVIVES_DELETED_PLAN, "save-revives-deleted-plan",                                      \
      "saving a plan that somebody deleted inserts it again; mended: its row is only updated, "    \
      "and "                                                                                       \
      "its future is rejected (missing)",                                                          \
      "D07, D16")                                                                                  \
    X(CRASH_COUNTS_AS_SUCCESS, "crash-counts-as-success",                                          \
      "a step that comes back in any state but error counts as success, though its worker "        \
      "crashed; mended: only success and skipped count, anything else becomes an error",           \
      "D07, D08, D63")                                                                             \
    X(SKIP_TRIPS_OVER_SKIPPED, "skip-trips-over-skipped",                                          \
      "a second rescue breaks when a step that it would skip is skipped already; mended: such a "  \
      "step is passed over",                                                                       \
      "D10")                                                                                       \
    X(DOUBLE_REPORT_ACCEPTED, "double-report-accepted",                                            \
      "a work item that is reported twice, or while another worker has it, counts twice; mended: " \
      "such a report is ignored and counted",                                                      \
      "D12, D33")                                                                                  \
    X(FAILED_LOOKUP_KEEPS_MANAGER, "failed-lookup-keeps-manager",                                  \
      "when work failed and the plan cannot be looked up, its emptied manager is kept for ever; "  \
      "mended: the plan is let go, then the error escapes",                                        \
      "D13")                                                                                       \
    X(RESOLVED_FUTURE_KEPT, "resolved-future-kept",                                                \
      "a start with a future that is resolved already breaks after the manager was kept, and "     \
      "trips a later terminate; mended: it is refused before anything happens",                    \
      "D24")                                                                                       \
    X(ITEM_WORKED_ON_TWICE, "item-worked-on-twice",                                                \
      "a work item that is delivered twice is worked on twice; mended: the second worker is told " \
      "that it is taken",                                                                          \
      "D33")                                                                                       \
    X(REQUEST_ID_OVERWRITES, "request-id-overwrites",                                              \
      "of two events with one request id the first is never answered; mended: each item answers "  \
      "its own event",                                                                             \
      "D46")                                                                                       \
    X(START_LEAVES_FUTURE, "start-leaves-future",                                                  \
      "an error that escapes from a start leaves the future untouched; mended: it is rejected "    \
      "(missing or broken)",                                                                       \
      "D50")                                                                                       \
    X(STALE_REPORT_ACCEPTED, "stale-report-accepted",                                              \
      "a report from an earlier execution of a plan counts for the present one; mended: it is "    \
      "ignored and counted",                                                                       \
      "D67")                                                                                       \
    X(UNCHANGED_SAVE_MATCHES, "unchanged-save-matches",                                            \
      "a stale work item over a step that is running already goes on into user code when its "     \
      "save would change nothing; mended: the stored state must match",                            \
      "found here with the real Dynflow")                                                          \
    X(HALTED_WORK_GOES_ON, "halted-work-goes-on",                                                  \
      "a worker begins with an item, or goes on to the next finalize step, though its plan was "   \
      "halted or let go meanwhile; mended: it stops there",                                        \
      "D57")                                                                                       \
    X(TERMINATION_FORGETS_RESCUE, "termination-forgets-rescue",                                    \
      "a failed plan is paused when its world terminates before it could be rescued; mended: it "  \
      "stays running, for invalidation to do what its strategy says",                              \
      "D85")                                                                                       \
    X(HALT_LOST_IN_PLANNING, "halt-lost-in-planning",                                              \
      "a plan that is halted while it is planned is saved as planned all the same, and runs; "     \
      "mended: what is stored is looked at first, and it stays stopped",                           \
      "D21")                                                                                       \
    X(FINALIZE_TELLS_OLD_STATES, "finalize-tells-old-states",                                      \
      "while a finalize phase is run again its steps count as they ended before, and a plan that " \
      "is halted then is stored as a success; mended: they are pending until it is through",       \
      "found here")                                                                                \
    X(SKIP_MARKS_FAILED_FIRST, "skip-marks-failed-first",                                          \
      "a rescue that is cut off after a failed step was marked to be skipped leaves its finalize " \
      "step to be run; mended: failed steps are marked last",                                      \
      "found here")

enum director_defect {
#define DIRECTOR_DEFECT_CONSTANT(constant, name, sentence, source) DIRECTOR_DEFECT_##constant,
    DIRECTOR_DEFECTS(DIRECTOR_DEFECT_CONSTANT)
#undef DIRECTOR_DEFECT_CONSTANT
        DIRECTOR_DEFECT_COUNT
};
#define DIRECTOR_DEFECT_BIT(defect) (UINT64_C(1) << (unsigned)(defect))
#define DIRECTOR_DEFECTS_ALL (DIRECTOR_DEFECT_BIT(DIRECTOR_DEFECT_COUNT) - 1)

/* ---- The director ------------------------------------------------------------------------- */

struct director;
struct director_execution_plan; /* the director's own copy of a plan in execution */
struct director_work_item;
struct director_work; /* a work item in the hands of a worker */

/* The owner's hooks. Any may be NULL. */
struct director_hooks {
    void *context;
    /* `future` has just been resolved. `plan`, for a plan's future that was fulfilled, is the
     * director's copy as it was let go, to be read during this call; NULL otherwise. */
    void (*resolved)(void *context, struct director_future *future,
                     const struct director_execution_plan *plan);
    /* A plan, or a step of one, has moved in memory (not necessarily in the database). Called for
     * the copies of the director and for those that workers hold. (A director_work_begin that
     * found no memory throws its copy away: what moved in it moves again at the next.) */
    void (*plan_moved)(void *context, const struct director_plan_id *plan,
                       enum director_plan_state from, enum director_plan_state to);
    void (*step_moved)(void *context, const struct director_plan_id *plan, uint32_t step_id,
                       enum director_step_kind kind, enum director_step_state from,
                       enum director_step_state to);
};

struct director_config {
    struct director_allocator allocator;
    struct director_persistence persistence;
    struct director_hooks hooks;
    bool auto_rescue; /* World#auto_rescue: rescue plans in error by themselves */
    /* Set of DIRECTOR_DEFECT_BITs: 0 is hardened, DIRECTOR_DEFECTS_ALL faithful. */
    uint64_t defects;
};

/* What a call hands out: `items[0]` to `items[count - 1]`, in the order in which they are to be
 * run; a call that fails hands nothing out. The array belongs to the director and is valid until
 * the next call; each item belongs to the caller from then on, who gives it back once with
 * director_work_item_release, whether it ran or not. */
struct director_work_items {
    struct director_work_item *const *items;
    size_t count;
};

/* Create a director. The configuration is copied; what it points to must live as long. Answers
 * DIRECTOR_OK with *director, to be given to director_destroy once, or DIRECTOR_NO_MEMORY. */
enum director_status director_create(const struct director_config *config,
                                     struct director **director);

/* Let a director go, without resolving or saving anything (as a process that dies). Work items that
 * are still out, and works on them, stay usable; the last release frees the rest. Recoveries must
 * have ended. NULL is ignored. */
void director_destroy(struct director *director);

/* The world begins to terminate: from now on no plan is rescued. (World#terminating?) */
void director_set_terminating(struct director *director);

/* Start executing a plan (Director#start_execution). `future` (never NULL) is the plan's: fulfilled
 * when the director lets the plan go, or rejected at once with already_running, stopped, inhibited
 * or persistence, with DIRECTOR_OK and no items. DIRECTOR_MISSING: no such plan. DIRECTOR_INTERNAL:
 * the plan is neither planned nor paused, its step rows are not there, it crosses a limit or does
 * not hold together, its flows start no step, or the future is resolved already. Errors of
 * persistence that are not answered by a rejection, and those of a plan that is done at once: see
 * director_work_finished. With an error the future is rejected with missing or broken, or its plan
 * let go (with start-leaves-future, escaped-error-keeps-manager: neither). DIRECTOR_NO_MEMORY. */
enum director_status director_start_execution(struct director *director,
                                              const struct director_plan_id *plan,
                                              struct director_future *future,
                                              struct director_work_items *items);

/* An event for a step. */
struct director_event {
    struct director_plan_id plan;
    uint32_t step_id;
    bool optional;                  /* no plan in execution: reject the future and raise nothing */
    uint64_t request_id;            /* names the request; the owner keeps it unique */
    uint64_t event;                 /* the owner's: what happened; handed on to user code */
    struct director_future *result; /* fulfilled when user code took the event; may be NULL */
};

/* Take an event (Director#handle_event). Rejects its future with no_manager, not_suspended, dropped
 * or terminated; at once, or later. DIRECTOR_NO_MANAGER: the plan is not in execution and the event
 * is not optional (its future is rejected all the same). DIRECTOR_INTERNAL; DIRECTOR_NO_MEMORY. */
enum director_status director_handle_event(struct director *director,
                                           const struct director_event *event,
                                           struct director_work_items *items);

/* Plan a scheduled plan (Director#handle_planning): answers a planning item, or none when one is
 * out for this plan already. DIRECTOR_NO_MEMORY. */
enum director_status director_handle_planning(struct director *director,
                                              const struct director_plan_id *plan,
                                              struct director_work_items *items);

/* A work item was worked off (Director#work_finished); what its worker did is in its step. The item
 * stays the caller's, to be released.
 * DIRECTOR_INTERNAL: the item fits nothing that is awaited, or a step cannot be skipped, or the
 * future of an event was resolved by somebody else. Errors of persistence: a load or save failed
 * while the plan was rescued or let go, or the record of a delayed plan could not be deleted. With
 * an error the plan is let go, paused if that can be saved (with escaped-error-keeps-manager it
 * stays). DIRECTOR_NO_MEMORY. */
enum director_status director_work_finished(struct director *director,
                                            struct director_work_item *item,
                                            struct director_work_items *items);

/* Working on the item met a persistence error (Director#work_failed): its plan is let go. Errors of
 * persistence, in the look-up and in the save, escape; so does DIRECTOR_INTERNAL, when the future
 * of one of its events was resolved by somebody else. Of a planning item: the plan may be planned
 * again, since the record of the delayed plan stays. */
enum director_status director_work_failed(struct director *director,
                                          struct director_work_item *item);

/* Let every plan go (Director#terminate), storing what became of it. The first error, of
 * persistence or as for director_work_failed, escapes at the end (with
 * terminate-stops-at-first-error: at once, and the rest stays). From now on no plan is rescued. */
enum director_status director_terminate(struct director *director);

/* Halt a plan (Director#halt): stop it whether it is in execution or not. In execution, an error
 * escapes as for director_work_failed; without one nothing does, whatever goes wrong, but
 * DIRECTOR_NO_MEMORY. */
enum director_status director_halt(struct director *director, const struct director_plan_id *plan);

/* What the director turned away, since its creation. */
struct director_counters {
    uint64_t stale_reports; /* of an earlier execution of the plan, or of a plan not in execution */
    uint64_t double_reports; /* of an item that was reported before */
};
struct director_counters director_counters(const struct director *director);

/* ---- Recovery ------------------------------------------------------------------------------ */

/* What a world does about a plan that was left in execution, by itself or by a world that died
 * (World#invalidate_execution_lock): begin, release the plan's execution lock, rescue, execute the
 * plan again if told to, end. The plan must not be in execution in this director meanwhile, and a
 * recovery ends before its director is destroyed. */
struct director_recovery;

/* Load the plan; its running steps become error, a running plan paused; save. *in_error tells
 * whether the plan is in error then, *state its state; both are left alone when it fails, and
 * *recovery is NULL. DIRECTOR_OK with *recovery, for director_recovery_end. DIRECTOR_MISSING: no
 * such plan. DIRECTOR_INTERNAL: its step rows are not there, or it does not hold together. Errors
 * of persistence: *loaded tells whether it was the load that failed, or a save. DIRECTOR_NO_MEMORY.
 */
enum director_status director_recovery_begin(struct director *director,
                                             const struct director_plan_id *plan,
                                             struct director_recovery **recovery, bool *in_error,
                                             enum director_plan_state *state, bool *loaded);
/* The strategy of a plan in error; when it is skip, its failed steps are marked to be skipped, and
 * it is to be executed again (ExecutionPlan#prepare_for_rescue). Errors of persistence;
 * DIRECTOR_INTERNAL: a step cannot be skipped; DIRECTOR_NO_MEMORY. It may be asked again. */
enum director_status director_recovery_rescue(struct director_recovery *recovery,
                                              enum director_rescue_strategy *strategy);
/* Stop a paused plan, as its strategy fail has it. DIRECTOR_INTERNAL: it is stopped already. Errors
 * of persistence. */
enum director_status director_recovery_stop(struct director_recovery *recovery);
/* NULL is ignored. */
void director_recovery_end(struct director_recovery *recovery);

/* ---- What the director holds -------------------------------------------------------------- */

/* The plans in execution, in the order of their start (Director#current_execution_plan_ids). The
 * pointers are valid until the next call that is not one of this section. */
size_t director_plan_count(const struct director *director);
const struct director_execution_plan *director_first_plan(const struct director *director);
const struct director_execution_plan *director_next_plan(
    const struct director_execution_plan *plan);
/* NULL when the plan is not in execution. */
const struct director_execution_plan *director_find_plan(const struct director *director,
                                                         const struct director_plan_id *plan);

const struct director_plan_id *director_execution_plan_id(
    const struct director_execution_plan *plan);
enum director_plan_state director_execution_plan_state(const struct director_execution_plan *plan);
/* Worked out from the steps (ExecutionPlan#result). */
enum director_result director_execution_plan_result(const struct director_execution_plan *plan);
/* The steps, by position in the plan's order: 0 to count - 1. */
uint32_t director_execution_plan_step_count(const struct director_execution_plan *plan);
uint32_t director_execution_plan_step_id(const struct director_execution_plan *plan,
                                         uint32_t position);
enum director_step_kind director_execution_plan_step_kind(
    const struct director_execution_plan *plan, uint32_t position);
enum director_step_state director_execution_plan_step_state(
    const struct director_execution_plan *plan, uint32_t position);

/* ---- Work items --------------------------------------------------------------------------- */

enum director_work_kind {
    DIRECTOR_WORK_RUN,      /* StepWorkItem: run a step */
    DIRECTOR_WORK_EVENT,    /* EventWorkItem: hand a suspended step an event */
    DIRECTOR_WORK_FINALIZE, /* FinalizeWorkItem: run the finalize flow of a plan */
    DIRECTOR_WORK_PLANNING, /* PlanningWorkItem: plan a scheduled plan */
};
const char *director_work_kind_name(enum director_work_kind kind);

enum director_work_kind director_work_item_kind(const struct director_work_item *item);
const struct director_plan_id *director_work_item_plan(const struct director_work_item *item);
/* 0 for finalize and planning. */
uint32_t director_work_item_step(const struct director_work_item *item);
/* The state of the step that the item carries; DIRECTOR_STEP_PENDING for finalize and planning. */
enum director_step_state director_work_item_step_state(const struct director_work_item *item);
/* The step's own queue; for finalize that of the first finalize step; 0 for planning. */
uint32_t director_work_item_queue(const struct director_work_item *item);
/* The event and its request; 0 where the item is no event item. */
uint64_t director_work_item_event(const struct director_work_item *item);
uint64_t director_work_item_request(const struct director_work_item *item);
/* Give an item back, once. NULL is ignored. */
void director_work_item_release(struct director_work_item *item);
/* Take one more reference, to be given back once more: for an item that goes two ways. */
void director_work_item_retain(struct director_work_item *item);

/* For a worker elsewhere, who does not use the functions below: note what became of a step of this
 * item (the item's own step, or for finalize any finalize step; call once for each). No move is
 * checked. The item's own step has that state from now on, in the director's plan too; what is
 * noted of finalize steps is told by director_work_finished, which answers DIRECTOR_INTERNAL when
 * the plan has no such finalize step. DIRECTOR_INTERNAL: this is no step of the item, or no state,
 * or the item is a planning item. DIRECTOR_NO_MEMORY. */
enum director_status director_work_item_report(struct director_work_item *item, uint32_t step_id,
                                               enum director_step_state state);

/* ---- The worker's side -------------------------------------------------------------------- */

/* What Dynflow's WorkItem#execute and the steps do around user code, for an owner whose workers
 * share memory with the director. A work stops where user code is to run, as often as needed. */
enum director_work_stop_kind {
    DIRECTOR_WORK_USER_CODE,         /* run user code, then director_work_continue */
    DIRECTOR_WORK_DONE,              /* the next is director_work_finished */
    DIRECTOR_WORK_PERSISTENCE_ERROR, /* the next is director_work_failed */
    DIRECTOR_WORK_PERSISTENCE_LOST,  /* the same, and the connection stays lost */
    DIRECTOR_WORK_CRASHED, /* another exception escaped; the next is director_work_finished */
    DIRECTOR_WORK_TAKEN,   /* hardened: another worker has, or had, this very item: report nothing;
                              the work is NULL */
};

struct director_work_stop {
    enum director_work_stop_kind kind;
    /* For USER_CODE: */
    uint32_t step_id;
    uint32_t action_id;
    bool skipping;  /* run's skip event: the action is asked to skip itself */
    bool has_event; /* `event` is to be handed over */
    uint64_t event;
};

enum director_outcome {
    DIRECTOR_OUTCOME_SUCCESS,
    DIRECTOR_OUTCOME_ERROR,
    DIRECTOR_OUTCOME_SUSPEND,
};

/* Begin to work on an item, with the worker's own persistence, which is copied, up to the first
 * stop. The work keeps the item until director_work_end. A planning item has no such work:
 * DIRECTOR_INTERNAL. DIRECTOR_NO_MEMORY: nothing happened. Otherwise DIRECTOR_OK with *work, to be
 * given to director_work_end once. */
enum director_status director_work_begin(struct director_work_item *item,
                                         const struct director_persistence *persistence,
                                         struct director_work **work,
                                         struct director_work_stop *stop);
/* User code came back: go on to the next stop. To be called only when stopped in user code. When
 * there is no memory for the next finalize step, the stop is PERSISTENCE_ERROR: what was done is
 * saved, and the plan is let go to be executed again. */
void director_work_continue(struct director_work *work, enum director_outcome outcome,
                            struct director_work_stop *stop);
/* Let the work go, at any stop. NULL is ignored. */
void director_work_end(struct director_work *work);

/* ---- Planning ----------------------------------------------------------------------------- */

/* What planning does to a scheduled plan (PlanningWorkItem#execute, DelayedPlan), for a worker that
 * shares memory with the director: the owner decides when a plan's time has come
 * (director_handle_planning), holds its planning lock, and runs the user code that plans. The
 * director's own persistence is used; its errors are answered as they are, and leave behind what a
 * later planning goes on from. An open planning ends before its director is destroyed. */
struct director_planning;

/* Load a plan that is to be planned. DIRECTOR_OK with *planning, for director_planning_end, and the
 * *state that the plan has: only when that is scheduled, or planning from an attempt that was cut
 * off, is it to be planned. A plan that was halted is stopped first (with halt-lost-in-planning:
 * not). With an error *planning is NULL. DIRECTOR_MISSING: no such plan. DIRECTOR_INTERNAL: it does
 * not hold together. DIRECTOR_NO_MEMORY. */
enum director_status director_planning_open(struct director *director,
                                            const struct director_plan_id *plan,
                                            struct director_planning **planning,
                                            enum director_plan_state *state);
/* Its time is over, or a plan that it waited for has failed: its root's plan step is saved as
 * failed, the plan as stopped (DelayedPlan#error). */
enum director_status director_planning_refuse(struct director_planning *planning);
/* Planning begins: saves the plan as planning, its root's plan step as running. *over: an earlier
 * attempt came to its end, only the last save failed; director_planning_finish is next, without
 * user code. */
enum director_status director_planning_begin(struct director_planning *planning, bool *over);
/* User code has planned the plan, or failed: saves the plan steps, then the plan as planned or
 * stopped. *state is what it is then; something else when it was moved by others meanwhile. */
enum director_status director_planning_finish(struct director_planning *planning, bool success,
                                              enum director_plan_state *state);
/* The world that planned it is gone (World#invalidate_planning_lock): planned when all of it was
 * planned, else stopped, its root's plan step failed. *state as above. */
enum director_status director_planning_abandon(struct director_planning *planning,
                                               enum director_plan_state *state);
/* Let it go, at any point. NULL is ignored. */
void director_planning_end(struct director_planning *planning);

#ifdef __cplusplus
}
#endif
#endif
