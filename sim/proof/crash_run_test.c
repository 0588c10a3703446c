/* crash_run_test.c: the power goes at every single change that a whole run makes to its database.
 * Afterwards the database is sound, and a second run on it recovers every plan: its world
 * invalidates what the dead ones left, then each plan is asked for once more, and in the end all of
 * them have come to rest and no invariant has failed. */
#include "director/memory_test_support.h"
#include "sim/check/catalogue.h"
#include "sim/proof/proof_test_support.h"
#include "sim/store/crash_vfs.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#define VFS "crash proof"
#define FILE_NAME "run.db"
#define SAMPLE_CRASHES 499u /* without DIRSIM_PROOF=whole: one change in so many */
#define COMPLAINTS_MAX 20u
/* When the plans are asked for again: long after everything that recovery does by itself. */
#define ASKED_AGAIN UINT64_C(7200000000)

/* What was not synced: nothing of it survives, all does, or each change as chance says. */
enum survivors { NOTHING, EVERYTHING, BY_CHANCE, SURVIVORS };

struct crash {
    const struct proof_scenario *scenario;
    struct test_memory memory;
    struct director_allocator allocator;
    struct crash_vfs *vfs;
    struct store *store;
    uint64_t strike_at; /* 0: never */
    enum survivors survivors;
    bool struck;
    bool half_prepared; /* struck before all that the run begins with was there */
};

static uint64_t crashes;
static uint64_t ends[DIRECTOR_PLAN_STATES]; /* of plans, after recovery */
static uint64_t torn;                       /* plans left running that have lost their step rows */
static uint64_t unplanned; /* scheduled plans whose record was still to be written */
static uint64_t bad;

static void complain(const struct crash *crash, const char *what, const char *message)
{
    if (bad++ < COMPLAINTS_MAX) {
        print_error("%s: power cut at change %" PRIu64 ", survivors %d: %s: %s\n",
                    crash->scenario->path, crash->strike_at, (int)crash->survivors, what, message);
    }
}

static struct crash_verdict decide(void *context, const struct crash_change *change)
{
    struct crash *crash = context;
    if (change->number != crash->strike_at) {
        return (struct crash_verdict){CRASH_GOES_ON, 0};
    }
    crash->struck = true;
    return (struct crash_verdict){CRASH_DIES, change->length / 3 * (uint32_t)(change->number % 3)};
}

static bool survives(void *context, const struct crash_change *change)
{
    const struct crash *crash = context;
    const uint64_t mixed =
        (crash->strike_at * 1000003 + change->number) * UINT64_C(0x9E3779B97F4A7C15);
    return crash->survivors == BY_CHANCE ? mixed >> 63 != 0 : crash->survivors == EVERYTHING;
}

/* ---- The first run --------------------------------------------------------------------------- */

static bool open_database(struct crash *crash, char *message, size_t size)
{
    if (sqlite_store_open(&crash->allocator, FILE_NAME, VFS, &crash->store, message, size) ==
        STORE_OK) {
        return true;
    }
    crash->store = NULL;
    return false;
}

static void close_database(struct crash *crash)
{
    if (crash->store != NULL) {
        crash->store->operations->close(crash->store);
        crash->store = NULL;
    }
}

/* Run until the power goes or the run is over. */
static void run_until_dark(struct crash *crash)
{
    struct proof_run run;
    char message[PROOF_MESSAGE_MAX] = "";
    bool more = true;
    if (!open_database(crash, message, sizeof(message))) {
        return;
    }
    const struct proof_config config = {.scenario = crash->scenario->reading.scenario,
                                        .allocator = crash->allocator,
                                        .store_kind = PROOF_GIVEN,
                                        .store = crash->store};
    const bool built = proof_build(&run, &config);
    crash->half_prepared = crash->struck;
    if (built) {
        while (more && !crash_disk_is_off(crash_vfs_disk(crash->vfs)) &&
               simulation_step(run.simulation, &more) == SIMULATION_OK) {
        }
    }
    proof_end(&run);
    close_database(crash);
}

/* ---- Afterwards ------------------------------------------------------------------------------ */

