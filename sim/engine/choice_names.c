/* choice_names.c: where a choice is made, as text for people and files, and as a key for hashing.
 * Both speak of plans and steps by name, so that they outlive a change of the scenario around them.
 */
#include "sim/engine/choices_private.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define KEY_WORDS 4
#define KINDS_MAX 256u

_Static_assert(sizeof(struct choice_key) == KEY_WORDS * sizeof(uint64_t), "a key has no padding");

/* ---- Kinds ---------------------------------------------------------------------------------- */

static const char *const kind_names[KINDS_MAX] = {
#define KIND_NAME(constant, number, name, sentence) [number] = (name),
    CHOICE_KINDS(KIND_NAME)
#undef KIND_NAME
};

const char *choice_kind_name(enum choice_kind kind)
{
    const char *name = (uint32_t)kind < KINDS_MAX ? kind_names[kind] : NULL;
    return name == NULL ? "?" : name;
}

static bool find_kind(const char *name, size_t length, uint32_t *kind)
{
    for (uint32_t number = 0; number < KINDS_MAX; number++) {
        const char *known = kind_names[number];
        if (known != NULL && strlen(known) == length && memcmp(known, name, length) == 0) {
            *kind = number;
            return true;
        }
    }
    return false;
}

/* ---- Hashes --------------------------------------------------------------------------------- */

static uint64_t little_endian(uint64_t number)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(number);
#else
    return number;
#endif
}

uint64_t choice_key_hash(const struct choice_key *key, uint64_t seed)
{
    const uint64_t words[KEY_WORDS] = {
        little_endian(key->plan),
        little_endian(key->step),
        little_endian(key->ordinal),
        little_endian(key->kind_and_aux),
    };
    return XXH3_64bits_withSeed(words, sizeof(words), seed);
}

static uint64_t hash_name(const char *name, size_t length)
{
    return XXH3_64bits(name, length);
}

/* ---- The table of names --------------------------------------------------------------------- */

static void fill_tables(struct choice_names *names)
{
    const struct choice_naming *naming = &names->naming;
    uint32_t next = 0;
    for (uint32_t plan = 0; plan < naming->plan_count; plan++) {
        const char *name = naming->plan_name(naming->context, plan);
        names->plan_hashes[plan] = hash_name(name, strlen(name));
        names->step_begins[plan] = next;
        uint32_t steps = naming->step_count(naming->context, plan);
        for (uint32_t step = 0; step < steps; step++) {
            name = naming->step_name(naming->context, plan, step);
            names->step_hashes[next++] = hash_name(name, strlen(name));
        }
    }
    names->step_begins[naming->plan_count] = next;
}

enum choices_status choice_names_create(struct director_allocator allocator,
                                        const struct choice_naming *naming,
                                        struct choice_names **names)
{
    size_t plans = naming->plan_count;
    size_t steps = 0;
    for (uint32_t plan = 0; plan < plans; plan++) {
        steps += naming->step_count(naming->context, plan);
    }
    if (steps > UINT32_MAX) {
        return CHOICES_NO_MEMORY;
    }
    size_t bytes = sizeof(struct choice_names) + (plans + steps) * sizeof(uint64_t) +
                   (plans + 1) * sizeof(uint32_t);
    struct choice_names *created = allocator.reallocate(allocator.context, NULL, 0, bytes);
    if (created == NULL) {
        return CHOICES_NO_MEMORY;
    }
    *created = (struct choice_names){.allocator = allocator, .naming = *naming, .bytes = bytes};
    created->plan_hashes = (uint64_t *)(created + 1);
    created->step_hashes = created->plan_hashes + plans;
    created->step_begins = (uint32_t *)(created->step_hashes + steps);
    fill_tables(created);
    *names = created;
    return CHOICES_OK;
}

void choice_names_destroy(struct choice_names *names)
{
    if (names != NULL) {
        struct director_allocator allocator = names->allocator;
        allocator.reallocate(allocator.context, names, names->bytes, 0);
    }
}

/* ---- Writing -------------------------------------------------------------------------------- */

/* Text that is cut to its room, and counted whole. */
struct text_writer {
    char *text;
    size_t size;
    size_t length;
};

static void write_byte(struct text_writer *writer, char byte)
{
    if (writer->length + 1 < writer->size) {
        writer->text[writer->length] = byte;
    }
    writer->length++;
}

static void write_text(struct text_writer *writer, const char *text)
{
    for (; *text != '\0'; text++) {
        write_byte(writer, *text);
    }
}

static void write_number(struct text_writer *writer, uint64_t number)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        write_byte(writer, digits[--count]);
    }
}

static void write_escaped(struct text_writer *writer, char byte)
{
    static const char hexadecimal[] = "0123456789ABCDEF";
    write_byte(writer, '%');
    write_byte(writer, hexadecimal[(unsigned char)byte >> 4]);
    write_byte(writer, hexadecimal[(unsigned char)byte & 15]);
}

static void write_name(struct text_writer *writer, const char *name)
{
    if (strcmp(name, "-") == 0) {
        write_escaped(writer, '-');
        return;
    }
    for (; *name != '\0'; name++) {
        if (*name <= ' ' || *name > '~' || *name == '/' || *name == '%') {
            write_escaped(writer, *name);
        } else {
            write_byte(writer, *name);
        }
    }
}

