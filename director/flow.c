/* flow.c: measuring and walking flows (Dynflow's lib/dynflow/flows/). */
#include "director/flow.h"

bool flow_measure(const uint32_t *flow, uint32_t length, struct flow_measure *measure)
{
    uint32_t pending[DIRECTOR_FLOW_DEPTH_MAX]; /* sub-flows still to come, by depth */
    uint32_t depth = 0;
    *measure = (struct flow_measure){0};
    if (length == 0) {
        return true;
    }
    for (uint32_t i = 0; i < length; i++) {
        uint32_t token = flow[i];
        if (i > 0) {
            while (depth > 0 && pending[depth - 1] == 0) {
                depth--;
            }
            if (depth == 0) {
                return false;
            }
            pending[depth - 1]--;
        }
        if (DIRECTOR_FLOW_IS_ATOM(token)) {
            if (token == 0 || token > DIRECTOR_STEP_ID_MAX) {
                return false;
            }
            continue;
        }
        measure->sequences += DIRECTOR_FLOW_IS_SEQUENCE(token) ? 1 : 0;
        if (depth == DIRECTOR_FLOW_DEPTH_MAX) {
            return false;
        }
        pending[depth++] = flow_count(token);
    }
    while (depth > 0 && pending[depth - 1] == 0) {
        depth--;
    }
    return depth == 0;
}

bool flow_empty(const uint32_t *flow, uint32_t length)
{
    return length == 0 || (!DIRECTOR_FLOW_IS_ATOM(flow[0]) && flow_count(flow[0]) == 0);
}

uint32_t flow_skip(const uint32_t *flow, uint32_t position)
{
    uint32_t expected = 1;
    while (expected > 0) {
        uint32_t token = flow[position++];
        expected--;
        if (!DIRECTOR_FLOW_IS_ATOM(token)) {
            expected += flow_count(token);
        }
    }
    return position;
}
