/* faulty_store.c: each operation in the same three parts: ask for a verdict, let the inner store do
 * its part, tell what came of it. */
#include "sim/store/faulty_store.h"

#include <string.h>

const char *faulty_operation_kind_name(enum faulty_operation_kind kind)
{
    switch (kind) {
    case FAULTY_LOAD_PLAN:
        return "load_plan";
    case FAULTY_FIND_PLAN:
        return "find_plan";
    case FAULTY_SAVE_PLAN:
        return "save_plan";
    case FAULTY_SAVE_STEP:
        return "save_step";
    case FAULTY_LOAD_ACTION:
        return "load_action";
    case FAULTY_SAVE_ACTION:
        return "save_action";
    case FAULTY_FIND_INHIBITION:
        return "find_inhibition";
    case FAULTY_DELETE_DELAYED_PLAN:
        return "delete_delayed_plan";
    }
    return "?";
}

bool faulty_operation_kind_writes(enum faulty_operation_kind kind)
{
    return kind == FAULTY_SAVE_PLAN || kind == FAULTY_SAVE_STEP || kind == FAULTY_SAVE_ACTION ||
           kind == FAULTY_DELETE_DELAYED_PLAN;
}

static inline struct faulty_verdict decide(const struct faulty_store *faulty,
                                           const struct faulty_operation *operation)
{
    if (faulty->hooks.decide == NULL) {
        return (struct faulty_verdict){FAULTY_NONE, DIRECTOR_PERSISTENCE_OK};
    }
    return faulty->hooks.decide(faulty->hooks.context, operation);
}

/* `answer` is the inner store's; it was not asked when the verdict is a fault before. */
static inline enum director_persistence_status conclude(const struct faulty_store *faulty,
                                                        const struct faulty_operation *operation,
                                                        enum director_persistence_status answer,
                                                        struct faulty_verdict verdict)
{
    bool asked = verdict.moment != FAULTY_BEFORE;
    bool wrote =
        asked && answer == DIRECTOR_PERSISTENCE_OK && faulty_operation_kind_writes(operation->kind);
    bool refused = answer == DIRECTOR_PERSISTENCE_ERROR || answer == DIRECTOR_PERSISTENCE_LOST ||
                   answer == DIRECTOR_PERSISTENCE_RAW || answer == DIRECTOR_PERSISTENCE_MISSING;

    /* An operation that raised an error of its own never comes to the point after it. */
    if (asked && refused) {
        verdict.moment = FAULTY_NONE;
    }
    if (verdict.moment != FAULTY_NONE) {
        answer = verdict.answer;
    }
    if (faulty->hooks.done != NULL) {
        faulty->hooks.done(faulty->hooks.context, operation, answer, wrote, verdict);
    }
    return answer;
}

static enum director_persistence_status load_plan(void *context,
                                                  const struct director_plan_id *plan,
                                                  struct director_plan_record *record)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_LOAD_PLAN, .plan = plan};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.load_plan(faulty->inner.context, plan, record);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status find_plan(void *context,
                                                  const struct director_plan_id *plan, bool *found)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_FIND_PLAN, .plan = plan};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.find_plan(faulty->inner.context, plan, found);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status save_plan(void *context,
                                                  const struct director_plan_row *row)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_SAVE_PLAN,
                                         .plan = &row->id,
                                         .plan_state = row->state,
                                         .result = row->result};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.save_plan(faulty->inner.context, row);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status save_step(void *context,
                                                  const struct director_plan_id *plan,
                                                  const struct director_step_row *row,
                                                  uint32_t allowed)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_SAVE_STEP,
                                         .plan = plan,
                                         .id = row->id,
                                         .allowed = allowed,
                                         .step_kind = row->kind,
                                         .step_state = row->state};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.save_step(faulty->inner.context, plan, row, allowed);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status load_action(void *context,
                                                    const struct director_plan_id *plan,
                                                    uint32_t action_id,
                                                    struct director_action_row *row)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_LOAD_ACTION, .plan = plan, .id = action_id};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.load_action(faulty->inner.context, plan, action_id, row);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status save_action(void *context,
                                                    const struct director_plan_id *plan,
                                                    const struct director_action_row *row)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_SAVE_ACTION, .plan = plan, .id = row->id};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.save_action(faulty->inner.context, plan, row);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status find_inhibition(void *context,
                                                        const struct director_plan_id *plan,
                                                        bool *inhibited)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_FIND_INHIBITION, .plan = plan};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.find_inhibition(faulty->inner.context, plan, inhibited);
    }
    return conclude(faulty, &operation, answer, verdict);
}

static enum director_persistence_status delete_delayed_plan(void *context,
                                                            const struct director_plan_id *plan)
{
    const struct faulty_store *faulty = (const struct faulty_store *)context;
    struct faulty_operation operation = {.kind = FAULTY_DELETE_DELAYED_PLAN, .plan = plan};
    struct faulty_verdict verdict = decide(faulty, &operation);
    enum director_persistence_status answer = DIRECTOR_PERSISTENCE_OK;

    if (verdict.moment != FAULTY_BEFORE) {
        answer = faulty->inner.delete_delayed_plan(faulty->inner.context, plan);
    }
    return conclude(faulty, &operation, answer, verdict);
}

void faulty_store_init(struct faulty_store *faulty, const struct director_persistence *inner,
                       const struct faulty_hooks *hooks)
{
    memset(faulty, 0, sizeof(*faulty));
    faulty->inner = *inner;
    faulty->hooks = *hooks;
    faulty->persistence = (struct director_persistence){
        .context = faulty,
        .load_plan = load_plan,
        .find_plan = find_plan,
        .save_plan = save_plan,
        .save_step = save_step,
        .load_action = load_action,
        .save_action = save_action,
        .find_inhibition = inner->find_inhibition == NULL ? NULL : find_inhibition,
        .delete_delayed_plan = inner->delete_delayed_plan == NULL ? NULL : delete_delayed_plan,
    };
}
