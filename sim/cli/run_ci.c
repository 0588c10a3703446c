/* run_ci.c: what is wrong with an outcome, one thing after the other, each with a place in its
 * file; and GitHub's annotations, which are just that. */
#include "sim/cli/run_ci.h"

#include "sim/cli/console.h"
#include "sim/scenario/vocabulary.h"

#include <string.h>

const struct vocabulary_entry run_ci_rules[] = {
    {"expectation", "what the scenario expects comes true", NULL},
    {"same-again", "the same scenario gives the same trace again", NULL},
    {"is-a-scenario", "a file is a scenario", NULL},
    {"can-be-run", "a scenario can be run", NULL},
    {"marks-reached", "every mark is reached by some scenario", NULL},
};
const uint32_t run_ci_rule_count = sizeof(run_ci_rules) / sizeof(run_ci_rules[0]);

static struct scenario_position or_first_line(struct scenario_position position)
{
    return position.line != 0 ? position : (struct scenario_position){1, 1};
}

/* Where a failure is to be shown: the expectation, or for an invariant the step or the plan at
 * which it failed. */
static struct scenario_position place_of(const struct scenario *scenario,
                                         const struct simulation_failure *failure)
{
    if (failure->position.line != 0 || failure->plan >= scenario->plan_count) {
        return or_first_line(failure->position);
    }
    const struct scenario_plan *plan = &scenario->plans[failure->plan];
    if (failure->step < plan->step_count && plan->steps[failure->step].position.line != 0) {
        return plan->steps[failure->step].position;
    }
    return or_first_line(plan->position);
}

struct told {
    run_ci_tell *tell;
    void *context;
};

static void tell_unbroken(void *context, const struct run_outcome *outcome,
                          struct scenario_position position, const char *message)
{
    const struct told *told = context;
    told->tell(told->context, outcome, "expectation", or_first_line(position), message);
}

static void each_failure(const struct run_outcome *outcome, run_ci_tell *tell, void *context)
{
    struct told told = {tell, context};
    for (uint32_t i = 0; i < simulation_failure_count(outcome->simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(outcome->simulation, i);
        if (!run_failure_is_expected(outcome->scenario, failure)) {
            tell(context, outcome,
                 failure->expectation ? "expectation"
                                      : invariant_vocabulary[failure->invariant].name,
                 place_of(outcome->scenario, failure), failure->message);
        }
    }
    run_each_unbroken(outcome, tell_unbroken, &told);
    if (outcome->parted != NULL) {
        tell(context, outcome, "same-again", or_first_line((struct scenario_position){0}),
             outcome->parted);
    }
}

void run_ci_each(const struct run_outcome *outcome, run_ci_tell *tell, void *context)
{
    switch (outcome->verdict) {
    case RUN_HELD:
        return;
    case RUN_FAILED:
        each_failure(outcome, tell, context);
        return;
    case RUN_INVALID:
        for (uint32_t i = 0; i < outcome->problem_count; i++) {
            tell(context, outcome, "is-a-scenario", or_first_line(outcome->problems[i].position),
                 outcome->problems[i].message);
        }
        return;
    case RUN_TROUBLE:
        tell(context, outcome, "can-be-run", or_first_line((struct scenario_position){0}),
             outcome->trouble);
        return;
    }
}

/* ---- GitHub ---------------------------------------------------------------------------------- */

/* `also`: characters with a meaning of their own where the text stands. */
static void add_escaped(struct case_text *line, const char *text, const char *also)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '%' || *at == '\n' || *at == '\r' || strchr(also, *at) != NULL) {
            case_text_add(line, "%%%02X", (unsigned char)*at);
        } else {
            case_text_add(line, "%c", *at);
        }
    }
}

static void annotate(void *context, const struct run_outcome *outcome, const char *rule,
                     struct scenario_position position, const char *message)
{
    (void)context;
    struct case_text line = {0};
    case_text_add(&line, "::error file=");
    add_escaped(&line, outcome->file, ":,");
    case_text_add(&line, ",line=%u,col=%u,title=%s::", position.line, position.column, rule);
    add_escaped(&line, message, "");
    if (outcome->again != NULL) {
        case_text_add(&line, "%%0Aagain: ");
        add_escaped(&line, outcome->again, "");
    }
    console_result("%s", case_text_bytes(&line));
    case_text_free(&line);
}

void run_github_outcome(const struct run_outcome *outcome)
{
    run_ci_each(outcome, annotate, NULL);
}
