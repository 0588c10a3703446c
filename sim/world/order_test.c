/* order_test.c: which of the events of one time comes first is as the scenario says, and can be
 * recorded and replayed like any other choice. */
#include "sim/scenario/scenario_reader.h"
#include "sim/search/trial.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEEDS 40u

static const char format[] = "scenario: three at once\n"
                             "world: {order: %s, queues: {default: {workers: 1}}}\n"
                             "plans: {p: {run: [a, b]}, q: {run: [a, b]}, r: {run: [a, b]}}\n"
                             "events: [{at: 0ms, start: p}, {at: 0ms, start: q}, {at: 0ms, start: "
                             "r}]\n";

static void read_with_order(const char *order, struct scenario_reading *reading)
{
    char text[512];
    int length = snprintf(text, sizeof(text), format, order);
    assert_int_equal(scenario_read_bytes("order.yaml", text, (size_t)length, reading),
                     SCENARIO_READ_OK);
}

/* How many different traces the seeds leave. Each run is done twice. */
static uint32_t different_traces(const char *order)
{
    uint64_t hashes[SEEDS] = {0};
    uint32_t different = 0;
    size_t size;
    struct arena *arena = replay_arena_create(&size);
    struct scenario_reading reading;
    struct trial trial;
    read_with_order(order, &reading);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        bool known = false;
        reading.scenario->seed = seed;
        trial_run(&trial, arena, reading.scenario, REPLAY_STORE_MEMORY);
        assert_int_equal(trial.status, REPLAY_OK);
        assert_true(trial.held);
        uint64_t hash = trial.counts.trace_hash;
        trial_run(&trial, arena, reading.scenario, REPLAY_STORE_MEMORY);
        assert_true(trial.counts.trace_hash == hash);
        for (uint32_t i = 0; i < different; i++) {
            known = known || hashes[i] == hash;
        }
        if (!known) {
            hashes[different++] = hash;
        }
    }
    scenario_reading_free(&reading);
    arena_destroy(arena);
    return different;
}

static void in_sequence_no_seed_changes_anything(void **state)
{
    (void)state;
    assert_int_equal(different_traces("sequence"), 1);
}

static void any_order_differs_from_seed_to_seed(void **state)
{
    (void)state;
    assert_true(different_traces("any") > SEEDS / 2);
}

static void priorities_differ_from_seed_to_seed(void **state)
{
    (void)state;
    assert_true(different_traces("priority") > 5);
}

/* Run with choices that are recorded, or with those of `recorded`; answers the hash. */
static uint64_t run_recorded(struct scenario *scenario, struct choices *choices,
                             const struct choice_names *names,
                             const struct director_allocator *allocator)
{
    struct store *store;
    struct simulation *simulation;
    char message[128];
    assert_int_equal(memory_store_create(allocator, &store), STORE_OK);
    const struct simulation_config config = {.allocator = *allocator,
                                             .scenario = scenario,
                                             .names = names,
                                             .choices = choices,
                                             .store = store,
                                             .check = true};
    assert_int_equal(simulation_create(&config, &simulation, message, sizeof(message)),
                     SIMULATION_OK);
    assert_int_equal(simulation_run(simulation), SIMULATION_OK);
    uint64_t hash = simulation_counts(simulation).trace_hash;
    simulation_destroy(simulation);
    store->operations->close(store);
    return hash;
}

static void assert_replays(const char *order)
{
    struct scenario_reading reading;
    const struct director_allocator allocator = director_default_allocator();
    struct choice_names *names;
    struct choices *choices;
    struct choices *replayed;
    read_with_order(order, &reading);
    const struct choice_naming naming = simulation_naming(reading.scenario);
    assert_int_equal(choice_names_create(allocator, &naming, &names), CHOICES_OK);
    struct choices_config config = {
        .allocator = allocator, .names = names, .seed = 3, .record = true};
    assert_int_equal(choices_create(&config, &choices), CHOICES_OK);
    config.seed = 4;
    config.record = false;
    assert_int_equal(choices_create(&config, &replayed), CHOICES_OK);
    uint64_t hash = run_recorded(reading.scenario, choices, names, &allocator);
    size_t count;
    const struct choices_draw_record *records = choices_recorded(choices, &count);
    assert_true(count > 0);
    struct choices_entry *entries = calloc(count + 1, sizeof(*entries));
    char(*sites)[CHOICE_SITE_TEXT_MAX] = calloc(count + 1, sizeof(*sites));
    for (size_t i = 0; i < count; i++) {
        choice_site_format(names, &records[i].site, sites[i], sizeof(sites[i]));
        assert_true(choice_site_text_valid(sites[i]));
        entries[i] = (struct choices_entry){.site = sites[i], .value = records[i].value};
    }
    assert_int_equal(choices_use_list(replayed, entries, count, NULL), CHOICES_OK);
    assert_true(run_recorded(reading.scenario, replayed, names, &allocator) == hash);
    struct choices_mismatch mismatch;
    assert_false(choices_first_mismatch(replayed, &mismatch));
    choices_use_seed(replayed, 4);
    assert_true(run_recorded(reading.scenario, replayed, names, &allocator) != hash);
    free(entries);
    free(sites);
    choices_destroy(choices);
    choices_destroy(replayed);
    choice_names_destroy(names);
    scenario_reading_free(&reading);
}

static void a_recorded_order_is_replayed_under_another_seed(void **state)
{
    (void)state;
    assert_replays("any");
    assert_replays("priority");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_sequence_no_seed_changes_anything),
        cmocka_unit_test(any_order_differs_from_seed_to_seed),
        cmocka_unit_test(priorities_differ_from_seed_to_seed),
        cmocka_unit_test(a_recorded_order_is_replayed_under_another_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
