/* reader_words.c: words that must be known: keys, states, kinds, and the names of plans, steps,
 * queues, marks and the like; with the nearest known one for those that are not. */
#include "sim/scenario/reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 64        /* of one set */
#define LISTED_NAMES_MAX 20 /* in one message */

/* ---- Sets of words ------------------------------------------------------------------------ */

static const char *plan_state_word(uint32_t word)
{
    return director_plan_state_name((enum director_plan_state)word);
}

static const char *step_state_word(uint32_t word)
{
    return director_step_state_name((enum director_step_state)word);
}

static const char *result_word(uint32_t word)
{
    return director_result_name((enum director_result)word);
}

static const char *rescue_word(uint32_t word)
{
    return director_rescue_strategy_name((enum director_rescue_strategy)word);
}

static const char *reason_word(uint32_t word)
{
    return director_reason_name((enum director_reason)word);
}

static const char *order_word(uint32_t word)
{
    return scenario_order_names[word];
}

static const char *fault_site_word(uint32_t word)
{
    return fault_sites[word].name;
}

static const char *fault_error_word(uint32_t word)
{
    return fault_errors[word].name;
}

const struct word_set plan_state_words = {"plan state", plan_state_word, DIRECTOR_PLAN_STATES};
const struct word_set step_state_words = {"step state", step_state_word, DIRECTOR_STEP_STATES};
const struct word_set result_words = {"result", result_word, DIRECTOR_RESULTS};
const struct word_set rescue_words = {"rescue strategy", rescue_word, DIRECTOR_RESCUE_FAIL + 1};
const struct word_set reason_words = {"reason", reason_word, DIRECTOR_REASONS};
const struct word_set order_words = {"order", order_word, SCENARIO_ORDERS};
const struct word_set fault_site_words = {"place of faults", fault_site_word, SCENARIO_FAULT_SITES};
const struct word_set fault_error_words = {"error", fault_error_word, SCENARIO_FAULT_ERRORS};

/* ---- Suggestions -------------------------------------------------------------------------- */

struct suggestion {
    char text[400];
};

static void append(struct suggestion *suggestion, const char *text, size_t length)
{
    size_t used = strlen(suggestion->text);
    if (used + length + 1 > sizeof suggestion->text) {
        return;
    }
    memcpy(suggestion->text + used, text, length);
    suggestion->text[used + length] = '\0';
}

/* The entry with the smallest value that is not below `least`; NULL when there is none. */
static const struct name_entry *next_by_value(const struct name_index *known, uint32_t least)
{
    const struct name_entry *next = NULL;
    for (uint32_t i = 0; i < known->count; i++) {
        const struct name_entry *entry = &known->entries[i];
        if (entry->value >= least && (next == NULL || entry->value < next->value)) {
            next = entry;
        }
    }
    return next;
}

static bool is_listed(const struct name_entry *const *listed, uint32_t count,
                      const struct name_entry *entry)
{
    for (uint32_t i = 0; i < count; i++) {
        if (listed[i]->length == entry->length &&
            memcmp(listed[i]->text, entry->text, entry->length) == 0) {
            return true;
        }
    }
    return false;
}

/* The names of an index as far as there is room in one line, in the order of their values, each
 * once. */
static struct suggestion list_names(const struct name_index *known)
{
    struct suggestion list = {.text = ""};
    const struct name_entry *listed[LISTED_NAMES_MAX];
    uint32_t count = 0;
    const struct name_entry *entry = next_by_value(known, 0);
    for (uint32_t looked = 0; entry != NULL && looked < LISTED_NAMES_MAX; looked++) {
        if (!is_listed(listed, count, entry)) {
            append(&list, count > 0 ? ", " : "", count > 0 ? 2 : 0);
            append(&list, entry->text, entry->length);
            listed[count++] = entry;
        }
        entry = entry->value == UINT32_MAX ? NULL : next_by_value(known, entry->value + 1);
    }
    if (entry != NULL) {
        append(&list, ", ...", 5);
    }
    return list;
}

static void tell_unknown(struct reader *reader, struct scenario_position position, const char *noun,
                         const char *text, uint32_t length, const struct name_index *known)
{
    struct quoted_text unknown = problem_quote(text, length);
    if (!problem_list_wants(reader->problems, position)) {
        problem_list_add(reader->problems, position, "unknown %s", noun);
        return;
    }
    const struct name_entry *nearest = name_index_nearest(known, text, length);
    if (nearest != NULL) {
        problem_list_add(reader->problems, position, "unknown %s %s, did you mean %s?", noun,
                         unknown.text, problem_quote(nearest->text, nearest->length).text);
    } else if (known->count == 0) {
        problem_list_add(reader->problems, position, "unknown %s %s; there is none here", noun,
                         unknown.text);
    } else {
        problem_list_add(reader->problems, position, "unknown %s %s; known: %s", noun, unknown.text,
                         list_names(known).text);
    }
}

/* ---- Words and references ----------------------------------------------------------------- */

