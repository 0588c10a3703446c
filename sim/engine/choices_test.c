/* choices_test.c: numbers depend on seed and site alone, every source answers in its way, and what
 * was recorded replays. The enumerator has its own file. */
#include "sim/engine/arena.h"
#include "sim/engine/choices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <xxhash.h>

/* ---- Two scenarios: the second has lost its first plan and the first step of the other ---- */

struct plan {
    const char *name;
    uint32_t step_count;
    const char *steps[3];
};

struct plans {
    uint32_t count;
    struct plan plans[3];
};

static const struct plans before = {
    3, {{"other", 1, {"a"}}, {"import", 3, {"fetch", "check", "-"}}, {"a/b%\xc3\xa9 c", 1, {""}}}};
static const struct plans after = {1, {{"import", 1, {"check"}}}};

static uint32_t step_count(const void *context, uint32_t plan)
{
    return ((const struct plans *)context)->plans[plan].step_count;
}

static const char *plan_name(const void *context, uint32_t plan)
{
    return ((const struct plans *)context)->plans[plan].name;
}

static const char *step_name(const void *context, uint32_t plan, uint32_t step)
{
    return ((const struct plans *)context)->plans[plan].steps[step];
}

static struct choice_naming naming_of(const struct plans *plans)
{
    return (struct choice_naming){.context = plans,
                                  .plan_count = plans->count,
                                  .step_count = step_count,
                                  .plan_name = plan_name,
                                  .step_name = step_name};
}

static struct choice_names *new_names(const struct plans *plans)
{
    struct choice_naming naming = naming_of(plans);
    struct choice_names *names = NULL;
    assert_int_equal(choice_names_create(director_default_allocator(), &naming, &names),
                     CHOICES_OK);
    return names;
}

static struct choices *new_choices(const struct choice_names *names, uint64_t seed, bool record)
{
    struct choices_config config = {
        .allocator = director_default_allocator(), .names = names, .seed = seed, .record = record};
    struct choices *choices = NULL;
    assert_int_equal(choices_create(&config, &choices), CHOICES_OK);
    return choices;
}

static struct choice_site site_of(uint32_t plan, uint32_t step, uint64_t ordinal)
{
    return (struct choice_site){
        .kind = CHOICE_OUTCOME, .plan = plan, .step = step, .ordinal = ordinal};
}

/* ---- The seed ---- */

static void the_same_seed_and_site_give_the_same_number_for_ever(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 7, false);
    struct choice_site site = site_of(1, 1, 2);
    const uint64_t all = UINT64_MAX;
    assert_true(choices_draw(choices, &site, all) == 0x152c310ba2cf94f5ull);
    assert_true(choices_draw(choices, &site, 1000) == 82);
    site.aux = 3;
    assert_true(choices_draw(choices, &site, all) == 0x56cb27f114c58812ull);
    site = (struct choice_site){.kind = CHOICE_ORDER, .plan = CHOICE_NONE, .step = CHOICE_NONE};
    assert_true(choices_draw(choices, &site, all) == 0xa1f6abe3bc4f8882ull);
    choices_use_seed(choices, 0x123456789abcdef0ull);
    assert_true(choices_draw(choices, &site, all) == 0xd620f9dac8b97ee5ull);
    assert_int_equal(choices_count(choices), 5);
    choices_destroy(choices);
    choice_names_destroy(names);
}

/* The bytes that are hashed, spelled out: little endian, no padding, names by hash. */
static void the_hash_is_over_thirty_two_bytes_in_a_fixed_order(void **state)
{
    (void)state;
    unsigned char bytes[32] = {0};
    uint64_t plan = XXH3_64bits("import", 6);
    uint64_t step = XXH3_64bits("check", 5);
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(plan >> (8 * i));
        bytes[8 + i] = (unsigned char)(step >> (8 * i));
    }
    bytes[16] = 0x34;
    bytes[17] = 0x12;
    bytes[24] = 9;
    bytes[28] = CHOICE_FAULT;
    uint64_t hash = XXH3_64bits_withSeed(bytes, sizeof(bytes), 42);

    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 42, false);
    struct choice_site site = {
        .kind = CHOICE_FAULT, .plan = 1, .step = 1, .ordinal = 0x1234, .aux = 9};
    assert_true(choices_draw(choices, &site, 1ull << 40) == hash >> 24);
    choices_destroy(choices);
    choice_names_destroy(names);
}

