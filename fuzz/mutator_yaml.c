/* mutator_yaml.c: changes scenario files, line by line and word by word: drops, repeats and swaps
 * lines, takes some of another file, moves what has a time, changes outcomes and states, inserts
 * faults and events. */
#include "fuzz/mutator_text.h"

#define LINES_MAX 512u
#define TEXT_MAX 160u

struct lines {
    size_t begin[LINES_MAX + 1];
    uint32_t count;
};

/* Words that stand in one another's place. */
static const char *const outcomes[] = {"success", "error", "suspend", "any", NULL};
static const char *const strategies[] = {"skip", "pause", "fail", NULL};
static const char *const plan_states[] = {"planned",   "paused",  "stopped",
                                          "scheduled", "running", NULL};
static const char *const step_states[] = {"pending",  "running",   "suspended", "skipped",
                                          "skipping", "cancelled", NULL};
static const char *const sites[] = {"save_plan",   "save_step",   "load_plan",
                                    "load_action", "save_action", "insert_lock",
                                    "delete_lock", "find_lock",   NULL};
static const char *const errors[] = {"io", "busy", "full", "raw", "fatal", "constraint", NULL};
static const char *const events[] = {"start", "halt", "delete", "delete_steps", NULL};
static const char *const of_worlds[] = {"terminate", "crash", "check_worlds", NULL};
static const char *const flows[] = {"sequence", "concurrence", NULL};
static const char *const orders[] = {"any", "priority", "sequence", NULL};
static const char *const truths[] = {"true", "false", NULL};
static const char *const *const classes[] = {outcomes, strategies, plan_states, step_states,
                                             sites,    errors,     events,      of_worlds,
                                             flows,    orders,     truths};
#define CLASSES ((uint32_t)(sizeof(classes) / sizeof(classes[0])))

static uint32_t length_of(const char *const *words)
{
    uint32_t count = 0;
    while (words[count] != NULL) {
        count++;
    }
    return count;
}

/* ---- Lines ---------------------------------------------------------------------------------- */

static void find_lines(const unsigned char *bytes, size_t size, struct lines *lines)
{
    lines->count = 0;
    lines->begin[0] = 0;
    for (size_t at = 0; at < size && lines->count < LINES_MAX;) {
        const unsigned char *newline = memchr(bytes + at, '\n', size - at);
        at = newline == NULL ? size : (size_t)(newline - bytes) + 1;
        lines->begin[++lines->count] = at;
    }
}

static void change_lines(struct mutator_input *input, const struct lines *lines,
                         struct mutator_lots *lots)
{
    char copy[1024];
    uint32_t line = mutator_below(lots, lines->count);
    size_t begin = lines->begin[line];
    size_t length = lines->begin[line + 1] - begin;
    if (length > sizeof(copy)) {
        return;
    }
    memcpy(copy, input->bytes + begin, length);
    switch (mutator_below(lots, 3)) {
    case 0:
        mutator_replace(input, begin, length, "", 0);
        break;
    case 1:
        mutator_replace(input, lines->begin[mutator_below(lots, lines->count + 1)], 0, copy,
                        length);
        break;
    default:
        /* Two lines change places: this one goes behind the next. */
        if (line + 1 < lines->count) {
            size_t end = lines->begin[line + 2];
            memmove(input->bytes + begin, input->bytes + begin + length, end - begin - length);
            memcpy(input->bytes + end - length, copy, length);
        }
        break;
    }
}

/* How deep a line is; what begins an entry of a list goes with its like. */
static size_t depth_of(const unsigned char *bytes, size_t begin, size_t end)
{
    size_t at = begin;
    while (at < end && bytes[at] == ' ') {
        at++;
    }
    return (at - begin) * 2 + (at < end && bytes[at] == '-');
}

/* A line of another file goes where there is one as deep. */
void mutate_splice(struct mutator_input *input, const unsigned char *other, size_t other_size,
                   struct mutator_lots *lots)
{
    struct lines lines;
    struct lines others;
    find_lines(input->bytes, input->size, &lines);
    find_lines(other, other_size, &others);
    if (lines.count == 0 || others.count == 0) {
        return;
    }
    uint32_t from = mutator_below(lots, others.count);
    size_t begin = others.begin[from];
    size_t end = others.begin[from + 1];
    size_t depth = depth_of(other, begin, end);
    uint32_t first = mutator_below(lots, lines.count);
    for (uint32_t i = 0; i < lines.count; i++) {
        uint32_t line = (first + i) % lines.count;
        if (depth_of(input->bytes, lines.begin[line], lines.begin[line + 1]) == depth) {
            mutator_replace(input, lines.begin[line], 0, (const char *)other + begin, end - begin);
            return;
        }
    }
}

/* ---- Words ---------------------------------------------------------------------------------- */