size_t choice_site_format(const struct choice_names *names, const struct choice_site *site,
                          char *text, size_t size)
{
    assert(size > 0);
    const struct choice_naming *naming = &names->naming;
    struct text_writer writer = {.text = text, .size = size};
    write_text(&writer, choice_kind_name(site->kind));
    write_byte(&writer, '/');
    if (site->plan == CHOICE_NONE) {
        write_text(&writer, "-/-");
    } else {
        write_name(&writer, naming->plan_name(naming->context, site->plan));
        write_byte(&writer, '/');
        if (site->step == CHOICE_NONE) {
            write_byte(&writer, '-');
        } else {
            write_name(&writer, naming->step_name(naming->context, site->plan, site->step));
        }
    }
    write_byte(&writer, '/');
    write_number(&writer, site->ordinal);
    if (site->aux != 0) {
        write_byte(&writer, '/');
        write_number(&writer, site->aux);
    }
    text[writer.length < size ? writer.length : size - 1] = '\0';
    return writer.length;
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* The text between two slashes. */
struct field {
    const char *text;
    size_t length;
};

/* Cut the next field off *text. False: there is none. */
static bool next_field(const char **text, struct field *field)
{
    if (*text == NULL) {
        return false;
    }
    const char *slash = strchr(*text, '/');
    field->text = *text;
    field->length = slash == NULL ? strlen(*text) : (size_t)(slash - *text);
    *text = slash == NULL ? NULL : slash + 1;
    return true;
}

/* A decimal number as write_number writes it. */
static bool read_number(const struct field *field, uint64_t max, uint64_t *number)
{
    if (field->length == 0 || (field->text[0] == '0' && field->length > 1)) {
        return false;
    }
    *number = 0;
    for (size_t i = 0; i < field->length; i++) {
        if (field->text[i] < '0' || field->text[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(field->text[i] - '0');
        if (*number > (max - digit) / 10) {
            return false;
        }
        *number = *number * 10 + digit;
    }
    return true;
}

static int hexadecimal_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* The hash of the name in a field; 0 for "-". Undoes write_name. */
static bool read_name(const struct field *field, uint64_t *hash)
{
    char name[CHOICE_SITE_TEXT_MAX];
    size_t length = 0;
    if (field->length == 1 && field->text[0] == '-') {
        *hash = 0;
        return true;
    }
    if (field->length > sizeof(name)) {
        return false;
    }
    for (size_t i = 0; i < field->length; i++) {
        char byte = field->text[i];
        if (byte <= ' ' || byte > '~') {
            return false;
        }
        if (byte == '%') {
            int high = i + 2 < field->length ? hexadecimal_digit(field->text[i + 1]) : -1;
            int low = i + 2 < field->length ? hexadecimal_digit(field->text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            byte = (char)(high << 4 | low);
            i += 2;
        }
        name[length++] = byte;
    }
    *hash = hash_name(name, length);
    return true;
}

enum choices_status choice_key_parse(const char *text, struct choice_key *key)
{
    struct field kind;
    struct field plan;
    struct field step;
    struct field ordinal;
    struct field aux;
    uint32_t kind_number;
    uint64_t aux_number = 0;
    *key = (struct choice_key){0};
    if (!next_field(&text, &kind) || !next_field(&text, &plan) || !next_field(&text, &step) ||
        !next_field(&text, &ordinal)) {
        return CHOICES_BAD_SITE;
    }
    if (!find_kind(kind.text, kind.length, &kind_number) || !read_name(&plan, &key->plan) ||
        !read_name(&step, &key->step) || !read_number(&ordinal, UINT64_MAX, &key->ordinal) ||
        (key->plan == 0 && key->step != 0)) {
        return CHOICES_BAD_SITE;
    }
    if (next_field(&text, &aux) &&
        (text != NULL || !read_number(&aux, UINT32_MAX, &aux_number) || aux_number == 0)) {
        return CHOICES_BAD_SITE;
    }
    key->kind_and_aux = choice_kind_and_aux(kind_number, (uint32_t)aux_number);
    return CHOICES_OK;
}

bool choice_site_text_valid(const char *text)
{
    struct choice_key key;
    return choice_key_parse(text, &key) == CHOICES_OK;
}

/* The first of `count` hashes that is `hash`; `count` when none is. */
static uint32_t find_hash(const uint64_t *hashes, uint32_t count, uint64_t hash)
{
    uint32_t i = 0;
    while (i < count && hashes[i] != hash) {
        i++;
    }
    return i;
}

enum choices_status choice_site_parse(const struct choice_names *names, const char *text,
                                      struct choice_site *site)
{
    struct choice_key key;
    if (choice_key_parse(text, &key) != CHOICES_OK) {
        return CHOICES_BAD_SITE;
    }
    struct choice_site found = {.kind = (enum choice_kind)(key.kind_and_aux >> 32),
                                .plan = CHOICE_NONE,
                                .step = CHOICE_NONE,
                                .aux = (uint32_t)key.kind_and_aux,
                                .ordinal = key.ordinal};
    if (key.plan != 0) {
        found.plan = find_hash(names->plan_hashes, names->naming.plan_count, key.plan);
        if (found.plan == names->naming.plan_count) {
            return CHOICES_BAD_SITE;
        }
    }
    if (key.step != 0) {
        uint32_t begin = names->step_begins[found.plan];
        uint32_t count = names->step_begins[found.plan + 1] - begin;
        found.step = find_hash(names->step_hashes + begin, count, key.step);
        if (found.step == count) {
            return CHOICES_BAD_SITE;
        }
    }
    *site = found;
    return CHOICES_OK;
}
