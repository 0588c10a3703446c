/* second_run_test.c: a scenario is run again on the database that an earlier run of it left: what
 * is there stays as it is, and what somebody deleted comes anew. */
#include "director/memory_test_support.h"
#include "sim/proof/proof_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FILE_NAME "scenarios/planning/deleted-before-its-time.yaml"

enum { OLD, NEXT };

static enum store_status state_of(struct store *store, const struct proof_run *run, uint32_t plan,
                                  struct director_plan_row *row)
{
    return store->operations->peek_plan(store, simulation_plan_id(run->simulation, plan), row);
}

/* Run until somebody has deleted the plan that the other one waits for. */
static void run_until_deleted(const struct proof_config *config)
{
    struct proof_run run;
    struct director_plan_row row;
    bool more = true;
    assert_true(proof_build(&run, config));
    while (more && state_of(config->store, &run, OLD, &row) == STORE_OK) {
        assert_int_equal(simulation_step(run.simulation, &more), SIMULATION_OK);
    }
    assert_int_equal(state_of(config->store, &run, NEXT, &row), STORE_OK);
    assert_int_equal(row.state, DIRECTOR_PLAN_SCHEDULED);
    proof_end(&run);
}

static void a_plan_waits_for_one_that_was_deleted_and_comes_anew(void **state)
{
    struct scenario_reading reading;
    struct proof_run run;
    struct director_plan_row row;
    struct test_memory memory = {0};
    struct proof_config config = {.allocator = test_memory_allocator(&memory),
                                  .store_kind = PROOF_GIVEN};
    (void)state;
    assert_int_equal(scenario_read_file(FILE_NAME, &reading), SCENARIO_READ_OK);
    assert_int_equal(memory_store_create(&config.allocator, &config.store), STORE_OK);
    config.scenario = reading.scenario;
    run_until_deleted(&config);

    struct scenario again = *reading.scenario;
    again.event_count = 0;
    again.expectation_count = 0;
    config.scenario = &again;
    proof_run(&run, &config);
    assert_int_equal(run.status, SIMULATION_OK);
    assert_null(proof_unexpected(&run)); /* planned-in-time: not before `old` is over */
    for (uint32_t plan = OLD; plan <= NEXT; plan++) {
        assert_int_equal(state_of(config.store, &run, plan, &row), STORE_OK);
        assert_int_equal(row.state, DIRECTOR_PLAN_STOPPED);
        assert_int_equal(row.result, DIRECTOR_RESULT_SUCCESS);
    }
    proof_end(&run);
    config.store->operations->close(config.store);
    scenario_reading_free(&reading);
    assert_int_equal(memory.live_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_waits_for_one_that_was_deleted_and_comes_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
