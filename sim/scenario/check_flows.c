/* check_flows.c: the steps of a plan, from `steps:` and from the names in its flows, and the two
 * flows as tokens. A step may stand in a flow alone: it gets the defaults. */
#include "sim/scenario/reader.h"
#include "sim/scenario/scenario_defaults.h"

#include <assert.h>

#define FLOW_EXPECTED                                                                              \
    "the name of a step, a list of flows, {sequence: [...]} or {concurrence: [...]}"

/* ---- The shape of a flow ------------------------------------------------------------------ */

/* What is gathered of one flow: its tokens, where an atom's is still 0, and the nodes of its atoms.
 */
struct flow {
    uint32_t *tokens;
    uint32_t length;
    const struct yaml_node **atoms;
    uint32_t atom_count;
};

/* The list below a sequence or concurrence, and which of them it is; NULL when it is neither. */
static const struct yaml_node *flow_list(const struct yaml_node *node, uint32_t *token)
{
    *token = DIRECTOR_FLOW_SEQUENCE;
    if (node->kind == YAML_SEQUENCE) {
        return node;
    }
    if (node->kind != YAML_MAPPING || node->count != 1 || node->first->kind != YAML_SEQUENCE) {
        return NULL;
    }
    if (yaml_node_is(node->first->key, flow_keys.keys[FLOW_SEQUENCE].name)) {
        return node->first;
    }
    *token = DIRECTOR_FLOW_CONCURRENCE;
    if (yaml_node_is(node->first->key, flow_keys.keys[FLOW_CONCURRENCE].name)) {
        return node->first;
    }
    return NULL;
}

/* How many tokens a flow comes to at most. Recursion is bounded by SCENARIO_DEPTH_MAX. */
static uint32_t count_tokens(const struct yaml_node *node)
{
    uint32_t token;
    const struct yaml_node *list = flow_list(node, &token);
    uint32_t count = 1;
    if (list != NULL) {
        for (const struct yaml_node *child = list->first; child != NULL; child = child->next) {
            count += count_tokens(child);
        }
    }
    return count;
}

/* A mapping that is no flow: say why. */
static void tell_no_flow(struct reader *reader, const struct yaml_node *node)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    uint64_t before = reader->problems->total;
    if (node->kind != YAML_MAPPING || node->count == 0) {
        reader_wrong(reader, node, FLOW_EXPECTED);
        return;
    }
    reader_fields(reader, node, &flow_keys, values);
    if (reader->problems->total != before) {
        return;
    }
    if (node->count > 1) {
        problem_list_add(reader->problems, node->position,
                         "a flow is a sequence or a concurrence, not both; put one inside the "
                         "other's list");
    } else {
        reader_is_list(reader, node->first, "a list of flows");
    }
}

/* Add a flow to the tokens. False when it is none, and nothing was added. */
static bool gather(struct reader *reader, struct flow *flow, const struct yaml_node *node,
                   uint32_t depth)
{
    uint32_t token;
    const struct yaml_node *list = flow_list(node, &token);
    if (list == NULL) {
        if (node->kind != YAML_SCALAR) {
            tell_no_flow(reader, node);
            return false;
        }
        if (!reader_is_text(reader, node, FLOW_EXPECTED)) {
            return false;
        }
        flow->atoms[flow->atom_count++] = node;
        flow->tokens[flow->length++] = 0;
        return true;
    }
    if (depth > SCENARIO_FLOW_DEPTH_MAX) {
        problem_list_add(reader->problems, node->position,
                         "flows nested more than %u deep (SCENARIO_FLOW_DEPTH_MAX)",
                         SCENARIO_FLOW_DEPTH_MAX);
        return false;
    }
    uint32_t head = flow->length++;
    uint32_t count = 0;
    for (const struct yaml_node *child = list->first; child != NULL; child = child->next) {
        count += gather(reader, flow, child, depth + 1);
    }
    flow->tokens[head] = token | count;
    return true;
}

static void gather_flow(struct reader *reader, const struct yaml_node *node, struct flow *flow)
{
    *flow = (struct flow){0};
    if (node == NULL) {
        return;
    }
    uint32_t most = count_tokens(node);
    flow->tokens = scenario_memory_array(reader->memory, most, sizeof flow->tokens[0]);
    flow->atoms = scenario_memory_array(reader->scratch, most, sizeof flow->atoms[0]);
    if (flow->tokens == NULL || flow->atoms == NULL) {
        return;
    }
    gather(reader, flow, node, 1);
    assert(flow->length <= most);
}

/* ---- The steps ---------------------------------------------------------------------------- */

/* Names in the order in which steps are numbered: those of `steps:`, then those that only flows
 * name. */
struct step_names {
    const struct yaml_node **nodes;
    uint32_t count;
};

