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

/* ---- explore.c: the search --------------------------------------------------------------------
 */

/* A state on the way that is being gone. */
struct frame {
    uint32_t state;
    unsigned char *snapshot;
    size_t snapshot_capacity;
    struct simulation_prospect prospect;
    uint32_t heads;
    uint64_t todo;
    uint64_t asleep;
    uint64_t done;
    uint32_t head; /* that is being gone into */
    bool inside;   /* it has more ways */
    bool reduced;  /* todo is a part of what may come next */
    bool found;    /* a move led to a new state */
    bool doubtful; /* it was gone on from before: its moves are only looked at */
    struct choices_enumerator *enumerator;
};

/* Where a failure was met: on a move, or at the end that a state is. */
struct meeting {
    uint32_t failure;
    uint32_t state;
    uint32_t move; /* GRAPH_NONE: at the end */
};

struct explorer {
    const struct explore_config *config;
    struct explore_result *result;
    const struct scenario *scenario; /* that is explored */
    uint32_t own_faults;
    enum explore_status status;
    struct replay replay; /* names and store */
    struct simulation *simulation;
    struct choices *choices;
    struct simulation_traits traits;
    struct fingerprint fingerprint;
    struct coverage coverage; /* of all ways together */
    struct graph graph;
    struct frame *frames;
    uint32_t frame_count;
    uint32_t frame_capacity;
    struct meeting *meetings;
    size_t meeting_count;
    size_t meeting_capacity;
    unsigned char *first; /* snapshot of the beginning */
    bool on_top;          /* the arena is in the state of the frame on top */
};

/* The search cannot go on; the first reason counts. */
void explore_fail(struct explorer *explorer, enum explore_status status);

/* ---- explore_ways.c ---------------------------------------------------------------------------
 */

/* Of each failure, the shortest way to it. */
void explore_tell_failures(struct explorer *explorer);

#endif
