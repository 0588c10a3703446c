/* timeline_story.c: what belongs together is found in one pass, from what the latest events of each
 * plan, step and work item were. */
#include "sim/cli/timeline_story.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STORY_MIN 1024u

static bool grow(struct story *story)
{
    uint32_t capacity = story->capacity == 0 ? STORY_MIN : story->capacity * 2;
    struct story_event *events = realloc(story->events, (size_t)capacity * sizeof(*events));
    if (events == NULL || capacity >= STORY_NONE / 2) {
        story->failed = true;
        free(events);
        story->events = events == NULL ? story->events : NULL;
        return false;
    }
    story->events = events;
    story->capacity = capacity;
    return true;
}

bool story_take(void *context, const struct trace_names *names, const struct trace_record *record)
{
    struct story *story = context;
    story->names = *names;
    story->lines++;
    if (record->kind == TRACE_FAULT_SITE) {
        story->site = (uint32_t)record->value;
        return true;
    }
    if (story->count == story->capacity && !grow(story)) {
        return false;
    }
    struct story_event *event = &story->events[story->count++];
    *event = (struct story_event){.record = *record, .line = story->lines, .cause = STORY_NONE};
    if (record->kind == TRACE_FAULT) {
        event->site = story->site;
    }
    return true;
}

void story_free(struct story *story)
{
    free(story->events);
    *story = (struct story){0};
}

/* ---- What belongs together ------------------------------------------------------------------- */

/* What is known of one plan, or of one step, as the pass goes on; indexes of events. */
struct latest {
    uint32_t any;
    uint32_t item;     /* the work item that was handed out last; 0: none */
    uint32_t decision; /* of a plan: what the core last had to think about */
    uint32_t kept;     /* of a plan: the last that moved it, saved it, or touched its lock */
};

struct pass {
    struct story *story;
    const struct scenario *scenario;
    struct latest *plans;
    struct latest *steps; /* of all plans, one after the other */
    uint32_t *first_steps;
    uint32_t *items;    /* by number: the last event of the work item */
    uint32_t *requests; /* by number: the client's event */
    uint32_t worlds[256];
    uint64_t item_max;
};

static struct latest *latest_plan(const struct pass *pass, const struct trace_record *record)
{
    return record->plan < pass->scenario->plan_count ? &pass->plans[record->plan] : NULL;
}

static struct latest *latest_step(const struct pass *pass, const struct trace_record *record)
{
    if (record->plan >= pass->scenario->plan_count ||
        record->step >= pass->scenario->plans[record->plan].step_count) {
        return NULL;
    }
    return &pass->steps[pass->first_steps[record->plan] + record->step];
}

static bool is_of_client(enum trace_kind kind)
{
    return kind >= TRACE_START && kind <= TRACE_HEAL;
}

static bool is_finalize(const struct trace_record *record)
{
    return record->kind == TRACE_FINALIZE ||
           (record->kind == TRACE_STEP_MOVED && record->value == DIRECTOR_STEP_FINALIZE);
}

/* The work item of an event: told, or that of its step (in a finalize phase: of its plan) which was
 * handed out last. */
static uint32_t item_of(const struct pass *pass, const struct trace_record *record)
{
    const struct latest *plan = latest_plan(pass, record);
    const struct latest *step = latest_step(pass, record);
    switch (record->kind) {
    case TRACE_WORK:
    case TRACE_RUN:
    case TRACE_FINALIZE:
    case TRACE_PLANNING:
    case TRACE_FINISHED:
    case TRACE_FAILED:
    case TRACE_WORKER_DIED:
        return (uint32_t)record->aside;
    case TRACE_STEP_MOVED:
    case TRACE_SAVED_STEP:
    case TRACE_FAULT:
        if (is_finalize(record)) {
            return plan == NULL ? 0 : plan->item;
        }
        return step == NULL ? 0 : step->item;
    default:
        return 0;
    }
}

static uint32_t or_else(uint32_t first, uint32_t second)
{
    return first == STORY_NONE ? second : first;
}

/* What led to an event that is about a plan alone. */
static uint32_t cause_of_plan(const struct latest *plan, const struct trace_record *record)
{
    switch (record->kind) {
    case TRACE_WORK:
        return or_else(plan->decision, plan->any);
    case TRACE_FUTURE:
        return record->to == DIRECTOR_FUTURE_REJECTED ? STORY_NONE : or_else(plan->kept, plan->any);
    case TRACE_UNLOCK:
        return or_else(plan->kept, plan->any);
    default:
        return plan->any;
    }
}

static uint32_t cause_of(const struct pass *pass, uint32_t index)
{
    const struct story_event *event = &pass->story->events[index];
    const struct trace_record *record = &event->record;
    const struct latest *plan = latest_plan(pass, record);
    const struct latest *step = latest_step(pass, record);
    uint32_t cause = STORY_NONE;
    if (is_of_client(record->kind)) {
        return STORY_NONE;
    }
    if (record->kind == TRACE_VIOLATION) {
        return index == 0 ? STORY_NONE : index - 1;
    }
    if (record->kind == TRACE_INVALIDATE || record->kind == TRACE_TERMINATED) {
        return pass->worlds[record->world & 255u];
    }
    if (record->kind != TRACE_WORK && event->item != 0 && event->item <= pass->item_max) {
        cause = pass->items[event->item];
    }
    if (cause == STORY_NONE && step != NULL && record->kind != TRACE_WORK) {
        cause = step->any;
    }
    if (cause == STORY_NONE && plan != NULL) {
        cause = cause_of_plan(plan, record);
    }
    if (cause == STORY_NONE && event->request != 0) {
        cause = pass->requests[event->request];
    }
    return cause;
}

