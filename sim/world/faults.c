/* faults.c: which fault of the scenario strikes, and when; and what the store's operations tell. */
#include "sim/world/world.h"

/* ---- Whether a fault strikes ------------------------------------------------------------------
 */

/* What is happening, as far as a fault can ask. */
struct occasion {
    enum scenario_fault_site site;
    uint32_t world;
    uint32_t plan;
    uint32_t step;
    bool finalize;
    uint32_t queue;
    bool is_save;
    enum director_plan_state to_plan;
    enum director_step_state to_step;
};

static bool matches(const struct scenario_fault *fault, const struct occasion *occasion)
{
    if (fault->site != occasion->site ||
        (fault->world != WORLD_NONE && fault->world != occasion->world) ||
        (fault->plan != SCENARIO_NONE && fault->plan != occasion->plan) ||
        (fault->queue != SCENARIO_NONE && fault->queue != occasion->queue)) {
        return false;
    }
    if (fault->step != SCENARIO_NONE && fault->step != occasion->step) {
        return false;
    }
    if (fault->step != SCENARIO_NONE && fault->finalize != occasion->finalize &&
        fault->site != SCENARIO_ON_LOAD_ACTION && fault->site != SCENARIO_ON_SAVE_ACTION) {
        return false;
    }
    if (!fault->has_to) {
        return true;
    }
    return fault->site == SCENARIO_ON_SAVE_PLAN ? fault->to_plan == occasion->to_plan
                                                : fault->to_step == occasion->to_step;
}

/* It matches: is this the time? */
static bool is_due(struct simulation *simulation, uint32_t index, const struct occasion *occasion)
{
    const struct scenario_fault *fault = &simulation->scenario->faults[index];
    struct fault_state *state = &simulation->faults[index];
    state->seen++;
    if (fault->times != SCENARIO_UNTIL_HEALED && state->fired >= fault->times) {
        return false;
    }
    switch (fault->timing) {
    case SCENARIO_FAULT_NTH:
        return state->seen >= fault->nth;
    case SCENARIO_FAULT_WHEN:
        return state->armed;
    case SCENARIO_FAULT_CHANCE: {
        if (simulation->config.faults_max != 0 &&
            simulation->counts.faults >= simulation->config.faults_max) {
            return false;
        }
        const struct choice_site site = {
            CHOICE_FAULT, occasion->plan == SCENARIO_NONE ? CHOICE_NONE : occasion->plan,
            occasion->plan == SCENARIO_NONE || occasion->step == SCENARIO_NONE ? CHOICE_NONE
                                                                               : occasion->step,
            index + 1, state->seen};
        return choices_chance(simulation->choices, &site, fault->chance_numerator,
                              fault->chance_denominator);
    }
    }
    return false;
}

static void trace_fault(struct simulation *simulation, const struct occasion *occasion,
                        const struct scenario_fault *fault)
{
    uint32_t step = occasion->plan == SCENARIO_NONE ? TRACE_NONE : occasion->step;
    uint64_t number = (uint64_t)(fault - simulation->scenario->faults) + 1;
    world_trace_aside(simulation, TRACE_FAULT_SITE, ACTOR_CORE(occasion->world), occasion->plan,
                      step, fault->site, number);
    world_trace_aside(simulation, TRACE_FAULT, ACTOR_CORE(occasion->world), occasion->plan, step,
                      fault->error, number);
}

static const struct scenario_fault *strike(struct simulation *simulation,
                                           const struct occasion *occasion)
{
    const struct scenario *scenario = simulation->scenario;
    if (simulation->healed) {
        return NULL;
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        const struct scenario_fault *fault = &scenario->faults[i];
        if (matches(fault, occasion) && is_due(simulation, i, occasion)) {
            simulation->faults[i].fired++;
            simulation->counts.faults++;
            trace_fault(simulation, occasion, fault);
            coverage_notes_struck(simulation, fault, occasion->plan);
            if (occasion->plan != SCENARIO_NONE) {
                checker_disturbed(simulation->checker, occasion->plan);
            }
            return fault;
        }
    }
    return NULL;
}

const struct scenario_fault *faults_strike(struct simulation *simulation,
                                           enum scenario_fault_site site, uint32_t world,
                                           uint32_t plan, uint32_t step, bool finalize,
                                           uint32_t queue)
{
    if (simulation->scenario->fault_count == 0) {
        return NULL;
    }
    const struct occasion occasion = {.site = site,
                                      .world = world,
                                      .plan = plan,
                                      .step = step,
                                      .finalize = finalize,
                                      .queue = queue};
    return strike(simulation, &occasion);
}

void faults_arm(struct simulation *simulation, uint32_t fault)
{
    simulation->faults[fault].armed = true;
}

