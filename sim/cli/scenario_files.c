/* scenario_files.c: walking through folders. */
#include "sim/cli/scenario_files.h"

#include "sim/cli/console.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SNIFF_BYTES                                                                                \
    4096u /* where a stream that begins with a comment must have come to its case                  \
           */
#define FILES_MIN 16u

void scenario_files_free(struct scenario_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->paths[i]);
    }
    free(files->paths);
    *files = (struct scenario_files){0};
}

/* `path` becomes the list's, or is freed; NULL is one that there was no memory for. */
static enum command_exit add_path(struct scenario_files *files, char *path)
{
    if (path == NULL) {
        return console_no_memory();
    }
    if (files->count == files->capacity) {
        size_t larger = files->capacity == 0 ? FILES_MIN : files->capacity * 2;
        char **grown = realloc(files->paths, larger * sizeof(*grown));
        if (grown == NULL) {
            free(path);
            return console_no_memory();
        }
        files->paths = grown;
        files->capacity = larger;
    }
    files->paths[files->count++] = path;
    return COMMAND_HELD;
}

/* ---- Conformance streams ------------------------------------------------------------------- */

/* Go past `text` and the spaces behind it. */
static bool skip_text(const char **at, const char *text)
{
    size_t length = strlen(text);
    if (strncmp(*at, text, length) != 0) {
        return false;
    }
    *at += length;
    *at += strspn(*at, " ");
    return true;
}

bool scenario_files_is_conformance(const char *path)
{
    char begin[SNIFF_BYTES + 1];
    /* What standard input gave could not be given back. */
    FILE *stream = strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
    if (stream == NULL) {
        return false;
    }
    begin[fread(begin, 1, SNIFF_BYTES, stream)] = '\0';
    fclose(stream);
    const char *at = begin;
    while (*at == '#' || *at == '\n') {
        at += strcspn(at, "\n");
        at += *at == '\n' ? 1 : 0;
    }
    return skip_text(&at, "---") && skip_text(&at, "{") && strncmp(at, "\"case\"", 6) == 0;
}

/* ---- Folders ------------------------------------------------------------------------------- */

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

static char *join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        snprintf(path, size, "%s%s%s", folder, ends_in(folder, "/") ? "" : "/", name);
    }
    return path;
}

static enum command_exit walk(struct scenario_files *files, const char *folder, uint32_t depth);

/* Take one entry of a folder; `path` is ours. */
static enum command_exit take_entry(struct scenario_files *files, const char *name, char *path,
                                    uint32_t depth)
{
    struct stat link;
    struct stat target;
    /* What went away in the meantime is no trouble; a file behind a broken link will be one when it
     * is read. */
    if (lstat(path, &link) != 0) {
        free(path);
        return COMMAND_HELD;
    }
    bool is_folder = stat(path, &target) == 0 && S_ISDIR(target.st_mode);
    if (is_folder) {
        enum command_exit status = COMMAND_HELD;
        if (S_ISDIR(link.st_mode) && strcmp(name, "conformance") != 0) {
            status = walk(files, path, depth + 1);
        }
        free(path);
        return status;
    }
    if (!ends_in(name, ".yaml") || scenario_files_is_conformance(path)) {
        free(path);
        return COMMAND_HELD;
    }
    return add_path(files, path);
}

static enum command_exit walk(struct scenario_files *files, const char *folder, uint32_t depth)
{
    if (depth > SCENARIO_FOLDERS_MAX) {
        console_error("%s: more than %u folders in one another (SCENARIO_FOLDERS_MAX)", folder,
                      SCENARIO_FOLDERS_MAX);
        return COMMAND_TROUBLE;
    }
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        console_error("%s: cannot be opened: %s", folder, strerror(errno));
        return COMMAND_TROUBLE;
    }
    enum command_exit status = COMMAND_HELD;
    const struct dirent *entry;
    while ((entry = readdir(entries)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        char *path = join(folder, entry->d_name);
        status =
            command_worse(status, path == NULL ? console_no_memory()
                                               : take_entry(files, entry->d_name, path, depth));
    }
    closedir(entries);
    return status;
}

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static enum command_exit collect_folder(struct scenario_files *files, const char *folder)
{
    size_t before = files->count;
    enum command_exit status = walk(files, folder, 0);
    size_t found = files->count - before;
    if (found > 0) {
        qsort(files->paths + before, found, sizeof(files->paths[0]), compare_paths);
    } else if (status == COMMAND_HELD) {
        console_error("%s: no scenario (*.yaml) below this folder", folder);
        status = COMMAND_USAGE;
    }
    return status;
}

enum command_exit scenario_files_collect(struct scenario_files *files, int operand_count,
                                         char *const *operands)
{
    enum command_exit status = COMMAND_HELD;
    for (int i = 0; i < operand_count; i++) {
        struct stat target;
        bool is_folder = stat(operands[i], &target) == 0 && S_ISDIR(target.st_mode);
        status = command_worse(status, is_folder ? collect_folder(files, operands[i])
                                                 : add_path(files, strdup(operands[i])));
    }
    return status;
}
