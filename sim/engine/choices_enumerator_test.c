/* choices_enumerator_test.c: the enumerator goes through every path of a tree of choices once, also
 * from snapshots, in parts, and within bounds, and notices a world that is not deterministic. */
#include "sim/engine/arena.h"
#include "sim/engine/choices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PATHS_MAX 200u

static uint32_t no_steps(const void *context, uint32_t plan)
{
    (void)context;
    (void)plan;
    return 0;
}

static const char *no_name(const void *context, uint32_t plan)
{
    (void)context;
    (void)plan;
    return "p";
}

/* What every test needs. */
struct fixture {
    struct choice_names *names;
    struct choices *choices;
    struct choices_enumerator *enumerator;
    uint64_t paths[PATHS_MAX]; /* each as a number with a decimal digit a choice, the first one 1 */
    size_t count;
};

static struct fixture set_up(uint32_t width_max, uint32_t depth_max)
{
    struct fixture fixture = {0};
    struct choice_naming naming = {.plan_count = 1, .step_count = no_steps, .plan_name = no_name};
    struct director_allocator allocator = director_default_allocator();
    assert_int_equal(choice_names_create(allocator, &naming, &fixture.names), CHOICES_OK);
    struct choices_config config = {.allocator = allocator, .names = fixture.names};
    assert_int_equal(choices_create(&config, &fixture.choices), CHOICES_OK);
    struct choices_enumerator_config limits = {
        .allocator = allocator, .width_max = width_max, .depth_max = depth_max};
    assert_int_equal(choices_enumerator_create(&limits, &fixture.enumerator), CHOICES_OK);
    return fixture;
}

static void tear_down(struct fixture *fixture)
{
    choices_destroy(fixture->choices);
    choices_enumerator_destroy(fixture->enumerator);
    choice_names_destroy(fixture->names);
}

static uint64_t draw(struct fixture *fixture, uint64_t ordinal, uint64_t n)
{
    struct choice_site site = {
        .kind = CHOICE_OTHER, .plan = 0, .step = CHOICE_NONE, .ordinal = ordinal};
    return choices_draw(fixture->choices, &site, n);
}

/* A world whose tree is uneven: the first choice decides how many follow. */
static uint64_t uneven_world(struct fixture *fixture)
{
    uint64_t path = 1;
    uint64_t first = draw(fixture, 0, 3);
    path = path * 10 + first;
    for (uint64_t i = 0; i < first; i++) {
        path = path * 10 + draw(fixture, 1 + i, 2 + i);
    }
    return path;
}

static void enumerate(struct fixture *fixture, uint64_t (*world)(struct fixture *))
{
    choices_use_enumerator(fixture->choices, fixture->enumerator);
    do {
        assert_true(fixture->count < PATHS_MAX);
        fixture->paths[fixture->count++] = world(fixture);
        assert_false(choices_enumerator_diverged(fixture->enumerator, NULL));
    } while (choices_enumerator_next(fixture->enumerator));
}

static void assert_paths(const struct fixture *fixture, const uint64_t *expected, size_t count)
{
    assert_int_equal(fixture->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fixture->paths[i], expected[i]);
    }
}

static void every_path_comes_once_in_the_order_of_an_odometer(void **state)
{
    (void)state;
    struct fixture fixture = set_up(0, 0);
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, NULL, 0), CHOICES_OK);
    enumerate(&fixture, uneven_world);
    const uint64_t expected[] = {10, 110, 111, 1200, 1201, 1202, 1210, 1211, 1212};
    assert_paths(&fixture, expected, 9);
    assert_false(choices_enumerator_next(fixture.enumerator));
    assert_false(choices_enumerator_narrowed(fixture.enumerator));
    assert_int_equal(choices_enumerator_beyond_depth(fixture.enumerator), 0);
    tear_down(&fixture);
}

static void a_fixed_beginning_leaves_only_what_follows_it(void **state)
{
    (void)state;
    struct fixture fixture = set_up(0, 0);
    const uint64_t fixed[] = {2, 1};
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, fixed, 2), CHOICES_OK);
    enumerate(&fixture, uneven_world);
    const uint64_t expected[] = {1210, 1211, 1212};
    assert_paths(&fixture, expected, 3);

    fixture.count = 0;
    const uint64_t whole[] = {0, 5, 5};
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, whole, 3), CHOICES_OK);
    enumerate(&fixture, uneven_world);
    const uint64_t single[] = {10};
    assert_paths(&fixture, single, 1);
    tear_down(&fixture);
}

static uint64_t deep_world(struct fixture *fixture)
{
    uint64_t path = 1;
    for (uint64_t i = 0; i < 6; i++) {
        path = path * 10 + draw(fixture, i, 2);
    }
    return path;
}

static void beyond_the_depth_all_is_dull_and_counted(void **state)
{
    (void)state;
    struct fixture fixture = set_up(0, 2);
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, NULL, 0), CHOICES_OK);
    enumerate(&fixture, deep_world);
    const uint64_t expected[] = {1000000, 1010000, 1100000, 1110000};
    assert_paths(&fixture, expected, 4);
    assert_int_equal(choices_enumerator_beyond_depth(fixture.enumerator), 4);
    tear_down(&fixture);
}

static uint64_t wide_world(struct fixture *fixture)
{
    return draw(fixture, 0, 1001);
}

static uint64_t widest_world(struct fixture *fixture)
{
    return draw(fixture, 0, UINT64_MAX);
}

