/* generator.h: random scenarios, whole ones and disturbances of given ones. Both keep the rules
 * that the reader checks (reach.h included), so that what they make can be written as a file and
 * read back. What they make depends on the answers of `choices` alone, all of kind CHOICE_GENERATE.
 */
#ifndef SIM_SCENARIO_GENERATOR_H
#define SIM_SCENARIO_GENERATOR_H

#include "sim/engine/choices.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_memory.h"

/* Grows whenever the same choices come to make another scenario. */
#define SCENARIO_GENERATOR_VERSION 3u

/* A whole scenario: world, plans, events, faults; without expectations, and hardened. `seed` is
 * only written into it. It lives in `memory`. NULL: no memory. */
struct scenario *scenario_generate(struct choices *choices, uint64_t seed,
                                   struct scenario_memory *memory);

/* A copy of `base` in which more goes wrong: faults of every site and error, deletions,
 * terminations, crashes, halts, further worlds and starts, events, a healing. Its expectations and
 * its recorded choices, and what it shows, are left out, since they are about the base; its defects
 * stay. What did not
 * change is shared with the base, which must live as long. NULL: no memory. */
struct scenario *scenario_disturb(const struct scenario *base, struct choices *choices,
                                  uint64_t seed, struct scenario_memory *memory);

#endif