static void taking_a_plan_out_changes_nothing_elsewhere(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choice_names *fewer = new_names(&after);
    struct choices *choices = new_choices(names, 1, false);
    struct choices *others = new_choices(fewer, 1, false);
    for (uint64_t ordinal = 0; ordinal < 50; ordinal++) {
        struct choice_site site = site_of(1, 1, ordinal);
        struct choice_site moved = site_of(0, 0, ordinal);
        assert_true(choices_draw(choices, &site, 1000003) == choices_draw(others, &moved, 1000003));
    }
    choices_destroy(choices);
    choices_destroy(others);
    choice_names_destroy(names);
    choice_names_destroy(fewer);
}

static void every_part_of_a_site_matters(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 5, false);
    struct choice_site sites[] = {
        {CHOICE_OUTCOME, 1, 1, 0, 2},           {CHOICE_FAULT, 1, 1, 0, 2},
        {CHOICE_OUTCOME, 2, 0, 0, 2},           {CHOICE_OUTCOME, 1, 0, 0, 2},
        {CHOICE_OUTCOME, 1, 1, 1, 2},           {CHOICE_OUTCOME, 1, 1, 0, 3},
        {CHOICE_OUTCOME, 1, CHOICE_NONE, 0, 2}, {CHOICE_OUTCOME, CHOICE_NONE, CHOICE_NONE, 0, 2},
        {CHOICE_OUTCOME, 1, 1, 2, 0},
    };
    size_t count = sizeof(sites) / sizeof(sites[0]);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_true(choices_draw(choices, &sites[i], 1ull << 60) !=
                        choices_draw(choices, &sites[j], 1ull << 60));
        }
    }
    choices_destroy(choices);
    choice_names_destroy(names);
}

static void numbers_are_spread_evenly_over_sites_and_over_seeds(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 0, false);
    uint32_t by_ordinal[10] = {0};
    uint32_t by_seed[10] = {0};
    uint32_t strikes = 0;
    for (uint64_t i = 0; i < 100000; i++) {
        struct choice_site site = site_of(1, 0, i);
        choices_use_seed(choices, 99);
        by_ordinal[choices_draw(choices, &site, 10)]++;
        strikes += choices_chance(choices, &site, 1, 50);
        site.ordinal = 4;
        choices_use_seed(choices, i);
        by_seed[choices_draw(choices, &site, 10)]++;
    }
    for (size_t i = 0; i < 10; i++) {
        assert_in_range(by_ordinal[i], 9500, 10500);
        assert_in_range(by_seed[i], 9500, 10500);
    }
    assert_in_range(strikes, 1800, 2200);
    choices_destroy(choices);
    choice_names_destroy(names);
}

static void what_is_certain_is_no_choice(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 3, true);
    unsigned char bytes[] = {0xff, 0xff};
    choices_use_bytes(choices, bytes, sizeof(bytes));
    struct choice_site site = site_of(0, 0, 0);
    assert_int_equal(choices_draw(choices, &site, 1), 0);
    assert_int_equal(choices_range(choices, &site, 40, 40), 40);
    assert_false(choices_chance(choices, &site, 0, 50));
    assert_true(choices_chance(choices, &site, 50, 50));
    assert_int_equal(choices_bytes_taken(choices), 0);
    assert_int_equal(choices_count(choices), 0);
    size_t count = 1;
    assert_null(choices_recorded(choices, &count));
    assert_int_equal(count, 0);
    choices_destroy(choices);
    choice_names_destroy(names);
}

/* ---- The bytes of a fuzzer ---- */

