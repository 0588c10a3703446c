/* campaign_report.c: what a person sees of a campaign: a line of progress on a terminal while it
 * runs, and the groups of failures in the end. */
#include "sim/cli/campaign.h"

#include "sim/cli/console.h"
#include "sim/scenario/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static uint32_t marks_reached(const struct campaign *campaign)
{
    uint32_t reached = 0;
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        reached += campaign->totals.marks[i] > 0;
    }
    return reached;
}

/* Moves that the tables allow, in memory and in the database. */
static uint32_t moves_seen(const struct campaign *campaign, uint32_t *allowed)
{
    const struct coverage_counts counts = coverage_count(&campaign->coverage);
    *allowed = COVERAGE_PLACES * counts.moves_allowed;
    return counts.moves[COVERAGE_MEMORY] + counts.moves[COVERAGE_STORED];
}

static uint64_t runs_a_second(const struct campaign *campaign)
{
    uint64_t runs = campaign->totals.runs - campaign->runs_before;
    uint64_t elapsed = campaign->elapsed_ms > 0 ? campaign->elapsed_ms : 1;
    return runs * 1000 / elapsed;
}

/* ---- Progress ------------------------------------------------------------------------------- */

/* What is left by the time limit, or by what has been run; UINT64_MAX when nobody knows. */
static uint64_t time_left_ms(const struct campaign *campaign)
{
    const struct campaign_config *config = &campaign->config;
    uint64_t left = UINT64_MAX;
    uint64_t rate = runs_a_second(campaign);
    if (config->time_ms != 0) {
        left = config->time_ms > campaign->elapsed_ms ? config->time_ms - campaign->elapsed_ms : 0;
    }
    if (config->end_item != CAMPAIGN_NO_END && rate > 0) {
        uint64_t all = (config->end_item - config->first_item) / config->shards;
        uint64_t runs = all > campaign->totals.runs ? all - campaign->totals.runs : 0;
        uint64_t needed = runs * 1000 / rate;
        left = needed < left ? needed : left;
    }
    return left;
}

void campaign_show_progress(struct campaign_command *command)
{
    const struct campaign *campaign = &command->campaign;
    if (!command->terminal) {
        return;
    }
    uint64_t left = time_left_ms(campaign);
    uint32_t moves_allowed;
    uint32_t moves = moves_seen(campaign, &moves_allowed);
    fprintf(stderr,
            "\r\033[K%" PRIu64 " run%s, %" PRIu64 "/s, %" PRIu64 " failed in %u group%s, %u of %u "
            "marks, %u of %u moves",
            campaign->totals.runs, plural(campaign->totals.runs), runs_a_second(campaign),
            campaign->totals.failed, campaign->groups.count, plural(campaign->groups.count),
            marks_reached(campaign), (unsigned)MARK_COUNT, moves, moves_allowed);
    if (left != UINT64_MAX) {
        fprintf(stderr, ", %" PRIu64 ":%02" PRIu64 " left", left / 60000, left / 1000 % 60);
    }
    fflush(stderr);
    command->shown = true;
}

