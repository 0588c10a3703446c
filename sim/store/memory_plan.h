/* memory_plan.h: one plan of the memory store: its row, steps, actions, flows and children in one
 * block of memory, laid out as a director reads it, so that loading copies nothing. A plan that
 * outgrows its block (rows come back after a deletion) moves what it holds to a second one; the
 * plan itself never moves. */
#ifndef SIM_STORE_MEMORY_PLAN_H
#define SIM_STORE_MEMORY_PLAN_H

#include "sim/store/store_rows.h"

struct memory_delayed;
struct memory_dependency;

struct memory_plan {
    struct director_plan_row row; /* first: an id_table finds the plan by it */
    /* A slot for each of row.step_ids, in their order; the id of a slot is 0 while its row is gone.
     * After them the rows that step_ids does not name, by id. */
    struct director_step_row *steps;
    uint32_t steps_missing; /* slots whose row is gone */
    uint32_t action_count;
    struct director_action_row *actions; /* by id */
    uint32_t action_capacity;
    uint32_t extra_count; /* rows that step_ids does not name */
    uint32_t extra_capacity;
    uint32_t *order; /* the positions of step_ids by id; NULL when the ids ascend */
    uint32_t *words; /* every array of numbers of the plan is in here */
    size_t word_count;
    size_t word_capacity;
    void *payload; /* the second block; NULL while all stands behind the plan itself */
    size_t payload_size;
    size_t block_size;            /* of the plan and what stands behind it */
    struct memory_plan *previous; /* in the order of insertion */
    struct memory_plan *next;
    struct memory_delayed *delayed;        /* its record as a delayed plan, or NULL */
    struct memory_dependency *waits_first; /* what it waits for, in the order of insertion */
    struct memory_dependency *waits_last;
    struct memory_dependency *blocks_first; /* what waits for it */
};

/* Make a plan. `steps` are those of row->step_ids in their order, or NULL: none of them is there.
 * Answers NULL with what is wrong in *fault (a static string) and nothing kept. */
struct memory_plan *memory_plan_create(const struct director_allocator *allocator,
                                       const struct director_plan_row *row,
                                       const struct director_step_row *steps,
                                       const struct director_action_row *actions,
                                       uint32_t action_count, const char **fault);
void memory_plan_destroy(const struct director_allocator *allocator, struct memory_plan *plan);

/* Take over a sound row of the plan. A fault, and nothing is changed, when there is no memory or a
 * step id comes twice. */
const char *memory_plan_update(const struct director_allocator *allocator, struct memory_plan *plan,
                               const struct director_plan_row *row);
/* Put a sound row in place of the one with its id, or insert it. A fault, and nothing is changed,
 * when there is no memory or the step's action is not there. `step` is the stored row or NULL when
 * it is gone, as memory_plan_find_step answered. */
const char *memory_plan_put_step(const struct director_allocator *allocator,
                                 struct memory_plan *plan, struct director_step_row *step,
                                 const struct director_step_row *row);
const char *memory_plan_put_action(const struct director_allocator *allocator,
                                   struct memory_plan *plan, const struct director_action_row *row);
/* Forget all step rows. Answers how many there were. */
uint32_t memory_plan_clear_steps(struct memory_plan *plan);

struct director_step_row *memory_plan_search_step(const struct memory_plan *plan, uint32_t id);
struct director_action_row *memory_plan_search_action(const struct memory_plan *plan, uint32_t id);

/* The stored row, or NULL. Planning counts ids from 1, so that most rows stand at their number. */
static inline struct director_step_row *memory_plan_find_step(const struct memory_plan *plan,
                                                              uint32_t id)
{
    if (id - 1 < plan->row.step_count && plan->steps[id - 1].id == id) {
        return &plan->steps[id - 1];
    }
    return memory_plan_search_step(plan, id);
}

static inline struct director_action_row *memory_plan_find_action(const struct memory_plan *plan,
                                                                  uint32_t id)
{
    if (id - 1 < plan->action_count && plan->actions[id - 1].id == id) {
        return &plan->actions[id - 1];
    }
    return memory_plan_search_action(plan, id);
}

/* Goes through the step rows that are there, by id. Zero it first. */
struct memory_step_cursor {
    uint32_t place; /* among the slots in the order of ids */
    uint32_t extra;
};
/* The next row, or NULL after the last. */
const struct director_step_row *memory_plan_next_step(const struct memory_plan *plan,
                                                      struct memory_step_cursor *cursor);

#endif
