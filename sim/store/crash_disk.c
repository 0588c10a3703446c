/* crash_disk.c: a name has up to two contents: the one that is seen now, and the one that a power
 * cut may bring back. A content keeps the bytes of its last sync and the changes since, so that a
 * restart can do again those that survive. */
#include "sim/store/crash_disk.h"

#include <assert.h>
#include <string.h>

struct bytes {
    unsigned char *data;
    size_t size;
    size_t capacity;
};

/* A write or truncation that was not synced. The bytes of a write follow it. */
struct pending {
    struct pending *next;
    struct crash_change change;
};

/* What stands under a name, and may outlive it. */
struct content {
    uint32_t references;
    struct bytes now;
    struct bytes synced;
    struct pending *pending_first;
    struct pending *pending_last;
};

struct name {
    struct name *next;
    struct content *seen;     /* NULL: no such file */
    struct content *on_disk;  /* what a restart finds unless a creation or deletion survives */
    struct crash_change last; /* the creation or deletion that set the two apart */
    char text[CRASH_NAME_MAX];
};

struct crash_disk {
    struct director_allocator allocator;
    struct crash_hooks hooks;
    struct name *first;
    struct name *last;
    uint64_t changes;
    uint64_t open_files;
    bool off;
};

struct crash_file {
    struct crash_disk *disk;
    struct name *name;
    struct content *content;
};

const char *crash_change_kind_name(enum crash_change_kind kind)
{
    switch (kind) {
    case CRASH_CREATE:
        return "create";
    case CRASH_WRITE:
        return "write";
    case CRASH_TRUNCATE:
        return "truncate";
    case CRASH_SYNC:
        return "sync";
    case CRASH_DELETE:
        return "delete";
    }
    return "?";
}

static void *allocate(struct crash_disk *disk, size_t size)
{
    return disk->allocator.reallocate(disk->allocator.context, NULL, 0, size);
}

static void release(struct crash_disk *disk, void *pointer, size_t size)
{
    if (pointer != NULL) {
        disk->allocator.reallocate(disk->allocator.context, pointer, size, 0);
    }
}

/* ---- Bytes ------------------------------------------------------------------------------------
 */

static bool bytes_reserve(struct crash_disk *disk, struct bytes *bytes, size_t size)
{
    size_t capacity = bytes->capacity == 0 ? 4096 : bytes->capacity;
    void *grown;

    if (size <= bytes->capacity) {
        return true;
    }
    while (capacity < size) {
        capacity *= 2;
    }
    grown =
        disk->allocator.reallocate(disk->allocator.context, bytes->data, bytes->capacity, capacity);
    if (grown == NULL) {
        return false;
    }
    bytes->data = (unsigned char *)grown;
    bytes->capacity = capacity;
    return true;
}

/* Into room that was reserved. What lies between the old end and the offset is zero. */
static void bytes_put(struct bytes *bytes, size_t offset, const void *source, size_t count)
{
    if (offset > bytes->size) {
        memset(bytes->data + bytes->size, 0, offset - bytes->size);
    }
    if (count > 0) {
        memcpy(bytes->data + offset, source, count);
    }
    if (offset + count > bytes->size) {
        bytes->size = offset + count;
    }
}

/* ---- Contents ---------------------------------------------------------------------------------
 */

static size_t pending_size(const struct pending *pending)
{
    return sizeof(*pending) + pending->change.length;
}

static void forget_pending(struct crash_disk *disk, struct content *content)
{
    while (content->pending_first != NULL) {
        struct pending *pending = content->pending_first;

        content->pending_first = pending->next;
        release(disk, pending, pending_size(pending));
    }
    content->pending_last = NULL;
}

static struct content *content_create(struct crash_disk *disk)
{
    struct content *content = (struct content *)allocate(disk, sizeof(*content));

    if (content != NULL) {
        memset(content, 0, sizeof(*content));
    }
    return content;
}

