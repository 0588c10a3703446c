/* output_file.c: see output_file.h. */
#include "sim/cli/output_file.h"

#include "sim/cli/console.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output_file {
    char *path;      /* as it was named, for messages */
    char *target;    /* the same with links followed */
    char *temporary; /* NULL: the target is written directly */
    FILE *stream;
    bool failed;
};

static void destroy(struct output_file *file)
{
    if (file->stream != NULL) {
        fclose(file->stream);
    }
    free(file->temporary);
    free(file->target);
    free(file->path);
    free(file);
}

static bool fail(struct output_file *file, const char *what)
{
    if (!file->failed) {
        console_error("%s: %s: %s", file->path, what, strerror(errno));
    }
    file->failed = true;
    return false;
}

/* Where the bytes go at last, and where they go first. False without memory. */
static bool find_places(struct output_file *file, const char *path)
{
    struct stat status;
    file->path = strdup(path);
    file->target = realpath(path, NULL);
    if (file->target == NULL) {
        file->target = strdup(path);
    }
    if (file->path == NULL || file->target == NULL) {
        return false;
    }
    /* Beside /dev/null there is nothing to write to, and in its place goes nothing. */
    if (stat(file->target, &status) == 0 && !S_ISREG(status.st_mode)) {
        return true;
    }
    size_t size = strlen(file->target) + sizeof(".tmp");
    file->temporary = malloc(size);
    if (file->temporary == NULL) {
        return false;
    }
    snprintf(file->temporary, size, "%s.tmp", file->target);
    return true;
}

struct output_file *output_file_open(const char *path)
{
    struct output_file *file = calloc(1, sizeof(*file));
    if (file == NULL || !find_places(file, path)) {
        (void)console_no_memory();
        if (file != NULL) {
            destroy(file);
        }
        return NULL;
    }
    file->stream = fopen(file->temporary != NULL ? file->temporary : file->target, "wb");
    if (file->stream == NULL) {
        fail(file, "cannot be opened for writing");
        destroy(file);
        return NULL;
    }
    return file;
}

bool output_file_write(struct output_file *file, const char *bytes, size_t length)
{
    if (file->failed) {
        return false;
    }
    if (fwrite(bytes, 1, length, file->stream) != length) {
        return fail(file, "cannot be written");
    }
    return true;
}

/* Everything through to the disk. A device or a pipe cannot be synced, and need not be. */
static bool finish_stream(struct output_file *file)
{
    if (fflush(file->stream) != 0) {
        return fail(file, "cannot be written");
    }
    if (file->temporary != NULL && fsync(fileno(file->stream)) != 0) {
        return fail(file, "cannot be written");
    }
    int closed = fclose(file->stream);
    file->stream = NULL;
    return closed == 0 || fail(file, "cannot be written");
}

bool output_file_commit(struct output_file *file)
{
    if (!file->failed && finish_stream(file) && file->temporary != NULL &&
        rename(file->temporary, file->target) != 0) {
        fail(file, "cannot be put in its place");
    }
    bool good = !file->failed;
    if (!good && file->temporary != NULL) {
        (void)unlink(file->temporary);
    }
    destroy(file);
    return good;
}

void output_file_abandon(struct output_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->temporary != NULL) {
        (void)unlink(file->temporary);
    }
    destroy(file);
}

bool output_bytes(const char *path, const char *bytes, size_t length)
{
    if (path == NULL) {
        console_write(bytes, length);
        return !console_output_failed();
    }
    struct output_file *file = output_file_open(path);
    if (file == NULL) {
        return false;
    }
    (void)output_file_write(file, bytes, length);
    return output_file_commit(file);
}

bool output_page_wanted(const char *path)
{
    if (path == NULL && isatty(STDOUT_FILENO) != 0) {
        console_error("a page is nothing for a terminal: give -o PAGE.html, then open that");
        return false;
    }
    return true;
}

bool output_text(const char *path, const struct case_text *text)
{
    if (text->failed) {
        (void)console_no_memory();
        return false;
    }
    return output_bytes(path, case_text_bytes(text), text->length);
}
