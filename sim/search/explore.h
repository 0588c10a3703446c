/* explore.h: every order of what can happen next, every outcome that a scenario allows, and every
 * place for a few faults.
 *
 * Times are taken out of the scenario first, unless they are to be kept: what its file puts at any
 * time, how long user code and messages take, is all no time at all, so that whatever is pending
 * may come next; only what waits for a time of its own (a termination's timeout, another try) comes
 * after all that. Then a depth-first search goes through all choices. States are compared by a
 * fingerprint (simulation_fingerprint), and a state is gone on from once.
 *
 * Two reductions leave orders out that come to the same: while plans have nothing to do with one
 * another, one of them goes first (a persistent set); and of two events of different plans side by
 * side only one order is gone into (sleep sets). Neither loses a failure or an end. */
#ifndef SIM_SEARCH_EXPLORE_H
#define SIM_SEARCH_EXPLORE_H

#include "sim/scenario/scenario_memory.h"
#include "sim/search/trial.h"

#define EXPLORE_STATES_MAX 1000000u /* when config says 0 */
#define EXPLORE_DEPTH_MAX 10000u    /* when config says 0 */
#define EXPLORE_WIDTH_MAX 3u        /* of a choice among many: a range of times that are kept */

struct explore_config {
    struct arena *arena; /* of the simulation; empty before and after */
    uint64_t states_max;
    uint32_t depth_max; /* moves from the beginning */
    uint32_t faults;    /* that strike at most, anywhere; 0: only those of the file */
    bool keep_times;
    bool all_orders; /* no reduction */
    bool every_way;  /* nor are states compared: for tests of small scenarios */
    bool doubt;      /* see whether states that are taken for one go on in the same ways */
    /* Asked now and then: true ends the search. May be NULL. */
    bool (*stop)(void *context);
    void *context;
};

enum explore_status {
    EXPLORE_OK,
    EXPLORE_NO_MEMORY,
    EXPLORE_TROUBLE, /* the simulation could not be made; message says why */
};

/* A failure, of all with its signature the one that the fewest moves lead to. */
struct explore_failure {
    struct trial_failure failure;
    uint32_t moves;                  /* to it */
    const struct scenario *scenario; /* that fails so, without times and with all its choices */
};

struct explore_result {
    uint64_t states; /* different ones */
    uint64_t moves;
    uint64_t ends; /* states in which nothing more can happen */
    /* The same for searches that came to the same ends: made of their fingerprints. */
    uint64_t ends_hash;
    uint64_t contradictions; /* doubt: moves from a known state that were not known of it */
    uint32_t depth;          /* of the longest way that was gone */
    const char *unfinished;  /* why it is not complete, as part of a sentence; NULL: it is */
    struct explore_failure *failures; /* in the order of their signatures */
    uint32_t failure_count;
    char message[REPLAY_MESSAGE_MAX];
    struct scenario_memory *memory;
};

/* Go through all of it. `scenario` must live as long as the result. In any case
 * explore_result_free afterwards. */
enum explore_status explore_scenario(const struct explore_config *config,
                                     const struct scenario *scenario,
                                     struct explore_result *result);
void explore_result_free(struct explore_result *result);

#endif
