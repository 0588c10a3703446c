/* timeline_chrome.c: a story as Chrome trace events. User code, and the states of plans and steps,
 * are spans; all else are instants in the row of whoever does it; an arrow leads from a work item's
 * birth to its user code. */
#include "sim/cli/escape.h"
#include "sim/cli/timeline_output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PROCESS_WORLD 1u /* cores and workers, and the client */
#define PROCESS_PLAN 2u  /* the first plan's */
#define BEGINS 4u        /* the outcome by which user code begins (names.c) */

struct chrome {
    struct case_text *text;
    const struct timeline *timeline;
    bool first;
};

static void begin_event(struct chrome *chrome, const char *phase, uint64_t time, uint32_t process,
                        uint32_t row)
{
    case_text_add(chrome->text,
                  "%s{\"ph\":\"%s\",\"ts\":%" PRIu64 ",\"pid\":%" PRIu32 ",\"tid\":%" PRIu32,
                  chrome->first ? "\n" : ",\n", phase, time, process, row);
    chrome->first = false;
}

static void add_string(struct chrome *chrome, const char *name, const char *value)
{
    case_text_add(chrome->text, ",\"%s\":", name);
    escape_json(chrome->text, value);
}

static void name_row(struct chrome *chrome, const char *what, uint32_t process, uint32_t row,
                     const char *name)
{
    begin_event(chrome, "M", 0, process, row);
    case_text_add(chrome->text, ",\"name\":\"%s\",\"args\":{\"name\":", what);
    escape_json(chrome->text, name);
    case_text_add(chrome->text, "}}");
}

/* "plan/step", or the plan alone. */
static void add_subject(const struct chrome *chrome, const struct trace_record *record,
                        struct case_text *name)
{
    const struct scenario *scenario = chrome->timeline->scenario;
    if (record->plan < scenario->plan_count) {
        const struct scenario_plan *plan = &scenario->plans[record->plan];
        bool has_step = record->step < plan->step_count;
        case_text_add(name, "%s%s%s", plan->name, has_step ? "/" : "",
                      has_step ? plan->steps[record->step].name : "");
    }
}

static const char *word(const struct chrome *chrome, enum trace_word kind, uint64_t value)
{
    const struct trace_names *names = &chrome->timeline->story->names;
    const char *name = kind == TRACE_WORD_NONE ? NULL : names->word(names->context, kind, value);
    return name == NULL ? "" : name;
}

static void add_instant(struct chrome *chrome, const struct story_event *event)
{
    const struct trace_record *record = &event->record;
    struct case_text name = {0};
    const char *said = word(chrome, trace_kind_values(record->kind), record->value);
    const char *to = word(chrome, trace_kind_states(record->kind), record->to);
    case_text_add(&name, "%s ", trace_kind_name(record->kind));
    add_subject(chrome, record, &name);
    bool everywhere = record->kind == TRACE_VIOLATION || record->kind == TRACE_CRASH;
    begin_event(chrome, "i", record->time, PROCESS_WORLD,
                record->actor == TRACE_NONE ? 0 : record->actor);
    add_string(chrome, "name", case_text_bytes(&name));
    add_string(chrome, "cat", trace_kind_name(record->kind));
    case_text_add(chrome->text, ",\"s\":\"%s\",\"args\":{\"line\":%" PRIu32, everywhere ? "g" : "t",
                  event->line);
    add_string(chrome, "to", to);
    add_string(chrome, "word", said);
    case_text_add(chrome->text, "}}");
    case_text_free(&name);
}

static void add_span(struct chrome *chrome, uint64_t from, uint64_t to, uint32_t process,
                     uint32_t row, const char *name, const char *category)
{
    begin_event(chrome, "X", from, process, row);
    case_text_add(chrome->text, ",\"dur\":%" PRIu64, to - from);
    add_string(chrome, "name", name);
    add_string(chrome, "cat", category);
    case_text_add(chrome->text, "}");
}

static bool is_code(const struct trace_record *record)
{
    return record->kind == TRACE_RUN || record->kind == TRACE_FINALIZE ||
           record->kind == TRACE_PLANNING;
}

/* The arrow's two ends are found by the work item's number. */
static void add_arrow(struct chrome *chrome, const struct story_event *event, const char *phase)
{
    begin_event(chrome, phase, event->record.time, PROCESS_WORLD, event->record.actor);
    case_text_add(chrome->text,
                  ",\"name\":\"work item\",\"cat\":\"work item\",\"id\":%" PRIu32 "%s}",
                  event->item, strcmp(phase, "f") == 0 ? ",\"bp\":\"e\"" : "");
}

