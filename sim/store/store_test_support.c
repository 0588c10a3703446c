/* store_test_support.c: see the header. */
#define _GNU_SOURCE
#include "sim/store/store_test_support.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void give_up(const char *why)
{
    fprintf(stderr, "store_test_support: %s\n", why);
    abort();
}

static void *test_reallocate(void *context, void *pointer, size_t old_size, size_t new_size)
{
    struct test_allocator *state = (struct test_allocator *)context;
    void *result;

    if (new_size == 0) {
        state->live_bytes -= old_size;
        free(pointer);
        return NULL;
    }
    state->requests++;
    if (state->requests == state->fail_at) {
        return NULL;
    }
    result = realloc(pointer, new_size);
    assert(result != NULL);
    state->live_bytes += new_size - old_size;
    if (pointer == NULL) {
        memset(result, 0xa5, new_size);
    }
    return result;
}

struct director_allocator test_allocator(struct test_allocator *state)
{
    return (struct director_allocator){state, test_reallocate};
}

uint32_t test_random(uint64_t *state, uint32_t below)
{
    uint64_t mixed = (*state += 0x9e3779b97f4a7c15u);

    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((mixed ^ (mixed >> 31)) % below);
}

struct director_plan_id test_id(uint32_t number)
{
    struct director_plan_id id = {{0}};

    id.bytes[6] = 0x40;
    id.bytes[8] = 0x80;
    for (int at = 0; at < 4; at++) {
        id.bytes[15 - at] = (unsigned char)(number >> (8 * at));
    }
    return id;
}

void test_plan_init(struct test_plan *test, uint32_t number, bool shuffled)
{
    static const uint32_t in_order[TEST_STEPS] = {1, 2, 3, 4, 5, 6, 7};
    static const uint32_t in_disorder[TEST_STEPS] = {1, 3, 2, 6, 5, 4, 70};
    static const uint32_t children[] = {2, 3};
    static const uint32_t required[] = {4, 5};
    static const uint32_t run_flow[] = {DIRECTOR_FLOW_SEQUENCE | 2, DIRECTOR_FLOW_CONCURRENCE | 2,
                                        4, 5, 6};
    static const uint32_t finalize_flow[] = {DIRECTOR_FLOW_SEQUENCE | 1, 7};
    static const char *const labels[] = {"import", "fetch", "check"};

    memset(test, 0, sizeof(*test));
    memcpy(test->step_ids, shuffled ? in_disorder : in_order, sizeof(test->step_ids));
    for (uint32_t at = 0; at < TEST_STEPS; at++) {
        uint32_t id = test->step_ids[at];

        test->steps[at].id = id;
        test->steps[at].action_id = (id - 1) % TEST_ACTIONS + 1;
        test->steps[at].queue = id % 2;
        test->steps[at].kind = id <= 3   ? DIRECTOR_STEP_PLAN
                               : id <= 6 ? DIRECTOR_STEP_RUN
                                         : DIRECTOR_STEP_FINALIZE;
        test->steps[at].state = id <= 3 ? DIRECTOR_STEP_SUCCESS : DIRECTOR_STEP_PENDING;
    }
    test->steps[0].children = children;
    test->steps[0].children_count = 2;
    for (uint32_t at = 0; at < TEST_ACTIONS; at++) {
        test->actions[at].id = at + 1;
        test->actions[at].plan_step = at + 1;
        test->actions[at].run_step = at + 4;
        test->actions[at].rescue = (enum director_rescue_strategy)(at + 1);
        test->actions[at].accepts_events = at == 1;
    }
    test->actions[0].finalize_step = test->step_ids[TEST_STEPS - 1];
    test->actions[2].required_steps = required;
    test->actions[2].required_count = 2;
    test->plan.record.row = (struct director_plan_row){.id = test_id(number),
                                                       .state = DIRECTOR_PLAN_PLANNED,
                                                       .root_plan_step = 1,
                                                       .step_ids = test->step_ids,
                                                       .step_count = TEST_STEPS,
                                                       .run_flow = run_flow,
                                                       .run_flow_length = 5,
                                                       .finalize_flow = finalize_flow,
                                                       .finalize_flow_length = 2};
    test->plan.record.steps = test->steps;
    test->plan.actions = test->actions;
    test->plan.action_count = TEST_ACTIONS;
    test->plan.label = labels[0];
    test->plan.action_labels = labels;
}

struct director_step_row test_plan_step(const struct test_plan *test, uint32_t id)
{
    for (uint32_t at = 0; at < TEST_STEPS; at++) {
        if (test->steps[at].id == id) {
            return test->steps[at];
        }
    }
    give_up("no such step");
    return test->steps[0];
}

/* ---- Contents -------------------------------------------------------------------------------- */

struct contents {
    struct store *store;
    FILE *text;
    uint32_t actions_max;
};

static void put_id(FILE *text, const struct director_plan_id *id)
{
    for (size_t at = 0; at < sizeof(id->bytes); at++) {
        fprintf(text, "%02x", id->bytes[at]);
    }
}

static void put_numbers(FILE *text, const char *name, const uint32_t *numbers, uint32_t count)
{
    fprintf(text, " %s", name);
    for (uint32_t at = 0; at < count; at++) {
        fprintf(text, "%c%x", at == 0 ? ' ' : ',', numbers[at]);
    }
}

