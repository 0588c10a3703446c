/* shrink.c: `dirsim shrink`, which writes the smallest scenario that fails as the given one does.
 * The file goes to standard output, or to -o FILE; what is told of it goes to standard error. */
#include "sim/search/shrink.h"

#include "sim/cli/console.h"
#include "sim/cli/defect_options.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/one_scenario.h"
#include "sim/cli/output_file.h"

#include <inttypes.h>
#include <string.h>

struct shrink_command {
    struct option_text output;
    struct option_number seed;
    struct option_number runs;
    struct option_text invariant;
    struct option_list defect_names;
    uint64_t defects;
    bool faithful;
    bool verbose;
};

/* ---- What is told --------------------------------------------------------------------------- */

static void add_count(struct case_text *text, const char *before, uint32_t count, const char *noun)
{
    case_text_add(text, "%s%u %s%s", before, count, noun, count == 1 ? "" : "s");
}

static void add_size(struct case_text *text, const struct shrink_size *size)
{
    add_count(text, "", size->plans, "plan");
    add_count(text, ", ", size->steps, "step");
    add_count(text, ", ", size->events, "event");
    add_count(text, ", ", size->faults, "fault");
    if (size->choices > 0) {
        add_count(text, ", ", size->choices, "choice");
    }
    case_text_add(text, " (%u line%s of them)", size->lines, size->lines == 1 ? "" : "s");
}

static void tell_attempt(void *context, const struct shrink_attempt *attempt)
{
    (void)context;
    if (!attempt->kept) {
        console_problem("no   %s", attempt->what);
        return;
    }
    struct case_text text = {0};
    add_size(&text, attempt->size);
    console_problem("yes  %s: %s", attempt->what, case_text_bytes(&text));
    case_text_free(&text);
}

static void tell_summary(const struct shrink_result *result)
{
    struct case_text before = {0};
    struct case_text after = {0};
    add_size(&before, &result->before);
    add_size(&after, &result->after);
    console_problem("fails: %s", result->signature);
    console_problem("before: %s", case_text_bytes(&before));
    console_problem("after:  %s", case_text_bytes(&after));
    console_problem("tried %" PRIu64 " scenario%s, %" PRIu64 " of them failed in the same way%s",
                    result->tried, result->tried == 1 ? "" : "s", result->kept,
                    result->finished ? "" : "; stopped before all was tried");
    case_text_free(&before);
    case_text_free(&after);
}

/* ---- Which failure -------------------------------------------------------------------------- */

static const char *invariant_name_at(const void *context, size_t index)
{
    (void)context;
    return invariant_vocabulary[index].name;
}

static bool invariant_is_known(const char *name)
{
    for (uint32_t i = 0; i < invariant_vocabulary_count; i++) {
        if (strcmp(invariant_vocabulary[i].name, name) == 0) {
            return true;
        }
    }
    const char *nearest =
        options_nearest(name, invariant_vocabulary_count, invariant_name_at, NULL);
    console_error("there is no invariant '%s'%s%s%s; 'dirsim list invariants' tells which there "
                  "are",
                  name, nearest == NULL ? "" : ", did you mean '", nearest == NULL ? "" : nearest,
                  nearest == NULL ? "" : "'?");
    return false;
}

/* The signature of the first failure of an invariant. False: it does not fail. */
static bool find_signature(struct arena *arena, const struct scenario *scenario, const char *name,
                           char signature[TRIAL_SIGNATURE_MAX])
{
    struct trial trial;
    trial_run(&trial, arena, scenario, REPLAY_STORE_MEMORY);
    for (uint32_t i = 0; trial.status == REPLAY_OK && i < trial.kept; i++) {
        const struct trial_failure *failure = &trial.failures[i];
        if (!failure->expectation &&
            strcmp(invariant_vocabulary[failure->invariant].name, name) == 0) {
            memcpy(signature, failure->signature, TRIAL_SIGNATURE_MAX);
            return true;
        }
    }
    return false;
}

