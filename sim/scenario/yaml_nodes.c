/* yaml_nodes.c: libfyaml's events, one after the other, onto a stack of open collections. libfyaml
 * gets a diagnostic object of its own, which keeps quiet and collects; it counts places from 0 in
 * events and from 1 in diagnostics. */
#include "sim/scenario/yaml_nodes.h"

#include "sim/scenario/name_index.h"
#include "sim/scenario/yaml_text.h"

#include <assert.h>
#include <libfyaml.h>
#include <string.h>

/* A collection that has begun and not ended. */
struct open_node {
    struct yaml_node *node;
    struct yaml_node **link;     /* where its next child goes */
    const struct yaml_node *key; /* of the value that comes next, in a mapping */
    bool key_refused;            /* that value goes nowhere */
    uint32_t key_count;
};

struct yaml_builder {
    const struct source *source;
    struct scenario_memory *memory;
    struct problem_list *problems;
    struct open_node open[SCENARIO_DEPTH_MAX + 1]; /* open[0] is the document */
    uint32_t depth;                                /* how many are open */
    struct yaml_node *root;
    uint32_t documents;
    struct scenario_position last; /* of what came last, for what has no place of its own */
    bool stopped;                  /* nothing after this is looked at */
};

/* ---- Places ------------------------------------------------------------------------------- */

static struct scenario_position position_of_mark(const struct yaml_builder *builder,
                                                 const struct fy_mark *mark, int back)
{
    if (mark == NULL || mark->line < 0 || mark->column < back) {
        return builder->last;
    }
    return (struct scenario_position){
        .line = (uint32_t)mark->line + 1,
        .column = (uint32_t)(mark->column - back) + 1,
    };
}

/* Marks point behind the opening quote of a scalar and the star of an alias, which people look at.
 */
static struct scenario_position event_position(const struct yaml_builder *builder,
                                               struct fy_event *event)
{
    int back = 0;
    if (event->type == FYET_ALIAS) {
        back = 1;
    }
    if (event->type == FYET_SCALAR && event->scalar.value != NULL) {
        enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);
        back = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
    }
    return position_of_mark(builder, fy_event_start_mark(event), back);
}

static bool is_before(struct scenario_position left, struct scenario_position right)
{
    return left.line < right.line || (left.line == right.line && left.column < right.column);
}

/* ---- Building ----------------------------------------------------------------------------- */

/* Anchors and tags are refused, but what they are on is read all the same. */
static void refuse_properties(struct yaml_builder *builder, struct fy_token *anchor,
                              struct fy_token *tag)
{
    if (anchor != NULL) {
        problem_list_add(
            builder->problems, position_of_mark(builder, fy_token_start_mark(anchor), 1),
            "an anchor (&); a scenario has none: write things out where they are used");
    }
    if (tag != NULL) {
        problem_list_add(builder->problems, position_of_mark(builder, fy_token_start_mark(tag), 0),
                         "a tag (!); a scenario has none: what a value is shows from its key");
    }
}

static struct yaml_node *new_node(struct yaml_builder *builder, enum yaml_kind kind,
                                  struct scenario_position position)
{
    struct yaml_node *node = scenario_memory_allocate(builder->memory, sizeof *node);
    if (node == NULL) {
        builder->stopped = true;
        return NULL;
    }
    node->kind = kind;
    node->position = position;
    return node;
}

/* Take a node as the next key of the innermost mapping. */
static void take_key(struct yaml_builder *builder, struct open_node *parent,
                     const struct yaml_node *node)
{
    parent->key = node;
    parent->key_refused = node->kind != YAML_SCALAR;
    if (node->kind == YAML_SEQUENCE || node->kind == YAML_MAPPING) {
        problem_list_add(builder->problems, node->position,
                         "a key must be a name, not a list or mapping");
    }
}

