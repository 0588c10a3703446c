/* checker_private.h: the ledger of a run, for the files that decide about invariants. */
#ifndef SIM_CHECK_CHECKER_PRIVATE_H
#define SIM_CHECK_CHECKER_PRIVATE_H

#include "sim/check/checker.h"

struct step_ledger {
    uint8_t stored;  /* 0: no row; else 1 + state */
    uint8_t memory;  /* the last move that anybody made */
    bool done;       /* it ended well, and that was saved; of a finalize step: in this execution */
    uint16_t passed; /* of a finalize step: states that it moved to in memory since it was saved */
    bool rescued;    /* a rescue in this execution has skipped it */
    bool suspended;  /* in this execution, and nothing came of it yet */
    uint16_t items_out;
    uint16_t in_user_code;
    uint32_t calls;
    uint64_t last_event; /* number + 1 of the event that user code got last */
};

struct plan_ledger {
    uint8_t stored; /* 0: no row; else 1 + state */
    uint8_t result;
    uint8_t memory;
    bool deleted;
    bool steps_deleted;
    bool disturbed;
    bool found_at_work; /* a step was stored as running when the run began */
    bool halted;
    bool halt_failed; /* while nobody executed it */
    bool halt_denied; /* to the present execution or planning, falsely */
    bool started;
    bool in_execution;
    uint16_t finalize_out;
    uint32_t in_user_code;
    uint32_t rescues;          /* in this execution */
    uint32_t executions_again; /* since a client last asked for one */
    uint32_t executions;
    struct step_ledger *steps; /* by id - 1 */
};

struct checker {
    struct checker_config config;
    uint64_t now;
    bool out_of_memory;
    uint32_t in_execution;
    bool marks[MARK_COUNT];
    struct plan_ledger *plans;
    struct simulation_failure *failures;
    size_t failure_count;
    size_t failure_capacity;
    size_t steps_size;
    struct step_ledger *all_steps;
};

static inline struct step_ledger *step_of(const struct checker *checker, uint32_t plan,
                                          uint32_t step_id)
{
    return &checker->plans[plan].steps[step_id - 1];
}

static inline const struct layout_step *layout_of(const struct checker *checker, uint32_t plan,
                                                  uint32_t step_id)
{
    return &checker->config.layouts[plan].steps[step_id - 1];
}

/* It ended well, as far as memory tells. */
static inline bool is_over(const struct step_ledger *ledger)
{
    return ledger->memory == DIRECTOR_STEP_SUCCESS || ledger->memory == DIRECTOR_STEP_SKIPPED;
}

/* A plan was halted, and who executes it now could know. */
static inline bool is_halted(const struct plan_ledger *ledger)
{
    return ledger->halted && !ledger->halt_denied;
}

/* ---- checker_flow.c: what must be done before user code begins ------------------------------- */

void checker_check_order(struct checker *checker, uint32_t plan, uint32_t step_id);
void checker_check_outputs(struct checker *checker, uint32_t plan, uint32_t step_id);
/* A scheduled plan begins to be planned. */
void checker_check_schedule(struct checker *checker, uint32_t plan);

#endif
