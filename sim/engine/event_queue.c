/* event_queue.c: a radix heap with 64 buckets to a digit.
 *
 * Times are read as numbers of 6-bit digits. An event waits at the level of the highest digit in
 * which its time differs from `now`, in the bucket of that digit's value; all events of level 0 in
 * one bucket are due at one time. As now only moves forward, events only move to lower levels, at
 * most once for each level. Buckets are first-in, first-out, and moving a bucket keeps its order,
 * so events of one time stay in the order of their sequence all the way; that is why there are no
 * keys to compare.
 *
 * What is walked when a bucket moves (time and link, 16 bytes) is kept apart from the rest, which
 * is touched only at push and pop: with many events pending the cache decides the speed. */
#include "sim/engine/event_queue.h"

#include <assert.h>

#define DIGIT_BITS 6u
#define BUCKETS 64u /* of a level */
#define LEVELS_MAX 11u
#define CAPACITY_MIN 16u
#define FEW_EVENTS 32u /* that are sorted by insertion */

_Static_assert(LEVELS_MAX *DIGIT_BITS >= 64, "every 64-bit time has a level");
_Static_assert(1u << DIGIT_BITS == BUCKETS, "a digit's value is a bucket");

struct link {
    uint64_t time;
    uint32_t next; /* in its bucket, unless it is the last one; or in the list of free places */
    uint32_t reserved;
};

struct payload {
    uint64_t sequence;
    uint64_t word;
    void *subject;
    uint32_t kind;
    uint32_t target;
};

struct bucket {
    uint64_t earliest;
    uint32_t first;
    uint32_t last;
};

struct event_queue {
    struct director_allocator allocator;
    uint64_t now;
    uint64_t sequence;                /* the last one given */
    uint32_t count;                   /* pending */
    uint32_t places;                  /* used at least once */
    uint32_t free_place;              /* the first of places - count */
    uint32_t levels_filled;           /* bit l: level l has events */
    uint64_t filled[LEVELS_MAX];      /* bit b: bucket b of the level has events */
    struct link *links;               /* links_capacity */
    struct payload *payloads;         /* payloads_capacity */
    struct bucket (*levels)[BUCKETS]; /* levels_capacity */
    uint32_t links_capacity;
    uint32_t payloads_capacity;
    uint32_t levels_capacity;
};

/* ---- Memory --------------------------------------------------------------------------------- */

/* Give `*array` of `*capacity` elements room for `wanted`. False: nothing has changed. */
static bool grow(const struct director_allocator *allocator, void **array, uint32_t *capacity,
                 uint32_t wanted, size_t element_bytes)
{
    if (*capacity >= wanted) {
        return true;
    }
    void *grown = allocator->reallocate(allocator->context, *array, *capacity * element_bytes,
                                        wanted * element_bytes);
    if (grown == NULL) {
        return false;
    }
    *array = grown;
    *capacity = wanted;
    return true;
}

static uint32_t places_capacity(const struct event_queue *queue)
{
    return queue->links_capacity < queue->payloads_capacity ? queue->links_capacity
                                                            : queue->payloads_capacity;
}

/* Doubles at least, so that growing one by one costs little. */
static bool grow_places(struct event_queue *queue, uint32_t wanted)
{
    uint32_t capacity = places_capacity(queue);
    if (wanted > capacity && wanted < capacity * 2) {
        wanted = capacity * 2;
    }
    void *links = queue->links;
    void *payloads = queue->payloads;
    bool grown =
        grow(&queue->allocator, &links, &queue->links_capacity, wanted, sizeof(*queue->links)) &&
        grow(&queue->allocator, &payloads, &queue->payloads_capacity, wanted,
             sizeof(*queue->payloads));
    queue->links = links;
    queue->payloads = payloads;
    return grown;
}

static bool grow_levels(struct event_queue *queue, uint32_t wanted)
{
    void *levels = queue->levels;
    bool grown =
        grow(&queue->allocator, &levels, &queue->levels_capacity, wanted, sizeof(*queue->levels));
    queue->levels = levels;
    return grown;
}

