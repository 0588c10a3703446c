/* check_reach.c: what can never happen in a scenario, told at the place in the file where it
 * stands. */
#include "sim/scenario/check_circles.h"

/* ---- Events ------------------------------------------------------------------------------- */

/* The event that another one waits for, as an edge of a graph. */
static const uint32_t *awaited_event(const void *owner, uint32_t event, uint32_t *count)
{
    const struct scenario *scenario = owner;
    const struct scenario_trigger *when = &scenario->events[event].when;
    *count = when->kind == SCENARIO_AFTER_EVENT;
    return &when->event;
}

/* What others wait for has a name; what nobody waits for is part of no circle. */
static const char *event_name(const void *owner, uint32_t event)
{
    const struct scenario *scenario = owner;
    return scenario->events[event].name != NULL ? scenario->events[event].name : "";
}

static struct scenario_position event_position(const void *owner, uint32_t event)
{
    const struct scenario *scenario = owner;
    return scenario->events[event].position;
}

static void check_event_circles(struct reader *reader)
{
    struct circle_graph graph = {
        .count = reader->scenario->event_count,
        .owner = reader->scenario,
        .edges = awaited_event,
        .name = event_name,
        .position = event_position,
        .relation = "'after'",
    };
    reader_check_circles(reader, &graph);
}

static void tell(struct reader *reader, const struct yaml_node *node, const char *what,
                 const struct reach_reason *why)
{
    const struct yaml_node *value = why->key != NULL ? yaml_node_value(node, why->key) : NULL;
    problem_list_add(reader->problems, value != NULL ? value->position : node->position, "%s: %s",
                     what, why->text);
}

void reader_check_events_happen(struct reader *reader, const struct yaml_node *events)
{
    uint32_t number = 0;
    struct reach_reason why;
    check_event_circles(reader);
    for (const struct yaml_node *item = events->first; item != NULL; item = item->next, number++) {
        /* What waits for an event that never happens is right itself; the other one is told of. */
        if (reader->scenario->events[number].when.kind != SCENARIO_AFTER_EVENT &&
            !reach_event_happens(&reader->reach, number, &why)) {
            tell(reader, item, "this never happens", &why);
        }
    }
}

/* ---- Faults and expectations -------------------------------------------------------------- */

void reader_check_fault_strikes(struct reader *reader, const struct yaml_node *node,
                                const struct scenario_fault *fault)
{
    struct reach_reason why;
    if (!reach_fault_strikes(&reader->reach, fault, &why)) {
        tell(reader, node, "this fault never strikes", &why);
    }
}

void reader_check_expectation_holds(struct reader *reader, const struct yaml_node *node,
                                    const struct scenario_expectation *expectation)
{
    struct reach_reason why;
    if (!reach_expectation_holds(&reader->reach, expectation, &why)) {
        tell(reader, node, "this never holds", &why);
    }
}
