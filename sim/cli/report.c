/* report.c: `dirsim report`: what is in the database of campaigns, as one page: totals, failures by
 * group, when each was found, marks that were never reached and moves that were never made. The
 * page is only HTML and needs nothing else. */
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/escape.h"
#include "sim/cli/options.h"
#include "sim/cli/output_file.h"
#include "sim/scenario/vocabulary.h"
#include "sim/search/results.h"

#include <inttypes.h>
#include <string.h>

#define CHART_WIDTH 860u
#define CHART_HEIGHT 140u

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>dirsim campaigns</title>\n<style>\n"
    ":root { color-scheme: light dark; --bad: #c8102e; --faint: #667080; --line: #8884; }\n"
    "@media (prefers-color-scheme: dark) { :root { --bad: #ff5c6c; --faint: #98a3b0; } }\n"
    "body { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: "
    "0 1rem; }\n"
    "h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px "
    "solid var(--line); overflow-wrap: anywhere; }\n"
    "td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }\n"
    "pre { white-space: pre-wrap; color: var(--faint); }\n"
    ".bad { color: var(--bad); } .faint { color: var(--faint); }\n"
    "svg { width: 100%; height: auto; } polyline { fill: none; stroke: var(--bad); stroke-width: "
    "2; }\n"
    "text { fill: currentColor; font-size: 12px; } line { stroke: var(--line); }\n"
    "</style>\n</head>\n<body>\n<h1>Campaigns</h1>\n";

static void add_totals(struct case_text *text, const struct campaign *campaign)
{
    const struct campaign_totals *totals = &campaign->totals;
    uint64_t ms = campaign->elapsed_before_ms > 0 ? campaign->elapsed_before_ms : 1;
    case_text_add(text, "<table><tr><th class=\"n\">runs</th><th class=\"n\">failed</th>"
                        "<th class=\"n\">groups</th><th class=\"n\">seconds</th>"
                        "<th class=\"n\">runs a second</th><th class=\"n\">events</th>"
                        "<th class=\"n\">faults</th></tr>\n");
    case_text_add(text,
                  "<tr><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
                  "</td><td class=\"n\">%" PRIu32 "</td><td class=\"n\">%" PRIu64 ".%" PRIu64
                  "</td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
                  "</td><td class=\"n\">%" PRIu64 "</td></tr></table>\n",
                  totals->runs, totals->failed, campaign->groups.count, ms / 1000, ms / 100 % 10,
                  totals->runs * 1000 / ms, totals->events, totals->faults);
}

static void add_groups(struct case_text *text, const struct groups *groups)
{
    case_text_add(text, "<h2>Failures, by group</h2>\n");
    if (groups->count == 0) {
        case_text_add(text, "<p class=\"faint\">None.</p>\n");
        return;
    }
    case_text_add(text, "<table class=\"groups\"><tr><th class=\"n\">runs</th><th>group, and the "
                        "first of it</th><th class=\"n\">smallest</th><th class=\"n\">found "
                        "after</th></tr>\n");
    for (uint32_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->groups[i];
        case_text_add(text, "<tr><td class=\"n\">%" PRIu64 "</td><td><b class=\"bad\">",
                      group->count);
        escape_xml(text, group->signature);
        case_text_add(text, "</b>");
        /* Only what the signature does not tell already: its numbers and names. */
        if (strstr(group->signature, group->message) == NULL) {
            case_text_add(text, "<br><span class=\"faint\">");
            escape_xml(text, group->message);
            case_text_add(text, "</span>");
        }
        case_text_add(text,
                      "</td><td class=\"n\">seed %" PRIu64 "</td><td class=\"n\">%" PRIu64
                      " ms</td></tr>\n",
                      group->smallest_item, group->found_ms);
    }
    case_text_add(text, "</table>\n");
}

static uint64_t found_by(const struct groups *groups, uint64_t ms)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < groups->count; i++) {
        count += groups->groups[i].found_ms <= ms;
    }
    return count;
}

/* How many groups were known after how long: when it stays flat, little more is to be found. */
static void add_chart(struct case_text *text, const struct campaign *campaign)
{
    const struct groups *groups = &campaign->groups;
    uint64_t end = campaign->elapsed_before_ms > 0 ? campaign->elapsed_before_ms : 1;
    if (groups->count == 0) {
        return;
    }
    case_text_add(text,
                  "<h2>Groups known, over time</h2>\n<svg viewBox=\"0 0 %u %u\" role=\"img\" "
                  "aria-label=\"groups of failures known over time\">"
                  "<line x1=\"0\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/><polyline points=\"",
                  CHART_WIDTH, CHART_HEIGHT + 20, CHART_HEIGHT, CHART_WIDTH, CHART_HEIGHT);
    uint64_t before = 0;
    for (uint32_t x = 0; x <= CHART_WIDTH; x++) {
        uint64_t found = found_by(groups, end * x / CHART_WIDTH);
        if (found != before || x == 0 || x == CHART_WIDTH) {
            case_text_add(text, "%u,%" PRIu64 " %u,%" PRIu64 " ", x,
                          CHART_HEIGHT - before * (CHART_HEIGHT - 10) / groups->count, x,
                          CHART_HEIGHT - found * (CHART_HEIGHT - 10) / groups->count);
        }
        before = found;
    }
    case_text_add(text,
                  "\"/><text x=\"0\" y=\"%u\">0</text><text x=\"%u\" y=\"%u\" "
                  "text-anchor=\"end\">%" PRIu64 " ms, %" PRIu32 " groups</text></svg>\n",
                  CHART_HEIGHT + 15, CHART_WIDTH, CHART_HEIGHT + 15, end, groups->count);
}

