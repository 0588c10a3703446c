/* draft.h: a scenario that is being made by lot, and what its parts draw from: shared by the files
 * of the generator.
 *
 * Plans come first; then events, of which each may wait for what can happen before it was added;
 * then faults. So nothing that was drawn becomes impossible by what is drawn later. */
#ifndef SIM_SCENARIO_DRAFT_H
#define SIM_SCENARIO_DRAFT_H

#include "sim/scenario/reach.h"
#include "sim/scenario/scenario_memory.h"
#include "sim/scenario/swarm.h"

#define DRAFT_EVENTS_MAX 12u /* that are drawn for one scenario */
#define DRAFT_STARTS_MAX 8u  /* besides: of its plans */
#define DRAFT_FAULTS_MAX 6u
#define DRAFT_TRIES 6u /* for something that is possible; after that it is left out */

struct draft {
    struct scenario_memory *memory;
    struct lots lots;
    struct swarm swarm;
    struct scenario *scenario;
    struct scenario_event *events; /* with room for both more */
    struct scenario_fault *faults;
    struct reach reach;
    uint32_t events_known; /* to reach */
    uint64_t horizon_us;   /* times are drawn up to here */
    uint32_t worlds;       /* set of 1 << number: there, or started by an event */
    uint32_t named;        /* events with a name of their own that others may wait for */
    uint32_t *named_events;
};

/* Look anew at what can happen. False: no memory. */
bool draft_look(struct draft *draft);

/* When something happens; and after what could happen when draft_look was called last. */
struct scenario_trigger draft_trigger(struct draft *draft);

/* Make the plans; the world and its queues are there. False: no memory. */
bool draft_make_plans(struct draft *draft);

/* Begin with the scenario's own events, and add up to `count` by the weights of the swarm. Kinds
 * that make no sense now (the world is there already, no step takes events) are left out. */
bool draft_begin_events(struct draft *draft);
void draft_add_events(struct draft *draft, uint32_t count);

/* Begin with the scenario's own faults, and add up to `count`. */
bool draft_begin_faults(struct draft *draft);
void draft_add_faults(struct draft *draft, uint32_t count);

/* Let the run end a while after its last event: what fails for ever is tried again and again, and a
 * day of that is millions of events. */
void draft_bound(struct draft *draft);

/* How long it takes the plans to run, roughly, and the last time that an event tells. */
uint64_t draft_horizon(const struct scenario *scenario);

#endif