enum event_queue_status event_queue_create(struct director_allocator allocator,
                                           struct event_queue **queue)
{
    struct event_queue *created =
        allocator.reallocate(allocator.context, NULL, 0, sizeof(*created));
    if (created == NULL) {
        return EVENT_QUEUE_NO_MEMORY;
    }
    *created = (struct event_queue){.allocator = allocator};
    if (!grow_places(created, CAPACITY_MIN) || !grow_levels(created, 1)) {
        event_queue_destroy(created);
        return EVENT_QUEUE_NO_MEMORY;
    }
    *queue = created;
    return EVENT_QUEUE_OK;
}

static void release(const struct director_allocator *allocator, void *array, size_t bytes)
{
    if (array != NULL) {
        allocator->reallocate(allocator->context, array, bytes, 0);
    }
}

void event_queue_destroy(struct event_queue *queue)
{
    if (queue != NULL) {
        struct director_allocator allocator = queue->allocator;
        release(&allocator, queue->links, queue->links_capacity * sizeof(*queue->links));
        release(&allocator, queue->payloads, queue->payloads_capacity * sizeof(*queue->payloads));
        release(&allocator, queue->levels, queue->levels_capacity * sizeof(*queue->levels));
        release(&allocator, queue, sizeof(*queue));
    }
}

enum event_queue_status event_queue_reserve(struct event_queue *queue, size_t count)
{
    if (count > EVENT_QUEUE_PENDING_MAX - queue->count) {
        return EVENT_QUEUE_NO_MEMORY;
    }
    bool grown =
        grow_levels(queue, LEVELS_MAX) && grow_places(queue, queue->count + (uint32_t)count);
    return grown ? EVENT_QUEUE_OK : EVENT_QUEUE_NO_MEMORY;
}

/* Room for one more event, at `level`. */
static __attribute__((noinline)) bool make_room(struct event_queue *queue, uint32_t level)
{
    return queue->count < EVENT_QUEUE_PENDING_MAX && grow_levels(queue, level + 1) &&
           grow_places(queue, queue->count + 1);
}

/* ---- Buckets -------------------------------------------------------------------------------- */

static uint32_t level_of(const struct event_queue *queue, uint64_t time)
{
    return (63u - (uint32_t)__builtin_clzll((time ^ queue->now) | 1)) / DIGIT_BITS;
}

static inline void append(struct event_queue *queue, uint32_t place, uint64_t time, uint32_t level)
{
    uint32_t digit = (uint32_t)(time >> (level * DIGIT_BITS)) & (BUCKETS - 1);
    struct bucket *bucket = &queue->levels[level][digit];
    if ((queue->filled[level] >> digit & 1) != 0) {
        queue->links[bucket->last].next = place;
        if (time < bucket->earliest) {
            bucket->earliest = time;
        }
    } else {
        bucket->earliest = time;
        bucket->first = place;
        queue->filled[level] |= 1ull << digit;
        queue->levels_filled |= 1u << level;
    }
    bucket->last = place;
}

/* The bucket with the first event, which is not empty. */
static struct bucket *head_bucket(const struct event_queue *queue, uint32_t *level)
{
    *level = (uint32_t)__builtin_ctz(queue->levels_filled);
    return &queue->levels[*level][__builtin_ctzll(queue->filled[*level])];
}

/* The head bucket, at `level`, has no events any more. */
static void empty_head(struct event_queue *queue, uint32_t level)
{
    queue->filled[level] &= queue->filled[level] - 1;
    if (queue->filled[level] == 0) {
        queue->levels_filled &= ~(1u << level);
    }
}

/* Move time to that of the first event, and all events of its bucket, at `level`, further down. */
static void settle(struct event_queue *queue, struct bucket *head, uint32_t level)
{
    uint32_t place = head->first;
    uint32_t last = head->last;
    queue->now = head->earliest;
    empty_head(queue, level);
    for (;;) {
        struct link link = queue->links[place];
        uint32_t lower = level_of(queue, link.time);
        assert(lower < level);
        if (lower == 0) {
            /* It will be popped soon. */
            __builtin_prefetch(&queue->payloads[place]);
        }
        append(queue, place, link.time, lower);
        if (place == last) {
            return;
        }
        place = link.next;
    }
}