/* Let go of one reference; NULL is ignored. */
static void content_release(struct crash_disk *disk, struct content *content)
{
    if (content == NULL || --content->references > 0) {
        return;
    }
    forget_pending(disk, content);
    release(disk, content->now.data, content->now.capacity);
    release(disk, content->synced.data, content->synced.capacity);
    release(disk, content, sizeof(*content));
}

static void refer(struct crash_disk *disk, struct content **reference, struct content *content)
{
    if (content != NULL) {
        content->references++;
    }
    content_release(disk, *reference);
    *reference = content;
}

static bool add_pending(struct crash_disk *disk, struct content *content,
                        const struct crash_change *change, const void *bytes)
{
    struct pending *pending = (struct pending *)allocate(disk, sizeof(*pending) + change->length);

    if (pending == NULL) {
        return false;
    }
    pending->next = NULL;
    pending->change = *change;
    if (change->length > 0 && bytes != NULL) {
        memcpy(pending + 1, bytes, change->length);
    }
    *(content->pending_last == NULL ? &content->pending_first : &content->pending_last->next) =
        pending;
    content->pending_last = pending;
    return true;
}

/* Into room that is there. */
static void do_again(struct bytes *bytes, const struct pending *pending)
{
    const struct crash_change *change = &pending->change;

    bytes_put(bytes, change->offset, pending + 1, change->length);
    if (change->kind == CRASH_TRUNCATE) {
        bytes->size = change->offset;
    }
}

/* ---- Verdicts ---------------------------------------------------------------------------------
 */

static struct name *find(const struct crash_disk *disk, const char *text)
{
    struct name *name = disk->first;

    while (name != NULL && strcmp(name->text, text) != 0) {
        name = name->next;
    }
    return name;
}

/* Ask what is to become of a change. Anything but OK: it fails, with *torn bytes of it done. */
static enum crash_disk_status decide(struct crash_disk *disk, struct crash_change *change,
                                     uint32_t *torn)
{
    struct crash_verdict verdict = {CRASH_GOES_ON, 0};

    *torn = 0;
    if (disk->off) {
        return CRASH_DISK_FAILED;
    }
    change->number = ++disk->changes;
    if (disk->hooks.decide != NULL) {
        verdict = disk->hooks.decide(disk->hooks.context, change);
    }
    if (verdict.fate == CRASH_GOES_ON) {
        return CRASH_DISK_OK;
    }
    *torn = verdict.torn < change->length ? verdict.torn : change->length;
    disk->off = verdict.fate == CRASH_DIES;
    return verdict.fate == CRASH_FULL ? CRASH_DISK_FULL : CRASH_DISK_FAILED;
}

/* ---- Files ------------------------------------------------------------------------------------
 */

static struct name *add_name(struct crash_disk *disk, const char *text)
{
    struct name *name = (struct name *)allocate(disk, sizeof(*name));

    if (name == NULL) {
        return NULL;
    }
    memset(name, 0, sizeof(*name));
    strncpy(name->text, text, sizeof(name->text) - 1);
    *(disk->last == NULL ? &disk->first : &disk->last->next) = name;
    disk->last = name;
    return name;
}

static enum crash_disk_status create_content(struct crash_disk *disk, const char *text,
                                             struct name **name)
{
    struct crash_change change = {.kind = CRASH_CREATE};
    struct content *content;
    uint32_t torn;
    enum crash_disk_status status;

    if (*name == NULL) {
        *name = add_name(disk, text);
    }
    content = *name == NULL ? NULL : content_create(disk);
    if (content == NULL) {
        return CRASH_DISK_NO_MEMORY;
    }
    change.file = (*name)->text;
    status = decide(disk, &change, &torn);
    content->references = 1;
    if (status == CRASH_DISK_OK) {
        refer(disk, &(*name)->seen, content);
        (*name)->last = change;
    }
    content_release(disk, content);
    return status;
}

enum crash_disk_status crash_disk_open(struct crash_disk *disk, const char *text, bool create,
                                       struct crash_file **file)
{
    struct name *name = find(disk, text);
    enum crash_disk_status status = CRASH_DISK_OK;
    struct crash_file *opened;