void campaign_clear_progress(struct campaign_command *command)
{
    if (command->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    command->shown = false;
}

/* ---- Again ---------------------------------------------------------------------------------- */

static void add_switches(const struct campaign_command *command, struct case_text *line)
{
    if (command->faithful) {
        console_shell_word(line, "--faithful");
    }
    for (size_t i = 0; i < command->defect_names.count; i++) {
        console_shell_word(line, "--defect");
        console_shell_word(line, command->defect_names.values[i]);
    }
    if (command->campaign.config.store == REPLAY_STORE_SQLITE) {
        console_shell_word(line, "--store");
        console_shell_word(line, "sqlite");
    }
}

void campaign_again_line(const struct campaign_command *command, uint64_t item,
                         struct case_text *line)
{
    uint64_t seed = subject_seed(&command->subject, item);
    uint32_t base = subject_base(&command->subject, item);
    if (command->subject.kind == SUBJECT_GIVEN) {
        case_text_add(line, "dirsim run --seed %" PRIu64, seed);
    } else {
        case_text_add(line, "dirsim campaign --seeds %" PRIu64 "..%" PRIu64, seed, seed);
    }
    if (command->subject.kind == SUBJECT_DISTURBED) {
        console_shell_word(line, "--chaos");
    }
    add_switches(command, line);
    if (command->subject.kind != SUBJECT_GENERATED) {
        console_shell_file(line, command->files.paths[base]);
    }
}

/* ---- The end -------------------------------------------------------------------------------- */

static void report_group(const struct campaign_command *command, uint32_t number)
{
    const struct group *group = &command->campaign.groups.groups[number];
    struct case_text line = {0};
    uint64_t found = group->found_ms;
    console_result("FAILED  %s", group->signature);
    console_result("        %" PRIu64 " run%s; first seen after %" PRIu64 ".%" PRIu64
                   " s; the smallest is seed %" PRIu64 ", of size %u: %s",
                   group->count, plural(group->count), found / 1000, found % 1000 / 100,
                   subject_seed(&command->subject, group->smallest_item), group->smallest_size,
                   group->message);
    if (command->files_out != NULL) {
        case_text_add(&line, "dirsim run");
        console_shell_file(&line, case_text_bytes(&command->files_out[number].path));
    } else {
        campaign_again_line(command, group->smallest_item, &line);
    }
    console_result("again: %s", case_text_bytes(&line));
    case_text_free(&line);
}

static uint32_t defects_found(const struct campaign_command *command, uint32_t *all)
{
    uint32_t found = 0;
    *all = (uint32_t)__builtin_popcountll(command->subject.defects);
    for (uint32_t i = 0; i < SCENARIO_DEFECTS_MAX; i++) {
        found += command->campaign.defects[i].found;
    }
    return found;
}

/* The defects that were shown, in the order in which they were. */
static void report_defects(const struct campaign_command *command)
{
    const struct campaign_defect *defects = command->campaign.defects;
    uint64_t reported = 0;
    for (uint32_t i = 0; i < SCENARIO_DEFECTS_MAX; i++) {
        uint32_t first = SCENARIO_DEFECTS_MAX;
        for (uint32_t k = 0; k < SCENARIO_DEFECTS_MAX; k++) {
            bool earlier =
                first == SCENARIO_DEFECTS_MAX || defects[k].found_ms < defects[first].found_ms;
            if (defects[k].found && (reported & UINT64_C(1) << k) == 0 && earlier) {
                first = k;
            }
        }
        if (first == SCENARIO_DEFECTS_MAX) {
            return;
        }
        reported |= UINT64_C(1) << first;
        console_result("defect %s: shown by seed %" PRIu64 ", after %" PRIu64 ".%03" PRIu64 " s",
                       defect_vocabulary[first].name,
                       subject_seed(&command->subject, defects[first].first_item),
                       defects[first].found_ms / 1000, defects[first].found_ms % 1000);
    }
}

/* Those that are switched on, and that no run has shown alone. */
static void report_missing_defects(const struct campaign_command *command)
{
    for (uint32_t i = 0; i < SCENARIO_DEFECTS_MAX; i++) {
        if ((command->subject.defects & UINT64_C(1) << i) != 0 &&
            !command->campaign.defects[i].found) {
            console_result("defect %s: shown by no run", defect_vocabulary[i].name);
        }
    }
}

static void report_missing_marks(const struct campaign_command *command)
{
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        if (command->campaign.totals.marks[i] == 0) {
            console_result("mark %s was reached by no run", mark_vocabulary[i].name);
        }
    }
}

void campaign_report(struct campaign_command *command, enum campaign_status status)
{
    static const char *const endings[] = {
        [CAMPAIGN_COMPLETE] = "complete",
        [CAMPAIGN_TIME_UP] = "time is up",
        [CAMPAIGN_INTERRUPTED] = "interrupted",
        [CAMPAIGN_TROUBLE] = "given up",
    };
    const struct campaign *campaign = &command->campaign;
    const struct campaign_totals *totals = &campaign->totals;
    for (uint32_t i = 0; i < campaign->groups.count; i++) {
        report_group(command, i);
    }
    uint32_t moves_allowed;
    uint32_t moves = moves_seen(campaign, &moves_allowed);
    if (command->require_marks) {
        report_missing_marks(command);
    }
    uint32_t defects_all;
    uint32_t defects = defects_found(command, &defects_all);
    report_defects(command);
    report_missing_defects(command);
    if (defects_all > 0) {
        console_result("%u of %u defects shown", defects, defects_all);
    }
    console_result("%" PRIu64 " run%s, %" PRIu64 " failed in %u group%s; %u of %u marks, "
                   "%u of %u moves; %" PRIu64 ".%" PRIu64 " s, %" PRIu64 " runs/s; %s",
                   totals->runs, plural(totals->runs), totals->failed, campaign->groups.count,
                   plural(campaign->groups.count), marks_reached(campaign), (unsigned)MARK_COUNT,
                   moves, moves_allowed, campaign->elapsed_ms / 1000,
                   campaign->elapsed_ms % 1000 / 100, runs_a_second(campaign), endings[status]);
}
