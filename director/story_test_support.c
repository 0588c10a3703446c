/* story_test_support.c: the lines that a test may tell its world, and their answers. P is a plan, S
 * a step or `finalize` or `planning`, E an event, F a future. S means the oldest item that is held
 * for it; `latest` at the end of a line means the latest.
 *
 *     start P [as F]                 director_start_execution
 *     event P S E [optional] [alone] director_handle_event; alone: without a future
 *     planning P                     director_handle_planning
 *     deliver P S                    director_work_finished; the item is kept
 *     finish P S                     the same, and the item is given back
 *     done P S STATE                 a remote worker reports it in this state; then as finish
 *     report P S STATE               director_work_item_report
 *     report P finalize STEP STATE
 *     fail P S                       director_work_failed; the item is given back
 *     release P S                    the item is given back
 *     begin P S, continue P S OUTCOME, end P S   the worker's side
 *     work P S OUTCOME…              all three, then director_work_finished or _failed
 *     halt P, terminate, terminating, destroy
 *
 * The answer of a call that hands out work is what it hands out, `run 2, event 3:20`, or `nothing`;
 * of another one `ok`; of one that fails the name of its status; of begin and continue the stop. */
#include "director/director_test_support.h"

#include <stdio.h>
#include <stdlib.h>

#define WORDS_MAX 8

enum call_kind {
    CALL_START,
    CALL_EVENT,
    CALL_PLANNING,
    CALL_FINISHED,
    CALL_FAILED,
    CALL_HALT,
    CALL_TERMINATE,
    CALL_REPORT,
    CALL_BEGIN,
};

struct call {
    enum call_kind kind;
    struct director_plan_id plan;
    struct director_future *future;
    struct director_event event;
    struct test_held *held;
    uint32_t step;
    enum director_step_state state;
};

/* ---- Calls ---------------------------------------------------------------------------------- */

static enum director_status call_with_item(struct test_world *world, const struct call *call,
                                           struct test_held *held,
                                           struct director_work_items *items)
{
    if (held == NULL) {
        abort();
    }
    switch (call->kind) {
    case CALL_FINISHED:
        return director_work_finished(world->director, held->item, items);
    case CALL_FAILED:
        return director_work_failed(world->director, held->item);
    case CALL_REPORT:
        return director_work_item_report(held->item, call->step, call->state);
    case CALL_BEGIN:
        return director_work_begin(held->item, &world->config.persistence, &held->work,
                                   &held->stop);
    default:
        abort();
    }
}

static enum director_status call_once(struct test_world *world, const struct call *call,
                                      struct director_work_items *items)
{
    struct director *director = world->director;
    switch (call->kind) {
    case CALL_START:
        return director_start_execution(director, &call->plan, call->future, items);
    case CALL_EVENT:
        return director_handle_event(director, &call->event, items);
    case CALL_PLANNING:
        return director_handle_planning(director, &call->plan, items);
    case CALL_HALT:
        return director_halt(director, &call->plan);
    case CALL_TERMINATE:
        return director_terminate(director);
    default:
        return call_with_item(world, call, call->held, items);
    }
}

/* Are the moves to be compared? Not those of a worker's own copy, which begin made and threw away.
 */
static bool moves_matter(const struct call *call)
{
    return call->kind != CALL_BEGIN || call->held == NULL ||
           director_work_item_kind(call->held->item) != DIRECTOR_WORK_FINALIZE;
}

/* Make a call. Without memory it must change nothing, and go through when it is made again. */
static enum director_status make_call(struct test_world *world, const struct call *call,
                                      struct director_work_items *items)
{
    *items = (struct director_work_items){0};
    if (world->memory.fail_at == 0) {
        return call_once(world, call, items);
    }
    for (unsigned attempt = 0; attempt < 2; attempt++) {
        struct test_snapshot before;
        test_snapshot_take(world, &before);
        enum director_status status = call_once(world, call, items);
        if (status != DIRECTOR_NO_MEMORY) {
            free(before.plans);
            return status;
        }
        world->refused_calls++;
        test_snapshot_compare(world, &before, moves_matter(call));
        assert_int_equal(items->count, 0);
    }
    assert_true(world->memory.fail_for_good);
    world->gave_up = true;
    return DIRECTOR_NO_MEMORY;
}

