/* yaml_nodes_test.c: documents become trees of nodes that know where they stand. */
#include "sim/scenario/yaml_nodes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct tree {
    struct scenario_memory *memory;
    struct problem_list problems;
    struct yaml_node *root;
};

static void parse(struct tree *tree, const char *text)
{
    tree->memory = scenario_memory_create(NULL, NULL);
    problem_list_start(&tree->problems, tree->memory);
    const struct source source = {.bytes = text, .length = strlen(text)};
    yaml_nodes_parse(&source, tree->memory, &tree->problems, &tree->root);
}

/* A tree in one line: scalars with their places, [..] and {..}. */
static size_t describe(const struct yaml_node *node, char *text, size_t size)
{
    size_t used = 0;
    if (node->kind == YAML_SCALAR) {
        return (size_t)snprintf(text, size, "%u:%u%s%.*s", node->position.line,
                                node->position.column, node->plain ? "=" : "~", (int)node->length,
                                node->text);
    }
    if (node->kind == YAML_REFUSED) {
        return (size_t)snprintf(text, size, "%u:%u!", node->position.line, node->position.column);
    }
    used += (size_t)snprintf(text + used, size - used, "%u:%u%s", node->position.line,
                             node->position.column, node->kind == YAML_MAPPING ? "{" : "[");
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (node->kind == YAML_MAPPING) {
            used += describe(child->key, text + used, size - used);
            used += (size_t)snprintf(text + used, size - used, ": ");
        }
        used += describe(child, text + used, size - used);
        used += (size_t)snprintf(text + used, size - used, child->next != NULL ? ", " : "");
    }
    used +=
        (size_t)snprintf(text + used, size - used, "%s", node->kind == YAML_MAPPING ? "}" : "]");
    return used;
}

static void check_tree(const char *text, const char *expected)
{
    char description[2000];
    struct tree tree;
    parse(&tree, text);
    assert_int_equal(tree.problems.total, 0);
    assert_non_null(tree.root);
    describe(tree.root, description, sizeof description);
    assert_string_equal(description, expected);
    scenario_memory_destroy(tree.memory);
}

/* What is left of a document in which something was refused; NULL: nothing. And its first problem.
 */
static void check_refused(const char *text, const char *expected, const char *problem)
{
    char description[2000] = "";
    char told[PROBLEM_MESSAGE_MAX + 40];
    struct tree tree;
    parse(&tree, text);
    assert_true(tree.problems.total > 0);
    assert_true((tree.root == NULL) == (expected == NULL));
    if (tree.root != NULL) {
        describe(tree.root, description, sizeof description);
        assert_string_equal(description, expected);
    }
    snprintf(told, sizeof told, "%u:%u: %s", tree.problems.problems[0].position.line,
             tree.problems.problems[0].position.column, tree.problems.problems[0].message);
    assert_string_equal(told, problem);
    scenario_memory_destroy(tree.memory);
}

static void nodes_know_where_they_stand(void **state)
{
    (void)state;
    check_tree("a: 1\nb:\n  - x\n  - {c: d}\n",
               "1:1{1:1=a: 1:4=1, 2:1=b: 3:3[3:5=x, 4:5{4:6=c: 4:9=d}]}");
    check_tree("\xc3\xa4: [\xe2\x82\xac, b]\n", "1:1{1:1=\xc3\xa4: 1:4[1:5=\xe2\x82\xac, 1:8=b]}");
    check_tree("[a: b, c]", "1:1[1:2{1:2=a: 1:5=b}, 1:8=c]");
    check_tree("a", "1:1=a");
    check_tree("---\na: b\n...\n", "2:1{2:1=a: 2:4=b}");
    check_tree("? a\n: b\n", "1:1{1:3=a: 2:3=b}");
}

static void quoted_texts_stand_at_their_quote(void **state)
{
    (void)state;
    check_tree("\"a\": 'it''s'", "1:1{1:1~a: 1:6~it's}");
    check_tree("{\"a\":\"\\u20ac\"}", "1:1{1:2~a: 1:6~\xe2\x82\xac}");
    check_tree("['', \"\"]", "1:1[1:2~, 1:6~]");
}

static void what_is_not_said_stands_where_it_would(void **state)
{
    (void)state;
    struct tree tree;
    parse(&tree, "a:\nb: ~\nc: \"\"\n");
    const struct yaml_node *empty = yaml_node_value(tree.root, "a");
    assert_true(yaml_node_is_nothing(empty));
    assert_int_equal(empty->position.line, 1);
    assert_true(yaml_node_is_nothing(yaml_node_value(tree.root, "b")));
    assert_false(yaml_node_is_nothing(yaml_node_value(tree.root, "c")));
    assert_null(yaml_node_value(tree.root, "d"));
    assert_null(yaml_node_value(empty, "a"));
    scenario_memory_destroy(tree.memory);
}

