/* sqlite_schema.c: the tables are Dynflow's, with the columns that the director needs, and its
 * foreign keys: a step needs its action, an action its plan. A file is told from a stranger's by
 * its application_id, from a newer one by its user_version, from a damaged one by its tables, by
 * SQLite's own check and by rows whose plan or action is gone.
 *
 * Journal: WAL with synchronous FULL. Of the modes that lose no acknowledged write in a power cut
 * it asks for the fewest syncs, one a commit (DELETE needs EXTRA, and then four). EXTRA is what is
 * set, because the move to WAL itself goes through a rollback journal, whose deletion must not be
 * undone; in WAL mode the two are the same. The lock is exclusive: one run owns the file, no other
 * process can change what an operation has just read, and a VFS without shared memory will do. */
#include "sim/store/sqlite_schema.h"

#include <stdio.h>
#include <string.h>

#define PLAN_STATES "'pending', 'scheduled', 'planning', 'planned', 'running', 'paused', 'stopped'"
#define RESULTS "'pending', 'success', 'warning', 'error', 'cancelled'"
#define STEP_STATES                                                                                \
    "'scheduling', 'pending', 'running', 'success', 'suspended', 'skipping', 'skipped', 'error', " \
    "'cancelled'"
#define RECORD_KINDS                                                                               \
    "'world', 'execution_lock', 'planning_lock', 'inhibition_lock', 'invalidation_lock', "         \
    "'auto_execute_lock'"

/* Each begins as SQLite keeps it, so that the text in the file can be compared. */
static const struct {
    const char *name;
    const char *sql;
} objects[] = {
    {"execution_plans", "CREATE TABLE execution_plans (\n"
                        "  insertion INTEGER PRIMARY KEY,\n"
                        "  uuid TEXT NOT NULL UNIQUE CHECK (length(uuid) = 36),\n"
                        "  label TEXT,\n"
                        "  state TEXT NOT NULL CHECK (state IN (" PLAN_STATES ")),\n"
                        "  result TEXT NOT NULL CHECK (result IN (" RESULTS ")),\n"
                        "  root_plan_step INTEGER NOT NULL,\n"
                        "  step_ids TEXT NOT NULL,\n"
                        "  run_flow TEXT NOT NULL,\n"
                        "  finalize_flow TEXT NOT NULL\n"
                        ") STRICT"},
    {"actions", "CREATE TABLE actions (\n"
                "  plan TEXT NOT NULL REFERENCES execution_plans (uuid),\n"
                "  id INTEGER NOT NULL CHECK (id >= 1),\n"
                "  label TEXT,\n"
                "  plan_step INTEGER,\n"
                "  run_step INTEGER,\n"
                "  finalize_step INTEGER,\n"
                "  rescue TEXT NOT NULL CHECK (rescue IN ('skip', 'pause', 'fail')),\n"
                "  accepts_events INTEGER NOT NULL CHECK (accepts_events IN (0, 1)),\n"
                "  required_steps TEXT NOT NULL,\n"
                "  PRIMARY KEY (plan, id)\n"
                ") STRICT, WITHOUT ROWID"},
    {"steps", "CREATE TABLE steps (\n"
              "  plan TEXT NOT NULL REFERENCES execution_plans (uuid),\n"
              "  id INTEGER NOT NULL CHECK (id >= 1),\n"
              "  action INTEGER NOT NULL,\n"
              "  kind TEXT NOT NULL CHECK (kind IN ('plan', 'run', 'finalize')),\n"
              "  state TEXT NOT NULL CHECK (state IN (" STEP_STATES ")),\n"
              "  queue INTEGER NOT NULL,\n"
              "  children TEXT,\n"
              "  content INTEGER NOT NULL DEFAULT 0 CHECK (content >= 0),\n"
              "  PRIMARY KEY (plan, id),\n"
              "  FOREIGN KEY (plan, action) REFERENCES actions (plan, id)\n"
              ") STRICT, WITHOUT ROWID"},
    {"delayed_plans", "CREATE TABLE delayed_plans (\n"
                      "  insertion INTEGER PRIMARY KEY,\n"
                      "  plan TEXT NOT NULL UNIQUE REFERENCES execution_plans (uuid),\n"
                      "  start_at INTEGER CHECK (start_at >= 0),\n"
                      "  start_before INTEGER CHECK (start_before >= 0)\n"
                      ") STRICT"},
    {"delayed_plans_by_start", "CREATE INDEX delayed_plans_by_start ON delayed_plans (start_at)"},
    {"dependencies",
     "CREATE TABLE dependencies (\n"
     "  insertion INTEGER PRIMARY KEY,\n"
     "  plan TEXT NOT NULL REFERENCES execution_plans (uuid) ON DELETE CASCADE,\n"
     "  blocked_by TEXT NOT NULL REFERENCES execution_plans (uuid) ON DELETE CASCADE\n"
     ") STRICT"},
    {"dependencies_by_plan", "CREATE INDEX dependencies_by_plan ON dependencies (plan)"},
    {"dependencies_by_blocked_by",
     "CREATE INDEX dependencies_by_blocked_by ON dependencies (blocked_by)"},
    {"coordinator_records", "CREATE TABLE coordinator_records (\n"
                            "  insertion INTEGER PRIMARY KEY,\n"
                            "  kind TEXT NOT NULL CHECK (kind IN (" RECORD_KINDS ")),\n"
                            "  subject TEXT NOT NULL CHECK (length(subject) = 36),\n"
                            "  owner TEXT NOT NULL CHECK (length(owner) = 36),\n"
                            "  active INTEGER NOT NULL,\n"
                            "  request INTEGER NOT NULL,\n"
                            "  client INTEGER NOT NULL,\n"
                            "  UNIQUE (kind, subject)\n"
                            ") STRICT"},
    {"coordinator_records_by_kind",
     "CREATE INDEX coordinator_records_by_kind ON coordinator_records (kind)"},
};
#define OBJECTS (sizeof(objects) / sizeof(*objects))

