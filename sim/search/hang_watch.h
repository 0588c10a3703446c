/* hang_watch.h: whether a worker has been at one run for too long, seen from outside, by a clock
 * that runs on while the machine sleeps. */
#ifndef SIM_SEARCH_HANG_WATCH_H
#define SIM_SEARCH_HANG_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* More than this between two looks does not count: the machine, or who looks, may have slept. So
 * looks are to come more often than that. */
#define HANG_WATCH_LOOK_MS_MAX 200u

struct hang_watch {
    uint64_t begun;     /* runs, when it was looked at last */
    uint64_t looked_ms; /* when that was */
    uint64_t still_ms;  /* how long it has been seen to begin no other */
};

/* From now on: it has begun so many runs. */
void hang_watch_start(struct hang_watch *watch, uint64_t begun, uint64_t now_ms);

/* Look at it. True: it has been seen at the same run for more than `hang_ms`. */
bool hang_watch_look(struct hang_watch *watch, uint64_t begun, uint64_t now_ms, uint64_t hang_ms);

#endif
