/* run.c: `dirsim run`: options, the files one after the other, and the reports at the end. */
#include "sim/cli/run.h"

#include "sim/cli/console.h"
#include "sim/cli/defect_options.h"
#include "sim/cli/scenario_files.h"
#include "sim/scenario/vocabulary.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const store_names[] = {"memory", "sqlite"};

static const char *store_name_at(const void *context, size_t index)
{
    (void)context;
    return store_names[index];
}

const char *run_store_name(const struct run *run)
{
    return run->store == REPLAY_STORE_FILE ? run->store_option.value : store_names[run->store];
}

bool run_is_tap(const struct run *run)
{
    return run->tap.given && run->tap.value == NULL;
}

/* ---- Understanding the options ------------------------------------------------------------- */

static bool parse_store(struct run *run)
{
    const char *value = run->store_option.value;
    struct stat status;
    run->store = REPLAY_STORE_MEMORY;
    if (!run->store_option.given || strcmp(value, "memory") == 0) {
        return true;
    }
    if (strcmp(value, "sqlite") == 0) {
        run->store = REPLAY_STORE_SQLITE;
        return true;
    }
    run->store = REPLAY_STORE_FILE;
    bool exists = stat(value, &status) == 0;
    run->store_was_there = exists && status.st_size > 0;
    /* "sqllite" would quietly become a file. */
    const char *nearest = options_nearest(value, 2, store_name_at, NULL);
    if (!exists && nearest != NULL && strpbrk(value, "/.") == NULL) {
        console_error("option '--store' takes memory, sqlite or a file: did you mean '%s', or a "
                      "file './%s'?",
                      nearest, value);
        return false;
    }
    return true;
}

/* TAP on standard output has it for itself. */
static bool check_tap(const struct run *run)
{
    const char *other = run->json                                            ? "--json"
                        : run->github                                        ? "--github"
                        : run->trace.given && run->trace.value == NULL       ? "--trace"
                        : run->coverage.given && run->coverage.value == NULL ? "--coverage"
                                                                             : NULL;
    if (run->tap.given && run->tap.value == NULL && other != NULL) {
        console_error("--tap and %s both want standard output; write --tap=FILE", other);
        return false;
    }
    return true;
}

static bool check_together(const struct run *run)
{
    if (run->json && run->trace.given && run->trace.value == NULL) {
        console_error("--json and --trace both want standard output; write --trace=FILE");
        return false;
    }
    if (!check_tap(run)) {
        return false;
    }
    if (run->json && run->github) {
        console_error("--json and --github both want standard output");
        return false;
    }
    if (run->twice && run->store == REPLAY_STORE_FILE) {
        console_error("--twice begins twice from nothing, which --store %s does not; take sqlite",
                      run->store_option.value);
        return false;
    }
    return true;
}

/* ---- The reports at the end ---------------------------------------------------------------- */

/* Names of the marks that nothing reached. NULL without memory. */
static const char **missing_marks(const struct run *run, uint32_t *count)
{
    const char **names = calloc(mark_vocabulary_count + 1, sizeof(*names));
    *count = 0;
    for (uint32_t i = 0; names != NULL && run->require_marks && i < mark_vocabulary_count; i++) {
        if (!run->marks[i]) {
            names[(*count)++] = mark_vocabulary[i].name;
        }
    }
    return names;
}

/* Why it was stopped has been said; half a result would only mislead. */
static void give_up(struct run *run)
{
    output_file_abandon(run->trace_file);
    run_json_abandon(&run->json_report);
    run_junit_abandon(&run->junit_report);
    case_text_free(&run->tap_report.lines);
    case_text_free(&run->sarif_report.results);
    run->status = COMMAND_TROUBLE;
}

/* To a file, or as a table before the last line; with --json it is a member of that object. */
static bool report_coverage(const struct run *run)
{
    if (run->coverage.value != NULL) {
        return run_coverage_write(run->coverage.value, &run->seen);
    }
    if (run->coverage.given && !run->json) {
        run_coverage_print(&run->seen);
    }
    return true;
}

static void report_end(struct run *run, const struct run_missing *missing)
{
    bool good = run->trace_file == NULL || output_file_commit(run->trace_file);
    good = report_coverage(run) && good;
    if (run->junit.given) {
        good = run_junit_end(&run->junit_report, run->junit.value, &run->counts, missing) && good;
    }
    if (run->tap.given) {
        good = run_tap_end(&run->tap_report, run->tap.value, missing) && good;
    }
    if (run->sarif.given) {
        good = run_sarif_end(&run->sarif_report, run->sarif.value, missing) && good;
    }
    run->status = good ? run->status : COMMAND_TROUBLE;
    if (!run->json) {
        if (!run_is_tap(run)) {
            run_report_end(&run->counts, missing);
        }
    } else if (!run_json_end(&run->json_report, run->status == COMMAND_HELD, run_store_name(run),
                             &run->counts, missing, run->coverage.given ? &run->seen : NULL)) {
        run->status = console_no_memory();
    }
}

