/* case_document.c: conformance documents through libfyaml's event API. Nothing is resolved: an
 * anchor, an alias or a tag is refused. */
#include "sim/conform/case_document.h"

#include <assert.h>
#include <libfyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct case_stream {
    struct fy_parser *parser;
    struct fy_diag *diag;
    struct scenario_memory *memory;
    char message[200];
};

static void drop_output(struct fy_diag *diag, void *user, const char *text, size_t length)
{
    (void)diag;
    (void)user;
    (void)text;
    (void)length;
}

/* libfyaml reports to stderr unless it is given somewhere else to go. */
static struct fy_diag *silent_diag(void)
{
    struct fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = NULL;
    config.output_fn = drop_output;
    config.colorize = false;
    struct fy_diag *diag = fy_diag_create(&config);
    if (diag != NULL) {
        fy_diag_set_collect_errors(diag, true);
    }
    return diag;
}

struct case_stream *case_stream_open(const char *bytes, size_t length)
{
    struct case_stream *stream = calloc(1, sizeof(*stream));
    if (stream == NULL) {
        return NULL;
    }
    stream->memory = scenario_memory_create(NULL, NULL);
    stream->diag = silent_diag();
    const struct fy_parse_cfg config = {.flags = FYPCF_QUIET, .diag = stream->diag};
    if (stream->memory != NULL && stream->diag != NULL) {
        stream->parser = fy_parser_create(&config);
    }
    if (stream->parser == NULL || fy_parser_set_string(stream->parser, bytes, length) != 0) {
        case_stream_close(stream);
        return NULL;
    }
    return stream;
}

void case_stream_close(struct case_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    if (stream->parser != NULL) {
        fy_parser_destroy(stream->parser);
    }
    if (stream->diag != NULL) {
        fy_diag_destroy(stream->diag);
    }
    scenario_memory_destroy(stream->memory);
    free(stream);
}

static enum case_stream_status problem_at(struct case_stream *stream,
                                          struct scenario_position position, const char *message,
                                          struct scenario_problem *problem)
{
    snprintf(stream->message, sizeof(stream->message), "%s", message);
    *problem = (struct scenario_problem){position, stream->message};
    return CASE_STREAM_PROBLEM;
}