static void items_know_the_key_of_their_list(void **state)
{
    (void)state;
    struct tree tree;
    parse(&tree, "a: [x, [y]]\n");
    const struct yaml_node *list = yaml_node_value(tree.root, "a");
    assert_false(list->is_item);
    assert_true(list->first->is_item);
    assert_true(yaml_node_is(list->first->key, "a"));
    const struct yaml_node *inner = list->first->next->first;
    assert_true(inner->is_item);
    assert_true(yaml_node_is(inner->key, "a"));
    scenario_memory_destroy(tree.memory);
}

static void nothing_is_no_tree_and_no_problem(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "# comment\n", "\n\n"};
    for (size_t i = 0; i < 3; i++) {
        struct tree tree;
        parse(&tree, texts[i]);
        assert_null(tree.root);
        assert_int_equal(tree.problems.total, 0);
        scenario_memory_destroy(tree.memory);
    }
}

static void what_is_refused_is_left_out_of_the_tree(void **state)
{
    (void)state;
    check_refused("a: 1\nb: 2\na: 3\na: 4\n", "1:1{1:1=a: 1:4=1, 2:1=b: 2:4=2}",
                  "3:1: key 'a' is there already, in line 1");
    check_refused("a: &x 1\nb: *x\n", "1:1{1:1=a: 1:7=1, 2:1=b: 2:4!}",
                  "1:4: an anchor (&); a scenario has none: write things out where they are used");
    check_refused("a: !t [1]\n", "1:1{1:1=a: 1:7[1:8=1]}",
                  "1:4: a tag (!); a scenario has none: what a value is shows from its key");
    check_refused("{[a]: b, c: d}", "1:1{1:10=c: 1:13=d}",
                  "1:2: a key must be a name, not a list or mapping");
    check_refused("{{a: b}: b, c: d}", "1:1{1:13=c: 1:16=d}",
                  "1:2: a key must be a name, not a list or mapping");
    check_refused("*a : b\nc: d\n", "1:1{2:1=c: 2:4=d}",
                  "1:1: an alias (*); a scenario has none: write things out where they are used");
    check_refused("a: b\n  c\nd: e\n", "1:1{1:1=a: 1:4!, 3:1=d: 3:4=e}",
                  "1:4: a text in several lines; the texts of a scenario stand in one line each");
    check_refused("a: >\n  b\n", "1:1{1:1=a: 2:1!}",
                  "2:1: a text in several lines; the texts of a scenario stand in one line each");
}

static void what_ends_the_reading_gives_no_tree(void **state)
{
    (void)state;
    check_refused("a: b\n---\nc: d\n", NULL,
                  "2:1: a second document; a file holds one scenario, so take the line --- out or "
                  "write a file of its own");
    check_refused("a: [1, 2\n", NULL,
                  "2:1: not valid YAML: flow sequence without a closing bracket");
    check_refused("a: b: c\n", NULL,
                  "1:5: not valid YAML: a second ': ' on the line; put quotes around text that has "
                  "one");
    check_refused("- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - a\n", NULL,
                  "1:65: lists and mappings nested more than 32 deep (SCENARIO_DEPTH_MAX)");
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char text[] = "a: [x, {'b': \"c\"}]\na: *d\n";
    const struct source source = {.bytes = text, .length = strlen(text)};
    bool failed = true;
    for (uint64_t nth = 2; failed; nth++) {
        struct scenario_memory_fault fault = {.left = nth};
        struct tree tree = {.memory = scenario_memory_create(NULL, &fault)};
        problem_list_start(&tree.problems, tree.memory);
        yaml_nodes_parse(&source, tree.memory, &tree.problems, &tree.root);
        failed = scenario_memory_failed(tree.memory);
        assert_true(failed == (fault.left == 0));
        scenario_memory_destroy(tree.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_where_they_stand),
        cmocka_unit_test(quoted_texts_stand_at_their_quote),
        cmocka_unit_test(what_is_not_said_stands_where_it_would),
        cmocka_unit_test(items_know_the_key_of_their_list),
        cmocka_unit_test(nothing_is_no_tree_and_no_problem),
        cmocka_unit_test(what_is_refused_is_left_out_of_the_tree),
        cmocka_unit_test(what_ends_the_reading_gives_no_tree),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
