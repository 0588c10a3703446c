/* sqlite_call.c: how the operations of the SQLite store ask the database something: scratch memory,
 * one execution of a statement, transactions, and what is told when something goes wrong. */
#include <assert.h>
#include <string.h>

#include "sim/store/sqlite_internal.h"

#define SCRATCH_BLOCK_FIRST 4096u

/* The block's memory follows it. */
struct sqlite_scratch_block {
    struct sqlite_scratch_block *previous;
    size_t size;
};

static struct sqlite_scratch_block *add_block(struct sqlite_store *sqlite,
                                              struct sqlite_scratch *scratch, size_t bytes)
{
    size_t size = scratch->last == NULL ? SCRATCH_BLOCK_FIRST : scratch->last->size * 2;
    struct sqlite_scratch_block *block;

    if (size < bytes) {
        size = bytes;
    }
    block = (struct sqlite_scratch_block *)sqlite->allocator.reallocate(
        sqlite->allocator.context, NULL, 0, sizeof(*block) + size);
    if (block != NULL) {
        block->previous = scratch->last;
        block->size = size;
        scratch->last = block;
        scratch->used = 0;
    }
    return block;
}

void *sqlite_scratch_take(struct sqlite_store *sqlite, struct sqlite_scratch *scratch, size_t bytes)
{
    struct sqlite_scratch_block *block = scratch->last;
    unsigned char *taken;

    bytes = (bytes + 7) & ~(size_t)7;
    if (block == NULL || block->size - scratch->used < bytes) {
        block = add_block(sqlite, scratch, bytes);
    }
    if (block == NULL) {
        return NULL;
    }
    taken = (unsigned char *)(block + 1) + scratch->used;
    scratch->used += bytes;
    return taken;
}

static void release_blocks(struct sqlite_store *sqlite, struct sqlite_scratch_block *block)
{
    while (block != NULL) {
        struct sqlite_scratch_block *previous = block->previous;

        sqlite->allocator.reallocate(sqlite->allocator.context, block, sizeof(*block) + block->size,
                                     0);
        block = previous;
    }
}

void sqlite_scratch_reset(struct sqlite_store *sqlite, struct sqlite_scratch *scratch)
{
    scratch->used = 0;
    if (scratch->last != NULL) {
        release_blocks(sqlite, scratch->last->previous);
        scratch->last->previous = NULL;
    }
}

void sqlite_scratch_release(struct sqlite_store *sqlite, struct sqlite_scratch *scratch)
{
    release_blocks(sqlite, scratch->last);
    scratch->last = NULL;
    scratch->used = 0;
}

/* ---- What went wrong ------------------------------------------------------------------------- */

void sqlite_store_note(struct sqlite_store *sqlite, const char *fault)
{
    size_t at = 0;

    /* SQLite's messages may run over several lines; ours never do. */
    for (; fault[at] != '\0' && at + 1 < sizeof(sqlite->error); at++) {
        unsigned char byte = (unsigned char)fault[at];

        sqlite->error[at] = byte < ' ' || byte == 0x7f ? ' ' : fault[at];
    }
    sqlite->error[at] = '\0';
}

enum store_status sqlite_store_status(int code)
{
    if (code == SQLITE_OK) {
        return STORE_OK;
    }
    return (code & 0xff) == SQLITE_NOMEM ? STORE_NO_MEMORY : STORE_ERROR;
}

enum store_status sqlite_store_fault(struct sqlite_store *sqlite, const char *fault)
{
    sqlite_store_note(sqlite, fault);
    return fault == store_fault_no_memory ? STORE_NO_MEMORY : STORE_ERROR;
}

static void call_failed(struct sqlite_call *call, int code)
{
    call->code = code;
    sqlite_store_note(call->sqlite, code == SQLITE_NOMEM ? store_fault_no_memory
                                                         : sqlite3_errmsg(call->sqlite->database));
}

/* ---- One execution of a statement ------------------------------------------------------------ */

static int prepare(struct sqlite_store *sqlite, enum sqlite_statement statement, unsigned flags,
                   sqlite3_stmt **prepared)
{
    return sqlite3_prepare_v3(sqlite->database, sqlite_statement_text(statement), -1, flags,
                              prepared, NULL);
}

void sqlite_call_begin(struct sqlite_call *call, struct sqlite_store *sqlite,
                       enum sqlite_statement statement)
{
    sqlite3_stmt **kept = &sqlite->statements[statement];

    call->sqlite = sqlite;
    call->code = SQLITE_OK;
    call->temporary = false;
    call->uuid_count = 0;
    if (*kept == NULL) {
        call->code = prepare(sqlite, statement, SQLITE_PREPARE_PERSISTENT, kept);
    }
    call->statement = *kept;
    /* A visitor of each_…, who looks into the store meanwhile. */
    if (call->code == SQLITE_OK && sqlite3_stmt_busy(*kept)) {
        call->temporary = true;
        call->code = prepare(sqlite, statement, 0, &call->statement);
    }
    if (call->code != SQLITE_OK) {
        call_failed(call, call->code);
    }
}

static void bound(struct sqlite_call *call, int code)
{
    if (code != SQLITE_OK) {
        call_failed(call, code);
    }
}

