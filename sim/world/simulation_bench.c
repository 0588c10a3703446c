/* simulation_bench.c: how fast the whole world runs: simulated events per second with all
 * invariants on and off, with both stores, at 10, 1,000 and 100,000 plans in execution at once;
 * beside a bare binary heap of as many pending events, in the same run. Compare numbers of one run
 * only. */
#include "sim/engine/arena.h"
#include "sim/world/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARENA_BYTES ((size_t)8 << 30)
#define ROUNDS 2
#define EVENTS_WANTED 1000000u
#define SQLITE_EVENTS_WANTED 20000u
#define SQLITE_PLANS_MAX 1000u /* beyond, a run takes minutes and tells nothing new */

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(bool held, const char *what)
{
    if (!held) {
        fprintf(stderr, "simulation_bench: %s\n", what);
        exit(3);
    }
}

/* ---- The scenario: plans of four steps, one after two side by side after one -------------------
 */

static const uint8_t success[] = {SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUCCESS)};
static const uint32_t flow[] = {
    DIRECTOR_FLOW_SEQUENCE | 3, 1, DIRECTOR_FLOW_CONCURRENCE | 2, 2, 3, 4};
static const uint32_t finalize_flow[] = {DIRECTOR_FLOW_SEQUENCE | 1, 4};
static struct scenario_step steps[4];
static struct scenario_queue queues[] = {{.name = "default", .workers = SCENARIO_WORKERS_MAX}};

static void make_scenario(struct scenario *scenario, uint32_t plans)
{
    static const char *const names[] = {"fetch", "check", "index", "publish"};
    struct scenario_plan *made = calloc(plans, sizeof(*made));
    struct scenario_event *events = calloc(plans, sizeof(*events));
    char *plan_names = calloc(plans, 16);
    must(made != NULL && events != NULL && plan_names != NULL, "out of memory");
    for (uint32_t i = 0; i < 4; i++) {
        steps[i] = (struct scenario_step){
            .name = names[i],
            .takes = {1000 + 700 * i, 9000 + 900 * i},
            .finalize_takes = {1000, 1000},
            .run = {success, 1},
            .finalize = {success, 1},
            .skip = {success, 1},
            .rescue = DIRECTOR_RESCUE_PAUSE,
            .planned_by = SCENARIO_NONE,
            .in_run = true,
            .in_finalize = i == 3,
        };
    }
    for (uint32_t i = 0; i < plans; i++) {
        snprintf(plan_names + (size_t)i * 16, 16, "p%u", i);
        made[i] = (struct scenario_plan){
            .name = plan_names + (size_t)i * 16,
            .steps = steps,
            .step_count = 4,
            .run_flow = flow,
            .run_flow_length = 6,
            .finalize_flow = finalize_flow,
            .finalize_flow_length = 2,
            .state = DIRECTOR_PLAN_PLANNED,
            .rescue = DIRECTOR_RESCUE_PAUSE,
        };
        events[i] = (struct scenario_event){.kind = SCENARIO_START, .plan = i, .world = 1};
    }
    *scenario = (struct scenario){
        .name = "bench",
        .world = {.auto_rescue = true,
                  .worlds = 1,
                  .queues = queues,
                  .queue_count = 1,
                  .termination_timeout = 10000000},
        .plans = made,
        .plan_count = plans,
        .events = events,
        .event_count = plans,
        .until = UINT64_MAX / 4,
    };
}

/* ---- Runs
 * ---------------------------------------------------------------------------------------- */

struct run_result {
    double seconds;
    uint64_t events;
};

