/* report_afl.c: what fuzzers of AFL++ have done, as sections of the page: their figures, edges and
 * executions a second over time, and the inputs that crashed or hung, each with the line that runs
 * it again. It reads fuzzer_stats and plot_data, which AFL++ writes as it goes. */
#include "sim/cli/report.h"

#include "sim/cli/console.h"
#include "sim/cli/escape.h"
#include "sim/cli/report_chart.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES 4096u
#define LINE_BYTES 4096u
#define FUZZERS_MAX 256u
#define ROWS_MAX 4000000u              /* of a plot: more than half a year */
#define POINTS_MAX 400u                /* of a chart */
#define NUMBER_MAX (UINT64_MAX / 4096) /* what is more is cut off: a chart must be able to add */
#define INPUTS_MAX 200u                /* crashes or hangs that are listed */

/* ---- fuzzer_stats --------------------------------------------------------------------------- */

/* The figures that are shown, and what a person calls them. */
static const struct {
    const char *key;
    const char *name;
} figures[] = {
    {"execs_done", "executions"}, {"execs_per_sec", "a second"}, {"cycles_done", "cycles"},
    {"corpus_count", "inputs"},   {"edges_found", "edges"},      {"total_edges", "edges in all"},
    {"stability", "stable"},      {"saved_crashes", "crashes"},  {"saved_hangs", "hangs"},
};
#define FIGURES (sizeof(figures) / sizeof(figures[0]))
#define FIGURE_BYTES 32u

struct fuzzer {
    char folder[PATH_BYTES];
    char command[LINE_BYTES]; /* empty: not told */
    char figures[FIGURES][FIGURE_BYTES];
    uint64_t run_s;
};

/* A row of plot_data that is kept. */
struct row {
    uint64_t s;
    uint64_t execs_a_second;
    uint64_t edges;
    uint64_t inputs;
};

struct rows {
    struct row *rows;
    uint32_t count;
    uint32_t capacity;
};

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH_BYTES];
    return snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path)
               ? fopen(path, "rb")
               : NULL;
}

/* "key   : value" with the spaces and the end of the line away; false: it is no such line. */
static bool split_line(char *line, char **key, char **value)
{
    char *colon = strstr(line, ": ");
    if (colon == NULL) {
        return false;
    }
    *key = line;
    *value = colon + 2;
    line[strcspn(line, " :")] = '\0';
    (*value)[strcspn(*value, "\r\n")] = '\0';
    return true;
}

static bool read_stats(struct fuzzer *fuzzer)
{
    char line[LINE_BYTES];
    FILE *file = open_in(fuzzer->folder, "fuzzer_stats");
    if (file == NULL) {
        return false;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        char *key;
        char *value;
        if (!split_line(line, &key, &value)) {
            continue;
        }
        for (size_t i = 0; i < FIGURES; i++) {
            if (strcmp(key, figures[i].key) == 0) {
                snprintf(fuzzer->figures[i], FIGURE_BYTES, "%.*s", (int)FIGURE_BYTES - 1, value);
            }
        }
        if (strcmp(key, "run_time") == 0) {
            fuzzer->run_s = strtoull(value, NULL, 10);
        } else if (strcmp(key, "command_line") == 0) {
            snprintf(fuzzer->command, sizeof(fuzzer->command), "%s", value);
        }
    }
    (void)fclose(file);
    return true;
}

/* ---- plot_data ------------------------------------------------------------------------------ */

/* Which column has what; the names stand in the first line. */
struct columns {
    int time;
    int execs_a_second;
    int edges;
    int inputs;
};

static char *next_word(char **rest)
{
    char *word = strsep(rest, ",");
    return word == NULL ? NULL : word + strspn(word, " #");
}

static void read_columns(char *line, struct columns *columns)
{
    char *word;
    for (int i = 0; (word = next_word(&line)) != NULL; i++) {
        word[strcspn(word, " \r\n")] = '\0';
        if (strcmp(word, "relative_time") == 0 || strcmp(word, "unix_time") == 0) {
            columns->time = i;
        } else if (strcmp(word, "execs_per_sec") == 0) {
            columns->execs_a_second = i;
        } else if (strcmp(word, "edges_found") == 0) {
            columns->edges = i;
        } else if (strcmp(word, "corpus_count") == 0 || strcmp(word, "paths_total") == 0) {
            columns->inputs = i;
        }
    }
}

