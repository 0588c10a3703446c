/* results_private.h: what the files of the results share: the database, and statements. A function
 * that answers false has left the reason in the message. */
#ifndef SIM_SEARCH_RESULTS_PRIVATE_H
#define SIM_SEARCH_RESULTS_PRIVATE_H

#include "sim/search/results.h"

#include <sqlite3.h>

struct results {
    sqlite3 *database;
    sqlite3_stmt *subject; /* that results_subject answered last */
    sqlite3_stmt *file;    /* that results_file answered last */
    char *path;
    char message[RESULTS_MESSAGE_MAX];
};

/* Note what SQLite says is wrong; false. */
bool results_failed(struct results *results);
bool results_no_memory(struct results *results);

bool results_execute(struct results *results, const char *sql);
/* A statement with its values: 'i' for int64_t, 't' for text. NULL when it failed. */
sqlite3_stmt *results_prepare(struct results *results, const char *sql, const char *types, ...);
/* Run a statement without rows (NULL: it failed before), and let it go. */
bool results_run(struct results *results, sqlite3_stmt *statement);
/* The next row. *bad is set when there is an error instead. */
bool results_next(struct results *results, sqlite3_stmt *statement, bool *bad);
uint64_t results_number(sqlite3_stmt *statement, int column);
/* Of one row. Without one it is 0. */
bool results_one_number(struct results *results, const char *sql, uint64_t *value);

/* Of the campaign with this id. */
bool results_load_samples(struct results *results, int64_t id, struct samples *samples);
bool results_save_samples(struct results *results, int64_t id, const struct samples *samples);

#endif
