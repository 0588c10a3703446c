/* director_core.h: what one director holds, shared by the files of this folder. */
#ifndef DIRECTOR_DIRECTOR_CORE_H
#define DIRECTOR_DIRECTOR_CORE_H

#include "director/plan_index.h"

struct execution_plan_manager;
struct planning_entry;
struct step;

struct director {
    struct director_allocator allocator;
    struct director_persistence persistence;
    struct director_hooks hooks;
    bool auto_rescue;
    uint64_t defects;
    uint64_t executions; /* counts starts: tells the items of one execution from those of another */
    uint64_t contents;   /* the highest content that a step was loaded with or given */
    struct director_counters counters;
    bool terminating;
    bool destroyed;           /* the owner let it go; the last item out frees it */
    size_t items_outstanding; /* items that are not in the spare list */
    struct director_work_item *spare_items;
    size_t spare_count;

    struct plan_index managers;
    struct execution_plan_manager *first_manager; /* in the order of start */
    struct execution_plan_manager *last_manager;

    struct plan_index planning; /* plans with a planning item out */
    struct planning_entry *first_planning;

    /* What the running call answers. */
    struct director_work_item **answer;
    size_t answer_count;
    size_t answer_capacity;

    /* Steps: those a cursor yields, or those that are to be skipped. */
    struct step **scratch;
    size_t scratch_count;
    size_t scratch_capacity;
};

static inline bool has_defect(const struct director *director, enum director_defect defect)
{
    return (director->defects & DIRECTOR_DEFECT_BIT(defect)) != 0;
}

/* The error that escapes when an operation of persistence answers this; DIRECTOR_OK for OK.
 * UNMATCHED is for those who ask for it and counts as OK, as an UPDATE of no rows does. */
enum director_status status_of_persistence(enum director_persistence_status status);

#endif
