/* future.c: resolving the owner's futures, once. */
#include "director/future.h"

#include "director/director_core.h"

#include <assert.h>

static enum director_status resolve(const struct director *director, struct director_future *future,
                                    enum director_future_state state, enum director_reason reason,
                                    const struct director_execution_plan *plan)
{
    assert(future != NULL);
    if (future->state != DIRECTOR_FUTURE_PENDING) {
        return DIRECTOR_INTERNAL;
    }
    future->state = state;
    future->reason = reason;
    if (director->hooks.resolved != NULL) {
        director->hooks.resolved(director->hooks.context, future, plan);
    }
    return DIRECTOR_OK;
}

enum director_status future_fulfill(const struct director *director, struct director_future *future,
                                    const struct director_execution_plan *plan)
{
    return resolve(director, future, DIRECTOR_FUTURE_FULFILLED, DIRECTOR_REASON_NONE, plan);
}

enum director_status future_reject(const struct director *director, struct director_future *future,
                                   enum director_reason reason)
{
    assert(reason != DIRECTOR_REASON_NONE);
    return resolve(director, future, DIRECTOR_FUTURE_REJECTED, reason, NULL);
}
