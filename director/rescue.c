/* rescue.c: strategies and skipping. Source: Dynflow's Action::Rescue#rescue_strategy and
 * ExecutionPlan#prepare_for_rescue, #skip, #steps_to_skip. Actions live in the database, and each
 * load of one can fail: they happen in the order and the number that Dynflow has. */
#include "director/rescue.h"

#include "director/director_core.h"
#include "director/execution_plan.h"

#include <assert.h>

static bool in_error(const struct director_execution_plan *plan, uint32_t step_id)
{
    if (step_id == 0) {
        return false;
    }
    uint32_t position = execution_plan_position(plan, step_id);
    return position != EXECUTION_PLAN_NO_POSITION &&
           plan->current[position]->state == DIRECTOR_STEP_ERROR;
}

bool rescue_wanted(const struct execution_plan_manager *manager)
{
    return !manager->director->terminating && rescue_possible(manager);
}

bool rescue_possible(const struct execution_plan_manager *manager)
{
    const struct director *director = manager->director;
    const struct director_execution_plan *plan = manager->plan;
    if (!director->auto_rescue || !execution_plan_in_error(plan)) {
        return false;
    }
    if (!manager->rescued) {
        return true;
    }
    for (uint32_t i = 0; i < plan->step_count; i++) {
        if (plan->current[i]->state == DIRECTOR_STEP_ERROR && !manager->notes[i].rescued) {
            return true;
        }
    }
    return false;
}

static enum director_status load_action(const struct director_execution_plan *plan,
                                        uint32_t action_id, struct director_action_row *row)
{
    const struct director_persistence *persistence = &plan->director->persistence;
    return status_of_persistence(
        persistence->load_action(persistence->context, &plan->id, action_id, row));
}

/* Load the action of a plan step, and note what its strategy depends on. */
static enum director_status load_planned(struct execution_plan_manager *manager, uint32_t position)
{
    struct director_action_row row = {0};
    enum director_status status =
        load_action(manager->plan, manager->plan->current[position]->action_id, &row);
    if (status == DIRECTOR_OK) {
        struct rescue_note *note = &manager->notes[position];
        note->run_step = row.run_step;
        note->finalize_step = row.finalize_step;
        note->strategy = (uint8_t)row.rescue;
    }
    return status;
}

/* Suggestions that an action has to combine. */
struct suggestions {
    uint32_t count;
    uint32_t skip;
    uint32_t fail;
};

static void suggest(struct suggestions *suggestions, enum director_rescue_strategy strategy)
{
    suggestions->count += strategy != DIRECTOR_RESCUE_NONE;
    suggestions->skip += strategy == DIRECTOR_RESCUE_SKIP;
    suggestions->fail += strategy == DIRECTOR_RESCUE_FAIL;
}

static enum director_rescue_strategy combine(const struct suggestions *suggestions)
{
    if (suggestions->count == 0) {
        return DIRECTOR_RESCUE_NONE;
    }
    if (suggestions->skip == suggestions->count) {
        return DIRECTOR_RESCUE_SKIP;
    }
    if (suggestions->fail == suggestions->count) {
        return DIRECTOR_RESCUE_FAIL;
    }
    return DIRECTOR_RESCUE_PAUSE;
}

/* The strategy of the loaded action whose plan step is at `position`. Its children are all loaded
 * before any of them is asked. */
static enum director_status strategy_of(struct execution_plan_manager *manager, uint32_t position,
                                        uint32_t depth, enum director_rescue_strategy *strategy)
{
    const struct director_execution_plan *plan = manager->plan;
    const struct step *plan_step = plan->current[position];
    const struct rescue_note *note = &manager->notes[position];
    const uint32_t *children = plan_step->owner->child_ids + plan_step->children_first;
    struct suggestions suggestions = {0};
    if (depth == DIRECTOR_ACTION_DEPTH_MAX) {
        return DIRECTOR_INTERNAL;
    }
    if (plan_step->state == DIRECTOR_STEP_ERROR || in_error(plan, note->run_step) ||
        in_error(plan, note->finalize_step)) {
        suggest(&suggestions, note->strategy);
    }
    for (uint32_t i = 0; i < plan_step->children_count; i++) {
        enum director_status status =
            load_planned(manager, execution_plan_position(plan, children[i]));
        if (status != DIRECTOR_OK) {
            return status;
        }
    }
    for (uint32_t i = 0; i < plan_step->children_count; i++) {
        enum director_rescue_strategy suggested = DIRECTOR_RESCUE_NONE;
        enum director_status status =
            strategy_of(manager, execution_plan_position(plan, children[i]), depth + 1, &suggested);
        if (status != DIRECTOR_OK) {
            return status;
        }
        suggest(&suggestions, suggested);
    }
    *strategy = combine(&suggestions);
    return DIRECTOR_OK;
}

