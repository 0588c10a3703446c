/* reader_values.c: single values of a scenario file: numbers, durations, names, outcomes; and what
 * is said when one of them is something else. */
#include "sim/scenario/reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- What is wrong ------------------------------------------------------------------------ */

/* A node in a message. */
struct subject {
    char text[sizeof(struct quoted_text) + 16];
};

/* What it is called: by its key, or that of its list, where there is one. */
static struct subject subject(const struct yaml_node *node)
{
    struct subject is = {.text = "an item of this list"};
    if (node->key != NULL) {
        snprintf(is.text, sizeof is.text, "%s%s", node->is_item ? "an item of " : "",
                 problem_quote(node->key->text, node->key->length).text);
    } else if (!node->is_item) {
        strcpy(is.text, "this");
    }
    return is;
}

static struct subject what_it_is(const struct yaml_node *node)
{
    struct subject is = {.text = "nothing"};
    if (node->kind == YAML_SEQUENCE) {
        strcpy(is.text, "a list");
    } else if (node->kind == YAML_MAPPING) {
        strcpy(is.text, "a mapping");
    } else if (!yaml_node_is_nothing(node)) {
        snprintf(is.text, sizeof is.text, "%s%s", problem_quote(node->text, node->length).text,
                 node->plain ? "" : " in quotes");
    }
    return is;
}

void reader_wrong(struct reader *reader, const struct yaml_node *node, const char *expected)
{
    if (node->kind == YAML_REFUSED) {
        return;
    }
    problem_list_add(reader->problems, node->position, "%s must be %s, not %s", subject(node).text,
                     expected, what_it_is(node).text);
}

static bool is_kind(struct reader *reader, const struct yaml_node *node, enum yaml_kind kind,
                    const char *expected)
{
    if (node->kind == kind) {
        return true;
    }
    reader_wrong(reader, node, expected);
    return false;
}

bool reader_is_list(struct reader *reader, const struct yaml_node *node, const char *expected)
{
    return is_kind(reader, node, YAML_SEQUENCE, expected);
}

bool reader_is_mapping(struct reader *reader, const struct yaml_node *node, const char *expected)
{
    return is_kind(reader, node, YAML_MAPPING, expected);
}

bool reader_is_text(struct reader *reader, const struct yaml_node *node, const char *expected)
{
    if (!is_kind(reader, node, YAML_SCALAR, expected)) {
        return false;
    }
    if (!yaml_node_is_nothing(node) && node->length > 0) {
        return true;
    }
    reader_wrong(reader, node, expected);
    return false;
}

/* ---- Numbers ------------------------------------------------------------------------------ */

enum digits_status { DIGITS_OK, DIGITS_NONE, DIGITS_TOO_LARGE };

/* The number at the start of a text, with the count of its digits. */
static enum digits_status read_digits(const char *text, size_t length, uint64_t *value,
                                      size_t *digits)
{
    uint64_t number = 0;
    bool too_large = false;
    size_t at = 0;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
        unsigned digit = (unsigned)(text[at] - '0');
        if (number > (UINT64_MAX - digit) / 10) {
            too_large = true;
        } else {
            number = number * 10 + digit;
        }
    }
    *digits = at;
    *value = number;
    return at == 0 ? DIGITS_NONE : too_large ? DIGITS_TOO_LARGE : DIGITS_OK;
}

bool reader_boolean(struct reader *reader, const struct yaml_node *node, bool *value)
{
    bool is_true = yaml_node_is(node, "true");
    if (node->plain && (is_true || yaml_node_is(node, "false"))) {
        *value = is_true;
        return true;
    }
    reader_wrong(reader, node, "true or false");
    return false;
}

static void describe_bounds(char *text, size_t size, uint64_t least, uint64_t most)
{
    if (most == UINT64_MAX && least == 0) {
        snprintf(text, size, "a whole number, such as 7");
    } else {
        snprintf(text, size, "a whole number from %llu to %llu", (unsigned long long)least,
                 (unsigned long long)most);
    }
}

