/* text_test_support.c: text that grows, for tests. */
#include "director/text_test_support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void append(struct test_text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    size_t room = text->capacity - text->length;
    int length = vsnprintf(room == 0 ? NULL : text->text + text->length, room, format, arguments);
    if (length < 0) {
        abort();
    }
    size_t wanted = text->length + (size_t)length + 1;
    if (wanted > text->capacity) {
        text->capacity = wanted * 2;
        text->text = realloc(text->text, text->capacity);
        if (text->text == NULL) {
            abort();
        }
        (void)vsnprintf(text->text + text->length, text->capacity - text->length, format, again);
    }
    va_end(again);
    text->length += (size_t)length;
}

void test_text_append(struct test_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(text, format, arguments);
    va_end(arguments);
}

void test_text_list(struct test_text *text, const char *format, ...)
{
    va_list arguments;
    if (text->length > 0) {
        test_text_append(text, ", ");
    }
    va_start(arguments, format);
    append(text, format, arguments);
    va_end(arguments);
}

const char *test_text_news(struct test_text *text)
{
    size_t from = text->told;
    text->told = text->length;
    if (from == text->length) {
        return "";
    }
    return text->text + (from == 0 ? 0 : from + 2); /* past the comma and its space */
}

const char *test_text_get(const struct test_text *text)
{
    return text->text == NULL ? "" : text->text;
}

void test_text_clear(struct test_text *text)
{
    text->length = 0;
    text->told = 0;
    if (text->text != NULL) {
        text->text[0] = '\0';
    }
}

void test_text_free(struct test_text *text)
{
    free(text->text);
    *text = (struct test_text){0};
}
