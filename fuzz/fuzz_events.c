/* fuzz_events.c: bytes become a story (story.h): plans, what happens to them, what goes wrong and
 * what chance decides; it is run in memory, and an invariant that fails aborts. */
#include "fuzz/finding.h"
#include "fuzz/story.h"

#define EVENTS_MAX 50000u /* a story is small, and ends long before */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct story story;
    story_read(&story, data, size);
    const struct finding_run run = {
        .scenario = &story.scenario,
        .choice_bytes = story.choices,
        .choice_byte_count = story.choice_count,
        .store = REPLAY_STORE_MEMORY,
        .events_max = EVENTS_MAX,
    };
    finding_run(&run, NULL);
    return 0;
}
