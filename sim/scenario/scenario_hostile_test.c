/* scenario_hostile_test.c: files that nobody writes on purpose, or only to do harm. The reader
 * answers each in a moment, with problems in their places, and without a byte too much. */
#include "sim/scenario/scenario_test_support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MIB ((size_t)1024 * 1024)
#define MUTATIONS 4000
/* Far more than any of these takes, sanitizers and a busy machine included; hanging or quadratic is
 * caught. */
#define SECONDS_MAX 20

static enum scenario_read_status read_bytes(const char *bytes, size_t length,
                                            struct scenario_reading *reading)
{
    const struct scenario_read_options options = {.vocabularies = &test_vocabularies};
    return scenario_read_bytes_with(&options, "hostile.yaml", bytes, length, reading);
}

/* Whatever is read: problems are in order, say something, and are there just when there is no
 * scenario. */
static void check_reading(enum scenario_read_status status, const struct scenario_reading *reading)
{
    assert_true(status == SCENARIO_READ_OK || status == SCENARIO_READ_PROBLEMS);
    assert_true((reading->scenario != NULL) == (status == SCENARIO_READ_OK));
    assert_true((reading->problem_count == 0) == (status == SCENARIO_READ_OK));
    assert_true(reading->problem_count <= SCENARIO_PROBLEMS_MAX + 1);
    for (uint32_t i = 0; i < reading->problem_count; i++) {
        const struct scenario_problem *problem = &reading->problems[i];
        assert_true(problem->position.line >= 1 && problem->position.column >= 1);
        assert_true(strlen(problem->message) > 0);
        assert_null(strchr(problem->message, '\n'));
        if (i > 0) {
            const struct scenario_position before = reading->problems[i - 1].position;
            assert_true(before.line < problem->position.line ||
                        (before.line == problem->position.line &&
                         before.column <= problem->position.column));
        }
    }
}

/* The problems of some bytes as one text, within the time that is allowed. Frees the bytes. */
static const char *problems_of(char *bytes, size_t length)
{
    static char text[100000];
    struct scenario_reading reading;
    size_t used = 0;
    assert_non_null(bytes);
    struct timespec begin;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    check_reading(read_bytes(bytes, length, &reading), &reading);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_true(end.tv_sec - begin.tv_sec < SECONDS_MAX);
    if (getenv("SHOW_TIMES") != NULL) {
        print_message("%zu bytes, %ld ms: %u problems\n", length,
                      (long)(end.tv_sec - begin.tv_sec) * 1000 +
                          (end.tv_nsec - begin.tv_nsec) / 1000000,
                      reading.problem_count);
    }
    text[0] = '\0';
    for (uint32_t i = 0; i < reading.problem_count; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%u:%u: %s\n",
                                 reading.problems[i].position.line,
                                 reading.problems[i].position.column, reading.problems[i].message);
        assert_true(used < sizeof text);
    }
    scenario_reading_free(&reading);
    free(bytes);
    return text;
}

static char *repeated(const char *pattern, size_t length)
{
    char *bytes = malloc(length);
    size_t pattern_length = strlen(pattern);
    for (size_t i = 0; bytes != NULL && i < length; i++) {
        bytes[i] = pattern[i % pattern_length];
    }
    return bytes;
}

static char *copied(const char *text)
{
    return repeated(text, strlen(text));
}

/* `count` lines made from a format with their number. */
static char *numbered(const char *begin, const char *format, uint32_t count, size_t *length)
{
    size_t size = strlen(begin) + (size_t)count * (strlen(format) + 16);
    char *bytes = malloc(size);
    assert_non_null(bytes);
    *length = (size_t)snprintf(bytes, size, "%s", begin);
    for (uint32_t i = 0; i < count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        *length += (size_t)snprintf(bytes + *length, size - *length, format, i);
#pragma GCC diagnostic pop
    }
    assert_true(*length < size);
    return bytes;
}

/* ---- Small ones --------------------------------------------------------------------------- */

static void files_that_say_nothing_are_told_what_to_say(void **state)
{
    (void)state;
    static const char *const texts[] = {"",  "\n",   "   \n\n",     "# a comment\n",
                                        "#", "\r\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_string_equal(problems_of(copied(texts[i]), strlen(texts[i])),
                            "1:1: nothing stands in the file; write at least 'scenario: NAME'\n");
    }
}

