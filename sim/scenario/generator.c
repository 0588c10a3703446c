/* generator.c: whole random scenarios. */
#include "sim/scenario/generator.h"
#include "sim/scenario/draft.h"

struct scenario *scenario_generate(struct choices *choices, uint64_t seed,
                                   struct scenario_memory *memory)
{
    (void)choices;
    (void)seed;
    (void)memory;
    return NULL;
}
