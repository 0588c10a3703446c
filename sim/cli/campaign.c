/* campaign.c: `dirsim campaign`: options, the scenarios it is about, and running it. */
#include "sim/cli/campaign.h"

#include "sim/cli/console.h"
#include "sim/cli/defect_options.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/run_coverage.h"
#include "sim/cli/scenario_load.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEDS_DEFAULT 1000u
#define HANG_MS_DEFAULT 30000u

/* ---- Understanding the options ------------------------------------------------------------- */

/* "60s", "10m", "2h", "500ms"; a plain number counts seconds. */
static bool parse_time(const char *name, const struct option_text *option, uint64_t *time_ms)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60000}, {"h", 3600000}};
    size_t digits = strspn(option->value, "0123456789");
    uint64_t number = 0;
    for (size_t i = 0; i < digits && number < UINT32_MAX; i++) {
        number = number * 10 + (uint64_t)(option->value[i] - '0');
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (digits > 0 && number > 0 && number < UINT32_MAX &&
            strcmp(option->value + digits, units[i].unit) == 0) {
            *time_ms = number * units[i].ms;
            return true;
        }
    }
    console_error("option '--%s' takes a time such as 60s, 10m or 2h, not '%s'", name,
                  option->value);
    return false;
}

/* "A..B", "A..", or "N" for 0..N-1. */
static bool parse_seeds(struct campaign_command *command)
{
    command->first_seed = 0;
    command->last_seed = command->time.given ? UINT64_MAX : SEEDS_DEFAULT - 1;
    if (!command->seeds.given) {
        return true;
    }
    char first[24];
    const char *dots = strstr(command->seeds.value, "..");
    uint64_t number;
    if (dots == NULL && options_number(command->seeds.value, &number) && number > 0) {
        command->last_seed = number - 1;
        return true;
    }
    size_t length = dots == NULL ? sizeof(first) : (size_t)(dots - command->seeds.value);
    if (length < sizeof(first)) {
        memcpy(first, command->seeds.value, length);
        first[length] = '\0';
        command->last_seed = UINT64_MAX;
        bool open = dots[2] == '\0' && command->time.given;
        if (options_number(first, &command->first_seed) &&
            (open || options_number(dots + 2, &command->last_seed)) &&
            command->first_seed <= command->last_seed) {
            return true;
        }
    }
    console_error("option '--seeds' takes a number of seeds, or the first and the last as in "
                  "100..199 (with --time also 100..), not '%s'",
                  command->seeds.value);
    return false;
}

/* "I/N", from 1/N to N/N. */
static bool parse_shard(struct campaign_command *command)
{
    struct campaign_config *config = &command->campaign.config;
    config->shards = 1;
    if (!command->shard.given) {
        return true;
    }
    char shard[24];
    uint64_t number;
    uint64_t count;
    const char *slash = strchr(command->shard.value, '/');
    size_t length = slash == NULL ? sizeof(shard) : (size_t)(slash - command->shard.value);
    if (length < sizeof(shard)) {
        memcpy(shard, command->shard.value, length);
        shard[length] = '\0';
        if (options_number(shard, &number) && options_number(slash + 1, &count) && number >= 1 &&
            number <= count && count <= UINT32_MAX) {
            config->shard = (uint32_t)number - 1;
            config->shards = (uint32_t)count;
            return true;
        }
    }
    console_error("option '--shard' takes a part such as 1/4 (to 4/4), not '%s'",
                  command->shard.value);
    return false;
}

static bool parse_jobs(struct campaign_command *command)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t jobs = command->jobs.given ? command->jobs.value : cores > 0 ? (uint64_t)cores : 1;
    if (jobs == 0 || (command->jobs.given && jobs > CAMPAIGN_JOBS_MAX)) {
        console_error("option '--jobs' takes a number of processes from 1 to %u",
                      CAMPAIGN_JOBS_MAX);
        return false;
    }
    command->campaign.config.jobs = (uint32_t)(jobs < CAMPAIGN_JOBS_MAX ? jobs : CAMPAIGN_JOBS_MAX);
    return true;
}

static bool parse_store(struct campaign_command *command)
{
    command->campaign.config.store = REPLAY_STORE_MEMORY;
    if (!command->store_option.given || strcmp(command->store_option.value, "memory") == 0) {
        return true;
    }
    if (strcmp(command->store_option.value, "sqlite") == 0) {
        command->campaign.config.store = REPLAY_STORE_SQLITE;
        return true;
    }
    console_error("option '--store' takes memory or sqlite here, not '%s'",
                  command->store_option.value);
    return false;
}

