/* checker.c: the ledger of a run, and the invariants that are decided as work is done. */
#include "sim/check/checker_private.h"

#include "director/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CHECKER_MESSAGE_MAX 240u
/* Executions of one plan by invalidations alone, without a start by a client, that are still taken
 * for recovery. A hardened world gives up long before. */
#define CHECKER_EXECUTIONS_AGAIN_MAX 20u

/* ---- Life ------------------------------------------------------------------------------------ */

struct checker *checker_create(const struct checker_config *config)
{
    const struct director_allocator *allocator = &config->allocator;
    const uint32_t plans = config->scenario->plan_count;
    size_t steps = 0;
    for (uint32_t i = 0; i < plans; i++) {
        steps += config->layouts[i].step_count;
    }
    struct checker *checker = memory_allocate(allocator, sizeof(*checker));
    if (checker == NULL) {
        return NULL;
    }
    *checker =
        (struct checker){.config = *config, .steps_size = steps * sizeof(struct step_ledger)};
    checker->plans = memory_allocate(allocator, (plans + 1) * sizeof(struct plan_ledger));
    checker->all_steps = memory_allocate(allocator, checker->steps_size + 1);
    if (checker->plans == NULL || checker->all_steps == NULL) {
        checker_destroy(checker);
        return NULL;
    }
    memset(checker->plans, 0, (plans + 1) * sizeof(struct plan_ledger));
    memset(checker->all_steps, 0, checker->steps_size);
    struct step_ledger *next = checker->all_steps;
    for (uint32_t i = 0; i < plans; i++) {
        checker->plans[i].steps = next;
        next += config->layouts[i].step_count;
    }
    return checker;
}

static void release_message(const struct checker *checker, const char *message)
{
    memory_release(&checker->config.allocator, (void *)(uintptr_t)message, strlen(message) + 1);
}

void checker_destroy(struct checker *checker)
{
    if (checker == NULL) {
        return;
    }
    const struct director_allocator allocator = checker->config.allocator;
    for (size_t i = 0; i < checker->failure_count; i++) {
        release_message(checker, checker->failures[i].message);
    }
    memory_release(&allocator, checker->failures,
                   checker->failure_capacity * sizeof(checker->failures[0]));
    memory_release(&allocator, checker->plans,
                   (checker->config.scenario->plan_count + 1) * sizeof(struct plan_ledger));
    memory_release(&allocator, checker->all_steps, checker->steps_size + 1);
    memory_release(&allocator, checker, sizeof(*checker));
}

void checker_time(struct checker *checker, uint64_t now)
{
    checker->now = now;
}

bool checker_out_of_memory(const struct checker *checker)
{
    return checker->out_of_memory;
}

void checker_mark(struct checker *checker, enum mark mark)
{
    checker->marks[mark] = true;
}

bool checker_marked(const struct checker *checker, enum mark mark)
{
    return checker->marks[mark];
}

/* ---- Failures -------------------------------------------------------------------------------- */

/* The same invariant at the same place, broken in the same way. */
static bool same_failure(const struct simulation_failure *failure, enum invariant invariant,
                         uint32_t plan, uint32_t step, const char *format)
{
    return !failure->expectation && failure->invariant == (uint32_t)invariant &&
           failure->plan == plan && failure->step == step && strcmp(failure->way, format) == 0;
}

static void add_failure(struct checker *checker, struct simulation_failure failure,
                        const char *format, va_list arguments)
{
    const struct director_allocator *allocator = &checker->config.allocator;
    char text[CHECKER_MESSAGE_MAX];
    void *failures = checker->failures;
    int length = vsnprintf(text, sizeof(text), format, arguments);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    size = size > sizeof(text) ? sizeof(text) : size;
    text[size - 1] = '\0';
    if (checker->failure_count >= CHECKER_FAILURES_MAX && !failure.expectation) {
        return;
    }
    char *message = memory_allocate(allocator, size);
    if (message == NULL || !memory_reserve(allocator, &failures, &checker->failure_capacity,
                                           checker->failure_count + 1, sizeof(failure))) {
        memory_release(allocator, message, size);
        checker->out_of_memory = true;
        return;
    }
    memcpy(message, text, size);
    checker->failures = failures;
    failure.message = message;
    failure.time = checker->now;
    failure.count = 1;
    checker->failures[checker->failure_count++] = failure;
}

