/* memory_dependencies.c: which plan waits for which, in the memory store. Dynflow deletes these
 * rows with either of their plans, so each is in a list at both. */
#include "sim/store/memory_internal.h"

enum store_status memory_insert_dependency(struct store *store, const struct director_plan_id *plan,
                                           const struct director_plan_id *blocked_by)
{
    struct memory_store *memory = (struct memory_store *)store;
    struct memory_plan *waiter = memory_store_find(memory, plan);
    struct memory_plan *blocker = memory_store_find(memory, blocked_by);
    struct memory_dependency *dependency;

    if (waiter == NULL || blocker == NULL) {
        return memory_store_fault(memory, STORE_FAULT_NO_PLAN);
    }
    dependency = (struct memory_dependency *)memory->allocator.reallocate(
        memory->allocator.context, NULL, 0, sizeof(*dependency));
    if (dependency == NULL) {
        return memory_store_fault(memory, store_fault_no_memory);
    }
    dependency->waiter = waiter;
    dependency->blocker = blocker;
    dependency->waits_previous = waiter->waits_last;
    dependency->waits_next = NULL;
    *(waiter->waits_last == NULL ? &waiter->waits_first : &waiter->waits_last->waits_next) =
        dependency;
    waiter->waits_last = dependency;
    dependency->blocks_previous = NULL;
    dependency->blocks_next = blocker->blocks_first;
    if (blocker->blocks_first != NULL) {
        blocker->blocks_first->blocks_previous = dependency;
    }
    blocker->blocks_first = dependency;
    return STORE_OK;
}

enum store_status memory_each_dependency(struct store *store, const struct director_plan_id *plan,
                                         bool (*visit)(void *context,
                                                       const struct director_plan_id *blocked_by),
                                         void *context)
{
    const struct memory_plan *waiter = memory_store_find((struct memory_store *)store, plan);
    const struct memory_dependency *dependency = waiter == NULL ? NULL : waiter->waits_first;

    while (dependency != NULL && visit(context, &dependency->blocker->row.id)) {
        dependency = dependency->waits_next;
    }
    return STORE_OK;
}

static void remove_dependency(struct memory_store *memory, struct memory_dependency *dependency)
{
    struct memory_plan *waiter = dependency->waiter;

    *(dependency->waits_previous == NULL ? &waiter->waits_first
                                         : &dependency->waits_previous->waits_next) =
        dependency->waits_next;
    *(dependency->waits_next == NULL ? &waiter->waits_last
                                     : &dependency->waits_next->waits_previous) =
        dependency->waits_previous;
    *(dependency->blocks_previous == NULL ? &dependency->blocker->blocks_first
                                          : &dependency->blocks_previous->blocks_next) =
        dependency->blocks_next;
    if (dependency->blocks_next != NULL) {
        dependency->blocks_next->blocks_previous = dependency->blocks_previous;
    }
    memory->allocator.reallocate(memory->allocator.context, dependency, sizeof(*dependency), 0);
}

void memory_remove_dependencies(struct memory_store *memory, struct memory_plan *plan)
{
    while (plan->waits_first != NULL) {
        remove_dependency(memory, plan->waits_first);
    }
    while (plan->blocks_first != NULL) {
        remove_dependency(memory, plan->blocks_first);
    }
}
