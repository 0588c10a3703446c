/* store_test_support.h: a small database of plans for tests of director/, and its persistence.
 *
 * Plans are written in a line: test_store_add(store, "[S 2 [C 3 4]]", "[S 12]"). Step 1 is the
 * root action's plan step. A step of the run flow belongs to the action of the same number; a step
 * of the finalize flow to the action of the run step whose number is 10 less, if there is one, else
 * to an action of its own. Each action has a plan step, numbered on from the flows, and was planned
 * by the root. What is filled in by an operation is freed at the next, as director.h allows. */
#ifndef DIRECTOR_STORE_TEST_SUPPORT_H
#define DIRECTOR_STORE_TEST_SUPPORT_H

#include "director/director.h"
#include "director/text_test_support.h"

#define TEST_PLANS_MAX 32
#define TEST_STEPS_MAX 700
#define TEST_TOKENS_MAX 1400
#define TEST_REQUIRED_MAX 8
#define TEST_FAULTS_MAX 4
#define TEST_LENT_MAX 4

enum test_operation {
    TEST_LOAD_PLAN,
    TEST_FIND_PLAN,
    TEST_SAVE_PLAN, /* save_plan and update_plan */
    TEST_SAVE_STEP,
    TEST_LOAD_ACTION,
    TEST_SAVE_ACTION,
    TEST_FIND_INHIBITION,
    TEST_DELETE_DELAYED_PLAN,
    TEST_ANY_OPERATION,
};
#define TEST_OPERATIONS 8

enum test_moment {
    TEST_BEFORE, /* the operation fails, and nothing was written */
    TEST_AFTER,  /* it was done, and fails all the same */
};

struct test_action {
    struct director_action_row row;
    uint32_t required[TEST_REQUIRED_MAX];
    bool gone;
};

/* The parent's action planned the child's: both are plan steps. */
struct test_planned {
    uint32_t parent;
    uint32_t child;
};

struct test_plan {
    unsigned number; /* names it in stories; from 1 */
    struct director_plan_row row;
    bool gone;       /* its row is not there, nor are its steps */
    bool steps_gone; /* its row is there, its steps are not */
    bool inhibited;  /* an execution inhibition lock is on it */
    struct director_step_row steps[TEST_STEPS_MAX];
    struct test_action actions[TEST_STEPS_MAX];
    uint32_t action_count;
    struct test_planned planned[TEST_STEPS_MAX];
    uint32_t planned_count;
    uint32_t step_ids[TEST_STEPS_MAX];
    uint32_t run_flow[TEST_TOKENS_MAX];
    uint32_t finalize_flow[TEST_TOKENS_MAX];
};

struct test_fault {
    enum test_operation operation;
    size_t nth; /* calls from now; 0: the fault has happened */
    enum director_persistence_status answer;
    enum test_moment moment;
    bool for_good; /* every call from then on */
};

struct test_store {
    struct test_plan *plans[TEST_PLANS_MAX];
    unsigned plan_count;
    struct test_fault faults[TEST_FAULTS_MAX];
    size_t fault_count;
    size_t faults_happened;
    size_t count[TEST_OPERATIONS]; /* how often each was called */
    size_t writes;                 /* calls of operations that write, failed ones too */
    struct test_text calls;        /* "load_plan 1, save_step 1:2 running" */
    struct test_text written;      /* those of them that write */
    void *lent[TEST_LENT_MAX];
    size_t lent_count;
};

struct director_persistence test_store_persistence(struct test_store *store);
/* Free all of it. */
void test_store_free(struct test_store *store);

/* A planned plan, whose plan steps have succeeded and whose other steps are pending. */
struct test_plan *test_store_add(struct test_store *store, const char *run_flow,
                                 const char *finalize_flow);
struct director_plan_id test_plan_id(unsigned number);
/* The number of a plan, 0 when it is none of ours. */
unsigned test_plan_number(const struct director_plan_id *id);
struct test_plan *test_store_find(struct test_store *store, const struct director_plan_id *id);

struct director_step_row *test_plan_step(struct test_plan *plan, uint32_t step);
/* The action of a step. */
struct test_action *test_plan_action(struct test_plan *plan, uint32_t step);
void test_plan_rescues(struct test_plan *plan, uint32_t step,
                       enum director_rescue_strategy strategy);
/* The action of `step` reads the output of `needed`. */
void test_plan_requires(struct test_plan *plan, uint32_t step, uint32_t needed);
/* The action of `step` was planned by that of `parent`, not by the root. */
void test_plan_planned_by(struct test_plan *plan, uint32_t step, uint32_t parent);
void test_plan_add_planned(struct test_plan *plan, uint32_t parent, uint32_t child);
/* What load_plan would fill in. It stays until the next operation. */
struct director_plan_record test_store_record(struct test_store *store,
                                              const struct test_plan *plan);

/* The nth call from now of an operation answers this. */
void test_store_fail(struct test_store *store, enum test_operation operation, size_t nth,
                     enum director_persistence_status answer, enum test_moment moment);

/* Write the tokens of a flow; how many. "" has none. */
uint32_t test_flow_parse(const char *text, uint32_t *tokens);

#endif