void faults_heal(struct simulation *simulation)
{
    simulation->healed = true;
    jobs_let_go(simulation, SCENARIO_NONE);
    for (uint32_t i = 1; i <= WORLDS_MAX; i++) {
        struct executor_world *world = &simulation->worlds[i];
        for (uint32_t q = 0; world_is_running(world) && q < simulation->scenario->world.queue_count;
             q++) {
            if (world->pools[q].empty) {
                pool_back(world, q);
            }
        }
    }
}

/* ---- The director's persistence -----------------------------------------------------------------
 */

static const enum scenario_fault_site sites[FAULTY_OPERATION_KINDS] = {
    [FAULTY_LOAD_PLAN] = SCENARIO_ON_LOAD_PLAN,
    [FAULTY_FIND_PLAN] = SCENARIO_ON_FIND_PLAN,
    [FAULTY_SAVE_PLAN] = SCENARIO_ON_SAVE_PLAN,
    [FAULTY_SAVE_STEP] = SCENARIO_ON_SAVE_STEP,
    [FAULTY_LOAD_ACTION] = SCENARIO_ON_LOAD_ACTION,
    [FAULTY_SAVE_ACTION] = SCENARIO_ON_SAVE_ACTION,
    [FAULTY_FIND_INHIBITION] = SCENARIO_ON_FIND_LOCK,
    [FAULTY_DELETE_DELAYED_PLAN] = SCENARIO_ON_DELETE_DELAYED,
};

static struct occasion occasion_of(const struct executor_world *world,
                                   const struct faulty_operation *operation)
{
    const struct simulation *simulation = world->simulation;
    struct occasion occasion = {
        .site = sites[operation->kind],
        .world = world->number,
        .plan = world_plan_of(simulation, operation->plan),
        .step = SCENARIO_NONE,
        .queue = SCENARIO_NONE,
        .to_plan = operation->plan_state,
        .to_step = operation->step_state,
    };
    if (occasion.plan == SCENARIO_NONE) {
        return occasion;
    }
    if (operation->kind == FAULTY_SAVE_STEP) {
        const struct layout_step *step =
            &simulation->layouts[occasion.plan].steps[operation->id - 1];
        occasion.step = step->step;
        occasion.finalize = step->kind == DIRECTOR_STEP_FINALIZE;
    } else if (operation->kind == FAULTY_LOAD_ACTION || operation->kind == FAULTY_SAVE_ACTION) {
        occasion.step = plan_layout_step_of_action(operation->id);
    }
    return occasion;
}

/* What the director is answered. "Not found" is no error of a look-up: it answers that nothing is
 * there. */
static enum director_persistence_status answer_of(struct executor_world *world,
                                                  const struct scenario_fault *fault,
                                                  enum faulty_operation_kind kind)
{
    switch (fault->error) {
    case SCENARIO_ERROR_RAW:
        return DIRECTOR_PERSISTENCE_RAW;
    case SCENARIO_ERROR_FATAL:
        world->connection_lost = true;
        checker_mark(world->simulation->checker, MARK_CONNECTION_LOST);
        return DIRECTOR_PERSISTENCE_LOST;
    case SCENARIO_ERROR_NOT_FOUND:
        return kind == FAULTY_FIND_PLAN || kind == FAULTY_FIND_INHIBITION
                   ? DIRECTOR_PERSISTENCE_OK
                   : DIRECTOR_PERSISTENCE_MISSING;
    default:
        return DIRECTOR_PERSISTENCE_ERROR;
    }
}

static bool fails_by_its_number(struct executor_world *world, struct faulty_verdict *verdict)
{
    struct simulation *simulation = world->simulation;
    const struct simulation_call_fault *fault = &simulation->config.call_fault;
    const uint64_t number = ++simulation->counts.store_calls;
    if (world->connection_lost) {
        *verdict = (struct faulty_verdict){FAULTY_BEFORE, DIRECTOR_PERSISTENCE_LOST};
        return true;
    }
    if (fault->nth == 0 || simulation->healed || number < fault->nth ||
        (number > fault->nth && !fault->for_good)) {
        return false;
    }
    simulation->counts.faults++;
    world->connection_lost = fault->answer == DIRECTOR_PERSISTENCE_LOST;
    *verdict = (struct faulty_verdict){fault->after ? FAULTY_AFTER : FAULTY_BEFORE, fault->answer};
    return true;
}

bool faults_of_call(struct executor_world *world, uint32_t plan, struct faulty_verdict *verdict)
{
    bool fails = fails_by_its_number(world, verdict);
    if (fails && plan != SCENARIO_NONE) {
        checker_disturbed(world->simulation->checker, plan);
    }
    return fails;
}

