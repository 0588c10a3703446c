/* run_sarif.c: what came of a run as SARIF 2.1.0, which code scanning reads: every invariant is a
 * rule, and every failure a result at its line of the scenario. */
#include "sim/cli/console.h"
#include "sim/cli/escape.h"
#include "sim/cli/output_file.h"
#include "sim/cli/run_ci.h"
#include "sim/scenario/vocabulary.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* A file's name as a relative URI: all but the plainest characters as %XX. */
static void add_uri(struct case_text *text, const char *file)
{
    case_text_add(text, "\"");
    while (strncmp(file, "./", 2) == 0) {
        file += 2;
    }
    for (const char *at = file; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if ((byte < 0x80 && isalnum(byte)) || strchr("-._~/", byte) != NULL) {
            case_text_add(text, "%c", byte);
        } else {
            case_text_add(text, "%%%02X", byte);
        }
    }
    case_text_add(text, "\"");
}

/* Rules are numbered as they stand in the file: the invariants, then run_ci_rules. */
static uint32_t rule_index(const char *rule)
{
    for (uint32_t i = 0; i < invariant_vocabulary_count; i++) {
        if (strcmp(invariant_vocabulary[i].name, rule) == 0) {
            return i;
        }
    }
    uint32_t index = 0;
    while (index + 1 < run_ci_rule_count && strcmp(run_ci_rules[index].name, rule) != 0) {
        index++;
    }
    return invariant_vocabulary_count + index;
}

static void add_result(struct case_text *text, const char *rule, const char *message)
{
    case_text_add(text, "%s{\"ruleId\":\"%s\",\"ruleIndex\":%" PRIu32 ",\"level\":\"error\"",
                  text->length == 0 ? "\n" : ",\n", rule, rule_index(rule));
    case_text_add(text, ",\"message\":{\"text\":");
    escape_json(text, message);
    case_text_add(text, "}");
}

static void add_failure(void *context, const struct run_outcome *outcome, const char *rule,
                        struct scenario_position position, const char *message)
{
    struct run_sarif *sarif = context;
    struct case_text *text = &sarif->results;
    struct case_text said = {0};
    case_text_add(&said, "%s", message);
    if (outcome->again != NULL) {
        case_text_add(&said, "\nagain: %s", outcome->again);
    }
    add_result(text, rule, case_text_bytes(&said));
    case_text_add(text, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    add_uri(text, outcome->file);
    case_text_add(text, "},\"region\":{\"startLine\":%u,\"startColumn\":%u}}}]}", position.line,
                  position.column == 0 ? 1 : position.column);
    case_text_free(&said);
}

void run_sarif_outcome(struct run_sarif *sarif, const struct run_outcome *outcome)
{
    run_ci_each(outcome, add_failure, sarif);
}

static void add_rules(struct case_text *text, const struct vocabulary_entry *entries,
                      uint32_t count, bool first)
{
    for (uint32_t i = 0; i < count; i++) {
        case_text_add(text, "%s{\"id\":\"%s\",\"shortDescription\":{\"text\":",
                      first && i == 0 ? "\n" : ",\n", entries[i].name);
        escape_json(text, entries[i].sentence);
        case_text_add(text, "}");
        if (entries[i].source != NULL) {
            case_text_add(text, ",\"help\":{\"text\":");
            escape_json(text, entries[i].source);
            case_text_add(text, "}");
        }
        case_text_add(text, ",\"defaultConfiguration\":{\"level\":\"error\"}}");
    }
}

static void add_missing(struct case_text *results, const struct run_missing *missing)
{
    for (uint32_t i = 0; i < missing->count; i++) {
        struct case_text said = {0};
        case_text_add(&said, "mark %s was reached by no scenario", missing->names[i]);
        add_result(results, "marks-reached", case_text_bytes(&said));
        case_text_add(results, "}");
        case_text_free(&said);
    }
}

bool run_sarif_end(struct run_sarif *sarif, const char *path, const struct run_missing *missing)
{
    struct case_text text = {0};
    add_missing(&sarif->results, missing);
    case_text_add(&text,
                  "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
                  "\"version\":\"2.1.0\",\n\"runs\":[{\"tool\":{\"driver\":{\"name\":\"dirsim\","
                  "\"version\":\"%d.%d\",\"rules\":[",
                  DIRECTOR_VERSION_MAJOR, DIRECTOR_VERSION_MINOR);
    add_rules(&text, invariant_vocabulary, invariant_vocabulary_count, true);
    add_rules(&text, run_ci_rules, run_ci_rule_count, false);
    case_text_add(&text, "]}},\n\"columnKind\":\"unicodeCodePoints\",\"results\":[%s]}]}\n",
                  case_text_bytes(&sarif->results));
    text.failed = text.failed || sarif->results.failed;
    bool good = output_text(path, &text);
    case_text_free(&text);
    case_text_free(&sarif->results);
    return good;
}
