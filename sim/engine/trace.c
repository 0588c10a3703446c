/* trace.c: a record goes into the hash as 40 bytes, and becomes a line only when somebody reads it.
 */
#include "sim/engine/trace.h"
#include "sim/engine/sim_time.h"

#include <assert.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define RECORD_WORDS 5
#define TIME_WIDTH 13u /* columns, each followed by two spaces */
#define ACTOR_WIDTH 18u
#define VERB_WIDTH 12u
#define DETAIL_WIDTH 44u

/* ---- Kinds ---------------------------------------------------------------------------------- */

struct kind {
    const char *verb;
    const char *format;
    enum trace_word states;
    enum trace_word values;
};

static const struct kind kinds[] = {
#define KIND_ROW(constant, number, verb_, format_, states_, values_)                               \
    [number] = {.verb = (verb_),                                                                   \
                .format = (format_),                                                               \
                .states = TRACE_WORD_##states_,                                                    \
                .values = TRACE_WORD_##values_},
    TRACE_KINDS(KIND_ROW)
#undef KIND_ROW
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct kind *find_kind(enum trace_kind kind)
{
    static const struct kind unknown = {.verb = "?", .format = "{step}  {value}"};
    if ((size_t)kind < KINDS && kinds[kind].verb != NULL) {
        return &kinds[kind];
    }
    return &unknown;
}

const char *trace_kind_name(enum trace_kind kind)
{
    return find_kind(kind)->verb;
}

enum trace_word trace_kind_states(enum trace_kind kind)
{
    return find_kind(kind)->states;
}

enum trace_word trace_kind_values(enum trace_kind kind)
{
    return find_kind(kind)->values;
}

/* ---- The hash ------------------------------------------------------------------------------- */

static uint64_t little_endian(uint64_t number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(number);
#else
    return number;
#endif
}

static inline uint64_t hash_after(uint64_t previous, const struct trace_record *record)
{
    const uint64_t words[RECORD_WORDS] = {
        little_endian(record->time),
        little_endian(record->value),
        little_endian((uint64_t)record->step << 32 | record->plan),
        little_endian((uint64_t)record->world << 32 | record->actor),
        little_endian((uint64_t)record->to << 24 | (uint64_t)record->from << 16 |
                      (uint16_t)record->kind),
    };
    return XXH3_64bits_withSeed(words, sizeof(words), previous);
}

uint64_t trace_record_hash(uint64_t previous, const struct trace_record *record)
{
    return hash_after(previous, record);
}

/* ---- A line --------------------------------------------------------------------------------- */

/* Text that ends where its room ends. `size` is at least 1; one byte is kept for a NUL or newline.
 */
struct line {
    char *text;
    size_t size;
    size_t length;
    bool cut;
};

/* A control character in a name must not break the line. */
static void add_bytes(struct line *line, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (line->length + 1 >= line->size) {
            line->cut = true;
            return;
        }
        unsigned char byte = (unsigned char)bytes[i];
        line->text[line->length++] = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
    }
}

static void add_text(struct line *line, const char *text)
{
    add_bytes(line, text, strlen(text));
}

static void add_number(struct line *line, uint64_t number)
{
    char digits[20];
    size_t first = sizeof(digits);
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    add_bytes(line, digits + first, sizeof(digits) - first);
}

static void add_hexadecimal(struct line *line, uint64_t number, unsigned digits)
{
    static const char hexadecimal[] = "0123456789abcdef";
    while (digits-- > 0) {
        add_bytes(line, &hexadecimal[number >> (4 * digits) & 15], 1);
    }
}

/* Fill up with spaces what began at `from`, to `width`, and two more to keep columns apart. */
static void add_gap(struct line *line, size_t from, size_t width)
{
    size_t written = line->length - from;
    for (size_t i = written < width ? width - written + 2 : 2; i > 0; i--) {
        add_bytes(line, " ", 1);
    }
}

/* Show that something is missing. */
static void end_line(struct line *line)
{
    if (line->cut && line->length > 0) {
        line->text[line->length - 1] = '~';
    }
}

static void add_word(struct line *line, const struct trace_names *names, enum trace_word word,
                     uint64_t value)
{
    const char *text = NULL;
    if (word != TRACE_WORD_NONE && names->word != NULL) {
        text = names->word(names->context, word, value);
    }
    if (text != NULL) {
        add_text(line, text);
    } else {
        add_number(line, value);
    }
}

static void add_name(struct line *line, const char *name, uint32_t number)
{
    if (name != NULL) {
        add_text(line, name);
    } else {
        add_number(line, number);
    }
}

static void add_plan(struct line *line, const struct trace_names *names, uint32_t plan)
{
    if (plan == TRACE_NONE) {
        add_text(line, "-");
    } else {
        add_name(line, names->plan == NULL ? NULL : names->plan(names->context, plan), plan);
    }
}

static void add_step(struct line *line, const struct trace_names *names, uint32_t plan,
                     uint32_t step)
{
    add_plan(line, names, plan);
    if (step != TRACE_NONE) {
        const char *name = NULL;
        if (names->step != NULL) {
            name = names->step(names->context, plan, step);
        }
        add_text(line, "/");
        add_name(line, name, step);
    }
}

/* One of the words in braces that a format may have. */
static void add_token(struct line *line, const struct trace_names *names, const struct kind *kind,
                      const struct trace_record *record, const char *token, size_t length)
{
#define IS(word) (length == sizeof(word) - 1 && memcmp(token, word, sizeof(word) - 1) == 0)
    if (IS("plan")) {
        add_plan(line, names, record->plan);
    } else if (IS("step")) {
        add_step(line, names, record->plan, record->step);
    } else if (IS("from")) {
        add_word(line, names, kind->states, record->from);
    } else if (IS("to")) {
        add_word(line, names, kind->states, record->to);
    } else if (IS("value")) {
        add_number(line, record->value);
    } else if (IS("word")) {
        add_word(line, names, kind->values, record->value);
    } else if (IS("time")) {
        char text[SIM_TIME_TEXT_MAX];
        sim_time_format(record->value, text, sizeof(text));
        add_text(line, text);
    } else {
        assert(IS("world"));
        add_text(line, "world ");
        add_number(line, record->world);
    }
#undef IS
}

static void add_detail(struct line *line, const struct trace_names *names, const struct kind *kind,
                       const struct trace_record *record)
{
    const char *format = kind->format;
    while (*format != '\0') {
        size_t plain = strcspn(format, "{");
        add_bytes(line, format, plain);
        format += plain;
        if (*format == '{') {
            size_t length = strcspn(format + 1, "}");
            add_token(line, names, kind, record, format + 1, length);
            format += length + 2;
        }
    }
}

static void add_time(struct line *line, uint64_t time_us)
{
    char text[SIM_TIME_TEXT_MAX];
    size_t length = sim_time_format_ms(time_us, text, sizeof(text));
    for (size_t i = length; i < TIME_WIDTH; i++) {
        add_bytes(line, " ", 1);
    }
    add_text(line, text);
}

static void add_actor(struct line *line, const struct trace_names *names, uint32_t actor)
{
    char text[TRACE_NAME_MAX] = "";
    if (actor == TRACE_NONE) {
        return;
    }
    if (names->actor != NULL && names->actor(names->context, actor, text, sizeof(text))) {
        text[sizeof(text) - 1] = '\0';
        add_text(line, text);
    } else {
        add_number(line, actor);
    }
}

size_t trace_format(const struct trace_names *names, const struct trace_record *record,
                    uint64_t hash, char *text, size_t size)
{
    assert(size > 0);
    const struct kind *kind = find_kind(record->kind);
    struct line line = {.text = text, .size = size};
    add_time(&line, record->time);
    add_text(&line, "  ");
    size_t column = line.length;
    add_actor(&line, names, record->actor);
    add_gap(&line, column, ACTOR_WIDTH);
    column = line.length;
    add_text(&line, kind->verb);
    add_gap(&line, column, VERB_WIDTH);
    column = line.length;
    add_detail(&line, names, kind, record);
    add_gap(&line, column, DETAIL_WIDTH);
    add_text(&line, "#");
    add_hexadecimal(&line, hash >> 32, 8);
    end_line(&line);
    text[line.length] = '\0';
    return line.length;
}

/* ---- The trace ------------------------------------------------------------------------------ */

struct trace {
    struct director_allocator allocator;
    struct trace_names names;
    struct trace_sink sink; /* write NULL: no text */
    enum trace_status status;
    bool finished;
    uint64_t hash;
    uint64_t count;
    size_t bytes;  /* of this block */
    size_t filled; /* of the buffer */
    char buffer[]; /* buffer_bytes and a line */
};

enum trace_status trace_create(struct director_allocator allocator, const struct trace_names *names,
                               const struct trace_sink *sink, struct trace **trace)
{
    size_t bytes = sizeof(struct trace);
    if (sink != NULL) {
        if (sink->buffer_bytes > SIZE_MAX / 2) {
            return TRACE_NO_MEMORY;
        }
        bytes += sink->buffer_bytes + TRACE_LINE_MAX;
    }
    struct trace *created = allocator.reallocate(allocator.context, NULL, 0, bytes);
    if (created == NULL) {
        return TRACE_NO_MEMORY;
    }
    *created = (struct trace){.allocator = allocator, .bytes = bytes};
    if (names != NULL) {
        created->names = *names;
    }
    if (sink != NULL) {
        created->sink = *sink;
    }
    *trace = created;
    return TRACE_OK;
}

void trace_destroy(struct trace *trace)
{
    if (trace != NULL) {
        struct director_allocator allocator = trace->allocator;
        allocator.reallocate(allocator.context, trace, trace->bytes, 0);
    }
}

static void flush(struct trace *trace)
{
    if (trace->filled > 0 && trace->status == TRACE_OK &&
        !trace->sink.write(trace->sink.context, trace->buffer, trace->filled)) {
        trace->status = TRACE_SINK_FAILED;
    }
    trace->filled = 0;
}

/* Add a line of `length`, which stands in the buffer behind what is filled. */
static void add_line(struct trace *trace, size_t length)
{
    trace->buffer[trace->filled + length] = '\n';
    trace->filled += length + 1;
    if (trace->filled >= trace->sink.buffer_bytes) {
        flush(trace);
    }
}

static bool wants_text(const struct trace *trace)
{
    return trace->sink.write != NULL && trace->status == TRACE_OK;
}

void trace_record(struct trace *trace, const struct trace_record *record)
{
    assert(!trace->finished);
    trace->hash = hash_after(trace->hash, record);
    trace->count++;
    if (trace->sink.record != NULL && trace->status == TRACE_OK &&
        !trace->sink.record(trace->sink.context, &trace->names, record)) {
        trace->status = TRACE_SINK_FAILED;
    }
    if (wants_text(trace)) {
        add_line(trace, trace_format(&trace->names, record, trace->hash,
                                     trace->buffer + trace->filled, TRACE_LINE_MAX));
    }
}

void trace_note(struct trace *trace, const char *text)
{
    assert(!trace->finished);
    if (wants_text(trace)) {
        struct line line = {.text = trace->buffer + trace->filled, .size = TRACE_LINE_MAX};
        add_text(&line, text);
        end_line(&line);
        add_line(trace, line.length);
    }
}

enum trace_status trace_finish(struct trace *trace)
{
    assert(!trace->finished);
    if (wants_text(trace)) {
        struct line line = {.text = trace->buffer + trace->filled, .size = TRACE_LINE_MAX};
        add_text(&line, "hash ");
        add_hexadecimal(&line, trace->hash, 16);
        add_text(&line, ", ");
        add_number(&line, trace->count);
        add_text(&line, trace->count == 1 ? " event" : " events");
        end_line(&line);
        add_line(trace, line.length);
        flush(trace);
    }
    trace->finished = true;
    return trace->status;
}

enum trace_status trace_status_of(const struct trace *trace)
{
    return trace->status;
}

uint64_t trace_hash(const struct trace *trace)
{
    return trace->hash;
}

uint64_t trace_count(const struct trace *trace)
{
    return trace->count;
}
