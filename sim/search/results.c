/* results.c: see results.h. */
#include "sim/search/results_private.h"

#include "sim/scenario/vocabulary.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 0x64697273 /* "dirs" */
#define SCHEMA_VERSION 2
#define SQL_MAX 256u

static const char schema[] =
    "CREATE TABLE campaigns (id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE,"
    " runs INTEGER NOT NULL, failed INTEGER NOT NULL, events INTEGER NOT NULL,"
    " faults INTEGER NOT NULL, memory_bytes_max INTEGER NOT NULL, elapsed_ms INTEGER NOT NULL);"
    "CREATE TABLE runs (campaign INTEGER NOT NULL REFERENCES campaigns, first INTEGER NOT NULL,"
    " end INTEGER NOT NULL, PRIMARY KEY (campaign, first)) WITHOUT ROWID;"
    "CREATE TABLE failures (campaign INTEGER NOT NULL REFERENCES campaigns,"
    " signature TEXT NOT NULL, message TEXT NOT NULL, runs INTEGER NOT NULL,"
    " first_item INTEGER NOT NULL, smallest_item INTEGER NOT NULL,"
    " smallest_size INTEGER NOT NULL, found_ms INTEGER NOT NULL, crashed INTEGER NOT NULL,"
    " PRIMARY KEY (campaign, signature)) WITHOUT ROWID;"
    "CREATE TABLE marks (campaign INTEGER NOT NULL REFERENCES campaigns, mark TEXT NOT NULL,"
    " runs INTEGER NOT NULL, PRIMARY KEY (campaign, mark)) WITHOUT ROWID;"
    "CREATE TABLE defects (campaign INTEGER NOT NULL REFERENCES campaigns, defect TEXT NOT NULL,"
    " first_item INTEGER NOT NULL, found_ms INTEGER NOT NULL, PRIMARY KEY (campaign, defect))"
    " WITHOUT ROWID;"
    /* As coverage_encode has it. */
    "CREATE TABLE coverage (campaign INTEGER PRIMARY KEY REFERENCES campaigns,"
    " moves BLOB NOT NULL);";

/* What version 2 has besides. */
static const char schema_2[] =
    "CREATE TABLE samples (campaign INTEGER NOT NULL REFERENCES campaigns, ms INTEGER NOT NULL,"
    " runs INTEGER NOT NULL, failed INTEGER NOT NULL, groups INTEGER NOT NULL,"
    " marks INTEGER NOT NULL, moves INTEGER NOT NULL, pairs INTEGER NOT NULL,"
    " PRIMARY KEY (campaign, ms)) WITHOUT ROWID;"
    /* Of --out: by signature, or by \"defect NAME\". */
    "CREATE TABLE files (campaign INTEGER NOT NULL REFERENCES campaigns, title TEXT NOT NULL,"
    " path TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (campaign, title)) WITHOUT ROWID;";

/* ---- Opening -------------------------------------------------------------------------------- */

/* Make what a database of `version` (0: a new one) has not. */
static bool create_schema(struct results *results, uint64_t version)
{
    char sql[SQL_MAX];
    snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d;", APPLICATION_ID,
             SCHEMA_VERSION);
    return results_execute(results, "BEGIN EXCLUSIVE") &&
           (version > 0 || results_execute(results, schema)) &&
           results_execute(results, schema_2) && results_execute(results, sql) &&
           results_execute(results, "COMMIT");
}

/* See that it is one of ours, or empty. */
static bool check_schema(struct results *results)
{
    uint64_t tables;
    uint64_t application;
    uint64_t version;
    if (!results_one_number(results, "SELECT count(*) FROM sqlite_master", &tables) ||
        !results_one_number(results, "PRAGMA application_id", &application) ||
        !results_one_number(results, "PRAGMA user_version", &version)) {
        return false;
    }
    if (tables == 0) {
        return create_schema(results, 0);
    }
    if (application == APPLICATION_ID && version == 1) {
        return create_schema(results, 1);
    }
    if (application != APPLICATION_ID || version != SCHEMA_VERSION) {
        snprintf(results->message, sizeof(results->message),
                 "%s: is no database of a campaign of this dirsim", results->path);
        return false;
    }
    /* The lock that is taken here is kept, since the mode is exclusive. */
    return results_execute(results, "BEGIN EXCLUSIVE") && results_execute(results, "COMMIT");
}

