/* timeline_output.h: a story as JSON, as a page, and as a Chrome trace. */
#ifndef SIM_CLI_TIMELINE_OUTPUT_H
#define SIM_CLI_TIMELINE_OUTPUT_H

#include "sim/cli/timeline_story.h"
#include "sim/conform/case_text.h"
#include "sim/world/simulation.h"

/* A run that is over, and its story. */
struct timeline {
    const struct story *story;
    const struct scenario *scenario;
    const struct simulation *simulation;
    const char *file;
    const char *again;  /* the line that runs it again */
    const char *source; /* the text of the file; NULL: it cannot be shown */
};

/* One JSON object, with a newline; reports/README.md tells its members. */
void timeline_json(const struct timeline *timeline, struct case_text *text);

/* The same in a page that needs nothing else. */
void timeline_page(const struct timeline *timeline, struct case_text *text);

/* Trace events that chrome://tracing and Perfetto open: a process for the workers of a world, for
 * each plan, for the client and for the store. */
void timeline_chrome(const struct timeline *timeline, struct case_text *text);

#endif
