/* campaign_out.c: the files of `--out`: for each group of failures, and for each defect that was
 * shown, the smallest scenario that fails so. */
#include "sim/cli/campaign.h"

#include "sim/cli/console.h"
#include "sim/cli/output_file.h"
#include "sim/scenario/scenario_writer.h"
#include "sim/scenario/vocabulary.h"
#include "sim/search/causes.h"
#include "sim/search/shrink.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHRINK_MS_MAX 10000u /* of one group */
#define SLUG_MAX 90u         /* of a file's name, so that a person can still read the list */

static const char not_smaller[] = "as it was found: none was made that is smaller";

/* A file's name for a signature: letters and digits, all else a dash. */
static void make_slug(const char *signature, char slug[SLUG_MAX + 1])
{
    size_t length = 0;
    for (const char *at = signature; *at != '\0' && length < SLUG_MAX; at++) {
        if (isalnum((unsigned char)*at)) {
            slug[length++] = (char)tolower((unsigned char)*at);
        } else if (length > 0 && slug[length - 1] != '-') {
            slug[length++] = '-';
        }
    }
    while (length > 0 && slug[length - 1] == '-') {
        length--;
    }
    slug[length] = '\0';
}

/* Two may be called the same. */
static bool is_taken(const struct campaign_command *command, uint32_t number, const char *path)
{
    for (uint32_t i = 0; i < number; i++) {
        if (strcmp(case_text_bytes(&command->files_out[i].path), path) == 0) {
            return true;
        }
    }
    return false;
}

static void name_file(struct campaign_command *command, uint32_t number)
{
    char slug[SLUG_MAX + 1];
    struct campaign_file *file = &command->files_out[number];
    make_slug(file->title, slug);
    case_text_add(&file->path, "%s/%s.yaml", command->out.value, slug);
    for (uint32_t i = 2; is_taken(command, number, case_text_bytes(&file->path)); i++) {
        case_text_clear(&file->path);
        case_text_add(&file->path, "%s/%s-%u.yaml", command->out.value, slug, i);
    }
}

/* One for each group, in their order, then one for each defect that was shown. */
static bool list_files(struct campaign_command *command)
{
    const struct campaign *campaign = &command->campaign;
    command->files_out =
        calloc((size_t)campaign->groups.count + SCENARIO_DEFECTS_MAX, sizeof(*command->files_out));
    if (command->files_out == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < campaign->groups.count; i++) {
        const struct group *group = &campaign->groups.groups[i];
        struct campaign_file *file = &command->files_out[command->file_out_count++];
        *file = (struct campaign_file){
            .item = group->smallest_item, .crashed = group->crashed, .defect = SCENARIO_NONE};
        snprintf(file->title, sizeof(file->title), "%s", group->signature);
    }
    for (uint32_t i = 0; i < defect_vocabulary_count; i++) {
        if (campaign->defects[i].found) {
            struct campaign_file *file = &command->files_out[command->file_out_count++];
            *file = (struct campaign_file){.item = campaign->defects[i].first_item, .defect = i};
            snprintf(file->title, sizeof(file->title), "defect %s", defect_vocabulary[i].name);
        }
    }
    for (uint32_t i = 0; i < command->file_out_count; i++) {
        name_file(command, i);
    }
    return true;
}

static bool no_memory(void)
{
    console_no_memory();
    return false;
}

/* `note`: a line for people; NULL: none. */
static bool write_file(const struct campaign_file *file, const char *note, const char *scenario)
{
    const char *path = case_text_bytes(&file->path);
    struct case_text text = {0};
    case_text_add(&text, "# %s\n", file->title);
    if (note != NULL) {
        case_text_add(&text, "# %s\n", note);
    }
    case_text_add(&text, "# again: dirsim run");
    console_shell_file(&text, path);
    case_text_add(&text, "\n%s", scenario);
    bool good = output_text(path, &text);
    case_text_free(&text);
    return good;
}

/* What is shrunk says which invariants it violates, and so holds. Here it is to fail. NULL: no
 * memory. */
static const struct scenario *without_violates(const struct scenario *scenario,
                                               struct scenario_memory *memory)
{
    struct scenario *copy = scenario_memory_allocate(memory, sizeof(*copy));
    struct scenario_expectation *kept =
        scenario_memory_array(memory, (size_t)scenario->expectation_count + 1, sizeof(*kept));
    if (copy == NULL || kept == NULL) {
        return NULL;
    }
    *copy = *scenario;
    copy->expectations = kept;
    copy->expectation_count = 0;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (scenario->expectations[i].kind != SCENARIO_EXPECT_VIOLATES) {
            kept[copy->expectation_count++] = scenario->expectations[i];
        }
    }
    return copy;
}

/* What writing one file works with. */
struct writing {
    const struct campaign_command *command;
    const struct campaign_file *file;
    struct subject_maker *maker;
    struct scenario_memory *memory;
    struct arena *arena;
    struct causes *causes;
    char signature[TRIAL_SIGNATURE_MAX]; /* of what is shrunk */
    uint64_t until_ms;                   /* shrinking may go on */
};

static bool stop_shrinking(void *context)
{
    const struct writing *writing = context;
    return *writing->command->campaign.config.interrupted != 0 ||
           campaign_clock_ms() > writing->until_ms;
}

/* In which way the scenario is to fail: as its group says, or as the defect alone makes it. NULL:
 * it does not. */
