/* check_plans.c: the `plans:` section. */
#include "sim/scenario/check_circles.h"
#include "sim/scenario/scenario_defaults.h"

#define PLAN_STATES                                                                                \
    (WORD_BIT(DIRECTOR_PLAN_PLANNED) | WORD_BIT(DIRECTOR_PLAN_PAUSED) |                            \
     WORD_BIT(DIRECTOR_PLAN_STOPPED) | WORD_BIT(DIRECTOR_PLAN_SCHEDULED))
#define RESCUES                                                                                    \
    (WORD_BIT(DIRECTOR_RESCUE_SKIP) | WORD_BIT(DIRECTOR_RESCUE_PAUSE) |                            \
     WORD_BIT(DIRECTOR_RESCUE_FAIL))
static void check_after(struct reader *reader, struct scenario_plan *plan,
                        const struct yaml_node *node)
{
    if (!reader_is_list(reader, node, "a list of plans")) {
        return;
    }
    uint32_t *after = scenario_memory_array(reader->memory, node->count, sizeof after[0]);
    uint32_t count = 0;
    for (const struct yaml_node *item = node->first; item != NULL && after != NULL;
         item = item->next) {
        if (reader_reference(reader, item, &reader->plan_names, "plan", &after[count])) {
            count++;
        }
    }
    reader_check_repeats(reader, node);
    plan->after = after;
    plan->after_count = count;
}

/* What only a scheduled plan has. */
static void check_schedule(struct reader *reader, struct scenario_plan *plan,
                           const struct yaml_node *const *values)
{
    static const enum plan_key scheduled_only[] = {PLAN_START_AT, PLAN_START_BEFORE, PLAN_AFTER,
                                                   PLAN_PLANNING};
    for (size_t i = 0; i < sizeof scheduled_only / sizeof scheduled_only[0]; i++) {
        const struct yaml_node *value = values[scheduled_only[i]];
        if (value != NULL && plan->state != DIRECTOR_PLAN_SCHEDULED) {
            problem_list_add(reader->problems, value->key->position,
                             "'%s' is for a scheduled plan only; write state: scheduled too",
                             plan_keys.keys[scheduled_only[i]].name);
        }
    }
    if (values[PLAN_START_AT] != NULL) {
        plan->has_start_at = reader_duration(reader, values[PLAN_START_AT], &plan->start_at);
    }
    if (values[PLAN_START_BEFORE] != NULL) {
        plan->has_start_before =
            reader_duration(reader, values[PLAN_START_BEFORE], &plan->start_before);
    }
    if (values[PLAN_AFTER] != NULL) {
        check_after(reader, plan, values[PLAN_AFTER]);
    }
    if (values[PLAN_PLANNING] != NULL) {
        reader_outcomes(reader, values[PLAN_PLANNING], SCENARIO_FINALIZE_OUTCOMES, &plan->planning);
    }
}

static void check_plan(struct reader *reader, const struct yaml_node *node,
                       struct scenario_plan *plan, struct name_index *steps_by_name)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    uint32_t word;
    *plan = scenario_default_plan();
    plan->position = node->key->position;
    reader_name(reader, node->key, &plan->name);
    if (!reader_fields(reader, node, &plan_keys, values)) {
        return;
    }
    if (values[PLAN_STATE] != NULL &&
        reader_word(reader, values[PLAN_STATE], &plan_state_words, PLAN_STATES, &word)) {
        plan->state = (enum director_plan_state)word;
    }
    if (values[PLAN_RESCUE] != NULL &&
        reader_word(reader, values[PLAN_RESCUE], &rescue_words, RESCUES, &word)) {
        plan->rescue = (enum director_rescue_strategy)word;
    }
    check_schedule(reader, plan, values);
    struct scenario_step *steps = NULL;
    uint64_t before = reader->problems->total;
    reader_check_flows(reader, plan, values[PLAN_RUN], values[PLAN_FINALIZE], values[PLAN_STEPS],
                       steps_by_name, &steps);
    bool flows_good = reader->problems->total == before;
    reader_check_steps(reader, plan, steps, values[PLAN_STEPS], steps_by_name);
    reader_check_order(reader, plan, values[PLAN_STEPS], steps_by_name, flows_good);
}

/* Which plan has a step of a name, for the steps that are named without their plan. */
static void index_all_steps(struct reader *reader)
{
    const struct scenario *scenario = reader->scenario;
    uint32_t count = 0;
    for (uint32_t plan = 0; plan < scenario->plan_count; plan++) {
        count += reader->plan_steps[plan].count;
    }
    if (!name_index_start(&reader->all_steps, reader->scratch, count)) {
        return;
    }
    for (uint32_t plan = 0; plan < scenario->plan_count; plan++) {
        const struct name_index *steps = &reader->plan_steps[plan];
        for (uint32_t i = 0; i < steps->count; i++) {
            name_index_add(&reader->all_steps, steps->entries[i].text, steps->entries[i].length,
                           plan, steps->entries[i].position);
        }
    }
    name_index_sort(&reader->all_steps);
}

static const uint32_t *awaited_plans(const void *owner, uint32_t plan, uint32_t *count)
{
    const struct scenario *scenario = owner;
    *count = scenario->plans[plan].after_count;
    return scenario->plans[plan].after;
}

static const char *plan_name(const void *owner, uint32_t plan)
{
    const struct scenario *scenario = owner;
    return scenario->plans[plan].name;
}

static struct scenario_position plan_position(const void *owner, uint32_t plan)
{
    const struct scenario *scenario = owner;
    return scenario->plans[plan].position;
}

static void check_after_circles(struct reader *reader)
{
    struct circle_graph graph = {
        .count = reader->scenario->plan_count,
        .owner = reader->scenario,
        .edges = awaited_plans,
        .name = plan_name,
        .position = plan_position,
        .relation = "'after'",
    };
    reader_check_circles(reader, &graph);
}

void reader_check_plans(struct reader *reader, const struct yaml_node *node)
{
    if (node == NULL || !reader_is_mapping(reader, node,
                                           "a mapping of plans, such as "
                                           "{import: {run: [fetch]}}")) {
        return;
    }
    if (node->count > SCENARIO_PLANS_MAX) {
        problem_list_add(reader->problems, node->position,
                         "%u plans; at most %u (SCENARIO_PLANS_MAX)", node->count,
                         SCENARIO_PLANS_MAX);
        return;
    }
    struct scenario_plan *plans =
        scenario_memory_array(reader->memory, node->count, sizeof plans[0]);
    reader->plan_steps =
        scenario_memory_array(reader->scratch, node->count, sizeof reader->plan_steps[0]);
    bool indexed = name_index_start(&reader->plan_names, reader->scratch, node->count);
    if (plans == NULL || reader->plan_steps == NULL || !indexed) {
        return;
    }
    uint32_t number = 0;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        name_index_add(&reader->plan_names, child->key->text, child->key->length, number++,
                       child->key->position);
    }
    name_index_sort(&reader->plan_names);
    number = 0;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        check_plan(reader, child, &plans[number], &reader->plan_steps[number]);
        number++;
    }
    reader->scenario->plans = plans;
    reader->scenario->plan_count = number;
    index_all_steps(reader);
    check_after_circles(reader);
}
