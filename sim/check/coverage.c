/* coverage.c: numbers of moves and faults, sets of them, and sets as bytes. */
#include "sim/check/coverage.h"

#include <assert.h>
#include <string.h>

/* ---- Numbers --------------------------------------------------------------------------------- */

static unsigned cells_of(unsigned table)
{
    return table == COVERAGE_PLAN_TABLE ? COVERAGE_PLAN_CELLS : COVERAGE_STEP_CELLS;
}

static unsigned first_cell(unsigned table)
{
    return table == COVERAGE_PLAN_TABLE ? 0
                                        : COVERAGE_PLAN_CELLS + (table - 1) * COVERAGE_STEP_CELLS;
}

unsigned coverage_states(unsigned table)
{
    return table == COVERAGE_PLAN_TABLE ? DIRECTOR_PLAN_STATES : DIRECTOR_STEP_STATES;
}

unsigned coverage_move_number(struct coverage_move move)
{
    const unsigned states = coverage_states(move.table);
    assert(move.table < COVERAGE_TABLES);
    assert(move.from < states && move.to < states);
    return (unsigned)move.place * COVERAGE_CELLS + first_cell(move.table) + move.from * states +
           move.to;
}

struct coverage_move coverage_move_of(unsigned number)
{
    assert(number < COVERAGE_MOVES);
    const unsigned cell = number % COVERAGE_CELLS;
    unsigned table = COVERAGE_PLAN_TABLE;
    while (cell >= first_cell(table) + cells_of(table)) {
        table++;
    }
    const unsigned states = coverage_states(table);
    return (struct coverage_move){
        .place = (enum coverage_place)(number / COVERAGE_CELLS),
        .table = table,
        .from = (cell - first_cell(table)) / states,
        .to = (cell - first_cell(table)) % states,
    };
}

bool coverage_move_allowed(unsigned number)
{
    const struct coverage_move move = coverage_move_of(number);
    return move.table == COVERAGE_PLAN_TABLE
               ? director_plan_move_allowed((enum director_plan_state)move.from,
                                            (enum director_plan_state)move.to)
               : director_step_move_allowed((enum director_step_kind)(move.table - 1),
                                            (enum director_step_state)move.from,
                                            (enum director_step_state)move.to);
}

const char *coverage_place_name(enum coverage_place place)
{
    return place == COVERAGE_MEMORY ? "memory" : "stored";
}

const char *coverage_table_name(unsigned table)
{
    static const char *const names[COVERAGE_TABLES] = {
        [COVERAGE_PLAN_TABLE] = "plan",
        [COVERAGE_STEP_TABLE(DIRECTOR_STEP_PLAN)] = "plan step",
        [COVERAGE_STEP_TABLE(DIRECTOR_STEP_RUN)] = "run step",
        [COVERAGE_STEP_TABLE(DIRECTOR_STEP_FINALIZE)] = "finalize step",
    };
    return table < COVERAGE_TABLES ? names[table] : "?";
}

const char *coverage_state_name(unsigned table, unsigned state)
{
    return table == COVERAGE_PLAN_TABLE ? director_plan_state_name((enum director_plan_state)state)
                                        : director_step_state_name((enum director_step_state)state);
}

static uint32_t bits_in(uint64_t word)
{
    return (uint32_t)__builtin_popcountll(word);
}

static uint32_t first_fault(uint32_t site)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < site; i++) {
        count += bits_in(fault_sites[i].errors);
    }
    return count;
}

uint32_t coverage_fault_count(void)
{
    const uint32_t count = first_fault(SCENARIO_FAULT_SITES);
    assert(count <= COVERAGE_FAULTS_MAX);
    return count;
}

uint32_t coverage_fault_number(enum scenario_fault_site site, enum scenario_fault_error error)
{
    const uint32_t bit = 1u << (unsigned)error;
    assert((fault_sites[site].errors & bit) != 0);
    return first_fault((uint32_t)site) + bits_in(fault_sites[site].errors & (bit - 1));
}

