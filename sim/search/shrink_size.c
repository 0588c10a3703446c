/* shrink_size.c: how large a scenario is, in things and in lines of its file. */
#include "sim/search/shrink_private.h"

#include <string.h>

static bool is_counted_section(const char *line)
{
    static const char *const sections[] = {"plans:", "events:", "faults:"};
    for (uint32_t i = 0; i < 3; i++) {
        if (strncmp(line, sections[i], strlen(sections[i])) == 0) {
            return true;
        }
    }
    return false;
}

struct shrink_size shrink_size_of(const struct scenario *scenario, const char *text)
{
    struct shrink_size size = {
        .plans = scenario->plan_count,
        .steps = edit_first_step(scenario, scenario->plan_count),
        .events = scenario->event_count,
        .faults = scenario->fault_count,
        .choices = scenario->choice_count,
    };
    bool counted = false;
    for (const char *line = text; line != NULL && *line != '\0';) {
        counted = *line == ' ' ? counted : is_counted_section(line);
        size.lines += counted && *line == ' ';
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return size;
}
