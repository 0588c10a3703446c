/* choices_list.c: recorded choices, found by their site, and what of them did not fit. */
#include "sim/engine/choices_private.h"

#define EMPTY UINT32_MAX

enum entry_state {
    ENTRY_NEVER_ASKED,
    ENTRY_USED,
    ENTRY_OUT_OF_RANGE,
    ENTRY_REPEATED, /* the same as an earlier entry, which stands for both */
};

struct entry {
    struct choice_key key;
    uint64_t value;
    uint64_t n; /* OUT_OF_RANGE: below what it should have been */
    enum entry_state state;
};

struct choices_list {
    struct director_allocator allocator;
    size_t bytes;
    uint32_t count;
    uint32_t mask;         /* places of the table, minus 1 */
    struct entry *entries; /* in the caller's order */
    uint32_t *table;       /* open addressing: indexes of entries, or EMPTY */
};

/* Where the entry with this key is in the table, or where it would be. */
static uint32_t *find_place(const struct choices_list *list, const struct choice_key *key)
{
    uint32_t place = (uint32_t)choice_key_hash(key, 0) & list->mask;
    while (list->table[place] != EMPTY &&
           !choice_key_equal(&list->entries[list->table[place]].key, key)) {
        place = (place + 1) & list->mask;
    }
    return &list->table[place];
}

static enum choices_status add(struct choices_list *list, uint32_t index,
                               const struct choices_entry *given)
{
    struct entry *entry = &list->entries[index];
    *entry = (struct entry){.value = given->value, .state = ENTRY_NEVER_ASKED};
    enum choices_status status = choice_key_parse(given->site, &entry->key);
    if (status != CHOICES_OK) {
        return status;
    }
    uint32_t *place = find_place(list, &entry->key);
    if (*place == EMPTY) {
        *place = index;
        return CHOICES_OK;
    }
    entry->state = ENTRY_REPEATED;
    return list->entries[*place].value == entry->value ? CHOICES_OK : CHOICES_DUPLICATE;
}

enum choices_status choices_list_create(const struct director_allocator *allocator,
                                        const struct choices_entry *entries, size_t count,
                                        size_t *bad, struct choices_list **list)
{
    if (count > UINT32_MAX / 4) {
        return CHOICES_NO_MEMORY;
    }
    uint32_t places = 2;
    while (places < count * 2) {
        places *= 2;
    }
    size_t bytes =
        sizeof(struct choices_list) + count * sizeof(struct entry) + places * sizeof(uint32_t);
    struct choices_list *created = allocator->reallocate(allocator->context, NULL, 0, bytes);
    if (created == NULL) {
        return CHOICES_NO_MEMORY;
    }
    *created = (struct choices_list){
        .allocator = *allocator, .bytes = bytes, .count = (uint32_t)count, .mask = places - 1};
    created->entries = (struct entry *)(created + 1);
    created->table = (uint32_t *)(created->entries + count);
    for (uint32_t i = 0; i < places; i++) {
        created->table[i] = EMPTY;
    }
    for (uint32_t i = 0; i < created->count; i++) {
        enum choices_status status = add(created, i, &entries[i]);
        if (status != CHOICES_OK) {
            *bad = i;
            choices_list_destroy(created);
            return status;
        }
    }
    *list = created;
    return CHOICES_OK;
}

void choices_list_destroy(struct choices_list *list)
{
    if (list != NULL) {
        struct director_allocator allocator = list->allocator;
        allocator.reallocate(allocator.context, list, list->bytes, 0);
    }
}

enum choices_list_answer choices_list_ask(struct choices_list *list, const struct choice_key *key,
                                          uint64_t n, uint64_t *value)
{
    uint32_t index = *find_place(list, key);
    if (index == EMPTY) {
        return CHOICES_LIST_UNLISTED;
    }
    struct entry *entry = &list->entries[index];
    if (entry->value < n) {
        if (entry->state == ENTRY_NEVER_ASKED) {
            entry->state = ENTRY_USED;
        }
        *value = entry->value;
        return CHOICES_LIST_ANSWERED;
    }
    if (entry->state != ENTRY_OUT_OF_RANGE) {
        entry->state = ENTRY_OUT_OF_RANGE;
        entry->n = n;
    }
    return CHOICES_LIST_OUT_OF_RANGE;
}

bool choices_list_mismatch(const struct choices_list *list, struct choices_mismatch *mismatch)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct entry *entry = &list->entries[i];
        if (entry->state == ENTRY_NEVER_ASKED || entry->state == ENTRY_OUT_OF_RANGE) {
            *mismatch = (struct choices_mismatch){.kind = entry->state == ENTRY_NEVER_ASKED
                                                              ? CHOICES_NEVER_ASKED
                                                              : CHOICES_OUT_OF_RANGE,
                                                  .entry = i,
                                                  .value = entry->value,
                                                  .n = entry->n};
            return true;
        }
    }
    return false;
}