struct readiness {
    sqlite3 *database;
    char *message;
    size_t message_size;
};

static bool refuse(const struct readiness *ready, const char *what, const char *detail)
{
    snprintf(ready->message, ready->message_size, "%s%s", what, detail);
    return false;
}

/* Why the database did not do what it was asked. */
static bool failed(const struct readiness *ready)
{
    int code = sqlite3_errcode(ready->database) & 0xff;

    /* A file that may not be written to can be neither locked for one run alone nor given a log. */
    if ((code == SQLITE_CANTOPEN || code == SQLITE_IOERR) &&
        sqlite3_db_readonly(ready->database, "main") == 1) {
        code = SQLITE_READONLY;
    }
    switch (code) {
    case SQLITE_NOTADB:
        return refuse(ready, "is not a database", "");
    case SQLITE_CORRUPT:
        return refuse(ready, "is damaged: ", sqlite3_errmsg(ready->database));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return refuse(ready, "is in use by another process", "");
    case SQLITE_READONLY:
        return refuse(ready, "cannot be written to", "");
    case SQLITE_NOMEM:
        return refuse(ready, "cannot be opened: out of memory", "");
    default:
        return refuse(ready, "cannot be opened: ", sqlite3_errmsg(ready->database));
    }
}

static bool run(const struct readiness *ready, const char *sql)
{
    return sqlite3_exec(ready->database, sql, NULL, NULL, NULL) == SQLITE_OK || failed(ready);
}

/* The number that the statement's first row begins with; `none` when there is no row. */
static bool ask(const struct readiness *ready, const char *sql, int none, int *number)
{
    sqlite3_stmt *statement;
    int code;

    if (sqlite3_prepare_v2(ready->database, sql, -1, &statement, NULL) != SQLITE_OK) {
        return failed(ready);
    }
    code = sqlite3_step(statement);
    *number = code == SQLITE_ROW ? sqlite3_column_int(statement, 0) : none;
    code = sqlite3_finalize(statement);
    return code == SQLITE_OK || failed(ready);
}

/* The first row of the statement is to begin with this text. False, with `what` and the text that
 * stands there instead, when it does not. */
static bool expect(const struct readiness *ready, const char *sql, const char *wanted,
                   const char *what)
{
    sqlite3_stmt *statement;
    const char *text = NULL;
    bool same;
    int code;

    if (sqlite3_prepare_v2(ready->database, sql, -1, &statement, NULL) != SQLITE_OK) {
        return failed(ready);
    }
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        text = (const char *)sqlite3_column_text(statement, 0);
    } else if (code != SQLITE_DONE) {
        failed(ready);
        sqlite3_finalize(statement);
        return false;
    }
    same = text != NULL && strcmp(text, wanted) == 0;
    if (!same) {
        refuse(ready, what, text == NULL ? "" : text);
    }
    sqlite3_finalize(statement);
    return same;
}

