/* scenario_memory.c: blocks in a list, each twice as large as the one before it up to a limit; an
 * allocation is cut from the newest, and gets a block of its own when it is larger than a block. */
#include "sim/scenario/scenario_memory.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#define BLOCK_BYTES_MIN ((size_t)4096)
#define BLOCK_BYTES_MAX ((size_t)1024 * 1024)

struct memory_block {
    struct memory_block *next;
    size_t size; /* of the whole block, this header included */
    size_t used;
};

struct scenario_memory {
    struct director_allocator allocator;
    struct scenario_memory_fault *fault;
    struct memory_block *blocks; /* the newest first */
    size_t next_size;
    size_t used;
    bool failed;
};

static size_t aligned(size_t size)
{
    const size_t alignment = alignof(max_align_t);
    return (size + alignment - 1) / alignment * alignment;
}

static bool fault_strikes(struct scenario_memory_fault *fault)
{
    if (fault == NULL || fault->left == 0) {
        return false;
    }
    fault->left--;
    return fault->left == 0;
}

struct scenario_memory *scenario_memory_create(const struct director_allocator *allocator,
                                               struct scenario_memory_fault *fault)
{
    struct director_allocator own = allocator != NULL ? *allocator : director_default_allocator();
    if (fault_strikes(fault)) {
        return NULL;
    }
    struct scenario_memory *memory = own.reallocate(own.context, NULL, 0, sizeof *memory);
    if (memory == NULL) {
        return NULL;
    }
    *memory = (struct scenario_memory){
        .allocator = own,
        .fault = fault,
        .next_size = BLOCK_BYTES_MIN,
    };
    return memory;
}

static void release_blocks(struct scenario_memory *memory, struct memory_block *first)
{
    while (first != NULL) {
        struct memory_block *next = first->next;
        memory->allocator.reallocate(memory->allocator.context, first, first->size, 0);
        first = next;
    }
}

void scenario_memory_destroy(struct scenario_memory *memory)
{
    if (memory == NULL) {
        return;
    }
    struct director_allocator allocator = memory->allocator;
    release_blocks(memory, memory->blocks);
    allocator.reallocate(allocator.context, memory, sizeof *memory, 0);
}

void scenario_memory_clear(struct scenario_memory *memory)
{
    struct memory_block *largest = memory->blocks;
    for (struct memory_block *block = memory->blocks; block != NULL; block = block->next) {
        if (block->size > largest->size) {
            largest = block;
        }
    }
    struct memory_block **link = &memory->blocks;
    while (*link != NULL && *link != largest) {
        link = &(*link)->next;
    }
    if (largest != NULL) {
        *link = largest->next;
        largest->next = NULL;
        largest->used = aligned(sizeof *largest);
    }
    release_blocks(memory, memory->blocks);
    memory->blocks = largest;
    memory->used = 0;
    memory->failed = false;
}

/* A block in which `size` aligned bytes fit, put in front of the others. */
static struct memory_block *add_block(struct scenario_memory *memory, size_t size)
{
    const size_t header = aligned(sizeof(struct memory_block));
    size_t block_size = memory->next_size;
    if (size > block_size - header) {
        block_size = size + header;
    }
    struct memory_block *block =
        memory->allocator.reallocate(memory->allocator.context, NULL, 0, block_size);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct memory_block){.next = memory->blocks, .size = block_size, .used = header};
    memory->blocks = block;
    if (memory->next_size < BLOCK_BYTES_MAX) {
        memory->next_size *= 2;
    }
    return block;
}

void *scenario_memory_allocate(struct scenario_memory *memory, size_t size)
{
    assert(memory != NULL);
    if (fault_strikes(memory->fault) || size > SIZE_MAX / 4) {
        memory->failed = true;
        return NULL;
    }
    size = aligned(size == 0 ? 1 : size);
    struct memory_block *block = memory->blocks;
    if (block == NULL || block->size - block->used < size) {
        block = add_block(memory, size);
    }
    if (block == NULL) {
        memory->failed = true;
        return NULL;
    }
    unsigned char *bytes = (unsigned char *)block + block->used;
    block->used += size;
    memory->used += size;
    assert(block->used <= block->size);
    return memset(bytes, 0, size);
}

void *scenario_memory_array(struct scenario_memory *memory, size_t count, size_t size)
{
    assert(size > 0);
    if (count == 0) {
        return NULL;
    }
    if (count > SIZE_MAX / 4 / size) {
        memory->failed = true;
        return NULL;
    }
    return scenario_memory_allocate(memory, count * size);
}

char *scenario_memory_copy(struct scenario_memory *memory, const char *bytes, size_t length)
{
    char *copy = scenario_memory_allocate(memory, length + 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

bool scenario_memory_failed(const struct scenario_memory *memory)
{
    return memory->failed;
}

size_t scenario_memory_used(const struct scenario_memory *memory)
{
    return memory->used;
}
