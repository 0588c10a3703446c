/* coverage_test.c: moves and faults have numbers of their own, sets can be merged, and a set comes
 * back from its bytes. */
#include "sim/check/coverage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct coverage_faults no_faults;

static unsigned step_move(enum coverage_place place, enum director_step_kind kind,
                          enum director_step_state from, enum director_step_state to)
{
    return coverage_move_number(
        (struct coverage_move){place, COVERAGE_STEP_TABLE(kind), (unsigned)from, (unsigned)to});
}

static void every_move_has_a_number_of_its_own(void **state)
{
    unsigned next = 0;
    (void)state;
    for (unsigned place = 0; place < COVERAGE_PLACES; place++) {
        for (unsigned table = 0; table < COVERAGE_TABLES; table++) {
            unsigned cells = coverage_states(table) * coverage_states(table);
            for (unsigned cell = 0; cell < cells; cell++) {
                const struct coverage_move move = {(enum coverage_place)place, table,
                                                   cell / coverage_states(table),
                                                   cell % coverage_states(table)};
                const struct coverage_move back = coverage_move_of(next);
                assert_int_equal(coverage_move_number(move), next++);
                assert_int_equal(back.place, move.place);
                assert_int_equal(back.table, move.table);
                assert_int_equal(back.from, move.from);
                assert_int_equal(back.to, move.to);
            }
        }
    }
    assert_int_equal(next, COVERAGE_MOVES);
}

static void allowed_is_what_the_tables_of_the_director_have(void **state)
{
    (void)state;
    assert_true(coverage_move_allowed(step_move(COVERAGE_STORED, DIRECTOR_STEP_RUN,
                                                DIRECTOR_STEP_ERROR, DIRECTOR_STEP_SKIPPING)));
    assert_false(coverage_move_allowed(step_move(COVERAGE_MEMORY, DIRECTOR_STEP_FINALIZE,
                                                 DIRECTOR_STEP_ERROR, DIRECTOR_STEP_SKIPPING)));
}

static void every_fault_of_the_list_has_a_number_of_its_own(void **state)
{
    uint32_t next = 0;
    (void)state;
    for (uint32_t site = 0; site < SCENARIO_FAULT_SITES; site++) {
        for (uint32_t error = 0; error < SCENARIO_FAULT_ERRORS; error++) {
            enum scenario_fault_site site_back;
            enum scenario_fault_error error_back;
            if ((fault_sites[site].errors & (1u << error)) == 0) {
                continue;
            }
            assert_int_equal(coverage_fault_number((enum scenario_fault_site)site,
                                                   (enum scenario_fault_error)error),
                             next);
            coverage_fault_of(next++, &site_back, &error_back);
            assert_int_equal(site_back, site);
            assert_int_equal(error_back, error);
        }
    }
    assert_int_equal(next, coverage_fault_count());
}

static void a_move_is_seen_under_the_faults_that_were_in_force(void **state)
{
    struct coverage coverage = {0};
    struct coverage_faults faults = {0};
    (void)state;
    const uint32_t dies = coverage_fault_number(SCENARIO_ON_WORKER, SCENARIO_ERROR_DIES);
    const unsigned runs =
        step_move(COVERAGE_MEMORY, DIRECTOR_STEP_RUN, DIRECTOR_STEP_PENDING, DIRECTOR_STEP_RUNNING);
    coverage_note_move(&coverage, runs, &faults);
    assert_true(coverage_seen(&coverage, runs));
    assert_false(coverage_seen_under(&coverage, runs, dies));
    coverage_faults_add(&faults, dies);
    coverage_note_move(&coverage, runs, &faults);
    assert_true(coverage_seen_under(&coverage, runs, dies));
    assert_false(coverage_seen_under(&coverage, runs + 1, dies));
}