struct results *results_open(const char *path, enum results_mode mode, char *message,
                             size_t message_size)
{
    struct results *results = calloc(1, sizeof(*results));
    int flags = SQLITE_OPEN_READWRITE | (mode == RESULTS_READ ? 0 : SQLITE_OPEN_CREATE);
    if (results == NULL || (results->path = strdup(path)) == NULL) {
        snprintf(message, message_size, "out of memory");
        free(results);
        return NULL;
    }
    bool good = false;
    if (mode == RESULTS_CREATE && access(path, F_OK) == 0) {
        snprintf(results->message, sizeof(results->message), "%s: is there already", path);
    } else if (mode == RESULTS_READ && access(path, R_OK) != 0) {
        snprintf(results->message, sizeof(results->message), "%s: %s", path, strerror(errno));
    } else if (sqlite3_open_v2(path, &results->database, flags, NULL) != SQLITE_OK) {
        results_failed(results);
    } else {
        good = results_execute(results, "PRAGMA locking_mode=EXCLUSIVE") && check_schema(results);
    }
    if (!good) {
        snprintf(message, message_size, "%s", results->message);
        results_close(results);
        return NULL;
    }
    return results;
}

void results_close(struct results *results)
{
    if (results != NULL) {
        sqlite3_finalize(results->subject);
        sqlite3_finalize(results->file);
        sqlite3_close(results->database);
        free(results->path);
        free(results);
    }
}

const char *results_message(const struct results *results)
{
    return results->message;
}

/* ---- Subjects ------------------------------------------------------------------------------- */

bool results_subject_count(struct results *results, uint32_t *count)
{
    uint64_t value;
    bool good = results_one_number(results, "SELECT count(*) FROM campaigns", &value);
    *count = good ? (uint32_t)value : 0;
    return good;
}

const char *results_subject(struct results *results, uint32_t index)
{
    bool bad;
    sqlite3_finalize(results->subject);
    results->subject = results_prepare(
        results, "SELECT subject FROM campaigns ORDER BY id LIMIT 1 OFFSET ?", "i", (int64_t)index);
    return results_next(results, results->subject, &bad)
               ? (const char *)sqlite3_column_text(results->subject, 0)
               : NULL;
}

/* ---- Loading -------------------------------------------------------------------------------- */

static bool load_totals(struct results *results, const char *subject, struct campaign *campaign,
                        int64_t *id)
{
    bool bad;
    sqlite3_stmt *statement =
        results_prepare(results,
                        "SELECT id, runs, failed, events, faults, memory_bytes_max, elapsed_ms"
                        " FROM campaigns WHERE subject = ?",
                        "t", subject);
    *id = 0;
    if (results_next(results, statement, &bad)) {
        *id = sqlite3_column_int64(statement, 0);
        campaign->totals.runs = results_number(statement, 1);
        campaign->totals.failed = results_number(statement, 2);
        campaign->totals.events = results_number(statement, 3);
        campaign->totals.faults = results_number(statement, 4);
        campaign->totals.memory_bytes_max = results_number(statement, 5);
        campaign->elapsed_before_ms = results_number(statement, 6);
    }
    sqlite3_finalize(statement);
    return !bad;
}

static bool load_runs(struct results *results, int64_t id, struct campaign *campaign)
{
    bool bad;
    bool good = true;
    sqlite3_stmt *statement =
        results_prepare(results, "SELECT first, end FROM runs WHERE campaign = ?", "i", id);
    while (good && results_next(results, statement, &bad)) {
        good = item_ranges_add(&campaign->done, results_number(statement, 0),
                               results_number(statement, 1)) ||
               results_no_memory(results);
    }
    sqlite3_finalize(statement);
    return good && !bad;
}

