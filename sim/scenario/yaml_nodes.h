/* yaml_nodes.h: one YAML document as a tree of nodes that know where they stand.
 *
 * Built from libfyaml's events, not its documents. What a scenario has no use for is refused here,
 * with its place: aliases, anchors, tags, keys that are no plain text, a key twice in one mapping,
 * a second document, nesting deeper than SCENARIO_DEPTH_MAX. What is refused is left out of the
 * tree, so that whoever checks it meets each mistake once. */
#ifndef SIM_SCENARIO_YAML_NODES_H
#define SIM_SCENARIO_YAML_NODES_H

#include "sim/scenario/problem_list.h"
#include "sim/scenario/source.h"

enum yaml_kind {
    YAML_SCALAR,
    YAML_SEQUENCE,
    YAML_MAPPING,
    YAML_REFUSED, /* a problem was told already; there is nothing to say about it any more */
};

struct yaml_node {
    enum yaml_kind kind;
    bool plain;   /* a scalar without quotes */
    bool is_item; /* of a list */
    struct scenario_position position;
    const char *text; /* of a scalar; no NUL at its end is promised */
    uint32_t length;
    uint32_t count; /* of its children */
    /* Of a value in a mapping: its key. Of an item: the key of its list, or of the list around
     * that. NULL where there is none. */
    const struct yaml_node *key;
    struct yaml_node *first; /* the items of a sequence, the values of a mapping, in order */
    struct yaml_node *next;  /* the next child of the same parent */
};

/* Parse bytes that source_check has passed. The tree lives in `memory`, and its texts there or in
 * the source; problems are added for what is no YAML or refused. *root is NULL when there is no
 * tree to look at. What has failed for want of memory shows in scenario_memory_failed. */
void yaml_nodes_parse(const struct source *source, struct scenario_memory *memory,
                      struct problem_list *problems, struct yaml_node **root);

/* The value of a key in a mapping; NULL when it has no such key, or is no mapping. */
const struct yaml_node *yaml_node_value(const struct yaml_node *mapping, const char *key);

/* Whether a scalar has just this text. */
bool yaml_node_is(const struct yaml_node *node, const char *text);

/* Whether it is a scalar that says nothing: empty or ~, and not in quotes. */
bool yaml_node_is_nothing(const struct yaml_node *node);

#endif
