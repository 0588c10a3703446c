/* plan_test_support.c: building the plans of a test's database (store_test_support.h) from the
 * lines that describe them. */
#include "director/store_test_support.h"

#include <stdlib.h>
#include <string.h>

/* ---- Flows ---------------------------------------------------------------------------------- */

struct parser {
    const char *text;
    uint32_t *tokens;
    uint32_t length;
};

static void skip_spaces(struct parser *parser)
{
    while (*parser->text == ' ') {
        parser->text++;
    }
}

static void parse_flow(struct parser *parser)
{
    uint32_t at = parser->length++;
    if (at == TEST_TOKENS_MAX) {
        abort();
    }
    if (*parser->text != '[') {
        char *end = NULL;
        parser->tokens[at] = (uint32_t)strtoul(parser->text, &end, 10);
        if (end == parser->text) {
            abort(); /* neither a number nor a flow in brackets */
        }
        parser->text = end;
        return;
    }
    uint32_t kind = parser->text[1] == 'S' ? DIRECTOR_FLOW_SEQUENCE : DIRECTOR_FLOW_CONCURRENCE;
    uint32_t count = 0;
    parser->text += 2;
    for (skip_spaces(parser); *parser->text != ']'; skip_spaces(parser)) {
        parse_flow(parser);
        count++;
    }
    parser->text++;
    parser->tokens[at] = kind | count;
}

uint32_t test_flow_parse(const char *text, uint32_t *tokens)
{
    struct parser parser = {.text = text, .tokens = tokens};
    if (*text != '\0') {
        parse_flow(&parser);
    }
    return parser.length;
}

/* ---- Plans ---------------------------------------------------------------------------------- */

struct director_plan_id test_plan_id(unsigned number)
{
    struct director_plan_id id = {{0}};
    id.bytes[0] = 0xd1;
    id.bytes[15] = (unsigned char)number;
    return id;
}

unsigned test_plan_number(const struct director_plan_id *id)
{
    struct director_plan_id same = test_plan_id(id->bytes[15]);
    return memcmp(&same, id, sizeof(same)) == 0 ? id->bytes[15] : 0;
}

struct test_plan *test_store_find(struct test_store *store, const struct director_plan_id *id)
{
    unsigned number = test_plan_number(id);
    return number == 0 || number > store->plan_count ? NULL : store->plans[number - 1];
}

static struct director_step_row *find_step(struct test_plan *plan, uint32_t step)
{
    for (uint32_t i = 0; i < plan->row.step_count; i++) {
        if (plan->steps[i].id == step) {
            return &plan->steps[i];
        }
    }
    return NULL;
}

struct director_step_row *test_plan_step(struct test_plan *plan, uint32_t step)
{
    struct director_step_row *found = find_step(plan, step);
    if (found == NULL) {
        abort();
    }
    return found;
}

static struct test_action *find_action(struct test_plan *plan, uint32_t id)
{
    for (uint32_t i = 0; i < plan->action_count; i++) {
        if (plan->actions[i].row.id == id) {
            return &plan->actions[i];
        }
    }
    return NULL;
}

struct test_action *test_plan_action(struct test_plan *plan, uint32_t step)
{
    struct test_action *found = find_action(plan, test_plan_step(plan, step)->action_id);
    if (found == NULL) {
        abort();
    }
    return found;
}

static void add_step(struct test_plan *plan, uint32_t id, uint32_t action_id,
                     enum director_step_kind kind)
{
    uint32_t position = plan->row.step_count++;
    if (position == TEST_STEPS_MAX) {
        abort();
    }
    plan->step_ids[position] = id;
    plan->steps[position] = (struct director_step_row){
        .id = id,
        .action_id = action_id,
        .queue = id * 100, /* so that it can be recognised */
        .kind = kind,
        .state = kind == DIRECTOR_STEP_PLAN ? DIRECTOR_STEP_SUCCESS : DIRECTOR_STEP_PENDING,
    };
}

