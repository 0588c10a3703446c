/* worker.c: see worker.h. */
#include "sim/search/worker.h"

#include "sim/search/causes.h"
#include "sim/search/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAUSES_OF 4u         /* of one failing item in so many the causes are looked for */
#define SIGNATURES_MAX 4096u /* different ones of one worker; further ones count as the last */

struct worker {
    const struct worker_config *config;
    struct arena *arena;
    struct scenario_memory *memory;
    struct subject_maker *maker;
    struct trial trial;
    struct causes causes;
    uint64_t defects_told;
    struct report_batch batch;
    struct coverage *coverage; /* of all runs of this worker */
    bool covered_more;         /* since it was told */
    /* What goes to the parent when the batch is whole. */
    unsigned char *out;
    size_t out_length;
    size_t out_capacity;
    char (*signatures)[TRIAL_SIGNATURE_MAX];
    uint32_t signature_count;
    bool failed; /* no memory, or nobody listens */
};

/* ---- Telling -------------------------------------------------------------------------------- */

static void put(struct worker *worker, const void *bytes, size_t length)
{
    if (worker->out_length + length > worker->out_capacity) {
        size_t capacity = 2 * (worker->out_length + length);
        unsigned char *out = realloc(worker->out, capacity);
        if (out == NULL) {
            worker->failed = true;
            return;
        }
        worker->out = out;
        worker->out_capacity = capacity;
    }
    memcpy(worker->out + worker->out_length, bytes, length);
    worker->out_length += length;
}

static void tell(struct worker *worker, enum report_kind kind, const void *bytes, size_t length)
{
    const struct report_head head = {.kind = (uint32_t)kind, .length = (uint32_t)length};
    put(worker, &head, sizeof(head));
    put(worker, bytes, length);
}

/* It ends with this. What was told of the batch is taken back: its items are not counted, and will
 * be run again. */
static void tell_trouble(struct worker *worker, const char *text)
{
    worker->out_length = 0;
    tell(worker, REPORT_TROUBLE, text, strlen(text) + 1);
}

static void send_all(struct worker *worker)
{
    size_t sent = 0;
    while (!worker->failed && sent < worker->out_length) {
        ssize_t written =
            write(worker->config->reports, worker->out + sent, worker->out_length - sent);
        worker->failed = written <= 0;
        sent += written > 0 ? (size_t)written : 0;
    }
    worker->out_length = 0;
}

static uint32_t signature_of(struct worker *worker, const char *signature, const char *message)
{
    uint32_t id = 0;
    while (id < worker->signature_count && strcmp(worker->signatures[id], signature) != 0) {
        id++;
    }
    if (id < worker->signature_count || id == SIGNATURES_MAX) {
        return id < SIGNATURES_MAX ? id : SIGNATURES_MAX - 1;
    }
    struct report_signature report = {.id = id};
    snprintf(report.signature, sizeof(report.signature), "%s", signature);
    snprintf(report.message, sizeof(report.message), "%s", message);
    memcpy(worker->signatures[id], report.signature, sizeof(report.signature));
    worker->signature_count++;
    tell(worker, REPORT_SIGNATURE, &report, sizeof(report));
    return id;
}

static void tell_failure(struct worker *worker, const struct scenario *scenario, uint64_t item,
                         const char *signature, const char *message)
{
    const struct report_failure failure = {
        .item = item,
        .signature = signature_of(worker, signature, message),
        .size = subject_size(scenario),
    };
    tell(worker, REPORT_FAILURE, &failure, sizeof(failure));
}

/* ---- Running -------------------------------------------------------------------------------- */

static bool is_expected(const struct scenario *scenario, const struct trial_failure *failure)
{
    for (uint32_t i = 0; !failure->expectation && i < scenario->expectation_count; i++) {
        const struct scenario_expectation *expectation = &scenario->expectations[i];
        if (expectation->kind == SCENARIO_EXPECT_VIOLATES &&
            expectation->name == failure->invariant) {
            return true;
        }
    }
    return false;
}

/* Each way in which it failed, once. */
static void tell_failures(struct worker *worker, const struct scenario *scenario, uint64_t item)
{
    const struct trial *trial = &worker->trial;
    uint32_t told = 0;
    worker->batch.failed++;
    for (uint32_t i = 0; i < trial->kept; i++) {
        const struct trial_failure *failure = &trial->failures[i];
        if (!is_expected(scenario, failure)) {
            tell_failure(worker, scenario, item, failure->signature, failure->message);
            told++;
        }
    }
    if (told == 0) {
        tell_failure(worker, scenario, item, "expectation: violates",
                     "what the scenario says it violates did not fail");
    }
}

/* Which defects does it show? Those that have been told are not looked for: as items come in their
 * order, the first item of each is known. */
