/* memory_store.c: the store of campaigns, fuzzing and search. It lives in its owner's allocator
 * alone, so that a copy of an arena is a copy of the database, and answers like the SQLite store to
 * every call. It is on the path of each simulated event: a look-up is a probe of a hash table and
 * one of an array. */
#include "sim/store/memory_internal.h"

enum store_status memory_store_fault(struct memory_store *memory, const char *fault)
{
    memory->error = fault;
    return fault == store_fault_no_memory ? STORE_NO_MEMORY : STORE_ERROR;
}

static enum director_persistence_status refuse(struct memory_store *memory, const char *fault)
{
    memory->error = fault;
    return DIRECTOR_PERSISTENCE_ERROR;
}

/* ---- Plans as a whole ------------------------------------------------------------------------ */

/* Make a plan that is not there yet, the last in the order of insertion. */
static const char *add_plan(struct memory_store *memory, const struct director_plan_row *row,
                            const struct director_step_row *steps,
                            const struct director_action_row *actions, uint32_t action_count)
{
    const char *fault;
    struct memory_plan *plan;

    if (!id_table_reserve(&memory->plans, &memory->allocator)) {
        return store_fault_no_memory;
    }
    plan = memory_plan_create(&memory->allocator, row, steps, actions, action_count, &fault);
    if (plan == NULL) {
        return fault;
    }
    plan->previous = memory->last;
    *(memory->last == NULL ? &memory->first : &memory->last->next) = plan;
    memory->last = plan;
    id_table_insert(&memory->plans, plan);
    return NULL;
}

static enum store_status insert_plan(struct store *store, const struct store_plan *plan)
{
    struct memory_store *memory = (struct memory_store *)store;
    const char *fault = store_plan_fault(plan);

    if (fault == NULL && memory_store_find(memory, &plan->record.row.id) != NULL) {
        return STORE_EXISTS;
    }
    if (fault == NULL) {
        fault = add_plan(memory, &plan->record.row, plan->record.steps, plan->actions,
                         plan->action_count);
    }
    return fault == NULL ? STORE_OK : memory_store_fault(memory, fault);
}

static enum store_status delete_plan(struct store *store, const struct director_plan_id *id)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct memory_plan *plan = memory_store_find(memory, id);

    if (plan == NULL) {
        return STORE_MISSING;
    }
    memory_remove_delayed(memory, plan);
    memory_remove_dependencies(memory, plan);
    /* By the plan's own id: the caller's may be that same memory. */
    id_table_remove(&memory->plans, &plan->row.id);
    *(plan->previous == NULL ? &memory->first : &plan->previous->next) = plan->next;
    *(plan->next == NULL ? &memory->last : &plan->next->previous) = plan->previous;
    memory_plan_destroy(&memory->allocator, plan);
    return STORE_OK;
}

static enum store_status delete_steps(struct store *store, const struct director_plan_id *id)
{
    struct memory_plan *plan = memory_store_find((struct memory_store *)store, id);

    return plan != NULL && memory_plan_clear_steps(plan) > 0 ? STORE_OK : STORE_MISSING;
}

/* ---- The director's persistence -------------------------------------------------------------- */

static enum director_persistence_status load_plan(void *context, const struct director_plan_id *id,
                                                  struct director_plan_record *record)
{
    const struct memory_plan *plan = memory_store_find((struct memory_store *)context, id);

    if (plan == NULL) {
        return DIRECTOR_PERSISTENCE_MISSING;
    }
    if (plan->steps_missing > 0) {
        return DIRECTOR_PERSISTENCE_INCOMPLETE;
    }
    record->row = plan->row;
    record->steps = plan->steps;
    return DIRECTOR_PERSISTENCE_OK;
}

static enum director_persistence_status find_plan(void *context, const struct director_plan_id *id,
                                                  bool *found)
{
    *found = memory_store_find((struct memory_store *)context, id) != NULL;
    return DIRECTOR_PERSISTENCE_OK;
}

static enum director_persistence_status save_plan(void *context,
                                                  const struct director_plan_row *row)
{
    struct memory_store *memory = (struct memory_store *)context;
    struct memory_plan *plan = memory_store_find(memory, &row->id);
    const char *fault = store_plan_row_fault(row);

    if (fault == NULL) {
        fault = plan == NULL ? add_plan(memory, row, NULL, NULL, 0)
                             : memory_plan_update(&memory->allocator, plan, row);
    }
    return fault == NULL ? DIRECTOR_PERSISTENCE_OK : refuse(memory, fault);
}

static enum director_persistence_status save_step(void *context, const struct director_plan_id *id,
                                                  const struct director_step_row *row,
                                                  uint32_t allowed)
{
    struct memory_store *memory = (struct memory_store *)context;
    struct memory_plan *plan = memory_store_find(memory, id);
    const char *fault = store_step_row_fault(row);
    struct director_step_row *step;

    if (fault != NULL || plan == NULL) {
        return refuse(memory, fault != NULL ? fault : STORE_FAULT_NO_PLAN);
    }
    step = memory_plan_find_step(plan, row->id);
    if (step != NULL && allowed != DIRECTOR_SAVE_ALWAYS &&
        (allowed & DIRECTOR_STEP_STATE_BIT(step->state)) == 0) {
        return store_step_unchanged(row, step->state, step->content)
                   ? DIRECTOR_PERSISTENCE_OK
                   : DIRECTOR_PERSISTENCE_UNMATCHED;
    }
    fault = memory_plan_put_step(&memory->allocator, plan, step, row);
    return fault == NULL ? DIRECTOR_PERSISTENCE_OK : refuse(memory, fault);
}

