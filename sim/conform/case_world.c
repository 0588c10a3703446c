/* case_world.c: the store, the director and the records around one conformance case. */
#include "sim/conform/case_world.h"

#include "director/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct case_plan *plan_of_id(const struct case_world *world,
                                          const struct director_plan_id *id)
{
    for (uint32_t i = 0; i < world->plan_count; i++) {
        if (memcmp(&world->plans[i].plan.record.row.id, id, sizeof(*id)) == 0) {
            return &world->plans[i];
        }
    }
    return NULL;
}

static const char *name_of(const struct case_world *world, const struct director_plan_id *id)
{
    const struct case_plan *plan = plan_of_id(world, id);
    return plan == NULL ? "?" : plan->name;
}

const struct case_plan *case_world_plan(const struct case_world *world,
                                        const struct case_node *name)
{
    for (uint32_t i = 0; i < world->plan_count; i++) {
        if (case_node_is(name, world->plans[i].name)) {
            return &world->plans[i];
        }
    }
    return NULL;
}

/* ---- Faults and writes ---------------------------------------------------------------------- */

/* The nth matching call fails, once; of two faults that are due at one call the second waits for
 * its next. */
static struct faulty_verdict decide(void *context, const struct faulty_operation *operation)
{
    struct case_world *world = context;
    const struct case_plan *plan = plan_of_id(world, operation->plan);
    for (size_t i = 0; i < world->fault_count; i++) {
        struct case_fault *fault = &world->faults[i];
        if (fault->on != operation->kind || (fault->plan != NULL && fault->plan != plan) ||
            (fault->step != 0 && fault->step != operation->id) || --fault->nth > 0) {
            continue;
        }
        struct faulty_verdict verdict = {fault->after ? FAULTY_AFTER : FAULTY_BEFORE,
                                         DIRECTOR_PERSISTENCE_ERROR};
        world->fault_count--;
        memmove(fault, fault + 1, (world->fault_count - i) * sizeof(*fault));
        return verdict;
    }
    return (struct faulty_verdict){FAULTY_NONE, DIRECTOR_PERSISTENCE_OK};
}

static void note_write(void *context, const struct faulty_operation *operation,
                       enum director_persistence_status answer, bool wrote,
                       struct faulty_verdict verdict)
{
    struct case_world *world = context;
    const char *name = name_of(world, operation->plan);
    (void)wrote;
    if (operation->kind == FAULTY_SAVE_PLAN) {
        case_text_add(&world->writes, "plan %s %s %s", name,
                      director_plan_state_name(operation->plan_state),
                      director_result_name(operation->result));
    } else if (operation->kind == FAULTY_SAVE_STEP) {
        case_text_add(&world->writes, "step %s %u %s", name, operation->id,
                      director_step_state_name(operation->step_state));
    } else {
        return;
    }
    const char *ending = "";
    if (verdict.moment == FAULTY_BEFORE) {
        ending = " !before";
    } else if (verdict.moment == FAULTY_AFTER) {
        ending = " !after";
    } else if (answer == DIRECTOR_PERSISTENCE_UNMATCHED) {
        ending = " ~";
    } else if (answer != DIRECTOR_PERSISTENCE_OK) {
        ending = " !constraint";
    }
    case_text_add(&world->writes, "%s\n", ending);
}

/* ---- Futures -------------------------------------------------------------------------------- */

static void note_resolved(void *context, struct director_future *future,
                          const struct director_execution_plan *plan)
{
    struct case_world *world = context;
    const struct case_future *noted = future->owner;
    (void)plan;
    if (future->state == DIRECTOR_FUTURE_FULFILLED) {
        case_text_add(&world->resolved, "%s %s fulfilled\n", noted->kind, noted->name);
    } else {
        case_text_add(&world->resolved, "%s %s rejected %s\n", noted->kind, noted->name,
                      director_reason_name(future->reason));
    }
}

struct director_future *case_world_future(struct case_world *world, const char *kind,
                                          const char *name)
{
    struct case_future *future = scenario_memory_allocate(world->memory, sizeof(*future));
    if (future == NULL) {
        world->failed = true;
        return NULL;
    }
    future->kind = kind;
    future->name = name;
    future->future.owner = future;
    return &future->future;
}

/* ---- Open and close ------------------------------------------------------------------------- */

