/* search_test_support.h: an arena, and scenarios read from texts and run, for tests of
 * searches and of what happens in a run. */
#ifndef SIM_SEARCH_SEARCH_TEST_SUPPORT_H
#define SIM_SEARCH_SEARCH_TEST_SUPPORT_H

#include "sim/engine/arena.h"
#include "sim/scenario/scenario_reader.h"
#include "sim/search/trial.h"

/* Between the two functions, which go around a group of tests. */
extern struct arena *search_test_arena;

int search_test_start(void **state);
int search_test_end(void **state);

/* The scenario of a text that has no mistakes; fails the test otherwise. For scenario_reading_free.
 */
struct scenario *search_test_read(const char *text, struct scenario_reading *reading);

/* Run the scenario of such a text, in memory; fails the test unless all holds. */
void search_test_hold(const char *text, struct trial *trial);

#endif
