/* options.c: the parser of options and their --help. */
#include "sim/cli/options.h"

#include "sim/cli/console.h"
#include "sim/scenario/name_index.h"

#include <string.h>

#define HELP_COLUMN 22 /* where the sentences of --help begin */

bool options_number(const char *text, uint64_t *value)
{
    uint64_t number = 0;
    if (text[0] == '\0') {
        return false;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

const char *options_nearest(const char *text, size_t count,
                            const char *(*name_at)(const void *context, size_t index),
                            const void *context)
{
    const char *nearest = NULL;
    size_t length = strlen(text);
    uint32_t most = name_distance_limit(length);
    for (size_t i = 0; i < count; i++) {
        const char *name = name_at(context, i);
        uint32_t distance = name_distance(text, length, name, strlen(name), most);
        if (distance > most) {
            continue;
        }
        nearest = name;
        if (distance == 0) {
            break;
        }
        most = distance - 1;
    }
    return nearest;
}

/* ---- Help ---------------------------------------------------------------------------------- */

static void add_option_help(struct case_text *text, const struct option *option)
{
    size_t begin = text->length;
    case_text_add(text, "  ");
    if (option->letter != '\0') {
        case_text_add(text, "-%c, ", option->letter);
    }
    case_text_add(text, "--%s", option->name);
    if (option->kind == OPTION_MAYBE_TEXT) {
        case_text_add(text, "[=%s]", option->value);
    } else if (option->value != NULL) {
        case_text_add(text, " %s", option->value);
    }
    size_t width = text->length - begin;
    int gap = width + 2 > HELP_COLUMN ? 2 : (int)(HELP_COLUMN - width);
    case_text_add(text, "%*s%s\n", gap, "", option->sentence);
}

static void print_help(const struct command *command)
{
    static const struct option help = {
        .kind = OPTION_FLAG, .letter = 'h', .name = "help", .sentence = "print this and exit"};
    struct case_text text = {0};
    case_text_add(&text, "usage: dirsim %s [OPTION...]%s%s\n%s\n\n", command->name,
                  command->operands[0] == '\0' ? "" : " ", command->operands, command->sentence);
    for (size_t i = 0; i < command->option_count; i++) {
        add_option_help(&text, &command->options[i]);
    }
    add_option_help(&text, &help);
    if (command->notes != NULL) {
        case_text_add(&text, "\n%s", command->notes);
    }
    console_write(case_text_bytes(&text), text.length);
    case_text_free(&text);
}

/* ---- Parsing ------------------------------------------------------------------------------- */

struct option_parser {
    const struct command *command;
    int argc;
    char **argv;
    int at; /* the argument that is being read */
    int operand_count;
};

static const char *option_name_at(const void *context, size_t index)
{
    const struct command *command = context;
    return index < command->option_count ? command->options[index].name : "help";
}

static enum options_status unknown_option(const struct command *command, const char *name)
{
    const char *nearest = options_nearest(name, command->option_count + 1, option_name_at, command);
    if (nearest != NULL) {
        console_error("unknown option '--%s', did you mean '--%s'?", name, nearest);
    } else {
        console_error("unknown option '--%s'; 'dirsim %s --help' lists those there are", name,
                      command->name);
    }
    return OPTIONS_BAD;
}

/* The option with this name of `length` bytes, or NULL. */
static const struct option *find_option(const struct command *command, const char *name,
                                        size_t length)
{
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option *option = &command->options[i];
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0) {
            return option;
        }
    }
    return NULL;
}

static const struct option *find_letter(const struct command *command, char letter)
{
    for (size_t i = 0; i < command->option_count; i++) {
        if (command->options[i].letter == letter) {
            return &command->options[i];
        }
    }
    return NULL;
}

static enum options_status add_to_list(const struct option *option, const char *value)
{
    struct option_list *list = option->target.list;
    if (list->count == OPTION_LIST_MAX) {
        console_error("option '--%s' is given more than %u times", option->name, OPTION_LIST_MAX);
        return OPTIONS_BAD;
    }
    list->values[list->count++] = value;
    return OPTIONS_OK;
}