    if (disk->off || strlen(text) >= CRASH_NAME_MAX) {
        return CRASH_DISK_FAILED;
    }
    if (name == NULL || name->seen == NULL) {
        status = create ? create_content(disk, text, &name) : CRASH_DISK_MISSING;
    }
    if (status != CRASH_DISK_OK) {
        return status;
    }
    opened = (struct crash_file *)allocate(disk, sizeof(*opened));
    if (opened == NULL) {
        return CRASH_DISK_NO_MEMORY;
    }
    opened->disk = disk;
    opened->name = name;
    opened->content = NULL;
    refer(disk, &opened->content, name->seen);
    disk->open_files++;
    *file = opened;
    return CRASH_DISK_OK;
}

void crash_disk_close(struct crash_file *file)
{
    struct crash_disk *disk = file->disk;

    content_release(disk, file->content);
    disk->open_files--;
    release(disk, file, sizeof(*file));
}

enum crash_disk_status crash_disk_read(struct crash_file *file, uint64_t offset, void *bytes,
                                       uint32_t length, uint32_t *got)
{
    const struct bytes *now = &file->content->now;

    *got = 0;
    if (file->disk->off) {
        return CRASH_DISK_FAILED;
    }
    if (offset < now->size) {
        *got = now->size - offset < length ? (uint32_t)(now->size - offset) : length;
        memcpy(bytes, now->data + offset, *got);
    }
    return CRASH_DISK_OK;
}

enum crash_disk_status crash_disk_write(struct crash_file *file, uint64_t offset, const void *bytes,
                                        uint32_t length)
{
    struct crash_change change = {
        .kind = CRASH_WRITE, .length = length, .offset = offset, .file = file->name->text};
    uint32_t torn;
    enum crash_disk_status status = decide(file->disk, &change, &torn);

    if (status != CRASH_DISK_OK) {
        change.length = torn;
    }
    if (change.length == 0) {
        return status;
    }
    if (!bytes_reserve(file->disk, &file->content->now, offset + length) ||
        !add_pending(file->disk, file->content, &change, bytes)) {
        return CRASH_DISK_NO_MEMORY;
    }
    bytes_put(&file->content->now, offset, bytes, change.length);
    return status;
}

enum crash_disk_status crash_disk_truncate(struct crash_file *file, uint64_t size)
{
    struct crash_change change = {.kind = CRASH_TRUNCATE, .offset = size, .file = file->name->text};
    uint32_t torn;
    enum crash_disk_status status = decide(file->disk, &change, &torn);

    if (status != CRASH_DISK_OK) {
        return status;
    }
    if (!bytes_reserve(file->disk, &file->content->now, size) ||
        !add_pending(file->disk, file->content, &change, NULL)) {
        return CRASH_DISK_NO_MEMORY;
    }
    bytes_put(&file->content->now, size, NULL, 0);
    file->content->now.size = size;
    return CRASH_DISK_OK;
}

/* Only what has changed since the last one is written: databases are synced often. */
static bool sync_content(struct crash_disk *disk, struct content *content)
{
    if (!bytes_reserve(disk, &content->synced, content->now.capacity)) {
        return false;
    }
    for (const struct pending *pending = content->pending_first; pending != NULL;
         pending = pending->next) {
        do_again(&content->synced, pending);
    }
    assert(content->synced.size == content->now.size);
    forget_pending(disk, content);
    return true;
}

/* As the system's VFS does for SQLite, a sync of a new file makes its name survive too. */
enum crash_disk_status crash_disk_sync(struct crash_file *file)
{
    struct crash_change change = {.kind = CRASH_SYNC, .file = file->name->text};
    struct crash_disk *disk = file->disk;
    uint32_t torn;
    enum crash_disk_status status = decide(disk, &change, &torn);

    if (status != CRASH_DISK_OK) {
        return status;
    }
    if (!sync_content(disk, file->content)) {
        return CRASH_DISK_NO_MEMORY;
    }
    if (file->name->seen == file->content) {
        refer(disk, &file->name->on_disk, file->content);
    }
    return CRASH_DISK_OK;
}

