/* flow_manager.c: the run phase of a plan (Dynflow's director/flow_manager.rb). */
#include "director/flow_manager.h"

#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/flow.h"

#include <assert.h>

uint32_t flow_manager_cursors(const struct director_execution_plan *plan)
{
    struct flow_measure measure;
    bool valid = flow_measure(plan->run_flow, plan->run_flow_length, &measure);
    assert(valid);
    (void)valid;
    return measure.sequences + 1;
}

void flow_manager_init(struct flow_manager *flow, struct director *director,
                       struct director_execution_plan *plan, struct sequence_cursor *cursors,
                       uint32_t cursor_capacity, struct flow_step *steps)
{
    assert(!flow_empty(plan->run_flow, plan->run_flow_length));
    *flow = (struct flow_manager){
        .director = director,
        .plan = plan,
        .cursors = cursors,
        .cursor_count = 1,
        .cursor_capacity = cursor_capacity,
        .steps = steps,
    };
    for (uint32_t i = 0; i < plan->step_count; i++) {
        steps[i] = (struct flow_step){.cursor = SEQUENCE_CURSOR_NONE};
    }
    /* The root is always a sequence: the flow itself, or one made around it. */
    bool is_sequence = DIRECTOR_FLOW_IS_SEQUENCE(plan->run_flow[0]);
    cursors[0] = (struct sequence_cursor){
        .parent = SEQUENCE_CURSOR_NONE,
        .size = is_sequence ? flow_count(plan->run_flow[0]) : 1,
        .index = UINT32_MAX,
        .next = is_sequence ? 1 : 0,
        .ok = true,
    };
}

bool flow_manager_done(const struct flow_manager *flow)
{
    return sequence_cursor_done(&flow->cursors[0]);
}

enum director_status flow_manager_start(struct flow_manager *flow)
{
    sequence_cursor_what_is_next(flow, 0, true);
    return flow->director->scratch_count == 0 ? DIRECTOR_INTERNAL : DIRECTOR_OK;
}

enum director_status flow_manager_what_is_next(struct flow_manager *flow, const struct step *step)
{
    if (step->state == DIRECTOR_STEP_SUSPENDED) {
        return DIRECTOR_OK;
    }
    uint32_t position = execution_plan_position(flow->plan, step->id);
    assert(position != EXECUTION_PLAN_NO_POSITION);
    struct flow_step *waited = &flow->steps[position];
    if (waited->cursor == SEQUENCE_CURSOR_NONE || !waited->waited_for) {
        return DIRECTOR_INTERNAL;
    }
    waited->waited_for = false;
    flow->cursors[waited->cursor].waiting--;
    sequence_cursor_what_is_next(flow, waited->cursor, step->state != DIRECTOR_STEP_ERROR);
    return DIRECTOR_OK;
}