static uint64_t number_of(const char *word)
{
    uint64_t number = word[0] == '-' ? 0 : strtoull(word, NULL, 10);
    return number < NUMBER_MAX ? number : NUMBER_MAX;
}

static struct row read_row(char *line, const struct columns *columns)
{
    struct row row = {0};
    char *word;
    for (int i = 0; (word = next_word(&line)) != NULL; i++) {
        uint64_t number = number_of(word);
        if (i == columns->time) {
            row.s = number;
        } else if (i == columns->execs_a_second) {
            row.execs_a_second = number;
        } else if (i == columns->edges) {
            row.edges = number;
        } else if (i == columns->inputs) {
            row.inputs = number;
        }
    }
    return row;
}

/* A row that is older than the one before is left out: one of a fuzzer that began anew. */
static bool add_row(struct rows *rows, const struct row *row)
{
    if (rows->count > 0 && row->s < rows->rows[rows->count - 1].s) {
        return true;
    }
    if (rows->count == rows->capacity) {
        uint32_t capacity = 2 * rows->capacity + 64;
        struct row *more =
            capacity > ROWS_MAX ? NULL : realloc(rows->rows, capacity * sizeof(*more));
        if (more == NULL) {
            return false;
        }
        rows->rows = more;
        rows->capacity = capacity;
    }
    rows->rows[rows->count++] = *row;
    return true;
}

