/* trace_compare.c: see trace_compare.h. */
#include "sim/cli/trace_compare.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_MIN 65536u

bool trace_compare_keep(struct trace_compare *compare, const char *bytes, size_t length)
{
    assert(compare->compared == 0 && !compare->parted);
    if (compare->capacity - compare->length < length) {
        size_t larger = compare->capacity < KEEP_MIN ? KEEP_MIN : compare->capacity * 2;
        larger = larger - compare->length < length ? compare->length + length : larger;
        char *grown = realloc(compare->bytes, larger);
        if (grown == NULL) {
            compare->failed = true;
            return false;
        }
        compare->bytes = grown;
        compare->capacity = larger;
    }
    memcpy(compare->bytes + compare->length, bytes, length);
    compare->length += length;
    return true;
}

/* How many bytes are the same in both. */
static size_t common(const char *left, const char *right, size_t length)
{
    size_t same = 0;
    while (same < length && left[same] == right[same]) {
        same++;
    }
    return same;
}

static size_t line_length(const char *line, size_t length)
{
    const char *end = memchr(line, '\n', length);
    return end == NULL ? length : (size_t)(end - line);
}

/* Go back to the beginning of the line that holds `at`. */
static size_t line_start(const char *bytes, size_t at)
{
    while (at > 0 && bytes[at - 1] != '\n') {
        at--;
    }
    return at;
}

void trace_compare_against(struct trace_compare *compare, const char *bytes, size_t length)
{
    if (compare->parted || length == 0) {
        return;
    }
    size_t left = compare->length - compare->compared;
    size_t most = length < left ? length : left;
    size_t same = most == 0 ? 0 : common(compare->bytes + compare->compared, bytes, most);
    if (same == length) {
        compare->compared += same;
        return;
    }
    /* Lines come whole, so the line that differs begins in these bytes. */
    size_t start = line_start(bytes, same);
    compare->compared += start;
    compare->parted = true;
    compare->rest_length = line_length(bytes + start, length - start);
    compare->rest = malloc(compare->rest_length + 1);
    if (compare->rest == NULL) {
        compare->rest_length = 0;
        return;
    }
    memcpy(compare->rest, bytes + start, compare->rest_length);
}

bool trace_compare_same(const struct trace_compare *compare)
{
    return !compare->parted && compare->compared == compare->length;
}

static void describe_line(struct case_text *text, const char *name, const char *line, size_t length)
{
    case_text_add(text, "\n  %s ", name);
    if (line == NULL) {
        case_text_add(text, "(it has ended)");
    } else {
        case_text_add(text, "%.*s", (int)length, line);
    }
}

void trace_compare_describe(const struct trace_compare *compare, struct case_text *text)
{
    if (trace_compare_same(compare)) {
        return;
    }
    uint64_t number = 1;
    for (size_t i = 0; i < compare->compared; i++) {
        number += compare->bytes[i] == '\n' ? 1 : 0;
    }
    size_t left = compare->length - compare->compared;
    const char *first = left == 0 ? NULL : compare->bytes + compare->compared;
    case_text_add(text, "the traces of the two runs part at line %" PRIu64, number);
    describe_line(text, "first: ", first, left == 0 ? 0 : line_length(first, left));
    describe_line(text, "second:", compare->rest, compare->rest_length);
}

void trace_compare_clear(struct trace_compare *compare)
{
    free(compare->bytes);
    free(compare->rest);
    *compare = (struct trace_compare){0};
}