/* The n-th word from a place on, around the end. False: there is none. */
static bool find_word(const struct mutator_input *input, size_t from, size_t *begin, size_t *end)
{
    size_t at = from;
    while (at < input->size && mutator_is_word(input->bytes[at])) {
        at++;
    }
    while (at < input->size && !mutator_is_word(input->bytes[at])) {
        at++;
    }
    *begin = at;
    while (at < input->size && mutator_is_word(input->bytes[at])) {
        at++;
    }
    *end = at;
    return *begin < *end;
}

static void change_word(struct mutator_input *input, struct mutator_lots *lots)
{
    size_t begin = input->size == 0 ? 0 : mutator_below(lots, (uint32_t)input->size);
    size_t end = begin;
    for (uint32_t tries = 0; tries < 24 && find_word(input, end, &begin, &end); tries++) {
        const char *word = (const char *)input->bytes + begin;
        if (isdigit((unsigned char)word[0])) {
            mutator_change_number(input, begin, end, lots);
            return;
        }
        uint32_t first = mutator_below(lots, CLASSES);
        for (uint32_t i = 0; i < CLASSES; i++) {
            const char *const *words = classes[(first + i) % CLASSES];
            for (uint32_t k = 0; words[k] != NULL; k++) {
                if (strlen(words[k]) == end - begin && memcmp(words[k], word, end - begin) == 0) {
                    const char *other = words[mutator_below(lots, length_of(words))];
                    mutator_replace(input, begin, end - begin, other, strlen(other));
                    return;
                }
            }
        }
    }
}

/* ---- Faults and events ---------------------------------------------------------------------- */

/* Behind the line that begins a section; a section that is not there begins at the end. */
static void insert(struct mutator_input *input, const char *section, const char *entry)
{
    char text[TEXT_MAX * 2];
    size_t length = strlen(section);
    for (size_t at = 0; at + length < input->size; at++) {
        bool begins = at == 0 || input->bytes[at - 1] == '\n';
        if (begins && memcmp(input->bytes + at, section, length) == 0) {
            mutator_replace(input, at + length, 0, entry, strlen(entry));
            return;
        }
    }
    int whole = snprintf(text, sizeof(text), "%s%s", section, entry);
    mutator_replace(input, input->size, 0, text, (size_t)whole);
}

static void insert_fault(struct mutator_input *input, struct mutator_lots *lots)
{
    static const char *const others[] = {
        "{on: worker, error: dies}",
        "{on: worker, error: dies_after_save}",
        "{on: worker, error: raises}",
        "{on: worker, error: stalls, for: 20ms}",
        "{on: report, error: twice}",
        "{on: report, error: lost}",
        "{on: report, error: late, for: 9ms}",
        "{on: report, error: stale}",
        "{on: work, error: twice}",
        "{on: work, error: late, for: 7ms}",
        "{on: pool, error: empty, for: 8ms}",
        "{on: find_plan, error: not_found}",
    };
    char entry[TEXT_MAX];
    if (mutator_below(lots, 2) == 0) {
        snprintf(entry, sizeof(entry), "  - %s\n",
                 others[mutator_below(lots, sizeof(others) / sizeof(others[0]))]);
    } else {
        snprintf(entry, sizeof(entry), "  - {on: %s, error: %s, nth: %u%s}\n",
                 sites[mutator_below(lots, length_of(sites))],
                 errors[mutator_below(lots, length_of(errors))], 1 + mutator_below(lots, 5),
                 mutator_below(lots, 3) == 0 ? ", times: forever" : "");
    }
    insert(input, "faults:\n", entry);
}

static void insert_event(struct mutator_input *input, struct mutator_lots *lots)
{
    static const char *const what[] = {"terminate: world", "crash: world",
                                       "heal: faults",     "start_world: world 2",
                                       "crash: world 2",   "check_worlds: world 2"};
    char entry[TEXT_MAX];
    snprintf(entry, sizeof(entry), "  - {at: %ums, %s}\n", mutator_below(lots, 40),
             what[mutator_below(lots, sizeof(what) / sizeof(what[0]))]);
    insert(input, "events:\n", entry);
}

void mutate(struct mutator_input *input, const unsigned char *other, size_t other_size,
            struct mutator_lots *lots)
{
    struct lines lines;
    uint32_t lot = mutator_below(lots, 12);
    find_lines(input->bytes, input->size, &lines);
    if (lines.count == 0 || lot == 0) {
        insert_event(input, lots);
    } else if (lot < 3) {
        insert_fault(input, lots);
    } else if (lot < 5) {
        change_lines(input, &lines, lots);
    } else if (lot < 7) {
        mutate_splice(input, other, other_size, lots);
    } else {
        change_word(input, lots);
    }
}
