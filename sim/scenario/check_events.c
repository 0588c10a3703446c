/* check_events.c: the `events:` section. */
#include "sim/scenario/reader.h"

#include <assert.h>
#include <string.h>

static_assert(EVENT_FIRST_KIND + SCENARIO_EVENT_KINDS == EVENT_KEYS, "one key a kind of event");

/* The names of sent events, before any event is read: triggers may name later ones. */
static void index_event_names(struct reader *reader, const struct yaml_node *node)
{
    uint32_t number = 0;
    if (!name_index_start(&reader->event_names, reader->scratch, node->count)) {
        return;
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next, number++) {
        const struct yaml_node *sent =
            yaml_node_value(item, event_keys.keys[EVENT_FIRST_KIND + SCENARIO_EVENT].name);
        const struct yaml_node *name =
            sent == NULL ? NULL : yaml_node_value(sent, sent_event_keys.keys[SENT_EVENT_NAME].name);
        if (name != NULL && name->kind == YAML_SCALAR) {
            name_index_add(&reader->event_names, name->text, name->length, number, name->position);
        }
    }
    name_index_sort(&reader->event_names);
}

static void check_sent_event(struct reader *reader, const struct yaml_node *node,
                             struct scenario_event *event)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    if (!reader_fields(reader, node, &sent_event_keys, values)) {
        return;
    }
    if (values[SENT_EVENT_NAME] != NULL) {
        reader_name(reader, values[SENT_EVENT_NAME], &event->name);
    }
    if (values[SENT_EVENT_OPTIONAL] != NULL) {
        reader_boolean(reader, values[SENT_EVENT_OPTIONAL], &event->optional);
    }
    if (values[SENT_EVENT_REQUEST] != NULL) {
        reader_number32(reader, values[SENT_EVENT_REQUEST], 1, UINT32_MAX, &event->request);
    }
    if (values[SENT_EVENT_STEP] == NULL ||
        !reader_plan_and_step(reader, values[SENT_EVENT_PLAN], values[SENT_EVENT_STEP],
                              &event->plan, &event->step)) {
        return;
    }
    const struct scenario_step *step = &reader->scenario->plans[event->plan].steps[event->step];
    if (!step->in_run) {
        problem_list_add(reader->problems, values[SENT_EVENT_STEP]->position,
                         "step '%s' is in no run flow, so it takes no events", step->name);
    }
}

static void check_kind(struct reader *reader, const struct yaml_node *value,
                       struct scenario_event *event)
{
    switch (event->kind) {
    case SCENARIO_START:
    case SCENARIO_HALT:
    case SCENARIO_DELETE:
    case SCENARIO_DELETE_STEPS:
        reader_reference(reader, value, &reader->plan_names, "plan", &event->plan);
        break;
    case SCENARIO_EVENT:
        check_sent_event(reader, value, event);
        break;
    case SCENARIO_TERMINATE:
    case SCENARIO_CRASH:
    case SCENARIO_START_WORLD:
    case SCENARIO_CHECK_WORLDS:
        reader_world_number(reader, value, &event->world);
        break;
    case SCENARIO_HEAL:
        if (!yaml_node_is(value, "faults")) {
            reader_wrong(reader, value, "faults");
        }
        break;
    }
}

static void check_event(struct reader *reader, const struct yaml_node *node,
                        struct scenario_event *event)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    *event = (struct scenario_event){
        .kind = SCENARIO_HEAL,
        .position = node->position,
        .plan = SCENARIO_NONE,
        .step = SCENARIO_NONE,
    };
    uint64_t before = reader->problems->total;
    if (!reader_fields(reader, node, &event_keys, values)) {
        return;
    }
    /* A key that is not known may have been meant for what is missing. */
    bool keys_known = reader->problems->total == before;
    if (keys_known && values[EVENT_AT] == NULL && values[EVENT_AFTER] == NULL) {
        problem_list_add(reader->problems, node->position,
                         "when? an event needs 'at', such as at: 5ms, or 'after'");
    }
    reader_trigger(reader, values[EVENT_AT], values[EVENT_AFTER], values[EVENT_DELAY],
                   &event->when);
    uint32_t kinds = 0;
    for (uint32_t kind = 0; kind < SCENARIO_EVENT_KINDS; kind++) {
        const struct yaml_node *value = values[EVENT_FIRST_KIND + kind];
        if (value == NULL) {
            continue;
        }
        if (kinds++ > 0) {
            problem_list_add(reader->problems, value->key->position,
                             "an event does one thing; write %s as an event of its own",
                             problem_quote(value->key->text, value->key->length).text);
            continue;
        }
        event->kind = (enum scenario_event_kind)kind;
        check_kind(reader, value, event);
    }
    if (kinds == 0 && keys_known) {
        problem_list_add(reader->problems, node->position,
                         "what happens? an event needs one of: start, event, halt, delete, "
                         "delete_steps, terminate, crash, start_world, check_worlds, heal");
    }
}

/* Worlds that are spoken of must be there from the start or be started. */
static void check_worlds(struct reader *reader, const struct yaml_node *node,
                         const struct scenario_event *events)
{
    uint32_t first = reader->scenario->world.worlds;
    uint32_t started = 0;
    uint32_t number = 0;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next, number++) {
        const struct scenario_event *event = &events[number];
        if (event->kind != SCENARIO_START_WORLD || event->world == 0) {
            continue;
        }
        if (event->world <= first || (started & 1u << event->world) != 0) {
            problem_list_add(reader->problems, item->position,
                             "world %u is %s; a new world needs a number of its own", event->world,
                             event->world <= first ? "there from the start" : "started already");
        }
        started |= 1u << event->world;
    }
    for (uint32_t world = 1; world <= first; world++) {
        started |= 1u << world;
    }
    reader->worlds = started;
    for (number = 0; number < node->count; number++) {
        const struct scenario_event *event = &events[number];
        if (event->world != 0 && (started & 1u << event->world) == 0) {
            reader_no_such_world(reader, event->position, event->world);
        }
    }
}

void reader_no_such_world(struct reader *reader, struct scenario_position position, uint32_t world)
{
    problem_list_add(reader->problems, position,
                     "there is no world %u; the scenario begins with %u (worlds), and start_world "
                     "adds others",
                     world, reader->scenario->world.worlds);
}

void reader_check_events(struct reader *reader, const struct yaml_node *node)
{
    for (uint32_t world = 1; world <= reader->scenario->world.worlds; world++) {
        reader->worlds |= 1u << world;
    }
    if (node == NULL ||
        !reader_is_list(reader, node, "a list of events, such as - {at: 0ms, start: import}")) {
        return;
    }
    if (node->count > SCENARIO_EVENTS_MAX) {
        problem_list_add(reader->problems, node->position,
                         "%u events; at most %u (SCENARIO_EVENTS_MAX)", node->count,
                         SCENARIO_EVENTS_MAX);
        return;
    }
    index_event_names(reader, node);
    struct scenario_event *events =
        scenario_memory_array(reader->memory, node->count, sizeof events[0]);
    if (events == NULL) {
        return;
    }
    uint32_t count = 0;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        check_event(reader, item, &events[count++]);
    }
    reader->scenario->events = events;
    reader->scenario->event_count = count;
    check_worlds(reader, node, events);
}
