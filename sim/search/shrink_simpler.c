/* shrink_simpler.c: which values are simpler than others: round times, single outcomes, small
 * numbers. */
#include "sim/engine/sim_time.h"
#include "sim/scenario/scenario_defaults.h"
#include "sim/search/shrink_private.h"

#include <string.h>

/* ---- Times ---------------------------------------------------------------------------------- */

/* What people write, the simplest first. */
static const uint64_t round_times[] = {
    0,
    1 * SIM_TIME_MS,
    10 * SIM_TIME_MS,
    20 * SIM_TIME_MS,
    50 * SIM_TIME_MS,
    100 * SIM_TIME_MS,
    1 * SIM_TIME_SECOND,
    2 * SIM_TIME_MS,
    5 * SIM_TIME_MS,
    30 * SIM_TIME_MS,
    40 * SIM_TIME_MS,
    200 * SIM_TIME_MS,
    500 * SIM_TIME_MS,
    2 * SIM_TIME_SECOND,
    5 * SIM_TIME_SECOND,
    10 * SIM_TIME_SECOND,
    20 * SIM_TIME_SECOND,
    30 * SIM_TIME_SECOND,
    SIM_TIME_MINUTE,
    10 * SIM_TIME_MINUTE,
    SIM_TIME_HOUR,
};
#define ROUND_TIMES ((uint32_t)(sizeof(round_times) / sizeof(round_times[0])))

/* How many digits count. */
static uint32_t digits_of(uint64_t time)
{
    uint32_t digits = 0;
    while (time % 10 == 0 && time != 0) {
        time /= 10;
    }
    for (; time != 0; time /= 10) {
        digits++;
    }
    return digits;
}

/* The lower the simpler. Whole milliseconds are simpler than fractions. */
static uint32_t rank_of(uint64_t time, uint64_t usual)
{
    if (time == usual) {
        return 0;
    }
    for (uint32_t i = 0; i < ROUND_TIMES; i++) {
        if (round_times[i] == time) {
            return 1 + i;
        }
    }
    return 1 + ROUND_TIMES + digits_of(time) + (time % SIM_TIME_MS == 0 ? 0 : 20);
}

/* `digits` digits of it stay, and the last is rounded up or down. */
static uint64_t rounded(uint64_t time, uint32_t digits, bool up)
{
    uint64_t unit = 1;
    uint64_t most = 1;
    for (uint32_t i = 0; i < digits; i++) {
        most *= 10;
    }
    while (time / unit >= most) {
        unit *= 10;
    }
    return (time / unit + (up ? 1 : 0)) * unit;
}

enum draft_change simpler_time(uint64_t *now, uint64_t usual, uint32_t variant)
{
    const uint32_t rank = rank_of(*now, usual);
    uint64_t next = usual;
    if (variant >= 1 && variant <= ROUND_TIMES) {
        next = round_times[variant - 1];
        /* A story told in seconds is not simpler than one in milliseconds. */
        if (next > *now * 2) {
            return DRAFT_SAME;
        }
    } else if (variant > ROUND_TIMES + 6) {
        return DRAFT_END;
    } else if (variant > ROUND_TIMES) {
        uint32_t way = variant - ROUND_TIMES - 1;
        next = way < 4 ? rounded(*now, 1 + way / 2, way % 2 != 0)
                       : (*now / SIM_TIME_MS + way % 2) * SIM_TIME_MS;
    }
    if (rank_of(next, usual) >= rank || next > SCENARIO_DURATION_MAX) {
        return DRAFT_SAME;
    }
    *now = next;
    return DRAFT_CHANGED;
}

enum draft_change simpler_range(struct scenario_range *range, uint64_t usual, uint32_t variant)
{
    const bool narrow = range->min == range->max;
    if (variant < 3) {
        const uint64_t single[] = {usual, range->min, range->max};
        if (narrow) {
            return DRAFT_SAME;
        }
        *range = (struct scenario_range){single[variant], single[variant]};
        return DRAFT_CHANGED;
    }
    if (variant == 3) {
        if (narrow || range->max - range->min < 2) {
            return DRAFT_SAME;
        }
        range->min = range->max = range->min + (range->max - range->min) / 2;
        return DRAFT_CHANGED;
    }
    if (!narrow) {
        return DRAFT_END;
    }
    enum draft_change change = simpler_time(&range->min, usual, variant - 4);
    range->max = range->min;
    return change;
}

/* ---- Outcomes and numbers ------------------------------------------------------------------- */

static bool is_success(const struct scenario_outcomes *outcomes)
{
    return outcomes->count == 1 &&
           outcomes->sets[0] == SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS);
}

/* A copy without call `gone`. */
static enum draft_change without_call(struct draft *draft, struct scenario_outcomes *outcomes,
                                      uint32_t gone)
{
    if (outcomes->count < 2) {
        return DRAFT_SAME;
    }
    uint8_t *sets = scenario_memory_array(draft->memory, outcomes->count, 1);
    uint32_t count = 0;
    for (uint32_t i = 0; sets != NULL && i < outcomes->count; i++) {
        if (i != gone) {
            sets[count++] = outcomes->sets[i];
        }
    }
    *outcomes = (struct scenario_outcomes){sets, count};
    return DRAFT_CHANGED;
}

/* A copy in which call `call` has one outcome. */
static enum draft_change with_outcome(struct draft *draft, struct scenario_outcomes *outcomes,
                                      uint32_t call, uint32_t outcome)
{
    const uint8_t old = outcomes->sets[call];
    const uint8_t bit = (uint8_t)SCENARIO_OUTCOME_BIT(outcome);
    /* From several to one of them; from another one to success. */
    bool among = (old & bit) != 0 && old != bit;
    bool success = old != bit && outcome == DIRECTOR_OUTCOME_SUCCESS;
    if (!among && !success) {
        return DRAFT_SAME;
    }
    uint8_t *sets = scenario_memory_array(draft->memory, outcomes->count, 1);
    if (sets != NULL) {
        memcpy(sets, outcomes->sets, outcomes->count);
        sets[call] = bit;
        outcomes->sets = sets;
    }
    return DRAFT_CHANGED;
}

enum draft_change simpler_outcomes(struct draft *draft, struct scenario_outcomes *outcomes,
                                   uint32_t variant)
{
    static const uint8_t success[] = {SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS)};
    static const uint8_t order[] = {DIRECTOR_OUTCOME_SUCCESS, DIRECTOR_OUTCOME_ERROR,
                                    DIRECTOR_OUTCOME_SUSPEND};
    if (is_success(outcomes)) {
        return DRAFT_END;
    }
    if (variant == 0) {
        *outcomes = (struct scenario_outcomes){success, 1};
        return DRAFT_CHANGED;
    }
    variant--;
    if (variant < outcomes->count) {
        return without_call(draft, outcomes, outcomes->count - 1 - variant);
    }
    variant -= outcomes->count;
    if (variant < outcomes->count * 3) {
        return with_outcome(draft, outcomes, variant / 3, order[variant % 3]);
    }
    return DRAFT_END;
}

enum draft_change simpler_number(uint32_t *number, uint32_t least, uint32_t variant)
{
    const uint32_t above = *number > least ? *number - least : 0;
    const uint32_t steps[] = {above, above / 2, 1};
    if (variant > 2 || above == 0) {
        return DRAFT_END;
    }
    if (steps[variant] == 0) {
        return DRAFT_SAME;
    }
    *number -= steps[variant];
    return DRAFT_CHANGED;
}
