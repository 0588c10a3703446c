/* check_faults.c: the `faults:` section, key by key. Whether a fault can ever strike is asked in
 * check_reachable.c. */
#include "sim/scenario/reader.h"

#include <assert.h>
#include <string.h>

#define CHANCE_DENOMINATOR_MAX 1000000u

/* Keys that only some sites take. */
static const struct {
    enum fault_key key;
    uint32_t takes;
} site_keys[] = {
    {FAULT_PLAN, FAULT_TAKES_PLAN},     {FAULT_STEP, FAULT_TAKES_STEP},
    {FAULT_FINALIZE, FAULT_TAKES_STEP}, {FAULT_QUEUE, FAULT_TAKES_QUEUE},
    {FAULT_WORLD, FAULT_TAKES_WORLD},   {FAULT_TO, FAULT_TAKES_TO},
    {FAULT_WHEN, FAULT_TAKES_WHEN},
};

static void refuse_untaken(struct reader *reader, const struct yaml_node **values,
                           enum scenario_fault_site site)
{
    for (size_t i = 0; i < sizeof site_keys / sizeof site_keys[0]; i++) {
        const struct yaml_node *value = values[site_keys[i].key];
        if (value == NULL || (fault_sites[site].takes & site_keys[i].takes) != 0) {
            continue;
        }
        problem_list_add(reader->problems, value->key->position,
                         "a fault on %s takes no '%s'; take it out", fault_sites[site].name,
                         fault_keys.keys[site_keys[i].key].name);
        values[site_keys[i].key] = NULL;
    }
}

/* Which calls match: plan, step, queue, world. */
static void check_scope(struct reader *reader, const struct yaml_node **values,
                        struct scenario_fault *fault)
{
    const struct yaml_node *step_node = values[FAULT_STEP];
    if (values[FAULT_QUEUE] != NULL) {
        reader_reference(reader, values[FAULT_QUEUE], &reader->queue_names, "queue", &fault->queue);
    }
    if (values[FAULT_WORLD] != NULL &&
        reader_world_number(reader, values[FAULT_WORLD], &fault->world) &&
        (reader->worlds & 1u << fault->world) == 0) {
        reader_no_such_world(reader, values[FAULT_WORLD]->position, fault->world);
    }
    if (step_node == NULL && values[FAULT_PLAN] != NULL) {
        reader_reference(reader, values[FAULT_PLAN], &reader->plan_names, "plan", &fault->plan);
    }
    if (values[FAULT_FINALIZE] != NULL) {
        reader_boolean(reader, values[FAULT_FINALIZE], &fault->finalize);
        if (step_node == NULL) {
            problem_list_add(reader->problems, values[FAULT_FINALIZE]->key->position,
                             "'finalize' says which step of an action is meant; add step:");
        }
    }
    uint32_t plan;
    uint32_t step;
    if (step_node == NULL ||
        !reader_plan_and_step(reader, values[FAULT_PLAN], step_node, &plan, &step)) {
        return;
    }
    fault->plan = plan;
    fault->step = step;
}

static void check_to(struct reader *reader, const struct yaml_node *node,
                     struct scenario_fault *fault)
{
    uint32_t word;
    bool is_plan = fault->site == SCENARIO_ON_SAVE_PLAN;
    fault->has_to = reader_word(reader, node, is_plan ? &plan_state_words : &step_state_words,
                                WORDS_ALL, &word);
    if (fault->has_to && is_plan) {
        fault->to_plan = (enum director_plan_state)word;
    } else if (fault->has_to) {
        fault->to_step = (enum director_step_state)word;
    }
}

/* `chance: 1/50` */
static void check_chance(struct reader *reader, const struct yaml_node *node,
                         struct scenario_fault *fault)
{
    static const char expected[] = "a fraction from 1/1000000 to 1/1, such as 1/50";
    uint32_t numbers[2] = {0, 0};
    uint32_t number = 0;
    bool good = node->kind == YAML_SCALAR && node->length > 0 && node->length <= 15;
    for (uint32_t i = 0; good && i < node->length; i++) {
        char character = node->text[i];
        if (character == '/' && number == 0 && i > 0) {
            number = 1;
        } else if (character >= '0' && character <= '9' &&
                   numbers[number] <= CHANCE_DENOMINATOR_MAX) {
            numbers[number] = numbers[number] * 10 + (uint32_t)(character - '0');
        } else {
            good = false;
        }
    }
    if (!good || numbers[0] == 0 || numbers[1] == 0 || numbers[1] > CHANCE_DENOMINATOR_MAX ||
        numbers[0] > numbers[1]) {
        reader_wrong(reader, node, expected);
        return;
    }
    fault->chance_numerator = numbers[0];
    fault->chance_denominator = numbers[1];
}

