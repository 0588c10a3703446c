/* campaign_worker.c: a worker process as its parent sees it: started, given orders, listened to,
 * and buried, with what it died of. */
#define _GNU_SOURCE
#include "sim/search/campaign_private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES 65536u
#define NO_FILE (-1)
#define STILLBORN_MAX 8u
#define WORKER_FAILED 70 /* exit status of a process that could not become a worker */

/* ---- Starting ------------------------------------------------------------------------------- */

static void close_file(int *file)
{
    if (*file != NO_FILE) {
        close(*file);
    }
    *file = NO_FILE;
}

/* In the child: only its own pipes stay open, signals that end a campaign are the parent's, and no
 * worker outlives its parent. */
static void become_worker(struct campaign_run *run, uint32_t place, int orders, int reports)
{
    struct campaign_worker *own = &run->workers[place];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    for (uint32_t i = 0; i < run->campaign->config.jobs; i++) {
        if (run->workers[i].pid != 0) {
            close_file(&run->workers[i].orders);
            close_file(&run->workers[i].reports);
        }
    }
    if (dup2(own->errors, STDERR_FILENO) < 0) {
        _exit(WORKER_FAILED);
    }
    const struct worker_config config = {
        .subject = run->campaign->config.subject,
        .store = run->campaign->config.store,
        .orders = orders,
        .reports = reports,
        .board = &run->board->workers[place],
        .stop = &run->board->stop,
    };
    _exit(worker_main(&config));
}

bool campaign_worker_start(struct campaign_run *run, uint32_t place)
{
    struct campaign_worker *worker = &run->workers[place];
    int orders[2] = {NO_FILE, NO_FILE};
    int reports[2] = {NO_FILE, NO_FILE};
    *worker = (struct campaign_worker){.orders = NO_FILE, .reports = NO_FILE};
    worker->errors = memfd_create("stderr", MFD_CLOEXEC);
    pid_t pid = -1;
    if (worker->errors >= 0 && pipe2(orders, O_CLOEXEC) == 0 && pipe2(reports, O_CLOEXEC) == 0) {
        pid = fork();
    }
    if (pid == 0) {
        close(orders[1]);
        close(reports[0]);
        become_worker(run, place, orders[0], reports[1]);
    }
    int reason = errno;
    close_file(&orders[0]);
    close_file(&reports[1]);
    if (pid < 0) {
        close_file(&orders[1]);
        close_file(&reports[0]);
        close_file(&worker->errors);
        campaign_trouble(run, "cannot start a worker process: %s", strerror(reason));
        return false;
    }
    worker->pid = pid;
    worker->orders = orders[1];
    worker->reports = reports[0];
    fcntl(worker->reports, F_SETFL, O_NONBLOCK);
    return true;
}

/* ---- Orders --------------------------------------------------------------------------------- */

void campaign_worker_order(struct campaign_run *run, uint32_t place,
                           const struct report_order *order)
{
    struct campaign_worker *worker = &run->workers[place];
    worker->order = *order;
    worker->has_order = true;
    worker->begun_at_order = atomic_load(&run->board->workers[place].begun);
    hang_watch_start(&worker->hang, worker->begun_at_order, campaign_clock_ms());
    /* When it is dead, that will be seen when it is listened to. */
    ssize_t written = write(worker->orders, order, sizeof(*order));
    (void)written;
}

void campaign_worker_dismiss(struct campaign_worker *worker)
{
    close_file(&worker->orders);
}

void campaign_worker_watch(struct campaign_run *run, uint32_t place)
{
    struct campaign_worker *worker = &run->workers[place];
    uint64_t begun = atomic_load(&run->board->workers[place].begun);
    if (worker->has_order && !worker->killed &&
        hang_watch_look(&worker->hang, begun, campaign_clock_ms(), run->campaign->config.hang_ms)) {
        worker->killed = true;
        kill(worker->pid, SIGKILL);
    }
}

/* ---- Reports -------------------------------------------------------------------------------- */

