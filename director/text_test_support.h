/* text_test_support.h: text that grows, for tests: what happened, as a list with commas, of which
 * one asks from time to time what is new. */
#ifndef DIRECTOR_TEXT_TEST_SUPPORT_H
#define DIRECTOR_TEXT_TEST_SUPPORT_H

#include <stddef.h>

/* All zero is empty. */
struct test_text {
    char *text; /* NULL while it is empty */
    size_t length;
    size_t capacity;
    size_t told; /* up to where test_text_news has told */
};

/* Add to the text as it is. */
void test_text_append(struct test_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Add an element to the list: a comma goes before it, unless it is the first. */
void test_text_list(struct test_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The elements that were added since the last call, "" for none. Valid until the text changes. */
const char *test_text_news(struct test_text *text);
/* The whole; never NULL. */
const char *test_text_get(const struct test_text *text);
/* Empty it, and keep the memory. */
void test_text_clear(struct test_text *text);
void test_text_free(struct test_text *text);

#endif
