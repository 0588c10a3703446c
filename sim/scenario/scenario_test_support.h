/* scenario_test_support.h: small vocabularies of their own and shared helpers for the tests of
 * sim/scenario/, which so do not depend on what the real vocabularies hold. */
#ifndef SIM_SCENARIO_SCENARIO_TEST_SUPPORT_H
#define SIM_SCENARIO_SCENARIO_TEST_SUPPORT_H

#include "sim/scenario/scenario_reader.h"

/* Marks: rescue-skip, rescue-pause. Invariants: futures-resolve-once, plans-end. Defects: d01 to
 * d03. */
extern const struct scenario_vocabularies test_vocabularies;

/* Read a text with the vocabularies above; the file is called "test.yaml". */
enum scenario_read_status test_read(const char *text, struct scenario_reading *reading);

/* All problems of a text, as `line:column: message` lines; "" when it is a scenario. In a buffer
 * that the next call overwrites. */
const char *test_problems(const char *text);

/* A file with mistakes, and all that is to be said of it, as test_problems gives it. */
struct bad_file {
    const char *text;
    const char *problems;
};

/* Each file of a table is told its problems, no more and no others. */
void test_bad_files(const struct bad_file *files, size_t count);

/* The scenario of a text that has no problems; fails the test otherwise. */
const struct scenario *test_scenario(const char *text, struct scenario_reading *reading);

/* The scenario of design.md, and one that uses every key of the format. */
extern const char test_example[];
extern const char test_everything[];

#endif