static void take_signature(struct campaign_run *run, struct campaign_worker *worker,
                           const struct report_signature *report)
{
    uint64_t now = campaign_age_ms(run);
    uint32_t *groups = realloc(worker->groups, ((size_t)worker->group_count + 1) * sizeof(*groups));
    uint32_t group = groups_find(&run->campaign->groups, report->signature, report->message, now);
    if (groups != NULL) {
        worker->groups = groups;
        worker->groups[worker->group_count++] = group;
    }
    if (groups == NULL || group == GROUP_NONE) {
        campaign_trouble(run, "out of memory");
    }
}

static void take_failure(struct campaign_run *run, const struct campaign_worker *worker,
                         const struct report_failure *report)
{
    if (report->signature < worker->group_count &&
        worker->groups[report->signature] != GROUP_NONE) {
        groups_note(&run->campaign->groups, worker->groups[report->signature], report->item,
                    report->size);
    }
}

static void take_batch(struct campaign_run *run, struct campaign_worker *worker,
                       const struct report_batch *batch)
{
    struct campaign_totals *totals = &run->campaign->totals;
    totals->runs += batch->end - batch->first;
    totals->failed += batch->failed;
    totals->events += batch->events;
    totals->faults += batch->faults;
    if (batch->memory_bytes_max > totals->memory_bytes_max) {
        totals->memory_bytes_max = batch->memory_bytes_max;
    }
    for (uint32_t i = 0; i < MARK_COUNT; i++) {
        totals->marks[i] += batch->marks[i];
    }
    if (!item_ranges_add(&run->campaign->done, batch->first, batch->end)) {
        campaign_trouble(run, "out of memory");
    }
    worker->order.first = batch->end;
    worker->has_order = false;
}

static void take_coverage(struct campaign_run *run, const unsigned char *bytes, size_t length)
{
    struct coverage coverage;
    if (!coverage_decode(&coverage, bytes, length)) {
        campaign_trouble(run, "a worker process told of its coverage in other words");
        return;
    }
    coverage_merge(&run->campaign->coverage, &coverage);
}

static void take_record(struct campaign_run *run, struct campaign_worker *worker,
                        const struct report_head *head, const unsigned char *bytes)
{
    union {
        struct report_signature signature;
        struct report_failure failure;
        struct report_defect defect;
        struct report_batch batch;
    } report;
    if (head->kind == REPORT_TROUBLE) {
        campaign_trouble(run, "%.*s", (int)head->length, (const char *)bytes);
        worker->has_order = false;
        return;
    }
    if (head->kind == REPORT_COVERAGE) {
        take_coverage(run, bytes, head->length);
        return;
    }
    memcpy(&report, bytes, head->length < sizeof(report) ? head->length : sizeof(report));
    if (head->kind == REPORT_SIGNATURE) {
        take_signature(run, worker, &report.signature);
    } else if (head->kind == REPORT_FAILURE) {
        take_failure(run, worker, &report.failure);
    } else if (head->kind == REPORT_DEFECT) {
        campaign_note_defect(run->campaign, report.defect.defect, report.defect.item,
                             campaign_age_ms(run));
    } else {
        take_batch(run, worker, &report.batch);
    }
}

/* How many bytes the batch takes that the input begins with; 0: it is not whole. */
static size_t whole_batch(const struct campaign_worker *worker)
{
    struct report_head head;
    size_t at = 0;
    while (at + sizeof(head) <= worker->in_length) {
        memcpy(&head, worker->in + at, sizeof(head));
        at += sizeof(head) + head.length;
        if (at > worker->in_length) {
            return 0;
        }
        if (head.kind == REPORT_BATCH || head.kind == REPORT_TROUBLE) {
            return at;
        }
    }
    return 0;
}

static void take_batches(struct campaign_run *run, struct campaign_worker *worker)
{
    size_t length;
    while ((length = whole_batch(worker)) > 0) {
        struct report_head head;
        for (size_t at = 0; at < length; at += sizeof(head) + head.length) {
            memcpy(&head, worker->in + at, sizeof(head));
            take_record(run, worker, &head, worker->in + at + sizeof(head));
        }
        memmove(worker->in, worker->in + length, worker->in_length - length);
        worker->in_length -= length;
    }
}

