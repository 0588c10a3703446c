/* arena.c: size classes inside one reserved region; see arena.h for what is promised.
 *
 * The region is: struct arena, whose last member is the heap, then the blocks up to heap.top, then
 * zeroes up to arena->end. A snapshot is everything from the heap to heap.top. With
 * AddressSanitizer it is followed by the shadow of those bytes, since which bytes are poisoned is a
 * part of the state as well. */
#include "sim/engine/arena.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if ARENA_SANITIZED
#include <sanitizer/asan_interface.h>
#define RED_ZONE ((size_t)ARENA_ALIGNMENT)
#define POISON(address, size) __asan_poison_memory_region(address, size)
#define UNPOISON(address, size) __asan_unpoison_memory_region(address, size)
#else
#define RED_ZONE ((size_t)0)
#define POISON(address, size) ((void)(address), (void)(size))
#define UNPOISON(address, size) ((void)(address), (void)(size))
#endif

#define SMALL_CLASSES (ARENA_SMALL_MAX / ARENA_ALIGNMENT)
#define SMALL_MAX_LOG 10u
#define POISON_STEP ((size_t)1024 * 1024) /* above the top, poison so much at a time */
#define SHADOW_SCALE 3u                   /* of AddressSanitizer: 8 bytes to a byte of shadow */
#define HEAP_MAGIC 0x3170616548616e41ull

_Static_assert(ARENA_SMALL_MAX == 1u << SMALL_MAX_LOG, "classes go on where the small ones end");
_Static_assert(sizeof(struct arena_free_block) <= ARENA_ALIGNMENT, "a free block holds its link");
_Static_assert(sizeof(struct arena) % ARENA_ALIGNMENT == 0, "the first block is aligned");
_Static_assert(sizeof(struct arena) < ARENA_LIMIT_MIN, "the smallest arena holds something");

/* ---- Classes -------------------------------------------------------------------------------- */

static unsigned log2_floor(size_t number)
{
    return 63u - (unsigned)__builtin_clzll((unsigned long long)number);
}

