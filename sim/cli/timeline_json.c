/* timeline_json.c: a story as the JSON object that the page reads. An event is a row of 14 columns,
 * told in add_event. */
#include "sim/cli/escape.h"
#include "sim/cli/run_report.h"
#include "sim/cli/timeline_output.h"
#include "sim/scenario/vocabulary.h"

#include <inttypes.h>
#include <stdlib.h>

/* Who acts, in the order of their first event. */
struct actors {
    uint32_t *numbers;
    uint32_t count;
    uint32_t last; /* the place of the one before, who often is the next */
    bool failed;
};

static uint32_t actor_place(struct actors *actors, uint32_t actor)
{
    if (actors->last < actors->count && actors->numbers[actors->last] == actor) {
        return actors->last;
    }
    for (uint32_t i = 0; i < actors->count; i++) {
        if (actors->numbers[i] == actor) {
            return actors->last = i;
        }
    }
    uint32_t *grown = realloc(actors->numbers, (actors->count + 1u) * sizeof(*grown));
    if (grown == NULL) {
        actors->failed = true;
        return 0;
    }
    actors->numbers = grown;
    actors->numbers[actors->count] = actor;
    return actors->last = actors->count++;
}

static void add_member(struct case_text *text, const char *name, const char *value)
{
    case_text_add(text, ",\"%s\":", name);
    escape_json(text, value);
}

static void add_number(struct case_text *text, uint32_t number, uint32_t none)
{
    if (number == none) {
        case_text_add(text, ",-1");
    } else {
        case_text_add(text, ",%" PRIu32, number);
    }
}

static void add_word(struct case_text *text, const struct story *story, enum trace_word word,
                     uint64_t value)
{
    const char *name =
        word == TRACE_WORD_NONE ? NULL : story->names.word(story->names.context, word, value);
    case_text_add(text, ",");
    if (name == NULL || name[0] == '\0') {
        case_text_add(text, "0");
    } else {
        escape_json(text, name);
    }
}

/* line, time, kind, actor, plan, step, world, from, to, word, item, request, cause, source line */
static void add_event(struct case_text *text, const struct story *story,
                      const struct story_event *event, uint32_t actor)
{
    const struct trace_record *record = &event->record;
    enum trace_word states = trace_kind_states(record->kind);
    enum trace_word values = trace_kind_values(record->kind);
    bool moves = record->kind == TRACE_PLAN_MOVED || record->kind == TRACE_SAVED_PLAN ||
                 record->kind == TRACE_STEP_MOVED || record->kind == TRACE_SAVED_STEP;
    case_text_add(text, "[%" PRIu32 ",%" PRIu64 ",%d,%" PRIu32, event->line, record->time,
                  (int)record->kind, actor);
    add_number(text, record->plan, TRACE_NONE);
    add_number(text, record->step, TRACE_NONE);
    case_text_add(text, ",%" PRIu32, record->world);
    if (record->kind == TRACE_FAULT) {
        add_word(text, story, TRACE_WORD_FAULT_SITE, event->site);
    } else {
        add_word(text, story, moves ? states : TRACE_WORD_NONE, record->from);
    }
    add_word(text, story, states, record->to);
    if (record->kind == TRACE_STEP_MOVED) {
        add_word(text, story, TRACE_WORD_STEP_KIND, record->value);
    } else if (record->kind == TRACE_SAVED_PLAN) {
        add_word(text, story, TRACE_WORD_RESULT, record->aside - 1);
    } else {
        add_word(text, story, values, record->value);
    }
    case_text_add(text, ",%" PRIu32 ",%" PRIu32, event->item, event->request);
    add_number(text, event->cause, STORY_NONE);
    case_text_add(text, ",%" PRIu32 "]", event->position.line);
}

static void add_events(struct case_text *text, const struct story *story)
{
    struct actors actors = {0};
    char name[TRACE_NAME_MAX];
    case_text_add(text, ",\n\"events\":[");
    for (uint32_t i = 0; i < story->count; i++) {
        const struct story_event *event = &story->events[i];
        case_text_add(text, "%s", i == 0 ? "\n" : ",\n");
        add_event(text, story, event, actor_place(&actors, event->record.actor));
    }
    case_text_add(text, "],\n\"actors\":[");
    for (uint32_t i = 0; i < actors.count; i++) {
        bool named =
            actors.numbers[i] != TRACE_NONE &&
            story->names.actor(story->names.context, actors.numbers[i], name, sizeof(name));
        case_text_add(text, "%s", i == 0 ? "" : ",");
        escape_json(text, named ? name : "");
    }
    case_text_add(text, "]");
    text->failed = text->failed || actors.failed;
    free(actors.numbers);
}

