/* store_test_support.c: a small database of plans for tests of director/: its persistence, and the
 * faults that are asked of it. */
#include "director/store_test_support.h"

#include <stdlib.h>
#include <string.h>

static const bool operation_writes[TEST_OPERATIONS] = {
    [TEST_SAVE_PLAN] = true,
    [TEST_SAVE_STEP] = true,
    [TEST_SAVE_ACTION] = true,
    [TEST_DELETE_DELAYED_PLAN] = true,
};

/* ---- Operations ----------------------------------------------------------------------------- */

static void *lend(struct test_store *store, size_t size)
{
    void *block = calloc(1, size + 1);
    if (block == NULL || store->lent_count == TEST_LENT_MAX) {
        abort();
    }
    store->lent[store->lent_count++] = block;
    return block;
}

static void take_back(struct test_store *store)
{
    while (store->lent_count > 0) {
        free(store->lent[--store->lent_count]);
    }
}

/* The fault that this call meets, or NULL. Every fault counts the calls that it is about. */
static const struct test_fault *meet_fault(struct test_store *store, enum test_operation operation)
{
    const struct test_fault *met = NULL;
    for (size_t i = 0; i < store->fault_count; i++) {
        struct test_fault *fault = &store->faults[i];
        if (fault->nth == 0 ||
            (fault->operation != operation && fault->operation != TEST_ANY_OPERATION)) {
            continue;
        }
        if (fault->nth > 1 || !fault->for_good) {
            fault->nth--;
        }
        if (met == NULL && (fault->nth == 0 || (fault->nth == 1 && fault->for_good))) {
            met = fault;
        }
    }
    return met;
}

/* Begin an operation: what was lent is gone. Answers the fault that it meets. */
static const struct test_fault *enter(struct test_store *store, enum test_operation operation)
{
    take_back(store);
    store->count[operation]++;
    store->writes += operation_writes[operation];
    const struct test_fault *fault = meet_fault(store, operation);
    store->faults_happened += fault != NULL;
    return fault;
}

static bool fails_before(const struct test_fault *fault)
{
    return fault != NULL && fault->moment == TEST_BEFORE;
}

/* What an operation that came through answers. */
static enum director_persistence_status leave(const struct test_fault *fault,
                                              enum director_persistence_status status)
{
    return fault == NULL ? status : fault->answer;
}

struct director_plan_record test_store_record(struct test_store *store,
                                              const struct test_plan *plan)
{
    take_back(store);
    struct director_plan_record record = {.row = plan->row};
    uint32_t steps = plan->row.step_count;
    struct director_step_row *rows = lend(store, steps * sizeof(rows[0]));
    uint32_t *children = lend(store, plan->planned_count * sizeof(children[0]));
    uint32_t *ids =
        lend(store,
             (steps + plan->row.run_flow_length + plan->row.finalize_flow_length) * sizeof(ids[0]));
    uint32_t *run_flow = ids + steps;
    uint32_t *finalize_flow = run_flow + plan->row.run_flow_length;
    memcpy(ids, plan->step_ids, steps * sizeof(ids[0]));
    memcpy(run_flow, plan->run_flow, plan->row.run_flow_length * sizeof(ids[0]));
    memcpy(finalize_flow, plan->finalize_flow, plan->row.finalize_flow_length * sizeof(ids[0]));
    for (uint32_t i = 0; i < steps; i++) {
        rows[i] = plan->steps[i];
        rows[i].children = children;
        for (uint32_t j = 0; j < plan->planned_count; j++) {
            if (plan->planned[j].parent == rows[i].id) {
                *children++ = plan->planned[j].child;
                rows[i].children_count++;
            }
        }
    }
    record.row.step_ids = ids;
    record.row.run_flow = run_flow;
    record.row.finalize_flow = finalize_flow;
    record.steps = rows;
    return record;
}

