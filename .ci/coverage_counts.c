/* coverage_counts.c: linked into every program that is built for coverage, and nowhere else.
 *
 * A process that ends by _exit, as the worker processes of a campaign do, would lose its counts: here
 * they are written first. And one that a test lets write only small files must not try to write them: it
 * would leave half a file, and speak of it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void __gcov_dump(void);

static _Noreturn void end(int status)
{
    for (;;) {
        syscall(SYS_exit_group, status);
    }
}

static bool may_write(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY;
}

/* Counts are written behind what is registered here. */
static void leave_without_counts(int status, void *context)
{
    (void)context;
    fflush(NULL);
    end(status);
}

__attribute__((constructor)) static void begin(void)
{
    if (!may_write()) {
        on_exit(leave_without_counts, NULL);
    }
}

_Noreturn void _exit(int status)
{
    if (may_write()) {
        __gcov_dump();
    }
    end(status);
}
