/* damage.c: see damage.h. */
#include "fuzz/damage.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define SQL_BYTES 256u

/* Where the bytes of a record stand. */
enum damage_byte {
    DAMAGE_KIND,   /* modulo enum damage_kind */
    DAMAGE_TABLE,  /* or the low byte of a place in the file */
    DAMAGE_ROW,    /* or the middle byte */
    DAMAGE_COLUMN, /* or the high byte */
    DAMAGE_VALUE,  /* kind of value; or the first of four bytes */
    DAMAGE_NUMBER, /* and two more */
};
enum damage_kind { DAMAGE_BYTES, DAMAGE_CELL, DAMAGE_CELL_AGAIN, DAMAGE_DELETE, DAMAGE_CUT };
#define DAMAGE_KINDS 5u

static const struct {
    const char *name;
    const char *key;
    uint32_t columns;
    const char *column[10];
} tables[] = {
    {"execution_plans",
     "insertion",
     9,
     {"insertion", "uuid", "label", "state", "result", "root_plan_step", "step_ids", "run_flow",
      "finalize_flow"}},
    {"actions",
     "plan, id",
     9,
     {"plan", "id", "label", "plan_step", "run_step", "finalize_step", "rescue", "accepts_events",
      "required_steps"}},
    {"steps",
     "plan, id",
     8,
     {"plan", "id", "action", "kind", "state", "queue", "children", "content"}},
    {"coordinator_records",
     "insertion",
     7,
     {"insertion", "kind", "subject", "owner", "active", "request", "client"}},
    {"delayed_plans", "insertion", 4, {"insertion", "plan", "start_at", "start_before"}},
    {"dependencies", "insertion", 3, {"insertion", "plan", "blocked_by"}},
};
#define TABLES ((uint32_t)(sizeof(tables) / sizeof(tables[0])))

/* What a cell may hold, or nearly. */
static const char *const texts[] = {
    "running",
    "paused",
    "stopped",
    "planned",
    "scheduled",
    "pending",
    "success",
    "error",
    "suspended",
    "skipping",
    "skipped",
    "cancelled",
    "scheduling",
    "planning",
    "warning",
    "plan",
    "run",
    "finalize",
    "skip",
    "pause",
    "fail",
    "execution_lock",
    "inhibition_lock",
    "world",
    "invalidation_lock",
    "",
    "x",
    "[]",
    "[1]",
    "[1,2,3]",
    "[2,2]",
    "[\"S\",[\"S\",2]]",
    "[\"C\",2,3]",
    "[\"S\"]",
    "[[[[[[",
    "[9999999999]",
    "[-1]",
    "[0]",
    "[1,",
    "null",
    "00000000-0000-0000-0000-000000000000",
    "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
};
#define TEXTS ((uint32_t)(sizeof(texts) / sizeof(texts[0])))

/* ---- Files ---------------------------------------------------------------------------------- */

size_t damage_read_file(struct crash_vfs *vfs, const char *name, unsigned char *bytes)
{
    struct crash_file *file;
    uint32_t got = 0;
    if (crash_disk_open(crash_vfs_disk(vfs), name, false, &file) != CRASH_DISK_OK) {
        return 0;
    }
    if (crash_disk_read(file, 0, bytes, DAMAGE_IMAGE_MAX, &got) != CRASH_DISK_OK) {
        got = 0;
    }
    crash_disk_close(file);
    return got;
}