static void collect_names(struct reader *reader, const struct yaml_node *steps,
                          const struct flow *run, const struct flow *finalize,
                          struct step_names *names)
{
    uint32_t listed = steps != NULL && steps->kind == YAML_MAPPING ? steps->count : 0;
    uint32_t most = listed + run->atom_count + finalize->atom_count;
    *names = (struct step_names){
        .nodes = scenario_memory_array(reader->scratch, most, sizeof names->nodes[0])};
    if (names->nodes == NULL) {
        return;
    }
    if (listed > 0) {
        for (const struct yaml_node *child = steps->first; child != NULL; child = child->next) {
            names->nodes[names->count++] = child->key;
        }
    }
    for (uint32_t i = 0; i < run->atom_count; i++) {
        names->nodes[names->count++] = run->atoms[i];
    }
    for (uint32_t i = 0; i < finalize->atom_count; i++) {
        names->nodes[names->count++] = finalize->atoms[i];
    }
    assert(names->count == most);
}

/* Number the names: each that differs from all before it is a step. Answers how many steps there
 * are, with the index holding each name once, its value the step's number. */
static uint32_t number_names(struct reader *reader, struct step_names *names,
                             struct name_index *index)
{
    struct name_index all;
    if (!name_index_start(&all, reader->scratch, names->count)) {
        return 0;
    }
    for (uint32_t i = 0; i < names->count; i++) {
        name_index_add(&all, names->nodes[i]->text, names->nodes[i]->length, i,
                       names->nodes[i]->position);
    }
    name_index_sort(&all);
    uint32_t count = 0;
    for (uint32_t i = 0; i < names->count; i++) {
        const struct yaml_node *node = names->nodes[i];
        if (name_index_find(&all, node->text, node->length)->value == i) {
            names->nodes[count++] = node;
        }
    }
    names->count = count;
    if (!name_index_start(index, reader->scratch, count)) {
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        name_index_add(index, names->nodes[i]->text, names->nodes[i]->length, i,
                       names->nodes[i]->position);
    }
    name_index_sort(index);
    return count;
}

/* Put the steps' numbers into a flow's tokens. */
static void number_atoms(struct reader *reader, struct flow *flow, bool is_run,
                         const struct name_index *index, struct scenario_step *steps)
{
    uint32_t atom = 0;
    for (uint32_t i = 0; i < flow->length; i++) {
        if (flow->tokens[i] != 0) {
            continue;
        }
        const struct yaml_node *node = flow->atoms[atom++];
        const struct name_entry *entry = name_index_find(index, node->text, node->length);
        assert(entry != NULL);
        struct scenario_step *step = &steps[entry->value];
        bool *in_flow = is_run ? &step->in_run : &step->in_finalize;
        if (*in_flow) {
            problem_list_add(reader->problems, node->position,
                             "step %s is in the %s flow already; a step runs at one place",
                             problem_quote(node->text, node->length).text,
                             is_run ? "run" : "finalize");
        }
        *in_flow = true;
        flow->tokens[i] = entry->value + 1;
    }
}

void reader_check_flows(struct reader *reader, struct scenario_plan *plan,
                        const struct yaml_node *run, const struct yaml_node *finalize,
                        const struct yaml_node *steps, struct name_index *names,
                        struct scenario_step **mutable_steps)
{
    struct flow run_flow;
    struct flow finalize_flow;
    struct step_names nodes;
    gather_flow(reader, run, &run_flow);
    gather_flow(reader, finalize, &finalize_flow);
    collect_names(reader, steps, &run_flow, &finalize_flow, &nodes);
    uint32_t count = number_names(reader, &nodes, names);
    if (count > SCENARIO_STEPS_MAX) {
        problem_list_add(reader->problems, plan->position,
                         "a plan of %u steps; at most %u (SCENARIO_STEPS_MAX)", count,
                         SCENARIO_STEPS_MAX);
        *names = (struct name_index){0};
        return;
    }
    struct scenario_step *array = scenario_memory_array(reader->memory, count, sizeof array[0]);
    if (array == NULL) {
        /* Whoever finds a name there looks the step up. */
        *names = (struct name_index){0};
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        array[i] = scenario_default_step();
        array[i].position = nodes.nodes[i]->position;
        reader_name(reader, nodes.nodes[i], &array[i].name);
    }
    number_atoms(reader, &run_flow, true, names, array);
    number_atoms(reader, &finalize_flow, false, names, array);
    *mutable_steps = array;
    plan->steps = array;
    plan->step_count = count;
    plan->run_flow = run_flow.tokens;
    plan->run_flow_length = run_flow.length;
    plan->finalize_flow = finalize_flow.tokens;
    plan->finalize_flow_length = finalize_flow.length;
}
