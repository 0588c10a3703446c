/* console.h: how dirsim speaks: results on standard output, errors on standard error, and an output
 * that cannot be written is an error too. */
#ifndef SIM_CLI_CONSOLE_H
#define SIM_CLI_CONSOLE_H

#include "sim/cli/command.h"
#include "sim/conform/case_text.h"
#include "sim/scenario/scenario_reader.h"

/* Once, before anything else: a closed pipe or a file that is too large becomes an error of the
 * write, and no file that is opened later can take the place of a standard stream that is closed.
 */
void console_start(void);

/* What error lines begin with: "dirsim run". Static text. "dirsim" until then. */
void console_set_name(const char *name);
const char *console_name(void);

/* One line on standard error: the name, ": ", the message. */
void console_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on standard error as it is. */
void console_problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for a mistake in a file: `file:line:column: message`, or `file: message` where there is
 * no place. */
void console_place(const char *file, const struct scenario_problem *problem);

/* "out of memory" on standard error; answers the exit status for it. */
enum command_exit console_no_memory(void);

/* Standard output: text as it is, and a line of results, which is written through at once, so that
 * whoever reads along sees it. */
void console_write(const char *bytes, size_t length);
void console_result(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether writing to standard output has failed already, so that more work would be for nobody. */
bool console_output_failed(void);

/* Once, at the end: writes what is still buffered. When standard output could not be written, says
 * so in one line and answers COMMAND_TROUBLE, else `status`. */
enum command_exit console_finish(enum command_exit status);

/* Whether standard output is a terminal that wants colours. */
bool console_colours(void);

/* Add a word to a line for the shell, with a space before it unless it is the first; in quotes when
 * the shell would take it for something else. A file's name never looks like an option. */
void console_shell_word(struct case_text *line, const char *word);
void console_shell_file(struct case_text *line, const char *file);

#endif
