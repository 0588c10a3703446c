/* run_ci.h: what came of a `dirsim run` in more forms that CI servers read: TAP, SARIF, and the
 * annotations of GitHub. Each takes the outcomes one by one, as they come. */
#ifndef SIM_CLI_RUN_CI_H
#define SIM_CLI_RUN_CI_H

#include "sim/cli/run_report.h"

/* Called with everything that is wrong with an outcome: `rule` is an invariant's name, or one of
 * the rules of run_ci_rules; the position is never without a line. */
typedef void run_ci_tell(void *context, const struct run_outcome *outcome, const char *rule,
                         struct scenario_position position, const char *message);
void run_ci_each(const struct run_outcome *outcome, run_ci_tell *tell, void *context);

/* Rules besides the invariants; `source` is not used. */
extern const struct vocabulary_entry run_ci_rules[];
extern const uint32_t run_ci_rule_count;

/* ---- TAP 13: a test point a scenario ----------------------------------------------------------
 */

struct run_tap {
    struct case_text lines;
    uint64_t count;
};

void run_tap_outcome(struct run_tap *tap, const struct run_outcome *outcome);
/* Write it to the file at `path`, or print it when that is NULL. False: it was said why not. */
bool run_tap_end(struct run_tap *tap, const char *path, const struct run_missing *missing);

/* ---- SARIF 2.1.0: an invariant is a rule, a failure a result ----------------------------------
 */

struct run_sarif {
    struct case_text results;
};

void run_sarif_outcome(struct run_sarif *sarif, const struct run_outcome *outcome);
bool run_sarif_end(struct run_sarif *sarif, const char *path, const struct run_missing *missing);

/* ---- GitHub: one line a failure on standard output, at once -----------------------------------
 */

void run_github_outcome(const struct run_outcome *outcome);

#endif
