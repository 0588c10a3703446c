/* proof_test_support.h: what the proofs over whole runs share: the scenarios of the repository, a
 * run with an allocator, a store and a failing call of one's own choice, and what it must not do.
 *
 * A proof goes over thousands of runs. With DIRSIM_PROOF=whole in the environment it makes all of
 * them (`make proof`), else a sample that takes seconds. Run from the top of the repository. */
#ifndef SIM_PROOF_PROOF_TEST_SUPPORT_H
#define SIM_PROOF_PROOF_TEST_SUPPORT_H

#include "sim/scenario/scenario_reader.h"
#include "sim/world/simulation.h"

#define PROOF_MESSAGE_MAX 512u

/* Whether all is to be run. */
bool proof_is_whole(void);

struct proof_scenario {
    char *path;
    struct scenario_reading reading;
};

/* Every scenario below scenarios/, sorted by path, all of them hardened: those that show a defect,
 * too. cmocka's test fails when one cannot be read. */
struct proof_scenario *proof_scenarios(uint32_t *count);
void proof_scenarios_free(struct proof_scenario *scenarios, uint32_t count);

enum proof_store { PROOF_MEMORY, PROOF_SQLITE, PROOF_GIVEN };

struct proof_config {
    const struct scenario *scenario; /* must live as long */
    struct director_allocator allocator;
    enum proof_store store_kind;
    struct store *store; /* PROOF_GIVEN; stays the caller's */
    struct simulation_call_fault call_fault;
    uint64_t events_max; /* 0: PROOF_EVENTS_MAX */
};
#define PROOF_EVENTS_MAX 2000000u

/* A run that came to its end, in whatever way; for proof_end. */
struct proof_run {
    const struct proof_config *config;
    struct choice_names *names;
    struct choices *choices;
    struct store *store;
    struct simulation *simulation; /* NULL: it could not be built */
    enum simulation_status status;
    char message[PROOF_MESSAGE_MAX];
};
void proof_run(struct proof_run *run, const struct proof_config *config);
/* Build it, without running: for simulation_step. */
bool proof_build(struct proof_run *run, const struct proof_config *config);
void proof_end(struct proof_run *run);

/* The first invariant that failed, and not as what a scenario with defects says it violates; NULL:
 * none. */
const struct simulation_failure *proof_unexpected(const struct proof_run *run);

#endif
