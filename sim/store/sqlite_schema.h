/* sqlite_schema.h: the tables of a dirsim database, and telling such a database from anything else.
 */
#ifndef SIM_STORE_SQLITE_SCHEMA_H
#define SIM_STORE_SQLITE_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#define SQLITE_SCHEMA_APPLICATION_ID 0x64697273 /* "dirs" */
#define SQLITE_SCHEMA_VERSION 1

/* Ready a freshly opened connection: settings, then the tables, made when the database is empty and
 * checked when it is not. `in_file` tells a database that is to survive a power cut from one in
 * memory. True, or false with one line in `message` that goes on after the database's name ("is not
 * …"). */
bool sqlite_schema_ready(sqlite3 *database, bool in_file, char *message, size_t message_size);

#endif
