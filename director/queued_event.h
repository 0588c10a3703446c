/* queued_event.h: an event that waits for its step, or that is being worked on. */
#ifndef DIRECTOR_QUEUED_EVENT_H
#define DIRECTOR_QUEUED_EVENT_H

#include "director/director.h"

struct running_steps_manager;

/* Owned by the queue of its step until it becomes a work item, then by the item. While it is
 * tracked its future is still to be resolved; what is tracked is found by request id
 * (@events_by_request_id). */
struct queued_event {
    struct director_event event;
    struct queued_event *next; /* in the queue of its step */
    struct running_steps_manager *tracked_by;
    struct queued_event *tracked_next;
    struct queued_event *tracked_previous;
};

/* NULL without memory. */
struct queued_event *queued_event_create(struct director *director,
                                         const struct director_event *event);
/* Stops tracking it, without resolving anything. */
void queued_event_free(struct queued_event *event, struct director *director);

#endif
