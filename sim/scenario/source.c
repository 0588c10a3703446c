/* source.c: reading a file whole, and the filter in two passes. The first looks at characters; the
 * second follows brackets, without understanding more of YAML than where a bracket is one: what it
 * counts decides whether libfyaml, which keeps every token of a flow collection in memory until it
 * ends, may be let loose on the file. */
#include "sim/scenario/source.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SOURCE_PROBLEMS_MAX 10u /* a file with more odd characters than this is no text file */
#define READ_BYTES 65536u

/* ---- Reading ------------------------------------------------------------------------------ */

static const struct scenario_position no_position = {0, 0};
static const struct scenario_position first_position = {1, 1};

/* Read until the end, or until one byte more than a file may have. */
static enum scenario_read_status read_stream(FILE *stream, struct scenario_memory *memory,
                                             struct problem_list *problems, struct source *source)
{
    const size_t limit = SCENARIO_FILE_BYTES_MAX + 1;
    char *bytes = NULL;
    size_t capacity = 0;
    size_t length = 0;
    for (;;) {
        if (length == capacity) {
            size_t larger = capacity == 0 ? READ_BYTES : capacity * 2;
            larger = larger > limit ? limit : larger;
            char *grown = scenario_memory_allocate(memory, larger);
            if (grown == NULL) {
                return SCENARIO_READ_NO_MEMORY;
            }
            if (length > 0) {
                memcpy(grown, bytes, length);
            }
            bytes = grown;
            capacity = larger;
        }
        size_t got = fread(bytes + length, 1, capacity - length, stream);
        length += got;
        if (ferror(stream)) {
            problem_list_add(problems, no_position, "cannot be read: %s", strerror(errno));
            return SCENARIO_READ_IO;
        }
        if (got == 0 || length == limit) {
            break;
        }
    }
    *source = (struct source){.bytes = bytes, .length = length};
    return SCENARIO_READ_OK;
}

enum scenario_read_status source_read_file(const char *path, struct scenario_memory *memory,
                                           struct problem_list *problems, struct source *source)
{
    if (strcmp(path, "-") == 0) {
        return read_stream(stdin, memory, problems, source);
    }
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        problem_list_add(problems, no_position, "cannot be opened: %s", strerror(errno));
        return SCENARIO_READ_IO;
    }
    enum scenario_read_status status = read_stream(stream, memory, problems, source);
    fclose(stream);
    return status;
}

/* ---- Characters --------------------------------------------------------------------------- */

/* A walk over the bytes that knows where it is. */
struct source_walk {
    const unsigned char *bytes;
    size_t length;
    size_t at;
    struct scenario_position position;
};

static struct source_walk walk_start(const struct source *source)
{
    return (struct source_walk){
        .bytes = (const unsigned char *)source->bytes,
        .length = source->length,
        .position = {1, 1},
    };
}

/* Go past `count` bytes, which are one character. */
static void walk_on(struct source_walk *walk, size_t count)
{
    assert(walk->at + count <= walk->length);
    if (walk->bytes[walk->at] == '\n') {
        walk->position.line++;
        walk->position.column = 1;
    } else {
        walk->position.column++;
    }
    walk->at += count;
}

/* The UTF-8 character at the walk's place, with its length in *count. False when it is none: cut
 * off, too long, a surrogate, or past the end of Unicode. */
static bool walk_character(const struct source_walk *walk, uint32_t *character, size_t *count)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = walk->bytes + walk->at;
    size_t left = walk->length - walk->at;
    unsigned char first = bytes[0];
    *count = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || *count > left) {
        return false;
    }
    static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t value = first & mask[*count];
    for (size_t i = 1; i < *count; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return false;
        }
        value = value << 6 | (bytes[i] & 0x3f);
    }
    *character = value;
    return value >= least[*count] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

