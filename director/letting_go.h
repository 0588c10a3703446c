/* letting_go.h: how a plan leaves the director. Each of these drops its manager, unless it says
 * otherwise; the manager must not be used any more. */
#ifndef DIRECTOR_LETTING_GO_H
#define DIRECTOR_LETTING_GO_H

#include "director/execution_plan_manager.h"

/* What is stored of a plan that is let go. */
enum letting_go {
    LETTING_GO_GONE,  /* nothing: the plan is gone */
    LETTING_GO_STORE, /* what came of it (Director#update_execution_plan_state) */
    LETTING_GO_PAUSE, /* something broke: whatever came of it, somebody has to look */
};

/* Director#finish_manager: whatever happens, the manager is dropped and its future resolved:
 * fulfilled, or, when the plan is gone, rejected (with save-revives-deleted-plan fulfilled then,
 * too). Errors of the save; DIRECTOR_INTERNAL: the future was resolved already. */
enum director_status letting_go_finish(struct execution_plan_manager *manager,
                                       enum letting_go outcome);

/* Something escaped while a plan was worked out or rescued. What escapes from the call then. With
 * escaped-error-keeps-manager the manager stays, as in Dynflow. */
enum director_status letting_go_of_broken(struct execution_plan_manager *manager,
                                          enum director_status escaped);

/* Director#work_failed and Director#halt, for a plan in execution. With
 * terminate-stops-at-first-error the manager stays when an event of it was resolved already, and
 * with failed-lookup-keeps-manager when the plan cannot be looked up. */
enum director_status letting_go_of_failed(struct execution_plan_manager *manager);
enum director_status letting_go_of_halted(struct execution_plan_manager *manager);

#endif