enum crash_disk_status crash_disk_size(struct crash_file *file, uint64_t *size)
{
    *size = file->content->now.size;
    return file->disk->off ? CRASH_DISK_FAILED : CRASH_DISK_OK;
}

enum crash_disk_status crash_disk_delete(struct crash_disk *disk, const char *text, bool synced)
{
    struct name *name = find(disk, text);
    struct crash_change change = {.kind = CRASH_DELETE};
    uint32_t torn;
    enum crash_disk_status status;

    if (name == NULL || name->seen == NULL) {
        return CRASH_DISK_MISSING;
    }
    change.file = name->text;
    status = decide(disk, &change, &torn);
    if (status != CRASH_DISK_OK) {
        return status;
    }
    refer(disk, &name->seen, NULL);
    name->last = change;
    if (synced) {
        refer(disk, &name->on_disk, NULL);
    }
    return CRASH_DISK_OK;
}

bool crash_disk_exists(const struct crash_disk *disk, const char *text)
{
    const struct name *name = find(disk, text);

    return name != NULL && name->seen != NULL;
}

/* ---- Power cuts ---------------------------------------------------------------------------------
 */

void crash_disk_power_off(struct crash_disk *disk)
{
    disk->off = true;
}

bool crash_disk_is_off(const struct crash_disk *disk)
{
    return disk->off;
}

uint64_t crash_disk_changes(const struct crash_disk *disk)
{
    return disk->changes;
}

static bool survives(const struct crash_disk *disk, const struct crash_change *change)
{
    return disk->hooks.survives != NULL && disk->hooks.survives(disk->hooks.context, change);
}

/* Which of a name's contents the restart finds. */
static struct content *found_after(const struct crash_disk *disk, const struct name *name)
{
    if (name->seen == name->on_disk || survives(disk, &name->last)) {
        return name->seen;
    }
    return name->on_disk;
}

/* Do again what survives, on what was synced. The room is there: `now` had it all. */
static bool recover_content(struct crash_disk *disk, struct content *content)
{
    struct bytes *now = &content->now;

    if (!bytes_reserve(disk, now, content->synced.size) ||
        !bytes_reserve(disk, &content->synced, now->capacity)) {
        return false;
    }
    now->size = 0;
    bytes_put(now, 0, content->synced.data, content->synced.size);
    for (struct pending *pending = content->pending_first; pending != NULL;
         pending = pending->next) {
        if (survives(disk, &pending->change)) {
            do_again(now, pending);
        }
    }
    content->synced.size = 0;
    bytes_put(&content->synced, 0, now->data, now->size);
    forget_pending(disk, content);
    return true;
}

bool crash_disk_restart(struct crash_disk *disk)
{
    assert(disk->open_files == 0);
    disk->off = true;
    for (struct name *name = disk->first; name != NULL; name = name->next) {
        struct content *found = found_after(disk, name);

        if (found != NULL && !recover_content(disk, found)) {
            return false;
        }
        if (found == name->seen) {
            refer(disk, &name->on_disk, found);
        } else {
            refer(disk, &name->seen, found);
        }
    }
    disk->off = false;
    return true;
}

/* ---- The disk -----------------------------------------------------------------------------------
 */

struct crash_disk *crash_disk_create(const struct director_allocator *allocator,
                                     const struct crash_hooks *hooks)
{
    struct crash_disk *disk =
        (struct crash_disk *)allocator->reallocate(allocator->context, NULL, 0, sizeof(*disk));

    if (disk != NULL) {
        memset(disk, 0, sizeof(*disk));
        disk->allocator = *allocator;
        disk->hooks = *hooks;
    }
    return disk;
}

void crash_disk_destroy(struct crash_disk *disk)
{
    struct director_allocator allocator;

    if (disk == NULL) {
        return;
    }
    assert(disk->open_files == 0);
    while (disk->first != NULL) {
        struct name *name = disk->first;

        disk->first = name->next;
        content_release(disk, name->seen);
        content_release(disk, name->on_disk);
        release(disk, name, sizeof(*name));
    }
    allocator = disk->allocator;
    allocator.reallocate(allocator.context, disk, sizeof(*disk), 0);
}