static void run_once(struct arena *arena, const struct scenario *scenario,
                     const struct choice_names *names, bool sqlite, bool check,
                     struct run_result *result)
{
    char message[200];
    struct director_allocator allocator = arena_allocator(arena);
    struct choices *choices = NULL;
    struct store *store = NULL;
    struct simulation *simulation = NULL;
    const struct choices_config choices_config = {allocator, names, 1, false};
    must(choices_create(&choices_config, &choices) == CHOICES_OK, "out of memory");
    must((sqlite ? sqlite_store_open(&allocator, NULL, NULL, &store, message, sizeof(message))
                 : memory_store_create(&allocator, &store)) == STORE_OK,
         "no store");
    const struct simulation_config config = {.allocator = allocator,
                                             .scenario = scenario,
                                             .names = names,
                                             .choices = choices,
                                             .store = store,
                                             .check = check};
    must(simulation_create(&config, &simulation, message, sizeof(message)) == SIMULATION_OK,
         "no simulation");
    double begin = seconds_now();
    must(simulation_run(simulation) == SIMULATION_OK, "the run failed");
    result->seconds += seconds_now() - begin;
    result->events += simulation_counts(simulation).events;
    must(simulation_failure_count(simulation) == 0, "an invariant failed");
    if (sqlite) {
        simulation_destroy(simulation);
        store->operations->close(store);
    }
    arena_reset(arena);
}

static double events_per_second(struct arena *arena, uint32_t plans, bool sqlite, bool check)
{
    struct scenario scenario;
    struct choice_names *names = NULL;
    double best = 0;
    make_scenario(&scenario, plans);
    const struct choice_naming naming = simulation_naming(&scenario);
    must(choice_names_create(director_default_allocator(), &naming, &names) == CHOICES_OK,
         "out of memory");
    for (int round = 0; round < ROUNDS; round++) {
        struct run_result result = {0, 0};
        while (result.events < (sqlite ? SQLITE_EVENTS_WANTED : EVENTS_WANTED)) {
            run_once(arena, &scenario, names, sqlite, check, &result);
        }
        double rate = (double)result.events / result.seconds;
        best = rate > best ? rate : best;
    }
    choice_names_destroy(names);
    free((void *)(uintptr_t)scenario.plans[0].name);
    free((void *)(uintptr_t)scenario.plans);
    free((void *)(uintptr_t)scenario.events);
    return best;
}

/* ---- The ceiling: a bare binary heap
 * ------------------------------------------------------------- */

static uint64_t heap[100001];

static void sift_down(size_t count)
{
    size_t at = 1;
    uint64_t moved = heap[1];
    for (;;) {
        size_t child = at * 2;
        if (child > count) {
            break;
        }
        child += child < count && heap[child + 1] < heap[child];
        if (heap[child] >= moved) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

/* Hold model: the first event is taken and comes back at a pseudo-random later time. */
static double heap_per_second(uint32_t pending)
{
    uint64_t state = 88172645463325252u;
    for (uint32_t i = 1; i <= pending; i++) {
        heap[i] = i;
    }
    double begin = seconds_now();
    for (uint32_t i = 0; i < 3000000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        heap[1] += 1 + state % 100000;
        sift_down(pending);
    }
    return 3000000.0 / (seconds_now() - begin);
}

int main(void)
{
    static const uint32_t sizes[] = {10, 1000, 100000};
    struct arena *arena = NULL;
    double first = 0;
    must(arena_create(ARENA_BYTES, &arena) == ARENA_OK, "no arena");
    printf("%-10s %14s %14s %12s %16s %14s %8s\n", "plans", "memory ev/s", "no checks",
           "with/without", "sqlite ev/s", "bare heap", "ns/event");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        double memory = events_per_second(arena, sizes[i], false, true);
        double unchecked = events_per_second(arena, sizes[i], false, false);
        double sqlite =
            sizes[i] > SQLITE_PLANS_MAX ? 0 : events_per_second(arena, sizes[i], true, true);
        double bare = heap_per_second(sizes[i]);
        first = i == 0 ? memory : first;
        printf("%-10u %14.0f %14.0f %12.3f %16.0f %14.0f %8.0f   %.2f of the heap, %.2f x the cost "
               "at 10\n",
               sizes[i], memory, unchecked, memory / unchecked, sqlite, bare, 1e9 / memory,
               memory / bare, first / memory);
    }
    arena_destroy(arena);
    return 0;
}
