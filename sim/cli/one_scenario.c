/* one_scenario.c: see one_scenario.h. */
#include "sim/cli/one_scenario.h"

#include "sim/cli/console.h"
#include "sim/cli/scenario_load.h"
#include "sim/search/replay.h"

bool one_scenario_parse(const struct command *command, int argc, char **argv,
                        enum command_exit *answer)
{
    int operand_count = 0;
    enum options_status parsed = options_parse(command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        *answer = parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
        return false;
    }
    if (operand_count != 1) {
        console_error("%s: dirsim %s FILE",
                      operand_count == 0 ? "a scenario is missing" : "one scenario at a time",
                      command->name);
        *answer = COMMAND_USAGE;
        return false;
    }
    return true;
}

enum command_exit one_scenario_do(const char *path, one_scenario_work *work, const void *context)
{
    struct scenario_reading reading;
    size_t arena_size;
    enum command_exit answer = scenario_load_or_tell(path, &reading);
    if (answer == COMMAND_HELD) {
        struct arena *arena = replay_arena_create(&arena_size);
        answer = arena == NULL ? console_no_memory() : work(context, path, reading.scenario, arena);
        arena_destroy(arena);
    }
    scenario_reading_free(&reading);
    return answer;
}
