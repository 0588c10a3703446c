/* case_document.h: one document of a conformance stream, as libfyaml reads it: nodes with their
 * places. Documents are read one at a time; the memory of one is used again for the next. */
#ifndef SIM_CONFORM_CASE_DOCUMENT_H
#define SIM_CONFORM_CASE_DOCUMENT_H

#include "sim/scenario/scenario_memory.h"
#include "sim/scenario/scenario_reader.h"

#define CASE_FILE_BYTES_MAX (1u << 30)
#define CASE_DEPTH_MAX 64u

enum case_node_kind { CASE_SCALAR, CASE_SEQUENCE, CASE_MAPPING };

/* A mapping's children are key, value, key, value, … in the order of the file. */
struct case_node {
    enum case_node_kind kind;
    struct scenario_position position;
    const char *text; /* of a scalar, with a NUL behind it */
    size_t length;
    bool quoted;
    struct case_node *first;
    struct case_node *next;
};

struct case_stream;

enum case_stream_status {
    CASE_STREAM_DOCUMENT, /* there is one */
    CASE_STREAM_END,
    CASE_STREAM_PROBLEM, /* not YAML, or not of the kind that is read here: `problem` says what */
    CASE_STREAM_NO_MEMORY,
};

/* Open a stream of documents over bytes that stay in place. NULL without memory. */
struct case_stream *case_stream_open(const char *bytes, size_t length);
/* Read the next document; its nodes are valid until the next call. */
enum case_stream_status case_stream_next(struct case_stream *stream, struct case_node **root,
                                         struct scenario_problem *problem);
void case_stream_close(struct case_stream *stream);

/* The value of a key; NULL when the node is no mapping or has no such key. */
const struct case_node *case_node_get(const struct case_node *node, const char *key);
bool case_node_is(const struct case_node *node, const char *text);
/* A whole number from 0 to UINT32_MAX. */
bool case_node_number(const struct case_node *node, uint32_t *number);

#endif
