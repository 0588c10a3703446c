/* simulation.h: one run of one scenario in the simulated world: client, executor worlds with their
 * cores, pools and workers, coordinator, invalidation, and the store, in one thread and in virtual
 * time.
 *
 * A simulation takes all its memory from the allocator it is given (an arena, so that a snapshot is
 * a copy and a reset is total), except what SQLite takes for itself. The same scenario, seed and
 * choices give the same trace, byte for byte, with either store. */
#ifndef SIM_WORLD_SIMULATION_H
#define SIM_WORLD_SIMULATION_H

#include "sim/check/coverage.h"
#include "sim/engine/choices.h"
#include "sim/engine/trace.h"
#include "sim/scenario/scenario.h"
#include "sim/store/store.h"

struct simulation;

/* A call of the store that fails, whatever the scenario's own faults do: by its number, over the
 * director's persistence and the locks of all worlds, as simulation_counts counts them. All zero:
 * none. */
struct simulation_call_fault {
    uint64_t nth;                            /* from 1; 0: none */
    bool for_good;                           /* and all that follow, until the faults are healed */
    bool after;                              /* a write took effect all the same */
    enum director_persistence_status answer; /* ERROR, RAW, or LOST: that world's connection */
};

struct simulation_config {
    struct director_allocator allocator;
    const struct scenario *scenario;  /* must live as long */
    const struct choice_names *names; /* of the scenario (simulation_naming); must live as long */
    struct choices *choices;          /* the source is the caller's business */
    struct store *store; /* empty, or with what an earlier run left; the caller closes it */
    const struct trace_sink *sink; /* NULL: hash only */
    bool check; /* check invariants (and note marks); off only to measure their price */
    struct simulation_call_fault call_fault;
    uint64_t events_max; /* give up after so many; 0: SIMULATION_EVENTS_MAX */
    uint64_t faults_max; /* faults by chance strike no more often in all; 0: no limit */
    /* Where what is seen of the tables of moves is added; NULL: memory of the simulation's own. */
    struct coverage *coverage;
};

#define SIMULATION_EVENTS_MAX 20000000ull

enum simulation_status {
    SIMULATION_OK,
    SIMULATION_NO_MEMORY,   /* an allocation failed where the world needed it: the run stopped there
                             */
    SIMULATION_STORE,       /* the store could not be prepared: simulation_message says why */
    SIMULATION_SINK_FAILED, /* the trace could not be written */
};

/* How choices call the plans and steps of a scenario. */
struct choice_naming simulation_naming(const struct scenario *scenario);

/* Build the world and insert the plans. SIMULATION_STORE with the reason in `message`. */
enum simulation_status simulation_create(const struct simulation_config *config,
                                         struct simulation **simulation, char *message,
                                         size_t message_size);

/* Run to the end: until nothing more can happen, or `until:`; then heal, let everything settle, and
 * check what must hold in the end. */
enum simulation_status simulation_run(struct simulation *simulation);

/* Take one event and handle it; *more false when there was none. For the search: begin with
 * simulation_create, end with simulation_settle. */
enum simulation_status simulation_step(struct simulation *simulation, bool *more);
enum simulation_status simulation_settle(struct simulation *simulation);

void simulation_destroy(struct simulation *simulation);

/* ---- For the exploration of all orders ------------------------------------------------------- */

/* Forget the failures so far: the search has noted them and goes on. */
void simulation_forget_failures(struct simulation *simulation);

/* One of the events that are due first: any may come next. */
struct simulation_head {
    uint64_t sequence; /* the same as long as it is pending */
    uint32_t place;    /* in the order of sequence: what a choice of order draws */
    uint32_t plan;     /* whose event it is; SCENARIO_NONE: nobody's, or everybody's */
    bool local;        /* it touches nothing but this plan, as long as no worker is short */
};
#define SIMULATION_HEADS_MAX 64u

/* What may come next in a state. */
struct simulation_prospect {
    /* The events that are due first, in canonical order: the same for states of one fingerprint. */
    struct simulation_head heads[SIMULATION_HEADS_MAX];
    uint32_t due; /* may be more than there are heads */
    /* Plans have nothing to do with one another from here on, but for what is drawn: nothing of the
     * scenario is still to happen, no world terminates, no queue is short of workers. */
    bool plans_apart;
};

/* What a scenario says about all its states; worked out once. */
struct simulation_traits {
    bool several_worlds;
    bool order_matters; /* in which plans began, and requests were made */
    bool calls_matter;  /* how often user code was called is expected */
    bool nothing_shared;
    bool kept_apart; /* what happens after something keeps within a plan, but for what crosses */
    bool crosses;    /* something happens to one plan after something of another */
};

struct simulation_traits simulation_traits(const struct simulation *simulation);

/* The state in canonical words (director/fingerprint.h): two states with the same words go on in
 * the same ways, as far as invariants and expectations can tell. Times count from now; what was
 * traced, marked and counted for people is no part of it. With the memory store only. */
struct fingerprint;
void simulation_fingerprint(const struct simulation *simulation,
                            const struct simulation_traits *traits, struct fingerprint *fingerprint,
                            struct simulation_prospect *prospect);

/* ---- What came of it ------------------------------------------------------------------------ */

/* An invariant that failed, or an expectation that was not met. */
struct simulation_failure {
    bool expectation;                  /* else an invariant */
    uint32_t invariant;                /* index into invariant_vocabulary */
    struct scenario_position position; /* of the expectation; line 0 for an invariant */
    uint64_t time;
    uint32_t plan; /* index, or SCENARIO_NONE */
    uint32_t step;
    const char *way;     /* of an invariant: the message before names were put in; static */
    uint64_t count;      /* how often it failed here in this way; the rest is of the first */
    const char *message; /* what was expected and what came, one line */
};

/* In the order in which they came up. Valid until simulation_destroy. */
uint32_t simulation_failure_count(const struct simulation *simulation);
const struct simulation_failure *simulation_failure(const struct simulation *simulation,
                                                    uint32_t index);
/* True when all held: no expectation failed, and just those invariants failed that the scenario
 * names in `violates`. */
bool simulation_held(const struct simulation *simulation);

/* Whether a mark (index into mark_vocabulary) was reached. */
bool simulation_mark(const struct simulation *simulation, uint32_t mark);

/* What the run has seen of the tables of moves. Never NULL; valid until simulation_destroy. */
const struct coverage *simulation_coverage(const struct simulation *simulation);

struct simulation_counts {
    uint64_t events;   /* taken from the queue */
    uint64_t end_time; /* virtual, of the last event */
    uint64_t trace_hash;
    uint64_t trace_lines;
    uint64_t faults; /* that struck */
    uint64_t store_calls;
};
struct simulation_counts simulation_counts(const struct simulation *simulation);

/* The uuid of a plan of the scenario. */
const struct director_plan_id *simulation_plan_id(const struct simulation *simulation,
                                                  uint32_t plan);

#endif
