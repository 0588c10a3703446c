/* sqlite_text_test.c: ids, lists and flows as text: what is written is read again, what is none is
 * refused, and depth costs no machine stack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/store/sqlite_text.h"
#include "sim/store/store_test_support.h"

static void a_uuid_is_written_with_its_dashes_and_read_again(void **state)
{
    static const char text[] = "0123abcd-4567-89ef-0fed-cba987654321";
    char written[SQLITE_TEXT_UUID];
    struct director_plan_id id;

    (void)state;
    assert_true(sqlite_text_get_uuid(text, SQLITE_TEXT_UUID, &id));
    assert_int_equal(id.bytes[0], 0x01);
    assert_int_equal(id.bytes[15], 0x21);
    sqlite_text_put_uuid(written, &id);
    assert_memory_equal(written, text, SQLITE_TEXT_UUID);
}

static void what_is_no_uuid_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "0123abcd-4567-89ef-0fed-cba98765432",
        "0123abcd-4567-89ef-0fed-cba9876543210",
        "0123abcd-4567-89ef-0fed-cba98765432g",
        "0123ABCD-4567-89ef-0fed-cba987654321",
        "0123abcd04567-89ef-0fed-cba987654321",
        "0123abcd-4567-89ef-0fed.cba987654321",
        "-123abcd-4567-89ef-0fed-cba987654321",
    };
    struct director_plan_id id;

    (void)state;
    for (size_t at = 0; at < sizeof(texts) / sizeof(*texts); at++) {
        assert_false(sqlite_text_get_uuid(texts[at], strlen(texts[at]), &id));
    }
}

static void assert_list(const char *text, const uint32_t *wanted, uint32_t wanted_count)
{
    uint32_t list[64];
    uint32_t count;

    assert_true(sqlite_text_get_list(text, strlen(text), list, &count));
    assert_int_equal(count, wanted_count);
    if (count > 0) {
        assert_memory_equal(list, wanted, count * sizeof(*list));
    }
}

static void a_list_is_written_and_read_again(void **state)
{
    static const uint32_t list[] = {0, 7, 10, UINT32_MAX};
    char text[SQLITE_TEXT_LIST_BYTES(4)];

    (void)state;
    assert_int_equal(sqlite_text_put_list(text, list, 4), 19);
    assert_memory_equal(text, "[0,7,10,4294967295]", 19);
    assert_int_equal(sqlite_text_put_list(text, NULL, 0), 2);
    assert_memory_equal(text, "[]", 2);
    assert_list("[0,7,10,4294967295]", list, 4);
    assert_list(" [ 0 ,\t7,\n10 , 4294967295 ] ", list, 4);
    assert_list("[ ]", NULL, 0);
}

static void what_is_no_list_is_refused(void **state)
{
    static const char *const texts[] = {
        "",     "[",   "]",    "1",   "[1",    "[1,]",  "[,1]",         "[1 2]",
        "[-1]", "[a]", "[1]x", "[]]", "[[1]]", "[1.0]", "[4294967296]", "[99999999999999999999]"};
    uint32_t list[64];
    uint32_t count;

    (void)state;
    for (size_t at = 0; at < sizeof(texts) / sizeof(*texts); at++) {
        assert_false(sqlite_text_get_list(texts[at], strlen(texts[at]), list, &count));
    }
}

static void assert_flow(const char *text, const uint32_t *flow, uint32_t length)
{
    char written[SQLITE_TEXT_FLOW_BYTES(16)];
    uint32_t stack[64];
    uint32_t read[64];
    uint32_t read_length;

    assert_true(length <= 16 && strlen(text) < 64);
    assert_int_equal(sqlite_text_put_flow(written, flow, length, stack), strlen(text));
    assert_memory_equal(written, text, strlen(text));
    assert_true(sqlite_text_get_flow(text, strlen(text), read, stack, &read_length));
    assert_int_equal(read_length, length);
    if (length > 0) {
        assert_memory_equal(read, flow, length * sizeof(*flow));
    }
}

static void a_flow_is_written_as_in_the_conformance_cases_and_read_again(void **state)
{
    static const uint32_t nested[] = {DIRECTOR_FLOW_SEQUENCE | 2, 4, DIRECTOR_FLOW_CONCURRENCE | 2,
                                      5, 6};
    static const uint32_t empty[] = {DIRECTOR_FLOW_CONCURRENCE | 2, DIRECTOR_FLOW_SEQUENCE,
                                     DIRECTOR_FLOW_SEQUENCE | 1, DIRECTOR_FLOW_CONCURRENCE};
    static const uint32_t atom[] = {DIRECTOR_STEP_ID_MAX};

    (void)state;
    assert_flow("[\"S\",4,[\"C\",5,6]]", nested, 5);
    assert_flow("[\"C\",[\"S\"],[\"S\",[\"C\"]]]", empty, 4);
    assert_flow("[\"S\"]", &empty[1], 1);
    assert_flow("1073741823", atom, 1);
    assert_flow("[]", NULL, 0);
}

static void what_is_no_flow_is_refused(void **state)
{
    static const char *const texts[] = {
        "",          "[",          "]",          "0",          "1073741824",    "1,2",
        "[1]",       "[S,1]",      "[\"S\"",     "[\"S\",1",   "[\"S\",]",      "[\"S\" 1]",
        "[\"X\",1]", "[\"SC\",1]", "[\"S\",[]]", "[\"S\",0]",  "[\"S\",1]]",    "[\"S\",1],2",
        "[\"S",      "[\"",        "[\"S\",-1]", "[\"S\",,1]", "[\"S\",\"C\"]", "[]1",
    };
    uint32_t flow[64];
    uint32_t stack[64];
    uint32_t length;

    (void)state;
    for (size_t at = 0; at < sizeof(texts) / sizeof(*texts); at++) {
        assert_false(sqlite_text_get_flow(texts[at], strlen(texts[at]), flow, stack, &length));
    }
}

static void a_flow_may_be_nested_as_deep_as_it_is_long(void **state)
{
    enum { DEPTH = 100000 };
    uint32_t *flow = (uint32_t *)calloc(DEPTH, sizeof(*flow));
    char *text = (char *)malloc(SQLITE_TEXT_FLOW_BYTES(DEPTH));
    uint32_t *stack;
    uint32_t *read;
    uint32_t length;
    size_t bytes;

    (void)state;
    for (uint32_t at = 0; at < DEPTH; at++) {
        flow[at] = DIRECTOR_FLOW_SEQUENCE | (at + 1 < DEPTH ? 1 : 0);
    }
    stack = (uint32_t *)calloc(SQLITE_TEXT_FLOW_BYTES(DEPTH), sizeof(*stack));
    read = (uint32_t *)calloc(SQLITE_TEXT_FLOW_BYTES(DEPTH), sizeof(*read));
    bytes = sqlite_text_put_flow(text, flow, DEPTH, stack);
    assert_true(bytes <= SQLITE_TEXT_FLOW_BYTES(DEPTH));
    assert_true(sqlite_text_get_flow(text, bytes, read, stack, &length));
    assert_int_equal(length, DEPTH);
    assert_memory_equal(read, flow, DEPTH * sizeof(*flow));
    assert_false(sqlite_text_get_flow(text, bytes / 2, read, stack, &length));
    free(flow);
    free(text);
    free(stack);
    free(read);
}

/* Texts that are nearly flows: never a read or a write outside of the memory that was promised. */
static void noise_is_read_within_its_bounds(void **state)
{
    static const char alphabet[] = "[]\"SC,1234567890 ";
    uint64_t random = 5;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t bytes = test_random(&random, 24);
        char *text = (char *)malloc(bytes + 1);
        uint32_t *flow = (uint32_t *)malloc((bytes + 1) * sizeof(*flow));
        uint32_t *stack = (uint32_t *)malloc((bytes + 1) * sizeof(*stack));
        uint32_t length;

        for (size_t at = 0; at < bytes; at++) {
            text[at] = alphabet[test_random(&random, sizeof(alphabet) - 1)];
        }
        if (sqlite_text_get_flow(text, bytes, flow, stack, &length)) {
            assert_true(length <= bytes);
        }
        if (sqlite_text_get_list(text, bytes, flow, &length)) {
            assert_true(length <= bytes);
        }
        free(text);
        free(flow);
        free(stack);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uuid_is_written_with_its_dashes_and_read_again),
        cmocka_unit_test(what_is_no_uuid_is_refused),
        cmocka_unit_test(a_list_is_written_and_read_again),
        cmocka_unit_test(what_is_no_list_is_refused),
        cmocka_unit_test(a_flow_is_written_as_in_the_conformance_cases_and_read_again),
        cmocka_unit_test(what_is_no_flow_is_refused),
        cmocka_unit_test(a_flow_may_be_nested_as_deep_as_it_is_long),
        cmocka_unit_test(noise_is_read_within_its_bounds),
    };

    return cmocka_run_group_tests_name("rows as text", tests, NULL, NULL);
}
