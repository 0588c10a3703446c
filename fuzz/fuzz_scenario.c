/* fuzz_scenario.c: the bytes are a scenario file. It is read and checked; what is a scenario is
 * written and read back, and must be the same one; then it is run, up to a bound. Whatever the file
 * says, the director keeps its invariants unless the file switches a defect on. */
#include "fuzz/finding.h"
#include "sim/scenario/scenario_equal.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/scenario/scenario_writer.h"

#include <stdio.h>
#include <stdlib.h>

#define EVENTS_MAX 3000u  /* a file may ask for any number of them */
#define STEPS_MAX 2000u   /* of all plans, and the workers of all worlds: more is only slow */
#define WORKERS_MAX 5000u /* the same */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static _Noreturn void fail(const char *what, const char *text)
{
    fprintf(stderr, "FAILED  %s\n%s", what, text);
    abort();
}

static void check_written(const struct scenario *scenario)
{
    struct scenario_reading again;
    size_t length = 0;
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    const char *text = memory == NULL ? NULL : scenario_write(scenario, NULL, memory, &length);
    if (text != NULL) {
        if (scenario_read_bytes("written", text, length, &again) != SCENARIO_READ_OK) {
            fprintf(stderr, "written:%u:%u: %s\n", again.problems[0].position.line,
                    again.problems[0].position.column, again.problems[0].message);
            fail("what was written cannot be read back", text);
        }
        if (!scenario_equal(scenario, again.scenario)) {
            fail("what was written says something else", text);
        }
        scenario_reading_free(&again);
    }
    scenario_memory_destroy(memory);
}

static bool is_small(const struct scenario *scenario)
{
    uint64_t steps = 0;
    uint64_t workers = 0;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        steps += scenario->plans[i].step_count;
    }
    for (uint32_t i = 0; i < scenario->world.queue_count; i++) {
        workers += scenario->world.queues[i].workers;
    }
    return steps <= STEPS_MAX && workers * scenario->world.worlds <= WORKERS_MAX;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct scenario_reading reading;
    enum scenario_read_status status =
        scenario_read_bytes("fuzzed", (const char *)data, size, &reading);
    if (status == SCENARIO_READ_OK) {
        const struct finding_run run = {
            .scenario = reading.scenario,
            .store = REPLAY_STORE_MEMORY,
            .events_max = EVENTS_MAX,
            .may_be_endless = true,
            .may_fail = reading.scenario->world.defects != 0,
        };
        check_written(reading.scenario);
        if (is_small(reading.scenario)) {
            finding_run(&run, NULL);
        }
    } else if (status == SCENARIO_READ_PROBLEMS && reading.problem_count == 0) {
        fail("refused without a word", "");
    }
    scenario_reading_free(&reading);
    return 0;
}
