/* scenario_memory.h: a growing region in which everything of one scenario lives, and with which it
 * goes.
 *
 * Nothing in it is released by itself. A failed allocation answers NULL and is remembered, so that
 * code which fills a scenario in may carry on with nothing and ask once, at its end, whether all
 * went well. */
#ifndef SIM_SCENARIO_SCENARIO_MEMORY_H
#define SIM_SCENARIO_SCENARIO_MEMORY_H

#include "director/director.h"

struct scenario_memory;

/* For tests: the allocation with this number, counted down over every memory that shares the fault,
 * fails once. `left` 0 means that it has happened, or that none is to fail. */
struct scenario_memory_fault {
    uint64_t left;
};

/* A new, empty memory. `allocator` NULL: malloc and free. `fault` NULL: none; otherwise it must
 * live as long as the memory. NULL when there is no memory. To be given to scenario_memory_destroy
 * once. */
struct scenario_memory *scenario_memory_create(const struct director_allocator *allocator,
                                               struct scenario_memory_fault *fault);

/* Let all of it go. NULL is ignored. */
void scenario_memory_destroy(struct scenario_memory *memory);

/* Forget what is in it, but keep its largest block for what comes next. */
void scenario_memory_clear(struct scenario_memory *memory);

/* `size` bytes of zeros, aligned for any type. NULL when there are none. */
void *scenario_memory_allocate(struct scenario_memory *memory, size_t size);

/* `count` elements of `size` bytes each, zeros. NULL when there are none, and for a count of 0
 * (which is no failure). */
void *scenario_memory_array(struct scenario_memory *memory, size_t count, size_t size);

/* A copy of `length` bytes with a NUL behind it. NULL when there is no memory. */
char *scenario_memory_copy(struct scenario_memory *memory, const char *bytes, size_t length);

/* Whether any allocation has failed since it was created or cleared. */
bool scenario_memory_failed(const struct scenario_memory *memory);

/* How many bytes have been handed out, with what alignment took. */
size_t scenario_memory_used(const struct scenario_memory *memory);

#endif
