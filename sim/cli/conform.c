/* conform.c: `dirsim conform`, which replays the cases of files and tells which the director
 * answers otherwise than the real Dynflow did. */
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/options.h"
#include "sim/conform/case_replay.h"
#include "sim/conform/conform_file.h"

#include <inttypes.h>
#include <string.h>

struct conform {
    enum case_store store;
    bool keep_going;
    struct option_number only; /* --case */
    uint64_t cases;
    uint64_t ops;
    uint64_t different;
    struct case_result result;
    enum command_exit status;
    bool stopped;
};

static const char *store_name(enum case_store store)
{
    return store == CASE_STORE_MEMORY ? "memory" : "sqlite";
}

static bool parse_store(const struct option_text *option, enum case_store *store)
{
    *store = CASE_STORE_MEMORY;
    if (!option->given || strcmp(option->value, "memory") == 0) {
        return true;
    }
    *store = CASE_STORE_SQLITE;
    if (strcmp(option->value, "sqlite") == 0) {
        return true;
    }
    console_error("option '--store' takes memory or sqlite, not '%s'", option->value);
    return false;
}

static void note(struct conform *conform, enum command_exit status)
{
    conform->status = command_worse(conform->status, status);
    if (!conform->keep_going || status == COMMAND_TROUBLE) {
        conform->stopped = true;
    }
}

/* ---- A case -------------------------------------------------------------------------------- */

/* The op as it stands in the file, without what is expected of it: "exec work 3 outcome error". */
static void add_op(struct case_text *text, const struct case_node *op)
{
    const struct case_node *name = case_node_get(op, "op");
    case_text_add(text, "%s", name == NULL || name->kind != CASE_SCALAR ? "?" : name->text);
    for (const struct case_node *key = op->first; key != NULL && key->next != NULL;
         key = key->next->next) {
        const struct case_node *value = key->next;
        bool plain = key->kind == CASE_SCALAR && value->kind == CASE_SCALAR;
        if (plain && !case_node_is(key, "op")) {
            case_text_add(text, " %s %s", key->text, value->text);
        }
    }
}

static const struct case_node *op_at(const struct case_node *document, uint32_t number)
{
    const struct case_node *ops = case_node_get(document, "ops");
    const struct case_node *op = ops == NULL ? NULL : ops->first;
    for (uint32_t i = 1; i < number && op != NULL; i++) {
        op = op->next;
    }
    return op;
}

static void tell_difference(const struct conform *conform, const char *path,
                            const struct conform_file *file, const struct case_node *document)
{
    const struct case_result *result = &conform->result;
    struct scenario_position place = conform_file_place(file, result->position);
    const struct case_node *op = op_at(document, result->ops);
    struct case_text text = {0};
    case_text_add(&text, "%s:%u:%u: case %u differs at op %u: ", path, place.line, place.column,
                  result->number, result->ops);
    if (op != NULL) {
        add_op(&text, op);
    }
    case_text_add(&text, "\n%sagain: ", case_text_bytes(&result->difference));
    struct case_text again = {0};
    case_text_add(&again, "dirsim conform --store %s --case %u", store_name(conform->store),
                  result->number);
    console_shell_file(&again, path);
    console_result("%s%s", case_text_bytes(&text), case_text_bytes(&again));
    case_text_free(&again);
    case_text_free(&text);
}

static void replay(struct conform *conform, const char *path, const struct conform_file *file,
                   const struct case_node *document)
{
    struct case_result *result = &conform->result;
    case_replay(document, conform->store, result);
    struct scenario_problem problem = result->problem;
    switch (result->verdict) {
    case CASE_SAME:
        break;
    case CASE_DIFFERENT:
        conform->different++;
        tell_difference(conform, path, file, document);
        note(conform, COMMAND_FAILED);
        break;
    case CASE_MALFORMED:
        problem.position = conform_file_place(file, problem.position);
        console_place(path, &problem);
        note(conform, COMMAND_USAGE);
        return;
    case CASE_FAILED:
        console_problem("%s: case %u: %.*s", path, result->number,
                        (int)strcspn(case_text_bytes(&result->difference), "\n"),
                        case_text_bytes(&result->difference));
        note(conform, COMMAND_TROUBLE);
        return;
    }
    conform->cases++;
    conform->ops += result->ops;
    if (console_output_failed()) {
        conform->stopped = true;
    }
}

/* ---- Files --------------------------------------------------------------------------------- */

static void tell_problems(const char *path, const struct conform_file *file)
{
    struct scenario_problem problem;
    for (uint32_t i = 0; conform_file_problem(file, i, &problem); i++) {
        console_place(path, &problem);
    }
}

static bool is_wanted(const struct conform *conform, const struct case_node *document)
{
    uint32_t number = 0;
    return !conform->only.given || (case_node_number(case_node_get(document, "case"), &number) &&
                                    number == conform->only.value);
}

static void replay_file(struct conform *conform, const char *path)
{
    struct conform_file *file = conform_file_open(path);
    bool more = file != NULL;
    if (file == NULL) {
        note(conform, console_no_memory());
    }
    while (more && !conform->stopped) {
        const struct case_node *document = NULL;
        switch (conform_file_next(file, &document)) {
        case CONFORM_FILE_DOCUMENT:
            if (is_wanted(conform, document)) {
                replay(conform, path, file, document);
            }
            break;
        case CONFORM_FILE_END:
            more = false;
            break;
        case CONFORM_FILE_PROBLEMS:
            tell_problems(path, file);
            note(conform, COMMAND_USAGE);
            break;
        case CONFORM_FILE_IO:
            tell_problems(path, file);
            conform->status = COMMAND_TROUBLE;
            more = false;
            break;
        case CONFORM_FILE_NO_MEMORY:
            note(conform, console_no_memory());
            break;
        }
    }
    conform_file_close(file);
}

static void tell_counts(const struct conform *conform)
{
    console_result("%" PRIu64 " case%s, %" PRIu64 " op%s, %" PRIu64 " different", conform->cases,
                   conform->cases == 1 ? "" : "s", conform->ops, conform->ops == 1 ? "" : "s",
                   conform->different);
}

enum command_exit command_conform(int argc, char **argv)
{
    struct conform conform = {.status = COMMAND_HELD};
    struct option_text store = {0};
    const struct option options[] = {
        {OPTION_TEXT, '\0', "store", "STORE", "memory (the default) or sqlite",
         .target.text = &store},
        {OPTION_FLAG, '\0', "keep-going", NULL, "go on behind a case that differs",
         .target.flag = &conform.keep_going},
        {OPTION_NUMBER, '\0', "case", "N", "only the case with this number",
         .target.number = &conform.only},
    };
    const struct command command = {
        .name = "conform",
        .operands = "FILE...",
        .sentence = "Replay conformance cases, and tell where the director answers otherwise than "
                    "Dynflow did.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    int file_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &file_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    if (!parse_store(&store, &conform.store)) {
        return COMMAND_USAGE;
    }
    if (file_count == 0) {
        console_error("a file of cases is missing: dirsim conform FILE...");
        return COMMAND_USAGE;
    }
    for (int i = 0; i < file_count && !conform.stopped; i++) {
        replay_file(&conform, argv[i]);
    }
    case_text_free(&conform.result.difference);
    if (conform.cases > 0) {
        tell_counts(&conform);
    } else if (conform.only.given && conform.status == COMMAND_HELD) {
        console_error("no case %" PRIu64 " in what was given", conform.only.value);
        return COMMAND_USAGE;
    }
    return conform.status;
}
