/* case_plan.h: the plans of a conformance case, as they stand in the file, turned into rows. */
#ifndef SIM_CONFORM_CASE_PLAN_H
#define SIM_CONFORM_CASE_PLAN_H

#include "sim/conform/case_document.h"
#include "sim/store/store.h"

#define CASE_PLANS_MAX 1024u
#define CASE_STEPS_MAX 65536u

struct case_plan {
    const char *name;
    struct store_plan plan;
};

/* Read one plan into `memory`. False: `problem` says where and what, or the memory has failed. */
bool case_plan_read(const struct case_node *node, struct scenario_memory *memory,
                    struct case_plan *plan, struct scenario_problem *problem);

#endif
