/* fuzz_canary.c: must crash. It aborts for inputs that begin with "dead", which no seed does, so
 * that a fuzzer has to find its way there letter by letter; when it does not, what reports crashes
 * reports nothing. */
#include <stddef.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size >= 4 && data[0] == 'd') {
        if (data[1] == 'e') {
            if (data[2] == 'a') {
                if (data[3] == 'd') {
                    abort();
                }
            }
        }
    }
    return 0;
}