static enum case_verdict read_plans(struct case_world *world, const struct case_node *document,
                                    struct case_result *result)
{
    const struct case_node *plans = case_node_get(document, "plans");
    result->problem = (struct scenario_problem){document->position,
                                                "a case has case, auto_rescue, plans and ops"};
    if (plans == NULL || plans->kind != CASE_SEQUENCE) {
        return CASE_MALFORMED;
    }
    for (const struct case_node *plan = plans->first; plan != NULL; plan = plan->next) {
        world->plan_count++;
    }
    if (world->plan_count > CASE_PLANS_MAX) {
        return CASE_MALFORMED;
    }
    world->plans = scenario_memory_array(world->memory, world->plan_count, sizeof(*world->plans));
    uint32_t i = 0;
    for (const struct case_node *plan = plans->first; plan != NULL; plan = plan->next) {
        if (world->plans == NULL ||
            !case_plan_read(plan, world->memory, &world->plans[i++], &result->problem)) {
            return scenario_memory_failed(world->memory) ? CASE_FAILED : CASE_MALFORMED;
        }
    }
    return CASE_SAME;
}

static struct case_view *make_views(struct case_world *world)
{
    struct case_view *views =
        scenario_memory_array(world->memory, world->plan_count, sizeof(*views));
    for (uint32_t i = 0; views != NULL && i < world->plan_count; i++) {
        uint32_t steps = world->plans[i].plan.record.row.step_count;
        views[i].steps = scenario_memory_array(world->memory, steps + 1, 1);
    }
    return views;
}

static enum case_verdict fail(struct case_result *result, const char *message)
{
    case_text_clear(&result->difference);
    case_text_add(&result->difference, "%s\n", message);
    return CASE_FAILED;
}

static enum case_verdict open_store(struct case_world *world, enum case_store kind,
                                    struct case_result *result)
{
    char message[256] = "out of memory";
    struct director_allocator allocator = director_default_allocator();
    enum store_status status =
        kind == CASE_STORE_MEMORY
            ? memory_store_create(&allocator, &world->store)
            : sqlite_store_open(&allocator, NULL, NULL, &world->store, message, sizeof(message));
    if (status != STORE_OK) {
        return fail(result, message);
    }
    for (uint32_t i = 0; i < world->plan_count; i++) {
        if (world->store->operations->insert_plan(world->store, &world->plans[i].plan) !=
            STORE_OK) {
            return fail(result, store_error_message(world->store));
        }
    }
    const struct faulty_hooks hooks = {world, decide, note_write};
    faulty_store_init(&world->faulty, &world->store->persistence, &hooks);
    return CASE_SAME;
}

enum case_verdict case_world_open(struct case_world *world, const struct case_node *document,
                                  enum case_store store, struct case_result *result)
{
    *world = (struct case_world){.memory = scenario_memory_create(NULL, NULL)};
    if (world->memory == NULL) {
        return fail(result, "out of memory");
    }
    enum case_verdict verdict = read_plans(world, document, result);
    if (verdict != CASE_SAME) {
        return verdict == CASE_FAILED ? fail(result, "out of memory") : verdict;
    }
    world->stored = make_views(world);
    world->held = make_views(world);
    if (scenario_memory_failed(world->memory)) {
        return fail(result, "out of memory");
    }
    verdict = open_store(world, store, result);
    if (verdict != CASE_SAME) {
        return verdict;
    }
    const struct director_config config = {
        .allocator = director_default_allocator(),
        .persistence = world->faulty.persistence,
        .hooks = {.context = world, .resolved = note_resolved},
        .auto_rescue = case_node_is(case_node_get(document, "auto_rescue"), "true"),
        .defects = DIRECTOR_DEFECTS_ALL,
    };
    if (director_create(&config, &world->director) != DIRECTOR_OK) {
        return fail(result, "out of memory");
    }
    /* What is there before the first op counts as known. */
    case_world_end_op(world);
    case_world_begin_op(world);
    return CASE_SAME;
}

void case_world_close(struct case_world *world)
{
    for (size_t i = 0; i < world->work_count; i++) {
        director_work_end(world->works[i].work);
        director_work_item_release(world->works[i].item);
    }
    director_destroy(world->director);
    if (world->store != NULL) {
        world->store->operations->close(world->store);
    }
    free(world->works);
    free(world->faults);
    free(world->events);
    case_text_free(&world->returns);
    case_text_free(&world->resolved);
    case_text_free(&world->writes);
    case_text_free(&world->running);
    case_text_free(&world->changed);
    scenario_memory_destroy(world->memory);
}

/* ---- One op --------------------------------------------------------------------------------- */

void case_world_begin_op(struct case_world *world)
{
    case_text_clear(&world->returns);
    case_text_clear(&world->resolved);
    case_text_clear(&world->writes);
    case_text_clear(&world->running);
    case_text_clear(&world->changed);
}

