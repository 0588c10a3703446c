/* sim_time.h: virtual time as text. Times and durations are virtual microseconds in 64 bits; there
 * is no other clock in the simulator. Used by the trace, by the scenario writer and by messages. */
#ifndef SIM_ENGINE_SIM_TIME_H
#define SIM_ENGINE_SIM_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_TIME_US UINT64_C(1)
#define SIM_TIME_MS UINT64_C(1000)
#define SIM_TIME_SECOND UINT64_C(1000000)
#define SIM_TIME_MINUTE (60 * SIM_TIME_SECOND)
#define SIM_TIME_HOUR (60 * SIM_TIME_MINUTE)
#define SIM_TIME_DAY (24 * SIM_TIME_HOUR)

#define SIM_TIME_TEXT_MAX 32 /* bytes that any text made here fits in, with its NUL */

/* The shortest exact form: a whole number of the largest unit of d, h, m, s, ms, us that divides
 * it: 30000 is "30ms", 1500000 "1500ms", 2000000 "2s", 1500 "1500us"; 0 is "0ms". sim_time_parse
 * reads it back. Writes at most `size` bytes (at least 1), NUL included, and cuts off what does not
 * fit; answers the length of the whole text, without NUL. */
size_t sim_time_format(uint64_t time_us, char *text, size_t size);

/* For columns: milliseconds with three decimals, "12.345ms". As above otherwise. */
size_t sim_time_format_ms(uint64_t time_us, char *text, size_t size);

enum sim_time_status {
    SIM_TIME_OK,
    SIM_TIME_NOT_A_TIME, /* not digits, with or without a decimal fraction, and a unit */
    SIM_TIME_TOO_FINE,   /* a fraction of a microsecond: "0.5us" */
    SIM_TIME_TOO_LARGE,  /* beyond 64 bits of microseconds */
};

/* Read "30ms", "1.5s", "0ms", "2d": digits, perhaps a point and digits, and one unit, with nothing
 * before, between or after. Reads `length` bytes, no NUL needed. *time_us is written with
 * SIM_TIME_OK only. */
enum sim_time_status sim_time_parse(const char *text, size_t length, uint64_t *time_us);

/* What went wrong, as a part of a sentence: "is not a duration such as 30ms, 1.5s or 2m". Static.
 */
const char *sim_time_status_sentence(enum sim_time_status status);

#endif
