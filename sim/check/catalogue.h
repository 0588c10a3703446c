/* catalogue.h: every invariant and every mark, by name: what must always hold, what must hold in
 * the end, and what some run must have reached. `dirsim list invariants|marks` prints these tables;
 * a scenario's `violates` and `marks` take their names from here. Names stay for ever: files hold
 * them. */
#ifndef SIM_CHECK_CATALOGUE_H
#define SIM_CHECK_CATALOGUE_H

#include "sim/scenario/vocabulary.h"

/* X(constant, name, sentence, source) */
#define INVARIANTS(X)                                                                              \
    X(PLAN_MOVES, "plan-moves", "a plan in memory moves as its table allows",                      \
      "spec: Words; ExecutionPlan.state_transitions")                                              \
    X(STEP_MOVES, "step-moves", "a step in memory moves as the table of its kind allows",          \
      "spec: Words; RunStep, FinalizeStep and PlanStep.state_transitions")                         \
    X(STORED_PLAN_MOVES, "stored-plan-moves", "a plan in the database moves as its table allows",  \
      "spec: Words; ExecutionPlan.state_transitions")                                              \
    X(STORED_STEP_MOVES, "stored-step-moves",                                                      \
      "a step in the database moves as the table of its kind allows, moves that are not saved "    \
      "taken together",                                                                            \
      "spec: Words, The worker; RunStep and FinalizeStep.state_transitions")                       \
    X(FLOW_ORDER, "flow-order",                                                                    \
      "user code of a step runs only when every step that its flow puts before it is success or "  \
      "skipped, and of a finalize step when the run flow is, too",                                 \
      "spec: The cursor; SequenceCursor")                                                          \
    X(ONE_ITEM_PER_STEP, "one-item-per-step", "at most one work item of a step is out at a time",  \
      "spec: Running steps; RunningStepsManager")                                                  \
    X(ONE_WORKER_PER_STEP, "one-worker-per-step",                                                  \
      "user code of one step is never run by two workers at once",                                 \
      "spec: The worker; Action#execute_run")                                                      \
    X(DONE_ONCE, "done-once",                                                                      \
      "user code of a step that ended well is not run again in the same execution of its plan",    \
      "spec: The worker; AbstractFlowStep#execute")                                                \
    X(EVENTS_TO_SUSPENDED, "events-to-suspended",                                                  \
      "user code gets an event only when its step was suspended, and events of a step in the "     \
      "order in which they came to its executor",                                                  \
      "spec: Running steps; RunningStepsManager#event")                                            \
    X(EVENT_ANSWER, "event-answer", "an event is fulfilled just when user code took it",           \
      "spec: Running steps; RunningStepsManager#done")                                             \
    X(FUTURES_RESOLVE_ONCE, "futures-resolve-once", "no future is resolved a second time",         \
      "spec: Words; Concurrent::Promises")                                                         \
    X(FUTURES_RESOLVE, "futures-resolve", "in the end every future is resolved",                   \
      "spec: Words; known defects D01, D02, D14b, D16")                                            \
    X(FUTURE_TELLS_TRUTH, "future-tells-truth",                                                    \
      "what a plan's future says when it is fulfilled is what the database says",                  \
      "spec: The director, finish manager; known defects D04, D05b")                               \
    X(RESCUES_END, "rescues-end",                                                                  \
      "a plan is rescued at most once more than it has steps in one execution",                    \
      "spec: The director, rescue?; Director#rescue?")                                             \
    X(ATTEMPTS_END, "attempts-end",                                                                \
      "a plan is not executed again and again by itself without an end",                           \
      "spec: What the world does; known defects D15, D15b")                                        \
    X(DELETED_STAYS_DELETED, "deleted-stays-deleted", "nothing brings a deleted plan back",        \
      "spec: The worker; known defect D07")                                                        \
    X(NOTHING_AFTER_HALT, "nothing-after-halt",                                                    \
      "nothing of a halted plan is handed out, and it is never resumed",                           \
      "spec: The director, halt; known defects D03, D57, D89")                                     \
    X(NOTHING_AFTER_TERMINATION, "nothing-after-termination",                                      \
      "a world that has terminated or crashed hands nothing out and writes nothing, and one that " \
      "terminates gives its workers nothing more to do",                                           \
      "spec: What the world does; Executors::Abstract::Core")                                      \
    X(NO_BROKEN_ASSUMPTION, "no-broken-assumption",                                                \
      "no call of the director ends in internal, unhandled, or an error about what it was not "    \
      "asked for, and no worker stumbles over a plan that nobody has disturbed",                   \
      "spec: The director; known defects D10, D12, D24")                                           \
    X(TERMINATION_IN_TIME, "termination-in-time",                                                  \
      "a world that terminates is done before its timeout, if its workers are, and gone with it "  \
      "in any case",                                                                               \
      "spec: What the world does; known defect D17")                                               \
    X(LOCKS_HAVE_OWNERS, "locks-have-owners",                                                      \
      "in the end no lock is held by a world that is gone or on a plan that nobody executes",      \
      "spec: What the world does; known defects D18, D75")                                         \
    X(PLANS_COME_TO_REST, "plans-come-to-rest",                                                    \
      "in the end every plan that was started is stopped or paused, or waits for an event or a "   \
      "start, and none whose time has come is left scheduled",                                     \
      "design: decision 5; known defects D04, D05, D06, D10, D13, D18")                            \
    X(MEMORY_LET_GO, "memory-let-go",                                                              \
      "in the end a director holds only plans that it works on or that wait for an event",         \
      "spec: The director; known defects D05, D07b, D13, D63")                                     \
    X(STRATEGY_DECIDES, "strategy-decides",                                                        \
      "a failed step is skipped only when it says skip, and its world rescues plans; in the end "  \
      "no plan is left paused for failed steps that are all to be skipped, or all to stop it, "    \
      "or stopped for others, unless skipping was tried or something else went wrong",             \
      "spec: The director, try to rescue; known defects D19, D85")                                 \
    X(STOPPED_IS_DONE, "stopped-is-done",                                                          \
      "a plan that stopped with success has every step done in the database",                      \
      "spec: Words, result; known defect D08")                                                     \
    X(RESULT_TELLS_STEPS, "result-tells-steps",                                                    \
      "the result of a plan that stopped by itself is what its steps in the database say, and "    \
      "they say that it is over; one that is paused in error has a step in error there",           \
      "spec: Words, result; ExecutionPlan#result")                                                 \
    X(OUTPUTS_ARE_THERE, "outputs-are-there",                                                      \
      "user code does not read the output of a step that was skipped, and nothing that was "       \
      "skipped is finalized",                                                                      \
      "spec: Skipping; ExecutionPlan#steps_to_skip")                                               \
    X(EVENTS_WAIT, "events-wait",                                                                  \
      "an event for a step that is in work or suspended is not turned away as one that comes for " \
      "a step not in execution",                                                                   \
      "spec: Running steps; RunningStepsManager#event; bug M20")                                   \
    X(ONE_EXECUTION, "one-execution",                                                              \
      "a plan is in execution once at a time: by one director, and begun anew only when that has " \
      "let it go",                                                                                 \
      "spec: What the world does; the execution lock")                                             \
    X(OWN_QUEUE, "own-queue",                                                                      \
      "a work item goes to the queue of its step, and that one's workers take items in the order " \
      "in which they came",                                                                        \
      "spec: Words, work item; The world, pools")                                                  \
    X(REFUSED_IS_NOT_RUN, "refused-is-not-run",                                                    \
      "a start that took its plan's execution lock is not answered as one that came too late",     \
      "spec: The director, start execution")                                                       \
    X(PLANNED_IN_TIME, "planned-in-time",                                                          \
      "a scheduled plan is planned when its time has come and the plans that it waits for are "    \
      "over",                                                                                      \
      "spec: What the world does; find_ready_delayed_plans")                                       \
    X(WORLDS_STAY, "worlds-stay",                                                                  \
      "a world ends only when it is told to, crashes, or has lost its connection",                 \
      "spec: What the world does; bug M07")

