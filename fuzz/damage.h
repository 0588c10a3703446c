/* damage.h: a database of dirsim that was damaged, in memory. */
#ifndef FUZZ_DAMAGE_H
#define FUZZ_DAMAGE_H

#include "sim/store/crash_vfs.h"

#define DAMAGE_RECORD_BYTES 8u
#define DAMAGE_FROM 0xc0u /* a record whose first byte is this or more is damage, not a story's */
#define DAMAGE_IMAGE_MAX (1u << 20)

/* The bytes of the file of this name, at most DAMAGE_IMAGE_MAX of them. */
size_t damage_read_file(struct crash_vfs *vfs, const char *name, unsigned char *bytes);

/* Make it the only file of this name. False: no memory. */
bool damage_write_file(struct crash_vfs *vfs, const char *name, const unsigned char *bytes,
                       size_t size);

/* Damage a database file by one record of 8 bytes: a few bytes of it are changed, a cell of a table
 * gets another value, a row goes, or the file is cut off. `vfs_name` is what the VFS is registered
 * as. A file that is no database any more is damaged no further by what needs tables. */
void damage_file(struct crash_vfs *vfs, const char *vfs_name, const char *name,
                 const unsigned char *record);

#endif
