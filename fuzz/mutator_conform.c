/* mutator_conform.c: changes conformance cases, op by op and word by word: drops, repeats, swaps
 * and moves ops, takes some of another case, changes a word of an op to one that may stand there,
 * and numbers. A text without ops is changed by its words, and where it has none, by its bytes. */
#include "fuzz/mutator_text.h"

#define CASES_MAX 64u /* of a stream; those behind are changed by their words alone */
#define OPS_MAX 512u  /* the same of the ops of a case */
#define TAKEN_MAX 4u  /* ops at once */

/* A place in the text: from here to there. */
struct span {
    size_t begin;
    size_t end;
};
/* The ops of a case, without commas; `open` is where the first one would stand. */
struct ops {
    size_t open;
    struct span span[OPS_MAX];
    uint32_t count;
};

/* ---- Finding ops ----------------------------------------------------------------------------- */

static bool is_space(unsigned char character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

static size_t skip_space(const unsigned char *bytes, size_t size, size_t at)
{
    while (at < size && is_space(bytes[at])) {
        at++;
    }
    return at;
}

/* Behind the string that begins here; one without an end goes on to the end of the text. */
static size_t skip_string(const unsigned char *bytes, size_t size, size_t at)
{
    for (at++; at < size && bytes[at] != '"'; at++) {
        at += bytes[at] == '\\' && at + 1 < size;
    }
    return at < size ? at + 1 : size;
}

/* Behind the value that begins here: at a comma or bracket that is none of its own, or at the end
 * of the text. What kind each bracket is of does not matter. */
static size_t skip_value(const unsigned char *bytes, size_t size, size_t at)
{
    size_t depth = 0;
    while (at < size) {
        unsigned char character = bytes[at];
        bool closes = character == ']' || character == '}';
        if (depth == 0 && (closes || character == ',')) {
            return at;
        }
        depth += character == '[' || character == '{';
        depth -= closes;
        at = character == '"' ? skip_string(bytes, size, at) : at + 1;
    }
    return at;
}

/* Where the arrays `ops` begin, behind their brackets. */
static uint32_t find_cases(const unsigned char *bytes, size_t size, size_t open[CASES_MAX])
{
    static const char key[] = "\"ops\"";
    const size_t length = sizeof(key) - 1;
    uint32_t count = 0;
    size_t at = 0;
    while (at < size && count < CASES_MAX) {
        if (bytes[at] != '"') {
            at++;
            continue;
        }
        size_t end = skip_string(bytes, size, at);
        bool is_key = end - at == length && memcmp(bytes + at, key, length) == 0;
        at = end;
        if (is_key) {
            size_t colon = skip_space(bytes, size, end);
            size_t bracket = colon < size ? skip_space(bytes, size, colon + 1) : size;
            if (bracket < size && bytes[colon] == ':' && bytes[bracket] == '[') {
                open[count++] = bracket + 1;
            }
        }
    }
    return count;
}

/* The ops of one of the cases. False: there is no case. */
static bool find_ops(const unsigned char *bytes, size_t size, struct ops *ops,
                     struct mutator_lots *lots)
{
    size_t open[CASES_MAX];
    uint32_t cases = find_cases(bytes, size, open);
    ops->count = 0;
    if (cases == 0) {
        return false;
    }
    ops->open = open[mutator_below(lots, cases)];
    size_t at = skip_space(bytes, size, ops->open);
    while (at < size && ops->count < OPS_MAX) {
        size_t end = skip_value(bytes, size, at);
        if (end == size || bytes[end] == '}') {
            break;
        }
        if (end > at) {
            ops->span[ops->count++] = (struct span){at, end};
        }
        if (bytes[end] == ']') {
            break;
        }
        at = skip_space(bytes, size, end + 1);
    }
    return true;
}

/* ---- Whole ops ------------------------------------------------------------------------------- */

static void drop(struct mutator_input *input, const struct ops *ops, uint32_t first, uint32_t count)
{
    uint32_t last = first + count - 1;
    size_t begin = ops->span[first].begin;
    size_t end = ops->span[last].end;
    if (last + 1 < ops->count) {
        end = ops->span[last + 1].begin;
    } else if (first > 0) {
        begin = ops->span[first - 1].end;
    }
    mutator_replace(input, begin, end - begin, "", 0);
}

/* Put ops, with the commas between them, before an op or behind the last. They may be the input's
 * own: then they are whole ops. */
static void insert(struct mutator_input *input, const struct ops *ops, uint32_t place,
                   const unsigned char *text, size_t length)
{
    bool is_last = place == ops->count;
    bool has_comma = ops->count > 0;
    size_t at = !is_last    ? ops->span[place].begin
                : has_comma ? ops->span[place - 1].end
                            : ops->open;
    size_t more = length + has_comma;
    if (more > input->room || input->size > input->room - more) {
        return;
    }
    bool moves = text >= input->bytes + at && text < input->bytes + input->size;
    memmove(input->bytes + at + more, input->bytes + at, input->size - at);
    memcpy(input->bytes + at + (is_last && has_comma), text + (moves ? more : 0), length);
    if (has_comma) {
        input->bytes[is_last ? at : at + length] = ',';
    }
    input->size += more;
}

/* Some ops in a row. */
static struct span some_ops(const struct ops *ops, struct mutator_lots *lots)
{
    uint32_t first = mutator_below(lots, ops->count);
    uint32_t left = ops->count - first;
    uint32_t count = 1 + mutator_below(lots, left < TAKEN_MAX ? left : TAKEN_MAX);
    return (struct span){ops->span[first].begin, ops->span[first + count - 1].end};
}

static void reverse(unsigned char *bytes, size_t begin, size_t end)
{
    while (begin + 1 < end) {
        unsigned char byte = bytes[begin];
        bytes[begin++] = bytes[--end];
        bytes[end] = byte;
    }
}

/* Two spans change places; what stands between them stays there. */
static void swap(unsigned char *bytes, struct span left, struct span right)
{
    size_t first = right.end - right.begin;
    size_t last = left.end - left.begin;
    reverse(bytes, left.begin, right.end);
    reverse(bytes, left.begin, left.begin + first);
    reverse(bytes, left.begin + first, right.end - last);
    reverse(bytes, right.end - last, right.end);
}

/* An op goes to another place: it changes places with all that stands on the way. */
static void move(unsigned char *bytes, const struct ops *ops, uint32_t from, uint32_t to)
{
    if (from < to) {
        struct span others = {ops->span[from + 1].begin, ops->span[to].end};
        swap(bytes, ops->span[from], others);
    } else {
        struct span others = {ops->span[to].begin, ops->span[from - 1].end};
        swap(bytes, others, ops->span[from]);
    }
}

void mutate_splice(struct mutator_input *input, const unsigned char *other, size_t other_size,
                   struct mutator_lots *lots)
{
    struct ops ops;
    struct ops others;
    if (!find_ops(input->bytes, input->size, &ops, lots) ||
        !find_ops(other, other_size, &others, lots) || others.count == 0) {
        return;
    }
    struct span taken = some_ops(&others, lots);
    insert(input, &ops, mutator_below(lots, ops.count + 1), other + taken.begin,
           taken.end - taken.begin);
}

/* ---- Words ----------------------------------------------------------------------------------- */

/* Words that stand in one another's place, as the value of a key; without a key, anywhere. */
static const struct {
    const char *key;
    const char *words[12];
} classes[] = {
    /* Ops of the same keys, then all. */
    {"op", {"start", "halt", "delete"}},
    {"op", {"exec", "finish", "fail"}},
    {"op", {"terminating", "terminate"}},
    {"op",
     {"start", "exec", "finish", "fail", "event", "halt", "delete", "fault", "terminating",
      "terminate"}},
    {"outcome", {"success", "error", "suspend"}},
    {"plan", {"p1", "p2", "p3"}},
    {"name", {"p1", "p2", "p3"}},
    {"event", {"e1", "e2", "e3", "e4", "e5", "e6", "e7", "e8"}},
    {"on", {"save_plan", "save_step", "load_plan", "find_plan", "load_action"}},
    {"when", {"before", "after"}},
    {"kind", {"plan", "run", "finalize", "event"}},
    {"rescue", {"skip", "pause", "fail"}},
    {"result", {"pending", "success", "warning", "error", "cancelled"}},
    {"raises", {"persistence", "no_manager", "missing", "internal"}},
    {"work", {"user_code", "done", "persistence_error", "crashed"}},
    {"state", {"pending", "planned", "scheduled", "running", "paused", "stopped"}},
    {"state", {"pending", "running", "success", "suspended", "skipping", "skipped", "error"}},
    {NULL, {"true", "false"}},
    {NULL, {"p1", "p2", "p3"}},
    {NULL, {"planned", "running", "paused", "stopped"}},
    {NULL, {"pending", "success", "suspended", "skipping", "skipped", "warning", "error"}},
    {NULL, {"fulfilled", "rejected"}},
    {NULL,
     {"already_running", "stopped", "inhibited", "persistence", "no_manager", "not_suspended",
      "halted", "dropped", "terminated"}},
    {NULL, {"stored", "memory"}},
    {NULL, {"missing", "gone"}},
    {NULL, {"S", "C"}},
};
#define CLASSES ((uint32_t)(sizeof(classes) / sizeof(classes[0])))
#define CLASS_WORDS ((uint32_t)(sizeof(classes[0].words) / sizeof(classes[0].words[0])))

static bool span_is(const unsigned char *bytes, struct span span, const char *text)
{
    return strlen(text) == span.end - span.begin &&
           memcmp(bytes + span.begin, text, span.end - span.begin) == 0;
}

/* The key whose value is a string that is this word; empty: there is none. */
static struct span key_of(const unsigned char *bytes, struct span word)
{
    size_t at = word.begin;
    if (at < 4 || memcmp(bytes + at - 3, "\":\"", 3) != 0) {
        return (struct span){0, 0};
    }
    struct span key = {at - 3, at - 3};
    while (key.begin > 0 && mutator_is_word(bytes[key.begin - 1])) {
        key.begin--;
    }
    return key;
}

static uint32_t word_in(uint32_t class, const unsigned char *bytes, struct span word)
{
    uint32_t number = 0;
    while (number < CLASS_WORDS && classes[class].words[number] != NULL &&
           !span_is(bytes, word, classes[class].words[number])) {
        number++;
    }
    return number < CLASS_WORDS && classes[class].words[number] != NULL ? number : CLASS_WORDS;
}

/* The class of a word: that of its key, else one of those without a key. CLASSES: there is none. */
static uint32_t class_of(const unsigned char *bytes, struct span word, struct mutator_lots *lots)
{
    uint32_t found = CLASSES;
    uint32_t seen = 0;
    struct span key = key_of(bytes, word);
    bool has_key = false;
    for (uint32_t i = 0; i < CLASSES && key.begin < key.end; i++) {
        has_key |= classes[i].key != NULL && span_is(bytes, key, classes[i].key);
    }
    for (uint32_t i = 0; i < CLASSES; i++) {
        const char *wanted = classes[i].key;
        bool fits = has_key ? wanted != NULL && span_is(bytes, key, wanted) : wanted == NULL;
        if (fits && word_in(i, bytes, word) < CLASS_WORDS && mutator_below(lots, ++seen) == 0) {
            found = i;
        }
    }
    return found;
}

static void exchange(struct mutator_input *input, struct span word, uint32_t class,
                     struct mutator_lots *lots)
{
    uint32_t count = 2; /* no class has less */
    while (count < CLASS_WORDS && classes[class].words[count] != NULL) {
        count++;
    }
    uint32_t now = word_in(class, input->bytes, word);
    const char *other = classes[class].words[(now + 1 + mutator_below(lots, count - 1)) % count];
    mutator_replace(input, word.begin, word.end - word.begin, other, strlen(other));
}

/* The word that begins at a place or behind it; empty: there is none before the end. */
static struct span word_from(const unsigned char *bytes, size_t at, size_t end)
{
    while (at < end && !mutator_is_word(bytes[at])) {
        at++;
    }
    struct span word = {at, at};
    while (word.end < end && mutator_is_word(bytes[word.end])) {
        word.end++;
    }
    return word;
}

static bool is_number(const unsigned char *bytes, struct span word)
{
    size_t at = word.begin;
    while (at < word.end && isdigit(bytes[at])) {
        at++;
    }
    return at == word.end;
}

static bool change_if_known(struct mutator_input *input, struct span word,
                            struct mutator_lots *lots)
{
    size_t left = input->size - word.end;
    bool is_key = left >= 2 && memcmp(input->bytes + word.end, "\":", 2) == 0;
    if (is_key) {
        return false;
    }
    if (is_number(input->bytes, word)) {
        mutator_change_number(input, word.begin, word.end, lots);
        return true;
    }
    uint32_t class = class_of(input->bytes, word, lots);
    if (class < CLASSES) {
        exchange(input, word, class, lots);
    }
    return class < CLASSES;
}

/* Change a word or number of a part of the text, the first from some place on, around its end.
 * False: there is none. */
static bool change_word(struct mutator_input *input, struct span part, struct mutator_lots *lots)
{
    if (part.begin >= part.end) {
        return false;
    }
    size_t start = part.begin + mutator_below(lots, (uint32_t)(part.end - part.begin));
    while (start > part.begin && mutator_is_word(input->bytes[start - 1])) {
        start--;
    }
    for (uint32_t turn = 0; turn < 2; turn++) {
        size_t end = turn == 0 ? part.end : start;
        struct span word = word_from(input->bytes, turn == 0 ? start : part.begin, end);
        for (; word.begin < word.end; word = word_from(input->bytes, word.end, end)) {
            if (change_if_known(input, word, lots)) {
                return true;
            }
        }
    }
    return false;
}

static void change_byte(struct mutator_input *input, struct mutator_lots *lots)
{
    unsigned char byte = (unsigned char)mutator_below(lots, 256);
    size_t at = input->size == 0 ? 0 : mutator_below(lots, (uint32_t)input->size);
    if (input->size == 0 || mutator_below(lots, 4) == 0) {
        mutator_replace(input, at, 0, (const char *)&byte, 1);
    } else {
        input->bytes[at] ^= (unsigned char)(byte == 0 ? 1 : byte);
    }
}

/* What an op does, without what is expected of it. */
static struct span deed_of(const unsigned char *bytes, struct span op)
{
    static const char expect[] = "\"expect\"";
    const size_t length = sizeof(expect) - 1;
    size_t end = op.begin;
    while (end < op.end && (op.end - end < length || memcmp(bytes + end, expect, length) != 0)) {
        end++;
    }
    return (struct span){op.begin, end};
}

/* ---- All of it ------------------------------------------------------------------------------- */

static void change_ops(struct mutator_input *input, const struct ops *ops,
                       struct mutator_lots *lots)
{
    uint32_t first = mutator_below(lots, ops->count);
    uint32_t second = mutator_below(lots, ops->count - 1);
    second += second >= first;
    uint32_t left = ops->count - first;
    struct span op = ops->span[first];
    switch (mutator_below(lots, 5)) {
    case 0:
        drop(input, ops, first, 1 + mutator_below(lots, left < TAKEN_MAX ? left : TAKEN_MAX));
        break;
    case 1:
        insert(input, ops, first + 1, input->bytes + op.begin, op.end - op.begin);
        break;
    case 2:
        insert(input, ops, second, input->bytes + op.begin, op.end - op.begin);
        break;
    case 3:
        swap(input->bytes, ops->span[first < second ? first : second],
             ops->span[first < second ? second : first]);
        break;
    default:
        move(input->bytes, ops, first, second);
        break;
    }
}

void mutate(struct mutator_input *input, const unsigned char *other, size_t other_size,
            struct mutator_lots *lots)
{
    struct ops ops;
    uint32_t lot = mutator_below(lots, 16);
    struct span part = {0, input->size};
    bool has_ops = find_ops(input->bytes, input->size, &ops, lots) && ops.count > 0;
    if (lot < 3 && other_size > 0) {
        mutate_splice(input, other, other_size, lots);
        return;
    }
    if (has_ops && ops.count > 1 && lot < 9) {
        change_ops(input, &ops, lots);
        return;
    }
    if (has_ops && lot < 15) {
        part = ops.span[mutator_below(lots, ops.count)];
        part = lot < 13 ? deed_of(input->bytes, part) : part;
    }
    if (!change_word(input, part, lots)) {
        change_byte(input, lots);
    }
}
