/* explore_graph.c: the states that were found, by fingerprint, and the moves between them; and the
 * shortest ways. */
#include "sim/search/explore_private.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more of `size` bytes. */
static bool reserve(void **array, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) {
        return true;
    }
    size_t wanted = *capacity == 0 ? 256 : *capacity * 2;
    while (wanted <= count) {
        wanted *= 2;
    }
    void *grown = realloc(*array, wanted * size);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *capacity = wanted;
    return true;
}

#define RESERVE(array, capacity, count)                                                            \
    reserve((void **)&(array), &(capacity), (count), sizeof((array)[0]))

static bool grow_table(struct graph *graph)
{
    size_t size = graph->table_size == 0 ? 1024 : graph->table_size * 2;
    uint32_t *table = calloc(size, sizeof(table[0]));
    if (table == NULL) {
        return false;
    }
    for (size_t i = 0; i < graph->state_count; i++) {
        size_t at = graph->states[i].hash.low64 & (size - 1);
        while (table[at] != 0) {
            at = (at + 1) & (size - 1);
        }
        table[at] = (uint32_t)i + 1;
    }
    free(graph->table);
    graph->table = table;
    graph->table_size = size;
    return true;
}

uint32_t graph_state_of(struct graph *graph, XXH128_hash_t hash, bool *is_new)
{
    if (graph->state_count * 2 >= graph->table_size && !grow_table(graph)) {
        return GRAPH_NONE;
    }
    size_t at = hash.low64 & (graph->table_size - 1);
    for (; graph->table[at] != 0; at = (at + 1) & (graph->table_size - 1)) {
        uint32_t state = graph->table[at] - 1;
        if (XXH128_isEqual(graph->states[state].hash, hash)) {
            *is_new = false;
            return state;
        }
    }
    if (graph->state_count >= GRAPH_NONE - 1 ||
        !RESERVE(graph->states, graph->state_capacity, graph->state_count)) {
        return GRAPH_NONE;
    }
    graph->states[graph->state_count] = (struct graph_state){.hash = hash};
    graph->table[at] = (uint32_t)++graph->state_count;
    *is_new = true;
    return (uint32_t)graph->state_count - 1;
}

bool graph_add_move(struct graph *graph, uint32_t from, uint32_t to,
                    const struct choices_draw_record *draws, size_t count)
{
    if (!RESERVE(graph->moves, graph->move_capacity, graph->move_count) ||
        !RESERVE(graph->values, graph->value_capacity, graph->value_count + count)) {
        return false;
    }
    graph->moves[graph->move_count++] = (struct graph_move){
        .from = from, .to = to, .values = graph->value_count, .value_count = (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        graph->values[graph->value_count++] = draws[i].value;
    }
    return true;
}

/* The moves of each state, one after the other: those of state s are ordered[begins[s]] to
 * ordered[begins[s + 1] - 1]. */
static bool sort_moves(const struct graph *graph, uint32_t **begins, uint32_t **ordered)
{
    *begins = calloc(graph->state_count + 2, sizeof(uint32_t));
    *ordered = calloc(graph->move_count + 1, sizeof(uint32_t));
    if (*begins == NULL || *ordered == NULL) {
        return false;
    }
    for (size_t i = 0; i < graph->move_count; i++) {
        (*begins)[graph->moves[i].from + 2]++;
    }
    for (size_t i = 2; i < graph->state_count + 2; i++) {
        (*begins)[i] += (*begins)[i - 1];
    }
    for (size_t i = 0; i < graph->move_count; i++) {
        (*ordered)[(*begins)[graph->moves[i].from + 1]++] = (uint32_t)i;
    }
    return true;
}

bool graph_shortest(const struct graph *graph, uint32_t **last_moves, uint32_t **distances)
{
    uint32_t *begins = NULL;
    uint32_t *ordered = NULL;
    uint32_t *queue = calloc(graph->state_count + 1, sizeof(uint32_t));
    *last_moves = malloc((graph->state_count + 1) * sizeof(uint32_t));
    *distances = malloc((graph->state_count + 1) * sizeof(uint32_t));
    bool good = queue != NULL && *last_moves != NULL && *distances != NULL &&
                sort_moves(graph, &begins, &ordered);
    if (good && graph->state_count > 0) {
        size_t first = 0;
        size_t end = 1;
        memset(*last_moves, 0xff, (graph->state_count + 1) * sizeof(uint32_t));
        memset(*distances, 0xff, (graph->state_count + 1) * sizeof(uint32_t));
        (*distances)[0] = 0;
        while (first < end) {
            uint32_t state = queue[first++];
            for (uint32_t i = begins[state]; i < begins[state + 1]; i++) {
                uint32_t to = graph->moves[ordered[i]].to;
                if ((*distances)[to] == GRAPH_NONE) {
                    (*distances)[to] = (*distances)[state] + 1;
                    (*last_moves)[to] = ordered[i];
                    queue[end++] = to;
                }
            }
        }
    }
    free(begins);
    free(ordered);
    free(queue);
    return good;
}

void graph_free(struct graph *graph)
{
    free(graph->states);
    free(graph->table);
    free(graph->moves);
    free(graph->values);
    *graph = (struct graph){0};
}