static struct scenario_position position_of(struct fy_event *event)
{
    const struct fy_mark *mark = fy_event_start_mark(event);
    if (mark == NULL) {
        return (struct scenario_position){1, 1};
    }
    return (struct scenario_position){(uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

/* What libfyaml collected when it stopped. Its own places count from 1. */
static enum case_stream_status parser_problem(struct case_stream *stream,
                                              struct scenario_problem *problem)
{
    void *iterator = NULL;
    struct fy_diag_error *error = fy_diag_errors_iterate(stream->diag, &iterator);
    if (error == NULL) {
        return problem_at(stream, (struct scenario_position){1, 1}, "not YAML", problem);
    }
    struct scenario_position position = {(uint32_t)error->line, (uint32_t)error->column};
    char message[160];
    snprintf(message, sizeof(message), "not YAML: %s", error->msg == NULL ? "?" : error->msg);
    return problem_at(stream, position, message, problem);
}

/* Nodes whose children are still coming. */
struct open_nodes {
    struct case_node *nodes[CASE_DEPTH_MAX];
    struct case_node **ends[CASE_DEPTH_MAX];
    uint32_t depth;
};

static bool fill_scalar(struct case_stream *stream, struct case_node *node, struct fy_event *event)
{
    size_t length = 0;
    const char *text = fy_token_get_text(event->scalar.value, &length);
    enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
    node->kind = CASE_SCALAR;
    node->quoted = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    node->text = scenario_memory_copy(stream->memory, text == NULL ? "" : text, length);
    node->length = length;
    return node->text != NULL;
}

static bool is_plain(struct fy_event *event)
{
    switch (event->type) {
    case FYET_SCALAR:
        return event->scalar.anchor == NULL && event->scalar.tag == NULL;
    case FYET_SEQUENCE_START:
        return event->sequence_start.anchor == NULL && event->sequence_start.tag == NULL;
    case FYET_MAPPING_START:
        return event->mapping_start.anchor == NULL && event->mapping_start.tag == NULL;
    default:
        return false;
    }
}

/* One event of a document goes into the tree. */
static enum case_stream_status take(struct case_stream *stream, struct fy_event *event,
                                    struct open_nodes *open, struct case_node **root,
                                    struct scenario_problem *problem)
{
    if (event->type == FYET_SEQUENCE_END || event->type == FYET_MAPPING_END) {
        open->depth--;
        return CASE_STREAM_DOCUMENT;
    }
    if (!is_plain(event)) {
        return problem_at(stream, position_of(event), "anchors, aliases and tags are not used here",
                          problem);
    }
    struct case_node *node = scenario_memory_allocate(stream->memory, sizeof(*node));
    if (node == NULL) {
        return CASE_STREAM_NO_MEMORY;
    }
    node->position = position_of(event);
    if (open->depth == 0) {
        *root = node;
    } else {
        assert(open->ends[open->depth - 1] != NULL);
        *open->ends[open->depth - 1] = node;
        open->ends[open->depth - 1] = &node->next;
    }
    if (event->type == FYET_SCALAR) {
        return fill_scalar(stream, node, event) ? CASE_STREAM_DOCUMENT : CASE_STREAM_NO_MEMORY;
    }
    node->kind = event->type == FYET_MAPPING_START ? CASE_MAPPING : CASE_SEQUENCE;
    if (open->depth == CASE_DEPTH_MAX) {
        return problem_at(stream, node->position, "nested too deeply", problem);
    }
    open->nodes[open->depth] = node;
    open->ends[open->depth] = &node->first;
    open->depth++;
    return CASE_STREAM_DOCUMENT;
}

enum case_stream_status case_stream_next(struct case_stream *stream, struct case_node **root,
                                         struct scenario_problem *problem)
{
    struct open_nodes open = {.depth = 0};
    enum case_stream_status status = CASE_STREAM_DOCUMENT;
    *root = NULL;
    scenario_memory_clear(stream->memory);
    for (;;) {
        struct fy_event *event = fy_parser_parse(stream->parser);
        if (event == NULL) {
            return fy_parser_get_stream_error(stream->parser) ? parser_problem(stream, problem)
                                                              : CASE_STREAM_END;
        }
        enum fy_event_type type = event->type;
        if (type == FYET_SCALAR || type == FYET_ALIAS || type == FYET_SEQUENCE_START ||
            type == FYET_SEQUENCE_END || type == FYET_MAPPING_START || type == FYET_MAPPING_END) {
            status = take(stream, event, &open, root, problem);
        }
        fy_parser_event_free(stream->parser, event);
        if (status != CASE_STREAM_DOCUMENT || type == FYET_DOCUMENT_END) {
            return status;
        }
    }
}

const struct case_node *case_node_get(const struct case_node *node, const char *key)
{
    if (node == NULL || node->kind != CASE_MAPPING) {
        return NULL;
    }
    for (const struct case_node *name = node->first; name != NULL && name->next != NULL;
         name = name->next->next) {
        if (name->kind == CASE_SCALAR && strcmp(name->text, key) == 0) {
            return name->next;
        }
    }
    return NULL;
}

bool case_node_is(const struct case_node *node, const char *text)
{
    return node != NULL && node->kind == CASE_SCALAR && strcmp(node->text, text) == 0;
}

bool case_node_number(const struct case_node *node, uint32_t *number)
{
    uint64_t value = 0;
    if (node == NULL || node->kind != CASE_SCALAR || node->length == 0 || node->length > 10) {
        return false;
    }
    for (size_t i = 0; i < node->length; i++) {
        if (node->text[i] < '0' || node->text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(node->text[i] - '0');
    }
    if (value > UINT32_MAX) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}
