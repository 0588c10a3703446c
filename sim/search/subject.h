/* subject.h: what a campaign runs. Its items are numbered: item = seed * bases + base, so that an
 * item is the same scenario in every campaign over the same subject, on whatever machine. */
#ifndef SIM_SEARCH_SUBJECT_H
#define SIM_SEARCH_SUBJECT_H

#include "sim/scenario/scenario_memory.h"
#include "sim/search/replay.h"

enum subject_kind {
    SUBJECT_GIVEN,     /* each base with each seed */
    SUBJECT_DISTURBED, /* each base, disturbed by each seed (generator.h) */
    SUBJECT_GENERATED, /* a scenario a seed */
};

struct subject {
    enum subject_kind kind;
    const struct scenario *const *bases; /* NULL when generated */
    uint32_t base_count;                 /* 1 when generated */
    uint64_t defects;                    /* switched on, besides those of a given scenario */
};

static inline uint64_t subject_seed(const struct subject *subject, uint64_t item)
{
    return item / subject->base_count;
}

static inline uint32_t subject_base(const struct subject *subject, uint64_t item)
{
    return (uint32_t)(item % subject->base_count);
}

/* What chance is drawn from to make the scenarios of a subject. */
struct subject_maker;

/* NULL: no memory. It belongs to the caller, for subject_maker_destroy. The subject must live as
 * long. */
struct subject_maker *subject_maker_create(const struct subject *subject);
void subject_maker_destroy(struct subject_maker *maker);

/* The scenario of an item, in `memory`; it shares with its base. NULL: no memory. */
struct scenario *subject_make(struct subject_maker *maker, uint64_t item,
                              struct scenario_memory *memory);

/* How large a scenario is for people: plans, steps, events and faults. */
uint32_t subject_size(const struct scenario *scenario);

#endif
