/* check_expectations.c: the `expect:` section. */
#include "sim/scenario/reader.h"

#include <assert.h>

/* Where expectations go; there is room for all that the section can hold. */
struct expectation_list {
    struct scenario_expectation *items;
    uint32_t count;
    uint32_t capacity;
};

static struct scenario_expectation *add(struct expectation_list *list,
                                        enum scenario_expectation_kind kind,
                                        struct scenario_position position)
{
    assert(list->count < list->capacity);
    struct scenario_expectation *expectation = &list->items[list->count++];
    *expectation = (struct scenario_expectation){
        .kind = kind,
        .position = position,
        .plan = SCENARIO_NONE,
        .step = SCENARIO_NONE,
        .event = SCENARIO_NONE,
        .name = SCENARIO_NONE,
    };
    return expectation;
}

/* An expectation has been read from its key and its value: can it hold at all? `before` is how many
 * problems there were when its reading began. */
static void check_holds(struct reader *reader, const struct yaml_node *node,
                        const struct scenario_expectation *expectation, uint64_t before)
{
    if (reader->sound && reader->problems->total == before && node->kind != YAML_REFUSED) {
        reader_check_expectation_holds(reader, node, expectation);
    }
}

/* {p: {state: stopped, result: warning}} or {p: missing} */
static void check_plan_state(struct reader *reader, const struct yaml_node *node,
                             struct scenario_expectation *expectation)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    uint32_t word;
    if (yaml_node_is(node, "missing")) {
        expectation->missing = true;
        return;
    }
    if (node->kind != YAML_MAPPING || node->count == 0) {
        reader_wrong(reader, node, "{state: ..., result: ...}, or missing");
        return;
    }
    if (!reader_fields(reader, node, &expected_plan_keys, values)) {
        return;
    }
    if (values[EXPECTED_PLAN_STATE] != NULL &&
        reader_word(reader, values[EXPECTED_PLAN_STATE], &plan_state_words, WORDS_ALL, &word)) {
        expectation->has_state = true;
        expectation->plan_state = (enum director_plan_state)word;
    }
    if (values[EXPECTED_PLAN_RESULT] != NULL &&
        reader_word(reader, values[EXPECTED_PLAN_RESULT], &result_words, WORDS_ALL, &word)) {
        expectation->has_result = true;
        expectation->result = (enum director_result)word;
    }
}

/* The word of a future: fulfilled, rejected, pending; and {rejected: REASON}. */
static void check_future(struct reader *reader, const struct yaml_node *node,
                         struct scenario_expectation *expectation)
{
    static const char expected[] = "fulfilled, rejected, pending, or {rejected: REASON}";
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    uint32_t word;
    if (yaml_node_is(node, "fulfilled")) {
        expectation->future = SCENARIO_FUTURE_FULFILLED;
    } else if (yaml_node_is(node, "rejected")) {
        expectation->future = SCENARIO_FUTURE_REJECTED;
    } else if (yaml_node_is(node, "pending")) {
        expectation->future = SCENARIO_FUTURE_PENDING;
    } else if (node->kind != YAML_MAPPING) {
        reader_wrong(reader, node, expected);
    } else if (reader_fields(reader, node, &expected_future_keys, values) &&
               values[EXPECTED_FUTURE_REJECTED] != NULL &&
               reader_word(reader, values[EXPECTED_FUTURE_REJECTED], &reason_words,
                           WORDS_ALL & ~WORD_BIT(DIRECTOR_REASON_NONE), &word)) {
        expectation->future = SCENARIO_FUTURE_REJECTED;
        expectation->reason = (enum director_reason)word;
    }
}

/* One plan of `plans` or `futures`. */
static void check_plan(struct reader *reader, struct expectation_list *list,
                       const struct yaml_node *node, uint32_t plan, enum expect_key section)
{
    uint64_t before = reader->problems->total;
    bool is_future = section == EXPECT_FUTURES;
    struct scenario_expectation *expectation =
        add(list, is_future ? SCENARIO_EXPECT_FUTURE : SCENARIO_EXPECT_PLAN, node->key->position);
    expectation->plan = plan;
    if (is_future) {
        check_future(reader, node, expectation);
    } else {
        check_plan_state(reader, node, expectation);
    }
    check_holds(reader, node, expectation, before);
}

/* One step of `steps`, `finalize` or `runs`. */
static void check_step(struct reader *reader, struct expectation_list *list,
                       const struct yaml_node *node, uint32_t plan, enum expect_key section)
{
    uint32_t word;
    uint64_t before = reader->problems->total;
    bool is_runs = section == EXPECT_RUNS;
    struct scenario_expectation *expectation =
        add(list, is_runs ? SCENARIO_EXPECT_RUNS : SCENARIO_EXPECT_STEP, node->key->position);
    expectation->plan = plan;
    expectation->finalize = section == EXPECT_FINALIZE;
    if (is_runs) {
        reader_number32(reader, node, 0, UINT32_MAX, &expectation->runs);
    } else if (reader_word(reader, node, &step_state_words, WORDS_ALL, &word)) {
        expectation->step_state = (enum director_step_state)word;
    }
    if (!reader_reference(reader, node->key, &reader->plan_steps[plan], "step",
                          &expectation->step)) {
        return;
    }
    const struct scenario_step *step = &reader->scenario->plans[plan].steps[expectation->step];
    bool there = expectation->finalize ? step->in_finalize : step->in_run;
    if (!there) {
        problem_list_add(reader->problems, node->key->position,
                         "step '%s' of plan '%s' is not in its %s flow", step->name,
                         reader->scenario->plans[plan].name,
                         expectation->finalize ? "finalize" : "run");
    }
    check_holds(reader, node, expectation, before);
}