/* Put a node where it belongs: the root, the next item, the next key or the next value. */
static void place_node(struct yaml_builder *builder, struct yaml_node *node)
{
    struct open_node *parent = &builder->open[builder->depth];
    if (builder->depth == 0) {
        builder->root = node;
        return;
    }
    /* The start of a block mapping in a flow sequence ([a: b]) is told after its first key. */
    if (is_before(node->position, parent->node->position)) {
        parent->node->position = node->position;
    }
    if (parent->node->kind == YAML_MAPPING) {
        if (parent->key == NULL) {
            take_key(builder, parent, node);
            return;
        }
        node->key = parent->key;
        parent->key = NULL;
        if (parent->key_refused) {
            return;
        }
    } else {
        node->is_item = true;
        node->key = parent->node->key;
    }
    *parent->link = node;
    parent->link = &node->next;
    parent->node->count++;
}

/* The bytes of a scalar in the source, without its quotes. False: it stands in several lines. */
static bool scalar_bytes(const struct yaml_builder *builder, struct fy_event *event,
                         const char **bytes, size_t *length)
{
    const struct fy_mark *start = fy_event_start_mark(event);
    const struct fy_mark *end = fy_event_end_mark(event);
    *bytes = builder->source->bytes;
    *length = 0;
    if (start == NULL || end == NULL) {
        return true;
    }
    if (start->input_pos > end->input_pos || end->input_pos > builder->source->length) {
        return false;
    }
    *bytes += start->input_pos;
    *length = end->input_pos - start->input_pos;
    return start->line == end->line;
}

/* The text of a scalar; not through fy_token_get_text, which leaks (see yaml_text.h). Without one
 * the node is refused. */
static void read_text(struct yaml_builder *builder, struct fy_event *event, struct yaml_node *node)
{
    enum fy_scalar_style style = FYSS_PLAIN;
    const char *raw;
    size_t length;
    if (event->scalar.value != NULL) {
        style = fy_token_scalar_style(event->scalar.value);
    }
    if (!scalar_bytes(builder, event, &raw, &length) || style == FYSS_LITERAL ||
        style == FYSS_FOLDED) {
        problem_list_add(builder->problems, node->position,
                         "a text in several lines; the texts of a scenario stand in one line each");
        node->kind = YAML_REFUSED;
        return;
    }
    node->plain = style == FYSS_PLAIN;
    node->text = raw;
    bool good = true;
    if (!node->plain && length > 0) {
        char *text = scenario_memory_array(builder->memory, length, YAML_TEXT_GROWTH);
        if (text == NULL) {
            builder->stopped = true;
            return;
        }
        if (style == FYSS_SINGLE_QUOTED) {
            length = yaml_text_single_quoted(raw, length, text);
        } else {
            good = yaml_text_double_quoted(raw, length, text, &length);
        }
        node->text = text;
    }
    node->length = (uint32_t)length;
    if (!good) {
        problem_list_add(builder->problems, node->position, "an escape (\\) that is none");
        node->kind = YAML_REFUSED;
    }
}

static void take_scalar(struct yaml_builder *builder, struct fy_event *event)
{
    struct yaml_node *node = new_node(builder, YAML_SCALAR, event_position(builder, event));
    if (node == NULL) {
        return;
    }
    read_text(builder, event, node);
    refuse_properties(builder, event->scalar.anchor, event->scalar.tag);
    place_node(builder, node);
}

static void begin_collection(struct yaml_builder *builder, struct fy_event *event)
{
    bool is_mapping = event->type == FYET_MAPPING_START;
    struct scenario_position position = event_position(builder, event);
    if (builder->depth == SCENARIO_DEPTH_MAX) {
        problem_list_add(builder->problems, position,
                         "lists and mappings nested more than %u deep (SCENARIO_DEPTH_MAX)",
                         SCENARIO_DEPTH_MAX);
        builder->stopped = true;
        return;
    }
    struct yaml_node *node = new_node(builder, is_mapping ? YAML_MAPPING : YAML_SEQUENCE, position);
    if (node == NULL) {
        return;
    }
    if (is_mapping) {
        refuse_properties(builder, event->mapping_start.anchor, event->mapping_start.tag);
    } else {
        refuse_properties(builder, event->sequence_start.anchor, event->sequence_start.tag);
    }
    place_node(builder, node);
    builder->depth++;
    builder->open[builder->depth] = (struct open_node){.node = node, .link = &node->first};
}