static void check_says(struct crash *crash, sqlite3 *database, const char *pragma,
                       const char *wanted)
{
    sqlite3_stmt *statement = NULL;
    const char *said = NULL;
    assert_int_equal(sqlite3_prepare_v2(database, pragma, -1, &statement, NULL), SQLITE_OK);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        said = (const char *)sqlite3_column_text(statement, 0);
    }
    if (wanted == NULL ? said != NULL : said == NULL || strcmp(said, wanted) != 0) {
        complain(crash, pragma, said == NULL ? "nothing" : said);
    }
    sqlite3_finalize(statement);
}

static void check_sound(struct crash *crash)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open_v2(FILE_NAME, &database, SQLITE_OPEN_READWRITE, VFS), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
    check_says(crash, database, "PRAGMA integrity_check", "ok");
    check_says(crash, database, "PRAGMA foreign_key_check", NULL);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

/* The same plans in a world where nothing goes wrong; each is asked for once more. */
static struct scenario recovery_of(const struct scenario *scenario, struct scenario_event *events)
{
    struct scenario recovery = *scenario;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        events[i] = (struct scenario_event){
            .kind = SCENARIO_START,
            .when = {.kind = SCENARIO_AT, .at = ASKED_AGAIN},
            .plan = i,
        };
    }
    recovery.world.worlds = 1;
    recovery.world.validity_check = 0; /* by the millisecond it would be asked millions of times */
    recovery.events = events;
    recovery.event_count = scenario->plan_count;
    recovery.faults = NULL;
    recovery.fault_count = 0;
    recovery.expectations = NULL;
    recovery.expectation_count = 0;
    recovery.choices = NULL;
    recovery.choice_count = 0;
    recovery.until = 2 * ASKED_AGAIN;
    return recovery;
}

/* A plan whose step rows somebody deleted cannot be executed by anyone. */
static bool may_be_torn(const struct scenario *scenario, uint32_t plan)
{
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        if (scenario->events[i].kind == SCENARIO_DELETE_STEPS && scenario->events[i].plan == plan) {
            return true;
        }
    }
    return false;
}

/* How the plans ended: all are there; stopped, paused, or in execution and waiting for an event, or
 * still to be planned (that it waits, and for what, is what the invariants of the end look after).
 */
static void note_ends(struct crash *crash, const struct proof_run *run)
{
    for (uint32_t i = 0; i < run->config->scenario->plan_count; i++) {
        struct director_plan_row row;
        if (crash->store->operations->peek_plan(
                crash->store, simulation_plan_id(run->simulation, i), &row) != STORE_OK) {
            complain(crash, "a plan is gone", run->config->scenario->plans[i].name);
        } else if (row.state != DIRECTOR_PLAN_STOPPED && row.state != DIRECTOR_PLAN_PAUSED &&
                   row.state != DIRECTOR_PLAN_RUNNING && row.state != DIRECTOR_PLAN_SCHEDULED &&
                   !may_be_torn(crash->scenario->reading.scenario, i)) {
            complain(crash, run->config->scenario->plans[i].name,
                     director_plan_state_name(row.state));
        } else {
            ends[row.state]++;
        }
    }
}

/* A torn plan may be left running: neither director nor database can tell what its steps were. And
 * the row of a scheduled plan and its record are written one after the other, as the world is
 * prepared. */
static void check_failures(struct crash *crash, const struct proof_run *run)
{
    for (uint32_t i = 0; i < simulation_failure_count(run->simulation); i++) {
        const struct simulation_failure *failure = simulation_failure(run->simulation, i);
        if (failure->invariant == INVARIANT_PLANS_COME_TO_REST && failure->plan != SCENARIO_NONE &&
            may_be_torn(crash->scenario->reading.scenario, failure->plan)) {
            torn++;
        } else if (failure->invariant == INVARIANT_PLANS_COME_TO_REST && crash->half_prepared &&
                   failure->plan != SCENARIO_NONE &&
                   run->config->scenario->plans[failure->plan].state == DIRECTOR_PLAN_SCHEDULED) {
            unplanned++;
        } else {
            complain(crash, invariant_vocabulary[failure->invariant].name, failure->message);
        }
    }
}

