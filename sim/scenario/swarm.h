/* swarm.h: what one seed draws random scenarios from. Swarm testing (Groce and others, 2012): each
 * seed switches about half of the features off and gives the others weights of its own, so that
 * what rarely comes together by even chances does so for some seed. */
#ifndef SIM_SCENARIO_SWARM_H
#define SIM_SCENARIO_SWARM_H

#include "sim/scenario/lots.h"
#include "sim/scenario/scenario.h"

#define SWARM_TRIGGER_KINDS 5 /* enum scenario_trigger_kind */
#define SWARM_FAULT_TIMINGS 3 /* enum scenario_fault_timing */
#define SWARM_OUTCOMES 3      /* enum director_outcome */
#define SWARM_STRATEGIES 4    /* enum director_rescue_strategy; NONE is always off */

/* Weights; 0 is switched off. */
struct swarm {
    uint8_t triggers[SWARM_TRIGGER_KINDS]; /* AT is never off */
    uint8_t events[SCENARIO_EVENT_KINDS];
    uint8_t sites[SCENARIO_FAULT_SITES];
    uint8_t errors[SCENARIO_FAULT_ERRORS];
    uint8_t timings[SWARM_FAULT_TIMINGS];
    uint8_t outcomes[SWARM_OUTCOMES]; /* of user code; success is never off */
    uint8_t strategies[SWARM_STRATEGIES];
    enum scenario_order order; /* of events of one time */
    bool scopes;               /* faults name plans and steps */
    bool writes_after;         /* some writes take effect, and fail all the same */
    bool long_lasting;         /* faults last for several calls, or until healed */
    bool latency;              /* messages take a while */
    bool requires;             /* steps require other steps */
    bool finalize;             /* plans have finalize flows */
    bool accept_events;        /* steps take the skip event */
    bool odd_durations;        /* user code takes a time that choices decide */
    bool choices;              /* sets of outcomes, of which choices decide one */
    bool several_worlds;
    bool scheduled;    /* plans that are planned in the run */
    bool odd_states;   /* plans that begin paused or stopped */
    bool queues;       /* several queues */
    bool double_names; /* two events with one request id */
};

/* Draw the weights of this seed. */
struct swarm swarm_draw(struct lots *lots);

#endif
