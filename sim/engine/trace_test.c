/* trace_test.c: a trace reads as told, hashes the same everywhere, and outlives a sink that fails.
 */
#include "sim/engine/arena.h"
#include "sim/engine/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <xxhash.h>

/* ---- Names and sinks ---- */

static bool actor_name(const void *context, uint32_t actor, char *text, size_t size)
{
    (void)context;
    snprintf(text, size, "worker default/%u", actor);
    return actor < 10;
}

static const char *plan_name(const void *context, uint32_t plan)
{
    (void)context;
    return plan == 0 ? "import" : NULL;
}

static const char *step_name(const void *context, uint32_t plan, uint32_t step)
{
    (void)context;
    return plan == 0 && step == 1 ? "check" : NULL;
}

static const char *word_name(const void *context, enum trace_word word, uint64_t value)
{
    (void)context;
    if (word == TRACE_WORD_STEP_STATE) {
        return value == 2 ? "running" : "error";
    }
    return word == TRACE_WORD_EVENT ? "rea\ndy" : NULL;
}

static const struct trace_names names = {
    .actor = actor_name, .plan = plan_name, .step = step_name, .word = word_name};

struct text {
    char bytes[64 * 1024];
    size_t length;
    size_t calls;
    size_t calls_max;
};

static bool collect(void *context, const char *bytes, size_t length)
{
    struct text *text = context;
    if (text->calls == text->calls_max) {
        return false;
    }
    text->calls++;
    assert_true(text->length + length < sizeof(text->bytes));
    assert_int_equal(bytes[length - 1], '\n');
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

static struct trace *new_trace(struct text *text, size_t buffer_bytes)
{
    struct trace_sink sink = {.context = text, .write = collect, .buffer_bytes = buffer_bytes};
    struct trace *trace = NULL;
    assert_int_equal(
        trace_create(director_default_allocator(), &names, text == NULL ? NULL : &sink, &trace),
        TRACE_OK);
    return trace;
}

static struct trace_record step_moved(uint64_t time)
{
    struct trace_record record = trace_record_of(TRACE_STEP_MOVED, time, 2);
    record.plan = 0;
    record.step = 1;
    record.from = 2;
    record.to = 7;
    return record;
}

/* ---- Text ---- */

static void a_trace_reads_as_a_story(void **state)
{
    (void)state;
    static struct text text;
    text = (struct text){.calls_max = 100};
    struct trace *trace = new_trace(&text, 0);
    trace_note(trace, "scenario: a skipped step");
    struct trace_record record = trace_record_of(TRACE_START, 0, TRACE_NONE);
    record.plan = 0;
    trace_record(trace, &record);
    record = step_moved(12345);
    trace_record(trace, &record);
    record = trace_record_of(TRACE_EVENT, 30000, 12);
    record.plan = 3;
    record.step = 4;
    trace_record(trace, &record);
    record = trace_record_of(TRACE_CRASH, 123456789012, TRACE_NONE);
    record.world = 2;
    trace_record(trace, &record);
    record = trace_record_of(TRACE_DELAY, 123456789012, TRACE_NONE);
    record.value = 1500000;
    trace_record(trace, &record);
    assert_int_equal(text.calls, 6);
    assert_int_equal(trace_finish(trace), TRACE_OK);
    assert_string_equal(text.bytes, "scenario: a skipped step\n"
                                    "      0.000ms                      start         impo"
                                    "rt                                        #7b5d4cf3\n"
                                    "     12.345ms  worker default/2    step          impo"
                                    "rt/check  running -> error                #7f20b025\n"
                                    "     30.000ms  12                  event         3/4 "
                                    " rea?dy                                   #598d5bb7\n"
                                    "123456789.012ms                      crash         wo"
                                    "rld 2                                       #ea4caf79\n"
                                    "123456789.012ms                      delay         - "
                                    " 1500ms                                     #01f7429a\n"
                                    "hash 01f7429a4c9082c3, 5 events\n");
    trace_destroy(trace);
}

static void every_kind_can_be_written(void **state)
{
    (void)state;
    const enum trace_kind all[] = {
#define KIND(constant, number, verb, format, states, values) constant,
        TRACE_KINDS(KIND)
#undef KIND
    };
    const struct trace_names nameless = {0};
    char text[TRACE_LINE_MAX];
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct trace_record record = trace_record_of(all[i], 1, TRACE_NONE);
        size_t length = trace_format(&nameless, &record, 0, text, sizeof(text));
        assert_int_equal(length, strlen(text));
        assert_null(strchr(text, '{'));
        assert_non_null(strstr(text, trace_kind_name(all[i])));
        assert_string_equal(text + length - 9, "#00000000");
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(all[i], all[j]);
        }
    }
    assert_string_equal(trace_kind_name((enum trace_kind)0), "?");
    struct trace_record unknown = trace_record_of((enum trace_kind)9999, 1, TRACE_NONE);
    trace_format(&nameless, &unknown, 0, text, sizeof(text));
    assert_non_null(strstr(text, "?"));
}

