/* memory.h: the owner's allocator, with the two calls that the director makes of it. Sizes are
 * always known: an arena needs no headers. */
#ifndef DIRECTOR_MEMORY_H
#define DIRECTOR_MEMORY_H

#include "director/director.h"

static inline void *memory_allocate(const struct director_allocator *allocator, size_t size)
{
    return allocator->reallocate(allocator->context, NULL, 0, size);
}

static inline void memory_release(const struct director_allocator *allocator, void *pointer,
                                  size_t size)
{
    if (pointer != NULL) {
        allocator->reallocate(allocator->context, pointer, size, 0);
    }
}

/* Make room for at least `wanted` elements in the array at *array, which has *capacity. Growth at
 * least doubles. False when there is no memory: nothing has changed. */
bool memory_reserve(const struct director_allocator *allocator, void **array, size_t *capacity,
                    size_t wanted, size_t element_size);

#endif
