/* report_chart.c: see report_chart.h. Lengths are in the units of the viewBox, about a pixel. */
#include "sim/cli/report_chart.h"

#include "sim/cli/escape.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define WIDTH 860u
#define LEFT 64u /* where the plot begins; the scale's numbers stand before it */
#define RIGHT 24u
#define TOP 10u
#define PLOT_HEIGHT 150u
#define BOTTOM 26u /* the times stand there */
#define PLOT_WIDTH (WIDTH - LEFT - RIGHT)
#define TICKS_MAX 5u    /* of the values */
#define TIMES_MAX 8u    /* of the times */
#define HOVERS_MAX 120u /* places that tell what is there */

/* ---- Words ---------------------------------------------------------------------------------- */

void report_add_count(struct case_text *text, uint64_t count)
{
    char digits[24];
    int length = snprintf(digits, sizeof(digits), "%" PRIu64, count);
    for (int i = 0; i < length; i++) {
        case_text_add(text, "%s%c", i > 0 && (length - i) % 3 == 0 ? "," : "", digits[i]);
    }
}

void report_add_time(struct case_text *text, uint64_t ms)
{
    uint64_t seconds = ms / 1000;
    if (ms < 1000) {
        case_text_add(text, "%" PRIu64 " ms", ms);
    } else if (seconds < 60 && ms % 1000 < 100) {
        case_text_add(text, "%" PRIu64 " s", seconds);
    } else if (seconds < 60) {
        case_text_add(text, "%" PRIu64 ".%" PRIu64 " s", seconds, ms % 1000 / 100);
    } else if (seconds < 3600) {
        case_text_add(text, "%" PRIu64 " min", seconds / 60);
        if (seconds % 60 != 0) {
            case_text_add(text, " %" PRIu64 " s", seconds % 60);
        }
    } else {
        case_text_add(text, "%" PRIu64 " h", seconds / 3600);
        if (seconds / 60 % 60 != 0) {
            case_text_add(text, " %" PRIu64 " min", seconds / 60 % 60);
        }
    }
}

/* ---- Scales --------------------------------------------------------------------------------- */

/* The smallest of 1, 2, 5, 10, 20 … that takes no more than `most` steps to `top`. */
static uint64_t round_step(uint64_t top, uint64_t most)
{
    static const uint64_t first[] = {1, 2, 5};
    uint64_t power = 1;
    for (;;) {
        for (uint32_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
            if (top / most <= first[i] * power && first[i] * power * most >= top) {
                return first[i] * power;
            }
        }
        if (power > UINT64_MAX / 100) {
            return top;
        }
        power *= 10;
    }
}

static uint64_t time_step(uint64_t end_ms)
{
    static const uint64_t steps[] = {
        1,      2,      5,       10,      20,      50,       100,      200,      500,
        1000,   2000,   5000,    10000,   15000,   30000,    60000,    120000,   300000,
        600000, 900000, 1800000, 3600000, 7200000, 10800000, 21600000, 43200000, 86400000,
    };
    for (uint32_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (end_ms / steps[i] < TIMES_MAX) {
            return steps[i];
        }
    }
    return round_step(end_ms / 86400000 + 1, TIMES_MAX) * 86400000;
}

/* `value` of `all` as a part of a length; both may be as large as can be. */
static uint32_t part(uint64_t value, uint64_t all, uint32_t length)
{
    while (all > UINT32_MAX) {
        all /= 2;
        value /= 2;
    }
    value = value < all ? value : all;
    return all == 0 ? 0 : (uint32_t)(value * length / all);
}

/* A chart and its scale. */
struct plot {
    const struct report_chart *chart;
    uint64_t top;
    uint64_t step;
    uint64_t end_ms;
};

static uint32_t x_of(const struct plot *plot, uint64_t ms)
{
    return LEFT + part(ms, plot->end_ms, PLOT_WIDTH);
}

static uint32_t y_of(const struct plot *plot, uint64_t value)
{
    return TOP + PLOT_HEIGHT - part(value, plot->top, PLOT_HEIGHT);
}

