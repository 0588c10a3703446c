/* finding.c: see finding.h. The arena is made once and empty between runs, so that no run knows of
 * another one. */
#include "fuzz/finding.h"

#include "sim/check/catalogue.h"
#include "sim/scenario/reach.h"
#include "sim/scenario/scenario_writer.h"
#include "sim/search/scenario_edit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static const char
    *wanted; /* where the scenario is to be written, whatever happens; NULL: nowhere */

/* The run that a signal interrupts: when it is to be written. */
static struct {
    struct scenario *scenario;
    struct scenario_memory *memory;
    const struct replay *replay;
} at_work;

/* See on_signal. */
/* NOLINTBEGIN(bugprone-signal-handler,cert-sig30-c) */
static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "fuzz: %s\n", why);
    exit(3);
}

/* Before any run, so that the first one takes the same turns as all others: a fuzzer would wonder.
 */
static __attribute__((constructor)) void prepare(void)
{
    wanted = getenv(FINDING_SCENARIO_VARIABLE);
    if (arena_create(FINDING_ARENA_BYTES, &arena) != ARENA_OK) {
        give_up("no memory for a run");
    }
}

/* ---- The scenario as a file ----------------------------------------------------------------- */

static void flag_impossible(const struct scenario *copy, struct reach *reach,
                            struct edit_gone *gone)
{
    for (uint32_t i = 0; i < copy->event_count; i++) {
        gone->events[i] = !reach_event_happens(reach, i, NULL);
    }
    for (uint32_t i = 0; i < copy->fault_count; i++) {
        gone->faults[i] = !reach_fault_strikes(reach, &copy->faults[i], NULL);
    }
}

/* A copy without what can never happen, which a file may not have. */
static struct scenario *possible_part(const struct scenario *scenario,
                                      struct scenario_memory *memory)
{
    struct reach reach;
    struct edit_gone gone;
    struct scenario *copy = scenario_edit_copy(scenario, memory);
    uint32_t before = copy == NULL ? 0 : copy->event_count + copy->fault_count + 1;
    while (copy != NULL && copy->event_count + copy->fault_count < before) {
        before = copy->event_count + copy->fault_count;
        if (!reach_start(&reach, copy, memory) || !edit_gone_start(&gone, copy, memory)) {
            return NULL;
        }
        flag_impossible(copy, &reach, &gone);
        if (!edit_take_out(copy, &gone, memory)) {
            return NULL;
        }
    }
    return copy;
}

static void write_scenario(const char *title)
{
    FILE *file = wanted == NULL ? stderr : fopen(wanted, "w");
    size_t length = 0;
    const char *text = NULL;
    if (file != NULL && replay_list_choices(at_work.replay, at_work.scenario, at_work.memory)) {
        text = scenario_write(at_work.scenario, NULL, at_work.memory, &length);
    }
    if (text == NULL || fprintf(file, "# %s\n%s", title, text) < 0 || fflush(file) != 0) {
        give_up("the scenario of the finding cannot be written");
    }
    if (wanted != NULL) {
        fprintf(stderr, "its scenario: %s\nagain: dirsim run %s\n", wanted, wanted);
    }
}

/* ---- Findings ------------------------------------------------------------------------------- */

static bool is_expected(const struct scenario *scenario, uint32_t invariant)
{
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (scenario->expectations[i].kind == SCENARIO_EXPECT_VIOLATES &&
            scenario->expectations[i].name == invariant) {
            return true;
        }
    }
    return false;
}

/* The first failure that is a finding; NULL: there is none. */
static const struct simulation_failure *find_failure(const struct finding_run *run,
                                                     const struct simulation *simulation)
{
    bool endless = simulation_counts(simulation).events >= run->events_max;
    for (uint32_t i = 0; !run->may_fail && i < simulation_failure_count(simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(simulation, i);
        if (!failure->expectation && !(run->may_be_endless && endless) &&
            !is_expected(run->scenario, failure->invariant)) {
            return failure;
        }
    }
    return NULL;
}

static enum replay_status start(struct replay *replay, const struct finding_run *run, bool record)
{
    const struct replay_config config = {
        .scenario = record ? at_work.scenario : run->scenario,
        .store = run->store,
        .store_file = run->store_file,
        .store_vfs = run->store_vfs,
        .events_max = run->events_max,
        .record = record,
        .choice_bytes = run->choice_bytes,
        .choice_byte_count = run->choice_byte_count,
    };
    return replay_run(replay, arena, &config);
}

/* What a crash comes as. */
static const int crash_signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
#define CRASH_SIGNALS (sizeof(crash_signals) / sizeof(crash_signals[0]))
static struct sigaction before[CRASH_SIGNALS]; /* a sanitizer may have its own, which reports */

static void restore_signals(void)
{
    for (size_t i = 0; i < CRASH_SIGNALS; i++) {
        sigaction(crash_signals[i], &before[i], NULL);
    }
}

/* The process is dying, and what may not be asked for in a signal handler is asked for all the
 * same: at worst there is no scenario. Back from here, what crashed does so again, and meets who
 * was there before. */
static void on_signal(int number)
{
    restore_signals();
    write_scenario("crashed");
    if (number == SIGABRT) {
        raise(number);
    }
}

static void watch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < CRASH_SIGNALS; i++) {
        sigaction(crash_signals[i], &action, &before[i]);
    }
}

/* NOLINTEND(bugprone-signal-handler,cert-sig30-c) */

/* Run it once more, with a list of what chance decides. False: nothing failed. */
static bool run_recorded(const struct finding_run *run)
{
    struct replay replay;
    char title[256];
    at_work.memory = scenario_memory_create(NULL, NULL);
    at_work.scenario = at_work.memory == NULL ? NULL : possible_part(run->scenario, at_work.memory);
    at_work.replay = &replay;
    if (at_work.scenario == NULL) {
        give_up("out of memory");
    }
    watch_signals();
    enum replay_status status = start(&replay, run, true);
    restore_signals();
    const struct simulation_failure *failure =
        status == REPLAY_OK ? find_failure(run, replay.simulation) : NULL;
    if (failure != NULL) {
        snprintf(title, sizeof(title), "%s: %s", invariant_vocabulary[failure->invariant].name,
                 failure->message);
        fprintf(stderr, "FAILED  %s (at %llu us)\n", title, (unsigned long long)failure->time);
        write_scenario(title);
    }
    replay_end(&replay);
    scenario_memory_destroy(at_work.memory);
    return failure != NULL;
}

bool finding_run(const struct finding_run *run, const char **message)
{
    static char why[REPLAY_MESSAGE_MAX];
    struct replay replay;
    if (wanted != NULL && run_recorded(run)) {
        abort();
    }
    enum replay_status status = start(&replay, run, false);
    bool failed = status == REPLAY_OK && find_failure(run, replay.simulation) != NULL;
    if (message != NULL) {
        memcpy(why, replay.message, sizeof(why));
        *message = why;
    }
    replay_end(&replay);
    if (failed) {
        if (!run_recorded(run)) {
            fprintf(stderr, "FAILED  only with what can never happen in it, or only once\n");
        }
        abort();
    }
    return status == REPLAY_OK;
}
