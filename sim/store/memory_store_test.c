/* memory_store_test.c: what only the memory store promises: all its memory is the owner's, any
 * request for it may be refused, and ids that collide on purpose cost time and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/id_table.h"
#include "sim/store/store_test_support.h"

/* ---- Failing allocations ----------------------------------------------------------------------
 */

struct script {
    struct store *store;
    struct test_plan plans[18];
    uint32_t children[40];
};

/* Each of these does one thing that may need memory; true when it was done. */
static bool insert_plans(struct script *script, uint32_t at)
{
    test_plan_init(&script->plans[at], at, at % 2 == 1);
    return script->store->operations->insert_plan(script->store, &script->plans[at].plan) ==
           STORE_OK;
}

static bool insert_records(struct script *script, uint32_t at)
{
    struct store_record record = {.kind = STORE_RECORD_EXECUTION_LOCK, .subject = test_id(at)};

    return script->store->operations->insert_record(script->store, &record) == STORE_OK;
}

static bool delay(struct script *script, uint32_t at)
{
    struct store_delayed_plan delayed = {
        .plan = test_id(at), .has_start_at = true, .start_at = at * 7 % 5};

    return script->store->operations->insert_delayed(script->store, &delayed) == STORE_OK;
}

static bool chain(struct script *script, uint32_t at)
{
    struct director_plan_id first = test_id(at);
    struct director_plan_id second = test_id(at + 1);

    return script->store->operations->insert_dependency(script->store, &second, &first) == STORE_OK;
}

static bool more_children(struct script *script, uint32_t at)
{
    struct director_plan_id id = test_id(at % 2);
    struct director_step_row row = script->plans[at % 2].steps[1];

    for (uint32_t child = 0; child < 40; child++) {
        script->children[child] = child * child;
    }
    row.children = script->children;
    row.children_count = at;
    return script->store->persistence.save_step(script->store, &id, &row, DIRECTOR_SAVE_ALWAYS) ==
           DIRECTOR_PERSISTENCE_OK;
}

static bool more_steps(struct script *script, uint32_t at)
{
    struct director_plan_id id = test_id(at % 2);
    struct director_step_row row = script->plans[at % 2].steps[0];

    row.id = 1000 - at * 13 % 40;
    return script->store->persistence.save_step(script->store, &id, &row, DIRECTOR_SAVE_ALWAYS) ==
           DIRECTOR_PERSISTENCE_OK;
}

static bool more_actions(struct script *script, uint32_t at)
{
    struct director_plan_id id = test_id(at % 2);
    struct director_action_row row = script->plans[at % 2].actions[2];

    row.id = 13 - at;
    return script->store->persistence.save_action(script->store, &id, &row) ==
           DIRECTOR_PERSISTENCE_OK;
}

static bool other_rows(struct script *script, uint32_t at)
{
    struct director_plan_row row = script->plans[at % 3].plan.record.row;

    row.step_count = at % TEST_STEPS;
    row.run_flow_length = 0;
    return script->store->persistence.save_plan(script->store, &row) == DIRECTOR_PERSISTENCE_OK;
}

static bool come_back(struct script *script, uint32_t at)
{
    struct director_plan_row row = script->plans[at].plan.record.row;

    row.id = test_id(500 + at);
    return script->store->persistence.save_plan(script->store, &row) == DIRECTOR_PERSISTENCE_OK;
}

static const struct {
    bool (*run)(struct script *script, uint32_t at);
    uint32_t times;
} parts[] = {{insert_plans, 18}, {insert_records, 12}, {delay, 5},
             {chain, 5},         {more_children, 9},   {more_steps, 9},
             {more_actions, 9},  {other_rows, 6},      {come_back, 3}};
#define PARTS (sizeof(parts) / sizeof(*parts))

/* Run the script with one request refused. Answers whether one was. What was refused changed
 * nothing, and goes through when it is tried again. */
static bool run_script(uint64_t fail_at, char **contents)
{
    struct test_allocator memory = {.fail_at = fail_at};
    struct director_allocator allocator = test_allocator(&memory);
    struct script script = {.store = NULL};
    bool hit;

    if (memory_store_create(&allocator, &script.store) == STORE_NO_MEMORY) {
        assert_int_equal(memory_store_create(&allocator, &script.store), STORE_OK);
    }
    for (size_t part = 0; part < PARTS; part++) {
        for (uint32_t at = 0; at < parts[part].times; at++) {
            bool near = memory.requests + 4 >= fail_at && memory.requests < fail_at;
            char *before = near ? test_store_contents(script.store, 13) : NULL;

            if (!parts[part].run(&script, at)) {
                char *after = test_store_contents(script.store, 13);

                assert_true(memory.requests >= fail_at);
                assert_string_equal(before, after);
                assert_string_equal(store_error_message(script.store), "out of memory");
                assert_true(parts[part].run(&script, at));
                free(after);
            }
            free(before);
        }
    }
    hit = memory.requests >= fail_at;
    *contents = test_store_contents(script.store, 13);
    script.store->operations->close(script.store);
    assert_int_equal(memory.live_bytes, 0);
    return hit;
}

