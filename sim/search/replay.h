/* replay.h: one run of one scenario, with all that it needs around it: arena, choices, store. */
#ifndef SIM_SEARCH_REPLAY_H
#define SIM_SEARCH_REPLAY_H

#include "sim/engine/arena.h"
#include "sim/scenario/scenario_memory.h"
#include "sim/world/simulation.h"

/* Memory of one run: so much where the system has it, and no less than the least. It is address
 * space; what is not used costs nothing. */
#define REPLAY_ARENA_BYTES (4ull << 30)
#define REPLAY_ARENA_BYTES_LEAST (64ull << 20)
#define REPLAY_MESSAGE_MAX 512u

enum replay_store { REPLAY_STORE_MEMORY, REPLAY_STORE_SQLITE, REPLAY_STORE_FILE };

struct replay_config {
    const struct scenario *scenario; /* must live as long as the replay */
    enum replay_store store;
    const char *store_file;        /* REPLAY_STORE_FILE */
    const char *store_vfs;         /* of SQLite; NULL: the system's */
    const struct trace_sink *sink; /* NULL: no text of a trace is made */
    uint64_t events_max;           /* as in struct simulation_config */
    bool record;                   /* keep the list of what was chosen (choices_recorded) */
    /* A fuzzer's bytes, which answer every choice (choices_use_bytes), the scenario's own list
     * included; NULL: there are none. They must live as long as the replay. */
    const unsigned char *choice_bytes;
    size_t choice_byte_count;
};

enum replay_status {
    REPLAY_OK, /* it ran to its end; what came of it is in `simulation` */
    REPLAY_NO_MEMORY,
    REPLAY_STORE_ERROR, /* `message` says why */
    REPLAY_SINK_FAILED,
    REPLAY_BAD_CHOICE, /* scenario->choices[bad_choice] cannot be; `message` says why */
};

struct replay {
    struct arena *arena; /* the caller's, empty before and after */
    struct choice_names *names;
    struct choices *choices;
    struct store *store;
    struct simulation *simulation; /* NULL unless replay_run came so far */
    size_t bad_choice;
    char message[REPLAY_MESSAGE_MAX];
};

/* An arena for replay_run, and how large it is; NULL without memory. */
struct arena *replay_arena_create(size_t *size);

/* Run the scenario from beginning to end. In any case replay_end afterwards. */
enum replay_status replay_run(struct replay *replay, struct arena *arena,
                              const struct replay_config *config);

/* What chance decided in a run that was recorded, as the scenario's `choices`, in `memory`: of the
 * scenario that was run, or a copy with the same plans, steps and faults. False: no memory. */
bool replay_list_choices(const struct replay *replay, struct scenario *scenario,
                         struct scenario_memory *memory);

/* Let everything go, and empty the arena. */
void replay_end(struct replay *replay);

#endif
