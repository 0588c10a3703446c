/* trace_compare.h: two traces, byte for byte: the first is kept, the second is held against it as
 * it comes, and the line where they part is remembered. */
#ifndef SIM_CLI_TRACE_COMPARE_H
#define SIM_CLI_TRACE_COMPARE_H

#include "sim/conform/case_text.h"

#include <stdbool.h>
#include <stddef.h>

struct trace_compare {
    char *bytes; /* the first trace */
    size_t length;
    size_t capacity;
    bool failed;     /* no memory for the first */
    size_t compared; /* bytes of the second that were the same */
    bool parted;
    char *rest; /* of the second, from the line where they parted */
    size_t rest_length;
};

/* Begin with all zeros. Add to the first; false without memory. */
bool trace_compare_keep(struct trace_compare *compare, const char *bytes, size_t length);

/* Hold more of the second against the first. `bytes` are whole lines. */
void trace_compare_against(struct trace_compare *compare, const char *bytes, size_t length);

/* When all of the second was there: whether both are the same. */
bool trace_compare_same(const struct trace_compare *compare);

/* Tell the line where they part, as it is in each; adds nothing when they do not. */
void trace_compare_describe(const struct trace_compare *compare, struct case_text *text);

/* Let both go, and begin anew. */
void trace_compare_clear(struct trace_compare *compare);

#endif