static void bytes_are_taken_as_many_as_are_needed_and_then_all_is_dull(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 3, false);
    static const unsigned char bytes[] = {7, 250, 0x34, 0x12, 1, 0xff, 0xff, 0xff, 0x01, 9};
    choices_use_bytes(choices, bytes, sizeof(bytes));
    struct choice_site site = site_of(0, 0, 0);
    assert_int_equal(choices_draw(choices, &site, 256), 7);
    assert_int_equal(choices_draw(choices, &site, 100), 50);
    assert_int_equal(choices_draw(choices, &site, 65536), 0x1234);
    assert_true(choices_chance(choices, &site, 1, 1000000));
    assert_int_equal(choices_range(choices, &site, 10, 10 + (1u << 25) - 1), 10 + 0x1ffffff);
    assert_int_equal(choices_bytes_taken(choices), 9);
    assert_int_equal(choices_draw(choices, &site, 1u << 16), 9);
    assert_int_equal(choices_bytes_taken(choices), 10);
    assert_int_equal(choices_draw(choices, &site, UINT64_MAX), 0);
    assert_false(choices_chance(choices, &site, 999, 1000));
    choices_destroy(choices);
    choice_names_destroy(names);
}

/* ---- Text ---- */

static void assert_text(const struct choice_names *names, struct choice_site site,
                        const char *expected)
{
    char text[CHOICE_SITE_TEXT_MAX];
    assert_int_equal(choice_site_format(names, &site, text, sizeof(text)), strlen(expected));
    assert_string_equal(text, expected);
    assert_true(choice_site_text_valid(text));
    struct choice_site back;
    assert_int_equal(choice_site_parse(names, text, &back), CHOICES_OK);
    assert_int_equal(back.kind, site.kind);
    assert_int_equal(back.plan, site.plan);
    assert_int_equal(back.step, site.step);
    assert_int_equal(back.aux, site.aux);
    assert_true(back.ordinal == site.ordinal);
}

static void a_site_is_written_and_read_back(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    assert_text(names, site_of(1, 1, 2), "outcome/import/check/2");
    assert_text(names, site_of(1, 2, 0), "outcome/import/%2D/0");
    assert_text(names, site_of(1, CHOICE_NONE, UINT64_MAX),
                "outcome/import/-/18446744073709551615");
    assert_text(names, site_of(2, 0, 1), "outcome/a%2Fb%25%C3%A9%20c//1");
    struct choice_site site = {
        .kind = CHOICE_ORDER, .plan = CHOICE_NONE, .step = CHOICE_NONE, .aux = UINT32_MAX};
    assert_text(names, site, "order/-/-/0/4294967295");
    char text[8];
    assert_int_equal(choice_site_format(names, &site, text, sizeof(text)), 22);
    assert_string_equal(text, "order/-");
    choice_names_destroy(names);
}

static void what_is_no_site_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "outcome",
        "outcome/import/check",
        "outcome/import/check/",
        "outcome/import/check/x",
        "outcome/import/check/-1",
        "outcome/import/check/01",
        "outcome/import/check/18446744073709551616",
        "outcome/import/check/1/0",
        "outcome/import/check/1/4294967296",
        "outcome/import/check/1/2/3",
        "nonsense/import/check/1",
        "?/import/check/1",
        "outcome/-/check/1",
        "outcome/imp%2/check/1",
        "outcome/imp%2g/check/1",
        "outcome/im port/check/1",
    };
    struct choice_names *names = new_names(&before);
    struct choice_site site;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(choice_site_text_valid(wrong[i]));
        assert_int_equal(choice_site_parse(names, wrong[i], &site), CHOICES_BAD_SITE);
    }
    assert_true(choice_site_text_valid("outcome/gone/check/1"));
    assert_int_equal(choice_site_parse(names, "outcome/gone/check/1", &site), CHOICES_BAD_SITE);
    assert_int_equal(choice_site_parse(names, "outcome/import/gone/1", &site), CHOICES_BAD_SITE);
    choice_names_destroy(names);
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    (void)state;
    static const char *const kinds[] = {
#define KIND_NAME(constant, number, name, sentence) name,
        CHOICE_KINDS(KIND_NAME)
#undef KIND_NAME
    };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(kinds[i], kinds[j]);
        }
    }
    assert_string_equal(choice_kind_name(CHOICE_FAULT), "fault");
    assert_string_equal(choice_kind_name((enum choice_kind)0), "?");
    assert_string_equal(choice_kind_name((enum choice_kind)255), "?");
    assert_string_equal(choice_kind_name((enum choice_kind)256), "?");
}

