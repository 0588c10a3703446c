/* lots.c: see lots.h. */
#include "sim/scenario/lots.h"

#include <assert.h>

#define MILLISECOND_US 1000u
#define ODD_TIMES 8u /* one time in so many is no whole millisecond */

void lots_section(struct lots *lots, enum lots_topic topic, uint32_t item)
{
    assert(item < LOTS_SECTION_ITEMS);
    lots->section = (uint32_t)topic * LOTS_SECTION_ITEMS + item;
    lots->drawn = 0;
}

static struct choice_site next_site(struct lots *lots)
{
    return (struct choice_site){.kind = CHOICE_GENERATE,
                                .plan = CHOICE_NONE,
                                .step = CHOICE_NONE,
                                .aux = lots->section,
                                .ordinal = ++lots->drawn};
}

uint32_t lots_below(struct lots *lots, uint32_t n)
{
    const struct choice_site site = next_site(lots);
    return (uint32_t)choices_draw(lots->choices, &site, n);
}

uint32_t lots_range(struct lots *lots, uint32_t min, uint32_t max)
{
    assert(min <= max);
    return min + lots_below(lots, max - min + 1);
}

uint32_t lots_small(struct lots *lots, uint32_t min, uint32_t max)
{
    uint32_t top = lots_range(lots, min, max);
    return lots_range(lots, min, top);
}

bool lots_chance(struct lots *lots, uint32_t numerator, uint32_t denominator)
{
    const struct choice_site site = next_site(lots);
    return choices_chance(lots->choices, &site, numerator, denominator);
}

uint32_t lots_weighted(struct lots *lots, const uint8_t *weights, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += weights[i];
    }
    if (sum == 0) {
        return count;
    }
    uint32_t lot = lots_below(lots, sum);
    uint32_t index = 0;
    while (lot >= weights[index]) {
        lot -= weights[index++];
    }
    return index;
}

uint32_t lots_member(struct lots *lots, uint32_t set)
{
    assert(set != 0);
    uint32_t lot = lots_below(lots, (uint32_t)__builtin_popcount(set));
    while (lot-- > 0) {
        set &= set - 1;
    }
    return (uint32_t)__builtin_ctz(set);
}

uint64_t lots_time(struct lots *lots, uint64_t max_us)
{
    uint64_t most = max_us / MILLISECOND_US;
    uint32_t milliseconds =
        lots_small(lots, 0, most < UINT32_MAX ? (uint32_t)most : UINT32_MAX - 1);
    uint64_t time = (uint64_t)milliseconds * MILLISECOND_US;
    if (lots_chance(lots, 1, ODD_TIMES)) {
        time += lots_below(lots, MILLISECOND_US);
    }
    return time;
}
