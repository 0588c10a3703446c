/* command.h: what dirsim answers to the shell, and what its subcommands are. Each subcommand has a
 * file of its own, with one function that main.c calls. */
#ifndef SIM_CLI_COMMAND_H
#define SIM_CLI_COMMAND_H

/* Exit statuses. A run with several of them exits with the largest. */
enum command_exit {
    COMMAND_HELD = 0,    /* all held */
    COMMAND_FAILED = 1,  /* an invariant, an expectation or a case failed */
    COMMAND_USAGE = 2,   /* wrong usage, or a file that is not what it should be */
    COMMAND_TROUBLE = 3, /* could not do it: file, database, memory, output */
    COMMAND_SIGNAL = 128 /* and the signal's number: cut off by it, and nothing failed until then */
};

/* The worse of two. */
static inline enum command_exit command_worse(enum command_exit left, enum command_exit right)
{
    return left > right ? left : right;
}

/* argv[0] is the first argument behind the subcommand's name; argv may be changed. */
enum command_exit command_run(int argc, char **argv);
enum command_exit command_campaign(int argc, char **argv);
enum command_exit command_conform(int argc, char **argv);
enum command_exit command_lint(int argc, char **argv);
enum command_exit command_list(int argc, char **argv);
enum command_exit command_shrink(int argc, char **argv);
enum command_exit command_explore(int argc, char **argv);
enum command_exit command_report(int argc, char **argv);
enum command_exit command_timeline(int argc, char **argv);

#endif