void checker_violate(struct checker *checker, enum invariant invariant, uint32_t plan,
                     uint32_t step, const char *format, ...)
{
    for (size_t i = 0; i < checker->failure_count; i++) {
        if (same_failure(&checker->failures[i], invariant, plan, step, format)) {
            checker->failures[i].count++;
            return;
        }
    }
    struct trace_record record = trace_record_of(TRACE_VIOLATION, checker->now, TRACE_NONE);
    record.plan = plan;
    record.step = step;
    record.value = invariant;
    trace_record(checker->config.trace, &record);
    va_list arguments;
    va_start(arguments, format);
    add_failure(checker,
                (struct simulation_failure){
                    .invariant = (uint32_t)invariant, .plan = plan, .step = step, .way = format},
                format, arguments);
    va_end(arguments);
}

void checker_expectation_failed(struct checker *checker, struct scenario_position position,
                                uint32_t plan, uint32_t step, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_failure(checker,
                (struct simulation_failure){
                    .expectation = true, .position = position, .plan = plan, .step = step},
                format, arguments);
    va_end(arguments);
}

void checker_forget_failures(struct checker *checker)
{
    for (size_t i = 0; i < checker->failure_count; i++) {
        release_message(checker, checker->failures[i].message);
    }
    checker->failure_count = 0;
}

uint32_t checker_failure_count(const struct checker *checker)
{
    return (uint32_t)checker->failure_count;
}

const struct simulation_failure *checker_failure(const struct checker *checker, uint32_t index)
{
    return index < checker->failure_count ? &checker->failures[index] : NULL;
}

/* ---- Ledger ---------------------------------------------------------------------------------- */

void checker_inserted(struct checker *checker, uint32_t plan, const struct director_plan_row *row)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    ledger->stored = (uint8_t)(1 + row->state);
    ledger->result = (uint8_t)row->result;
    ledger->memory = (uint8_t)row->state;
}

void checker_inserted_step(struct checker *checker, uint32_t plan, uint32_t step_id,
                           enum director_step_state state)
{
    struct step_ledger *ledger = step_of(checker, plan, step_id);
    ledger->stored = (uint8_t)(1 + state);
    ledger->memory = (uint8_t)state;
    checker->plans[plan].found_at_work |= state == DIRECTOR_STEP_RUNNING;
}

/* ---- Executions ------------------------------------------------------------------------------ */

/* Executions and rescues run the finalize phase from its beginning. */
static void begin_finalize_anew(struct checker *checker, uint32_t plan)
{
    for (uint32_t i = 0; i < checker->config.layouts[plan].step_count; i++) {
        if (layout_of(checker, plan, i + 1)->kind == DIRECTOR_STEP_FINALIZE) {
            checker->plans[plan].steps[i].done = false;
        }
    }
}

void checker_execution_began(struct checker *checker, uint32_t plan, uint32_t world)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    if (checker->config.enabled && ledger->in_execution) {
        checker_violate(checker, INVARIANT_ONE_EXECUTION, plan, SCENARIO_NONE,
                        "world %u executes it while it is in execution", world);
    }
    ledger->started = true;
    ledger->executions++;
    ledger->rescues = 0;
    if (!ledger->in_execution) {
        ledger->in_execution = true;
        checker->in_execution++;
    }
    if (checker->in_execution > 1) {
        checker_mark(checker, MARK_PLANS_SIDE_BY_SIDE);
    }
    begin_finalize_anew(checker, plan);
    for (uint32_t i = 0; i < checker->config.layouts[plan].step_count; i++) {
        struct step_ledger *step = &ledger->steps[i];
        step->rescued = false;
        step->passed = 0;
        step->suspended = false;
        /* It was loaded just now, with what was saved though somebody was told otherwise. */
        step->memory = step->stored == 0 ? step->memory : (uint8_t)(step->stored - 1);
    }
}

