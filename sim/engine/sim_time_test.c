/* sim_time_test.c: durations are written short and exact, and read back as they were. */
#include "sim/engine/sim_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_written(uint64_t time_us, const char *expected)
{
    char text[SIM_TIME_TEXT_MAX];
    assert_int_equal(sim_time_format(time_us, text, sizeof(text)), strlen(expected));
    assert_string_equal(text, expected);
    uint64_t back = ~time_us;
    assert_int_equal(sim_time_parse(text, strlen(text), &back), SIM_TIME_OK);
    assert_true(back == time_us);
}

static void assert_read(const char *text, uint64_t expected)
{
    uint64_t time_us = ~expected;
    assert_int_equal(sim_time_parse(text, strlen(text), &time_us), SIM_TIME_OK);
    assert_true(time_us == expected);
}

static void assert_refused(const char *text, enum sim_time_status expected)
{
    uint64_t time_us = 77;
    assert_int_equal(sim_time_parse(text, strlen(text), &time_us), expected);
    assert_int_equal(time_us, 77);
}

static void durations_are_written_in_the_largest_unit_that_divides_them(void **state)
{
    (void)state;
    assert_written(0, "0ms");
    assert_written(1, "1us");
    assert_written(999, "999us");
    assert_written(1500, "1500us");
    assert_written(30000, "30ms");
    assert_written(1500000, "1500ms");
    assert_written(2000000, "2s");
    assert_written(90000000, "90s");
    assert_written(120000000, "2m");
    assert_written(3 * SIM_TIME_HOUR, "3h");
    assert_written(1000 * SIM_TIME_DAY, "1000d");
    assert_written(UINT64_MAX, "18446744073709551615us");
}

static void columns_are_in_milliseconds_with_three_decimals(void **state)
{
    (void)state;
    char text[SIM_TIME_TEXT_MAX];
    assert_int_equal(sim_time_format_ms(12345, text, sizeof(text)), 8);
    assert_string_equal(text, "12.345ms");
    sim_time_format_ms(0, text, sizeof(text));
    assert_string_equal(text, "0.000ms");
    sim_time_format_ms(UINT64_MAX, text, sizeof(text));
    assert_string_equal(text, "18446744073709551.615ms");
}

static void text_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    char text[4] = "";
    assert_int_equal(sim_time_format(1500000, text, sizeof(text)), 6);
    assert_string_equal(text, "150");
    assert_int_equal(sim_time_format_ms(12345, text, 1), 8);
    assert_string_equal(text, "");
}

static void decimal_fractions_are_read_where_they_are_whole_microseconds(void **state)
{
    (void)state;
    assert_read("1.5s", 1500000);
    assert_read("0.001ms", 1);
    assert_read("1.50000000000000000000000s", 1500000);
    assert_read("0.0d", 0);
    assert_read("007ms", 7000);
    assert_read("0.25h", SIM_TIME_HOUR / 4);
    assert_read("0.0001220703125d", 10546875);
}

static void what_is_no_duration_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",     "ms",   "5",    "5 ms",  " 5ms",  "5ms ",
                                        "-5ms", "+5ms", "5.ms", ".5s",   "5,0s",  "5MS",
                                        "5min", "5mss", "1e3s", "0x5ms", "1.2.3s"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_refused(wrong[i], SIM_TIME_NOT_A_TIME);
    }
    assert_refused("0.5us", SIM_TIME_TOO_FINE);
    assert_refused("1.0001ms", SIM_TIME_TOO_FINE);
    assert_refused("1.00000000000000000000001d", SIM_TIME_TOO_FINE);
    assert_refused("18446744073709551616us", SIM_TIME_TOO_LARGE);
    assert_refused("18446744073709551.616ms", SIM_TIME_TOO_LARGE);
    assert_refused("99999999999999999999999999d", SIM_TIME_TOO_LARGE);
}

static void every_status_has_a_sentence(void **state)
{
    (void)state;
    for (int status = SIM_TIME_OK; status <= SIM_TIME_TOO_LARGE; status++) {
        assert_true(strncmp(sim_time_status_sentence((enum sim_time_status)status), "is ", 3) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_written_in_the_largest_unit_that_divides_them),
        cmocka_unit_test(columns_are_in_milliseconds_with_three_decimals),
        cmocka_unit_test(text_that_does_not_fit_is_cut),
        cmocka_unit_test(decimal_fractions_are_read_where_they_are_whole_microseconds),
        cmocka_unit_test(what_is_no_duration_is_refused),
        cmocka_unit_test(every_status_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
