/* replay_main.c: runs a fuzz target over files, without any fuzzer: for tests, and to see a finding
 * again. A folder stands for all files in it. `-n N` runs all of it N times, to measure. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_BYTES 4096u
#define EXIT_USAGE 2
#define EXIT_TROUBLE 3

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static unsigned long inputs;

static _Noreturn void give_up(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(EXIT_TROUBLE);
}

/* The bytes stand in a block of just their size, so that reading beyond them is noticed. */
static void run_file(const char *path, unsigned long rounds)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        give_up(path);
    }
    long size = ftell(file);
    unsigned char *bytes = size < 0 ? NULL : malloc((size_t)size + (size == 0));
    if (bytes == NULL || fseek(file, 0, SEEK_SET) != 0 ||
        fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        give_up(path);
    }
    fclose(file);
    for (unsigned long i = 0; i < rounds; i++) {
        LLVMFuzzerTestOneInput(bytes, (size_t)size);
    }
    free(bytes);
    inputs++;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_path(const char *path, unsigned long rounds)
{
    struct stat status;
    struct dirent **entries;
    char below[PATH_BYTES];
    if (stat(path, &status) != 0) {
        give_up(path);
    }
    if (!S_ISDIR(status.st_mode)) {
        run_file(path, rounds);
        return;
    }
    int count = scandir(path, &entries, is_shown, alphasort);
    if (count < 0) {
        give_up(path);
    }
    for (int i = 0; i < count; i++) {
        if (snprintf(below, sizeof(below), "%s/%s", path, entries[i]->d_name) >= (int)PATH_BYTES) {
            errno = ENAMETOOLONG;
            give_up(path);
        }
        run_path(below, rounds);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    unsigned long rounds = 1;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        rounds = strtoul(argv[2], NULL, 10);
        first = 3;
    }
    if (first >= argc || rounds == 0) {
        fprintf(stderr, "usage: %s [-n ROUNDS] FILE|FOLDER...\n", argv[0]);
        return EXIT_USAGE;
    }
    for (int i = first; i < argc; i++) {
        run_path(argv[i], rounds);
    }
    printf("%lu inputs\n", inputs);
    return 0;
}