static void every_beginning_of_a_file_is_read_or_refused(void **state)
{
    (void)state;
    size_t length = strlen(test_everything);
    for (size_t cut = 0; cut < length; cut++) {
        char *bytes = malloc(cut + 1);
        assert_non_null(bytes);
        memcpy(bytes, test_everything, cut);
        /* No byte behind the end is looked at: the sanitizer would tell. */
        char *shrunk = realloc(bytes, cut > 0 ? cut : 1);
        struct scenario_reading reading;
        check_reading(read_bytes(shrunk, cut, &reading), &reading);
        scenario_reading_free(&reading);
        free(shrunk);
    }
}

static void what_libfyaml_does_not_survive_never_reaches_it(void **state)
{
    (void)state;
    assert_string_equal(problems_of(copied("? 0:\t:"), 6),
                        "1:5: a tab; indent and separate with spaces (in double quotes, write "
                        "\\t)\n");
    assert_string_equal(problems_of(copied("%\xff"), 2),
                        "1:1: a '%' at the start of a line is a YAML directive, which a scenario "
                        "does not have\n");
    assert_string_equal(problems_of(copied("%YAML 9.9\n---\nscenario: x\n"), 26),
                        "1:1: a '%' at the start of a line is a YAML directive, which a scenario "
                        "does not have\n");
    assert_string_equal(problems_of(copied("scenario: \xff\n"), 12),
                        "1:11: bytes that are not UTF-8; save the file as UTF-8\n");
}

static void a_binary_file_is_told_so_in_a_few_lines(void **state)
{
    (void)state;
    size_t length = 64 * 1024;
    char *bytes = malloc(length);
    assert_non_null(bytes);
    uint32_t number = 12345;
    for (size_t i = 0; i < length; i++) {
        number = number * 1103515245u + 12345u;
        bytes[i] = (char)(number >> 16);
    }
    const char *problems = problems_of(bytes, length);
    size_t lines = 0;
    for (const char *at = problems; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    assert_true(lines > 0 && lines <= 10);
}

static void a_file_in_utf_16_is_told_its_encoding(void **state)
{
    (void)state;
    static const char expected[] =
        "1:1: the file is in UTF-16 or UTF-32, or no text; save it as UTF-8\n";
    const char little[] = "\xff\xfes\0c\0e\0n\0";
    const char big[] = "\0s\0c\0e\0n";
    char *bytes = malloc(sizeof little - 1);
    assert_non_null(bytes);
    assert_string_equal(problems_of(memcpy(bytes, little, sizeof little - 1), sizeof little - 1),
                        expected);
    bytes = malloc(sizeof big - 1);
    assert_non_null(bytes);
    assert_string_equal(problems_of(memcpy(bytes, big, sizeof big - 1), sizeof big - 1), expected);
}

static void anchors_and_aliases_are_refused_and_never_followed(void **state)
{
    (void)state;
    static const char itself[] = "scenario: x\nplans: &a {p: *a}\n";
    const char *problems = problems_of(copied(itself), strlen(itself));
    assert_non_null(strstr(problems, "2:8: an anchor"));
    assert_non_null(strstr(problems, "2:15: an alias"));
    static const char laughs[] = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
                                 "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
                                 "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
                                 "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
                                 "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
                                 "f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"
                                 "g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]\n"
                                 "h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g]\n"
                                 "i: &i [*h, *h, *h, *h, *h, *h, *h, *h, *h]\n"
                                 "scenario: *i\n";
    problems = problems_of(copied(laughs), strlen(laughs));
    assert_non_null(strstr(problems, "2:8: an alias"));
    assert_non_null(strstr(problems, "10:11: an alias"));
}

/* ---- Large ones --------------------------------------------------------------------------- */

static void brackets_without_end_are_refused_at_the_limit(void **state)
{
    (void)state;
    static const char expected[] = "brackets nested more than 32 deep (SCENARIO_DEPTH_MAX)\n";
    assert_non_null(strstr(problems_of(repeated("[", 2 * MIB), 2 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated("{a: ", 2 * MIB), 2 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated("[a,", 2 * MIB), 2 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated("[\n", 2 * MIB), 2 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated("{\"a\":", 2 * MIB), 2 * MIB), expected));
}

static void lists_in_lists_are_refused_at_the_limit(void **state)
{
    (void)state;
    static const char expected[] =
        "lists and mappings nested more than 32 deep (SCENARIO_DEPTH_MAX)\n";
    assert_non_null(strstr(problems_of(repeated("- ", 2 * MIB), 2 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated("? ", 2 * MIB), 2 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated(": ", MIB / 2), MIB / 2), expected));
    size_t length = 0;
    char *bytes = malloc(MIB);
    assert_non_null(bytes);
    for (int depth = 0; depth < 100; depth++) {
        length += (size_t)snprintf(bytes + length, MIB - length, "%*sa:\n", depth, "");
    }
    assert_string_equal(problems_of(bytes, length),
                        "33:33: lists and mappings nested more than 32 deep "
                        "(SCENARIO_DEPTH_MAX)\n");
}

static void patterns_of_one_kind_are_answered_in_a_moment(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "[]",          "{},",    "[[],[]],", "\"",      "'",        "\"a\" ", "'' ",    "\"\\\"",
        "|\n",         ">\n",    "a\n",      "-\n",     "- a\n",    "---\n",  "...\n",  "a: b: ",
        "!a ",         "&a ",    "*a ",      "!",       "&",        "*",      "@",      "`",
        "# ",          "#\n",    " ",        "\n",      " \n",      "a ",     "a: b\n", "a:\n",
        "-",           "--",     "- - a\n",  "? a\n",   ": a\n",    "{a",     "[a",     "a]",
        "a}",          ",",      ", ",       "\\",      "\"\\x41",  "a'",     "a\"",    "a: 'b\n",
        "{a: [",       "[?",     "[:",       "[-",      "\xc3\xa9", "a#",     "a #",    "<<: ",
        "x: |\n  [\n", "x: \"[", "x: !t [",  "\n\n- [", "\r\n",     "= ",     "~ ",
    };
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        problems_of(repeated(patterns[i], MIB), MIB);
    }
}

