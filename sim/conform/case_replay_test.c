/* case_replay_test.c: what is replayed of a case that differs. */
#include "sim/conform/case_replay.h"
#include "sim/conform/conform_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Three ops about a plan of one step; the first is told to return nothing. */
static char text[] =
    "--- {\"case\":7,\"auto_rescue\":true,\"plans\":[{\"name\":\"p1\","
    "\"id\":\"00000000-0000-4000-8000-000000000001\",\"state\":\"planned\",\"result\":\"pending\","
    "\"steps\":[{\"id\":1,\"kind\":\"plan\",\"action\":1,\"state\":\"success\"},"
    "{\"id\":2,\"kind\":\"run\",\"action\":1,\"state\":\"pending\"}],"
    "\"actions\":[{\"id\":1,\"plan_step\":1,\"run_step\":2,\"finalize_step\":null,\"children\":[],"
    "\"rescue\":\"skip\",\"accepts_events\":false,\"requires\":[]}],"
    "\"run_flow\":[\"S\",2],\"finalize_flow\":[\"S\"]}],"
    "\"ops\":[{\"op\":\"start\",\"plan\":\"p1\",\"expect\":{\"returns\":[]}},"
    "{\"op\":\"start\",\"plan\":\"p1\",\"expect\":{\"returns\":[]}},"
    "{\"op\":\"halt\",\"plan\":\"p1\",\"expect\":{\"returns\":[]}}]}\n";

static void replay(struct case_result *result)
{
    FILE *stream = fmemopen(text, strlen(text), "rb");
    const struct case_node *document = NULL;
    assert_non_null(stream);
    struct conform_file *file = conform_file_open_stream(stream);
    assert_non_null(file);
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_DOCUMENT);
    case_replay(document, CASE_STORE_MEMORY, result);
    conform_file_close(file);
}

static void a_case_ends_with_its_first_difference(void **state)
{
    (void)state;
    struct case_result result = {0};
    replay(&result);
    assert_int_equal(result.verdict, CASE_DIFFERENT);
    assert_int_equal(result.ops, 1);
    case_text_free(&result.difference);
}

static void or_goes_on_to_its_end_and_tells_the_first(void **state)
{
    (void)state;
    struct case_result short_one = {0};
    struct case_result result = {.whole = true};
    replay(&short_one);
    replay(&result);
    assert_int_equal(result.verdict, CASE_DIFFERENT);
    assert_int_equal(result.ops, 3);
    assert_int_equal(result.position.column, short_one.position.column);
    assert_string_equal(case_text_bytes(&result.difference),
                        case_text_bytes(&short_one.difference));
    case_text_free(&short_one.difference);
    case_text_free(&result.difference);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_ends_with_its_first_difference),
        cmocka_unit_test(or_goes_on_to_its_end_and_tells_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
