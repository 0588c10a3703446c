/* results_files.c: the scenarios that a campaign wrote, in its database: what a page of it shows,
 * wherever the files are. */
#include "sim/search/results_private.h"

#include <stdio.h>

bool results_keep_file(struct results *results, const char *subject, const char *title,
                       const char *path, const char *text)
{
    return results_run(
        results, results_prepare(results,
                                 "INSERT OR REPLACE INTO files SELECT id, ?, ?, ? FROM campaigns"
                                 " WHERE subject = ?",
                                 "tttt", title, path, text, subject));
}

const char *results_file(struct results *results, const char *subject, const char *title,
                         const char **text)
{
    bool bad;
    sqlite3_finalize(results->file);
    results->file = results_prepare(results,
                                    "SELECT path, text FROM files JOIN campaigns ON campaign = id"
                                    " WHERE subject = ? AND title = ?",
                                    "tt", subject, title);
    if (!results_next(results, results->file, &bad)) {
        *text = NULL;
        return NULL;
    }
    *text = (const char *)sqlite3_column_text(results->file, 1);
    return (const char *)sqlite3_column_text(results->file, 0);
}

bool results_copy_files(struct results *results, struct results *from, const char *subject)
{
    bool bad;
    bool good = true;
    const char *text;
    sqlite3_stmt *statement =
        results_prepare(from,
                        "SELECT title, path, text FROM files JOIN campaigns ON campaign = id"
                        " WHERE subject = ?",
                        "t", subject);
    while (good && results_next(from, statement, &bad)) {
        const char *title = (const char *)sqlite3_column_text(statement, 0);
        if (results_file(results, subject, title, &text) == NULL) {
            good = results_keep_file(results, subject, title,
                                     (const char *)sqlite3_column_text(statement, 1),
                                     (const char *)sqlite3_column_text(statement, 2));
        }
    }
    sqlite3_finalize(statement);
    if (good && bad) {
        snprintf(results->message, sizeof(results->message), "%s", from->message);
    }
    return good && !bad;
}
