/* case_text.c: text that grows. */
#include "sim/conform/case_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define CASE_TEXT_MIN 256u

void case_text_clear(struct case_text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->bytes != NULL) {
        text->bytes[0] = '\0';
    }
}

static bool reserve(struct case_text *text, size_t wanted)
{
    if (wanted <= text->capacity) {
        return true;
    }
    size_t grown = text->capacity < CASE_TEXT_MIN ? CASE_TEXT_MIN : text->capacity * 2;
    if (grown < wanted) {
        grown = wanted;
    }
    char *bytes = realloc(text->bytes, grown);
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = grown;
    return true;
}

void case_text_add(struct case_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length >= 0 && reserve(text, text->length + (size_t)length + 1)) {
        vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

const char *case_text_bytes(const struct case_text *text)
{
    return text->bytes == NULL ? "" : text->bytes;
}

void case_text_free(struct case_text *text)
{
    free(text->bytes);
    *text = (struct case_text){0};
}
