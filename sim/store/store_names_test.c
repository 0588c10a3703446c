/* store_names_test.c: every name is there, and no two are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/store/store.h"

static void every_kind_of_record_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int kind = 0; kind < STORE_RECORD_KINDS; kind++) {
        const char *name = store_record_kind_name((enum store_record_kind)kind);

        assert_string_not_equal(name, "?");
        for (int other = 0; other < kind; other++) {
            assert_string_not_equal(name, store_record_kind_name((enum store_record_kind)other));
        }
    }
    assert_string_equal(store_record_kind_name((enum store_record_kind)STORE_RECORD_KINDS), "?");
}

static void every_status_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int status = 0; status < STORE_STATUSES; status++) {
        const char *name = store_status_name((enum store_status)status);

        assert_string_not_equal(name, "?");
        for (int other = 0; other < status; other++) {
            assert_string_not_equal(name, store_status_name((enum store_status)other));
        }
    }
    assert_string_equal(store_status_name((enum store_status)STORE_STATUSES), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_record_has_a_name_of_its_own),
        cmocka_unit_test(every_status_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests_name("names of the stores", tests, NULL, NULL);
}