static enum director_persistence_status load_plan(void *context, const struct director_plan_id *id,
                                                  struct director_plan_record *record)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_LOAD_PLAN);
    const struct test_plan *plan = test_store_find(store, id);
    test_text_list(&store->calls, "load_plan %u", test_plan_number(id));
    if (fails_before(fault)) {
        return fault->answer;
    }
    if (plan == NULL || plan->gone) {
        return leave(fault, DIRECTOR_PERSISTENCE_MISSING);
    }
    if (plan->steps_gone) {
        return leave(fault, DIRECTOR_PERSISTENCE_INCOMPLETE);
    }
    *record = test_store_record(store, plan);
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

static enum director_persistence_status find_plan(void *context, const struct director_plan_id *id,
                                                  bool *found)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_FIND_PLAN);
    const struct test_plan *plan = test_store_find(store, id);
    test_text_list(&store->calls, "find_plan %u", test_plan_number(id));
    if (fails_before(fault)) {
        return fault->answer;
    }
    *found = plan != NULL && !plan->gone;
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

/* The call that was listed last writes. */
static void list_write(struct test_store *store, size_t calls_length)
{
    test_text_list(&store->written, "%s",
                   store->calls.text + calls_length + (calls_length > 0 ? 2 : 0));
}

/* Update or insert the row; `inserts` is false for an update alone. */
static enum director_persistence_status write_plan(struct test_store *store,
                                                   const struct director_plan_row *row,
                                                   bool inserts)
{
    const struct test_fault *fault = enter(store, TEST_SAVE_PLAN);
    struct test_plan *plan = test_store_find(store, &row->id);
    size_t calls_length = store->calls.length;
    test_text_list(&store->calls, "save_plan %u %s %s", test_plan_number(&row->id),
                   director_plan_state_name(row->state), director_result_name(row->result));
    list_write(store, calls_length);
    if (fails_before(fault) || plan == NULL) {
        return leave(fault, DIRECTOR_PERSISTENCE_ERROR);
    }
    if (plan->gone && !inserts) {
        return leave(fault, DIRECTOR_PERSISTENCE_MISSING);
    }
    plan->steps_gone = plan->steps_gone || plan->gone;
    plan->gone = false;
    plan->row.state = row->state;
    plan->row.result = row->result;
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

static enum director_persistence_status save_plan(void *context,
                                                  const struct director_plan_row *row)
{
    return write_plan(context, row, true);
}

static enum director_persistence_status update_plan(void *context,
                                                    const struct director_plan_row *row)
{
    return write_plan(context, row, false);
}

static void tell_allowed(struct test_text *calls, uint32_t allowed)
{
    const char *between = " if ";
    for (int state = 0; state < DIRECTOR_STEP_STATES; state++) {
        if ((allowed & DIRECTOR_STEP_STATE_BIT(state)) != 0) {
            test_text_append(calls, "%s%s", between,
                             director_step_state_name((enum director_step_state)state));
            between = "|";
        }
    }
}

static enum director_persistence_status save_step(void *context, const struct director_plan_id *id,
                                                  const struct director_step_row *row,
                                                  uint32_t allowed)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_SAVE_STEP);
    struct test_plan *plan = test_store_find(store, id);
    size_t calls_length = store->calls.length;
    test_text_list(&store->calls, "save_step %u:%u %s", test_plan_number(id), row->id,
                   director_step_state_name(row->state));
    tell_allowed(&store->calls, allowed);
    list_write(store, calls_length);
    if (fails_before(fault) || plan == NULL || plan->gone) {
        return leave(fault, DIRECTOR_PERSISTENCE_ERROR);
    }
    struct director_step_row *stored = test_plan_step(plan, row->id);
    if (allowed != DIRECTOR_SAVE_ALWAYS &&
        (plan->steps_gone || (allowed & DIRECTOR_STEP_STATE_BIT(stored->state)) == 0)) {
        bool unchanged = !plan->steps_gone && row->exact && row->content != 0 &&
                         row->content == stored->content && row->state == stored->state;
        return leave(fault, unchanged ? DIRECTOR_PERSISTENCE_OK : DIRECTOR_PERSISTENCE_UNMATCHED);
    }
    stored->state = row->state;
    stored->content = row->content;
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

static struct test_action *find_action(struct test_plan *plan, uint32_t id)
{
    for (uint32_t i = 0; plan != NULL && i < plan->action_count; i++) {
        if (plan->actions[i].row.id == id) {
            return &plan->actions[i];
        }
    }
    return NULL;
}