static struct engine_event event_at(const struct event_queue *queue, uint32_t place)
{
    const struct payload *payload = &queue->payloads[place];
    return (struct engine_event){.time = queue->links[place].time,
                                 .sequence = payload->sequence,
                                 .kind = payload->kind,
                                 .target = payload->target,
                                 .subject = payload->subject,
                                 .word = payload->word};
}

/* Copy the event out, make its time now, and its place free. */
static void take(struct event_queue *queue, uint32_t place, struct engine_event *event)
{
    *event = event_at(queue, place);
    queue->now = event->time;
    queue->links[place].next = queue->free_place;
    queue->free_place = place;
    queue->count--;
}

/* ---- Pushing and popping -------------------------------------------------------------------- */

enum event_queue_status event_queue_push(struct event_queue *queue,
                                         const struct engine_event *event, uint64_t *sequence)
{
    assert(event->time >= queue->now);
    uint32_t level = level_of(queue, event->time);
    bool fresh = queue->count == queue->places;
    if ((fresh || level >= queue->levels_capacity) && !make_room(queue, level)) {
        return EVENT_QUEUE_NO_MEMORY;
    }
    uint32_t place = queue->free_place;
    if (fresh) {
        place = queue->places++;
    } else {
        queue->free_place = queue->links[place].next;
    }
    queue->count++;
    queue->links[place].time = event->time;
    queue->payloads[place] = (struct payload){.sequence = ++queue->sequence,
                                              .word = event->word,
                                              .subject = event->subject,
                                              .kind = event->kind,
                                              .target = event->target};
    append(queue, place, event->time, level);
    if (sequence != NULL) {
        *sequence = queue->sequence;
    }
    return EVENT_QUEUE_OK;
}

bool event_queue_pop(struct event_queue *queue, struct engine_event *event)
{
    if (queue->count == 0) {
        return false;
    }
    uint32_t level;
    struct bucket *head = head_bucket(queue, &level);
    if (level > 0 && head->first != head->last) {
        settle(queue, head, level);
        head = head_bucket(queue, &level);
        assert(level == 0);
    }
    uint32_t place = head->first;
    if (place == head->last) {
        empty_head(queue, level);
    } else {
        head->first = queue->links[place].next;
    }
    take(queue, place, event);
    return true;
}

bool event_queue_peek(const struct event_queue *queue, struct engine_event *event)
{
    if (queue->count == 0) {
        return false;
    }
    uint32_t level;
    const struct bucket *head = head_bucket(queue, &level);
    uint32_t place = head->first;
    while (queue->links[place].time != head->earliest) {
        place = queue->links[place].next;
    }
    *event = event_at(queue, place);
    return true;
}

static bool first_but_in(const struct event_queue *queue, const struct bucket *bucket,
                         uint32_t kind, uint64_t *time)
{
    bool found = false;
    for (uint32_t place = bucket->first;; place = queue->links[place].next) {
        uint64_t due = queue->links[place].time;
        if (queue->payloads[place].kind != kind && (!found || due < *time)) {
            found = true;
            *time = due;
        }
        if (place == bucket->last) {
            return found;
        }
    }
}

bool event_queue_first_but(const struct event_queue *queue, uint32_t kind, uint64_t *time)
{
    for (uint32_t levels = queue->levels_filled; levels != 0; levels &= levels - 1) {
        uint32_t level = (uint32_t)__builtin_ctz(levels);
        for (uint64_t left = queue->filled[level]; left != 0; left &= left - 1) {
            if (first_but_in(queue, &queue->levels[level][__builtin_ctzll(left)], kind, time)) {
                return true;
            }
        }
    }
    return false;
}

uint64_t event_queue_now(const struct event_queue *queue)
{
    return queue->now;
}

