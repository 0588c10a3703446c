/* subject.c: see subject.h. */
#include "sim/search/subject.h"

#include "sim/scenario/generator.h"

#include <stdlib.h>

struct subject_maker {
    const struct subject *subject;
    struct choice_names *names; /* of nobody: what is drawn here is about no plan */
    struct choices *choices;
};

struct subject_maker *subject_maker_create(const struct subject *subject)
{
    const struct choice_naming nobody = {.plan_count = 0};
    const struct director_allocator allocator = director_default_allocator();
    struct subject_maker *maker = calloc(1, sizeof(*maker));
    if (maker == NULL) {
        return NULL;
    }
    maker->subject = subject;
    if (choice_names_create(allocator, &nobody, &maker->names) == CHOICES_OK) {
        const struct choices_config config = {.allocator = allocator, .names = maker->names};
        if (choices_create(&config, &maker->choices) == CHOICES_OK) {
            return maker;
        }
    }
    subject_maker_destroy(maker);
    return NULL;
}

void subject_maker_destroy(struct subject_maker *maker)
{
    if (maker != NULL) {
        choices_destroy(maker->choices);
        choice_names_destroy(maker->names);
        free(maker);
    }
}

/* The base with another seed. What it records of choices is about its own seed. */
static struct scenario *reseed(const struct scenario *base, uint64_t seed,
                               struct scenario_memory *memory)
{
    struct scenario *scenario = scenario_memory_allocate(memory, sizeof(*scenario));
    if (scenario != NULL) {
        *scenario = *base;
        scenario->seed = seed;
        scenario->choices = NULL;
        scenario->choice_count = 0;
    }
    return scenario;
}

struct scenario *subject_make(struct subject_maker *maker, uint64_t item,
                              struct scenario_memory *memory)
{
    const struct subject *subject = maker->subject;
    uint64_t seed = subject_seed(subject, item);
    struct scenario *scenario = NULL;
    choices_use_seed(maker->choices, seed);
    switch (subject->kind) {
    case SUBJECT_GIVEN:
        scenario = reseed(subject->bases[subject_base(subject, item)], seed, memory);
        break;
    case SUBJECT_DISTURBED:
        scenario = scenario_disturb(subject->bases[subject_base(subject, item)], maker->choices,
                                    seed, memory);
        if (scenario != NULL) {
            scenario->world.defects = 0;
        }
        break;
    case SUBJECT_GENERATED:
        scenario = scenario_generate(maker->choices, seed, memory);
        break;
    }
    if (scenario != NULL) {
        scenario->world.defects |= subject->defects;
    }
    return scenario;
}

uint32_t subject_size(const struct scenario *scenario)
{
    uint64_t size = (uint64_t)scenario->event_count + scenario->fault_count;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        size += 1 + (uint64_t)scenario->plans[i].step_count;
    }
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}
