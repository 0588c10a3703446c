/* memory_plan.c: how a plan's rows lie in memory. A block holds the step slots, the actions, and
 * then all arrays of numbers one after another (step ids, flows, children, required steps). Numbers
 * are only ever added at the end; when they or the rows need more room, everything that lives moves
 * to a block half as large again, which keeps the cost of coming back row by row low. */
#include "sim/store/memory_plan.h"

#include <string.h>

/* How much a block is to hold besides the slots of the row's own steps. */
struct plan_shape {
    size_t extras;
    size_t actions;
    size_t words;
};

static size_t payload_bytes(const struct director_plan_row *row, const struct plan_shape *shape)
{
    return ((size_t)row->step_count + shape->extras) * sizeof(struct director_step_row) +
           shape->actions * sizeof(struct director_action_row) + shape->words * sizeof(uint32_t);
}

static size_t row_words(const struct director_plan_row *row, bool ascending)
{
    return (size_t)row->step_count * (ascending ? 1 : 2) + row->run_flow_length +
           row->finalize_flow_length;
}

static uint32_t *take_words(struct memory_plan *plan, const uint32_t *source, size_t count)
{
    uint32_t *words = plan->words + plan->word_count;

    if (count == 0) {
        return NULL;
    }
    memcpy(words, source, count * sizeof(*words));
    plan->word_count += count;
    return words;
}

/* Lay an empty plan with this row out in `memory`; its slots are all gone. */
static void lay_out(struct memory_plan *plan, void *memory, const struct director_plan_row *row,
                    const struct plan_shape *shape, bool ascending)
{
    plan->row = *row;
    plan->steps = (struct director_step_row *)memory;
    plan->steps_missing = row->step_count;
    plan->extra_count = 0;
    plan->extra_capacity = (uint32_t)shape->extras;
    plan->actions = (struct director_action_row *)(plan->steps + row->step_count + shape->extras);
    plan->action_count = 0;
    plan->action_capacity = (uint32_t)shape->actions;
    plan->words = (uint32_t *)(plan->actions + shape->actions);
    plan->word_count = 0;
    plan->word_capacity = shape->words;
    for (uint32_t at = 0; at < row->step_count; at++) {
        plan->steps[at].id = 0;
    }
    plan->row.step_ids = take_words(plan, row->step_ids, row->step_count);
    plan->row.run_flow = take_words(plan, row->run_flow, row->run_flow_length);
    plan->row.finalize_flow = take_words(plan, row->finalize_flow, row->finalize_flow_length);
    plan->order = NULL;
    if (!ascending) {
        plan->order = plan->words + plan->word_count;
        plan->word_count += row->step_count;
        store_sort_positions(plan->order, plan->row.step_ids, row->step_count);
    }
}

static void copy_step(struct memory_plan *plan, struct director_step_row *target,
                      const struct director_step_row *row)
{
    *target = *row;
    target->children = take_words(plan, row->children, row->children_count);
    target->exact = false;
}

static void copy_action(struct memory_plan *plan, struct director_action_row *target,
                        const struct director_action_row *row)
{
    *target = *row;
    target->required_steps = take_words(plan, row->required_steps, row->required_count);
}

static bool actions_ascend(const struct director_action_row *actions, uint32_t count)
{
    for (uint32_t at = 1; at < count; at++) {
        if (actions[at - 1].id >= actions[at].id) {
            return false;
        }
    }
    return true;
}

/* Fill in the actions by id. The numbers needed for sorting lie at the end of the words meanwhile.
 */
static const char *fill_actions(struct memory_plan *plan, const struct director_action_row *actions,
                                uint32_t count)
{
    uint32_t *ids;
    uint32_t *positions;

    if (actions_ascend(actions, count)) {
        for (uint32_t at = 0; at < count; at++) {
            copy_action(plan, &plan->actions[at], &actions[at]);
        }
        plan->action_count = count;
        return NULL;
    }
    ids = plan->words + plan->word_capacity - 2 * (size_t)count;
    positions = ids + count;
    for (uint32_t at = 0; at < count; at++) {
        ids[at] = actions[at].id;
    }
    store_sort_positions(positions, ids, count);
    if (!store_positions_distinct(positions, ids, count)) {
        return STORE_FAULT_ACTION_TWICE;
    }
    for (uint32_t at = 0; at < count; at++) {
        copy_action(plan, &plan->actions[at], &actions[positions[at]]);
    }
    plan->action_count = count;
    return NULL;
}

