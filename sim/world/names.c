/* names.c: how traces of a run call things. */
#include "sim/world/names.h"

#include "sim/scenario/vocabulary.h"
#include "sim/world/world.h"

#include <stdio.h>

static bool actor_name(const void *context, uint32_t actor, char *text, size_t size)
{
    const struct simulation *simulation = context;
    const struct scenario_world *world = &simulation->scenario->world;
    if (actor == ACTOR_CLIENT || actor == ACTOR_SOMEBODY) {
        snprintf(text, size, "%s", actor == ACTOR_CLIENT ? "client" : "somebody");
        return true;
    }
    if (actor < 0x1000000u) {
        snprintf(text, size, "core %u", actor - ACTOR_CORE(0));
        return true;
    }
    uint32_t number = actor >> 24;
    uint32_t queue = (actor >> 16 & 0xffu) - 2u;
    if (queue >= world->queue_count) {
        return false;
    }
    snprintf(text, size, "worker %u/%s/%u", number, world->queues[queue].name,
             (actor & 0xffffu) + 1);
    return true;
}

static const char *plan_name(const void *context, uint32_t plan)
{
    const struct scenario *scenario = ((const struct simulation *)context)->scenario;
    return plan < scenario->plan_count ? scenario->plans[plan].name : NULL;
}

static const char *step_name(const void *context, uint32_t plan, uint32_t step)
{
    const struct scenario *scenario = ((const struct simulation *)context)->scenario;
    return plan < scenario->plan_count && step < scenario->plans[plan].step_count
               ? scenario->plans[plan].steps[step].name
               : NULL;
}

static const char *outcome_name(uint64_t value)
{
    static const char *const names[] = {"success", "error", "suspend", "lost", "begins"};
    return value < sizeof(names) / sizeof(names[0]) ? names[value] : NULL;
}

static const char *future_name(uint64_t value)
{
    static const char *const names[] = {"pending", "fulfilled", "rejected"};
    return value < sizeof(names) / sizeof(names[0]) ? names[value] : NULL;
}

static const char *scenario_word(const struct simulation *simulation, enum trace_word word,
                                 uint64_t value)
{
    switch (word) {
    case TRACE_WORD_EVENT:
        return value < simulation->scenario->event_count ? simulation->scenario->events[value].name
                                                         : NULL;
    case TRACE_WORD_FAULT_SITE:
        return value < SCENARIO_FAULT_SITES ? fault_sites[value].name : NULL;
    case TRACE_WORD_FAULT_ERROR:
        return value < SCENARIO_FAULT_ERRORS ? fault_errors[value].name : NULL;
    case TRACE_WORD_RECORD_KIND:
        return store_record_kind_name((enum store_record_kind)value);
    case TRACE_WORD_INVARIANT:
        return value < invariant_vocabulary_count ? invariant_vocabulary[value].name : NULL;
    case TRACE_WORD_MARK:
        return value < mark_vocabulary_count ? mark_vocabulary[value].name : NULL;
    default:
        return NULL;
    }
}

static const char *word_name(const void *context, enum trace_word word, uint64_t value)
{
    switch (word) {
    case TRACE_WORD_PLAN_STATE:
        return director_plan_state_name((enum director_plan_state)value);
    case TRACE_WORD_RESULT:
        return director_result_name((enum director_result)value);
    case TRACE_WORD_STEP_KIND:
        return director_step_kind_name((enum director_step_kind)value);
    case TRACE_WORD_STEP_STATE:
        return director_step_state_name((enum director_step_state)value);
    case TRACE_WORD_WORK_KIND:
        return director_work_kind_name((enum director_work_kind)value);
    case TRACE_WORD_STATUS:
        return director_status_name((enum director_status)value);
    case TRACE_WORD_REASON:
        return value == DIRECTOR_REASON_NONE ? ""
                                             : director_reason_name((enum director_reason)value);
    case TRACE_WORD_FUTURE_STATE:
        return future_name(value);
    case TRACE_WORD_OUTCOME:
        return outcome_name(value);
    default:
        return scenario_word(context, word, value);
    }
}

struct trace_names world_names(const struct simulation *simulation)
{
    return (struct trace_names){simulation, actor_name, plan_name, step_name, word_name};
}