/* The class whose blocks are the smallest that hold `size` bytes. */
static size_t class_of(size_t size)
{
    if (size <= ARENA_SMALL_MAX) {
        return (size + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT;
    }
    unsigned log = log2_floor(size - 1);
    size_t quarter = (size - 1 - ((size_t)1 << log)) >> (log - 2);
    return SMALL_CLASSES + 1 + (size_t)(log - SMALL_MAX_LOG) * 4 + quarter;
}

static size_t class_bytes(size_t class)
{
    assert(class < ARENA_CLASSES);
    if (class <= SMALL_CLASSES) {
        return class * ARENA_ALIGNMENT;
    }
    size_t beyond = class - SMALL_CLASSES - 1;
    unsigned log = SMALL_MAX_LOG + (unsigned)(beyond / 4);
    return ((size_t)1 << log) + ((beyond % 4 + 1) << (log - 2));
}

/* The largest class whose blocks fit into `bytes`, a multiple of 16 and not 0. */
static size_t class_within(size_t bytes)
{
    size_t class = class_of(bytes);
    return class_bytes(class) > bytes ? class - 1 : class;
}

static size_t rounded(size_t size)
{
    return (size + ARENA_ALIGNMENT - 1) & ~(size_t)(ARENA_ALIGNMENT - 1);
}

/* ---- Free lists ----------------------------------------------------------------------------- */

static unsigned char *first_block(const struct arena *arena)
{
    return (unsigned char *)(uintptr_t)arena + sizeof(struct arena);
}

static void push_free(struct arena *arena, void *block, size_t class)
{
    struct arena_free_block *freed = block;
    UNPOISON(freed, sizeof(*freed));
    freed->next = arena->heap.free[class];
    arena->heap.free[class] = freed;
    POISON(freed, class_bytes(class));
}

static void *pop_free(struct arena *arena, size_t class)
{
    struct arena_free_block *block = arena->heap.free[class];
    if (block != NULL) {
        UNPOISON(block, sizeof(*block));
        arena->heap.free[class] = block->next;
        POISON(block, sizeof(*block));
    }
    return block;
}

/* Make free blocks of a stretch of memory, the largest first. */
static void push_pieces(struct arena *arena, unsigned char *start, size_t bytes)
{
    while (bytes > 0) {
        size_t class = class_within(bytes);
        push_free(arena, start, class);
        start += class_bytes(class);
        bytes -= class_bytes(class);
    }
}

/* With AddressSanitizer: what lies above the top is poisoned piece by piece, because the shadow of
 * the whole region would cost an eighth of it in memory. */
static void poison_ahead(struct arena *arena)
{
#if ARENA_SANITIZED
    while (arena->poisoned_end < arena->end &&
           arena->poisoned_end < arena->heap.top + POISON_STEP / 2) {
        size_t left = (size_t)(arena->end - arena->poisoned_end);
        size_t step = left < POISON_STEP ? left : POISON_STEP;
        POISON(arena->poisoned_end, step);
        arena->poisoned_end += step;
    }
#else
    (void)arena;
#endif
}

/* Take `bytes` from the untouched part of the region. */
static void *take_from_top(struct arena *arena, size_t bytes)
{
    if (bytes > (size_t)(arena->end - arena->heap.top)) {
        return NULL;
    }
    void *block = arena->heap.top;
    arena->heap.top += bytes;
    poison_ahead(arena);
    return block;
}

/* The region is full: cut a block of `class` off the smallest larger one that is free. */
static void *cut_from_larger(struct arena *arena, size_t class)
{
    for (size_t larger = class + 1; larger < ARENA_CLASSES; larger++) {
        unsigned char *block = pop_free(arena, larger);
        if (block != NULL) {
            size_t bytes = class_bytes(class);
            push_pieces(arena, block + bytes, class_bytes(larger) - bytes);
            return block;
        }
    }
    return NULL;
}

/* ---- Allocating ----------------------------------------------------------------------------- */

/* Count a request for memory; false when the hook wants it to fail. */
static bool request(struct arena *arena)
{
    arena->requests++;
    if (!arena->guarded) {
        return true;
    }
    if (arena->fail_countdown > 1) {
        arena->fail_countdown--;
        return true;
    }
    arena->fail_countdown = 0;
    arena->guarded = arena->fail_forever;
    arena->failures++;
    return false;
}

static void count_used(struct arena *arena, size_t size)
{
    arena->heap.used += rounded(size);
    if (arena->heap.used > arena->used_max) {
        arena->used_max = arena->heap.used;
    }
}

static void *take_block(struct arena *arena, size_t size)
{
    if (size > ARENA_LIMIT_MAX - RED_ZONE) {
        return NULL;
    }
    size_t class = class_of(size + RED_ZONE);
    void *block = pop_free(arena, class);
    if (block == NULL) {
        block = take_from_top(arena, class_bytes(class));
    }
    if (block == NULL) {
        block = cut_from_larger(arena, class);
    }
    if (block != NULL) {
        UNPOISON(block, size);
        count_used(arena, size);
    }
    return block;
}

void *arena_allocate_slow(struct arena *arena, size_t size)
{
    assert(size > 0);
    return request(arena) ? take_block(arena, size) : NULL;
}

void arena_release_slow(struct arena *arena, void *block, size_t size)
{
    if (block == NULL) {
        return;
    }
    assert(size > 0);
    assert(arena_contains(arena, block));
    assert(arena->heap.used >= rounded(size));
    push_free(arena, block, class_of(size + RED_ZONE));
    arena->heap.used -= rounded(size);
}

void *arena_allocate_zeroed(struct arena *arena, size_t size)
{
    void *block = arena_allocate(arena, size);
    if (block != NULL) {
        memset(block, 0, size);
    }
    return block;
}

/* ---- Resizing ------------------------------------------------------------------------------- */

/* A block leaves its class for the next free block of the larger one, even when nothing was taken
 * after it and it could grow where it is: growing past free blocks that fit would use up the
 * region. */
static void *grow(struct arena *arena, void *block, size_t old_size, size_t new_size)
{
    if (!request(arena) || new_size > ARENA_LIMIT_MAX - RED_ZONE) {
        return NULL;
    }
    if (class_of(old_size + RED_ZONE) == class_of(new_size + RED_ZONE)) {
        UNPOISON(block, new_size);
        arena->heap.used -= rounded(old_size);
        count_used(arena, new_size);
        return block;
    }
    void *moved = take_block(arena, new_size);
    if (moved != NULL) {
        memcpy(moved, block, old_size);
        arena_release(arena, block, old_size);
    }
    return moved;
}

/* A block must come to the class of its size, or its release would put it into the wrong list. It
 * moves, so that the large block stays whole for the next array that grows; only in a full region
 * is its end cut off. */
static void *shrink(struct arena *arena, void *block, size_t old_size, size_t new_size)
{
    size_t old_class = class_of(old_size + RED_ZONE);
    size_t new_class = class_of(new_size + RED_ZONE);
    if (old_class != new_class) {
        unsigned char *moved = pop_free(arena, new_class);
        if (moved == NULL) {
            moved = take_from_top(arena, class_bytes(new_class));
        }
        if (moved != NULL) {
            UNPOISON(moved, new_size);
            memcpy(moved, block, new_size);
            push_free(arena, block, old_class);
            block = moved;
        } else {
            size_t bytes = class_bytes(new_class);
            push_pieces(arena, (unsigned char *)block + bytes, class_bytes(old_class) - bytes);
        }
    }
    POISON((unsigned char *)block + new_size, class_bytes(new_class) - new_size);
    arena->heap.used -= rounded(old_size);
    count_used(arena, new_size);
    return block;
}

void *arena_reallocate(struct arena *arena, void *block, size_t old_size, size_t new_size)
{
    if (block == NULL) {
        return new_size == 0 ? NULL : arena_allocate(arena, new_size);
    }
    assert(old_size > 0);
    if (new_size == 0) {
        arena_release(arena, block, old_size);
        return NULL;
    }
    if (new_size > old_size) {
        return grow(arena, block, old_size, new_size);
    }
    return new_size < old_size ? shrink(arena, block, old_size, new_size) : block;
}

static void *reallocate(void *context, void *pointer, size_t old_size, size_t new_size)
{
    return arena_reallocate(context, pointer, old_size, new_size);
}

struct director_allocator arena_allocator(struct arena *arena)
{
    return (struct director_allocator){.context = arena, .reallocate = reallocate};
}

/* ---- The region ----------------------------------------------------------------------------- */

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static void make_empty(struct arena *arena)
{
    memset(&arena->heap, 0, sizeof(arena->heap));
    arena->heap.magic = HEAP_MAGIC ^ (uint64_t)(uintptr_t)arena;
    arena->heap.top = first_block(arena);
    poison_ahead(arena);
}

enum arena_status arena_create(size_t limit_bytes, struct arena **arena)
{
    if (limit_bytes < ARENA_LIMIT_MIN || limit_bytes > ARENA_LIMIT_MAX) {
        return ARENA_BAD_LIMIT;
    }
    size_t page = page_bytes();
    size_t bytes = (limit_bytes + page - 1) / page * page;
    void *region = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED) {
        return ARENA_NO_MEMORY;
    }
    struct arena *created = region;
    created->end = (unsigned char *)region + bytes;
    created->poisoned_end = first_block(created);
    make_empty(created);
    *arena = created;
    return ARENA_OK;
}