void coverage_fault_of(uint32_t number, enum scenario_fault_site *site,
                       enum scenario_fault_error *error)
{
    for (uint32_t i = 0; i < SCENARIO_FAULT_SITES; i++) {
        for (uint32_t j = 0; j < SCENARIO_FAULT_ERRORS; j++) {
            if ((fault_sites[i].errors & (1u << j)) != 0 && number-- == 0) {
                *site = (enum scenario_fault_site)i;
                *error = (enum scenario_fault_error)j;
                return;
            }
        }
    }
    assert(false); /* a number of a fault that there is not */
}

/* ---- Sets ------------------------------------------------------------------------------------ */

void coverage_faults_add(struct coverage_faults *faults, uint32_t fault)
{
    assert(fault < COVERAGE_FAULTS_MAX);
    faults->words[fault / 64] |= UINT64_C(1) << fault % 64;
}

bool coverage_faults_has(const struct coverage_faults *faults, uint32_t fault)
{
    assert(fault < COVERAGE_FAULTS_MAX);
    return (faults->words[fault / 64] >> fault % 64 & 1) != 0;
}

void coverage_note_move(struct coverage *coverage, unsigned move,
                        const struct coverage_faults *in_force)
{
    assert(move < COVERAGE_MOVES);
    coverage->moves[move / 64] |= UINT64_C(1) << move % 64;
    for (unsigned i = 0; i < COVERAGE_FAULT_WORDS; i++) {
        coverage->under[move].words[i] |= in_force->words[i];
    }
}

bool coverage_seen(const struct coverage *coverage, unsigned move)
{
    assert(move < COVERAGE_MOVES);
    return (coverage->moves[move / 64] >> move % 64 & 1) != 0;
}

bool coverage_seen_under(const struct coverage *coverage, unsigned move, uint32_t fault)
{
    assert(move < COVERAGE_MOVES);
    return coverage_faults_has(&coverage->under[move], fault);
}

bool coverage_struck(const struct coverage *coverage, uint32_t fault)
{
    return coverage_faults_has(&coverage->struck, fault);
}

static bool merge_words(uint64_t *into, const uint64_t *from, size_t count)
{
    uint64_t news = 0;
    for (size_t i = 0; i < count; i++) {
        news |= from[i] & ~into[i];
        into[i] |= from[i];
    }
    return news != 0;
}

bool coverage_merge(struct coverage *coverage, const struct coverage *other)
{
    bool news = merge_words(coverage->moves, other->moves, (COVERAGE_MOVES + 63) / 64);
    news |= merge_words(coverage->struck.words, other->struck.words, COVERAGE_FAULT_WORDS);
    /* A run has made few of the moves. */
    for (unsigned word = 0; word < (COVERAGE_MOVES + 63) / 64; word++) {
        for (uint64_t left = other->moves[word]; left != 0; left &= left - 1) {
            unsigned move = word * 64 + (unsigned)__builtin_ctzll(left);
            news |= merge_words(coverage->under[move].words, other->under[move].words,
                                COVERAGE_FAULT_WORDS);
        }
    }
    return news;
}

static uint32_t faults_in(const struct coverage_faults *faults)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < COVERAGE_FAULT_WORDS; i++) {
        count += bits_in(faults->words[i]);
    }
    return count;
}

struct coverage_counts coverage_count(const struct coverage *coverage)
{
    struct coverage_counts counts = {.faults = faults_in(&coverage->struck),
                                     .faults_all = coverage_fault_count()};
    for (unsigned i = 0; i < COVERAGE_MOVES; i++) {
        if (coverage_move_allowed(i)) {
            counts.moves_allowed += i < COVERAGE_CELLS;
            counts.moves[coverage_move_of(i).place] += coverage_seen(coverage, i);
            counts.pairs += faults_in(&coverage->under[i]);
            counts.pairs_all += counts.faults_all;
        }
    }
    return counts;
}

