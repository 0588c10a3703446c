/* timeline_story.h: a run as a story that can be followed: every record of its trace, and for each
 * the work item and the request that it belongs to and the event that led to it. The page and the
 * Chrome trace are both made of it. */
#ifndef SIM_CLI_TIMELINE_STORY_H
#define SIM_CLI_TIMELINE_STORY_H

#include "sim/engine/trace.h"
#include "sim/scenario/scenario.h"

#define STORY_NONE UINT32_MAX

/* A fault is one event here: where it struck (`site`) and how (`record`). */
struct story_event {
    struct trace_record record;
    uint32_t line;    /* of the trace, from 1 */
    uint32_t site;    /* of a TRACE_FAULT: enum scenario_fault_site */
    uint32_t item;    /* the work item it is about, from 1; 0: none */
    uint32_t request; /* the client's event (scenario->events) plus 1, at both its ends; 0: none */
    uint32_t cause;   /* the event before it that led to it, an index; STORY_NONE: the scenario */
    struct scenario_position position; /* of what the scenario says of it; line 0: nothing */
};

struct story {
    struct story_event *events;
    uint32_t count;
    uint32_t capacity;
    struct trace_names names; /* good as long as the simulation */
    uint32_t lines;
    uint32_t site; /* of the last TRACE_FAULT_SITE */
    bool failed;   /* out of memory */
};

/* For struct trace_sink: take a record. False without memory. */
bool story_take(void *story, const struct trace_names *names, const struct trace_record *record);

/* Once the run is over: find out what belongs together. False without memory. */
bool story_link(struct story *story, const struct scenario *scenario);

void story_free(struct story *story);

#endif
