/* mutator_test_support.c: see mutator_test_support.h. */
#include "fuzz/mutator_test_support.h"

#define SEEDS 8u
#define CHANGES_EACH 3u
#define SPARE 4096u
#define RECORD 8u

static struct mutator_lots lots_of(uint32_t seed)
{
    return (struct mutator_lots){.state = UINT64_C(0x9e3779b97f4a7c15) * (seed + UINT64_C(1))};
}

static unsigned char *copy_of(struct some_bytes source, size_t room)
{
    unsigned char *copy = malloc(room);
    assert_true(copy != NULL || room == 0);
    if (source.size > 0) {
        memcpy(copy, source.bytes, source.size);
    }
    return copy;
}

/* ---- Edges ----------------------------------------------------------------------------------- */

static const struct some_bytes of_any_kind[] = {
    TEXT(""),
    TEXT("x"),
    TEXT("\0\0\0\0\0\0\0"),
    TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    TEXT("\n\n\n"),
    TEXT("a line without an end"),
    TEXT("\"a string without an end, and \\"),
    TEXT("{\"ops\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{"),
    TEXT("]]]]]]]]}}}}}}}},,,,,,,,\"ops\":[,,,]"),
    TEXT("\"ops\""),
    TEXT("\"ops\":"),
    TEXT("\"ops\":["),
    TEXT("\"ops\":[]"),
    TEXT("\"ops\":[1"),
    TEXT("\"ops\":[1,\"2"),
    TEXT("99999999999999999999999999"),
    TEXT("0"),
    TEXT("events:\n"),
    TEXT("faults:"),
};
#define OF_ANY_KIND (sizeof(of_any_kind) / sizeof(of_any_kind[0]))

static struct mutator_input run_once(struct some_bytes from, size_t room, struct some_bytes other,
                                     uint32_t seed, bool only_splice)
{
    struct mutator_lots lots = lots_of(seed);
    struct mutator_input input = {copy_of(from, room), from.size, room};
    unsigned char *taken = other.bytes == NULL ? NULL : copy_of(other, other.size);
    for (uint32_t i = 0; i < CHANGES_EACH; i++) {
        (only_splice ? mutate_splice : mutate)(&input, taken, other.size, &lots);
        assert_true(input.size <= room);
        assert_true(input.room == room);
    }
    free(taken);
    return input;
}

static void check_edge(struct some_bytes from, struct some_bytes other)
{
    static const size_t spare[] = {0, 1, 7, SPARE};
    for (uint32_t i = 0; i < sizeof(spare) / sizeof(spare[0]) * SEEDS; i++) {
        size_t room = from.size + spare[i / SEEDS];
        bool only_splice = i % 4 == 0;
        struct mutator_input once = run_once(from, room, other, i, only_splice);
        struct mutator_input again = run_once(from, room, other, i, only_splice);
        assert_int_equal(once.size, again.size);
        assert_memory_equal(once.bytes, again.bytes, once.size);
        free(once.bytes);
        free(again.bytes);
    }
}

void check_edges(const struct some_bytes *inputs, size_t count)
{
    const struct some_bytes nothing = {NULL, 0};
    for (size_t i = 0; i < count + OF_ANY_KIND; i++) {
        struct some_bytes from = i < count ? inputs[i] : of_any_kind[i - count];
        check_edge(from, nothing);
        check_edge(from, inputs[0]);
        check_edge(inputs[0], from);
    }
}

/* ---- What a change was ----------------------------------------------------------------------- */

struct units {
    struct some_bytes unit[UNITS_MAX];
    size_t count;
};

size_t find_records(const unsigned char *bytes, size_t size, struct some_bytes *units)
{
    size_t count = 0;
    for (; (count + 1) * RECORD <= size && count < UNITS_MAX; count++) {
        units[count] = (struct some_bytes){bytes + count * RECORD, RECORD};
    }
    return count;
}

