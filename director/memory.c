/* memory.c: growing arrays in the owner's memory, and the allocator for owners that have none. */
#include "director/memory.h"

#include <stdlib.h>

#define MEMORY_CAPACITY_MIN 8u

bool memory_reserve(const struct director_allocator *allocator, void **array, size_t *capacity,
                    size_t wanted, size_t element_size)
{
    if (wanted <= *capacity) {
        return true;
    }
    size_t grown = *capacity < MEMORY_CAPACITY_MIN ? MEMORY_CAPACITY_MIN : *capacity * 2;
    if (grown < wanted) {
        grown = wanted;
    }
    if (grown > SIZE_MAX / element_size) {
        return false;
    }
    void *moved = allocator->reallocate(allocator->context, *array, *capacity * element_size,
                                        grown * element_size);
    if (moved == NULL) {
        return false;
    }
    *array = moved;
    *capacity = grown;
    return true;
}

static void *default_reallocate(void *context, void *pointer, size_t old_size, size_t new_size)
{
    (void)context;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, new_size);
}

struct director_allocator director_default_allocator(void)
{
    return (struct director_allocator){NULL, default_reallocate};
}
