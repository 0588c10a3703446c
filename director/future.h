/* future.h: resolving the owner's futures, once. */
#ifndef DIRECTOR_FUTURE_H
#define DIRECTOR_FUTURE_H

#include "director/director.h"

/* Both answer DIRECTOR_INTERNAL, and change nothing, when the future is resolved already
 * (Concurrent::MultipleAssignmentError). */
enum director_status future_fulfill(const struct director *director, struct director_future *future,
                                    const struct director_execution_plan *plan);
enum director_status future_reject(const struct director *director, struct director_future *future,
                                   enum director_reason reason);

#endif