/* ExecutionPlan#rescue_strategy: the root action's, and skip when it has none. */
static enum director_status plan_strategy(struct execution_plan_manager *manager,
                                          enum director_rescue_strategy *strategy)
{
    uint32_t root = execution_plan_position(manager->plan, manager->plan->root_plan_step);
    if (!manager->root_loaded) {
        enum director_status status = load_planned(manager, root);
        if (status != DIRECTOR_OK) {
            return status;
        }
        manager->root_loaded = true;
    }
    enum director_status status = strategy_of(manager, root, 0, strategy);
    if (status == DIRECTOR_OK && *strategy == DIRECTOR_RESCUE_NONE) {
        *strategy = DIRECTOR_RESCUE_SKIP;
    }
    return status;
}

static void list_to_skip(struct execution_plan_manager *manager, uint32_t position)
{
    struct director *director = manager->director;
    if (!manager->notes[position].to_skip) {
        manager->notes[position].to_skip = true;
        assert(director->scratch_count < director->scratch_capacity);
        director->scratch[director->scratch_count++] = manager->plan->current[position];
    }
}

static bool requires_step(const struct director_action_row *action, uint32_t step_id)
{
    for (uint32_t i = 0; i < action->required_count; i++) {
        if (action->required_steps[i] == step_id) {
            return true;
        }
    }
    return false;
}

/* Dynflow walks a diamond of requirements once for each way through it, so the walk must have an
 * end. */
#define RESCUE_LOADS_MAX 10000000u

struct skip_walk {
    struct execution_plan_manager *manager;
    uint32_t depth;
    uint32_t loads;
};

static enum director_status load_for_skip(struct skip_walk *walk, uint32_t position,
                                          struct director_action_row *row)
{
    const struct director_execution_plan *plan = walk->manager->plan;
    if (++walk->loads > RESCUE_LOADS_MAX) {
        return DIRECTOR_INTERNAL;
    }
    return load_action(plan, plan->current[position]->action_id, row);
}

static enum director_status list_steps_to_skip(struct skip_walk *walk, uint32_t position);

/* List what depends on a step. Dynflow loads all actions of a level before it goes into the first
 * step that depends; here it goes in at once, which loads as often and, since nothing is written
 * before the list is complete, cannot be told apart. */
static enum director_status list_dependents(struct skip_walk *walk, uint32_t step_id)
{
    const struct director_execution_plan *plan = walk->manager->plan;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        struct director_action_row row = {0};
        if (plan->current[i]->kind == DIRECTOR_STEP_PLAN) {
            continue;
        }
        enum director_status status = load_for_skip(walk, i, &row);
        if (status == DIRECTOR_OK && requires_step(&row, step_id)) {
            status = list_steps_to_skip(walk, i);
        }
        if (status != DIRECTOR_OK) {
            return status;
        }
    }
    return DIRECTOR_OK;
}

/* ExecutionPlan#steps_to_skip: what depends on the step, the step, its action's finalize step. */
static enum director_status list_steps_to_skip(struct skip_walk *walk, uint32_t position)
{
    struct execution_plan_manager *manager = walk->manager;
    const struct step *step = manager->plan->current[position];
    bool listed = manager->notes[position].to_skip;
    if (listed && !has_defect(manager->director, DIRECTOR_DEFECT_SKIP_TRIPS_OVER_SKIPPED)) {
        return DIRECTOR_OK;
    }
    if (walk->depth == DIRECTOR_ACTION_DEPTH_MAX) {
        return DIRECTOR_INTERNAL;
    }
    walk->depth++;
    enum director_status status = list_dependents(walk, step->id);
    walk->depth--;
    if (status != DIRECTOR_OK) {
        return status;
    }
    list_to_skip(manager, position);
    if (step->kind != DIRECTOR_STEP_RUN) {
        return DIRECTOR_OK;
    }
    struct director_action_row row = {0};
    status = load_for_skip(walk, position, &row);
    if (status == DIRECTOR_OK && row.finalize_step != 0) {
        uint32_t finalize = execution_plan_position(manager->plan, row.finalize_step);
        if (finalize == EXECUTION_PLAN_NO_POSITION) {
            return DIRECTOR_INTERNAL;
        }
        list_to_skip(manager, finalize);
    }
    return status;
}

