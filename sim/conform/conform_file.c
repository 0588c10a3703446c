/* conform_file.c: cutting a file of cases into documents. */
#include "sim/conform/conform_file.h"

#include "sim/scenario/source.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES 65536u

struct conform_file {
    FILE *stream; /* NULL: not opened, or standard input is not ours to close */
    bool is_stdin;
    bool ended; /* nothing more can be read */
    uint64_t read_bytes;
    /* Bytes that were read and belong to no document yet. */
    char *buffer;
    size_t capacity;
    size_t start;
    size_t end;
    /* The current slice, from the line of "---" to the next one, and the documents in it. */
    size_t slice_length;
    struct case_stream *documents;
    uint32_t lines_before; /* lines of the file before the slice */
    uint64_t document_count;
    bool told_empty;
    struct scenario_memory *memory; /* of the problems */
    struct problem_list problems;
};

static const struct scenario_position no_position = {0, 0};

static struct conform_file *create(void)
{
    struct conform_file *file = calloc(1, sizeof(*file));
    if (file == NULL) {
        return NULL;
    }
    file->memory = scenario_memory_create(NULL, NULL);
    file->capacity = READ_BYTES;
    file->buffer = malloc(file->capacity);
    if (file->memory == NULL || file->buffer == NULL) {
        conform_file_close(file);
        return NULL;
    }
    problem_list_start(&file->problems, file->memory);
    return file;
}

struct conform_file *conform_file_open_stream(FILE *stream)
{
    struct conform_file *file = create();
    if (file == NULL) {
        fclose(stream);
        return NULL;
    }
    file->stream = stream;
    return file;
}

struct conform_file *conform_file_open(const char *path)
{
    struct conform_file *file = create();
    if (file == NULL) {
        return NULL;
    }
    file->is_stdin = strcmp(path, "-") == 0;
    file->stream = file->is_stdin ? stdin : fopen(path, "rb");
    if (file->stream == NULL) {
        problem_list_add(&file->problems, no_position, "cannot be opened: %s", strerror(errno));
    }
    return file;
}

void conform_file_close(struct conform_file *file)
{
    if (file == NULL) {
        return;
    }
    if (file->stream != NULL && !file->is_stdin) {
        fclose(file->stream);
    }
    case_stream_close(file->documents);
    scenario_memory_destroy(file->memory);
    free(file->buffer);
    free(file);
}

struct scenario_position conform_file_place(const struct conform_file *file,
                                            struct scenario_position position)
{
    if (position.line == 0) {
        position = (struct scenario_position){1, 1};
    }
    position.line += file->lines_before;
    return position;
}

bool conform_file_problem(const struct conform_file *file, uint32_t index,
                          struct scenario_problem *problem)
{
    if (index >= file->problems.count) {
        return false;
    }
    *problem = file->problems.problems[index];
    if (problem->position.line != 0) {
        problem->position = conform_file_place(file, problem->position);
    }
    return true;
}

/* ---- Slices -------------------------------------------------------------------------------- */

/* Read some more behind what is in the buffer. */
static enum conform_file_status fill(struct conform_file *file)
{
    if (file->start > 0) {
        memmove(file->buffer, file->buffer + file->start, file->end - file->start);
        file->end -= file->start;
        file->start = 0;
    }
    assert(file->capacity >= READ_BYTES);
    if (file->end == file->capacity) {
        char *grown = realloc(file->buffer, file->capacity * 2);
        if (grown == NULL) {
            return CONFORM_FILE_NO_MEMORY;
        }
        file->buffer = grown;
        file->capacity *= 2;
    }
    size_t got = fread(file->buffer + file->end, 1, file->capacity - file->end, file->stream);
    if (ferror(file->stream)) {
        problem_list_add(&file->problems, no_position, "cannot be read: %s", strerror(errno));
        return CONFORM_FILE_IO;
    }
    file->end += got;
    file->read_bytes += got;
    file->ended = got == 0;
    return CONFORM_FILE_DOCUMENT;
}

/* Whether a line that begins a document starts at `at`; *sure is false when it takes more bytes to
 * tell. */
static bool starts_document(const struct conform_file *file, size_t at, bool *sure)
{
    size_t left = file->end - at;
    const char *line = file->buffer + at;
    *sure = left >= 4 || file->ended;
    if (left < 3 || memcmp(line, "---", 3) != 0) {
        return false;
    }
    return left == 3 || line[3] == ' ' || line[3] == '\n' || line[3] == '\r' || line[3] == '\t';
}

/* Find the end of the slice at file->start: the next line that begins a document, or the end of the
 * file. The slice may be longer than CASE_BYTES_MAX, but then is not all there. */
