/* arena.h: all memory of one simulated run, in one stretch of address space.
 *
 * A general allocator lives inside a region that is reserved once and committed by the kernel as it
 * is touched. Everything it knows stands in the region too, so a snapshot is a copy of the used
 * prefix, restoring it puts every object back where its pointers expect it, and a reset forgets
 * all.
 *
 * Determinism: the addresses and the bytes that a sequence of calls is handed depend on that
 * sequence since arena_create or the last arena_reset alone. Above the used prefix every byte is
 * zero; a block that was released before keeps what its last owner left there, which is the same in
 * every run that made the same calls. Addresses differ from process to process: order nothing by
 * them.
 *
 * Blocks are of size classes: multiples of 16 bytes up to 1024, then four classes to every power of
 * two, so at most a quarter of a block is slack. Released blocks are used again by their class,
 * last in, first out, which bounds what an array that grows by doubling leaves behind to its own
 * size; when the region is full, larger free blocks are cut up. The caller tells the size when it
 * gives a block back, as in struct director_allocator, so blocks have no headers.
 *
 * One thread at a time. In builds with AddressSanitizer free and unallocated memory is poisoned,
 * and a gap follows each block, so that use after release and overflow are found inside the arena
 * too. */
#ifndef SIM_ENGINE_ARENA_H
#define SIM_ENGINE_ARENA_H

#include "director/director.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_SANITIZED 1
#endif
#endif
#ifndef ARENA_SANITIZED
#define ARENA_SANITIZED 0
#endif

#define ARENA_LIMIT_MIN (64u * 1024)        /* smallest region */
#define ARENA_LIMIT_MAX (1ull << 44)        /* largest region, 16 TiB */
#define ARENA_ALIGNMENT 16u                 /* of every block */
#define ARENA_SMALL_MAX 1024u               /* largest block with a class of its own per 16 bytes */
#define ARENA_KEEP_BYTES (8u * 1024 * 1024) /* a reset clears so much; the rest it gives back */
#define ARENA_CLASSES 201 /* 1..64 small, then 4 to a doubling up to ARENA_LIMIT_MAX */

enum arena_status {
    ARENA_OK,
    ARENA_NO_MEMORY,    /* the address space cannot be had */
    ARENA_BAD_LIMIT,    /* outside ARENA_LIMIT_MIN..ARENA_LIMIT_MAX */
    ARENA_BAD_SNAPSHOT, /* not a snapshot, or one of another arena */
};

/* A free block, in the list of its class. */
struct arena_free_block {
    struct arena_free_block *next;
};

/* What a snapshot holds, besides the blocks that follow in the region. Private. */
struct arena_heap {
    uint64_t magic;
    unsigned char *top; /* end of the used prefix: above it all is zero */
    size_t used;
    struct arena_free_block *free[ARENA_CLASSES];
};

/* It stands at the beginning of its own region. Public only for the inline functions below: read it
 * through them. What stands before `heap` is about the process, and no part of a snapshot. */
struct arena {
    unsigned char *end;          /* of the region */
    unsigned char *poisoned_end; /* AddressSanitizer: poisoned up to here */
    size_t used_max;
    uint64_t requests;       /* how often memory was asked for, since creation or reset */
    uint64_t fail_countdown; /* 0: unarmed */
    uint64_t failures;       /* requests refused by the hook since it was armed */
    bool fail_forever;
    bool guarded; /* the hook is armed: no fast path */
    _Alignas(64) struct arena_heap heap;
};

/* Reserve `limit_bytes` of address space (rounded up to whole pages; 2 KiB of bookkeeping included)
 * and make an empty arena of it. Nothing is committed before it is used. ARENA_BAD_LIMIT,
 * ARENA_NO_MEMORY. The arena belongs to the caller, who gives it to arena_destroy once. */
enum arena_status arena_create(size_t limit_bytes, struct arena **arena);

/* Give the whole region back. Every block in it is gone. NULL is ignored. */
void arena_destroy(struct arena *arena);

