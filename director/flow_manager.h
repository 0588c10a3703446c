/* flow_manager.h: the run phase of a plan: cursors over its run flow (Dynflow's
 * director/flow_manager.rb). */
#ifndef DIRECTOR_FLOW_MANAGER_H
#define DIRECTOR_FLOW_MANAGER_H

#include "director/director.h"
#include "director/sequence_cursor.h"

struct step;

/* Which cursor waits for a step; indexed by the step's position. */
struct flow_step {
    uint32_t cursor; /* @cursor_index: the cursor that the step was added to, or NONE */
    bool waited_for;
};

struct flow_manager {
    struct director *director;
    struct director_execution_plan *plan;
    struct sequence_cursor *cursors; /* [0] is the root */
    uint32_t cursor_count;
    uint32_t cursor_capacity; /* one for each sequence of the flow, and a root */
    struct flow_step *steps;
};

/* How many cursors the run flow needs at most. The flow must be a valid one. */
uint32_t flow_manager_cursors(const struct director_execution_plan *plan);

/* Begin anew. Arrays are the owner's. */
void flow_manager_init(struct flow_manager *flow, struct director *director,
                       struct director_execution_plan *plan, struct sequence_cursor *cursors,
                       uint32_t cursor_capacity, struct flow_step *steps);
bool flow_manager_done(const struct flow_manager *flow);
/* The first steps, into the director's scratch list. DIRECTOR_INTERNAL: there are none. */
enum director_status flow_manager_start(struct flow_manager *flow);
/* A step is done: those that come next, into the director's scratch list. DIRECTOR_INTERNAL: the
 * step is not waited for. */
enum director_status flow_manager_what_is_next(struct flow_manager *flow, const struct step *step);

#endif
