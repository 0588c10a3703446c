/* seed_main.c: turns scenario files into the bytes that fuzz_events and fuzz_sqlite begin with: one
 * story a scenario, in a folder. With `--show` a story is written as the scenario that it tells. */
#include "fuzz/story.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/scenario/scenario_writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORY_BYTES_MAX (STORY_RECORDS_MAX * STORY_RECORD_BYTES)
#define PATH_BYTES 4096u

static _Noreturn void give_up(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s\n", path, why);
    exit(3);
}

/* FOLDER/NAME of the file, its own folder before it: smoke-idle-world. */
static void name_seed(char path[PATH_BYTES], const char *folder, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash;
    while (name != NULL && name > file && name[-1] != '/') {
        name--;
    }
    name = name == NULL ? file : name;
    int length = snprintf(path, PATH_BYTES, "%s/%s", folder, name);
    if (length < 0 || length >= (int)PATH_BYTES) {
        give_up(file, strerror(ENAMETOOLONG));
    }
    for (char *at = path + strlen(folder) + 1; *at != '\0'; at++) {
        *at = *at == '/' ? '-' : *at;
    }
    char *end = strrchr(path, '.');
    if (end != NULL && strcmp(end, ".yaml") == 0) {
        *end = '\0';
    }
}

static void write_seed(const char *folder, const char *file)
{
    unsigned char bytes[STORY_BYTES_MAX];
    char path[PATH_BYTES];
    struct scenario_reading reading;
    if (scenario_read_file(file, &reading) != SCENARIO_READ_OK) {
        give_up(file, reading.problem_count > 0 ? reading.problems[0].message : "out of memory");
    }
    size_t length = story_write(reading.scenario, bytes, sizeof(bytes));
    length = length < sizeof(bytes) ? length : sizeof(bytes);
    name_seed(path, folder, file);
    FILE *seed = fopen(path, "wb");
    if (seed == NULL || fwrite(bytes, 1, length, seed) != length || fclose(seed) != 0) {
        give_up(path, strerror(errno));
    }
    scenario_reading_free(&reading);
}

static void show(const char *path)
{
    static struct story story;
    unsigned char bytes[STORY_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    if (file == NULL || memory == NULL) {
        give_up(path, strerror(errno));
    }
    story_read(&story, bytes, fread(bytes, 1, sizeof(bytes), file));
    const char *text = scenario_write(&story.scenario, NULL, memory, NULL);
    fputs(text == NULL ? "out of memory\n" : text, stdout);
    scenario_memory_destroy(memory);
    fclose(file);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s FOLDER SCENARIO...\n       %s --show STORY\n", argv[0], argv[0]);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[1], "--show") == 0) {
            show(argv[i]);
        } else {
            write_seed(argv[1], argv[i]);
        }
    }
    return 0;
}