static void a_line_is_cut_to_its_room(void **state)
{
    (void)state;
    struct trace_record record = step_moved(12345);
    char whole[TRACE_LINE_MAX];
    size_t length = trace_format(&names, &record, 0, whole, sizeof(whole));
    for (size_t size = 1; size <= length + 1; size++) {
        char text[TRACE_LINE_MAX];
        memset(text, '!', sizeof(text));
        assert_int_equal(trace_format(&names, &record, 0, text, size), size - 1);
        assert_int_equal(text[size - 1], '\0');
        assert_int_equal(text[size], '!');
        if (size > 1 && size <= length) {
            assert_int_equal(text[size - 2], '~');
            assert_memory_equal(text, whole, size - 2);
        }
    }
}

/* ---- The hash ---- */

static void the_hash_is_over_forty_bytes_in_a_fixed_order(void **state)
{
    (void)state;
    const unsigned char bytes[40] = {
        0x39, 0x30, 0, 0, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, /* time, value */
        0x11, 0,    0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, /* plan, step, actor, world */
        12,   0,    2, 7, 0, 0, 0, 0};                        /* kind, from, to */
    struct trace_record record = step_moved(12345);
    record.value = 0x0102030405060708;
    record.plan = 0x11;
    record.world = 3;
    assert_true(trace_record_hash(5, &record) == XXH3_64bits_withSeed(bytes, sizeof(bytes), 5));
    assert_true(trace_record_hash(5, &record) == 0xdd5be8e577c92b5cull);
}

static void every_field_matters_and_so_does_the_order(void **state)
{
    (void)state;
    struct trace_record records[9];
    for (size_t i = 0; i < 9; i++) {
        records[i] = step_moved(12345);
    }
    records[1].time++;
    records[2].kind = TRACE_RUN;
    records[3].actor = TRACE_NONE;
    records[4].plan = 1;
    records[5].step = TRACE_NONE;
    records[6].world = 1;
    records[7].from = 7;
    records[8].value = 1;
    for (size_t i = 0; i < 9; i++) {
        for (size_t j = 0; j < i; j++) {
            uint64_t forth = trace_record_hash(trace_record_hash(0, &records[i]), &records[j]);
            uint64_t back = trace_record_hash(trace_record_hash(0, &records[j]), &records[i]);
            assert_true(forth != back);
            assert_true(trace_record_hash(0, &records[i]) != trace_record_hash(0, &records[j]));
        }
    }
}

static void text_or_none_the_hash_is_the_same(void **state)
{
    (void)state;
    static struct text text;
    text = (struct text){.calls_max = 1000};
    struct trace *silent = new_trace(NULL, 0);
    struct trace *loud = new_trace(&text, 1000);
    for (uint64_t i = 0; i < 100; i++) {
        struct trace_record record = step_moved(i);
        trace_record(silent, &record);
        trace_record(loud, &record);
    }
    trace_note(silent, "nobody reads this");
    trace_note(loud, "a note is no event");
    assert_true(trace_hash(silent) == trace_hash(loud));
    assert_int_equal(trace_count(silent), 100);
    assert_int_equal(trace_count(loud), 100);
    assert_int_equal(trace_finish(silent), TRACE_OK);
    assert_int_equal(trace_finish(loud), TRACE_OK);
    trace_destroy(silent);
    trace_destroy(loud);
}

/* ---- The sink ---- */