void checker_execution_ended(struct checker *checker, uint32_t plan, uint32_t world)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    (void)world;
    if (ledger->in_execution) {
        ledger->in_execution = false;
        checker->in_execution--;
    }
}

void checker_rescued(struct checker *checker, uint32_t plan)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    const uint32_t steps = checker->config.layouts[plan].step_count;
    ledger->rescues++;
    checker_mark(checker, MARK_RESCUE_SKIP);
    if (ledger->rescues > 1) {
        checker_mark(checker, MARK_SECOND_RESCUE);
    }
    begin_finalize_anew(checker, plan);
    if (checker->config.enabled && !checker->config.scenario->world.auto_rescue) {
        checker_violate(checker, INVARIANT_STRATEGY_DECIDES, plan, SCENARIO_NONE,
                        "it is rescued by a world that is not to rescue plans");
    }
    if (checker->config.enabled && ledger->rescues > steps + 1) {
        checker_violate(checker, INVARIANT_RESCUES_END, plan, SCENARIO_NONE,
                        "%u rescues in one execution of a plan with %u steps", ledger->rescues,
                        steps);
    }
}

void checker_done_without_rescue(struct checker *checker, uint32_t plan)
{
    const struct plan_ledger *ledger = &checker->plans[plan];
    bool in_error = false;
    bool news = false;
    for (uint32_t i = 0; i < checker->config.layouts[plan].step_count; i++) {
        bool error = ledger->steps[i].memory == DIRECTOR_STEP_ERROR;
        in_error = in_error || error;
        news = news || (error && !ledger->steps[i].rescued);
    }
    if (in_error && ledger->memory == DIRECTOR_PLAN_STOPPED) {
        checker_mark(checker, MARK_RESCUE_FAIL);
    } else if (in_error && ledger->memory == DIRECTOR_PLAN_PAUSED) {
        checker_mark(checker, news ? MARK_RESCUE_PAUSE : MARK_RESCUE_REFUSED);
    }
}

void checker_executed_again(struct checker *checker, uint32_t plan)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    ledger->executions_again++;
    checker_mark(checker, MARK_INVALIDATION_EXECUTES);
    if (checker->config.enabled && ledger->executions_again > CHECKER_EXECUTIONS_AGAIN_MAX) {
        checker_violate(checker, INVARIANT_ATTEMPTS_END, plan, SCENARIO_NONE,
                        "executed again %u times by invalidations alone", ledger->executions_again);
    }
}

void checker_halted(struct checker *checker, uint32_t plan)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    checker_mark(checker, ledger->in_execution ? MARK_HALTED : MARK_HALTED_INACTIVE);
    ledger->halted = true;
}

/* ---- Work items ------------------------------------------------------------------------------ */

void checker_handed_out(struct checker *checker, uint32_t plan, uint32_t step_id, bool gone)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    uint32_t step = step_id == 0 ? SCENARIO_NONE : layout_of(checker, plan, step_id)->step;
    uint16_t *out =
        step_id == 0 ? &ledger->finalize_out : &step_of(checker, plan, step_id)->items_out;
    ++*out;
    if (!checker->config.enabled) {
        return;
    }
    if (*out > 1) {
        checker_violate(checker, INVARIANT_ONE_ITEM_PER_STEP, plan, step,
                        "%u work items of it are out at once", *out);
    }
    if (gone) {
        checker_violate(checker, INVARIANT_NOTHING_AFTER_TERMINATION, plan, step,
                        "a work item was handed out by a world that is gone");
    }
    if (is_halted(ledger)) {
        checker_violate(checker, INVARIANT_NOTHING_AFTER_HALT, plan, step,
                        "a work item was handed out after the plan was halted");
    }
}

void checker_item_back(struct checker *checker, uint32_t plan, uint32_t step_id)
{
    struct plan_ledger *ledger = &checker->plans[plan];
    uint16_t *out =
        step_id == 0 ? &ledger->finalize_out : &step_of(checker, plan, step_id)->items_out;
    if (*out > 0) {
        --*out;
    }
}

