/* crash_vfs.h: a VFS for SQLite on a crash_disk: files in memory that fail, tear and are lost as
 * the hooks say, the same way every time. One connection at a time may have a database open.
 *
 * A power cut: a verdict CRASH_DIES, or crash_disk_power_off on crash_vfs_disk; then close every
 * connection, call crash_disk_restart, and open the database again.
 *
 * The VFS offers no shared memory (io methods of version 1), so WAL needs locking_mode=EXCLUSIVE
 * first; sqlite_store_open sees to that. Random numbers, sleep and time are counted, not real. */
#ifndef SIM_STORE_CRASH_VFS_H
#define SIM_STORE_CRASH_VFS_H

#include "sim/store/crash_disk.h"

struct crash_vfs;

/* Make a VFS with an empty disk, and register it with SQLite under `name` (which is copied), never
 * as the default. NULL when there is no memory or the name is taken. */
struct crash_vfs *crash_vfs_create(const struct director_allocator *allocator, const char *name,
                                   const struct crash_hooks *hooks);
/* Every connection must be closed. NULL is ignored. */
void crash_vfs_destroy(struct crash_vfs *vfs);

struct crash_disk *crash_vfs_disk(struct crash_vfs *vfs);

#endif
