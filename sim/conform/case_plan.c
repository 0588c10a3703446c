/* case_plan.c: the plans of a conformance case, as they stand in the file, turned into rows. */
#include "sim/conform/case_plan.h"

#include <assert.h>
#include <string.h>
#include <uuid.h>

struct reader {
    struct scenario_memory *memory;
    struct scenario_problem *problem;
};

static bool wrong(struct reader *reader, const struct case_node *node, const char *message)
{
    assert(node != NULL);
    *reader->problem = (struct scenario_problem){node->position, message};
    return false;
}

static uint32_t count_children(const struct case_node *node)
{
    uint32_t count = 0;
    for (const struct case_node *child = node->first; child != NULL; child = child->next) {
        count++;
    }
    return count;
}

/* Look a name up among those of an enumeration. */
static bool read_name(const struct case_node *node, const char *(*name)(int), int count, int *value)
{
    for (int i = 0; i < count; i++) {
        if (case_node_is(node, name(i))) {
            *value = i;
            return true;
        }
    }
    return false;
}

static const char *plan_state_name(int value)
{
    return director_plan_state_name((enum director_plan_state)value);
}

static const char *result_name(int value)
{
    return director_result_name((enum director_result)value);
}

static const char *kind_name(int value)
{
    return director_step_kind_name((enum director_step_kind)value);
}

static const char *step_state_name(int value)
{
    return director_step_state_name((enum director_step_state)value);
}

static const char *strategy_name(int value)
{
    return director_rescue_strategy_name((enum director_rescue_strategy)value);
}

static bool read_step(struct reader *reader, const struct case_node *node,
                      struct director_step_row *row)
{
    int kind = 0;
    int state = 0;
    if (!case_node_number(case_node_get(node, "id"), &row->id) ||
        !case_node_number(case_node_get(node, "action"), &row->action_id) ||
        !read_name(case_node_get(node, "kind"), kind_name, DIRECTOR_STEP_KINDS, &kind) ||
        !read_name(case_node_get(node, "state"), step_state_name, DIRECTOR_STEP_STATES, &state)) {
        return wrong(reader, node, "a step has id, kind (plan, run, finalize), action and state");
    }
    row->kind = (enum director_step_kind)kind;
    row->state = (enum director_step_state)state;
    return true;
}

static bool read_steps(struct reader *reader, const struct case_node *node, struct store_plan *plan)
{
    uint32_t count = node == NULL ? 0 : count_children(node);
    if (node == NULL || node->kind != CASE_SEQUENCE || count > CASE_STEPS_MAX) {
        return false;
    }
    struct director_step_row *rows = scenario_memory_array(reader->memory, count, sizeof(*rows));
    uint32_t *ids = scenario_memory_array(reader->memory, count, sizeof(*ids));
    uint32_t i = 0;
    for (const struct case_node *step = node->first; step != NULL; step = step->next, i++) {
        if (rows == NULL || ids == NULL || !read_step(reader, step, &rows[i])) {
            return false;
        }
        ids[i] = rows[i].id;
    }
    plan->record.steps = rows;
    plan->record.row.step_ids = ids;
    plan->record.row.step_count = count;
    return true;
}

static bool read_numbers(struct reader *reader, const struct case_node *node,
                         const uint32_t **numbers, uint32_t *count)
{
    if (node == NULL || node->kind != CASE_SEQUENCE) {
        return false;
    }
    *count = count_children(node);
    uint32_t *read = scenario_memory_array(reader->memory, *count, sizeof(*read));
    uint32_t i = 0;
    for (const struct case_node *number = node->first; number != NULL; number = number->next) {
        if (read == NULL || !case_node_number(number, &read[i++])) {
            return false;
        }
    }
    *numbers = read;
    return true;
}

/* A step's id, or null. */
static bool read_step_id(const struct case_node *node, uint32_t *id)
{
    *id = 0;
    return case_node_is(node, "null") || case_node_number(node, id);
}

static bool read_action(struct reader *reader, const struct case_node *node,
                        struct director_action_row *row)
{
    int strategy = 0;
    const struct case_node *accepts = case_node_get(node, "accepts_events");
    if (!case_node_number(case_node_get(node, "id"), &row->id) ||
        !read_step_id(case_node_get(node, "plan_step"), &row->plan_step) ||
        !read_step_id(case_node_get(node, "run_step"), &row->run_step) ||
        !read_step_id(case_node_get(node, "finalize_step"), &row->finalize_step) ||
        !read_name(case_node_get(node, "rescue"), strategy_name, 4, &strategy) ||
        !read_numbers(reader, case_node_get(node, "requires"), &row->required_steps,
                      &row->required_count)) {
        return wrong(reader, node,
                     "an action has id, plan_step, run_step, finalize_step, children, rescue, "
                     "accepts_events and requires");
    }
    row->rescue = (enum director_rescue_strategy)strategy;
    row->accepts_events = case_node_is(accepts, "true");
    return true;
}

