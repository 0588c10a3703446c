/* writer_events.c: events and faults, one a line. */
#include "sim/scenario/writer.h"

#include <assert.h>
#include <string.h>

/* ---- Triggers ----------------------------------------------------------------------------- */

static const char *plan_of(const struct writer *writer, uint32_t plan)
{
    assert(plan < writer->scenario->plan_count);
    return writer->scenario->plans[plan].name;
}

/* A step, with its plan where its name alone does not say which. */
static void write_step_name(struct writer *writer, uint32_t plan, uint32_t step, bool with_plan)
{
    const char *name = writer->scenario->plans[plan].steps[step].name;
    const struct name_entry *entry =
        name_index_find(&writer->all_steps, name, (uint32_t)strlen(name));
    if (with_plan || entry == NULL || name_index_next_equal(&writer->all_steps, entry) != NULL) {
        writer_key(writer, trigger_keys.keys[TRIGGER_PLAN].name);
        writer_print(writer, "%s", plan_of(writer, plan));
    }
    writer_key(writer, trigger_keys.keys[TRIGGER_STEP].name);
    writer_print(writer, "%s", name);
}

static void write_after(struct writer *writer, const struct scenario_trigger *trigger)
{
    writer_open(writer, '{');
    switch (trigger->kind) {
    case SCENARIO_AFTER_STEP:
        write_step_name(writer, trigger->plan, trigger->step, false);
        if (trigger->finalize) {
            writer_key(writer, trigger_keys.keys[TRIGGER_FINALIZE].name);
            writer_print(writer, "true");
        }
        writer_key(writer, trigger_keys.keys[TRIGGER_STATE].name);
        writer_print(writer, "%s", director_step_state_name(trigger->step_state));
        break;
    case SCENARIO_AFTER_PLAN:
        writer_key(writer, trigger_keys.keys[TRIGGER_PLAN].name);
        writer_print(writer, "%s", plan_of(writer, trigger->plan));
        writer_key(writer, trigger_keys.keys[TRIGGER_STATE].name);
        writer_print(writer, "%s", director_plan_state_name(trigger->plan_state));
        break;
    case SCENARIO_AFTER_EVENT:
        writer_key(writer, trigger_keys.keys[TRIGGER_EVENT].name);
        writer_print(writer, "%s", writer->scenario->events[trigger->event].name);
        break;
    case SCENARIO_AFTER_FUTURE:
        writer_key(writer, trigger_keys.keys[TRIGGER_FUTURE].name);
        writer_print(writer, "%s", plan_of(writer, trigger->plan));
        break;
    case SCENARIO_AT:
        assert(false);
        break;
    }
    if (trigger->nth > 1) {
        writer_key(writer, trigger_keys.keys[TRIGGER_NTH].name);
        writer_print(writer, "%u", trigger->nth);
    }
    writer_close(writer, '}');
}

static void write_trigger(struct writer *writer, const struct scenario_trigger *trigger)
{
    if (trigger->kind == SCENARIO_AT) {
        writer_key(writer, event_keys.keys[EVENT_AT].name);
        writer_duration(writer, trigger->at);
        return;
    }
    writer_key(writer, event_keys.keys[EVENT_AFTER].name);
    write_after(writer, trigger);
    if (trigger->delay > 0) {
        writer_key(writer, event_keys.keys[EVENT_DELAY].name);
        writer_duration(writer, trigger->delay);
    }
}

/* ---- Events ------------------------------------------------------------------------------- */

static void write_sent_event(struct writer *writer, const struct scenario_event *event)
{
    writer_open(writer, '{');
    write_step_name(writer, event->plan, event->step, true);
    writer_key(writer, sent_event_keys.keys[SENT_EVENT_NAME].name);
    writer_print(writer, "%s", event->name);
    if (event->optional) {
        writer_key(writer, sent_event_keys.keys[SENT_EVENT_OPTIONAL].name);
        writer_print(writer, "true");
    }
    if (event->request != 0) {
        writer_key(writer, sent_event_keys.keys[SENT_EVENT_REQUEST].name);
        writer_print(writer, "%u", event->request);
    }
    writer_close(writer, '}');
}

