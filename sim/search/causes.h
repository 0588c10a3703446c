/* causes.h: which of the director's known defects a failing scenario shows. */
#ifndef SIM_SEARCH_CAUSES_H
#define SIM_SEARCH_CAUSES_H

#include "sim/search/trial.h"

/* What looking for causes works with. All zeros in the beginning. */
struct causes {
    struct trial hardened; /* of the scenario that causes_begin was given */
    struct trial trial;
};

/* Look at another scenario: run it without any defect. */
void causes_begin(struct causes *causes, struct arena *arena, const struct scenario *scenario,
                  enum replay_store store);

/* Whether the scenario of causes_begin fails, with this defect alone, in a way in which it does not
 * without. Answers the signature, valid until the next call; NULL when it does not. */
const char *causes_show(struct causes *causes, struct arena *arena, const struct scenario *scenario,
                        enum replay_store store, uint32_t defect);

#endif