static enum director_persistence_status load_action(void *context,
                                                    const struct director_plan_id *id,
                                                    uint32_t action_id,
                                                    struct director_action_row *row)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_LOAD_ACTION);
    struct test_plan *plan = test_store_find(store, id);
    const struct test_action *action = find_action(plan, action_id);
    test_text_list(&store->calls, "load_action %u:%u", test_plan_number(id), action_id);
    if (fails_before(fault)) {
        return fault->answer;
    }
    if (action == NULL || plan->gone || action->gone) {
        return leave(fault, DIRECTOR_PERSISTENCE_MISSING);
    }
    *row = action->row;
    uint32_t *required = lend(store, sizeof(action->required));
    memcpy(required, action->required, sizeof(action->required));
    row->required_steps = required;
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

static enum director_persistence_status save_action(void *context,
                                                    const struct director_plan_id *id,
                                                    const struct director_action_row *row)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_SAVE_ACTION);
    struct test_plan *plan = test_store_find(store, id);
    struct test_action *action = find_action(plan, row->id);
    size_t calls_length = store->calls.length;
    test_text_list(&store->calls, "save_action %u:%u", test_plan_number(id), row->id);
    list_write(store, calls_length);
    if (fails_before(fault) || action == NULL || plan->gone) {
        return leave(fault, DIRECTOR_PERSISTENCE_ERROR);
    }
    /* Nothing in it may have changed on its way, but that it names no required step any more. */
    if (row->plan_step != action->row.plan_step || row->run_step != action->row.run_step ||
        row->finalize_step != action->row.finalize_step || row->rescue != action->row.rescue ||
        row->accepts_events != action->row.accepts_events ||
        (row->required_count > 0 && (row->required_count != action->row.required_count ||
                                     memcmp(row->required_steps, action->required,
                                            row->required_count * sizeof(uint32_t)) != 0))) {
        test_text_append(&store->calls, " changed");
    }
    action->row.required_count = row->required_count;
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

static enum director_persistence_status find_inhibition(void *context,
                                                        const struct director_plan_id *id,
                                                        bool *inhibited)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_FIND_INHIBITION);
    const struct test_plan *plan = test_store_find(store, id);
    test_text_list(&store->calls, "find_inhibition %u", test_plan_number(id));
    if (fails_before(fault)) {
        return fault->answer;
    }
    *inhibited = plan != NULL && plan->inhibited;
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

static enum director_persistence_status delete_delayed_plan(void *context,
                                                            const struct director_plan_id *id)
{
    struct test_store *store = context;
    const struct test_fault *fault = enter(store, TEST_DELETE_DELAYED_PLAN);
    size_t calls_length = store->calls.length;
    test_text_list(&store->calls, "delete_delayed_plan %u", test_plan_number(id));
    list_write(store, calls_length);
    return leave(fault, DIRECTOR_PERSISTENCE_OK);
}

struct director_persistence test_store_persistence(struct test_store *store)
{
    return (struct director_persistence){
        .context = store,
        .load_plan = load_plan,
        .find_plan = find_plan,
        .save_plan = save_plan,
        .update_plan = update_plan,
        .save_step = save_step,
        .load_action = load_action,
        .save_action = save_action,
        .find_inhibition = find_inhibition,
        .delete_delayed_plan = delete_delayed_plan,
    };
}

void test_store_fail(struct test_store *store, enum test_operation operation, size_t nth,
                     enum director_persistence_status answer, enum test_moment moment)
{
    size_t free_slot = 0;
    while (free_slot < store->fault_count && store->faults[free_slot].nth > 0) {
        free_slot++;
    }
    if (free_slot == TEST_FAULTS_MAX) {
        abort();
    }
    store->fault_count += free_slot == store->fault_count;
    store->faults[free_slot] =
        (struct test_fault){.operation = operation, .nth = nth, .answer = answer, .moment = moment};
}

void test_store_free(struct test_store *store)
{
    take_back(store);
    test_text_free(&store->calls);
    test_text_free(&store->written);
    while (store->plan_count > 0) {
        free(store->plans[--store->plan_count]);
    }
}
