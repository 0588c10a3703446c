/* campaign.c: the parent's loop: hand out, listen, keep time. */
#include "sim/search/campaign_private.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 100
#define PARTS_PER_JOB 8u /* so many or more, so that no worker is idle for long at the end */
#define JOBS_GUESSED 4u  /* of each shard: chunks must not depend on this machine */

uint64_t campaign_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t campaign_age_ms(const struct campaign_run *run)
{
    return campaign_clock_ms() - run->began_ms + run->campaign->elapsed_before_ms;
}

void campaign_stop(struct campaign_run *run, enum campaign_status status)
{
    if (!run->stopping || status == CAMPAIGN_TROUBLE) {
        run->status = status;
    }
    run->stopping = true;
    atomic_store(&run->board->stop, true);
}

void campaign_trouble(struct campaign_run *run, const char *format, ...)
{
    va_list arguments;
    if (run->status != CAMPAIGN_TROUBLE) {
        va_start(arguments, format);
        vsnprintf(run->campaign->message, sizeof(run->campaign->message), format, arguments);
        va_end(arguments);
    }
    campaign_stop(run, CAMPAIGN_TROUBLE);
}

/* ---- Handing out ---------------------------------------------------------------------------- */

void campaign_again(struct campaign_run *run, uint64_t first, uint64_t end)
{
    if (first >= end) {
        return;
    }
    if (run->again_count == run->again_capacity) {
        size_t capacity = 2 * run->again_capacity + 8;
        struct report_order *again = realloc(run->again, capacity * sizeof(*again));
        if (again == NULL) {
            campaign_trouble(run, "out of memory");
            return;
        }
        run->again = again;
        run->again_capacity = capacity;
    }
    run->again[run->again_count++] = (struct report_order){first, end};
}

/* A small part of what one shard has to do, from 1 to `most` items. It is the same on every machine
 * that runs a part of the campaign. */
static uint32_t part_of(const struct campaign_config *config, uint32_t most)
{
    if (config->end_item == CAMPAIGN_NO_END) {
        return most;
    }
    uint64_t parts = (uint64_t)config->shards * JOBS_GUESSED * PARTS_PER_JOB;
    uint64_t part = (config->end_item - config->first_item) / parts;
    part = part < most ? part : most;
    return part > 0 ? (uint32_t)part : 1;
}

/* What is to be run next; false when nothing is left. */
static bool next_order(struct campaign_run *run, struct report_order *order)
{
    const struct campaign_config *config = &run->campaign->config;
    if (run->again_count > 0) {
        *order = run->again[--run->again_count];
        return true;
    }
    while (run->cursor < config->end_item) {
        uint64_t chunk = run->cursor / run->chunk;
        uint64_t end = (chunk + 1) * run->chunk;
        struct item_range gap;
        end = end < config->end_item ? end : config->end_item;
        if (chunk % config->shards == config->shard &&
            item_ranges_gap(&run->campaign->done, run->cursor, end, &gap)) {
            uint64_t most = gap.first + run->order;
            run->cursor = gap.end < most ? gap.end : most;
            *order = (struct report_order){gap.first, run->cursor};
            return true;
        }
        run->cursor = end;
    }
    return false;
}

/* Give every idle place something to do, or send its worker home. Answers how many are left. */
static uint32_t hand_out(struct campaign_run *run)
{
    uint32_t alive = 0;
    for (uint32_t i = 0; i < run->campaign->config.jobs; i++) {
        struct campaign_worker *worker = &run->workers[i];
        struct report_order order;
        bool open = worker->pid == 0 || worker->orders >= 0;
        if (!worker->has_order && open && !run->stopping && next_order(run, &order)) {
            if (worker->pid != 0 || campaign_worker_start(run, i)) {
                campaign_worker_order(run, i, &order);
            }
        }
        if (worker->pid != 0 && !worker->has_order) {
            campaign_worker_dismiss(worker);
        }
        alive += worker->pid != 0;
    }
    return alive;
}

/* ---- Waiting -------------------------------------------------------------------------------- */

static void listen_to_all(struct campaign_run *run, struct pollfd *files)
{
    uint32_t jobs = run->campaign->config.jobs;
    for (uint32_t i = 0; i < jobs; i++) {
        files[i] = (struct pollfd){.fd = run->workers[i].pid != 0 ? run->workers[i].reports : -1,
                                   .events = POLLIN};
    }
    if (poll(files, jobs, TICK_MS) < 0) {
        if (errno != EINTR && errno != EAGAIN) {
            campaign_trouble(run, "cannot wait for the worker processes");
        }
        return;
    }
    for (uint32_t i = 0; i < jobs; i++) {
        if (files[i].fd >= 0 && files[i].revents != 0) {
            campaign_worker_listen(run, i);
        }
    }
}

