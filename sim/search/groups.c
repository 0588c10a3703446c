/* groups.c: see groups.h. */
#include "sim/search/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16u

static bool reserve_one(struct groups *groups)
{
    if (groups->count < groups->capacity) {
        return true;
    }
    uint32_t capacity = groups->capacity < CAPACITY_MIN ? CAPACITY_MIN : 2 * groups->capacity;
    struct group *grown = realloc(groups->groups, capacity * sizeof(*grown));
    if (grown == NULL) {
        return false;
    }
    groups->groups = grown;
    groups->capacity = capacity;
    return true;
}

uint32_t groups_find(struct groups *groups, const char *signature, const char *message,
                     uint64_t now_ms)
{
    for (uint32_t i = 0; i < groups->count; i++) {
        if (strcmp(groups->groups[i].signature, signature) == 0) {
            return i;
        }
    }
    if (!reserve_one(groups)) {
        return GROUP_NONE;
    }
    struct group *group = &groups->groups[groups->count];
    *group = (struct group){.found_ms = now_ms,
                            .first_item = UINT64_MAX,
                            .smallest_item = UINT64_MAX,
                            .smallest_size = UINT32_MAX};
    snprintf(group->signature, sizeof(group->signature), "%s", signature);
    snprintf(group->message, sizeof(group->message), "%s", message);
    return groups->count++;
}

static void note_smallest(struct group *group, uint64_t item, uint32_t size)
{
    if (size < group->smallest_size ||
        (size == group->smallest_size && item < group->smallest_item)) {
        group->smallest_item = item;
        group->smallest_size = size;
    }
}

void groups_note(struct groups *groups, uint32_t number, uint64_t item, uint32_t size)
{
    struct group *group = &groups->groups[number];
    group->count++;
    group->first_item = item < group->first_item ? item : group->first_item;
    note_smallest(group, item, size);
}

bool groups_merge(struct groups *groups, const struct group *other)
{
    uint32_t number = groups_find(groups, other->signature, other->message, other->found_ms);
    if (number == GROUP_NONE) {
        return false;
    }
    struct group *group = &groups->groups[number];
    group->count += other->count;
    group->crashed = group->crashed || other->crashed;
    if (other->first_item < group->first_item) {
        group->first_item = other->first_item;
    }
    if (other->found_ms < group->found_ms) {
        group->found_ms = other->found_ms;
    }
    note_smallest(group, other->smallest_item, other->smallest_size);
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct group *a = left;
    const struct group *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return strcmp(a->signature, b->signature);
}

void groups_sort(struct groups *groups)
{
    if (groups->count > 0) {
        qsort(groups->groups, groups->count, sizeof(*groups->groups), compare);
    }
}

void groups_free(struct groups *groups)
{
    free(groups->groups);
    *groups = (struct groups){0};
}