static bool create_objects(const struct readiness *ready)
{
    char settings[96];
    bool made;

    if (!run(ready, "BEGIN IMMEDIATE")) {
        return false;
    }
    made = true;
    for (size_t at = 0; made && at < OBJECTS; at++) {
        made = run(ready, objects[at].sql);
    }
    snprintf(settings, sizeof(settings), "PRAGMA application_id = %d; PRAGMA user_version = %d",
             SQLITE_SCHEMA_APPLICATION_ID, SQLITE_SCHEMA_VERSION);
    made = made && run(ready, settings) && run(ready, "COMMIT");
    if (!made && !sqlite3_get_autocommit(ready->database)) {
        sqlite3_exec(ready->database, "ROLLBACK", NULL, NULL, NULL);
    }
    return made;
}

/* The tables are those that create_objects makes, to the letter, and there are no others. */
static bool check_objects(const struct readiness *ready)
{
    int count = 0;

    /* What ANALYZE leaves is nobody's table. */
    if (!ask(ready,
             "SELECT count(*) FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE "
             "'sqlite\\_%' ESCAPE '\\'",
             0, &count)) {
        return false;
    }
    for (size_t at = 0; at < OBJECTS; at++) {
        char sql[128];

        snprintf(sql, sizeof(sql), "SELECT sql FROM sqlite_schema WHERE name = '%s'",
                 objects[at].name);
        if (!expect(ready, sql, objects[at].sql, "")) {
            return refuse(ready,
                          "is damaged: its tables are not those of dirsim: ", objects[at].name);
        }
    }
    return count == (int)OBJECTS ||
           refuse(ready, "is damaged: it has tables that are none of dirsim", "");
}

static bool check_rows(const struct readiness *ready)
{
    return expect(ready, "PRAGMA quick_check(1)", "ok", "is damaged: ") &&
           expect(
               ready,
               "SELECT coalesce((SELECT 'a row of ' || \"table\" || ' names a row of ' || parent "
               "|| ' that is not there' FROM pragma_foreign_key_check LIMIT 1), 'ok')",
               "ok", "is damaged: ");
}

/* Is it an empty database, or one of ours? Nothing has been written to it so far. */
static bool identify(const struct readiness *ready, bool *empty)
{
    char versions[64];
    int application_id = 0;
    int version = 0;
    int objects_count = 0;

    if (!ask(ready, "PRAGMA application_id", 0, &application_id) ||
        !ask(ready, "PRAGMA user_version", 0, &version) ||
        !ask(ready, "SELECT count(*) FROM sqlite_schema", 0, &objects_count)) {
        return false;
    }
    *empty = application_id == 0 && version == 0 && objects_count == 0;
    if (*empty) {
        return true;
    }
    if (application_id != SQLITE_SCHEMA_APPLICATION_ID) {
        return refuse(ready, "is a database of something else", "");
    }
    if (version == SQLITE_SCHEMA_VERSION) {
        return true;
    }
    snprintf(versions, sizeof(versions), " (its version is %d, this one reads %d)", version,
             SQLITE_SCHEMA_VERSION);
    return refuse(ready,
                  version > SQLITE_SCHEMA_VERSION ? "was written by a newer dirsim"
                                                  : "is damaged: no dirsim wrote it",
                  versions);
}

static bool set_up(const struct readiness *ready, bool in_file)
{
    /* What stands in the file is not trusted to call functions or to write to the schema. */
    sqlite3_db_config(ready->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(ready->database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(ready->database, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    return !in_file || run(ready, "PRAGMA locking_mode = EXCLUSIVE");
}

static bool keep_writes(const struct readiness *ready)
{
    return run(ready, "PRAGMA synchronous = EXTRA") &&
           expect(ready, "PRAGMA journal_mode = WAL", "wal", "cannot have a write-ahead log, but ");
}

bool sqlite_schema_ready(sqlite3 *database, bool in_file, char *message, size_t message_size)
{
    struct readiness ready = {database, message, message_size};
    bool empty = true;

    if (!set_up(&ready, in_file)) {
        return false;
    }
    if (!in_file) {
        return create_objects(&ready);
    }
    if (!identify(&ready, &empty)) {
        return false;
    }
    if (sqlite3_db_readonly(database, "main") == 1) {
        return refuse(&ready, "cannot be written to", "");
    }
    if (!keep_writes(&ready)) {
        return false;
    }
    return empty ? create_objects(&ready) : check_objects(&ready) && check_rows(&ready);
}