static void of_a_wide_choice_the_ends_and_some_between_are_tried(void **state)
{
    (void)state;
    struct fixture fixture = set_up(5, 0);
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, NULL, 0), CHOICES_OK);
    enumerate(&fixture, wide_world);
    const uint64_t expected[] = {0, 250, 500, 750, 1000};
    assert_paths(&fixture, expected, 5);
    assert_true(choices_enumerator_narrowed(fixture.enumerator));

    fixture.count = 0;
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, NULL, 0), CHOICES_OK);
    enumerate(&fixture, widest_world);
    assert_int_equal(fixture.count, 5);
    assert_true(fixture.paths[4] == UINT64_MAX - 1);
    assert_true(fixture.paths[2] == (UINT64_MAX - 1) / 2);
    tear_down(&fixture);
}

static void a_snapshot_at_a_shared_position_saves_the_way_there(void **state)
{
    (void)state;
    struct fixture fixture = set_up(0, 0);
    struct choices_enumerator *enumerator = fixture.enumerator;
    assert_int_equal(choices_enumerator_begin(enumerator, NULL, 0), CHOICES_OK);
    choices_use_enumerator(fixture.choices, enumerator);
    /* The "snapshot" of this world is the path so far, kept for each position. */
    uint64_t path_at[7] = {1};
    size_t drawn = 0;
    do {
        size_t position = choices_enumerator_shared(enumerator);
        choices_enumerator_seek(enumerator, position);
        for (; position < 6; position++) {
            path_at[position + 1] = path_at[position] * 10 + draw(&fixture, position, 2);
            drawn++;
        }
        assert_int_equal(choices_enumerator_position(enumerator), 6);
        assert_false(choices_enumerator_diverged(enumerator, NULL));
        fixture.paths[fixture.count++] = path_at[6];
    } while (choices_enumerator_next(enumerator));
    assert_int_equal(fixture.count, 64);
    assert_int_equal(fixture.paths[63], 1111111);
    assert_int_equal(fixture.paths[32], 1100000);
    assert_int_equal(drawn, 2 + 4 + 8 + 16 + 32 + 64);
    tear_down(&fixture);
}

static void a_world_that_changes_its_mind_is_noticed(void **state)
{
    (void)state;
    struct fixture fixture = set_up(0, 0);
    size_t position = 0;
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, NULL, 0), CHOICES_OK);
    choices_use_enumerator(fixture.choices, fixture.enumerator);
    draw(&fixture, 0, 2);
    draw(&fixture, 1, 2);
    assert_true(choices_enumerator_next(fixture.enumerator));
    draw(&fixture, 0, 2);
    draw(&fixture, 1, 3);
    assert_true(choices_enumerator_diverged(fixture.enumerator, &position));
    assert_int_equal(position, 1);
    assert_true(choices_enumerator_next(fixture.enumerator));
    assert_false(choices_enumerator_diverged(fixture.enumerator, NULL));
    draw(&fixture, 7, 2);
    assert_true(choices_enumerator_diverged(fixture.enumerator, &position));
    assert_int_equal(position, 0);

    const uint64_t fixed[] = {1, 9};
    assert_int_equal(choices_enumerator_begin(fixture.enumerator, fixed, 2), CHOICES_OK);
    assert_int_equal(draw(&fixture, 0, 2), 1);
    assert_int_equal(draw(&fixture, 1, 3), 0);
    assert_true(choices_enumerator_diverged(fixture.enumerator, &position));
    assert_int_equal(position, 1);
    tear_down(&fixture);
}

static void without_memory_the_answer_is_dull_and_the_status_stays(void **state)
{
    (void)state;
    struct fixture fixture = set_up(0, 0);
    struct arena *arena = NULL;
    assert_int_equal(arena_create(1 << 20, &arena), ARENA_OK);
    struct choices_enumerator_config limits = {.allocator = arena_allocator(arena)};
    struct choices_enumerator *enumerator = NULL;
    arena_fail_at(arena, 1, false);
    assert_int_equal(choices_enumerator_create(&limits, &enumerator), CHOICES_NO_MEMORY);
    assert_int_equal(choices_enumerator_create(&limits, &enumerator), CHOICES_OK);
    const uint64_t fixed[] = {1};
    arena_fail_at(arena, 1, false);
    assert_int_equal(choices_enumerator_begin(enumerator, fixed, 1), CHOICES_NO_MEMORY);
    assert_int_equal(choices_enumerator_begin(enumerator, NULL, 0), CHOICES_OK);
    choices_use_enumerator(fixture.choices, enumerator);
    arena_fail_at(arena, 1, false);
    assert_int_equal(draw(&fixture, 0, 2), 0);
    assert_int_equal(choices_sticky_status(fixture.choices), CHOICES_NO_MEMORY);
    assert_int_equal(draw(&fixture, 1, 2), 0);
    assert_int_equal(choices_sticky_status(fixture.choices), CHOICES_NO_MEMORY);
    assert_int_equal(choices_enumerator_begin(enumerator, fixed, SIZE_MAX), CHOICES_NO_MEMORY);
    uint64_t many[1000] = {0};
    assert_int_equal(choices_enumerator_begin(enumerator, many, 1000), CHOICES_OK);
    choices_enumerator_destroy(enumerator);
    choices_enumerator_destroy(NULL);
    assert_int_equal(arena_used(arena), 0);
    arena_destroy(arena);
    tear_down(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_comes_once_in_the_order_of_an_odometer),
        cmocka_unit_test(a_fixed_beginning_leaves_only_what_follows_it),
        cmocka_unit_test(beyond_the_depth_all_is_dull_and_counted),
        cmocka_unit_test(of_a_wide_choice_the_ends_and_some_between_are_tried),
        cmocka_unit_test(a_snapshot_at_a_shared_position_saves_the_way_there),
        cmocka_unit_test(a_world_that_changes_its_mind_is_noticed),
        cmocka_unit_test(without_memory_the_answer_is_dull_and_the_status_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
