/* run_scenario.c: one scenario of a `dirsim run`: read it, run it once or twice, hand what came of
 * it to the reports. */
#include "sim/cli/console.h"
#include "sim/cli/run.h"
#include "sim/cli/scenario_load.h"
#include "sim/cli/trace_compare.h"
#include "sim/scenario/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SINK_BYTES 65536u

/* ---- Where the trace goes ------------------------------------------------------------------ */

enum sink_mode {
    SINK_TRACE,  /* to where --trace says */
    SINK_FIRST,  /* there, if it says so, and kept for comparing */
    SINK_SECOND, /* only compared */
};

struct sink {
    struct run *run;
    enum sink_mode mode;
    struct trace_compare *compare;
};

static bool write_trace(struct run *run, const char *text, size_t length)
{
    if (run->trace_file != NULL) {
        return output_file_write(run->trace_file, text, length);
    }
    console_write(text, length);
    return !console_output_failed();
}

static bool take_trace(void *context, const char *text, size_t length)
{
    struct sink *sink = context;
    if (sink->mode == SINK_SECOND) {
        trace_compare_against(sink->compare, text, length);
        return true;
    }
    if (sink->mode == SINK_FIRST && !trace_compare_keep(sink->compare, text, length)) {
        return false;
    }
    return !sink->run->trace.given || write_trace(sink->run, text, length);
}

/* Where a trace of many scenarios comes to the next one. It has no path, so that the same story
 * leaves the same trace wherever its file is. */
static bool write_heading(struct run *run, const struct scenario *scenario)
{
    if (!run->trace.given) {
        return true;
    }
    struct case_text line = {0};
    case_text_add(&line, "== %s (seed %" PRIu64 ")\n", scenario->name, scenario->seed);
    bool good = write_trace(run, case_text_bytes(&line), line.length);
    case_text_free(&line);
    return good;
}

/* ---- What is told -------------------------------------------------------------------------- */

static void make_again(const struct run *run, const struct run_outcome *outcome,
                       struct case_text *line)
{
    case_text_add(line, "dirsim run --seed %" PRIu64 " --store", outcome->scenario->seed);
    /* A new database file is used up by the run: what began from nothing is run again so. */
    bool from_nothing = run->store == REPLAY_STORE_FILE && !run->store_was_there;
    console_shell_word(line, from_nothing ? "sqlite" : run_store_name(run));
    if (run->faithful) {
        console_shell_word(line, "--faithful");
    }
    for (size_t i = 0; i < run->defect_names.count; i++) {
        console_shell_word(line, "--defect");
        console_shell_word(line, run->defect_names.values[i]);
    }
    if (outcome->parted != NULL) {
        console_shell_word(line, "--twice");
    }
    console_shell_file(line, outcome->file);
}

static void report_to_ci(struct run *run, const struct run_outcome *outcome)
{
    if (run->junit.given) {
        run_junit_outcome(&run->junit_report, outcome);
    }
    if (run->tap.given) {
        run_tap_outcome(&run->tap_report, outcome);
    }
    if (run->sarif.given) {
        run_sarif_outcome(&run->sarif_report, outcome);
    }
    if (run->github) {
        run_github_outcome(outcome);
    }
}

static void report(struct run *run, const struct run_outcome *outcome)
{
    switch (outcome->verdict) {
    case RUN_HELD:
        run->counts.held++;
        break;
    case RUN_FAILED:
        run->counts.failed++;
        run->status = command_worse(run->status, COMMAND_FAILED);
        break;
    case RUN_INVALID:
        run->counts.invalid++;
        run->status = command_worse(run->status, COMMAND_USAGE);
        for (uint32_t i = 0; i < outcome->problem_count; i++) {
            console_place(outcome->file, &outcome->problems[i]);
        }
        break;
    case RUN_TROUBLE:
        run->counts.trouble++;
        run->status = COMMAND_TROUBLE;
        console_error("%s: %s", outcome->file, outcome->trouble);
        break;
    }
    if (run->json) {
        run_json_outcome(&run->json_report, outcome);
    } else if (!run_is_tap(run)) {
        run_report_outcome(outcome, run->colours);
    }
    report_to_ci(run, outcome);
}

/* The first recorded choice that the run had no use for, or could not take. */
static void note_mismatch(const struct replay *replay, struct run_outcome *outcome,
                          struct case_text *note)
{
    struct choices_mismatch mismatch;
    if (!choices_first_mismatch(replay->choices, &mismatch)) {
        return;
    }
    const struct scenario_choice *choice = &outcome->scenario->choices[mismatch.entry];
    if (mismatch.kind == CHOICES_OUT_OF_RANGE) {
        case_text_add(note,
                      "the recorded choice '%s' is %" PRIu64 ", and was to be below %" PRIu64
                      ": the seed chose",
                      choice->site, mismatch.value, mismatch.n);
    } else {
        case_text_add(note, "the recorded choice '%s' was never asked for", choice->site);
    }
    outcome->note = case_text_bytes(note);
    outcome->note_position = choice->position;
}