/* ---- The recorded list ---- */

static void a_list_answers_where_it_can_and_the_seed_elsewhere(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 11, false);
    struct choice_site listed = site_of(1, 1, 2);
    struct choice_site unlisted = site_of(1, 1, 3);
    uint64_t from_seed = choices_draw(choices, &unlisted, 1000);
    struct choices_entry entries[] = {
        {"outcome/import/check/2", 777},
        {"fault/import/check/1", 1},
        {"outcome/import/check/2", 777},
    };
    assert_int_equal(choices_use_list(choices, entries, 3, NULL), CHOICES_OK);
    struct choice_site fault = {.kind = CHOICE_FAULT, .plan = 1, .step = 1, .ordinal = 1};
    struct choices_mismatch mismatch;
    struct choice_site first;
    assert_int_equal(choices_draw(choices, &listed, 1000), 777);
    assert_false(choices_first_unlisted(choices, &first));
    assert_int_equal(choices_draw(choices, &unlisted, 1000), from_seed);
    assert_true(choices_chance(choices, &fault, 1, 1000000));
    assert_false(choices_first_mismatch(choices, &mismatch));
    assert_int_equal(mismatch.kind, CHOICES_FITS);
    assert_true(choices_first_unlisted(choices, &first));
    assert_int_equal(first.ordinal, 3);
    choices_destroy(choices);
    choice_names_destroy(names);
}

static void the_first_entry_that_does_not_fit_is_told(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 11, false);
    struct choice_site site = site_of(1, 1, 2);
    uint64_t from_seed = choices_draw(choices, &site, 5);
    struct choices_entry entries[] = {
        {"outcome/import/check/1", 1},
        {"outcome/import/check/2", 5},
        {"outcome/gone/gone/0", 1},
    };
    assert_int_equal(choices_use_list(choices, entries, 3, NULL), CHOICES_OK);
    struct choice_site first = site_of(1, 1, 1);
    struct choices_mismatch mismatch;
    assert_true(choices_first_mismatch(choices, &mismatch));
    assert_int_equal(mismatch.kind, CHOICES_NEVER_ASKED);
    assert_int_equal(mismatch.entry, 0);

    assert_int_equal(choices_draw(choices, &first, 3), 1);
    assert_int_equal(choices_draw(choices, &site, 5), from_seed);
    assert_true(choices_first_mismatch(choices, &mismatch));
    assert_int_equal(mismatch.kind, CHOICES_OUT_OF_RANGE);
    assert_int_equal(mismatch.entry, 1);
    assert_int_equal(mismatch.value, 5);
    assert_int_equal(mismatch.n, 5);

    assert_int_equal(choices_use_list(choices, entries + 2, 1, NULL), CHOICES_OK);
    choices_draw(choices, &first, 3);
    assert_true(choices_first_mismatch(choices, &mismatch));
    assert_int_equal(mismatch.kind, CHOICES_NEVER_ASKED);
    choices_destroy(choices);
    choice_names_destroy(names);
}

static void a_list_that_is_wrong_in_itself_is_refused_with_its_entry(void **state)
{
    (void)state;
    struct choice_names *names = new_names(&before);
    struct choices *choices = new_choices(names, 11, false);
    size_t bad = 0;
    struct choices_entry unreadable[] = {{"outcome/import/check/1", 1}, {"import/check", 1}};
    assert_int_equal(choices_use_list(choices, unreadable, 2, &bad), CHOICES_BAD_SITE);
    assert_int_equal(bad, 1);
    struct choices_entry twice[] = {{"outcome/import/check/1", 1},
                                    {"outcome/import/check/2", 1},
                                    {"outcome/import/check/1", 2}};
    assert_int_equal(choices_use_list(choices, twice, 3, &bad), CHOICES_DUPLICATE);
    assert_int_equal(bad, 2);
    struct choices_mismatch mismatch;
    assert_false(choices_first_mismatch(choices, &mismatch));
    assert_int_equal(choices_use_list(choices, NULL, 0, &bad), CHOICES_OK);
    assert_false(choices_first_mismatch(choices, &mismatch));
    choices_destroy(choices);
    choice_names_destroy(names);
}

