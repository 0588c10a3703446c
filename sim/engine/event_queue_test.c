/* event_queue_test.c: the queue gives what a sorted list would give, whatever is done to it. */
#include "sim/engine/arena.h"
#include "sim/engine/event_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MODEL_MAX 4096u

static uint64_t next_number(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return *state >> 33;
}

static struct event_queue *new_queue(void)
{
    struct event_queue *queue = NULL;
    assert_int_equal(event_queue_create(director_default_allocator(), &queue), EVENT_QUEUE_OK);
    return queue;
}

static void push(struct event_queue *queue, uint64_t time, uint32_t kind)
{
    struct engine_event event = {.time = time, .kind = kind};
    assert_int_equal(event_queue_push(queue, &event, NULL), EVENT_QUEUE_OK);
}

static uint32_t pop_kind(struct event_queue *queue)
{
    struct engine_event event;
    assert_true(event_queue_pop(queue, &event));
    return event.kind;
}

/* ---- The naive twin: an array that is kept sorted ---- */

struct model {
    struct engine_event events[MODEL_MAX];
    size_t count;
    uint64_t sequence;
};

static void model_push(struct model *model, struct engine_event event)
{
    event.sequence = ++model->sequence;
    size_t place = model->count++;
    while (place > 0 && model->events[place - 1].time > event.time) {
        model->events[place] = model->events[place - 1];
        place--;
    }
    model->events[place] = event;
}

static size_t model_count_at_head(const struct model *model)
{
    size_t count = 0;
    while (count < model->count && model->events[count].time == model->events[0].time) {
        count++;
    }
    return count;
}

static struct engine_event model_take(struct model *model, size_t place)
{
    struct engine_event taken = model->events[place];
    model->count--;
    memmove(&model->events[place], &model->events[place + 1],
            (model->count - place) * sizeof(taken));
    return taken;
}

static void assert_same(const struct engine_event *a, const struct engine_event *b)
{
    assert_true(a->time == b->time);
    assert_true(a->sequence == b->sequence);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->target, b->target);
    assert_ptr_equal(a->subject, b->subject);
    assert_true(a->word == b->word);
}

/* How far ahead an event is put: at once, soon, later, very far. */
static uint64_t random_delay(uint64_t *seed)
{
    static const uint64_t ranges[] = {1, 2, 60, 5000, 1000000, 1ull << 40};
    return next_number(seed) * next_number(seed) % ranges[next_number(seed) % 6];
}

static void push_both(struct event_queue *queue, struct model *model, uint64_t *seed)
{
    struct engine_event event = {.time = event_queue_now(queue) + random_delay(seed),
                                 .kind = (uint32_t)next_number(seed) % 4,
                                 .target = (uint32_t)next_number(seed),
                                 .subject = model,
                                 .word = next_number(seed)};
    uint64_t sequence = 0;
    assert_int_equal(event_queue_push(queue, &event, &sequence), EVENT_QUEUE_OK);
    model_push(model, event);
    assert_true(sequence == model->sequence);
}

static void pop_both(struct event_queue *queue, struct model *model, uint64_t *seed)
{
    struct engine_event event;
    struct engine_event peeked;
    size_t at_head = model_count_at_head(model);
    assert_int_equal(event_queue_peek(queue, &peeked), model->count > 0);
    assert_int_equal(event_queue_count_at_head(queue), at_head);
    assert_false(event_queue_pop_nth(queue, at_head, &event));
    if (model->count == 0) {
        assert_false(event_queue_pop(queue, &event));
        return;
    }
    assert_same(&peeked, &model->events[0]);
    size_t n = next_number(seed) % 2 == 0 ? 0 : next_number(seed) % at_head;
    struct engine_event expected = model_take(model, n);
    assert_true(n == 0 ? event_queue_pop(queue, &event) : event_queue_pop_nth(queue, n, &event));
    assert_same(&event, &expected);
    assert_true(event_queue_now(queue) == expected.time);
}

/* Kinds of the first events of the model's, where more of them are skipped, and one that is none.
 */
static void compare_first_but(const struct event_queue *queue, const struct model *model)
{
    for (uint32_t kind = 0; kind < 4; kind++) {
        size_t first = 0;
        uint64_t time = 0;
        while (first < model->count && model->events[first].kind == kind) {
            first++;
        }
        assert_int_equal(event_queue_first_but(queue, kind, &time), first < model->count);
        assert_true(first == model->count || time == model->events[first].time);
    }
}

