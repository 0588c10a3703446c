/* scenario_edit.h: a scenario as a draft that can be changed: a copy of all of it, and taking
 * things out of it, with all that speaks of them. */
#ifndef SIM_SEARCH_SCENARIO_EDIT_H
#define SIM_SEARCH_SCENARIO_EDIT_H

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_memory.h"

/* A copy whose arrays and lists are its own, in `memory`; names and outcomes of more than one call
 * are shared with the original, which must live as long. NULL: no memory. */
struct scenario *scenario_edit_copy(const struct scenario *scenario,
                                    struct scenario_memory *memory);

/* The parts of such a copy, to be changed. */
static inline struct scenario_plan *edit_plan(struct scenario *copy, uint32_t plan)
{
    return (struct scenario_plan *)(uintptr_t)&copy->plans[plan];
}
static inline struct scenario_step *edit_step(struct scenario *copy, uint32_t plan, uint32_t step)
{
    return (struct scenario_step *)(uintptr_t)&copy->plans[plan].steps[step];
}
static inline struct scenario_event *edit_event(struct scenario *copy, uint32_t event)
{
    return (struct scenario_event *)(uintptr_t)&copy->events[event];
}
static inline struct scenario_fault *edit_fault(struct scenario *copy, uint32_t fault)
{
    return (struct scenario_fault *)(uintptr_t)&copy->faults[fault];
}
static inline struct scenario_choice *edit_choice(struct scenario *copy, uint32_t choice)
{
    return (struct scenario_choice *)(uintptr_t)&copy->choices[choice];
}
static inline struct scenario_queue *edit_queue(struct scenario *copy, uint32_t queue)
{
    return (struct scenario_queue *)(uintptr_t)&copy->world.queues[queue];
}

/* What is to go, as flags. */
struct edit_gone {
    bool *plans;
    bool *steps; /* of all plans, one after the other */
    bool *events;
    bool *faults;
    bool *choices;
};

/* Nothing is to go. False: no memory. */
bool edit_gone_start(struct edit_gone *gone, const struct scenario *scenario,
                     struct scenario_memory *memory);

/* Where the steps of a plan begin in `steps`. */
uint32_t edit_first_step(const struct scenario *scenario, uint32_t plan);

/* Take it out of the copy, and with it the events, faults and expectations that are about it or
 * wait for it, which are flagged too. Flows lose its steps and the brackets that then hold one
 * thing or nothing. False: no memory. */
bool edit_take_out(struct scenario *copy, struct edit_gone *gone, struct scenario_memory *memory);

/* Take the token at `place` out of a flow: an atom goes, the things in a bracket take its place.
 * Answers the new length. */
uint32_t edit_flow_token_out(uint32_t *flow, uint32_t length, uint32_t place);

#endif