/* ---- Recording ---- */

#define DRAWS 500u

/* Ask for a mix of things; answers a hash of all answers. */
static uint64_t draw_many(struct choices *choices)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < DRAWS; i++) {
        struct choice_site site = site_of((uint32_t)(i % 3), 0, i);
        uint64_t value = 0;
        switch (i % 3) {
        case 0:
            value = choices_draw(choices, &site, 1 + i % 7);
            break;
        case 1:
            value = choices_range(choices, &site, i, i * i);
            break;
        default:
            value = choices_chance(choices, &site, 1, 3);
            break;
        }
        sum = sum * 31 + value;
    }
    return sum;
}

static void what_was_recorded_from_any_source_replays_from_its_text(void **state)
{
    (void)state;
    static char texts[DRAWS][64];
    struct choices_entry entries[DRAWS];
    struct choice_names *names = new_names(&before);
    unsigned char bytes[300];
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)(i * 37);
    }
    for (int turn = 0; turn < 2; turn++) {
        struct choices *choices = new_choices(names, 21, true);
        if (turn == 1) {
            choices_use_bytes(choices, bytes, sizeof(bytes));
        }
        uint64_t sum = draw_many(choices);
        size_t count;
        const struct choices_draw_record *records = choices_recorded(choices, &count);
        assert_int_equal(count, choices_count(choices));
        for (size_t i = 0; i < count; i++) {
            assert_true(records[i].value < records[i].n);
            choice_site_format(names, &records[i].site, texts[i], sizeof(texts[i]));
            entries[i] = (struct choices_entry){texts[i], records[i].value};
        }
        struct choices *replayed = new_choices(names, 1000, false);
        assert_int_equal(choices_use_list(replayed, entries, count, NULL), CHOICES_OK);
        assert_true(draw_many(replayed) == sum);
        struct choices_mismatch mismatch;
        struct choice_site site;
        assert_false(choices_first_mismatch(replayed, &mismatch));
        assert_false(choices_first_unlisted(replayed, &site));
        choices_destroy(replayed);
        choices_destroy(choices);
    }
    choice_names_destroy(names);
}

static uint32_t too_many_steps(const void *context, uint32_t plan)
{
    (void)context;
    (void)plan;
    return UINT32_MAX;
}

static void sizes_beyond_all_reason_are_refused(void **state)
{
    (void)state;
    struct choice_naming naming = naming_of(&before);
    struct choice_names *names = NULL;
    naming.step_count = too_many_steps;
    assert_int_equal(choice_names_create(director_default_allocator(), &naming, &names),
                     CHOICES_NO_MEMORY);
    names = new_names(&before);
    struct choices *choices = new_choices(names, 1, false);
    assert_int_equal(choices_use_list(choices, NULL, SIZE_MAX, NULL), CHOICES_NO_MEMORY);
    char text[2 * CHOICE_SITE_TEXT_MAX];
    memset(text, 'x', sizeof(text));
    memcpy(text, "other/", 6);
    memcpy(text + sizeof(text) - 5, "/-/1", 5);
    assert_false(choice_site_text_valid(text));
    choices_destroy(choices);
    choice_names_destroy(names);
}

