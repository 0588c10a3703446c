/* interrupt.c: see interrupt.h. */
#include "sim/cli/interrupt.h"

#include <stddef.h>

volatile sig_atomic_t interrupt_signal;

static void note(int signal_number)
{
    interrupt_signal = signal_number;
}

void interrupt_watch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        sigaction(signals[i], &action, NULL);
    }
}

bool interrupt_came(void *context)
{
    (void)context;
    return interrupt_signal != 0;
}

enum command_exit interrupt_exit(enum command_exit status)
{
    return status == COMMAND_HELD && interrupt_signal != 0
               ? (enum command_exit)(COMMAND_SIGNAL + interrupt_signal)
               : status;
}