static void recover(struct crash *crash)
{
    const struct scenario *scenario = crash->scenario->reading.scenario;
    struct scenario_event *events = calloc(scenario->plan_count + 1, sizeof(*events));
    struct proof_run run;
    char message[PROOF_MESSAGE_MAX] = "";
    assert_non_null(events);
    const struct scenario recovery = recovery_of(scenario, events);
    if (!open_database(crash, message, sizeof(message))) {
        complain(crash, "it cannot be opened", message);
        free(events);
        return;
    }
    const struct proof_config config = {.scenario = &recovery,
                                        .allocator = crash->allocator,
                                        .store_kind = PROOF_GIVEN,
                                        .store = crash->store};
    proof_run(&run, &config);
    if (run.status != SIMULATION_OK) {
        complain(crash, "the second run ends in", run.message);
    } else {
        check_failures(crash, &run);
    }
    if (run.status == SIMULATION_OK) {
        note_ends(crash, &run);
    }
    proof_end(&run);
    close_database(crash);
    free(events);
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* A run that dies at its change number `strike_at`; false when it has not so many. */
static bool crash_at(const struct proof_scenario *scenario, uint64_t strike_at,
                     enum survivors survivors)
{
    struct crash crash = {.scenario = scenario, .strike_at = strike_at, .survivors = survivors};
    const struct crash_hooks hooks = {&crash, decide, survives};
    crash.allocator = test_memory_allocator(&crash.memory);
    crash.vfs = crash_vfs_create(&crash.allocator, VFS, &hooks);
    assert_non_null(crash.vfs);
    run_until_dark(&crash);
    const bool struck = crash.struck;
    if (struck) {
        crashes++;
        assert_true(crash_disk_restart(crash_vfs_disk(crash.vfs)));
        if (crash_disk_exists(crash_vfs_disk(crash.vfs), FILE_NAME)) {
            check_sound(&crash);
        }
        recover(&crash);
        check_sound(&crash);
    }
    crash_vfs_destroy(crash.vfs);
    if (crash.memory.live_bytes != 0 || crash.memory.mistakes != 0) {
        complain(&crash, "memory", "leaks");
    }
    return struck;
}

static void power_cuts(const struct proof_scenario *scenario, uint32_t number)
{
    const uint64_t stride = proof_is_whole() ? 1 : SAMPLE_CRASHES;
    for (uint64_t at = proof_is_whole() ? 1 : 1 + number * 7 % SAMPLE_CRASHES;; at += stride) {
        enum survivors first = proof_is_whole() ? NOTHING : (enum survivors)(at % SURVIVORS);
        bool struck = crash_at(scenario, at, first);
        for (unsigned other = 1; struck && proof_is_whole() && other < SURVIVORS; other++) {
            crash_at(scenario, at, (enum survivors)other);
        }
        if (!struck) {
            return;
        }
    }
}

static void a_power_cut_at_any_change_leaves_plans_that_can_be_recovered(void **state)
{
    uint32_t count = 0;
    struct proof_scenario *scenarios = proof_scenarios(&count);
    (void)state;
    for (uint32_t i = 0; i < count; i++) {
        power_cuts(&scenarios[i], i);
    }
    print_message("power cuts: %" PRIu64 " in runs of %u scenarios, %" PRIu64
                  " bad; plans recovered: %" PRIu64 " stopped, %" PRIu64 " paused, %" PRIu64
                  " wait for an event, %" PRIu64 " for their time, %" PRIu64
                  " torn ones left running, %" PRIu64 " cut off as they were scheduled\n",
                  crashes, count, bad, ends[DIRECTOR_PLAN_STOPPED], ends[DIRECTOR_PLAN_PAUSED],
                  ends[DIRECTOR_PLAN_RUNNING] - torn, ends[DIRECTOR_PLAN_SCHEDULED] - unplanned,
                  torn, unplanned);
    proof_scenarios_free(scenarios, count);
    assert_int_equal(bad, 0);
    assert_true(crashes > count / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_cut_at_any_change_leaves_plans_that_can_be_recovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