static bool is_decision(const struct trace_record *record)
{
    return record->kind == TRACE_FINISHED || record->kind == TRACE_FAILED ||
           record->kind == TRACE_PLAN_MOVED || record->kind == TRACE_EVENT ||
           (record->kind == TRACE_STEP_MOVED && record->to == DIRECTOR_STEP_SKIPPING);
}

static void remember(struct pass *pass, uint32_t index)
{
    const struct story_event *event = &pass->story->events[index];
    const struct trace_record *record = &event->record;
    struct latest *plan = latest_plan(pass, record);
    struct latest *step = latest_step(pass, record);
    if (step != NULL) {
        step->any = index;
        step->item = record->kind == TRACE_WORK ? event->item : step->item;
    }
    if (plan != NULL) {
        plan->any = index;
        plan->decision = is_decision(record) ? index : plan->decision;
        plan->item = record->kind == TRACE_WORK && step == NULL ? event->item : plan->item;
        if (record->kind == TRACE_PLAN_MOVED || record->kind == TRACE_SAVED_PLAN ||
            record->kind == TRACE_LOCK || record->kind == TRACE_UNLOCK) {
            plan->kept = index;
        }
    }
    if (event->item != 0 && event->item <= pass->item_max) {
        pass->items[event->item] = index;
    }
    if (is_of_client(record->kind)) {
        pass->requests[event->request] = index;
        if (record->world != 0) {
            pass->worlds[record->world & 255u] = index;
        }
    }
}

static struct scenario_position position_of(const struct scenario *scenario,
                                            const struct story_event *event)
{
    uint64_t number = event->record.aside;
    if (is_of_client(event->record.kind) && number - 1 < scenario->event_count) {
        return scenario->events[number - 1].position;
    }
    if (event->record.kind == TRACE_FAULT && number - 1 < scenario->fault_count) {
        return scenario->faults[number - 1].position;
    }
    return (struct scenario_position){0};
}

static void link_event(struct pass *pass, uint32_t index)
{
    struct story_event *event = &pass->story->events[index];
    const struct trace_record *record = &event->record;
    bool asks = is_of_client(record->kind) || record->kind == TRACE_FUTURE ||
                record->kind == TRACE_EVENT_FUTURE;
    if (asks && record->aside <= pass->scenario->event_count) {
        event->request = (uint32_t)record->aside;
    }
    event->item = item_of(pass, record);
    event->position = position_of(pass->scenario, event);
    event->cause = cause_of(pass, index);
    remember(pass, index);
}

/* `count` numbers that are all STORY_NONE. */
static uint32_t *nones(size_t count)
{
    uint32_t *numbers = malloc((count + 1) * sizeof(*numbers));
    if (numbers != NULL) {
        memset(numbers, 0xff, (count + 1) * sizeof(*numbers));
    }
    return numbers;
}

static struct latest *nothing_yet(size_t count)
{
    struct latest *all = malloc((count + 1) * sizeof(*all));
    for (size_t i = 0; all != NULL && i <= count; i++) {
        all[i] = (struct latest){
            .any = STORY_NONE, .decision = STORY_NONE, .kept = STORY_NONE, .item = 0};
    }
    return all;
}

static bool begin(struct pass *pass)
{
    const struct scenario *scenario = pass->scenario;
    uint32_t steps = 0;
    pass->first_steps = nones(scenario->plan_count);
    for (uint32_t i = 0; pass->first_steps != NULL && i < scenario->plan_count; i++) {
        pass->first_steps[i] = steps;
        steps += scenario->plans[i].step_count;
    }
    for (uint32_t i = 0; i < pass->story->count; i++) {
        const struct trace_record *record = &pass->story->events[i].record;
        if (record->kind == TRACE_WORK && record->aside > pass->item_max) {
            pass->item_max = record->aside;
        }
    }
    pass->plans = nothing_yet(scenario->plan_count);
    pass->steps = nothing_yet(steps);
    pass->items = nones(pass->item_max + 1);
    pass->requests = nones(scenario->event_count + 1u);
    memset(pass->worlds, 0xff, sizeof(pass->worlds));
    return pass->first_steps != NULL && pass->plans != NULL && pass->steps != NULL &&
           pass->items != NULL && pass->requests != NULL;
}

bool story_link(struct story *story, const struct scenario *scenario)
{
    struct pass pass = {.story = story, .scenario = scenario};
    bool good = begin(&pass);
    for (uint32_t i = 0; good && i < story->count; i++) {
        link_event(&pass, i);
    }
    free(pass.first_steps);
    free(pass.plans);
    free(pass.steps);
    free(pass.items);
    free(pass.requests);
    return good;
}
