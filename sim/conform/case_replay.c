/* case_replay.c: the ops of a conformance case, and the comparison with what is expected. Both
 * sides are turned into lines of text in one fixed order, so that a difference can be shown as it
 * is. */
#include "sim/conform/case_replay.h"

#include "director/memory.h"
#include "sim/conform/case_world.h"

#include <stdlib.h>
#include <string.h>

/* What one op gave that is not in the world's lists. */
struct op_outcome {
    bool has_returns;
    const char *work;   /* exec: what the worker stopped at */
    const char *raises; /* NULL: nothing */
};

static const char *raised(enum director_status status)
{
    switch (status) {
    case DIRECTOR_OK:
        return NULL;
    case DIRECTOR_PERSISTENCE:
    case DIRECTOR_PERSISTENCE_FATAL:
        return "persistence";
    default:
        return director_status_name(status);
    }
}

static struct case_work *find_work(struct case_world *world, const struct case_node *op)
{
    uint32_t number = 0;
    if (!case_node_number(case_node_get(op, "work"), &number) || number == 0 ||
        number > world->work_count) {
        return NULL;
    }
    return &world->works[number - 1];
}

static void took(struct case_world *world, enum director_status status,
                 const struct director_work_items *items, struct op_outcome *outcome)
{
    outcome->raises = raised(status);
    outcome->has_returns = status == DIRECTOR_OK;
    if (status == DIRECTOR_NO_MEMORY) {
        world->failed = true;
    }
    case_world_take_items(world, items);
}

static bool op_start(struct case_world *world, const struct case_node *op,
                     struct op_outcome *outcome)
{
    const struct case_plan *plan = case_world_plan(world, case_node_get(op, "plan"));
    struct director_work_items items = {0};
    if (plan == NULL) {
        return false;
    }
    struct director_future *future = case_world_future(world, "plan", plan->name);
    if (future == NULL) {
        return true;
    }
    enum director_status status =
        director_start_execution(world->director, &plan->plan.record.row.id, future, &items);
    took(world, status, &items, outcome);
    return true;
}

static const char *stop_name(enum director_work_stop_kind kind)
{
    switch (kind) {
    case DIRECTOR_WORK_USER_CODE:
        return "user_code";
    case DIRECTOR_WORK_DONE:
        return "done";
    case DIRECTOR_WORK_PERSISTENCE_ERROR:
    case DIRECTOR_WORK_PERSISTENCE_LOST:
        return "persistence_error";
    case DIRECTOR_WORK_CRASHED:
        return "crashed";
    case DIRECTOR_WORK_TAKEN:
        return "taken";
    }
    return "?";
}

static bool op_exec(struct case_world *world, const struct case_node *op,
                    struct op_outcome *outcome)
{
    struct case_work *work = find_work(world, op);
    const struct case_node *came = case_node_get(op, "outcome");
    struct director_work_stop stop = {.kind = DIRECTOR_WORK_DONE};
    if (work == NULL || (came == NULL) != (work->work == NULL)) {
        return false;
    }
    if (came == NULL) {
        if (director_work_begin(work->item, &world->faulty.persistence, &work->work, &stop) !=
            DIRECTOR_OK) {
            world->failed = true;
            return true;
        }
    } else if (case_node_is(came, "success")) {
        director_work_continue(work->work, DIRECTOR_OUTCOME_SUCCESS, &stop);
    } else if (case_node_is(came, "error")) {
        director_work_continue(work->work, DIRECTOR_OUTCOME_ERROR, &stop);
    } else if (case_node_is(came, "suspend")) {
        director_work_continue(work->work, DIRECTOR_OUTCOME_SUSPEND, &stop);
    } else {
        return false;
    }
    outcome->work = stop_name(stop.kind);
    if (stop.kind != DIRECTOR_WORK_USER_CODE) {
        director_work_end(work->work);
        work->work = NULL;
    }
    return true;
}

static bool op_finish(struct case_world *world, const struct case_node *op,
                      struct op_outcome *outcome)
{
    struct case_work *work = find_work(world, op);
    struct director_work_items items = {0};
    if (work == NULL) {
        return false;
    }
    enum director_status status = director_work_finished(world->director, work->item, &items);
    took(world, status, &items, outcome);
    return true;
}

