/* step_test.c: the moves that steps may make, all of them, and what comes of marking one to be
 * skipped. */
#include "director/step.h"

#include "director/director_core.h"
#include "director/director_test_support.h"
#include "director/execution_plan.h"

/* Dynflow's tables, written as it writes them. */
static const struct {
    const char *from;
    const char *to;
} moves[DIRECTOR_STEP_KINDS][DIRECTOR_STEP_STATES] = {
    {{"scheduling", "pending error cancelled"},
     {"pending", "running error cancelled"},
     {"running", "success error cancelled"},
     {"success", ""},
     {"suspended", ""},
     {"skipping", ""},
     {"skipped", ""},
     {"error", ""},
     {"cancelled", ""}},
    {{"scheduling", ""},
     {"pending", "running skipped error"},
     {"running", "success error suspended"},
     {"success", "suspended"},
     {"suspended", "running error"},
     {"skipping", "error skipped"},
     {"skipped", ""},
     {"error", "skipping running"},
     {"cancelled", ""}},
    {{"scheduling", ""},
     {"pending", "running skipped"},
     {"running", "success error"},
     {"success", "pending"},
     {"suspended", ""},
     {"skipping", ""},
     {"skipped", ""},
     {"error", "pending skipped"},
     {"cancelled", ""}},
};

/* Is the name one of the words? */
static bool lists(const char *words, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = strstr(words, name); at != NULL; at = strstr(at + 1, name)) {
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool table_has(enum director_step_kind kind, enum director_step_state from,
                      enum director_step_state to)
{
    assert_string_equal(moves[kind][from].from, director_step_state_name(from));
    return lists(moves[kind][from].to, director_step_state_name(to));
}

static struct director_execution_plan *load(struct test_world *world, struct test_plan *plan)
{
    struct director_execution_plan *copy = NULL;
    struct director_plan_record record = test_store_record(&world->store, plan);
    assert_int_equal(execution_plan_create(world->director, &record, &copy), DIRECTOR_OK);
    return copy;
}

static struct step *find(struct director_execution_plan *plan, uint32_t id)
{
    return plan->current[execution_plan_position(plan, id)];
}

static void the_tables_have_dynflows_moves_and_no_other(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < DIRECTOR_STEP_KINDS; kind++) {
        for (unsigned from = 0; from < DIRECTOR_STEP_STATES; from++) {
            for (unsigned to = 0; to < DIRECTOR_STEP_STATES; to++) {
                assert_int_equal(director_step_move_allowed(kind, from, to),
                                 table_has(kind, from, to));
            }
        }
    }
}

static void what_is_no_kind_or_state_never_moves(void **state)
{
    (void)state;
    assert_false(director_step_move_allowed(DIRECTOR_STEP_KINDS, 0, 1));
    assert_false(director_step_move_allowed(DIRECTOR_STEP_RUN, DIRECTOR_STEP_STATES, 1));
    assert_false(director_step_move_allowed(DIRECTOR_STEP_RUN, 1, DIRECTOR_STEP_STATES));
    assert_false(director_step_move_allowed(DIRECTOR_STEP_RUN, 1, (enum director_step_state) - 1));
}

static void a_step_makes_every_legal_move_and_refuses_every_other(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", "3"));
    for (unsigned kind = 0; kind < DIRECTOR_STEP_KINDS; kind++) {
        struct step *step = &plan->own[kind];
        assert_int_equal(step->kind, kind);
        for (unsigned from = 0; from < DIRECTOR_STEP_STATES; from++) {
            for (unsigned to = 0; to < DIRECTOR_STEP_STATES; to++) {
                bool legal = table_has(kind, from, to);
                step->state = (uint8_t)from;
                assert_int_equal(step_move(step, to), legal ? DIRECTOR_OK : DIRECTOR_INTERNAL);
                assert_int_equal(step->state, legal ? to : from);
            }
        }
    }
    execution_plan_release(plan);
}

static void a_move_is_told_to_the_owner_and_an_illegal_one_is_not(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    assert_int_equal(step_move(find(plan, 2), DIRECTOR_STEP_RUNNING), DIRECTOR_OK);
    expect_moves(world, "1:2 pending>running");
    assert_int_equal(step_move(find(plan, 2), DIRECTOR_STEP_SKIPPED), DIRECTOR_INTERNAL);
    expect_moves(world, "");
    world->director->hooks.step_moved = NULL;
    assert_int_equal(step_move(find(plan, 2), DIRECTOR_STEP_SUCCESS), DIRECTOR_OK);
    expect_calls(world, "");
    execution_plan_release(plan);
}