static void what_the_tables_do_not_have_is_kept_and_not_counted(void **state)
{
    struct coverage coverage = {0};
    (void)state;
    const unsigned skips = step_move(COVERAGE_STORED, DIRECTOR_STEP_FINALIZE, DIRECTOR_STEP_SUCCESS,
                                     DIRECTOR_STEP_RUNNING);
    coverage_note_move(&coverage, skips, &no_faults);
    assert_true(coverage_seen(&coverage, skips));
    assert_int_equal(coverage_count(&coverage).moves[COVERAGE_STORED], 0);
    coverage_note_move(&coverage,
                       step_move(COVERAGE_STORED, DIRECTOR_STEP_FINALIZE, DIRECTOR_STEP_RUNNING,
                                 DIRECTOR_STEP_SUCCESS),
                       &no_faults);
    assert_int_equal(coverage_count(&coverage).moves[COVERAGE_STORED], 1);
    assert_int_equal(coverage_count(&coverage).moves[COVERAGE_MEMORY], 0);
}

/* A set of chance, of faults that there are. */
static void fill(struct coverage *coverage, uint64_t seed)
{
    for (unsigned i = 0; i < 200; i++) {
        struct coverage_faults faults = {0};
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        coverage_faults_add(&faults, (uint32_t)(seed >> 40) % coverage_fault_count());
        coverage_note_move(coverage, (unsigned)(seed >> 33) % COVERAGE_MOVES,
                           seed >> 63 ? &faults : &no_faults);
        for (unsigned word = 0; word < COVERAGE_FAULT_WORDS; word++) {
            coverage->struck.words[word] |= faults.words[word];
        }
    }
}

static void merging_adds_and_tells_what_is_new(void **state)
{
    struct coverage one = {0};
    struct coverage other = {0};
    struct coverage both;
    (void)state;
    fill(&one, 1);
    fill(&other, 2);
    both = one;
    assert_true(coverage_merge(&both, &other));
    assert_false(coverage_merge(&both, &one));
    assert_false(coverage_merge(&both, &other));
    assert_false(coverage_merge(&both, &both));
    assert_true(coverage_count(&both).pairs > coverage_count(&one).pairs);
}

static void a_set_comes_back_from_its_bytes(void **state)
{
    struct coverage coverage = {0};
    struct coverage back;
    uint8_t *bytes = malloc(COVERAGE_BYTES_MAX);
    (void)state;
    assert_non_null(bytes);
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t size = coverage_encode(&coverage, NULL);
        assert_true(size <= COVERAGE_BYTES_MAX);
        assert_int_equal(coverage_encode(&coverage, bytes), size);
        assert_true(coverage_decode(&back, bytes, size));
        assert_memory_equal(&back, &coverage, sizeof(back));
        fill(&coverage, seed);
    }
    free(bytes);
}

static void bytes_of_something_else_are_refused(void **state)
{
    struct coverage coverage = {0};
    const struct coverage empty = {0};
    uint8_t *bytes = malloc(COVERAGE_BYTES_MAX);
    (void)state;
    assert_non_null(bytes);
    fill(&coverage, 3);
    size_t size = coverage_encode(&coverage, bytes);
    assert_false(coverage_decode(&coverage, bytes, 0));
    assert_false(coverage_decode(&coverage, bytes, 3));
    assert_memory_equal(&coverage, &empty, sizeof(empty));
    for (size_t i = 0; i < 3; i++) { /* form, moves, faults */
        bytes[i] ^= 1;
        assert_false(coverage_decode(&coverage, bytes, size));
        bytes[i] ^= 1;
    }
    memset(bytes + size, 0x7f, 2000); /* more bits than there are */
    assert_false(coverage_decode(&coverage, bytes, size + 2000));
    bytes[size - 1] |= 0x80; /* cut off within a number */
    assert_false(coverage_decode(&coverage, bytes, size));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_move_has_a_number_of_its_own),
        cmocka_unit_test(allowed_is_what_the_tables_of_the_director_have),
        cmocka_unit_test(every_fault_of_the_list_has_a_number_of_its_own),
        cmocka_unit_test(a_move_is_seen_under_the_faults_that_were_in_force),
        cmocka_unit_test(what_the_tables_do_not_have_is_kept_and_not_counted),
        cmocka_unit_test(merging_adds_and_tells_what_is_new),
        cmocka_unit_test(a_set_comes_back_from_its_bytes),
        cmocka_unit_test(bytes_of_something_else_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