bool reader_number(struct reader *reader, const struct yaml_node *node, uint64_t least,
                   uint64_t most, uint64_t *value)
{
    char expected[80];
    uint64_t number = 0;
    size_t digits = 0;
    bool read = node->kind == YAML_SCALAR && node->plain &&
                read_digits(node->text, node->length, &number, &digits) == DIGITS_OK &&
                digits == node->length && (digits == 1 || node->text[0] != '0');
    if (read && number >= least && number <= most) {
        *value = number;
        return true;
    }
    describe_bounds(expected, sizeof expected, least, most);
    reader_wrong(reader, node, expected);
    return false;
}

bool reader_number32(struct reader *reader, const struct yaml_node *node, uint32_t least,
                     uint32_t most, uint32_t *value)
{
    uint64_t number;
    if (!reader_number(reader, node, least, most, &number)) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

bool reader_world_number(struct reader *reader, const struct yaml_node *node, uint32_t *value)
{
    static const char word[] = "world";
    const size_t word_length = sizeof word - 1;
    char expected[80];
    snprintf(expected, sizeof expected, "'world' (the first) or 'world 1' to 'world %u'",
             SCENARIO_WORLDS_MAX);
    if (!reader_is_text(reader, node, expected)) {
        return false;
    }
    const char *text = node->text;
    size_t length = node->length;
    if (length >= word_length && memcmp(text, word, word_length) == 0) {
        text += word_length;
        length -= word_length;
        if (length == 0) {
            *value = 1;
            return true;
        }
        if (*text == ' ') {
            text++;
            length--;
        }
    }
    uint64_t number;
    size_t digits;
    bool read = read_digits(text, length, &number, &digits) == DIGITS_OK && digits == length &&
                text[0] != '0' && number <= SCENARIO_WORLDS_MAX;
    if (!read) {
        reader_wrong(reader, node, expected);
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

/* ---- Durations ---------------------------------------------------------------------------- */

#define DURATION_EXPECTED "a duration such as 5ms (units: us, ms, s, m, h, d)"
#define RANGE_EXPECTED "a duration such as 5ms, or a range such as 1ms..20ms"

static const struct {
    const char *name;
    uint64_t microseconds;
    uint32_t smaller; /* how many of the unit before it make one of it */
} units[] = {
    {"us", 1, 1},        {"ms", 1000, 1000},    {"s", 1000000, 1000},
    {"m", 60000000, 60}, {"h", 3600000000, 60}, {"d", 86400000000, 24},
};
#define UNITS (sizeof units / sizeof units[0])

/* The index of the unit that is all of a text; UNITS when it is none. */
static size_t find_unit(const char *text, size_t length)
{
    size_t unit = 0;
    while (unit < UNITS &&
           (strlen(units[unit].name) != length || memcmp(units[unit].name, text, length) != 0)) {
        unit++;
    }
    return unit;
}

/* A text of the shape 1.5s: say how it is written in whole numbers, where that is possible. */
static bool tell_fraction(struct reader *reader, const struct yaml_node *node, const char *text,
                          size_t length)
{
    uint64_t whole = 0;
    uint64_t fraction = 0;
    size_t digits = 0;
    size_t decimals = 0;
    if (read_digits(text, length, &whole, &digits) != DIGITS_OK || digits == length ||
        text[digits] != '.') {
        return false;
    }
    const char *rest = text + digits + 1;
    size_t left = length - digits - 1;
    if (read_digits(rest, left, &fraction, &decimals) != DIGITS_OK) {
        return false;
    }
    size_t unit = find_unit(rest + decimals, left - decimals);
    if (unit == UNITS) {
        return false;
    }
    uint64_t divisor = 1;
    for (size_t i = 0; i < decimals && divisor < 1000000; i++) {
        divisor *= 10;
    }
    uint64_t part = fraction * units[unit].smaller;
    if (unit == 0 || decimals > 6 || part % divisor != 0 || whole > UINT32_MAX) {
        problem_list_add(reader->problems, node->position,
                         "%s: a duration is a whole number; write it in a smaller unit (us, ms, s, "
                         "m, h, d)",
                         problem_quote(text, length).text);
        return true;
    }
    problem_list_add(
        reader->problems, node->position, "%s: a duration is a whole number; write %llu%s",
        problem_quote(text, length).text,
        (unsigned long long)(whole * units[unit].smaller + part / divisor), units[unit - 1].name);
    return true;
}

/* A duration that is `text`, a part of the node or all of it. */
static bool read_duration(struct reader *reader, const struct yaml_node *node, const char *text,
                          size_t length, const char *expected, uint64_t *value)
{
    uint64_t number = 0;
    size_t digits = 0;
    enum digits_status status = read_digits(text, length, &number, &digits);
    if (status == DIGITS_OK && digits == length) {
        problem_list_add(reader->problems, node->position,
                         "%s has no unit: write %llums (units: us, ms, s, m, h, d)",
                         problem_quote(text, length).text, (unsigned long long)number);
        return false;
    }
    if (tell_fraction(reader, node, text, length)) {
        return false;
    }
    size_t unit = find_unit(text + digits, length - digits);
    if (status == DIGITS_NONE || unit == UNITS || (digits > 1 && text[0] == '0')) {
        reader_wrong(reader, node, expected);
        return false;
    }
    if (status == DIGITS_TOO_LARGE || number > SCENARIO_DURATION_MAX / units[unit].microseconds) {
        problem_list_add(reader->problems, node->position,
                         "%s is too long; at most 1000d (SCENARIO_DURATION_MAX)",
                         problem_quote(text, length).text);
        return false;
    }
    *value = number * units[unit].microseconds;
    return true;
}

bool reader_duration(struct reader *reader, const struct yaml_node *node, uint64_t *value)
{
    if (!reader_is_text(reader, node, DURATION_EXPECTED)) {
        return false;
    }
    return read_duration(reader, node, node->text, node->length, DURATION_EXPECTED, value);
}

bool reader_range(struct reader *reader, const struct yaml_node *node, struct scenario_range *value)
{
    if (!reader_is_text(reader, node, RANGE_EXPECTED)) {
        return false;
    }
    size_t dots = 0;
    while (dots + 1 < node->length && memcmp(node->text + dots, "..", 2) != 0) {
        dots++;
    }
    struct scenario_range range;
    if (dots + 1 >= node->length) {
        if (!read_duration(reader, node, node->text, node->length, RANGE_EXPECTED, &range.min)) {
            return false;
        }
        *value = (struct scenario_range){range.min, range.min};
        return true;
    }
    const char *rest = node->text + dots + 2;
    size_t left = node->length - dots - 2;
    if (!read_duration(reader, node, node->text, dots, RANGE_EXPECTED, &range.min) ||
        !read_duration(reader, node, rest, left, RANGE_EXPECTED, &range.max)) {
        return false;
    }
    if (range.min > range.max) {
        problem_list_add(reader->problems, node->position,
                         "%s begins after its end; write the shorter duration first",
                         problem_quote(node->text, node->length).text);
        return false;
    }
    *value = range;
    return true;
}

/* ---- Names and lines ---------------------------------------------------------------------- */

static bool is_name_character(char character, bool first)
{
    bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    bool digit = character >= '0' && character <= '9';
    return letter || digit || character == '_' ||
           (!first && (character == '-' || character == '.'));
}

bool reader_name(struct reader *reader, const struct yaml_node *node, const char **value)
{
    if (!reader_is_text(reader, node, "a name")) {
        return false;
    }
    if (node->length > SCENARIO_NAME_MAX) {
        problem_list_add(reader->problems, node->position,
                         "the name %s has %u bytes; at most %u (SCENARIO_NAME_MAX)",
                         problem_quote(node->text, node->length).text, node->length,
                         SCENARIO_NAME_MAX);
        return false;
    }
    for (uint32_t i = 0; i < node->length; i++) {
        if (is_name_character(node->text[i], i == 0)) {
            continue;
        }
        problem_list_add(reader->problems, node->position,
                         "the name %s has an odd character; a name is letters, digits, _ . and -, "
                         "and begins with a letter, a digit or _",
                         problem_quote(node->text, node->length).text);
        return false;
    }
    const char *copy = scenario_memory_copy(reader->memory, node->text, node->length);
    if (copy == NULL) {
        return false;
    }
    *value = copy;
    return true;
}

bool reader_line(struct reader *reader, const struct yaml_node *node, uint32_t most,
                 const char **value)
{
    if (!reader_is_text(reader, node, "one line of text")) {
        return false;
    }
    if (!source_is_one_line(node->text, node->length)) {
        reader_wrong(reader, node, "one line of text without control characters");
        return false;
    }
    if (node->length > most) {
        problem_list_add(reader->problems, node->position, "%s has %u bytes; at most %u",
                         problem_quote(node->text, node->length).text, node->length, most);
        return false;
    }
    const char *copy = scenario_memory_copy(reader->memory, node->text, node->length);
    if (copy == NULL) {
        return false;
    }
    *value = copy;
    return true;
}

/* ---- Outcomes ----------------------------------------------------------------------------- */

#define OUTCOMES 3
static const char *const outcome_names[OUTCOMES] = {
    [DIRECTOR_OUTCOME_SUCCESS] = "success",
    [DIRECTOR_OUTCOME_ERROR] = "error",
    [DIRECTOR_OUTCOME_SUSPEND] = "suspend",
};

/* One word between bars; 0 when it is none that is known. */
static unsigned outcome_word(const char *text, size_t length, unsigned allowed)
{
    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    if (length == 3 && memcmp(text, "any", 3) == 0) {
        return allowed;
    }
    for (unsigned outcome = 0; outcome < OUTCOMES; outcome++) {
        if (strlen(outcome_names[outcome]) == length &&
            memcmp(outcome_names[outcome], text, length) == 0) {
            return SCENARIO_OUTCOME_BIT(outcome);
        }
    }
    return 0;
}

/* "success|error": a set of outcomes. */
static bool read_outcome_set(struct reader *reader, const struct yaml_node *node, unsigned allowed,
                             uint8_t *set)
{
    bool suspends = (allowed & SCENARIO_OUTCOME_BIT(DIRECTOR_OUTCOME_SUSPEND)) != 0;
    const char *expected = suspends ? "success, error, suspend or any, or several with | between"
                                    : "success, error, or both with | between (or any)";
    if (!reader_is_text(reader, node, expected)) {
        return false;
    }
    unsigned found = 0;
    size_t start = 0;
    while (start <= node->length) {
        size_t end = start;
        while (end < node->length && node->text[end] != '|') {
            end++;
        }
        unsigned word = outcome_word(node->text + start, end - start, allowed);
        if (word == 0 || (word & ~allowed) != 0) {
            reader_wrong(reader, node, expected);
            return false;
        }
        if ((found & word) != 0) {
            problem_list_add(reader->problems, node->position, "%s names an outcome twice",
                             problem_quote(node->text, node->length).text);
            return false;
        }
        found |= word;
        start = end + 1;
    }
    *set = (uint8_t)found;
    return true;
}

void reader_outcomes(struct reader *reader, const struct yaml_node *node, unsigned allowed,
                     struct scenario_outcomes *outcomes)
{
    bool is_list = node->kind == YAML_SEQUENCE;
    uint32_t count = is_list ? node->count : 1;
    if (count == 0 || count > SCENARIO_OUTCOMES_MAX) {
        problem_list_add(reader->problems, node->position,
                         "%s needs 1 to %u outcomes (SCENARIO_OUTCOMES_MAX), one a call, not %u",
                         subject(node).text, SCENARIO_OUTCOMES_MAX, count);
        return;
    }
    uint8_t *sets = scenario_memory_array(reader->memory, count, sizeof sets[0]);
    if (sets == NULL) {
        return;
    }
    bool good = true;
    const struct yaml_node *item = is_list ? node->first : node;
    for (uint32_t i = 0; i < count; i++, item = item->next) {
        assert(item != NULL);
        good = read_outcome_set(reader, item, allowed, &sets[i]) && good;
    }
    if (good) {
        *outcomes = (struct scenario_outcomes){.sets = sets, .count = count};
    }
}