static bool parse_kind(struct campaign_command *command, int operand_count)
{
    command->generate = command->generate || operand_count == 0;
    if (command->generate && operand_count > 0) {
        console_error("--generate makes its own scenarios, and takes no files");
        return false;
    }
    if (command->generate && command->chaos) {
        console_error("--chaos lays faults over given scenarios: name a file or folder, or leave "
                      "it out");
        return false;
    }
    command->subject.kind = command->generate ? SUBJECT_GENERATED
                            : command->chaos  ? SUBJECT_DISTURBED
                                              : SUBJECT_GIVEN;
    return true;
}

static bool parse_options(struct campaign_command *command, int operand_count)
{
    struct campaign_config *config = &command->campaign.config;
    config->hang_ms = HANG_MS_DEFAULT;
    return parse_kind(command, operand_count) && parse_seeds(command) &&
           (!command->time.given || parse_time("time", &command->time, &config->time_ms)) &&
           (!command->hang.given || parse_time("hang", &command->hang, &config->hang_ms)) &&
           parse_shard(command) && parse_jobs(command) && parse_store(command) &&
           defect_options_parse(command->faithful, &command->defect_names,
                                &command->subject.defects);
}

/* ---- What it is about ----------------------------------------------------------------------- */

static enum command_exit load_file(struct campaign_command *command, size_t index)
{
    struct scenario_reading *reading = &command->readings[index];
    const char *path = command->files.paths[index];
    enum command_exit status = scenario_load_or_tell(path, reading);
    if (status == COMMAND_HELD) {
        command->bases[index] = reading->scenario;
    }
    return status;
}

static enum command_exit load_files(struct campaign_command *command, int operand_count,
                                    char **operands)
{
    enum command_exit status = scenario_files_collect(&command->files, operand_count, operands);
    size_t count = command->files.count;
    if (status != COMMAND_HELD) {
        return status;
    }
    command->readings = calloc(count, sizeof(*command->readings));
    command->bases = calloc(count, sizeof(*command->bases));
    if (command->readings == NULL || command->bases == NULL || count > UINT32_MAX) {
        return console_no_memory();
    }
    for (size_t i = 0; i < count; i++) {
        status = command_worse(status, load_file(command, i));
    }
    command->subject.bases = command->bases;
    command->subject.base_count = (uint32_t)count;
    return status;
}

/* Items are numbered: there are so many seeds for so many files. */
static bool set_items(struct campaign_command *command)
{
    struct campaign_config *config = &command->campaign.config;
    uint64_t bases = command->subject.base_count;
    uint64_t seed_max = INT64_MAX / bases - 1;
    config->subject = &command->subject;
    if (command->first_seed > seed_max ||
        (command->last_seed > seed_max && command->last_seed != UINT64_MAX)) {
        console_error("seeds go up to %llu with so many files", (unsigned long long)seed_max);
        return false;
    }
    uint64_t last_seed = command->last_seed < seed_max ? command->last_seed : seed_max;
    config->first_item = command->first_seed * bases;
    config->end_item = command->last_seed == UINT64_MAX ? CAMPAIGN_NO_END : (last_seed + 1) * bases;
    return true;
}

/* ---- Running ------------------------------------------------------------------------------- */

static bool on_progress(void *context, const struct campaign *campaign)
{
    struct campaign_command *command = context;
    (void)campaign;
    campaign_show_progress(command);
    return campaign_save(command, false) && !console_output_failed();
}

static uint32_t missing_marks(const struct campaign_command *command)
{
    uint32_t missing = 0;
    for (uint32_t i = 0; command->require_marks && i < MARK_COUNT; i++) {
        missing += command->campaign.totals.marks[i] == 0;
    }
    return missing;
}

static bool report_coverage(const struct campaign_command *command)
{
    const struct coverage *coverage = &command->campaign.coverage;
    if (command->coverage.given && command->coverage.value != NULL) {
        return run_coverage_write(command->coverage.value, coverage);
    }
    if (command->coverage.given) {
        run_coverage_print(coverage);
    }
    return true;
}

/* Run, keep and report; the folder and the database are there. */
static enum command_exit run_it(struct campaign_command *command)
{
    struct campaign_config *config = &command->campaign.config;
    config->interrupted = &interrupt_signal;
    config->context = command;
    config->progress = on_progress;
    command->terminal = isatty(STDERR_FILENO) == 1;
    enum campaign_status status = campaign_run(&command->campaign);
    campaign_clear_progress(command);
    bool kept = campaign_save(command, true);
    groups_sort(&command->campaign.groups);
    kept = (!command->out.given || campaign_write_files(command)) && kept;
    kept = kept && campaign_keep_files(command);
    kept = report_coverage(command) && kept;
    campaign_report(command, status);
    campaign_forget_files(command);
    if (status == CAMPAIGN_TROUBLE) {
        console_error("%s", command->campaign.message);
    }
    if (status == CAMPAIGN_TROUBLE || !kept) {
        return COMMAND_TROUBLE;
    }
    if (command->campaign.groups.count > 0) {
        return COMMAND_FAILED;
    }
    if (status == CAMPAIGN_INTERRUPTED) {
        return interrupt_exit(COMMAND_HELD);
    }
    return missing_marks(command) == 0 ? COMMAND_HELD : COMMAND_FAILED;
}

