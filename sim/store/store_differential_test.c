/* store_differential_test.c: thousands of random operations, deletions and returns among them, done
 * to both stores at once. Every answer must be the same, and so must what the stores hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/store_test_support.h"

#define PLANS 5u
#define ACTIONS_MAX 7u
#define STEPS_MAX 9u
#define NUMBERS_MAX 4u

struct pair {
    struct test_allocator memory;
    struct store *stores[2];
    uint64_t random;
    struct director_plan_id id;
    char did[160]; /* the operation, for the message when they differ */
};

static struct pair *open_pair(uint64_t seed)
{
    struct pair *pair = (struct pair *)calloc(1, sizeof(*pair));
    struct director_allocator allocator = test_allocator(&pair->memory);
    char message[200];

    pair->random = seed;
    assert_int_equal(memory_store_create(&allocator, &pair->stores[0]), STORE_OK);
    assert_int_equal(
        sqlite_store_open(&allocator, NULL, NULL, &pair->stores[1], message, sizeof(message)),
        STORE_OK);
    return pair;
}

static void close_pair(struct pair *pair)
{
    pair->stores[0]->operations->close(pair->stores[0]);
    pair->stores[1]->operations->close(pair->stores[1]);
    assert_int_equal(pair->memory.live_bytes, 0);
    free(pair);
}

static uint32_t draw(struct pair *pair, uint32_t below)
{
    return test_random(&pair->random, below);
}

static void same(const struct pair *pair, int left, int right)
{
    if (left != right) {
        fail_msg("%s: memory answers %d, SQLite %d (%s)", pair->did, left, right,
                 store_error_message(pair->stores[1]));
    }
}

#define BOTH(pair, operation, ...)                                                                 \
    same(pair, (int)(pair)->stores[0]->operations->operation((pair)->stores[0], __VA_ARGS__),      \
         (int)(pair)->stores[1]->operations->operation((pair)->stores[1], __VA_ARGS__))
#define BOTH_PERSIST(pair, operation, ...)                                                         \
    same(pair,                                                                                     \
         (int)(pair)->stores[0]->persistence.operation((pair)->stores[0]->persistence.context,     \
                                                       __VA_ARGS__),                               \
         (int)(pair)->stores[1]->persistence.operation((pair)->stores[1]->persistence.context,     \
                                                       __VA_ARGS__))

/* ---- Random rows ----------------------------------------------------------------------------- */

static uint32_t draw_numbers(struct pair *pair, uint32_t *numbers)
{
    uint32_t count = draw(pair, 3) == 0 ? draw(pair, NUMBERS_MAX + 1) : 0;

    for (uint32_t at = 0; at < count; at++) {
        numbers[at] = 1 + draw(pair, STEPS_MAX);
    }
    return count;
}

/* A flow in prefix order: each token pays for itself and owes its sub-flows. */
static uint32_t draw_flow(struct pair *pair, uint32_t *flow)
{
    uint32_t length = 0;
    uint32_t owed = draw(pair, 5) == 0 ? 0 : 1;

    while (owed > 0) {
        uint32_t count = length + owed < 12 ? draw(pair, 4) : 0;

        owed--;
        if (draw(pair, 2) == 0) {
            flow[length++] = 1 + draw(pair, STEPS_MAX);
        } else {
            flow[length++] =
                (draw(pair, 2) == 0 ? DIRECTOR_FLOW_SEQUENCE : DIRECTOR_FLOW_CONCURRENCE) | count;
            owed += count;
        }
    }
    return length;
}

/* Distinct ids in any order, and now and then one that comes twice. */
static uint32_t draw_step_ids(struct pair *pair, uint32_t *ids)
{
    uint32_t count = draw(pair, STEPS_MAX + 1);
    bool shuffled = draw(pair, 3) == 0;

    for (uint32_t at = 0; at < count; at++) {
        ids[at] = at + 1 + (shuffled && at + 1 == count ? 3 : 0);
    }
    for (uint32_t at = count; shuffled && at > 1; at--) {
        uint32_t other = draw(pair, at);
        uint32_t id = ids[at - 1];

        ids[at - 1] = ids[other];
        ids[other] = id;
    }
    if (count > 1 && draw(pair, 20) == 0) {
        ids[0] = ids[count - 1];
    }
    return count;
}

static struct director_step_row draw_step(struct pair *pair, uint32_t id, uint32_t *children)
{
    struct director_step_row row = {.id = id,
                                    .action_id = 1 + draw(pair, ACTIONS_MAX),
                                    .queue = draw(pair, 3),
                                    .kind = (enum director_step_kind)draw(pair, 3),
                                    .state = (enum director_step_state)draw(pair, 9),
                                    .content = draw(pair, 3),
                                    .children = children};

    row.children_count = draw_numbers(pair, children);
    return row;
}