/* What is wrong with a character, as a problem; NULL when nothing is. */
static const char *character_objection(const struct source_walk *walk, uint32_t character)
{
    switch (character) {
    case 0:
        return "a NUL byte; a scenario is a text file in UTF-8";
    case '\t':
        return "a tab; indent and separate with spaces (in double quotes, write \\t)";
    case '\n':
        return NULL;
    case '\r':
        if (walk->at + 1 < walk->length && walk->bytes[walk->at + 1] == '\n') {
            return NULL;
        }
        return "a carriage return without a line feed; end lines with a line feed";
    case '%':
        return walk->position.column == 1 ? "a '%' at the start of a line is a YAML directive, "
                                            "which a scenario does not have"
                                          : NULL;
    case 0xfeff:
        return "a byte order mark in the middle of the file; take it out";
    case 0x85:
    case 0x2028:
    case 0x2029:
        return "an unusual line break; end lines with a line feed";
    default:
        break;
    }
    bool control = character < 0x20 || (character >= 0x7f && character < 0xa0);
    bool noncharacter = (character & 0xfffe) == 0xfffe;
    if (control || noncharacter) {
        return "a control character; take it out (in double quotes, it can be written as \\x1b)";
    }
    return NULL;
}

/* The first pass. One problem a line is enough, and after a few the rest need not be told. */
static bool check_characters(const struct source *source, struct problem_list *problems)
{
    struct source_walk walk = walk_start(source);
    uint32_t found = 0;
    uint32_t line_found = 0;
    while (walk.at < walk.length) {
        uint32_t character = 0;
        size_t count = 1;
        const char *objection = "bytes that are not UTF-8; save the file as UTF-8";
        if (walk_character(&walk, &character, &count)) {
            objection = character_objection(&walk, character);
        } else {
            count = 1;
        }
        if (objection != NULL && line_found != walk.position.line) {
            problem_list_add(problems, walk.position, "%s", objection);
            line_found = walk.position.line;
            if (++found == SOURCE_PROBLEMS_MAX) {
                return false;
            }
        }
        walk_on(&walk, count);
    }
    return found == 0;
}

bool source_is_one_line(const char *text, size_t length)
{
    const struct source source = {.bytes = text, .length = length};
    struct source_walk walk = walk_start(&source);
    /* What only a line's first column objects to is fine within a line. */
    walk.position.column = 2;
    while (walk.at < walk.length) {
        uint32_t character;
        size_t count;
        if (!walk_character(&walk, &character, &count) || character == '\n' || character == '\r' ||
            character_objection(&walk, character) != NULL) {
            return false;
        }
        walk_on(&walk, count);
    }
    return true;
}

/* ---- Brackets ----------------------------------------------------------------------------- */

struct bracket_scan {
    struct source_walk walk;
    uint32_t depth;
    uint32_t tokens; /* since the last line that began outside of all brackets */
    unsigned char
        before;  /* the last character that is no space, on this line or in these brackets */
    bool spaced; /* a space stands between it and here */
    bool after_json_key; /* `before` is a colon right behind a quote, which needs no space after it
                          */
};

/* Go past one byte. What may be a token is counted wherever it stands, in quotes and comments too,
 * so that a file that misleads this scan about where those begin gains nothing. */
static void scan_on(struct bracket_scan *scan)
{
    unsigned char byte = scan->walk.bytes[scan->walk.at];
    if (byte == '[' || byte == ']' || byte == '{' || byte == '}' || byte == ',' || byte == ':') {
        scan->tokens++;
    }
    walk_on(&scan->walk, 1);
}

/* Whether a value may start here, so that a quote or a bracket is one and not part of a plain text.
 */
static bool value_may_start(const struct bracket_scan *scan)
{
    unsigned char before = scan->before;
    if (before == '\n' || scan->after_json_key) {
        return true;
    }
    if (scan->spaced && (before == ':' || before == '-' || before == '?')) {
        return true;
    }
    return scan->depth > 0 && (before == '[' || before == '{' || before == ',');
}

static void skip_quoted(struct bracket_scan *scan)
{
    struct source_walk *walk = &scan->walk;
    unsigned char quote = walk->bytes[walk->at];
    scan_on(scan);
    while (walk->at < walk->length) {
        unsigned char byte = walk->bytes[walk->at];
        bool doubled = walk->at + 1 < walk->length && walk->bytes[walk->at + 1] == quote;
        bool escaped =
            (quote == '"' && byte == '\\') || (quote == '\'' && byte == quote && doubled);
        if (escaped && walk->at + 1 < walk->length) {
            scan_on(scan);
        }
        scan_on(scan);
        if (byte == quote && !escaped) {
            break;
        }
    }
    scan->before = quote;
    scan->spaced = false;
    scan->after_json_key = false;
}

