/* trial.c: see trial.h. */
#include "sim/search/trial.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- Signatures ----------------------------------------------------------------------------- */

struct signature {
    char *text;
    size_t length;
};

static void add(struct signature *signature, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && signature->length + 1 < TRIAL_SIGNATURE_MAX; i++) {
        signature->text[signature->length++] = bytes[i];
    }
    signature->text[signature->length] = '\0';
}

static bool is_word(char character)
{
    return isalnum((unsigned char)character) || strchr("_-", character) != NULL;
}

static bool is_step(const struct scenario_plan *plan, const char *word, size_t length)
{
    for (uint32_t i = 0; plan != NULL && i < plan->step_count; i++) {
        const char *name = plan->steps[i].name;
        if (strlen(name) == length && memcmp(name, word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Numbers and names of steps are what differs from one scenario to the next. */
static void make_signature(const struct scenario *scenario, struct trial_failure *failure)
{
    struct signature signature = {.text = failure->signature};
    const char *kind =
        failure->expectation ? "expectation" : invariant_vocabulary[failure->invariant].name;
    /* The only message that names another step than the one it is about. */
    bool names_step = !failure->expectation && failure->invariant == INVARIANT_FLOW_ORDER;
    const struct scenario_plan *plan = names_step ? &scenario->plans[failure->plan] : NULL;
    add(&signature, kind, strlen(kind));
    add(&signature, ": ", 2);
    for (const char *at = failure->message; *at != '\0';) {
        size_t length = 0;
        bool digits = true;
        while (at[length] != '\0' && is_word(at[length])) {
            digits = digits && isdigit((unsigned char)at[length]);
            length++;
        }
        if (length == 0) {
            add(&signature, at, 1);
            length = 1;
        } else if (digits) {
            add(&signature, "N", 1);
        } else if (is_step(plan, at, length)) {
            add(&signature, "STEP", 4);
        } else {
            add(&signature, at, length);
        }
        at += length;
    }
}

/* ---- Running -------------------------------------------------------------------------------- */

void trial_copy_failure(struct trial_failure *kept, const struct scenario *scenario,
                        const struct simulation_failure *failure)
{
    kept->expectation = failure->expectation;
    kept->invariant = failure->invariant;
    kept->plan = failure->plan;
    kept->step = failure->step;
    kept->time = failure->time;
    snprintf(kept->message, sizeof(kept->message), "%s", failure->message);
    make_signature(scenario, kept);
}

/* One failure of each signature is kept: a hundred that are alike do not hide another one. */
static void take_failures(struct trial *trial, const struct scenario *scenario,
                          const struct simulation *simulation)
{
    trial->failure_count = simulation_failure_count(simulation);
    for (uint32_t i = 0; i < trial->failure_count && trial->kept < TRIAL_FAILURES_MAX; i++) {
        struct trial_failure *next = &trial->failures[trial->kept];
        trial_copy_failure(next, scenario, simulation_failure(simulation, i));
        trial->kept += !trial_fails_as(trial, next->signature);
    }
}

static void take_results(struct trial *trial, const struct scenario *scenario,
                         const struct simulation *simulation)
{
    trial->held = simulation_held(simulation);
    trial->counts = simulation_counts(simulation);
    take_failures(trial, scenario, simulation);
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        trial->marks[i] = simulation_mark(simulation, i);
    }
}

bool trial_run_covering(struct trial *trial, struct arena *arena, const struct scenario *scenario,
                        enum replay_store store, struct coverage *coverage)
{
    bool new = false;
    struct replay replay;
    const struct replay_config config = {
        .scenario = scenario, .store = store, .events_max = TRIAL_EVENTS_MAX};
    *trial = (struct trial){.status = replay_run(&replay, arena, &config)};
    if (trial->status == REPLAY_OK) {
        take_results(trial, scenario, replay.simulation);
        new = coverage != NULL &&coverage_merge(coverage, simulation_coverage(replay.simulation));
    } else {
        memcpy(trial->message, replay.message, sizeof(trial->message));
    }
    trial->memory_bytes = arena_used_max(arena);
    replay_end(&replay);
    return new;
}

void trial_run(struct trial *trial, struct arena *arena, const struct scenario *scenario,
               enum replay_store store)
{
    trial_run_covering(trial, arena, scenario, store, NULL);
}

bool trial_fails_as(const struct trial *trial, const char *signature)
{
    for (uint32_t i = 0; i < trial->kept; i++) {
        if (strcmp(trial->failures[i].signature, signature) == 0) {
            return true;
        }
    }
    return false;
}
