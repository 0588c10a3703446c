/* results.h: what campaigns found, in an SQLite database: which items were run, totals, marks, and
 * the groups of failures. A campaign that was cut off goes on from it, and those of many machines
 * are merged (results_merge.h).
 *
 * One database holds campaigns over any number of subjects, each under the text that tells what it
 * is about: only where that is the same, an item is the same scenario. Everything is written in one
 * transaction, so that a full disk or a kill leaves what was written the time before. */
#ifndef SIM_SEARCH_RESULTS_H
#define SIM_SEARCH_RESULTS_H

#include "sim/search/campaign.h"

#define RESULTS_MESSAGE_MAX 512u

struct results;

enum results_mode {
    RESULTS_CREATE,   /* a new database; one that is there is no good */
    RESULTS_CONTINUE, /* what is there, or a new one */
    RESULTS_READ,     /* what is there */
};

/* Open it; nobody else can use it until results_close. NULL, with the reason in `message`, when
 * that cannot be done: the file cannot be had, is used by another process, or is another kind of
 * file. */
struct results *results_open(const char *path, enum results_mode mode, char *message,
                             size_t message_size);
/* NULL is ignored. */
void results_close(struct results *results);

/* How many subjects there are; and the text of one, valid until the next call. NULL: see
 * results_message. */
bool results_subject_count(struct results *results, uint32_t *count);
const char *results_subject(struct results *results, uint32_t index);

/* Fill in what is known about a subject: totals, groups, done, elapsed_before_ms. Nothing is known
 * about a new one. False: see results_message. */
bool results_load(struct results *results, const char *subject, struct campaign *campaign);

/* Write all of it. False: see results_message; what was there before is there still. */
bool results_save(struct results *results, const char *subject, const struct campaign *campaign);

/* Keep the scenario that --out wrote for a group (its signature) or a defect ("defect NAME") of a
 * subject that was saved. False: see results_message. */
bool results_keep_file(struct results *results, const char *subject, const char *title,
                       const char *path, const char *text);
/* Where it was written, and what it says; both valid until the next call. NULL: there is none. */
const char *results_file(struct results *results, const char *subject, const char *title,
                         const char **text);
/* Keep those of another database that are not kept yet. False: see results_message of `results`. */
bool results_copy_files(struct results *results, struct results *from, const char *subject);

/* Why the last call failed: one line. */
const char *results_message(const struct results *results);

#endif
