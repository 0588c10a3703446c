/* swarm.c: see swarm.h. */
#include "sim/scenario/swarm.h"

#define WEIGHT_MAX 8u

/* About half of the weights become 0; when it would be all of them, none does. */
static void draw_weights(struct lots *lots, uint8_t *weights, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool on = lots_chance(lots, 1, 2);
        weights[i] = (uint8_t)lots_range(lots, 1, WEIGHT_MAX);
        weights[i] = on ? weights[i] : 0;
        sum += weights[i];
    }
    for (uint32_t i = 0; sum == 0 && i < count; i++) {
        weights[i] = 1;
    }
}

static bool draw_switch(struct lots *lots)
{
    return lots_chance(lots, 1, 2);
}

static void draw_switches(struct lots *lots, struct swarm *swarm)
{
    bool *const switches[] = {
        &swarm->scopes,   &swarm->writes_after,   &swarm->long_lasting,  &swarm->latency,
        &swarm->requires, &swarm->finalize,       &swarm->accept_events, &swarm->odd_durations,
        &swarm->choices,  &swarm->several_worlds, &swarm->scheduled,     &swarm->odd_states,
        &swarm->queues,   &swarm->double_names,
    };
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++) {
        *switches[i] = draw_switch(lots);
    }
}

struct swarm swarm_draw(struct lots *lots)
{
    struct swarm swarm = {0};
    lots_section(lots, LOTS_SWARM, 0);
    draw_switches(lots, &swarm);
    swarm.order = (enum scenario_order)lots_below(lots, SCENARIO_ORDERS);
    lots_section(lots, LOTS_SWARM, 1);
    draw_weights(lots, swarm.triggers, SWARM_TRIGGER_KINDS);
    swarm.triggers[SCENARIO_AT] += 1;
    lots_section(lots, LOTS_SWARM, 2);
    draw_weights(lots, swarm.events, SCENARIO_EVENT_KINDS);
    lots_section(lots, LOTS_SWARM, 3);
    draw_weights(lots, swarm.sites, SCENARIO_FAULT_SITES);
    lots_section(lots, LOTS_SWARM, 4);
    draw_weights(lots, swarm.errors, SCENARIO_FAULT_ERRORS);
    lots_section(lots, LOTS_SWARM, 5);
    draw_weights(lots, swarm.timings, SWARM_FAULT_TIMINGS);
    lots_section(lots, LOTS_SWARM, 6);
    draw_weights(lots, swarm.outcomes, SWARM_OUTCOMES);
    swarm.outcomes[DIRECTOR_OUTCOME_SUCCESS] += 1;
    lots_section(lots, LOTS_SWARM, 7);
    draw_weights(lots, swarm.strategies + 1, SWARM_STRATEGIES - 1);
    return swarm;
}
