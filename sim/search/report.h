/* report.h: what a worker of a campaign tells its parent, through a pipe: records one after the
 * other, each a head and its bytes. A batch of items comes whole or not at all: its failures first,
 * then its totals. */
#ifndef SIM_SEARCH_REPORT_H
#define SIM_SEARCH_REPORT_H

#include "sim/search/trial.h"

enum report_kind {
    REPORT_SIGNATURE = 1, /* struct report_signature: this worker's failures call it so */
    REPORT_FAILURE,       /* struct report_failure */
    REPORT_DEFECT,        /* struct report_defect */
    REPORT_COVERAGE,      /* coverage_encode of all that this worker's runs have seen */
    REPORT_BATCH,         /* struct report_batch */
    REPORT_TROUBLE,       /* text with NUL: no use in going on, exit 3 */
};

struct report_head {
    uint32_t kind;
    uint32_t length; /* of what follows */
};

struct report_signature {
    uint32_t id; /* counted from 0 by each worker process */
    char signature[TRIAL_SIGNATURE_MAX];
    char message[TRIAL_MESSAGE_MAX];
};

struct report_failure {
    uint64_t item;
    uint32_t signature;
    uint32_t size; /* of the scenario: steps, events and faults */
};

/* The scenario of this item fails with this defect alone: told once by each worker. */
struct report_defect {
    uint64_t item;
    uint32_t defect;
    uint32_t unused;
};

/* The items of first..end-1 have been run. */
struct report_batch {
    uint64_t first;
    uint64_t end;
    uint64_t failed; /* items, not failures */
    uint64_t events;
    uint64_t faults;
    uint64_t memory_bytes_max;
    uint32_t marks[MARK_COUNT]; /* runs that reached it */
};

/* What goes from parent to worker: run these. */
struct report_order {
    uint64_t first;
    uint64_t end;
};

#endif
