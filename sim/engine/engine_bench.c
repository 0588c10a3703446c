/* engine_bench.c: how fast the parts of the engine are, in one run, beside what one would write
 * first: a textbook binary heap, malloc. Every number is the best of a few rounds, since the
 * machine is shared; compare numbers of one run only. */
#include "sim/engine/arena.h"
#include "sim/engine/choices.h"
#include "sim/engine/event_queue.h"
#include "sim/engine/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 3
#define OPERATIONS 1000000u
#define PENDING_MAX 100000u
#define LIVE_BLOCKS 1024u
#define SNAPSHOT_BYTES 100000u
#define ARENA_BYTES ((size_t)1 << 30)

/* Whatever is computed is added here, so that no loop is left out by the compiler. */
static uint64_t sink;

/* Of this process alone: others may use the machine too. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint64_t next_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void must(bool held)
{
    if (!held) {
        fputs("engine_bench: out of memory\n", stderr);
        exit(3);
    }
}

/* The nanoseconds that one operation takes: the best of all rounds. */
static double measure(void (*loop)(void *context), void *context, uint64_t operations)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = seconds_now();
        loop(context);
        double elapsed = (seconds_now() - begin) * 1e9 / (double)operations;
        if (round == 0 || elapsed < best) {
            best = elapsed;
        }
    }
    return best;
}

static void report(const char *what, double ns)
{
    printf("  %-44s %8.1f ns %10.2f M/s\n", what, ns, 1e3 / ns);
}

/* ---- Events --------------------------------------------------------------------------------- */

/* A bare binary heap of times, ties by sequence, as in any textbook: the measure of the queue. */
struct heap_entry {
    uint64_t time;
    uint64_t sequence;
};

struct heap {
    struct heap_entry *entries;
    size_t count;
    uint64_t sequence;
};

