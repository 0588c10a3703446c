/* timeline.c: `dirsim timeline`: one run of a scenario as a page to look at, or as a trace for
 * Perfetto. Whether the scenario holds makes no difference: the page tells. */
#include "sim/cli/timeline_output.h"

#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/defect_options.h"
#include "sim/cli/options.h"
#include "sim/cli/output_file.h"
#include "sim/cli/scenario_load.h"
#include "sim/search/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct format {
    const char *name;
    void (*make)(const struct timeline *timeline, struct case_text *text);
};

static const struct format formats[] = {
    {"html", timeline_page},
    {"chrome", timeline_chrome},
    {"json", timeline_json},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

struct options_of_timeline {
    struct option_text output;
    struct option_text format_name;
    struct option_number seed;
    struct option_text store_name;
    bool faithful;
    struct option_list defect_names;
    /* The same, understood. */
    const struct format *format;
    enum replay_store store;
    uint64_t defects;
};

static bool parse_format(struct options_of_timeline *options)
{
    const char *name = options->format_name.given ? options->format_name.value : "html";
    for (size_t i = 0; i < FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            options->format = &formats[i];
            return true;
        }
    }
    console_error("option '--format' takes html, chrome or json, not '%s'", name);
    return false;
}

static bool parse_store(struct options_of_timeline *options)
{
    const char *name = options->store_name.given ? options->store_name.value : "memory";
    bool sqlite = strcmp(name, "sqlite") == 0;
    options->store = sqlite ? REPLAY_STORE_SQLITE : REPLAY_STORE_MEMORY;
    if (!sqlite && strcmp(name, "memory") != 0) {
        console_error("option '--store' takes memory or sqlite, not '%s'", name);
        return false;
    }
    return true;
}

static void make_again(const struct options_of_timeline *options, const struct scenario *scenario,
                       const char *path, struct case_text *line)
{
    case_text_add(line, "dirsim run --seed %" PRIu64 "%s", scenario->seed,
                  options->store == REPLAY_STORE_SQLITE ? " --store sqlite" : "");
    if (options->faithful) {
        console_shell_word(line, "--faithful");
    }
    for (size_t i = 0; i < options->defect_names.count; i++) {
        console_shell_word(line, "--defect");
        console_shell_word(line, options->defect_names.values[i]);
    }
    console_shell_file(line, path);
}

/* The file's text with a NUL, to be shown beside the lanes; NULL when it cannot be had again, as
 * from a pipe. For free. */
static char *read_source(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > (off_t)SCENARIO_FILE_BYTES_MAX) {
        return NULL;
    }
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : malloc((size_t)status.st_size + 1);
    if (text != NULL) {
        size_t length = fread(text, 1, (size_t)status.st_size, file);
        text[length] = '\0';
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

static enum command_exit tell(const struct options_of_timeline *options,
                              const struct replay *replay, struct story *story,
                              const struct scenario *scenario, const char *path)
{
    struct case_text again = {0};
    struct case_text text = {0};
    char *source = read_source(path);
    enum command_exit status = COMMAND_TROUBLE;
    make_again(options, scenario, path, &again);
    const struct timeline timeline = {
        .story = story,
        .scenario = scenario,
        .simulation = replay->simulation,
        .file = path,
        .again = case_text_bytes(&again),
        .source = source,
    };
    bool good = story_link(story, scenario);
    if (good) {
        options->format->make(&timeline, &text);
        good = !text.failed && !again.failed;
    }
    if (!good) {
        status = console_no_memory();
    } else if (output_text(options->output.value, &text)) {
        status = COMMAND_HELD;
    }
    free(source);
    case_text_free(&again);
    case_text_free(&text);
    return status;
}

static enum command_exit tell_trouble(const struct replay *replay, const struct scenario *scenario,
                                      const char *path, enum replay_status status)
{
    switch (status) {
    case REPLAY_BAD_CHOICE: {
        const struct scenario_choice *choice = &scenario->choices[replay->bad_choice];
        console_problem("%s:%" PRIu32 ":%" PRIu32 ": '%s' %s", path, choice->position.line,
                        choice->position.column, choice->site, replay->message);
        return COMMAND_USAGE;
    }
    case REPLAY_STORE_ERROR:
        console_error("%s: %s", path, replay->message);
        return COMMAND_TROUBLE;
    default:
        return console_no_memory();
    }
}

static enum command_exit run_loaded(const struct options_of_timeline *options,
                                    const struct scenario *scenario, const char *path)
{
    size_t arena_size = 0;
    struct arena *arena = replay_arena_create(&arena_size);
    if (arena == NULL) {
        return console_no_memory();
    }
    struct story story = {0};
    struct replay replay;
    const struct trace_sink sink = {.context = &story, .record = story_take};
    const struct replay_config config = {
        .scenario = scenario, .store = options->store, .sink = &sink};
    enum replay_status ran = replay_run(&replay, arena, &config);
    enum command_exit status = ran == REPLAY_OK ? tell(options, &replay, &story, scenario, path)
                                                : tell_trouble(&replay, scenario, path, ran);
    replay_end(&replay);
    story_free(&story);
    arena_destroy(arena);
    return status;
}

static enum command_exit run_file(const struct options_of_timeline *options, const char *path)
{
    struct scenario_reading reading;
    enum command_exit status = scenario_load_or_tell(path, &reading);
    if (status == COMMAND_HELD) {
        reading.scenario->seed = options->seed.given ? options->seed.value : reading.scenario->seed;
        reading.scenario->world.defects |= options->defects;
        status = run_loaded(options, reading.scenario, path);
    }
    scenario_reading_free(&reading);
    return status;
}

enum command_exit command_timeline(int argc, char **argv)
{
    struct options_of_timeline wanted = {0};
    const struct option options[] = {
        {OPTION_TEXT, 'o', "output", "FILE", "write it there instead of to standard output",
         .target.text = &wanted.output},
        {OPTION_TEXT, '\0', "format", "FORMAT",
         "html (the default), chrome (for Perfetto), or json", .target.text = &wanted.format_name},
        {OPTION_NUMBER, '\0', "seed", "N", "the seed, instead of the one in the file",
         .target.number = &wanted.seed},
        {OPTION_TEXT, '\0', "store", "STORE", "memory (the default) or sqlite",
         .target.text = &wanted.store_name},
        {OPTION_FLAG, '\0', "faithful", NULL, "with every known defect of Dynflow",
         .target.flag = &wanted.faithful},
        {OPTION_LIST, '\0', "defect", "NAME", "with this defect; may be given again",
         .target.list = &wanted.defect_names},
    };
    const struct command command = {
        .name = "timeline",
        .operands = "FILE",
        .sentence = "Run a scenario, and make a page of it that tells what happened and why.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
        .notes = "The page is one file and needs no network; '?' in it tells its keys.\n",
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    if (operand_count != 1) {
        console_error("one scenario is wanted: dirsim timeline FILE -o PAGE.html");
        return COMMAND_USAGE;
    }
    if (!parse_format(&wanted) || !parse_store(&wanted) ||
        !defect_options_parse(wanted.faithful, &wanted.defect_names, &wanted.defects)) {
        return COMMAND_USAGE;
    }
    if (wanted.format->make == timeline_page && !output_page_wanted(wanted.output.value)) {
        return COMMAND_USAGE;
    }
    return run_file(&wanted, argv[0]);
}
