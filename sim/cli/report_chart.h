/* report_chart.h: charts of the pages of `dirsim report`: SVG in the page, without a script. What
 * the mouse stands on is told by the browser itself, from titles. */
#ifndef SIM_CLI_REPORT_CHART_H
#define SIM_CLI_REPORT_CHART_H

#include "sim/conform/case_text.h"

#include <stdint.h>

#define REPORT_SERIES_MAX 6u

/* One line of a chart. */
struct report_series {
    const char *name;       /* in the legend; not escaped before */
    const uint64_t *values; /* at each time of the chart */
};

struct report_chart {
    const char *title;
    const char *unit;         /* behind a value: "%", "runs a second" */
    const uint64_t *times_ms; /* rising */
    uint32_t count;           /* of times, and of the values of each series */
    uint64_t end_ms;          /* of the whole chart */
    uint64_t top;             /* of the scale; 0: as the values need it */
    const struct report_series *series;
    uint32_t series_count; /* up to REPORT_SERIES_MAX */
};

/* A figure with title, legend, scales and lines; with nothing to show, a sentence that says so. */
void report_add_chart(struct case_text *text, const struct report_chart *chart);

/* 1234567 as 1,234,567. */
void report_add_count(struct case_text *text, uint64_t count);
/* A time as people say it: "250 ms", "12.3 s", "4 min 5 s", "2 h 10 min". */
void report_add_time(struct case_text *text, uint64_t ms);

#endif