static void compare_lists(struct event_queue *queue, const struct model *model)
{
    size_t count = event_queue_count(queue);
    assert_int_equal(count, model->count);
    struct engine_event *events = calloc(count + 1, sizeof(*events));
    assert_non_null(events);
    event_queue_list(queue, events);
    for (size_t i = 0; i < count; i++) {
        assert_same(&events[i], &model->events[i]);
    }
    free(events);
}

static void random_operations_agree_with_a_sorted_list(void **state)
{
    (void)state;
    struct model *model = malloc(sizeof(*model));
    assert_non_null(model);
    for (uint64_t run = 0; run < 20; run++) {
        uint64_t seed = run;
        struct event_queue *queue = new_queue();
        memset(model, 0, sizeof(*model));
        for (uint64_t turn = 0; turn < 4000; turn++) {
            /* Runs that tend to grow, to shrink and to stay short. */
            uint64_t bias = turn / 500 % 2 == run % 2 ? 60 : 40;
            if (next_number(&seed) % 100 < bias && model->count < MODEL_MAX) {
                push_both(queue, model, &seed);
            } else {
                pop_both(queue, model, &seed);
            }
            if (turn % 400 == 0) {
                compare_lists(queue, model);
            }
            if (turn % 16 == 0) {
                compare_first_but(queue, model);
            }
        }
        while (model->count > 0) {
            pop_both(queue, model, &seed);
        }
        assert_int_equal(event_queue_count(queue), 0);
        event_queue_destroy(queue);
    }
    free(model);
}

/* Few events are sorted in another way than many. */
static void a_list_is_in_order_however_long_it_is(void **state)
{
    (void)state;
    struct model *model = malloc(sizeof(*model));
    assert_non_null(model);
    for (uint32_t length = 0; length <= 100; length++) {
        uint64_t seed = length;
        struct event_queue *queue = new_queue();
        memset(model, 0, sizeof(*model));
        for (uint32_t i = 0; i < length; i++) {
            /* One bucket of a higher level, so that the queue has not put them in order; some are
             * due at one time. */
            struct engine_event event = {.time = (1u << 18) + next_number(&seed) % 50, .kind = i};
            assert_int_equal(event_queue_push(queue, &event, NULL), EVENT_QUEUE_OK);
            model_push(model, event);
        }
        compare_lists(queue, model);
        event_queue_destroy(queue);
    }
    free(model);
}

static void events_of_one_time_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct event_queue *queue = new_queue();
    push(queue, 5000, 1);
    push(queue, 100, 2);
    push(queue, 5000, 3);
    push(queue, 100, 4);
    assert_int_equal(pop_kind(queue), 2);
    push(queue, 100, 5);
    push(queue, 5000, 6);
    assert_int_equal(pop_kind(queue), 4);
    assert_int_equal(pop_kind(queue), 5);
    push(queue, 5000, 7);
    assert_int_equal(pop_kind(queue), 1);
    push(queue, 5000, 8);
    assert_int_equal(pop_kind(queue), 3);
    assert_int_equal(pop_kind(queue), 6);
    assert_int_equal(pop_kind(queue), 7);
    assert_int_equal(pop_kind(queue), 8);
    struct engine_event event;
    assert_false(event_queue_pop(queue, &event));
    event_queue_destroy(queue);
}

static void looking_at_the_first_event_does_not_move_time(void **state)
{
    (void)state;
    struct event_queue *queue = new_queue();
    push(queue, 1000, 1);
    push(queue, 1001, 2);
    struct engine_event event;
    assert_true(event_queue_peek(queue, &event));
    assert_int_equal(event_queue_count_at_head(queue), 1);
    assert_false(event_queue_pop_nth(queue, 1, &event));
    assert_int_equal(event_queue_now(queue), 0);
    push(queue, 3, 3);
    assert_int_equal(pop_kind(queue), 3);
    assert_int_equal(pop_kind(queue), 1);
    event_queue_destroy(queue);
}

