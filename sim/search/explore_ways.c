/* explore_ways.c: the shortest way to each failure that was met, gone again and told as a scenario.
 */
#include "sim/search/explore_private.h"

#include <stdlib.h>
#include <string.h>

/* Of all places where a failure was met the nearest one. */
static const struct meeting *nearest(const struct explorer *explorer, uint32_t failure,
                                     const uint32_t *distances)
{
    const struct meeting *best = NULL;
    uint64_t best_distance = UINT64_MAX;
    for (size_t i = 0; i < explorer->meeting_count; i++) {
        const struct meeting *meeting = &explorer->meetings[i];
        uint64_t distance =
            (uint64_t)distances[meeting->state] + (meeting->move == GRAPH_NONE ? 0 : 1);
        if (meeting->failure == failure && distance < best_distance) {
            best = meeting;
            best_distance = distance;
        }
    }
    return best;
}

/* Go one move of the graph again. */
static bool go(struct explorer *explorer, struct choices_enumerator *enumerator, uint32_t move)
{
    bool more = false;
    const struct graph_move *known = &explorer->graph.moves[move];
    uint32_t count = 0;
    const uint64_t *values = graph_values(&explorer->graph, known, &count);
    if (values == NULL || choices_enumerator_begin(enumerator, values, count) != CHOICES_OK) {
        return false;
    }
    choices_use_enumerator(explorer->choices, enumerator);
    return simulation_step(explorer->simulation, &more) == SIMULATION_OK;
}

/* The way to a meeting is gone again, to its end, and what was drawn is told. */
static void tell_way(struct explorer *explorer, struct explore_failure *failure,
                     const struct meeting *meeting, const uint32_t *last_moves, uint32_t distance)
{
    uint32_t *way = calloc((size_t)distance + 2, sizeof(uint32_t));
    uint32_t count = distance;
    size_t draws_count = 0;
    if (way == NULL) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return;
    }
    for (uint32_t state = meeting->state, i = distance; i-- > 0;) {
        way[i] = last_moves[state];
        state = explorer->graph.moves[way[i]].from;
    }
    if (meeting->move != GRAPH_NONE) {
        way[count++] = meeting->move;
    }
    struct choices_enumerator *enumerator = explorer->frames[0].enumerator;
    bool good = true;
    arena_snapshot_restore(explorer->config->arena, explorer->first);
    choices_forget_recorded(explorer->choices);
    for (uint32_t i = 0; good && i < count; i++) {
        good = go(explorer, enumerator, way[i]);
    }
    free(way);
    if (good && meeting->move == GRAPH_NONE) {
        good = choices_enumerator_begin(enumerator, NULL, 0) == CHOICES_OK &&
               simulation_settle(explorer->simulation) == SIMULATION_OK;
    }
    const struct choices_draw_record *draws = choices_recorded(explorer->choices, &draws_count);
    failure->moves = count;
    failure->scenario =
        good ? explore_replayable(explorer->scenario, explorer->own_faults, explorer->replay.names,
                                  draws, draws_count, explorer->result->memory)
             : NULL;
    if (failure->scenario == NULL) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
    }
}

static int by_signature(const void *left, const void *right)
{
    const struct explore_failure *a = left;
    const struct explore_failure *b = right;
    return strcmp(a->failure.signature, b->failure.signature);
}

void explore_tell_failures(struct explorer *explorer)
{
    struct explore_result *result = explorer->result;
    uint32_t *last_moves = NULL;
    uint32_t *distances = NULL;
    if (result->failure_count == 0) {
        return;
    }
    if (graph_shortest(&explorer->graph, &last_moves, &distances)) {
        for (uint32_t i = 0; i < result->failure_count && explorer->status == EXPLORE_OK; i++) {
            const struct meeting *meeting = nearest(explorer, i, distances);
            if (meeting != NULL) {
                tell_way(explorer, &result->failures[i], meeting, last_moves,
                         distances[meeting->state]);
            }
        }
    } else {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
    }
    free(last_moves);
    free(distances);
    qsort(result->failures, result->failure_count, sizeof(result->failures[0]), by_signature);
}
