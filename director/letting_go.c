/* letting_go.c: how a plan leaves the director: done, halted, failed, terminated or broken
 * (Director#finish_manager and those that call it). What came of it is stored, its manager goes,
 * and its future is resolved. */
#include "director/letting_go.h"

#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/future.h"
#include "director/rescue.h"

static enum director_status first_error(enum director_status first, enum director_status second)
{
    return first == DIRECTOR_OK ? second : first;
}

/* Does an error keep the director from letting go of the rest? */
static bool ends_letting_go(const struct director *director, enum director_status first)
{
    return first != DIRECTOR_OK &&
           has_defect(director, DIRECTOR_DEFECT_TERMINATE_STOPS_AT_FIRST_ERROR);
}

/* A failed plan of a terminating director is not rescued here any more; invalidation does it in its
 * place, as for a director that died. */
static bool is_left_to_invalidation(const struct execution_plan_manager *manager)
{
    const struct director *director = manager->director;
    return director->terminating && rescue_possible(manager) &&
           !has_defect(director, DIRECTOR_DEFECT_TERMINATION_FORGETS_RESCUE);
}

/* A plan left running is for invalidation. */
static enum director_status store_what_came(struct execution_plan_manager *manager)
{
    struct director_execution_plan *plan = manager->plan;
    if (plan->state != DIRECTOR_PLAN_RUNNING) {
        return DIRECTOR_OK;
    }
    if (manager->halted &&
        !has_defect(manager->director, DIRECTOR_DEFECT_HALT_PAUSES_FAILED_PLAN)) {
        return execution_plan_update_state(plan, DIRECTOR_PLAN_STOPPED);
    }
    if (is_left_to_invalidation(manager)) {
        return DIRECTOR_OK;
    }
    if (execution_plan_in_error(plan)) {
        return execution_plan_update_state(plan, DIRECTOR_PLAN_PAUSED);
    }
    if (execution_plan_manager_done(manager)) {
        return execution_plan_update_state(plan, DIRECTOR_PLAN_STOPPED);
    }
    return DIRECTOR_OK;
}

static enum director_status store_outcome(struct execution_plan_manager *manager,
                                          enum letting_go outcome)
{
    if (manager->plan->in_doubt) {
        /* Another save might undo the one that failed, should it have taken effect: it stays
         * running, and who invalidates it sees what the database has. */
        return DIRECTOR_OK;
    }
    if (outcome == LETTING_GO_STORE) {
        return store_what_came(manager);
    }
    if (outcome == LETTING_GO_PAUSE && manager->plan->state == DIRECTOR_PLAN_RUNNING) {
        return execution_plan_update_state(manager->plan, DIRECTOR_PLAN_PAUSED);
    }
    return DIRECTOR_OK;
}

enum director_status letting_go_finish(struct execution_plan_manager *manager,
                                       enum letting_go outcome)
{
    struct director *director = manager->director;
    enum director_status status = store_outcome(manager, outcome);
    bool gone = (status == DIRECTOR_MISSING || outcome == LETTING_GO_GONE) &&
                !has_defect(director, DIRECTOR_DEFECT_SAVE_REVIVES_DELETED_PLAN);
    execution_plan_manager_unlink(manager);
    enum director_status resolved =
        gone ? future_reject(director, manager->future, DIRECTOR_REASON_MISSING)
             : future_fulfill(director, manager->future, manager->plan);
    execution_plan_manager_free(manager);
    if (resolved != DIRECTOR_OK) {
        return resolved;
    }
    return gone && status == DIRECTOR_MISSING ? DIRECTOR_OK : status;
}

enum director_status letting_go_of_broken(struct execution_plan_manager *manager,
                                          enum director_status escaped)
{
    struct director *director = manager->director;
    if (has_defect(director, DIRECTOR_DEFECT_ESCAPED_ERROR_KEEPS_MANAGER)) {
        return escaped;
    }
    (void)execution_plan_manager_terminate(manager);
    enum director_status status = letting_go_finish(manager, LETTING_GO_PAUSE);
    /* That the plan is gone has been answered with its future. */
    return escaped == DIRECTOR_MISSING ? status : escaped;
}

enum director_status letting_go_of_failed(struct execution_plan_manager *manager)
{
    struct director *director = manager->director;
    const struct director_persistence *persistence = &director->persistence;
    bool found = false;
    enum director_status first = execution_plan_manager_terminate(manager);
    if (ends_letting_go(director, first)) {
        return first;
    }
    enum director_status status = status_of_persistence(
        persistence->find_plan(persistence->context, &manager->plan->id, &found));
    if (status == DIRECTOR_OK) {
        status = letting_go_finish(manager, found ? LETTING_GO_STORE : LETTING_GO_GONE);
    } else if (!has_defect(director, DIRECTOR_DEFECT_FAILED_LOOKUP_KEEPS_MANAGER)) {
        (void)letting_go_finish(manager, LETTING_GO_STORE);
    }
    return first_error(first, status);
}

enum director_status letting_go_of_halted(struct execution_plan_manager *manager)
{
    enum director_status first = execution_plan_manager_halt(manager);
    return ends_letting_go(manager->director, first)
               ? first
               : first_error(first, letting_go_finish(manager, LETTING_GO_STORE));
}

enum director_status director_terminate(struct director *director)
{
    enum director_status first = DIRECTOR_OK;
    director->terminating = true;
    for (struct execution_plan_manager *manager = director->first_manager; manager != NULL;
         manager = manager->next) {
        first = first_error(first, execution_plan_manager_terminate(manager));
        if (ends_letting_go(director, first)) {
            return first;
        }
    }
    while (director->first_manager != NULL) {
        first = first_error(first, letting_go_finish(director->first_manager, LETTING_GO_STORE));
        if (ends_letting_go(director, first)) {
            return first;
        }
    }
    return first;
}
