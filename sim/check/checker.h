/* checker.h: watches a run. The world tells it what happens; it keeps a ledger of every plan and
 * step, reports what breaks an invariant, and notes the marks that were reached. Each notice costs
 * a few comparisons, so that all of it can stay on in a campaign.
 *
 * What an invariant says stands in catalogue.h; the function that decides about it is named there
 * by its constant. */
#ifndef SIM_CHECK_CHECKER_H
#define SIM_CHECK_CHECKER_H

#include "director/fingerprint.h"
#include "sim/check/catalogue.h"
#include "sim/world/plan_layout.h"
#include "sim/world/simulation.h"

#define CHECKER_FAILURES_MAX 200u /* different ones that are kept; the rest is not */

struct checker;

struct checker_config {
    struct director_allocator allocator;
    const struct scenario *scenario;
    const struct plan_layout *layouts; /* by plan */
    struct trace *trace;
    bool enabled;
};

/* NULL without memory. */
struct checker *checker_create(const struct checker_config *config);
void checker_destroy(struct checker *checker);

/* The virtual time of what is told next. */
void checker_time(struct checker *checker, uint64_t now);

/* Memory ran out while a failure was noted: the list is not whole. */
bool checker_out_of_memory(const struct checker *checker);

void checker_mark(struct checker *checker, enum mark mark);
bool checker_marked(const struct checker *checker, enum mark mark);

/* An invariant does not hold. `step` is a scenario step or SCENARIO_NONE, as is `plan`. */
void checker_violate(struct checker *checker, enum invariant invariant, uint32_t plan,
                     uint32_t step, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* An expectation was not met. */
void checker_expectation_failed(struct checker *checker, struct scenario_position position,
                                uint32_t plan, uint32_t step, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

uint32_t checker_failure_count(const struct checker *checker);
/* Forget them: for a search that has noted them and goes on. */
void checker_forget_failures(struct checker *checker);
const struct simulation_failure *checker_failure(const struct checker *checker, uint32_t index);

/* ---- What the world tells -------------------------------------------------------------------- */

/* Rows as they were when the run began, or came back. */
void checker_inserted(struct checker *checker, uint32_t plan, const struct director_plan_row *row);
void checker_inserted_step(struct checker *checker, uint32_t plan, uint32_t step_id,
                           enum director_step_state state);

/* Moves in memory. */
void checker_plan_moved(struct checker *checker, uint32_t plan, enum director_plan_state from,
                        enum director_plan_state to);
void checker_step_moved(struct checker *checker, uint32_t plan, uint32_t step_id,
                        enum director_step_state from, enum director_step_state to);

/* Writes that took effect. `gone`: the world that wrote had terminated or crashed. */
void checker_saved_plan(struct checker *checker, uint32_t plan, enum director_plan_state state,
                        enum director_result result, bool gone);
void checker_saved_step(struct checker *checker, uint32_t plan, uint32_t step_id,
                        enum director_step_state state, bool gone);
/* Something of this plan went wrong: a call of the store about it failed, or its work was
 * disturbed.
 */
void checker_disturbed(struct checker *checker, uint32_t plan);
bool checker_was_disturbed(const struct checker *checker, uint32_t plan);
/* An execution or a planning is about to begin. */
void checker_beginning(struct checker *checker, uint32_t plan);
/* The director was told that the plan is not halted, falsely: it cannot know, until one begins
 * anew.
 */
void checker_halt_denied(struct checker *checker, uint32_t plan);
/* It was halted while nobody executed it, and that could not be saved: it stays inhibited. */
void checker_halt_failed(struct checker *checker, uint32_t plan);
bool checker_has_halt_failed(const struct checker *checker, uint32_t plan);
/* A halt has come to the world that executes it. */
void checker_halt_heard(struct checker *checker, uint32_t plan);
void checker_deleted(struct checker *checker, uint32_t plan, bool steps_only);

/* The life of an execution. */
void checker_execution_began(struct checker *checker, uint32_t plan, uint32_t world);
void checker_execution_ended(struct checker *checker, uint32_t plan, uint32_t world);
void checker_rescued(struct checker *checker, uint32_t plan);
/* Its work is finished and the director let it go, though it would rescue plans: its
 * strategy was not to skip, or it had rescued these steps before. */
void checker_done_without_rescue(struct checker *checker, uint32_t plan);
/* It was executed again by an invalidation, not by a client. */
void checker_executed_again(struct checker *checker, uint32_t plan);
void checker_halted(struct checker *checker, uint32_t plan);

/* Work items. An item is out from hand-out until it was reported or is lost. `step_id` 0: finalize.
 */
void checker_handed_out(struct checker *checker, uint32_t plan, uint32_t step_id, bool gone);
void checker_item_back(struct checker *checker, uint32_t plan, uint32_t step_id);

/* User code of a run or finalize step begins and ends. `event`: its number + 1, or 0. */
void checker_user_code_began(struct checker *checker, uint32_t plan, uint32_t step_id,
                             uint64_t event);
void checker_user_code_ended(struct checker *checker, uint32_t plan, uint32_t step_id, bool lost);

/* A future of the director was resolved; `again`: it was resolved before. `step` SCENARIO_NONE: it
 * is that of the plan. */
void checker_future_resolved(struct checker *checker, uint32_t plan, uint32_t step, bool again);
/* The answer to an event: fulfilled or rejected. `number` as above; `taken`: user code got it. */
void checker_event_answered(struct checker *checker, uint32_t plan, uint32_t step, bool fulfilled,
                            bool taken);
/* An event was rejected because its step is not in execution, by the director that executes its
 * plan. */
void checker_event_turned_away(struct checker *checker, uint32_t plan, uint32_t step);
/* Work on it ended in an exception that is no persistence error. */
void checker_stumbled(struct checker *checker, uint32_t plan, uint32_t step);
/* A call of the director came back with this; NO_MANAGER only for an optional event. */
void checker_answer(struct checker *checker, uint32_t plan, uint32_t step,
                    enum director_status status, const char *call);

/* What is stored now, as far as the writes tell. 0: no row. */
bool checker_stored_plan(const struct checker *checker, uint32_t plan,
                         enum director_plan_state *state, enum director_result *result);
bool checker_stored_step(const struct checker *checker, uint32_t plan, uint32_t step_id,
                         enum director_step_state *state);
/* How often user code of the run step was called. */
uint32_t checker_calls(const struct checker *checker, uint32_t plan, uint32_t step_id);
/* Whether a rescue in its present execution has skipped the step. */
bool checker_was_rescued(const struct checker *checker, uint32_t plan, uint32_t step_id);
bool checker_was_deleted(const struct checker *checker, uint32_t plan);
/* Some of its step rows are gone: nobody can load it. */
bool checker_is_torn(const struct checker *checker, uint32_t plan);
bool checker_was_halted(const struct checker *checker, uint32_t plan);
bool checker_was_started(const struct checker *checker, uint32_t plan);

/* What invariants are decided by: the ledger, without marks and failures. How often user code was
 * called is only told when `calls`. */
void checker_fingerprint(const struct checker *checker, struct fingerprint *fingerprint,
                         bool calls);

#endif