enum invariant {
#define INVARIANT_CONSTANT(constant, name, sentence, source) INVARIANT_##constant,
    INVARIANTS(INVARIANT_CONSTANT)
#undef INVARIANT_CONSTANT
        INVARIANT_COUNT
};

#define MARKS(X)                                                                                   \
    X(PLAN_SUCCESS, "plan-success", "a plan stopped with result success")                          \
    X(PLAN_WARNING, "plan-warning", "a plan stopped with result warning")                          \
    X(PLAN_STOPPED_IN_ERROR, "plan-stopped-in-error", "a plan stopped with result error")          \
    X(PLAN_PAUSED, "plan-paused", "a plan was paused")                                             \
    X(PLAN_RESUMED, "plan-resumed", "a paused plan was executed again")                            \
    X(PLANS_SIDE_BY_SIDE, "plans-side-by-side", "two plans were in execution at once")             \
    X(STEPS_SIDE_BY_SIDE, "steps-side-by-side", "two steps of one plan were in user code at once") \
    X(QUEUE_WAITED, "queue-waited", "a work item waited for a free worker")                        \
    X(STEP_FAILED, "step-failed", "user code of a run step failed")                                \
    X(FINALIZE_FAILED, "finalize-failed", "user code of a finalize step failed")                   \
    X(FINALIZED, "finalized", "a finalize phase went through")                                     \
    X(FINALIZED_IN_ERROR, "finalized-in-error", "a plan in error went through its finalize phase") \
    X(RESCUE_SKIP, "rescue-skip", "a plan was rescued by skipping its failed steps")               \
    X(RESCUE_FAIL, "rescue-fail", "a rescue stopped its plan")                                     \
    X(RESCUE_PAUSE, "rescue-pause", "a rescue paused its plan")                                    \
    X(SECOND_RESCUE, "second-rescue", "a plan was rescued a second time in one execution")         \
    X(RESCUE_REFUSED, "rescue-refused", "a plan failed on the same steps again: no more rescue")   \
    X(FINALIZE_RESCUED, "finalize-rescued", "a failed finalize step was skipped")                  \
    X(DEPENDENT_SKIPPED, "dependent-skipped", "a step was skipped because it needed a failed one") \
    X(SKIP_HANDLER, "skip-handler", "user code got the skip event")                                \
    X(STEP_SUSPENDED, "step-suspended", "a step was suspended")                                    \
    X(EVENT_TAKEN, "event-taken", "an event went to a suspended step at once")                     \
    X(EVENT_QUEUED, "event-queued", "an event waited, and was taken later")                        \
    X(EVENT_DROPPED, "event-dropped", "an event was dropped: its step ended first")                \
    X(EVENT_NOT_SUSPENDED, "event-not-suspended", "an event came for a step not in execution")     \
    X(EVENT_NO_EXECUTION, "event-no-execution", "an event came for a plan not in execution")       \
    X(EVENT_OPTIONAL, "event-optional", "an optional event found nobody and raised nothing")       \
    X(EVENT_TERMINATED, "event-terminated", "an event was rejected as its plan was let go")        \
    X(START_REFUSED, "start-refused", "a start was refused: running or stopped already")           \
    X(HALTED, "halted", "a plan in execution was halted")                                          \
    X(HALTED_INACTIVE, "halted-inactive", "a plan that was not in execution was halted")           \
    X(DELETED_RUNNING, "deleted-running", "a plan was deleted while it was in execution")          \
    X(DELETED_STEPS, "deleted-steps", "the step rows of a plan were deleted")                      \
    X(DELETED_SUSPENDED, "deleted-suspended", "a plan was deleted while a step was suspended")     \
    X(DELETED_IN_ERROR, "deleted-in-error", "a plan was deleted while a step was in error")        \
    X(STORE_FAILED, "store-failed", "an operation of the store failed")                            \
    X(WRITE_IN_DOUBT, "write-in-doubt", "a write took effect, and failed all the same")            \
    X(SAVE_REFUSED, "save-refused", "a save was refused: its plan is gone")                        \
    X(CONNECTION_LOST, "connection-lost", "a world lost its connection for good")                  \
    X(WORK_FAILED, "work-failed", "a worker met a persistence error")                              \
    X(WORK_CRASHED, "work-crashed", "a worker met another exception")                              \
    X(WORKER_DIED, "worker-died", "a worker died with work in its hands")                          \
    X(REPORT_TWICE, "report-twice", "a report was delivered twice")                                \
    X(REPORT_LATE, "report-late", "a report was overtaken or came after its plan was let go")      \
    X(WORK_TWICE, "work-twice", "a work item was delivered twice")                                 \
    X(TERMINATED, "terminated", "a world terminated gracefully")                                   \
    X(TERMINATED_WITH_WORK, "terminated-with-work", "a world terminated with work items out")      \
    X(TERMINATION_TIMED_OUT, "termination-timed-out", "a world's termination met its timeout")     \
    X(CRASHED, "crashed", "a world crashed")                                                       \
    X(INVALIDATED, "invalidated", "a world that was gone was invalidated")                         \
    X(INVALIDATION_EXECUTES, "invalidation-executes", "an invalidation executed a plan again")     \
    X(INVALIDATION_RESCUES, "invalidation-rescues", "an invalidation skipped and executed a plan") \
    X(INVALIDATION_MISSING, "invalidation-missing", "an invalidation found its plan gone")         \
    X(PLANNED, "planned", "a scheduled plan was planned")                                          \
    X(PLANNING_FAILED, "planning-failed", "user code that plans failed")                           \
    X(PLANNED_TOO_LATE, "planned-too-late", "a scheduled plan was stopped: its time was over")     \
    X(PREREQUISITE_FAILED, "prerequisite-failed", "a plan that a scheduled one waits for failed")  \
    X(PLANNING_GOES_ON, "planning-goes-on", "a planning that was cut off was taken on")            \
    X(HALTED_WHILE_PLANNED, "halted-while-planned", "a plan was halted while it was planned")      \
    X(PLANNING_INVALIDATED, "planning-invalidated", "the planning of a world that is gone ended")

enum mark {
#define MARK_CONSTANT(constant, name, sentence) MARK_##constant,
    MARKS(MARK_CONSTANT)
#undef MARK_CONSTANT
        MARK_COUNT
};

#endif