static struct plot plot_of(const struct report_chart *chart)
{
    struct plot plot = {.chart = chart, .top = chart->top, .end_ms = chart->end_ms};
    uint64_t largest = 1;
    for (uint32_t s = 0; s < chart->series_count; s++) {
        for (uint32_t i = 0; i < chart->count; i++) {
            uint64_t value = chart->series[s].values[i];
            largest = value > largest ? value : largest;
        }
    }
    if (plot.end_ms == 0) {
        plot.end_ms = 1;
    }
    if (plot.top == 0) {
        plot.step = round_step(largest, TICKS_MAX);
        plot.top = (largest + plot.step - 1) / plot.step * plot.step;
    } else {
        plot.step = plot.top / 4 > 0 ? plot.top / 4 : 1;
    }
    return plot;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static void add_value_scale(struct case_text *text, const struct plot *plot)
{
    for (uint64_t value = 0;; value += plot->step) {
        uint32_t y = y_of(plot, value);
        case_text_add(text, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>", LEFT, y,
                      LEFT + PLOT_WIDTH, y);
        case_text_add(text, "<text x=\"%u\" y=\"%u\" text-anchor=\"end\">", LEFT - 8, y + 4);
        report_add_count(text, value);
        case_text_add(text, "%s</text>", plot->chart->unit[0] == '%' ? "%" : "");
        if (plot->top - value < plot->step) {
            break;
        }
    }
    case_text_add(text, "\n");
}

static void add_time_scale(struct case_text *text, const struct plot *plot)
{
    uint64_t step = time_step(plot->end_ms);
    for (uint64_t ms = 0; ms <= plot->end_ms; ms += step) {
        uint32_t x = x_of(plot, ms);
        case_text_add(text, "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>", x, TOP + PLOT_HEIGHT,
                      x, TOP + PLOT_HEIGHT + 4);
        case_text_add(text, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\">", x,
                      TOP + PLOT_HEIGHT + 18);
        if (ms == 0) {
            case_text_add(text, "0");
        } else {
            report_add_time(text, ms);
        }
        case_text_add(text, "</text>");
    }
    case_text_add(text, "\n");
}

static void add_line(struct case_text *text, const struct plot *plot, uint32_t number)
{
    const struct report_chart *chart = plot->chart;
    const uint64_t *values = chart->series[number].values;
    case_text_add(text, "<polyline class=\"s%u\" points=\"", number);
    for (uint32_t i = 0; i < chart->count; i++) {
        case_text_add(text, "%s%u,%u", i == 0 ? "" : " ", x_of(plot, chart->times_ms[i]),
                      y_of(plot, values[i]));
    }
    case_text_add(text, "\"/>\n");
}

static void add_words(struct case_text *text, const struct report_chart *chart, uint32_t at)
{
    case_text_add(text, "after ");
    report_add_time(text, chart->times_ms[at]);
    for (uint32_t s = 0; s < chart->series_count; s++) {
        case_text_add(text, "%s", s == 0 ? ": " : ", ");
        if (chart->series_count > 1) {
            escape_xml(text, chart->series[s].name);
            case_text_add(text, " ");
        }
        report_add_count(text, chart->series[s].values[at]);
        case_text_add(text, "%s%s", chart->unit[0] == '%' ? "" : " ", chart->unit);
    }
}

/* Places side by side, each of which tells what stands there. */
static void add_hovers(struct case_text *text, const struct plot *plot)
{
    const struct report_chart *chart = plot->chart;
    uint32_t every = chart->count / HOVERS_MAX + 1;
    for (uint32_t i = 0; i < chart->count; i += every) {
        uint32_t from = i == 0 ? LEFT : x_of(plot, chart->times_ms[i]);
        uint32_t to =
            i + every < chart->count ? x_of(plot, chart->times_ms[i + every]) : LEFT + PLOT_WIDTH;
        if (to > from) {
            case_text_add(text, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"><title>", from,
                          TOP, to - from, PLOT_HEIGHT);
            add_words(text, chart, i);
            case_text_add(text, "</title></rect>");
        }
    }
    case_text_add(text, "\n");
}

/* What the lines mean; of one line the title says it. */
static void add_legend(struct case_text *text, const struct report_chart *chart)
{
    case_text_add(text, "<figcaption><b>");
    escape_xml(text, chart->title);
    case_text_add(text, "</b>");
    for (uint32_t i = 0; chart->series_count > 1 && i < chart->series_count; i++) {
        case_text_add(text, " <span class=\"key s%u\">", i);
        escape_xml(text, chart->series[i].name);
        case_text_add(text, "</span>");
    }
    case_text_add(text, "</figcaption>\n");
}

void report_add_chart(struct case_text *text, const struct report_chart *chart)
{
    assert(chart->series_count <= REPORT_SERIES_MAX);
    case_text_add(text, "<figure>");
    add_legend(text, chart);
    if (chart->count < 2) {
        case_text_add(text, "<p class=\"faint\">It took too short a time for a chart.</p>\n");
    } else {
        const struct plot plot = plot_of(chart);
        case_text_add(text, "<svg viewBox=\"0 0 %u %u\" role=\"img\" aria-label=\"", WIDTH,
                      TOP + PLOT_HEIGHT + BOTTOM);
        escape_xml(text, chart->title);
        case_text_add(text, ": ");
        add_words(text, chart, chart->count - 1);
        case_text_add(text, "\">\n");
        add_value_scale(text, &plot);
        add_time_scale(text, &plot);
        for (uint32_t i = 0; i < chart->series_count; i++) {
            add_line(text, &plot, i);
        }
        add_hovers(text, &plot);
        case_text_add(text, "</svg>\n");
    }
    case_text_add(text, "</figure>\n");
}
