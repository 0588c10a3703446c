/* run_coverage.c: state coverage as a person and as a program read it: by table which moves were
 * made in memory and in the database, what was never reached, and under which faults. */
#include "sim/cli/run_coverage.h"

#include "sim/cli/console.h"
#include "sim/cli/output_file.h"

#define COLUMN 10 /* "scheduling", and what a cell says at most */

static unsigned move_at(enum coverage_place place, unsigned table, unsigned from, unsigned to)
{
    return coverage_move_number((struct coverage_move){place, table, from, to});
}

/* ---- The tables ------------------------------------------------------------------------------ */

/* What a cell of a table says. Brackets: seen, and the table does not have it. */
static const char *cell_word(const struct coverage *coverage, unsigned table, unsigned from,
                             unsigned to)
{
    const unsigned memory = move_at(COVERAGE_MEMORY, table, from, to);
    bool in_memory = coverage_seen(coverage, memory);
    bool stored = coverage_seen(coverage, move_at(COVERAGE_STORED, table, from, to));
    if (coverage_move_allowed(memory)) {
        return in_memory && stored ? "both" : in_memory ? "memory" : stored ? "stored" : "never";
    }
    return in_memory && stored ? "(both)" : in_memory ? "(memory)" : stored ? "(stored)" : ".";
}

static void print_table(const struct coverage *coverage, unsigned table)
{
    const unsigned states = coverage_states(table);
    struct case_text line = {0};
    case_text_add(&line, "%-13s", coverage_table_name(table));
    for (unsigned to = 0; to < states; to++) {
        case_text_add(&line, "  %-*s", COLUMN, coverage_state_name(table, to));
    }
    console_result("%s", case_text_bytes(&line));
    for (unsigned from = 0; from < states; from++) {
        case_text_clear(&line);
        case_text_add(&line, "  %-11s", coverage_state_name(table, from));
        for (unsigned to = 0; to < states; to++) {
            case_text_add(&line, "  %-*s", COLUMN, cell_word(coverage, table, from, to));
        }
        console_result("%s", case_text_bytes(&line));
    }
    case_text_free(&line);
}

/* ---- Faults ---------------------------------------------------------------------------------- */

/* Over how many of the moves that the tables have a fault was in force. */
static uint32_t moves_under(const struct coverage *coverage, uint32_t fault)
{
    uint32_t count = 0;
    for (unsigned i = 0; i < COVERAGE_MOVES; i++) {
        count += coverage_move_allowed(i) && coverage_seen_under(coverage, i, fault);
    }
    return count;
}

static void print_faults(const struct coverage *coverage, uint32_t moves)
{
    for (uint32_t i = 0; i < coverage_fault_count(); i++) {
        enum scenario_fault_site site;
        enum scenario_fault_error error;
        coverage_fault_of(i, &site, &error);
        if (coverage_struck(coverage, i)) {
            console_result("  %-14s  %-15s  %3u of %u moves", fault_sites[site].name,
                           fault_errors[error].name, moves_under(coverage, i), moves);
        } else {
            console_result("  %-14s  %-15s  never struck", fault_sites[site].name,
                           fault_errors[error].name);
        }
    }
}

/* ---- What was not reached -------------------------------------------------------------------- */

static void print_never(const struct coverage *coverage)
{
    for (unsigned i = 0; i < COVERAGE_MOVES; i++) {
        const struct coverage_move move = coverage_move_of(i);
        if (coverage_move_allowed(i) && !coverage_seen(coverage, i)) {
            console_result("never reached: %s %s -> %s (%s)", coverage_table_name(move.table),
                           coverage_state_name(move.table, move.from),
                           coverage_state_name(move.table, move.to),
                           coverage_place_name(move.place));
        }
    }
}

