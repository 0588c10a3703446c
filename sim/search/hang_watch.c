/* hang_watch.c: see hang_watch.h. */
#include "sim/search/hang_watch.h"

void hang_watch_start(struct hang_watch *watch, uint64_t begun, uint64_t now_ms)
{
    *watch = (struct hang_watch){.begun = begun, .looked_ms = now_ms};
}

bool hang_watch_look(struct hang_watch *watch, uint64_t begun, uint64_t now_ms, uint64_t hang_ms)
{
    uint64_t passed = now_ms - watch->looked_ms;
    watch->looked_ms = now_ms;
    if (begun != watch->begun) {
        watch->begun = begun;
        watch->still_ms = 0;
        return false;
    }
    watch->still_ms += passed < HANG_WATCH_LOOK_MS_MAX ? passed : HANG_WATCH_LOOK_MS_MAX;
    return watch->still_ms > hang_ms;
}
