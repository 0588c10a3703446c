/* sequential_manager.h: the finalize phase, as a worker runs it (Dynflow's
 * director/sequential_manager.rb): over a copy of the plan of its own, one step after the other. */
#ifndef DIRECTOR_SEQUENTIAL_MANAGER_H
#define DIRECTOR_SEQUENTIAL_MANAGER_H

#include "director/execution_plan.h"

struct sequential_manager {
    struct director_execution_plan *plan; /* one reference is ours */
    uint32_t next;                        /* token of the finalize flow to look at next */
    bool failed;                          /* a step ended in error: the rest is not run */
};

/* Take over `plan`; finalize steps in success or error go back to pending, unsaved. */
void sequential_manager_init(struct sequential_manager *manager,
                             struct director_execution_plan *plan);
/* The next step to run, or NULL: the phase is through. Skipped and successful ones are passed over.
 */
struct step *sequential_manager_next(struct sequential_manager *manager);

#endif