static void the_whole_range_of_time_can_be_used(void **state)
{
    (void)state;
    struct event_queue *queue = new_queue();
    push(queue, UINT64_MAX, 1);
    push(queue, UINT64_MAX - 1, 2);
    push(queue, 0, 3);
    push(queue, UINT64_MAX, 4);
    assert_int_equal(pop_kind(queue), 3);
    assert_int_equal(pop_kind(queue), 2);
    assert_int_equal(pop_kind(queue), 1);
    assert_int_equal(pop_kind(queue), 4);
    assert_true(event_queue_now(queue) == UINT64_MAX);
    event_queue_destroy(queue);
}

static void a_chosen_event_leaves_the_others_in_their_order(void **state)
{
    (void)state;
    struct event_queue *queue = new_queue();
    for (uint32_t kind = 0; kind < 5; kind++) {
        push(queue, 70, kind);
        push(queue, 90, 100 + kind);
    }
    struct engine_event event;
    assert_int_equal(event_queue_count_at_head(queue), 5);
    assert_true(event_queue_pop_nth(queue, 4, &event));
    assert_int_equal(event.kind, 4);
    assert_true(event_queue_pop_nth(queue, 1, &event));
    assert_int_equal(event.kind, 1);
    push(queue, 70, 9);
    assert_true(event_queue_pop_nth(queue, 3, &event));
    assert_int_equal(event.kind, 9);
    assert_int_equal(pop_kind(queue), 0);
    assert_int_equal(pop_kind(queue), 2);
    assert_int_equal(pop_kind(queue), 3);
    assert_int_equal(pop_kind(queue), 100);
    assert_int_equal(event_queue_count_at_head(queue), 4);
    event_queue_destroy(queue);
}

static void without_memory_a_push_changes_nothing(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_create(1 << 20, &arena), ARENA_OK);
    struct event_queue *queue = NULL;
    for (uint64_t n = 1; n <= 5; n++) {
        arena_fail_at(arena, n, false);
        bool failed = event_queue_create(arena_allocator(arena), &queue) == EVENT_QUEUE_NO_MEMORY;
        assert_int_equal(failed, arena_failures(arena) == 1);
        assert_true(!failed || arena_used(arena) == 0);
    }
    uint64_t seed = 1;
    uint64_t expected = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        arena_fail_at(arena, 1 + i % 2, true);
        struct engine_event event = {.time = next_number(&seed) % 100000, .kind = i};
        uint64_t sequence = 0;
        while (event_queue_push(queue, &event, &sequence) == EVENT_QUEUE_NO_MEMORY) {
            assert_int_equal(event_queue_count(queue), i);
            arena_fail_at(arena, 2, true);
        }
        assert_true(sequence == ++expected);
    }
    arena_fail_at(arena, 1, true);
    assert_int_equal(event_queue_reserve(queue, 100000), EVENT_QUEUE_NO_MEMORY);
    assert_int_equal(event_queue_reserve(queue, SIZE_MAX), EVENT_QUEUE_NO_MEMORY);
    uint64_t before = 0;
    struct engine_event event;
    while (event_queue_pop(queue, &event)) {
        assert_true(event.time >= before);
        before = event.time;
        expected--;
    }
    assert_true(expected == 0);
    event_queue_destroy(queue);
    assert_int_equal(arena_used(arena), 0);
    arena_destroy(arena);
}

static void what_is_reserved_can_be_pushed_without_memory(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_create(1 << 20, &arena), ARENA_OK);
    struct event_queue *queue = NULL;
    assert_int_equal(event_queue_create(arena_allocator(arena), &queue), EVENT_QUEUE_OK);
    push(queue, 7, 0);
    assert_int_equal(event_queue_reserve(queue, 1000), EVENT_QUEUE_OK);
    arena_fail_at(arena, 1, true);
    for (uint32_t i = 0; i < 1000; i++) {
        push(queue, (uint64_t)i << (i % 54), i);
    }
    assert_int_equal(arena_failures(arena), 0);
    event_queue_destroy(queue);
    event_queue_destroy(NULL);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_agree_with_a_sorted_list),
        cmocka_unit_test(a_list_is_in_order_however_long_it_is),
        cmocka_unit_test(events_of_one_time_come_out_as_they_went_in),
        cmocka_unit_test(looking_at_the_first_event_does_not_move_time),
        cmocka_unit_test(the_whole_range_of_time_can_be_used),
        cmocka_unit_test(a_chosen_event_leaves_the_others_in_their_order),
        cmocka_unit_test(without_memory_a_push_changes_nothing),
        cmocka_unit_test(what_is_reserved_can_be_pushed_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
