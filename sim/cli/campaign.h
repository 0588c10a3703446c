/* campaign.h: what the files of `dirsim campaign` share: campaign.c reads the options and runs it,
 * campaign_report.c tells what came of it, campaign_out.c writes the files of the groups,
 * campaign_database.c keeps the results. */
#ifndef SIM_CLI_CAMPAIGN_H
#define SIM_CLI_CAMPAIGN_H

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/scenario_files.h"
#include "sim/conform/case_text.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/search/campaign.h"
#include "sim/search/results.h"

/* A file of --out. */
struct campaign_file {
    char title[TRIAL_SIGNATURE_MAX]; /* a group's signature, or "defect NAME" */
    uint64_t item;
    bool crashed;
    uint32_t defect; /* that alone makes it fail; SCENARIO_NONE: of a group */
    struct case_text path;
};

struct campaign_command {
    /* What was asked for. */
    struct option_text seeds;
    struct option_text time;
    struct option_number jobs;
    struct option_text shard;
    bool faithful;
    struct option_list defect_names;
    bool chaos;
    bool generate;
    struct option_text store_option;
    struct option_text out;
    struct option_text hang;
    struct option_text db;
    bool merge;
    struct option_text coverage;
    bool require_marks;
    bool no_shrink;
    /* The same, understood. */
    uint64_t first_seed;
    uint64_t last_seed; /* UINT64_MAX: no end */
    struct scenario_files files;
    struct scenario_reading *readings; /* one a file */
    const struct scenario **bases;
    struct subject subject;
    /* While it runs. */
    struct campaign campaign;
    bool terminal;                 /* standard error is one: progress is shown there */
    bool shown;                    /* a line of progress stands there */
    struct results *results;       /* of --db; NULL without */
    struct case_text subject_text; /* that it is kept under there */
    uint64_t saved_ms;
    bool save_failed;
    struct campaign_file *files_out; /* of --out: those of the groups first; NULL without */
    uint32_t file_out_count;
};

/* The line of progress, drawn anew; and taken away. */
void campaign_show_progress(struct campaign_command *command);
void campaign_clear_progress(struct campaign_command *command);

/* What came of it, on standard output. */
void campaign_report(struct campaign_command *command, enum campaign_status status);

/* With --db: open it, and begin with what it knows. False: it was said why not. */
bool campaign_open_database(struct campaign_command *command);
/* With --db: write what there is, now and then, or now. False: it was said why not. */
bool campaign_save(struct campaign_command *command, bool now);
/* With --db and --out: keep what was written, too. False: it was said why not. */
bool campaign_keep_files(struct campaign_command *command);
void campaign_close_database(struct campaign_command *command);
/* --merge: the databases at `paths` into a new one at `path`. */
enum command_exit campaign_merge(const char *path, int count, char **paths);

/* See that there is such a folder. False: it was said why not. */
bool campaign_prepare_out(const char *folder);
/* Write a scenario for each group and for each defect that was shown, and note them in files_out.
 * False: it was said why not. */
bool campaign_write_files(struct campaign_command *command);
void campaign_forget_files(struct campaign_command *command);

/* The line that makes an item's scenario fail again, without a file of its own. */
void campaign_again_line(const struct campaign_command *command, uint64_t item,
                         struct case_text *line);

#endif