static struct director_action_row draw_action(struct pair *pair, uint32_t id, uint32_t *required)
{
    struct director_action_row row = {.id = id,
                                      .plan_step = draw(pair, STEPS_MAX),
                                      .run_step = draw(pair, STEPS_MAX),
                                      .finalize_step = draw(pair, STEPS_MAX),
                                      .rescue = (enum director_rescue_strategy)(1 + draw(pair, 3)),
                                      .accepts_events = draw(pair, 2) == 0,
                                      .required_steps = required};

    row.required_count = draw_numbers(pair, required);
    return row;
}

struct random_plan {
    struct store_plan plan;
    uint32_t step_ids[STEPS_MAX];
    uint32_t flows[2][64];
    struct director_step_row steps[STEPS_MAX];
    struct director_action_row actions[ACTIONS_MAX];
    uint32_t children[STEPS_MAX][NUMBERS_MAX];
    uint32_t required[ACTIONS_MAX][NUMBERS_MAX];
};

static void draw_row(struct pair *pair, struct random_plan *random)
{
    struct director_plan_row *row = &random->plan.record.row;

    row->id = pair->id;
    row->state = (enum director_plan_state)draw(pair, DIRECTOR_PLAN_STATES);
    row->result = (enum director_result)draw(pair, DIRECTOR_RESULTS);
    row->root_plan_step = draw(pair, 4);
    row->step_ids = random->step_ids;
    row->step_count = draw_step_ids(pair, random->step_ids);
    row->run_flow = random->flows[0];
    row->run_flow_length = draw_flow(pair, random->flows[0]);
    row->finalize_flow = random->flows[1];
    row->finalize_flow_length = draw_flow(pair, random->flows[1]);
}

static void draw_plan(struct pair *pair, struct random_plan *random)
{
    bool backwards = draw(pair, 4) == 0;

    draw_row(pair, random);
    random->plan.record.steps = random->steps;
    random->plan.actions = random->actions;
    random->plan.action_count = draw(pair, 6) == 0 ? draw(pair, ACTIONS_MAX) : ACTIONS_MAX;
    for (uint32_t at = 0; at < random->plan.action_count; at++) {
        uint32_t id = backwards ? random->plan.action_count - at : at + 1;

        random->actions[at] = draw_action(pair, draw(pair, 60) == 0 ? 1 : id, random->required[at]);
    }
    for (uint32_t at = 0; at < random->plan.record.row.step_count; at++) {
        random->steps[at] = draw_step(pair, random->step_ids[at], random->children[at]);
    }
}

/* ---- Random operations ------------------------------------------------------------------------
 */

static void insert_plan(struct pair *pair)
{
    struct random_plan random = {.plan = {.label = NULL}};

    draw_plan(pair, &random);
    BOTH(pair, insert_plan, &random.plan);
}

static void save_plan(struct pair *pair)
{
    struct random_plan random = {.plan = {.label = NULL}};
    struct director_plan_record record;

    draw_row(pair, &random);
    /* Mostly as the director saves: the row that it loaded, with another state. */
    if (draw(pair, 4) > 0) {
        for (int at = 0; at < 2; at++) {
            struct director_persistence *persistence = &pair->stores[at]->persistence;

            if (persistence->load_plan(persistence->context, &pair->id, &record) ==
                DIRECTOR_PERSISTENCE_OK) {
                record.row.state = random.plan.record.row.state;
                assert_int_equal(persistence->save_plan(persistence->context, &record.row),
                                 DIRECTOR_PERSISTENCE_OK);
            }
        }
    } else {
        BOTH_PERSIST(pair, save_plan, &random.plan.record.row);
    }
}

static void save_step(struct pair *pair)
{
    uint32_t children[NUMBERS_MAX];
    struct director_step_row row = draw_step(pair, 1 + draw(pair, STEPS_MAX + 3), children);
    uint32_t allowed =
        draw(pair, 2) == 0 ? DIRECTOR_SAVE_ALWAYS : draw(pair, 1u << DIRECTOR_STEP_STATES);
    enum director_step_state stored;

    row.exact = draw(pair, 2) == 0;
    /* Often enough a save that may change nothing. */
    if (draw(pair, 2) == 0 && pair->stores[0]->operations->peek_step(pair->stores[0], &pair->id,
                                                                     row.id, &stored) == STORE_OK) {
        row.state = stored;
    }
    BOTH_PERSIST(pair, save_step, &pair->id, &row, allowed);
}

static void save_action(struct pair *pair)
{
    uint32_t required[NUMBERS_MAX];
    struct director_action_row row = draw_action(pair, 1 + draw(pair, ACTIONS_MAX), required);

    BOTH_PERSIST(pair, save_action, &pair->id, &row);
}