static void look_for_causes(struct worker *worker, const struct scenario *scenario, uint64_t item)
{
    uint64_t left = worker->config->subject->defects & ~worker->defects_told;
    enum replay_store store = worker->config->store;
    if (left == 0 || item / worker->config->subject->base_count % CAUSES_OF != 0) {
        return;
    }
    causes_begin(&worker->causes, worker->arena, scenario, store);
    for (; left != 0; left &= left - 1) {
        uint32_t defect = (uint32_t)__builtin_ctzll(left);
        if (causes_show(&worker->causes, worker->arena, scenario, store, defect) != NULL) {
            const struct report_defect report = {.item = item, .defect = defect};
            worker->defects_told |= UINT64_C(1) << defect;
            tell(worker, REPORT_DEFECT, &report, sizeof(report));
        }
    }
}

static void note_trial(struct worker *worker, const struct scenario *scenario, uint64_t item)
{
    const struct trial *trial = &worker->trial;
    struct report_batch *batch = &worker->batch;
    if (trial->status == REPLAY_NO_MEMORY) {
        batch->failed++;
        tell_failure(worker, scenario, item, "memory: a run takes more than it may",
                     "the run took more memory than it may");
        return;
    }
    if (trial->status != REPLAY_OK) {
        tell_trouble(worker, trial->message);
        worker->failed = true;
        return;
    }
    if (!trial->held) {
        tell_failures(worker, scenario, item);
        look_for_causes(worker, scenario, item);
    }
    batch->events += trial->counts.events;
    batch->faults += trial->counts.faults;
    if (trial->memory_bytes > batch->memory_bytes_max) {
        batch->memory_bytes_max = trial->memory_bytes;
    }
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        batch->marks[i] += trial->marks[i];
    }
}

static void run_item(struct worker *worker, uint64_t item)
{
    struct worker_board *board = worker->config->board;
    atomic_store(&board->item, item);
    atomic_fetch_add(&board->begun, 1);
    scenario_memory_clear(worker->memory);
    const struct scenario *scenario = subject_make(worker->maker, item, worker->memory);
    if (scenario == NULL) {
        tell_trouble(worker, "out of memory");
        worker->failed = true;
        return;
    }
    worker->covered_more |= trial_run_covering(&worker->trial, worker->arena, scenario,
                                               worker->config->store, worker->coverage);
    note_trial(worker, scenario, item);
}

static void tell_coverage(struct worker *worker)
{
    if (!worker->covered_more) {
        return;
    }
    size_t length = coverage_encode(worker->coverage, NULL);
    uint8_t *bytes = malloc(length);
    if (bytes == NULL) {
        worker->failed = true;
        return;
    }
    coverage_encode(worker->coverage, bytes);
    tell(worker, REPORT_COVERAGE, bytes, length);
    free(bytes);
    worker->covered_more = false;
}

static void run_order(struct worker *worker, const struct report_order *order)
{
    worker->batch = (struct report_batch){.first = order->first, .end = order->first};
    while (worker->batch.end < order->end && !worker->failed &&
           !atomic_load(worker->config->stop)) {
        run_item(worker, worker->batch.end);
        worker->batch.end++;
    }
    bool trouble = worker->failed;
    worker->failed = false;
    if (!trouble) {
        tell_coverage(worker);
        tell(worker, REPORT_BATCH, &worker->batch, sizeof(worker->batch));
    }
    send_all(worker);
    worker->failed = worker->failed || trouble;
}

static bool next_order(const struct worker *worker, struct report_order *order)
{
    size_t length = 0;
    while (length < sizeof(*order)) {
        ssize_t got = read(worker->config->orders, (char *)order + length, sizeof(*order) - length);
        if (got <= 0) {
            return false;
        }
        length += (size_t)got;
    }
    return true;
}

static bool set_up(struct worker *worker)
{
    size_t arena_size;
    worker->arena = replay_arena_create(&arena_size);
    worker->memory = scenario_memory_create(NULL, NULL);
    worker->maker = subject_maker_create(worker->config->subject);
    worker->coverage = calloc(1, sizeof(*worker->coverage));
    worker->signatures = calloc(SIGNATURES_MAX, sizeof(*worker->signatures));
    return worker->arena != NULL && worker->memory != NULL && worker->maker != NULL &&
           worker->coverage != NULL && worker->signatures != NULL;
}

static void tear_down(struct worker *worker)
{
    subject_maker_destroy(worker->maker);
    scenario_memory_destroy(worker->memory);
    arena_destroy(worker->arena);
    free(worker->coverage);
    free(worker->signatures);
    free(worker->out);
}

int worker_main(const struct worker_config *config)
{
    struct worker worker = {.config = config};
    struct report_order order;
    bool ready = set_up(&worker);
    if (!ready) {
        tell_trouble(&worker, "out of memory");
        send_all(&worker);
    }
    while (ready && !worker.failed && next_order(&worker, &order)) {
        run_order(&worker, &order);
    }
    tear_down(&worker);
    return ready && !worker.failed ? 0 : 1;
}
