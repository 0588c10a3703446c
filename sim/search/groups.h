/* groups.h: the failures of a campaign, grouped by signature: by invariant and by where it broke
 * (trial.h). The same items give the same groups, in whatever order they are noted; only the times
 * differ. */
#ifndef SIM_SEARCH_GROUPS_H
#define SIM_SEARCH_GROUPS_H

#include "sim/search/trial.h"

struct group {
    char signature[TRIAL_SIGNATURE_MAX];
    char message[TRIAL_MESSAGE_MAX]; /* of the failure that was seen first */
    uint64_t count;                  /* items that fail so */
    uint64_t first_item;             /* the lowest */
    uint64_t smallest_item;          /* of the smallest scenario; of those the lowest */
    uint32_t smallest_size;
    uint64_t found_ms; /* since the campaign began, when it was seen first */
    bool crashed;      /* the run did not come to its end: no use in running it here */
};

/* All zeros: none. */
struct groups {
    struct group *groups; /* in the order in which they were seen */
    uint32_t count;
    uint32_t capacity;
};

#define GROUP_NONE UINT32_MAX

/* The group of a signature, made when it is new. GROUP_NONE: no memory. */
uint32_t groups_find(struct groups *groups, const char *signature, const char *message,
                     uint64_t now_ms);

/* An item fails so. */
void groups_note(struct groups *groups, uint32_t group, uint64_t item, uint32_t size);

/* Add another campaign's group over the same subject. False: no memory. */
bool groups_merge(struct groups *groups, const struct group *other);

/* The most frequent first; equals by signature. */
void groups_sort(struct groups *groups);

void groups_free(struct groups *groups);

#endif
