/* explore_graph.c: the states that were found, by fingerprint, and the moves between them; and the
 * shortest ways. */
#include "sim/search/explore_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define TABLE_MIN 131072u /* 2 MiB: a large page */

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

/* Where a state stands, or would. */
static struct graph_slot *place_of(struct graph_slot *table, size_t size, uint64_t low,
                                   uint32_t high)
{
    size_t at = low & (size - 1);
    while (table[at].state != 0 && (table[at].low != low || table[at].high != high)) {
        at = (at + 1) & (size - 1);
    }
    return &table[at];
}

/* It is looked into all over, so that large pages pay. */
static struct graph_slot *map_table(size_t size)
{
    const size_t bytes = size * sizeof(struct graph_slot);
    void *table = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (table == MAP_FAILED) {
        return NULL;
    }
    (void)madvise(table, bytes, MADV_HUGEPAGE);
    return table;
}

static void unmap_table(struct graph *graph)
{
    if (graph->table != NULL) {
        munmap(graph->table, graph->table_size * sizeof(graph->table[0]));
    }
}

static bool grow_table(struct graph *graph)
{
    size_t size = graph->table_size == 0 ? TABLE_MIN : graph->table_size * 4;
    struct graph_slot *table = map_table(size);
    if (table == NULL) {
        return false;
    }
    for (size_t i = 0; i < graph->table_size; i++) {
        const struct graph_slot *slot = &graph->table[i];
        if (slot->state != 0) {
            *place_of(table, size, slot->low, slot->high) = *slot;
        }
    }
    unmap_table(graph);
    graph->table = table;
    graph->table_size = size;
    return true;
}

uint32_t graph_state_of(struct graph *graph, XXH128_hash_t hash, bool *is_new)
{
    const uint32_t high = (uint32_t)hash.high64;
    if (graph->state_count * 2 >= graph->table_size && !grow_table(graph)) {
        return GRAPH_NONE;
    }
    struct graph_slot *slot = place_of(graph->table, graph->table_size, hash.low64, high);
    *is_new = slot->state == 0;
    if (!*is_new) {
        return slot->state - 1;
    }
    if (graph->state_count >= GRAPH_NONE - 1 ||
        !RESERVE(graph->states, graph->state_capacity, graph->state_count)) {
        return GRAPH_NONE;
    }
    graph->states[graph->state_count] = (struct graph_state){0};
    *slot = (struct graph_slot){hash.low64, high, (uint32_t)++graph->state_count};
    return slot->state - 1;
}

/* Seven bits a byte, the lowest first; all but the last have the eighth. */
#define PACKED_MAX 10u

static size_t pack(unsigned char *bytes, uint64_t value)
{
    size_t size = 0;
    for (; value >= 128; value >>= 7) {
        bytes[size++] = (unsigned char)(value | 128);
    }
    bytes[size++] = (unsigned char)value;
    return size;
}

static uint64_t unpack(const unsigned char **bytes)
{
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = *(*bytes)++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            return value;
        }
    }
}

const uint64_t *graph_values(struct graph *graph, const struct graph_move *known, uint32_t *count)
{
    const unsigned char *bytes = &graph->values[known->values];
    *count = (uint32_t)unpack(&bytes);
    if (!RESERVE(graph->unpacked, graph->unpacked_capacity, *count)) {
        return NULL;
    }
    for (uint32_t i = 0; i < *count; i++) {
        graph->unpacked[i] = unpack(&bytes);
    }
    return graph->unpacked;
}

bool graph_add_move(struct graph *graph, uint32_t from, uint32_t to,
                    const struct choices_draw_record *draws, size_t count)
{
    if (graph->move_count >= GRAPH_NONE || graph->value_size > UINT32_MAX ||
        !RESERVE(graph->moves, graph->move_capacity, graph->move_count) ||
        !RESERVE(graph->values, graph->value_capacity,
                 graph->value_size + (count + 1) * PACKED_MAX)) {
        return false;
    }
    graph->moves[graph->move_count++] =
        (struct graph_move){.from = from, .to = to, .values = (uint32_t)graph->value_size};
    graph->value_size += pack(&graph->values[graph->value_size], count);
    for (size_t i = 0; i < count; i++) {
        graph->value_size += pack(&graph->values[graph->value_size], draws[i].value);
    }
    return true;
}

/* The moves of each state, one after the other: those of state s are ordered[begins[s]] to
 * ordered[begins[s + 1] - 1]. */
static bool sort_moves(const struct graph *graph, uint32_t **begins, uint32_t **ordered)
{
    const size_t states = graph->state_count;
    *begins = calloc(states + 2, sizeof(uint32_t));
    *ordered = calloc(graph->move_count + 1, sizeof(uint32_t));
    if (*begins == NULL || *ordered == NULL) {
        return false;
    }
    for (size_t i = 0; i < graph->move_count; i++) {
        (*begins)[graph->moves[i].from + 2]++;
    }
    for (size_t i = 2; i < states + 2; i++) {
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
    const size_t states = graph->state_count + 1;
    uint32_t *queue = calloc(states, sizeof(uint32_t));
    *last_moves = malloc(states * sizeof(uint32_t));
    *distances = malloc(states * sizeof(uint32_t));
    bool good = queue != NULL && *last_moves != NULL && *distances != NULL &&
                sort_moves(graph, &begins, &ordered);
    if (good && graph->state_count > 0) {
        size_t first = 0;
        size_t end = 1;
        memset(*last_moves, 0xff, states * sizeof(uint32_t));
        memset(*distances, 0xff, states * sizeof(uint32_t));
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
    unmap_table(graph);
    free(graph->states);
    free(graph->moves);
    free(graph->values);
    free(graph->unpacked);
    *graph = (struct graph){0};
}
