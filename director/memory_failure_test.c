/* memory_failure_test.c: what director.h promises of memory, proven over a story with everything in
 * it: whichever request finds no memory, the call that made it answers DIRECTOR_NO_MEMORY, has
 * changed nothing and written nothing, and goes through when it is made again.
 *
 * Each call of a story is made by story_test_support.c, which compares what can be seen before and
 * after one that finds no memory, and makes it again. */
#include "director/director_test_support.h"

struct line {
    const char *told;
    const char *answer;
};

/* Plan 1 runs, suspends, takes events, has a step skipped and finalizes. Plan 2 is halted, plan 3
 * terminated, plan 4 inhibited, plan 5 stopped where it is, plan 6 planned. Plan 7 fails. */
static const struct line story[] = {
    {"planning 6", "planning"},
    {"start 1", "run 2"},
    {"event 1 2 20", "nothing"},
    {"start 2", "run 2, run 3, run 4, run 5, run 6, run 7, run 8, run 9, run 22, run 23"},
    {"work 1 2 suspend", "event 2:20"},
    {"work 1 2 success", "run 3, run 4"},
    {"begin 1 4", "user code 4"},
    {"continue 1 4 suspend", "done"},
    {"end 1 4", "ok"},
    {"finish 1 4", "nothing"},
    {"work 1 3 error", "nothing"},
    {"event 1 4 21", "event 4:21"},
    {"event 1 4 22 alone", "nothing"},
    {"start 3", "finalize"},
    {"start 1 as 30", "nothing"},
    {"event 9 2 23", "no_manager"},
    {"event 1 5 24", "nothing"},
    {"work 1 4 success", "finalize"}, /* 22 is dropped */
    {"work 1 finalize", "run 2"},     /* rescued: 3 and 5 are skipped */
    {"work 1 2", "run 3, run 4"},
    {"work 1 3", "nothing"},
    {"work 1 4", "run 5"},
    {"work 1 5", "run 6"},
    {"done 1 6 success", "finalize"},
    {"work 1 finalize success success", "nothing"},
    {"start 4", "nothing"},
    {"halt 5", "ok"},
    {"planning 6", "nothing"},
    {"planning 7", "planning"},
    {"finish 6 planning", "nothing"},
    {"done 2 2 suspended", "nothing"},
    {"event 2 2 25", "event 2:25"},
    {"event 2 2 26", "nothing"},
    {"halt 2", "ok"},
    {"report 3 finalize 2 success", "ok"},
    {"begin 3 finalize", "user code 2"},
    {"continue 3 finalize success", "user code 3"},
    {"continue 3 finalize success", "done"},
    {"start 7", "run 2"},
    {"begin 7 2", "user code 2"},
    {"fail 7 2", "ok"},
    {"start 7 as 31", "internal"},
    {"start 8", "run 2"},
    {"terminate", "ok"},
};
#define LINES (sizeof(story) / sizeof(story[0]))

static void add_plans(struct test_world *world)
{
    struct test_plan *plan = test_store_add(&world->store, "[S 2 [C 3 4] 5 6]", "[S 12 16]");
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_SKIP);
    test_plan_requires(plan, 5, 3);
    test_plan_action(plan, 2)->row.accepts_events = true;
    test_plan_action(plan, 4)->row.accepts_events = true;
    test_plan_requires(plan, 4, 2);
    test_store_add(&world->store, "[C 2 3 4 5 6 7 8 9 22 23]", "");
    test_plan_requires(test_store_add(&world->store, "", "[S 2 3]"), 2, 1);
    test_store_add(&world->store, "2", "")->inhibited = true;
    test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "2", "");
    test_store_add(&world->store, "[S 2 3]", "");
}

/* Tell the story, up to its end or to where memory runs out for good. */
static void tell_story(struct test_world *world)
{
    for (size_t i = 0; i < LINES; i++) {
        const char *answer = test_tell(world, story[i].told);
        if (world->gave_up) {
            return;
        }
        if (strcmp(answer, story[i].answer) != 0) {
            fail_msg("%s: \"%s\" and not \"%s\"", story[i].told, answer, story[i].answer);
        }
    }
}

/* All that came of a story: what was stored, written, moved, resolved. */
static void describe(struct test_world *world, struct test_text *outcome)
{
    test_text_clear(outcome);
    for (unsigned i = 1; i <= world->store.plan_count; i++) {
        test_text_list(outcome, "%s", test_stored_view(world, i));
    }
    test_text_list(outcome, "%s", test_text_get(&world->store.written));
    test_text_list(outcome, "%s", test_text_get(&world->moves));
    test_text_list(outcome, "%s", test_text_get(&world->resolved));
}

struct proof {
    size_t stories;
    size_t refusals;
    struct test_text outcome; /* of a story that never lacked memory */
};

/* One story, with its nth request refused. False: it made less than n. */
static bool prove(struct proof *proof, uint64_t defects, size_t nth, bool for_good)
{
    struct test_world *world = test_world_create(defects);
    world->memory.fail_at = nth;
    world->memory.fail_for_good = for_good;
    add_plans(world);
    struct director *director = test_world_restart(world);
    if (director == NULL && !for_good) {
        director = test_world_restart(world);
    }
    if (director != NULL) {
        tell_story(world);
    }
    bool refused = world->memory.refusals > 0;
    if (director != NULL && !world->gave_up) {
        struct test_text outcome = {0};
        describe(world, &outcome);
        if (nth == 0) {
            test_text_append(&proof->outcome, "%s", test_text_get(&outcome));
        }
        assert_string_equal(test_text_get(&outcome), test_text_get(&proof->outcome));
        test_text_free(&outcome);
    } else {
        assert_true(for_good);
    }
    proof->stories++;
    proof->refusals += world->refused_calls;
    void *done = world;
    (void)test_world_teardown(&done);
    return refused;
}

static void prove_all(uint64_t defects, bool for_good)
{
    struct proof proof = {0};
    (void)prove(&proof, defects, 0, false);
    size_t nth = 1;
    while (prove(&proof, defects, nth, for_good)) {
        nth++;
    }
    print_message("%zu requests for memory refused %s, one a story: %zu calls answered no_memory\n",
                  nth - 1, for_good ? "for good" : "once", proof.refusals);
    assert_true(nth > 50);
    test_text_free(&proof.outcome);
}

static void a_call_that_finds_no_memory_once_goes_through_when_made_again(void **state)
{
    (void)state;
    prove_all(DIRECTOR_DEFECTS_ALL, false);
    prove_all(0, false);
}

static void a_call_that_never_finds_memory_changes_nothing_however_often(void **state)
{
    (void)state;
    prove_all(DIRECTOR_DEFECTS_ALL, true);
    prove_all(0, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_finds_no_memory_once_goes_through_when_made_again),
        cmocka_unit_test(a_call_that_never_finds_memory_changes_nothing_however_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
