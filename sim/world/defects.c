/* defects.c: the switches between a faithful and a hardened world, as scenarios name them: those of
 * the director first, in their order, then the world's own. */
#include "sim/world/defects.h"

#include "sim/scenario/vocabulary.h"

static const struct vocabulary_entry defects[] = {
#define DEFECT_ENTRY(constant, name, sentence, source) {name, sentence, source},
    DIRECTOR_DEFECTS(DEFECT_ENTRY) WORLD_DEFECTS(DEFECT_ENTRY)
#undef DEFECT_ENTRY
};

_Static_assert(sizeof(defects) / sizeof(defects[0]) == DEFECT_COUNT, "one entry for each switch");
_Static_assert(DEFECT_COUNT <= SCENARIO_DEFECTS_MAX, "switches are bits");

const struct vocabulary_entry *const defect_vocabulary = defects;
const uint32_t defect_vocabulary_count = DEFECT_COUNT;
