/* execution_plan.c: the table of the moves that a plan may make, the one function that moves one,
 * and the copy of a plan in memory. Source: Dynflow's lib/dynflow/execution_plan.rb. */
#include "director/execution_plan.h"

#include "director/director_core.h"
#include "director/flow.h"
#include "director/memory.h"

#include <assert.h>
#include <string.h>

#define TO(state) (1u << (unsigned)DIRECTOR_PLAN_##state)

static const uint8_t moves[DIRECTOR_PLAN_STATES] = {
    [DIRECTOR_PLAN_PENDING] = TO(STOPPED) | TO(SCHEDULED) | TO(PLANNING),
    [DIRECTOR_PLAN_SCHEDULED] = TO(PLANNING) | TO(STOPPED),
    [DIRECTOR_PLAN_PLANNING] = TO(PLANNED) | TO(STOPPED),
    [DIRECTOR_PLAN_PLANNED] = TO(RUNNING) | TO(STOPPED),
    [DIRECTOR_PLAN_RUNNING] = TO(PAUSED) | TO(STOPPED),
    [DIRECTOR_PLAN_PAUSED] = TO(RUNNING) | TO(STOPPED),
    [DIRECTOR_PLAN_STOPPED] = 0,
};

bool director_plan_move_allowed(enum director_plan_state from, enum director_plan_state to)
{
    return (unsigned)from < DIRECTOR_PLAN_STATES && (unsigned)to < DIRECTOR_PLAN_STATES &&
           (moves[from] & (1u << (unsigned)to)) != 0;
}

/* Update the row; MISSING when it is gone. */
static enum director_persistence_status update(const struct director_persistence *persistence,
                                               const struct director_plan_row *row)
{
    if (persistence->update_plan != NULL) {
        return persistence->update_plan(persistence->context, row);
    }
    bool found = false;
    enum director_persistence_status status =
        persistence->find_plan(persistence->context, &row->id, &found);
    if (status != DIRECTOR_PERSISTENCE_OK) {
        return status;
    }
    return found ? persistence->save_plan(persistence->context, row) : DIRECTOR_PERSISTENCE_MISSING;
}

static enum director_status save_as(const struct director_execution_plan *plan,
                                    enum director_plan_state state)
{
    const struct director_persistence *persistence = &plan->director->persistence;
    const struct director_plan_row row = {
        .id = plan->id,
        .state = state,
        .result = director_execution_plan_result(plan),
        .root_plan_step = plan->root_plan_step,
        .step_ids = plan->step_ids,
        .step_count = plan->step_count,
        .run_flow = plan->run_flow,
        .run_flow_length = plan->run_flow_length,
        .finalize_flow = plan->finalize_flow,
        .finalize_flow_length = plan->finalize_flow_length,
    };
    return status_of_persistence(
        has_defect(plan->director, DIRECTOR_DEFECT_SAVE_REVIVES_DELETED_PLAN)
            ? persistence->save_plan(persistence->context, &row)
            : update(persistence, &row));
}

enum director_status execution_plan_save(const struct director_execution_plan *plan)
{
    return save_as(plan, plan->state);
}

static void move(struct director_execution_plan *plan, enum director_plan_state to)
{
    enum director_plan_state from = plan->state;
    const struct director_hooks *hooks = &plan->director->hooks;
    plan->state = to;
    if (hooks->plan_moved != NULL) {
        hooks->plan_moved(hooks->context, &plan->id, from, to);
    }
}

enum director_status execution_plan_update_state(struct director_execution_plan *plan,
                                                 enum director_plan_state to)
{
    if (!director_plan_move_allowed(plan->state, to)) {
        return DIRECTOR_INTERNAL;
    }
    if (has_defect(plan->director, DIRECTOR_DEFECT_UNSAVED_MOVE_STANDS)) {
        move(plan, to);
        return execution_plan_save(plan);
    }
    enum director_status status = save_as(plan, to);
    if (status == DIRECTOR_OK) {
        move(plan, to);
    }
    plan->in_doubt = status != DIRECTOR_OK;
    return status;
}

