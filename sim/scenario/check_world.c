/* check_world.c: the `world:` section, and `choices:`, which is a plain table. */
#include "sim/engine/choices.h"
#include "sim/scenario/reader.h"
#include "sim/scenario/scenario_defaults.h"

#include <assert.h>
#include <string.h>

static void check_queue(struct reader *reader, const struct yaml_node *node,
                        struct scenario_queue *queue)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    queue->position = node->key->position;
    if (reader_fields(reader, node, &queue_keys, values) && values[QUEUE_WORKERS] != NULL) {
        reader_number32(reader, values[QUEUE_WORKERS], 0, SCENARIO_WORKERS_MAX, &queue->workers);
    }
}

/* The queue "default" is always there and the first; others come in the order of the file. */
static void check_queues(struct reader *reader, const struct yaml_node *node)
{
    uint32_t entries = 0;
    if (node != NULL && reader_is_mapping(reader, node,
                                          "a mapping of queues, such as "
                                          "{default: {workers: 2}}")) {
        entries = node->count;
    }
    bool default_told = entries > 0 && yaml_node_value(node, SCENARIO_DEFAULT_QUEUE) != NULL;
    uint32_t all = default_told ? entries : entries + 1;
    if (all > SCENARIO_QUEUES_MAX) {
        problem_list_add(reader->problems, node->position,
                         "%u queues; at most %u (SCENARIO_QUEUES_MAX)", all, SCENARIO_QUEUES_MAX);
        entries = 0;
    }
    struct scenario_queue *queues =
        scenario_memory_array(reader->memory, entries + 1, sizeof queues[0]);
    if (!name_index_start(&reader->queue_names, reader->scratch, entries + 1) || queues == NULL) {
        return;
    }
    queues[0] = scenario_default_queue();
    name_index_add(&reader->queue_names, SCENARIO_DEFAULT_QUEUE,
                   (uint32_t)strlen(SCENARIO_DEFAULT_QUEUE), 0, queues[0].position);
    uint32_t count = 1;
    for (const struct yaml_node *child = entries > 0 ? node->first : NULL; child != NULL;
         child = child->next) {
        if (yaml_node_is(child->key, SCENARIO_DEFAULT_QUEUE)) {
            check_queue(reader, child, &queues[0]);
            continue;
        }
        struct scenario_queue *queue = &queues[count];
        if (!reader_name(reader, child->key, &queue->name)) {
            continue;
        }
        queue->workers = SCENARIO_DEFAULT_WORKERS;
        check_queue(reader, child, queue);
        name_index_add(&reader->queue_names, child->key->text, child->key->length, count,
                       child->key->position);
        count++;
    }
    name_index_sort(&reader->queue_names);
    reader->scenario->world.queues = queues;
    reader->scenario->world.queue_count = count;
}

/* `director:` faithful or hardened, and `defects:`, which hardened may have some of. */
static void check_defects(struct reader *reader, const struct yaml_node *director,
                          const struct yaml_node *defects)
{
    uint64_t *set = &reader->scenario->world.defects;
    if (director != NULL && yaml_node_is(director, "faithful")) {
        *set = scenario_all_defects(reader->vocabularies);
        if (defects != NULL) {
            problem_list_add(reader->problems, defects->key->position,
                             "a faithful director has every defect already; take 'defects' out, or "
                             "write director: hardened");
        }
        return;
    }
    if (director != NULL && !yaml_node_is(director, "hardened")) {
        reader_wrong(reader, director, "faithful or hardened");
    }
    if (defects == NULL || !reader_is_list(reader, defects, "a list of the names of defects")) {
        return;
    }
    for (const struct yaml_node *item = defects->first; item != NULL; item = item->next) {
        uint32_t defect;
        if (reader_reference(reader, item, &reader->defects, "defect", &defect)) {
            *set |= WORD_BIT(defect);
        }
    }
    reader_check_repeats(reader, defects);
}

void reader_check_world(struct reader *reader, const struct yaml_node *node)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX] = {NULL};
    struct scenario_world *world = &reader->scenario->world;
    uint32_t order;
    *world = scenario_default_world();
    if (node != NULL) {
        reader_fields(reader, node, &world_keys, values);
    }
    if (values[WORLD_AUTO_RESCUE] != NULL) {
        reader_boolean(reader, values[WORLD_AUTO_RESCUE], &world->auto_rescue);
    }
    if (values[WORLD_AUTO_EXECUTE] != NULL) {
        reader_boolean(reader, values[WORLD_AUTO_EXECUTE], &world->auto_execute);
    }
    if (values[WORLD_WORLDS] != NULL) {
        reader_number32(reader, values[WORLD_WORLDS], 1, SCENARIO_WORLDS_MAX, &world->worlds);
    }
    if (values[WORLD_LATENCY] != NULL) {
        reader_range(reader, values[WORLD_LATENCY], &world->latency);
    }
    if (values[WORLD_TERMINATION_TIMEOUT] != NULL) {
        reader_duration(reader, values[WORLD_TERMINATION_TIMEOUT], &world->termination_timeout);
    }
    if (values[WORLD_VALIDITY_CHECK] != NULL) {
        reader_duration(reader, values[WORLD_VALIDITY_CHECK], &world->validity_check);
    }
    if (values[WORLD_ORDER] != NULL &&
        reader_word(reader, values[WORLD_ORDER], &order_words, WORDS_ALL, &order)) {
        world->order = (enum scenario_order)order;
    }
    check_queues(reader, values[WORLD_QUEUES]);
    check_defects(reader, values[WORLD_DIRECTOR], values[WORLD_DEFECTS]);
}

void reader_check_choices(struct reader *reader, const struct yaml_node *node)
{
    if (node == NULL ||
        !reader_is_mapping(reader, node, "a mapping of sites to the numbers chosen there")) {
        return;
    }
    struct scenario_choice *choices =
        scenario_memory_array(reader->memory, node->count, sizeof choices[0]);
    uint32_t count = 0;
    for (const struct yaml_node *child = node->first; child != NULL && choices != NULL;
         child = child->next) {
        struct scenario_choice *choice = &choices[count];
        choice->position = child->key->position;
        bool good = reader_line(reader, child->key, SCENARIO_SITE_MAX, &choice->site);
        if (good && !choice_site_text_valid(choice->site)) {
            problem_list_add(reader->problems, child->key->position,
                             "%s is no site of a choice; a site is KIND/PLAN/STEP/NUMBER, such as "
                             "outcome/import/check/1",
                             problem_quote(child->key->text, child->key->length).text);
            good = false;
        }
        if (reader_number(reader, child, 0, UINT64_MAX, &choice->value) && good) {
            count++;
        }
    }
    reader->scenario->choices = choices;
    reader->scenario->choice_count = count;
}
