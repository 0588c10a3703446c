/* worker.h: one process of a campaign: runs the items that its parent asks for, and tells what came
 * of them. A process of its own, so that a crash or an endless run is one item's failure. */
#ifndef SIM_SEARCH_WORKER_H
#define SIM_SEARCH_WORKER_H

#include "sim/search/subject.h"

#include <stdatomic.h>

/* What parent and worker both see, in shared memory. */
struct worker_board {
    _Atomic uint64_t item;  /* that runs now */
    _Atomic uint64_t begun; /* how many runs have begun: a parent sees that it goes on */
    _Atomic bool busy;      /* with that item, or others of its order */
};

struct worker_config {
    const struct subject *subject;
    enum replay_store store;
    int orders;  /* file descriptors: struct report_order come from here */
    int reports; /* and reports go there */
    struct worker_board *board;
    const _Atomic bool *stop; /* in shared memory: end the order after the run that runs */
};

/* Work until there are no more orders. Answers the process's exit status. */
int worker_main(const struct worker_config *config);

#endif
