/* checker_moves.c: what moves, in memory and in the database: which moves there are, and which must
 * not be made. */
#include "sim/check/checker_private.h"

/* ---- Moves in memory ------------------------------------------------------------------------- */

static void mark_plan_state(struct checker *checker, enum director_plan_state from,
                            enum director_plan_state to)
{
    if (to == DIRECTOR_PLAN_PAUSED) {
        checker_mark(checker, MARK_PLAN_PAUSED);
    } else if (to == DIRECTOR_PLAN_RUNNING && from == DIRECTOR_PLAN_PAUSED) {
        checker_mark(checker, MARK_PLAN_RESUMED);
    }
}

void checker_plan_moved(struct checker *checker, uint32_t plan, enum director_plan_state from,
                        enum director_plan_state to)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    mark_plan_state(checker, from, to);
    ledger->memory = (uint8_t)to;
    if (!checker->config.enabled) {
        return;
    }
    if (from == DIRECTOR_PLAN_SCHEDULED && to == DIRECTOR_PLAN_PLANNING) {
        checker_check_schedule(checker, plan);
    }
    if (!director_plan_move_allowed(from, to)) {
        checker_violate(checker, INVARIANT_PLAN_MOVES, plan, SCENARIO_NONE,
                        "the plan moved from %s to %s", director_plan_state_name(from),
                        director_plan_state_name(to));
    }
    if (is_halted(ledger) && to == DIRECTOR_PLAN_RUNNING) {
        checker_violate(checker, INVARIANT_NOTHING_AFTER_HALT, plan, SCENARIO_NONE,
                        "the plan was halted, and is executed again");
    }
}

static void mark_step_state(struct checker *checker, const struct layout_step *step,
                            enum director_step_state from, enum director_step_state to)
{
    switch (to) {
    case DIRECTOR_STEP_SUSPENDED:
        checker_mark(checker, MARK_STEP_SUSPENDED);
        break;
    case DIRECTOR_STEP_ERROR:
        checker_mark(checker, step->kind == DIRECTOR_STEP_FINALIZE ? MARK_FINALIZE_FAILED
                                                                   : MARK_STEP_FAILED);
        break;
    case DIRECTOR_STEP_SKIPPED:
        if (step->kind == DIRECTOR_STEP_FINALIZE && from == DIRECTOR_STEP_ERROR) {
            checker_mark(checker, MARK_FINALIZE_RESCUED);
        }
        if (step->kind == DIRECTOR_STEP_RUN && from == DIRECTOR_STEP_PENDING) {
            checker_mark(checker, MARK_DEPENDENT_SKIPPED);
        }
        break;
    default:
        break;
    }
}

/* Only when all failed steps say skip is a failed step skipped: then it says so, too. */
static void check_skipped(struct checker *checker, uint32_t plan, uint32_t step)
{
    const struct scenario_plan *told = &checker->config.scenario->plans[plan];
    if (step != SCENARIO_NONE && told->steps[step].rescue != DIRECTOR_RESCUE_SKIP) {
        checker_violate(checker, INVARIANT_STRATEGY_DECIDES, plan, step,
                        "it is skipped, though it says %s",
                        director_rescue_strategy_name(told->steps[step].rescue));
    }
}

void checker_step_moved(struct checker *checker, uint32_t plan, uint32_t step_id,
                        enum director_step_state from, enum director_step_state to)
{
    const struct layout_step *step = layout_of(checker, plan, step_id);
    struct step_ledger *ledger = step_of(checker, plan, step_id);
    mark_step_state(checker, step, from, to);
    bool rescued = from == DIRECTOR_STEP_ERROR &&
                   (to == DIRECTOR_STEP_SKIPPING || to == DIRECTOR_STEP_SKIPPED);
    ledger->memory = (uint8_t)to;
    ledger->rescued |= rescued;
    ledger->suspended = to == DIRECTOR_STEP_SUSPENDED;
    if (step->kind == DIRECTOR_STEP_FINALIZE) {
        ledger->passed |= (uint16_t)DIRECTOR_STEP_STATE_BIT(to);
    }
    if (checker->config.enabled && rescued) {
        check_skipped(checker, plan, step->step);
    }
    if (checker->config.enabled && !director_step_move_allowed(step->kind, from, to)) {
        checker_violate(checker, INVARIANT_STEP_MOVES, plan, step->step,
                        "the %s step moved from %s to %s", director_step_kind_name(step->kind),
                        director_step_state_name(from), director_step_state_name(to));
    }
}

/* ---- Writes ---------------------------------------------------------------------------------- */

static void mark_stored_plan(struct checker *checker, enum director_plan_state state,
                             enum director_result result)
{
    if (state != DIRECTOR_PLAN_STOPPED) {
        return;
    }
    if (result == DIRECTOR_RESULT_SUCCESS) {
        checker_mark(checker, MARK_PLAN_SUCCESS);
    } else if (result == DIRECTOR_RESULT_WARNING) {
        checker_mark(checker, MARK_PLAN_WARNING);
    } else if (result == DIRECTOR_RESULT_ERROR) {
        checker_mark(checker, MARK_PLAN_STOPPED_IN_ERROR);
    }
}

static void written_by_gone_world(struct checker *checker, uint32_t plan, uint32_t step, bool gone)
{
    if (gone) {
        checker_violate(checker, INVARIANT_NOTHING_AFTER_TERMINATION, plan, step,
                        "a world that is gone wrote to the database");
    }
}

