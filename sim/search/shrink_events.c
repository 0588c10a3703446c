/* shrink_events.c: what can be simpler in events and faults: when they happen, and what they are
 * picky about. */
#include "sim/search/shrink_private.h"

#include "sim/scenario/vocabulary.h"

/* ---- When ----------------------------------------------------------------------------------- */

static enum draft_change simpler_trigger(struct scenario_trigger *trigger, uint32_t variant)
{
    if (variant == 0) {
        if (trigger->kind == SCENARIO_AT) {
            return DRAFT_SAME;
        }
        *trigger = (struct scenario_trigger){.kind = SCENARIO_AT, .nth = 1};
        return DRAFT_CHANGED;
    }
    if (variant <= 3) {
        bool counts = trigger->kind != SCENARIO_AT && trigger->kind != SCENARIO_AFTER_EVENT;
        enum draft_change change =
            counts ? simpler_number(&trigger->nth, 1, variant - 1) : DRAFT_SAME;
        return change == DRAFT_END ? DRAFT_SAME : change;
    }
    variant -= 4;
    uint64_t *time = trigger->kind == SCENARIO_AT ? &trigger->at : &trigger->delay;
    return simpler_time(time, 0, variant);
}

/* ---- Events --------------------------------------------------------------------------------- */

static uint32_t count_events(const struct scenario *scenario)
{
    return scenario->event_count;
}

static enum draft_change change_event(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_event *event = edit_event(draft->scenario, index);
    switch (variant) {
    case 0:
        if (!event->optional) {
            return DRAFT_SAME;
        }
        event->optional = false;
        return DRAFT_CHANGED;
    case 1:
        if (event->request == 0) {
            return DRAFT_SAME;
        }
        event->request = 0;
        return DRAFT_CHANGED;
    case 2:
        if (event->world <= 1) {
            return DRAFT_SAME;
        }
        event->world = 1;
        return DRAFT_CHANGED;
    default:
        return DRAFT_END;
    }
}

static enum draft_change change_when(struct draft *draft, uint32_t index, uint32_t variant)
{
    return simpler_trigger(&edit_event(draft->scenario, index)->when, variant);
}

/* ---- Faults --------------------------------------------------------------------------------- */

static uint32_t count_faults(const struct scenario *scenario)
{
    return scenario->fault_count;
}

static void strike_nth(struct scenario_fault *fault, uint32_t nth)
{
    fault->timing = SCENARIO_FAULT_NTH;
    fault->nth = nth;
    fault->chance_numerator = 0;
    fault->chance_denominator = 0;
    fault->trigger = (struct scenario_trigger){0};
}

/* What it is picky about. */
static enum draft_change forget_key(struct scenario_fault *fault, uint32_t key)
{
    const struct scenario_fault before = *fault;
    switch (key) {
    case 0:
        fault->world = 0;
        return before.world != 0 ? DRAFT_CHANGED : DRAFT_SAME;
    case 1:
        fault->queue = SCENARIO_NONE;
        return before.queue != SCENARIO_NONE ? DRAFT_CHANGED : DRAFT_SAME;
    case 2: /* a step alone says its plan, too */
        fault->step = SCENARIO_NONE;
        fault->finalize = false;
        fault->plan = SCENARIO_NONE;
        return before.plan != SCENARIO_NONE ? DRAFT_CHANGED : DRAFT_SAME;
    case 3:
        fault->step = SCENARIO_NONE;
        fault->finalize = false;
        return before.step != SCENARIO_NONE ? DRAFT_CHANGED : DRAFT_SAME;
    case 4:
        fault->has_to = false;
        fault->to_plan = (enum director_plan_state)0;
        fault->to_step = (enum director_step_state)0;
        return before.has_to ? DRAFT_CHANGED : DRAFT_SAME;
    default:
        fault->after = false;
        return before.after ? DRAFT_CHANGED : DRAFT_SAME;
    }
}
#define FORGET_KEYS 6u

static enum draft_change change_keys(struct draft *draft, uint32_t index, uint32_t variant)
{
    return variant < FORGET_KEYS ? forget_key(edit_fault(draft->scenario, index), variant)
                                 : DRAFT_END;
}

static enum draft_change change_times(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_fault *fault = edit_fault(draft->scenario, index);
    if (fault->times == SCENARIO_UNTIL_HEALED) {
        if (variant > 1) {
            return DRAFT_END;
        }
        fault->times = variant + 1;
        return DRAFT_CHANGED;
    }
    return simpler_number(&fault->times, 1, variant);
}

/* Chance and triggers become the nth call; the nth call an earlier one. */
#define NTH_TRIED 12u
static enum draft_change change_timing(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_fault *fault = edit_fault(draft->scenario, index);
    if (fault->timing != SCENARIO_FAULT_NTH) {
        if (variant < NTH_TRIED) {
            strike_nth(fault, variant + 1);
            return DRAFT_CHANGED;
        }
        return fault->timing == SCENARIO_FAULT_WHEN
                   ? simpler_trigger(&fault->trigger, variant - NTH_TRIED)
                   : DRAFT_END;
    }
    return simpler_number(&fault->nth, 1, variant);
}

/* The plainest error of its site, and a duration only where the error needs one. */
static enum draft_change change_error(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_fault *fault = edit_fault(draft->scenario, index);
    if (variant >= (uint32_t)fault->error) {
        return DRAFT_END;
    }
    if ((fault_sites[fault->site].errors >> variant & 1u) == 0) {
        return DRAFT_SAME;
    }
    fault->error = (enum scenario_fault_error)variant;
    if (!fault_errors[variant].takes_for) {
        fault->duration = 0;
    } else if (fault_errors[variant].needs_for && fault->duration == 0) {
        return DRAFT_SAME;
    }
    return DRAFT_CHANGED;
}

static enum draft_change change_duration(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_fault *fault = edit_fault(draft->scenario, index);
    return fault->duration == 0 ? DRAFT_END : simpler_time(&fault->duration, 0, variant);
}

/* ---- Choices -------------------------------------------------------------------------------- */

static uint32_t count_choices(const struct scenario *scenario)
{
    return scenario->choice_count;
}

/* Towards 0, the dullest answer. */
static enum draft_change change_choice(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario_choice *choice = edit_choice(draft->scenario, index);
    const uint64_t lower[] = {0, choice->value / 2, choice->value <= 8 ? choice->value - 1 : 0};
    if (variant > 2 || choice->value == 0) {
        return DRAFT_END;
    }
    choice->value = lower[variant];
    return DRAFT_CHANGED;
}

const struct shrink_value shrink_event_values[] = {
    {"event", count_events, change_event},
    {"fault's keys", count_faults, change_keys},
    {"fault's error", count_faults, change_error},
    {"fault's times", count_faults, change_times},
    {"fault's timing", count_faults, change_timing},
    {"fault's duration", count_faults, change_duration},
    {"time of event", count_events, change_when},
    {"choice", count_choices, change_choice},
    {NULL, NULL, NULL},
};
