/* report_campaign.c: a campaign as a section of the page: totals, how fast it went and what it
 * reached over time, failures by group with the smallest scenario of each, and what no run came to.
 */
#include "sim/cli/report.h"

#include "sim/cli/escape.h"
#include "sim/cli/report_chart.h"
#include "sim/scenario/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SPEEDS_MAX                                                                                 \
    80u /* points of the chart of runs a second, so that it shows more than noise                  \
         */

/* ---- Numbers -------------------------------------------------------------------------------- */

static void add_number(struct case_text *text, const char *name, uint64_t value)
{
    case_text_add(text, "<div><b>");
    report_add_count(text, value);
    case_text_add(text, "</b> %s</div>\n", name);
}

static void add_totals(struct case_text *text, const struct campaign *campaign)
{
    const struct campaign_totals *totals = &campaign->totals;
    uint64_t ms = campaign->elapsed_before_ms > 0 ? campaign->elapsed_before_ms : 1;
    case_text_add(text, "<div class=\"totals\">\n");
    add_number(text, totals->runs == 1 ? "run" : "runs", totals->runs);
    add_number(text, "failed", totals->failed);
    add_number(text, campaign->groups.count == 1 ? "group" : "groups", campaign->groups.count);
    case_text_add(text, "<div><b>");
    report_add_time(text, campaign->elapsed_before_ms);
    case_text_add(text, "</b></div>\n");
    add_number(text, "runs a second", totals->runs * 1000 / ms);
    add_number(text, "events", totals->events);
    add_number(text, "faults", totals->faults);
    case_text_add(text, "</div>\n");
}

/* ---- Over time ------------------------------------------------------------------------------ */

/* Runs a second from one point to the next, each of which stands for several samples. */
static void add_speed(struct case_text *text, const struct campaign *campaign)
{
    const struct samples *samples = &campaign->samples;
    uint64_t times[SPEEDS_MAX + 2];
    uint64_t speeds[SPEEDS_MAX + 2];
    uint32_t every = samples->count / SPEEDS_MAX + 1;
    uint32_t count = 0;
    for (uint32_t i = 0; i + 1 < samples->count; i += every) {
        uint32_t next = i + every < samples->count ? i + every : samples->count - 1;
        const struct sample *from = &samples->list[i];
        const struct sample *to = &samples->list[next];
        uint64_t ms = to->ms > from->ms ? to->ms - from->ms : 1;
        uint64_t runs = to->runs > from->runs ? to->runs - from->runs : 0;
        if (count == 0) {
            times[count] = from->ms;
            speeds[count++] = runs * 1000 / ms;
        }
        times[count] = to->ms;
        speeds[count++] = runs * 1000 / ms;
    }
    const struct report_series series[] = {{"runs a second", speeds}};
    const struct report_chart chart = {
        .title = "Runs a second",
        .unit = "runs a second",
        .times_ms = times,
        .count = count,
        .end_ms = campaign->elapsed_before_ms,
        .series = series,
        .series_count = 1,
    };
    report_add_chart(text, &chart);
}

/* Each part of all that there is, in percent. */
static void add_growth(struct case_text *text, const struct campaign *campaign)
{
    const struct samples *samples = &campaign->samples;
    const struct coverage_counts counts = coverage_count(&campaign->coverage);
    uint64_t times[SAMPLES_MAX];
    uint64_t marks[SAMPLES_MAX];
    uint64_t moves[SAMPLES_MAX];
    uint64_t pairs[SAMPLES_MAX];
    for (uint32_t i = 0; i < samples->count; i++) {
        const struct sample *sample = &samples->list[i];
        times[i] = sample->ms;
        marks[i] = UINT64_C(100) * sample->marks / MARK_COUNT;
        moves[i] = UINT64_C(100) * sample->moves / (COVERAGE_PLACES * counts.moves_allowed);
        pairs[i] = UINT64_C(100) * sample->pairs / counts.pairs_all;
    }
    const struct report_series series[] = {
        {"marks reached", marks},
        {"moves made", moves},
        {"moves under each fault", pairs},
    };
    const struct report_chart chart = {
        .title = "Coverage",
        .unit = "%",
        .times_ms = times,
        .count = samples->count,
        .end_ms = campaign->elapsed_before_ms,
        .top = 100,
        .series = series,
        .series_count = 3,
    };
    report_add_chart(text, &chart);
}

