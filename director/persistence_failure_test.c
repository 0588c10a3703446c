/* persistence_failure_test.c: a story with everything in it, told again and again while the nth
 * call of each operation fails in each way, before and after it took effect: nothing breaks, no
 * memory is left, no future is resolved twice, and only what is documented is answered. A hardened
 * director resolves every future, whatever failed.
 *
 * The story is driven, not told line by line, since it takes another turn at every failure. */
#include "director/director_test_support.h"

#define PLANS 5
#define ROUNDS_MAX 200

static void add_plans(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 [C 3 4] 5 6]", "[S 12 16]");
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 5, 3);
    test_plan_action(plan, 4)->row.accepts_events = true;
    test_plan_requires(plan, 4, 2);
    plan = test_store_add(&world->store, "[C 2 3]", "[S 12 13]");
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_FAIL);
    test_store_add(&world->store, "[C 2 3 4]", "[S 12]");
    test_store_add(&world->store, "2", "")->inhibited = true;
    plan = test_store_add(&world->store, "[S 2 3]", "[C 12 4]");
    test_plan_rescues(plan, 2, DIRECTOR_RESCUE_SKIP);
    assert_int_equal(plan->number, PLANS);
}

/* What user code does: 3 fails in plans 1 to 3, 4 suspends at first, 12 fails in plan 5. */
static const char *outcomes(const struct test_held *held)
{
    unsigned plan = test_plan_number(director_work_item_plan(held->item));
    uint32_t step = director_work_item_step(held->item);
    switch (director_work_item_kind(held->item)) {
    case DIRECTOR_WORK_RUN:
        return step == 3 && plan <= 3 ? "error" : step == 4 ? "suspend" : "success";
    case DIRECTOR_WORK_EVENT:
        return "success";
    default:
        return plan == 5 ? "error success" : "success success";
    }
}

struct told {
    const char *allowed; /* the name of the one status that may escape besides ok; NULL: any */
    unsigned events;
    bool started[TEST_FUTURES]; /* whose futures were handed in */
};

static bool is_status(const char *word)
{
    for (int i = 1; i < DIRECTOR_STATUSES; i++) {
        if (strcmp(word, director_status_name((enum director_status)i)) == 0) {
            return true;
        }
    }
    return false;
}

static void expect_allowed(const struct told *told, const char *line, const char *answer)
{
    if (is_status(answer) && told->allowed != NULL && strcmp(answer, told->allowed) != 0) {
        fail_msg("%s: %s, where only %s may escape", line, answer, told->allowed);
    }
}

static void tell_any(struct test_world *world, const struct told *told, const char *line)
{
    const char *answer = test_tell(world, line);
    const char *last = strrchr(answer, ';'); /* after the stop of a worker */
    expect_allowed(told, line, last == NULL ? answer : last + 2);
}

/* What a world does about a plan that was left running. */
static void recover(struct test_world *world, const struct told *told, unsigned number)
{
    struct director_plan_id id = test_plan_id(number);
    struct director_recovery *recovery = NULL;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_PAUSE;
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    bool in_error = false;
    bool loaded = false;
    enum director_status status =
        director_recovery_begin(world->director, &id, &recovery, &in_error, &state, &loaded);
    if (status == DIRECTOR_OK && in_error) {
        status = director_recovery_rescue(recovery, &strategy);
    }
    if (status == DIRECTOR_OK && strategy == DIRECTOR_RESCUE_FAIL) {
        status = director_recovery_stop(recovery);
    }
    expect_allowed(told, "recovery", director_status_name(status));
    director_recovery_end(recovery);
}

/* Start a plan, unless it was left as no plan can be started. */
static void start(struct test_world *world, struct told *told, unsigned number, unsigned future)
{
    enum director_plan_state stored = world->store.plans[number - 1]->row.state;
    char line[80];
    if (stored == DIRECTOR_PLAN_RUNNING) {
        recover(world, told, number);
        stored = world->store.plans[number - 1]->row.state;
    }
    if (stored != DIRECTOR_PLAN_RUNNING) {
        told->started[future] = true;
        (void)snprintf(line, sizeof(line), "start %u as %u", number, future);
        tell_any(world, told, line);
    }
}

