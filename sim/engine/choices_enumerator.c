/* choices_enumerator.c: all paths of choices, one after the other, as an odometer goes through all
 * numbers: each run answers from the path and adds zeros where it ends; then the last choice that
 * has another value left takes it, and what came behind it is forgotten. */
#include "sim/engine/choices_private.h"

#define CAPACITY_MIN 64u

struct point {
    struct choice_key key;
    uint64_t n; /* 0: a fixed value that no run has come to yet */
    uint64_t branch;
    uint64_t value;
};

struct choices_enumerator {
    struct director_allocator allocator;
    uint32_t width_max;
    uint32_t depth_max;
    struct point *points;
    size_t capacity;
    size_t fixed;    /* the first so many never change */
    size_t length;   /* points of the path that are known */
    size_t position; /* the next one to be answered */
    size_t shared;
    uint64_t beyond_depth;
    bool narrowed;
    bool diverged;
    size_t diverged_at;
};

enum choices_status choices_enumerator_create(const struct choices_enumerator_config *config,
                                              struct choices_enumerator **enumerator)
{
    assert(config->width_max != 1);
    struct director_allocator allocator = config->allocator;
    struct choices_enumerator *created =
        allocator.reallocate(allocator.context, NULL, 0, sizeof(*created));
    if (created == NULL) {
        return CHOICES_NO_MEMORY;
    }
    *created = (struct choices_enumerator){
        .allocator = allocator, .width_max = config->width_max, .depth_max = config->depth_max};
    *enumerator = created;
    return CHOICES_OK;
}

void choices_enumerator_destroy(struct choices_enumerator *enumerator)
{
    if (enumerator != NULL) {
        struct director_allocator allocator = enumerator->allocator;
        if (enumerator->points != NULL) {
            allocator.reallocate(allocator.context, enumerator->points,
                                 enumerator->capacity * sizeof(struct point), 0);
        }
        allocator.reallocate(allocator.context, enumerator, sizeof(*enumerator), 0);
    }
}

static bool reserve(struct choices_enumerator *enumerator, size_t wanted)
{
    if (wanted <= enumerator->capacity) {
        return true;
    }
    size_t capacity = enumerator->capacity < CAPACITY_MIN ? CAPACITY_MIN : enumerator->capacity * 2;
    if (capacity < wanted) {
        capacity = wanted;
    }
    if (capacity > SIZE_MAX / sizeof(struct point)) {
        return false;
    }
    void *points = enumerator->allocator.reallocate(
        enumerator->allocator.context, enumerator->points,
        enumerator->capacity * sizeof(struct point), capacity * sizeof(struct point));
    if (points == NULL) {
        return false;
    }
    enumerator->points = points;
    enumerator->capacity = capacity;
    return true;
}

enum choices_status choices_enumerator_begin(struct choices_enumerator *enumerator,
                                             const uint64_t *values, size_t count)
{
    if (!reserve(enumerator, count)) {
        return CHOICES_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        enumerator->points[i] = (struct point){.value = values[i]};
    }
    enumerator->fixed = count;
    enumerator->length = count;
    enumerator->position = 0;
    enumerator->shared = 0;
    enumerator->beyond_depth = 0;
    enumerator->narrowed = false;
    enumerator->diverged = false;
    return CHOICES_OK;
}

/* How many values of `n` are tried. */
static uint64_t width_of(const struct choices_enumerator *enumerator, uint64_t n)
{
    return enumerator->width_max == 0 || n < enumerator->width_max ? n : enumerator->width_max;
}

/* The value of a branch: the first is 0, the last n - 1, the others evenly between. */
static uint64_t value_of(const struct choices_enumerator *enumerator, uint64_t n, uint64_t branch)
{
    uint64_t last = width_of(enumerator, n) - 1;
    if (last == n - 1) {
        return branch;
    }
    uint64_t whole = (n - 1) / last;
    uint64_t rest = (n - 1) % last;
    return whole * branch + rest * branch / last;
}

static void diverge(struct choices_enumerator *enumerator)
{
    if (!enumerator->diverged) {
        enumerator->diverged = true;
        enumerator->diverged_at = enumerator->position;
    }
}

/* Answer from a point that is known. */
static uint64_t replay(struct choices_enumerator *enumerator, const struct choice_key *key,
                       uint64_t n)
{
    struct point *point = &enumerator->points[enumerator->position];
    if (point->n == 0) {
        point->key = *key;
        point->n = n;
    }
    if (point->n != n || !choice_key_equal(&point->key, key) || point->value >= n) {
        diverge(enumerator);
    }
    enumerator->position++;
    return point->value < n ? point->value : 0;
}

enum choices_status choices_enumerator_ask(struct choices_enumerator *enumerator,
                                           const struct choice_key *key, uint64_t n,
                                           uint64_t *value)
{
    *value = 0;
    if (enumerator->position < enumerator->length) {
        *value = replay(enumerator, key, n);
        return CHOICES_OK;
    }
    if (enumerator->depth_max != 0 && enumerator->position >= enumerator->depth_max) {
        enumerator->beyond_depth++;
        return CHOICES_OK;
    }
    if (!reserve(enumerator, enumerator->length + 1)) {
        return CHOICES_NO_MEMORY;
    }
    enumerator->points[enumerator->length] = (struct point){.key = *key, .n = n};
    enumerator->length++;
    enumerator->position++;
    enumerator->narrowed |= width_of(enumerator, n) < n;
    return CHOICES_OK;
}

bool choices_enumerator_next(struct choices_enumerator *enumerator)
{
    enumerator->length = enumerator->position;
    while (enumerator->length > enumerator->fixed) {
        struct point *last = &enumerator->points[enumerator->length - 1];
        if (last->branch + 1 < width_of(enumerator, last->n)) {
            last->branch++;
            last->value = value_of(enumerator, last->n, last->branch);
            enumerator->shared = enumerator->length - 1;
            enumerator->position = 0;
            enumerator->beyond_depth = 0;
            enumerator->diverged = false;
            return true;
        }
        enumerator->length--;
    }
    return false;
}

size_t choices_enumerator_position(const struct choices_enumerator *enumerator)
{
    return enumerator->position;
}

void choices_enumerator_seek(struct choices_enumerator *enumerator, size_t position)
{
    assert(position <= enumerator->length);
    enumerator->position = position;
}

size_t choices_enumerator_shared(const struct choices_enumerator *enumerator)
{
    return enumerator->shared;
}

uint64_t choices_enumerator_beyond_depth(const struct choices_enumerator *enumerator)
{
    return enumerator->beyond_depth;
}

bool choices_enumerator_narrowed(const struct choices_enumerator *enumerator)
{
    return enumerator->narrowed;
}

bool choices_enumerator_diverged(const struct choices_enumerator *enumerator, size_t *position)
{
    if (enumerator->diverged && position != NULL) {
        *position = enumerator->diverged_at;
    }
    return enumerator->diverged;
}
