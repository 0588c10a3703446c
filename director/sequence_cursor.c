/* sequence_cursor.c: how far a sequence of the run flow has come (Dynflow's
 * director/sequence_cursor.rb). */
#include "director/director_core.h"
#include "director/execution_plan.h"
#include "director/flow.h"
#include "director/flow_manager.h"

#include <assert.h>

bool sequence_cursor_done(const struct sequence_cursor *cursor)
{
    return (!cursor->ok && cursor->waiting == 0) || cursor->index == cursor->size;
}

static uint32_t add_to_todo(struct flow_manager *flow, uint32_t cursor, uint32_t position);

/* Stand at the next sub-flow and wait for what is in it. Past the end nothing is added. */
static void move(struct flow_manager *flow, uint32_t cursor)
{
    struct sequence_cursor *moved = &flow->cursors[cursor];
    moved->index++;
    if (moved->index < moved->size) {
        moved->next = add_to_todo(flow, cursor, moved->next);
    }
}

static void add_step(struct flow_manager *flow, uint32_t cursor, uint32_t step_id)
{
    struct director *director = flow->director;
    uint32_t position = execution_plan_position(flow->plan, step_id);
    assert(position != EXECUTION_PLAN_NO_POSITION);
    flow->steps[position] = (struct flow_step){.cursor = cursor, .waited_for = true};
    flow->cursors[cursor].waiting++;
    assert(director->scratch_count < director->scratch_capacity);
    director->scratch[director->scratch_count++] = flow->plan->current[position];
}

static void add_sequence(struct flow_manager *flow, uint32_t cursor, uint32_t position)
{
    assert(flow->cursor_count < flow->cursor_capacity);
    uint32_t child = flow->cursor_count++;
    flow->cursors[child] = (struct sequence_cursor){
        .parent = cursor,
        .size = flow_count(flow->plan->run_flow[position]),
        .index = UINT32_MAX,
        .next = position + 1,
        .ok = true,
    };
    flow->cursors[cursor].waiting++;
    move(flow, child);
}

/* Wait for the flow at `position`; answers where it ends. */
static uint32_t add_to_todo(struct flow_manager *flow, uint32_t cursor, uint32_t position)
{
    const uint32_t *tokens = flow->plan->run_flow;
    uint32_t token = tokens[position];
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        add_step(flow, cursor, token);
        return position + 1;
    }
    if (DIRECTOR_FLOW_IS_SEQUENCE(token)) {
        add_sequence(flow, cursor, position);
        return flow_skip(tokens, position);
    }
    position++;
    for (uint32_t i = flow_count(token); i > 0; i--) {
        position = add_to_todo(flow, cursor, position);
    }
    return position;
}

void sequence_cursor_what_is_next(struct flow_manager *flow, uint32_t cursor, bool ok)
{
    for (;;) {
        struct sequence_cursor *here = &flow->cursors[cursor];
        here->ok = here->ok && ok;
        if (here->waiting > 0) {
            return;
        }
        if (here->ok) {
            move(flow, cursor);
        }
        if (!sequence_cursor_done(here) || here->parent == SEQUENCE_CURSOR_NONE) {
            return;
        }
        ok = here->ok;
        cursor = here->parent;
        assert(flow->cursors[cursor].waiting > 0);
        flow->cursors[cursor].waiting--;
    }
}