static const char *signature_of(const struct writing *writing, const struct scenario *scenario)
{
    uint32_t defect = writing->file->defect;
    enum replay_store store = writing->command->campaign.config.store;
    if (defect == SCENARIO_NONE) {
        return writing->file->title;
    }
    causes_begin(writing->causes, writing->arena, scenario, store);
    return causes_show(writing->causes, writing->arena, scenario, store, defect);
}

/* What is smaller is still to show the defect: without it, it does not fail so. */
static bool still_shows(void *context, const struct scenario *scenario)
{
    const struct writing *writing = context;
    causes_begin(writing->causes, writing->arena, scenario,
                 writing->command->campaign.config.store);
    const struct trial *hardened = &writing->causes->hardened;
    return hardened->failure_count <= TRIAL_FAILURES_MAX &&
           !trial_fails_as(hardened, writing->signature);
}

static bool write_whole(const struct writing *writing, const struct scenario *scenario,
                        const char *note)
{
    size_t length = 0;
    const char *text = scenario_write(scenario, NULL, writing->memory, &length);
    return text != NULL ? write_file(writing->file, note, text) : no_memory();
}

/* Write the smallest scenario that fails so; the one that was given where none is found. */
static bool write_shrunk(struct writing *writing, const struct scenario *scenario)
{
    const struct shrink_config config = {
        .arena = writing->arena,
        .signature = writing->signature,
        .stop = stop_shrinking,
        .accepts = writing->file->defect == SCENARIO_NONE ? NULL : still_shows,
        .context = writing,
    };
    struct shrink_result result = {0};
    const struct scenario *shrunk = NULL;
    const char *wanted = signature_of(writing, scenario);
    snprintf(writing->signature, sizeof(writing->signature), "%s", wanted != NULL ? wanted : "");
    writing->until_ms = campaign_clock_ms() + SHRINK_MS_MAX;
    if (wanted != NULL && shrink_scenario(&config, scenario, &result) == SHRINK_OK) {
        shrunk = without_violates(result.scenario, writing->memory);
    }
    bool good = shrunk != NULL ? write_whole(writing, shrunk, NULL)
                               : write_whole(writing, scenario, not_smaller);
    shrink_result_free(&result);
    return good;
}

/* Write the scenario of a file, the smallest that fails so if that is wanted. */
static bool write_one(const struct campaign_command *command, uint32_t number, bool shrinks)
{
    size_t arena_size;
    struct writing writing = {
        .command = command,
        .file = &command->files_out[number],
        .maker = subject_maker_create(&command->subject),
        .memory = scenario_memory_create(NULL, NULL),
        .arena = shrinks ? replay_arena_create(&arena_size) : NULL,
        .causes = calloc(1, sizeof(*writing.causes)),
    };
    struct scenario *scenario = NULL;
    bool good = false;
    if (writing.maker != NULL && writing.memory != NULL && writing.causes != NULL) {
        scenario = subject_make(writing.maker, writing.file->item, writing.memory);
    }
    if (scenario == NULL) {
        no_memory();
    } else {
        if (writing.file->defect != SCENARIO_NONE) {
            scenario->world.defects = UINT64_C(1) << writing.file->defect;
        }
        good = writing.arena != NULL
                   ? write_shrunk(&writing, scenario)
                   : write_whole(&writing, scenario, command->no_shrink ? NULL : not_smaller);
    }
    free(writing.causes);
    arena_destroy(writing.arena);
    subject_maker_destroy(writing.maker);
    scenario_memory_destroy(writing.memory);
    return good;
}

/* ---- Processes ------------------------------------------------------------------------------ */

/* Shrinking runs the scenario again and again in a process of its own: what crashes there, or
 * cannot be had, costs only the shrinking. */
static pid_t start_one(const struct campaign_command *command, uint32_t number)
{
    bool shrinks = !command->no_shrink && !command->files_out[number].crashed &&
                   *command->campaign.config.interrupted == 0;
    pid_t pid = shrinks ? fork() : -1;
    if (pid == 0) {
        _exit(write_one(command, number, true) ? COMMAND_HELD : COMMAND_TROUBLE);
    }
    return pid;
}

static bool end_one(const struct campaign_command *command, uint32_t number, pid_t pid)
{
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == COMMAND_HELD) {
        return true;
    }
    /* The other process has said why it could not write. */
    bool told = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == COMMAND_TROUBLE;
    return !told && write_one(command, number, false);
}

bool campaign_write_files(struct campaign_command *command)
{
    if (!list_files(command)) {
        return no_memory();
    }
    uint32_t count = command->file_out_count;
    uint32_t jobs = command->campaign.config.jobs;
    bool good = true;
    pid_t *pids = calloc((size_t)count + 1, sizeof(*pids));
    if (pids == NULL) {
        return no_memory();
    }
    uint32_t started = 0;
    for (uint32_t i = 0; i < count; i++) {
        while (started < count && started < i + jobs) {
            pids[started] = start_one(command, started);
            started++;
        }
        good = end_one(command, i, pids[i]) && good;
    }
    free(pids);
    return good;
}

void campaign_forget_files(struct campaign_command *command)
{
    for (uint32_t i = 0; i < command->file_out_count; i++) {
        case_text_free(&command->files_out[i].path);
    }
    free(command->files_out);
    command->files_out = NULL;
    command->file_out_count = 0;
}

bool campaign_prepare_out(const char *folder)
{
    struct stat status;
    if (mkdir(folder, 0777) == 0 ||
        (errno == EEXIST && stat(folder, &status) == 0 && S_ISDIR(status.st_mode))) {
        return true;
    }
    console_error("%s: %s", folder, errno == EEXIST ? "is there, and no folder" : strerror(errno));
    return false;
}