static bool put_step(void *context, const struct director_step_row *row)
{
    const struct contents *contents = (const struct contents *)context;

    fprintf(contents->text, "  step %u action %u queue %u %s %s", row->id, row->action_id,
            row->queue, director_step_kind_name(row->kind), director_step_state_name(row->state));
    fprintf(contents->text, " content %llu", (unsigned long long)row->content);
    put_numbers(contents->text, "children", row->children, row->children_count);
    fputc('\n', contents->text);
    return true;
}

static bool put_dependency(void *context, const struct director_plan_id *blocked_by)
{
    const struct contents *contents = (const struct contents *)context;

    fputs("  waits for ", contents->text);
    put_id(contents->text, blocked_by);
    fputc('\n', contents->text);
    return true;
}

static void put_actions(const struct contents *contents, const struct director_plan_id *plan)
{
    const struct director_persistence *persistence = &contents->store->persistence;

    for (uint32_t id = 1; id <= contents->actions_max; id++) {
        struct director_action_row row;

        if (persistence->load_action(persistence->context, plan, id, &row) ==
            DIRECTOR_PERSISTENCE_OK) {
            fprintf(contents->text, "  action %u steps %u %u %u %s%s", row.id, row.plan_step,
                    row.run_step, row.finalize_step, director_rescue_strategy_name(row.rescue),
                    row.accepts_events ? " events" : "");
            put_numbers(contents->text, "requires", row.required_steps, row.required_count);
            fputc('\n', contents->text);
        }
    }
}

/* The row that is handed in may have no arrays: look at the plan again. */
static bool put_plan(void *context, const struct director_plan_row *visited)
{
    struct contents *contents = (struct contents *)context;
    const struct store_operations *operations = contents->store->operations;
    struct director_plan_id id = visited->id;
    struct director_plan_row row;

    if (operations->peek_plan(contents->store, &id, &row) != STORE_OK ||
        row.state != visited->state || row.result != visited->result ||
        row.root_plan_step != visited->root_plan_step) {
        fputs("the plan is not the one that was visited\n", contents->text);
        return true;
    }
    fputs("plan ", contents->text);
    put_id(contents->text, &row.id);
    fprintf(contents->text, " %s %s root %u", director_plan_state_name(row.state),
            director_result_name(row.result), row.root_plan_step);
    put_numbers(contents->text, "steps", row.step_ids, row.step_count);
    put_numbers(contents->text, "run", row.run_flow, row.run_flow_length);
    put_numbers(contents->text, "finalize", row.finalize_flow, row.finalize_flow_length);
    fputc('\n', contents->text);
    put_actions(contents, &id);
    operations->each_step(contents->store, &id, put_step, contents);
    operations->each_dependency(contents->store, &id, put_dependency, contents);
    return true;
}

static bool put_record(void *context, const struct store_record *record)
{
    const struct contents *contents = (const struct contents *)context;

    fprintf(contents->text, "%s of ", store_record_kind_name(record->kind));
    put_id(contents->text, &record->subject);
    fputs(" by ", contents->text);
    put_id(contents->text, &record->owner);
    fprintf(contents->text, " request %llu client %u active %u\n",
            (unsigned long long)record->request, record->client, record->active);
    return true;
}

static bool put_delayed(void *context, const struct store_delayed_plan *delayed)
{
    const struct contents *contents = (const struct contents *)context;

    fputs("delayed ", contents->text);
    put_id(contents->text, &delayed->plan);
    if (delayed->has_start_at) {
        fprintf(contents->text, " at %llu", (unsigned long long)delayed->start_at);
    }
    if (delayed->has_start_before) {
        fprintf(contents->text, " before %llu", (unsigned long long)delayed->start_before);
    }
    fputc('\n', contents->text);
    return true;
}

char *test_store_contents(struct store *store, uint32_t actions_max)
{
    char *memory = NULL;
    size_t size = 0;
    struct contents contents = {store, open_memstream(&memory, &size), actions_max};

    store->operations->each_plan(store, put_plan, &contents);
    for (int kind = 0; kind < STORE_RECORD_KINDS; kind++) {
        store->operations->each_record(store, (enum store_record_kind)kind, put_record, &contents);
    }
    store->operations->each_delayed(store, put_delayed, &contents);
    fclose(contents.text);
    return memory;
}

/* ---- Files ----------------------------------------------------------------------------------- */

char *test_folder_create(void)
{
    const char *base = getenv("TMPDIR");
    char *folder = NULL;

    if (asprintf(&folder, "%s/store-test-XXXXXX", base == NULL ? "/tmp" : base) < 0 ||
        mkdtemp(folder) == NULL) {
        give_up("no folder for the test's files");
    }
    return folder;
}

char *test_path(const char *folder, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        give_up("out of memory");
    }
    return path;
}

void test_folder_remove(char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;

    assert(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char *path = test_path(folder, entry->d_name);

            if (unlink(path) != 0) {
                rmdir(path);
            }
            free(path);
        }
    }
    closedir(directory);
    rmdir(folder);
    free(folder);
}
