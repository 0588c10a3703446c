/* scenario_schema_test.c: scenarios/scenario.schema.json knows just the keys and words that the
 * reader knows. Read with our own YAML nodes, since JSON is YAML. Runs at the top of the
 * repository, or with its path in DIRSIM_ROOT. */
#define _GNU_SOURCE /* memmem */
#include "sim/scenario/scenario_keys.h"

#include "sim/scenario/scenario_test_support.h"
#include "sim/scenario/yaml_nodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct schema {
    struct scenario_memory *memory;
    struct problem_list problems;
    struct source source;
    struct yaml_node *root;
};

static struct schema schema;

static int read_schema(void **state)
{
    (void)state;
    char path[1000];
    const char *root = getenv("DIRSIM_ROOT");
    snprintf(path, sizeof path, "%s/scenarios/scenario.schema.json", root != NULL ? root : ".");
    schema.memory = scenario_memory_create(NULL, NULL);
    problem_list_start(&schema.problems, schema.memory);
    if (source_read_file(path, schema.memory, &schema.problems, &schema.source) !=
            SCENARIO_READ_OK ||
        !source_check(&schema.source, &schema.problems)) {
        return 1;
    }
    yaml_nodes_parse(&schema.source, schema.memory, &schema.problems, &schema.root);
    return schema.root == NULL || schema.problems.total > 0;
}

static int free_schema(void **state)
{
    (void)state;
    scenario_memory_destroy(schema.memory);
    return 0;
}

/* The definition of a section; that of the top is the schema itself. */
static const struct yaml_node *definition(const char *name)
{
    const struct yaml_node *found = schema.root;
    if (strcmp(name, top_keys.section) != 0) {
        found = yaml_node_value(yaml_node_value(schema.root, "definitions"), name);
    }
    if (found == NULL) {
        print_message("the schema has no definition '%s'\n", name);
    }
    assert_non_null(found);
    return found;
}

static void every_key_of_the_reader_is_in_the_schema(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SCENARIO_SECTIONS; i++) {
        const struct scenario_keys *section = scenario_sections[i];
        const struct yaml_node *properties =
            yaml_node_value(definition(section->section), "properties");
        for (uint32_t key = 0; key < section->count; key++) {
            if (yaml_node_value(properties, section->keys[key].name) == NULL) {
                print_message("%s.%s is not in the schema\n", section->section,
                              section->keys[key].name);
                fail();
            }
        }
    }
}

static void every_key_of_the_schema_is_one_of_the_reader(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SCENARIO_SECTIONS; i++) {
        const struct scenario_keys *section = scenario_sections[i];
        const struct yaml_node *node = definition(section->section);
        assert_true(yaml_node_is(yaml_node_value(node, "additionalProperties"), "false"));
        assert_int_equal(yaml_node_value(node, "properties")->count, section->count);
    }
}

static void the_schema_requires_what_the_reader_requires(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SCENARIO_SECTIONS; i++) {
        const struct scenario_keys *section = scenario_sections[i];
        const struct yaml_node *required =
            yaml_node_value(definition(section->section), "required");
        uint32_t count = 0;
        for (uint32_t key = 0; key < section->count; key++) {
            if (!section->keys[key].required) {
                continue;
            }
            count++;
            bool found = false;
            assert_non_null(required);
            for (const struct yaml_node *item = required->first; item != NULL; item = item->next) {
                found = found || yaml_node_is(item, section->keys[key].name);
            }
            assert_true(found);
        }
        assert_int_equal(required == NULL ? 0 : required->count, count);
    }
}

static void everything_in_the_schema_is_described(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SCENARIO_SECTIONS; i++) {
        const struct yaml_node *node = definition(scenario_sections[i]->section);
        assert_non_null(yaml_node_value(node, "description"));
        const struct yaml_node *properties = yaml_node_value(node, "properties");
        for (const struct yaml_node *key = properties->first; key != NULL; key = key->next) {
            assert_non_null(yaml_node_value(key, "description"));
        }
    }
}

/* The words of a definition's enum are just these, in order. */
static void check_words(const char *name, const char *(*name_of)(uint32_t word), uint32_t first,
                        uint32_t count)
{
    const struct yaml_node *words = yaml_node_value(definition(name), "enum");
    assert_non_null(words);
    assert_int_equal(words->count, count - first);
    const struct yaml_node *item = words->first;
    for (uint32_t word = first; word < count; word++, item = item->next) {
        if (!yaml_node_is(item, name_of(word))) {
            print_message("%s: %s is not where it should be\n", name, name_of(word));
            fail();
        }
    }
}

static const char *plan_state(uint32_t word)
{
    return director_plan_state_name((enum director_plan_state)word);
}

static const char *step_state(uint32_t word)
{
    return director_step_state_name((enum director_step_state)word);
}

static const char *result(uint32_t word)
{
    return director_result_name((enum director_result)word);
}

static const char *rescue(uint32_t word)
{
    return director_rescue_strategy_name((enum director_rescue_strategy)word);
}

static const char *reason(uint32_t word)
{
    return director_reason_name((enum director_reason)word);
}

static const char *fault_site(uint32_t word)
{
    return fault_sites[word].name;
}

static const char *fault_error(uint32_t word)
{
    return fault_errors[word].name;
}

static void the_schema_has_the_words_of_the_director_and_of_faults(void **state)
{
    (void)state;
    check_words("plan_state", plan_state, 0, DIRECTOR_PLAN_STATES);
    check_words("step_state", step_state, 0, DIRECTOR_STEP_STATES);
    check_words("result", result, 0, DIRECTOR_RESULTS);
    check_words("rescue", rescue, DIRECTOR_RESCUE_SKIP, DIRECTOR_RESCUE_FAIL + 1);
    check_words("reason", reason, DIRECTOR_REASON_NONE + 1, DIRECTOR_REASONS);
    check_words("fault_site", fault_site, 0, SCENARIO_FAULT_SITES);
    check_words("fault_error", fault_error, 0, SCENARIO_FAULT_ERRORS);
}

static void every_reference_of_the_schema_leads_somewhere(void **state)
{
    (void)state;
    static const char start[] = "#/definitions/";
    char text[100];
    const char *at = schema.source.bytes;
    const char *end = at + schema.source.length;
    uint32_t references = 0;
    while ((at = memmem(at, (size_t)(end - at), start, strlen(start))) != NULL) {
        at += strlen(start);
        size_t length = (size_t)((const char *)memchr(at, '"', (size_t)(end - at)) - at);
        assert_true(length < sizeof text);
        memcpy(text, at, length);
        text[length] = '\0';
        definition(text);
        references++;
    }
    assert_true(references > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_the_reader_is_in_the_schema),
        cmocka_unit_test(every_key_of_the_schema_is_one_of_the_reader),
        cmocka_unit_test(the_schema_requires_what_the_reader_requires),
        cmocka_unit_test(everything_in_the_schema_is_described),
        cmocka_unit_test(the_schema_has_the_words_of_the_director_and_of_faults),
        cmocka_unit_test(every_reference_of_the_schema_leads_somewhere),
    };
    return cmocka_run_group_tests(tests, read_schema, free_schema);
}
