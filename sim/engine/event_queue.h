/* event_queue.h: what is still to happen in the simulated world, in the order in which it will.
 *
 * Order: the lowest time first; among events of one time the lowest sequence, which is given at the
 * push and never twice. So the order is total, and events of one time come out as they went in,
 * unless event_queue_pop_nth is used to choose among them.
 *
 * Time never runs back: an event may be pushed at the time of the event popped last
 * (event_queue_now) or later, never before. The queue makes use of that: it is a radix heap, where
 * an event is moved only a few times however many are pending.
 *
 * One thread at a time. All memory comes from the allocator that is given at creation. */
#ifndef SIM_ENGINE_EVENT_QUEUE_H
#define SIM_ENGINE_EVENT_QUEUE_H

#include "director/director.h"

#define EVENT_QUEUE_PENDING_MAX (1u << 30) /* events pending at once: NO_MEMORY beyond */

/* An event. The queue looks at time and sequence only; the rest is the owner's. */
struct engine_event {
    uint64_t time;     /* virtual microseconds */
    uint64_t sequence; /* given by event_queue_push, from 1 on; what the caller sets is ignored */
    uint32_t kind;
    uint32_t target;
    void *subject;
    uint64_t word;
};

enum event_queue_status {
    EVENT_QUEUE_OK,
    EVENT_QUEUE_NO_MEMORY, /* nothing has changed */
};

struct event_queue;

/* An empty queue, at time 0. It belongs to the caller, for event_queue_destroy.
 * EVENT_QUEUE_NO_MEMORY. */
enum event_queue_status event_queue_create(struct director_allocator allocator,
                                           struct event_queue **queue);

/* Drop the queue and the events in it; what their subjects point to is the owner's. NULL is
 * ignored. */
void event_queue_destroy(struct event_queue *queue);

/* Add a copy of `event`, with the next sequence; `*sequence` (unless NULL) tells which. Its time
 * must not be before event_queue_now: that is the caller's mistake, and asserted.
 * EVENT_QUEUE_NO_MEMORY: nothing has changed, no sequence is used up. */
enum event_queue_status event_queue_push(struct event_queue *queue,
                                         const struct engine_event *event, uint64_t *sequence);

/* Take memory for `count` more events than are pending now: that many pushes cannot fail, as long
 * as nothing else is pushed meanwhile. EVENT_QUEUE_NO_MEMORY. */
enum event_queue_status event_queue_reserve(struct event_queue *queue, size_t count);

/* Take the first event out; time becomes its time. False when there is none. */
bool event_queue_pop(struct event_queue *queue, struct engine_event *event);

/* Look at the first event, without taking it or moving time. False when there is none. */
bool event_queue_peek(const struct event_queue *queue, struct engine_event *event);

/* The time of the first event that is not of this kind. False when there is none. Takes time in
 * proportion to the events before it. */
bool event_queue_first_but(const struct event_queue *queue, uint32_t kind, uint64_t *time);

/* The time of the event popped last; 0 before the first. */
uint64_t event_queue_now(const struct event_queue *queue);

/* How many events are pending. */
size_t event_queue_count(const struct event_queue *queue);

/* How many events are due at the time of the first one: those among which their order is a choice.
 * 0 when none is pending. Takes time in proportion to its answer, and may look at a few events
 * more. */
size_t event_queue_count_at_head(const struct event_queue *queue);

/* Copy those events, in the order of sequence, at most `count` of them, to `events`. */
void event_queue_list_head(const struct event_queue *queue, struct engine_event *events,
                           size_t count);

/* Take out the event that stands at place `n` (from 0, in the order of sequence) of those due at
 * the time of the first one; time becomes its time. The others keep their order. False, and nothing
 * is taken, when `n` is not below event_queue_count_at_head. */
bool event_queue_pop_nth(struct event_queue *queue, size_t n, struct engine_event *event);

/* Copy all pending events to `events`, which has room for event_queue_count, in the order in which
 * they would be popped. For checks, views and hashes of the state; not fast. */
void event_queue_list(const struct event_queue *queue, struct engine_event *events);

#endif
