/* campaign_private.h: what the files of the campaign share: the worker processes as the parent sees
 * them. */
#ifndef SIM_SEARCH_CAMPAIGN_PRIVATE_H
#define SIM_SEARCH_CAMPAIGN_PRIVATE_H

#include "sim/search/campaign.h"
#include "sim/search/hang_watch.h"
#include "sim/search/report.h"
#include "sim/search/worker.h"

#include <sys/types.h>

/* Memory that parent and workers share. */
struct campaign_board {
    _Atomic bool stop;
    struct worker_board workers[];
};

/* One worker process, or the place for one. */
struct campaign_worker {
    pid_t pid; /* 0: none */
    int orders;
    int reports;
    int errors; /* a file that its standard error goes to */
    bool has_order;
    bool killed;               /* by us, since it did not come to an end */
    struct report_order order; /* what is left of it */
    uint64_t begun_at_order;
    struct hang_watch hang;
    unsigned char *in; /* what was read and not yet understood */
    size_t in_length;
    size_t in_capacity;
    uint32_t *groups; /* by the worker's numbers of signatures */
    uint32_t group_count;
};

/* A campaign while it runs. */
struct campaign_run {
    struct campaign *campaign;
    struct campaign_board *board;
    size_t board_size;
    struct campaign_worker *workers;
    struct subject_maker *maker;
    struct scenario_memory *memory;
    uint64_t began_ms;
    uint64_t cursor;            /* items below it were handed out, or are in `again` */
    uint32_t chunk;             /* of a shard */
    uint32_t order;             /* of a worker */
    struct report_order *again; /* what crashed workers left */
    size_t again_count;
    size_t again_capacity;
    uint32_t stillborn; /* worker processes that ended before they ran anything, since one did */
    bool stopping;
    enum campaign_status status;
};

/* Since the campaign began, with what an earlier one took. */
uint64_t campaign_age_ms(const struct campaign_run *run);
/* Come to an end; the first reason counts. */
void campaign_stop(struct campaign_run *run, enum campaign_status status);
void campaign_trouble(struct campaign_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Start the process of a place. False: it cannot be had (campaign_trouble was called). */
bool campaign_worker_start(struct campaign_run *run, uint32_t place);
/* Hand an order out. */
void campaign_worker_order(struct campaign_run *run, uint32_t place,
                           const struct report_order *order);
/* No more orders: it ends. */
void campaign_worker_dismiss(struct campaign_worker *worker);
/* Read what it has to say. False: it is no more, and was buried. */
bool campaign_worker_listen(struct campaign_run *run, uint32_t place);
/* Kill it if it has not begun a run for too long. */
void campaign_worker_watch(struct campaign_run *run, uint32_t place);
void campaign_worker_free(struct campaign_worker *worker);

/* To be handed out again. */
void campaign_again(struct campaign_run *run, uint64_t first, uint64_t end);

#endif
