/* running_steps_manager.h: which step works on what. Keeps events away from steps that are not
 * suspended, and hands them over one by one (Dynflow's director/running_steps_manager.rb). */
#ifndef DIRECTOR_RUNNING_STEPS_MANAGER_H
#define DIRECTOR_RUNNING_STEPS_MANAGER_H

#include "director/director.h"

struct step;
struct queued_event;

#define RUNNING_STEP_NONE UINT32_MAX

/* What is known of one step of the plan; indexed by the step's position. */
struct running_step {
    struct step *step; /* NULL: not in execution; keeps its owner */
    struct director_work_item *first_item;
    struct director_work_item *last_item;
    struct queued_event *first_event;
    struct queued_event *last_event;
    /* The steps with items, in the order in which they got their first. */
    uint32_t order_previous;
    uint32_t order_next;
};

struct running_steps_manager {
    struct director *director;
    uint64_t execution; /* for the items of events */
    struct director_execution_plan *plan;
    struct running_step *steps; /* one for each step of the plan */
    uint32_t first_in_order;
    uint32_t last_in_order;
    struct queued_event *tracked;
};

void running_steps_manager_init(struct running_steps_manager *manager, struct director *director,
                                struct director_execution_plan *plan, uint64_t execution,
                                struct running_step *steps);
/* Let everything go without resolving anything. */
void running_steps_manager_free(struct running_steps_manager *manager);

/* Forget the items, queued and out; reject the futures of those that were events, and of the events
 * that have not become items yet (with queued-events-forgotten those are left as they are).
 * DIRECTOR_INTERNAL: a future was resolved already. */
enum director_status running_steps_manager_terminate(struct running_steps_manager *manager);

/* A step was handed out with this item. */
void running_steps_manager_add(struct running_steps_manager *manager, struct step *step,
                               struct director_work_item *item);

/* The first item of the step is done; if it was an event, its future is fulfilled, or rejected when
 * user code never `took` it. Answers in *suspended whether the step waits for more; then its next
 * event, if there is one, goes into the answer. */
enum director_status running_steps_manager_done(struct running_steps_manager *manager,
                                                struct step *step, bool took, bool *suspended);

/* Take an event. `event` is consumed. An item made of it goes into the answer. */
enum director_status running_steps_manager_event(struct running_steps_manager *manager,
                                                 struct queued_event *event);

#endif