static void write_event(struct writer *writer, const struct scenario_event *event)
{
    writer_line(writer, 2);
    writer_print(writer, "- ");
    writer_open(writer, '{');
    write_trigger(writer, &event->when);
    writer_key(writer, event_keys.keys[EVENT_FIRST_KIND + event->kind].name);
    switch (event->kind) {
    case SCENARIO_START:
    case SCENARIO_HALT:
    case SCENARIO_DELETE:
    case SCENARIO_DELETE_STEPS:
        writer_print(writer, "%s", plan_of(writer, event->plan));
        break;
    case SCENARIO_EVENT:
        write_sent_event(writer, event);
        break;
    case SCENARIO_TERMINATE:
    case SCENARIO_CRASH:
    case SCENARIO_START_WORLD:
    case SCENARIO_CHECK_WORLDS:
        writer_world_number(writer, event->world);
        break;
    case SCENARIO_HEAL:
        writer_print(writer, "faults");
        break;
    }
    writer_close(writer, '}');
}

void writer_events(struct writer *writer)
{
    if (writer->scenario->event_count == 0) {
        return;
    }
    writer_print(writer, "\n%s:", top_keys.keys[TOP_EVENTS].name);
    for (uint32_t i = 0; i < writer->scenario->event_count; i++) {
        write_event(writer, &writer->scenario->events[i]);
    }
}

/* ---- Faults ------------------------------------------------------------------------------- */

static void write_fault_key(struct writer *writer, enum fault_key key)
{
    writer_key(writer, fault_keys.keys[key].name);
}

static void write_scope(struct writer *writer, const struct scenario_fault *fault)
{
    if (fault->step != SCENARIO_NONE) {
        write_step_name(writer, fault->plan, fault->step, false);
    } else if (fault->plan != SCENARIO_NONE) {
        write_fault_key(writer, FAULT_PLAN);
        writer_print(writer, "%s", plan_of(writer, fault->plan));
    }
    if (fault->finalize) {
        write_fault_key(writer, FAULT_FINALIZE);
        writer_print(writer, "true");
    }
    if (fault->queue != SCENARIO_NONE) {
        write_fault_key(writer, FAULT_QUEUE);
        writer_print(writer, "%s", writer->scenario->world.queues[fault->queue].name);
    }
    if (fault->world != 0) {
        write_fault_key(writer, FAULT_WORLD);
        writer_print(writer, "%u", fault->world);
    }
    if (fault->has_to) {
        write_fault_key(writer, FAULT_TO);
        writer_print(writer, "%s",
                     fault->site == SCENARIO_ON_SAVE_PLAN
                         ? director_plan_state_name(fault->to_plan)
                         : director_step_state_name(fault->to_step));
    }
}

static void write_timing(struct writer *writer, const struct scenario_fault *fault)
{
    switch (fault->timing) {
    case SCENARIO_FAULT_NTH:
        if (fault->nth != 1) {
            write_fault_key(writer, FAULT_NTH);
            writer_print(writer, "%u", fault->nth);
        }
        break;
    case SCENARIO_FAULT_CHANCE:
        write_fault_key(writer, FAULT_CHANCE);
        writer_print(writer, "%u/%u", fault->chance_numerator, fault->chance_denominator);
        break;
    case SCENARIO_FAULT_WHEN:
        write_trigger(writer, &fault->trigger);
        break;
    }
    if (fault->times == SCENARIO_UNTIL_HEALED) {
        write_fault_key(writer, FAULT_TIMES);
        writer_print(writer, "forever");
    } else if (fault->times != 1) {
        write_fault_key(writer, FAULT_TIMES);
        writer_print(writer, "%u", fault->times);
    }
}

static void write_fault(struct writer *writer, const struct scenario_fault *fault)
{
    writer_line(writer, 2);
    writer_print(writer, "- ");
    writer_open(writer, '{');
    write_fault_key(writer, FAULT_ON);
    writer_print(writer, "%s", fault_sites[fault->site].name);
    write_scope(writer, fault);
    write_timing(writer, fault);
    write_fault_key(writer, FAULT_ERROR);
    writer_print(writer, "%s", fault_errors[fault->error].name);
    if (fault->duration > 0) {
        write_fault_key(writer, FAULT_FOR);
        writer_duration(writer, fault->duration);
    }
    if (fault->after) {
        write_fault_key(writer, FAULT_WHEN);
        writer_print(writer, "after");
    }
    writer_close(writer, '}');
}

void writer_faults(struct writer *writer)
{
    if (writer->scenario->fault_count == 0) {
        return;
    }
    writer_print(writer, "\n%s:", top_keys.keys[TOP_FAULTS].name);
    for (uint32_t i = 0; i < writer->scenario->fault_count; i++) {
        write_fault(writer, &writer->scenario->faults[i]);
    }
}
