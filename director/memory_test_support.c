/* memory_test_support.c: an allocator for tests. Each block has a header that remembers its size;
 * what is handed out is filled with a pattern, so that nothing relies on zeroes. */
#include "director/memory_test_support.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 16u /* keeps what follows aligned for any type */
#define FRESH 0xa5
#define STALE 0x5a

static size_t size_of(const unsigned char *block)
{
    size_t size;
    memcpy(&size, block, sizeof(size));
    return size;
}

static bool refused(struct test_memory *memory)
{
    memory->requests++;
    if (memory->fail_at == 0 || memory->requests < memory->fail_at ||
        (memory->requests > memory->fail_at && !memory->fail_for_good)) {
        return false;
    }
    memory->refusals++;
    return true;
}

static void *take(struct test_memory *memory, size_t size)
{
    unsigned char *block = malloc(HEADER_SIZE + size);
    if (block == NULL) {
        abort();
    }
    memcpy(block, &size, sizeof(size));
    memset(block + HEADER_SIZE, FRESH, size);
    memory->live_blocks++;
    memory->live_bytes += size;
    return block + HEADER_SIZE;
}

static void give_back(struct test_memory *memory, void *pointer, size_t size)
{
    unsigned char *block = (unsigned char *)pointer - HEADER_SIZE;
    size_t real_size = size_of(block);
    memory->mistakes += real_size != size;
    memory->live_blocks--;
    memory->live_bytes -= real_size;
    memset(block, STALE, HEADER_SIZE + real_size);
    free(block);
}

static void *reallocate(void *context, void *pointer, size_t old_size, size_t new_size)
{
    struct test_memory *memory = context;
    void *moved = NULL;
    if (new_size > 0) {
        if (refused(memory)) {
            return NULL;
        }
        moved = take(memory, new_size);
    }
    if (pointer == NULL) {
        memory->mistakes += old_size != 0 || new_size == 0;
        return moved;
    }
    if (moved != NULL) {
        memcpy(moved, pointer, old_size < new_size ? old_size : new_size);
    }
    give_back(memory, pointer, old_size);
    return moved;
}

struct director_allocator test_memory_allocator(struct test_memory *memory)
{
    return (struct director_allocator){memory, reallocate};
}
