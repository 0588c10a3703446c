/* check_triggers.c: when something happens: `at` a time, or `after` something else; and the names
 * of plans, steps and events that triggers, events and faults share. */
#include "sim/scenario/reader.h"

#include <assert.h>

/* A step without its plan: the one plan that has such a step. */
static bool plan_of_step(struct reader *reader, const struct yaml_node *node, uint32_t *plan)
{
    if (!reader_reference(reader, node, &reader->all_steps, "step", plan)) {
        return false;
    }
    const struct name_entry *entry = name_index_find(&reader->all_steps, node->text, node->length);
    const struct name_entry *other = name_index_next_equal(&reader->all_steps, entry);
    if (other == NULL) {
        return true;
    }
    problem_list_add(reader->problems, node->position,
                     "plans '%s' and '%s' both have a step %s; add plan: to say which",
                     reader->scenario->plans[entry->value].name,
                     reader->scenario->plans[other->value].name,
                     problem_quote(node->text, node->length).text);
    return false;
}

bool reader_plan_and_step(struct reader *reader, const struct yaml_node *plan_node,
                          const struct yaml_node *step_node, uint32_t *plan, uint32_t *step)
{
    bool found = plan_node != NULL
                     ? reader_reference(reader, plan_node, &reader->plan_names, "plan", plan)
                     : plan_of_step(reader, step_node, plan);
    if (!found) {
        return false;
    }
    assert(*plan < reader->scenario->plan_count);
    return reader_reference(reader, step_node, &reader->plan_steps[*plan], "step", step);
}

bool reader_event_name(struct reader *reader, const struct yaml_node *node, uint32_t *value)
{
    if (!reader_reference(reader, node, &reader->event_names, "event", value)) {
        return false;
    }
    const struct name_entry *entry =
        name_index_find(&reader->event_names, node->text, node->length);
    const struct name_entry *other = name_index_next_equal(&reader->event_names, entry);
    if (other == NULL) {
        return true;
    }
    problem_list_add(reader->problems, node->position,
                     "two events are named %s (lines %u and %u); give them different names",
                     problem_quote(node->text, node->length).text, entry->position.line,
                     other->position.line);
    return false;
}

/* A key that does not go with another one. */
static bool refuse_key(struct reader *reader, const struct yaml_node *value, const char *why)
{
    if (value == NULL) {
        return true;
    }
    problem_list_add(reader->problems, value->key->position, "%s does not go with %s",
                     problem_quote(value->key->text, value->key->length).text, why);
    return false;
}

static bool after_event(struct reader *reader, const struct yaml_node *const *values,
                        struct scenario_trigger *trigger)
{
    static const enum trigger_key others[] = {TRIGGER_PLAN,  TRIGGER_STEP,   TRIGGER_FINALIZE,
                                              TRIGGER_STATE, TRIGGER_FUTURE, TRIGGER_NTH};
    bool good = true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        good =
            refuse_key(reader, values[others[i]], "'event', whose future is resolved once") && good;
    }
    trigger->kind = SCENARIO_AFTER_EVENT;
    return reader_event_name(reader, values[TRIGGER_EVENT], &trigger->event) && good;
}

static bool after_future(struct reader *reader, const struct yaml_node *const *values,
                         struct scenario_trigger *trigger)
{
    static const enum trigger_key others[] = {TRIGGER_PLAN, TRIGGER_STEP, TRIGGER_FINALIZE,
                                              TRIGGER_STATE};
    bool good = true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        good = refuse_key(reader, values[others[i]], "'future', which names the plan") && good;
    }
    trigger->kind = SCENARIO_AFTER_FUTURE;
    return reader_reference(reader, values[TRIGGER_FUTURE], &reader->plan_names, "plan",
                            &trigger->plan) &&
           good;
}

static bool after_state(struct reader *reader, const struct yaml_node *const *values,
                        struct scenario_trigger *trigger)
{
    uint32_t word;
    const struct yaml_node *state = values[TRIGGER_STATE];
    bool is_step = values[TRIGGER_STEP] != NULL;
    trigger->kind = is_step ? SCENARIO_AFTER_STEP : SCENARIO_AFTER_PLAN;
    bool good = is_step ? reader_plan_and_step(reader, values[TRIGGER_PLAN], values[TRIGGER_STEP],
                                               &trigger->plan, &trigger->step)
                        : reader_reference(reader, values[TRIGGER_PLAN], &reader->plan_names,
                                           "plan", &trigger->plan);
    if (!is_step) {
        good = refuse_key(reader, values[TRIGGER_FINALIZE], "a plan; add step:") && good;
    } else if (values[TRIGGER_FINALIZE] != NULL) {
        good = reader_boolean(reader, values[TRIGGER_FINALIZE], &trigger->finalize) && good;
    }
    if (state == NULL ||
        !reader_word(reader, state, is_step ? &step_state_words : &plan_state_words, WORDS_ALL,
                     &word)) {
        return false;
    }
    if (is_step) {
        trigger->step_state = (enum director_step_state)word;
    } else {
        trigger->plan_state = (enum director_plan_state)word;
    }
    return good;
}

static bool check_after(struct reader *reader, const struct yaml_node *node,
                        struct scenario_trigger *trigger)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    bool good = true;
    if (!reader_fields(reader, node, &trigger_keys, values)) {
        return false;
    }
    trigger->nth = 1;
    if (values[TRIGGER_NTH] != NULL) {
        good = reader_number32(reader, values[TRIGGER_NTH], 1, UINT32_MAX, &trigger->nth);
    }
    if (values[TRIGGER_EVENT] != NULL) {
        return after_event(reader, values, trigger) && good;
    }
    if (values[TRIGGER_FUTURE] != NULL) {
        return after_future(reader, values, trigger) && good;
    }
    bool has_subject = values[TRIGGER_PLAN] != NULL || values[TRIGGER_STEP] != NULL;
    if (has_subject && values[TRIGGER_STATE] == NULL) {
        problem_list_add(reader->problems, node->position,
                         "key 'state' is missing: after which state of it?");
    }
    if (!has_subject) {
        problem_list_add(reader->problems, node->position,
                         "after what? write {plan: ..., state: ...}, {step: ..., state: ...}, "
                         "{event: ...} or {future: ...}");
        return false;
    }
    return after_state(reader, values, trigger) && good;
}

bool reader_trigger(struct reader *reader, const struct yaml_node *at,
                    const struct yaml_node *after, const struct yaml_node *delay,
                    struct scenario_trigger *trigger)
{
    bool good = true;
    *trigger = (struct scenario_trigger){.kind = SCENARIO_AT, .nth = 1};
    if (at != NULL) {
        good = refuse_key(reader, after, "'at'; it happens at a time or after something");
    }
    if (after == NULL && delay != NULL) {
        good = refuse_key(reader, delay, "a time; it goes with 'after'");
    } else if (delay != NULL) {
        good = reader_duration(reader, delay, &trigger->delay) && good;
    }
    if (at != NULL) {
        return reader_duration(reader, at, &trigger->at) && good;
    }
    return after != NULL && check_after(reader, after, trigger) && good;
}
