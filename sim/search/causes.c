/* causes.c: see causes.h. */
#include "sim/search/causes.h"

static void run_with(struct trial *trial, struct arena *arena, const struct scenario *scenario,
                     enum replay_store store, uint64_t defects)
{
    struct scenario copy = *scenario;
    copy.world.defects = defects;
    trial_run(trial, arena, &copy, store);
}

void causes_begin(struct causes *causes, struct arena *arena, const struct scenario *scenario,
                  enum replay_store store)
{
    run_with(&causes->hardened, arena, scenario, store, 0);
}

const char *causes_show(struct causes *causes, struct arena *arena, const struct scenario *scenario,
                        enum replay_store store, uint32_t defect)
{
    run_with(&causes->trial, arena, scenario, store, UINT64_C(1) << defect);
    for (uint32_t i = 0; i < causes->trial.kept; i++) {
        const char *signature = causes->trial.failures[i].signature;
        /* Where not all failures were kept, nobody knows whether it is among them. */
        if (causes->hardened.kept < TRIAL_FAILURES_MAX &&
            !trial_fails_as(&causes->hardened, signature)) {
            return signature;
        }
    }
    return NULL;
}