enum director_result director_execution_plan_result(const struct director_execution_plan *plan)
{
    unsigned seen = 0;
    /* What a worker could not save is not so, unless whatever comes back counts. */
    const bool stands = has_defect(plan->director, DIRECTOR_DEFECT_UNSAVED_MOVE_STANDS) ||
                        has_defect(plan->director, DIRECTOR_DEFECT_CRASH_COUNTS_AS_SUCCESS);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const struct step *step = plan->current[i];
        seen |=
            DIRECTOR_STEP_STATE_BIT(step->unsaved && !stands ? DIRECTOR_STEP_RUNNING : step->state);
    }
    if (seen & DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_CANCELLED)) {
        return DIRECTOR_RESULT_CANCELLED;
    }
    if (seen & DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR)) {
        return DIRECTOR_RESULT_ERROR;
    }
    if (seen & (DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_SKIPPING) |
                DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_SKIPPED))) {
        return DIRECTOR_RESULT_WARNING;
    }
    if ((seen & ~DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_SUCCESS)) == 0) {
        return DIRECTOR_RESULT_SUCCESS;
    }
    return DIRECTOR_RESULT_PENDING;
}

bool execution_plan_in_error(const struct director_execution_plan *plan)
{
    return director_execution_plan_result(plan) == DIRECTOR_RESULT_ERROR;
}

/* Where the arrays of a copy lie in its block, those with the widest elements first. */
struct layout {
    size_t by_id;
    size_t current;
    size_t own;
    size_t step_ids;
    size_t run_flow;
    size_t finalize_flow;
    size_t child_ids;
    size_t size;
};

static struct layout lay_out(const struct director_plan_record *record, uint32_t children,
                             bool ids_are_positions)
{
    struct layout layout;
    const struct director_plan_row *row = &record->row;
    layout.by_id = sizeof(struct director_execution_plan);
    layout.current = layout.by_id + (ids_are_positions ? 0 : row->step_count * sizeof(uint64_t));
    layout.own = layout.current + row->step_count * sizeof(struct step *);
    layout.step_ids = layout.own + row->step_count * sizeof(struct step);
    layout.run_flow = layout.step_ids + row->step_count * sizeof(uint32_t);
    layout.finalize_flow = layout.run_flow + row->run_flow_length * sizeof(uint32_t);
    layout.child_ids = layout.finalize_flow + row->finalize_flow_length * sizeof(uint32_t);
    layout.size = layout.child_ids + children * sizeof(uint32_t);
    return layout;
}

static bool ids_are_positions(const struct director_plan_record *record)
{
    for (uint32_t i = 0; i < record->row.step_count; i++) {
        if (record->steps[i].id != i + 1) {
            return false;
        }
    }
    return true;
}

/* Let the key at `at` sink to its place in the heap of the first `count`. */
static void sink(uint64_t *keys, uint32_t at, uint32_t count)
{
    uint64_t key = keys[at];
    for (uint32_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && keys[child + 1] > keys[child]) {
            child++;
        }
        if (keys[child] <= key) {
            break;
        }
        keys[at] = keys[child];
        at = child;
    }
    keys[at] = key;
}

/* A heap sort: the C library's qsort may take memory of its own. */
static void sort_keys(uint64_t *keys, uint32_t count)
{
    for (uint32_t i = count / 2; i > 0; i--) {
        sink(keys, i - 1, count);
    }
    for (uint32_t last = count; last > 1; last--) {
        uint64_t greatest = keys[0];
        keys[0] = keys[last - 1];
        keys[last - 1] = greatest;
        sink(keys, 0, last - 1);
    }
}

static const uint64_t *sort_ids(void *keys, const struct director_plan_record *record)
{
    uint64_t *sorted = keys;
    for (uint32_t i = 0; i < record->row.step_count; i++) {
        sorted[i] = (uint64_t)record->steps[i].id << 32 | i;
    }
    sort_keys(sorted, record->row.step_count);
    return sorted;
}

static const uint32_t *copy_ids(char *block, size_t offset, const uint32_t *from, uint32_t count)
{
    uint32_t *to = (void *)(block + offset);
    if (count > 0) {
        memcpy(to, from, count * sizeof(uint32_t));
    }
    return to;
}

