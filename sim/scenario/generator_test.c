/* generator_test.c: whatever scenario comes about by chance, or is laid over one of this
 * repository, can be written as a file, is read back as the same scenario, and runs the same. */
#include "sim/scenario/generator.h"
#include "sim/scenario/scenario_equal.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/scenario/scenario_writer.h"
#include "sim/search/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS 40u /* for each base */
#define GENERATED_SEEDS 600u

static const char *const bases[] = {
    "scenarios/rescue/skip-takes-dependents-along.yaml",
    "scenarios/events/queued-while-the-step-runs.yaml",
    "scenarios/termination/second-world-takes-over-a-suspended-step.yaml",
    "scenarios/deleted/while-finalizing.yaml",
    "scenarios/smoke/plans-share-a-busy-queue.yaml",
    "scenarios/defects/crash-counts-as-success.yaml",
};
#define BASES (sizeof(bases) / sizeof(bases[0]))

struct fixture {
    struct arena *arena;
    struct scenario_memory *memory;
    struct choice_names *names;
    struct choices *choices;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    const struct choice_naming nobody = {.plan_count = 0};
    size_t size;
    fixture.arena = replay_arena_create(&size);
    fixture.memory = scenario_memory_create(NULL, NULL);
    assert_non_null(fixture.arena);
    assert_non_null(fixture.memory);
    assert_int_equal(choice_names_create(director_default_allocator(), &nobody, &fixture.names),
                     CHOICES_OK);
    const struct choices_config config = {.allocator = director_default_allocator(),
                                          .names = fixture.names};
    assert_int_equal(choices_create(&config, &fixture.choices), CHOICES_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    choices_destroy(fixture->choices);
    choice_names_destroy(fixture->names);
    scenario_memory_destroy(fixture->memory);
    arena_destroy(fixture->arena);
    return 0;
}

/* The same scenario comes back from its text, and leaves the same trace. */
static void assert_round_trip(struct fixture *fixture, const struct scenario *scenario)
{
    struct scenario_reading reading;
    struct trial first;
    struct trial second;
    size_t length;
    const char *text = scenario_write(scenario, NULL, fixture->memory, &length);
    assert_non_null(text);
    if (scenario_read_bytes("drawn.yaml", text, length, &reading) != SCENARIO_READ_OK) {
        print_error("%s\nseed %llu: line %u: %s\n", text, (unsigned long long)scenario->seed,
                    reading.problems[0].position.line, reading.problems[0].message);
        fail();
    }
    assert_null(scenario_difference(scenario, reading.scenario));
    trial_run(&first, fixture->arena, scenario, REPLAY_STORE_MEMORY);
    trial_run(&second, fixture->arena, reading.scenario, REPLAY_STORE_MEMORY);
    assert_int_equal(first.status, REPLAY_OK);
    assert_int_equal(second.status, REPLAY_OK);
    assert_true(first.counts.trace_hash == second.counts.trace_hash);
    scenario_reading_free(&reading);
}

static void disturbed_scenarios_come_back_from_their_files(void **state)
{
    struct fixture *fixture = *state;
    uint32_t added = 0;
    for (size_t i = 0; i < BASES; i++) {
        struct scenario_reading reading;
        assert_int_equal(scenario_read_file(bases[i], &reading), SCENARIO_READ_OK);
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            scenario_memory_clear(fixture->memory);
            choices_use_seed(fixture->choices, seed);
            struct scenario *scenario =
                scenario_disturb(reading.scenario, fixture->choices, seed, fixture->memory);
            assert_non_null(scenario);
            assert_false(scenario->shows.there);
            added += scenario->fault_count - reading.scenario->fault_count;
            added += scenario->event_count - reading.scenario->event_count;
            assert_round_trip(fixture, scenario);
        }
        scenario_reading_free(&reading);
    }
    assert_true(added > BASES * SEEDS);
}

static void generated_scenarios_come_back_from_their_files(void **state)
{
    struct fixture *fixture = *state;
    uint32_t kinds = 0;
    uint32_t sites = 0;
    for (uint64_t seed = 0; seed < GENERATED_SEEDS; seed++) {
        scenario_memory_clear(fixture->memory);
        choices_use_seed(fixture->choices, seed);
        const struct scenario *scenario =
            scenario_generate(fixture->choices, seed, fixture->memory);
        assert_non_null(scenario);
        for (uint32_t i = 0; i < scenario->event_count; i++) {
            kinds |= 1u << scenario->events[i].kind;
        }
        for (uint32_t i = 0; i < scenario->fault_count; i++) {
            sites |= 1u << scenario->faults[i].site;
        }
        assert_round_trip(fixture, scenario);
    }
    assert_int_equal(kinds, (1u << SCENARIO_EVENT_KINDS) - 1);
    /* Without plans that are planned in the run, no record of a delayed plan is deleted. */
    sites |= 1u << SCENARIO_ON_DELETE_DELAYED;
    assert_int_equal(sites, (1u << SCENARIO_FAULT_SITES) - 1);
}

static void the_same_choices_make_the_same_scenario(void **state)
{
    struct fixture *fixture = *state;
    struct scenario_memory *other = scenario_memory_create(NULL, NULL);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        scenario_memory_clear(fixture->memory);
        choices_use_seed(fixture->choices, seed);
        const struct scenario *first = scenario_generate(fixture->choices, seed, fixture->memory);
        choices_use_seed(fixture->choices, seed);
        const struct scenario *second = scenario_generate(fixture->choices, seed, other);
        assert_null(scenario_difference(first, second));
        choices_use_seed(fixture->choices, seed + 1);
        const struct scenario *third = scenario_generate(fixture->choices, seed, other);
        assert_non_null(scenario_difference(first, third));
    }
    scenario_memory_destroy(other);
}

/* A fuzzer's bytes may be behind the choices: any bytes give a scenario, none at all the dullest.
 */
static void bytes_make_scenarios_too(void **state)
{
    struct fixture *fixture = *state;
    unsigned char bytes[256];
    for (uint32_t round = 0; round < SEEDS; round++) {
        for (uint32_t i = 0; i < sizeof(bytes); i++) {
            bytes[i] = (unsigned char)((i * 37 + round * 101) * (i + round) >> 3);
        }
        scenario_memory_clear(fixture->memory);
        choices_use_bytes(fixture->choices, bytes, round == 0 ? 0 : sizeof(bytes));
        const struct scenario *scenario = scenario_generate(fixture->choices, 1, fixture->memory);
        assert_non_null(scenario);
        if (round == 0) {
            assert_int_equal(scenario->plan_count, 1);
            assert_int_equal(scenario->fault_count, 0);
        }
        assert_round_trip(fixture, scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_scenarios_come_back_from_their_files),
        cmocka_unit_test(the_same_choices_make_the_same_scenario),
        cmocka_unit_test(bytes_make_scenarios_too),
        cmocka_unit_test(disturbed_scenarios_come_back_from_their_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