/* ---- User code ------------------------------------------------------------------------------- */

static void check_user_code(struct checker *checker, uint32_t plan, uint32_t step_id,
                            uint64_t event, const struct step_ledger *ledger)
{
    const struct layout_step *step = layout_of(checker, plan, step_id);
    if (ledger->in_user_code > 0) {
        checker_violate(checker, INVARIANT_ONE_WORKER_PER_STEP, plan, step->step,
                        "its user code is run by two workers at once");
    }
    if (ledger->done) {
        checker_violate(checker, INVARIANT_DONE_ONCE, plan, step->step,
                        "its %s ended well, and is run again", director_step_kind_name(step->kind));
    }
    if (is_halted(&checker->plans[plan])) {
        checker_violate(checker, INVARIANT_NOTHING_AFTER_HALT, plan, step->step,
                        "its user code was begun after the plan was halted");
    }
    checker_check_order(checker, plan, step_id);
    checker_check_outputs(checker, plan, step_id);
    if (event != 0 && event <= ledger->last_event) {
        checker_violate(checker, INVARIANT_EVENTS_TO_SUSPENDED, plan, step->step,
                        "it gets an event that came before one it has had");
    }
}

void checker_user_code_began(struct checker *checker, uint32_t plan, uint32_t step_id,
                             uint64_t event)
{
    struct step_ledger *ledger = step_of(checker, plan, step_id);
    if (checker->config.enabled) {
        check_user_code(checker, plan, step_id, event, ledger);
    }
    if (event != 0) {
        ledger->last_event = event;
    }
    ledger->calls++;
    ledger->in_user_code++;
    if (++checker->plans[plan].in_user_code > 1) {
        checker_mark(checker, MARK_STEPS_SIDE_BY_SIDE);
    }
}

void checker_user_code_ended(struct checker *checker, uint32_t plan, uint32_t step_id, bool lost)
{
    struct step_ledger *ledger = step_of(checker, plan, step_id);
    if (ledger->in_user_code > 0) {
        ledger->in_user_code--;
        checker->plans[plan].in_user_code--;
    }
    (void)lost;
}

/* ---- Answers --------------------------------------------------------------------------------- */

void checker_future_resolved(struct checker *checker, uint32_t plan, uint32_t step, bool again)
{
    if (checker->config.enabled && again) {
        checker_violate(checker, INVARIANT_FUTURES_RESOLVE_ONCE, plan, step,
                        "a future was resolved a second time");
    }
}

void checker_event_answered(struct checker *checker, uint32_t plan, uint32_t step, bool fulfilled,
                            bool taken)
{
    if (checker->config.enabled && fulfilled && !taken) {
        checker_violate(checker, INVARIANT_EVENT_ANSWER, plan, step,
                        "an event was fulfilled though user code never got it");
    }
}

/* Whatever is out or suspended in its director is in execution there. */
void checker_event_turned_away(struct checker *checker, uint32_t plan, uint32_t step)
{
    uint32_t id = checker->config.layouts[plan].run_ids[step];
    const struct step_ledger *ledger = step_of(checker, plan, id);
    if (checker->config.enabled && checker->plans[plan].in_execution &&
        (ledger->items_out > 0 || ledger->suspended)) {
        checker_violate(checker, INVARIANT_EVENTS_WAIT, plan, step,
                        "an event was turned away, though the step is %s",
                        ledger->items_out > 0 ? "in work" : "suspended");
    }
}

void checker_stumbled(struct checker *checker, uint32_t plan, uint32_t step)
{
    if (checker->config.enabled && !checker->plans[plan].disturbed &&
        !checker->plans[plan].found_at_work && !checker_was_deleted(checker, plan)) {
        checker_violate(checker, INVARIANT_NO_BROKEN_ASSUMPTION, plan, step,
                        "its worker stumbles, and nothing has gone wrong");
    }
}

