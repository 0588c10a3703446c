/* nth_operation_test.c: error paths proven by failing the Nth operation, for every N and every
 * scenario: the Nth call of the store, and the Nth allocation, once and for good. Each run ends in
 * a clean error or as it should, gives all memory back, and breaks no invariant: the worlds are
 * hardened, and what a scenario says it violates is of the defect that it shows. What a scenario
 * expects is about the run in which nothing else fails, so that is left out here. */
#include "director/memory_test_support.h"
#include "sim/check/catalogue.h"
#include "sim/proof/proof_test_support.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Without DIRSIM_PROOF=whole: one N in so many, another one in each scenario. */
#define SAMPLE_CALLS 41u
#define SAMPLE_ALLOCATIONS 199u
#define COMPLAINTS_MAX 20u

/* How a call of the store fails. */
static const struct {
    const char *name;
    struct simulation_call_fault fault;
} manners[] = {
    {"once, before", {.answer = DIRECTOR_PERSISTENCE_ERROR}},
    {"once, after", {.answer = DIRECTOR_PERSISTENCE_ERROR, .after = true}},
    {"once, raw", {.answer = DIRECTOR_PERSISTENCE_RAW}},
    {"connection lost", {.answer = DIRECTOR_PERSISTENCE_LOST}},
    {"for good, before", {.answer = DIRECTOR_PERSISTENCE_ERROR, .for_good = true}},
    {"for good, after", {.answer = DIRECTOR_PERSISTENCE_ERROR, .for_good = true, .after = true}},
};
#define MANNERS (sizeof(manners) / sizeof(manners[0]))

struct proof {
    struct proof_scenario *scenarios;
    uint32_t scenario_count;
    uint64_t runs;
    uint64_t clean_errors;
    uint64_t bad;
};

static struct proof proof;

static void complain(const char *path, const char *manner, uint64_t n, const char *what,
                     const char *message)
{
    if (proof.bad++ < COMPLAINTS_MAX) {
        print_error("%s: %s, N = %" PRIu64 ": %s%s%s\n", path, manner, n, what,
                    message[0] == '\0' ? "" : ": ", message);
    }
}

static bool in_sample(uint64_t n, uint64_t shift, uint64_t one_in)
{
    return proof_is_whole() || (n + shift) % one_in == 0;
}

/* What every run must keep. */
static void check_run(const struct proof_run *run, const char *path, const char *manner, uint64_t n)
{
    proof.runs++;
    if (run->status == SIMULATION_NO_MEMORY) {
        proof.clean_errors++;
        return;
    }
    if (run->status != SIMULATION_OK) {
        complain(path, manner, n, "it ends in", run->message);
        return;
    }
    const struct simulation_failure *failure = proof_unexpected(run);
    if (failure != NULL) {
        complain(path, manner, n, invariant_vocabulary[failure->invariant].name, failure->message);
    }
}

static void check_memory(const struct test_memory *memory, const char *path, const char *manner,
                         uint64_t n)
{
    if (memory->live_blocks != 0 || memory->live_bytes != 0) {
        complain(path, manner, n, "memory leaks", "");
    } else if (memory->mistakes != 0) {
        complain(path, manner, n, "a block came back with another size", "");
    }
}

/* One run; answers how many calls of the store it made. */
static uint64_t run_with_call(const struct proof_scenario *scenario, const char *manner,
                              const struct simulation_call_fault *fault)
{
    struct test_memory memory = {0};
    struct proof_run run;
    const struct proof_config config = {.scenario = scenario->reading.scenario,
                                        .allocator = test_memory_allocator(&memory),
                                        .call_fault = *fault};
    proof_run(&run, &config);
    uint64_t calls = run.simulation == NULL ? 0 : simulation_counts(run.simulation).store_calls;
    check_run(&run, scenario->path, manner, fault->nth);
    if (run.status != SIMULATION_OK) {
        complain(scenario->path, manner, fault->nth, "there was memory enough", "");
    }
    proof_end(&run);
    check_memory(&memory, scenario->path, manner, fault->nth);
    return calls;
}