size_t event_queue_count(const struct event_queue *queue)
{
    return queue->count;
}

/* ---- Choosing among events of one time ------------------------------------------------------ */

size_t event_queue_count_at_head(const struct event_queue *queue)
{
    if (queue->count == 0) {
        return 0;
    }
    uint32_t level;
    const struct bucket *head = head_bucket(queue, &level);
    size_t count = 0;
    for (uint32_t place = head->first;; place = queue->links[place].next) {
        count += queue->links[place].time == head->earliest;
        if (place == head->last) {
            return count;
        }
    }
}

void event_queue_list_head(const struct event_queue *queue, struct engine_event *events,
                           size_t count)
{
    if (queue->count == 0) {
        return;
    }
    uint32_t level;
    const struct bucket *head = head_bucket(queue, &level);
    size_t listed = 0;
    for (uint32_t place = head->first; listed < count; place = queue->links[place].next) {
        if (queue->links[place].time == head->earliest) {
            events[listed++] = event_at(queue, place);
        }
        if (place == head->last) {
            return;
        }
    }
}

bool event_queue_pop_nth(struct event_queue *queue, size_t n, struct engine_event *event)
{
    if (n == 0) {
        return event_queue_pop(queue, event);
    }
    if (n >= event_queue_count_at_head(queue)) {
        return false;
    }
    uint32_t level;
    struct bucket *head = head_bucket(queue, &level);
    if (level > 0) {
        settle(queue, head, level);
        head = head_bucket(queue, &level);
        assert(level == 0);
    }
    uint32_t before = head->first;
    for (size_t i = 1; i < n; i++) {
        before = queue->links[before].next;
    }
    uint32_t place = queue->links[before].next;
    queue->links[before].next = queue->links[place].next;
    if (place == head->last) {
        head->last = before;
    }
    take(queue, place, event);
    return true;
}

/* ---- Listing -------------------------------------------------------------------------------- */

static bool is_before(const struct engine_event *a, const struct engine_event *b)
{
    return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

/* Let the event at `i` sink in the max-heap of `count`. */
static void sift_down(struct engine_event *events, size_t i, size_t count)
{
    struct engine_event sinking = events[i];
    while (2 * i + 1 < count) {
        size_t child = 2 * i + 1;
        if (child + 1 < count && is_before(&events[child], &events[child + 1])) {
            child++;
        }
        if (!is_before(&sinking, &events[child])) {
            break;
        }
        events[i] = events[child];
        i = child;
    }
    events[i] = sinking;
}

static void insert_each(struct engine_event *events, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct engine_event moving = events[i];
        size_t at = i;
        while (at > 0 && is_before(&moving, &events[at - 1])) {
            events[at] = events[at - 1];
            at--;
        }
        events[at] = moving;
    }
}

/* In place, since qsort of the C library may allocate. Few events are in order nearly. */
static void sort(struct engine_event *events, size_t count)
{
    if (count <= FEW_EVENTS) {
        insert_each(events, count);
        return;
    }
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(events, i, count);
    }
    for (size_t end = count; end > 1; end--) {
        struct engine_event greatest = events[0];
        events[0] = events[end - 1];
        events[end - 1] = greatest;
        sift_down(events, 0, end - 1);
    }
}

static size_t list_bucket(const struct event_queue *queue, const struct bucket *bucket,
                          struct engine_event *events)
{
    size_t count = 0;
    for (uint32_t place = bucket->first;; place = queue->links[place].next) {
        events[count++] = event_at(queue, place);
        if (place == bucket->last) {
            return count;
        }
    }
}

void event_queue_list(const struct event_queue *queue, struct engine_event *events)
{
    size_t count = 0;
    for (uint32_t level = 0; level < queue->levels_capacity; level++) {
        for (uint64_t left = queue->filled[level]; left != 0; left &= left - 1) {
            count +=
                list_bucket(queue, &queue->levels[level][__builtin_ctzll(left)], events + count);
        }
    }
    assert(count == queue->count);
    sort(events, count);
}
