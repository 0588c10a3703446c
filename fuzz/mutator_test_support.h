/* mutator_test_support.h: what the tests of the mutators share: calls from inputs at the edge, and
 * what a change was, told from what stood before and after it. */
#ifndef FUZZ_MUTATOR_TEST_SUPPORT_H
#define FUZZ_MUTATOR_TEST_SUPPORT_H

#include "fuzz/mutator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Bytes, which the caller owns; an element of `inputs` below. */
struct some_bytes {
    const void *bytes;
    size_t size;
};
#define TEXT(text)                                                                                 \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

/* Call mutate and mutate_splice, from these inputs and some that are edges of any kind, each with
 * another to take from and without, in heap blocks that are just as large as the room is, from none
 * to spare up to a lot: no more than the room is used, and the same seed gives the same bytes. */
void check_edges(const struct some_bytes *inputs, size_t count);

/* What an input is made of: fills in the units of some bytes, at most UNITS_MAX; answers how many.
 */
#define UNITS_MAX 64u
typedef size_t (*find_units)(const unsigned char *bytes, size_t size, struct some_bytes *units);
/* Records of 8 bytes: of a story, of damage. */
size_t find_records(const unsigned char *bytes, size_t size, struct some_bytes *units);

enum change {
    CHANGE_NONE, /* of units: the bytes may differ elsewhere */
    CHANGE_DROPPED,
    CHANGE_REPEATED,
    CHANGE_SWAPPED,
    CHANGE_MOVED,    /* the same units, two or more of them elsewhere */
    CHANGE_SPLICED,  /* there are more, of the other input */
    CHANGE_INSERTED, /* there are more, of neither */
    CHANGE_EDITED,   /* one unit is another */
    CHANGE_OTHER,
};
#define CHANGES (CHANGE_OTHER + 1u)

/* A count of changes; `seen` is told of a unit that was edited (before, after) or inserted
 * (nothing, after). */
struct tally {
    uint32_t of[CHANGES];
    uint32_t same; /* not a byte is another */
};
typedef void (*seen_change)(const struct some_bytes *before, const struct some_bytes *after);

/* Mutate an input so often, each time from the beginning, and count what came of it. */
struct tally count_changes(struct some_bytes input, struct some_bytes other, uint32_t times,
                           find_units find, seen_change seen);

bool unit_is(const struct some_bytes *unit, const struct some_bytes *other);
/* Whether a text stands in a unit. */
bool unit_has(const struct some_bytes *unit, const char *text);

#endif
