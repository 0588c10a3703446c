/* sequence_cursor.h: how far a sequence of the run flow has come (Dynflow's
 * director/sequence_cursor.rb). One cursor per sequence; all of a plan's lie in one array. */
#ifndef DIRECTOR_SEQUENCE_CURSOR_H
#define DIRECTOR_SEQUENCE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

struct flow_manager;

#define SEQUENCE_CURSOR_NONE UINT32_MAX

/* Ruby's @todo is a list of steps and cursors. Here it is a count, with a mark at each step that is
 * waited for (a cursor is done once, so that it needs none): the list is only ever asked whether
 * something is in it, whether it is empty, and, just after a move filled it, for its steps in
 * order; and those the move yields as it goes. */
struct sequence_cursor {
    uint32_t parent;  /* SEQUENCE_CURSOR_NONE: the root */
    uint32_t size;    /* sub-flows */
    uint32_t index;   /* of the sub-flow it stands at; UINT32_MAX before the first */
    uint32_t next;    /* where the next sub-flow begins in the flow's tokens */
    uint32_t waiting; /* how many steps and cursors it waits for */
    bool ok;          /* no error so far */
};

/* Past the last sub-flow, or something failed and nothing is waited for any more. */
bool sequence_cursor_done(const struct sequence_cursor *cursor);

/* What a cursor waited for is done (already taken off its list), well or not: go on. The steps that
 * can be done next go into the director's scratch list. */
void sequence_cursor_what_is_next(struct flow_manager *flow, uint32_t cursor, bool ok);

#endif
