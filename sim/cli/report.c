/* report.c: `dirsim report`: what is in the database of campaigns, or in a folder of AFL++, as one
 * page, which is only HTML and needs nothing else. */
#include "sim/cli/report.h"

#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/options.h"
#include "sim/cli/output_file.h"

#include <sys/stat.h>

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>%s</title>\n<style>\n"
    ":root { color-scheme: light dark; --bad: #c8102e; --faint: #667080; --line: #8884; "
    "--0: #2266cc; --1: #c26a00; --2: #1c8a4a; }\n"
    "@media (prefers-color-scheme: dark) { :root { --bad: #ff5c6c; --faint: #98a3b0; "
    "--0: #6aa8ff; --1: #ffb04d; --2: #5fd08b; } }\n"
    "body { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: "
    "0 1rem; }\n"
    "h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; } h3 { font-size: 1rem; margin: 1.6rem 0 "
    ".4rem; }\n"
    "table { border-collapse: collapse; width: 100%%; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px "
    "solid var(--line); overflow-wrap: anywhere; }\n"
    "td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }\n"
    "pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }\n"
    "pre.subject { color: var(--faint); }\n"
    "details pre { border-left: 3px solid var(--line); padding-left: .8rem; }\n"
    "summary { cursor: pointer; color: var(--faint); }\n"
    ".bad { color: var(--bad); } .faint { color: var(--faint); }\n"
    ".totals { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .6rem 0; }\n"
    ".totals b { font-size: 1.25rem; font-variant-numeric: tabular-nums; }\n"
    ".file { font-size: 12px; } .marks, .moves { columns: 2; column-gap: 2rem; } li { "
    "break-inside: avoid; }\n"
    "figure { margin: 1.2rem 0; } figcaption { margin-bottom: .2rem; }\n"
    ".key { margin-left: 1rem; } .key::before { content: ''; display: inline-block; width: 1rem; "
    "height: .2rem; margin-right: .4rem; vertical-align: middle; background: var(--c); }\n"
    ".s0 { --c: var(--0); } .s1 { --c: var(--1); } .s2 { --c: var(--2); }\n"
    "svg { width: 100%%; height: auto; display: block; }\n"
    "polyline { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }\n"
    "text { fill: var(--faint); font-size: 12px; } line { stroke: var(--line); }\n"
    "rect { fill: transparent; } rect:hover { fill: var(--line); }\n"
    "</style>\n</head>\n<body>\n<h1>%s</h1>\n";

/* Every campaign of the database. False: it was said why not. */
static bool add_campaigns(struct case_text *text, const char *path)
{
    char message[RESULTS_MESSAGE_MAX] = "";
    uint32_t count = 0;
    struct results *results = results_open(path, RESULTS_READ, message, sizeof(message));
    if (results == NULL) {
        console_error("%s", message);
        return false;
    }
    bool good = results_subject_count(results, &count);
    for (uint32_t i = 0; good && i < count; i++) {
        good = report_add_campaign(text, results, i);
    }
    if (!good) {
        console_error("%s", results_message(results));
    }
    results_close(results);
    return good;
}

static enum command_exit report(const char *path, const struct option_text *output)
{
    struct stat status;
    struct case_text text = {0};
    bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    const char *title = is_folder ? "AFL++" : "dirsim campaigns";
    case_text_add(&text, page_head, title, title);
    bool good = is_folder ? report_add_fuzzers(&text, path) : add_campaigns(&text, path);
    case_text_add(&text, "</body>\n</html>\n");
    good = good && output_text(output->value, &text);
    case_text_free(&text);
    return good ? COMMAND_HELD : COMMAND_TROUBLE;
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
        .operands = "DATABASE|FOLDER",
        .sentence = "Make a page of what campaigns have found and kept with --db, or of what\n"
                    "fuzzers of AFL++ have left in their output folder.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    if (operand_count != 1) {
        console_error("one database or folder is wanted: dirsim report DATABASE -o PAGE.html");
        return COMMAND_USAGE;
    }
    return output_page_wanted(output.value) ? report(argv[0], &output) : COMMAND_USAGE;
}
