/* run_report.h: what came of the scenarios of a `dirsim run`, for a person, for a program (JSON)
 * and for a CI server (JUnit XML). Each form takes the outcomes one by one, as they come. */
#ifndef SIM_CLI_RUN_REPORT_H
#define SIM_CLI_RUN_REPORT_H

#include "sim/conform/case_text.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/world/simulation.h"

enum run_verdict {
    RUN_HELD,
    RUN_FAILED,
    RUN_INVALID, /* not a scenario: problems tell */
    RUN_TROUBLE, /* it could not be run: `trouble` tells */
};

/* One scenario; what it points to lives as long as the call it is handed to. */
struct run_outcome {
    enum run_verdict verdict;
    const char *file;
    const struct scenario *scenario;         /* NULL: it could not be read */
    const struct scenario_problem *problems; /* RUN_INVALID */
    uint32_t problem_count;
    const char *trouble;
    const struct simulation *simulation; /* of RUN_HELD and RUN_FAILED */
    const char *parted; /* --twice: where the two runs part, in lines; NULL: they do not */
    struct scenario_position note_position; /* of a recorded choice that did not fit */
    const char *note;                       /* NULL: all fitted */
    const char *again;                      /* the line for the shell */
    const char *used_up; /* the database that the run began with, and changed; NULL: none */
};

struct run_counts {
    uint64_t held;
    uint64_t failed;
    uint64_t invalid;
    uint64_t trouble;
};

/* For marks that --require-marks missed: their names, one after the other. */
struct run_missing {
    const char *const *names;
    uint32_t count;
};

/* Whether this failure is one that the scenario says it shows (`violates`). */
bool run_failure_is_expected(const struct scenario *scenario,
                             const struct simulation_failure *failure);

/* What the scenario says it violates, and did not, one by one: where it says so, and a sentence
 * that is valid until `tell` comes back. Of a run that failed. */
typedef void run_tell_unbroken(void *context, const struct run_outcome *outcome,
                               struct scenario_position position, const char *message);
void run_each_unbroken(const struct run_outcome *outcome, run_tell_unbroken *tell, void *context);

/* ---- For a person: a line a scenario, and below it why it failed ----------------------------- */

void run_report_outcome(const struct run_outcome *outcome, bool colours);
void run_report_end(const struct run_counts *counts, const struct run_missing *missing);

/* ---- JSON: one object, printed at the end ---------------------------------------------------- */

struct run_json {
    struct case_text scenarios;
};

void run_json_outcome(struct run_json *json, const struct run_outcome *outcome);
/* Print the object, and free what was kept; `held`: all of it went well; `coverage` NULL: it was
 * not asked for. False without memory. */
bool run_json_end(struct run_json *json, bool held, const char *store,
                  const struct run_counts *counts, const struct run_missing *missing,
                  const struct coverage *coverage);
void run_json_abandon(struct run_json *json);

/* ---- JUnit: one test suite, a test case a scenario ------------------------------------------- */

struct run_junit {
    struct case_text cases;
};

void run_junit_outcome(struct run_junit *junit, const struct run_outcome *outcome);
/* Write it to the file at `path`, and free what was kept. False: it was said why not. */
bool run_junit_end(struct run_junit *junit, const char *path, const struct run_counts *counts,
                   const struct run_missing *missing);
void run_junit_abandon(struct run_junit *junit);

#endif
