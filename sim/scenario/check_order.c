/* check_order.c: what the steps of one plan have to do with one another: which stand in a flow,
 * which come before which, and who planned whom. */
#include "sim/scenario/check_circles.h"

#include <string.h>

/* ---- Which comes first -------------------------------------------------------------------- */

/* Two numberings of the steps of a run flow, which differ in the order in which they go through a
 * concurrence. One step comes before another in the flow just when it does so in both. */
struct flow_order {
    const uint32_t *tokens;
    uint32_t *sizes; /* how many steps each token has below it */
    uint32_t *forward;
    uint32_t *backward;
};

/* Fill in the sizes from `at` on; answers where the flow that begins there ends. */
static uint32_t measure_flow(struct flow_order *order, uint32_t at)
{
    uint32_t token = order->tokens[at];
    uint32_t end = at + 1;
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        order->sizes[at] = 1;
        return end;
    }
    for (uint32_t i = 0; i < (token & DIRECTOR_FLOW_COUNT_MASK); i++) {
        uint32_t child = end;
        end = measure_flow(order, child);
        order->sizes[at] += order->sizes[child];
    }
    return end;
}

/* Number the steps of the flow at `at`, of which `before` and `before_backward` come earlier. */
static uint32_t number_flow(struct flow_order *order, uint32_t at, uint32_t before,
                            uint32_t before_backward)
{
    uint32_t token = order->tokens[at];
    uint32_t end = at + 1;
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        order->forward[token - 1] = before;
        order->backward[token - 1] = before_backward;
        return end;
    }
    uint32_t passed = 0;
    for (uint32_t i = 0; i < (token & DIRECTOR_FLOW_COUNT_MASK); i++) {
        uint32_t size = order->sizes[end];
        uint32_t behind = order->sizes[at] - passed - size;
        uint32_t backward = DIRECTOR_FLOW_IS_SEQUENCE(token) ? passed : behind;
        end = number_flow(order, end, before + passed, before_backward + backward);
        passed += size;
    }
    return end;
}

static bool order_flow(struct reader *reader, const struct scenario_plan *plan,
                       struct flow_order *order)
{
    *order = (struct flow_order){
        .tokens = plan->run_flow,
        .sizes =
            scenario_memory_array(reader->scratch, plan->run_flow_length, sizeof order->sizes[0]),
        .forward =
            scenario_memory_array(reader->scratch, plan->step_count, sizeof order->forward[0]),
        .backward =
            scenario_memory_array(reader->scratch, plan->step_count, sizeof order->backward[0]),
    };
    if (plan->run_flow_length == 0 || order->sizes == NULL || order->forward == NULL ||
        order->backward == NULL) {
        return false;
    }
    measure_flow(order, 0);
    number_flow(order, 0, 0, 0);
    return true;
}

static bool comes_before(const struct flow_order *order, uint32_t first, uint32_t second)
{
    return order->forward[first] < order->forward[second] &&
           order->backward[first] < order->backward[second];
}

/* ---- Requires ----------------------------------------------------------------------------- */

static const uint32_t *required_steps(const void *owner, uint32_t step, uint32_t *count)
{
    const struct scenario_plan *plan = owner;
    *count = plan->steps[step].requires_count;
    return plan->steps[step].requires;
}

static const uint32_t *planning_step(const void *owner, uint32_t step, uint32_t *count)
{
    const struct scenario_plan *plan = owner;
    *count = plan->steps[step].planned_by != SCENARIO_NONE;
    return &plan->steps[step].planned_by;
}

static const char *step_name(const void *owner, uint32_t step)
{
    const struct scenario_plan *plan = owner;
    return plan->steps[step].name;
}

static struct scenario_position step_position(const void *owner, uint32_t step)
{
    const struct scenario_plan *plan = owner;
    return plan->steps[step].position;
}

/* Whether a step may read the output of another one; a problem where it may not. */
static void check_required(struct reader *reader, const struct scenario_plan *plan,
                           const struct flow_order *order, const bool *in_circle,
                           const struct yaml_node *item, uint32_t step, uint32_t required)
{
    const struct scenario_step *wants = &plan->steps[step];
    const struct scenario_step *has = &plan->steps[required];
    if (!has->in_run) {
        problem_list_add(reader->problems, item->position,
                         "step '%s' is not in the run flow, so it has no output to require",
                         has->name);
        return;
    }
    if (!wants->in_run || order == NULL || (in_circle[step] && in_circle[required])) {
        return;
    }
    if (!comes_before(order, required, step)) {
        problem_list_add(reader->problems, item->position,
                         "step '%s' requires '%s', which does not come before it in the run flow; "
                         "put it before, in a sequence",
                         wants->name, has->name);
    }
}

static void check_requires(struct reader *reader, const struct scenario_plan *plan,
                           const struct yaml_node *steps, const struct name_index *names,
                           bool flows_good)
{
    bool *in_circle = scenario_memory_array(reader->scratch, plan->step_count, sizeof in_circle[0]);
    struct circle_graph graph = {
        .count = plan->step_count,
        .owner = plan,
        .edges = required_steps,
        .name = step_name,
        .position = step_position,
        .relation = "'requires'",
        .in_circle = in_circle,
        .chain_max = DIRECTOR_ACTION_DEPTH_MAX,
    };
    struct flow_order order;
    if (in_circle == NULL) {
        return;
    }
    reader_check_circles(reader, &graph);
    bool ordered = flows_good && order_flow(reader, plan, &order);
    for (const struct yaml_node *child = steps->first; child != NULL; child = child->next) {
        const struct yaml_node *list = yaml_node_value(child, step_keys.keys[STEP_REQUIRES].name);
        const struct name_entry *step =
            name_index_find(names, child->key->text, child->key->length);
        if (list == NULL || list->kind != YAML_SEQUENCE || step == NULL) {
            continue;
        }
        for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
            const struct name_entry *required =
                item->kind == YAML_SCALAR ? name_index_find(names, item->text, item->length) : NULL;
            if (required != NULL) {
                check_required(reader, plan, ordered ? &order : NULL, in_circle, item, step->value,
                               required->value);
            }
        }
    }
}