/* ---- Shrinking ------------------------------------------------------------------------------ */

static enum command_exit report(const struct shrink_command *command, const char *path,
                                enum shrink_status status, const struct shrink_result *result)
{
    switch (status) {
    case SHRINK_OK: {
        if (!output_bytes(command->output.value, result->text, result->length)) {
            return COMMAND_TROUBLE;
        }
        tell_summary(result);
        return COMMAND_HELD;
    }
    case SHRINK_NOTHING_FAILS:
        console_error("%s: nothing fails in it, so there is nothing to shrink%s", path,
                      command->faithful || command->defects != 0
                          ? ""
                          : "; give --faithful or --defect if it fails only with that");
        return COMMAND_USAGE;
    case SHRINK_NO_SCENARIO:
        console_error("%s: cannot be written as a scenario: %s", path, result->message);
        return COMMAND_TROUBLE;
    case SHRINK_TROUBLE:
        console_error("%s: %s", path, result->message);
        return COMMAND_TROUBLE;
    case SHRINK_NO_MEMORY:
        break;
    }
    return console_no_memory();
}

static enum command_exit shrink_it(const void *context, const char *path, struct scenario *scenario,
                                   struct arena *arena)
{
    const struct shrink_command *command = context;
    char signature[TRIAL_SIGNATURE_MAX];
    struct shrink_result result;
    scenario->world.defects |= command->defects;
    scenario->seed = command->seed.given ? command->seed.value : scenario->seed;
    const struct shrink_config config = {
        .arena = arena,
        .signature = command->invariant.given ? signature : NULL,
        .runs_max = command->runs.given ? command->runs.value : 0,
        .stop = interrupt_came,
        .tell = command->verbose ? tell_attempt : NULL,
    };
    if (command->invariant.given &&
        !find_signature(arena, scenario, command->invariant.value, signature)) {
        console_error("%s: %s does not fail in it, so there is nothing to shrink", path,
                      command->invariant.value);
        return COMMAND_USAGE;
    }
    interrupt_watch();
    enum shrink_status status = shrink_scenario(&config, scenario, &result);
    enum command_exit answer = report(command, path, status, &result);
    shrink_result_free(&result);
    return answer;
}

enum command_exit command_shrink(int argc, char **argv)
{
    struct shrink_command shrink = {0};
    const struct option options[] = {
        {OPTION_TEXT, 'o', "output", "FILE", "write the smallest scenario there",
         .target.text = &shrink.output},
        {OPTION_FLAG, 'v', "verbose", NULL, "tell everything that is tried",
         .target.flag = &shrink.verbose},
        {OPTION_NUMBER, '\0', "seed", "N", "the seed, instead of the one in the file",
         .target.number = &shrink.seed},
        {OPTION_FLAG, '\0', "faithful", NULL, "with every known defect of Dynflow",
         .target.flag = &shrink.faithful},
        {OPTION_LIST, '\0', "defect", "NAME", "with this defect; may be given again",
         .target.list = &shrink.defect_names},
        {OPTION_TEXT, '\0', "invariant", "NAME", "shrink the failure of this invariant",
         .target.text = &shrink.invariant},
        {OPTION_NUMBER, '\0', "runs", "N", "try so many scenarios at most (20000)",
         .target.number = &shrink.runs},
    };
    const struct command command = {
        .name = "shrink",
        .operands = "FILE",
        .sentence = "Write the smallest scenario that fails in the same way as the one in FILE.",
        .options = options,
        .option_count = sizeof(options) / sizeof(options[0]),
    };
    enum command_exit answer;
    if (!one_scenario_parse(&command, argc, argv, &answer)) {
        return answer;
    }
    if (!defect_options_parse(shrink.faithful, &shrink.defect_names, &shrink.defects) ||
        (shrink.invariant.given && !invariant_is_known(shrink.invariant.value))) {
        return COMMAND_USAGE;
    }
    return one_scenario_do(argv[0], shrink_it, &shrink);
}
