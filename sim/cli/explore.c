/* explore.c: `dirsim explore`, which goes through every order, every outcome, and every place for a
 * few faults, and writes the shortest way to a failure as a scenario. */
#include "sim/search/explore.h"

#include "sim/cli/console.h"
#include "sim/cli/defect_options.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/one_scenario.h"
#include "sim/cli/output_file.h"
#include "sim/search/shrink.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define SHRINK_RUNS 4000u /* so many are tried to make the file of a failure short */

struct explore_command {
    struct option_text output;
    struct option_number states;
    struct option_number depth;
    struct option_number faults;
    struct option_list defect_names;
    uint64_t defects;
    bool faithful;
    bool times;
    bool all_orders;
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- The file of a failure ------------------------------------------------------------------ */

/* The failure that the fewest moves lead to. */
static const struct explore_failure *shortest(const struct explore_result *result)
{
    const struct explore_failure *best = NULL;
    for (uint32_t i = 0; i < result->failure_count; i++) {
        if (best == NULL || result->failures[i].moves < best->moves) {
            best = &result->failures[i];
        }
    }
    return best;
}

static enum command_exit write_failure(const char *path, struct arena *arena,
                                       const struct explore_failure *failure)
{
    struct shrink_result result;
    const struct shrink_config config = {
        .arena = arena, .signature = failure->failure.signature, .runs_max = SHRINK_RUNS};
    enum shrink_status status = shrink_scenario(&config, failure->scenario, &result);
    enum command_exit answer = COMMAND_TROUBLE;
    if (status == SHRINK_OK) {
        bool written = output_bytes(path, result.text, result.length);
        answer = written ? COMMAND_HELD : COMMAND_TROUBLE;
    } else if (status == SHRINK_NO_MEMORY) {
        console_no_memory();
    } else {
        console_error("%s: the way that was found does not replay: %s", path,
                      status == SHRINK_NOTHING_FAILS ? "nothing fails" : result.message);
    }
    shrink_result_free(&result);
    return answer;
}

/* ---- What is told --------------------------------------------------------------------------- */

static void tell_failure(const struct explore_failure *failure)
{
    console_result("FAILED  %s", failure->failure.signature);
    console_result("        %s; the shortest way to it has %" PRIu32 " move%s",
                   failure->failure.message, failure->moves, failure->moves == 1 ? "" : "s");
}

static void tell_result(const struct explore_result *result, uint64_t ms)
{
    for (uint32_t i = 0; i < result->failure_count; i++) {
        tell_failure(&result->failures[i]);
    }
    console_result("%" PRIu64 " states, %" PRIu64 " moves, %" PRIu64 " ends, %" PRIu32
                   " moves deep; %" PRIu64 ".%03" PRIu64 " s, %" PRIu64 " states/s",
                   result->states, result->moves, result->ends, result->depth, ms / 1000, ms % 1000,
                   ms == 0 ? result->states * 1000 : result->states * 1000 / ms);
    if (result->unfinished == NULL) {
        console_result("complete: %s",
                       result->failure_count == 0 ? "nothing fails" : "that is all that fails");
    } else {
        console_result("not complete: %s", result->unfinished);
    }
}

static enum command_exit report(const struct explore_command *command, struct arena *arena,
                                const struct explore_result *result, uint64_t ms)
{
    tell_result(result, ms);
    const struct explore_failure *failure = shortest(result);
    if (failure == NULL) {
        return COMMAND_HELD;
    }
    if (!command->output.given) {
        return COMMAND_FAILED;
    }
    enum command_exit written = write_failure(command->output.value, arena, failure);
    if (written == COMMAND_HELD) {
        struct case_text line = {0};
        case_text_add(&line, "again: dirsim run");
        console_shell_file(&line, command->output.value);
        console_result("%s", case_text_bytes(&line));
        case_text_free(&line);
        return COMMAND_FAILED;
    }
    return written;
}

/* ---- Exploring ------------------------------------------------------------------------------ */

static enum command_exit explore_it(const void *context, const char *path,
                                    struct scenario *scenario, struct arena *arena)
{
    const struct explore_command *command = context;
    struct explore_result result;
    scenario->world.defects |= command->defects;
    const struct explore_config config = {
        .arena = arena,
        .states_max = command->states.given ? command->states.value : 0,
        .depth_max = command->depth.given ? (uint32_t)command->depth.value : 0,
        .faults = command->faults.given ? (uint32_t)command->faults.value : 0,
        .keep_times = command->times,
        .all_orders = command->all_orders,
        .stop = interrupt_came,
    };
    interrupt_watch();
    const uint64_t begin = now_ms();
    enum command_exit answer = COMMAND_TROUBLE;
    switch (explore_scenario(&config, scenario, &result)) {
    case EXPLORE_OK:
        answer = report(command, arena, &result, now_ms() - begin);
        break;
    case EXPLORE_NO_MEMORY:
        answer = console_no_memory();
        break;
    case EXPLORE_TROUBLE:
        console_error("%s: %s", path, result.message);
        break;
    }
    explore_result_free(&result);
    return interrupt_exit(answer);
}

static bool is_in_range(const struct option_number *option, const char *name, uint64_t least,
                        uint64_t most)
{
    if (option->given && (option->value < least || option->value > most)) {
        console_error("option '--%s' takes a number from %" PRIu64 " to %" PRIu64, name, least,
                      most);
        return false;
    }
    return true;
}

enum command_exit command_explore(int argc, char **argv)
{
    struct explore_command explore = {0};
    const struct option options[] = {
        {OPTION_TEXT, 'o', "output", "FILE", "write the shortest way to a failure there",
         .target.text = &explore.output},
        {OPTION_NUMBER, '\0', "faults", "K", "up to K faults, anywhere (0)",
         .target.number = &explore.faults},
        {OPTION_NUMBER, '\0', "states", "N", "look at so many states at most (1000000)",
         .target.number = &explore.states},
        {OPTION_NUMBER, '\0', "depth", "N", "go so many moves deep at most (10000)",
         .target.number = &explore.depth},
        {OPTION_FLAG, '\0', "times", NULL, "keep the times of the file",
         .target.flag = &explore.times},
        {OPTION_FLAG, '\0', "all-orders", NULL, "go into orders that come to the same, too",
         .target.flag = &explore.all_orders},
        {OPTION_FLAG, '\0', "faithful", NULL, "with every known defect of Dynflow",
         .target.flag = &explore.faithful},
        {OPTION_LIST, '\0', "defect", "NAME", "with this defect; may be given again",
         .target.list = &explore.defect_names},
    };
    const struct command command = {
        .name = "explore",
        .operands = "FILE",
        .sentence = "Go through every order of what can happen, every outcome that FILE allows, "
                    "and every\nplace for a few faults.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    enum command_exit answer;
    if (!one_scenario_parse(&command, argc, argv, &answer)) {
        return answer;
    }
    if (!is_in_range(&explore.states, "states", 1, UINT32_MAX - 1) ||
        !is_in_range(&explore.depth, "depth", 1, 1000000) ||
        !is_in_range(&explore.faults, "faults", 0, 8) ||
        !defect_options_parse(explore.faithful, &explore.defect_names, &explore.defects)) {
        return COMMAND_USAGE;
    }
    return one_scenario_do(argv[0], explore_it, &explore);
}
