/* mutator_story.c: changes stories (story.h), record by record: drops, repeats and swaps them,
 * takes some of another story, moves them in time, changes outcomes, inserts faults and events.
 * mutator_sqlite.c is the same with damage. */
#include "fuzz/damage.h"
#include "fuzz/mutator.h"
#include "fuzz/story.h"

#include <string.h>

#define RECORD STORY_RECORD_BYTES
#define STEPS_MOVED_MAX 4u
#define INSERTED_MAX 3u    /* at once */
#define DAMAGE STORY_KINDS /* behind the kinds of a story */
#ifndef MUTATOR_HAS_DAMAGE
#define MUTATOR_HAS_DAMAGE false
#endif

static unsigned char *record_at(const struct mutator_input *input, uint32_t number)
{
    return input->bytes + (size_t)number * RECORD;
}

static unsigned kind_of(const unsigned char *record)
{
    return MUTATOR_HAS_DAMAGE && record[0] >= DAMAGE_FROM ? DAMAGE : record[0] % STORY_KINDS;
}

static uint32_t record_count(const struct mutator_input *input)
{
    size_t count = input->size / RECORD;
    return count < STORY_RECORDS_MAX ? (uint32_t)count : STORY_RECORDS_MAX;
}

/* Make room for `count` records at a place; false: there is none. */
static bool make_room(struct mutator_input *input, uint32_t place, uint32_t count)
{
    size_t at = (size_t)place * RECORD;
    size_t more = (size_t)count * RECORD;
    if (input->size + more > input->room || record_count(input) + count > STORY_RECORDS_MAX) {
        return false;
    }
    memmove(input->bytes + at + more, input->bytes + at, input->size - at);
    input->size += more;
    return true;
}

static void drop(struct mutator_input *input, uint32_t place, uint32_t count)
{
    size_t at = (size_t)place * RECORD;
    size_t less = (size_t)count * RECORD;
    memmove(input->bytes + at, input->bytes + at + less, input->size - at - less);
    input->size -= less;
}

static void repeat(struct mutator_input *input, uint32_t place, struct mutator_lots *lots)
{
    unsigned char record[RECORD];
    memcpy(record, record_at(input, place), RECORD);
    uint32_t to =
        mutator_below(lots, 2) == 0 ? place + 1 : mutator_below(lots, record_count(input) + 1);
    if (make_room(input, to, 1)) {
        memcpy(record_at(input, to), record, RECORD);
    }
}

static void swap(struct mutator_input *input, uint32_t left, uint32_t right)
{
    unsigned char record[RECORD];
    memcpy(record, record_at(input, left), RECORD);
    memcpy(record_at(input, left), record_at(input, right), RECORD);
    memcpy(record_at(input, right), record, RECORD);
}

/* Some records of another story, in a row; or all from a place on. */
void mutate_splice(struct mutator_input *input, const unsigned char *other, size_t other_size,
                   struct mutator_lots *lots)
{
    uint32_t count = (uint32_t)(other_size / RECORD);
    uint32_t place = mutator_below(lots, record_count(input) + 1);
    if (count == 0) {
        return;
    }
    uint32_t first = mutator_below(lots, count);
    uint32_t left = count - first;
    uint32_t taken =
        mutator_below(lots, 3) == 0 ? left : 1 + mutator_below(lots, left < 4 ? left : 4);
    if (make_room(input, place, taken)) {
        memcpy(record_at(input, place), other + (size_t)first * RECORD, (size_t)taken * RECORD);
    }
}

/* ---- One record ------------------------------------------------------------------------------ */

/* Where the time of a record stands; 0: it has none. */
static uint32_t time_byte(const unsigned char *record, struct mutator_lots *lots)
{
    switch (kind_of(record)) {
    case STORY_EVENT:
        return EVENT_TIME;
    case STORY_FAULT:
        return FAULT_TIME;
    case STORY_STEP:
        return mutator_below(lots, 2) == 0 ? STEP_TAKES : STEP_TAKES_MORE;
    case STORY_PLAN:
        return mutator_below(lots, 2) == 0 ? PLAN_START : PLAN_TAKES;
    case STORY_WORLD:
        return WORLD_LATENCY + mutator_below(lots, 4);
    default:
        return 0;
    }
}

