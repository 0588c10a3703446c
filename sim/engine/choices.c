/* choices.c: asking a source for a number, and remembering what was answered. */
#include "sim/engine/choices_private.h"

#define CAPACITY_MIN 64u

__extension__ typedef unsigned __int128 wide;

enum source {
    SOURCE_SEED,
    SOURCE_BYTES,
    SOURCE_LIST,
    SOURCE_ENUMERATOR,
};

struct choices {
    struct director_allocator allocator;
    const struct choice_names *names;
    enum source source;
    enum choices_status sticky_status;
    uint64_t seed;
    uint64_t count;
    const unsigned char *bytes;
    size_t bytes_size;
    size_t bytes_taken;
    struct choices_list *list;
    struct choices_enumerator *enumerator;
    struct choices_draw_record *records;
    size_t record_count;
    size_t record_capacity;
    bool recording;
    bool has_unlisted;
    struct choice_site unlisted; /* the first */
};

/* What is asked for: a number below n; where `denominator` is not 0, n is 2 and the seed is to say
 * 1 in numerator of denominator cases. */
struct question {
    const struct choice_site *site;
    uint64_t n;
    uint64_t numerator;
    uint64_t denominator;
};

enum choices_status choices_create(const struct choices_config *config, struct choices **choices)
{
    struct director_allocator allocator = config->allocator;
    struct choices *created = allocator.reallocate(allocator.context, NULL, 0, sizeof(*created));
    if (created == NULL) {
        return CHOICES_NO_MEMORY;
    }
    *created = (struct choices){.allocator = allocator,
                                .names = config->names,
                                .source = SOURCE_SEED,
                                .seed = config->seed,
                                .recording = config->record};
    *choices = created;
    return CHOICES_OK;
}

void choices_destroy(struct choices *choices)
{
    if (choices != NULL) {
        struct director_allocator allocator = choices->allocator;
        choices_list_destroy(choices->list);
        if (choices->records != NULL) {
            allocator.reallocate(allocator.context, choices->records,
                                 choices->record_capacity * sizeof(*choices->records), 0);
        }
        allocator.reallocate(allocator.context, choices, sizeof(*choices), 0);
    }
}

/* ---- Sources -------------------------------------------------------------------------------- */

void choices_use_seed(struct choices *choices, uint64_t seed)
{
    choices->source = SOURCE_SEED;
    choices->seed = seed;
}

void choices_use_bytes(struct choices *choices, const unsigned char *bytes, size_t size)
{
    choices->source = SOURCE_BYTES;
    choices->bytes = bytes;
    choices->bytes_size = size;
    choices->bytes_taken = 0;
}

size_t choices_bytes_taken(const struct choices *choices)
{
    return choices->bytes_taken;
}

enum choices_status choices_use_list(struct choices *choices, const struct choices_entry *entries,
                                     size_t count, size_t *bad)
{
    size_t unread;
    struct choices_list *list;
    enum choices_status status = choices_list_create(&choices->allocator, entries, count,
                                                     bad == NULL ? &unread : bad, &list);
    if (status == CHOICES_OK) {
        choices_list_destroy(choices->list);
        choices->list = list;
        choices->source = SOURCE_LIST;
        choices->has_unlisted = false;
    }
    return status;
}

void choices_use_enumerator(struct choices *choices, struct choices_enumerator *enumerator)
{
    choices->source = SOURCE_ENUMERATOR;
    choices->enumerator = enumerator;
}

bool choices_first_mismatch(const struct choices *choices, struct choices_mismatch *mismatch)
{
    *mismatch = (struct choices_mismatch){.kind = CHOICES_FITS};
    return choices->source == SOURCE_LIST && choices_list_mismatch(choices->list, mismatch);
}

bool choices_first_unlisted(const struct choices *choices, struct choice_site *site)
{
    if (choices->source == SOURCE_LIST && choices->has_unlisted) {
        *site = choices->unlisted;
        return true;
    }
    return false;
}

static uint64_t scale(uint64_t hash, uint64_t n)
{
    return (uint64_t)((wide)hash * n >> 64);
}

static uint64_t ask_seed(const struct choices *choices, const struct question *question)
{
    struct choice_key key = choice_key_of(choices->names, question->site);
    uint64_t hash = choice_key_hash(&key, choices->seed);
    if (question->denominator != 0) {
        return scale(hash, question->denominator) >= question->denominator - question->numerator;
    }
    return scale(hash, question->n);
}

