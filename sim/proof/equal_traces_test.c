/* equal_traces_test.c: whatever goes wrong, the memory store and SQLite tell the same story: every
 * scenario of the repository, disturbed by faults by chance, and scenarios made by chance. */
#include "director/memory_test_support.h"
#include "sim/proof/proof_test_support.h"
#include "sim/search/subject.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SEEDS_WHOLE 10000u
#define SEEDS_SAMPLE 80u

struct story {
    enum simulation_status status;
    struct simulation_counts counts;
    uint32_t failures;
};

static struct story tell(const struct scenario *scenario, enum proof_store store)
{
    struct test_memory memory = {0};
    struct proof_run run;
    const struct proof_config config = {
        .scenario = scenario, .allocator = test_memory_allocator(&memory), .store_kind = store};
    proof_run(&run, &config);
    struct story story = {.status = run.status};
    if (run.status == SIMULATION_OK) {
        story.counts = simulation_counts(run.simulation);
        story.failures = simulation_failure_count(run.simulation);
    }
    proof_end(&run);
    assert_int_equal(memory.live_bytes, 0);
    return story;
}

/* True when both tell the same; *faults grows by how many struck. */
static bool same_story(const struct scenario *scenario, uint64_t seed, uint64_t *faults)
{
    const struct story left = tell(scenario, PROOF_MEMORY);
    const struct story right = tell(scenario, PROOF_SQLITE);
    *faults += left.counts.faults;
    if (left.status == SIMULATION_OK && right.status == SIMULATION_OK &&
        left.counts.trace_hash == right.counts.trace_hash &&
        left.counts.trace_lines == right.counts.trace_lines &&
        left.counts.events == right.counts.events &&
        left.counts.store_calls == right.counts.store_calls && left.failures == right.failures) {
        return true;
    }
    print_error("%s, seed %" PRIu64 ": %" PRIu64 " lines in memory, %" PRIu64 " in SQLite\n",
                scenario->name, seed, left.counts.trace_lines, right.counts.trace_lines);
    return false;
}

static void compare(const struct subject *subject, const char *what)
{
    const uint64_t seeds = proof_is_whole() ? SEEDS_WHOLE : SEEDS_SAMPLE;
    struct subject_maker *maker = subject_maker_create(subject);
    uint64_t parted = 0;
    uint64_t faults = 0;
    assert_non_null(maker);
    for (uint64_t seed = 0; seed < seeds; seed++) {
        struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
        assert_non_null(memory);
        const uint64_t item = seed * subject->base_count + seed % subject->base_count;
        const struct scenario *scenario = subject_make(maker, item, memory);
        assert_non_null(scenario);
        parted += !same_story(scenario, seed, &faults);
        scenario_memory_destroy(memory);
    }
    subject_maker_destroy(maker);
    print_message("%s: %" PRIu64 " seeds, %" PRIu64 " faults struck, %" PRIu64 " traces parted\n",
                  what, seeds, faults, parted);
    assert_int_equal(parted, 0);
    assert_true(faults > seeds / 4);
}

static void scenarios_with_faults_by_chance_are_told_alike_by_both_stores(void **state)
{
    uint32_t count = 0;
    struct proof_scenario *scenarios = proof_scenarios(&count);
    const struct scenario **bases = calloc(count, sizeof(*bases));
    (void)state;
    assert_non_null(bases);
    for (uint32_t i = 0; i < count; i++) {
        bases[i] = scenarios[i].reading.scenario;
    }
    const struct subject subject = {.kind = SUBJECT_DISTURBED, .bases = bases, .base_count = count};
    compare(&subject, "scenarios with faults by chance");
    free(bases);
    proof_scenarios_free(scenarios, count);
}

static void scenarios_made_by_chance_are_told_alike_by_both_stores(void **state)
{
    const struct subject subject = {.kind = SUBJECT_GENERATED, .base_count = 1};
    (void)state;
    compare(&subject, "scenarios made by chance");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_with_faults_by_chance_are_told_alike_by_both_stores),
        cmocka_unit_test(scenarios_made_by_chance_are_told_alike_by_both_stores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
