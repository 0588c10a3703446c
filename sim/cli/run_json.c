/* run_json.c: what came of a run, as one JSON object; dirsim-run(1) tells its members. */
#include "sim/cli/console.h"
#include "sim/cli/escape.h"
#include "sim/cli/run_coverage.h"
#include "sim/cli/run_report.h"
#include "sim/scenario/vocabulary.h"

#include <assert.h>
#include <inttypes.h>

static const char *verdict_name(enum run_verdict verdict)
{
    switch (verdict) {
    case RUN_HELD:
        return "held";
    case RUN_FAILED:
        return "failed";
    case RUN_INVALID:
        return "invalid";
    case RUN_TROUBLE:
        return "trouble";
    }
    return "?";
}

/* A member whose value is a string, with the comma before it. */
static void add_string(struct case_text *text, const char *name, const char *value)
{
    case_text_add(text, ",\"%s\":", name);
    escape_json(text, value);
}

static void add_problems(struct case_text *text, const struct run_outcome *outcome)
{
    case_text_add(text, ",\"problems\":[");
    for (uint32_t i = 0; i < outcome->problem_count; i++) {
        const struct scenario_problem *problem = &outcome->problems[i];
        case_text_add(text, "%s{\"line\":%u,\"column\":%u", i == 0 ? "" : ",",
                      problem->position.line, problem->position.column);
        add_string(text, "message", problem->message);
        case_text_add(text, "}");
    }
    case_text_add(text, "]");
}

static void add_failure(struct case_text *text, const struct run_outcome *outcome,
                        const struct simulation_failure *failure)
{
    const struct scenario *scenario = outcome->scenario;
    assert(scenario != NULL); /* it ran */
    const struct scenario_plan *plan =
        failure->plan < scenario->plan_count ? &scenario->plans[failure->plan] : NULL;
    bool has_step = plan != NULL && failure->step < plan->step_count;
    case_text_add(text, "{\"kind\":\"%s\"", failure->expectation ? "expectation" : "invariant");
    add_string(text, "invariant",
               failure->expectation ? NULL : invariant_vocabulary[failure->invariant].name);
    case_text_add(text, ",\"expected\":%s",
                  run_failure_is_expected(scenario, failure) ? "true" : "false");
    if (failure->position.line == 0) {
        case_text_add(text, ",\"line\":null,\"column\":null");
    } else {
        case_text_add(text, ",\"line\":%u,\"column\":%u", failure->position.line,
                      failure->position.column);
    }
    case_text_add(text, ",\"time_us\":%" PRIu64 ",\"count\":%" PRIu64, failure->time,
                  failure->count);
    add_string(text, "plan", plan == NULL ? NULL : plan->name);
    add_string(text, "step", has_step ? plan->steps[failure->step].name : NULL);
    add_string(text, "message", failure->message);
    case_text_add(text, "}");
}

static void add_unbroken(void *context, const struct run_outcome *outcome,
                         struct scenario_position position, const char *message)
{
    struct case_text *text = context;
    bool first = case_text_bytes(text)[text->length - 1] == '[';
    case_text_add(text,
                  "%s{\"kind\":\"expectation\",\"invariant\":null,\"expected\":false,\"line\":%u,"
                  "\"column\":%u,\"time_us\":%" PRIu64 ",\"count\":1,\"plan\":null,\"step\":null",
                  first ? "" : ",", position.line, position.column,
                  simulation_counts(outcome->simulation).end_time);
    add_string(text, "message", message);
    case_text_add(text, "}");
}

static void add_run(struct case_text *text, const struct run_outcome *outcome)
{
    const struct simulation_counts counts = simulation_counts(outcome->simulation);
    case_text_add(text,
                  ",\"events\":%" PRIu64 ",\"end_time_us\":%" PRIu64 ",\"faults\":%" PRIu64
                  ",\"store_calls\":%" PRIu64 ",\"trace_lines\":%" PRIu64
                  ",\"trace_hash\":\"%016" PRIx64 "\",\"failures\":[",
                  counts.events, counts.end_time, counts.faults, counts.store_calls,
                  counts.trace_lines, counts.trace_hash);
    uint32_t failures = simulation_failure_count(outcome->simulation);
    for (uint32_t i = 0; i < failures; i++) {
        case_text_add(text, "%s", i == 0 ? "" : ",");
        add_failure(text, outcome, simulation_failure(outcome->simulation, i));
    }
    if (outcome->verdict == RUN_FAILED) {
        run_each_unbroken(outcome, add_unbroken, text);
    }
    case_text_add(text, "],\"marks\":[");
    bool first = true;
    for (uint32_t i = 0; i < mark_vocabulary_count; i++) {
        if (simulation_mark(outcome->simulation, i)) {
            case_text_add(text, "%s", first ? "" : ",");
            escape_json(text, mark_vocabulary[i].name);
            first = false;
        }
    }
    case_text_add(text, "]");
    add_string(text, "parted", outcome->parted);
    add_string(text, "note", outcome->note);
}

void run_json_outcome(struct run_json *json, const struct run_outcome *outcome)
{
    struct case_text *text = &json->scenarios;
    case_text_add(text, "%s{\"file\":", text->length == 0 ? "" : ",\n");
    escape_json(text, outcome->file);
    case_text_add(text, ",\"verdict\":\"%s\"", verdict_name(outcome->verdict));
    if (outcome->scenario != NULL) {
        add_string(text, "scenario", outcome->scenario->name);
        /* As text: a seed has 64 bits, a number of many a JSON reader 53. */
        case_text_add(text, ",\"seed\":\"%" PRIu64 "\"", outcome->scenario->seed);
        add_string(text, "again", outcome->again);
    }
    if (outcome->verdict == RUN_INVALID) {
        add_problems(text, outcome);
    }
    if (outcome->verdict == RUN_TROUBLE) {
        add_string(text, "trouble", outcome->trouble);
    }
    if (outcome->simulation != NULL) {
        add_run(text, outcome);
    }
    case_text_add(text, "}");
}

void run_json_abandon(struct run_json *json)
{
    case_text_free(&json->scenarios);
}

bool run_json_end(struct run_json *json, bool held, const char *store,
                  const struct run_counts *counts, const struct run_missing *missing,
                  const struct coverage *coverage)
{
    struct case_text text = {0};
    case_text_add(&text, "{\"dirsim\":\"%d.%d\",\"held\":%s,\"store\":", DIRECTOR_VERSION_MAJOR,
                  DIRECTOR_VERSION_MINOR, held ? "true" : "false");
    escape_json(&text, store);
    case_text_add(&text,
                  ",\"counts\":{\"held\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"invalid\":%" PRIu64
                  ",\"trouble\":%" PRIu64 "},\"missing_marks\":[",
                  counts->held, counts->failed, counts->invalid, counts->trouble);
    for (uint32_t i = 0; i < missing->count; i++) {
        case_text_add(&text, "%s", i == 0 ? "" : ",");
        escape_json(&text, missing->names[i]);
    }
    case_text_add(&text, "]");
    if (coverage != NULL) {
        case_text_add(&text, ",\n\"coverage\":");
        run_coverage_json(&text, coverage);
    }
    case_text_add(&text, ",\n\"scenarios\":[\n");
    bool good = !text.failed && !json->scenarios.failed;
    if (good) {
        console_write(case_text_bytes(&text), text.length);
        console_write(case_text_bytes(&json->scenarios), json->scenarios.length);
        console_write("\n]}\n", 4);
    }
    case_text_free(&text);
    run_json_abandon(json);
    return good;
}
