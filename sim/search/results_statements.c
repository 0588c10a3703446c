/* results_statements.c: SQL as the files of the results write it. */
#include "sim/search/results_private.h"

#include <stdarg.h>
#include <stdio.h>

bool results_failed(struct results *results)
{
    int code = sqlite3_errcode(results->database);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        snprintf(results->message, sizeof(results->message),
                 "%s: another campaign uses it; give each a database of its own, and merge them",
                 results->path);
    } else {
        snprintf(results->message, sizeof(results->message), "%s: %s", results->path,
                 sqlite3_errmsg(results->database));
    }
    return false;
}

bool results_execute(struct results *results, const char *sql)
{
    return sqlite3_exec(results->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           results_failed(results);
}

sqlite3_stmt *results_prepare(struct results *results, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    va_list values;
    if (sqlite3_prepare_v2(results->database, sql, -1, &statement, NULL) != SQLITE_OK) {
        results_failed(results);
        return NULL;
    }
    va_start(values, types);
    for (int i = 0; types[i] != '\0'; i++) {
        if (types[i] == 'i') {
            sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
        } else {
            sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1, SQLITE_TRANSIENT);
        }
    }
    va_end(values);
    return statement;
}

bool results_run(struct results *results, sqlite3_stmt *statement)
{
    if (statement == NULL) {
        return false;
    }
    bool good = sqlite3_step(statement) == SQLITE_DONE || results_failed(results);
    sqlite3_finalize(statement);
    return good;
}

bool results_next(struct results *results, sqlite3_stmt *statement, bool *bad)
{
    int code = statement != NULL ? sqlite3_step(statement) : SQLITE_ERROR;
    *bad = code != SQLITE_ROW && code != SQLITE_DONE;
    if (*bad && statement != NULL) {
        results_failed(results);
    }
    return code == SQLITE_ROW;
}

uint64_t results_number(sqlite3_stmt *statement, int column)
{
    return (uint64_t)sqlite3_column_int64(statement, column);
}

bool results_one_number(struct results *results, const char *sql, uint64_t *value)
{
    bool bad;
    sqlite3_stmt *statement = results_prepare(results, sql, "");
    bool there = results_next(results, statement, &bad);
    *value = there ? results_number(statement, 0) : 0;
    sqlite3_finalize(statement);
    return !bad;
}

bool results_no_memory(struct results *results)
{
    snprintf(results->message, sizeof(results->message), "out of memory");
    return false;
}
