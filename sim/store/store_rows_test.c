/* store_rows_test.c: the order of step ids, whatever it is. What a sound row is, store_test.c asks
 * every store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/store/store_rows.h"
#include "sim/store/store_test_support.h"

#define IDS_MAX 200u

static void positions_are_sorted_by_id_and_found_by_it(void **state)
{
    uint64_t random = 11;

    (void)state;
    for (uint32_t count = 0; count < IDS_MAX; count++) {
        uint32_t ids[IDS_MAX];
        uint32_t positions[IDS_MAX];
        uint32_t seen = 0;

        for (uint32_t at = 0; at < count; at++) {
            ids[at] = 1 + test_random(&random, count * 2);
        }
        store_sort_positions(positions, ids, count);
        for (uint32_t at = 1; at < count; at++) {
            assert_true(ids[positions[at - 1]] < ids[positions[at]] ||
                        (ids[positions[at - 1]] == ids[positions[at]] &&
                         positions[at - 1] < positions[at]));
        }
        for (uint32_t id = 0; id <= count * 2 + 1; id++) {
            size_t found = store_find_position(positions, ids, count, id);
            uint32_t wanted = 0;

            while (wanted < count && ids[wanted] != id) {
                wanted++;
            }
            assert_int_equal(found, wanted);
            seen += wanted < count ? 1 : 0;
        }
        assert_int_equal(store_positions_distinct(positions, ids, count), seen == count);
    }
}

static void ids_that_ascend_need_no_positions(void **state)
{
    static const uint32_t ids[] = {2, 3, 5, 8};
    static const uint32_t same[] = {2, 3, 3};

    (void)state;
    assert_true(store_ids_ascend(ids, 4));
    assert_true(store_ids_ascend(ids, 0));
    assert_false(store_ids_ascend(same, 3));
    assert_int_equal(store_find_position(NULL, ids, 4, 5), 2);
    assert_int_equal(store_find_position(NULL, ids, 4, 4), 4);
    assert_int_equal(store_find_position(NULL, ids, 4, 9), 4);
    assert_int_equal(store_find_position(NULL, ids, 0, 9), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_sorted_by_id_and_found_by_it),
        cmocka_unit_test(ids_that_ascend_need_no_positions),
    };

    return cmocka_run_group_tests_name("rows of every store", tests, NULL, NULL);
}