/* When it strikes: at most one of nth, chance, and at or after. */
static void check_timing(struct reader *reader, const struct yaml_node *const *values,
                         struct scenario_fault *fault)
{
    static const enum fault_key timings[] = {FAULT_NTH, FAULT_CHANCE, FAULT_AT, FAULT_AFTER};
    const struct yaml_node *first = NULL;
    for (size_t i = 0; i < sizeof timings / sizeof timings[0]; i++) {
        const struct yaml_node *value = values[timings[i]];
        if (value == NULL) {
            continue;
        }
        if (first != NULL) {
            problem_list_add(reader->problems, value->key->position,
                             "'%s' does not go with %s; a fault has one of nth, chance, at and "
                             "after",
                             fault_keys.keys[timings[i]].name,
                             problem_quote(first->key->text, first->key->length).text);
        } else {
            first = value;
        }
    }
    fault->timing = SCENARIO_FAULT_NTH;
    fault->nth = 1;
    if (values[FAULT_NTH] != NULL) {
        reader_number32(reader, values[FAULT_NTH], 1, UINT32_MAX, &fault->nth);
    }
    if (values[FAULT_CHANCE] != NULL) {
        fault->timing = SCENARIO_FAULT_CHANCE;
        check_chance(reader, values[FAULT_CHANCE], fault);
    }
    if (values[FAULT_AT] != NULL || values[FAULT_AFTER] != NULL || values[FAULT_DELAY] != NULL) {
        fault->timing = SCENARIO_FAULT_WHEN;
        reader_trigger(reader, values[FAULT_AT], values[FAULT_AFTER], values[FAULT_DELAY],
                       &fault->trigger);
    }
    fault->times = 1;
    if (values[FAULT_TIMES] == NULL) {
        return;
    }
    if (yaml_node_is(values[FAULT_TIMES], "forever")) {
        fault->times = SCENARIO_UNTIL_HEALED;
    } else {
        reader_number32(reader, values[FAULT_TIMES], 1, UINT32_MAX - 1, &fault->times);
    }
}

/* `error: NAME`, or `dies: true` for a worker. */
static bool check_error(struct reader *reader, const struct yaml_node *node,
                        const struct yaml_node *const *values, struct scenario_fault *fault)
{
    const struct yaml_node *error = values[FAULT_ERROR];
    const struct yaml_node *dies = values[FAULT_DIES];
    uint32_t allowed = fault_sites[fault->site].errors;
    bool is_worker = fault->site == SCENARIO_ON_WORKER;
    if (dies != NULL && (!is_worker || error != NULL)) {
        problem_list_add(reader->problems, dies->key->position,
                         is_worker ? "'dies: true' is short for error: dies; write one of the two"
                                   : "'dies' is for a fault on worker; write error: ...");
        return false;
    }
    if (dies != NULL) {
        fault->error = SCENARIO_ERROR_DIES;
        if (yaml_node_is(dies, "true") && dies->plain) {
            return true;
        }
        reader_wrong(reader, dies, "true, or left out");
        return false;
    }
    uint32_t word;
    if (error == NULL) {
        problem_list_add(reader->problems, node->position,
                         "key 'error' is missing: what goes wrong?");
        return false;
    }
    if (!reader_word(reader, error, &fault_error_words, allowed, &word)) {
        return false;
    }
    fault->error = (enum scenario_fault_error)word;
    return true;
}

static void check_duration(struct reader *reader, const struct yaml_node *node,
                           const struct yaml_node *duration, struct scenario_fault *fault)
{
    const struct fault_error_entry *error = &fault_errors[fault->error];
    if (duration == NULL) {
        if (error->needs_for) {
            problem_list_add(reader->problems, node->position,
                             "key 'for' is missing: how much is '%s'? write for: 5ms", error->name);
        }
        return;
    }
    if (!error->takes_for) {
        problem_list_add(reader->problems, duration->key->position,
                         "error '%s' takes no 'for'; take it out", error->name);
    }
    if (reader_duration(reader, duration, &fault->duration) && fault->duration == 0) {
        reader_wrong(reader, duration, "longer than nothing");
    }
}

static void check_fault(struct reader *reader, const struct yaml_node *node,
                        struct scenario_fault *fault)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    uint32_t word;
    *fault = (struct scenario_fault){
        .position = node->position,
        .plan = SCENARIO_NONE,
        .step = SCENARIO_NONE,
        .queue = SCENARIO_NONE,
    };
    if (!reader_fields(reader, node, &fault_keys, values)) {
        return;
    }
    check_timing(reader, values, fault);
    if (values[FAULT_ON] == NULL ||
        !reader_word(reader, values[FAULT_ON], &fault_site_words, WORDS_ALL, &word)) {
        return;
    }
    fault->site = (enum scenario_fault_site)word;
    refuse_untaken(reader, values, fault->site);
    check_scope(reader, values, fault);
    if (values[FAULT_TO] != NULL) {
        check_to(reader, values[FAULT_TO], fault);
    }
    if (check_error(reader, node, values, fault)) {
        check_duration(reader, node, values[FAULT_FOR], fault);
    }
    if (values[FAULT_WHEN] == NULL) {
        return;
    }
    fault->after = yaml_node_is(values[FAULT_WHEN], "after");
    if (!fault->after && !yaml_node_is(values[FAULT_WHEN], "before")) {
        reader_wrong(reader, values[FAULT_WHEN], "before (nothing is written) or after (it is)");
    }
}

void reader_check_faults(struct reader *reader, const struct yaml_node *node)
{
    if (node == NULL || !reader_is_list(reader, node,
                                        "a list of faults, such as - {on: save_step, nth: 2, "
                                        "error: io}")) {
        return;
    }
    if (node->count > SCENARIO_FAULTS_MAX) {
        problem_list_add(reader->problems, node->position,
                         "%u faults; at most %u (SCENARIO_FAULTS_MAX)", node->count,
                         SCENARIO_FAULTS_MAX);
        return;
    }
    struct scenario_fault *faults =
        scenario_memory_array(reader->memory, node->count, sizeof faults[0]);
    if (faults == NULL) {
        return;
    }
    uint32_t count = 0;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        uint64_t before = reader->problems->total;
        check_fault(reader, item, &faults[count]);
        if (reader->sound && reader->problems->total == before && item->kind == YAML_MAPPING) {
            reader_check_fault_strikes(reader, item, &faults[count]);
        }
        count++;
    }
    reader->scenario->faults = faults;
    reader->scenario->fault_count = count;
}