/* ---- Steps and flows ---------------------------------------------------------------------- */

/* Keys that only say something about a step that stands in the run flow, or in the finalize flow.
 */
static const struct {
    enum step_key key;
    bool finalize;
} flow_step_keys[] = {
    {STEP_TAKES, false},          {STEP_RUN, false},           {STEP_SKIP, false},
    {STEP_ACCEPTS_EVENTS, false}, {STEP_FINALIZE_TAKES, true}, {STEP_FINALIZE, true},
};

/* A name that only the flows have, and that may be what an entry of `steps:` was to be called. */
static const struct scenario_step *likely_typo(const struct scenario_plan *plan, uint32_t listed,
                                               const struct yaml_node *key)
{
    const struct scenario_step *nearest = NULL;
    uint32_t most = name_distance_limit(key->length);
    for (uint32_t i = listed; i < plan->step_count; i++) {
        const struct scenario_step *step = &plan->steps[i];
        uint32_t distance =
            name_distance(key->text, key->length, step->name, strlen(step->name), most);
        if (distance > most) {
            continue;
        }
        nearest = step;
        if (distance == 0) {
            break;
        }
        most = distance - 1;
    }
    return nearest;
}

static void tell_in_no_flow(struct reader *reader, const struct scenario_plan *plan,
                            uint32_t listed, const struct yaml_node *key)
{
    const struct scenario_step *typo = NULL;
    if (problem_list_wants(reader->problems, key->position)) {
        typo = likely_typo(plan, listed, key);
    }
    struct quoted_text name = problem_quote(key->text, key->length);
    if (typo != NULL) {
        problem_list_add(reader->problems, key->position,
                         "step %s is in no flow; is it the '%s' of line %u?", name.text, typo->name,
                         typo->position.line);
    } else {
        problem_list_add(reader->problems, key->position,
                         "step %s is in no flow; name it in 'run' or 'finalize', or take it out",
                         name.text);
    }
}

static void check_flow_keys(struct reader *reader, const struct scenario_step *step,
                            const struct yaml_node *entry)
{
    for (size_t i = 0; i < sizeof flow_step_keys / sizeof flow_step_keys[0]; i++) {
        bool finalize = flow_step_keys[i].finalize;
        const char *key = step_keys.keys[flow_step_keys[i].key].name;
        const struct yaml_node *value = yaml_node_value(entry, key);
        if (value != NULL && !(finalize ? step->in_finalize : step->in_run)) {
            problem_list_add(reader->problems, value->key->position,
                             "'%s' says nothing here: step '%s' is not in the %s flow", key,
                             step->name, finalize ? "finalize" : "run");
        }
    }
    const struct yaml_node *skip = yaml_node_value(entry, step_keys.keys[STEP_SKIP].name);
    const struct yaml_node *accepts =
        yaml_node_value(entry, step_keys.keys[STEP_ACCEPTS_EVENTS].name);
    if (skip != NULL && step->in_run && (accepts == NULL || yaml_node_is(accepts, "false"))) {
        problem_list_add(reader->problems, skip->key->position,
                         "'skip' says what the skip event does; the step needs accepts_events: "
                         "true to take it");
    }
}

/* Each entry of `steps:` belongs to a flow, or to an action that planned others. */
static void check_in_flow(struct reader *reader, const struct scenario_plan *plan,
                          const struct yaml_node *steps, const struct name_index *names)
{
    bool *plans = scenario_memory_array(reader->scratch, plan->step_count, sizeof plans[0]);
    if (plans == NULL) {
        return;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (plan->steps[i].planned_by != SCENARIO_NONE) {
            plans[plan->steps[i].planned_by] = true;
        }
    }
    for (const struct yaml_node *child = steps->first; child != NULL; child = child->next) {
        const struct name_entry *entry =
            name_index_find(names, child->key->text, child->key->length);
        if (entry == NULL) {
            continue;
        }
        const struct scenario_step *step = &plan->steps[entry->value];
        if (step->in_run || step->in_finalize || plans[entry->value]) {
            check_flow_keys(reader, step, child);
        } else {
            tell_in_no_flow(reader, plan, steps->count, child->key);
        }
    }
}

void reader_check_order(struct reader *reader, const struct scenario_plan *plan,
                        const struct yaml_node *steps, const struct name_index *names,
                        bool flows_good)
{
    struct circle_graph planned_by = {
        .count = plan->step_count,
        .owner = plan,
        .edges = planning_step,
        .name = step_name,
        .position = step_position,
        .relation = "'planned_by'",
        /* The root action is above them all. */
        .chain_max = DIRECTOR_ACTION_DEPTH_MAX - 1,
    };
    if (steps == NULL || steps->kind != YAML_MAPPING || plan->step_count == 0) {
        return;
    }
    reader_check_circles(reader, &planned_by);
    check_requires(reader, plan, steps, names, flows_good);
    if (flows_good) {
        check_in_flow(reader, plan, steps, names);
    }
}
