/* store_rows.c: the checks that every store makes of a row, and the order of a plan's step ids,
 * which need not be the order of their numbers. */
#include "sim/store/store_rows.h"

const char store_fault_no_memory[] = "out of memory";

static bool is_step_id(uint32_t id)
{
    return id >= 1 && id <= DIRECTOR_STEP_ID_MAX;
}

/* A flow in prefix order is whole when it ends just where no sub-flow is owed any more. */
static bool flow_is_whole(const uint32_t *flow, uint32_t length)
{
    uint64_t owed = 1;

    if (length == 0) {
        return true;
    }
    for (uint32_t at = 0; at < length; at++) {
        if (owed == 0) {
            return false;
        }
        owed--;
        if (!DIRECTOR_FLOW_IS_ATOM(flow[at])) {
            owed += flow[at] & DIRECTOR_FLOW_COUNT_MASK;
        } else if (!is_step_id(flow[at])) {
            return false;
        }
    }
    return owed == 0;
}

const char *store_plan_row_fault(const struct director_plan_row *row)
{
    if ((unsigned)row->state >= DIRECTOR_PLAN_STATES) {
        return "the state of the plan is none";
    }
    if ((unsigned)row->result >= DIRECTOR_RESULTS) {
        return "the result of the plan is none";
    }
    for (uint32_t at = 0; at < row->step_count; at++) {
        if (!is_step_id(row->step_ids[at])) {
            return "a step id is out of range";
        }
    }
    if (!flow_is_whole(row->run_flow, row->run_flow_length)) {
        return "the run flow is broken";
    }
    if (!flow_is_whole(row->finalize_flow, row->finalize_flow_length)) {
        return "the finalize flow is broken";
    }
    return NULL;
}

const char *store_step_row_fault(const struct director_step_row *row)
{
    if (!is_step_id(row->id)) {
        return "the id of the step is out of range";
    }
    if ((unsigned)row->kind >= DIRECTOR_STEP_KINDS) {
        return "the kind of the step is none";
    }
    if ((unsigned)row->state >= DIRECTOR_STEP_STATES) {
        return "the state of the step is none";
    }
    if (row->content > (uint64_t)INT64_MAX) {
        return "the content of the step is out of range";
    }
    return NULL;
}

bool store_step_unchanged(const struct director_step_row *row, enum director_step_state state,
                          uint64_t content)
{
    return row->exact && row->content != 0 && row->content == content && row->state == state;
}

const char *store_action_row_fault(const struct director_action_row *row)
{
    if (row->id == 0) {
        return "the id of the action is out of range";
    }
    if (row->rescue < DIRECTOR_RESCUE_SKIP || row->rescue > DIRECTOR_RESCUE_FAIL) {
        return "the rescue strategy of the action is none";
    }
    return NULL;
}

const char *store_plan_fault(const struct store_plan *plan)
{
    const struct director_plan_row *row = &plan->record.row;
    const char *fault = store_plan_row_fault(row);

    for (uint32_t at = 0; fault == NULL && at < row->step_count; at++) {
        fault = store_step_row_fault(&plan->record.steps[at]);
        if (fault == NULL && plan->record.steps[at].id != row->step_ids[at]) {
            fault = "the steps are not those of the plan's step ids, in their order";
        }
    }
    for (uint32_t at = 0; fault == NULL && at < plan->action_count; at++) {
        fault = store_action_row_fault(&plan->actions[at]);
    }
    return fault;
}

const char *store_record_fault(const struct store_record *record)
{
    if ((unsigned)record->kind >= STORE_RECORD_KINDS) {
        return "the kind of the record is none";
    }
    return NULL;
}

const char *store_delayed_fault(const struct store_delayed_plan *delayed)
{
    if ((delayed->has_start_at && delayed->start_at > (uint64_t)INT64_MAX) ||
        (delayed->has_start_before && delayed->start_before > (uint64_t)INT64_MAX)) {
        return "a time of the delayed plan is out of range";
    }
    return NULL;
}

bool store_ids_ascend(const uint32_t *ids, size_t count)
{
    for (size_t at = 1; at < count; at++) {
        if (ids[at - 1] >= ids[at]) {
            return false;
        }
    }
    return true;
}

static bool sorts_before(const uint32_t *ids, uint32_t left, uint32_t right)
{
    return ids[left] != ids[right] ? ids[left] < ids[right] : left < right;
}

/* Let positions[at] sink in the heap of positions[0] to positions[count - 1], the last in order on
 * top. */
static void sink(uint32_t *positions, const uint32_t *ids, size_t at, size_t count)
{
    uint32_t sinking = positions[at];

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= count) {
            break;
        }
        if (child + 1 < count && sorts_before(ids, positions[child], positions[child + 1])) {
            child++;
        }
        if (!sorts_before(ids, sinking, positions[child])) {
            break;
        }
        positions[at] = positions[child];
        at = child;
    }
    positions[at] = sinking;
}

/* Heap sort, since qsort may take memory that is not the arena's. */
void store_sort_positions(uint32_t *positions, const uint32_t *ids, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        positions[at] = (uint32_t)at;
    }
    for (size_t at = count / 2; at > 0; at--) {
        sink(positions, ids, at - 1, count);
    }
    for (size_t end = count; end > 1; end--) {
        uint32_t last = positions[0];

        positions[0] = positions[end - 1];
        positions[end - 1] = last;
        sink(positions, ids, 0, end - 1);
    }
}

bool store_positions_distinct(const uint32_t *positions, const uint32_t *ids, size_t count)
{
    for (size_t at = 1; at < count; at++) {
        if (ids[positions[at - 1]] == ids[positions[at]]) {
            return false;
        }
    }
    return true;
}

size_t store_find_position(const uint32_t *positions, const uint32_t *ids, size_t count,
                           uint32_t id)
{
    size_t low = 0;
    size_t high = count;
    size_t found;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if ((positions == NULL ? ids[middle] : ids[positions[middle]]) < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == count) {
        return count;
    }
    found = positions == NULL ? low : positions[low];
    return ids[found] == id ? found : count;
}
