/* results_merge.h: the databases of several campaigns made one. */
#ifndef SIM_SEARCH_RESULTS_MERGE_H
#define SIM_SEARCH_RESULTS_MERGE_H

#include "sim/search/results.h"

enum merge_status {
    MERGE_OK,
    MERGE_OVERLAP, /* the same items were run twice: their counts cannot be told apart */
    MERGE_TROUBLE,
};

/* Add all that is in the database at `path` to `into`. Unless MERGE_OK nothing of it that matters
 * is there, and `message` says why. */
enum merge_status results_merge(struct results *into, const char *path, char *message,
                                size_t message_size);

#endif
