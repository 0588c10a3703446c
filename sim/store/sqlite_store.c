/* sqlite_store.c: the store in a real database: opening one, with a word for everything that can be
 * wrong with it, and letting it go. SQLite takes its own memory; scratch memory is the owner's.
 * Nothing is cached here that could differ from the database. */
#include <stdio.h>
#include <string.h>

#include "sim/store/sqlite_internal.h"
#include "sim/store/sqlite_schema.h"

static void close_store(struct store *store)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    struct director_allocator allocator = sqlite->allocator;

    for (int at = 0; at < SQLITE_STATEMENTS; at++) {
        sqlite3_finalize(sqlite->statements[at]);
    }
    /* The last connection moves the log into the database. Where that fails, the next opening does.
     */
    sqlite3_close(sqlite->database);
    sqlite_scratch_release(sqlite, &sqlite->rows);
    sqlite_scratch_release(sqlite, &sqlite->texts);
    allocator.reallocate(allocator.context, sqlite, sizeof(*sqlite), 0);
}

static const char *error_message(const struct store *store)
{
    return ((const struct sqlite_store *)store)->error;
}

static const struct store_operations operations = {
    .name = "sqlite",
    .insert_plan = sqlite_insert_plan,
    .delete_plan = sqlite_delete_plan,
    .delete_steps = sqlite_delete_steps,
    .insert_record = sqlite_insert_record,
    .update_record = sqlite_update_record,
    .delete_record = sqlite_delete_record,
    .find_record = sqlite_find_record,
    .insert_delayed = sqlite_insert_delayed,
    .find_delayed = sqlite_find_delayed,
    .insert_dependency = sqlite_insert_dependency,
    .peek_plan = sqlite_peek_plan,
    .peek_step = sqlite_peek_step,
    .each_plan = sqlite_each_plan,
    .each_step = sqlite_each_step,
    .each_record = sqlite_each_record,
    .each_delayed = sqlite_each_delayed,
    .each_dependency = sqlite_each_dependency,
    .close = close_store,
    .error_message = error_message,
};

/* ---- Opening --------------------------------------------------------------------------------- */

/* "'PATH' WHAT", in one line whatever the path is made of. */
static void tell(char *message, size_t message_size, const char *path, const char *what)
{
    if (message_size == 0) {
        return;
    }
    snprintf(message, message_size, "'%s' %s", path == NULL ? ":memory:" : path, what);
    for (char *at = message; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            *at = ' ';
        }
    }
}

static bool open_database(struct sqlite_store *sqlite, const char *path, const char *vfs,
                          char *what, size_t what_size)
{
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code;

    /* To SQLite an empty name is a temporary file, and ":memory:" no file at all. */
    if (path != NULL && (path[0] == '\0' || strcmp(path, ":memory:") == 0)) {
        snprintf(what, what_size, "is no name of a file");
        return false;
    }
    code = sqlite3_open_v2(path == NULL ? ":memory:" : path, &sqlite->database, flags, vfs);
    if (code == SQLITE_OK) {
        return sqlite_schema_ready(sqlite->database, path != NULL, what, what_size);
    }
    if (sqlite->database != NULL && (code & 0xff) == SQLITE_CANTOPEN &&
        sqlite3_system_errno(sqlite->database) != 0) {
        snprintf(what, what_size, "cannot be opened: %s",
                 strerror(sqlite3_system_errno(sqlite->database)));
    } else {
        snprintf(what, what_size, "cannot be opened: %s",
                 sqlite->database == NULL ? sqlite3_errstr(code)
                                          : sqlite3_errmsg(sqlite->database));
    }
    return false;
}

enum store_status sqlite_store_open(const struct director_allocator *allocator, const char *path,
                                    const char *vfs, struct store **store, char *message,
                                    size_t message_size)
{
    struct sqlite_store *sqlite =
        (struct sqlite_store *)allocator->reallocate(allocator->context, NULL, 0, sizeof(*sqlite));
    char what[SQLITE_STORE_MESSAGE_MAX];

    if (sqlite == NULL) {
        tell(message, message_size, path, "cannot be opened: out of memory");
        return STORE_NO_MEMORY;
    }
    memset(sqlite, 0, sizeof(*sqlite));
    sqlite->store.operations = &operations;
    sqlite->allocator = *allocator;
    sqlite_persistence_init(sqlite);
    if (!open_database(sqlite, path, vfs, what, sizeof(what))) {
        tell(message, message_size, path, what);
        close_store(&sqlite->store);
        return STORE_ERROR;
    }
    *store = &sqlite->store;
    return STORE_OK;
}
