/* shrink_private.h: what the files of shrinking share, and nobody else includes. */
#ifndef SIM_SEARCH_SHRINK_PRIVATE_H
#define SIM_SEARCH_SHRINK_PRIVATE_H

#include "sim/search/scenario_edit.h"
#include "sim/search/shrink.h"

/* A scenario that is being changed, before it is known whether it still fails. */
struct draft {
    struct scenario *scenario;
    struct scenario_memory *memory;
};

/* What came of changing a draft. */
enum draft_change {
    DRAFT_CHANGED,
    DRAFT_SAME, /* this variant changes nothing here; there may be others */
    DRAFT_END,  /* no such variant */
};

/* Things of which as many as possible are to go, chunk by chunk. */
struct shrink_drop {
    const char *noun; /* "event" */
    uint32_t (*count)(const struct scenario *scenario);
    /* Flag or change the things `first` to `first + count - 1`. False: no memory. */
    bool (*drop)(struct draft *draft, uint32_t first, uint32_t count);
};

/* Values that can be simpler. Each variant is tried by itself, from 0 until DRAFT_END; each leads
 * to something that is simpler by an order without circles, so that trying comes to an end. */
struct shrink_value {
    const char *noun;
    uint32_t (*count)(const struct scenario *scenario);
    enum draft_change (*change)(struct draft *draft, uint32_t index, uint32_t variant);
};

/* Tables, in the order in which they are gone through; each ends in an entry without a noun. */
extern const struct shrink_drop shrink_drops[];         /* shrink_drops.c */
extern const struct shrink_value shrink_plan_values[];  /* shrink_values.c */
extern const struct shrink_value shrink_event_values[]; /* shrink_events.c */
extern const struct shrink_value shrink_names[];        /* shrink_names.c */

/* ---- shrink_simpler.c: values that are simpler than others ---------------------------------- */

/* Round times below `now` in simplicity; `usual` is the simplest of all. */
enum draft_change simpler_time(uint64_t *now, uint64_t usual, uint32_t variant);
enum draft_change simpler_range(struct scenario_range *range, uint64_t usual, uint32_t variant);
/* Fewer calls, fewer outcomes, success. `none`: the outcomes of nothing told. */
enum draft_change simpler_outcomes(struct draft *draft, struct scenario_outcomes *outcomes,
                                   uint32_t variant);
/* A number towards `least`. */
enum draft_change simpler_number(uint32_t *number, uint32_t least, uint32_t variant);

#endif