static void copy_steps(struct director_execution_plan *plan,
                       const struct director_plan_record *record, uint32_t *child_ids)
{
    uint32_t children = 0;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const struct director_step_row *row = &record->steps[i];
        plan->own[i] = (struct step){
            .owner = plan,
            .id = row->id,
            .action_id = row->action_id,
            .queue = row->queue,
            .children_first = children,
            .children_count = row->children_count,
            .kind = (uint8_t)row->kind,
            .state = (uint8_t)row->state,
            .content = row->content,
            .content_as_loaded = true,
        };
        if (row->children_count > 0) {
            memcpy(child_ids + children, row->children, row->children_count * sizeof(uint32_t));
        }
        children += row->children_count;
        plan->current[i] = &plan->own[i];
        /* The rows may be older than this director: none may get a content that it had before. */
        if (row->content > plan->director->contents) {
            plan->director->contents = row->content;
        }
    }
}

/* Give a step its one place: in a flow, as the root, or below the action that planned it. False:
 * there is no such step of this kind, or it has a place already. */
static bool place(struct director_execution_plan *plan, uint32_t step_id,
                  enum director_step_kind kind)
{
    uint32_t position = execution_plan_position(plan, step_id);
    if (position == EXECUTION_PLAN_NO_POSITION || plan->own[position].kind != kind ||
        plan->own[position].placed) {
        return false;
    }
    plan->own[position].placed = true;
    return true;
}

static bool place_flow(struct director_execution_plan *plan, const uint32_t *flow, uint32_t length,
                       enum director_step_kind kind)
{
    struct flow_measure measure;
    if (!flow_measure(flow, length, &measure)) {
        return false;
    }
    for (uint32_t i = 0; i < length; i++) {
        if (DIRECTOR_FLOW_IS_ATOM(flow[i]) && !place(plan, flow[i], kind)) {
            return false;
        }
    }
    return true;
}

/* Does the copy hold together? A broken one must be refused here: the rest relies on it. */
static bool plan_fits(struct director_execution_plan *plan, uint32_t children)
{
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (execution_plan_position(plan, plan->own[i].id) != i) {
            return false; /* two steps of one id */
        }
    }
    if (!place(plan, plan->root_plan_step, DIRECTOR_STEP_PLAN)) {
        return false;
    }
    for (uint32_t i = 0; i < children; i++) {
        if (!place(plan, plan->child_ids[i], DIRECTOR_STEP_PLAN)) {
            return false;
        }
    }
    return place_flow(plan, plan->run_flow, plan->run_flow_length, DIRECTOR_STEP_RUN) &&
           place_flow(plan, plan->finalize_flow, plan->finalize_flow_length,
                      DIRECTOR_STEP_FINALIZE);
}

static bool step_row_fits(const struct director_step_row *row, uint32_t id)
{
    return row->id == id && id > 0 && id <= DIRECTOR_STEP_ID_MAX &&
           (unsigned)row->kind < DIRECTOR_STEP_KINDS &&
           (unsigned)row->state < DIRECTOR_STEP_STATES &&
           (row->children_count == 0 || row->kind == DIRECTOR_STEP_PLAN);
}

/* Is each row of a record fine in itself, and the whole within the limits? Counts the planned
 * actions. */
static bool rows_fit(const struct director_plan_record *record, uint64_t *children)
{
    const struct director_plan_row *row = &record->row;
    *children = 0;
    if (row->step_count > DIRECTOR_STEPS_MAX || row->run_flow_length > DIRECTOR_FLOW_TOKENS_MAX ||
        row->finalize_flow_length > DIRECTOR_FLOW_TOKENS_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < row->step_count; i++) {
        if (!step_row_fits(&record->steps[i], row->step_ids[i])) {
            return false;
        }
        *children += record->steps[i].children_count;
    }
    return *children < row->step_count; /* only the root was planned by nobody */
}

