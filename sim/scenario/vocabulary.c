/* vocabulary.c: the table of the places where a fault may strike, and the table of what may go
 * wrong there. */
#include "sim/scenario/vocabulary.h"

#include <assert.h>

#define ERROR_BIT(error) (1u << (unsigned)SCENARIO_ERROR_##error)
#define READ_ERRORS                                                                                \
    (ERROR_BIT(IO) | ERROR_BIT(BUSY) | ERROR_BIT(NOT_FOUND) | ERROR_BIT(RAW) | ERROR_BIT(FATAL))
#define DELETE_ERRORS                                                                              \
    (ERROR_BIT(IO) | ERROR_BIT(BUSY) | ERROR_BIT(FULL) | ERROR_BIT(RAW) | ERROR_BIT(FATAL))
#define WRITE_ERRORS (DELETE_ERRORS | ERROR_BIT(CONSTRAINT))
#define WORKER_ERRORS                                                                              \
    (ERROR_BIT(DIES) | ERROR_BIT(DIES_AFTER_SAVE) | ERROR_BIT(STALLS) | ERROR_BIT(SLOW) |          \
     ERROR_BIT(RAISES))
#define PLAN_AND_WORLD (FAULT_TAKES_PLAN | FAULT_TAKES_WORLD)
#define STEP_AND_WORLD (PLAN_AND_WORLD | FAULT_TAKES_STEP)

const struct fault_site_entry fault_sites[SCENARIO_FAULT_SITES] = {
    [SCENARIO_ON_LOAD_PLAN] = {"load_plan", "a plan is loaded with its steps", PLAN_AND_WORLD,
                               READ_ERRORS},
    [SCENARIO_ON_FIND_PLAN] = {"find_plan", "a plan is looked up, to see whether it is still there",
                               PLAN_AND_WORLD, READ_ERRORS},
    [SCENARIO_ON_SAVE_PLAN] = {"save_plan", "the row of a plan is written",
                               PLAN_AND_WORLD | FAULT_TAKES_TO | FAULT_TAKES_WHEN, WRITE_ERRORS},
    [SCENARIO_ON_SAVE_STEP] = {"save_step", "the row of a step is written",
                               STEP_AND_WORLD | FAULT_TAKES_TO | FAULT_TAKES_WHEN, WRITE_ERRORS},
    [SCENARIO_ON_LOAD_ACTION] = {"load_action", "the action of a step is loaded", STEP_AND_WORLD,
                                 READ_ERRORS},
    [SCENARIO_ON_SAVE_ACTION] = {"save_action", "the action of a step is written",
                                 STEP_AND_WORLD | FAULT_TAKES_WHEN, WRITE_ERRORS},
    [SCENARIO_ON_FIND_LOCK] = {"find_lock", "a lock or another record is looked up", PLAN_AND_WORLD,
                               READ_ERRORS},
    [SCENARIO_ON_INSERT_LOCK] = {"insert_lock", "a lock or another record is inserted",
                                 PLAN_AND_WORLD | FAULT_TAKES_WHEN, WRITE_ERRORS},
    [SCENARIO_ON_DELETE_LOCK] = {"delete_lock", "a lock or another record is deleted",
                                 PLAN_AND_WORLD | FAULT_TAKES_WHEN, DELETE_ERRORS},
    [SCENARIO_ON_DELETE_DELAYED] = {"delete_delayed", "the record of a delayed plan is deleted",
                                    PLAN_AND_WORLD | FAULT_TAKES_WHEN, DELETE_ERRORS},
    [SCENARIO_ON_WORKER] = {"worker", "a worker has taken work", STEP_AND_WORLD | FAULT_TAKES_QUEUE,
                            WORKER_ERRORS},
    [SCENARIO_ON_WORK] = {"work", "a work item is on its way to its pool",
                          STEP_AND_WORLD | FAULT_TAKES_QUEUE, ERROR_BIT(TWICE) | ERROR_BIT(LATE)},
    [SCENARIO_ON_REPORT] = {"report", "a worker's report is on its way to the core",
                            STEP_AND_WORLD | FAULT_TAKES_QUEUE,
                            ERROR_BIT(TWICE) | ERROR_BIT(LOST) | ERROR_BIT(LATE) |
                                ERROR_BIT(STALE)},
    [SCENARIO_ON_POOL] = {"pool", "a queue's pool is about to hand work to a worker",
                          FAULT_TAKES_QUEUE | FAULT_TAKES_WORLD, ERROR_BIT(EMPTY)},
};

const struct fault_error_entry fault_errors[SCENARIO_FAULT_ERRORS] = {
    [SCENARIO_ERROR_IO] = {"io", "reading or writing fails: a persistence error", false, false},
    [SCENARIO_ERROR_BUSY] = {"busy", "the database is locked: a persistence error", false, false},
    [SCENARIO_ERROR_FULL] = {"full", "the disk is full: a persistence error", false, false},
    [SCENARIO_ERROR_CONSTRAINT] = {"constraint",
                                   "the database refuses the row: a persistence error", false,
                                   false},
    [SCENARIO_ERROR_NOT_FOUND] = {"not_found", "the answer is that there is no such row", false,
                                  false},
    [SCENARIO_ERROR_RAW] = {"raw",
                            "an error that is no persistence error, and passes every handler",
                            false, false},
    [SCENARIO_ERROR_FATAL] = {"fatal", "the world's connection to the database is lost for good",
                              false, false},
    [SCENARIO_ERROR_DIES] = {"dies",
                             "the worker dies in the middle of the step, and its work is lost",
                             false, false},
    [SCENARIO_ERROR_DIES_AFTER_SAVE] = {"dies_after_save",
                                        "the worker dies after its last save and before its report",
                                        false, false},
    [SCENARIO_ERROR_STALLS] = {"stalls", "the worker stands still for a while, or until healed",
                               true, false},
    [SCENARIO_ERROR_SLOW] = {"slow", "user code takes so much longer", true, true},
    [SCENARIO_ERROR_RAISES] = {"raises",
                               "an exception in the framework that is no persistence error", false,
                               false},
    [SCENARIO_ERROR_TWICE] = {"twice", "it is delivered twice", false, false},
    [SCENARIO_ERROR_LOST] = {"lost", "it never arrives", false, false},
    [SCENARIO_ERROR_LATE] = {"late", "it arrives so much later, and others may overtake it", true,
                             true},
    [SCENARIO_ERROR_STALE] = {"stale", "it is kept back until the plan is executed again", false,
                              false},
    [SCENARIO_ERROR_EMPTY] = {"empty", "the pool has no workers for a while, or until healed", true,
                              false},
};

const char *const scenario_order_names[SCENARIO_ORDERS] = {
    [SCENARIO_ORDER_SEQUENCE] = "sequence",
    [SCENARIO_ORDER_ANY] = "any",
    [SCENARIO_ORDER_PRIORITY] = "priority",
};

struct scenario_vocabularies scenario_vocabularies_real(void)
{
    assert(defect_vocabulary_count <= SCENARIO_DEFECTS_MAX);
    return (struct scenario_vocabularies){
        .marks = {mark_vocabulary, mark_vocabulary_count},
        .invariants = {invariant_vocabulary, invariant_vocabulary_count},
        .defects = {defect_vocabulary, defect_vocabulary_count},
    };
}

uint64_t scenario_all_defects(const struct scenario_vocabularies *vocabularies)
{
    uint32_t count = vocabularies->defects.count;
    assert(count <= SCENARIO_DEFECTS_MAX);
    return count == SCENARIO_DEFECTS_MAX ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}
