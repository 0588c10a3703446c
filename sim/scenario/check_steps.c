/* check_steps.c: the entries of a plan's `steps:`, what its steps require of one another, and by
 * which actions they were planned. */
#include "sim/scenario/reader.h"
#include "sim/scenario/scenario_defaults.h"

#include <assert.h>

#define RESCUES                                                                                    \
    (WORD_BIT(DIRECTOR_RESCUE_SKIP) | WORD_BIT(DIRECTOR_RESCUE_PAUSE) |                            \
     WORD_BIT(DIRECTOR_RESCUE_FAIL))

static void check_requires(struct reader *reader, struct scenario_step *step,
                           const struct yaml_node *node, const struct name_index *names)
{
    if (!reader_is_list(reader, node, "a list of steps of this plan")) {
        return;
    }
    uint32_t *requires = scenario_memory_array(reader->memory, node->count, sizeof requires[0]);
    uint32_t count = 0;
    for (const struct yaml_node *item = node->first; item != NULL && requires != NULL;
         item = item->next) {
        if (reader_reference(reader, item, names, "step", &requires[count])) {
            count++;
        }
    }
    reader_check_repeats(reader, node);
    step->requires = requires;
    step->requires_count = count;
}

static void check_step(struct reader *reader, struct scenario_step *step,
                       const struct yaml_node *node, const struct name_index *names)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    uint32_t word;
    if (node->kind == YAML_SCALAR && yaml_node_is_nothing(node)) {
        return;
    }
    if (!reader_fields(reader, node, &step_keys, values)) {
        return;
    }
    if (values[STEP_TAKES] != NULL) {
        reader_range(reader, values[STEP_TAKES], &step->takes);
    }
    if (values[STEP_FINALIZE_TAKES] != NULL) {
        reader_range(reader, values[STEP_FINALIZE_TAKES], &step->finalize_takes);
    }
    if (values[STEP_RUN] != NULL) {
        reader_outcomes(reader, values[STEP_RUN], SCENARIO_RUN_OUTCOMES, &step->run);
    }
    if (values[STEP_FINALIZE] != NULL) {
        reader_outcomes(reader, values[STEP_FINALIZE], SCENARIO_FINALIZE_OUTCOMES, &step->finalize);
    }
    if (values[STEP_SKIP] != NULL) {
        reader_outcomes(reader, values[STEP_SKIP], SCENARIO_RUN_OUTCOMES, &step->skip);
    }
    if (values[STEP_RESCUE] != NULL &&
        reader_word(reader, values[STEP_RESCUE], &rescue_words, RESCUES, &word)) {
        step->rescue = (enum director_rescue_strategy)word;
    }
    if (values[STEP_ACCEPTS_EVENTS] != NULL) {
        reader_boolean(reader, values[STEP_ACCEPTS_EVENTS], &step->accepts_events);
    }
    if (values[STEP_QUEUE] != NULL) {
        reader_reference(reader, values[STEP_QUEUE], &reader->queue_names, "queue", &step->queue);
    }
    if (values[STEP_REQUIRES] != NULL) {
        check_requires(reader, step, values[STEP_REQUIRES], names);
    }
    if (values[STEP_PLANNED_BY] != NULL) {
        reader_reference(reader, values[STEP_PLANNED_BY], names, "step", &step->planned_by);
    }
}

void reader_check_steps(struct reader *reader, const struct scenario_plan *plan,
                        struct scenario_step *steps, const struct yaml_node *node,
                        const struct name_index *names)
{
    if (node == NULL || !reader_is_mapping(reader, node,
                                           "a mapping of steps, such as "
                                           "{fetch: {takes: 5ms}}")) {
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        const struct name_entry *entry =
            name_index_find(names, child->key->text, child->key->length);
        if (entry == NULL || steps == NULL) {
            continue;
        }
        assert(entry->value < plan->step_count);
        check_step(reader, &steps[entry->value], child, names);
    }
}
