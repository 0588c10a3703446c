/* store_bench.c: how fast the stores are. The memory store in an arena, with few plans and with
 * many; SQLite in memory beside a bare loop of the same prepared statements, in the same run. Every
 * number is the best of a few rounds, since the machine is shared; compare numbers of one run only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/engine/arena.h"
#include "sim/store/sqlite_internal.h"
#include "sim/store/store.h"

#define ROUNDS 5
#define MEMORY_OPERATIONS 400000u
#define SQLITE_OPERATIONS 30000u
#define STEPS 10u
#define ACTIONS 9u
#define FEW_PLANS 100u
#define MANY_PLANS 100000u
#define ARENA_BYTES ((size_t)1 << 30)

/* Whatever is read is added here, so that no loop is left out by the compiler. */
static uint64_t sink;

/* Of this process alone: others may use the machine too. */
static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void must(bool held, const char *what)
{
    if (!held) {
        fprintf(stderr, "store_bench: %s\n", what);
        exit(3);
    }
}

struct bench {
    struct store *store;
    const struct director_persistence *director;
    struct director_plan_id *ids; /* of the plans */
    uint32_t *order;              /* which plan each operation takes */
    uint32_t plans;
    struct director_step_row steps[STEPS];
    struct director_plan_row row;
};

/* The nanoseconds that one operation takes: the best of all rounds. */
static double measure(void (*loop)(struct bench *bench, uint32_t count), struct bench *bench,
                      uint32_t count)
{
    double best = 0;

    for (int round = 0; round < ROUNDS; round++) {
        double begin = seconds_now();
        double elapsed;

        loop(bench, count);
        elapsed = (seconds_now() - begin) * 1e9 / (double)count;
        if (round == 0 || elapsed < best) {
            best = elapsed;
        }
    }
    return best;
}

/* ---- Plans --------------------------------------------------------------------------------------
 */

static struct director_plan_id plan_id(uint32_t number)
{
    struct director_plan_id id = {{0}};
    uint64_t mixed = (uint64_t)(number + 1) * 0x9e3779b97f4a7c15u;

    memcpy(id.bytes, &mixed, sizeof(mixed));
    memcpy(id.bytes + 12, &number, sizeof(number));
    return id;
}

static void fill_rows(struct bench *bench)
{
    static uint32_t step_ids[STEPS];
    static uint32_t run_flow[STEPS];
    static const uint32_t finalize_flow[] = {DIRECTOR_FLOW_SEQUENCE};
    static const uint32_t children[] = {2};

    memset(bench->steps, 0, sizeof(bench->steps));
    run_flow[0] = DIRECTOR_FLOW_SEQUENCE | (STEPS - 1);
    for (uint32_t at = 0; at < STEPS; at++) {
        step_ids[at] = at + 1;
        run_flow[at] = at == 0 ? run_flow[0] : at + 1;
        bench->steps[at].id = at + 1;
        bench->steps[at].action_id = at == 0 ? 1 : at;
        bench->steps[at].kind = at == 0 ? DIRECTOR_STEP_PLAN : DIRECTOR_STEP_RUN;
        bench->steps[at].state = at == 0 ? DIRECTOR_STEP_SUCCESS : DIRECTOR_STEP_PENDING;
    }
    bench->steps[0].children = children;
    bench->steps[0].children_count = 1;
    bench->row = (struct director_plan_row){.state = DIRECTOR_PLAN_RUNNING,
                                            .root_plan_step = 1,
                                            .step_ids = step_ids,
                                            .step_count = STEPS,
                                            .run_flow = run_flow,
                                            .run_flow_length = STEPS,
                                            .finalize_flow = finalize_flow,
                                            .finalize_flow_length = 1};
}

