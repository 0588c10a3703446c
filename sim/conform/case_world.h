/* case_world.h: what a conformance case plays in: a store, a director around it, the work items
 * that were handed out, faults that wait for their call, and a list of all that happened during the
 * current op. */
#ifndef SIM_CONFORM_CASE_WORLD_H
#define SIM_CONFORM_CASE_WORLD_H

#include "sim/conform/case_plan.h"
#include "sim/conform/case_replay.h"
#include "sim/store/faulty_store.h"

/* A work item, by its number in the case minus 1. */
struct case_work {
    struct director_work_item *item;
    struct director_work *work; /* while a worker has it */
};

/* A future that the case handed in. */
struct case_future {
    struct director_future future;
    struct case_world *world;
    const char *kind; /* "plan" or "event" */
    const char *name;
    struct case_future *next;
};

struct case_fault {
    enum faulty_operation_kind on;
    const struct case_plan *plan; /* NULL: any */
    uint32_t step;                /* 0: any */
    bool after;
    uint32_t nth; /* calls still to come, this one included */
};

/* What is known of a plan after the last op, to tell what changed. */
struct case_view {
    bool there;
    enum director_plan_state state;
    enum director_result result;
    uint8_t *steps; /* by position: 0 not there, else 1 + state */
};

struct case_world {
    struct scenario_memory *memory; /* everything that is as long-lived as the case */
    struct case_plan *plans;
    uint32_t plan_count;
    struct case_view *stored; /* by plan */
    struct case_view *held;   /* the director's own copies, by plan */
    struct store *store;
    struct faulty_store faulty;
    struct director *director;
    struct case_work *works;
    size_t work_count;
    size_t work_capacity;
    struct case_future *futures;
    const char **events; /* names, by the number that the director is given */
    size_t event_count;
    size_t event_capacity;
    struct case_fault *faults;
    size_t fault_count;
    size_t fault_capacity;
    bool failed; /* no memory: nothing that follows counts */
    /* What happened during the current op, in the form that comparing wants. */
    struct case_text returns;
    struct case_text resolved;
    struct case_text writes;
    struct case_text running;
    struct case_text changed;
};

/* Set up the case's store, plans and director. CASE_SAME: all is ready. In any case
 * case_world_close. */
enum case_verdict case_world_open(struct case_world *world, const struct case_node *document,
                                  enum case_store store, struct case_result *result);
void case_world_close(struct case_world *world);

/* NULL: no such plan. */
const struct case_plan *case_world_plan(const struct case_world *world,
                                        const struct case_node *name);
struct director_future *case_world_future(struct case_world *world, const char *kind,
                                          const char *name);
/* Number what was handed out, and note it in `returns`. */
void case_world_take_items(struct case_world *world, const struct director_work_items *items);
/* Forget what happened during the last op. */
void case_world_begin_op(struct case_world *world);
/* Note the managed plans and what changed. */
void case_world_end_op(struct case_world *world);

#endif
