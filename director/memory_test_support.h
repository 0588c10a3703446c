/* memory_test_support.h: an allocator for tests. It counts what is out, notices blocks that come
 * back with another size than they were given, moves a block whenever it is resized, and refuses
 * the nth request, once or from then on. */
#ifndef DIRECTOR_MEMORY_TEST_SUPPORT_H
#define DIRECTOR_MEMORY_TEST_SUPPORT_H

#include "director/director.h"

/* All zero is an allocator that never refuses. */
struct test_memory {
    size_t live_blocks;
    size_t live_bytes;
    size_t requests; /* that wanted memory */
    size_t refusals;
    size_t mistakes;    /* blocks that came back with a wrong size */
    size_t fail_at;     /* refuse the request with this number; 0: none */
    bool fail_for_good; /* and all that follow */
};

struct director_allocator test_memory_allocator(struct test_memory *memory);

#endif