static bool read_plot(const struct fuzzer *fuzzer, struct rows *rows)
{
    char line[LINE_BYTES];
    struct columns columns = {-1, -1, -1, -1};
    FILE *file = open_in(fuzzer->folder, "plot_data");
    bool good = true;
    while (good && file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (line[0] == '#') {
            read_columns(line, &columns);
        } else {
            const struct row row = read_row(line, &columns);
            good = add_row(rows, &row);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return good;
}

/* ---- Charts --------------------------------------------------------------------------------- */

enum row_value { ROW_EDGES, ROW_EXECS, ROW_INPUTS };

static uint64_t value_of(const struct row *row, enum row_value value)
{
    return value == ROW_EDGES ? row->edges : value == ROW_EXECS ? row->execs_a_second : row->inputs;
}

static void add_chart_of(struct case_text *text, const struct rows *rows, enum row_value value,
                         const char *title, const char *unit)
{
    uint64_t times[POINTS_MAX + 1];
    uint64_t values[POINTS_MAX + 1];
    uint32_t count = 0;
    uint64_t end_ms = 0;
    uint32_t every = rows->count / POINTS_MAX + 1;
    uint64_t start = rows->count > 0 && rows->rows[0].s > UINT32_MAX / 4 ? rows->rows[0].s : 0;
    for (uint32_t i = 0; i < rows->count; i += every) {
        uint32_t at = i + every < rows->count ? i : rows->count - 1; /* the last one stands */
        end_ms = (rows->rows[at].s - start) * 1000;
        times[count] = end_ms;
        values[count++] = value_of(&rows->rows[at], value);
    }
    const struct report_series series[] = {{title, values}};
    const struct report_chart chart = {
        .title = title,
        .unit = unit,
        .times_ms = times,
        .count = count,
        .end_ms = end_ms,
        .series = series,
        .series_count = 1,
    };
    report_add_chart(text, &chart);
}

/* ---- Inputs --------------------------------------------------------------------------------- */

static int is_input(const struct dirent *entry)
{
    return strncmp(entry->d_name, "id:", 3) == 0 || strncmp(entry->d_name, "id_", 3) == 0;
}

/* The program behind "--", given the file as AFL++ gives it: in place of @@, or as its input. */
static void add_again(struct case_text *text, const struct fuzzer *fuzzer, const char *path)
{
    struct case_text line = {0};
    const char *program = strstr(fuzzer->command, " -- ");
    const char *file = program == NULL ? NULL : strstr(program, "@@");
    if (program != NULL && file != NULL) {
        case_text_add(&line, "%.*s", (int)(file - program - 4), program + 4);
        while (line.length > 0 && line.bytes[line.length - 1] == ' ') {
            line.bytes[--line.length] = '\0';
        }
        console_shell_file(&line, path);
        case_text_add(&line, "%s", file + 2);
    } else {
        case_text_add(&line, "%s <", program != NULL ? program + 4 : "");
        console_shell_file(&line, path);
    }
    escape_xml(text, case_text_bytes(&line));
    case_text_free(&line);
}

static void add_inputs(struct case_text *text, const struct fuzzer *fuzzer, const char *kind,
                       const char *title)
{
    char folder[PATH_BYTES];
    char path[2 * PATH_BYTES];
    struct dirent **entries = NULL;
    snprintf(folder, sizeof(folder), "%.*s/%s", (int)(PATH_BYTES - 32), fuzzer->folder, kind);
    int count = scandir(folder, &entries, is_input, alphasort);
    if (count > 0) {
        case_text_add(text, "<h3>%s: ", title);
        report_add_count(text, (uint64_t)count);
        case_text_add(text, "</h3>\n<ul class=\"inputs\">\n");
    }
    for (int i = 0; i < count; i++) {
        if (i < (int)INPUTS_MAX) {
            snprintf(path, sizeof(path), "%s/%.*s", folder, 255, entries[i]->d_name);
            case_text_add(text, "<li><code>");
            add_again(text, fuzzer, path);
            case_text_add(text, "</code></li>\n");
        }
        free(entries[i]);
    }
    free(entries);
    if (count > 0) {
        case_text_add(text, "</ul>\n%s", count > (int)INPUTS_MAX ? "<p>And more.</p>\n" : "");
    }
}

/* ---- A fuzzer ------------------------------------------------------------------------------- */

static void add_figures(struct case_text *text, const struct fuzzer *fuzzer)
{
    case_text_add(text, "<div class=\"totals\">\n<div><b>");
    report_add_time(text, fuzzer->run_s * 1000);
    case_text_add(text, "</b></div>\n");
    for (size_t i = 0; i < FIGURES; i++) {
        const char *value = fuzzer->figures[i];
        if (value[0] == '\0') {
            continue;
        }
        case_text_add(text, "<div><b>");
        if (strspn(value, "0123456789") == strlen(value)) {
            report_add_count(text, number_of(value));
        } else {
            escape_xml(text, value);
        }
        case_text_add(text, "</b> %s</div>\n", figures[i].name);
    }
    case_text_add(text, "</div>\n");
}

/* False: there is no fuzzer in that folder; or no memory, which `text` remembers. */
static bool add_fuzzer(struct case_text *text, const char *folder)
{
    struct fuzzer *fuzzer = calloc(1, sizeof(*fuzzer));
    struct rows rows = {0};
    if (fuzzer == NULL) {
        text->failed = true;
        return false;
    }
    snprintf(fuzzer->folder, sizeof(fuzzer->folder), "%s", folder);
    bool there = read_stats(fuzzer);
    if (there && !read_plot(fuzzer, &rows)) {
        text->failed = true;
    }
    if (there) {
        case_text_add(text, "<section>\n<h2>");
        escape_xml(text, folder);
        case_text_add(text, "</h2>\n<pre class=\"subject\">");
        escape_xml(text, fuzzer->command);
        case_text_add(text, "</pre>\n");
        add_figures(text, fuzzer);
        add_chart_of(text, &rows, ROW_EDGES, "Edges found", "edges");
        add_chart_of(text, &rows, ROW_EXECS, "Executions a second", "executions a second");
        add_chart_of(text, &rows, ROW_INPUTS, "Inputs kept", "inputs");
        add_inputs(text, fuzzer, "crashes", "Crashes");
        add_inputs(text, fuzzer, "hangs", "Hangs");
        case_text_add(text, "</section>\n");
    }
    free(rows.rows);
    free(fuzzer);
    return there;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

bool report_add_fuzzers(struct case_text *text, const char *folder)
{
    char path[PATH_BYTES];
    struct dirent **entries = NULL;
    bool any = add_fuzzer(text, folder);
    int count = scandir(folder, &entries, is_shown, alphasort);
    if (count < 0) {
        console_error("%s: %s", folder, strerror(errno));
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name) < (int)sizeof(path)) {
            any = add_fuzzer(text, path) || any;
        }
        free(entries[i]);
    }
    free(entries);
    if (!any) {
        console_error("%s: neither a database of campaigns nor what AFL++ leaves: there is no "
                      "fuzzer_stats in it, or in a folder of it",
                      folder);
    }
    return any;
}
