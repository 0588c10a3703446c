/* name_index.c: a sorted array. Sorted, not hashed, because a file's author chooses the names and
 * could choose them so that they all fall on one place of a table. */
#include "sim/scenario/name_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool name_index_start(struct name_index *index, struct scenario_memory *memory, uint32_t capacity)
{
    *index = (struct name_index){0};
    index->entries = scenario_memory_array(memory, capacity, sizeof index->entries[0]);
    if (index->entries == NULL) {
        return capacity == 0;
    }
    index->capacity = capacity;
    return true;
}

void name_index_add(struct name_index *index, const char *text, uint32_t length, uint32_t value,
                    struct scenario_position position)
{
    if (index->count == index->capacity) {
        return;
    }
    index->entries[index->count++] = (struct name_entry){
        .text = text,
        .length = length,
        .value = value,
        .position = position,
    };
}

static int compare_text(const char *left, uint32_t left_length, const char *right,
                        uint32_t right_length)
{
    if (left_length != right_length) {
        return left_length < right_length ? -1 : 1;
    }
    return left_length == 0 ? 0 : memcmp(left, right, left_length);
}

static int compare_entries(const void *left_entry, const void *right_entry)
{
    const struct name_entry *left = left_entry;
    const struct name_entry *right = right_entry;
    int order = compare_text(left->text, left->length, right->text, right->length);
    if (order != 0) {
        return order;
    }
    return left->value < right->value ? -1 : left->value > right->value;
}

void name_index_sort(struct name_index *index)
{
    if (index->count > 1) {
        qsort(index->entries, index->count, sizeof index->entries[0], compare_entries);
    }
}

const struct name_entry *name_index_find(const struct name_index *index, const char *text,
                                         uint32_t length)
{
    uint32_t low = 0;
    uint32_t high = index->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct name_entry *entry = &index->entries[middle];
        if (compare_text(entry->text, entry->length, text, length) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == index->count) {
        return NULL;
    }
    const struct name_entry *entry = &index->entries[low];
    return compare_text(entry->text, entry->length, text, length) == 0 ? entry : NULL;
}

const struct name_entry *name_index_next_equal(const struct name_index *index,
                                               const struct name_entry *entry)
{
    const struct name_entry *next = entry + 1;
    assert(entry >= index->entries && entry < index->entries + index->count);
    if (next == index->entries + index->count) {
        return NULL;
    }
    return compare_text(entry->text, entry->length, next->text, next->length) == 0 ? next : NULL;
}

static unsigned char small_letter(char letter)
{
    unsigned char byte = (unsigned char)letter;
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte - 'A' + 'a') : byte;
}

static uint32_t smallest(uint32_t first, uint32_t second, uint32_t third)
{
    uint32_t least = first < second ? first : second;
    return least < third ? least : third;
}

uint32_t name_distance(const char *left, size_t left_length, const char *right, size_t right_length,
                       uint32_t most)
{
    size_t difference =
        left_length > right_length ? left_length - right_length : right_length - left_length;
    if (difference > most || left_length > SCENARIO_NAME_MAX || right_length > SCENARIO_NAME_MAX) {
        return most + 1;
    }
    /* Three rows of the usual table: this one, and the two before, for swapped neighbours. */
    uint32_t rows[3][SCENARIO_NAME_MAX + 1];
    for (size_t column = 0; column <= right_length; column++) {
        rows[0][column] = (uint32_t)column;
    }
    for (size_t row = 1; row <= left_length; row++) {
        uint32_t *now = rows[row % 3];
        const uint32_t *above = rows[(row - 1) % 3];
        uint32_t least = now[0] = (uint32_t)row;
        for (size_t column = 1; column <= right_length; column++) {
            unsigned char from = small_letter(left[row - 1]);
            unsigned char to = small_letter(right[column - 1]);
            now[column] = smallest(above[column] + 1, now[column - 1] + 1,
                                   above[column - 1] + (from == to ? 0 : 1));
            bool swapped = row > 1 && column > 1 && from == small_letter(right[column - 2]) &&
                           to == small_letter(left[row - 2]);
            uint32_t swap = swapped ? rows[(row - 2) % 3][column - 2] + 1 : UINT32_MAX;
            now[column] = now[column] < swap ? now[column] : swap;
            least = least < now[column] ? least : now[column];
        }
        if (least > most) {
            return most + 1;
        }
    }
    uint32_t distance = rows[left_length % 3][right_length];
    return distance > most ? most + 1 : distance;
}

uint32_t name_distance_limit(size_t length)
{
    return length <= 1 ? 0 : length <= 4 ? 1 : length <= 7 ? 2 : 3;
}

const struct name_entry *name_index_nearest(const struct name_index *index, const char *text,
                                            uint32_t length)
{
    const struct name_entry *nearest = NULL;
    uint32_t most = name_distance_limit(length);
    for (uint32_t i = 0; i < index->count && i < NAME_NEAREST_MAX; i++) {
        const struct name_entry *entry = &index->entries[i];
        uint32_t distance = name_distance(text, length, entry->text, entry->length, most);
        /* The same distance again is no better, and of distance 0 there is only another case. */
        if (distance > most) {
            continue;
        }
        nearest = entry;
        if (distance == 0) {
            break;
        }
        most = distance - 1;
    }
    return nearest;
}
