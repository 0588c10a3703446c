/* story_settle.h: the end of reading a story (story.h). */
#ifndef FUZZ_STORY_SETTLE_H
#define FUZZ_STORY_SETTLE_H

#include "fuzz/story.h"

/* All records are read, and plans, steps, events and worlds are counted: make numbers that stand in
 * records as they were there into such as there are, and say when the run ends. */
void story_settle(struct story *story);

#endif
