/* mutator.h: changing an input as a whole, by what it tells instead of by its bytes. mutator_afl.c
 * is what AFL++ loads, mutator_libfuzzer.c what libFuzzer calls; each other mutator_*.c knows one
 * kind of input, and defines mutate and mutate_splice: a program is linked with one of them. */
#ifndef FUZZ_MUTATOR_H
#define FUZZ_MUTATOR_H

#include <stddef.h>
#include <stdint.h>

/* Where a mutator's own chance comes from: a number below n, the same for the same seed. */
struct mutator_lots {
    uint64_t state;
};
static inline uint32_t mutator_below(struct mutator_lots *lots, uint32_t n)
{
    lots->state ^= lots->state << 13;
    lots->state ^= lots->state >> 7;
    lots->state ^= lots->state << 17;
    return (uint32_t)((lots->state >> 32) * n >> 32);
}

/* The input that is being changed: `bytes` has room for `room`. */
struct mutator_input {
    unsigned char *bytes;
    size_t size;
    size_t room;
};

/* Change it once, or not when it does not fit; `other` is another input to take from, of which
 * there may be nothing. */
void mutate(struct mutator_input *input, const unsigned char *other, size_t other_size,
            struct mutator_lots *lots);

/* Only take something from another input, or nothing when it does not fit. */
void mutate_splice(struct mutator_input *input, const unsigned char *other, size_t other_size,
                   struct mutator_lots *lots);

#endif
