/* main.c: which subcommand it is. Everything about one of them is in the file of its name. */
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/options.h"

#include <malloc.h>
#include <string.h>

#define KEPT_BYTES (64 * 1024 * 1024) /* that free keeps for the next malloc */

struct subcommand {
    const char *name;
    const char *full_name; /* what its error lines begin with */
    const char *usage;
    const char *sentence;
    enum command_exit (*run)(int argc, char **argv);
};

static const struct subcommand subcommands[] = {
    {"run", "dirsim run", "run FILE|DIR...", "replay scenarios in the simulated world",
     command_run},
    {"conform", "dirsim conform", "conform FILE...",
     "replay conformance cases against the director", command_conform},
    {"campaign", "dirsim campaign", "campaign [FILE|DIR...]", "many runs by chance, in parallel",
     command_campaign},
    {"shrink", "dirsim shrink", "shrink FILE", "the smallest scenario that fails in the same way",
     command_shrink},
    {"report", "dirsim report", "report DATABASE|FOLDER", "a page of what campaigns have found",
     command_report},
    {"timeline", "dirsim timeline", "timeline FILE", "a page that tells what happened and why",
     command_timeline},
    {"explore", "dirsim explore", "explore FILE", "every order, every outcome, a fault anywhere",
     command_explore},
    {"lint", "dirsim lint", "lint FILE|DIR...", "check scenarios", command_lint},
    {"list", "dirsim list", "list invariants|marks|faults|defects", "the names that scenarios use",
     command_list},
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

static const char *subcommand_name_at(const void *context, size_t index)
{
    (void)context;
    return subcommands[index].name;
}

static void print_help(void)
{
    struct case_text text = {0};
    case_text_add(&text, "usage: dirsim SUBCOMMAND [OPTION...] [FILE...]\n"
                         "A workflow director in a simulated world, where everything can go wrong "
                         "and be replayed.\n\n");
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        case_text_add(&text, "  dirsim %-40s %s\n", subcommands[i].usage, subcommands[i].sentence);
    }
    case_text_add(&text, "\n'dirsim SUBCOMMAND --help' tells its options; --version the version.\n"
                         "Exit: 0 all held; 1 something failed; 2 wrong usage, or a file that is "
                         "not what it should be;\n3 could not do it (file, database, memory).\n");
    console_write(case_text_bytes(&text), text.length);
    case_text_free(&text);
}

static enum command_exit unknown_subcommand(const char *name)
{
    const char *nearest = options_nearest(name, SUBCOMMANDS, subcommand_name_at, NULL);
    if (name[0] == '-') {
        console_error("unknown option '%s'; 'dirsim --help' tells what there is", name);
        return COMMAND_USAGE;
    }
    if (nearest != NULL) {
        console_error("unknown subcommand '%s', did you mean '%s'?", name, nearest);
        return COMMAND_USAGE;
    }
    struct case_text known = {0};
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        case_text_add(&known, "%s%s", i == 0 ? "" : ", ", subcommands[i].name);
    }
    console_error("unknown subcommand '%s'; there are %s", name, case_text_bytes(&known));
    case_text_free(&known);
    return COMMAND_USAGE;
}

static enum command_exit run_subcommand(const char *name, int argc, char **argv)
{
    for (size_t i = 0; i < SUBCOMMANDS; i++) {
        if (strcmp(name, subcommands[i].name) == 0) {
            console_set_name(subcommands[i].full_name);
            return subcommands[i].run(argc, argv);
        }
    }
    return unknown_subcommand(name);
}

static enum command_exit dispatch(int argc, char **argv)
{
    static char help[] = "--help";
    static char *help_argument[] = {help};
    if (argc < 2) {
        console_error("a subcommand is missing; 'dirsim --help' tells which there are");
        return COMMAND_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--version") == 0) {
        console_result("dirsim %d.%d", DIRECTOR_VERSION_MAJOR, DIRECTOR_VERSION_MINOR);
        return COMMAND_HELD;
    }
    bool help_wanted = strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0;
    if (help_wanted || (strcmp(name, "help") == 0 && argc == 2)) {
        print_help();
        return COMMAND_HELD;
    }
    if (strcmp(name, "help") == 0) {
        return run_subcommand(argv[2], 1, help_argument);
    }
    return run_subcommand(name, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    /* Thousands of small databases are opened and closed one after the other: memory that went back
     * to the system each time would be most of what they cost. */
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    console_start();
    return (int)console_finish(dispatch(argc, argv));
}