void run_coverage_print(const struct coverage *coverage)
{
    const struct coverage_counts counts = coverage_count(coverage);
    console_result("state coverage: from the state of the line to that of the column");
    for (unsigned table = 0; table < COVERAGE_TABLES; table++) {
        print_table(coverage, table);
    }
    console_result("memory, stored, both: where it was seen; never: it was not; a point: the table "
                   "does not have it;\nin brackets: seen all the same, as several moves saved as "
                   "one, or by a defect");
    console_result("faults, and the moves that were made with them in force");
    print_faults(coverage, counts.moves_allowed * COVERAGE_PLACES);
    print_never(coverage);
    console_result("moves: %u of %u in memory, %u of %u stored; faults: %u of %u struck; moves "
                   "under faults: %u of %u",
                   counts.moves[COVERAGE_MEMORY], counts.moves_allowed,
                   counts.moves[COVERAGE_STORED], counts.moves_allowed, counts.faults,
                   counts.faults_all, counts.pairs, counts.pairs_all);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void add_fault_name(struct case_text *text, uint32_t fault)
{
    enum scenario_fault_site site;
    enum scenario_fault_error error;
    coverage_fault_of(fault, &site, &error);
    case_text_add(text, "\"%s %s\"", fault_sites[site].name, fault_errors[error].name);
}

static void add_move(struct case_text *text, const struct coverage *coverage, unsigned number)
{
    const struct coverage_move move = coverage_move_of(number);
    case_text_add(text,
                  "{\"place\":\"%s\",\"table\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"allowed\":%s,"
                  "\"seen\":%s,\"under\":[",
                  coverage_place_name(move.place), coverage_table_name(move.table),
                  coverage_state_name(move.table, move.from),
                  coverage_state_name(move.table, move.to),
                  coverage_move_allowed(number) ? "true" : "false",
                  coverage_seen(coverage, number) ? "true" : "false");
    bool first = true;
    for (uint32_t i = 0; i < coverage_fault_count(); i++) {
        if (coverage_seen_under(coverage, number, i)) {
            case_text_add(text, "%s", first ? "" : ",");
            add_fault_name(text, i);
            first = false;
        }
    }
    case_text_add(text, "]}");
}

static void add_faults(struct case_text *text, const struct coverage *coverage)
{
    for (uint32_t i = 0; i < coverage_fault_count(); i++) {
        case_text_add(text, "%s{\"fault\":", i == 0 ? "" : ",\n");
        add_fault_name(text, i);
        case_text_add(text, ",\"struck\":%s,\"moves\":%u}",
                      coverage_struck(coverage, i) ? "true" : "false", moves_under(coverage, i));
    }
}

void run_coverage_json(struct case_text *text, const struct coverage *coverage)
{
    const struct coverage_counts counts = coverage_count(coverage);
    case_text_add(text,
                  "{\"counts\":{\"moves_allowed\":%u,\"moves_in_memory\":%u,\"moves_stored\":%u,"
                  "\"faults\":%u,\"faults_struck\":%u,\"pairs\":%u,\"pairs_seen\":%u},\"moves\":[",
                  counts.moves_allowed, counts.moves[COVERAGE_MEMORY],
                  counts.moves[COVERAGE_STORED], counts.faults_all, counts.faults, counts.pairs_all,
                  counts.pairs);
    bool first = true;
    for (unsigned i = 0; i < COVERAGE_MOVES; i++) {
        if (coverage_move_allowed(i) || coverage_seen(coverage, i)) {
            case_text_add(text, "%s", first ? "\n" : ",\n");
            add_move(text, coverage, i);
            first = false;
        }
    }
    case_text_add(text, "],\n\"faults\":[\n");
    add_faults(text, coverage);
    case_text_add(text, "]}");
}

bool run_coverage_write(const char *path, const struct coverage *coverage)
{
    struct case_text text = {0};
    run_coverage_json(&text, coverage);
    case_text_add(&text, "\n");
    bool good = output_text(path, &text);
    case_text_free(&text);
    return good;
}
