/* sim_time.c: virtual time as text, and back. All of it in whole numbers. */
#include "sim/engine/sim_time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FRACTION_DIGITS_MAX                                                                        \
    13u /* more, the last not 0, is never a whole number of microseconds                           \
         */

__extension__ typedef unsigned __int128 wide;

struct unit {
    const char *name;
    uint64_t us;
};

static const struct unit units[] = {
    {"d", SIM_TIME_DAY},    {"h", SIM_TIME_HOUR}, {"m", SIM_TIME_MINUTE},
    {"s", SIM_TIME_SECOND}, {"ms", SIM_TIME_MS},  {"us", SIM_TIME_US},
};
#define UNITS (sizeof(units) / sizeof(units[0]))

static size_t printed(int length)
{
    return length < 0 ? 0 : (size_t)length;
}

size_t sim_time_format(uint64_t time_us, char *text, size_t size)
{
    if (time_us == 0) {
        return printed(snprintf(text, size, "0ms"));
    }
    size_t i = 0;
    while (time_us % units[i].us != 0) {
        i++;
    }
    return printed(snprintf(text, size, "%" PRIu64 "%s", time_us / units[i].us, units[i].name));
}

size_t sim_time_format_ms(uint64_t time_us, char *text, size_t size)
{
    return printed(snprintf(text, size, "%" PRIu64 ".%03" PRIu64 "ms", time_us / SIM_TIME_MS,
                            time_us % SIM_TIME_MS));
}

/* Read decimal digits; answers how many there were. *overflow is set when they are beyond 64 bits.
 */
static size_t read_digits(const char *text, size_t length, uint64_t *number, bool *overflow)
{
    size_t i = 0;
    *number = 0;
    for (; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (*number > (UINT64_MAX - digit) / 10) {
            *overflow = true;
        } else {
            *number = *number * 10 + digit;
        }
    }
    return i;
}

static const struct unit *find_unit(const char *text, size_t length)
{
    for (size_t i = 0; i < UNITS; i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, text, length) == 0) {
            return &units[i];
        }
    }
    return NULL;
}

/* The microseconds of a fraction of a unit, from the digits behind its point. */
static enum sim_time_status read_fraction(const char *digits, size_t length, uint64_t unit_us,
                                          uint64_t *time_us)
{
    while (length > 0 && digits[length - 1] == '0') {
        length--;
    }
    if (length > FRACTION_DIGITS_MAX) {
        return SIM_TIME_TOO_FINE;
    }
    wide numerator = 0;
    wide denominator = 1;
    for (size_t i = 0; i < length; i++) {
        numerator = numerator * 10 + (unsigned)(digits[i] - '0');
        denominator *= 10;
    }
    numerator *= unit_us;
    *time_us = (uint64_t)(numerator / denominator);
    return numerator % denominator == 0 ? SIM_TIME_OK : SIM_TIME_TOO_FINE;
}

enum sim_time_status sim_time_parse(const char *text, size_t length, uint64_t *time_us)
{
    bool overflow = false;
    uint64_t whole;
    size_t i = read_digits(text, length, &whole, &overflow);
    if (i == 0) {
        return SIM_TIME_NOT_A_TIME;
    }
    const char *fraction = text + i;
    size_t fraction_length = 0;
    if (i < length && text[i] == '.') {
        bool ignored = false;
        uint64_t unused;
        fraction = text + i + 1;
        fraction_length = read_digits(fraction, length - i - 1, &unused, &ignored);
        if (fraction_length == 0) {
            return SIM_TIME_NOT_A_TIME;
        }
        i += 1 + fraction_length;
    }
    const struct unit *unit = find_unit(text + i, length - i);
    if (unit == NULL) {
        return SIM_TIME_NOT_A_TIME;
    }
    uint64_t part_us;
    enum sim_time_status status = read_fraction(fraction, fraction_length, unit->us, &part_us);
    if (status != SIM_TIME_OK) {
        return status;
    }
    uint64_t total;
    if (overflow || __builtin_mul_overflow(whole, unit->us, &total) ||
        __builtin_add_overflow(total, part_us, &total)) {
        return SIM_TIME_TOO_LARGE;
    }
    *time_us = total;
    return SIM_TIME_OK;
}

const char *sim_time_status_sentence(enum sim_time_status status)
{
    switch (status) {
    case SIM_TIME_OK:
        return "is a duration";
    case SIM_TIME_NOT_A_TIME:
        return "is not a duration such as 30ms, 1.5s or 2m (units: us, ms, s, m, h, d)";
    case SIM_TIME_TOO_FINE:
        return "is not a whole number of microseconds";
    case SIM_TIME_TOO_LARGE:
        return "is too long: it does not fit in 64 bits of microseconds";
    }
    return "?";
}