static bool entry_before(const struct heap_entry *a, const struct heap_entry *b)
{
    return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

static void heap_push(struct heap *heap, uint64_t time)
{
    struct heap_entry entry = {.time = time, .sequence = ++heap->sequence};
    size_t i = heap->count++;
    while (i > 0 && entry_before(&entry, &heap->entries[(i - 1) / 2])) {
        heap->entries[i] = heap->entries[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->entries[i] = entry;
}

static uint64_t heap_pop(struct heap *heap)
{
    uint64_t time = heap->entries[0].time;
    struct heap_entry last = heap->entries[--heap->count];
    size_t i = 0;
    while (2 * i + 1 < heap->count) {
        size_t child = 2 * i + 1;
        if (child + 1 < heap->count &&
            entry_before(&heap->entries[child + 1], &heap->entries[child])) {
            child++;
        }
        if (!entry_before(&heap->entries[child], &last)) {
            break;
        }
        heap->entries[i] = heap->entries[child];
        i = child;
    }
    heap->entries[i] = last;
    return time;
}

struct hold {
    struct heap heap;
    struct event_queue *queue;
    uint64_t random;
    bool latency_free; /* three of four events are due at once */
};

/* Up to 2^17 microseconds later, about 0.1 s. */
static uint64_t later(struct hold *hold)
{
    uint64_t number = next_number(&hold->random);
    return hold->latency_free && (number & 3) != 0 ? 0 : number >> 47;
}

static void hold_heap(void *context)
{
    struct hold *hold = context;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        uint64_t time = heap_pop(&hold->heap);
        sink += time;
        heap_push(&hold->heap, time + later(hold));
    }
}

static void hold_queue(void *context)
{
    struct hold *hold = context;
    struct engine_event event;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        must(event_queue_pop(hold->queue, &event));
        sink += event.time;
        event.time += later(hold);
        must(event_queue_push(hold->queue, &event, NULL) == EVENT_QUEUE_OK);
    }
}

static void bench_pending(struct arena *arena, size_t pending, bool latency_free)
{
    struct hold hold = {.random = 88172645463325252ull, .latency_free = latency_free};
    arena_reset(arena);
    hold.heap.entries = calloc(pending + 1, sizeof(*hold.heap.entries));
    must(hold.heap.entries != NULL);
    must(event_queue_create(arena_allocator(arena), &hold.queue) == EVENT_QUEUE_OK);
    for (size_t i = 0; i < pending; i++) {
        struct engine_event event = {.time = next_number(&hold.random) >> 47};
        heap_push(&hold.heap, event.time);
        must(event_queue_push(hold.queue, &event, NULL) == EVENT_QUEUE_OK);
    }
    double heap_ns = measure(hold_heap, &hold, OPERATIONS);
    double queue_ns = measure(hold_queue, &hold, OPERATIONS);
    printf("  %7zu pending%-20s %8.1f ns %8.2f M/s %8.1f ns %8.2f M/s\n", pending,
           latency_free ? ", 3 of 4 at once" : "", heap_ns, 1e3 / heap_ns, queue_ns,
           1e3 / queue_ns);
    event_queue_destroy(hold.queue);
    free(hold.heap.entries);
}

static void bench_events(struct arena *arena)
{
    static const size_t pending[] = {10, 100, 1000, 10000, PENDING_MAX};
    puts("Events: take the first, put it back later          bare binary heap      "
         "event_queue");
    for (size_t i = 0; i < sizeof(pending) / sizeof(pending[0]); i++) {
        bench_pending(arena, pending[i], false);
    }
    for (size_t i = 0; i < sizeof(pending) / sizeof(pending[0]); i++) {
        bench_pending(arena, pending[i], true);
    }
}

/* ---- Choices -------------------------------------------------------------------------------- */

static uint32_t two_steps(const void *context, uint32_t plan)
{
    (void)context;
    (void)plan;
    return 2;
}

static const char *any_plan(const void *context, uint32_t plan)
{
    (void)context;
    return plan == 0 ? "import" : "export";
}

static const char *any_step(const void *context, uint32_t plan, uint32_t step)
{
    (void)context;
    (void)plan;
    return step == 0 ? "fetch" : "check";
}

#define LISTED 1000u

struct draws {
    struct arena *arena;
    const struct choice_names *names;
    struct choices *choices;
    struct choices_enumerator *enumerator;
};

static struct choices *new_choices(struct arena *arena, const struct choice_names *names,
                                   bool record)
{
    struct choices_config config = {
        .allocator = arena_allocator(arena), .names = names, .seed = 7, .record = record};
    struct choices *choices;
    must(choices_create(&config, &choices) == CHOICES_OK);
    return choices;
}

static void draw(void *context)
{
    struct draws *draws = context;
    struct choice_site site = {.kind = CHOICE_OUTCOME};
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        site.plan = i & 1;
        site.step = i >> 1 & 1;
        site.ordinal = i % LISTED;
        sink += choices_draw(draws->choices, &site, 100);
    }
}

/* Draws on paths of 10, with the steps from path to path. */
static void draw_paths(void *context)
{
    struct draws *draws = context;
    struct choice_site site = {.kind = CHOICE_OUTCOME};
    must(choices_enumerator_begin(draws->enumerator, NULL, 0) == CHOICES_OK);
    for (uint64_t i = 0; i < OPERATIONS; i += 10) {
        for (site.ordinal = 0; site.ordinal < 10; site.ordinal++) {
            sink += choices_draw(draws->choices, &site, 4);
        }
        must(choices_enumerator_next(draws->enumerator));
    }
}

/* A run makes a few hundred choices: so long is a recording here. */
static void draw_recorded(void *context)
{
    struct draws *draws = context;
    struct choice_site site = {.kind = CHOICE_OUTCOME};
    for (uint64_t i = 0; i < OPERATIONS; i += LISTED) {
        struct choices *choices = new_choices(draws->arena, draws->names, true);
        for (site.ordinal = 0; site.ordinal < LISTED; site.ordinal++) {
            sink += choices_draw(choices, &site, 100);
        }
        choices_destroy(choices);
    }
}

