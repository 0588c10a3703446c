/* campaign_out.c: the files of `--out`: for each group of failures one scenario that fails so. */
#include "sim/cli/campaign.h"

#include "sim/cli/console.h"
#include "sim/cli/output_file.h"
#include "sim/scenario/scenario_writer.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#define SLUG_MAX 90u /* of a file's name, so that a person can still read the list */

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

static bool write_group(struct campaign_command *command, struct subject_maker *maker,
                        struct scenario_memory *memory, uint32_t number)
{
    const struct group *group = &command->campaign.groups.groups[number];
    scenario_memory_clear(memory);
    const struct scenario *scenario = subject_make(maker, group->smallest_item, memory);
    size_t length = 0;
    const char *text = scenario != NULL ? scenario_write(scenario, NULL, memory, &length) : NULL;
    if (text == NULL) {
        console_no_memory();
        return false;
    }
    name_file(command, number);
    return write_file(case_text_bytes(&command->group_files[number]), group, text, length);
}

bool campaign_write_files(struct campaign_command *command)
{
    struct subject_maker *maker = subject_maker_create(&command->subject);
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    uint32_t count = command->campaign.groups.count;
    bool good = maker != NULL && memory != NULL;
    if (!good) {
        console_no_memory();
    }
    for (uint32_t i = 0; good && i < count; i++) {
        good = write_group(command, maker, memory, i);
    }
    subject_maker_destroy(maker);
    scenario_memory_destroy(memory);
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
