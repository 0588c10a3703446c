/* writer_text.c: a growing text, brackets with commas, and single values. */
#include "sim/scenario/writer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES_MIN 4096u

/* ---- Text --------------------------------------------------------------------------------- */

/* Room for `more` bytes and a NUL. Without memory the text stays as it is. */
static bool make_room(struct writer *writer, size_t more)
{
    size_t needed = writer->length + more + 1;
    if (needed <= writer->capacity) {
        return true;
    }
    size_t capacity = writer->capacity == 0 ? TEXT_BYTES_MIN : writer->capacity * 2;
    while (capacity < needed) {
        capacity *= 2;
    }
    char *text = scenario_memory_allocate(writer->memory, capacity);
    if (text == NULL) {
        return false;
    }
    if (writer->length > 0) {
        memcpy(text, writer->text, writer->length);
    }
    writer->text = text;
    writer->capacity = capacity;
    return true;
}

void writer_print(struct writer *writer, const char *format, ...)
{
    va_list arguments;
    va_list again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length > 0 && make_room(writer, (size_t)length)) {
        vsnprintf(writer->text + writer->length, (size_t)length + 1, format, again);
        writer->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

void writer_line(struct writer *writer, uint32_t indent)
{
    writer_print(writer, "\n%*s", (int)indent, "");
}

bool writer_line_is_long(const struct writer *writer)
{
    size_t start = writer->length;
    while (start > 0 && writer->text[start - 1] != '\n') {
        start--;
    }
    return writer->length - start > WRITER_COLUMNS;
}

void writer_back_to(struct writer *writer, size_t length)
{
    assert(length <= writer->length);
    writer->length = length;
}

/* ---- Brackets ----------------------------------------------------------------------------- */

void writer_open(struct writer *writer, char bracket)
{
    writer_print(writer, "%c", bracket);
    writer->fresh = true;
}

void writer_close(struct writer *writer, char bracket)
{
    writer_print(writer, "%c", bracket);
    writer->fresh = false;
}

void writer_item(struct writer *writer)
{
    if (!writer->fresh) {
        writer_print(writer, ", ");
    }
    writer->fresh = false;
}

void writer_key(struct writer *writer, const char *key)
{
    writer_item(writer);
    writer_print(writer, "%s: ", key);
}

/* ---- Values ------------------------------------------------------------------------------- */

void writer_duration(struct writer *writer, uint64_t duration)
{
    static const struct {
        uint64_t microseconds;
        const char *name;
    } units[] = {{86400000000, "d"}, {3600000000, "h"}, {60000000, "m"},
                 {1000000, "s"},     {1000, "ms"},      {1, "us"}};
    size_t unit = 0;
    if (duration == 0) {
        writer_print(writer, "0ms");
        return;
    }
    while (duration % units[unit].microseconds != 0) {
        unit++;
    }
    writer_print(writer, "%llu%s", (unsigned long long)(duration / units[unit].microseconds),
                 units[unit].name);
}

void writer_range(struct writer *writer, const struct scenario_range *range)
{
    writer_duration(writer, range->min);
    if (range->min != range->max) {
        writer_print(writer, "..");
        writer_duration(writer, range->max);
    }
}

void writer_world_number(struct writer *writer, uint32_t world)
{
    if (world == 1) {
        writer_print(writer, "world");
    } else {
        writer_print(writer, "world %u", world);
    }
}

static bool is_plain_character(unsigned char byte, bool first)
{
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    bool digit = byte >= '0' && byte <= '9';
    bool other = byte >= 0x80 || (byte != 0 && strchr(" _./%(),;=+*!?&@'-<>", byte) != NULL);
    return letter || digit || byte == '_' || (!first && other);
}

/* Whether a text can stand without quotes outside of brackets, as a value or as a key. */
static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        if (!is_plain_character((unsigned char)text[i], i == 0)) {
            return false;
        }
    }
    return length > 0 && text[length - 1] != ' ';
}

void writer_any_text(struct writer *writer, const char *text)
{
    if (is_plain(text)) {
        writer_print(writer, "%s", text);
        return;
    }
    writer_print(writer, "\"");
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            writer_print(writer, "\\%c", byte);
        } else if (byte < 0x20 || byte == 0x7f) {
            writer_print(writer, "\\x%02x", byte);
        } else {
            writer_print(writer, "%c", byte);
        }
    }
    writer_print(writer, "\"");
}

static void write_outcome_set(struct writer *writer, unsigned set, unsigned allowed)
{
    static const char *const names[] = {
        [DIRECTOR_OUTCOME_SUCCESS] = "success",
        [DIRECTOR_OUTCOME_ERROR] = "error",
        [DIRECTOR_OUTCOME_SUSPEND] = "suspend",
    };
    if (set == allowed) {
        writer_print(writer, "any");
        return;
    }
    const char *between = "";
    for (unsigned outcome = 0; outcome < sizeof names / sizeof names[0]; outcome++) {
        if ((set & SCENARIO_OUTCOME_BIT(outcome)) != 0) {
            writer_print(writer, "%s%s", between, names[outcome]);
            between = "|";
        }
    }
}

void writer_outcomes(struct writer *writer, const struct scenario_outcomes *outcomes,
                     unsigned allowed)
{
    assert(outcomes->count > 0);
    if (outcomes->count == 1) {
        write_outcome_set(writer, outcomes->sets[0], allowed);
        return;
    }
    writer_open(writer, '[');
    for (uint32_t i = 0; i < outcomes->count; i++) {
        writer_item(writer);
        write_outcome_set(writer, outcomes->sets[i], allowed);
    }
    writer_close(writer, ']');
}