void checker_answer(struct checker *checker, uint32_t plan, uint32_t step,
                    enum director_status status, const char *call)
{
    if (!checker->config.enabled) {
        return;
    }
    if (status == DIRECTOR_INTERNAL) {
        checker_violate(checker, INVARIANT_NO_BROKEN_ASSUMPTION, plan, step,
                        "%s broke an assumption of the director", call);
    } else if (status == DIRECTOR_NO_MANAGER) {
        checker_violate(checker, INVARIANT_NO_BROKEN_ASSUMPTION, plan, step,
                        "%s raised, though the event is an optional one", call);
    }
}

/* ---- Views ----------------------------------------------------------------------------------- */

bool checker_stored_plan(const struct checker *checker, uint32_t plan,
                         enum director_plan_state *state, enum director_result *result)
{
    const struct plan_ledger *ledger = &checker->plans[plan];
    if (ledger->stored == 0) {
        return false;
    }
    *state = (enum director_plan_state)(ledger->stored - 1);
    *result = (enum director_result)ledger->result;
    return true;
}

bool checker_stored_step(const struct checker *checker, uint32_t plan, uint32_t step_id,
                         enum director_step_state *state)
{
    const struct step_ledger *ledger = step_of(checker, plan, step_id);
    if (ledger->stored == 0) {
        return false;
    }
    *state = (enum director_step_state)(ledger->stored - 1);
    return true;
}

uint32_t checker_calls(const struct checker *checker, uint32_t plan, uint32_t step_id)
{
    return step_of(checker, plan, step_id)->calls;
}

bool checker_was_rescued(const struct checker *checker, uint32_t plan, uint32_t step_id)
{
    return step_of(checker, plan, step_id)->rescued;
}

bool checker_was_deleted(const struct checker *checker, uint32_t plan)
{
    return checker->plans[plan].deleted || checker->plans[plan].steps_deleted;
}

bool checker_is_torn(const struct checker *checker, uint32_t plan)
{
    for (uint32_t id = 1; id <= checker->config.layouts[plan].step_count; id++) {
        if (step_of(checker, plan, id)->stored == 0) {
            return true;
        }
    }
    return false;
}

bool checker_was_halted(const struct checker *checker, uint32_t plan)
{
    return checker->plans[plan].halted;
}

bool checker_was_started(const struct checker *checker, uint32_t plan)
{
    return checker->plans[plan].started;
}

/* ---- Fingerprint ----------------------------------------------------------------------------- */

void checker_fingerprint(const struct checker *checker, struct fingerprint *fingerprint, bool calls)
{
    for (uint32_t i = 0; i < checker->config.scenario->plan_count; i++) {
        const struct plan_ledger *plan = &checker->plans[i];
        const uint64_t words[] = {
            (uint64_t)plan->finalize_out << 40 | (uint64_t)plan->disturbed << 33 |
                (uint64_t)plan->halt_failed << 34 | (uint64_t)plan->halt_denied << 32 |
                (uint64_t)plan->stored << 24 | (uint64_t)plan->result << 16 |
                (uint64_t)plan->memory << 8 | (uint64_t)plan->deleted << 4 |
                (uint64_t)plan->steps_deleted << 3 | (uint64_t)plan->halted << 2 |
                (uint64_t)plan->started << 1 | plan->in_execution,
            (uint64_t)plan->rescues << 32 | plan->executions_again};
        fingerprint_add_words(fingerprint, words, 2);
        for (uint32_t s = 0; s < checker->config.layouts[i].step_count; s++) {
            const struct step_ledger *step = &plan->steps[s];
            const bool had_event = step->last_event != 0;
            fingerprint_add(fingerprint,
                            (uint64_t)step->items_out << 48 | (uint64_t)step->in_user_code << 32 |
                                (uint64_t)step->passed << 20 | (uint64_t)step->stored << 16 |
                                (uint64_t)step->memory << 8 | (uint64_t)step->suspended << 3 |
                                (uint64_t)had_event << 2 | (uint64_t)step->done << 1 |
                                step->rescued);
            if (had_event) {
                fingerprint_add(fingerprint, step->last_event);
            }
            if (calls) {
                fingerprint_add(fingerprint, step->calls);
            }
        }
    }
}
