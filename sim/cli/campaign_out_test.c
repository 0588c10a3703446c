/* campaign_out_test.c: the file of a defect says when its scenario is as it was found. */
#include "sim/cli/campaign.h"

#include "sim/scenario/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define NOTE "# as it was found: none was made that is smaller\n"
#define DEFECT "unsaved-move-stands"

static const char story[] = "scenario: two plans, and a save that fails\n"
                            "plans: {one: {run: [a, b]}, two: {run: c}}\n"
                            "events: [{at: 0ms, start: one}, {at: 0ms, start: two}]\n"
                            "faults: [{on: save_plan, plan: two, to: stopped, error: busy}]\n";

static uint32_t defect_number(void)
{
    uint32_t number = 0;
    while (number < defect_vocabulary_count &&
           strcmp(defect_vocabulary[number].name, DEFECT) != 0) {
        number++;
    }
    assert_true(number < defect_vocabulary_count);
    return number;
}

/* What a campaign that found the story to show the defect writes. */
static void write_defect(bool no_shrink, sig_atomic_t interrupted, char *text, size_t size)
{
    char folder[] = "/tmp/campaign_out_test.XXXXXX";
    struct scenario_reading reading;
    volatile sig_atomic_t signal = interrupted;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(scenario_read_bytes("s.yaml", story, sizeof(story) - 1, &reading),
                     SCENARIO_READ_OK);
    const struct scenario *const bases[] = {reading.scenario};
    struct campaign_command *command = calloc(1, sizeof(*command));
    assert_non_null(command);
    command->out.value = folder;
    command->no_shrink = no_shrink;
    command->subject = (struct subject){.kind = SUBJECT_GIVEN, .bases = bases, .base_count = 1};
    command->campaign.config.jobs = 1;
    command->campaign.config.interrupted = &signal;
    campaign_note_defect(&command->campaign, defect_number(), 0, 0);
    assert_true(campaign_write_files(command));
    assert_int_equal(command->file_out_count, 1);
    const char *path = case_text_bytes(&command->files_out[0].path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
    unlink(path);
    rmdir(folder);
    campaign_forget_files(command);
    campaign_free(&command->campaign);
    free(command);
    scenario_reading_free(&reading);
}

static void a_scenario_that_was_made_smaller_has_no_note(void **state)
{
    (void)state;
    char text[4096];
    write_defect(false, 0, text, sizeof(text));
    assert_null(strstr(text, NOTE));
    assert_null(strstr(text, "run: [a, b]"));
    assert_non_null(strstr(text, "defects: [" DEFECT "]"));
}

/* A campaign that is cut off still writes its files, in no time. */
static void one_that_there_was_no_time_to_make_smaller_says_so(void **state)
{
    (void)state;
    char text[4096];
    write_defect(false, 2, text, sizeof(text));
    assert_ptr_equal(strstr(text, "# defect " DEFECT "\n" NOTE "# again: dirsim run "), text);
    assert_non_null(strstr(text, "run: [a, b]"));
    assert_non_null(strstr(text, "defects: [" DEFECT "]"));
}

static void one_that_was_not_to_be_made_smaller_has_no_note(void **state)
{
    (void)state;
    char text[4096];
    write_defect(true, 0, text, sizeof(text));
    assert_null(strstr(text, NOTE));
    assert_non_null(strstr(text, "run: [a, b]"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_that_was_made_smaller_has_no_note),
        cmocka_unit_test(one_that_there_was_no_time_to_make_smaller_says_so),
        cmocka_unit_test(one_that_was_not_to_be_made_smaller_has_no_note),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
