/* campaign_out.c: the files of `--out`: for each group of failures the smallest scenario
 * that fails so. */
#include "sim/cli/campaign.h"

#include "sim/cli/console.h"
#include "sim/cli/output_file.h"
#include "sim/scenario/scenario_writer.h"
#include "sim/search/shrink.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHRINK_MS_MAX 10000u /* of one group */
#define SLUG_MAX 90u         /* of a file's name, so that a person can still read the list */

struct shrinking {
    const volatile sig_atomic_t *interrupted;
    uint64_t until_ms;
};

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

/* Two groups may be called the same. */
static bool is_taken(const struct campaign_command *command, uint32_t group, const char *path)
{
    for (uint32_t i = 0; i < group; i++) {
        if (strcmp(case_text_bytes(&command->group_files[i]), path) == 0) {
            return true;
        }
    }
    return false;
}

static void name_file(struct campaign_command *command, uint32_t number)
{
    char slug[SLUG_MAX + 1];
    struct case_text *path = &command->group_files[number];
    make_slug(command->campaign.groups.groups[number].signature, slug);
    case_text_add(path, "%s/%s.yaml", command->out.value, slug);
    for (uint32_t i = 2; is_taken(command, number, case_text_bytes(path)); i++) {
        case_text_clear(path);
        case_text_add(path, "%s/%s-%u.yaml", command->out.value, slug, i);
    }
}

static bool no_memory(void)
{
    console_no_memory();
    return false;
}

static bool write_file(const char *path, const struct group *group, const char *text, size_t length)
{
    struct case_text head = {0};
    case_text_add(&head, "# %s\n# again: dirsim run", group->signature);
    console_shell_file(&head, path);
    case_text_add(&head, "\n");
    struct output_file *file = output_file_open(path);
    bool good = file != NULL && !head.failed &&
                output_file_write(file, case_text_bytes(&head), head.length) &&
                output_file_write(file, text, length);
    case_text_free(&head);
    if (file == NULL) {
        return false;
    }
    if (!good) {
        output_file_abandon(file);
        return false;
    }
    return output_file_commit(file);
}

static bool stop_shrinking(void *context)
{
    const struct shrinking *shrinking = context;
    return *shrinking->interrupted != 0 || campaign_clock_ms() > shrinking->until_ms;
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

/* Write the group's scenario, the smallest that fails so where it can be made smaller. */
static bool write_group(const struct campaign_command *command, uint32_t number, bool shrink)
{
    const struct group *group = &command->campaign.groups.groups[number];
    const char *path = case_text_bytes(&command->group_files[number]);
    struct subject_maker *maker = subject_maker_create(&command->subject);
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    const struct scenario *scenario =
        maker != NULL && memory != NULL ? subject_make(maker, group->smallest_item, memory) : NULL;
    struct shrinking shrinking = {.interrupted = command->campaign.config.interrupted,
                                  .until_ms = campaign_clock_ms() + SHRINK_MS_MAX};
    size_t arena_size;
    struct arena *arena = shrink ? replay_arena_create(&arena_size) : NULL;
    const struct shrink_config config = {.arena = arena,
                                         .signature = group->signature,
                                         .stop = stop_shrinking,
                                         .context = &shrinking};
    struct shrink_result result = {0};
    if (arena != NULL && scenario != NULL &&
        shrink_scenario(&config, scenario, &result) == SHRINK_OK) {
        scenario = without_violates(result.scenario, memory);
    }
    size_t length = 0;
    const char *text = scenario != NULL ? scenario_write(scenario, NULL, memory, &length) : NULL;
    bool good = text != NULL ? write_file(path, group, text, length) : no_memory();
    shrink_result_free(&result);
    arena_destroy(arena);
    subject_maker_destroy(maker);
    scenario_memory_destroy(memory);
    return good;
}

/* ---- Processes ------------------------------------------------------------------------------ */

/* Shrinking runs the scenario again and again in a process of its own: what crashes there, or
 * cannot be had, costs only the shrinking. */
static pid_t start_group(const struct campaign_command *command, uint32_t number)
{
    bool shrink = !command->no_shrink && !command->campaign.groups.groups[number].crashed &&
                  *command->campaign.config.interrupted == 0;
    pid_t pid = shrink ? fork() : -1;
    if (pid == 0) {
        _exit(write_group(command, number, true) ? COMMAND_HELD : COMMAND_TROUBLE);
    }
    return pid;
}

static bool end_group(const struct campaign_command *command, uint32_t number, pid_t pid)
{
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == COMMAND_HELD) {
        return true;
    }
    /* The other process has said why it could not write. */
    bool told = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == COMMAND_TROUBLE;
    return !told && write_group(command, number, false);
}

bool campaign_write_files(struct campaign_command *command)
{
    uint32_t count = command->campaign.groups.count;
    uint32_t jobs = command->campaign.config.jobs;
    bool good = true;
    pid_t *pids = calloc(count, sizeof(*pids));
    if (pids == NULL) {
        return no_memory();
    }
    for (uint32_t i = 0; i < count; i++) {
        name_file(command, i);
    }
    uint32_t started = 0;
    for (uint32_t i = 0; i < count; i++) {
        while (started < count && started < i + jobs) {
            pids[started] = start_group(command, started);
            started++;
        }
        good = end_group(command, i, pids[i]) && good;
    }
    free(pids);
    return good;
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
