/* run_junit.c: what came of a run, as the XML that CI servers read. A scenario is a test case,
 * named by its title and filed below its folder. Times are left out: those of the simulation are no
 * durations, and everything else is the same in every run. */
#include "sim/cli/console.h"
#include "sim/cli/escape.h"
#include "sim/cli/output_file.h"
#include "sim/cli/run_report.h"
#include "sim/scenario/vocabulary.h"

#include <inttypes.h>
#include <string.h>

/* The folder of a file with dots for slashes, as servers build their tree from: "scenarios.smoke".
 */
static void add_class_name(struct case_text *text, const char *file)
{
    struct case_text folder = {0};
    while (strncmp(file, "./", 2) == 0) {
        file += 2;
    }
    const char *slash = strrchr(file, '/');
    for (const char *at = file; slash != NULL && at < slash; at++) {
        case_text_add(&folder, "%c", *at == '/' ? '.' : *at);
    }
    escape_xml(text, folder.length == 0 ? "dirsim" : case_text_bytes(&folder));
    case_text_free(&folder);
}

static void add_element(struct case_text *text, const char *element, const char *type,
                        const char *message, const char *body)
{
    case_text_add(text, "      <%s type=\"%s\" message=\"", element, type);
    escape_xml(text, message);
    case_text_add(text, "\">");
    escape_xml(text, body);
    case_text_add(text, "</%s>\n", element);
}

static void add_place(struct case_text *text, const char *file, struct scenario_position position)
{
    case_text_add(text, "%s:", file);
    if (position.line != 0) {
        case_text_add(text, "%u:%u:", position.line, position.column);
    }
}

/* What is wrong, line by line; and the first of it. */
struct failures {
    struct case_text body;
    struct case_text first;
};

static void add_line(struct failures *failures, const char *file, struct scenario_position position,
                     const char *invariant, const char *message)
{
    struct case_text line = {0};
    case_text_add(&line, "%s%s%s", invariant == NULL ? "" : invariant,
                  invariant == NULL ? "" : ": ", message);
    if (failures->first.length == 0) {
        case_text_add(&failures->first, "%s", case_text_bytes(&line));
    }
    add_place(&failures->body, file, position);
    case_text_add(&failures->body, " %s\n", case_text_bytes(&line));
    case_text_free(&line);
}

static void add_unbroken(void *context, const struct run_outcome *outcome,
                         struct scenario_position position, const char *message)
{
    add_line(context, outcome->file, position, NULL, message);
}

/* One element for a scenario, as servers expect: its message is the first failure, its text all. */
static void add_failures(struct case_text *text, const struct run_outcome *outcome)
{
    struct failures failures = {0};
    uint32_t count = simulation_failure_count(outcome->simulation);
    for (uint32_t i = 0; i < count; i++) {
        const struct simulation_failure *failure = simulation_failure(outcome->simulation, i);
        if (!run_failure_is_expected(outcome->scenario, failure)) {
            add_line(&failures, outcome->file, failure->position,
                     failure->expectation ? NULL : invariant_vocabulary[failure->invariant].name,
                     failure->message);
        }
    }
    run_each_unbroken(outcome, add_unbroken, &failures);
    if (outcome->parted != NULL) {
        case_text_add(&failures.body, "%s\n", outcome->parted);
    }
    case_text_add(&failures.body, "again: %s\n", outcome->again);
    add_element(text, "failure", "failure",
                failures.first.length > 0 ? case_text_bytes(&failures.first)
                                          : "the two runs are not the same",
                case_text_bytes(&failures.body));
    case_text_free(&failures.first);
    case_text_free(&failures.body);
}

static void add_problems(struct case_text *text, const struct run_outcome *outcome)
{
    struct case_text body = {0};
    for (uint32_t i = 0; i < outcome->problem_count; i++) {
        add_place(&body, outcome->file, outcome->problems[i].position);
        case_text_add(&body, " %s\n", outcome->problems[i].message);
    }
    add_element(text, "error", "not a scenario",
                outcome->problem_count == 0 ? "" : outcome->problems[0].message,
                case_text_bytes(&body));
    case_text_free(&body);
}

void run_junit_outcome(struct run_junit *junit, const struct run_outcome *outcome)
{
    struct case_text *text = &junit->cases;
    case_text_add(text, "    <testcase classname=\"");
    add_class_name(text, outcome->file);
    case_text_add(text, "\" name=\"");
    escape_xml(text, outcome->scenario == NULL ? outcome->file : outcome->scenario->name);
    case_text_add(text, "\" file=\"");
    escape_xml(text, outcome->file);
    case_text_add(text, "\">\n");
    switch (outcome->verdict) {
    case RUN_HELD:
        break;
    case RUN_FAILED:
        add_failures(text, outcome);
        break;
    case RUN_INVALID:
        add_problems(text, outcome);
        break;
    case RUN_TROUBLE:
        add_element(text, "error", "trouble", outcome->trouble, "");
        break;
    }
    case_text_add(text, "    </testcase>\n");
}

static void add_missing(struct case_text *text, const struct run_missing *missing)
{
    struct case_text body = {0};
    for (uint32_t i = 0; i < missing->count; i++) {
        case_text_add(&body, "%s\n", missing->names[i]);
    }
    case_text_add(text, "    <testcase classname=\"dirsim\" name=\"every mark is reached\">\n");
    add_element(text, "failure", "marks", "some marks were reached by no scenario",
                case_text_bytes(&body));
    case_text_add(text, "    </testcase>\n");
    case_text_free(&body);
}

void run_junit_abandon(struct run_junit *junit)
{
    case_text_free(&junit->cases);
}

bool run_junit_end(struct run_junit *junit, const char *path, const struct run_counts *counts,
                   const struct run_missing *missing)
{
    struct case_text text = {0};
    uint64_t extra = missing->count > 0 ? 1 : 0;
    uint64_t errors = counts->invalid + counts->trouble;
    uint64_t failures = counts->failed + extra;
    case_text_add(&text,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"dirsim run\" tests=\"%" PRIu64 "\" failures=\"%" PRIu64
                  "\" errors=\"%" PRIu64 "\" skipped=\"0\">\n",
                  counts->held + failures + errors, failures, errors);
    case_text_add(&text, "%s", case_text_bytes(&junit->cases));
    if (missing->count > 0) {
        add_missing(&text, missing);
    }
    case_text_add(&text, "  </testsuite>\n</testsuites>\n");
    text.failed = text.failed || junit->cases.failed;
    bool good = output_text(path, &text);
    case_text_free(&text);
    run_junit_abandon(junit);
    return good;
}
