/* sqlite_text.c: writing and reading what stands in the database as text. What is read may have
 * been edited by hand or damaged, so nothing is taken for granted; nesting costs no machine stack.
 */
#include "sim/store/sqlite_text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

static bool dash_follows(size_t byte)
{
    return byte == 3 || byte == 5 || byte == 7 || byte == 9;
}

void sqlite_text_put_uuid(char text[SQLITE_TEXT_UUID], const struct director_plan_id *id)
{
    for (size_t at = 0; at < sizeof(id->bytes); at++) {
        *text++ = hex_digits[id->bytes[at] >> 4];
        *text++ = hex_digits[id->bytes[at] & 15];
        if (dash_follows(at)) {
            *text++ = '-';
        }
    }
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool sqlite_text_get_uuid(const char *text, size_t bytes, struct director_plan_id *id)
{
    if (bytes != SQLITE_TEXT_UUID) {
        return false;
    }
    for (size_t at = 0; at < sizeof(id->bytes); at++) {
        int high = hex_value(*text++);
        int low = hex_value(*text++);

        if (high < 0 || low < 0 || (dash_follows(at) && *text++ != '-')) {
            return false;
        }
        id->bytes[at] = (unsigned char)(high * 16 + low);
    }
    return true;
}

static char *put_number(char *text, uint32_t number)
{
    char digits[10];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *text++ = digits[--count];
    }
    return text;
}

size_t sqlite_text_put_list(char *text, const uint32_t *list, uint32_t count)
{
    char *end = text;

    *end++ = '[';
    for (uint32_t at = 0; at < count; at++) {
        if (at > 0) {
            *end++ = ',';
        }
        end = put_number(end, list[at]);
    }
    *end++ = ']';
    return (size_t)(end - text);
}

size_t sqlite_text_put_flow(char *text, const uint32_t *flow, uint32_t length, uint32_t *stack)
{
    char *end = text;
    uint32_t depth = 0; /* open arrays; stack[depth - 1] sub-flows of the innermost are to come */

    if (length == 0) {
        memcpy(end, "[]", 2);
        return 2;
    }
    for (uint32_t at = 0; at < length; at++) {
        uint32_t count = flow[at] & DIRECTOR_FLOW_COUNT_MASK;

        if (depth > 0) {
            *end++ = ',';
        }
        if (DIRECTOR_FLOW_IS_ATOM(flow[at])) {
            end = put_number(end, flow[at]);
        } else {
            memcpy(end, DIRECTOR_FLOW_IS_SEQUENCE(flow[at]) ? "[\"S\"" : "[\"C\"", 4);
            end += 4;
            if (count > 0) {
                stack[depth++] = count;
                continue;
            }
            *end++ = ']';
        }
        while (depth > 0 && --stack[depth - 1] == 0) {
            *end++ = ']';
            depth--;
        }
    }
    return (size_t)(end - text);
}

/* ---- Reading --------------------------------------------------------------------------------- */

struct reader {
    const char *at;
    const char *end;
};

static void skip_space(struct reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' ||
                                        *reader->at == '\n' || *reader->at == '\r')) {
        reader->at++;
    }
}

/* Take this character, after white space, if it is the next. */
static bool take(struct reader *reader, char wanted)
{
    skip_space(reader);
    if (reader->at == reader->end || *reader->at != wanted) {
        return false;
    }
    reader->at++;
    return true;
}

static bool take_number(struct reader *reader, uint32_t *number)
{
    uint64_t value = 0;
    const char *start;

    skip_space(reader);
    start = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
        value = value * 10 + (uint64_t)(*reader->at++ - '0');
        if (value > UINT32_MAX) {
            return false;
        }
    }
    *number = (uint32_t)value;
    return reader->at > start;
}

static bool at_end(struct reader *reader)
{
    skip_space(reader);
    return reader->at == reader->end;
}

bool sqlite_text_get_list(const char *text, size_t bytes, uint32_t *list, uint32_t *count)
{
    struct reader reader = {text, text + bytes};

    *count = 0;
    if (!take(&reader, '[')) {
        return false;
    }
    if (take(&reader, ']')) {
        return at_end(&reader);
    }
    do {
        if (!take_number(&reader, &list[*count])) {
            return false;
        }
        ++*count;
    } while (take(&reader, ','));
    return take(&reader, ']') && at_end(&reader);
}

/* The beginning of a sequence or concurrence, after its bracket. */
static bool take_flow_kind(struct reader *reader, uint32_t *token)
{
    if (!take(reader, '"') || reader->at == reader->end) {
        return false;
    }
    switch (*reader->at++) {
    case 'S':
        *token = DIRECTOR_FLOW_SEQUENCE;
        break;
    case 'C':
        *token = DIRECTOR_FLOW_CONCURRENCE;
        break;
    default:
        return false;
    }
    return reader->at < reader->end && *reader->at++ == '"';
}

/* After a whole sub-flow: close every array that ends here. False when what follows is neither the
 * end of an array nor the next of its sub-flows. */
static bool take_closings(struct reader *reader, uint32_t *depth)
{
    while (*depth > 0 && !take(reader, ',')) {
        if (!take(reader, ']')) {
            return false;
        }
        --*depth;
    }
    return true;
}

bool sqlite_text_get_flow(const char *text, size_t bytes, uint32_t *flow, uint32_t *stack,
                          uint32_t *length)
{
    struct reader reader = {text, text + bytes};
    struct reader empty = reader;
    uint32_t depth =
        0; /* open arrays; stack[depth - 1] is the place of the innermost one's token */

    *length = 0;
    if (take(&empty, '[') && take(&empty, ']')) {
        return at_end(&empty);
    }
    do {
        uint32_t *token = &flow[*length];

        if (depth > 0) {
            flow[stack[depth - 1]]++;
        }
        if (take(&reader, '[')) {
            if (!take_flow_kind(&reader, token)) {
                return false;
            }
            stack[depth++] = *length;
        } else if (!take_number(&reader, token) || *token == 0 || *token > DIRECTOR_STEP_ID_MAX) {
            return false;
        }
        ++*length;
        if (!take_closings(&reader, &depth)) {
            return false;
        }
    } while (depth > 0);
    return at_end(&reader);
}
