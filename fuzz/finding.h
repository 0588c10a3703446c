/* finding.h: one run of a scenario in a fuzz target; and when an invariant fails in it, what failed
 * is told, the scenario is written with all that chance decided, and the process aborts. */
#ifndef FUZZ_FINDING_H
#define FUZZ_FINDING_H

#include "sim/search/replay.h"

/* Where the scenario of a finding is written; unset: to standard error. When it is set, a run that
 * ends in an assert or a crash leaves its scenario there, too. */
#define FINDING_SCENARIO_VARIABLE "DIRSIM_FUZZ_SCENARIO"

/* Memory of a run; what takes more is given up. */
#define FINDING_ARENA_BYTES (256u << 20)

struct finding_run {
    const struct scenario *scenario;
    const unsigned char *choice_bytes; /* NULL: its seed and its own choices decide */
    size_t choice_byte_count;
    enum replay_store store;
    const char *store_file;
    const char *store_vfs; /* of SQLite; NULL: the system's */
    uint64_t events_max;
    bool may_be_endless; /* a run of more events is no finding */
    bool may_fail;       /* no invariant that fails is a finding */
};

/* Run it. False: it could not be run (no memory, a database that is none); *message, unless NULL,
 * says why and is valid until the next run. Does not come back when an invariant fails that the
 * scenario does not expect to fail. */
bool finding_run(const struct finding_run *run, const char **message);

#endif
