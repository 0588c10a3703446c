/* prospect.h: what fingerprint.c and prospect.c share: what is pending. */
#ifndef SIM_WORLD_PROSPECT_H
#define SIM_WORLD_PROSPECT_H

#include "sim/world/world.h"

#define PENDING_MAX 512u /* that are put into an order; the rest comes as it stands */

/* How one thing stands in an order. */
struct keyed {
    uint64_t time;
    uint64_t key;
    uint64_t sequence;
    uint32_t index;
};

/* Pending events in the order of their sequence, and how they stand in canonical order. */
struct pending {
    size_t count;
    struct engine_event events[PENDING_MAX];
    struct keyed keyed[PENDING_MAX];
};

/* What may come next, of these. */
void prospect_look(const struct simulation *simulation, const struct simulation_traits *traits,
                   const struct pending *pending, struct simulation_prospect *prospect);

#endif
