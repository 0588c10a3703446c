/* conform_bench.c: conformance ops per second: reading the documents, replaying them and comparing,
 * with either store. Run from the top folder. Compare numbers of one run only. */
#include "sim/conform/case_replay.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 3

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        *length = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*length + 1);
        *length = bytes == NULL ? 0 : fread(bytes, 1, *length, file);
        fclose(file);
    }
    if (bytes == NULL) {
        fprintf(stderr, "conform_bench: cannot read %s\n", path);
        exit(3);
    }
    return bytes;
}

/* The ops of one file; with `replay` false only its documents are read. */
static uint64_t go_through(const char *path, enum case_store store, bool replay)
{
    size_t length = 0;
    char *bytes = read_file(path, &length);
    struct case_stream *stream = case_stream_open(bytes, length);
    struct case_node *root = NULL;
    struct scenario_problem problem;
    struct case_result result = {0};
    uint64_t ops = 0;
    while (stream != NULL && case_stream_next(stream, &root, &problem) == CASE_STREAM_DOCUMENT) {
        if (replay) {
            case_replay(root, store, &result);
            ops += result.ops;
        }
        if (result.verdict != CASE_SAME) {
            fprintf(stderr, "conform_bench: a case of %s differs\n", path);
            exit(1);
        }
    }
    case_text_free(&result.difference);
    case_stream_close(stream);
    free(bytes);
    return ops;
}

static double best_of(const glob_t *files, enum case_store store, bool replay, uint64_t *ops)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = seconds_now();
        *ops = 0;
        for (size_t i = 0; i < files->gl_pathc; i++) {
            *ops += go_through(files->gl_pathv[i], store, replay);
        }
        double elapsed = seconds_now() - begin;
        best = round == 0 || elapsed < best ? elapsed : best;
    }
    return best;
}

int main(void)
{
    glob_t files;
    uint64_t ops = 0;
    uint64_t none = 0;
    if (glob("scenarios/conformance/*.yaml", 0, NULL, &files) != 0) {
        fputs("conform_bench: no scenarios/conformance/*.yaml here\n", stderr);
        return 3;
    }
    double reading = best_of(&files, CASE_STORE_MEMORY, false, &none);
    double memory = best_of(&files, CASE_STORE_MEMORY, true, &ops);
    double sqlite = best_of(&files, CASE_STORE_SQLITE, true, &ops);
    printf("%-8s %12s %12s %28s\n", "store", "ops", "ops/s", "ops/s without reading YAML");
    printf("%-8s %12llu %12.0f %28.0f\n", "memory", (unsigned long long)ops, (double)ops / memory,
           (double)ops / (memory - reading));
    printf("%-8s %12llu %12.0f %28.0f\n", "sqlite", (unsigned long long)ops, (double)ops / sqlite,
           (double)ops / (sqlite - reading));
    globfree(&files);
    return 0;
}