bool reader_word(struct reader *reader, const struct yaml_node *node, const struct word_set *words,
                 uint64_t allowed, uint32_t *value)
{
    struct name_entry entries[WORDS_MAX];
    struct name_index known = {.entries = entries, .capacity = WORDS_MAX};
    assert(words->count <= WORDS_MAX);
    for (uint32_t word = 0; word < words->count; word++) {
        const char *name = words->name_of(word);
        if ((allowed & WORD_BIT(word)) != 0) {
            name_index_add(&known, name, (uint32_t)strlen(name), word, node->position);
        }
    }
    char expected[80];
    snprintf(expected, sizeof expected, "a %s", words->noun);
    if (!reader_is_text(reader, node, expected)) {
        return false;
    }
    for (uint32_t word = 0; word < words->count; word++) {
        if (!yaml_node_is(node, words->name_of(word))) {
            continue;
        }
        if ((allowed & WORD_BIT(word)) != 0) {
            *value = word;
            return true;
        }
        problem_list_add(reader->problems, node->position, "%s cannot be %s here; possible: %s",
                         words->noun, problem_quote(node->text, node->length).text,
                         list_names(&known).text);
        return false;
    }
    tell_unknown(reader, node->position, words->noun, node->text, node->length, &known);
    return false;
}

bool reader_reference(struct reader *reader, const struct yaml_node *node,
                      const struct name_index *index, const char *noun, uint32_t *value)
{
    char expected[80];
    snprintf(expected, sizeof expected, "the name of a %s", noun);
    if (!reader_is_text(reader, node, expected)) {
        return false;
    }
    const struct name_entry *entry = name_index_find(index, node->text, node->length);
    if (entry == NULL) {
        tell_unknown(reader, node->position, noun, node->text, node->length, index);
        return false;
    }
    *value = entry->value;
    return true;
}

void reader_check_repeats(struct reader *reader, const struct yaml_node *list)
{
    struct name_index index;
    uint32_t number = 0;
    if (list->count < 2 || !name_index_start(&index, reader->scratch, list->count)) {
        return;
    }
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        if (item->kind == YAML_SCALAR) {
            name_index_add(&index, item->text, item->length, number++, item->position);
        }
    }
    name_index_sort(&index);
    number = 0;
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        if (item->kind != YAML_SCALAR) {
            continue;
        }
        const struct name_entry *first = name_index_find(&index, item->text, item->length);
        if (first->value != number++) {
            problem_list_add(reader->problems, item->position, "%s is in this list already",
                             problem_quote(item->text, item->length).text);
        }
    }
}

void reader_index_vocabulary(struct reader *reader, const struct vocabulary *vocabulary,
                             struct name_index *index)
{
    static const struct scenario_position nowhere = {0, 0};
    name_index_start(index, reader->scratch, vocabulary->count);
    for (uint32_t i = 0; i < vocabulary->count; i++) {
        const char *name = vocabulary->entries[i].name;
        name_index_add(index, name, (uint32_t)strlen(name), i, nowhere);
    }
    name_index_sort(index);
}

/* ---- Mappings ----------------------------------------------------------------------------- */

/* Tell of an unknown key; answers the number of the known one that it is near to, or the count of
 * keys. */
static uint32_t tell_unknown_key(struct reader *reader, const struct yaml_node *key,
                                 const struct scenario_keys *keys)
{
    struct name_entry entries[SCENARIO_KEYS_MAX];
    struct name_index known = {.entries = entries, .capacity = SCENARIO_KEYS_MAX};
    for (uint32_t i = 0; i < keys->count; i++) {
        const char *name = keys->keys[i].name;
        name_index_add(&known, name, (uint32_t)strlen(name), i, key->position);
    }
    tell_unknown(reader, key->position, "key", key->text, key->length, &known);
    const struct name_entry *nearest = name_index_nearest(&known, key->text, key->length);
    return nearest != NULL ? nearest->value : keys->count;
}

bool reader_fields(struct reader *reader, const struct yaml_node *node,
                   const struct scenario_keys *keys, const struct yaml_node **values)
{
    /* What a misspelt key was likely meant for is not missing as well. */
    bool meant[SCENARIO_KEYS_MAX + 1] = {false};
    for (uint32_t i = 0; i < keys->count; i++) {
        values[i] = NULL;
    }
    char expected[80];
    snprintf(expected, sizeof expected, "a mapping, such as {%s: ...}", keys->keys[0].name);
    if (!reader_is_mapping(reader, node, expected)) {
        return false;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        uint32_t i = 0;
        while (i < keys->count && !yaml_node_is(child->key, keys->keys[i].name)) {
            i++;
        }
        if (i < keys->count) {
            values[i] = child;
        } else if (problem_list_wants(reader->problems, child->key->position)) {
            meant[tell_unknown_key(reader, child->key, keys)] = true;
        } else {
            problem_list_add(reader->problems, child->key->position, "unknown key");
        }
    }
    for (uint32_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].required && values[i] == NULL && !meant[i]) {
            problem_list_add(reader->problems, node->position, "key '%s' is missing",
                             keys->keys[i].name);
        }
    }
    return true;
}