static enum command_exit prepare_and_run(struct campaign_command *command)
{
    enum command_exit status = COMMAND_TROUBLE;
    if (!set_items(command)) {
        return COMMAND_USAGE;
    }
    interrupt_watch();
    if ((!command->out.given || campaign_prepare_out(command->out.value)) &&
        campaign_open_database(command)) {
        status = run_it(command);
    }
    campaign_close_database(command);
    return status;
}

static enum command_exit merge_operands(struct campaign_command *command, int operand_count,
                                        char **operands)
{
    if (!command->out.given) {
        console_error("--merge wants a database to merge into: -o ALL.db");
        return COMMAND_USAGE;
    }
    return campaign_merge(command->out.value, operand_count, operands);
}

static enum command_exit run_operands(struct campaign_command *command, int operand_count,
                                      char **operands)
{
    if (command->merge) {
        return merge_operands(command, operand_count, operands);
    }
    if (!parse_options(command, operand_count)) {
        return COMMAND_USAGE;
    }
    command->subject.base_count = 1;
    enum command_exit status = COMMAND_HELD;
    if (command->subject.kind != SUBJECT_GENERATED) {
        status = load_files(command, operand_count, operands);
    }
    if (status == COMMAND_HELD) {
        status = prepare_and_run(command);
    }
    for (size_t i = 0; command->readings != NULL && i < command->files.count; i++) {
        scenario_reading_free(&command->readings[i]);
    }
    free(command->readings);
    free(command->bases);
    scenario_files_free(&command->files);
    campaign_free(&command->campaign);
    return status;
}

enum command_exit command_campaign(int argc, char **argv)
{
    struct campaign_command campaign = {0};
    const struct option options[] = {
        {OPTION_TEXT, '\0', "seeds", "A..B", "these seeds; N for 0..N-1; 1000 when not told",
         .target.text = &campaign.seeds},
        {OPTION_TEXT, '\0', "time", "TIME", "come to an end after 60s, 10m, 2h",
         .target.text = &campaign.time},
        {OPTION_NUMBER, 'j', "jobs", "N", "worker processes; as many as there are cores",
         .target.number = &campaign.jobs},
        {OPTION_TEXT, '\0', "shard", "I/N", "only this part of N, for one machine of several",
         .target.text = &campaign.shard},
        {OPTION_FLAG, '\0', "chaos", NULL, "lay faults by chance over the given scenarios",
         .target.flag = &campaign.chaos},
        {OPTION_FLAG, '\0', "generate", NULL, "random scenarios: what it does without files",
         .target.flag = &campaign.generate},
        {OPTION_FLAG, '\0', "faithful", NULL, "with every known defect of Dynflow",
         .target.flag = &campaign.faithful},
        {OPTION_LIST, '\0', "defect", "NAME", "with this defect; may be given again",
         .target.list = &campaign.defect_names},
        {OPTION_TEXT, '\0', "store", "STORE", "memory (the default) or sqlite",
         .target.text = &campaign.store_option},
        {OPTION_TEXT, '\0', "db", "FILE", "keep the results in FILE, and go on from what it holds",
         .target.text = &campaign.db},
        {OPTION_FLAG, '\0', "merge", NULL, "make one database, -o FILE, of those that are named",
         .target.flag = &campaign.merge},
        {OPTION_TEXT, 'o', "out", "DIR", "write a scenario for each group of failures into DIR",
         .target.text = &campaign.out},
        {OPTION_FLAG, '\0', "no-shrink", NULL, "with --out: the scenarios as they came about",
         .target.flag = &campaign.no_shrink},
        {OPTION_TEXT, '\0', "hang", "TIME", "a run that takes longer is a failure; 30s",
         .target.text = &campaign.hang},
        {OPTION_MAYBE_TEXT, '\0', "coverage", "FILE",
         "tell which moves of states were seen, or write it as JSON",
         .target.text = &campaign.coverage},
        {OPTION_FLAG, '\0', "require-marks", NULL, "fail when a mark is reached by no run",
         .target.flag = &campaign.require_marks},
    };
    const struct command command = {
        .name = "campaign",
        .operands = "[FILE|DIR...]",
        .sentence = "Run many seeds in parallel: of given scenarios, of given ones with faults "
                    "laid over them,\nor of random ones.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
        .notes = "Ctrl-C brings it to an end in good order.\n",
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    return run_operands(&campaign, operand_count, argv);
}