void arena_destroy(struct arena *arena)
{
    if (arena != NULL) {
        unsigned char *region = (unsigned char *)arena;
        size_t bytes = (size_t)(arena->end - region);
        UNPOISON(region, (size_t)(arena->poisoned_end - region));
        int unmapped = munmap(region, bytes);
        assert(unmapped == 0);
        (void)unmapped;
    }
}

/* Make `start` to `end` zero again. What a run of common size touches is cleared by hand, since
 * giving pages back and faulting them in again costs more; the rest of a large run goes back. */
static void wipe(struct arena *arena, unsigned char *start, unsigned char *end)
{
    UNPOISON(start, (size_t)(end - start));
    unsigned char *kept = (unsigned char *)arena + ARENA_KEEP_BYTES;
    if (end > kept) {
        unsigned char *from = start > kept ? start : kept;
        size_t page = page_bytes();
        from += (page - (uintptr_t)from % page) % page;
        if (from < end && madvise(from, (size_t)(end - from), MADV_DONTNEED) == 0) {
            POISON(from, (size_t)(end - from));
            end = from;
        }
    }
    memset(start, 0, (size_t)(end - start));
    POISON(start, (size_t)(end - start));
}

void arena_reset(struct arena *arena)
{
    wipe(arena, first_block(arena), arena->heap.top);
    make_empty(arena);
    arena->used_max = 0;
    arena->requests = 0;
}

