/* fuzz_conform.c: the bytes are a stream of conformance cases, which is cut, read and replayed, in
 * memory. Whatever it says, it is told what is wrong with it or what differs. */
#include "sim/conform/case_replay.h"
#include "sim/conform/conform_file.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void replay(const struct case_node *document)
{
    struct case_result result = {.whole = true};
    case_replay(document, CASE_STORE_MEMORY, &result);
    bool told = result.verdict == CASE_SAME ||
                (result.verdict == CASE_MALFORMED ? result.problem.message != NULL
                                                  : result.difference.length > 0);
    case_text_free(&result.difference);
    if (!told) {
        fprintf(stderr, "FAILED  a case fails without a word\n");
        abort();
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    /* fmemopen takes no const, and writes nothing when it reads. */
    FILE *stream = size == 0 ? NULL : fmemopen((void *)(uintptr_t)data, size, "rb");
    struct conform_file *file = stream == NULL ? NULL : conform_file_open_stream(stream);
    const struct case_node *document = NULL;
    enum conform_file_status status = CONFORM_FILE_DOCUMENT;
    while (file != NULL && (status == CONFORM_FILE_DOCUMENT || status == CONFORM_FILE_PROBLEMS)) {
        status = conform_file_next(file, &document);
        if (status == CONFORM_FILE_DOCUMENT) {
            replay(document);
        }
    }
    conform_file_close(file);
    return 0;
}
