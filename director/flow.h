/* flow.h: reading flows. A flow is an array of tokens in prefix order (director.h): an atom, a
 * sequence or a concurrence. */
#ifndef DIRECTOR_FLOW_H
#define DIRECTOR_FLOW_H

#include "director/director.h"

/* What a flow holds, found out once when a plan is loaded. */
struct flow_measure {
    uint32_t sequences;
};

/* Is it a flow: whole, one tree, not nested deeper than DIRECTOR_FLOW_DEPTH_MAX? Fills in the
 * measure. */
bool flow_measure(const uint32_t *flow, uint32_t length, struct flow_measure *measure);

/* Flows::Abstract#empty?: no tokens, or a sequence or concurrence of no sub-flows. */
bool flow_empty(const uint32_t *flow, uint32_t length);

/* The position after the flow that begins at `position`. The flow must have been measured. */
uint32_t flow_skip(const uint32_t *flow, uint32_t position);

static inline uint32_t flow_count(uint32_t token)
{
    return token & DIRECTOR_FLOW_COUNT_MASK;
}

#endif