static bool load_failures(struct results *results, int64_t id, struct campaign *campaign)
{
    bool bad;
    bool good = true;
    sqlite3_stmt *statement = results_prepare(
        results,
        "SELECT signature, message, runs, first_item, smallest_item, smallest_size,"
        " found_ms, crashed FROM failures WHERE campaign = ? ORDER BY found_ms, signature",
        "i", id);
    while (good && results_next(results, statement, &bad)) {
        struct group group = {
            .count = results_number(statement, 2),
            .first_item = results_number(statement, 3),
            .smallest_item = results_number(statement, 4),
            .smallest_size = (uint32_t)results_number(statement, 5),
            .found_ms = results_number(statement, 6),
            .crashed = results_number(statement, 7) != 0,
        };
        snprintf(group.signature, sizeof(group.signature), "%s",
                 (const char *)sqlite3_column_text(statement, 0));
        snprintf(group.message, sizeof(group.message), "%s",
                 (const char *)sqlite3_column_text(statement, 1));
        good = groups_merge(&campaign->groups, &group) || results_no_memory(results);
    }
    sqlite3_finalize(statement);
    return good && !bad;
}

static bool load_marks(struct results *results, int64_t id, struct campaign *campaign)
{
    bool bad;
    sqlite3_stmt *statement =
        results_prepare(results, "SELECT mark, runs FROM marks WHERE campaign = ?", "i", id);
    while (results_next(results, statement, &bad)) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        for (uint32_t i = 0; i < MARK_COUNT; i++) {
            if (strcmp(mark_vocabulary[i].name, name) == 0) {
                campaign->totals.marks[i] = results_number(statement, 1);
            }
        }
    }
    sqlite3_finalize(statement);
    return !bad;
}

static bool load_defects(struct results *results, int64_t id, struct campaign *campaign)
{
    bool bad;
    sqlite3_stmt *statement = results_prepare(
        results, "SELECT defect, first_item, found_ms FROM defects WHERE campaign = ?", "i", id);
    while (results_next(results, statement, &bad)) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        for (uint32_t i = 0; i < defect_vocabulary_count; i++) {
            if (strcmp(defect_vocabulary[i].name, name) == 0) {
                campaign_note_defect(campaign, i, results_number(statement, 1),
                                     results_number(statement, 2));
            }
        }
    }
    sqlite3_finalize(statement);
    return !bad;
}

static bool load_coverage(struct results *results, int64_t id, struct campaign *campaign)
{
    bool bad;
    bool good = true;
    sqlite3_stmt *statement =
        results_prepare(results, "SELECT moves FROM coverage WHERE campaign = ?", "i", id);
    if (results_next(results, statement, &bad)) {
        const uint8_t *bytes = sqlite3_column_blob(statement, 0);
        good =
            coverage_decode(&campaign->coverage, bytes, (size_t)sqlite3_column_bytes(statement, 0));
    }
    if (!good) {
        snprintf(results->message, sizeof(results->message),
                 "%s: its state coverage is of another dirsim", results->path);
    }
    sqlite3_finalize(statement);
    return good && !bad;
}

bool results_load(struct results *results, const char *subject, struct campaign *campaign)
{
    int64_t id;
    return load_totals(results, subject, campaign, &id) && load_runs(results, id, campaign) &&
           load_failures(results, id, campaign) && load_marks(results, id, campaign) &&
           load_defects(results, id, campaign) && load_coverage(results, id, campaign) &&
           results_load_samples(results, id, &campaign->samples);
}

/* ---- Saving --------------------------------------------------------------------------------- */

