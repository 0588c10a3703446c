/* reach.h: what can happen in a scenario and what never can, as far as that shows without running
 * it.
 *
 * Only what is impossible whatever goes wrong is called so: a worker's death or an error of the
 * database may bring a step that runs into error, so error is always possible for a step that runs.
 */
#ifndef SIM_SCENARIO_REACH_H
#define SIM_SCENARIO_REACH_H

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_memory.h"

/* What can become of one plan. */
struct reach_plan {
    uint32_t starts;          /* events that start it, whether they can happen or not */
    bool started;             /* one of them can happen */
    bool runs;                /* it can be running */
    bool halted;              /* an event that can happen halts it */
    bool deleted;             /* or deletes it */
    bool has_states;          /* the two sets are filled in */
    uint32_t run_states;      /* sets of 1 << state that any run step of it can move to */
    uint32_t finalize_states; /* the same for its finalize steps */
    bool *skippable;          /* of each step: a rescue can skip it; NULL until it is asked for */
};

/* All of it lies in the memory that it was given, and goes with that. */
struct reach {
    const struct scenario *scenario;
    struct scenario_memory *scratch;
    struct reach_plan *plans;
    bool *events;        /* which can happen */
    bool *queue_used;    /* of each queue: some step works on it */
    bool any_runs;       /* some plan */
    bool has_any_states; /* the sets of states that any plan, and any step of any plan, can move to
                          */
    uint32_t any_plan_states;
    uint32_t any_step_states;
};

/* Work out what can happen. The scenario's plans and events must be without mistakes. False: no
 * memory. */
bool reach_start(struct reach *reach, const struct scenario *scenario,
                 struct scenario_memory *scratch);

bool reach_plan_moves_to(const struct reach *reach, uint32_t plan, enum director_plan_state state);
bool reach_step_moves_to(struct reach *reach, uint32_t plan, uint32_t step, bool finalize,
                         enum director_step_state state);
/* Any step of the plan; of any plan for SCENARIO_NONE. */
bool reach_any_step_moves_to(struct reach *reach, uint32_t plan, enum director_step_state state);
/* Any plan. */
bool reach_any_plan_moves_to(struct reach *reach, enum director_plan_state state);

/* A trigger of kind SCENARIO_AT can always happen, whatever the time. */
bool reach_trigger(struct reach *reach, const struct scenario_trigger *trigger);

/* Why something never happens: a sentence for people, and the key of the entry that it is about
 * (NULL: all of it). */
struct reach_reason {
    const char *key;
    char text[320];
};

/* Whether an event can happen, a fault strike, an expectation hold. Where not, *why says why; it
 * may be NULL. The reader refuses a scenario in which one of them cannot, so whoever makes
 * scenarios asks here first. */
bool reach_event_happens(struct reach *reach, uint32_t event, struct reach_reason *why);
bool reach_fault_strikes(struct reach *reach, const struct scenario_fault *fault,
                         struct reach_reason *why);
bool reach_expectation_holds(struct reach *reach, const struct scenario_expectation *expectation,
                             struct reach_reason *why);

#endif
