/* case_text.h: text that grows, for what is compared and shown. After a failed allocation it stays
 * as it is and remembers. */
#ifndef SIM_CONFORM_CASE_TEXT_H
#define SIM_CONFORM_CASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct case_text {
    char *bytes; /* with a NUL at the end; NULL while empty */
    size_t length;
    size_t capacity;
    bool failed;
};

void case_text_clear(struct case_text *text);
void case_text_add(struct case_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Never NULL. */
const char *case_text_bytes(const struct case_text *text);
void case_text_free(struct case_text *text);

#endif