enum director_status execution_plan_create(struct director *director,
                                           const struct director_plan_record *record,
                                           struct director_execution_plan **created)
{
    const struct director_plan_row *row = &record->row;
    uint64_t children;
    if (!rows_fit(record, &children)) {
        return DIRECTOR_INTERNAL;
    }
    bool dense = ids_are_positions(record);
    struct layout layout = lay_out(record, (uint32_t)children, dense);
    char *block = memory_allocate(&director->allocator, layout.size);
    if (block == NULL) {
        return DIRECTOR_NO_MEMORY;
    }
    struct director_execution_plan *plan = (void *)block;
    *plan = (struct director_execution_plan){
        .director = director,
        .block_size = layout.size,
        .references = 1,
        .id = row->id,
        .state = row->state,
        .ids_are_positions = dense,
        .root_plan_step = row->root_plan_step,
        .step_count = row->step_count,
        .run_flow_length = row->run_flow_length,
        .finalize_flow_length = row->finalize_flow_length,
        .own = (void *)(block + layout.own),
        .current = (void *)(block + layout.current),
        .by_id = dense ? NULL : sort_ids(block + layout.by_id, record),
        .step_ids = copy_ids(block, layout.step_ids, row->step_ids, row->step_count),
        .run_flow = copy_ids(block, layout.run_flow, row->run_flow, row->run_flow_length),
        .finalize_flow =
            copy_ids(block, layout.finalize_flow, row->finalize_flow, row->finalize_flow_length),
        .child_ids = (void *)(block + layout.child_ids),
    };
    copy_steps(plan, record, (void *)(block + layout.child_ids));
    if (!plan_fits(plan, (uint32_t)children)) {
        execution_plan_release(plan);
        return DIRECTOR_INTERNAL;
    }
    *created = plan;
    return DIRECTOR_OK;
}

void execution_plan_retain(struct director_execution_plan *plan)
{
    plan->references++;
}

void execution_plan_let_go(struct director_execution_plan *plan)
{
    for (uint32_t i = 0; i < plan->step_count; i++) {
        struct director_execution_plan *owner = plan->current[i]->owner;
        plan->current[i] = &plan->own[i];
        if (owner != plan) {
            execution_plan_release(owner);
        }
    }
}

void execution_plan_release(struct director_execution_plan *plan)
{
    assert(plan->references > 0);
    if (--plan->references == 0) {
        execution_plan_let_go(plan);
        memory_release(&plan->director->allocator, plan, plan->block_size);
    }
}

uint32_t execution_plan_position(const struct director_execution_plan *plan, uint32_t step_id)
{
    if (plan->ids_are_positions) {
        return step_id - 1 < plan->step_count ? step_id - 1 : EXECUTION_PLAN_NO_POSITION;
    }
    uint32_t low = 0;
    uint32_t high = plan->step_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (plan->by_id[middle] >> 32 < step_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < plan->step_count && plan->by_id[low] >> 32 == step_id ? (uint32_t)plan->by_id[low]
                                                                       : EXECUTION_PLAN_NO_POSITION;
}

enum director_status execution_plan_update_step(struct director_execution_plan *plan,
                                                struct step *step)
{
    uint32_t position = execution_plan_position(plan, step->id);
    if (position == EXECUTION_PLAN_NO_POSITION) {
        return DIRECTOR_INTERNAL;
    }
    struct step *old = plan->current[position];
    if (old == step) {
        return DIRECTOR_OK;
    }
    if (old->kind != step->kind) {
        return DIRECTOR_INTERNAL;
    }
    if (step->owner != plan) {
        execution_plan_retain(step->owner);
    }
    plan->current[position] = step;
    if (old->owner != plan) {
        execution_plan_release(old->owner);
    }
    return DIRECTOR_OK;
}

const struct director_plan_id *director_execution_plan_id(
    const struct director_execution_plan *plan)
{
    return &plan->id;
}

enum director_plan_state director_execution_plan_state(const struct director_execution_plan *plan)
{
    return plan->state;
}

uint32_t director_execution_plan_step_count(const struct director_execution_plan *plan)
{
    return plan->step_count;
}

uint32_t director_execution_plan_step_id(const struct director_execution_plan *plan,
                                         uint32_t position)
{
    return position < plan->step_count ? plan->current[position]->id : 0;
}

enum director_step_kind director_execution_plan_step_kind(
    const struct director_execution_plan *plan, uint32_t position)
{
    return position < plan->step_count ? plan->current[position]->kind : DIRECTOR_STEP_PLAN;
}

enum director_step_state director_execution_plan_step_state(
    const struct director_execution_plan *plan, uint32_t position)
{
    return position < plan->step_count ? plan->current[position]->state : DIRECTOR_STEP_PENDING;
}