bool unit_is(const struct some_bytes *unit, const struct some_bytes *other)
{
    return unit->size == other->size && memcmp(unit->bytes, other->bytes, unit->size) == 0;
}

bool unit_has(const struct some_bytes *unit, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at + length <= unit->size; at++) {
        if (memcmp((const char *)unit->bytes + at, text, length) == 0) {
            return true;
        }
    }
    return false;
}

static size_t occurrences(const struct units *units, const struct some_bytes *unit)
{
    size_t count = 0;
    for (size_t i = 0; i < units->count; i++) {
        count += unit_is(&units->unit[i], unit);
    }
    return count;
}

/* Where the units of the longer row are none of the shorter one, in order. False: the shorter is
 * not a part of it. */
static bool extras_of(const struct units *longer, const struct units *shorter, struct units *extras)
{
    size_t next = 0;
    extras->count = 0;
    for (size_t i = 0; i < longer->count; i++) {
        if (next < shorter->count && unit_is(&longer->unit[i], &shorter->unit[next])) {
            next++;
        } else {
            extras->unit[extras->count++] = longer->unit[i];
        }
    }
    return next == shorter->count;
}

static enum change of_one_length(const struct units *before, const struct units *after,
                                 seen_change seen)
{
    size_t differ[UNITS_MAX];
    size_t count = 0;
    bool same_units = true;
    for (size_t i = 0; i < before->count; i++) {
        if (!unit_is(&before->unit[i], &after->unit[i])) {
            differ[count++] = i;
        }
        same_units &= occurrences(before, &before->unit[i]) == occurrences(after, &before->unit[i]);
    }
    if (count == 0) {
        return CHANGE_NONE;
    }
    if (count == 1) {
        seen(&before->unit[differ[0]], &after->unit[differ[0]]);
        return CHANGE_EDITED;
    }
    if (!same_units) {
        return CHANGE_OTHER;
    }
    return count == 2 ? CHANGE_SWAPPED : CHANGE_MOVED;
}

static enum change change_of(const struct units *before, const struct units *after,
                             const struct units *other, seen_change seen)
{
    struct units extras;
    bool shorter = after->count < before->count;
    if (after->count == before->count) {
        return of_one_length(before, after, seen);
    }
    if (!extras_of(shorter ? before : after, shorter ? after : before, &extras)) {
        return CHANGE_OTHER;
    }
    if (shorter) {
        return CHANGE_DROPPED;
    }
    bool repeated = true;
    bool spliced = true;
    for (size_t i = 0; i < extras.count; i++) {
        repeated &= occurrences(before, &extras.unit[i]) > 0;
        spliced &= occurrences(other, &extras.unit[i]) > 0;
    }
    if (repeated || spliced) {
        return repeated ? CHANGE_REPEATED : CHANGE_SPLICED;
    }
    for (size_t i = 0; i < extras.count; i++) {
        seen(NULL, &extras.unit[i]);
    }
    return CHANGE_INSERTED;
}

struct tally count_changes(struct some_bytes input, struct some_bytes other, uint32_t times,
                           find_units find, seen_change seen)
{
    struct tally tally = {0};
    struct units before;
    struct units after;
    struct units others;
    before.count = find(input.bytes, input.size, before.unit);
    others.count = find(other.bytes, other.size, others.unit);
    struct mutator_lots lots = lots_of(times);
    for (uint32_t i = 0; i < times; i++) {
        size_t room = input.size + SPARE;
        struct mutator_input changed = {copy_of(input, room), input.size, room};
        mutate(&changed, other.bytes, other.size, &lots);
        tally.same +=
            changed.size == input.size && memcmp(changed.bytes, input.bytes, input.size) == 0;
        after.count = find(changed.bytes, changed.size, after.unit);
        tally.of[change_of(&before, &after, &others, seen)]++;
        free(changed.bytes);
    }
    return tally;
}