static void load_plan(struct pair *pair)
{
    struct director_plan_record records[2];
    enum director_persistence_status answers[2];

    for (int at = 0; at < 2; at++) {
        struct director_persistence *persistence = &pair->stores[at]->persistence;

        answers[at] = persistence->load_plan(persistence->context, &pair->id, &records[at]);
    }
    same(pair, (int)answers[0], (int)answers[1]);
    if (answers[0] != DIRECTOR_PERSISTENCE_OK) {
        return;
    }
    assert_int_equal(records[0].row.step_count, records[1].row.step_count);
    for (uint32_t at = 0; at < records[0].row.step_count; at++) {
        const struct director_step_row *left = &records[0].steps[at];
        const struct director_step_row *right = &records[1].steps[at];

        assert_true(left->id == right->id && left->id == records[0].row.step_ids[at] &&
                    left->action_id == right->action_id && left->state == right->state &&
                    left->kind == right->kind && left->queue == right->queue &&
                    left->content == right->content && left->exact == right->exact &&
                    left->children_count == right->children_count);
        assert_true(left->children_count == 0 ||
                    memcmp(left->children, right->children,
                           left->children_count * sizeof(*left->children)) == 0);
    }
}

static void delete_something(struct pair *pair)
{
    switch (draw(pair, 3)) {
    case 0:
        BOTH(pair, delete_plan, &pair->id);
        break;
    case 1:
        BOTH(pair, delete_steps, &pair->id);
        break;
    default:
        BOTH_PERSIST(pair, delete_delayed_plan, &pair->id);
        break;
    }
}

static void touch_record(struct pair *pair)
{
    struct store_record record = {.kind = (enum store_record_kind)draw(pair, STORE_RECORD_KINDS),
                                  .subject = pair->id,
                                  .owner = test_id(draw(pair, 3)),
                                  .request = draw(pair, 9),
                                  .client = draw(pair, 2),
                                  .active = draw(pair, 2)};

    switch (draw(pair, 3)) {
    case 0:
        BOTH(pair, insert_record, &record);
        break;
    case 1:
        BOTH(pair, update_record, &record);
        break;
    default:
        BOTH(pair, delete_record, record.kind, &record.subject);
        break;
    }
}

static void delay_or_chain(struct pair *pair)
{
    struct director_plan_id other = test_id(draw(pair, PLANS));
    struct store_delayed_plan delayed = {.plan = pair->id,
                                         .has_start_at = draw(pair, 4) > 0,
                                         .start_at = draw(pair, 5),
                                         .has_start_before = draw(pair, 2) == 0,
                                         .start_before = draw(pair, 5)};

    if (draw(pair, 2) == 0) {
        BOTH(pair, insert_delayed, &delayed);
    } else {
        BOTH(pair, insert_dependency, &pair->id, &other);
    }
}

static const struct {
    const char *name;
    uint32_t weight;
    void (*run)(struct pair *pair);
} operations[] = {
    {"insert_plan", 8, insert_plan},    {"save_plan", 12, save_plan},
    {"save_step", 30, save_step},       {"save_action", 14, save_action},
    {"load_plan", 14, load_plan},       {"delete_something", 3, delete_something},
    {"touch_record", 10, touch_record}, {"delay_or_chain", 6, delay_or_chain},
};
#define OPERATIONS (sizeof(operations) / sizeof(*operations))

static void compare_contents(struct pair *pair)
{
    char *left = test_store_contents(pair->stores[0], ACTIONS_MAX + 1);
    char *right = test_store_contents(pair->stores[1], ACTIONS_MAX + 1);

    if (strcmp(left, right) != 0) {
        fail_msg("%s: memory holds\n%s\nSQLite holds\n%s", pair->did, left, right);
    }
    free(left);
    free(right);
}

static void run_one(struct pair *pair, uint64_t seed, int number)
{
    uint32_t choice = draw(pair, 97);
    size_t at = 0;

    while (choice >= operations[at].weight) {
        choice -= operations[at++].weight;
    }
    pair->id = test_id(draw(pair, PLANS));
    snprintf(pair->did, sizeof(pair->did), "seed %llu, operation %d, %s of plan %u",
             (unsigned long long)seed, number, operations[at].name, pair->id.bytes[15]);
    operations[at].run(pair);
}

static void both_stores_answer_and_hold_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct pair *pair = open_pair(seed);

        for (int number = 0; number < 1500; number++) {
            run_one(pair, seed, number);
            if (number % 10 == 0) {
                compare_contents(pair);
            }
        }
        compare_contents(pair);
        close_pair(pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_stores_answer_and_hold_the_same)};
    uint32_t weights = 0;

    for (size_t at = 0; at < OPERATIONS; at++) {
        weights += operations[at].weight;
    }
    if (weights != 97) {
        return 1;
    }
    return cmocka_run_group_tests_name("memory and SQLite side by side", tests, NULL, NULL);
}