static void tell_item(struct test_text *answer, const struct director_work_item *item)
{
    enum director_work_kind kind = director_work_item_kind(item);
    test_text_list(answer, "%s", director_work_kind_name(kind));
    if (kind == DIRECTOR_WORK_RUN || kind == DIRECTOR_WORK_EVENT) {
        test_text_append(answer, " %u", director_work_item_step(item));
    }
    if (kind == DIRECTOR_WORK_EVENT) {
        test_text_append(answer, ":%u", (unsigned)director_work_item_event(item));
    }
}

static void hold(struct test_world *world, struct director_work_item *item)
{
    assert_true(world->held_count < TEST_HELD_MAX);
    world->held[world->held_count++] = (struct test_held){.item = item};
}

static void make_and_answer(struct test_world *world, const struct call *call)
{
    struct director_work_items items;
    struct test_text *answer = &world->answer;
    enum director_status status = make_call(world, call, &items);
    if (status != DIRECTOR_OK) {
        assert_int_equal(items.count, 0);
        test_text_append(answer, "%s", director_status_name(status));
        return;
    }
    struct test_text handed_out = {0};
    for (size_t i = 0; i < items.count; i++) {
        tell_item(&handed_out, items.items[i]);
        hold(world, items.items[i]);
    }
    test_text_append(answer, "%s", items.count == 0 ? "nothing" : handed_out.text);
    test_text_free(&handed_out);
}

static void make_without_items(struct test_world *world, const struct call *call)
{
    struct director_work_items items;
    test_text_append(&world->answer, "%s", director_status_name(make_call(world, call, &items)));
}

/* ---- Words ---------------------------------------------------------------------------------- */

struct line {
    char text[160];
    char *words[WORDS_MAX];
    size_t count;
};

static void split(struct line *line, const char *text)
{
    int length = snprintf(line->text, sizeof(line->text), "%s", text);
    assert_true(length > 0 && (size_t)length < sizeof(line->text));
    line->count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(line->text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        assert_true(line->count < WORDS_MAX);
        line->words[line->count++] = word;
    }
}

static const char *word(const struct line *line, size_t index)
{
    return index < line->count ? line->words[index] : "";
}

static unsigned number(const struct line *line, size_t index)
{
    return (unsigned)strtoul(word(line, index), NULL, 10);
}

static bool has_word(const struct line *line, const char *wanted)
{
    for (size_t i = 1; i < line->count; i++) {
        if (strcmp(line->words[i], wanted) == 0) {
            return true;
        }
    }
    return false;
}

static enum director_step_state step_state(const char *name)
{
    for (int i = 0; i < DIRECTOR_STEP_STATES; i++) {
        enum director_step_state state = (enum director_step_state)i;
        if (strcmp(director_step_state_name(state), name) == 0) {
            return state;
        }
    }
    fail_msg("no state of a step: %s", name);
    return DIRECTOR_STEP_PENDING;
}

static enum director_outcome outcome(const char *name)
{
    if (strcmp(name, "success") == 0) {
        return DIRECTOR_OUTCOME_SUCCESS;
    }
    if (strcmp(name, "suspend") == 0) {
        return DIRECTOR_OUTCOME_SUSPEND;
    }
    assert_string_equal(name, "error");
    return DIRECTOR_OUTCOME_ERROR;
}

static bool is_for(const struct director_work_item *item, unsigned plan, const char *step)
{
    enum director_work_kind kind = director_work_item_kind(item);
    if (test_plan_number(director_work_item_plan(item)) != plan) {
        return false;
    }
    if (kind == DIRECTOR_WORK_FINALIZE || kind == DIRECTOR_WORK_PLANNING) {
        return strcmp(director_work_kind_name(kind), step) == 0;
    }
    return director_work_item_step(item) == strtoul(step, NULL, 10);
}

