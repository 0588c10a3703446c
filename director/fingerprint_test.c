/* fingerprint_test.c: the same story leaves the same words, wherever the director's memory lies;
 * and every step of a story leaves others. */
#include "director/fingerprint.h"

#include "director/director_test_support.h"
#include "director/work_item.h"

#include <stdlib.h>
#include <sys/resource.h>

#define LINES_MAX 32u

/* A buffer that is as full as can be: no memory is left to make it larger. */
#define FULL (SIZE_MAX / 32)

/* The sanitizer must answer NULL to a request that is too large, as malloc does. */
const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__asan_default_options(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    return "allocator_may_return_null=1";
}

/* The other one of two worlds ends as the first one does. */
static void end_other(struct test_world *world)
{
    void *state = world;
    assert_int_equal(test_world_teardown(&state), 0);
}

/* The words of a world: its director, then all that is held. */
static void take(struct fingerprint *fingerprint, const struct test_world *world, bool ordered)
{
    fingerprint_clear(fingerprint);
    director_fingerprint(fingerprint, world->director, ordered);
    for (size_t i = 0; i < world->held_count; i++) {
        director_work_item_fingerprint(fingerprint, world->held[i].item);
        director_work_fingerprint(fingerprint, world->held[i].work);
    }
    assert_false(fingerprint->no_memory);
}

static bool equal(const struct fingerprint *a, const struct fingerprint *b)
{
    return a->count == b->count && memcmp(a->words, b->words, a->count * sizeof(a->words[0])) == 0;
}

struct line {
    const char *line;
    const char *answer;
};

static void add_plans(struct test_store *store)
{
    struct test_plan *plan = test_store_add(store, "[C 2 [S 3 4]]", "[S 12 13]");
    test_plan_requires(plan, 3, 2);
    test_plan_rescues(plan, 3, DIRECTOR_RESCUE_SKIP);
    test_store_add(store, "2", "12");
    test_plan_rescues(test_store_add(store, "[S 2 3]", ""), 3, DIRECTOR_RESCUE_SKIP);
    test_store_add(store, "", "2"); /* it has nothing to run */
}

/* Both worlds are told the story. After each line they leave the same words, and not those of any
 * moment before. */
static void tell_both(struct test_world *world, const struct line *lines)
{
    struct test_world *other = test_world_create(world->config.defects);
    struct fingerprint words[LINES_MAX] = {0};
    struct fingerprint others = {0};
    void *elsewhere = malloc(12345); /* so that nothing lies where it does in the first world */
    assert_non_null(test_world_restart(other));
    add_plans(&world->store);
    add_plans(&other->store);
    take(&words[0], world, true);
    for (size_t i = 0; lines[i].line != NULL; i++) {
        tell(world, lines[i].line, lines[i].answer);
        tell(other, lines[i].line, lines[i].answer);
        take(&words[i + 1], world, true);
        take(&others, other, true);
        assert_true(equal(&words[i + 1], &others));
        for (size_t k = 0; k <= i; k++) {
            if (equal(&words[i + 1], &words[k])) {
                fail_msg("after \"%s\" as before line %zu", lines[i].line, k);
            }
        }
    }
    for (size_t i = 0; i < LINES_MAX; i++) {
        fingerprint_free(&words[i]);
    }
    fingerprint_free(&others);
    free(elsewhere);
    end_other(other);
}

static void every_line_of_a_run_shows(void **state)
{
    tell_both(*state, (struct line[]){
                          {"start 1", "run 2, run 3"},
                          {"begin 1 3", "user code 3"},
                          {"begin 1 2", "user code 2"},
                          {"continue 1 2 suspend", "done"},
                          {"end 1 2", "ok"},
                          {"finish 1 2", "nothing"},
                          {"event 1 2 20", "event 2:20"},
                          {"event 1 2 21", "nothing"},
                          {"start 2", "run 2"},
                          {"planning 2", "planning"},
                          {NULL, NULL},
                      });
}