static uint64_t ask_bytes(struct choices *choices, uint64_t n)
{
    uint64_t number = 0;
    unsigned shift = 0;
    for (uint64_t left = n - 1; left > 0; left >>= 8) {
        if (choices->bytes_taken < choices->bytes_size) {
            number |= (uint64_t)choices->bytes[choices->bytes_taken++] << shift;
        }
        shift += 8;
    }
    return number % n;
}

static uint64_t ask_list(struct choices *choices, const struct question *question)
{
    struct choice_key key = choice_key_of(choices->names, question->site);
    uint64_t value;
    enum choices_list_answer answer = choices_list_ask(choices->list, &key, question->n, &value);
    if (answer == CHOICES_LIST_ANSWERED) {
        return value;
    }
    if (answer == CHOICES_LIST_UNLISTED && !choices->has_unlisted) {
        choices->has_unlisted = true;
        choices->unlisted = *question->site;
    }
    return ask_seed(choices, question);
}

static uint64_t ask_enumerator(struct choices *choices, const struct question *question)
{
    struct choice_key key = choice_key_of(choices->names, question->site);
    uint64_t value;
    enum choices_status status =
        choices_enumerator_ask(choices->enumerator, &key, question->n, &value);
    if (status != CHOICES_OK) {
        choices->sticky_status = status;
    }
    return value;
}

/* ---- Recording ------------------------------------------------------------------------------ */

static bool reserve_record(struct choices *choices)
{
    if (choices->record_count < choices->record_capacity) {
        return true;
    }
    size_t bytes = sizeof(*choices->records);
    size_t capacity =
        choices->record_capacity < CAPACITY_MIN ? CAPACITY_MIN : choices->record_capacity * 2;
    void *records =
        choices->allocator.reallocate(choices->allocator.context, choices->records,
                                      choices->record_capacity * bytes, capacity * bytes);
    if (records == NULL) {
        return false;
    }
    choices->records = records;
    choices->record_capacity = capacity;
    return true;
}

static __attribute__((noinline)) void record(struct choices *choices,
                                             const struct question *question, uint64_t value)
{
    /* A list with a hole would replay something else: after the first draw that is lost, none is
     * added. */
    if (choices->sticky_status != CHOICES_OK || !reserve_record(choices)) {
        choices->sticky_status = CHOICES_NO_MEMORY;
        return;
    }
    choices->records[choices->record_count++] =
        (struct choices_draw_record){.site = *question->site, .n = question->n, .value = value};
}

const struct choices_draw_record *choices_recorded(const struct choices *choices, size_t *count)
{
    *count = choices->record_count;
    return choices->records;
}

void choices_forget_recorded(struct choices *choices)
{
    choices->record_count = 0;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static inline uint64_t ask(struct choices *choices, const struct question *question)
{
    uint64_t value = 0;
    choices->count++;
    switch (choices->source) {
    case SOURCE_SEED:
        value = ask_seed(choices, question);
        break;
    case SOURCE_BYTES:
        value = ask_bytes(choices, question->n);
        break;
    case SOURCE_LIST:
        value = ask_list(choices, question);
        break;
    case SOURCE_ENUMERATOR:
        value = ask_enumerator(choices, question);
        break;
    }
    assert(value < question->n);
    if (choices->recording) {
        record(choices, question, value);
    }
    return value;
}

uint64_t choices_draw(struct choices *choices, const struct choice_site *site, uint64_t n)
{
    assert(n > 0);
    if (n == 1) {
        return 0;
    }
    struct question question = {.site = site, .n = n};
    return ask(choices, &question);
}

uint64_t choices_range(struct choices *choices, const struct choice_site *site, uint64_t min,
                       uint64_t max)
{
    assert(min <= max);
    assert(max - min < UINT64_MAX);
    return min + choices_draw(choices, site, max - min + 1);
}

bool choices_chance(struct choices *choices, const struct choice_site *site, uint64_t numerator,
                    uint64_t denominator)
{
    assert(denominator > 0);
    if (numerator == 0 || numerator >= denominator) {
        return numerator != 0;
    }
    struct question question = {
        .site = site, .n = 2, .numerator = numerator, .denominator = denominator};
    return ask(choices, &question) == 1;
}

enum choices_status choices_sticky_status(const struct choices *choices)
{
    return choices->sticky_status;
}

uint64_t choices_count(const struct choices *choices)
{
    return choices->count;
}