void sqlite_call_uuid(struct sqlite_call *call, int parameter, const struct director_plan_id *id)
{
    char *text;

    assert(call->uuid_count < 2);
    text = call->uuids[call->uuid_count++];
    sqlite_text_put_uuid(text, id);
    if (call->code == SQLITE_OK) {
        bound(call,
              sqlite3_bind_text(call->statement, parameter, text, SQLITE_TEXT_UUID, SQLITE_STATIC));
    }
}

void sqlite_call_number(struct sqlite_call *call, int parameter, int64_t number)
{
    if (call->code == SQLITE_OK) {
        bound(call, sqlite3_bind_int64(call->statement, parameter, number));
    }
}

void sqlite_call_text(struct sqlite_call *call, int parameter, const char *text)
{
    if (call->code == SQLITE_OK) {
        bound(call, text == NULL
                        ? sqlite3_bind_null(call->statement, parameter)
                        : sqlite3_bind_text(call->statement, parameter, text, -1, SQLITE_STATIC));
    }
}

static void call_written(struct sqlite_call *call, int parameter, const char *text, size_t bytes)
{
    bound(call,
          sqlite3_bind_text64(call->statement, parameter, text, bytes, SQLITE_STATIC, SQLITE_UTF8));
}

static void *take_text(struct sqlite_call *call, size_t bytes)
{
    void *memory = NULL;

    if (call->code == SQLITE_OK) {
        memory = sqlite_scratch_take(call->sqlite, &call->sqlite->texts, bytes);
        if (memory == NULL) {
            call_failed(call, SQLITE_NOMEM);
        }
    }
    return memory;
}

void sqlite_call_list(struct sqlite_call *call, int parameter, const uint32_t *list, uint32_t count)
{
    char *text = (char *)take_text(call, SQLITE_TEXT_LIST_BYTES(count));

    if (text != NULL) {
        call_written(call, parameter, text, sqlite_text_put_list(text, list, count));
    }
}

void sqlite_call_flow(struct sqlite_call *call, int parameter, const uint32_t *flow,
                      uint32_t length)
{
    char *text = (char *)take_text(call, SQLITE_TEXT_FLOW_BYTES(length));
    uint32_t *stack = (uint32_t *)take_text(call, (size_t)length * sizeof(*stack));

    if (text != NULL && stack != NULL) {
        call_written(call, parameter, text, sqlite_text_put_flow(text, flow, length, stack));
    }
}

bool sqlite_call_row(struct sqlite_call *call)
{
    int code;

    if (call->code != SQLITE_OK) {
        return false;
    }
    code = sqlite3_step(call->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        call_failed(call, code);
    }
    return code == SQLITE_ROW;
}

int sqlite_call_end(struct sqlite_call *call)
{
    if (call->temporary) {
        sqlite3_finalize(call->statement);
    } else if (call->statement != NULL) {
        sqlite3_reset(call->statement);
    }
    return call->code;
}

int sqlite_call_run(struct sqlite_call *call)
{
    while (sqlite_call_row(call)) {
    }
    return sqlite_call_end(call);
}

/* ---- Transactions ---------------------------------------------------------------------------- */

static int run(struct sqlite_store *sqlite, enum sqlite_statement statement)
{
    struct sqlite_call call;

    sqlite_call_begin(&call, sqlite, statement);
    return sqlite_call_run(&call);
}

int sqlite_begin(struct sqlite_store *sqlite)
{
    return run(sqlite, SQLITE_STATEMENT_BEGIN);
}

int sqlite_end(struct sqlite_store *sqlite, int code)
{
    char error[SQLITE_STORE_MESSAGE_MAX];

    if (code == SQLITE_OK) {
        code = run(sqlite, SQLITE_STATEMENT_COMMIT);
    }
    /* Some errors have rolled back by themselves, and then ROLLBACK would be an error. */
    if (code != SQLITE_OK && !sqlite3_get_autocommit(sqlite->database)) {
        memcpy(error, sqlite->error, sizeof(error));
        run(sqlite, SQLITE_STATEMENT_ROLLBACK);
        memcpy(sqlite->error, error, sizeof(error));
    }
    return code;
}

/* ---- Columns --------------------------------------------------------------------------------- */

bool sqlite_column_uuid(struct sqlite_call *call, int column, struct director_plan_id *id)
{
    const char *text = (const char *)sqlite3_column_text(call->statement, column);

    return text != NULL &&
           sqlite_text_get_uuid(text, (size_t)sqlite3_column_bytes(call->statement, column), id);
}

bool sqlite_column_number(struct sqlite_call *call, int column, uint32_t *number)
{
    int64_t value = sqlite3_column_int64(call->statement, column);

    *number = (uint32_t)value;
    return value >= 0 && value <= (int64_t)UINT32_MAX;
}

bool sqlite_column_name(struct sqlite_call *call, int column, const char *(*name)(int value),
                        int count, int *value)
{
    const char *text = (const char *)sqlite3_column_text(call->statement, column);

    for (*value = 0; text != NULL && *value < count; ++*value) {
        if (strcmp(text, name(*value)) == 0) {
            return true;
        }
    }
    return false;
}