/* Add a problem for every key that an earlier key of the mapping equals, and take its value out. */
static void refuse_duplicates(struct yaml_builder *builder, struct yaml_node *mapping)
{
    struct name_index index;
    if (!name_index_start(&index, builder->memory, mapping->count)) {
        builder->stopped = true;
        return;
    }
    uint32_t number = 0;
    for (struct yaml_node *child = mapping->first; child != NULL; child = child->next) {
        name_index_add(&index, child->key->text, child->key->length, number++,
                       child->key->position);
    }
    name_index_sort(&index);
    number = 0;
    struct yaml_node **link = &mapping->first;
    while (*link != NULL) {
        const struct yaml_node *key = (*link)->key;
        const struct name_entry *first = name_index_find(&index, key->text, key->length);
        assert(first != NULL);
        if (first->value != number++) {
            problem_list_add(builder->problems, key->position,
                             "key %s is there already, in line %u",
                             problem_quote(key->text, key->length).text, first->position.line);
            *link = (*link)->next;
            mapping->count--;
        } else {
            link = &(*link)->next;
        }
    }
}

static void end_collection(struct yaml_builder *builder)
{
    assert(builder->depth > 0);
    struct yaml_node *node = builder->open[builder->depth].node;
    builder->depth--;
    if (node->kind == YAML_MAPPING && node->count > 1) {
        refuse_duplicates(builder, node);
    }
}

static void take_alias(struct yaml_builder *builder, struct fy_event *event)
{
    struct scenario_position position = event_position(builder, event);
    problem_list_add(builder->problems, position,
                     "an alias (*); a scenario has none: write things out where they are used");
    struct yaml_node *node = new_node(builder, YAML_REFUSED, position);
    if (node != NULL) {
        place_node(builder, node);
    }
}

static void begin_document(struct yaml_builder *builder, struct fy_event *event)
{
    builder->documents++;
    if (builder->documents == 1) {
        return;
    }
    struct scenario_position position =
        position_of_mark(builder, fy_token_start_mark(event->document_start.document_start), 0);
    problem_list_add(builder->problems, position,
                     "a second document; a file holds one scenario, so take the line --- out or "
                     "write a file of its own");
    builder->stopped = true;
}

static void take_event(struct yaml_builder *builder, struct fy_event *event)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        begin_document(builder, event);
        break;
    case FYET_SCALAR:
        take_scalar(builder, event);
        break;
    case FYET_SEQUENCE_START:
    case FYET_MAPPING_START:
        begin_collection(builder, event);
        break;
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        end_collection(builder);
        break;
    case FYET_ALIAS:
        take_alias(builder, event);
        break;
    default:
        break;
    }
    builder->last = event_position(builder, event);
}

/* ---- libfyaml ----------------------------------------------------------------------------- */

static void drop_output(struct fy_diag *diagnostics, void *user, const char *buffer, size_t length)
{
    (void)diagnostics;
    (void)user;
    (void)buffer;
    (void)length;
}

static struct fy_diag *create_diagnostics(void)
{
    struct fy_diag_cfg configuration;
    fy_diag_cfg_default(&configuration);
    configuration.fp = NULL;
    configuration.output_fn = drop_output;
    configuration.user = NULL;
    configuration.colorize = false;
    struct fy_diag *diagnostics = fy_diag_create(&configuration);
    if (diagnostics != NULL) {
        fy_diag_set_collect_errors(diagnostics, true);
    }
    return diagnostics;
}