bool damage_write_file(struct crash_vfs *vfs, const char *name, const unsigned char *bytes,
                       size_t size)
{
    struct crash_file *file;
    if (crash_disk_open(crash_vfs_disk(vfs), name, true, &file) != CRASH_DISK_OK) {
        return false;
    }
    bool good = crash_disk_truncate(file, 0) == CRASH_DISK_OK &&
                (size == 0 || crash_disk_write(file, 0, bytes, (uint32_t)size) == CRASH_DISK_OK);
    crash_disk_close(file);
    return good;
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

static uint32_t place_of(const unsigned char *record)
{
    return record[DAMAGE_TABLE] | (uint32_t)record[DAMAGE_ROW] << 8 |
           (uint32_t)record[DAMAGE_COLUMN] << 16;
}

static void damage_bytes(struct crash_vfs *vfs, const char *name, const unsigned char *record,
                         bool cut)
{
    struct crash_file *file;
    uint64_t size = 0;
    if (crash_disk_open(crash_vfs_disk(vfs), name, false, &file) != CRASH_DISK_OK) {
        return;
    }
    if (crash_disk_size(file, &size) == CRASH_DISK_OK && size > 0) {
        uint64_t place = place_of(record) % size;
        if (cut) {
            crash_disk_truncate(file, place);
        } else {
            uint64_t room = size - place;
            uint32_t count = 1u + record[DAMAGE_VALUE] % 3u;
            crash_disk_write(file, place, record + DAMAGE_NUMBER,
                             count < room ? count : (uint32_t)room);
        }
    }
    crash_disk_close(file);
}

/* ---- Tables --------------------------------------------------------------------------------- */

static void bind_value(sqlite3_stmt *statement, const unsigned char *record)
{
    unsigned number = record[DAMAGE_NUMBER] | (unsigned)record[DAMAGE_NUMBER + 1] << 8;
    switch (record[DAMAGE_VALUE] % 4u) {
    case 0:
        sqlite3_bind_null(statement, 1);
        break;
    case 1:
        sqlite3_bind_int64(statement, 1,
                           (record[DAMAGE_NUMBER + 2] & 1u) != 0 ? INT64_MAX - number
                                                                 : (int64_t)number - 2);
        break;
    default:
        sqlite3_bind_text(statement, 1, texts[number % TEXTS], -1, SQLITE_STATIC);
        break;
    }
}

static void damage_table(const char *vfs_name, const char *name, const unsigned char *record)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    char sql[SQL_BYTES];
    uint32_t table = record[DAMAGE_TABLE] % TABLES;
    const char *key = tables[table].key;
    const char *column = tables[table].column[record[DAMAGE_COLUMN] % tables[table].columns];
    const char *of = tables[table].name;
    if (record[DAMAGE_KIND] % DAMAGE_KINDS == DAMAGE_DELETE) {
        snprintf(sql, sizeof(sql),
                 "DELETE FROM %s WHERE (%s) = (SELECT %s FROM %s LIMIT 1 OFFSET ?2)", of, key, key,
                 of);
    } else {
        snprintf(sql, sizeof(sql),
                 "UPDATE %s SET %s = ?1 WHERE (%s) = (SELECT %s FROM %s LIMIT 1 OFFSET ?2)", of,
                 column, key, key, of);
    }
    if (sqlite3_open_v2(name, &database, SQLITE_OPEN_READWRITE, vfs_name) == SQLITE_OK &&
        sqlite3_exec(database,
                     "PRAGMA locking_mode = EXCLUSIVE; PRAGMA ignore_check_constraints = 1; "
                     "PRAGMA foreign_keys = 0",
                     NULL, NULL, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK) {
        if (sqlite3_bind_parameter_index(statement, "?1") != 0) {
            bind_value(statement, record);
        }
        sqlite3_bind_int(statement, 2, record[DAMAGE_ROW] % 32);
        sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

void damage_file(struct crash_vfs *vfs, const char *vfs_name, const char *name,
                 const unsigned char *record)
{
    switch ((enum damage_kind)(record[DAMAGE_KIND] % DAMAGE_KINDS)) {
    case DAMAGE_BYTES:
        damage_bytes(vfs, name, record, false);
        break;
    case DAMAGE_CELL:
    case DAMAGE_CELL_AGAIN:
    case DAMAGE_DELETE:
        damage_table(vfs_name, name, record);
        break;
    case DAMAGE_CUT:
        damage_bytes(vfs, name, record, true);
        break;
    }
}