/* Forget every block, and zero or give back every byte that was used. What follows is as in a new
 * arena. The hook of arena_fail_at stays as it is; the counts of arena_used_max and arena_requests
 * begin anew. */
void arena_reset(struct arena *arena);

/* The arena as an allocator for others; valid as long as the arena. Its context is the arena. */
struct director_allocator arena_allocator(struct arena *arena);

/* Slow paths of the two functions below; not to be called directly. */
void *arena_allocate_slow(struct arena *arena, size_t size);
void arena_release_slow(struct arena *arena, void *block, size_t size);

/* `size` bytes (at least 1), aligned to ARENA_ALIGNMENT, of unspecified but deterministic content;
 * NULL when the region is full or the hook says so. */
static inline void *arena_allocate(struct arena *arena, size_t size)
{
    if (!ARENA_SANITIZED && size - 1 < ARENA_SMALL_MAX && !arena->guarded) {
        size_t rounded = (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
        struct arena_free_block **list = &arena->heap.free[rounded / ARENA_ALIGNMENT];
        struct arena_free_block *block = *list;
        if (block != NULL) {
            *list = block->next;
            arena->requests++;
            arena->heap.used += rounded;
            if (arena->heap.used > arena->used_max) {
                arena->used_max = arena->heap.used;
            }
            return block;
        }
    }
    return arena_allocate_slow(arena, size);
}

/* Give a block back; `size` is what it was allocated with. NULL is ignored. */
static inline void arena_release(struct arena *arena, void *block, size_t size)
{
    if (!ARENA_SANITIZED && block != NULL && size - 1 < ARENA_SMALL_MAX) {
        size_t rounded = (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
        struct arena_free_block **list = &arena->heap.free[rounded / ARENA_ALIGNMENT];
        struct arena_free_block *freed = block;
        freed->next = *list;
        *list = freed;
        arena->heap.used -= rounded;
        return;
    }
    arena_release_slow(arena, block, size);
}

/* As arena_allocate, with all bytes zero. */
void *arena_allocate_zeroed(struct arena *arena, size_t size);

/* Resize, as struct director_allocator's reallocate says. Growing counts as a request for memory
 * even where the block's class has room; shrinking never fails, but may move the block. */
void *arena_reallocate(struct arena *arena, void *block, size_t old_size, size_t new_size);

/* Bytes in blocks that are allocated now, each rounded up to 16; and the most there were at once
 * since creation or the last reset (a restore does not lower it). */
size_t arena_used(const struct arena *arena);
size_t arena_used_max(const struct arena *arena);
/* Bytes of the region that the used prefix takes, slack and free blocks included. */
size_t arena_footprint(const struct arena *arena);
/* How often memory was asked for since creation or the last reset. */
uint64_t arena_requests(const struct arena *arena);
/* Does the used prefix hold this address? */
bool arena_contains(const struct arena *arena, const void *address);

/* Fail the n-th request for memory from now on (1: the next one), and with `forever` every one
 * after it too. 0 disarms. A request is an allocation or a growing reallocation. Arming zeroes the
 * count of failures. The hook is no part of the contents: reset, save and restore leave it alone.
 */
void arena_fail_at(struct arena *arena, uint64_t n, bool forever);
/* How many requests the hook has refused since it was armed: 0 after a run tells that the run asked
 * for memory fewer than n times, so a loop over n = 1, 2, … is done. */
uint64_t arena_failures(const struct arena *arena);

/* A snapshot is arena_snapshot_size bytes now, of any alignment, that the caller owns: outside this
 * arena. Saving does not change the arena. */
size_t arena_snapshot_size(const struct arena *arena);
void arena_snapshot_save(const struct arena *arena, void *snapshot);
/* Put the arena back to where it was when `snapshot` was saved. A snapshot can be restored any
 * number of times, in any order with others, after a reset too; by this process and this arena
 * only. ARENA_BAD_SNAPSHOT changes nothing. */
enum arena_status arena_snapshot_restore(struct arena *arena, const void *snapshot);

#endif
