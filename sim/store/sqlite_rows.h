/* sqlite_rows.h: rows of plans, steps and actions, to and from the parameters and columns of the
 * statements. The writers bind all that their statement takes; the readers fill in arrays from the
 * store's `rows` scratch memory and answer false, with a note in the store, for what is no such row
 * or when there is no memory. */
#ifndef SIM_STORE_SQLITE_ROWS_H
#define SIM_STORE_SQLITE_ROWS_H

#include "sim/store/sqlite_internal.h"

/* Without the label of an insertion. */
void sqlite_bind_plan(struct sqlite_call *call, const struct director_plan_row *row);
void sqlite_bind_step(struct sqlite_call *call, const struct director_plan_id *plan,
                      const struct director_step_row *row);
void sqlite_bind_action(struct sqlite_call *call, const struct director_plan_id *plan,
                        const struct director_action_row *row);

bool sqlite_read_plan(struct sqlite_call *call, struct director_plan_row *row);
bool sqlite_read_step(struct sqlite_call *call, struct director_step_row *row);
bool sqlite_read_action(struct sqlite_call *call, struct director_action_row *row);
bool sqlite_read_step_state(struct sqlite_call *call, int column, enum director_step_state *state);
uint64_t sqlite_read_step_content(struct sqlite_call *call, int column);

/* Are the step ids of a sound row distinct? A fault, STORE_FAULT_STEP_TWICE or no memory, or NULL.
 * When `order` is given, it is filled in with their positions by id, or NULL when the ids ascend.
 */
const char *sqlite_order_steps(struct sqlite_store *sqlite, struct sqlite_scratch *scratch,
                               const struct director_plan_row *row, uint32_t **order);

#endif
