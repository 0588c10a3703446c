/* fuzz_sqlite.c: a run starts from a database that was damaged. Bytes that begin as SQLite's files
 * do are such a file. Any others are records of 8 bytes: what begins with 0xc0 or more is damage
 * (damage.h) to a database that a run left, the rest is the story (story.h) that starts from it.
 * Such a run may break invariants, but not dirsim; what cannot be used is told in one line. */
#include "fuzz/damage.h"
#include "fuzz/finding.h"
#include "fuzz/story.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "fuzzed.db"
#define VFS_NAME "fuzz"
#define EVENTS_MAX 5000u
#define RECORDS_MAX STORY_RECORDS_MAX
#define SQLITE_HEAP_MAX (64 << 20)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* The story that left the database, and that starts from a file which tells none: two plans, one of
 * which pauses in error, and a world that crashes. */
static const unsigned char base_story[] = {
    STORY_PLAN, 4, 0x05,       0, 0x0c,        0, 0,    4, STORY_STEP, 1, 0x0a,       0, 1,    0,
    0,          0, STORY_PLAN, 3, 0x00,        0, 0x01, 2, 0,          0, STORY_STEP, 2, 0x0c, 0,
    1,          0, 0x10,       0, STORY_EVENT, 6, 0x00, 0, 0,          0, 9,          0,
};

static unsigned char image[DAMAGE_IMAGE_MAX];
static size_t image_size;
static struct story story;

static struct crash_vfs *open_disk(void)
{
    static const struct crash_hooks nothing_fails;
    const struct director_allocator allocator = director_default_allocator();
    struct crash_vfs *vfs = crash_vfs_create(&allocator, VFS_NAME, &nothing_fails);
    if (vfs == NULL) {
        fprintf(stderr, "fuzz: no memory for a disk\n");
        exit(3);
    }
    return vfs;
}

static void run_story(const unsigned char *bytes, size_t size)
{
    const char *message = NULL;
    story_read(&story, bytes, size);
    const struct finding_run run = {
        .scenario = &story.scenario,
        .choice_bytes = story.choices,
        .choice_byte_count = story.choice_count,
        .store = REPLAY_STORE_FILE,
        .store_file = FILE_NAME,
        .store_vfs = VFS_NAME,
        .events_max = EVENTS_MAX,
        .may_fail = true,
    };
    if (!finding_run(&run, &message) && (message[0] == '\0' || strchr(message, '\n') != NULL)) {
        fprintf(stderr, "FAILED  what is wrong is not told in one line: %s\n", message);
        abort();
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    sqlite3_hard_heap_limit64(SQLITE_HEAP_MAX);
    struct crash_vfs *vfs = open_disk();
    run_story(base_story, sizeof(base_story));
    image_size = damage_read_file(vfs, FILE_NAME, image);
    crash_vfs_destroy(vfs);
    return 0;
}

static void run_records(struct crash_vfs *vfs, const unsigned char *data, size_t size)
{
    static unsigned char told[RECORDS_MAX * STORY_RECORD_BYTES];
    size_t told_size = 0;
    size_t records = size / STORY_RECORD_BYTES;
    records = records < RECORDS_MAX ? records : RECORDS_MAX;
    for (size_t i = 0; i < records; i++) {
        const unsigned char *record = data + i * STORY_RECORD_BYTES;
        if (record[0] >= DAMAGE_FROM) {
            damage_file(vfs, VFS_NAME, FILE_NAME, record);
        } else {
            memcpy(told + told_size, record, STORY_RECORD_BYTES);
            told_size += STORY_RECORD_BYTES;
        }
    }
    run_story(told, told_size);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static const char magic[] = "SQLite format 3";
    bool is_file = size >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0;
    if (image_size == 0) {
        LLVMFuzzerInitialize(NULL, NULL);
    }
    struct crash_vfs *vfs = open_disk();
    if (is_file && size <= DAMAGE_IMAGE_MAX && damage_write_file(vfs, FILE_NAME, data, size)) {
        run_story(base_story, sizeof(base_story));
    } else if (damage_write_file(vfs, FILE_NAME, image, image_size)) {
        run_records(vfs, data, size);
    }
    crash_vfs_destroy(vfs);
    return 0;
}
