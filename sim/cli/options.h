/* options.h: options of a subcommand, from one table: the parser, its messages and --help are all
 * driven by it.
 *
 * Options may stand before and behind operands; "--" ends them; "-" is an operand. A value is given
 * as `--seed 7` or `--seed=7`, with a letter also `-o FILE` or `-oFILE`. An option that is given
 * twice counts as it was given last. Every table has -h, --help without naming it. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
    OPTION_FLAG,       /* --twice */
    OPTION_NUMBER,     /* --seed N: a whole number of 64 bits */
    OPTION_TEXT,       /* --junit FILE: any text that is not empty */
    OPTION_MAYBE_TEXT, /* --trace or --trace=FILE */
    OPTION_LIST,       /* --defect NAME, any number of times */
};

struct option_number {
    bool given;
    uint64_t value;
};

struct option_text {
    bool given;
    const char *value; /* an argument, as it was given; NULL: without a value */
};

#define OPTION_LIST_MAX 64u

struct option_list {
    const char *values[OPTION_LIST_MAX];
    size_t count;
};

struct option {
    enum option_kind kind;
    char letter; /* '\0': none */
    const char *name;
    const char *value;    /* what --help calls the value; NULL for a flag */
    const char *sentence; /* for --help */
    union {
        bool *flag;
        struct option_number *number;
        struct option_text *text;
        struct option_list *list;
    } target;
};

/* What --help tells of a subcommand. */
struct command {
    const char *name;     /* "run" */
    const char *operands; /* "FILE|DIR..."; "" when it takes none */
    const char *sentence;
    const char *notes; /* lines behind the options; NULL for none */
    const struct option *options;
    size_t option_count;
};

enum options_status {
    OPTIONS_OK,
    OPTIONS_HELP, /* --help was asked for and printed: nothing more to do */
    OPTIONS_BAD,  /* said on standard error: COMMAND_USAGE */
};

/* Read the arguments. Values go to their targets; operands to the front of argv, in their order,
 * and their number to *operand_count. */
enum options_status options_parse(const struct command *command, int argc, char **argv,
                                  int *operand_count);

/* A whole number in decimal digits, up to UINT64_MAX. */
bool options_number(const char *text, uint64_t *value);

/* The candidate that somebody who wrote `text` may have meant, or NULL. `name_at` answers the name
 * with this index. */
const char *options_nearest(const char *text, size_t count,
                            const char *(*name_at)(const void *context, size_t index),
                            const void *context);

#endif
