/* fuzz_empty.c: does nothing: what a fuzzer costs by itself, to measure the others against. */
#include <stddef.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}
