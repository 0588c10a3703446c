/* rescue.h: what a plan in error is to do about it: the strategy that its actions agree on, and the
 * skipping of its failed steps. */
#ifndef DIRECTOR_RESCUE_H
#define DIRECTOR_RESCUE_H

#include "director/execution_plan_manager.h"

/* Whether a plan that is done is to be rescued (Director#rescue?). */
bool rescue_wanted(const struct execution_plan_manager *manager);
/* The same, whether or not the world terminates. */
bool rescue_possible(const struct execution_plan_manager *manager);

/* Find the strategy; when it is skip, mark the failed steps to be skipped, and save all
 * (ExecutionPlan#prepare_for_rescue). An error escapes. */
enum director_status rescue_prepare(struct execution_plan_manager *manager,
                                    enum director_rescue_strategy *strategy);

/* Rescue it (Director#rescue!): skip the failed steps and restart, with work items in the answer
 * and *started true; or pause or stop it, saved. An error escapes. */
enum director_status rescue_begin(struct execution_plan_manager *manager, bool *started);

#endif
