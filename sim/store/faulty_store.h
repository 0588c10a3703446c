/* faulty_store.h: a director's persistence whose operations fail when its owner says so. It wraps
 * that of any store. Before an operation the owner decides whether it fails, and how; after it the
 * owner is told what came of it, which is enough to list every write and to check each of them.
 *
 * It takes no memory and keeps no state: nth matching calls and chances are counted by the owner.
 */
#ifndef SIM_STORE_FAULTY_STORE_H
#define SIM_STORE_FAULTY_STORE_H

#include "director/director.h"

enum faulty_operation_kind {
    FAULTY_LOAD_PLAN,
    FAULTY_FIND_PLAN,
    FAULTY_SAVE_PLAN,
    FAULTY_SAVE_STEP,
    FAULTY_LOAD_ACTION,
    FAULTY_SAVE_ACTION,
    FAULTY_FIND_INHIBITION,
    FAULTY_DELETE_DELAYED_PLAN,
};
#define FAULTY_OPERATION_KINDS 8
/* As scenario files and conformance cases write them: "save_plan". "?" for what is none. */
const char *faulty_operation_kind_name(enum faulty_operation_kind kind);
/* Does it write? */
bool faulty_operation_kind_writes(enum faulty_operation_kind kind);

/* An operation that is asked for. What does not belong to its kind is zero. */
struct faulty_operation {
    enum faulty_operation_kind kind;
    const struct director_plan_id *plan; /* valid during the call */
    uint32_t id;      /* save_step: the step; load_action, save_action: the action */
    uint32_t allowed; /* save_step: its condition */
    enum director_plan_state plan_state; /* save_plan: what is to be written */
    enum director_result result;         /* save_plan */
    enum director_step_kind step_kind;   /* save_step */
    enum director_step_state step_state; /* save_step */
};

enum faulty_moment {
    FAULTY_NONE,   /* the operation goes through */
    FAULTY_BEFORE, /* it fails, and the store has not been asked */
    FAULTY_AFTER,  /* the store has done it, and it fails all the same */
};

/* All zero: no fault. */
struct faulty_verdict {
    enum faulty_moment moment;
    enum director_persistence_status answer; /* ERROR, LOST or RAW, unless moment is NONE */
};

struct faulty_hooks {
    void *context;
    /* NULL: nothing ever fails. */
    struct faulty_verdict (*decide)(void *context, const struct faulty_operation *operation);
    /* NULL: nobody is told. `answer` is what the director gets; `wrote` whether the store took the
     * write (false for reads). `verdict` is what happened: a fault after an operation that the
     * store itself refused did not, and is told as FAULTY_NONE, with the store's own answer. */
    void (*done)(void *context, const struct faulty_operation *operation,
                 enum director_persistence_status answer, bool wrote,
                 struct faulty_verdict verdict);
};

/* Belongs to the owner and must stay where it is. */
struct faulty_store {
    struct director_persistence persistence; /* what the director is handed */
    struct director_persistence inner;
    struct faulty_hooks hooks;
};

/* Wrap `inner`, which must live as long. Operations that it has not are NULL here too. */
void faulty_store_init(struct faulty_store *faulty, const struct director_persistence *inner,
                       const struct faulty_hooks *hooks);

#endif
