/* memory_records.c: the coordinator records of the memory store. Each kind has a table by subject
 * and a list in the order of insertion. */
#include "sim/store/memory_internal.h"

static struct memory_records *records_of(struct store *store, enum store_record_kind kind)
{
    struct memory_store *memory = (struct memory_store *)store;

    return (unsigned)kind < STORE_RECORD_KINDS ? &memory->records[kind] : NULL;
}

static struct memory_record *find(struct store *store, enum store_record_kind kind,
                                  const struct director_plan_id *subject)
{
    struct memory_records *records = records_of(store, kind);

    return records == NULL ? NULL
                           : (struct memory_record *)id_table_find(&records->by_subject, subject);
}

enum store_status memory_insert_record(struct store *store, const struct store_record *record)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct memory_records *records = records_of(store, record->kind);
    const char *fault = store_record_fault(record);
    struct memory_record *inserted;

    if (fault != NULL) {
        return memory_store_fault(memory, fault);
    }
    if (id_table_find(&records->by_subject, &record->subject) != NULL) {
        return STORE_EXISTS;
    }
    inserted = (struct memory_record *)memory->allocator.reallocate(memory->allocator.context, NULL,
                                                                    0, sizeof(*inserted));
    if (inserted == NULL || !id_table_reserve(&records->by_subject, &memory->allocator)) {
        if (inserted != NULL) {
            memory->allocator.reallocate(memory->allocator.context, inserted, sizeof(*inserted), 0);
        }
        return memory_store_fault(memory, store_fault_no_memory);
    }
    inserted->subject = record->subject;
    inserted->row = *record;
    inserted->previous = records->last;
    inserted->next = NULL;
    *(records->last == NULL ? &records->first : &records->last->next) = inserted;
    records->last = inserted;
    id_table_insert(&records->by_subject, inserted);
    return STORE_OK;
}

enum store_status memory_update_record(struct store *store, const struct store_record *record)
{
    struct memory_record *stored = find(store, record->kind, &record->subject);

    if (stored == NULL) {
        return STORE_MISSING;
    }
    stored->row.owner = record->owner;
    stored->row.active = record->active;
    return STORE_OK;
}

enum store_status memory_delete_record(struct store *store, enum store_record_kind kind,
                                       const struct director_plan_id *subject)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct memory_records *records = records_of(store, kind);
    struct memory_record *record = find(store, kind, subject);

    if (record == NULL) {
        return STORE_MISSING;
    }
    id_table_remove(&records->by_subject, subject);
    *(record->previous == NULL ? &records->first : &record->previous->next) = record->next;
    *(record->next == NULL ? &records->last : &record->next->previous) = record->previous;
    memory->allocator.reallocate(memory->allocator.context, record, sizeof(*record), 0);
    return STORE_OK;
}

enum store_status memory_find_record(struct store *store, enum store_record_kind kind,
                                     const struct director_plan_id *subject,
                                     struct store_record *record)
{
    const struct memory_record *stored = find(store, kind, subject);

    if (stored == NULL) {
        return STORE_MISSING;
    }
    *record = stored->row;
    return STORE_OK;
}

enum store_status memory_each_record(struct store *store, enum store_record_kind kind,
                                     bool (*visit)(void *context,
                                                   const struct store_record *record),
                                     void *context)
{
    const struct memory_records *records = records_of(store, kind);
    const struct memory_record *record = records == NULL ? NULL : records->first;

    for (; record != NULL && visit(context, &record->row); record = record->next) {
    }
    return STORE_OK;
}

void memory_release_records(struct memory_store *memory)
{
    for (int kind = 0; kind < STORE_RECORD_KINDS; kind++) {
        struct memory_records *records = &memory->records[kind];

        while (records->first != NULL) {
            struct memory_record *record = records->first;

            records->first = record->next;
            memory->allocator.reallocate(memory->allocator.context, record, sizeof(*record), 0);
        }
        id_table_release(&records->by_subject, &memory->allocator);
    }
}
