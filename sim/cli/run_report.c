/* run_report.c: what a person sees of a run. Places begin their line, so that an editor can go
 * there. */
#include "sim/cli/run_report.h"

#include "sim/cli/console.h"
#include "sim/engine/sim_time.h"
#include "sim/scenario/vocabulary.h"

#include <inttypes.h>

bool run_failure_is_expected(const struct scenario *scenario,
                             const struct simulation_failure *failure)
{
    if (failure->expectation) {
        return false;
    }
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const struct scenario_expectation *expectation = &scenario->expectations[i];
        if (expectation->kind == SCENARIO_EXPECT_VIOLATES &&
            expectation->name == failure->invariant) {
            return true;
        }
    }
    return false;
}

static void report_failure(const char *file, const struct simulation_failure *failure)
{
    char time[SIM_TIME_TEXT_MAX];
    struct case_text line = {0};
    sim_time_format_ms(failure->time, time, sizeof(time)); /* as the trace has it */
    case_text_add(&line, "%s:", file);
    if (failure->position.line != 0) {
        case_text_add(&line, "%u:%u:", failure->position.line, failure->position.column);
    }
    if (!failure->expectation) {
        case_text_add(&line, " %s:", invariant_vocabulary[failure->invariant].name);
    }
    case_text_add(&line, " %s (at %s%s", failure->message,
                  failure->expectation ? "the end of the story, " : "", time);
    if (failure->count > 1) {
        case_text_add(&line, ", %" PRIu64 " times", failure->count);
    }
    console_result("%s)", case_text_bytes(&line));
    case_text_free(&line);
}

static bool is_broken(const struct simulation *simulation, uint32_t invariant)
{
    for (uint32_t i = 0; i < simulation_failure_count(simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(simulation, i);
        if (!failure->expectation && failure->invariant == invariant) {
            return true;
        }
    }
    return false;
}

void run_each_unbroken(const struct run_outcome *outcome, run_tell_unbroken *tell, void *context)
{
    const struct scenario *scenario = outcome->scenario;
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        const struct scenario_expectation *expectation = &scenario->expectations[i];
        if (expectation->kind == SCENARIO_EXPECT_VIOLATES &&
            !is_broken(outcome->simulation, expectation->name)) {
            struct case_text message = {0};
            case_text_add(&message, "expected invariant %s to be broken, it was not",
                          invariant_vocabulary[expectation->name].name);
            tell(context, outcome, expectation->position, case_text_bytes(&message));
            case_text_free(&message);
        }
    }
}

static void report_unbroken(void *context, const struct run_outcome *outcome,
                            struct scenario_position position, const char *message)
{
    (void)context;
    console_result("%s:%u:%u: %s", outcome->file, position.line, position.column, message);
}

static void report_run(const struct run_outcome *outcome, bool colours)
{
    char time[SIM_TIME_TEXT_MAX];
    const struct simulation_counts counts = simulation_counts(outcome->simulation);
    bool held = outcome->verdict == RUN_HELD;
    sim_time_format(counts.end_time, time, sizeof(time));
    console_result("%s%s%s  %s  %s  (%" PRIu64 " event%s, %s)",
                   !colours ? ""
                   : held   ? "\033[32m"
                            : "\033[1;31m",
                   held ? "ok" : "FAILED", colours ? "\033[0m" : "", outcome->file,
                   outcome->scenario->name, counts.events, counts.events == 1 ? "" : "s", time);
    uint32_t failures = held ? 0 : simulation_failure_count(outcome->simulation);
    for (uint32_t i = 0; i < failures; i++) {
        const struct simulation_failure *failure = simulation_failure(outcome->simulation, i);
        if (!run_failure_is_expected(outcome->scenario, failure)) {
            report_failure(outcome->file, failure);
        }
    }
    if (!held) {
        run_each_unbroken(outcome, report_unbroken, NULL);
    }
    if (outcome->parted != NULL) {
        console_result("%s: %s", outcome->file, outcome->parted);
    }
}

void run_report_outcome(const struct run_outcome *outcome, bool colours)
{
    if (outcome->verdict == RUN_INVALID || outcome->verdict == RUN_TROUBLE) {
        return; /* an error, and it was said as one */
    }
    report_run(outcome, colours);
    if (outcome->note != NULL) {
        console_result("%s:%u:%u: note: %s", outcome->file, outcome->note_position.line,
                       outcome->note_position.column, outcome->note);
    }
    if (outcome->verdict == RUN_FAILED) {
        if (outcome->used_up != NULL) {
            console_result("note: this run began with what was in %s before; again, then, with a "
                           "copy of that",
                           outcome->used_up);
        }
        console_result("again: %s", outcome->again);
    }
}

void run_report_end(const struct run_counts *counts, const struct run_missing *missing)
{
    struct case_text line = {0};
    for (uint32_t i = 0; i < missing->count; i++) {
        console_result("mark %s was reached by no scenario", missing->names[i]);
    }
    case_text_add(&line, "%" PRIu64 " scenario%s held, %" PRIu64 " failed", counts->held,
                  counts->held == 1 ? "" : "s", counts->failed);
    if (counts->invalid > 0) {
        case_text_add(&line, ", %" PRIu64 " not %s", counts->invalid,
                      counts->invalid == 1 ? "a scenario" : "scenarios");
    }
    if (counts->trouble > 0) {
        case_text_add(&line, ", %" PRIu64 " could not be run", counts->trouble);
    }
    console_result("%s", case_text_bytes(&line));
    case_text_free(&line);
}
