/* scenario_equal.h: whether two scenarios say the same. */
#ifndef SIM_SCENARIO_SCENARIO_EQUAL_H
#define SIM_SCENARIO_SCENARIO_EQUAL_H

#include "sim/scenario/scenario.h"

/* Everything is compared, order included, but the file's name and the positions in it. NULL when
 * they are equal; otherwise a static word for the first thing that differs: "seed", "plan name",
 * ... */
const char *scenario_difference(const struct scenario *left, const struct scenario *right);

static inline bool scenario_equal(const struct scenario *left, const struct scenario *right)
{
    return scenario_difference(left, right) == NULL;
}

#endif