static void every_line_of_a_finalize_phase_shows(void **state)
{
    tell_both(*state, (struct line[]){
                          {"start 2", "run 2"},
                          {"work 2 2 success", "finalize"},
                          {"report 2 finalize 12 success", "ok"},
                          {"begin 2 finalize", "user code 12"},
                          {"start 4", "finalize"},
                          {NULL, NULL},
                      });
}

/* An item is still out when its step is not in execution any more. */
static void every_line_of_a_double_report_shows(void **state)
{
    tell_both(*state, (struct line[]){
                          {"start 3", "run 2"},
                          {"report 3 2 success", "ok"},
                          {"deliver 3 2", "run 3"},
                          {"report 3 2 suspended", "ok"},
                          {"finish 3 2", "nothing"},
                          {"event 3 2 20", "event 2:20"},
                          {"done 3 3 error", "run 2"},
                          {"report 3 2 success", "ok"},
                          {"finish 3 2", "run 3"},
                          {NULL, NULL},
                      });
}

static void in_which_order_plans_were_started_shows_when_it_is_asked_for(void **state)
{
    struct test_world *world = *state;
    struct test_world *other = test_world_create(world->config.defects);
    struct fingerprint words = {0};
    struct fingerprint others = {0};
    assert_non_null(test_world_restart(other));
    add_plans(&world->store);
    add_plans(&other->store);
    tell(world, "start 1", "run 2, run 3");
    tell(world, "start 2", "run 2");
    tell(other, "start 2", "run 2");
    tell(other, "start 1", "run 2, run 3");
    test_world_release_items(world);
    test_world_release_items(other);
    for (int ordered = 0; ordered < 2; ordered++) {
        take(&words, world, ordered != 0);
        take(&others, other, ordered != 0);
        assert_int_equal(equal(&words, &others), ordered == 0);
    }
    fingerprint_free(&words);
    fingerprint_free(&others);
    end_other(other);
}

static void an_item_tells_of_its_plan_when_nobody_else_has(void **state)
{
    struct test_world *world = *state;
    struct fingerprint alone = {0};
    struct fingerprint behind = {0};
    add_plans(&world->store);
    tell(world, "start 1", "run 2, run 3");
    director_work_item_fingerprint(&alone, world->held[0].item);
    director_fingerprint(&behind, world->director, true);
    size_t before = behind.count;
    director_work_item_fingerprint(&behind, world->held[0].item);
    assert_true(behind.count - before < alone.count); /* there its plan is known already */
    fingerprint_free(&alone);
    fingerprint_free(&behind);
}

/* A report of the first execution has put its own step into the plan of the second one. */
static void an_item_tells_of_its_step_when_that_is_the_plans_no_longer(void **state)
{
    struct test_world *world = *state;
    struct fingerprint before = {0};
    struct fingerprint after = {0};
    test_store_add(&world->store, "[S 2 3]", "")->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1", "run 2");
    tell(world, "terminate", "ok");
    world->store.plans[0]->row.state = DIRECTOR_PLAN_PAUSED;
    tell(world, "start 1 as 5", "run 2");
    tell(world, "report 1 2 success", "ok");
    take(&before, world, true);
    tell(world, "finish 1 2", "run 3");
    const struct step *step = world->held[0].item->step;
    take(&after, world, true);
    assert_false(equal(&before, &after));
    size_t told = after.count;
    step_fingerprint(&after, step); /* once it was told of, it is a number */
    size_t number = after.count - told;
    fingerprint_clear(&after);
    step_fingerprint(&after, step);
    assert_true(after.count > number);
    fingerprint_free(&before);
    fingerprint_free(&after);
}

static void no_director_is_not_one_without_plans(void **state)
{
    struct test_world *world = *state;
    struct fingerprint words = {0};
    struct fingerprint none = {0};
    director_fingerprint(&words, world->director, true);
    director_fingerprint(&none, NULL, true);
    size_t count = words.count;
    words.raw_contents = true;
    director_fingerprint(&words, world->director, true);
    assert_int_equal(words.count, 2 * count);
    assert_false(equal(&words, &none));
    assert_int_equal(none.count, 1);
    fingerprint_free(&words);
    fingerprint_free(&none);
}

