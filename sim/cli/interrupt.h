/* interrupt.h: Ctrl-C, or a signal to terminate, is noted, so that long work comes to an end in
 * good order. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

#include "sim/cli/command.h"

#include <signal.h>
#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP are noted. */
void interrupt_watch(void);

/* The signal that came last; 0: none. */
extern volatile sig_atomic_t interrupt_signal;

/* Whether one came; for callbacks that ask whether to stop. */
bool interrupt_came(void *context);

/* What goes to the shell when the work may have been cut off: `status`, but for COMMAND_HELD after
 * a signal, which becomes 128 plus its number, as of a program that the signal ended: nothing
 * failed, and not all was looked at. */
enum command_exit interrupt_exit(enum command_exit status);

#endif