static enum conform_file_status find_slice(struct conform_file *file)
{
    size_t searched = 0; /* bytes of the slice that have been looked at */
    for (;;) {
        size_t at = file->start + searched;
        const char *newline =
            at < file->end ? memchr(file->buffer + at, '\n', file->end - at) : NULL;
        bool sure = true;
        if (newline != NULL) {
            size_t next = (size_t)(newline - file->buffer) + 1;
            bool found = starts_document(file, next, &sure);
            if (sure) {
                searched = next - file->start;
                if (found) {
                    break;
                }
                continue;
            }
            searched = next - 1 - file->start;
        } else {
            searched = file->end - file->start;
        }
        if (file->ended || searched > CASE_BYTES_MAX) {
            searched = file->end - file->start;
            break;
        }
        enum conform_file_status status = fill(file);
        if (status != CONFORM_FILE_DOCUMENT) {
            return status;
        }
    }
    file->slice_length = searched;
    return CONFORM_FILE_DOCUMENT;
}

/* Go past the current slice. */
static void leave_slice(struct conform_file *file)
{
    case_stream_close(file->documents);
    file->documents = NULL;
    const char *at = file->buffer + file->start;
    const char *end = at + file->slice_length;
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        file->lines_before++;
        at++;
    }
    file->start += file->slice_length;
    file->slice_length = 0;
}

/* Find the next slice, filter it, and begin to read its documents. */
static enum conform_file_status enter_slice(struct conform_file *file)
{
    enum conform_file_status status = find_slice(file);
    if (status != CONFORM_FILE_DOCUMENT) {
        return status;
    }
    if (file->slice_length == 0) {
        return CONFORM_FILE_END;
    }
    bool too_long = file->slice_length > CASE_BYTES_MAX;
    struct source source = {.bytes = file->buffer + file->start,
                            .length = too_long ? CASE_BYTES_MAX : file->slice_length};
    /* Of what is too long, bytes that are no text tell more. */
    if (!source_check(&source, &file->problems)) {
        file->ended = file->ended || too_long;
        return CONFORM_FILE_PROBLEMS;
    }
    if (too_long || file->read_bytes > CASE_FILE_BYTES_MAX) {
        problem_list_add(&file->problems, (struct scenario_position){1, 1},
                         too_long ? "a case of more than %u bytes (CASE_BYTES_MAX)"
                                  : "the file has more than %u bytes (CASE_FILE_BYTES_MAX)",
                         too_long ? CASE_BYTES_MAX : CASE_FILE_BYTES_MAX);
        file->ended = true;
        return CONFORM_FILE_PROBLEMS;
    }
    file->documents = case_stream_open(source.bytes, source.length);
    return file->documents == NULL ? CONFORM_FILE_NO_MEMORY : CONFORM_FILE_DOCUMENT;
}

/* ---- Documents ----------------------------------------------------------------------------- */

static enum conform_file_status at_end(struct conform_file *file)
{
    if (file->document_count > 0 || file->told_empty) {
        return CONFORM_FILE_END;
    }
    file->told_empty = true;
    file->lines_before = 0;
    problem_list_add(&file->problems, (struct scenario_position){1, 1},
                     "no conformance case in it; a file of cases is a stream of YAML documents, "
                     "each `--- {\"case\": 1, ...}`");
    return CONFORM_FILE_PROBLEMS;
}

/* The next document of the current slice; CONFORM_FILE_END when there is none left in it. */
static enum conform_file_status next_in_slice(struct conform_file *file,
                                              const struct case_node **document)
{
    struct case_node *root = NULL;
    struct scenario_problem problem = {.message = ""};
    switch (case_stream_next(file->documents, &root, &problem)) {
    case CASE_STREAM_DOCUMENT:
        assert(root != NULL);
        file->document_count++;
        *document = root;
        return CONFORM_FILE_DOCUMENT;
    case CASE_STREAM_END:
        return CONFORM_FILE_END;
    case CASE_STREAM_PROBLEM:
        file->document_count++;
        problem_list_add(&file->problems,
                         problem.position.line == 0 ? (struct scenario_position){1, 1}
                                                    : problem.position,
                         "%s", problem.message);
        /* What libfyaml would make of the rest of this slice is anybody's guess. */
        case_stream_close(file->documents);
        file->documents = NULL;
        return CONFORM_FILE_PROBLEMS;
    case CASE_STREAM_NO_MEMORY:
        break;
    }
    return CONFORM_FILE_NO_MEMORY;
}

enum conform_file_status conform_file_next(struct conform_file *file,
                                           const struct case_node **document)
{
    if (file->stream == NULL) {
        return CONFORM_FILE_IO;
    }
    scenario_memory_clear(file->memory);
    problem_list_start(&file->problems, file->memory);
    for (;;) {
        if (file->documents != NULL) {
            enum conform_file_status status = next_in_slice(file, document);
            if (status != CONFORM_FILE_END) {
                return status;
            }
        }
        leave_slice(file);
        enum conform_file_status status = enter_slice(file);
        if (status == CONFORM_FILE_END) {
            return at_end(file);
        }
        if (status != CONFORM_FILE_DOCUMENT) {
            file->document_count += status == CONFORM_FILE_PROBLEMS ? 1 : 0;
            return status;
        }
    }
}
