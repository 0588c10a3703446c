/* scenario_load.c: see scenario_load.h. */
#include "sim/cli/scenario_load.h"

#include "sim/cli/console.h"
#include "sim/cli/scenario_files.h"

/* The reader would find a second document, and much else; what it is helps more. */
static const struct scenario_problem conformance_problem = {
    .position = {1, 1},
    .message = "a stream of conformance cases, not a scenario; replay it with 'dirsim conform'"};

static const struct scenario_problem memory_problem = {.message = "out of memory"};

static enum command_exit instead(struct scenario_reading *reading,
                                 const struct scenario_problem *problem, enum command_exit status)
{
    *reading = (struct scenario_reading){.problems = problem, .problem_count = 1};
    return status;
}

enum command_exit scenario_load(const char *path, struct scenario_reading *reading)
{
    *reading = (struct scenario_reading){0};
    if (scenario_files_is_conformance(path)) {
        return instead(reading, &conformance_problem, COMMAND_USAGE);
    }
    switch (scenario_read_file(path, reading)) {
    case SCENARIO_READ_OK:
        return COMMAND_HELD;
    case SCENARIO_READ_PROBLEMS:
        return COMMAND_USAGE;
    case SCENARIO_READ_IO:
        return COMMAND_TROUBLE;
    case SCENARIO_READ_NO_MEMORY:
        break;
    }
    return instead(reading, &memory_problem, COMMAND_TROUBLE);
}

enum command_exit scenario_load_or_tell(const char *path, struct scenario_reading *reading)
{
    enum command_exit status = scenario_load(path, reading);
    if (status == COMMAND_TROUBLE) {
        console_error("%s: %s", path, reading->problems[0].message);
    }
    for (uint32_t i = 0; status == COMMAND_USAGE && i < reading->problem_count; i++) {
        console_place(path, &reading->problems[i]);
    }
    return status;
}