static void brackets_side_by_side_are_counted(void **state)
{
    (void)state;
    static const char expected[] = "in one line or one pair of brackets (SCENARIO_FLOW_TOKENS_MAX)";
    assert_non_null(strstr(problems_of(repeated("[],", 3 * MIB), 3 * MIB), expected));
    char *bytes = repeated("[],", 3 * MIB);
    bytes[0] = ' ';
    bytes[1] = '[';
    assert_non_null(strstr(problems_of(bytes, 3 * MIB), expected));
    assert_non_null(strstr(problems_of(repeated("!t [x' [\"", 3 * MIB), 3 * MIB), "(SCENARIO_"));
}

static void fifty_thousand_keys_are_no_problem(void **state)
{
    (void)state;
    size_t length;
    char *bytes = numbered("scenario: x\nplans:\n", "  p%u: {run: [a]}\n", 50000, &length);
    assert_string_equal(problems_of(bytes, length), "");
    bytes = numbered("scenario: x\n", "key%u: 1\n", 50000, &length);
    assert_non_null(strstr(problems_of(bytes, length), "102:1: ... and 49900 more\n"));
    bytes = numbered("scenario: x\nplans:\n", "  same: {run: [a]} # %u\n", 50000, &length);
    assert_non_null(
        strstr(problems_of(bytes, length), "4:3: key 'same' is there already, in line 3\n"));
}

static void many_wrong_names_among_many_are_answered_in_a_moment(void **state)
{
    (void)state;
    size_t length;
    size_t more;
    char *plans = numbered("scenario: x\nplans:\n", "  plan-with-a-long-name-%u: {run: [a]}\n",
                           20000, &length);
    char *events =
        numbered("events:\n", "  - {at: 1ms, start: plam-with-a-long-nane-%u}\n", 20000, &more);
    char *bytes = malloc(length + more);
    assert_non_null(bytes);
    memcpy(bytes, plans, length);
    memcpy(bytes + length, events, more);
    free(plans);
    free(events);
    const char *problems = problems_of(bytes, length + more);
    assert_non_null(strstr(problems, "20004:22: unknown plan 'plam-with-a-long-nane-0', did you "
                                     "mean 'plan-with-a-long-name-0'?\n"));
    assert_non_null(strstr(problems, "... and 19900 more\n"));
}

