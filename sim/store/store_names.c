/* store_names.c: the names of what a store holds and answers, as the database writes them and
 * people read them, and the calls that every store answers alike. */
#include "sim/store/store.h"

const char *store_record_kind_name(enum store_record_kind kind)
{
    switch (kind) {
    case STORE_RECORD_WORLD:
        return "world";
    case STORE_RECORD_EXECUTION_LOCK:
        return "execution_lock";
    case STORE_RECORD_PLANNING_LOCK:
        return "planning_lock";
    case STORE_RECORD_INHIBITION_LOCK:
        return "inhibition_lock";
    case STORE_RECORD_INVALIDATION_LOCK:
        return "invalidation_lock";
    case STORE_RECORD_AUTO_EXECUTE_LOCK:
        return "auto_execute_lock";
    }
    return "?";
}

const char *store_status_name(enum store_status status)
{
    switch (status) {
    case STORE_OK:
        return "ok";
    case STORE_MISSING:
        return "missing";
    case STORE_EXISTS:
        return "exists";
    case STORE_ERROR:
        return "error";
    case STORE_NO_MEMORY:
        return "no_memory";
    }
    return "?";
}

const char *store_error_message(const struct store *store)
{
    return store->operations->error_message(store);
}