/* In which round a listed step is marked. A rescue may be cut off between two of them. Finalize
 * steps come first: none must be run when its run step has been skipped. Failed run steps come
 * last: as long as one is in error, somebody rescues the plan again. */
enum { ROUND_FINALIZE, ROUND_RUN, ROUND_FAILED, ROUNDS };

static int round_of(const struct step *step)
{
    if (step->kind != DIRECTOR_STEP_RUN) {
        return ROUND_FINALIZE;
    }
    return step->state == DIRECTOR_STEP_ERROR ? ROUND_FAILED : ROUND_RUN;
}

/* Mark and save what is listed. */
static enum director_status mark_listed(struct director *director)
{
    bool as_listed = has_defect(director, DIRECTOR_DEFECT_SKIP_MARKS_FAILED_FIRST);
    for (int round = as_listed ? ROUND_FAILED : ROUND_FINALIZE; round < ROUNDS; round++) {
        for (size_t i = 0; i < director->scratch_count; i++) {
            struct step *step = director->scratch[i];
            enum director_status status = as_listed || round_of(step) == round
                                              ? step_mark_to_skip(step, &director->persistence)
                                              : DIRECTOR_OK;
            if (status != DIRECTOR_OK) {
                return status;
            }
        }
    }
    return DIRECTOR_OK;
}

/* ExecutionPlan#skip: list, mark each and save it, save the plan. */
static enum director_status skip(struct execution_plan_manager *manager, uint32_t position)
{
    struct director *director = manager->director;
    struct skip_walk walk = {.manager = manager};
    director->scratch_count = 0;
    enum director_status status = list_steps_to_skip(&walk, position);
    for (size_t i = 0; i < director->scratch_count; i++) {
        uint32_t listed = execution_plan_position(manager->plan, director->scratch[i]->id);
        manager->notes[listed].to_skip = false;
    }
    if (status == DIRECTOR_OK) {
        status = mark_listed(director);
    }
    director->scratch_count = 0;
    return status == DIRECTOR_OK ? execution_plan_save(manager->plan) : status;
}

/* Add the failed steps to the rescued ones; they are the ones to skip, too, even if skipping one
 * changes the state of another. */
static void note_failed_steps(struct execution_plan_manager *manager)
{
    const struct director_execution_plan *plan = manager->plan;
    manager->rescued = true;
    for (uint32_t i = 0; i < plan->step_count; i++) {
        manager->notes[i].failed = plan->current[i]->state == DIRECTOR_STEP_ERROR;
        manager->notes[i].rescued |= manager->notes[i].failed;
    }
}

static enum director_status skip_failed_steps(struct execution_plan_manager *manager)
{
    for (uint32_t i = 0; i < manager->plan->step_count; i++) {
        if (manager->notes[i].failed) {
            enum director_status status = skip(manager, i);
            if (status != DIRECTOR_OK) {
                return status;
            }
        }
    }
    return DIRECTOR_OK;
}

enum director_status rescue_prepare(struct execution_plan_manager *manager,
                                    enum director_rescue_strategy *strategy)
{
    note_failed_steps(manager);
    enum director_status status = plan_strategy(manager, strategy);
    if (status == DIRECTOR_OK && *strategy == DIRECTOR_RESCUE_SKIP) {
        status = skip_failed_steps(manager);
    }
    return status;
}

enum director_status rescue_begin(struct execution_plan_manager *manager, bool *started)
{
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_PAUSE;
    *started = false;
    enum director_status status = rescue_prepare(manager, &strategy);
    if (status != DIRECTOR_OK) {
        return status;
    }
    if (strategy != DIRECTOR_RESCUE_SKIP) {
        return execution_plan_update_state(manager->plan, strategy == DIRECTOR_RESCUE_FAIL
                                                              ? DIRECTOR_PLAN_STOPPED
                                                              : DIRECTOR_PLAN_PAUSED);
    }
    *started = true;
    return execution_plan_manager_restart(manager);
}
