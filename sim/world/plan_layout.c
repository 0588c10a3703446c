/* plan_layout.c: how a plan of a scenario becomes rows. */
#include "sim/world/plan_layout.h"

#include "director/memory.h"

#include <string.h>

static uint32_t count_rows(const struct scenario_plan *plan)
{
    uint32_t rows = 1;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        rows += 1u + (plan->steps[i].in_run ? 1u : 0u) + (plan->steps[i].in_finalize ? 1u : 0u);
    }
    return rows;
}

/* Each action's plan step, then its run step, then its finalize step, action by action. */
static void number_steps(struct layout_step *steps, uint32_t *run_ids, uint32_t *finalize_ids,
                         const struct scenario_plan *plan)
{
    uint32_t id = 0;
    steps[id++] = (struct layout_step){SCENARIO_NONE, DIRECTOR_STEP_PLAN};
    for (uint32_t i = 0; i < plan->step_count; i++) {
        run_ids[i] = 0;
        finalize_ids[i] = 0;
        steps[id++] = (struct layout_step){i, DIRECTOR_STEP_PLAN};
        if (plan->steps[i].in_run) {
            steps[id++] = (struct layout_step){i, DIRECTOR_STEP_RUN};
            run_ids[i] = id;
        }
        if (plan->steps[i].in_finalize) {
            steps[id++] = (struct layout_step){i, DIRECTOR_STEP_FINALIZE};
            finalize_ids[i] = id;
        }
    }
}

struct before_walk {
    const uint32_t *flow;
    uint32_t position; /* in the flow */
    uint32_t atoms;    /* passed so far */
    uint32_t *order;
    struct layout_before *before;
};

/* Walk one flow. `before` stands before all of it. */
static void walk(struct before_walk *at, struct layout_before before)
{
    uint32_t token = at->flow[at->position++];
    if (DIRECTOR_FLOW_IS_ATOM(token)) {
        at->order[at->atoms++] = token - 1;
        at->before[token - 1] = before;
        return;
    }
    bool sequence = DIRECTOR_FLOW_IS_SEQUENCE(token);
    for (uint32_t i = token & DIRECTOR_FLOW_COUNT_MASK; i > 0; i--) {
        uint32_t first = at->atoms;
        walk(at, before);
        if (sequence && at->atoms > first) {
            before = (struct layout_before){first, at->atoms - first};
        }
    }
}

bool plan_layout_create(struct plan_layout *layout, const struct scenario_plan *plan,
                        const struct director_allocator *allocator)
{
    uint32_t rows = count_rows(plan);
    size_t steps_at = 0;
    size_t before_at = steps_at + rows * sizeof(struct layout_step);
    size_t run_at = before_at + plan->step_count * sizeof(struct layout_before);
    size_t finalize_at = run_at + plan->step_count * sizeof(uint32_t);
    size_t order_at = finalize_at + plan->step_count * sizeof(uint32_t);
    size_t size = order_at + plan->step_count * sizeof(uint32_t);
    char *block = memory_allocate(allocator, size);
    if (block == NULL) {
        return false;
    }
    memset(block, 0, size);
    struct layout_step *steps = (void *)(block + steps_at);
    uint32_t *run_ids = (void *)(block + run_at);
    uint32_t *finalize_ids = (void *)(block + finalize_at);
    number_steps(steps, run_ids, finalize_ids, plan);
    struct before_walk at = {.flow = plan->run_flow,
                             .order = (void *)(block + order_at),
                             .before = (void *)(block + before_at)};
    if (plan->run_flow_length > 0) {
        walk(&at, (struct layout_before){0, 0});
    }
    layout->step_count = rows;
    layout->scenario_steps = plan->step_count;
    layout->steps = steps;
    layout->run_ids = run_ids;
    layout->finalize_ids = finalize_ids;
    layout->order = at.order;
    layout->before = at.before;
    layout->block = block;
    layout->block_size = size;
    return true;
}

void plan_layout_free(struct plan_layout *layout, const struct director_allocator *allocator)
{
    memory_release(allocator, layout->block, layout->block_size);
    layout->block = NULL;
}

/* ---- Rows ----------------------------------------------------------------------------------- */

/* All that one plan's rows need, in one block. */
struct rows {
    struct director_step_row *steps;
    struct director_action_row *actions;
    const char **action_labels;
    uint32_t *step_ids;
    uint32_t *children; /* plan steps, grouped by the action that planned them */
    uint32_t *required; /* run steps, action by action */
    uint32_t *run_flow;
    uint32_t *finalize_flow;
    size_t size;
    void *block;
};