static void use_a_list(struct choices *choices, const struct choice_names *names)
{
    static char texts[LISTED][64];
    static struct choices_entry entries[LISTED];
    for (uint64_t i = 0; i < LISTED; i++) {
        struct choice_site site = {
            .kind = CHOICE_OUTCOME, .plan = i & 1, .step = i >> 1 & 1, .ordinal = i};
        choice_site_format(names, &site, texts[i], sizeof(texts[i]));
        entries[i] = (struct choices_entry){.site = texts[i], .value = i % 100};
    }
    must(choices_use_list(choices, entries, LISTED, NULL) == CHOICES_OK);
}

static void bench_choices(struct arena *arena)
{
    static unsigned char bytes[OPERATIONS * ROUNDS];
    arena_reset(arena);
    struct choice_naming naming = {
        .plan_count = 2, .step_count = two_steps, .plan_name = any_plan, .step_name = any_step};
    struct choices_enumerator_config limits = {.allocator = arena_allocator(arena)};
    struct choice_names *names;
    struct draws draws = {.arena = arena};
    must(choice_names_create(arena_allocator(arena), &naming, &names) == CHOICES_OK);
    must(choices_enumerator_create(&limits, &draws.enumerator) == CHOICES_OK);
    draws.names = names;
    puts("Choices: one draw");
    draws.choices = new_choices(arena, names, false);
    report("from the seed", measure(draw, &draws, OPERATIONS));
    choices_use_bytes(draws.choices, bytes, sizeof(bytes));
    report("from a fuzzer's bytes", measure(draw, &draws, OPERATIONS));
    use_a_list(draws.choices, names);
    report("from a list of 1,000", measure(draw, &draws, OPERATIONS));
    choices_use_enumerator(draws.choices, draws.enumerator);
    report("from the enumerator, paths of 10", measure(draw_paths, &draws, OPERATIONS));
    report("from the seed, recorded", measure(draw_recorded, &draws, OPERATIONS));
    choices_destroy(draws.choices);
    choices_enumerator_destroy(draws.enumerator);
    choice_names_destroy(names);
}

/* ---- Memory --------------------------------------------------------------------------------- */

struct memory {
    struct arena *arena;
    void *blocks[LIVE_BLOCKS];
    size_t sizes[LIVE_BLOCKS];
    unsigned char *snapshot;
};

static void arena_pairs(void *context)
{
    struct memory *memory = context;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        void **block = &memory->blocks[i % 8];
        arena_release(memory->arena, *block, 64);
        *block = arena_allocate(memory->arena, 64);
        must(*block != NULL);
    }
}

static void malloc_pairs(void *context)
{
    struct memory *memory = context;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        void **block = &memory->blocks[i % 8];
        free(*block);
        *block = malloc(64);
        must(*block != NULL);
    }
}

static size_t random_size(uint64_t number)
{
    return 16 + (number >> 20) % 496;
}

static void arena_mix(void *context)
{
    struct memory *memory = context;
    uint64_t random = 88172645463325252ull;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        uint64_t number = next_number(&random);
        size_t place = number % LIVE_BLOCKS;
        arena_release(memory->arena, memory->blocks[place], memory->sizes[place]);
        memory->sizes[place] = random_size(number);
        memory->blocks[place] = arena_allocate(memory->arena, memory->sizes[place]);
        must(memory->blocks[place] != NULL);
    }
}

static void malloc_mix(void *context)
{
    struct memory *memory = context;
    uint64_t random = 88172645463325252ull;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        uint64_t number = next_number(&random);
        size_t place = number % LIVE_BLOCKS;
        free(memory->blocks[place]);
        memory->blocks[place] = malloc(random_size(number));
        must(memory->blocks[place] != NULL);
    }
}

#define CYCLES 2000u

static void fill(struct memory *memory)
{
    for (size_t taken = 0; taken < SNAPSHOT_BYTES; taken += 1000) {
        uint64_t *block = arena_allocate(memory->arena, 1000);
        must(block != NULL);
        *block = taken;
    }
}

