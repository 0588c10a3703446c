/* crash_vfs.c: SQLite's file methods in terms of a crash_disk. Locks are granted without asking,
 * since there is one connection at a time. */
#include "sim/store/crash_vfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define CRASH_SECTOR_BYTES 512
/* Noon of the day on which the Julian calendar of 2000 begins, in milliseconds: some day is needed.
 */
#define CRASH_TIME_MS 211813444800000

struct crash_vfs {
    sqlite3_vfs vfs; /* first: SQLite is handed it */
    struct director_allocator allocator;
    struct crash_disk *disk;
    uint64_t random;
    uint64_t slept_us;
    uint64_t temporary_files;
    char name[CRASH_NAME_MAX];
};

/* What SQLite keeps of an open file. */
struct handle {
    sqlite3_file file; /* first: SQLite is handed it */
    struct crash_file *opened;
    struct crash_vfs *vfs;
    bool delete_on_close;
    char name[CRASH_NAME_MAX];
};

static struct crash_vfs *vfs_of(sqlite3_vfs *vfs)
{
    return (struct crash_vfs *)vfs;
}

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)file;
}

/* `failed` is SQLite's code for the operation that failed. */
static int code_of(enum crash_disk_status status, int failed)
{
    switch (status) {
    case CRASH_DISK_OK:
        return SQLITE_OK;
    case CRASH_DISK_FULL:
        return SQLITE_FULL;
    case CRASH_DISK_NO_MEMORY:
        return SQLITE_IOERR_NOMEM;
    case CRASH_DISK_MISSING:
    case CRASH_DISK_FAILED:
        break;
    }
    return failed;
}

/* ---- Files --------------------------------------------------------------------------------------
 */

static int file_close(sqlite3_file *file)
{
    struct handle *handle = handle_of(file);

    crash_disk_close(handle->opened);
    if (handle->delete_on_close) {
        crash_disk_delete(handle->vfs->disk, handle->name, false);
    }
    return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int length, sqlite3_int64 offset)
{
    uint32_t got;
    enum crash_disk_status status =
        crash_disk_read(handle_of(file)->opened, (uint64_t)offset, bytes, (uint32_t)length, &got);

    if (status != CRASH_DISK_OK) {
        return SQLITE_IOERR_READ;
    }
    if (got < (uint32_t)length) {
        memset((unsigned char *)bytes + got, 0, (uint32_t)length - got);
        return SQLITE_IOERR_SHORT_READ;
    }
    return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 offset)
{
    return code_of(
        crash_disk_write(handle_of(file)->opened, (uint64_t)offset, bytes, (uint32_t)length),
        SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return code_of(crash_disk_truncate(handle_of(file)->opened, (uint64_t)size),
                   SQLITE_IOERR_TRUNCATE);
}

static int file_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    return code_of(crash_disk_sync(handle_of(file)->opened), SQLITE_IOERR_FSYNC);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    uint64_t bytes;
    enum crash_disk_status status = crash_disk_size(handle_of(file)->opened, &bytes);

    *size = (sqlite3_int64)bytes;
    return code_of(status, SQLITE_IOERR_FSTAT);
}

static int file_lock(sqlite3_file *file, int level)
{
    (void)file;
    (void)level;
    return SQLITE_OK;
}

static int file_check_reserved_lock(sqlite3_file *file, int *reserved)
{
    (void)file;
    *reserved = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
    (void)file;
    return CRASH_SECTOR_BYTES;
}

/* Nothing is promised: neither atomic writes nor that a torn write leaves its neighbours alone. */
static int file_device_characteristics(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static const sqlite3_io_methods io_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_device_characteristics,
};

