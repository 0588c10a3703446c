/* problem_list.h: the mistakes found in one file, the first SCENARIO_PROBLEMS_MAX of them in the
 * order of their places, however they were found; how many more there are is told in a last line.
 */
#ifndef SIM_SCENARIO_PROBLEM_LIST_H
#define SIM_SCENARIO_PROBLEM_LIST_H

#include "sim/scenario/scenario_memory.h"
#include "sim/scenario/scenario_reader.h"

struct problem_list {
    struct scenario_memory *memory; /* for the messages */
    /* Sorted by place. The last one is only there to become the "... and more" line. */
    struct scenario_problem problems[SCENARIO_PROBLEMS_MAX + 1];
    uint32_t count;
    uint64_t total;
};

void problem_list_start(struct problem_list *list, struct scenario_memory *memory);

/* Whether a problem at this place would be kept: when not, its message need not be worked out,
 * though it is still to be added, so as to be counted. */
bool problem_list_wants(const struct problem_list *list, struct scenario_position position);

/* Add a problem; the message is cut after PROBLEM_MESSAGE_MAX bytes. Without memory the problem is
 * lost, and the memory remembers. */
#define PROBLEM_MESSAGE_MAX 600
void problem_list_add(struct problem_list *list, struct scenario_position position,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Nothing more will be added: turn what is over the limit into its last line. */
void problem_list_finish(struct problem_list *list);

/* Text from a file, made fit for a message: in quotes, cut when it is long, with escapes for what
 * is not printable. */
struct quoted_text {
    char text[72];
};
struct quoted_text problem_quote(const char *text, size_t length);

#endif
