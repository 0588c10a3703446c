/* plan_layout.h: how a plan of a scenario becomes rows, as Dynflow's planning would leave them:
 * which ids its steps and actions get, and what its run flow puts before each of them. */
#ifndef SIM_WORLD_PLAN_LAYOUT_H
#define SIM_WORLD_PLAN_LAYOUT_H

#include "sim/scenario/scenario.h"
#include "sim/store/store.h"

/* The step with id i + 1. */
struct layout_step {
    uint32_t step; /* index in the scenario's plan; SCENARIO_NONE: the root action's plan step */
    uint8_t kind;  /* enum director_step_kind */
};

/* What stands before a run step, directly: the atoms `first` to `first + count - 1` of `order`. */
struct layout_before {
    uint32_t first;
    uint32_t count;
};

struct plan_layout {
    struct director_plan_id id;
    uint32_t step_count; /* rows */
    uint32_t scenario_steps;
    const struct layout_step *steps; /* by id - 1 */
    const uint32_t *run_ids;         /* by scenario step; 0: none */
    const uint32_t *finalize_ids;
    const uint32_t *order;              /* the run flow's scenario steps, as they stand in it */
    const struct layout_before *before; /* by scenario step */
    size_t block_size;
    void *block;
};

/* The root action has id 1, the action of scenario step i has id i + 2. */
#define LAYOUT_ROOT_ACTION 1u
#define LAYOUT_ACTION_OF(step) ((step) + 2u)

/* Lay a plan out in the allocator's memory; false without. The layout belongs to the caller, for
 * plan_layout_free. */
bool plan_layout_create(struct plan_layout *layout, const struct scenario_plan *plan,
                        const struct director_allocator *allocator);
void plan_layout_free(struct plan_layout *layout, const struct director_allocator *allocator);

/* Insert the plan with its steps and actions; the rows are built in the allocator's memory and
 * released.
 */
enum store_status plan_layout_insert(const struct plan_layout *layout,
                                     const struct scenario_plan *plan, struct store *store,
                                     const struct director_allocator *allocator);

/* Whether the plan of this id that is in the store already is this one, as far as steps, actions
 * and flows go: step rows may be gone, and states are what they are. The store's errors;
 * STORE_NO_MEMORY. */
enum store_status plan_layout_compare(const struct plan_layout *layout,
                                      const struct scenario_plan *plan, struct store *store,
                                      const struct director_allocator *allocator, bool *same);

/* The scenario step of an action; SCENARIO_NONE for the root. */
static inline uint32_t plan_layout_step_of_action(uint32_t action)
{
    return action == LAYOUT_ROOT_ACTION ? SCENARIO_NONE : action - 2u;
}

#endif
