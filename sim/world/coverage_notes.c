/* coverage_notes.c: what a run sees of the tables of moves, and which faults are in force as it
 * does (sim/check/coverage.h). */
#include "sim/world/world.h"

bool coverage_notes_create(struct simulation *simulation)
{
    const struct scenario *scenario = simulation->scenario;
    simulation->coverage = simulation->config.coverage != NULL
                               ? simulation->config.coverage
                               : world_allocate(simulation, sizeof(struct coverage));
    if (scenario->fault_count > 0) {
        simulation->in_force =
            world_allocate(simulation, (scenario->plan_count + 1) * sizeof(struct coverage_faults));
    }
    return simulation->status == SIMULATION_OK;
}

void coverage_notes_free(struct simulation *simulation)
{
    if (simulation->coverage != simulation->config.coverage) {
        world_release(simulation, simulation->coverage, sizeof(struct coverage));
    }
    world_release(simulation, simulation->in_force,
                  (simulation->scenario->plan_count + 1) * sizeof(struct coverage_faults));
}

/* A fault of no plan in particular is in force for all of them: they share the last place. */
void coverage_notes_struck(struct simulation *simulation, const struct scenario_fault *fault,
                           uint32_t plan)
{
    const uint32_t number = coverage_fault_number(fault->site, fault->error);
    const uint32_t at = plan == SCENARIO_NONE ? simulation->scenario->plan_count : plan;
    coverage_faults_add(&simulation->coverage->struck, number);
    coverage_faults_add(&simulation->in_force[at], number);
}

void coverage_notes_moved(struct simulation *simulation, uint32_t plan, struct coverage_move move)
{
    struct coverage_faults in_force = {{0}};
    if (move.from == move.to) {
        return;
    }
    if (simulation->in_force != NULL && !simulation->healed) {
        const struct coverage_faults *everywhere =
            &simulation->in_force[simulation->scenario->plan_count];
        for (unsigned i = 0; i < COVERAGE_FAULT_WORDS; i++) {
            in_force.words[i] = simulation->in_force[plan].words[i] | everywhere->words[i];
        }
    }
    coverage_note_move(simulation->coverage, coverage_move_number(move), &in_force);
}
