/* shrink.h: the smallest scenario that fails in the same way.
 *
 * Delta debugging over all that a scenario says: plans, steps and their flows, events, faults,
 * choices, the defects that are switched on, the world's settings, times, names. What is left is
 * what the failure needs, in round numbers and short names.
 *
 * "In the same way" means: a failure with the same signature (trial.h: the invariant's name, and
 * its message without numbers and steps' names) comes up again, and no invariant fails that did not
 * fail in the beginning, so that one defect is not taken for another on the way. Every candidate is
 * written, read back through the checker, and run as it was read: what comes out loads again.
 *
 * Deterministic, unless `stop` ends it: the same scenario gives the same one. */
#ifndef SIM_SEARCH_SHRINK_H
#define SIM_SEARCH_SHRINK_H

#include "sim/scenario/scenario_memory.h"
#include "sim/search/trial.h"

#define SHRINK_RUNS_MAX 20000u /* when config says 0 */

/* How large a scenario is. `lines` are those of its plans, events and faults in the file, without
 * the three lines that say "plans:", "events:" and "faults:". */
struct shrink_size {
    uint32_t plans;
    uint32_t steps;
    uint32_t events;
    uint32_t faults;
    uint32_t choices;
    uint32_t lines;
};

/* One thing that was tried. */
struct shrink_attempt {
    const char *what; /* "without event 3 (halt one)" */
    bool kept;        /* it fails in the same way: the search goes on from there */
    const struct shrink_size *size;
};

struct shrink_config {
    struct arena *arena;   /* for the runs; empty before and after */
    const char *signature; /* which failure; NULL: the first invariant that the scenario does not
                              expect to fail, else an expectation, else what it expects */
    uint64_t runs_max;     /* 0: SHRINK_RUNS_MAX; what is reached by then is the answer */
    /* Asked before each run: true ends the search with what is reached. May be NULL. */
    bool (*stop)(void *context);
    /* Asked of each smaller scenario that fails in the same way: false: it is not wanted all the
     * same. It may use the arena. May be NULL. */
    bool (*accepts)(void *context, const struct scenario *scenario);
    /* Told of each thing that was tried. May be NULL. */
    void (*tell)(void *context, const struct shrink_attempt *attempt);
    void *context;
    const char *schema; /* as in struct scenario_write_options */
};

enum shrink_status {
    SHRINK_OK,
    SHRINK_NOTHING_FAILS, /* no such failure in the scenario as it was written and read back */
    SHRINK_NO_SCENARIO,   /* it cannot be written and read back; message says why */
    SHRINK_TROUBLE,       /* it cannot be run; message says why */
    SHRINK_NO_MEMORY,
};

/* All of it goes with shrink_result_free. */
struct shrink_result {
    const struct scenario *scenario; /* as read from text */
    const char *text;                /* the file; its length without the NUL at its end */
    size_t length;
    bool holds;    /* `dirsim run` calls it held: it says which invariants it violates */
    bool finished; /* nothing more can be taken out; false: a limit ended the search */
    char signature[TRIAL_SIGNATURE_MAX];
    struct shrink_size before;
    struct shrink_size after;
    uint64_t tried; /* different scenarios */
    uint64_t kept;  /* steps on the way */
    char message[REPLAY_MESSAGE_MAX];
    struct scenario_memory *memory;
};

/* Shrink. `scenario` stays as it is. In any case shrink_result_free afterwards. */
enum shrink_status shrink_scenario(const struct shrink_config *config,
                                   const struct scenario *scenario, struct shrink_result *result);
void shrink_result_free(struct shrink_result *result);

struct shrink_size shrink_size_of(const struct scenario *scenario, const char *text);

#endif