static void add_kinds(struct case_text *text)
{
    case_text_add(text, ",\n\"kinds\":{");
#define ADD_KIND(constant, number, verb, format, states, values)                                   \
    case_text_add(text, "%s\"%d\":\"%s\"", (number) == 1 ? "" : ",", number, verb);
    TRACE_KINDS(ADD_KIND)
#undef ADD_KIND
    case_text_add(text, "}");
}

static void add_plans(struct case_text *text, const struct scenario *scenario)
{
    case_text_add(text, ",\n\"plans\":[");
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        const struct scenario_plan *plan = &scenario->plans[i];
        case_text_add(text, "%s{\"line\":%" PRIu32, i == 0 ? "\n" : ",\n", plan->position.line);
        add_member(text, "name", plan->name);
        add_member(text, "state", director_plan_state_name(plan->state));
        case_text_add(text, ",\"steps\":[");
        for (uint32_t k = 0; k < plan->step_count; k++) {
            const struct scenario_step *step = &plan->steps[k];
            case_text_add(text, "%s{\"line\":%" PRIu32, k == 0 ? "" : ",", step->position.line);
            add_member(text, "name", step->name);
            case_text_add(text, ",\"run\":%s,\"finalize\":%s}", step->in_run ? "true" : "false",
                          step->in_finalize ? "true" : "false");
        }
        case_text_add(text, "]}");
    }
    case_text_add(text, "]");
}

static void add_failure(struct case_text *text, const struct timeline *timeline,
                        const struct simulation_failure *failure)
{
    const struct vocabulary_entry *word =
        failure->expectation ? NULL : &invariant_vocabulary[failure->invariant];
    case_text_add(text, "{\"kind\":\"%s\"", failure->expectation ? "expectation" : "invariant");
    add_member(text, "name", word == NULL ? NULL : word->name);
    add_member(text, "sentence", word == NULL ? NULL : word->sentence);
    add_member(text, "message", failure->message);
    case_text_add(text, ",\"expected\":%s,\"line\":%" PRIu32 ",\"time\":%" PRIu64 ",\"plan\":",
                  run_failure_is_expected(timeline->scenario, failure) ? "true" : "false",
                  failure->position.line, failure->time);
    case_text_add(text, failure->plan == SCENARIO_NONE ? "-1" : "%" PRIu32, failure->plan);
    case_text_add(text, ",\"step\":");
    case_text_add(text, failure->step == SCENARIO_NONE ? "-1" : "%" PRIu32, failure->step);
    case_text_add(text, "}");
}

static void add_outcome(struct case_text *text, const struct timeline *timeline)
{
    const struct simulation *simulation = timeline->simulation;
    const struct simulation_counts counts = simulation_counts(simulation);
    bool first = true;
    case_text_add(text,
                  ",\n\"held\":%s,\"end\":%" PRIu64 ",\"lines\":%" PRIu64 ",\"faults\":%" PRIu64
                  ",\"hash\":\"%016" PRIx64 "\",\n\"failures\":[",
                  simulation_held(simulation) ? "true" : "false", counts.end_time,
                  counts.trace_lines, counts.faults, counts.trace_hash);
    for (uint32_t i = 0; i < simulation_failure_count(simulation); i++) {
        case_text_add(text, "%s", i == 0 ? "\n" : ",\n");
        add_failure(text, timeline, simulation_failure(simulation, i));
    }
    case_text_add(text, "],\n\"marks\":[");
    for (uint32_t i = 0; i < mark_vocabulary_count; i++) {
        if (simulation_mark(simulation, i)) {
            case_text_add(text, "%s", first ? "" : ",");
            escape_json(text, mark_vocabulary[i].name);
            first = false;
        }
    }
    case_text_add(text, "]");
}

void timeline_json(const struct timeline *timeline, struct case_text *text)
{
    case_text_add(text, "{\"dirsim\":\"%d.%d\"", DIRECTOR_VERSION_MAJOR, DIRECTOR_VERSION_MINOR);
    add_member(text, "scenario", timeline->scenario->name);
    add_member(text, "file", timeline->file);
    case_text_add(text, ",\"seed\":\"%" PRIu64 "\"", timeline->scenario->seed);
    add_member(text, "again", timeline->again);
    add_member(text, "source", timeline->source);
    add_outcome(text, timeline);
    add_kinds(text);
    add_plans(text, timeline->scenario);
    add_events(text, timeline->story);
    case_text_add(text, "}\n");
}