static bool rows_create(struct rows *rows, const struct plan_layout *layout,
                        const struct scenario_plan *plan,
                        const struct director_allocator *allocator)
{
    size_t required = 0;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        required += plan->steps[i].requires_count;
    }
    size_t steps = sizeof(struct director_step_row) * layout->step_count;
    size_t actions = sizeof(struct director_action_row) * (plan->step_count + 1);
    size_t labels = sizeof(char *) * (plan->step_count + 1);
    size_t numbers = layout->step_count + plan->step_count + required + plan->run_flow_length +
                     plan->finalize_flow_length;
    rows->size = steps + actions + labels + numbers * sizeof(uint32_t);
    char *block = memory_allocate(allocator, rows->size);
    if (block == NULL) {
        return false;
    }
    memset(block, 0, rows->size);
    rows->block = block;
    rows->steps = (void *)block;
    rows->actions = (void *)(block + steps);
    rows->action_labels = (void *)(block + steps + actions);
    rows->step_ids = (void *)(block + steps + actions + labels);
    rows->children = rows->step_ids + layout->step_count;
    rows->required = rows->children + plan->step_count;
    rows->run_flow = rows->required + required;
    rows->finalize_flow = rows->run_flow + plan->run_flow_length;
    return true;
}

/* The state that a row has when the run begins. What is only scheduled was not planned yet; its
 * rows stand there all the same. */
static enum director_step_state initial_state(const struct scenario_plan *plan,
                                              const struct layout_step *step)
{
    if (plan->state == DIRECTOR_PLAN_SCHEDULED) {
        return DIRECTOR_STEP_PENDING;
    }
    if (step->kind == DIRECTOR_STEP_PLAN || plan->state == DIRECTOR_PLAN_STOPPED) {
        return DIRECTOR_STEP_SUCCESS;
    }
    return DIRECTOR_STEP_PENDING;
}

/* The plan steps of what an action planned (scenario step, or NONE for the root), behind *next. */
static void fill_children(struct rows *rows, const struct plan_layout *layout,
                          const struct scenario_plan *plan, uint32_t parent, uint32_t *next,
                          struct director_step_row *row)
{
    row->children = rows->children + *next;
    for (uint32_t id = 2; id <= layout->step_count; id++) {
        const struct layout_step *step = &layout->steps[id - 1];
        if (step->kind == DIRECTOR_STEP_PLAN && plan->steps[step->step].planned_by == parent) {
            rows->children[(*next)++] = id;
            row->children_count++;
        }
    }
}

static void fill_steps(struct rows *rows, const struct plan_layout *layout,
                       const struct scenario_plan *plan)
{
    uint32_t next_child = 0;
    bool nested = false;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        nested = nested || plan->steps[i].planned_by != SCENARIO_NONE;
    }
    for (uint32_t i = 0; i < layout->step_count; i++) {
        const struct layout_step *step = &layout->steps[i];
        bool root = step->step == SCENARIO_NONE;
        rows->step_ids[i] = i + 1;
        rows->steps[i] = (struct director_step_row){
            .id = i + 1,
            .action_id = root ? LAYOUT_ROOT_ACTION : LAYOUT_ACTION_OF(step->step),
            .queue = root ? 0 : plan->steps[step->step].queue,
            .kind = step->kind,
            .state = initial_state(plan, step),
        };
        if (step->kind == DIRECTOR_STEP_PLAN && (root || nested)) {
            fill_children(rows, layout, plan, step->step, &next_child, &rows->steps[i]);
        }
    }
}

static void fill_actions(struct rows *rows, const struct plan_layout *layout,
                         const struct scenario_plan *plan)
{
    uint32_t *required = rows->required;
    rows->actions[0] = (struct director_action_row){
        .id = LAYOUT_ROOT_ACTION, .plan_step = 1, .rescue = plan->rescue};
    rows->action_labels[0] = plan->name;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const struct scenario_step *step = &plan->steps[i];
        rows->action_labels[i + 1] = step->name;
        rows->actions[i + 1] = (struct director_action_row){
            .id = LAYOUT_ACTION_OF(i),
            .run_step = layout->run_ids[i],
            .finalize_step = layout->finalize_ids[i],
            .rescue = step->rescue,
            .accepts_events = step->accepts_events,
            .required_steps = required,
            .required_count = step->requires_count,
        };
        for (uint32_t r = 0; r < step->requires_count; r++) {
            *required++ = layout->run_ids[step->requires[r]];
        }
    }
    for (uint32_t i = 0; i < layout->step_count; i++) {
        const struct layout_step *step = &layout->steps[i];
        if (step->kind == DIRECTOR_STEP_PLAN && step->step != SCENARIO_NONE) {
            rows->actions[step->step + 1].plan_step = i + 1;
        }
    }
}

