/* fuzz_events.c: bytes become a story (story.h): plans, what happens to them, what goes wrong and
 * what chance decides; it is run in memory, and an invariant that fails aborts. With
 * DIRSIM_FUZZ_FAITHFUL in the environment the director has the defects of Dynflow's, so that there
 * is something to find. */
#include "fuzz/finding.h"
#include "fuzz/story.h"
#include "sim/scenario/vocabulary.h"

#include <stdlib.h>

#define EVENTS_MAX 50000u /* a story is small, and ends long before */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct story story;
    static bool started;
    static uint64_t defects;
    if (!started) {
        started = true;
        const struct scenario_vocabularies real = scenario_vocabularies_real();
        defects = getenv("DIRSIM_FUZZ_FAITHFUL") != NULL ? scenario_all_defects(&real) : 0;
    }
    story_read(&story, data, size);
    story.scenario.world.defects = defects;
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
