/* scenario_reader.h: from a scenario file to a checked scenario, or to every mistake in it.
 *
 * Files are read whole with a size cap, filtered for what libfyaml does not survive, parsed through
 * its event API into positioned nodes with our own checks of duplicates, depth and aliases, and
 * then checked key by key. */
#ifndef SIM_SCENARIO_SCENARIO_READER_H
#define SIM_SCENARIO_SCENARIO_READER_H

#include "sim/scenario/scenario.h"
#include "sim/scenario/scenario_memory.h"
#include "sim/scenario/vocabulary.h"

/* What is over it is only counted, in one more problem at the end. */
#define SCENARIO_PROBLEMS_MAX 100u

/* One mistake, ready to print as `file:line:column: message`. */
struct scenario_problem {
    struct scenario_position position;
    const char *message; /* what is wrong, and what would be right */
};

/* What reading gives. Everything in it goes with scenario_reading_free. */
struct scenario_reading {
    struct scenario *scenario;               /* NULL when there are problems */
    const struct scenario_problem *problems; /* ordered by position */
    uint32_t problem_count;
    struct scenario_memory *memory;
};

enum scenario_read_status {
    SCENARIO_READ_OK,
    SCENARIO_READ_PROBLEMS,  /* not a scenario: exit 2 */
    SCENARIO_READ_IO,        /* the file cannot be read: exit 3; problems[0] says why */
    SCENARIO_READ_NO_MEMORY, /* exit 3 */
};

/* Read and check the file at `path`; "-" is standard input. */
enum scenario_read_status scenario_read_file(const char *path, struct scenario_reading *reading);

/* The same from bytes (the fuzzer, tests), which are not needed any more afterwards; `name` is what
 * messages call the file. */
enum scenario_read_status scenario_read_bytes(const char *name, const char *bytes, size_t length,
                                              struct scenario_reading *reading);

/* How to read, where it is not the usual way. Zeros: the usual way. */
struct scenario_read_options {
    const struct director_allocator *allocator;       /* NULL: malloc and free */
    const struct scenario_vocabularies *vocabularies; /* NULL: the real ones */
    struct scenario_memory_fault *fault;              /* NULL: no allocation is made to fail */
};

enum scenario_read_status scenario_read_file_with(const struct scenario_read_options *options,
                                                  const char *path,
                                                  struct scenario_reading *reading);
enum scenario_read_status scenario_read_bytes_with(const struct scenario_read_options *options,
                                                   const char *name, const char *bytes,
                                                   size_t length, struct scenario_reading *reading);

/* Let all of it go. A reading that is all zeros, or that was freed, is ignored. */
void scenario_reading_free(struct scenario_reading *reading);

#endif