static bool op_fail(struct case_world *world, const struct case_node *op,
                    struct op_outcome *outcome)
{
    struct case_work *work = find_work(world, op);
    if (work == NULL) {
        return false;
    }
    outcome->raises = raised(director_work_failed(world->director, work->item));
    return true;
}

static bool op_event(struct case_world *world, const struct case_node *op,
                     struct op_outcome *outcome)
{
    const struct case_plan *plan = case_world_plan(world, case_node_get(op, "plan"));
    const struct case_node *name = case_node_get(op, "event");
    const struct director_allocator allocator = director_default_allocator();
    struct director_work_items items = {0};
    struct director_event event = {
        .optional = case_node_is(case_node_get(op, "optional"), "true"),
        .request_id = world->event_count + 1,
        .event = world->event_count,
    };
    void *events = world->events;
    if (plan == NULL || name == NULL || name->kind != CASE_SCALAR ||
        !case_node_number(case_node_get(op, "step"), &event.step_id)) {
        return false;
    }
    event.plan = plan->plan.record.row.id;
    event.result = case_world_future(world, "event", name->text);
    if (event.result == NULL || !memory_reserve(&allocator, &events, &world->event_capacity,
                                                world->event_count + 1, sizeof(char *))) {
        world->failed = true;
        return true;
    }
    world->events = events;
    world->events[world->event_count++] = name->text;
    enum director_status status = director_handle_event(world->director, &event, &items);
    took(world, status, &items, outcome);
    return true;
}

static bool op_halt(struct case_world *world, const struct case_node *op,
                    struct op_outcome *outcome)
{
    const struct case_plan *plan = case_world_plan(world, case_node_get(op, "plan"));
    if (plan == NULL) {
        return false;
    }
    outcome->raises = raised(director_halt(world->director, &plan->plan.record.row.id));
    return true;
}

static bool op_delete(struct case_world *world, const struct case_node *op,
                      struct op_outcome *outcome)
{
    const struct case_plan *plan = case_world_plan(world, case_node_get(op, "plan"));
    (void)outcome;
    if (plan == NULL) {
        return false;
    }
    enum store_status status =
        world->store->operations->delete_plan(world->store, &plan->plan.record.row.id);
    if (status != STORE_OK && status != STORE_MISSING) {
        world->failed = true;
    }
    return true;
}

static bool op_fault(struct case_world *world, const struct case_node *op,
                     struct op_outcome *outcome)
{
    const struct director_allocator allocator = director_default_allocator();
    const struct case_node *plan = case_node_get(op, "plan");
    const struct case_node *step = case_node_get(op, "step");
    const struct case_node *when = case_node_get(op, "when");
    struct case_fault fault = {.plan = case_world_plan(world, plan),
                               .after = case_node_is(when, "after")};
    void *faults = world->faults;
    bool known = false;
    (void)outcome;
    for (int i = 0; i < FAULTY_OPERATION_KINDS; i++) {
        if (case_node_is(case_node_get(op, "on"),
                         faulty_operation_kind_name((enum faulty_operation_kind)i))) {
            fault.on = (enum faulty_operation_kind)i;
            known = true;
        }
    }
    if (!known || (plan != NULL && fault.plan == NULL) ||
        (step != NULL && !case_node_number(step, &fault.step)) ||
        !(fault.after || case_node_is(when, "before")) ||
        !case_node_number(case_node_get(op, "nth"), &fault.nth) || fault.nth == 0) {
        return false;
    }
    if (!memory_reserve(&allocator, &faults, &world->fault_capacity, world->fault_count + 1,
                        sizeof(fault))) {
        world->failed = true;
        return true;
    }
    world->faults = faults;
    world->faults[world->fault_count++] = fault;
    return true;
}

static bool op_terminating(struct case_world *world, const struct case_node *op,
                           struct op_outcome *outcome)
{
    (void)op;
    (void)outcome;
    director_set_terminating(world->director);
    return true;
}

static bool op_terminate(struct case_world *world, const struct case_node *op,
                         struct op_outcome *outcome)
{
    (void)op;
    director_set_terminating(world->director);
    outcome->raises = raised(director_terminate(world->director));
    return true;
}