/* A little earlier or later; or just when something else happens. */
static void move_in_time(struct mutator_input *input, uint32_t place, struct mutator_lots *lots)
{
    unsigned char *record = record_at(input, place);
    uint32_t at = time_byte(record, lots);
    if (at == 0) {
        return;
    }
    if (mutator_below(lots, 3) == 0) {
        const unsigned char *model = record_at(input, mutator_below(lots, record_count(input)));
        uint32_t from = time_byte(model, lots);
        record[at] = from == 0 ? 0 : model[from];
    } else {
        uint32_t by = 1 + mutator_below(lots, STEPS_MOVED_MAX);
        record[at] =
            (unsigned char)(mutator_below(lots, 2) == 0 ? record[at] + by : record[at] - by);
    }
}

static void change_byte(unsigned char *record, struct mutator_lots *lots)
{
    unsigned char *byte = &record[1 + mutator_below(lots, RECORD - 1)];
    if (mutator_below(lots, 2) == 0) {
        *byte = (unsigned char)mutator_below(lots, 256);
    } else {
        *byte = (unsigned char)(*byte ^ 1u << mutator_below(lots, 8));
    }
}

static void change_outcome(unsigned char *record, struct mutator_lots *lots)
{
    static const unsigned char in_step[] = {STEP_RUN, STEP_RUN, STEP_OTHERS, STEP_OPTIONS};
    unsigned bit = 1u << mutator_below(lots, 8);
    if (kind_of(record) == STORY_STEP) {
        record[in_step[mutator_below(lots, 4)]] ^= (unsigned char)bit;
    } else if (kind_of(record) == STORY_CHOICES) {
        record[1 + mutator_below(lots, RECORD - 1)] = (unsigned char)mutator_below(lots, 4);
    } else if (kind_of(record) == STORY_PLAN) {
        record[PLAN_OPTIONS] ^= (unsigned char)bit;
    } else {
        change_byte(record, lots);
    }
}

/* A record that was not there before; in half of the cases half of its bytes are dull. */
static void insert(struct mutator_input *input, unsigned kind, struct mutator_lots *lots)
{
    uint32_t place = mutator_below(lots, record_count(input) + 1);
    if (!make_room(input, place, 1)) {
        return;
    }
    unsigned char *record = record_at(input, place);
    bool dull = mutator_below(lots, 2) == 0;
    record[0] =
        (unsigned char)(kind == DAMAGE ? DAMAGE_FROM + mutator_below(lots, 256 - DAMAGE_FROM)
                                       : kind);
    for (uint32_t i = 1; i < RECORD; i++) {
        record[i] =
            dull && mutator_below(lots, 2) == 0 ? 0 : (unsigned char)mutator_below(lots, 256);
    }
    if (!dull) {
        return;
    }
    if (kind == STORY_EVENT || kind == STORY_FAULT) {
        unsigned char *what = &record[kind == STORY_EVENT ? EVENT_KIND : FAULT_SITE];
        *what = (unsigned char)mutator_below(lots, 16);
        record[kind == STORY_EVENT ? EVENT_TIME : FAULT_TIME] =
            (unsigned char)mutator_below(lots, 32);
    }
}

static unsigned new_kind(struct mutator_lots *lots)
{
    static const unsigned char others[] = {STORY_EVENT, STORY_EVENT, STORY_STEP,
                                           STORY_PLAN,  STORY_WORLD, STORY_CHOICES};
    if (MUTATOR_HAS_DAMAGE && mutator_below(lots, 3) == 0) {
        return DAMAGE;
    }
    return mutator_below(lots, 2) == 0 ? STORY_FAULT : others[mutator_below(lots, sizeof(others))];
}

void mutate(struct mutator_input *input, const unsigned char *other, size_t other_size,
            struct mutator_lots *lots)
{
    uint32_t count = record_count(input);
    uint32_t lot = mutator_below(lots, 20);
    uint32_t place = count == 0 ? 0 : mutator_below(lots, count);
    if (count == 0 || lot < 3) {
        for (uint32_t left = 1 + mutator_below(lots, INSERTED_MAX); left > 0; left--) {
            insert(input, new_kind(lots), lots);
        }
    } else if (lot < 5) {
        uint32_t most = count - place < 3 ? count - place : 3;
        drop(input, place, 1 + mutator_below(lots, most));
    } else if (lot < 7) {
        repeat(input, place, lots);
    } else if (lot < 8) {
        swap(input, place, mutator_below(lots, count));
    } else if (lot < 10) {
        mutate_splice(input, other, other_size, lots);
    } else if (lot < 13) {
        move_in_time(input, place, lots);
    } else if (lot < 16) {
        change_outcome(record_at(input, place), lots);
    } else {
        change_byte(record_at(input, place), lots);
    }
}
