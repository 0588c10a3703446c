/* console.c: standard output and standard error, with their errors. */
#include "sim/cli/console.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *name_of_command = "dirsim";
static bool output_failed;
static int output_errno; /* of the first write that failed */

void console_start(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    /* In the place of a closed stream goes one that fails in the same way when it is used. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) {
            (void)open("/dev/null", (fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
        }
    }
}

void console_set_name(const char *name)
{
    name_of_command = name;
}

const char *console_name(void)
{
    return name_of_command;
}

static void note_output(bool written)
{
    if (!written && !output_failed) {
        output_errno = errno;
        output_failed = true;
    }
}

/* What was said before comes out before, also where both streams go to one place. */
static void flush_output(void)
{
    note_output(fflush(stdout) == 0);
}

void console_error(const char *format, ...)
{
    flush_output();
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", name_of_command);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void console_problem(const char *format, ...)
{
    flush_output();
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void console_place(const char *file, const struct scenario_problem *problem)
{
    if (problem->position.line == 0) {
        console_problem("%s: %s", file, problem->message);
    } else {
        console_problem("%s:%u:%u: %s", file, problem->position.line, problem->position.column,
                        problem->message);
    }
}

enum command_exit console_no_memory(void)
{
    console_error("out of memory");
    return COMMAND_TROUBLE;
}

void console_write(const char *bytes, size_t length)
{
    note_output(fwrite(bytes, 1, length, stdout) == length);
}

void console_result(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note_output(vprintf(format, arguments) >= 0);
    va_end(arguments);
    note_output(fputc('\n', stdout) != EOF);
    note_output(fflush(stdout) == 0);
}

bool console_output_failed(void)
{
    return output_failed;
}

enum command_exit console_finish(enum command_exit status)
{
    note_output(ferror(stdout) == 0);
    note_output(fclose(stdout) == 0);
    if (!output_failed) {
        return status;
    }
    console_error("cannot write standard output: %s", strerror(output_errno));
    return COMMAND_TROUBLE;
}

bool console_colours(void)
{
    const char *terminal = getenv("TERM");
    const char *unwanted = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) != 0 && (unwanted == NULL || unwanted[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

void console_shell_word(struct case_text *line, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+./:,@";
    if (line->length > 0) {
        case_text_add(line, " ");
    }
    if (word[0] != '\0' && strspn(word, plain) == strlen(word)) {
        case_text_add(line, "%s", word);
        return;
    }
    case_text_add(line, "'");
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'') {
            case_text_add(line, "'\\''");
        } else {
            case_text_add(line, "%c", *at);
        }
    }
    case_text_add(line, "'");
}

void console_shell_file(struct case_text *line, const char *file)
{
    struct case_text path = {0};
    if (file[0] == '-' && file[1] != '\0') {
        case_text_add(&path, "./");
    }
    case_text_add(&path, "%s", file);
    console_shell_word(line, case_text_bytes(&path));
    case_text_free(&path);
}