static const char *fill_steps(struct memory_plan *plan, const struct director_step_row *steps)
{
    for (uint32_t at = 0; at < plan->row.step_count; at++) {
        if (memory_plan_find_action(plan, steps[at].action_id) == NULL) {
            return STORE_FAULT_NO_ACTION;
        }
        copy_step(plan, &plan->steps[at], &steps[at]);
    }
    plan->steps_missing = 0;
    return NULL;
}

static bool ids_come_twice(const struct memory_plan *plan)
{
    return plan->order != NULL &&
           !store_positions_distinct(plan->order, plan->row.step_ids, plan->row.step_count);
}

struct memory_plan *memory_plan_create(const struct director_allocator *allocator,
                                       const struct director_plan_row *row,
                                       const struct director_step_row *steps,
                                       const struct director_action_row *actions,
                                       uint32_t action_count, const char **fault)
{
    bool ascending = store_ids_ascend(row->step_ids, row->step_count);
    struct plan_shape shape = {0, action_count, row_words(row, ascending)};
    struct memory_plan *plan;
    size_t size;

    for (uint32_t at = 0; steps != NULL && at < row->step_count; at++) {
        shape.words += steps[at].children_count;
    }
    for (uint32_t at = 0; at < action_count; at++) {
        shape.words += actions[at].required_count;
    }
    if (!actions_ascend(actions, action_count)) {
        shape.words += 2 * (size_t)action_count;
    }
    size = sizeof(*plan) + payload_bytes(row, &shape);
    plan = (struct memory_plan *)allocator->reallocate(allocator->context, NULL, 0, size);
    if (plan == NULL) {
        *fault = store_fault_no_memory;
        return NULL;
    }
    memset(plan, 0, sizeof(*plan));
    plan->block_size = size;
    lay_out(plan, plan + 1, row, &shape, ascending);
    *fault = ids_come_twice(plan) ? STORE_FAULT_STEP_TWICE : NULL;
    if (*fault == NULL) {
        *fault = fill_actions(plan, actions, action_count);
    }
    if (*fault == NULL && steps != NULL) {
        *fault = fill_steps(plan, steps);
    }
    if (*fault != NULL) {
        memory_plan_destroy(allocator, plan);
        return NULL;
    }
    return plan;
}

static void release_payload(const struct director_allocator *allocator, void *payload, size_t size)
{
    if (payload != NULL) {
        allocator->reallocate(allocator->context, payload, size, 0);
    }
}

void memory_plan_destroy(const struct director_allocator *allocator, struct memory_plan *plan)
{
    release_payload(allocator, plan->payload, plan->payload_size);
    allocator->reallocate(allocator->context, plan, plan->block_size, 0);
}

/* ---- Looking up ------------------------------------------------------------------------------ */

static uint32_t slot_of(const struct memory_plan *plan, uint32_t id)
{
    return (uint32_t)store_find_position(plan->order, plan->row.step_ids, plan->row.step_count, id);
}

