/* trace_compare.h: two traces, byte for byte: the first is kept, the second is held against it as
 * it comes, and the line where they part is remembered. */
#ifndef SIM_CLI_TRACE_COMPARE_H
#define SIM_CLI_TRACE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* When all of the second was there: true when both are the same. Otherwise the number of the line
 * where they part, counted from 1, and that line of each, with its length; NULL where a trace has
 * ended. Valid until trace_compare_clear. */
struct trace_parting {
    uint64_t line;
    const char *first;
    size_t first_length;
    const char *second;
    size_t second_length;
};
bool trace_compare_same(const struct trace_compare *compare, struct trace_parting *parting);

void trace_compare_clear(struct trace_compare *compare);

#endif