static void without_memory_the_answers_stay_good_and_the_list_says_it_is_not_whole(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_create(1 << 22, &arena), ARENA_OK);
    struct choice_names *names = new_names(&before);
    struct choices *reference = new_choices(names, 21, false);
    uint64_t sum = draw_many(reference);
    choices_destroy(reference);
    struct choices_config config = {
        .allocator = arena_allocator(arena), .names = names, .seed = 21, .record = true};
    struct choices *choices = NULL;
    arena_fail_at(arena, 1, false);
    assert_int_equal(choices_create(&config, &choices), CHOICES_NO_MEMORY);
    assert_int_equal(choices_create(&config, &choices), CHOICES_OK);
    arena_fail_at(arena, 1, false);
    assert_int_equal(choices_use_list(choices, NULL, 0, NULL), CHOICES_NO_MEMORY);
    arena_fail_at(arena, 3, false);
    assert_true(draw_many(choices) == sum);
    assert_int_equal(choices_sticky_status(choices), CHOICES_NO_MEMORY);
    size_t count;
    choices_recorded(choices, &count);
    assert_int_equal(count, 128);
    choices_destroy(choices);
    struct choice_naming naming = naming_of(&before);
    struct choice_names *none = NULL;
    arena_fail_at(arena, 1, false);
    assert_int_equal(choice_names_create(arena_allocator(arena), &naming, &none),
                     CHOICES_NO_MEMORY);
    choices_destroy(NULL);
    choice_names_destroy(NULL);
    assert_int_equal(arena_used(arena), 0);
    choice_names_destroy(names);
    arena_destroy(arena);
}

/* ---- What was drawn ---- */

static void a_record_that_is_forgotten_begins_anew_in_its_memory(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    struct choice_names *names = new_names(&before);
    assert_int_equal(arena_create(1 << 20, &arena), ARENA_OK);
    struct choices_config config = {
        .allocator = arena_allocator(arena), .names = names, .seed = 3, .record = true};
    struct choices *choices = NULL;
    assert_int_equal(choices_create(&config, &choices), CHOICES_OK);
    choices_forget_recorded(choices);
    for (uint64_t i = 0; i < 100; i++) {
        struct choice_site site = site_of(0, 0, i);
        choices_draw(choices, &site, 1000);
    }
    choices_forget_recorded(choices);
    size_t count = 1;
    (void)choices_recorded(choices, &count);
    assert_int_equal(count, 0);
    arena_fail_at(arena, 1, true);
    struct choice_site site = site_of(1, 1, 7);
    uint64_t value = choices_draw(choices, &site, 1000);
    const struct choices_draw_record *records = choices_recorded(choices, &count);
    assert_int_equal(count, 1);
    assert_int_equal(records[0].site.plan, 1);
    assert_true(records[0].site.ordinal == 7);
    assert_true(records[0].n == 1000 && records[0].value == value);
    assert_int_equal(choices_sticky_status(choices), CHOICES_OK);
    assert_int_equal(choices_count(choices), 101);
    choices_destroy(choices);
    choice_names_destroy(names);
    assert_int_equal(arena_used(arena), 0);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_and_site_give_the_same_number_for_ever),
        cmocka_unit_test(the_hash_is_over_thirty_two_bytes_in_a_fixed_order),
        cmocka_unit_test(taking_a_plan_out_changes_nothing_elsewhere),
        cmocka_unit_test(every_part_of_a_site_matters),
        cmocka_unit_test(numbers_are_spread_evenly_over_sites_and_over_seeds),
        cmocka_unit_test(what_is_certain_is_no_choice),
        cmocka_unit_test(bytes_are_taken_as_many_as_are_needed_and_then_all_is_dull),
        cmocka_unit_test(a_site_is_written_and_read_back),
        cmocka_unit_test(what_is_no_site_is_refused),
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
        cmocka_unit_test(a_list_answers_where_it_can_and_the_seed_elsewhere),
        cmocka_unit_test(the_first_entry_that_does_not_fit_is_told),
        cmocka_unit_test(a_list_that_is_wrong_in_itself_is_refused_with_its_entry),
        cmocka_unit_test(what_was_recorded_from_any_source_replays_from_its_text),
        cmocka_unit_test(sizes_beyond_all_reason_are_refused),
        cmocka_unit_test(a_record_that_is_forgotten_begins_anew_in_its_memory),
        cmocka_unit_test(without_memory_the_answers_stay_good_and_the_list_says_it_is_not_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