/* The children of an action are actions; those of its plan step are their plan steps. */
static bool link_children(struct reader *reader, const struct case_node *actions,
                          struct store_plan *plan)
{
    /* The rows are ours: const is for those who read them later. */
    struct director_step_row *steps = (struct director_step_row *)(uintptr_t)plan->record.steps;
    const struct case_node *action = actions->first;
    for (uint32_t i = 0; i < plan->action_count; i++, action = action->next) {
        const uint32_t *children = NULL;
        uint32_t count = 0;
        assert(action != NULL); /* they were counted */
        if (!read_numbers(reader, case_node_get(action, "children"), &children, &count)) {
            return wrong(reader, action, "children of an action is a list of actions");
        }
        uint32_t *plan_steps = scenario_memory_array(reader->memory, count, sizeof(*plan_steps));
        for (uint32_t c = 0; plan_steps != NULL && c < count; c++) {
            for (uint32_t a = 0; a < plan->action_count; a++) {
                if (plan->actions[a].id == children[c]) {
                    plan_steps[c] = plan->actions[a].plan_step;
                }
            }
        }
        for (uint32_t s = 0; s < plan->record.row.step_count; s++) {
            if (steps[s].id == plan->actions[i].plan_step) {
                steps[s].children = plan_steps;
                steps[s].children_count = count;
            }
        }
    }
    return true;
}

static bool read_actions(struct reader *reader, const struct case_node *node,
                         struct store_plan *plan)
{
    uint32_t count = node == NULL ? 0 : count_children(node);
    if (node == NULL || node->kind != CASE_SEQUENCE || count > CASE_STEPS_MAX) {
        return false;
    }
    struct director_action_row *rows = scenario_memory_array(reader->memory, count, sizeof(*rows));
    uint32_t i = 0;
    for (const struct case_node *action = node->first; action != NULL; action = action->next) {
        if (rows == NULL || !read_action(reader, action, &rows[i++])) {
            return false;
        }
    }
    plan->actions = rows;
    plan->action_count = count;
    return link_children(reader, node, plan);
}

static uint32_t flow_tokens(const struct case_node *node)
{
    uint32_t tokens = 1;
    for (const struct case_node *child = node->first; child != NULL; child = child->next) {
        tokens += child == node->first ? 0 : flow_tokens(child);
    }
    return tokens;
}

/* A step's id, ["S", flow…] or ["C", flow…]. Depth is limited by the document's. */
static bool write_flow(const struct case_node *node, uint32_t *tokens, uint32_t *position)
{
    if (node->kind == CASE_SCALAR) {
        return case_node_number(node, &tokens[(*position)++]);
    }
    uint32_t kind = case_node_is(node->first, "S")   ? DIRECTOR_FLOW_SEQUENCE
                    : case_node_is(node->first, "C") ? DIRECTOR_FLOW_CONCURRENCE
                                                     : 0;
    if (node->kind != CASE_SEQUENCE || kind == 0) {
        return false;
    }
    tokens[(*position)++] = kind | (count_children(node) - 1);
    for (const struct case_node *child = node->first->next; child != NULL; child = child->next) {
        if (!write_flow(child, tokens, position)) {
            return false;
        }
    }
    return true;
}

static bool read_flow(struct reader *reader, const struct case_node *node, const uint32_t **flow,
                      uint32_t *length)
{
    if (node == NULL) {
        return false;
    }
    uint32_t *tokens = scenario_memory_array(reader->memory, flow_tokens(node), sizeof(*tokens));
    *length = 0;
    *flow = tokens;
    if (tokens == NULL || !write_flow(node, tokens, length)) {
        return wrong(reader, node, "a flow is a step's id, [\"S\", flow…] or [\"C\", flow…]");
    }
    return true;
}

bool case_plan_read(const struct case_node *node, struct scenario_memory *memory,
                    struct case_plan *plan, struct scenario_problem *problem)
{
    struct reader reader = {memory, problem};
    struct director_plan_row *row = &plan->plan.record.row;
    const struct case_node *name = case_node_get(node, "name");
    const struct case_node *id = case_node_get(node, "id");
    int state = 0;
    int result = 0;
    *plan = (struct case_plan){0};
    *problem = (struct scenario_problem){
        node->position, "a plan has name, id (a uuid), state, result, steps, actions, run_flow and "
                        "finalize_flow"};
    if (name == NULL || name->kind != CASE_SCALAR || id == NULL || id->kind != CASE_SCALAR ||
        uuid_parse(id->text, row->id.bytes) != 0 ||
        !read_name(case_node_get(node, "state"), plan_state_name, DIRECTOR_PLAN_STATES, &state) ||
        !read_name(case_node_get(node, "result"), result_name, DIRECTOR_RESULTS, &result)) {
        return false;
    }
    plan->name = name->text;
    plan->plan.label = name->text;
    row->state = (enum director_plan_state)state;
    row->result = (enum director_result)result;
    if (!read_steps(&reader, case_node_get(node, "steps"), &plan->plan) ||
        !read_actions(&reader, case_node_get(node, "actions"), &plan->plan) ||
        !read_flow(&reader, case_node_get(node, "run_flow"), &row->run_flow,
                   &row->run_flow_length) ||
        !read_flow(&reader, case_node_get(node, "finalize_flow"), &row->finalize_flow,
                   &row->finalize_flow_length)) {
        return false;
    }
    row->root_plan_step = plan->plan.action_count > 0 ? plan->plan.actions[0].plan_step : 0;
    return true;
}