/* `value` NULL: none was given, and the option must do without. */
static enum options_status set_option(const struct option *option, const char *value)
{
    switch (option->kind) {
    case OPTION_FLAG:
        *option->target.flag = true;
        return OPTIONS_OK;
    case OPTION_NUMBER:
        option->target.number->given = true;
        if (!options_number(value, &option->target.number->value)) {
            console_error("option '--%s' takes a whole number from 0 to %llu, not '%s'",
                          option->name, (unsigned long long)UINT64_MAX, value);
            return OPTIONS_BAD;
        }
        return OPTIONS_OK;
    case OPTION_TEXT:
    case OPTION_MAYBE_TEXT:
        *option->target.text = (struct option_text){.given = true, .value = value};
        return OPTIONS_OK;
    case OPTION_LIST:
        return add_to_list(option, value);
    }
    return OPTIONS_BAD;
}

/* An option was found; `value` is what stands behind its "=" or its letter, or NULL. */
static enum options_status take_option(struct option_parser *parser, const struct option *option,
                                       const char *value)
{
    if (option->kind == OPTION_FLAG && value != NULL) {
        console_error("option '--%s' takes no value", option->name);
        return OPTIONS_BAD;
    }
    bool needs_value = option->kind != OPTION_FLAG && option->kind != OPTION_MAYBE_TEXT;
    if (needs_value && value == NULL && parser->at + 1 < parser->argc) {
        parser->at++;
        value = parser->argv[parser->at];
    }
    bool empty = value != NULL && value[0] == '\0';
    if (empty || (needs_value && value == NULL)) {
        console_error("option '--%s' needs a value: --%s%s%s", option->name, option->name,
                      option->kind == OPTION_MAYBE_TEXT ? "=" : " ", option->value);
        return OPTIONS_BAD;
    }
    return set_option(option, value);
}

static enum options_status take_long(struct option_parser *parser, const char *argument)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    const struct option *option = find_option(parser->command, name, length);
    if (option != NULL) {
        return take_option(parser, option, value);
    }
    if (value == NULL && strcmp(name, "help") == 0) {
        print_help(parser->command);
        return OPTIONS_HELP;
    }
    struct case_text unknown = {0};
    case_text_add(&unknown, "%.*s", (int)length, name);
    enum options_status status = unknown_option(parser->command, case_text_bytes(&unknown));
    case_text_free(&unknown);
    return status;
}

static enum options_status take_short(struct option_parser *parser, const char *argument)
{
    const struct option *option = find_letter(parser->command, argument[1]);
    if (option != NULL) {
        return take_option(parser, option, argument[2] == '\0' ? NULL : argument + 2);
    }
    if (strcmp(argument, "-h") == 0) {
        print_help(parser->command);
        return OPTIONS_HELP;
    }
    if (argument[2] != '\0') {
        /* -seed for --seed is a likely slip. */
        const char *nearest = options_nearest(argument + 1, parser->command->option_count + 1,
                                              option_name_at, parser->command);
        if (nearest != NULL) {
            console_error("unknown option '%s', did you mean '--%s'?", argument, nearest);
            return OPTIONS_BAD;
        }
    }
    console_error("unknown option '%s'; 'dirsim %s --help' lists those there are", argument,
                  parser->command->name);
    return OPTIONS_BAD;
}

enum options_status options_parse(const struct command *command, int argc, char **argv,
                                  int *operand_count)
{
    struct option_parser parser = {.command = command, .argc = argc, .argv = argv};
    enum options_status status = OPTIONS_OK;
    bool only_operands = false;
    for (; parser.at < argc && status == OPTIONS_OK; parser.at++) {
        char *argument = argv[parser.at];
        if (only_operands || argument[0] != '-' || argument[1] == '\0') {
            /* Never ahead of the argument that is being read. */
            argv[parser.operand_count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            only_operands = true;
        } else if (argument[1] == '-') {
            status = take_long(&parser, argument);
        } else {
            status = take_short(&parser, argument);
        }
    }
    *operand_count = parser.operand_count;
    return status;
}