static const struct {
    const char *name;
    bool (*run)(struct case_world *world, const struct case_node *op, struct op_outcome *outcome);
} ops[] = {
    {"start", op_start},         {"exec", op_exec},   {"finish", op_finish},
    {"fail", op_fail},           {"event", op_event}, {"halt", op_halt},
    {"delete", op_delete},       {"fault", op_fault}, {"terminating", op_terminating},
    {"terminate", op_terminate},
};

/* ---- What is expected ------------------------------------------------------------------------ */

static void expected_lines(const struct case_node *list, struct case_text *text)
{
    for (const struct case_node *line = list == NULL ? NULL : list->first; line != NULL;
         line = line->next) {
        case_text_add(text, "%s\n", line->text == NULL ? "?" : line->text);
    }
}

static const char *text_of(const struct case_node *node)
{
    return node == NULL || node->text == NULL ? "?" : node->text;
}

static void expected_returns(const struct case_node *list, struct case_text *text)
{
    for (const struct case_node *item = list == NULL ? NULL : list->first; item != NULL;
         item = item->next) {
        const struct case_node *step = case_node_get(item, "step");
        const struct case_node *event = case_node_get(item, "event");
        case_text_add(text, "work %s plan %s %s", text_of(case_node_get(item, "work")),
                      text_of(case_node_get(item, "plan")), text_of(case_node_get(item, "kind")));
        if (step != NULL) {
            case_text_add(text, " step %s", text_of(step));
        }
        if (event != NULL) {
            case_text_add(text, " event %s", text_of(event));
        }
        case_text_add(text, "\n");
    }
}

static void expected_view(const struct case_plan *plan, const char *which,
                          const struct case_node *view, struct case_text *text)
{
    if (view == NULL) {
        return;
    }
    if (view->kind == CASE_SCALAR) {
        case_text_add(text, "%s %s %s\n", plan->name, which, view->text);
        return;
    }
    const struct case_node *state = case_node_get(view, "state");
    const struct case_node *result = case_node_get(view, "result");
    const struct case_node *steps = case_node_get(view, "steps");
    if (state != NULL) {
        case_text_add(text, "%s %s state %s\n", plan->name, which, text_of(state));
    }
    if (result != NULL) {
        case_text_add(text, "%s %s result %s\n", plan->name, which, text_of(result));
    }
    const struct director_plan_row *row = &plan->plan.record.row;
    for (uint32_t i = 0; steps != NULL && i < row->step_count; i++) {
        for (const struct case_node *key = steps->first; key != NULL && key->next != NULL;
             key = key->next->next) {
            uint32_t id = 0;
            if (case_node_number(key, &id) && id == row->step_ids[i]) {
                case_text_add(text, "%s %s step %u %s\n", plan->name, which, id,
                              text_of(key->next));
            }
        }
    }
}

static void expected_changes(const struct case_world *world, const struct case_node *changed,
                             struct case_text *text)
{
    for (uint32_t i = 0; i < world->plan_count; i++) {
        const struct case_plan *plan = &world->plans[i];
        const struct case_node *views = case_node_get(changed, plan->name);
        expected_view(plan, "stored", case_node_get(views, "stored"), text);
        expected_view(plan, "memory", case_node_get(views, "memory"), text);
    }
}

/* ---- Comparing ------------------------------------------------------------------------------ */

static void tell_lines(struct case_text *text, const char *label, const char *lines)
{
    case_text_add(text, "    %s:", label);
    if (lines[0] == '\0') {
        case_text_add(text, " nothing\n");
        return;
    }
    case_text_add(text, "\n");
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        case_text_add(text, "      %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n' ? 1 : 0);
    }
}

static void compare(const char *what, const char *expected, const char *came,
                    struct case_result *result)
{
    if (strcmp(expected, came) == 0) {
        return;
    }
    result->verdict = CASE_DIFFERENT;
    case_text_add(&result->difference, "  %s\n", what);
    tell_lines(&result->difference, "expected", expected);
    tell_lines(&result->difference, "came", came);
}

static void compare_word(const char *what, const struct case_node *expected, const char *came,
                         struct case_result *result)
{
    compare(what, expected == NULL ? "" : text_of(expected), came == NULL ? "" : came, result);
}

