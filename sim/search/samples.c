/* samples.c: see samples.h. */
#include "sim/search/samples.h"

#include <assert.h>

uint64_t samples_apart_ms(uint64_t ms)
{
    uint64_t apart = SAMPLES_APART_MS;
    while (ms / apart >= SAMPLES_MAX - 1) {
        apart *= 2;
    }
    return apart;
}

/* Leave out what is too near to the one before. The first stays. */
static void thin_out(struct samples *samples, uint64_t apart)
{
    uint32_t kept = 1;
    for (uint32_t i = 1; i < samples->count; i++) {
        if (samples->list[i].ms - samples->list[kept - 1].ms >= apart) {
            samples->list[kept++] = samples->list[i];
        }
    }
    samples->count = kept;
}

void samples_add(struct samples *samples, const struct sample *sample)
{
    uint32_t count = samples->count;
    struct sample *list = samples->list;
    uint64_t apart = samples_apart_ms(sample->ms);
    if (count > 0 && sample->ms < list[count - 1].ms) {
        return;
    }
    if (count >= 2 && list[count - 1].ms - list[count - 2].ms < apart) {
        list[count - 1] = *sample;
        return;
    }
    if (count == SAMPLES_MAX) {
        thin_out(samples, apart);
    }
    assert(samples->count < SAMPLES_MAX);
    list[samples->count++] = *sample;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

void samples_append(struct samples *samples, uint64_t ms, const struct samples *other)
{
    const struct sample none = {0};
    const struct sample before = samples->count > 0 ? samples->list[samples->count - 1] : none;
    for (uint32_t i = 0; i < other->count; i++) {
        const struct sample *sample = &other->list[i];
        const struct sample sum = {
            .ms = ms + sample->ms,
            .runs = before.runs + sample->runs,
            .failed = before.failed + sample->failed,
            .groups = larger(before.groups, sample->groups),
            .marks = larger(before.marks, sample->marks),
            .moves = larger(before.moves, sample->moves),
            .pairs = larger(before.pairs, sample->pairs),
        };
        samples_add(samples, &sum);
    }
}
