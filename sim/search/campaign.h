/* campaign.h: many runs, spread over worker processes. The parent hands out ranges of items,
 * gathers what came of them, and keeps time; a worker that crashes or does not come to an end is
 * that item's failure, and another takes its place. */
#ifndef SIM_SEARCH_CAMPAIGN_H
#define SIM_SEARCH_CAMPAIGN_H

#include "sim/search/groups.h"
#include "sim/search/item_ranges.h"
#include "sim/search/samples.h"
#include "sim/search/subject.h"

#include <signal.h>

#define CAMPAIGN_JOBS_MAX 1024u
#define CAMPAIGN_ORDER_MAX 64u    /* items that a worker is handed at once */
#define CAMPAIGN_CHUNK_MAX 65536u /* items that one shard takes together */
#define CAMPAIGN_MESSAGE_MAX 512u
#define CAMPAIGN_NO_END UINT64_MAX

struct campaign;

struct campaign_config {
    const struct subject *subject; /* must live as long */
    enum replay_store store;       /* memory or SQLite's memory */
    uint64_t first_item;
    uint64_t end_item; /* one more than the last; CAMPAIGN_NO_END */
    uint32_t shard;    /* of `shards`, from 0: every shards-th chunk */
    uint32_t shards;   /* at least 1 */
    uint32_t jobs;     /* worker processes, at least 1 */
    uint64_t time_ms;  /* 0: no limit */
    uint64_t hang_ms;  /* a run that takes longer is killed, and is a failure */
    const volatile sig_atomic_t *interrupted; /* not 0: come to an end */
    void *context;
    /* Called a few times a second; false: come to an end. */
    bool (*progress)(void *context, const struct campaign *campaign);
};

struct campaign_totals {
    uint64_t runs;
    uint64_t failed;
    uint64_t events;
    uint64_t faults;
    uint64_t memory_bytes_max; /* of one run */
    uint64_t marks[MARK_COUNT];
};

/* A known defect of the director that some run showed. */
struct campaign_defect {
    bool found;
    uint64_t first_item; /* whose scenario fails with it alone */
    uint64_t found_ms;
};

enum campaign_status {
    CAMPAIGN_COMPLETE, /* all items have been run */
    CAMPAIGN_TIME_UP,
    CAMPAIGN_INTERRUPTED, /* by a signal, or by `progress` */
    CAMPAIGN_TROUBLE,     /* could not go on: `message` says why */
};

struct campaign {
    struct campaign_config config;
    struct campaign_totals totals; /* of this process's runs, and what the caller began with */
    struct groups groups;
    struct coverage coverage;
    struct campaign_defect defects[SCENARIO_DEFECTS_MAX];
    struct samples samples;     /* how far it had come when; the caller may begin with some */
    struct item_ranges done;    /* items that have been run; the caller may begin with some */
    uint64_t elapsed_ms;        /* of this process's runs */
    uint64_t elapsed_before_ms; /* of what an earlier campaign left */
    uint64_t runs_before;       /* totals.runs when it began */
    char message[CAMPAIGN_MESSAGE_MAX];
};

/* Milliseconds of a clock that never goes back. */
uint64_t campaign_clock_ms(void);

/* This defect was shown by this item, at that time. */
void campaign_note_defect(struct campaign *campaign, uint32_t defect, uint64_t item,
                          uint64_t found_ms);

/* Run it. `campaign` holds the config and what an earlier campaign left, otherwise zeros; what came
 * of it is in there in any case, for campaign_free. */
enum campaign_status campaign_run(struct campaign *campaign);
void campaign_free(struct campaign *campaign);

#endif