static void compare_op(struct case_world *world, const struct case_node *expect,
                       const struct op_outcome *outcome, struct case_text *scratch,
                       struct case_result *result)
{
    const struct case_node *returns = case_node_get(expect, "returns");
    compare_word("raises", case_node_get(expect, "raises"), outcome->raises, result);
    compare_word("work", case_node_get(expect, "work"), outcome->work, result);
    compare("returns at all", returns == NULL ? "no" : "yes", outcome->has_returns ? "yes" : "no",
            result);
    case_text_clear(scratch);
    expected_returns(returns, scratch);
    compare("returns", case_text_bytes(scratch), case_text_bytes(&world->returns), result);
    case_text_clear(scratch);
    expected_lines(case_node_get(expect, "resolved"), scratch);
    compare("resolved", case_text_bytes(scratch), case_text_bytes(&world->resolved), result);
    case_text_clear(scratch);
    expected_lines(case_node_get(expect, "writes"), scratch);
    compare("writes", case_text_bytes(scratch), case_text_bytes(&world->writes), result);
    case_text_clear(scratch);
    expected_lines(case_node_get(expect, "running"), scratch);
    compare("running", case_text_bytes(scratch), case_text_bytes(&world->running), result);
    case_text_clear(scratch);
    expected_changes(world, case_node_get(expect, "changed"), scratch);
    compare("changed", case_text_bytes(scratch), case_text_bytes(&world->changed), result);
    world->failed = world->failed || scratch->failed || result->difference.failed ||
                    world->returns.failed || world->resolved.failed || world->writes.failed ||
                    world->running.failed || world->changed.failed;
}

static bool run_op(struct case_world *world, const struct case_node *op, struct op_outcome *outcome)
{
    const struct case_node *name = case_node_get(op, "op");
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (case_node_is(name, ops[i].name)) {
            return ops[i].run(world, op, outcome);
        }
    }
    return false;
}

static void malformed(struct case_result *result, const struct case_node *node, const char *message)
{
    result->verdict = CASE_MALFORMED;
    result->problem = (struct scenario_problem){node->position, message};
}

static bool goes_on(const struct case_result *result)
{
    return result->verdict == CASE_SAME || (result->whole && result->verdict == CASE_DIFFERENT);
}

static void replay_ops(struct case_world *world, const struct case_node *list,
                       struct case_result *result)
{
    struct case_text scratch = {0};
    for (const struct case_node *op = list->first; op != NULL && goes_on(result); op = op->next) {
        struct op_outcome outcome = {0};
        const struct case_node *expect = case_node_get(op, "expect");
        case_world_begin_op(world);
        if (!run_op(world, op, &outcome)) {
            malformed(result, op,
                      "an op is one of the conformance README, with its keys, and about "
                      "plans and work that there are");
            break;
        }
        if (expect == NULL) {
            malformed(result, op, "an op has `expect`");
            break;
        }
        case_world_end_op(world);
        result->ops++;
        if (result->verdict == CASE_SAME) {
            result->position = op->position;
            compare_op(world, expect, &outcome, &scratch, result);
        }
        if (world->failed) {
            result->verdict = CASE_FAILED;
            case_text_clear(&result->difference);
            case_text_add(&result->difference, "out of memory\n");
        }
        /* A broken assumption ends the case: what Ruby leaves behind is nobody's contract. */
        if (outcome.raises != NULL && strcmp(outcome.raises, "internal") == 0) {
            break;
        }
    }
    case_text_free(&scratch);
}

void case_replay(const struct case_node *document, enum case_store store,
                 struct case_result *result)
{
    struct case_world world;
    const struct case_node *list = case_node_get(document, "ops");
    result->ops = 0;
    result->number = 0;
    case_text_clear(&result->difference);
    result->position = document->position;
    (void)case_node_number(case_node_get(document, "case"), &result->number);
    result->verdict = case_world_open(&world, document, store, result);
    if (result->verdict == CASE_SAME && (list == NULL || list->kind != CASE_SEQUENCE)) {
        malformed(result, document, "a case has case, auto_rescue, plans and ops");
    }
    if (result->verdict == CASE_SAME) {
        replay_ops(&world, list, result);
    }
    case_world_close(&world);
}
