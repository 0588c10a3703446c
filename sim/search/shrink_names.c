/* shrink_names.c: short names that can be read, for plans, steps and events whose own are long or
 * were made by a machine: those with digits in them. */
#include "sim/engine/choices.h"
#include "sim/search/shrink_private.h"
#include "sim/world/simulation.h"

#include <string.h>

#define NAME_LONG 16u

static const char *const plan_names[] = {"one", "two", "three", "four", "five", "six", "seven"};
static const char *const step_names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k",
                                         "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v"};
static const char *const event_names[] = {"ready", "again", "more", "late", "last"};
#define COUNT(names) ((uint32_t)(sizeof(names) / sizeof((names)[0])))

/* A name that a person gave stays. */
static bool wants_name(const char *name)
{
    return strlen(name) > NAME_LONG || strpbrk(name, "0123456789.") != NULL;
}

/* ---- Sites of choices ----------------------------------------------------------------------- */

/* A site says its plan's and step's name. NULL where it names none that is there. */
static const char *site_with(const struct scenario *scenario, const struct choice_site *site,
                             struct scenario_memory *memory)
{
    const struct director_allocator allocator = director_default_allocator();
    const struct choice_naming naming = simulation_naming(scenario);
    struct choice_names *names;
    char text[CHOICE_SITE_TEXT_MAX];
    if (choice_names_create(allocator, &naming, &names) != CHOICES_OK) {
        return NULL;
    }
    size_t length = choice_site_format(names, site, text, sizeof(text));
    choice_names_destroy(names);
    return length < sizeof(text) ? scenario_memory_copy(memory, text, length) : NULL;
}

/* The sites of the draft's choices, by number of plan and step. NULL: none, or no memory. */
static struct choice_site *parse_sites(struct draft *draft)
{
    const struct scenario *scenario = draft->scenario;
    const struct choice_naming naming = simulation_naming(scenario);
    struct choice_names *names;
    struct choice_site *sites =
        scenario_memory_array(draft->memory, scenario->choice_count, sizeof(sites[0]));
    if (sites == NULL ||
        choice_names_create(director_default_allocator(), &naming, &names) != CHOICES_OK) {
        return NULL;
    }
    for (uint32_t i = 0; i < scenario->choice_count; i++) {
        if (choice_site_parse(names, scenario->choices[i].site, &sites[i]) != CHOICES_OK) {
            sites[i].kind = (enum choice_kind)0;
        }
    }
    choice_names_destroy(names);
    return sites;
}

static void name_sites(struct draft *draft, const struct choice_site *sites)
{
    for (uint32_t i = 0; sites != NULL && i < draft->scenario->choice_count; i++) {
        const char *text = (uint32_t)sites[i].kind == 0
                               ? NULL
                               : site_with(draft->scenario, &sites[i], draft->memory);
        if (text != NULL) {
            edit_choice(draft->scenario, i)->site = text;
        }
    }
}

/* ---- Names ---------------------------------------------------------------------------------- */

static uint32_t count_plans(const struct scenario *scenario)
{
    return scenario->plan_count;
}

static enum draft_change name_plan(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario *scenario = draft->scenario;
    struct scenario_plan *plan = edit_plan(scenario, index);
    if (variant >= COUNT(plan_names) || !wants_name(plan->name)) {
        return DRAFT_END;
    }
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        if (strcmp(scenario->plans[i].name, plan_names[variant]) == 0) {
            return DRAFT_SAME;
        }
    }
    struct choice_site *sites = parse_sites(draft);
    plan->name = plan_names[variant];
    name_sites(draft, sites);
    return DRAFT_CHANGED;
}

static uint32_t count_steps(const struct scenario *scenario)
{
    return edit_first_step(scenario, scenario->plan_count);
}

/* Plans do not share names of steps, as far as there are enough: so no `plan:` is needed. */
static bool step_name_is_free(const struct scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        for (uint32_t s = 0; s < scenario->plans[i].step_count; s++) {
            if (strcmp(scenario->plans[i].steps[s].name, name) == 0) {
                return false;
            }
        }
    }
    return true;
}

static enum draft_change name_step(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario *scenario = draft->scenario;
    uint32_t plan = 0;
    while (index >= scenario->plans[plan].step_count) {
        index -= scenario->plans[plan++].step_count;
    }
    struct scenario_step *step = edit_step(scenario, plan, index);
    if (variant >= COUNT(step_names) || !wants_name(step->name)) {
        return DRAFT_END;
    }
    if (!step_name_is_free(scenario, step_names[variant])) {
        return DRAFT_SAME;
    }
    struct choice_site *sites = parse_sites(draft);
    step->name = step_names[variant];
    name_sites(draft, sites);
    return DRAFT_CHANGED;
}

static uint32_t count_events(const struct scenario *scenario)
{
    return scenario->event_count;
}

static enum draft_change name_event(struct draft *draft, uint32_t index, uint32_t variant)
{
    struct scenario *scenario = draft->scenario;
    struct scenario_event *event = edit_event(scenario, index);
    if (event->kind != SCENARIO_EVENT || variant >= COUNT(event_names) ||
        !wants_name(event->name)) {
        return DRAFT_END;
    }
    for (uint32_t i = 0; i < scenario->event_count; i++) {
        const char *name = scenario->events[i].name;
        if (name != NULL && strcmp(name, event_names[variant]) == 0) {
            return DRAFT_SAME;
        }
    }
    event->name = event_names[variant];
    return DRAFT_CHANGED;
}

static uint32_t count_queues(const struct scenario *scenario)
{
    return scenario->world.queue_count;
}

static enum draft_change name_queue(struct draft *draft, uint32_t index, uint32_t variant)
{
    static const char *const names[] = {"other", "slow", "third"};
    struct scenario_queue *queue = edit_queue(draft->scenario, index);
    if (index == 0 || variant >= COUNT(names) || !wants_name(queue->name)) {
        return DRAFT_END;
    }
    for (uint32_t i = 0; i < draft->scenario->world.queue_count; i++) {
        if (strcmp(draft->scenario->world.queues[i].name, names[variant]) == 0) {
            return DRAFT_SAME;
        }
    }
    queue->name = names[variant];
    return DRAFT_CHANGED;
}

const struct shrink_value shrink_names[] = {
    {"name of plan", count_plans, name_plan},
    {"name of step", count_steps, name_step},
    {"name of event", count_events, name_event},
    {"name of queue", count_queues, name_queue},
    {NULL, NULL, NULL},
};