void case_world_take_items(struct case_world *world, const struct director_work_items *items)
{
    const struct director_allocator allocator = director_default_allocator();
    for (size_t i = 0; i < items->count; i++) {
        struct director_work_item *item = items->items[i];
        void *works = world->works;
        if (!memory_reserve(&allocator, &works, &world->work_capacity, world->work_count + 1,
                            sizeof(world->works[0]))) {
            world->failed = true;
            director_work_item_release(item);
            continue;
        }
        world->works = works;
        world->works[world->work_count++] = (struct case_work){.item = item};
        enum director_work_kind kind = director_work_item_kind(item);
        case_text_add(&world->returns, "work %zu plan %s %s", world->work_count,
                      name_of(world, director_work_item_plan(item)), director_work_kind_name(kind));
        if (kind != DIRECTOR_WORK_FINALIZE) {
            case_text_add(&world->returns, " step %u", director_work_item_step(item));
        }
        if (kind == DIRECTOR_WORK_EVENT) {
            case_text_add(&world->returns, " event %s",
                          world->events[director_work_item_event(item)]);
        }
        case_text_add(&world->returns, "\n");
    }
}

/* ---- What changed --------------------------------------------------------------------------- */

static void view_held(const struct case_world *world, const struct case_plan *plan,
                      struct case_view *view)
{
    const struct director_execution_plan *held =
        director_find_plan(world->director, &plan->plan.record.row.id);
    view->there = held != NULL;
    for (uint32_t i = 0; i < plan->plan.record.row.step_count; i++) {
        view->steps[i] =
            held == NULL ? 0 : (uint8_t)(1 + director_execution_plan_step_state(held, i));
    }
    if (held != NULL) {
        view->state = director_execution_plan_state(held);
        view->result = director_execution_plan_result(held);
    }
}

static void view_stored(const struct case_world *world, const struct case_plan *plan,
                        struct case_view *view)
{
    struct director_plan_row row;
    const struct director_plan_id *id = &plan->plan.record.row.id;
    view->there = world->store->operations->peek_plan(world->store, id, &row) == STORE_OK;
    if (view->there) {
        view->state = row.state;
        view->result = row.result;
    }
    for (uint32_t i = 0; i < plan->plan.record.row.step_count; i++) {
        enum director_step_state state;
        bool there = world->store->operations->peek_step(
                         world->store, id, plan->plan.record.row.step_ids[i], &state) == STORE_OK;
        view->steps[i] = there ? (uint8_t)(1 + state) : 0;
    }
}

/* Tell what differs between two views, in a fixed order, and make the second the known one. */
static void tell_view(struct case_world *world, const struct case_plan *plan, const char *which,
                      const char *absent, struct case_view *known, const struct case_view *now)
{
    struct case_text *text = &world->changed;
    const struct director_plan_row *row = &plan->plan.record.row;
    bool appeared = now->there && !known->there;
    if (known->there && !now->there) {
        case_text_add(text, "%s %s %s\n", plan->name, which, absent);
    }
    if (now->there && (appeared || now->state != known->state)) {
        case_text_add(text, "%s %s state %s\n", plan->name, which,
                      director_plan_state_name(now->state));
    }
    if (now->there && (appeared || now->result != known->result)) {
        case_text_add(text, "%s %s result %s\n", plan->name, which,
                      director_result_name(now->result));
    }
    for (uint32_t i = 0; i < row->step_count; i++) {
        if (now->there && now->steps[i] != 0 && (appeared || now->steps[i] != known->steps[i])) {
            case_text_add(text, "%s %s step %u %s\n", plan->name, which, row->step_ids[i],
                          director_step_state_name((enum director_step_state)(now->steps[i] - 1)));
        }
    }
    known->there = now->there;
    known->state = now->state;
    known->result = now->result;
    memcpy(known->steps, now->steps, row->step_count);
}

void case_world_end_op(struct case_world *world)
{
    for (const struct director_execution_plan *plan = director_first_plan(world->director);
         plan != NULL; plan = director_next_plan(plan)) {
        case_text_add(&world->running, "%s\n", name_of(world, director_execution_plan_id(plan)));
    }
    for (uint32_t i = 0; i < world->plan_count; i++) {
        const struct case_plan *plan = &world->plans[i];
        uint8_t steps[CASE_STEPS_MAX];
        struct case_view now = {.steps = steps};
        view_stored(world, plan, &now);
        tell_view(world, plan, "stored", "missing", &world->stored[i], &now);
        now = (struct case_view){.steps = steps};
        view_held(world, plan, &now);
        tell_view(world, plan, "memory", "gone", &world->held[i], &now);
    }
}
