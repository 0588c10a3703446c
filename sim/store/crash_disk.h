/* crash_disk.h: a disk in memory that remembers what was synced. A power cut loses what was not, or
 * as much of it as its owner says: each write, truncation, creation and deletion since the last
 * sync survives or does not, one independently of another, as on a disk that reorders what it
 * caches.
 *
 * Nothing in here is left to chance or to the clock: the same calls and verdicts give the same
 * bytes. */
#ifndef SIM_STORE_CRASH_DISK_H
#define SIM_STORE_CRASH_DISK_H

#include "director/director.h"

#define CRASH_NAME_MAX 256u /* bytes of a file's name, its end included */

enum crash_change_kind {
    CRASH_CREATE,
    CRASH_WRITE,
    CRASH_TRUNCATE,
    CRASH_SYNC,
    CRASH_DELETE,
};
#define CRASH_CHANGE_KINDS 5
const char *crash_change_kind_name(enum crash_change_kind kind);

/* Something that is done to a file. */
struct crash_change {
    uint64_t number; /* of all changes of this disk, from 1 */
    enum crash_change_kind kind;
    uint32_t length; /* write: bytes */
    uint64_t offset; /* write: from where; truncate: the new size */
    const char *file;
};

enum crash_fate {
    CRASH_GOES_ON,
    CRASH_FAILS, /* an input/output error; the disk works on */
    CRASH_FULL,  /* the same, for want of room */
    CRASH_DIES,  /* the power goes while this is done; everything fails until the restart */
};

/* All zero: nothing goes wrong. */
struct crash_verdict {
    enum crash_fate fate;
    uint32_t torn; /* how many bytes of a failing or dying write reach the file */
};

/* Both may be NULL: nothing fails, and what was not synced does not survive. */
struct crash_hooks {
    void *context;
    /* Asked before each change. */
    struct crash_verdict (*decide)(void *context, const struct crash_change *change);
    /* Asked at the restart, for each change that was not synced, file by file in the order of their
     * first creation. A deletion that does not survive brings the file back; so does a truncation
     * with the bytes that it cut off. */
    bool (*survives)(void *context, const struct crash_change *change);
};

enum crash_disk_status {
    CRASH_DISK_OK,
    CRASH_DISK_MISSING,
    CRASH_DISK_FAILED,
    CRASH_DISK_FULL,
    CRASH_DISK_NO_MEMORY,
};

struct crash_disk;
struct crash_file; /* a file that is open: it stays until it is closed, though it may be deleted */

/* NULL when there is no memory. */
struct crash_disk *crash_disk_create(const struct director_allocator *allocator,
                                     const struct crash_hooks *hooks);
/* All files must be closed. NULL is ignored. */
void crash_disk_destroy(struct crash_disk *disk);

/* MISSING when the file is not there and not to be created. */
enum crash_disk_status crash_disk_open(struct crash_disk *disk, const char *name, bool create,
                                       struct crash_file **file);
void crash_disk_close(struct crash_file *file);
/* Copies what there is of the range; *got tells how much. */
enum crash_disk_status crash_disk_read(struct crash_file *file, uint64_t offset, void *bytes,
                                       uint32_t length, uint32_t *got);
enum crash_disk_status crash_disk_write(struct crash_file *file, uint64_t offset, const void *bytes,
                                        uint32_t length);
enum crash_disk_status crash_disk_truncate(struct crash_file *file, uint64_t size);
enum crash_disk_status crash_disk_sync(struct crash_file *file);
enum crash_disk_status crash_disk_size(struct crash_file *file, uint64_t *size);
/* `synced`: the deletion is to survive. */
enum crash_disk_status crash_disk_delete(struct crash_disk *disk, const char *name, bool synced);
bool crash_disk_exists(const struct crash_disk *disk, const char *name);

/* Cut the power: all operations fail from now on. */
void crash_disk_power_off(struct crash_disk *disk);
bool crash_disk_is_off(const struct crash_disk *disk);
/* Power again: what was not synced is lost, or survives as the hook says. All files must be closed.
 * False when there is no memory; the disk is as it was then, and off. */
bool crash_disk_restart(struct crash_disk *disk);
/* How many changes there have been. */
uint64_t crash_disk_changes(const struct crash_disk *disk);

#endif