static void finish(struct run *run)
{
    struct run_missing missing = {0};
    const char **names = missing_marks(run, &missing.count);
    missing.names = names;
    if (names == NULL) {
        run->status = console_no_memory();
    } else if (missing.count > 0) {
        run->status = command_worse(run->status, COMMAND_FAILED);
    }
    report_end(run, &missing);
    free(names);
}

/* ---- The files ----------------------------------------------------------------------------- */

static enum command_exit run_files(struct run *run, const struct scenario_files *files)
{
    if (run->store == REPLAY_STORE_FILE && files->count > 1) {
        console_error("one scenario per database: %zu scenarios were given, and one file, %s",
                      files->count, run->store_option.value);
        return COMMAND_USAGE;
    }
    run->marks = calloc(mark_vocabulary_count + 1, sizeof(*run->marks));
    run->arena = replay_arena_create(&run->arena_size);
    if (run->marks == NULL || run->arena == NULL) {
        arena_destroy(run->arena);
        free(run->marks);
        return console_no_memory();
    }
    if (run->trace.value != NULL) {
        run->trace_file = output_file_open(run->trace.value);
        run->stopped = run->trace_file == NULL;
    }
    for (size_t i = 0; i < files->count && !run->stopped; i++) {
        run_scenario(run, files->paths[i]);
    }
    if (run->stopped) {
        give_up(run);
    } else {
        finish(run);
    }
    arena_destroy(run->arena);
    free(run->marks);
    return run->status;
}

static enum command_exit run_operands(struct run *run, int operand_count, char **operands)
{
    if (operand_count == 0) {
        console_error("a scenario is missing: dirsim run FILE|DIR...");
        return COMMAND_USAGE;
    }
    if (!parse_store(run) ||
        !defect_options_parse(run->faithful, &run->defect_names, &run->defects) ||
        !check_together(run)) {
        return COMMAND_USAGE;
    }
    struct scenario_files files = {0};
    run->status = scenario_files_collect(&files, operand_count, operands);
    if (files.count > 0) {
        run->status = run_files(run, &files);
    }
    scenario_files_free(&files);
    return run->status;
}

enum command_exit command_run(int argc, char **argv)
{
    struct run run = {.colours = console_colours()};
    const struct option options[] = {
        {OPTION_NUMBER, '\0', "seed", "N", "the seed, instead of the one in the file",
         .target.number = &run.seed},
        {OPTION_TEXT, '\0', "store", "STORE",
         "memory (the default), sqlite, or a file that SQLite keeps",
         .target.text = &run.store_option},
        {OPTION_FLAG, '\0', "faithful", NULL, "with every known defect of Dynflow",
         .target.flag = &run.faithful},
        {OPTION_LIST, '\0', "defect", "NAME", "with this defect; may be given again",
         .target.list = &run.defect_names},
        {OPTION_MAYBE_TEXT, '\0', "trace", "FILE", "write what happens, event by event",
         .target.text = &run.trace},
        {OPTION_FLAG, '\0', "twice", NULL, "run each scenario twice, and compare the traces",
         .target.flag = &run.twice},
        {OPTION_FLAG, '\0', "json", NULL, "print the result as one JSON object",
         .target.flag = &run.json},
        {OPTION_TEXT, '\0', "junit", "FILE", "write the result as JUnit XML",
         .target.text = &run.junit},
        {OPTION_MAYBE_TEXT, '\0', "tap", "FILE", "write the result as TAP, or print it",
         .target.text = &run.tap},
        {OPTION_TEXT, '\0', "sarif", "FILE", "write what failed as SARIF",
         .target.text = &run.sarif},
        {OPTION_FLAG, '\0', "github", NULL, "print what failed as annotations of GitHub, too",
         .target.flag = &run.github},
        {OPTION_MAYBE_TEXT, '\0', "coverage", "FILE",
         "tell which moves of states were seen, and under which faults",
         .target.text = &run.coverage},
        {OPTION_FLAG, '\0', "require-marks", NULL, "fail when a mark is reached by no scenario",
         .target.flag = &run.require_marks},
    };
    const struct command command = {
        .name = "run",
        .operands = "FILE|DIR...",
        .sentence = "Replay scenarios in the simulated world; of a folder, all *.yaml below it.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
        .notes = "'dirsim list' tells the names of defects and marks; dirsim-scenario(5) what a "
                 "scenario is.\n",
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    return run_operands(&run, operand_count, argv);
}
