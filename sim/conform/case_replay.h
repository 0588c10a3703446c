/* case_replay.h: replays one conformance case against libdirector and compares, op by op, with what
 * the real Dynflow answered. */
#ifndef SIM_CONFORM_CASE_REPLAY_H
#define SIM_CONFORM_CASE_REPLAY_H

#include "sim/conform/case_document.h"
#include "sim/conform/case_text.h"

enum case_store { CASE_STORE_MEMORY, CASE_STORE_SQLITE };

enum case_verdict {
    CASE_SAME,
    CASE_DIFFERENT, /* `difference` tells what was expected and what came */
    CASE_MALFORMED, /* not a conformance case: `problem` says where and what */
    CASE_FAILED,    /* no memory, or a store that cannot be had: `difference` says it in one line */
};

struct case_result {
    bool whole; /* the caller's wish: what follows the first difference is replayed, too, and not
                   compared; for fuzzing, where every changed op differs */
    enum case_verdict verdict;
    struct scenario_problem problem;
    struct scenario_position position; /* of the op that differs */
    uint32_t number;                   /* the case's own */
    uint32_t ops;                      /* replayed, the differing one included; all when `whole` */
    struct case_text difference;       /* lines, each with its newline; the caller frees it */
};

/* Replay one case. `result->whole` must be set; `result->difference` must be zero or a text of an
 * earlier call. */
void case_replay(const struct case_node *document, enum case_store store,
                 struct case_result *result);

#endif