/* A run in which calls fail may make more than an undisturbed one: on to an N that is never
 * reached, but not far into the tries that go on in vain until the end. */
static void fail_every_call(uint32_t scenario, uint32_t manner, uint64_t undisturbed)
{
    struct simulation_call_fault fault = manners[manner].fault;
    uint64_t calls = undisturbed;
    for (fault.nth = 1; fault.nth <= calls && fault.nth <= 2 * undisturbed; fault.nth++) {
        if (in_sample(fault.nth, scenario + manner, SAMPLE_CALLS)) {
            uint64_t made = run_with_call(&proof.scenarios[scenario], manners[manner].name, &fault);
            calls = made > calls ? made : calls;
        }
    }
}

static void every_call_of_the_store_may_fail(void **state)
{
    const struct simulation_call_fault no_fault = {0};
    (void)state;
    proof.runs = proof.clean_errors = proof.bad = 0;
    for (uint32_t i = 0; i < proof.scenario_count; i++) {
        uint64_t undisturbed = run_with_call(&proof.scenarios[i], "nothing fails", &no_fault);
        for (uint32_t manner = 0; manner < MANNERS; manner++) {
            fail_every_call(i, manner, undisturbed);
        }
    }
    print_message("failing calls: %" PRIu64 " runs of %u scenarios, %" PRIu64 " of them bad\n",
                  proof.runs, proof.scenario_count, proof.bad);
    assert_int_equal(proof.bad, 0);
}

/* ---- Allocations ----------------------------------------------------------------------------- */

/* One run; answers how many requests for memory it made, and its hash. */
static uint64_t run_with_memory(const struct proof_scenario *scenario, uint64_t n, bool for_good,
                                uint64_t *hash)
{
    struct test_memory memory = {.fail_at = n, .fail_for_good = for_good};
    struct proof_run run;
    const struct proof_config config = {.scenario = scenario->reading.scenario,
                                        .allocator = test_memory_allocator(&memory)};
    const char *manner = for_good ? "memory for good" : "memory once";
    proof_run(&run, &config);
    check_run(&run, scenario->path, manner, n);
    if (run.status == SIMULATION_OK) {
        uint64_t this_hash = simulation_counts(run.simulation).trace_hash;
        /* Going on without the memory is right only when nothing was done without it. */
        if (n > 0 && this_hash != *hash) {
            complain(scenario->path, manner, n, "it went on, and another way", "");
        }
        *hash = this_hash;
    } else if (memory.refusals == 0) {
        complain(scenario->path, manner, n, "no request was refused", "");
    }
    proof_end(&run);
    check_memory(&memory, scenario->path, manner, n);
    return memory.requests;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    proof.runs = proof.clean_errors = proof.bad = 0;
    for (uint32_t i = 0; i < proof.scenario_count; i++) {
        uint64_t hash = 0;
        uint64_t requests = run_with_memory(&proof.scenarios[i], 0, false, &hash);
        for (uint64_t n = 1; n <= requests; n++) {
            if (in_sample(n, i, SAMPLE_ALLOCATIONS)) {
                run_with_memory(&proof.scenarios[i], n, false, &hash);
                run_with_memory(&proof.scenarios[i], n, true, &hash);
            }
        }
    }
    print_message("failing allocations: %" PRIu64 " runs of %u scenarios, %" PRIu64
                  " ended in a clean error, %" PRIu64 " bad\n",
                  proof.runs, proof.scenario_count, proof.clean_errors, proof.bad);
    assert_int_equal(proof.bad, 0);
    assert_true(proof.clean_errors > 0);
}

static int set_up(void **state)
{
    (void)state;
    proof.scenarios = proof_scenarios(&proof.scenario_count);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    proof_scenarios_free(proof.scenarios, proof.scenario_count);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_of_the_store_may_fail),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