static void resets(void *context)
{
    struct memory *memory = context;
    for (unsigned i = 0; i < CYCLES; i++) {
        arena_reset(memory->arena);
        fill(memory);
    }
}

static void saves(void *context)
{
    struct memory *memory = context;
    for (unsigned i = 0; i < CYCLES; i++) {
        arena_snapshot_save(memory->arena, memory->snapshot);
        sink += memory->snapshot[100];
    }
}

static void restores(void *context)
{
    struct memory *memory = context;
    for (unsigned i = 0; i < CYCLES; i++) {
        must(arena_snapshot_restore(memory->arena, memory->snapshot) == ARENA_OK);
    }
}

static void bench_memory(struct arena *arena)
{
    static struct memory with_arena;
    static struct memory with_malloc;
    arena_reset(arena);
    with_arena = (struct memory){.arena = arena};
    with_malloc = (struct memory){.arena = NULL};
    puts("Memory: one block taken and one given back");
    report("64 bytes, arena", measure(arena_pairs, &with_arena, OPERATIONS));
    report("64 bytes, malloc", measure(malloc_pairs, &with_malloc, OPERATIONS));
    for (size_t i = 0; i < 8; i++) {
        with_arena.sizes[i] = 64;
    }
    report("16 to 511 bytes, 1,024 alive, arena", measure(arena_mix, &with_arena, OPERATIONS));
    report("16 to 511 bytes, 1,024 alive, malloc", measure(malloc_mix, &with_malloc, OPERATIONS));
    for (size_t i = 0; i < LIVE_BLOCKS; i++) {
        free(with_malloc.blocks[i]);
    }
    puts("Memory: an arena of 100 kB");
    report("reset and fill", measure(resets, &with_arena, CYCLES));
    with_arena.snapshot = malloc(arena_snapshot_size(arena));
    must(with_arena.snapshot != NULL);
    report("save a snapshot", measure(saves, &with_arena, CYCLES));
    report("restore a snapshot", measure(restores, &with_arena, CYCLES));
    free(with_arena.snapshot);
}

/* ---- Trace ---------------------------------------------------------------------------------- */

static bool take_text(void *context, const char *text, size_t length)
{
    (void)context;
    sink += (unsigned char)text[length / 2] + length;
    return true;
}

static bool any_actor(const void *context, uint32_t actor, char *text, size_t size)
{
    (void)context;
    snprintf(text, size, "worker default/%u", actor);
    return true;
}

static void trace_records(void *context)
{
    struct trace *trace = context;
    for (uint64_t i = 0; i < OPERATIONS / 4; i++) {
        struct trace_record record = trace_record_of(TRACE_STEP_MOVED, i, 1);
        record.plan = i & 1;
        record.step = i >> 1 & 1;
        record.from = 2;
        record.to = 3;
        trace_record(trace, &record);
    }
}

static void bench_trace(struct arena *arena)
{
    const struct trace_names names = {.actor = any_actor, .plan = any_plan, .step = any_step};
    const struct trace_sink text = {.write = take_text, .buffer_bytes = 64 * 1024};
    struct trace *trace;
    arena_reset(arena);
    puts("Trace: one record");
    must(trace_create(arena_allocator(arena), &names, NULL, &trace) == TRACE_OK);
    report("hashed", measure(trace_records, trace, OPERATIONS / 4));
    sink += trace_hash(trace);
    trace_destroy(trace);
    must(trace_create(arena_allocator(arena), &names, &text, &trace) == TRACE_OK);
    report("hashed and written as text", measure(trace_records, trace, OPERATIONS / 4));
    trace_destroy(trace);
}

int main(void)
{
    struct arena *arena;
    must(arena_create(ARENA_BYTES, &arena) == ARENA_OK);
    bench_events(arena);
    bench_choices(arena);
    bench_memory(arena);
    bench_trace(arena);
    arena_destroy(arena);
    printf("(%016llx)\n", (unsigned long long)sink);
    return 0;
}