static void insert_plans(struct bench *bench, uint32_t count)
{
    static const uint32_t required[] = {1};
    struct director_action_row actions[ACTIONS];
    struct store_plan plan;

    memset(&plan, 0, sizeof(plan));
    memset(actions, 0, sizeof(actions));
    for (uint32_t at = 0; at < ACTIONS; at++) {
        actions[at].id = at + 1;
        actions[at].run_step = at + 2;
        actions[at].rescue = DIRECTOR_RESCUE_SKIP;
        actions[at].required_steps = required;
        actions[at].required_count = 1;
    }
    plan.record.row = bench->row;
    plan.record.steps = bench->steps;
    plan.actions = actions;
    plan.action_count = ACTIONS;
    for (uint32_t number = 0; number < count; number++) {
        plan.record.row.id = bench->ids[number];
        must(bench->store->operations->insert_plan(bench->store, &plan) == STORE_OK,
             "no plan inserted");
    }
}

static void delete_plans(struct bench *bench, uint32_t count)
{
    for (uint32_t number = 0; number < count; number++) {
        bench->store->operations->delete_plan(bench->store, &bench->ids[number]);
    }
}

/* ---- Operations
 * ---------------------------------------------------------------------------------- */

static void load_plan(struct bench *bench, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        struct director_plan_record record;

        bench->director->load_plan(bench->director->context, &bench->ids[bench->order[at]],
                                   &record);
        sink += record.steps[at % STEPS].id;
    }
}

static void save_step(struct bench *bench, uint32_t count)
{
    struct director_step_row row;

    for (uint32_t at = 0; at < count; at++) {
        row = bench->steps[1 + at % (STEPS - 1)];
        row.state = at % 2 == 0 ? DIRECTOR_STEP_RUNNING : DIRECTOR_STEP_SUCCESS;
        bench->director->save_step(bench->director->context, &bench->ids[bench->order[at]], &row,
                                   DIRECTOR_SAVE_ALWAYS);
    }
}

static void save_step_if(struct bench *bench, uint32_t count)
{
    uint32_t allowed = DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_RUNNING) |
                       DIRECTOR_STEP_STATE_BIT(DIRECTOR_STEP_SUCCESS);
    struct director_step_row row;

    for (uint32_t at = 0; at < count; at++) {
        row = bench->steps[1 + at % (STEPS - 1)];
        row.state = at % 2 == 0 ? DIRECTOR_STEP_RUNNING : DIRECTOR_STEP_SUCCESS;
        bench->director->save_step(bench->director->context, &bench->ids[bench->order[at]], &row,
                                   allowed);
    }
}

static void save_plan(struct bench *bench, uint32_t count)
{
    struct director_plan_row row = bench->row;

    for (uint32_t at = 0; at < count; at++) {
        row.id = bench->ids[bench->order[at]];
        row.state = at % 2 == 0 ? DIRECTOR_PLAN_RUNNING : DIRECTOR_PLAN_PAUSED;
        bench->director->save_plan(bench->director->context, &row);
    }
}

static void load_action(struct bench *bench, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        struct director_action_row row;

        bench->director->load_action(bench->director->context, &bench->ids[bench->order[at]],
                                     1 + at % ACTIONS, &row);
        sink += row.run_step;
    }
}

static void peek_step(struct bench *bench, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        enum director_step_state state = DIRECTOR_STEP_PENDING;

        bench->store->operations->peek_step(bench->store, &bench->ids[bench->order[at]],
                                            1 + at % STEPS, &state);
        sink += state;
    }
}

static void lock_and_unlock(struct bench *bench, uint32_t count)
{
    struct store_record record;

    memset(&record, 0, sizeof(record));
    record.kind = STORE_RECORD_EXECUTION_LOCK;
    for (uint32_t at = 0; at < count; at++) {
        record.subject = bench->ids[bench->order[at]];
        bench->store->operations->insert_record(bench->store, &record);
        bench->store->operations->delete_record(bench->store, record.kind, &record.subject);
    }
}

static const struct {
    const char *name;
    void (*loop)(struct bench *bench, uint32_t count);
} operations[] = {{"load_plan", load_plan},
                  {"save_step", save_step},
                  {"save_step, conditional", save_step_if},
                  {"save_plan", save_plan},
                  {"load_action", load_action},
                  {"peek_step", peek_step},
                  {"insert and delete a lock", lock_and_unlock}};