static void long_chains_and_circles_are_answered_in_a_moment(void **state)
{
    (void)state;
    size_t length;
    char *bytes =
        numbered("scenario: x\n"
                 "plans: {p: {run: [a]}}\n"
                 "events:\n"
                 "  - {after: {event: e0}, event: {step: a, name: last}}\n",
                 "  - {after: {event: last}, event: {step: a, name: e%u}}\n", 20000, &length);
    assert_non_null(
        strstr(problems_of(bytes, length), "4:5: 'after' goes in a circle: last, e0, last\n"));
    bytes = numbered(
        "scenario: x\nplans:\n  p:\n    run: []\n    steps:\n      last: {planned_by: s0}\n",
        "      s%u: {planned_by: last}\n", 9000, &length);
    assert_non_null(
        strstr(problems_of(bytes, length), "6:7: 'planned_by' goes in a circle: last, s0, last\n"));
}

static void a_large_scenario_is_read_in_a_moment(void **state)
{
    (void)state;
    size_t length;
    char *bytes = numbered(
        "scenario: x\nplans:\n",
        "  plan-%u: {run: [a, {concurrence: [b, c]}], steps: {b: {takes: 5ms}}}\n", 45000, &length);
    assert_true(length < SCENARIO_FILE_BYTES_MAX);
    assert_string_equal(problems_of(bytes, length), "");
}

/* ---- Mutations ---------------------------------------------------------------------------- */

static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Change a text in one of the ways in which texts go wrong. Answers the new length. */
static size_t mutate(char *text, size_t length, uint32_t *numbers)
{
    static const char *const pieces[] = {
        "[",
        "]",
        "{",
        "}",
        ": ",
        ", ",
        "- ",
        "\n",
        "\"",
        "'",
        "#",
        " ",
        "|",
        "&a ",
        "*a",
        "!t ",
        "?",
        "0",
        "99999999999999999999",
        "ms",
        "..",
        "true",
        "\n---\n",
        "\xc3\xa9",
        "\\",
        "~",
        "plan",
        "import",
        "run",
        "\r\n",
        ">",
        "%",
    };
    size_t at = next_number(numbers) % length;
    size_t count = 1 + next_number(numbers) % 8;
    const char *piece = pieces[next_number(numbers) % (sizeof pieces / sizeof pieces[0])];
    switch (next_number(numbers) % 5) {
    case 0: /* take bytes out */
        count = count > length - at ? length - at : count;
        memmove(text + at, text + at + count, length - at - count);
        return length - count;
    case 1: /* change a byte */
        text[at] = (char)next_number(numbers);
        return length;
    case 2: /* copy a part elsewhere */
        count = 1 + next_number(numbers) % 60;
        count = count > length - at ? length - at : count;
        memmove(text + next_number(numbers) % (length - count + 1), text + at, count);
        return length;
    default: /* put a piece in */
        count = strlen(piece);
        memmove(text + at + count, text + at, length - at);
        memcpy(text + at, piece, count);
        return length + count;
    }
}

static void mutations_of_a_valid_file_are_read_or_refused(void **state)
{
    (void)state;
    uint32_t numbers = 20240501;
    for (int i = 0; i < MUTATIONS; i++) {
        const char *origin = i % 2 == 0 ? test_everything : test_example;
        size_t length = strlen(origin);
        char *text = malloc(length + 1000);
        assert_non_null(text);
        memcpy(text, origin, length);
        for (uint32_t times = 1 + next_number(&numbers) % 4; times > 0; times--) {
            length = mutate(text, length, &numbers);
        }
        char *exact = malloc(length);
        assert_non_null(exact);
        memcpy(exact, text, length);
        free(text);
        struct scenario_reading reading;
        check_reading(read_bytes(exact, length, &reading), &reading);
        scenario_reading_free(&reading);
        free(exact);
    }
}

/* ---- Memory ------------------------------------------------------------------------------- */

/* Read a text with the nth allocation failing, for every n until none fails any more. */
static void fail_every_allocation(const char *text, enum scenario_read_status expected)
{
    enum scenario_read_status status = SCENARIO_READ_NO_MEMORY;
    uint64_t nth = 0;
    while (status == SCENARIO_READ_NO_MEMORY) {
        struct scenario_memory_fault fault = {.left = ++nth};
        const struct scenario_read_options options = {
            .vocabularies = &test_vocabularies,
            .fault = &fault,
        };
        struct scenario_reading reading;
        status = scenario_read_bytes_with(&options, "test.yaml", text, strlen(text), &reading);
        if (fault.left == 0) {
            assert_int_equal(status, SCENARIO_READ_NO_MEMORY);
            assert_null(reading.scenario);
            assert_null(reading.memory);
            assert_int_equal(reading.problem_count, 0);
        }
        scenario_reading_free(&reading);
    }
    assert_int_equal(status, expected);
    assert_true(nth > 20);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_every_allocation(test_everything, SCENARIO_READ_OK);
    fail_every_allocation(test_example, SCENARIO_READ_OK);
    fail_every_allocation("scenario: x\nsed: 1\nplans: {p: {run: [a, a], steps: {b: {takes: 5}}}}\n"
                          "events: [{at: 0ms, start: q}]\nfaults: [{on: worker}]\n",
                          SCENARIO_READ_PROBLEMS);
}