/* ---- The end of a process ------------------------------------------------------------------- */

/* What it said last, on one line; of an assertion what is behind the program's name. */
static void last_words(const struct campaign_worker *worker, char *text, size_t size)
{
    char words[TRIAL_MESSAGE_MAX];
    ssize_t length = pread(worker->errors, words, sizeof(words) - 1, 0);
    words[length < 0 ? 0 : length] = '\0';
    words[strcspn(words, "\n")] = '\0';
    const char *start = words;
    if (strncmp(words, "dirsim: ", 8) == 0) {
        start = words + 8;
    }
    snprintf(text, size, "%s", start);
}

/* The run of `item` ended its process, or had to be ended. */
static void note_crash(struct campaign_run *run, const struct campaign_worker *worker, int status,
                       uint64_t item)
{
    char words[TRIAL_MESSAGE_MAX];
    char signature[TRIAL_SIGNATURE_MAX];
    const char *message = "the process that ran it came to no good end";
    last_words(worker, words, sizeof(words));
    if (worker->killed) {
        message = "the run did not come to an end in time, and was killed";
        snprintf(signature, sizeof(signature), "hang: no end in time");
    } else if (WIFSIGNALED(status)) {
        snprintf(signature, sizeof(signature), "crash: SIG%s%s%s", sigabbrev_np(WTERMSIG(status)),
                 words[0] == '\0' ? "" : ", ", words);
    } else {
        snprintf(signature, sizeof(signature), "crash: exit %d%s%s", WEXITSTATUS(status),
                 words[0] == '\0' ? "" : ", ", words);
    }
    uint32_t group = groups_find(&run->campaign->groups, signature, message, campaign_age_ms(run));
    scenario_memory_clear(run->memory);
    const struct scenario *scenario = subject_make(run->maker, item, run->memory);
    if (group == GROUP_NONE || scenario == NULL ||
        !item_ranges_add(&run->campaign->done, item, item + 1)) {
        campaign_trouble(run, "out of memory");
        return;
    }
    groups_note(&run->campaign->groups, group, item, subject_size(scenario));
    run->campaign->groups.groups[group].crashed = true;
    run->campaign->totals.runs++;
    run->campaign->totals.failed++;
}

static void bury(struct campaign_run *run, uint32_t place)
{
    struct campaign_worker *worker = &run->workers[place];
    const struct worker_board *board = &run->board->workers[place];
    int status = 0;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {
    }
    worker->pid = 0;
    if (worker->has_order && atomic_load(&board->begun) == worker->begun_at_order) {
        if (++run->stillborn > STILLBORN_MAX) {
            campaign_trouble(run, "worker processes end before they begin to work");
        }
        campaign_again(run, worker->order.first, worker->order.end);
    } else if (worker->has_order) {
        uint64_t item = atomic_load(&board->item);
        run->stillborn = 0;
        note_crash(run, worker, status, item);
        campaign_again(run, worker->order.first, item);
        campaign_again(run, item + 1, worker->order.end);
    }
    campaign_worker_free(worker);
}

void campaign_worker_free(struct campaign_worker *worker)
{
    close_file(&worker->orders);
    close_file(&worker->reports);
    close_file(&worker->errors);
    free(worker->in);
    free(worker->groups);
    *worker = (struct campaign_worker){.orders = NO_FILE, .reports = NO_FILE, .errors = NO_FILE};
}

bool campaign_worker_listen(struct campaign_run *run, uint32_t place)
{
    struct campaign_worker *worker = &run->workers[place];
    if (worker->in_capacity - worker->in_length < READ_BYTES) {
        unsigned char *in = realloc(worker->in, worker->in_capacity + 2 * READ_BYTES);
        if (in == NULL) {
            campaign_trouble(run, "out of memory");
            return true;
        }
        worker->in = in;
        worker->in_capacity += 2 * READ_BYTES;
    }
    ssize_t got = read(worker->reports, worker->in + worker->in_length,
                       worker->in_capacity - worker->in_length);
    if (got > 0) {
        worker->in_length += (size_t)got;
        take_batches(run, worker);
        return true;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return true;
    }
    bury(run, place);
    return false;
}