static void a_buffer_changes_the_number_of_writes_and_not_the_text(void **state)
{
    (void)state;
    static struct text one_by_one;
    static struct text buffered;
    one_by_one = (struct text){.calls_max = 1000};
    buffered = (struct text){.calls_max = 1000};
    struct trace *first = new_trace(&one_by_one, 0);
    struct trace *second = new_trace(&buffered, 4096);
    for (uint64_t i = 0; i < 200; i++) {
        struct trace_record record = step_moved(i * 777);
        trace_record(first, &record);
        trace_record(second, &record);
    }
    assert_int_equal(trace_finish(first), TRACE_OK);
    assert_int_equal(trace_finish(second), TRACE_OK);
    assert_int_equal(one_by_one.calls, 201);
    assert_true(buffered.calls < 10);
    assert_string_equal(one_by_one.bytes, buffered.bytes);
    trace_destroy(first);
    trace_destroy(second);
}

static void a_sink_that_fails_is_left_alone_and_the_run_goes_on(void **state)
{
    (void)state;
    static struct text text;
    text = (struct text){.calls_max = 2};
    struct trace *trace = new_trace(&text, 0);
    for (uint64_t i = 0; i < 5; i++) {
        assert_int_equal(trace_status_of(trace), i < 3 ? TRACE_OK : TRACE_SINK_FAILED);
        struct trace_record record = step_moved(i);
        trace_record(trace, &record);
    }
    text.calls_max = 100;
    trace_note(trace, "too late");
    assert_int_equal(trace_finish(trace), TRACE_SINK_FAILED);
    assert_int_equal(text.calls, 2);
    assert_int_equal(trace_count(trace), 5);
    trace_destroy(trace);
}

static void without_memory_there_is_no_trace(void **state)
{
    (void)state;
    struct arena *arena = NULL;
    struct trace *trace = NULL;
    assert_int_equal(arena_create(1 << 20, &arena), ARENA_OK);
    arena_fail_at(arena, 1, false);
    assert_int_equal(trace_create(arena_allocator(arena), NULL, NULL, &trace), TRACE_NO_MEMORY);
    struct trace_sink sink = {.write = collect, .buffer_bytes = SIZE_MAX};
    assert_int_equal(trace_create(arena_allocator(arena), NULL, &sink, &trace), TRACE_NO_MEMORY);
    assert_int_equal(trace_create(arena_allocator(arena), NULL, NULL, &trace), TRACE_OK);
    trace_destroy(trace);
    trace_destroy(NULL);
    assert_int_equal(arena_used(arena), 0);
    arena_destroy(arena);
}

/* ---- Records ---- */

struct taken {
    struct trace_record last;
    size_t count;
    size_t count_max;
};

static bool take_record(void *context, const struct trace_names *given,
                        const struct trace_record *record)
{
    struct taken *taken = context;
    assert_ptr_equal(given->plan, plan_name);
    if (taken->count == taken->count_max) {
        return false;
    }
    taken->last = *record;
    taken->count++;
    return true;
}

static void a_sink_of_records_gets_each_with_what_is_aside_which_the_hash_ignores(void **state)
{
    (void)state;
    struct taken taken = {.count_max = 2};
    struct trace_sink sink = {.context = &taken, .record = take_record};
    struct trace *trace = NULL;
    assert_int_equal(trace_create(director_default_allocator(), &names, &sink, &trace), TRACE_OK);
    struct trace_record record = trace_record_of(TRACE_START, 5, 1);
    uint64_t hash = trace_record_hash(0, &record);
    record.aside = 77;
    trace_record(trace, &record);
    assert_int_equal(taken.last.aside, 77);
    assert_int_equal(taken.last.time, 5);
    assert_true(trace_hash(trace) == hash);
    trace_record(trace, &record);
    assert_int_equal(trace_status_of(trace), TRACE_OK);
    trace_record(trace, &record);
    trace_record(trace, &record);
    assert_int_equal(taken.count, 2);
    assert_int_equal(trace_count(trace), 4);
    assert_int_equal(trace_finish(trace), TRACE_SINK_FAILED);
    trace_destroy(trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_reads_as_a_story),
        cmocka_unit_test(every_kind_can_be_written),
        cmocka_unit_test(a_line_is_cut_to_its_room),
        cmocka_unit_test(the_hash_is_over_forty_bytes_in_a_fixed_order),
        cmocka_unit_test(every_field_matters_and_so_does_the_order),
        cmocka_unit_test(text_or_none_the_hash_is_the_same),
        cmocka_unit_test(a_buffer_changes_the_number_of_writes_and_not_the_text),
        cmocka_unit_test(a_sink_that_fails_is_left_alone_and_the_run_goes_on),
        cmocka_unit_test(a_sink_of_records_gets_each_with_what_is_aside_which_the_hash_ignores),
        cmocka_unit_test(without_memory_there_is_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
