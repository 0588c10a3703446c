/* check_circles.h: things that wait for one another in a circle, and chains that are too long. */
#ifndef SIM_SCENARIO_CHECK_CIRCLES_H
#define SIM_SCENARIO_CHECK_CIRCLES_H

#include "sim/scenario/reader.h"

/* `count` things, of which each points at others by their numbers. */
struct circle_graph {
    uint32_t count;
    const void *owner;
    /* The things that `thing` points at, *count of them. */
    const uint32_t *(*edges)(const void *owner, uint32_t thing, uint32_t *count);
    const char *(*name)(const void *owner, uint32_t thing);
    struct scenario_position (*position)(const void *owner, uint32_t thing);
    const char *relation; /* "'requires'", as it stands in messages */
    bool *in_circle;      /* count flags: set for what is part of a circle; NULL: nobody asks */
    uint32_t chain_max;   /* things in a row, without a circle; 0: any number */
};

/* Add a problem for each circle, which names it, and for each thing that makes a chain too long. */
void reader_check_circles(struct reader *reader, const struct circle_graph *graph);

#endif
