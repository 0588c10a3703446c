/* run_tap.c: what came of a run as TAP, version 13. What is wrong is told below its test point, as
 * YAML whose strings are JSON's. The plan comes last, when it is known. */
#include "sim/cli/console.h"
#include "sim/cli/escape.h"
#include "sim/cli/output_file.h"
#include "sim/cli/run_ci.h"

#include <inttypes.h>

/* A `#` would begin a directive, a backslash an escape; a line break would end the line. */
static void add_description(struct case_text *text, const char *description)
{
    for (const char *at = description; *at != '\0'; at++) {
        if (*at == '#' || *at == '\\') {
            case_text_add(text, "\\%c", *at);
        } else {
            case_text_add(text, "%c", *at == '\n' || *at == '\r' ? ' ' : *at);
        }
    }
}

static void add_point(struct run_tap *tap, bool held, const char *file, const char *name)
{
    case_text_add(&tap->lines, "%s %" PRIu64 " - ", held ? "ok" : "not ok", ++tap->count);
    add_description(&tap->lines, file);
    if (name != NULL) {
        case_text_add(&tap->lines, ": ");
        add_description(&tap->lines, name);
    }
    case_text_add(&tap->lines, "\n");
}

static void add_failure(void *context, const struct run_outcome *outcome, const char *rule,
                        struct scenario_position position, const char *message)
{
    struct run_tap *tap = context;
    case_text_add(&tap->lines, "    - rule: %s\n      file: ", rule);
    escape_json(&tap->lines, outcome->file);
    case_text_add(&tap->lines, "\n      line: %u\n      column: %u\n      message: ", position.line,
                  position.column);
    escape_json(&tap->lines, message);
    case_text_add(&tap->lines, "\n");
}

void run_tap_outcome(struct run_tap *tap, const struct run_outcome *outcome)
{
    bool held = outcome->verdict == RUN_HELD;
    add_point(tap, held, outcome->file, outcome->scenario == NULL ? NULL : outcome->scenario->name);
    if (held) {
        return;
    }
    case_text_add(&tap->lines, "  ---\n  failures:\n");
    run_ci_each(outcome, add_failure, tap);
    if (outcome->again != NULL) {
        case_text_add(&tap->lines, "  again: ");
        escape_json(&tap->lines, outcome->again);
        case_text_add(&tap->lines, "\n");
    }
    case_text_add(&tap->lines, "  ...\n");
}

bool run_tap_end(struct run_tap *tap, const char *path, const struct run_missing *missing)
{
    struct case_text text = {0};
    if (missing->count > 0) {
        add_point(tap, false, "every mark is reached", NULL);
        case_text_add(&tap->lines, "  ---\n  missing:\n");
        for (uint32_t i = 0; i < missing->count; i++) {
            case_text_add(&tap->lines, "    - %s\n", missing->names[i]);
        }
        case_text_add(&tap->lines, "  ...\n");
    }
    case_text_add(&text, "TAP version 13\n%s1..%" PRIu64 "\n", case_text_bytes(&tap->lines),
                  tap->count);
    text.failed = text.failed || tap->lines.failed;
    bool good = output_text(path, &text);
    case_text_free(&text);
    case_text_free(&tap->lines);
    return good;
}
