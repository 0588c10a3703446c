/* coverage.h: what a set of runs has seen of the tables of moves: which moves of plans and steps,
 * in memory and in the database, and under which faults each was made.
 *
 * A fault here is a pair (site, error) as `dirsim list faults` has them. It is in force for a move
 * when it has struck before in the same run, at the same plan or at something that belongs to no
 * plan, and nothing has healed since. The end of every run, which heals first, counts too, but as
 * without faults.
 *
 * A set is plain data of a fixed size, all zero when empty: it may be copied with =, kept in an
 * arena, and written as bytes (coverage_encode) into a file, a database or a pipe. Noting a move
 * costs a few instructions. */
#ifndef SIM_CHECK_COVERAGE_H
#define SIM_CHECK_COVERAGE_H

#include "sim/scenario/vocabulary.h"

/* Where a move is made. A write that leaves the state as it was is no move. */
enum coverage_place {
    COVERAGE_MEMORY,
    COVERAGE_STORED, /* writes that took effect; several moves may be saved as one */
};
#define COVERAGE_PLACES 2u

/* The tables: that of plans, then those of steps by kind. */
#define COVERAGE_PLAN_TABLE 0u
#define COVERAGE_STEP_TABLE(kind) (1u + (unsigned)(kind))
#define COVERAGE_TABLES (1u + DIRECTOR_STEP_KINDS)

#define COVERAGE_PLAN_CELLS ((unsigned)(DIRECTOR_PLAN_STATES * DIRECTOR_PLAN_STATES))
#define COVERAGE_STEP_CELLS ((unsigned)(DIRECTOR_STEP_STATES * DIRECTOR_STEP_STATES))
#define COVERAGE_CELLS (COVERAGE_PLAN_CELLS + DIRECTOR_STEP_KINDS * COVERAGE_STEP_CELLS)
/* Moves are numbered from 0 to COVERAGE_MOVES - 1: by place, table, from and to. */
#define COVERAGE_MOVES (COVERAGE_PLACES * COVERAGE_CELLS)

/* Faults are numbered from 0 to coverage_fault_count() - 1, in the order of `dirsim list faults`.
 */
#define COVERAGE_FAULTS_MAX 128u
#define COVERAGE_FAULT_WORDS (COVERAGE_FAULTS_MAX / 64)

/* A set of faults: bit n % 64 of word n / 64 is fault n. */
struct coverage_faults {
    uint64_t words[COVERAGE_FAULT_WORDS];
};

struct coverage {
    uint64_t moves[(COVERAGE_MOVES + 63) / 64];   /* made */
    struct coverage_faults under[COVERAGE_MOVES]; /* by move: the faults in force as it was made */
    struct coverage_faults struck;                /* anywhere */
};

/* ---- Numbers --------------------------------------------------------------------------------- */

struct coverage_move {
    enum coverage_place place;
    unsigned table; /* COVERAGE_PLAN_TABLE or COVERAGE_STEP_TABLE */
    unsigned from;  /* enum director_plan_state or director_step_state */
    unsigned to;
};

unsigned coverage_move_number(struct coverage_move move);
struct coverage_move coverage_move_of(unsigned number);
/* Whether the director's table has it. */
bool coverage_move_allowed(unsigned number);
/* "memory" or "stored"; "plan", "plan step", "run step" or "finalize step"; the state's name. */
const char *coverage_place_name(enum coverage_place place);
const char *coverage_table_name(unsigned table);
unsigned coverage_states(unsigned table);
const char *coverage_state_name(unsigned table, unsigned state);

uint32_t coverage_fault_count(void);
/* The site must take the error. */
uint32_t coverage_fault_number(enum scenario_fault_site site, enum scenario_fault_error error);
void coverage_fault_of(uint32_t number, enum scenario_fault_site *site,
                       enum scenario_fault_error *error);

/* ---- Sets ------------------------------------------------------------------------------------ */

void coverage_note_move(struct coverage *coverage, unsigned move,
                        const struct coverage_faults *in_force);

bool coverage_seen(const struct coverage *coverage, unsigned move);
bool coverage_seen_under(const struct coverage *coverage, unsigned move, uint32_t fault);
bool coverage_struck(const struct coverage *coverage, uint32_t fault);

void coverage_faults_add(struct coverage_faults *faults, uint32_t fault);
bool coverage_faults_has(const struct coverage_faults *faults, uint32_t fault);

/* Add what `other` has seen; true when something was new. */
bool coverage_merge(struct coverage *coverage, const struct coverage *other);

/* How much of what the tables allow was seen. */
struct coverage_counts {
    uint32_t moves[COVERAGE_PLACES];
    uint32_t moves_allowed; /* in each place */
    uint32_t pairs;         /* (move that a table allows, fault), of both places */
    uint32_t pairs_all;
    uint32_t faults; /* that struck */
    uint32_t faults_all;
};
struct coverage_counts coverage_count(const struct coverage *coverage);

/* ---- Bytes ----------------------------------------------------------------------------------- */

/* What coverage_encode writes at most. A single run's set is mostly below 300 bytes. */
#define COVERAGE_BYTES_MAX (16u + 2u * COVERAGE_MOVES * (COVERAGE_FAULTS_MAX + 1u))

/* Write the set to `bytes` (NULL: only count) and answer how many bytes it takes. The same set
 * gives the same bytes, on any machine. */
size_t coverage_encode(const struct coverage *coverage, uint8_t *bytes);
/* Read it back. False, and *coverage is empty, when these bytes are not what coverage_encode of
 * this version writes: cut off, damaged, or of other tables. */
bool coverage_decode(struct coverage *coverage, const uint8_t *bytes, size_t size);

#endif