/* Atoms of the scenario's flow are scenario steps plus 1; those of the row are step ids. */
static void fill_flow(uint32_t *to, const uint32_t *from, uint32_t length, const uint32_t *ids)
{
    for (uint32_t i = 0; i < length; i++) {
        to[i] = DIRECTOR_FLOW_IS_ATOM(from[i]) ? ids[from[i] - 1] : from[i];
    }
}

static bool fill(struct rows *rows, const struct plan_layout *layout,
                 const struct scenario_plan *plan, const struct director_allocator *allocator)
{
    if (!rows_create(rows, layout, plan, allocator)) {
        return false;
    }
    fill_steps(rows, layout, plan);
    fill_actions(rows, layout, plan);
    fill_flow(rows->run_flow, plan->run_flow, plan->run_flow_length, layout->run_ids);
    fill_flow(rows->finalize_flow, plan->finalize_flow, plan->finalize_flow_length,
              layout->finalize_ids);
    return true;
}

enum store_status plan_layout_insert(const struct plan_layout *layout,
                                     const struct scenario_plan *plan, struct store *store,
                                     const struct director_allocator *allocator)
{
    struct rows rows;
    if (!fill(&rows, layout, plan, allocator)) {
        return STORE_NO_MEMORY;
    }
    const struct store_plan inserted = {
        .record =
            {
                .row =
                    {
                        .id = layout->id,
                        .state = plan->state,
                        .result = plan->state == DIRECTOR_PLAN_STOPPED ? DIRECTOR_RESULT_SUCCESS
                                                                       : DIRECTOR_RESULT_PENDING,
                        .root_plan_step = 1,
                        .step_ids = rows.step_ids,
                        .step_count = layout->step_count,
                        .run_flow = rows.run_flow,
                        .run_flow_length = plan->run_flow_length,
                        .finalize_flow = rows.finalize_flow,
                        .finalize_flow_length = plan->finalize_flow_length,
                    },
                .steps = rows.steps,
            },
        .actions = rows.actions,
        .action_count = plan->step_count + 1,
        .label = plan->name,
        .action_labels = rows.action_labels,
    };
    enum store_status status = store->operations->insert_plan(store, &inserted);
    memory_release(allocator, rows.block, rows.size);
    return status;
}

/* ---- What an earlier run left --------------------------------------------------------------- */

static bool same_numbers(const uint32_t *left, uint32_t left_count, const uint32_t *right,
                         uint32_t right_count)
{
    return left_count == right_count &&
           (left_count == 0 || memcmp(left, right, left_count * sizeof(left[0])) == 0);
}

struct comparing {
    const struct rows *rows;
    uint32_t step_count;
    bool same;
};

static bool compare_step(void *context, const struct director_step_row *row)
{
    struct comparing *comparing = context;
    const struct director_step_row *own =
        row->id <= comparing->step_count ? &comparing->rows->steps[row->id - 1] : NULL;
    comparing->same = own != NULL && own->kind == row->kind && own->action_id == row->action_id &&
                      own->queue == row->queue;
    return comparing->same;
}

enum store_status plan_layout_compare(const struct plan_layout *layout,
                                      const struct scenario_plan *plan, struct store *store,
                                      const struct director_allocator *allocator, bool *same)
{
    struct rows rows;
    struct director_plan_row row;
    if (!fill(&rows, layout, plan, allocator)) {
        return STORE_NO_MEMORY;
    }
    struct comparing comparing = {.rows = &rows, .step_count = layout->step_count};
    enum store_status status = store->operations->peek_plan(store, &layout->id, &row);
    if (status == STORE_OK) {
        comparing.same =
            row.root_plan_step == 1 &&
            same_numbers(row.step_ids, row.step_count, rows.step_ids, layout->step_count) &&
            same_numbers(row.run_flow, row.run_flow_length, rows.run_flow, plan->run_flow_length) &&
            same_numbers(row.finalize_flow, row.finalize_flow_length, rows.finalize_flow,
                         plan->finalize_flow_length);
    }
    if (comparing.same) {
        status = store->operations->each_step(store, &layout->id, compare_step, &comparing);
    }
    *same = comparing.same;
    memory_release(allocator, rows.block, rows.size);
    return status;
}
