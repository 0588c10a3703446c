/* results_samples.c: how far a campaign had come when, in the database. */
#include "sim/search/results_private.h"

bool results_load_samples(struct results *results, int64_t id, struct samples *samples)
{
    bool bad;
    sqlite3_stmt *statement =
        results_prepare(results,
                        "SELECT ms, runs, failed, groups, marks, moves, pairs FROM samples"
                        " WHERE campaign = ? ORDER BY ms",
                        "i", id);
    while (results_next(results, statement, &bad)) {
        const struct sample sample = {
            .ms = results_number(statement, 0),
            .runs = results_number(statement, 1),
            .failed = results_number(statement, 2),
            .groups = (uint32_t)results_number(statement, 3),
            .marks = (uint32_t)results_number(statement, 4),
            .moves = (uint32_t)results_number(statement, 5),
            .pairs = (uint32_t)results_number(statement, 6),
        };
        samples_add(samples, &sample);
    }
    sqlite3_finalize(statement);
    return !bad;
}

bool results_save_samples(struct results *results, int64_t id, const struct samples *samples)
{
    bool good = results_run(
        results, results_prepare(results, "DELETE FROM samples WHERE campaign = ?", "i", id));
    for (uint32_t i = 0; good && i < samples->count; i++) {
        const struct sample *sample = &samples->list[i];
        good = results_run(
            results, results_prepare(
                         results, "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                         "iiiiiiii", id, (int64_t)sample->ms, (int64_t)sample->runs,
                         (int64_t)sample->failed, (int64_t)sample->groups, (int64_t)sample->marks,
                         (int64_t)sample->moves, (int64_t)sample->pairs));
    }
    return good;
}
