/* catalogue.c: the tables of invariants and marks, for those who look names up. */
#include "sim/check/catalogue.h"

static const struct vocabulary_entry invariants[] = {
#define INVARIANT_ENTRY(constant, name, sentence, source) {name, sentence, source},
    INVARIANTS(INVARIANT_ENTRY)
#undef INVARIANT_ENTRY
};

static const struct vocabulary_entry marks[] = {
#define MARK_ENTRY(constant, name, sentence) {name, sentence, ""},
    MARKS(MARK_ENTRY)
#undef MARK_ENTRY
};

_Static_assert(INVARIANT_COUNT <= 64, "scenario_shows holds a set of them");

const struct vocabulary_entry *const invariant_vocabulary = invariants;
const uint32_t invariant_vocabulary_count = INVARIANT_COUNT;
const struct vocabulary_entry *const mark_vocabulary = marks;
const uint32_t mark_vocabulary_count = MARK_COUNT;