static bool save_totals(struct results *results, const char *subject,
                        const struct campaign *campaign, int64_t *id)
{
    bool bad;
    const struct campaign_totals *totals = &campaign->totals;
    sqlite3_stmt *statement = results_prepare(
        results,
        "INSERT INTO campaigns (subject, runs, failed, events, faults, memory_bytes_max,"
        " elapsed_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (subject) DO UPDATE SET"
        " runs = ?2, failed = ?3, events = ?4, faults = ?5, memory_bytes_max = ?6, elapsed_ms = ?7"
        " RETURNING id",
        "tiiiiii", subject, (int64_t)totals->runs, (int64_t)totals->failed, (int64_t)totals->events,
        (int64_t)totals->faults, (int64_t)totals->memory_bytes_max,
        (int64_t)(campaign->elapsed_before_ms + campaign->elapsed_ms));
    *id = 0;
    while (results_next(results, statement, &bad)) {
        *id = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return !bad;
}

static bool clear(struct results *results, const char *sql, int64_t id)
{
    return results_run(results, results_prepare(results, sql, "i", id));
}

static bool save_runs(struct results *results, int64_t id, const struct item_ranges *done)
{
    bool good = clear(results, "DELETE FROM runs WHERE campaign = ?", id);
    for (size_t i = 0; good && i < done->count; i++) {
        good = results_run(results, results_prepare(results, "INSERT INTO runs VALUES (?, ?, ?)",
                                                    "iii", id, (int64_t)done->ranges[i].first,
                                                    (int64_t)done->ranges[i].end));
    }
    return good;
}

static bool save_failures(struct results *results, int64_t id, const struct groups *groups)
{
    bool good = clear(results, "DELETE FROM failures WHERE campaign = ?", id);
    for (uint32_t i = 0; good && i < groups->count; i++) {
        const struct group *group = &groups->groups[i];
        /* A group is known from the moment its signature came, before its batch was whole. */
        if (group->count == 0) {
            continue;
        }
        good = results_run(
            results,
            results_prepare(results, "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            "ittiiiiii", id, group->signature, group->message,
                            (int64_t)group->count, (int64_t)group->first_item,
                            (int64_t)group->smallest_item, (int64_t)group->smallest_size,
                            (int64_t)group->found_ms, (int64_t)group->crashed));
    }
    return good;
}

static bool save_marks(struct results *results, int64_t id, const uint64_t marks[MARK_COUNT])
{
    bool good = clear(results, "DELETE FROM marks WHERE campaign = ?", id);
    for (uint32_t i = 0; good && i < MARK_COUNT; i++) {
        good = results_run(results,
                           results_prepare(results, "INSERT INTO marks VALUES (?, ?, ?)", "iti", id,
                                           mark_vocabulary[i].name, (int64_t)marks[i]));
    }
    return good;
}

static bool save_defects(struct results *results, int64_t id, const struct campaign_defect *defects)
{
    bool good = clear(results, "DELETE FROM defects WHERE campaign = ?", id);
    for (uint32_t i = 0; good && i < defect_vocabulary_count; i++) {
        if (defects[i].found) {
            good = results_run(results,
                               results_prepare(results, "INSERT INTO defects VALUES (?, ?, ?, ?)",
                                               "itii", id, defect_vocabulary[i].name,
                                               (int64_t)defects[i].first_item,
                                               (int64_t)defects[i].found_ms));
        }
    }
    return good;
}

static bool save_coverage(struct results *results, int64_t id, const struct coverage *coverage)
{
    size_t length = coverage_encode(coverage, NULL);
    uint8_t *bytes = malloc(length);
    sqlite3_stmt *statement =
        results_prepare(results, "INSERT OR REPLACE INTO coverage VALUES (?, ?)", "i", id);
    if (bytes == NULL || statement == NULL) {
        sqlite3_finalize(statement);
        free(bytes);
        return bytes != NULL ? false : results_no_memory(results);
    }
    coverage_encode(coverage, bytes);
    sqlite3_bind_blob64(statement, 2, bytes, length, free);
    return results_run(results, statement);
}

bool results_save(struct results *results, const char *subject, const struct campaign *campaign)
{
    int64_t id;
    if (!results_execute(results, "BEGIN IMMEDIATE")) {
        return false;
    }
    bool good =
        save_totals(results, subject, campaign, &id) && save_runs(results, id, &campaign->done) &&
        save_failures(results, id, &campaign->groups) &&
        save_marks(results, id, campaign->totals.marks) &&
        save_defects(results, id, campaign->defects) &&
        save_coverage(results, id, &campaign->coverage) &&
        results_save_samples(results, id, &campaign->samples) && results_execute(results, "COMMIT");
    if (!good && sqlite3_get_autocommit(results->database) == 0) {
        sqlite3_exec(results->database, "ROLLBACK", NULL, NULL, NULL);
    }
    return good;
}