static enum director_persistence_status load_action(void *context,
                                                    const struct director_plan_id *id,
                                                    uint32_t action_id,
                                                    struct director_action_row *row)
{
    const struct memory_plan *plan = memory_store_find((struct memory_store *)context, id);
    const struct director_action_row *action =
        plan == NULL ? NULL : memory_plan_find_action(plan, action_id);

    if (action == NULL) {
        return DIRECTOR_PERSISTENCE_MISSING;
    }
    *row = *action;
    return DIRECTOR_PERSISTENCE_OK;
}

static enum director_persistence_status save_action(void *context,
                                                    const struct director_plan_id *id,
                                                    const struct director_action_row *row)
{
    struct memory_store *memory = (struct memory_store *)context;
    struct memory_plan *plan = memory_store_find(memory, id);
    const char *fault = store_action_row_fault(row);

    if (fault == NULL) {
        fault = plan == NULL ? STORE_FAULT_NO_PLAN
                             : memory_plan_put_action(&memory->allocator, plan, row);
    }
    return fault == NULL ? DIRECTOR_PERSISTENCE_OK : refuse(memory, fault);
}

static enum director_persistence_status find_inhibition(void *context,
                                                        const struct director_plan_id *id,
                                                        bool *inhibited)
{
    struct memory_store *memory = (struct memory_store *)context;

    *inhibited =
        id_table_find(&memory->records[STORE_RECORD_INHIBITION_LOCK].by_subject, id) != NULL;
    return DIRECTOR_PERSISTENCE_OK;
}

static enum director_persistence_status delete_delayed_plan(void *context,
                                                            const struct director_plan_id *id)
{
    struct memory_store *memory = (struct memory_store *)context;
    struct memory_plan *plan = memory_store_find(memory, id);

    if (plan != NULL) {
        memory_remove_delayed(memory, plan);
    }
    return DIRECTOR_PERSISTENCE_OK;
}

/* ---- For checks and views -------------------------------------------------------------------- */

static enum store_status peek_plan(struct store *store, const struct director_plan_id *id,
                                   struct director_plan_row *row)
{
    const struct memory_plan *plan = memory_store_find((struct memory_store *)store, id);

    if (plan == NULL) {
        return STORE_MISSING;
    }
    *row = plan->row;
    return STORE_OK;
}

static enum store_status peek_step(struct store *store, const struct director_plan_id *id,
                                   uint32_t step_id, enum director_step_state *state)
{
    const struct memory_plan *plan = memory_store_find((struct memory_store *)store, id);
    const struct director_step_row *step =
        plan == NULL ? NULL : memory_plan_find_step(plan, step_id);

    if (step == NULL) {
        return STORE_MISSING;
    }
    *state = step->state;
    return STORE_OK;
}

static enum store_status each_plan(struct store *store,
                                   bool (*visit)(void *context,
                                                 const struct director_plan_row *row),
                                   void *context)
{
    const struct memory_plan *plan = ((struct memory_store *)store)->first;

    for (; plan != NULL && visit(context, &plan->row); plan = plan->next) {
    }
    return STORE_OK;
}

static enum store_status each_step(struct store *store, const struct director_plan_id *id,
                                   bool (*visit)(void *context,
                                                 const struct director_step_row *row),
                                   void *context)
{
    const struct memory_plan *plan = memory_store_find((struct memory_store *)store, id);
    struct memory_step_cursor cursor = {0, 0};
    const struct director_step_row *row;

    if (plan == NULL) {
        return STORE_OK;
    }
    do {
        row = memory_plan_next_step(plan, &cursor);
    } while (row != NULL && visit(context, row));
    return STORE_OK;
}

/* ---- The store ------------------------------------------------------------------------------- */

static void close_store(struct store *store)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct director_allocator allocator = memory->allocator;

    while (memory->first != NULL) {
        delete_plan(store, &memory->first->row.id);
    }
    memory_release_records(memory);
    id_table_release(&memory->plans, &allocator);
    allocator.reallocate(allocator.context, memory, sizeof(*memory), 0);
}

static const char *error_message(const struct store *store)
{
    return ((const struct memory_store *)store)->error;
}

static const struct store_operations operations = {
    .name = "memory",
    .insert_plan = insert_plan,
    .delete_plan = delete_plan,
    .delete_steps = delete_steps,
    .insert_record = memory_insert_record,
    .update_record = memory_update_record,
    .delete_record = memory_delete_record,
    .find_record = memory_find_record,
    .insert_delayed = memory_insert_delayed,
    .find_delayed = memory_find_delayed,
    .insert_dependency = memory_insert_dependency,
    .peek_plan = peek_plan,
    .peek_step = peek_step,
    .each_plan = each_plan,
    .each_step = each_step,
    .each_record = memory_each_record,
    .each_delayed = memory_each_delayed,
    .each_dependency = memory_each_dependency,
    .close = close_store,
    .error_message = error_message,
};

enum store_status memory_store_create(const struct director_allocator *allocator,
                                      struct store **store)
{
    struct memory_store *memory =
        (struct memory_store *)allocator->reallocate(allocator->context, NULL, 0, sizeof(*memory));

    if (memory == NULL) {
        return STORE_NO_MEMORY;
    }
    memset(memory, 0, sizeof(*memory));
    memory->store.operations = &operations;
    memory->store.persistence = (struct director_persistence){
        .context = memory,
        .load_plan = load_plan,
        .find_plan = find_plan,
        .save_plan = save_plan,
        .save_step = save_step,
        .load_action = load_action,
        .save_action = save_action,
        .find_inhibition = find_inhibition,
        .delete_delayed_plan = delete_delayed_plan,
    };
    memory->allocator = *allocator;
    memory->error = "";
    *store = &memory->store;
    return STORE_OK;
}
