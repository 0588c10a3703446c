/* lint.c: `dirsim lint`, which reads scenarios and tells every mistake in them. Here the mistakes
 * are the result, so they go to standard output. */
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/options.h"
#include "sim/cli/scenario_files.h"
#include "sim/cli/scenario_load.h"

#include <inttypes.h>

struct lint {
    uint64_t files;
    uint64_t problems;
    uint64_t files_with_problems;
};

static enum command_exit lint_file(struct lint *lint, const char *path)
{
    struct scenario_reading reading;
    enum command_exit status = scenario_load(path, &reading);
    if (status == COMMAND_TROUBLE) {
        console_error("%s: %s", path, reading.problems[0].message);
    } else {
        lint->files++;
    }
    if (status == COMMAND_USAGE) {
        lint->files_with_problems++;
        lint->problems += reading.problem_count;
        for (uint32_t i = 0; i < reading.problem_count; i++) {
            const struct scenario_problem *problem = &reading.problems[i];
            console_result("%s:%u:%u: %s", path, problem->position.line, problem->position.column,
                           problem->message);
        }
    }
    scenario_reading_free(&reading);
    return status;
}

static void tell_counts(const struct lint *lint)
{
    struct case_text text = {0};
    case_text_add(&text, "%" PRIu64 " scenario%s, %" PRIu64 " problem%s", lint->files,
                  lint->files == 1 ? "" : "s", lint->problems, lint->problems == 1 ? "" : "s");
    if (lint->problems > 0 && lint->files > 1) {
        case_text_add(&text, " in %" PRIu64 " of them", lint->files_with_problems);
    }
    console_result("%s", case_text_bytes(&text));
    case_text_free(&text);
}

enum command_exit command_lint(int argc, char **argv)
{
    const struct command command = {
        .name = "lint",
        .operands = "FILE|DIR...",
        .sentence = "Check scenario files, and tell every mistake in them with its place.",
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    if (operand_count == 0) {
        console_error("a scenario is missing: dirsim lint FILE|DIR...");
        return COMMAND_USAGE;
    }
    struct scenario_files files = {0};
    struct lint lint = {0};
    enum command_exit status = scenario_files_collect(&files, operand_count, argv);
    for (size_t i = 0; i < files.count && !console_output_failed(); i++) {
        status = command_worse(status, lint_file(&lint, files.paths[i]));
    }
    if (lint.files > 0) {
        tell_counts(&lint);
    }
    scenario_files_free(&files);
    return status;
}
