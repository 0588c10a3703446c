/* vocabulary.h: the names that scenarios use for faults, marks, invariants and defects, as tables that the
 * reader, the writer, `dirsim list` and the schema all share. */
#ifndef SIM_SCENARIO_VOCABULARY_H
#define SIM_SCENARIO_VOCABULARY_H

#include "sim/scenario/scenario.h"

/* Keys that a fault site takes besides on, error, nth, chance, at, after, times. */
#define FAULT_TAKES_PLAN 1u
#define FAULT_TAKES_STEP 2u
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

/* A name with its sentence; `source` is where the rule comes from. */
struct vocabulary_entry {
    const char *name;
    const char *sentence;
    const char *source;
};

/* sim/check fills these two; index is what expectations hold. */
extern const struct vocabulary_entry *const mark_vocabulary;
extern const uint32_t mark_vocabulary_count;
extern const struct vocabulary_entry *const invariant_vocabulary;
extern const uint32_t invariant_vocabulary_count;

#endif