static struct test_action *add_action(struct test_plan *plan, uint32_t id)
{
    struct test_action *action = &plan->actions[plan->action_count++];
    action->row = (struct director_action_row){
        .id = id,
        .rescue = DIRECTOR_RESCUE_PAUSE,
    };
    return action;
}

/* A step for each atom of a flow that has none yet. */
static void add_steps(struct test_plan *plan, const uint32_t *flow, uint32_t length,
                      enum director_step_kind kind)
{
    for (uint32_t i = 0; i < length; i++) {
        uint32_t id = flow[i];
        if (!DIRECTOR_FLOW_IS_ATOM(id) || find_step(plan, id) != NULL) {
            continue;
        }
        struct test_action *action = NULL;
        if (kind == DIRECTOR_STEP_FINALIZE && id > 10) {
            action = find_action(plan, id - 10);
        }
        if (action == NULL) {
            action = add_action(plan, id);
        }
        add_step(plan, id, action->row.id, kind);
        if (kind == DIRECTOR_STEP_RUN) {
            action->row.run_step = id;
        } else {
            action->row.finalize_step = id;
        }
    }
}

static void add_plan_steps(struct test_plan *plan)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < plan->row.step_count; i++) {
        last = plan->step_ids[i] > last ? plan->step_ids[i] : last;
    }
    for (uint32_t i = 1; i < plan->action_count; i++) {
        struct test_action *action = &plan->actions[i];
        action->row.plan_step = ++last;
        add_step(plan, last, action->row.id, DIRECTOR_STEP_PLAN);
        test_plan_add_planned(plan, 1, last);
    }
}

struct test_plan *test_store_add(struct test_store *store, const char *run_flow,
                                 const char *finalize_flow)
{
    struct test_plan *plan = calloc(1, sizeof(*plan));
    if (plan == NULL || store->plan_count == TEST_PLANS_MAX) {
        abort();
    }
    store->plans[store->plan_count++] = plan;
    plan->number = store->plan_count;
    plan->row = (struct director_plan_row){
        .id = test_plan_id(plan->number),
        .state = DIRECTOR_PLAN_PLANNED,
        .root_plan_step = 1,
        .run_flow_length = test_flow_parse(run_flow, plan->run_flow),
        .finalize_flow_length = test_flow_parse(finalize_flow, plan->finalize_flow),
    };
    add_action(plan, 1)->row.plan_step = 1;
    add_step(plan, 1, 1, DIRECTOR_STEP_PLAN);
    add_steps(plan, plan->run_flow, plan->row.run_flow_length, DIRECTOR_STEP_RUN);
    add_steps(plan, plan->finalize_flow, plan->row.finalize_flow_length, DIRECTOR_STEP_FINALIZE);
    add_plan_steps(plan);
    return plan;
}

void test_plan_rescues(struct test_plan *plan, uint32_t step,
                       enum director_rescue_strategy strategy)
{
    test_plan_action(plan, step)->row.rescue = strategy;
}

void test_plan_requires(struct test_plan *plan, uint32_t step, uint32_t needed)
{
    struct test_action *action = test_plan_action(plan, step);
    if (action->row.required_count == TEST_REQUIRED_MAX) {
        abort();
    }
    action->required[action->row.required_count++] = needed;
}

void test_plan_add_planned(struct test_plan *plan, uint32_t parent, uint32_t child)
{
    if (plan->planned_count == TEST_STEPS_MAX) {
        abort();
    }
    plan->planned[plan->planned_count++] = (struct test_planned){parent, child};
}

void test_plan_planned_by(struct test_plan *plan, uint32_t step, uint32_t parent)
{
    uint32_t child = test_plan_action(plan, step)->row.plan_step;
    for (uint32_t i = 0; i < plan->planned_count; i++) {
        if (plan->planned[i].child == child) {
            plan->planned[i].parent = test_plan_action(plan, parent)->row.plan_step;
        }
    }
}