static struct test_held *find_held(struct test_world *world, const struct line *line)
{
    struct test_held *found = NULL;
    bool latest = has_word(line, "latest");
    for (size_t i = 0; i < world->held_count && (found == NULL || latest); i++) {
        if (is_for(world->held[i].item, number(line, 1), word(line, 2))) {
            found = &world->held[i];
        }
    }
    assert_non_null(found);
    return found;
}

static void let_go(struct test_world *world, struct test_held *held)
{
    size_t index = (size_t)(held - world->held);
    director_work_end(held->work);
    director_work_item_release(held->item);
    world->held_count--;
    memmove(held, held + 1, (world->held_count - index) * sizeof(*held));
}

/* ---- Lines of the director ------------------------------------------------------------------- */

static void tell_start(struct test_world *world, const struct line *line)
{
    unsigned future = has_word(line, "as") ? number(line, 3) : number(line, 1);
    struct call call = {.kind = CALL_START,
                        .plan = test_plan_id(number(line, 1)),
                        .future = &world->futures[future]};
    make_and_answer(world, &call);
}

static void tell_event(struct test_world *world, const struct line *line)
{
    unsigned event = number(line, 3);
    struct call call = {
        .kind = CALL_EVENT,
        .event = {.plan = test_plan_id(number(line, 1)),
                  .step_id = number(line, 2),
                  .optional = has_word(line, "optional"),
                  .request_id = event,
                  .event = event,
                  .result = has_word(line, "alone") ? NULL : &world->futures[event]}};
    make_and_answer(world, &call);
}

static void tell_planning(struct test_world *world, const struct line *line)
{
    struct call call = {.kind = CALL_PLANNING, .plan = test_plan_id(number(line, 1))};
    make_and_answer(world, &call);
}

static void tell_deliver(struct test_world *world, const struct line *line)
{
    struct call call = {.kind = CALL_FINISHED, .held = find_held(world, line)};
    make_and_answer(world, &call);
}

static void tell_finish(struct test_world *world, const struct line *line)
{
    struct call call = {.kind = CALL_FINISHED, .held = find_held(world, line)};
    make_and_answer(world, &call);
    let_go(world, call.held);
}

static void tell_fail(struct test_world *world, const struct line *line)
{
    struct call call = {.kind = CALL_FAILED, .held = find_held(world, line)};
    make_without_items(world, &call);
    let_go(world, call.held);
}

static void tell_report(struct test_world *world, const struct line *line)
{
    bool finalize = strcmp(word(line, 2), "finalize") == 0;
    struct call call = {.kind = CALL_REPORT,
                        .held = find_held(world, line),
                        .step = number(line, finalize ? 3 : 2),
                        .state = step_state(word(line, finalize ? 4 : 3))};
    make_without_items(world, &call);
}

static void tell_done(struct test_world *world, const struct line *line)
{
    tell_report(world, line);
    assert_string_equal(test_text_get(&world->answer), "ok");
    test_text_clear(&world->answer);
    tell_finish(world, line);
}

static void tell_release(struct test_world *world, const struct line *line)
{
    let_go(world, find_held(world, line));
    test_text_append(&world->answer, "ok");
}

static void tell_halt(struct test_world *world, const struct line *line)
{
    struct call call = {.kind = CALL_HALT, .plan = test_plan_id(number(line, 1))};
    make_without_items(world, &call);
}

static void tell_terminate(struct test_world *world, const struct line *line)
{
    (void)line;
    struct call call = {.kind = CALL_TERMINATE};
    make_without_items(world, &call);
}

static void tell_terminating(struct test_world *world, const struct line *line)
{
    (void)line;
    director_set_terminating(world->director);
    test_text_append(&world->answer, "ok");
}

static void tell_destroy(struct test_world *world, const struct line *line)
{
    (void)line;
    director_destroy(world->director);
    world->director = NULL;
    test_text_append(&world->answer, "ok");
}

/* ---- Lines of a worker ----------------------------------------------------------------------- */

