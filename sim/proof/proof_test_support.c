/* proof_test_support.c: see proof_test_support.h. */
#include "sim/proof/proof_test_support.h"

#include "sim/check/catalogue.h"
#include "sim/cli/scenario_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

bool proof_is_whole(void)
{
    const char *wanted = getenv("DIRSIM_PROOF");
    return wanted != NULL && strcmp(wanted, "whole") == 0;
}

/* ---- Scenarios ------------------------------------------------------------------------------- */

struct proof_scenario *proof_scenarios(uint32_t *count)
{
    char folder[] = "scenarios";
    char *operands[] = {folder};
    struct scenario_files files = {0};
    assert_int_equal(scenario_files_collect(&files, 1, operands), COMMAND_HELD);
    struct proof_scenario *scenarios = calloc(files.count, sizeof(*scenarios));
    assert_non_null(scenarios);
    *count = (uint32_t)files.count;
    for (uint32_t i = 0; i < *count; i++) {
        scenarios[i].path = strdup(files.paths[i]);
        assert_non_null(scenarios[i].path);
        assert_int_equal(scenario_read_file(files.paths[i], &scenarios[i].reading),
                         SCENARIO_READ_OK);
        scenarios[i].reading.scenario->world.defects = 0;
    }
    scenario_files_free(&files);
    return scenarios;
}

void proof_scenarios_free(struct proof_scenario *scenarios, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        scenario_reading_free(&scenarios[i].reading);
        free(scenarios[i].path);
    }
    free(scenarios);
}

/* ---- Runs ------------------------------------------------------------------------------------ */

static bool use_recorded(struct proof_run *run)
{
    const struct scenario *scenario = run->config->scenario;
    const struct director_allocator *allocator = &run->config->allocator;
    const size_t size = scenario->choice_count * sizeof(struct choices_entry);
    size_t bad;
    if (scenario->choice_count == 0) {
        return true;
    }
    struct choices_entry *entries = allocator->reallocate(allocator->context, NULL, 0, size);
    if (entries == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < scenario->choice_count; i++) {
        entries[i] = (struct choices_entry){.site = scenario->choices[i].site,
                                            .value = scenario->choices[i].value};
    }
    bool good = choices_use_list(run->choices, entries, scenario->choice_count, &bad) == CHOICES_OK;
    allocator->reallocate(allocator->context, entries, size, 0);
    return good;
}

static bool open_store(struct proof_run *run)
{
    const struct proof_config *config = run->config;
    enum store_status status = STORE_OK;
    run->store = NULL;
    if (config->store_kind == PROOF_MEMORY) {
        status = memory_store_create(&config->allocator, &run->store);
    } else if (config->store_kind == PROOF_SQLITE) {
        status = sqlite_store_open(&config->allocator, NULL, NULL, &run->store, run->message,
                                   sizeof(run->message));
    }
    if (status != STORE_OK) {
        run->store = NULL;
        run->status = status == STORE_ERROR ? SIMULATION_STORE : SIMULATION_NO_MEMORY;
    }
    return status == STORE_OK;
}

bool proof_build(struct proof_run *run, const struct proof_config *config)
{
    const struct choice_naming naming = simulation_naming(config->scenario);
    *run = (struct proof_run){.config = config, .status = SIMULATION_NO_MEMORY};
    if (choice_names_create(config->allocator, &naming, &run->names) != CHOICES_OK) {
        run->names = NULL;
        return false;
    }
    const struct choices_config choices = {
        .allocator = config->allocator, .names = run->names, .seed = config->scenario->seed};
    if (choices_create(&choices, &run->choices) != CHOICES_OK) {
        run->choices = NULL;
        return false;
    }
    if (!use_recorded(run) || !open_store(run)) {
        return false;
    }
    const struct simulation_config simulation = {
        .allocator = config->allocator,
        .scenario = config->scenario,
        .names = run->names,
        .choices = run->choices,
        .store = config->store_kind == PROOF_GIVEN ? config->store : run->store,
        .check = true,
        .call_fault = config->call_fault,
        .events_max = config->events_max == 0 ? PROOF_EVENTS_MAX : config->events_max,
    };
    run->status =
        simulation_create(&simulation, &run->simulation, run->message, sizeof(run->message));
    if (run->status != SIMULATION_OK) {
        run->simulation = NULL;
    }
    return run->status == SIMULATION_OK;
}

void proof_run(struct proof_run *run, const struct proof_config *config)
{
    if (proof_build(run, config)) {
        run->status = simulation_run(run->simulation);
    }
}

void proof_end(struct proof_run *run)
{
    if (run->simulation != NULL) {
        simulation_destroy(run->simulation);
    }
    if (run->store != NULL) {
        run->store->operations->close(run->store);
    }
    choices_destroy(run->choices);
    choice_names_destroy(run->names);
    *run = (struct proof_run){0};
}

/* ---- What must not be ------------------------------------------------------------------------ */

static bool is_expected(const struct scenario *scenario, const struct simulation_failure *failure)
{
    for (uint32_t i = 0; scenario->world.defects != 0 && i < scenario->expectation_count; i++) {
        const struct scenario_expectation *expectation = &scenario->expectations[i];
        if (expectation->kind == SCENARIO_EXPECT_VIOLATES &&
            expectation->name == failure->invariant) {
            return true;
        }
    }
    return false;
}

const struct simulation_failure *proof_unexpected(const struct proof_run *run)
{
    for (uint32_t i = 0; i < simulation_failure_count(run->simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(run->simulation, i);
        if (!failure->expectation && !is_expected(run->config->scenario, failure)) {
            return failure;
        }
    }
    return NULL;
}