/* ---- The file system ------------------------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *sqlite_vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                    int *flags_out)
{
    struct crash_vfs *vfs = vfs_of(sqlite_vfs);
    struct handle *handle = handle_of(file);
    enum crash_disk_status status;

    memset(handle, 0, sizeof(*handle));
    handle->vfs = vfs;
    handle->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    if (name == NULL) {
        snprintf(handle->name, sizeof(handle->name), "temporary %llu",
                 (unsigned long long)++vfs->temporary_files);
    } else {
        snprintf(handle->name, sizeof(handle->name), "%s", name);
    }
    if ((flags & SQLITE_OPEN_EXCLUSIVE) != 0 && crash_disk_exists(vfs->disk, handle->name)) {
        return SQLITE_CANTOPEN;
    }
    status = crash_disk_open(vfs->disk, handle->name, (flags & SQLITE_OPEN_CREATE) != 0,
                             &handle->opened);
    if (status != CRASH_DISK_OK) {
        return code_of(status, SQLITE_CANTOPEN);
    }
    handle->file.pMethods = &io_methods;
    if (flags_out != NULL) {
        *flags_out = flags;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *sqlite_vfs, const char *name, int sync_folder)
{
    enum crash_disk_status status =
        crash_disk_delete(vfs_of(sqlite_vfs)->disk, name, sync_folder != 0);

    return status == CRASH_DISK_MISSING ? SQLITE_IOERR_DELETE_NOENT
                                        : code_of(status, SQLITE_IOERR_DELETE);
}

static int vfs_access(sqlite3_vfs *sqlite_vfs, const char *name, int flags, int *answer)
{
    struct crash_disk *disk = vfs_of(sqlite_vfs)->disk;

    (void)flags;
    *answer = crash_disk_exists(disk, name) ? 1 : 0;
    return crash_disk_is_off(disk) ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *sqlite_vfs, const char *name, int size, char *full)
{
    size_t bytes = strlen(name) + 1;

    (void)sqlite_vfs;
    if (bytes > (size_t)size) {
        return SQLITE_CANTOPEN;
    }
    memcpy(full, name, bytes);
    return SQLITE_OK;
}

static int vfs_randomness(sqlite3_vfs *sqlite_vfs, int count, char *bytes)
{
    struct crash_vfs *vfs = vfs_of(sqlite_vfs);

    for (int at = 0; at < count; at++) {
        vfs->random = vfs->random * 6364136223846793005u + 1442695040888963407u;
        bytes[at] = (char)(vfs->random >> 56);
    }
    return count;
}

static int vfs_sleep(sqlite3_vfs *sqlite_vfs, int microseconds)
{
    vfs_of(sqlite_vfs)->slept_us += (uint64_t)microseconds;
    return microseconds;
}

static int vfs_current_time_int64(sqlite3_vfs *sqlite_vfs, sqlite3_int64 *time_ms)
{
    *time_ms = CRASH_TIME_MS + (sqlite3_int64)(vfs_of(sqlite_vfs)->slept_us / 1000);
    return SQLITE_OK;
}

static int vfs_get_last_error(sqlite3_vfs *sqlite_vfs, int size, char *message)
{
    (void)sqlite_vfs;
    (void)size;
    (void)message;
    return 0;
}

static void fill_in(struct crash_vfs *vfs, const char *name)
{
    snprintf(vfs->name, sizeof(vfs->name), "%s", name);
    vfs->vfs = (sqlite3_vfs){
        .iVersion = 2, /* with xCurrentTimeInt64, SQLite never asks for xCurrentTime */
        .szOsFile = (int)sizeof(struct handle),
        .mxPathname = (int)CRASH_NAME_MAX - 16, /* SQLite adds "-journal" */
        .zName = vfs->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_pathname,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xGetLastError = vfs_get_last_error,
        .xCurrentTimeInt64 = vfs_current_time_int64,
    };
}

struct crash_vfs *crash_vfs_create(const struct director_allocator *allocator, const char *name,
                                   const struct crash_hooks *hooks)
{
    struct crash_vfs *vfs;

    if (strlen(name) >= CRASH_NAME_MAX || sqlite3_vfs_find(name) != NULL) {
        return NULL;
    }
    vfs = (struct crash_vfs *)allocator->reallocate(allocator->context, NULL, 0, sizeof(*vfs));
    if (vfs == NULL) {
        return NULL;
    }
    memset(vfs, 0, sizeof(*vfs));
    vfs->allocator = *allocator;
    vfs->disk = crash_disk_create(allocator, hooks);
    fill_in(vfs, name);
    if (vfs->disk == NULL || sqlite3_vfs_register(&vfs->vfs, 0) != SQLITE_OK) {
        crash_disk_destroy(vfs->disk);
        allocator->reallocate(allocator->context, vfs, sizeof(*vfs), 0);
        return NULL;
    }
    return vfs;
}

void crash_vfs_destroy(struct crash_vfs *vfs)
{
    struct director_allocator allocator;

    if (vfs == NULL) {
        return;
    }
    sqlite3_vfs_unregister(&vfs->vfs);
    crash_disk_destroy(vfs->disk);
    allocator = vfs->allocator;
    allocator.reallocate(allocator.context, vfs, sizeof(*vfs), 0);
}

struct crash_disk *crash_vfs_disk(struct crash_vfs *vfs)
{
    return vfs->disk;
}