static void tell_stop(struct test_text *answer, const struct director_work_stop *stop)
{
    switch (stop->kind) {
    case DIRECTOR_WORK_USER_CODE:
        test_text_append(answer, "user code %u", stop->step_id);
        if (stop->skipping) {
            test_text_append(answer, " skipping");
        }
        if (stop->has_event) {
            test_text_append(answer, " event %u", (unsigned)stop->event);
        }
        return;
    case DIRECTOR_WORK_DONE:
        test_text_append(answer, "done");
        return;
    case DIRECTOR_WORK_PERSISTENCE_ERROR:
        test_text_append(answer, "persistence error");
        return;
    case DIRECTOR_WORK_PERSISTENCE_LOST:
        test_text_append(answer, "persistence lost");
        return;
    case DIRECTOR_WORK_CRASHED:
        test_text_append(answer, "crashed");
        return;
    case DIRECTOR_WORK_TAKEN:
        test_text_append(answer, "taken");
        return;
    }
    fail_msg("no kind of stop: %d", (int)stop->kind);
}

/* False: there is no work, and the answer tells why. */
static bool begin_work(struct test_world *world, struct test_held *held)
{
    struct director_work_items items;
    struct call call = {.kind = CALL_BEGIN, .held = held};
    enum director_status status = make_call(world, &call, &items);
    if (status != DIRECTOR_OK) {
        test_text_append(&world->answer, "%s", director_status_name(status));
    }
    return status == DIRECTOR_OK;
}

static void tell_begin(struct test_world *world, const struct line *line)
{
    struct test_held *held = find_held(world, line);
    if (begin_work(world, held)) {
        tell_stop(&world->answer, &held->stop);
    }
}

static void tell_continue(struct test_world *world, const struct line *line)
{
    struct test_held *held = find_held(world, line);
    director_work_continue(held->work, outcome(word(line, 3)), &held->stop);
    tell_stop(&world->answer, &held->stop);
}

static void tell_end(struct test_world *world, const struct line *line)
{
    struct test_held *held = find_held(world, line);
    director_work_end(held->work);
    held->work = NULL;
    test_text_append(&world->answer, "ok");
}

static void tell_work(struct test_world *world, const struct line *line)
{
    struct test_held *held = find_held(world, line);
    struct test_text *answer = &world->answer;
    if (!begin_work(world, held)) {
        return;
    }
    for (size_t i = 3; held->stop.kind == DIRECTOR_WORK_USER_CODE; i++) {
        director_work_continue(held->work, outcome(word(line, i)), &held->stop);
    }
    enum director_work_stop_kind kind = held->stop.kind;
    if (kind == DIRECTOR_WORK_TAKEN) {
        tell_stop(answer, &held->stop);
        return;
    }
    if (kind != DIRECTOR_WORK_DONE) {
        tell_stop(answer, &held->stop);
        test_text_append(answer, "; ");
    }
    struct call call = {.kind = CALL_FINISHED, .held = held};
    if (kind == DIRECTOR_WORK_DONE || kind == DIRECTOR_WORK_CRASHED) {
        make_and_answer(world, &call);
    } else {
        call.kind = CALL_FAILED;
        make_without_items(world, &call);
    }
    let_go(world, held);
}

/* ---- Telling --------------------------------------------------------------------------------- */

static const struct {
    const char *verb;
    void (*told)(struct test_world *world, const struct line *line);
} verbs[] = {
    {"start", tell_start},         {"event", tell_event},
    {"planning", tell_planning},   {"deliver", tell_deliver},
    {"finish", tell_finish},       {"done", tell_done},
    {"report", tell_report},       {"fail", tell_fail},
    {"release", tell_release},     {"begin", tell_begin},
    {"continue", tell_continue},   {"end", tell_end},
    {"work", tell_work},           {"halt", tell_halt},
    {"terminate", tell_terminate}, {"terminating", tell_terminating},
    {"destroy", tell_destroy},
};

const char *test_tell(struct test_world *world, const char *text)
{
    struct line line;
    split(&line, text);
    test_text_clear(&world->answer);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (strcmp(verbs[i].verb, line.words[0]) == 0) {
            verbs[i].told(world, &line);
            return test_text_get(&world->answer);
        }
    }
    fail_msg("no such line: %s", text);
    return "";
}