#define OPERATIONS (sizeof(operations) / sizeof(*operations))

static void prepare(struct bench *bench, uint32_t plans)
{
    uint64_t random = 88172645463325252u;

    bench->plans = plans;
    bench->ids = (struct director_plan_id *)calloc(plans, sizeof(*bench->ids));
    bench->order = (uint32_t *)calloc(MEMORY_OPERATIONS, sizeof(*bench->order));
    must(bench->ids != NULL && bench->order != NULL, "out of memory");
    for (uint32_t number = 0; number < plans; number++) {
        bench->ids[number] = plan_id(number);
    }
    for (uint32_t at = 0; at < MEMORY_OPERATIONS; at++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        bench->order[at] = (uint32_t)(random % plans);
    }
    fill_rows(bench);
    bench->director = &bench->store->persistence;
}

static void forget(struct bench *bench)
{
    free(bench->ids);
    free(bench->order);
}

/* ---- The memory store
 * ------------------------------------------------------------------------------ */

static void bench_memory(struct arena *arena, uint32_t plans)
{
    struct director_allocator allocator;
    struct bench bench;
    double begin;

    arena_reset(arena);
    allocator = arena_allocator(arena);
    must(memory_store_create(&allocator, &bench.store) == STORE_OK, "no memory store");
    prepare(&bench, plans);
    printf("memory store, %u plans of %u steps, any of them\n", plans, STEPS);
    begin = seconds_now();
    insert_plans(&bench, plans);
    printf("  %-28s %8.1f ns\n", "insert_plan, fresh pages",
           (seconds_now() - begin) * 1e9 / (double)plans);
    printf("  %-28s %8.1f\n", "bytes of a plan", (double)arena_used(arena) / (double)plans);
    for (size_t at = 0; at < OPERATIONS; at++) {
        printf("  %-28s %8.1f ns\n", operations[at].name,
               measure(operations[at].loop, &bench, MEMORY_OPERATIONS));
    }
    begin = seconds_now();
    delete_plans(&bench, plans);
    printf("  %-28s %8.1f ns\n", "delete_plan", (seconds_now() - begin) * 1e9 / (double)plans);
    begin = seconds_now();
    insert_plans(&bench, plans);
    printf("  %-28s %8.1f ns\n", "insert_plan, used pages",
           (seconds_now() - begin) * 1e9 / (double)plans);
    bench.store->operations->close(bench.store);
    forget(&bench);
}

/* ---- SQLite
 * ------------------------------------------------------------------------------------------ */

/* A bare loop's database: the same tables with the same rows. */
struct bare {
    sqlite3 *database;
    sqlite3_stmt *statement;
    char uuids[FEW_PLANS][SQLITE_TEXT_UUID];
};

static void bare_bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}

static void bare_save_steps(const struct bare *bare, const struct bench *bench, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        uint32_t step = 1 + at % (STEPS - 1);

        sqlite3_bind_text(bare->statement, 1, bare->uuids[bench->order[at]], SQLITE_TEXT_UUID,
                          SQLITE_STATIC);
        sqlite3_bind_int64(bare->statement, 2, step + 1);
        bare_bind_text(bare->statement, 3, at % 2 == 0 ? "running" : "success");
        sqlite3_bind_int64(bare->statement, 4, 0);
        bare_bind_text(bare->statement, 5, "run");
        sqlite3_bind_null(bare->statement, 6);
        sqlite3_bind_int64(bare->statement, 7, step);
        sqlite3_bind_int64(bare->statement, 8, 0);
        must(sqlite3_step(bare->statement) == SQLITE_DONE, "the bare loop failed");
        sqlite3_reset(bare->statement);
    }
}

