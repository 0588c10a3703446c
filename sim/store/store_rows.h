/* store_rows.h: what a row must be before any store takes it. Every store asks here, so that all
 * refuse the same rows. What only the tables can tell (unique keys, foreign keys) is left to the
 * stores. */
#ifndef SIM_STORE_STORE_ROWS_H
#define SIM_STORE_STORE_ROWS_H

#include "sim/store/store.h"

/* NULL when the row is sound; otherwise what is wrong with it, a static string. Step ids are to be
 * from 1 to DIRECTOR_STEP_ID_MAX, enumerations to hold one of their names, flows to be whole. That
 * step_ids are distinct is not looked at: see store_ids_ascend. */
const char *store_plan_row_fault(const struct director_plan_row *row);
const char *store_step_row_fault(const struct director_step_row *row);
const char *store_action_row_fault(const struct director_action_row *row);
/* May a conditional save of this row go through though the stored state is none of the allowed
 * ones? It may when it would change nothing: see director_persistence.save_step. */
bool store_step_unchanged(const struct director_step_row *row, enum director_step_state state,
                          uint64_t content);
/* A plan to insert: all its rows, and that its steps are those of step_ids in their order. */
const char *store_plan_fault(const struct store_plan *plan);
const char *store_record_fault(const struct store_record *record);
const char *store_delayed_fault(const struct store_delayed_plan *delayed);

/* What the stores answer where one key comes twice, or a row names another that is not there. */
#define STORE_FAULT_STEP_TWICE "a step id comes twice"
#define STORE_FAULT_ACTION_TWICE "an action id comes twice"
#define STORE_FAULT_NO_PLAN "the plan of this row is not there"
#define STORE_FAULT_NO_ACTION "the action of this step is not there"
/* One object, so that it can be told from the others by its address. */
extern const char store_fault_no_memory[];

/* Do the ids grow from each to the next? Then they are also distinct. */
bool store_ids_ascend(const uint32_t *ids, size_t count);
/* Fill `positions` with 0 to count - 1 in the order of ids[position], equal ids in that of
 * positions. In place, without memory. */
void store_sort_positions(uint32_t *positions, const uint32_t *ids, size_t count);
/* Are the ids, seen in this order, distinct? */
bool store_positions_distinct(const uint32_t *positions, const uint32_t *ids, size_t count);
/* Where in `ids` an id stands, or `count` when it is none of them. `positions` is sorted by id, or
 * NULL when the ids ascend themselves. */
size_t store_find_position(const uint32_t *positions, const uint32_t *ids, size_t count,
                           uint32_t id);

#endif