static void every_refused_request_for_memory_changes_nothing(void **state)
{
    char *whole;
    bool hit = true;
    uint64_t fail_at = 1;

    (void)state;
    run_script(UINT64_MAX, &whole);
    for (; hit; fail_at++) {
        char *contents;

        hit = run_script(fail_at, &contents);
        assert_string_equal(contents, whole);
        free(contents);
    }
    assert_true(fail_at > 60);
    free(whole);
}

/* ---- Ids ------------------------------------------------------------------------------------- */

#define COLLIDING 200u

/* Ids that all want the same place in a table of up to 1024. */
static void collide(struct director_plan_id *ids)
{
    uint32_t found = 0;

    for (uint32_t number = 0; found < COLLIDING; number++) {
        struct director_plan_id id = test_id(number);

        if ((id_table_hash(&id) & 1023) == 1023) {
            ids[found++] = id;
        }
    }
}

/* Ids of tests and conformance cases differ in their last bytes alone, others in their first. */
static void ids_that_differ_in_any_byte_spread_over_the_table(void **state)
{
    (void)state;
    for (size_t byte = 0; byte < 16; byte++) {
        bool taken[512] = {false};
        uint32_t places = 0;

        for (unsigned value = 0; value < 256; value++) {
            struct director_plan_id id = test_id(0);
            size_t place;

            id.bytes[byte] = (unsigned char)value;
            place = (size_t)id_table_hash(&id) & 511;
            places += taken[place] ? 0 : 1;
            taken[place] = true;
        }
        assert_true(places > 150); /* 201 of them when they fall at random */
    }
}

static void ids_that_collide_are_all_found_and_removed(void **state)
{
    struct test_allocator memory = {.fail_at = 0};
    struct director_allocator allocator = test_allocator(&memory);
    struct director_plan_id ids[COLLIDING];
    bool there[COLLIDING] = {false};
    struct id_table table = {NULL, 0, 0};
    uint64_t random = 1;

    (void)state;
    collide(ids);
    for (int round = 0; round < 4000; round++) {
        uint32_t at = test_random(&random, COLLIDING);

        if (there[at]) {
            id_table_remove(&table, &ids[at]);
        } else {
            assert_true(id_table_reserve(&table, &allocator));
            id_table_insert(&table, &ids[at]);
        }
        there[at] = !there[at];
        at = test_random(&random, COLLIDING);
        assert_ptr_equal(id_table_find(&table, &ids[at]), there[at] ? &ids[at] : NULL);
    }
    id_table_release(&table, &allocator);
    assert_int_equal(memory.live_bytes, 0);
}

static void a_removal_keeps_what_has_its_place_from_before_the_end_of_the_table(void **state)
{
    struct test_allocator memory = {.fail_at = 0};
    struct director_allocator allocator = test_allocator(&memory);
    struct director_plan_id ids[3000];
    struct id_table table = {NULL, 0, 0};
    uint64_t random = 2;

    (void)state;
    for (uint32_t at = 0; at < 3000; at++) {
        for (size_t byte = 0; byte < 16; byte++) {
            ids[at].bytes[byte] = (unsigned char)test_random(&random, 256);
        }
        assert_true(id_table_reserve(&table, &allocator));
        id_table_insert(&table, &ids[at]);
    }
    for (uint32_t at = 0; at < 3000; at += 2) {
        id_table_remove(&table, &ids[at]);
        id_table_remove(&table, &ids[at]);
    }
    assert_int_equal(table.count, 1500);
    for (uint32_t at = 0; at < 3000; at++) {
        assert_ptr_equal(id_table_find(&table, &ids[at]), at % 2 == 1 ? &ids[at] : NULL);
    }
    id_table_release(&table, &allocator);
}

static void loading_hands_out_the_stored_rows_themselves(void **state)
{
    struct test_allocator memory = {.fail_at = 0};
    struct director_allocator allocator = test_allocator(&memory);
    struct director_plan_record records[2];
    struct test_plan plan;
    struct store *store;

    (void)state;
    assert_int_equal(memory_store_create(&allocator, &store), STORE_OK);
    test_plan_init(&plan, 1, true);
    assert_int_equal(store->operations->insert_plan(store, &plan.plan), STORE_OK);
    memory.fail_at = memory.requests + 1;
    for (int at = 0; at < 2; at++) {
        assert_int_equal(
            store->persistence.load_plan(store, &plan.plan.record.row.id, &records[at]),
            DIRECTOR_PERSISTENCE_OK);
    }
    assert_ptr_equal(records[0].steps, records[1].steps);
    assert_ptr_equal(records[0].row.step_ids, records[1].row.step_ids);
    assert_true(memory.requests < memory.fail_at);
    store->operations->close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refused_request_for_memory_changes_nothing),
        cmocka_unit_test(ids_that_differ_in_any_byte_spread_over_the_table),
        cmocka_unit_test(ids_that_collide_are_all_found_and_removed),
        cmocka_unit_test(a_removal_keeps_what_has_its_place_from_before_the_end_of_the_table),
        cmocka_unit_test(loading_hands_out_the_stored_rows_themselves),
    };

    return cmocka_run_group_tests_name("the memory store alone", tests, NULL, NULL);
}
