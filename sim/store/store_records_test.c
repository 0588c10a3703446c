/* store_records_test.c: what every store keeps around plans: coordinator records, delayed plans,
 * dependencies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/any_store_test_support.h"

/* ---- Around a plan ----------------------------------------------------------------------------
 */

static void a_coordinator_record_is_unique_by_its_kind_and_subject(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct store *store = fixture->store;
    struct store_record record = {.kind = STORE_RECORD_EXECUTION_LOCK,
                                  .subject = test_id(1),
                                  .owner = test_id(100),
                                  .request = UINT64_MAX - 1,
                                  .client = 7};
    struct store_record found;

    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_OK);
    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_EXISTS);
    record.kind = STORE_RECORD_PLANNING_LOCK;
    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_OK);
    record.owner = test_id(200);
    record.active = 1;
    record.request = 3;
    assert_int_equal(fixture->operations->update_record(store, &record), STORE_OK);
    assert_int_equal(fixture->operations->find_record(store, STORE_RECORD_PLANNING_LOCK,
                                                      &record.subject, &found),
                     STORE_OK);
    assert_memory_equal(&found.owner, &record.owner, sizeof(found.owner));
    assert_int_equal(found.active, 1);
    assert_true(found.request == UINT64_MAX - 1);
    assert_int_equal(found.client, 7);
    assert_int_equal(
        fixture->operations->delete_record(store, STORE_RECORD_PLANNING_LOCK, &record.subject),
        STORE_OK);
    assert_int_equal(
        fixture->operations->delete_record(store, STORE_RECORD_PLANNING_LOCK, &record.subject),
        STORE_MISSING);
    assert_int_equal(fixture->operations->update_record(store, &record), STORE_MISSING);
    assert_int_equal(fixture->operations->find_record(store, STORE_RECORD_PLANNING_LOCK,
                                                      &record.subject, &found),
                     STORE_MISSING);
    record.kind = (enum store_record_kind)STORE_RECORD_KINDS;
    assert_int_equal(fixture->operations->insert_record(store, &record), STORE_ERROR);
}

static void the_director_sees_an_inhibition_lock(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct store_record record = {.kind = STORE_RECORD_INHIBITION_LOCK, .subject = fixture->id};
    bool inhibited = true;

    assert_int_equal(
        fixture->director->find_inhibition(fixture->director->context, &fixture->id, &inhibited),
        DIRECTOR_PERSISTENCE_OK);
    assert_false(inhibited);
    assert_int_equal(fixture->operations->insert_record(fixture->store, &record), STORE_OK);
    assert_int_equal(
        fixture->director->find_inhibition(fixture->director->context, &fixture->id, &inhibited),
        DIRECTOR_PERSISTENCE_OK);
    assert_true(inhibited);
}

static bool collect_delayed(void *context, const struct store_delayed_plan *delayed)
{
    char *text = (char *)context;
    size_t length = strlen(text);

    snprintf(text + length, 100 - length, " %u", delayed->plan.bytes[15]);
    return true;
}

static void delayed_plans_come_by_their_start_and_go_with_their_plan(void **state)
{
    static const uint32_t starts[] = {0, 50, 10, 50, 10, 0};
    struct any_store *fixture = (struct any_store *)*state;
    struct store *store = fixture->store;
    struct store_delayed_plan delayed = {.plan = test_id(1), .has_start_before = true};
    char text[100] = "";

    for (uint32_t number = 1; number <= 5; number++) {
        struct test_plan other;

        test_plan_init(&other, number, false);
        if (number > 1) {
            assert_int_equal(fixture->operations->insert_plan(store, &other.plan), STORE_OK);
        }
        delayed.plan = test_id(number);
        delayed.has_start_at = starts[number] > 0;
        delayed.start_at = starts[number];
        delayed.start_before = 99;
        assert_int_equal(fixture->operations->insert_delayed(store, &delayed), STORE_OK);
    }
    assert_int_equal(fixture->operations->insert_delayed(store, &delayed), STORE_EXISTS);
    assert_int_equal(fixture->operations->each_delayed(store, collect_delayed, text), STORE_OK);
    assert_string_equal(text, " 5 2 4 1 3");
    assert_int_equal(fixture->operations->delete_plan(store, &delayed.plan), STORE_OK);
    assert_int_equal(fixture->operations->insert_delayed(store, &delayed), STORE_ERROR);
    delayed.plan = test_id(2);
    assert_int_equal(
        fixture->director->delete_delayed_plan(fixture->director->context, &delayed.plan),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(
        fixture->director->delete_delayed_plan(fixture->director->context, &delayed.plan),
        DIRECTOR_PERSISTENCE_OK);
    assert_int_equal(fixture->operations->find_delayed(store, &delayed.plan, &delayed),
                     STORE_MISSING);
    delayed.plan = test_id(4);
    assert_int_equal(fixture->operations->find_delayed(store, &delayed.plan, &delayed), STORE_OK);
    assert_true(delayed.has_start_at && delayed.start_at == 10 && delayed.has_start_before &&
                delayed.start_before == 99);
    text[0] = '\0';
    assert_int_equal(fixture->operations->each_delayed(store, collect_delayed, text), STORE_OK);
    assert_string_equal(text, " 4 1 3");
}

static bool collect_blockers(void *context, const struct director_plan_id *blocked_by)
{
    char *text = (char *)context;
    size_t length = strlen(text);

    snprintf(text + length, 100 - length, " %u", blocked_by->bytes[15]);
    return true;
}

static void dependencies_go_with_either_of_their_plans(void **state)
{
    struct any_store *fixture = (struct any_store *)*state;
    struct store *store = fixture->store;
    struct director_plan_id ids[5];
    char text[100] = "";

    for (uint32_t number = 1; number < 5; number++) {
        struct test_plan other;

        test_plan_init(&other, number, false);
        ids[number] = other.plan.record.row.id;
        if (number > 1) {
            assert_int_equal(fixture->operations->insert_plan(store, &other.plan), STORE_OK);
        }
    }
    for (uint32_t number = 4; number > 1; number--) {
        assert_int_equal(fixture->operations->insert_dependency(store, &ids[1], &ids[number]),
                         STORE_OK);
    }
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[1], &ids[4]), STORE_OK);
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[2], &ids[1]), STORE_OK);
    assert_int_equal(fixture->operations->delete_plan(store, &ids[3]), STORE_OK);
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[1], &ids[3]), STORE_ERROR);
    assert_int_equal(fixture->operations->insert_dependency(store, &ids[3], &ids[1]), STORE_ERROR);
    assert_int_equal(fixture->operations->each_dependency(store, &ids[1], collect_blockers, text),
                     STORE_OK);
    assert_string_equal(text, " 4 2 4");
    any_delete_plan(fixture);
    text[0] = '\0';
    assert_int_equal(fixture->operations->each_dependency(store, &ids[2], collect_blockers, text),
                     STORE_OK);
    assert_string_equal(text, "");
}

/* ---- Programme --------------------------------------------------------------------------------
 */

#define BEHAVIOURS(open)                                                                           \
    ON(open, a_coordinator_record_is_unique_by_its_kind_and_subject),                              \
        ON(open, the_director_sees_an_inhibition_lock),                                            \
        ON(open, delayed_plans_come_by_their_start_and_go_with_their_plan),                        \
        ON(open, dependencies_go_with_either_of_their_plans)

int main(void)
{
    int failed;

    RUN_ON_ANY_STORE(BEHAVIOURS, failed);
    return failed;
}
