/* vocabulary.h: the names that scenarios use for faults, marks, invariants and defects, as tables
 * that the reader, the writer, `dirsim list` and the schema all share. */
#ifndef SIM_SCENARIO_VOCABULARY_H
#define SIM_SCENARIO_VOCABULARY_H

#include "sim/scenario/scenario.h"

/* Keys that a fault site takes besides on, error, nth, chance, at, after, delay, times. */
#define FAULT_TAKES_PLAN 1u
#define FAULT_TAKES_STEP 2u /* and finalize */
#define FAULT_TAKES_TO 4u
#define FAULT_TAKES_QUEUE 8u
#define FAULT_TAKES_WORLD 16u
#define FAULT_TAKES_WHEN 32u /* before | after */

struct fault_site_entry {
    const char *name;     /* "save_plan" */
    const char *sentence; /* for dirsim list faults */
    uint32_t takes;
    uint32_t errors; /* set of 1 << scenario_fault_error */
};

struct fault_error_entry {
    const char *name; /* "io" */
    const char *sentence;
    bool takes_for;
    bool needs_for;
};

extern const struct fault_site_entry fault_sites[SCENARIO_FAULT_SITES];
extern const struct fault_error_entry fault_errors[SCENARIO_FAULT_ERRORS];

/* What `order` may be; by enum scenario_order. */
extern const char *const scenario_order_names[SCENARIO_ORDERS];

/* A name with its sentence; `source` is where the rule comes from. */
struct vocabulary_entry {
    const char *name;
    const char *sentence;
    const char *source;
};

/* sim/check fills in marks and invariants, whose index is what expectations hold; the defects,
 * whose index is their bit in scenario_world.defects, come from the director and the world. */
extern const struct vocabulary_entry *const mark_vocabulary;
extern const uint32_t mark_vocabulary_count;
extern const struct vocabulary_entry *const invariant_vocabulary;
extern const uint32_t invariant_vocabulary_count;
extern const struct vocabulary_entry *const defect_vocabulary;
extern const uint32_t defect_vocabulary_count; /* at most SCENARIO_DEFECTS_MAX */
#define SCENARIO_DEFECTS_MAX 64u

struct vocabulary {
    const struct vocabulary_entry *entries;
    uint32_t count;
};

/* The three together, as the reader and the writer are given them: the real ones, or a test's own.
 */
struct scenario_vocabularies {
    struct vocabulary marks;
    struct vocabulary invariants;
    struct vocabulary defects;
};

/* The real ones. */
struct scenario_vocabularies scenario_vocabularies_real(void);

/* The set of all defects, as `director: faithful` has it. */
uint64_t scenario_all_defects(const struct scenario_vocabularies *vocabularies);

#endif
