/* mutator_afl.c: a mutator as AFL++ loads it (AFL_CUSTOM_MUTATOR_LIBRARY). */
#include "fuzz/mutator.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX 6u
#define ROOM_MIN 65536u

struct mutator {
    struct mutator_lots lots;
    unsigned char *bytes;
    size_t room;
};

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_fuzz(struct mutator *mutator, unsigned char *bytes, size_t size,
                       unsigned char **out, unsigned char *other, size_t other_size, size_t most);
void afl_custom_deinit(struct mutator *mutator);

void *afl_custom_init(void *afl, unsigned int seed)
{
    (void)afl;
    struct mutator *mutator = calloc(1, sizeof(*mutator));
    if (mutator != NULL) {
        mutator->lots.state = UINT64_C(0x9e3779b97f4a7c15) ^ seed;
    }
    return mutator;
}

size_t afl_custom_fuzz(struct mutator *mutator, unsigned char *bytes, size_t size,
                       unsigned char **out, unsigned char *other, size_t other_size, size_t most)
{
    size_t room = most > size ? most : size;
    room = room < ROOM_MIN ? ROOM_MIN : room;
    if (mutator->room < room) {
        free(mutator->bytes);
        mutator->bytes = malloc(room);
        mutator->room = mutator->bytes == NULL ? 0 : room;
    }
    if (mutator->bytes == NULL) {
        *out = bytes;
        return size;
    }
    struct mutator_input input = {.bytes = mutator->bytes, .size = size, .room = most};
    memcpy(mutator->bytes, bytes, size);
    for (uint32_t left = 1 + mutator_below(&mutator->lots, CHANGES_MAX); left > 0; left--) {
        mutate(&input, other, other == NULL ? 0 : other_size, &mutator->lots);
    }
    *out = mutator->bytes;
    return input.size;
}

void afl_custom_deinit(struct mutator *mutator)
{
    free(mutator->bytes);
    free(mutator);
}