static void check_steps_of_plan(struct reader *reader, struct expectation_list *list,
                                const struct yaml_node *node, uint32_t plan,
                                enum expect_key section)
{
    if (!reader_is_mapping(reader, node,
                           section == EXPECT_RUNS ? "a mapping of steps to numbers of calls"
                                                  : "a mapping of steps to their states")) {
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        check_step(reader, list, child, plan, section);
    }
}

/* A section whose keys are plans. */
static void check_by_plan(struct reader *reader, struct expectation_list *list,
                          const struct yaml_node *node, enum expect_key section)
{
    if (node == NULL || !reader_is_mapping(reader, node, "a mapping whose keys are plans")) {
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        uint32_t plan;
        if (!reader_reference(reader, child->key, &reader->plan_names, "plan", &plan)) {
            continue;
        }
        if (section == EXPECT_PLANS || section == EXPECT_FUTURES) {
            check_plan(reader, list, child, plan, section);
        } else {
            check_steps_of_plan(reader, list, child, plan, section);
        }
    }
}

static void check_event_futures(struct reader *reader, struct expectation_list *list,
                                const struct yaml_node *node)
{
    if (node == NULL || !reader_is_mapping(reader, node, "a mapping whose keys are events")) {
        return;
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        uint32_t event;
        if (!reader_event_name(reader, child->key, &event)) {
            continue;
        }
        struct scenario_expectation *expectation =
            add(list, SCENARIO_EXPECT_EVENT, child->key->position);
        expectation->event = event;
        check_future(reader, child, expectation);
    }
}

static void check_names(struct reader *reader, struct expectation_list *list,
                        const struct yaml_node *node, const struct name_index *known,
                        const char *noun, enum scenario_expectation_kind kind)
{
    if (node == NULL || !reader_is_list(reader, node, "a list of names")) {
        return;
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        uint32_t name;
        if (reader_reference(reader, item, known, noun, &name)) {
            add(list, kind, item->position)->name = name;
        }
    }
    reader_check_repeats(reader, node);
}

/* How many expectations a section can come to at most. */
static uint32_t count_most(const struct yaml_node *node)
{
    uint32_t count = 0;
    for (const struct yaml_node *section = node->first; section != NULL; section = section->next) {
        for (const struct yaml_node *child = section->first; child != NULL; child = child->next) {
            count += 1 + child->count;
        }
    }
    return count;
}

void reader_check_expectations(struct reader *reader, const struct yaml_node *node)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    if (node == NULL || !reader_fields(reader, node, &expect_keys, values)) {
        return;
    }
    struct expectation_list list = {.capacity = count_most(node)};
    list.items = scenario_memory_array(reader->memory, list.capacity, sizeof list.items[0]);
    if (list.items == NULL && list.capacity > 0) {
        return;
    }
    check_by_plan(reader, &list, values[EXPECT_PLANS], EXPECT_PLANS);
    check_by_plan(reader, &list, values[EXPECT_STEPS], EXPECT_STEPS);
    check_by_plan(reader, &list, values[EXPECT_FINALIZE], EXPECT_FINALIZE);
    check_by_plan(reader, &list, values[EXPECT_FUTURES], EXPECT_FUTURES);
    check_event_futures(reader, &list, values[EXPECT_EVENTS]);
    check_names(reader, &list, values[EXPECT_MARKS], &reader->marks, "mark", SCENARIO_EXPECT_MARK);
    check_names(reader, &list, values[EXPECT_VIOLATES], &reader->invariants, "invariant",
                SCENARIO_EXPECT_VIOLATES);
    check_by_plan(reader, &list, values[EXPECT_RUNS], EXPECT_RUNS);
    reader->scenario->expectations = list.items;
    reader->scenario->expectation_count = list.count;
}

void reader_check_shows(struct reader *reader, const struct yaml_node *node)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    struct scenario_shows *shows = &reader->scenario->shows;
    if (node == NULL || !reader_fields(reader, node, &shows_keys, values)) {
        return;
    }
    shows->there = true;
    const struct yaml_node *defect = values[SHOWS_DEFECT];
    if (defect != NULL &&
        reader_reference(reader, defect, &reader->defects, "defect", &shows->defect) &&
        (reader->scenario->world.defects & WORD_BIT(shows->defect)) != 0) {
        problem_list_add(reader->problems, defect->position,
                         "this world has the defect already, and the story is to hold without it; "
                         "take it out of 'world', or expect: {violates: ...} instead");
    }
    const struct yaml_node *violates = values[SHOWS_VIOLATES];
    if (violates == NULL || !reader_is_list(reader, violates, "a list of names")) {
        return;
    }
    for (const struct yaml_node *item = violates->first; item != NULL; item = item->next) {
        uint32_t name;
        if (reader_reference(reader, item, &reader->invariants, "invariant", &name)) {
            shows->violates |= WORD_BIT(name);
        }
    }
    if (violates->first == NULL) {
        problem_list_add(reader->problems, violates->position,
                         "name at least one invariant that fails with the defect");
    }
    reader_check_repeats(reader, violates);
}
