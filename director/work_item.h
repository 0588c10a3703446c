/* work_item.h: what the director hands out. Items are counted: the caller has one reference, the
 * queue of the running step another. They come from a spare list that each call fills up before it
 * changes anything, so that handing out cannot fail. */
#ifndef DIRECTOR_WORK_ITEM_H
#define DIRECTOR_WORK_ITEM_H

#include "director/director.h"

struct step;
struct queued_event;

/* What a remote worker said of one step. */
struct step_report {
    uint32_t step_id;
    uint8_t state;
};

struct director_work_item {
    struct director *director;
    struct director_work_item *next; /* in the queue of its step, or in the spare list */
    uint32_t references;
    uint8_t kind;
    bool begun;         /* a worker has taken it */
    bool reported;      /* finished, or failed */
    bool crashed;       /* its worker met an exception that was no persistence error */
    bool in_user_code;  /* user code got it, at least once */
    bool in_hands;      /* user code has it at this moment */
    uint64_t execution; /* the one that handed it out */
    struct director_plan_id plan;
    uint32_t queue;
    struct step *step;                         /* run and event; keeps its owner */
    struct queued_event *event;                /* event; owned */
    struct director_execution_plan *finalized; /* finalize: the worker's copy, once it is through */
    struct step_report *reports;               /* finalize: told by a remote worker */
    size_t report_count;
    size_t report_capacity;
};

/* Fill the spare list up to `count` items; false without memory. */
bool work_item_reserve(struct director *director, size_t count);
/* Take a reserved item, with one reference. `step` may be NULL. */
struct director_work_item *work_item_take(struct director *director, enum director_work_kind kind,
                                          const struct director_plan_id *plan, struct step *step,
                                          uint32_t queue);
void work_item_retain(struct director_work_item *item);

/* Put an item into the answer of the running call, which gets a reference of its own. Room for it
 * must have been reserved. */
void work_item_answer(struct director *director, struct director_work_item *item);

/* Free the director when its owner has let it go and nothing is out. */
void director_free_when_unused(struct director *director);

#endif