static void a_saved_step_is_its_row_with_the_condition(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    const struct director_persistence *persistence = &world->config.persistence;
    find(plan, 2)->state = DIRECTOR_STEP_RUNNING;
    assert_int_equal(step_save(find(plan, 2), persistence, DIRECTOR_SAVE_ALWAYS),
                     DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(step_save(find(plan, 2), persistence,
                               DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_PENDING) |
                                   DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_ERROR)),
                     DIRECTOR_PERSISTENCE_UNMATCHED);
    expect_calls(world, "save_step 1:2 running, save_step 1:2 running if pending|error");
    execution_plan_release(plan);
}

/* What marking a step in some state to be skipped makes of it; "" is refused. */
static void expect_marks(struct test_world *world, struct step *step, const char *const *made)
{
    for (unsigned from = 0; from < DIRECTOR_STEP_STATES; from++) {
        bool refused = made[from][0] == '\0';
        step->state = (uint8_t)from;
        size_t writes = world->store.writes;
        assert_int_equal(step_mark_to_skip(step, &world->config.persistence),
                         refused ? DIRECTOR_INTERNAL : DIRECTOR_OK);
        assert_string_equal(director_step_state_name(step->state),
                            refused ? director_step_state_name(from) : made[from]);
        assert_int_equal(world->store.writes, writes + (step->state != from));
    }
}

static void only_failed_and_pending_steps_can_be_marked_to_be_skipped(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", "3"));
    static const char *const run[] = {"", "skipped", "", "", "", "", "", "skipping", ""};
    static const char *const finalize[] = {"", "skipped", "", "", "", "", "", "skipped", ""};
    static const char *const none[] = {"", "", "", "", "", "", "", "", ""};
    expect_marks(world, find(plan, 1), none);
    expect_marks(world, find(plan, 2), run);
    expect_marks(world, find(plan, 3), finalize);
    execution_plan_release(plan);
}

static void a_hardened_director_passes_over_what_needs_no_mark(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", "3"));
    static const char *const run[] = {"scheduling", "skipped", "running",  "success",  "suspended",
                                      "skipping",   "skipped", "skipping", "cancelled"};
    static const char *const finalize[] = {"scheduling", "skipped",   "running",
                                           "success",    "suspended", "skipping",
                                           "skipped",    "skipped",   "cancelled"};
    static const char *const planned[] = {"scheduling", "",          "running",
                                          "success",    "suspended", "skipping",
                                          "skipped",    "",          "cancelled"};
    expect_marks(world, find(plan, 1), planned);
    expect_marks(world, find(plan, 2), run);
    expect_marks(world, find(plan, 3), finalize);
    execution_plan_release(plan);
}

static void a_move_stands_though_its_save_failed(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    test_store_fail(&world->store, TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_LOST, TEST_BEFORE);
    assert_int_equal(
        step_move_and_save(find(plan, 2), DIRECTOR_STEP_ERROR, &world->config.persistence),
        DIRECTOR_PERSISTENCE_FATAL);
    assert_int_equal(find(plan, 2)->state, DIRECTOR_STEP_ERROR);
    expect_moves(world, "1:2 pending>error");
    execution_plan_release(plan);
}

static void a_hardened_move_waits_for_its_save(void **state)
{
    struct test_world *world = *state;
    struct director_execution_plan *plan = load(world, test_store_add(&world->store, "2", ""));
    test_store_fail(&world->store, TEST_SAVE_STEP, 1, DIRECTOR_PERSISTENCE_LOST, TEST_BEFORE);
    const struct director_persistence *persistence = &world->config.persistence;
    assert_int_equal(step_move_and_save(find(plan, 2), DIRECTOR_STEP_ERROR, persistence),
                     DIRECTOR_PERSISTENCE_FATAL);
    expect_moves(world, "");
    assert_int_equal(step_move_and_save(find(plan, 2), DIRECTOR_STEP_ERROR, persistence),
                     DIRECTOR_OK);
    expect_moves(world, "1:2 pending>error");
    expect_calls(world, "save_step 1:2 error, save_step 1:2 error");
    assert_int_equal(step_move_and_save(find(plan, 2), DIRECTOR_STEP_SUCCESS, persistence),
                     DIRECTOR_INTERNAL);
    expect_calls(world, "");
    execution_plan_release(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tables_have_dynflows_moves_and_no_other),
        cmocka_unit_test(what_is_no_kind_or_state_never_moves),
        WITH_WORLD(a_step_makes_every_legal_move_and_refuses_every_other),
        WITH_WORLD(a_move_is_told_to_the_owner_and_an_illegal_one_is_not),
        WITH_WORLD(a_saved_step_is_its_row_with_the_condition),
        FAITHFUL(only_failed_and_pending_steps_can_be_marked_to_be_skipped),
        HARDENED(a_hardened_director_passes_over_what_needs_no_mark),
        FAITHFUL(a_move_stands_though_its_save_failed),
        HARDENED(a_hardened_move_waits_for_its_save),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