/* User code from its beginning to its end, which is the next of its worker; or to the end. */
static void add_code(struct chrome *chrome, uint32_t index)
{
    const struct story *story = chrome->timeline->story;
    const struct trace_record *record = &story->events[index].record;
    uint64_t end = story->events[story->count - 1].record.time;
    const char *outcome = "never came back";
    for (uint32_t i = index + 1; i < story->count; i++) {
        const struct trace_record *next = &story->events[i].record;
        if (next->actor == record->actor) {
            end = next->time;
            outcome = is_code(next) ? word(chrome, TRACE_WORD_OUTCOME, next->value) : "died";
            break;
        }
    }
    struct case_text name = {0};
    add_subject(chrome, record, &name);
    case_text_add(&name, " (%s)", outcome);
    add_span(chrome, record->time, end, PROCESS_WORLD, record->actor, case_text_bytes(&name),
             trace_kind_name(record->kind));
    case_text_free(&name);
    add_arrow(chrome, &story->events[index], "f");
}

/* ---- The states of plans and steps ----------------------------------------------------------- */

/* Where each row's present state began; row 0 of a plan is its own. */
struct rows {
    const struct trace_record **moved;
    uint32_t *first; /* by plan */
    uint32_t count;
};

static bool rows_create(struct rows *rows, const struct scenario *scenario)
{
    rows->first = calloc(scenario->plan_count + 1u, sizeof(*rows->first));
    for (uint32_t i = 0; rows->first != NULL && i < scenario->plan_count; i++) {
        rows->first[i] = rows->count;
        rows->count += scenario->plans[i].step_count + 1;
    }
    rows->moved = (const struct trace_record **)calloc(rows->count + 1u, sizeof(*rows->moved));
    return rows->first != NULL && rows->moved != NULL;
}

static void end_state(struct chrome *chrome, struct rows *rows, uint32_t plan, uint32_t row,
                      uint64_t time)
{
    const struct trace_record *moved = rows->moved[rows->first[plan] + row];
    if (moved != NULL) {
        add_span(chrome, moved->time, time, PROCESS_PLAN + plan, row,
                 word(chrome, trace_kind_states(moved->kind), moved->to), "state");
    }
}

static void add_move(struct chrome *chrome, struct rows *rows, const struct trace_record *record)
{
    const struct scenario *scenario = chrome->timeline->scenario;
    if (record->plan >= scenario->plan_count) {
        return;
    }
    uint32_t row = record->kind == TRACE_PLAN_MOVED ? 0 : record->step + 1;
    if (row <= scenario->plans[record->plan].step_count) {
        end_state(chrome, rows, record->plan, row, record->time);
        rows->moved[rows->first[record->plan] + row] = record;
    }
}

static void name_rows(struct chrome *chrome)
{
    const struct story *story = chrome->timeline->story;
    const struct scenario *scenario = chrome->timeline->scenario;
    char name[TRACE_NAME_MAX];
    name_row(chrome, "process_name", PROCESS_WORLD, 0, "client, cores and workers");
    name_row(chrome, "thread_name", PROCESS_WORLD, 0, "invariants");
    uint32_t previous = TRACE_NONE;
    for (uint32_t i = 0; i < story->count; i++) {
        uint32_t actor = story->events[i].record.actor;
        if (actor != previous && actor != TRACE_NONE &&
            story->names.actor(story->names.context, actor, name, sizeof(name))) {
            name_row(chrome, "thread_name", PROCESS_WORLD, actor, name);
        }
        previous = actor;
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        const struct scenario_plan *plan = &scenario->plans[i];
        name_row(chrome, "process_name", PROCESS_PLAN + i, 0, plan->name);
        name_row(chrome, "thread_name", PROCESS_PLAN + i, 0, "plan");
        for (uint32_t k = 0; k < plan->step_count; k++) {
            name_row(chrome, "thread_name", PROCESS_PLAN + i, k + 1, plan->steps[k].name);
        }
    }
}

static void add_story(struct chrome *chrome, struct rows *rows)
{
    const struct story *story = chrome->timeline->story;
    const struct scenario *scenario = chrome->timeline->scenario;
    for (uint32_t i = 0; i < story->count; i++) {
        const struct story_event *event = &story->events[i];
        const struct trace_record *record = &event->record;
        if (record->kind == TRACE_PLAN_MOVED || record->kind == TRACE_STEP_MOVED) {
            add_move(chrome, rows, record);
        } else if (is_code(record) && record->value == BEGINS) {
            add_code(chrome, i);
        } else {
            add_instant(chrome, event);
        }
        if (record->kind == TRACE_WORK) {
            add_arrow(chrome, event, "s");
        }
    }
    uint64_t end = story->count == 0 ? 0 : story->events[story->count - 1].record.time;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        for (uint32_t row = 0; row <= scenario->plans[i].step_count; row++) {
            end_state(chrome, rows, i, row, end);
        }
    }
}

void timeline_chrome(const struct timeline *timeline, struct case_text *text)
{
    struct chrome chrome = {.text = text, .timeline = timeline, .first = true};
    struct rows rows = {0};
    case_text_add(text, "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"scenario\":");
    escape_json(text, timeline->scenario->name);
    add_string(&chrome, "again", timeline->again);
    case_text_add(text, "},\n\"traceEvents\":[");
    if (rows_create(&rows, timeline->scenario)) {
        name_rows(&chrome);
        add_story(&chrome, &rows);
    } else {
        text->failed = true;
    }
    case_text_add(text, "]}\n");
    free(rows.first);
    free((void *)rows.moved);
}
