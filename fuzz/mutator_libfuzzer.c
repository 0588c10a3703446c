/* mutator_libfuzzer.c: a mutator as libFuzzer calls it, when it is linked with a target. It takes
 * turns with libFuzzer's own changes of bytes: DIRSIM_FUZZ_RECORDS is how many of 100 changes are
 * its own. */
#include "fuzz/mutator.h"

#include <stdlib.h>
#include <string.h>

#define OWN_PERCENT 50u
#define HUNDRED 100u
#define WARM_UP 4u

/* libFuzzer's; there is none when another engine is linked. */
__attribute__((weak)) size_t LLVMFuzzerMutate(unsigned char *bytes, size_t size, size_t most);

size_t LLVMFuzzerCustomMutator(unsigned char *bytes, size_t size, size_t most, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const unsigned char *bytes, size_t size,
                                 const unsigned char *other, size_t other_size, unsigned char *out,
                                 size_t most, unsigned int seed);

/* Seeds may be small and alike. */
static struct mutator_lots lots_of(unsigned int seed)
{
    struct mutator_lots lots = {.state = UINT64_C(0x9e3779b97f4a7c15) * (seed + UINT64_C(1))};
    for (uint32_t i = 0; i < WARM_UP; i++) {
        (void)mutator_below(&lots, 2);
    }
    return lots;
}

static uint32_t own_percent(void)
{
    static uint32_t percent = UINT32_MAX;
    if (percent == UINT32_MAX) {
        const char *wanted = getenv("DIRSIM_FUZZ_RECORDS");
        percent = wanted == NULL ? OWN_PERCENT : (uint32_t)strtoul(wanted, NULL, 10);
    }
    return percent;
}

size_t LLVMFuzzerCustomMutator(unsigned char *bytes, size_t size, size_t most, unsigned int seed)
{
    struct mutator_lots lots = lots_of(seed);
    if (LLVMFuzzerMutate != NULL && mutator_below(&lots, HUNDRED) >= own_percent()) {
        return LLVMFuzzerMutate(bytes, size, most);
    }
    struct mutator_input input = {.bytes = bytes, .size = size, .room = most};
    mutate(&input, NULL, 0, &lots);
    return input.size;
}

size_t LLVMFuzzerCustomCrossOver(const unsigned char *bytes, size_t size,
                                 const unsigned char *other, size_t other_size, unsigned char *out,
                                 size_t most, unsigned int seed)
{
    struct mutator_lots lots = lots_of(seed);
    struct mutator_input input = {.bytes = out, .size = size < most ? size : most, .room = most};
    memcpy(out, bytes, input.size);
    mutate_splice(&input, other, other_size, &lots);
    return input.size;
}
