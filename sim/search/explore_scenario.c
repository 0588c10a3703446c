/* explore_scenario.c: what is explored in place of a file, and what replays a way that was found.
 */
#include "sim/scenario/scenario_defaults.h"
#include "sim/scenario/vocabulary.h"
#include "sim/search/explore_private.h"
#include "sim/search/scenario_edit.h"

#include <string.h>

/* ---- Without times -------------------------------------------------------------------------- */

static void take_times_out(struct scenario *scenario)
{
    const struct scenario_range none = {0, 0};
    scenario->world.latency = none;
    scenario->until = SCENARIO_DEFAULT_UNTIL;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        for (uint32_t s = 0; s < scenario->plans[i].step_count; s++) {
            struct scenario_step *step = edit_step(scenario, i, s);
            step->takes = step->in_run ? none : step->takes;
            step->finalize_takes = step->in_finalize ? none : step->finalize_takes;
        }
    }
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        edit_event(scenario, i)->when.at = 0;
        edit_event(scenario, i)->when.delay = 0;
    }
    for (uint32_t i = 0; i < scenario->fault_count; i++) {
        edit_fault(scenario, i)->trigger.at = 0;
        edit_fault(scenario, i)->trigger.delay = 0;
    }
}

/* ---- Faults anywhere ------------------------------------------------------------------------ */

/* One of each kind that matters to what sees it: an error of each operation, before a write and
 * after it; what may befall a worker; a report that comes twice. */
static const struct {
    enum scenario_fault_site site;
    enum scenario_fault_error error;
    bool after;
} anywhere[] = {
    {SCENARIO_ON_LOAD_PLAN, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_FIND_PLAN, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_SAVE_PLAN, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_SAVE_PLAN, SCENARIO_ERROR_IO, true},
    {SCENARIO_ON_SAVE_STEP, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_SAVE_STEP, SCENARIO_ERROR_IO, true},
    {SCENARIO_ON_LOAD_ACTION, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_SAVE_ACTION, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_INSERT_LOCK, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_DELETE_LOCK, SCENARIO_ERROR_IO, false},
    {SCENARIO_ON_WORKER, SCENARIO_ERROR_DIES, false},
    {SCENARIO_ON_WORKER, SCENARIO_ERROR_DIES_AFTER_SAVE, false},
    {SCENARIO_ON_REPORT, SCENARIO_ERROR_TWICE, false},
};
#define ANYWHERE ((uint32_t)(sizeof(anywhere) / sizeof(anywhere[0])))

static bool add_faults(struct scenario *scenario, struct scenario_memory *memory)
{
    struct scenario_fault *faults =
        scenario_memory_array(memory, scenario->fault_count + ANYWHERE, sizeof(faults[0]));
    if (faults == NULL) {
        return false;
    }
    if (scenario->fault_count > 0) {
        memcpy(faults, scenario->faults, scenario->fault_count * sizeof(faults[0]));
    }
    for (uint32_t i = 0; i < ANYWHERE; i++) {
        faults[scenario->fault_count + i] = (struct scenario_fault){
            .site = anywhere[i].site,
            .error = anywhere[i].error,
            .after = anywhere[i].after,
            .plan = SCENARIO_NONE,
            .step = SCENARIO_NONE,
            .queue = SCENARIO_NONE,
            .timing = SCENARIO_FAULT_CHANCE,
            .chance_numerator = 1,
            .chance_denominator = 1000000,
            .times = SCENARIO_UNTIL_HEALED,
        };
    }
    scenario->faults = faults;
    scenario->fault_count += ANYWHERE;
    return true;
}

struct scenario *explore_prepare(const struct explore_config *config,
                                 const struct scenario *scenario, struct scenario_memory *memory)
{
    struct scenario *copy = scenario_edit_copy(scenario, memory);
    if (copy == NULL) {
        return NULL;
    }
    copy->world.order = SCENARIO_ORDER_ANY;
    copy->choices = NULL;
    copy->choice_count = 0;
    /* What is expected is expected of one story, not of all there are. */
    copy->expectations = NULL;
    copy->expectation_count = 0;
    copy->shows = (struct scenario_shows){0};
    if (!config->keep_times) {
        take_times_out(copy);
    }
    if (config->faults > 0 && !add_faults(copy, memory)) {
        return NULL;
    }
    return copy;
}

/* ---- The way that was found ----------------------------------------------------------------- */

/* A fault that was added struck at its nth call. */
static struct scenario_fault struck(const struct scenario *explored,
                                    const struct choices_draw_record *draw)
{
    struct scenario_fault fault = explored->faults[draw->site.aux - 1];
    fault.timing = SCENARIO_FAULT_NTH;
    fault.nth = (uint32_t)draw->site.ordinal;
    fault.chance_numerator = 0;
    fault.chance_denominator = 0;
    fault.times = 1;
    return fault;
}

struct scenario *explore_replayable(const struct scenario *explored, uint32_t own_faults,
                                    const struct choice_names *names,
                                    const struct choices_draw_record *draws, size_t count,
                                    struct scenario_memory *memory)
{
    struct scenario *copy = scenario_memory_allocate(memory, sizeof(*copy));
    struct scenario_choice *choices = scenario_memory_array(memory, count + 1, sizeof(choices[0]));
    struct scenario_fault *faults =
        scenario_memory_array(memory, own_faults + count + 1, sizeof(faults[0]));
    char text[CHOICE_SITE_TEXT_MAX];
    if (copy == NULL || choices == NULL || faults == NULL) {
        return NULL;
    }
    *copy = *explored;
    copy->seed = 0;
    copy->choices = choices;
    copy->choice_count = 0;
    copy->faults = faults;
    copy->fault_count = own_faults;
    if (own_faults > 0) {
        memcpy(faults, explored->faults, own_faults * sizeof(faults[0]));
    }
    for (size_t i = 0; i < count; i++) {
        bool added = draws[i].site.kind == CHOICE_FAULT && draws[i].site.aux > own_faults;
        if (added) {
            if (draws[i].value == 1) {
                faults[copy->fault_count++] = struck(explored, &draws[i]);
            }
            continue;
        }
        size_t length = choice_site_format(names, &draws[i].site, text, sizeof(text));
        choices[copy->choice_count++] = (struct scenario_choice){
            .site = scenario_memory_copy(memory, text, length), .value = draws[i].value};
    }
    return scenario_memory_failed(memory) ? NULL : copy;
}