struct faulty_verdict faults_decide(void *context, const struct faulty_operation *operation)
{
    struct executor_world *world = context;
    struct simulation *simulation = world->simulation;
    struct faulty_verdict verdict;
    if (faults_of_call(world, world_plan_of(simulation, operation->plan), &verdict)) {
        return verdict;
    }
    if (simulation->scenario->fault_count == 0) {
        return (struct faulty_verdict){FAULTY_NONE, DIRECTOR_PERSISTENCE_OK};
    }
    const struct occasion occasion = occasion_of(world, operation);
    const struct scenario_fault *fault = strike(simulation, &occasion);
    if (fault == NULL) {
        return (struct faulty_verdict){FAULTY_NONE, DIRECTOR_PERSISTENCE_OK};
    }
    checker_mark(simulation->checker, MARK_STORE_FAILED);
    if (fault->error == SCENARIO_ERROR_NOT_FOUND && operation->kind == FAULTY_FIND_INHIBITION &&
        occasion.plan != SCENARIO_NONE) {
        checker_halt_denied(simulation->checker, occasion.plan);
    }
    if (fault->after) {
        checker_mark(simulation->checker, MARK_WRITE_IN_DOUBT);
    }
    return (struct faulty_verdict){fault->after ? FAULTY_AFTER : FAULTY_BEFORE,
                                   answer_of(world, fault, operation->kind)};
}

static void saved_plan(struct executor_world *world, uint32_t plan,
                       const struct faulty_operation *operation)
{
    struct simulation *simulation = world->simulation;
    struct trace_record record =
        trace_record_of(TRACE_SAVED_PLAN, world_now(simulation), ACTOR_CORE(world->number));
    enum director_plan_state old = operation->plan_state;
    enum director_result result;
    (void)checker_stored_plan(simulation->checker, plan, &old, &result);
    record.plan = plan;
    record.from = (uint8_t)old;
    record.to = (uint8_t)operation->plan_state;
    record.aside = (uint64_t)operation->result + 1;
    trace_record(simulation->trace, &record);
    coverage_notes_moved(
        simulation, plan,
        (struct coverage_move){COVERAGE_STORED, COVERAGE_PLAN_TABLE, record.from, record.to});
    checker_saved_plan(simulation->checker, plan, operation->plan_state, operation->result,
                       !world_is_running(world));
    if (operation->plan_state == DIRECTOR_PLAN_STOPPED && old != DIRECTOR_PLAN_STOPPED) {
        planning_look_later(simulation, 0);
    }
}

static void saved_step(struct executor_world *world, uint32_t plan,
                       const struct faulty_operation *operation)
{
    struct simulation *simulation = world->simulation;
    struct trace_record record =
        trace_record_of(TRACE_SAVED_STEP, world_now(simulation), ACTOR_CORE(world->number));
    enum director_step_state old = operation->step_state;
    (void)checker_stored_step(simulation->checker, plan, operation->id, &old);
    record.plan = plan;
    record.step = simulation->layouts[plan].steps[operation->id - 1].step;
    record.from = (uint8_t)old;
    record.to = (uint8_t)operation->step_state;
    trace_record(simulation->trace, &record);
    coverage_notes_moved(simulation, plan,
                         (struct coverage_move){COVERAGE_STORED,
                                                COVERAGE_STEP_TABLE(operation->step_kind),
                                                record.from, record.to});
    checker_saved_step(simulation->checker, plan, operation->id, operation->step_state,
                       !world_is_running(world));
    /* A run step that is done stays done; finalize steps begin again with each attempt. */
    if ((operation->step_state == DIRECTOR_STEP_SUCCESS ||
         operation->step_state == DIRECTOR_STEP_SKIPPED) &&
        simulation->layouts[plan].steps[operation->id - 1].kind == DIRECTOR_STEP_RUN &&
        old != operation->step_state) {
        simulation->care[plan].attempts = 0;
    }
}

void faults_done(void *context, const struct faulty_operation *operation,
                 enum director_persistence_status answer, bool wrote, struct faulty_verdict verdict)
{
    struct executor_world *world = context;
    if (operation->kind == FAULTY_SAVE_ACTION && verdict.moment == FAULTY_NONE &&
        answer == DIRECTOR_PERSISTENCE_ERROR) {
        checker_mark(world->simulation->checker, MARK_SAVE_REFUSED);
    }
    if (operation->kind != FAULTY_SAVE_PLAN && operation->kind != FAULTY_SAVE_STEP) {
        return;
    }
    uint32_t plan = world_plan_of(world->simulation, operation->plan);
    if (plan == SCENARIO_NONE) {
        return;
    }
    if (wrote && operation->kind == FAULTY_SAVE_PLAN) {
        saved_plan(world, plan, operation);
    } else if (wrote) {
        saved_step(world, plan, operation);
    } else if (verdict.moment == FAULTY_NONE && answer == DIRECTOR_PERSISTENCE_ERROR) {
        checker_mark(world->simulation->checker, MARK_SAVE_REFUSED);
    }
}