/* What libfyaml says in words that people who write files use less. */
static const char *plain_words(const char *message)
{
    static const char *const words[][2] = {
        {"missing document start", "something follows that does not belong to what came before"},
        {"invalid nested block mapping on the same line",
         "a second ': ' on the line; put quotes around text that has one"},
        {"did not find expected key", "a key is expected here, or the indentation is off"},
        {"did not find expected node content", "a value is missing here"},
        {"invalid multiline plain key",
         "the line before has a value already; the indentation is off"},
        {"wrong indendation in sequence while in mapping",
         "the '-' stands under no other; the indentation is off"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(message, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return message;
}

static void take_diagnostics(struct yaml_builder *builder, struct fy_diag *diagnostics)
{
    void *previous = NULL;
    uint32_t errors = 0;
    struct fy_diag_error *error;
    while ((error = fy_diag_errors_iterate(diagnostics, &previous)) != NULL) {
        if (error->type != FYET_ERROR || error->msg == NULL) {
            continue;
        }
        struct scenario_position position = builder->last;
        if (error->line > 0 && error->column > 0) {
            position = (struct scenario_position){(uint32_t)error->line, (uint32_t)error->column};
        }
        problem_list_add(builder->problems, position, "not valid YAML: %s",
                         plain_words(error->msg));
        errors++;
    }
    /* It gave up and did not say why. */
    if (errors == 0) {
        problem_list_add(builder->problems, builder->last,
                         "not valid YAML: it cannot be read on from here");
    }
}

/* Answers whether the stream came to its end, or to where we stopped it. */
static bool take_events(struct yaml_builder *builder, struct fy_parser *parser)
{
    struct fy_event *event;
    bool ended = false;
    while (!ended && (event = fy_parser_parse(parser)) != NULL) {
        take_event(builder, event);
        ended = event->type == FYET_STREAM_END || builder->stopped;
        fy_parser_event_free(parser, event);
    }
    return ended;
}

void yaml_nodes_parse(const struct source *source, struct scenario_memory *memory,
                      struct problem_list *problems, struct yaml_node **root)
{
    struct yaml_builder builder = {
        .source = source,
        .memory = memory,
        .problems = problems,
        .last = {1, 1},
    };
    *root = NULL;
    if (source->length == 0) {
        return;
    }
    struct fy_diag *diagnostics = create_diagnostics();
    if (diagnostics == NULL) {
        problem_list_add(problems, builder.last, "libfyaml cannot start");
        return;
    }
    struct fy_parse_cfg configuration = {
        .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
        .diag = diagnostics,
    };
    struct fy_parser *parser = fy_parser_create(&configuration);
    bool ended = false;
    if (parser != NULL && fy_parser_set_string(parser, source->bytes, source->length) == 0) {
        ended = take_events(&builder, parser);
    }
    if (!ended) {
        take_diagnostics(&builder, diagnostics);
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diagnostics);
    if (ended && !builder.stopped) {
        *root = builder.root;
    }
}

/* ---- Looking at nodes --------------------------------------------------------------------- */

bool yaml_node_is(const struct yaml_node *node, const char *text)
{
    size_t length = strlen(text);
    return node->kind == YAML_SCALAR && node->length == length &&
           (length == 0 || memcmp(node->text, text, length) == 0);
}

const struct yaml_node *yaml_node_value(const struct yaml_node *mapping, const char *key)
{
    if (mapping->kind != YAML_MAPPING) {
        return NULL;
    }
    for (const struct yaml_node *child = mapping->first; child != NULL; child = child->next) {
        if (yaml_node_is(child->key, key)) {
            return child;
        }
    }
    return NULL;
}

bool yaml_node_is_nothing(const struct yaml_node *node)
{
    return node->plain && (yaml_node_is(node, "") || yaml_node_is(node, "~"));
}