static void what_is_not_there_has_a_word_of_its_own(void **state)
{
    (void)state;
    struct fingerprint words = {0};
    director_work_item_fingerprint(&words, NULL);
    director_work_fingerprint(&words, NULL);
    fingerprint_future(&words, NULL);
    assert_int_equal(words.count, 3);
    assert_int_equal(words.words[0] | words.words[1] | words.words[2], 0);
    fingerprint_free(&words);
}

static void contents_are_numbered_or_stand_as_they_are(void **state)
{
    (void)state;
    struct fingerprint words = {0};
    fingerprint_content(&words, 0);
    fingerprint_content(&words, 700);
    fingerprint_content(&words, 500);
    fingerprint_content(&words, 700);
    words.raw_contents = true;
    fingerprint_content(&words, 700);
    assert_memory_equal(words.words, ((uint64_t[]){0, 1, 2, 1, 700}), 5 * sizeof(uint64_t));
    fingerprint_clear(&words);
    words.raw_contents = false;
    fingerprint_content(&words, 500);
    assert_int_equal(words.count, 1);
    assert_int_equal(words.words[0], 1);
    fingerprint_free(&words);
}

static void values_keep_their_numbers_however_many_there_are(void **state)
{
    (void)state;
    struct fingerprint words = {0};
    for (int round = 0; round < 2; round++) {
        fingerprint_clear(&words);
        for (uint64_t i = 0; i < 2000; i++) {
            /* The second time there is room for all of them from the beginning, with what is old.
             */
            fingerprint_content(&words, 1000 + i % 1000 + (uint64_t)round);
        }
        for (uint64_t i = 0; i < 2000; i++) {
            assert_int_equal(words.words[i], i % 1000 + 1);
        }
    }
    fingerprint_clear(&words);
    for (uint64_t i = 0; i < 1500; i++) {
        fingerprint_content(&words, i + 1); /* more than ever, so that the old is left behind */
        assert_int_equal(words.words[i], i + 1);
    }
    fingerprint_free(&words);
}

static void the_number_of_rounds_may_begin_anew(void **state)
{
    (void)state;
    struct fingerprint words = {0};
    fingerprint_content(&words, 700);
    fingerprint_content(&words, 500);
    words.contents.round = UINT32_MAX - 1;
    fingerprint_clear(&words);
    fingerprint_content(&words, 500);
    assert_int_equal(words.words[0], 1);
    fingerprint_free(&words);
}

/* A table of names that is full, in a process that may have no more memory. */
static void that_names_cannot_be_told_apart_is_remembered(void **state)
{
    (void)state;
    struct rlimit before;
    struct fingerprint words = {.contents = {.size = (size_t)1 << 32, .count = UINT32_C(1) << 31}};
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    const struct rlimit tight = {.rlim_cur = (rlim_t)1 << 30, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    fingerprint_content(&words, 500);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_true(words.no_memory);
    assert_int_equal(words.count, 0);
}

static void that_memory_ran_out_is_remembered(void **state)
{
    (void)state;
    struct fingerprint words = {.count = FULL, .capacity = FULL};
    fingerprint_add(&words, 1);
    assert_true(words.no_memory);
    assert_int_equal(words.count, FULL);
    fingerprint_clear(&words);
    assert_int_equal(words.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(every_line_of_a_run_shows),
        STORY(every_line_of_a_finalize_phase_shows),
        FAITHFUL(every_line_of_a_double_report_shows),
        WITH_WORLD(in_which_order_plans_were_started_shows_when_it_is_asked_for),
        WITH_WORLD(an_item_tells_of_its_plan_when_nobody_else_has),
        FAITHFUL(an_item_tells_of_its_step_when_that_is_the_plans_no_longer),
        WITH_WORLD(no_director_is_not_one_without_plans),
        cmocka_unit_test(what_is_not_there_has_a_word_of_its_own),
        cmocka_unit_test(contents_are_numbered_or_stand_as_they_are),
        cmocka_unit_test(values_keep_their_numbers_however_many_there_are),
        cmocka_unit_test(the_number_of_rounds_may_begin_anew),
        cmocka_unit_test(that_names_cannot_be_told_apart_is_remembered),
        cmocka_unit_test(that_memory_ran_out_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