/* ---- Numbers -------------------------------------------------------------------------------- */

size_t arena_used(const struct arena *arena)
{
    return arena->heap.used;
}

size_t arena_used_max(const struct arena *arena)
{
    return arena->used_max;
}

size_t arena_footprint(const struct arena *arena)
{
    return (size_t)(arena->heap.top - first_block(arena));
}

uint64_t arena_requests(const struct arena *arena)
{
    return arena->requests;
}

bool arena_contains(const struct arena *arena, const void *address)
{
    const unsigned char *byte = address;
    return byte >= first_block(arena) && byte < arena->heap.top;
}

void arena_fail_at(struct arena *arena, uint64_t n, bool forever)
{
    arena->fail_countdown = n;
    arena->fail_forever = forever;
    arena->failures = 0;
    arena->guarded = n > 0;
}

uint64_t arena_failures(const struct arena *arena)
{
    return arena->failures;
}

/* ---- Snapshots ------------------------------------------------------------------------------ */

#if ARENA_SANITIZED
/* Copy what AddressSanitizer must not look at: poisoned bytes, and its own shadow. The empty
 * statement keeps the compiler from making a call of memcpy of it, which is checked. */
__attribute__((no_sanitize("address"), noinline)) static void copy_unchecked(
    unsigned char *to, const unsigned char *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        to[i] = from[i];
        __asm__ volatile("" ::: "memory");
    }
}

static unsigned char *shadow_of(const void *address)
{
    size_t scale;
    size_t offset;
    __asan_get_shadow_mapping(&scale, &offset);
    assert(scale == SHADOW_SCALE);
    return (unsigned char *)(((uintptr_t)address >> scale) + offset);
}

static size_t shadow_bytes(size_t bytes)
{
    return bytes >> SHADOW_SCALE;
}
#else
static void copy_unchecked(unsigned char *to, const unsigned char *from, size_t bytes)
{
    memcpy(to, from, bytes);
}
#endif

static size_t heap_bytes(const struct arena *arena)
{
    return (size_t)(arena->heap.top - (const unsigned char *)&arena->heap);
}

size_t arena_snapshot_size(const struct arena *arena)
{
    size_t bytes = heap_bytes(arena);
#if ARENA_SANITIZED
    bytes += shadow_bytes(bytes);
#endif
    return bytes;
}

void arena_snapshot_save(const struct arena *arena, void *snapshot)
{
    size_t bytes = heap_bytes(arena);
    copy_unchecked(snapshot, (const unsigned char *)&arena->heap, bytes);
#if ARENA_SANITIZED
    copy_unchecked((unsigned char *)snapshot + bytes, shadow_of(&arena->heap), shadow_bytes(bytes));
#endif
}

enum arena_status arena_snapshot_restore(struct arena *arena, const void *snapshot)
{
    struct arena_heap saved;
    memcpy(&saved, snapshot, sizeof(saved));
    if (saved.magic != arena->heap.magic || saved.top < first_block(arena) ||
        saved.top > arena->end) {
        return ARENA_BAD_SNAPSHOT;
    }
    if (arena->heap.top > saved.top) {
        wipe(arena, saved.top, arena->heap.top);
    }
    size_t bytes = (size_t)(saved.top - (unsigned char *)&arena->heap);
    copy_unchecked((unsigned char *)&arena->heap, snapshot, bytes);
#if ARENA_SANITIZED
    copy_unchecked(shadow_of(&arena->heap), (const unsigned char *)snapshot + bytes,
                   shadow_bytes(bytes));
#endif
    poison_ahead(arena);
    if (arena->heap.used > arena->used_max) {
        arena->used_max = arena->heap.used;
    }
    return ARENA_OK;
}
