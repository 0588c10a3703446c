/* scenario_load.c: see scenario_load.h. */
#include "sim/cli/scenario_load.h"

#include "sim/cli/console.h"
#include "sim/cli/scenario_files.h"

/* The reader would find a second document, and much else; what it is helps more. */
static const struct scenario_problem conformance_problem = {
    .position = {1, 1},
    .message = "a stream of conformance cases, not a scenario; replay it with 'dirsim conform'"};

enum command_exit scenario_load(const char *path, struct scenario_reading *reading)
{
    *reading = (struct scenario_reading){0};
    if (scenario_files_is_conformance(path)) {
        reading->problems = &conformance_problem;
        reading->problem_count = 1;
        return COMMAND_USAGE;
    }
    switch (scenario_read_file(path, reading)) {
    case SCENARIO_READ_OK:
        return COMMAND_HELD;
    case SCENARIO_READ_PROBLEMS:
        return COMMAND_USAGE;
    case SCENARIO_READ_IO:
        console_error("%s: %s", path, reading->problems[0].message);
        return COMMAND_TROUBLE;
    case SCENARIO_READ_NO_MEMORY:
        break;
    }
    return console_no_memory();
}

void scenario_load_tell(const char *path, const struct scenario_reading *reading)
{
    for (uint32_t i = 0; i < reading->problem_count; i++) {
        console_place(path, &reading->problems[i]);
    }
}