/* The simulation is at its end. */
static void report_run(struct run *run, const struct replay *replay,
                       const struct scenario *scenario, const char *path, const char *parted)
{
    struct case_text again = {0};
    struct case_text note = {0};
    struct run_outcome outcome = {
        .verdict = simulation_held(replay->simulation) && parted == NULL ? RUN_HELD : RUN_FAILED,
        .file = path,
        .scenario = scenario,
        .simulation = replay->simulation,
        .parted = parted,
    };
    make_again(run, &outcome, &again);
    outcome.again = case_text_bytes(&again);
    outcome.used_up =
        run->store == REPLAY_STORE_FILE && run->store_was_there ? run->store_option.value : NULL;
    note_mismatch(replay, &outcome, &note);
    for (uint32_t i = 0; i < mark_vocabulary_count; i++) {
        run->marks[i] = run->marks[i] || simulation_mark(replay->simulation, i);
    }
    coverage_merge(&run->seen, simulation_coverage(replay->simulation));
    report(run, &outcome);
    case_text_free(&again);
    case_text_free(&note);
}

static void report_invalid(struct run *run, const char *path,
                           const struct scenario_problem *problems, uint32_t count)
{
    const struct run_outcome outcome = {
        .verdict = RUN_INVALID,
        .file = path,
        .problems = problems,
        .problem_count = count,
    };
    report(run, &outcome);
}

static void report_trouble(struct run *run, const char *path, const char *trouble)
{
    const struct run_outcome outcome = {.verdict = RUN_TROUBLE, .file = path, .trouble = trouble};
    report(run, &outcome);
}

/* The simulation did not come to its end. */
static void report_broken(struct run *run, const struct replay *replay,
                          const struct scenario *scenario, const char *path,
                          enum replay_status status, bool no_memory_for_trace)
{
    struct case_text text = {0};
    struct scenario_problem problem;
    switch (status) {
    case REPLAY_OK:
        break;
    case REPLAY_NO_MEMORY:
        case_text_add(&text, "out of memory: a run may use %zu MiB", run->arena_size >> 20);
        report_trouble(run, path, case_text_bytes(&text));
        break;
    case REPLAY_STORE_ERROR:
        case_text_add(&text, "%s", replay->message);
        report_trouble(run, path, case_text_bytes(&text));
        break;
    case REPLAY_SINK_FAILED:
        /* Why was said when it was written; the trace is not whole, so there is none. */
        if (no_memory_for_trace) {
            report_trouble(run, path, "out of memory for the trace of the first run");
        }
        run->status = COMMAND_TROUBLE;
        run->stopped = true;
        break;
    case REPLAY_BAD_CHOICE:
        case_text_add(&text, "'%s' %s", scenario->choices[replay->bad_choice].site,
                      replay->message);
        problem = (struct scenario_problem){scenario->choices[replay->bad_choice].position,
                                            case_text_bytes(&text)};
        report_invalid(run, path, &problem, 1);
        break;
    }
    case_text_free(&text);
}

/* ---- Running ------------------------------------------------------------------------------- */

/* One run, with its trace into `mode`. */
static enum replay_status run_into(struct run *run, struct replay *replay,
                                   const struct scenario *scenario, enum sink_mode mode,
                                   struct trace_compare *compare)
{
    struct sink sink = {.run = run, .mode = mode, .compare = compare};
    const struct trace_sink trace_sink = {
        .context = &sink, .write = take_trace, .buffer_bytes = SINK_BYTES};
    const struct replay_config config = {
        .scenario = scenario,
        .store = run->store,
        .store_file = run->store_option.value,
        .sink = mode != SINK_TRACE || run->trace.given ? &trace_sink : NULL,
    };
    return replay_run(replay, run->arena, &config);
}

static void run_loaded(struct run *run, const struct scenario *scenario, const char *path)
{
    struct replay replay;
    struct trace_compare compare = {0};
    struct case_text parted = {0};
    if (!write_heading(run, scenario)) {
        run->status = COMMAND_TROUBLE;
        run->stopped = true;
        return;
    }
    enum replay_status status =
        run_into(run, &replay, scenario, run->twice ? SINK_FIRST : SINK_TRACE, &compare);
    if (status == REPLAY_OK && run->twice) {
        replay_end(&replay);
        status = run_into(run, &replay, scenario, SINK_SECOND, &compare);
        trace_compare_describe(&compare, &parted);
    }
    if (status == REPLAY_OK) {
        report_run(run, &replay, scenario, path,
                   parted.length == 0 ? NULL : case_text_bytes(&parted));
    } else {
        report_broken(run, &replay, scenario, path, status, compare.failed);
    }
    replay_end(&replay);
    trace_compare_clear(&compare);
    case_text_free(&parted);
}

void run_scenario(struct run *run, const char *path)
{
    struct scenario_reading reading;
    enum command_exit status = scenario_load(path, &reading);
    if (status == COMMAND_USAGE) {
        report_invalid(run, path, reading.problems, reading.problem_count);
    } else if (status == COMMAND_TROUBLE) {
        report_trouble(run, path, reading.problems[0].message);
    } else {
        struct scenario *scenario = reading.scenario;
        if (run->seed.given) {
            scenario->seed = run->seed.value;
        }
        scenario->world.defects |= run->defects;
        run_loaded(run, scenario, path);
    }
    scenario_reading_free(&reading);
    run->stopped = run->stopped || console_output_failed();
}
