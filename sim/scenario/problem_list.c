/* problem_list.c: an array that is kept sorted by insertion. It is short, and problems mostly come
 * in the order in which they stand. */
#include "sim/scenario/problem_list.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define QUOTED_BYTES_MAX 48 /* of text, before escapes; what is longer is cut */

void problem_list_start(struct problem_list *list, struct scenario_memory *memory)
{
    *list = (struct problem_list){.memory = memory};
}

static bool comes_before(struct scenario_position left, struct scenario_position right)
{
    if (left.line != right.line) {
        return left.line < right.line;
    }
    return left.column < right.column;
}

bool problem_list_wants(const struct problem_list *list, struct scenario_position position)
{
    if (list->count <= SCENARIO_PROBLEMS_MAX) {
        return true;
    }
    return comes_before(position, list->problems[list->count - 1].position);
}

/* Put a problem behind all that are not later than it. When the list is full its last one drops
 * out. */
static void insert(struct problem_list *list, struct scenario_problem problem)
{
    uint32_t at = list->count;
    while (at > 0 && comes_before(problem.position, list->problems[at - 1].position)) {
        at--;
    }
    if (list->count <= SCENARIO_PROBLEMS_MAX) {
        list->count++;
    }
    assert(at < list->count);
    memmove(&list->problems[at + 1], &list->problems[at],
            (list->count - 1 - at) * sizeof list->problems[0]);
    list->problems[at] = problem;
}

void problem_list_add(struct problem_list *list, struct scenario_position position,
                      const char *format, ...)
{
    list->total++;
    if (!problem_list_wants(list, position)) {
        return;
    }
    char message[PROBLEM_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (length < 0) {
        length = 0;
    }
    if ((size_t)length >= sizeof message) {
        length = (int)sizeof message - 1;
    }
    const char *kept = scenario_memory_copy(list->memory, message, (size_t)length);
    if (kept != NULL) {
        insert(list, (struct scenario_problem){.position = position, .message = kept});
    }
}

void problem_list_finish(struct problem_list *list)
{
    if (list->count <= SCENARIO_PROBLEMS_MAX) {
        return;
    }
    char message[64];
    uint64_t more = list->total - SCENARIO_PROBLEMS_MAX;
    snprintf(message, sizeof message, "... and %llu more", (unsigned long long)more);
    const char *kept = scenario_memory_copy(list->memory, message, strlen(message));
    if (kept != NULL) {
        list->problems[SCENARIO_PROBLEMS_MAX].message = kept;
    }
}

/* How many bytes the UTF-8 character at `text` has; 1 for anything odd. */
static size_t character_bytes(const char *text, size_t left)
{
    unsigned char first = (unsigned char)text[0];
    size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    return bytes <= left ? bytes : 1;
}

struct quoted_text problem_quote(const char *text, size_t length)
{
    struct quoted_text quoted;
    size_t at = 0;
    size_t used = 0;
    quoted.text[used++] = '\'';
    while (at < length) {
        size_t bytes = character_bytes(text + at, length - at);
        unsigned char first = (unsigned char)text[at];
        bool printable = first >= 0x20 && first != 0x7f;
        /* Room has to stay for the longest escape, the dots and the quote. */
        if (at + bytes > QUOTED_BYTES_MAX || used + 9 > sizeof quoted.text) {
            memcpy(quoted.text + used, "...", 3);
            used += 3;
            break;
        }
        if (printable) {
            memcpy(quoted.text + used, text + at, bytes);
            used += bytes;
        } else {
            used += (size_t)snprintf(quoted.text + used, 5, "\\x%02x", first);
        }
        at += bytes;
    }
    quoted.text[used++] = '\'';
    quoted.text[used] = '\0';
    return quoted;
}
