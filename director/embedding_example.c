/* A whole engine around libdirector: a database of a few arrays, a queue, and one worker.
 *     cc embedding_example.c $(pkg-config --cflags --libs libdirector) */
#include "director.h"
#include <assert.h>
#include <stdio.h>

/* The database: one plan, fetch and then check beside index. An action has its step's number. */
enum { IMPORT = 1, FETCH, CHECK, INDEX };
static const char *const names[] = {"", "import", "fetch", "check", "index"};
static const uint32_t order[] = {IMPORT, FETCH, CHECK, INDEX};
static const uint32_t flow[] = {DIRECTOR_FLOW_SEQUENCE | 2, FETCH, /* and then */
                                DIRECTOR_FLOW_CONCURRENCE | 2, CHECK, INDEX};
static struct director_step_row steps[] = {
    {IMPORT, IMPORT, 0, DIRECTOR_STEP_PLAN, DIRECTOR_STEP_SUCCESS, NULL, 0, 0, false},
    {FETCH, FETCH, 0, DIRECTOR_STEP_RUN, DIRECTOR_STEP_PENDING, NULL, 0, 0, false},
    {CHECK, CHECK, 0, DIRECTOR_STEP_RUN, DIRECTOR_STEP_PENDING, NULL, 0, 0, false},
    {INDEX, INDEX, 0, DIRECTOR_STEP_RUN, DIRECTOR_STEP_PENDING, NULL, 0, 0, false}};
static struct director_plan_row plan = {
    {{1}}, DIRECTOR_PLAN_PLANNED, DIRECTOR_RESULT_PENDING, IMPORT, order, 4, flow, 5, NULL, 0};
#define CALL static enum director_persistence_status
CALL load_plan(void *db, const struct director_plan_id *id, struct director_plan_record *record)
{
    *record = (struct director_plan_record){plan, steps};
    return DIRECTOR_PERSISTENCE_OK;
}
CALL find_plan(void *db, const struct director_plan_id *id, bool *found)
{
    *found = true;
    return DIRECTOR_PERSISTENCE_OK;
}
CALL save_plan(void *db, const struct director_plan_row *row)
{
    plan.state = row->state;
    plan.result = row->result;
    return DIRECTOR_PERSISTENCE_OK;
}
CALL save_step(void *db, const struct director_plan_id *id, const struct director_step_row *row,
               uint32_t allowed)
{
    enum director_step_state *stored = &steps[row->id - 1].state;
    if (allowed != DIRECTOR_SAVE_ALWAYS && !(allowed & DIRECTOR_STEP_STATE_BIT(*stored)))
        return DIRECTOR_PERSISTENCE_UNMATCHED;
    *stored = row->state;
    return DIRECTOR_PERSISTENCE_OK;
}
CALL load_action(void *db, const struct director_plan_id *id, uint32_t action,
                 struct director_action_row *row)
{
    *row = (struct director_action_row){.id = action, .run_step = action};
    return DIRECTOR_PERSISTENCE_OK;
}
CALL save_action(void *db, const struct director_plan_id *id, const struct director_action_row *row)
{
    return DIRECTOR_PERSISTENCE_OK; /* here is where user code's output would be kept */
}
static struct director_config config = {.persistence = {.load_plan = load_plan,
                                                        .find_plan = find_plan,
                                                        .save_plan = save_plan,
                                                        .save_step = save_step,
                                                        .load_action = load_action,
                                                        .save_action = save_action}};
static struct director_work_item *queue[8];
static size_t queued, taken;
static struct director_work_items items;

static void enqueue(enum director_status status)
{
    assert(status == DIRECTOR_OK);
    for (size_t i = 0; i < items.count; i++)
        queue[queued++] = items.items[i];
    items.count = 0; /* they are in the queue now */
}

static void work_off(struct director *director, struct director_work_item *item)
{
    struct director_work_stop stop;
    struct director_work *work;
    enqueue(director_work_begin(item, &config.persistence, &work, &stop));
    for (; stop.kind == DIRECTOR_WORK_USER_CODE;
         director_work_continue(work, DIRECTOR_OUTCOME_SUCCESS, &stop))
        printf("step %u, %s, runs\n", stop.step_id, names[stop.step_id]);
    director_work_end(work);
    enqueue(director_work_finished(director, item, &items));
    director_work_item_release(item);
}

int main(void)
{
    struct director_future done = {0};
    struct director *director;
    config.allocator = director_default_allocator();
    enqueue(director_create(&config, &director));
    enqueue(director_start_execution(director, &plan.id, &done, &items));
    while (taken < queued)
        work_off(director, queue[taken++]);
    printf("the plan is %s\n", director_plan_state_name(plan.state));
    director_destroy(director);
    return done.state == DIRECTOR_FUTURE_FULFILLED ? 0 : 1;
}