static void work_off(struct test_world *world, const struct told *told)
{
    while (world->held_count > 0) {
        char line[80];
        const struct test_held *held = &world->held[0];
        unsigned plan = test_plan_number(director_work_item_plan(held->item));
        enum director_work_kind kind = director_work_item_kind(held->item);
        if (kind == DIRECTOR_WORK_PLANNING) {
            (void)snprintf(line, sizeof(line), "finish %u planning", plan);
        } else if (kind == DIRECTOR_WORK_FINALIZE) {
            (void)snprintf(line, sizeof(line), "work %u finalize %s", plan, outcomes(held));
        } else {
            (void)snprintf(line, sizeof(line), "work %u %u %s", plan,
                           director_work_item_step(held->item), outcomes(held));
        }
        tell_any(world, told, line);
    }
}

/* An event for each suspended step. False: there is none. */
static bool wake(struct test_world *world, struct told *told)
{
    bool woken = false;
    for (unsigned number = 1; number <= PLANS; number++) {
        struct director_plan_id id = test_plan_id(number);
        const struct director_execution_plan *plan = director_find_plan(world->director, &id);
        for (uint32_t i = 0; plan != NULL && i < director_execution_plan_step_count(plan); i++) {
            char line[80];
            if (director_execution_plan_step_state(plan, i) != DIRECTOR_STEP_SUSPENDED) {
                continue;
            }
            (void)snprintf(line, sizeof(line), "event %u %u %u", number,
                           director_execution_plan_step_id(plan, i), told->events);
            told->started[told->events++] = true;
            tell_any(world, told, line);
            woken = world->held_count > 0 || woken;
        }
    }
    return woken;
}

/* In a hardened world nobody waits for ever: what was handed in is resolved. */
static void expect_all_resolved(const struct test_world *world, const struct told *told)
{
    for (unsigned i = 0; i < TEST_FUTURES; i++) {
        if (told->started[i]) {
            assert_int_not_equal(world->futures[i].state, DIRECTOR_FUTURE_PENDING);
        }
    }
    assert_int_equal(director_plan_count(world->director), 0);
}

static void drive(struct test_world *world, const char *allowed)
{
    struct told told = {.allowed = allowed, .events = 20};
    tell_any(world, &told, "planning 3");
    start(world, &told, 1, 1);
    start(world, &told, 2, 2);
    start(world, &told, 3, 3);
    tell_any(world, &told, "event 1 2 10 optional");
    told.started[10] = true;
    unsigned round = 0;
    do {
        work_off(world, &told);
    } while (wake(world, &told) && ++round < ROUNDS_MAX);
    start(world, &told, 4, 4);
    start(world, &told, 5, 5);
    tell_any(world, &told, "halt 2");
    work_off(world, &told);
    start(world, &told, 3, 12);
    if (world->held_count > 0) {
        tell_any(world, &told, "fail 3 2");
    }
    start(world, &told, 3, 13);
    start(world, &told, 5, 14);
    tell_any(world, &told, "halt 3");
    tell_any(world, &told, "terminate");
    work_off(world, &told);
    assert_true(round < ROUNDS_MAX);
    if (allowed != NULL) {
        expect_all_resolved(world, &told);
    }
}

/* The name of the status that such an answer leads to. */
static const char *escapes_as(enum director_persistence_status answer)
{
    switch (answer) {
    case DIRECTOR_PERSISTENCE_ERROR:
        return director_status_name(DIRECTOR_PERSISTENCE);
    case DIRECTOR_PERSISTENCE_LOST:
        return director_status_name(DIRECTOR_PERSISTENCE_FATAL);
    case DIRECTOR_PERSISTENCE_RAW:
        return director_status_name(DIRECTOR_UNHANDLED);
    case DIRECTOR_PERSISTENCE_MISSING:
        return director_status_name(DIRECTOR_MISSING);
    default:
        return director_status_name(DIRECTOR_INTERNAL);
    }
}

struct fault {
    enum test_operation operation;
    enum director_persistence_status answer;
    enum test_moment moment;
};

