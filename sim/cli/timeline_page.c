/* timeline_page.c: the page. Its parts are plain files in reports/timeline, which are built into
 * the program (the Makefile builds this file again when one of them changes); the page has a place
 * for each of the other parts, `@STYLE@` and so on, in this order. */
#include "sim/cli/timeline_output.h"

#include <assert.h>
#include <string.h>

/* The bytes of a file as `name` to `name`_end, with a NUL behind them. */
#define EMBED(name, file)                                                                          \
    extern const char name[] __attribute__((visibility("hidden")));                                \
    __asm__(".pushsection .rodata\n.global " #name "\n.hidden " #name "\n" #name ":\n"             \
            ".incbin \"" file "\"\n.byte 0\n.popsection\n")

EMBED(timeline_html, "reports/timeline/page.html");
EMBED(timeline_style, "reports/timeline/style.css");
EMBED(timeline_script, "reports/timeline/script.js");

/* Nothing in the data may end the element that it stands in: in JSON, `<` is only in strings. */
static void add_data(const struct timeline *timeline, struct case_text *text)
{
    struct case_text json = {0};
    timeline_json(timeline, &json);
    const char *at = case_text_bytes(&json);
    while (*at != '\0') {
        size_t length = strcspn(at, "<");
        case_text_add(text, "%.*s", (int)length, at);
        at += length;
        if (*at == '<') {
            case_text_add(text, "\\u003c");
            at++;
        }
    }
    text->failed = text->failed || json.failed;
    case_text_free(&json);
}

static void add_title(const struct timeline *timeline, struct case_text *text)
{
    for (const char *at = timeline->scenario->name; *at != '\0'; at++) {
        if (*at == '<' || *at == '&') {
            case_text_add(text, *at == '<' ? "&lt;" : "&amp;");
        } else {
            case_text_add(text, "%c", *at);
        }
    }
}

/* Add the page up to a place, and go past it. */
static const char *add_up_to(struct case_text *text, const char *page, const char *place)
{
    const char *found = strstr(page, place);
    assert(found != NULL);
    case_text_add(text, "%.*s", (int)(found - page), page);
    return found + strlen(place);
}

void timeline_page(const struct timeline *timeline, struct case_text *text)
{
    const char *rest = add_up_to(text, timeline_html, "@TITLE@");
    add_title(timeline, text);
    rest = add_up_to(text, rest, "@STYLE@");
    case_text_add(text, "%s", timeline_style);
    rest = add_up_to(text, rest, "@DATA@");
    add_data(timeline, text);
    rest = add_up_to(text, rest, "@SCRIPT@");
    case_text_add(text, "%s", timeline_script);
    case_text_add(text, "%s", rest);
}
