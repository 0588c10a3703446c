/* lots.h: drawing lots for a random scenario. Every draw is a choice of kind CHOICE_GENERATE, so
 * that a seed, a fuzzer's bytes or a recorded list may be behind it.
 *
 * Draws belong to a section, such as "the third fault", and are numbered in it: what one section
 * draws does not change what the next one is. The dullest answer is always 0. */
#ifndef SIM_SCENARIO_LOTS_H
#define SIM_SCENARIO_LOTS_H

#include "sim/engine/choices.h"

struct lots {
    struct choices *choices; /* the caller's */
    uint32_t section;
    uint64_t drawn; /* in this section */
};

/* What draws are about: a section is one of these with a number below LOTS_SECTION_ITEMS. */
enum lots_topic {
    LOTS_SWARM,
    LOTS_WORLD,
    LOTS_PLAN,
    LOTS_STEPS,
    LOTS_EVENT,
    LOTS_FAULT,
};
#define LOTS_SECTION_ITEMS (1u << 24)

/* Draws from now on belong to this section; it is to be begun once. */
void lots_section(struct lots *lots, enum lots_topic topic, uint32_t item);

/* A number below n (at least 1), each as likely. */
uint32_t lots_below(struct lots *lots, uint32_t n);
/* From min to max, both included; and the same with small ones likelier. */
uint32_t lots_range(struct lots *lots, uint32_t min, uint32_t max);
uint32_t lots_small(struct lots *lots, uint32_t min, uint32_t max);
/* True in numerator of denominator cases. */
bool lots_chance(struct lots *lots, uint32_t numerator, uint32_t denominator);
/* An index below `count`, as likely as its weight tells; `count` when all weights are 0. */
uint32_t lots_weighted(struct lots *lots, const uint8_t *weights, uint32_t count);
/* One of the members of a set of at most 32; the set is not empty. */
uint32_t lots_member(struct lots *lots, uint32_t set);
/* A virtual time or duration from 0 to about max, in microseconds: small ones are likelier, and
 * nearly all are whole milliseconds. */
uint64_t lots_time(struct lots *lots, uint64_t max_us);

#endif
