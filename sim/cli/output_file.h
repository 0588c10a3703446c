/* output_file.h: a file that is there whole or not at all: written beside its place and renamed
 * when all of it is on the disk. What is no plain file (a device, a pipe) is written directly. */
#ifndef SIM_CLI_OUTPUT_FILE_H
#define SIM_CLI_OUTPUT_FILE_H

#include "sim/conform/case_text.h"

struct output_file;

/* Begin to write the file at `path`, which stays as it is until output_file_commit. NULL when that
 * cannot be done, which is said on standard error. Otherwise for output_file_commit or
 * output_file_abandon, once. */
struct output_file *output_file_open(const char *path);

/* False when it could not be written; it is said on standard error, the first time, and nothing
 * more is written then. */
bool output_file_write(struct output_file *file, const char *bytes, size_t length);

/* Put the file in its place. False when that or any write before it failed; it has been said on
 * standard error then, and nothing is left behind. */
bool output_file_commit(struct output_file *file);

/* All of it at once: as the file at `path`, or to standard output when that is NULL. False when it
 * could not be written, which is said on standard error; for standard output by console_finish. */
bool output_bytes(const char *path, const char *bytes, size_t length);
/* The same; false, and said, too, when there was no memory for the text. */
bool output_text(const char *path, const struct case_text *text);

/* Whether a page has a place to go to. False, and said, when that would be a terminal. */
bool output_page_wanted(const char *path);

/* Give up: nothing is left behind. NULL is ignored. */
void output_file_abandon(struct output_file *file);

#endif