void checker_saved_plan(struct checker *checker, uint32_t plan, enum director_plan_state state,
                        enum director_result result, bool gone)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    enum director_plan_state old =
        ledger->stored == 0 ? state : (enum director_plan_state)(ledger->stored - 1);
    bool revived = ledger->stored == 0 && ledger->deleted;
    ledger->stored = (uint8_t)(1 + state);
    ledger->result = (uint8_t)result;
    mark_stored_plan(checker, state, result);
    if (!checker->config.enabled) {
        return;
    }
    written_by_gone_world(checker, plan, SCENARIO_NONE, gone);
    if (revived) {
        checker_violate(checker, INVARIANT_DELETED_STAYS_DELETED, plan, SCENARIO_NONE,
                        "the plan was deleted, and a save of %s inserted it again",
                        director_plan_state_name(state));
    }
    if (old != state && !director_plan_move_allowed(old, state)) {
        checker_violate(checker, INVARIANT_STORED_PLAN_MOVES, plan, SCENARIO_NONE,
                        "the stored plan moved from %s to %s", director_plan_state_name(old),
                        director_plan_state_name(state));
    }
}

/* Whether moves that the table allows lead from one state to another through none but those that
 * were passed. */
static bool leads_to(enum director_step_kind kind, enum director_step_state from,
                     enum director_step_state to, uint32_t passed)
{
    uint32_t reached = DIRECTOR_STEP_STATE_BIT(from);
    uint32_t before = 0;
    passed |= DIRECTOR_STEP_STATE_BIT(to);
    while (reached != before) {
        before = reached;
        for (unsigned here = 0; here < DIRECTOR_STEP_STATES; here++) {
            for (unsigned next = 0; (before >> here & 1) != 0 && next < DIRECTOR_STEP_STATES;
                 next++) {
                if (director_step_move_allowed(kind, (enum director_step_state)here,
                                               (enum director_step_state)next)) {
                    reached |= DIRECTOR_STEP_STATE_BIT(next) & passed;
                }
            }
        }
    }
    return (reached & DIRECTOR_STEP_STATE_BIT(to)) != 0;
}

/* A finalize phase that begins again puts its steps back to pending without saving that, and one
 * that crashed before it could save that it runs is saved as failed: what it passed in memory since
 * it was last saved lies between. */
static bool stored_move_allowed(enum director_step_kind kind, enum director_step_state from,
                                enum director_step_state to, uint32_t passed)
{
    return from == to || director_step_move_allowed(kind, from, to) ||
           (kind == DIRECTOR_STEP_FINALIZE && leads_to(kind, from, to, passed));
}

void checker_saved_step(struct checker *checker, uint32_t plan, uint32_t step_id,
                        enum director_step_state state, bool gone)
{
    const struct layout_step *step = layout_of(checker, plan, step_id);
    struct step_ledger *ledger = step_of(checker, plan, step_id);
    enum director_step_state old =
        ledger->stored == 0 ? state : (enum director_step_state)(ledger->stored - 1);
    ledger->stored = (uint8_t)(1 + state);
    ledger->done = state == DIRECTOR_STEP_SUCCESS || state == DIRECTOR_STEP_SKIPPED ||
                   (ledger->done && step->kind == DIRECTOR_STEP_FINALIZE);
    const uint32_t passed = ledger->passed;
    ledger->passed = 0;
    if (!checker->config.enabled) {
        return;
    }
    written_by_gone_world(checker, plan, step->step, gone);
    if (!stored_move_allowed(step->kind, old, state, passed)) {
        checker_violate(checker, INVARIANT_STORED_STEP_MOVES, plan, step->step,
                        "the stored %s step moved from %s to %s",
                        director_step_kind_name(step->kind), director_step_state_name(old),
                        director_step_state_name(state));
    }
}

void checker_disturbed(struct checker *checker, uint32_t plan)
{
    checker->plans[plan].disturbed = true;
}

bool checker_was_disturbed(const struct checker *checker, uint32_t plan)
{
    return checker->plans[plan].disturbed;
}

void checker_halt_denied(struct checker *checker, uint32_t plan)
{
    checker->plans[plan].halt_denied = true;
}

void checker_halt_failed(struct checker *checker, uint32_t plan)
{
    checker->plans[plan].halt_failed = true;
}

bool checker_has_halt_failed(const struct checker *checker, uint32_t plan)
{
    return checker->plans[plan].halt_failed;
}

void checker_halt_heard(struct checker *checker, uint32_t plan)
{
    checker->plans[plan].halt_denied = false;
}

void checker_beginning(struct checker *checker, uint32_t plan)
{
    if (!checker->plans[plan].in_execution) {
        checker->plans[plan].halt_denied = false;
    }
}

void checker_deleted(struct checker *checker, uint32_t plan, bool steps_only)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    const uint32_t count = checker->config.layouts[plan].step_count;
    for (uint32_t i = 0; i < count; i++) {
        if (ledger->in_execution && ledger->steps[i].memory == DIRECTOR_STEP_SUSPENDED) {
            checker_mark(checker, MARK_DELETED_SUSPENDED);
        }
        if (ledger->in_execution && ledger->steps[i].memory == DIRECTOR_STEP_ERROR) {
            checker_mark(checker, MARK_DELETED_IN_ERROR);
        }
        ledger->steps[i].stored = 0;
    }
    if (ledger->in_execution) {
        checker_mark(checker, MARK_DELETED_RUNNING);
    }
    if (steps_only) {
        checker_mark(checker, MARK_DELETED_STEPS);
        ledger->steps_deleted = true;
        return;
    }
    ledger->stored = 0;
    ledger->deleted = true;
}