static void bare_save_plans(const struct bare *bare, const struct bench *bench, uint32_t count)
{
    for (uint32_t at = 0; at < count; at++) {
        sqlite3_bind_text(bare->statement, 1, bare->uuids[bench->order[at]], SQLITE_TEXT_UUID,
                          SQLITE_STATIC);
        bare_bind_text(bare->statement, 2, at % 2 == 0 ? "running" : "paused");
        bare_bind_text(bare->statement, 3, "pending");
        sqlite3_bind_int64(bare->statement, 4, 1);
        bare_bind_text(bare->statement, 5, "[1,2,3,4,5,6,7,8,9,10]");
        bare_bind_text(bare->statement, 6, "[\"S\",2,3,4,5,6,7,8,9,10]");
        bare_bind_text(bare->statement, 7, "[\"S\"]");
        must(sqlite3_step(bare->statement) == SQLITE_DONE, "the bare loop failed");
        sqlite3_reset(bare->statement);
    }
}

static const struct {
    const char *name;
    enum sqlite_statement statement;
    void (*bare)(const struct bare *bare, const struct bench *bench, uint32_t count);
    void (*ours)(struct bench *bench, uint32_t count);
} writes[] = {
    {"save_step", SQLITE_STATEMENT_UPDATE_STEP, bare_save_steps, save_step},
    {"save_plan", SQLITE_STATEMENT_UPDATE_PLAN, bare_save_plans, save_plan},
};

/* Both in turn, round by round, so that both see the same machine. */
static void compare(struct bare *bare, struct bench *bench, size_t write)
{
    double best_bare = 0;
    double best_ours = 0;

    sqlite3_prepare_v2(bare->database, sqlite_statement_text(writes[write].statement), -1,
                       &bare->statement, NULL);
    for (int round = 0; round < ROUNDS; round++) {
        double begin = seconds_now();
        double middle;
        double end;

        writes[write].bare(bare, bench, SQLITE_OPERATIONS);
        middle = seconds_now();
        writes[write].ours(bench, SQLITE_OPERATIONS);
        end = seconds_now();
        best_bare = round == 0 || middle - begin < best_bare ? middle - begin : best_bare;
        best_ours = round == 0 || end - middle < best_ours ? end - middle : best_ours;
    }
    sqlite3_finalize(bare->statement);
    printf("  %-28s %9.0f writes/s, bare loop %9.0f, ratio %.2f\n", writes[write].name,
           SQLITE_OPERATIONS / best_ours, SQLITE_OPERATIONS / best_bare, best_bare / best_ours);
}

static void bench_sqlite(void)
{
    struct director_allocator allocator = director_default_allocator();
    struct bench benches[2];
    struct bare bare;
    char message[200];

    for (int at = 0; at < 2; at++) {
        must(sqlite_store_open(&allocator, NULL, NULL, &benches[at].store, message,
                               sizeof(message)) == STORE_OK,
             "no SQLite store");
        prepare(&benches[at], FEW_PLANS);
        insert_plans(&benches[at], FEW_PLANS);
    }
    /* The bare loop has a store's database to itself, without the store. */
    bare.database = ((struct sqlite_store *)benches[1].store)->database;
    for (uint32_t number = 0; number < FEW_PLANS; number++) {
        sqlite_text_put_uuid(bare.uuids[number], &benches[0].ids[number]);
    }
    printf("SQLite in memory, %u plans of %u steps\n", FEW_PLANS, STEPS);
    for (size_t write = 0; write < sizeof(writes) / sizeof(*writes); write++) {
        compare(&bare, &benches[0], write);
    }
    printf("  %-28s %8.1f ns\n", "load_plan", measure(load_plan, &benches[0], SQLITE_OPERATIONS));
    printf("  %-28s %8.1f ns\n", "load_action",
           measure(load_action, &benches[0], SQLITE_OPERATIONS));
    for (int at = 0; at < 2; at++) {
        benches[at].store->operations->close(benches[at].store);
        forget(&benches[at]);
    }
}

int main(void)
{
    struct arena *arena;

    must(arena_create(ARENA_BYTES, &arena) == ARENA_OK, "no arena");
    bench_memory(arena, FEW_PLANS);
    bench_memory(arena, MANY_PLANS);
    arena_destroy(arena);
    bench_sqlite();
    return sink == 0 ? 1 : 0;
}