static void add_marks(struct case_text *text, const struct campaign *campaign)
{
    uint32_t missing = 0;
    case_text_add(text, "<h2>Marks that no run reached</h2>\n<ul class=\"marks\">\n");
    for (uint32_t i = 0; i < mark_vocabulary_count; i++) {
        if (campaign->totals.marks[i] == 0) {
            missing++;
            case_text_add(text, "<li><b>%s</b>: %s</li>\n", mark_vocabulary[i].name,
                          mark_vocabulary[i].sentence);
        }
    }
    case_text_add(text, "</ul>\n<p class=\"faint\">%" PRIu32 " of %" PRIu32 " were reached.</p>\n",
                  mark_vocabulary_count - missing, mark_vocabulary_count);
}

static void add_moves(struct case_text *text, const struct coverage *coverage)
{
    const struct coverage_counts counts = coverage_count(coverage);
    case_text_add(text,
                  "<h2>Moves that no run made</h2>\n<p class=\"faint\">Of %" PRIu32
                  " that the tables of states allow, %" PRIu32 " were made in memory, %" PRIu32
                  " in the database; %" PRIu32 " of %" PRIu32
                  " faults struck.</p>\n<ul class=\"moves\">\n",
                  counts.moves_allowed, counts.moves[COVERAGE_MEMORY],
                  counts.moves[COVERAGE_STORED], counts.faults, counts.faults_all);
    for (uint32_t i = 0; i < COVERAGE_MOVES; i++) {
        const struct coverage_move move = coverage_move_of(i);
        if (coverage_move_allowed(i) && !coverage_seen(coverage, i)) {
            case_text_add(text, "<li>%s: %s to %s (%s)</li>\n", coverage_table_name(move.table),
                          coverage_state_name(move.table, move.from),
                          coverage_state_name(move.table, move.to),
                          coverage_place_name(move.place));
        }
    }
    case_text_add(text, "</ul>\n");
}

static bool add_campaign(struct case_text *text, struct results *results, uint32_t index)
{
    struct campaign campaign = {0};
    struct case_text subject = {0};
    const char *name = results_subject(results, index);
    bool good = name != NULL;
    if (good) {
        case_text_add(&subject, "%s", name); /* good until the next call only */
        good = results_load(results, case_text_bytes(&subject), &campaign);
    }
    if (good) {
        case_text_add(text, "<section>\n<h2>What it is about</h2>\n<pre>");
        escape_xml(text, case_text_bytes(&subject));
        case_text_add(text, "</pre>\n");
        add_totals(text, &campaign);
        add_chart(text, &campaign);
        groups_sort(&campaign.groups);
        add_groups(text, &campaign.groups);
        add_marks(text, &campaign);
        add_moves(text, &campaign.coverage);
        case_text_add(text, "</section>\n");
    }
    campaign_free(&campaign);
    case_text_free(&subject);
    return good;
}

static enum command_exit write_page(const struct case_text *text, const struct option_text *output)
{
    if (text->failed) {
        return console_no_memory();
    }
    if (!output->given) {
        console_write(case_text_bytes(text), text->length);
        return COMMAND_HELD;
    }
    struct output_file *file = output_file_open(output->value);
    if (file == NULL) {
        return COMMAND_TROUBLE;
    }
    (void)output_file_write(file, case_text_bytes(text), text->length);
    return output_file_commit(file) ? COMMAND_HELD : COMMAND_TROUBLE;
}

static enum command_exit report(const char *path, const struct option_text *output)
{
    char message[RESULTS_MESSAGE_MAX] = "";
    struct case_text text = {0};
    uint32_t count = 0;
    struct results *results = results_open(path, RESULTS_READ, message, sizeof(message));
    if (results == NULL) {
        console_error("%s", message);
        return COMMAND_TROUBLE;
    }
    case_text_add(&text, "%s", page_head);
    bool good = results_subject_count(results, &count);
    for (uint32_t i = 0; good && i < count; i++) {
        good = add_campaign(&text, results, i);
    }
    case_text_add(&text, "</body>\n</html>\n");
    if (!good) {
        console_error("%s", results_message(results));
    }
    results_close(results);
    enum command_exit status = good ? write_page(&text, output) : COMMAND_TROUBLE;
    case_text_free(&text);
    return status;
}

enum command_exit command_report(int argc, char **argv)
{
    struct option_text output = {0};
    const struct option options[] = {
        {OPTION_TEXT, 'o', "output", "FILE", "write it there instead of to standard output",
         .target.text = &output},
    };
    const struct command command = {
        .name = "report",
        .operands = "DATABASE",
        .sentence = "Make a page of what campaigns have found and kept with --db.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    if (operand_count != 1) {
        console_error("one database is wanted: dirsim report DATABASE -o PAGE.html");
        return COMMAND_USAGE;
    }
    return report(argv[0], &output);
}
