/* defects.c: the switches between a faithful and a hardened world, as scenarios name them: those of the
 * director first, in their order, then the world's own. */
#include "sim/scenario/vocabulary.h"

static const struct vocabulary_entry defects[] = {
#define DEFECT_ENTRY(constant, name, sentence, source) {name, sentence, source},
    DIRECTOR_DEFECTS(DEFECT_ENTRY)
#undef DEFECT_ENTRY
};

const struct vocabulary_entry *const defect_vocabulary = defects;
const uint32_t defect_vocabulary_count = sizeof(defects) / sizeof(defects[0]);
