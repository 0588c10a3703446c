/* campaign_database.c: `--db` and `--merge`: what a campaign is about, as the text that its results
 * are kept under, and the keeping. */
#include "sim/cli/campaign.h"

#include "sim/cli/console.h"
#include "sim/scenario/generator.h"
#include "sim/scenario/scenario_writer.h"
#include "sim/scenario/vocabulary.h"
#include "sim/search/results_merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define SAVE_MS 1000u /* a cut costs no more than so much of a campaign */

/* ---- What it is about ----------------------------------------------------------------------- */

static void add_defects(uint64_t defects, struct case_text *subject)
{
    case_text_add(subject, "defects");
    for (uint32_t i = 0; i < defect_vocabulary_count; i++) {
        if ((defects & UINT64_C(1) << i) != 0) {
            case_text_add(subject, " %s", defect_vocabulary[i].name);
        }
    }
    case_text_add(subject, "%s\n", defects == 0 ? " none" : "");
}

/* A file counts as the same when it says the same, whatever its comments. */
static bool add_file(const struct campaign_command *command, uint32_t base,
                     struct scenario_memory *memory, struct case_text *subject)
{
    size_t length = 0;
    scenario_memory_clear(memory);
    const char *text = scenario_write(command->bases[base], NULL, memory, &length);
    if (text == NULL) {
        return false;
    }
    case_text_add(subject, "%s %016" PRIx64 "\n", command->files.paths[base],
                  (uint64_t)XXH3_64bits(text, length));
    return true;
}

static bool make_subject(const struct campaign_command *command, struct case_text *subject)
{
    static const char *const kinds[] = {
        [SUBJECT_GIVEN] = "given",
        [SUBJECT_DISTURBED] = "disturbed",
        [SUBJECT_GENERATED] = "generated",
    };
    struct scenario_memory *memory = scenario_memory_create(NULL, NULL);
    bool good = memory != NULL;
    case_text_add(subject, "%s, generator %u, store %s\n", kinds[command->subject.kind],
                  SCENARIO_GENERATOR_VERSION,
                  command->campaign.config.store == REPLAY_STORE_MEMORY ? "memory" : "sqlite");
    add_defects(command->subject.defects, subject);
    for (uint32_t i = 0;
         good && command->subject.kind != SUBJECT_GENERATED && i < command->subject.base_count;
         i++) {
        good = add_file(command, i, memory, subject);
    }
    scenario_memory_destroy(memory);
    if (!good || subject->failed) {
        console_no_memory();
        return false;
    }
    return true;
}

/* ---- Keeping -------------------------------------------------------------------------------- */

bool campaign_open_database(struct campaign_command *command)
{
    char message[RESULTS_MESSAGE_MAX];
    if (!command->db.given) {
        return true;
    }
    if (!make_subject(command, &command->subject_text)) {
        return false;
    }
    command->results = results_open(command->db.value, RESULTS_CONTINUE, message, sizeof(message));
    if (command->results == NULL) {
        console_error("%s", message);
        return false;
    }
    if (!results_load(command->results, case_text_bytes(&command->subject_text),
                      &command->campaign)) {
        console_error("%s", results_message(command->results));
        return false;
    }
    return true;
}

bool campaign_save(struct campaign_command *command, bool now)
{
    const struct campaign *campaign = &command->campaign;
    if (command->results == NULL || command->save_failed ||
        (!now && campaign->elapsed_ms - command->saved_ms < SAVE_MS)) {
        return !command->save_failed;
    }
    command->saved_ms = campaign->elapsed_ms;
    if (results_save(command->results, case_text_bytes(&command->subject_text), campaign)) {
        return true;
    }
    command->save_failed = true;
    campaign_clear_progress(command);
    console_error("%s", results_message(command->results));
    return false;
}

/* What a file of ours says; NULL: it cannot be read, and that was said. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, SCENARIO_FILE_BYTES_MAX + 1);
    bool good = file != NULL && text != NULL;
    if (good) {
        size_t length = fread(text, 1, SCENARIO_FILE_BYTES_MAX, file);
        good = ferror(file) == 0 && strlen(text) == length;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (!good) {
        console_error("%s: what was written there cannot be read back", path);
        free(text);
        return NULL;
    }
    return text;
}

bool campaign_keep_files(struct campaign_command *command)
{
    bool good = true;
    for (uint32_t i = 0; good && command->results != NULL && i < command->file_out_count; i++) {
        const struct campaign_file *file = &command->files_out[i];
        const char *path = case_text_bytes(&file->path);
        char *text = read_file(path);
        good = text != NULL;
        if (good && !results_keep_file(command->results, case_text_bytes(&command->subject_text),
                                       file->title, path, text)) {
            console_error("%s", results_message(command->results));
            good = false;
        }
        free(text);
    }
    return good;
}

void campaign_close_database(struct campaign_command *command)
{
    results_close(command->results);
    case_text_free(&command->subject_text);
}

/* ---- Merging -------------------------------------------------------------------------------- */

static void report_merged(struct results *results, uint32_t index)
{
    struct campaign campaign = {0};
    const char *subject = results_subject(results, index);
    if (subject == NULL || !results_load(results, subject, &campaign)) {
        console_error("%s", results_message(results));
        campaign_free(&campaign);
        return;
    }
    int first_line = (int)strcspn(subject, "\n");
    groups_sort(&campaign.groups);
    for (uint32_t i = 0; i < campaign.groups.count; i++) {
        const struct group *group = &campaign.groups.groups[i];
        console_result("FAILED  %s  %" PRIu64 " run%s", group->signature, group->count,
                       group->count == 1 ? "" : "s");
    }
    console_result("%.*s: %" PRIu64 " runs, %" PRIu64 " failed in %u group%s", first_line, subject,
                   campaign.totals.runs, campaign.totals.failed, campaign.groups.count,
                   campaign.groups.count == 1 ? "" : "s");
    campaign_free(&campaign);
}

static enum command_exit merge_all(struct results *into, int count, char **paths)
{
    char message[RESULTS_MESSAGE_MAX];
    for (int i = 0; i < count; i++) {
        enum merge_status status = results_merge(into, paths[i], message, sizeof(message));
        if (status != MERGE_OK) {
            console_error("%s", message);
            return status == MERGE_OVERLAP ? COMMAND_USAGE : COMMAND_TROUBLE;
        }
    }
    return COMMAND_HELD;
}

enum command_exit campaign_merge(const char *path, int count, char **paths)
{
    char message[RESULTS_MESSAGE_MAX];
    uint32_t subjects = 0;
    if (count < 1) {
        console_error("--merge wants the databases to merge: dirsim campaign --merge A.db B.db "
                      "-o ALL.db");
        return COMMAND_USAGE;
    }
    struct results *into = results_open(path, RESULTS_CREATE, message, sizeof(message));
    if (into == NULL) {
        console_error("%s", message);
        return COMMAND_TROUBLE;
    }
    enum command_exit status = merge_all(into, count, paths);
    if (status == COMMAND_HELD && results_subject_count(into, &subjects)) {
        for (uint32_t i = 0; i < subjects; i++) {
            report_merged(into, i);
        }
    }
    results_close(into);
    if (status != COMMAND_HELD) {
        unlink(path);
    }
    return status;
}