/* The first of the rows that step_ids does not name whose id is not below this one. */
static uint32_t extra_place(const struct memory_plan *plan, uint32_t id)
{
    const struct director_step_row *extras = plan->steps + plan->row.step_count;
    uint32_t low = 0;
    uint32_t high = plan->extra_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (extras[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct director_step_row *memory_plan_search_step(const struct memory_plan *plan, uint32_t id)
{
    uint32_t slot = slot_of(plan, id);
    uint32_t place;

    if (slot < plan->row.step_count) {
        return plan->steps[slot].id == id && id != 0 ? &plan->steps[slot] : NULL;
    }
    place = extra_place(plan, id);
    slot = plan->row.step_count + place;
    return place < plan->extra_count && plan->steps[slot].id == id ? &plan->steps[slot] : NULL;
}

static uint32_t action_place(const struct memory_plan *plan, uint32_t id)
{
    uint32_t low = 0;
    uint32_t high = plan->action_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (plan->actions[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct director_action_row *memory_plan_search_action(const struct memory_plan *plan, uint32_t id)
{
    uint32_t place = action_place(plan, id);

    return place < plan->action_count && plan->actions[place].id == id ? &plan->actions[place]
                                                                       : NULL;
}

const struct director_step_row *memory_plan_next_step(const struct memory_plan *plan,
                                                      struct memory_step_cursor *cursor)
{
    const struct director_step_row *named = NULL;
    const struct director_step_row *extra = NULL;

    for (; named == NULL && cursor->place < plan->row.step_count; cursor->place++) {
        uint32_t slot = plan->order == NULL ? cursor->place : plan->order[cursor->place];

        if (plan->steps[slot].id != 0) {
            named = &plan->steps[slot];
            break;
        }
    }
    if (cursor->extra < plan->extra_count) {
        extra = &plan->steps[plan->row.step_count + cursor->extra];
    }
    if (named != NULL && (extra == NULL || named->id < extra->id)) {
        cursor->place++;
        return named;
    }
    if (extra != NULL) {
        cursor->extra++;
    }
    return extra;
}

/* ---- Changing -------------------------------------------------------------------------------- */

/* The numbers of all step and action rows that are there. */
static size_t live_words(const struct memory_plan *plan)
{
    size_t words = 0;

    for (uint32_t at = 0; at < plan->row.step_count + plan->extra_count; at++) {
        words += plan->steps[at].id != 0 ? plan->steps[at].children_count : 0;
    }
    for (uint32_t at = 0; at < plan->action_count; at++) {
        words += plan->actions[at].required_count;
    }
    return words;
}

static void copy_rows(struct memory_plan *target, const struct memory_plan *plan)
{
    struct memory_step_cursor cursor = {0, 0};
    const struct director_step_row *row;

    while ((row = memory_plan_next_step(plan, &cursor)) != NULL) {
        uint32_t slot = slot_of(target, row->id);

        if (slot < target->row.step_count) {
            target->steps_missing--;
        } else {
            slot = target->row.step_count + target->extra_count++;
        }
        copy_step(target, &target->steps[slot], row);
    }
    for (; target->action_count < plan->action_count; target->action_count++) {
        copy_action(target, &target->actions[target->action_count],
                    &plan->actions[target->action_count]);
    }
}

/* Move the plan to a new second block with this row and room for so much more. What it stood in is
 * handed out as *retired and *retired_size, since the caller's arrays may lie there: to be released
 * once they are copied. A fault, and nothing has changed, when there is no memory or a step id
 * comes twice. */
static const char *reshape(const struct director_allocator *allocator, struct memory_plan *plan,
                           const struct director_plan_row *row, struct plan_shape room,
                           void **retired, size_t *retired_size)
{
    bool ascending = store_ids_ascend(row->step_ids, row->step_count);
    uint32_t rows = plan->row.step_count - plan->steps_missing + plan->extra_count;
    size_t words = live_words(plan);
    struct plan_shape shape;
    struct memory_plan moved = *plan;

    /* Rows that the new step_ids does not name become extra ones: at most all of them. */
    shape.extras = room.extras + (row == &plan->row ? plan->extra_count : rows);
    shape.actions = plan->action_count + room.actions;
    shape.words = row_words(row, ascending) + words + room.words;
    moved.payload_size = payload_bytes(row, &shape) + sizeof(uint32_t); /* never none */
    moved.payload = allocator->reallocate(allocator->context, NULL, 0, moved.payload_size);
    if (moved.payload == NULL) {
        return store_fault_no_memory;
    }
    lay_out(&moved, moved.payload, row, &shape, ascending);
    if (ids_come_twice(&moved)) {
        release_payload(allocator, moved.payload, moved.payload_size);
        return STORE_FAULT_STEP_TWICE;
    }
    copy_rows(&moved, plan);
    *retired = plan->payload;
    *retired_size = plan->payload_size;
    *plan = moved;
    return NULL;
}

static bool same_words(const uint32_t *left, uint32_t left_count, const uint32_t *right,
                       uint32_t right_count)
{
    if (left_count != right_count) {
        return false;
    }
    return left_count == 0 || left == right || memcmp(left, right, left_count * sizeof(*left)) == 0;
}

const char *memory_plan_update(const struct director_allocator *allocator, struct memory_plan *plan,
                               const struct director_plan_row *row)
{
    struct plan_shape room = {0, 0, 0};
    void *retired = NULL;
    size_t retired_size = 0;
    const char *fault;

    if (same_words(plan->row.step_ids, plan->row.step_count, row->step_ids, row->step_count) &&
        same_words(plan->row.run_flow, plan->row.run_flow_length, row->run_flow,
                   row->run_flow_length) &&
        same_words(plan->row.finalize_flow, plan->row.finalize_flow_length, row->finalize_flow,
                   row->finalize_flow_length)) {
        plan->row.state = row->state;
        plan->row.result = row->result;
        plan->row.root_plan_step = row->root_plan_step;
        return NULL;
    }
    fault = reshape(allocator, plan, row, room, &retired, &retired_size);
    if (fault == NULL) {
        release_payload(allocator, retired, retired_size);
    }
    return fault;
}

/* Replace the array of a row by one that is not longer, or put it at the end of the words. */
static const uint32_t *put_words(struct memory_plan *plan, const uint32_t *stored,
                                 uint32_t stored_count, const uint32_t *words, uint32_t count)
{
    if (count > stored_count) {
        return take_words(plan, words, count);
    }
    if (count > 0 && words != stored) {
        /* The store's own words, which the caller sees as constant. */
        memmove(plan->words + (stored - plan->words), words, count * sizeof(*words));
    }
    return stored;
}

static struct director_step_row *insert_step(struct memory_plan *plan, uint32_t id)
{
    uint32_t slot = slot_of(plan, id);
    struct director_step_row *extras = plan->steps + plan->row.step_count;
    uint32_t place;

    if (slot < plan->row.step_count) {
        plan->steps_missing--;
        return &plan->steps[slot];
    }
    place = extra_place(plan, id);
    memmove(&extras[place + 1], &extras[place],
            (size_t)(plan->extra_count - place) * sizeof(*extras));
    plan->extra_count++;
    return &extras[place];
}

const char *memory_plan_put_step(const struct director_allocator *allocator,
                                 struct memory_plan *plan, struct director_step_row *step,
                                 const struct director_step_row *row)
{
    bool named = step != NULL || slot_of(plan, row->id) < plan->row.step_count;
    uint32_t stored_count = step == NULL ? 0 : step->children_count;
    size_t words = row->children_count > stored_count ? row->children_count : 0;
    struct director_step_row given = *row;
    void *retired = NULL;
    size_t retired_size = 0;

    if ((step == NULL || step->action_id != row->action_id) &&
        memory_plan_find_action(plan, row->action_id) == NULL) {
        return STORE_FAULT_NO_ACTION;
    }
    if ((words > 0 && words > plan->word_capacity - plan->word_count) ||
        (!named && plan->extra_count == plan->extra_capacity)) {
        struct plan_shape room = {named ? 0 : 1 + plan->extra_count / 2,
                                  plan->action_capacity - plan->action_count,
                                  words + plan->word_count / 2};
        const char *fault = reshape(allocator, plan, &plan->row, room, &retired, &retired_size);

        if (fault != NULL) {
            return fault;
        }
        step = step == NULL ? NULL : memory_plan_find_step(plan, given.id);
    }
    if (step == NULL) {
        step = insert_step(plan, given.id);
        step->children = NULL;
    }
    given.children =
        put_words(plan, step->children, stored_count, given.children, given.children_count);
    given.exact = false;
    *step = given;
    release_payload(allocator, retired, retired_size);
    return NULL;
}

const char *memory_plan_put_action(const struct director_allocator *allocator,
                                   struct memory_plan *plan, const struct director_action_row *row)
{
    struct director_action_row *action = memory_plan_find_action(plan, row->id);
    uint32_t stored_count = action == NULL ? 0 : action->required_count;
    size_t words = row->required_count > stored_count ? row->required_count : 0;
    struct director_action_row given = *row;
    void *retired = NULL;
    size_t retired_size = 0;

    if ((words > 0 && words > plan->word_capacity - plan->word_count) ||
        (action == NULL && plan->action_count == plan->action_capacity)) {
        struct plan_shape room = {plan->extra_capacity - plan->extra_count,
                                  1 + plan->action_count / 2, words + plan->word_count / 2};
        const char *fault = reshape(allocator, plan, &plan->row, room, &retired, &retired_size);

        if (fault != NULL) {
            return fault;
        }
        action = action == NULL ? NULL : memory_plan_find_action(plan, given.id);
    }
    if (action == NULL) {
        uint32_t place = action_place(plan, given.id);

        action = &plan->actions[place];
        memmove(action + 1, action, (size_t)(plan->action_count - place) * sizeof(*action));
        action->required_steps = NULL;
        plan->action_count++;
    }
    given.required_steps = put_words(plan, action->required_steps, stored_count,
                                     given.required_steps, given.required_count);
    *action = given;
    release_payload(allocator, retired, retired_size);
    return NULL;
}

uint32_t memory_plan_clear_steps(struct memory_plan *plan)
{
    uint32_t count = plan->row.step_count - plan->steps_missing + plan->extra_count;

    for (uint32_t at = 0; at < plan->row.step_count; at++) {
        plan->steps[at].id = 0;
    }
    plan->steps_missing = plan->row.step_count;
    plan->extra_count = 0;
    return count;
}
