/* explore_private.h: what the files of exploring share, and nobody else includes. */
#ifndef SIM_SEARCH_EXPLORE_PRIVATE_H
#define SIM_SEARCH_EXPLORE_PRIVATE_H

#include "director/fingerprint.h"
#include "sim/search/explore.h"

#include <xxhash.h>

/* ---- explore_scenario.c: what is explored in place of the file --------------------------------
 */

/* Without times (unless they are to be kept), in any order, with faults by chance that may strike
 * anywhere. NULL: no memory. */
struct scenario *explore_prepare(const struct explore_config *config,
                                 const struct scenario *scenario, struct scenario_memory *memory);

/* A scenario that goes the way of these draws: faults that struck at their nth call, and the rest
 * as a list of choices. `own_faults`: how many the file has. NULL: no memory. */
struct scenario *explore_replayable(const struct scenario *explored, uint32_t own_faults,
                                    const struct choice_names *names,
                                    const struct choices_draw_record *draws, size_t count,
                                    struct scenario_memory *memory);

/* ---- explore_graph.c: the states, and the moves between them ----------------------------------
 */

#define GRAPH_NONE UINT32_MAX

struct graph_state {
    uint64_t asleep; /* of its heads: those that no way to here has gone into */
    bool finished;   /* all its moves were gone */
};

/* A place in the table of states. 96 bits of the hash tell a state from all others. */
struct graph_slot {
    uint64_t low;
    uint32_t high;
    uint32_t state; /* its number + 1; 0: free */
};

struct graph_move {
    uint32_t from; /* numbers of states */
    uint32_t to;
    uint32_t values; /* where the numbers that were drawn begin in graph.values */
};

struct graph {
    struct graph_slot *table; /* of open addresses */
    size_t table_size;
    struct graph_state *states; /* in the order in which they were found */
    size_t state_count;
    size_t state_capacity;
    struct graph_move *moves;
    size_t move_count;
    size_t move_capacity;
    unsigned char *values; /* of all moves, each in as few bytes as it takes */
    size_t value_size;
    size_t value_capacity;
    uint64_t *unpacked; /* of one move */
    size_t unpacked_capacity;
};

/* The number of a state; *is_new: it was not known. GRAPH_NONE: no memory. */
uint32_t graph_state_of(struct graph *graph, XXH128_hash_t hash, bool *is_new);
/* False: no memory. */
bool graph_add_move(struct graph *graph, uint32_t from, uint32_t to,
                    const struct choices_draw_record *draws, size_t count);
/* The numbers drawn on a move, *count of them; valid until the next call. NULL: no memory. */
const uint64_t *graph_values(struct graph *graph, const struct graph_move *known, uint32_t *count);
/* For each state the last move of a shortest way to it, and how long that is; GRAPH_NONE for the
 * first. Two arrays for free. False: no memory. */
bool graph_shortest(const struct graph *graph, uint32_t **last_moves, uint32_t **distances);
void graph_free(struct graph *graph);

#endif