/* Note how far it has come. */
static void take_sample(struct campaign *campaign)
{
    const struct coverage_counts counts = coverage_count(&campaign->coverage);
    struct sample sample = {
        .ms = campaign->elapsed_before_ms + campaign->elapsed_ms,
        .runs = campaign->totals.runs,
        .failed = campaign->totals.failed,
        .groups = campaign->groups.count,
        .moves = counts.moves[COVERAGE_MEMORY] + counts.moves[COVERAGE_STORED],
        .pairs = counts.pairs,
    };
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        sample.marks += campaign->totals.marks[i] > 0;
    }
    samples_add(&campaign->samples, &sample);
}

static void keep_time(struct campaign_run *run, uint64_t *last_tick_ms)
{
    struct campaign *campaign = run->campaign;
    const struct campaign_config *config = &campaign->config;
    uint64_t now = campaign_clock_ms();
    campaign->elapsed_ms = now - run->began_ms;
    if (config->interrupted != NULL && *config->interrupted != 0) {
        campaign_stop(run, CAMPAIGN_INTERRUPTED);
    } else if (config->time_ms != 0 && campaign->elapsed_ms >= config->time_ms) {
        campaign_stop(run, CAMPAIGN_TIME_UP);
    }
    if (now - *last_tick_ms < TICK_MS) {
        return;
    }
    *last_tick_ms = now;
    for (uint32_t i = 0; i < config->jobs; i++) {
        if (run->workers[i].pid != 0) {
            campaign_worker_watch(run, i);
        }
    }
    take_sample(campaign);
    if (config->progress != NULL && !config->progress(config->context, campaign)) {
        campaign_stop(run, CAMPAIGN_INTERRUPTED);
    }
}

/* ---- Beginning and end ---------------------------------------------------------------------- */

static bool set_up(struct campaign_run *run)
{
    const struct campaign_config *config = &run->campaign->config;
    run->board_size = sizeof(*run->board) + config->jobs * sizeof(run->board->workers[0]);
    void *board =
        mmap(NULL, run->board_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    run->board = board == MAP_FAILED ? NULL : board;
    run->workers = calloc(config->jobs, sizeof(*run->workers));
    run->maker = subject_maker_create(config->subject);
    run->memory = scenario_memory_create(NULL, NULL);
    for (uint32_t i = 0; run->workers != NULL && i < config->jobs; i++) {
        run->workers[i] = (struct campaign_worker){.orders = -1, .reports = -1, .errors = -1};
    }
    return run->board != NULL && run->workers != NULL && run->maker != NULL && run->memory != NULL;
}

static void tear_down(struct campaign_run *run)
{
    for (uint32_t i = 0; run->workers != NULL && i < run->campaign->config.jobs; i++) {
        campaign_worker_free(&run->workers[i]);
    }
    if (run->board != NULL) {
        munmap(run->board, run->board_size);
    }
    subject_maker_destroy(run->maker);
    scenario_memory_destroy(run->memory);
    free(run->workers);
    free(run->again);
}

enum campaign_status campaign_run(struct campaign *campaign)
{
    struct campaign_run run = {
        .campaign = campaign,
        .status = CAMPAIGN_COMPLETE,
        .cursor = campaign->config.first_item,
        .chunk = part_of(&campaign->config, CAMPAIGN_CHUNK_MAX),
        .order = part_of(&campaign->config, CAMPAIGN_ORDER_MAX),
        .began_ms = campaign_clock_ms(),
    };
    struct pollfd *files = calloc(campaign->config.jobs, sizeof(*files));
    uint64_t last_tick_ms = run.began_ms;
    campaign->runs_before = campaign->totals.runs;
    if (files == NULL || !set_up(&run)) {
        snprintf(campaign->message, sizeof(campaign->message), "out of memory");
        run.status = CAMPAIGN_TROUBLE;
    } else {
        take_sample(campaign);
        while (hand_out(&run) > 0) {
            listen_to_all(&run, files);
            keep_time(&run, &last_tick_ms);
        }
        campaign->elapsed_ms = campaign_clock_ms() - run.began_ms;
        take_sample(campaign);
    }
    tear_down(&run);
    free(files);
    return run.status;
}

void campaign_note_defect(struct campaign *campaign, uint32_t number, uint64_t item,
                          uint64_t found_ms)
{
    struct campaign_defect *defect = &campaign->defects[number];
    if (!defect->found || item < defect->first_item) {
        defect->first_item = item;
    }
    if (!defect->found || found_ms < defect->found_ms) {
        defect->found_ms = found_ms;
    }
    defect->found = true;
}

void campaign_free(struct campaign *campaign)
{
    groups_free(&campaign->groups);
    item_ranges_free(&campaign->done);
}