/* One story, with its nth such call failing. False: it made less than n. */
static bool fail_nth(uint64_t defects, const struct fault *fault, size_t nth)
{
    struct test_world *world = test_world_create(defects);
    assert_non_null(test_world_restart(world));
    add_plans(world);
    test_store_fail(&world->store, fault->operation, nth, fault->answer, fault->moment);
    drive(world, defects == 0 ? escapes_as(fault->answer) : NULL);
    bool happened = world->store.faults_happened > 0;
    void *done = world;
    (void)test_world_teardown(&done);
    return happened;
}

static size_t fail_each(uint64_t defects, const struct fault *fault)
{
    size_t nth = 1;
    while (fail_nth(defects, fault, nth)) {
        nth++;
    }
    return nth - 1;
}

static size_t fail_each_operation(uint64_t defects, enum director_persistence_status answer)
{
    size_t stories = 0;
    for (int operation = 0; operation < TEST_OPERATIONS; operation++) {
        for (enum test_moment moment = TEST_BEFORE; moment <= TEST_AFTER; moment++) {
            const struct fault fault = {(enum test_operation)operation, answer, moment};
            size_t failed = fail_each(defects, &fault);
            assert_true(failed > 0); /* the story has every operation in it */
            stories += failed;
        }
    }
    return stories;
}

static void every_call_fails_with(enum director_persistence_status answer)
{
    size_t faithful = fail_each_operation(DIRECTOR_DEFECTS_ALL, answer);
    size_t hardened = fail_each_operation(0, answer);
    print_message("%zu stories of a faithful director, %zu of a hardened one\n", faithful,
                  hardened);
}

static void persistence_errors_are_survived_at_every_call(void **state)
{
    (void)state;
    every_call_fails_with(DIRECTOR_PERSISTENCE_ERROR);
}

static void a_lost_connection_is_survived_at_every_call(void **state)
{
    (void)state;
    every_call_fails_with(DIRECTOR_PERSISTENCE_LOST);
}

static void raw_errors_are_survived_at_every_call(void **state)
{
    (void)state;
    every_call_fails_with(DIRECTOR_PERSISTENCE_RAW);
}

static void missing_rows_are_survived_at_every_call(void **state)
{
    (void)state;
    every_call_fails_with(DIRECTOR_PERSISTENCE_MISSING);
}

static void incomplete_plans_are_survived_at_every_call(void **state)
{
    (void)state;
    every_call_fails_with(DIRECTOR_PERSISTENCE_INCOMPLETE);
}

static void answers_that_an_operation_must_not_give_are_survived(void **state)
{
    (void)state;
    every_call_fails_with(DIRECTOR_PERSISTENCE_UNMATCHED);
    every_call_fails_with((enum director_persistence_status)99);
}

static void every_call_may_fail_whichever_defects_are_mended(void **state)
{
    (void)state;
    static const struct fault before = {TEST_ANY_OPERATION, DIRECTOR_PERSISTENCE_ERROR,
                                        TEST_BEFORE};
    static const struct fault after = {TEST_ANY_OPERATION, DIRECTOR_PERSISTENCE_RAW, TEST_AFTER};
    size_t stories = 0;
    for (unsigned defect = 0; defect < DIRECTOR_DEFECT_COUNT; defect++) {
        uint64_t alone = DIRECTOR_DEFECT_BIT(defect);
        stories += fail_each(alone, &before);
        stories += fail_each(DIRECTOR_DEFECTS_ALL & ~alone, &after);
    }
    print_message("%zu stories\n", stories);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(persistence_errors_are_survived_at_every_call),
        cmocka_unit_test(a_lost_connection_is_survived_at_every_call),
        cmocka_unit_test(raw_errors_are_survived_at_every_call),
        cmocka_unit_test(missing_rows_are_survived_at_every_call),
        cmocka_unit_test(incomplete_plans_are_survived_at_every_call),
        cmocka_unit_test(answers_that_an_operation_must_not_give_are_survived),
        cmocka_unit_test(every_call_may_fail_whichever_defects_are_mended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
