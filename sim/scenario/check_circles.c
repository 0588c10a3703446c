/* check_circles.c: a walk in depth, with a stack of its own, since chains may be as long as a plan
 * has steps. */
#include "sim/scenario/check_circles.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define CIRCLE_NAMES_MAX 10u /* in one message */

enum visit { NOT_VISITED, ON_STACK, VISITED };

struct circle_place {
    uint32_t thing;
    uint32_t next_edge;
};

struct circle_walk {
    struct reader *reader;
    const struct circle_graph *graph;
    unsigned char *visits; /* enum visit of each thing */
    uint32_t *chains;      /* how many things are in the longest chain from each one on */
    struct circle_place *stack;
    uint32_t depth;
};

/* The circle from `first`, which is on the stack, to the top of the stack and back to `first`. */
static void tell_circle(struct circle_walk *walk, uint32_t first)
{
    const struct circle_graph *graph = walk->graph;
    char names[PROBLEM_MESSAGE_MAX];
    size_t used = 0;
    uint32_t start = walk->depth;
    while (walk->stack[start - 1].thing != first) {
        start--;
        assert(start > 0);
    }
    for (uint32_t i = start - 1; i < walk->depth; i++) {
        uint32_t thing = walk->stack[i].thing;
        uint32_t told = i - (start - 1);
        const char *name = told < CIRCLE_NAMES_MAX ? graph->name(graph->owner, thing) : "...";
        if (told <= CIRCLE_NAMES_MAX && used + strlen(name) + 8 < sizeof names) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s, ", name);
        }
        if (graph->in_circle != NULL) {
            graph->in_circle[thing] = true;
        }
    }
    problem_list_add(walk->reader->problems, graph->position(graph->owner, first),
                     "%s goes in a circle: %.*s%s", graph->relation, (int)used, names,
                     graph->name(graph->owner, first));
}

static void push(struct circle_walk *walk, uint32_t thing)
{
    assert(walk->visits[thing] == NOT_VISITED);
    walk->visits[thing] = ON_STACK;
    walk->chains[thing] = 1;
    walk->stack[walk->depth++] = (struct circle_place){.thing = thing};
}

static void lengthen(struct circle_walk *walk, uint32_t thing, uint32_t chain)
{
    const struct circle_graph *graph = walk->graph;
    if (walk->chains[thing] >= chain + 1) {
        return;
    }
    walk->chains[thing] = chain + 1;
    if (graph->chain_max != 0 && walk->chains[thing] == graph->chain_max + 1) {
        problem_list_add(walk->reader->problems, graph->position(graph->owner, thing),
                         "%s makes a chain of more than %u", graph->relation, graph->chain_max);
    }
}

/* Go on from the thing on top of the stack: into one that it points at, or back. */
static void walk_step(struct circle_walk *walk)
{
    struct circle_place *top = &walk->stack[walk->depth - 1];
    uint32_t count;
    const uint32_t *edges = walk->graph->edges(walk->graph->owner, top->thing, &count);
    if (top->next_edge == count) {
        walk->visits[top->thing] = VISITED;
        walk->depth--;
        if (walk->depth > 0) {
            lengthen(walk, walk->stack[walk->depth - 1].thing, walk->chains[top->thing]);
        }
        return;
    }
    uint32_t next = edges[top->next_edge++];
    assert(next < walk->graph->count);
    if (walk->visits[next] == NOT_VISITED) {
        push(walk, next);
    } else if (walk->visits[next] == ON_STACK) {
        tell_circle(walk, next);
    } else {
        lengthen(walk, top->thing, walk->chains[next]);
    }
}

void reader_check_circles(struct reader *reader, const struct circle_graph *graph)
{
    struct circle_walk walk = {
        .reader = reader,
        .graph = graph,
        .visits = scenario_memory_array(reader->scratch, graph->count, sizeof walk.visits[0]),
        .chains = scenario_memory_array(reader->scratch, graph->count, sizeof walk.chains[0]),
        .stack = scenario_memory_array(reader->scratch, graph->count, sizeof walk.stack[0]),
    };
    if (walk.visits == NULL || walk.chains == NULL || walk.stack == NULL) {
        return;
    }
    for (uint32_t thing = 0; thing < graph->count; thing++) {
        if (walk.visits[thing] == NOT_VISITED) {
            push(&walk, thing);
        }
        while (walk.depth > 0) {
            walk_step(&walk);
        }
    }
}