static void add_known_groups(struct case_text *text, const struct campaign *campaign)
{
    const struct samples *samples = &campaign->samples;
    uint64_t times[SAMPLES_MAX];
    uint64_t groups[SAMPLES_MAX];
    if (campaign->groups.count == 0) {
        return;
    }
    for (uint32_t i = 0; i < samples->count; i++) {
        times[i] = samples->list[i].ms;
        groups[i] = samples->list[i].groups;
    }
    const struct report_series series[] = {{"groups", groups}};
    const struct report_chart chart = {
        .title = "Groups of failures known",
        .unit = "groups",
        .times_ms = times,
        .count = samples->count,
        .end_ms = campaign->elapsed_before_ms,
        .series = series,
        .series_count = 1,
    };
    report_add_chart(text, &chart);
}

/* ---- Items ---------------------------------------------------------------------------------- */

/* The files of a subject, a line each, behind the two that say what it is. NULL: it has none. */
static const char *files_of(const char *subject)
{
    const char *line = subject;
    for (uint32_t i = 0; i < 2 && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return line == NULL || line[0] == '\0' ? NULL : line;
}

/* The seed of an item, and its file when there are several (subject.h tells how they are numbered).
 */
static void add_item(struct case_text *text, const char *subject, uint64_t item)
{
    uint64_t count = 0;
    const char *files = files_of(subject);
    for (const char *at = files; at != NULL && *at != '\0'; at += strcspn(at, "\n") + 1) {
        count++;
        if (at[strcspn(at, "\n")] == '\0') {
            break;
        }
    }
    case_text_add(text, "%" PRIu64, count > 0 ? item / count : item);
    for (uint64_t i = 0; count > 1 && i < item % count; i++) {
        files += strcspn(files, "\n") + 1;
    }
    if (count > 1) {
        char file[256]; /* its path without the hash behind it */
        size_t length = strcspn(files, "\n");
        while (length > 0 && files[length] != ' ') {
            length--;
        }
        snprintf(file, sizeof(file), "%.*s", (int)(length < 255 ? length : 255), files);
        case_text_add(text, "<br><span class=\"faint file\">");
        escape_xml(text, file);
        case_text_add(text, "</span>");
    }
}

/* ---- What failed ---------------------------------------------------------------------------- */

/* The file of a group or a defect, when there is one. */
static void add_file(struct case_text *text, struct results *results, const char *subject,
                     const char *title)
{
    const char *content;
    const char *path = results_file(results, subject, title, &content);
    if (path != NULL) {
        case_text_add(text, "<details><summary>");
        escape_xml(text, path);
        case_text_add(text, "</summary><pre>");
        escape_xml(text, content);
        case_text_add(text, "</pre></details>");
    }
}

static void add_group(struct case_text *text, struct results *results, const char *subject,
                      const struct group *group)
{
    case_text_add(text, "<tr><td class=\"n\">");
    report_add_count(text, group->count);
    case_text_add(text, "</td><td><b class=\"bad\">");
    escape_xml(text, group->signature);
    case_text_add(text, "</b>");
    /* Only what the signature does not tell already: its numbers and names. */
    if (strstr(group->signature, group->message) == NULL) {
        case_text_add(text, "<br><span class=\"faint\">");
        escape_xml(text, group->message);
        case_text_add(text, "</span>");
    }
    add_file(text, results, subject, group->signature);
    case_text_add(text, "</td><td class=\"n\">");
    add_item(text, subject, group->smallest_item);
    case_text_add(text, "</td><td class=\"n\">");
    report_add_time(text, group->found_ms);
    case_text_add(text, "</td></tr>\n");
}

static void add_groups(struct case_text *text, struct results *results, const char *subject,
                       const struct groups *groups)
{
    case_text_add(text, "<h3>Failures, by group</h3>\n");
    if (groups->count == 0) {
        case_text_add(text, "<p class=\"faint\">None.</p>\n");
        return;
    }
    case_text_add(text, "<table class=\"groups\"><tr><th class=\"n\">runs</th><th>group, and the "
                        "smallest of it</th><th class=\"n\">seed</th><th class=\"n\">found "
                        "after</th></tr>\n");
    for (uint32_t i = 0; i < groups->count; i++) {
        add_group(text, results, subject, &groups->groups[i]);
    }
    case_text_add(text, "</table>\n");
}

/* Known defects of Dynflow that were switched on, and that some run showed alone. */
static void add_defects(struct case_text *text, struct results *results, const char *subject,
                        const struct campaign *campaign)
{
    bool any = false;
    for (uint32_t i = 0; i < defect_vocabulary_count; i++) {
        const struct campaign_defect *defect = &campaign->defects[i];
        if (!defect->found) {
            continue;
        }
        char title[TRIAL_SIGNATURE_MAX];
        snprintf(title, sizeof(title), "defect %s", defect_vocabulary[i].name);
        case_text_add(text, "%s<tr><td><b>%s</b>: %s",
                      any ? ""
                          : "<h3>Known defects that were shown</h3>\n<table><tr><th>defect</th>"
                            "<th class=\"n\">seed</th><th class=\"n\">found after</th></tr>\n",
                      defect_vocabulary[i].name, defect_vocabulary[i].sentence);
        add_file(text, results, subject, title);
        case_text_add(text, "</td><td class=\"n\">");
        add_item(text, subject, defect->first_item);
        case_text_add(text, "</td><td class=\"n\">");
        report_add_time(text, defect->found_ms);
        case_text_add(text, "</td></tr>\n");
        any = true;
    }
    case_text_add(text, "%s", any ? "</table>\n" : "");
}

/* ---- What was not reached ------------------------------------------------------------------- */

static void add_marks(struct case_text *text, const struct campaign *campaign)
{
    uint32_t missing = 0;
    case_text_add(text, "<h3>Marks that no run reached</h3>\n<ul class=\"marks\">\n");
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
                  "<h3>Moves that no run made</h3>\n<p class=\"faint\">Of %" PRIu32
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

/* ---- All of it ------------------------------------------------------------------------------ */

/* What it was about: its first line as the title, the files below. */
static void add_subject(struct case_text *text, const char *subject)
{
    char title[256];
    size_t first = strcspn(subject, "\n");
    snprintf(title, sizeof(title), "%.*s", (int)(first < 255 ? first : 255), subject);
    case_text_add(text, "<h2>");
    escape_xml(text, title);
    case_text_add(text, "</h2>\n<pre class=\"subject\">");
    escape_xml(text, subject[first] == '\n' ? subject + first + 1 : "");
    case_text_add(text, "</pre>\n");
}

bool report_add_campaign(struct case_text *text, struct results *results, uint32_t index)
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
        name = case_text_bytes(&subject);
        case_text_add(text, "<section>\n");
        add_subject(text, name);
        add_totals(text, &campaign);
        add_speed(text, &campaign);
        add_growth(text, &campaign);
        add_known_groups(text, &campaign);
        groups_sort(&campaign.groups);
        add_groups(text, results, name, &campaign.groups);
        add_defects(text, results, name, &campaign);
        add_marks(text, &campaign);
        add_moves(text, &campaign.coverage);
        case_text_add(text, "</section>\n");
    }
    campaign_free(&campaign);
    case_text_free(&subject);
    return good;
}