static void skip_comment(struct bracket_scan *scan)
{
    while (scan->walk.at < scan->walk.length && scan->walk.bytes[scan->walk.at] != '\n') {
        scan_on(scan);
    }
}

/* Note the character at the scan's place, which is neither quoted nor in a comment. */
static void take_character(struct bracket_scan *scan)
{
    unsigned char byte = scan->walk.bytes[scan->walk.at];
    bool was_in_flow = scan->depth > 0;
    scan_on(scan);
    if (byte == '\n' && !was_in_flow) {
        scan->tokens = 0;
        scan->before = '\n';
        scan->spaced = false;
        scan->after_json_key = false;
        return;
    }
    if (byte == ' ' || byte == '\r' || byte == '\n') {
        scan->spaced = true;
        return;
    }
    bool opens = byte == '[' || byte == '{';
    if (opens && (was_in_flow || value_may_start(scan))) {
        scan->depth++;
    } else if ((byte == ']' || byte == '}') && was_in_flow) {
        scan->depth--;
    }
    scan->after_json_key = byte == ':' && (scan->before == '"' || scan->before == '\'');
    scan->before = byte;
    scan->spaced = false;
}

static bool check_scan(const struct bracket_scan *scan, struct scenario_position position,
                       struct problem_list *problems)
{
    if (scan->depth > SCENARIO_DEPTH_MAX) {
        problem_list_add(problems, position,
                         "brackets nested more than %u deep (SCENARIO_DEPTH_MAX)",
                         SCENARIO_DEPTH_MAX);
        return false;
    }
    if (scan->tokens > SCENARIO_FLOW_TOKENS_MAX) {
        problem_list_add(problems, position,
                         "more than %u brackets, commas and colons in one line or one pair of "
                         "brackets (SCENARIO_FLOW_TOKENS_MAX); write the outer lists one item a "
                         "line",
                         SCENARIO_FLOW_TOKENS_MAX);
        return false;
    }
    return true;
}

/* The second pass; the first one found nothing. */
static bool check_brackets(const struct source *source, struct problem_list *problems)
{
    struct bracket_scan scan = {.walk = walk_start(source), .before = '\n'};
    while (scan.walk.at < scan.walk.length) {
        unsigned char byte = scan.walk.bytes[scan.walk.at];
        struct scenario_position position = scan.walk.position;
        if ((byte == '"' || byte == '\'') && value_may_start(&scan)) {
            skip_quoted(&scan);
        } else if (byte == '#' && (scan.spaced || scan.before == '\n')) {
            skip_comment(&scan);
        } else {
            take_character(&scan);
        }
        if (!check_scan(&scan, position, problems)) {
            return false;
        }
    }
    return true;
}

/* ---- Both --------------------------------------------------------------------------------- */

/* UTF-16 and UTF-32 begin with a mark of two or four bytes, or with letters that have NULs between.
 */
static bool is_other_encoding(const struct source *source)
{
    const unsigned char *bytes = (const unsigned char *)source->bytes;
    if (source->length < 2) {
        return false;
    }
    bool marked = (bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff);
    return marked || (source->length >= 4 && (bytes[0] == 0) != (bytes[1] == 0));
}

bool source_check(struct source *source, struct problem_list *problems)
{
    if (source->length > SCENARIO_FILE_BYTES_MAX) {
        problem_list_add(problems, first_position,
                         "the file has more than %u bytes (SCENARIO_FILE_BYTES_MAX)",
                         SCENARIO_FILE_BYTES_MAX);
        return false;
    }
    if (is_other_encoding(source)) {
        problem_list_add(problems, first_position,
                         "the file is in UTF-16 or UTF-32, or no text; save it as UTF-8");
        return false;
    }
    if (source->length >= 3 && memcmp(source->bytes, "\xef\xbb\xbf", 3) == 0) {
        source->bytes += 3;
        source->length -= 3;
    }
    return check_characters(source, problems) && check_brackets(source, problems);
}