static void every_allocation_may_fail_while_a_file_is_read(void **state)
{
    (void)state;
    char path[] = "/tmp/scenario-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *stream = fdopen(descriptor, "wb");
    assert_non_null(stream);
    for (int i = 0; i < 20000; i++) {
        fprintf(stream, "# line %d\n", i);
    }
    fputs("scenario: x\n", stream);
    fclose(stream);
    enum scenario_read_status status = SCENARIO_READ_NO_MEMORY;
    for (uint64_t nth = 1; status == SCENARIO_READ_NO_MEMORY; nth++) {
        struct scenario_memory_fault fault = {.left = nth};
        const struct scenario_read_options options = {.fault = &fault};
        struct scenario_reading reading;
        status = scenario_read_file_with(&options, path, &reading);
        scenario_reading_free(&reading);
    }
    assert_int_equal(status, SCENARIO_READ_OK);
    remove(path);
}

/* An allocator that has a number of blocks to give, and counts those that are out. */
struct counting_allocator {
    uint32_t left;
    int32_t out;
};

static void *counting_reallocate(void *context, void *pointer, size_t old_size, size_t new_size)
{
    struct counting_allocator *counting = context;
    (void)old_size;
    if (new_size == 0) {
        counting->out -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    if (counting->left == 0) {
        return NULL;
    }
    counting->left--;
    counting->out += pointer == NULL;
    return realloc(pointer, new_size);
}

static void the_owners_allocator_may_fail_and_gets_everything_back(void **state)
{
    (void)state;
    enum scenario_read_status status = SCENARIO_READ_NO_MEMORY;
    for (uint32_t blocks = 0; status == SCENARIO_READ_NO_MEMORY; blocks++) {
        struct counting_allocator counting = {.left = blocks};
        const struct director_allocator allocator = {&counting, counting_reallocate};
        const struct scenario_read_options options = {
            .allocator = &allocator,
            .vocabularies = &test_vocabularies,
        };
        struct scenario_reading reading;
        status = scenario_read_bytes_with(&options, NULL, test_everything, strlen(test_everything),
                                          &reading);
        if (status == SCENARIO_READ_NO_MEMORY) {
            assert_int_equal(counting.out, 0);
        }
        scenario_reading_free(&reading);
        assert_int_equal(counting.out, 0);
    }
    assert_int_equal(status, SCENARIO_READ_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_say_nothing_are_told_what_to_say),
        cmocka_unit_test(every_beginning_of_a_file_is_read_or_refused),
        cmocka_unit_test(what_libfyaml_does_not_survive_never_reaches_it),
        cmocka_unit_test(a_binary_file_is_told_so_in_a_few_lines),
        cmocka_unit_test(a_file_in_utf_16_is_told_its_encoding),
        cmocka_unit_test(anchors_and_aliases_are_refused_and_never_followed),
        cmocka_unit_test(brackets_without_end_are_refused_at_the_limit),
        cmocka_unit_test(lists_in_lists_are_refused_at_the_limit),
        cmocka_unit_test(patterns_of_one_kind_are_answered_in_a_moment),
        cmocka_unit_test(brackets_side_by_side_are_counted),
        cmocka_unit_test(fifty_thousand_keys_are_no_problem),
        cmocka_unit_test(many_wrong_names_among_many_are_answered_in_a_moment),
        cmocka_unit_test(long_chains_and_circles_are_answered_in_a_moment),
        cmocka_unit_test(a_large_scenario_is_read_in_a_moment),
        cmocka_unit_test(mutations_of_a_valid_file_are_read_or_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_may_fail_while_a_file_is_read),
        cmocka_unit_test(the_owners_allocator_may_fail_and_gets_everything_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
