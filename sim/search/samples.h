/* samples.h: how far a campaign had come at which time, so that one can see whether going on is of
 * any use. There are never more than SAMPLES_MAX: the longer a campaign takes, the further they
 * are apart. */
#ifndef SIM_SEARCH_SAMPLES_H
#define SIM_SEARCH_SAMPLES_H

#include <stdint.h>

#define SAMPLES_MAX 400u
#define SAMPLES_APART_MS 100u /* in the beginning */

struct sample {
    uint64_t ms; /* since the campaign began */
    uint64_t runs;
    uint64_t failed;
    uint32_t groups;
    uint32_t marks; /* that were reached */
    uint32_t moves; /* of the tables of states, in memory and in the database */
    uint32_t pairs; /* of a move and a fault that was in force */
};

/* In the order of their times. All zeros: none. */
struct samples {
    struct sample list[SAMPLES_MAX];
    uint32_t count;
};

/* How far apart the samples of so long a campaign are, at least; the newest may be nearer. */
uint64_t samples_apart_ms(uint64_t ms);

/* Add one; an older one than the newest is left out. It takes the place of the newest when that is
 * too near to the one before, so that the newest always stands. */
void samples_add(struct samples *samples, const struct sample *sample);

/* Add those of another campaign, as if it had been run after this one, which took `ms`. What one of
 * them had reached counts until the other has reached more. */
void samples_append(struct samples *samples, uint64_t ms, const struct samples *other);

#endif
