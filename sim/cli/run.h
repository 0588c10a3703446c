/* run.h: what the two files of `dirsim run` share: run.c reads options and goes through the files,
 * run_scenario.c runs one of them. */
#ifndef SIM_CLI_RUN_H
#define SIM_CLI_RUN_H

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/output_file.h"
#include "sim/cli/run_ci.h"
#include "sim/cli/run_coverage.h"
#include "sim/cli/run_report.h"
#include "sim/search/replay.h"

struct run {
    /* What was asked for. */
    struct option_number seed;
    struct option_text store_option;
    bool faithful;
    struct option_list defect_names;
    struct option_text trace;
    bool twice;
    bool json;
    struct option_text junit;
    struct option_text tap;
    struct option_text sarif;
    bool github;
    bool require_marks;
    struct option_text coverage;
    /* The same, understood. */
    enum replay_store store;
    bool store_was_there; /* the database file held something before */
    uint64_t defects;
    bool colours;
    /* While it runs. */
    struct arena *arena;
    size_t arena_size;
    struct output_file *trace_file; /* of --trace=FILE */
    bool *marks;                    /* by mark: some scenario has reached it */
    struct coverage seen;           /* by all scenarios together */
    struct run_counts counts;
    struct run_json json_report;
    struct run_junit junit_report;
    struct run_tap tap_report;
    struct run_sarif sarif_report;
    enum command_exit status;
    bool stopped; /* there is no use in going on */
};

/* "memory", "sqlite", or the file. */
const char *run_store_name(const struct run *run);

/* TAP is what standard output is for. */
bool run_is_tap(const struct run *run);

/* Run the scenario of one file, report it, and note what came of it in counts and status. */
void run_scenario(struct run *run, const char *path);

#endif
