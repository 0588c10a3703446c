/* trial.h: one run of one scenario in a search, and what came of it, copied out of the run: so the
 * arena is empty again when the trial is over. */
#ifndef SIM_SEARCH_TRIAL_H
#define SIM_SEARCH_TRIAL_H

#include "sim/check/catalogue.h"
#include "sim/check/coverage.h"
#include "sim/search/replay.h"

#define TRIAL_FAILURES_MAX 8u     /* of different signatures that are kept; all are counted */
#define TRIAL_MESSAGE_MAX 200u    /* bytes with NUL; longer ones are cut */
#define TRIAL_SIGNATURE_MAX 256u  /* the same */
#define TRIAL_EVENTS_MAX 1000000u /* of one run: what takes longer fails as attempts-end */

/* An invariant that failed, or an expectation that was not met. */
struct trial_failure {
    bool expectation;
    uint32_t invariant;
    uint32_t plan; /* index, or SCENARIO_NONE */
    uint32_t step;
    uint64_t time;
    char message[TRIAL_MESSAGE_MAX];
    /* Where it broke, the same for whatever scenario: the invariant's name (or "expectation") and
     * the message, with numbers as N and steps' names as STEP. Failures are grouped by it. */
    char signature[TRIAL_SIGNATURE_MAX];
};

struct trial {
    enum replay_status status; /* what follows is of a run that came to its end: REPLAY_OK */
    bool held;
    uint32_t failure_count; /* all of them, those that the scenario expects too */
    uint32_t kept;
    struct trial_failure failures[TRIAL_FAILURES_MAX]; /* as they came up, no signature twice */
    bool marks[MARK_COUNT];
    struct simulation_counts counts;
    size_t memory_bytes;              /* of the arena, at most */
    char message[REPLAY_MESSAGE_MAX]; /* when it did not: why not */
};

/* Run it; with the memory store, or with SQLite's in memory. The arena is empty before and after.
 */
void trial_run(struct trial *trial, struct arena *arena, const struct scenario *scenario,
               enum replay_store store);

/* The same, and add the state coverage of the run to *coverage; true when some of it was new. */
bool trial_run_covering(struct trial *trial, struct arena *arena, const struct scenario *scenario,
                        enum replay_store store, struct coverage *coverage);

/* Copy a failure of a run, and make its signature. */
void trial_copy_failure(struct trial_failure *copy, const struct scenario *scenario,
                        const struct simulation_failure *failure);

/* Whether the trial has a failure with this signature. */
bool trial_fails_as(const struct trial *trial, const char *signature);

#endif
