/* conform_file_test.c: a file is cut into documents wherever its bytes happen to end up in the
 * buffer, and what is wrong with it is told in places of the file. */
#include "sim/conform/conform_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/conform_file_test.XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd == -1 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static struct conform_file *open_with(const char *bytes, size_t length)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, length, stream), length);
    assert_int_equal(fclose(stream), 0);
    struct conform_file *file = conform_file_open(path);
    assert_non_null(file);
    return file;
}

static struct conform_file *open_text(const char *text)
{
    return open_with(text, strlen(text));
}

static void assert_document(struct conform_file *file, const char *expected, uint32_t line)
{
    const struct case_node *document = NULL;
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_DOCUMENT);
    assert_true(case_node_is(document, expected));
    assert_int_equal(conform_file_place(file, document->position).line, line);
}

static void assert_ends(struct conform_file *file)
{
    const struct case_node *document = NULL;
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_END);
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_END);
    conform_file_close(file);
}

static void assert_problem(struct conform_file *file, uint32_t line, const char *part)
{
    const struct case_node *document = NULL;
    struct scenario_problem problem;
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_PROBLEMS);
    assert_true(conform_file_problem(file, 0, &problem));
    assert_int_equal(problem.position.line, line);
    assert_non_null(strstr(problem.message, part));
}

static void documents_come_one_by_one_with_their_lines(void **state)
{
    (void)state;
    struct conform_file *file = open_text("# cases\n\n--- a\n---\nb\n---   c\n...\n");
    assert_document(file, "a", 3);
    assert_document(file, "b", 5);
    assert_document(file, "c", 6);
    assert_ends(file);
}

static void three_dashes_inside_a_line_or_a_word_begin_nothing(void **state)
{
    (void)state;
    struct conform_file *file = open_text("--- \"a\n  ---\n  b\"\n--- ---c\n");
    assert_document(file, "a --- b", 1);
    assert_document(file, "---c", 4);
    assert_ends(file);
}

static void a_document_without_three_dashes_is_one_too(void **state)
{
    (void)state;
    struct conform_file *file = open_text("a\n...\nb\n--- c");
    assert_document(file, "a", 1);
    assert_document(file, "b", 3);
    assert_document(file, "c", 4);
    assert_ends(file);
}

/* Slide the border between two documents over the place where one read ends and the next begins. */
static void documents_are_cut_wherever_a_read_ends(void **state)
{
    (void)state;
    enum { READ = 65536 };
    char *bytes = malloc(READ + 64);
    assert_non_null(bytes);
    for (size_t border = READ - 8; border <= READ + 2; border++) {
        memset(bytes, 'x', READ + 64);
        memcpy(bytes, "--- ", 4);
        memcpy(bytes + border, "\n--- b\n", 7);
        struct conform_file *file = open_with(bytes, border + 7);
        const struct case_node *document = NULL;
        assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_DOCUMENT);
        assert_int_equal(document->length, border - 4);
        assert_document(file, "b", 2);
        assert_ends(file);
    }
    free(bytes);
}

static void nothing_to_replay_is_a_problem_and_told_once(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# only a comment\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct conform_file *file = open_text(texts[i]);
        assert_problem(file, 1, "no conformance case");
        assert_ends(file);
    }
}

static void behind_a_broken_document_reading_goes_on(void **state)
{
    (void)state;
    struct conform_file *file = open_text("--- a\n--- {]\n--- \x01\n--- *a\n--- b\n");
    assert_document(file, "a", 1);
    assert_problem(file, 2, "not YAML");
    assert_problem(file, 3, "control character");
    assert_problem(file, 4, "anchors, aliases and tags");
    assert_document(file, "b", 5);
    assert_ends(file);
}

static void the_longest_document_is_read_and_a_longer_one_refused(void **state)
{
    (void)state;
    char *bytes = malloc(CASE_BYTES_MAX + 2);
    assert_non_null(bytes);
    memset(bytes, 'x', CASE_BYTES_MAX + 2);
    memcpy(bytes, "--- ", 4);
    struct conform_file *file = open_with(bytes, CASE_BYTES_MAX);
    const struct case_node *document = NULL;
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_DOCUMENT);
    assert_int_equal(document->length, CASE_BYTES_MAX - 4);
    assert_ends(file);
    file = open_with(bytes, CASE_BYTES_MAX + 1);
    assert_problem(file, 1, "CASE_BYTES_MAX");
    assert_ends(file);
    free(bytes);
}

static void a_file_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    const struct case_node *document = NULL;
    struct scenario_problem problem;
    struct conform_file *file = conform_file_open("/nowhere/at/all.yaml");
    assert_non_null(file);
    assert_int_equal(conform_file_next(file, &document), CONFORM_FILE_IO);
    assert_true(conform_file_problem(file, 0, &problem));
    assert_string_equal(problem.message, "cannot be opened: No such file or directory");
    assert_false(conform_file_problem(file, 1, &problem));
    conform_file_close(file);
    conform_file_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_come_one_by_one_with_their_lines),
        cmocka_unit_test(three_dashes_inside_a_line_or_a_word_begin_nothing),
        cmocka_unit_test(a_document_without_three_dashes_is_one_too),
        cmocka_unit_test(documents_are_cut_wherever_a_read_ends),
        cmocka_unit_test(nothing_to_replay_is_a_problem_and_told_once),
        cmocka_unit_test(behind_a_broken_document_reading_goes_on),
        cmocka_unit_test(the_longest_document_is_read_and_a_longer_one_refused),
        cmocka_unit_test(a_file_that_cannot_be_opened_says_why),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