/* ---- Bytes -------------------------------------------------------------------------------------
 * A first byte for the form, two numbers that tell the tables apart, then the bits that are set,
 * each as its distance from the one before: those of `struck`, then move by move one for the move
 * and one for each fault it was made under. Numbers are in groups of seven bits, the lowest first.
 */

#define FORM 1u
#define BITS_PER_MOVE (1u + COVERAGE_FAULTS_MAX)
#define BITS (COVERAGE_FAULTS_MAX + COVERAGE_MOVES * BITS_PER_MOVE)

static bool bit_of(const struct coverage *coverage, uint32_t bit)
{
    if (bit < COVERAGE_FAULTS_MAX) {
        return coverage_struck(coverage, bit);
    }
    const uint32_t move = (bit - COVERAGE_FAULTS_MAX) / BITS_PER_MOVE;
    const uint32_t at = (bit - COVERAGE_FAULTS_MAX) % BITS_PER_MOVE;
    return at == 0 ? coverage_seen(coverage, move) : coverage_seen_under(coverage, move, at - 1);
}

/* False: a set cannot have it. */
static bool set_bit(struct coverage *coverage, uint32_t bit)
{
    if (bit < COVERAGE_FAULTS_MAX) {
        coverage_faults_add(&coverage->struck, bit);
        return bit < coverage_fault_count();
    }
    const uint32_t move = (bit - COVERAGE_FAULTS_MAX) / BITS_PER_MOVE;
    const uint32_t at = (bit - COVERAGE_FAULTS_MAX) % BITS_PER_MOVE;
    if (at == 0) {
        coverage->moves[move / 64] |= UINT64_C(1) << move % 64;
        return true;
    }
    coverage_faults_add(&coverage->under[move], at - 1);
    return coverage_seen(coverage, move) && coverage_struck(coverage, at - 1);
}

static void put(uint8_t *bytes, size_t *length, uint32_t number)
{
    do {
        uint8_t group = (uint8_t)(number & 0x7f);
        number >>= 7;
        if (bytes != NULL) {
            bytes[*length] = (uint8_t)(group | (number != 0 ? 0x80 : 0));
        }
        ++*length;
    } while (number != 0);
}

static bool take(const uint8_t *bytes, size_t size, size_t *at, uint32_t *number)
{
    *number = 0;
    for (unsigned shift = 0; shift < 28 && *at < size; shift += 7) {
        uint8_t byte = bytes[(*at)++];
        *number |= (uint32_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            return byte != 0 || shift == 0; /* no number has two forms */
        }
    }
    return false;
}

size_t coverage_encode(const struct coverage *coverage, uint8_t *bytes)
{
    size_t length = 0;
    uint32_t next = 0;
    put(bytes, &length, FORM);
    put(bytes, &length, COVERAGE_MOVES);
    put(bytes, &length, coverage_fault_count());
    for (uint32_t bit = 0; bit < BITS; bit++) {
        if (bit >= COVERAGE_FAULTS_MAX && (bit - COVERAGE_FAULTS_MAX) % BITS_PER_MOVE == 0 &&
            !bit_of(coverage, bit)) {
            bit += BITS_PER_MOVE - 1; /* a move that was not made was made under nothing */
        } else if (bit_of(coverage, bit)) {
            put(bytes, &length, bit - next);
            next = bit + 1;
        }
    }
    return length;
}

bool coverage_decode(struct coverage *coverage, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    uint32_t form = 0;
    uint32_t moves = 0;
    uint32_t faults = 0;
    uint64_t next = 0;
    memset(coverage, 0, sizeof(*coverage));
    bool good = take(bytes, size, &at, &form) && take(bytes, size, &at, &moves) &&
                take(bytes, size, &at, &faults) && form == FORM && moves == COVERAGE_MOVES &&
                faults == coverage_fault_count();
    while (good && at < size) {
        uint32_t distance = 0;
        good = take(bytes, size, &at, &distance) && next + distance < BITS &&
               set_bit(coverage, (uint32_t)next + distance);
        next += distance + UINT64_C(1);
    }
    if (!good) {
        memset(coverage, 0, sizeof(*coverage));
    }
    return good;
}
