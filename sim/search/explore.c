/* explore.c: the search itself: a stack of states, each with a snapshot of the arena, the events
 * that may come next in it, and how far they were gone into. */
#include "sim/search/explore.h"

#include "sim/search/explore_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void explore_fail(struct explorer *explorer, enum explore_status status)
{
    explorer->status = explorer->status == EXPLORE_OK ? status : explorer->status;
}

/* ---- Snapshots and choices ------------------------------------------------------------------ */

static bool save(struct explorer *explorer, unsigned char **snapshot, size_t *capacity)
{
    size_t size = arena_snapshot_size(explorer->config->arena);
    if (size > *capacity) {
        unsigned char *grown = realloc(*snapshot, size * 2);
        if (grown == NULL) {
            explore_fail(explorer, EXPLORE_NO_MEMORY);
            return false;
        }
        *snapshot = grown;
        *capacity = size * 2;
    }
    arena_snapshot_save(explorer->config->arena, *snapshot);
    return true;
}

/* Go on from a frame's state. */
static void restore(struct explorer *explorer, const struct frame *frame)
{
    if (!explorer->on_top) {
        arena_snapshot_restore(explorer->config->arena, frame->snapshot);
    }
    explorer->on_top = false;
    choices_use_enumerator(explorer->choices, frame->enumerator);
    choices_forget_recorded(explorer->choices);
}

/* The state that the simulation is in, and what may come next in it. */
static XXH128_hash_t look(struct explorer *explorer, struct simulation_prospect *prospect)
{
    simulation_fingerprint(explorer->simulation, &explorer->traits, &explorer->fingerprint,
                           prospect);
    if (explorer->fingerprint.no_memory) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
    }
    return XXH3_128bits(explorer->fingerprint.words,
                        explorer->fingerprint.count * sizeof(uint64_t));
}

/* ---- Failures ------------------------------------------------------------------------------- */

/* The failures in the order of their signatures; GRAPH_NONE: no memory. */
static uint32_t failure_of(struct explorer *explorer, const struct trial_failure *failure)
{
    struct explore_result *result = explorer->result;
    for (uint32_t i = 0; i < result->failure_count; i++) {
        if (strcmp(result->failures[i].failure.signature, failure->signature) == 0) {
            return i;
        }
    }
    struct explore_failure *grown =
        realloc(result->failures, (result->failure_count + 1) * sizeof(*grown));
    if (grown == NULL) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return GRAPH_NONE;
    }
    result->failures = grown;
    grown[result->failure_count] = (struct explore_failure){.failure = *failure};
    return result->failure_count++;
}

static void note_failures(struct explorer *explorer, uint32_t state, uint32_t move)
{
    for (uint32_t i = 0; i < simulation_failure_count(explorer->simulation); i++) {
        struct trial_failure failure;
        trial_copy_failure(&failure, explorer->scenario,
                           simulation_failure(explorer->simulation, i));
        uint32_t number = failure_of(explorer, &failure);
        if (explorer->meeting_count == explorer->meeting_capacity) {
            size_t wanted = explorer->meeting_capacity == 0 ? 64 : explorer->meeting_capacity * 2;
            struct meeting *grown = realloc(explorer->meetings, wanted * sizeof(*grown));
            if (grown == NULL) {
                explore_fail(explorer, EXPLORE_NO_MEMORY);
                return;
            }
            explorer->meetings = grown;
            explorer->meeting_capacity = wanted;
        }
        explorer->meetings[explorer->meeting_count++] = (struct meeting){number, state, move};
    }
    simulation_forget_failures(explorer->simulation);
}

/* ---- The stack ------------------------------------------------------------------------------ */

/* Nothing more can happen: what must hold in the end is checked, in one order. */
static void come_to_end(struct explorer *explorer, uint32_t state, const XXH128_hash_t *hash,
                        bool is_new)
{
    explorer->result->ends += is_new;
    explorer->result->ends_hash += is_new ? XXH3_64bits(hash, sizeof(*hash)) : 0;
    const struct frame *frame = &explorer->frames[explorer->frame_count];
    choices_enumerator_begin(frame->enumerator, NULL, 0);
    choices_use_enumerator(explorer->choices, frame->enumerator);
    if (simulation_settle(explorer->simulation) != SIMULATION_OK) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
    }
    note_failures(explorer, state, GRAPH_NONE);
}

/* The place for one more frame, on top. False: no memory. */
static bool make_room(struct explorer *explorer)
{
    if (explorer->frame_count == explorer->frame_capacity) {
        uint32_t wanted = explorer->frame_capacity == 0 ? 64 : explorer->frame_capacity * 2;
        struct frame *grown = realloc(explorer->frames, wanted * sizeof(*grown));
        if (grown == NULL) {
            explore_fail(explorer, EXPLORE_NO_MEMORY);
            return false;
        }
        memset(&grown[explorer->frame_capacity], 0,
               (wanted - explorer->frame_capacity) * sizeof(*grown));
        explorer->frames = grown;
        explorer->frame_capacity = wanted;
    }
    struct frame *frame = &explorer->frames[explorer->frame_count];
    const struct choices_enumerator_config config = {.allocator = director_default_allocator(),
                                                     .width_max = EXPLORE_WIDTH_MAX};
    if (frame->enumerator == NULL &&
        choices_enumerator_create(&config, &frame->enumerator) != CHOICES_OK) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return false;
    }
    return true;
}

/* The heads of one plan, when plans have nothing to do with one another. */
static uint64_t heads_of_one_plan(const struct explorer *explorer, const struct frame *frame,
                                  uint64_t all)
{
    uint32_t plan = SCENARIO_NONE;
    uint64_t heads = 0;
    const struct simulation_prospect *prospect = &frame->prospect;
    if (explorer->config->all_orders || !prospect->plans_apart) {
        return all;
    }
    for (uint32_t i = 0; i < frame->heads; i++) {
        plan = prospect->heads[i].plan < plan ? prospect->heads[i].plan : plan;
    }
    for (uint32_t i = 0; i < frame->heads; i++) {
        heads |= prospect->heads[i].plan == plan ? UINT64_C(1) << i : 0;
    }
    return heads;
}

static uint64_t mask_of(uint32_t count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* The simulation is in a state that is to be gone on from, and what may come next was looked at in
 * the place on top: all of that, or (`again`) what nobody who came here before went into. */
static bool push(struct explorer *explorer, uint32_t state, uint64_t asleep, uint64_t again)
{
    struct explore_result *result = explorer->result;
    if (explorer->frame_count >= explorer->config->depth_max) {
        result->unfinished = "the limit of moves was met";
        return false;
    }
    struct frame *frame = &explorer->frames[explorer->frame_count];
    frame->heads = frame->prospect.due;
    if (frame->heads > SIMULATION_HEADS_MAX) {
        result->unfinished = "more was pending at once than is looked at";
        frame->heads = SIMULATION_HEADS_MAX;
    }
    uint64_t all = mask_of(frame->heads);
    frame->state = state;
    frame->asleep = asleep;
    frame->todo = again != 0 ? again : heads_of_one_plan(explorer, frame, all) & ~asleep;
    frame->reduced = again == 0 && frame->todo != (all & ~asleep);
    frame->done = 0;
    frame->inside = false;
    frame->found = false;
    frame->doubtful = false;
    if (!save(explorer, &frame->snapshot, &frame->snapshot_capacity)) {
        return false;
    }
    explorer->frame_count++;
    explorer->on_top = true;
    result->depth = explorer->frame_count > result->depth ? explorer->frame_count : result->depth;
    return true;
}

/* ---- One move ------------------------------------------------------------------------------- */

/* Of what is pending in the state before, what needs not be gone into after this move. */
static uint64_t asleep_after(const struct explorer *explorer, const struct frame *before,
                             const struct simulation_prospect *after)
{
    const struct simulation_head *moved = &before->prospect.heads[before->head];
    uint64_t asleep = 0;
    if (explorer->config->all_orders || !moved->local || after->due > SIMULATION_HEADS_MAX) {
        return 0;
    }
    for (uint32_t i = 0; i < before->heads; i++) {
        const struct simulation_head *other = &before->prospect.heads[i];
        bool covered = ((before->asleep | before->done) >> i & 1) != 0;
        if (!covered || !other->local || other->plan == moved->plan) {
            continue;
        }
        for (uint32_t k = 0; k < after->due; k++) {
            asleep |= after->heads[k].sequence == other->sequence ? UINT64_C(1) << k : 0;
        }
    }
    return asleep;
}

/* A state was come to; what may come next was looked at in the place on top. */
static void arrive(struct explorer *explorer, struct frame *before, const XXH128_hash_t *hash,
                   uint32_t state, bool is_new)
{
    const struct simulation_prospect *after = &explorer->frames[explorer->frame_count].prospect;
    struct graph_state *known = &explorer->graph.states[state];
    uint64_t asleep = asleep_after(explorer, before, after);
    before->found = before->found || is_new;
    if (after->due == 0) {
        if (is_new || explorer->config->every_way) {
            come_to_end(explorer, state, hash, is_new);
        }
        return;
    }
    if (is_new || explorer->config->every_way) {
        known->asleep = asleep;
        (void)push(explorer, state, asleep, 0);
        return;
    }
    if (explorer->config->doubt && known->finished) {
        uint64_t all = mask_of(after->due);
        if (push(explorer, state, 0, all)) {
            explorer->frames[explorer->frame_count - 1].doubtful = true;
        }
        return;
    }
    uint64_t missed = explorer->config->all_orders ? 0 : known->asleep & ~asleep;
    if (missed != 0) {
        known->asleep &= asleep;
        (void)push(explorer, state, asleep, missed);
    }
}

static void move(struct explorer *explorer)
{
    size_t draw_count = 0;
    bool more = false;
    bool is_new = false;
    if (!make_room(explorer)) {
        return;
    }
    struct frame *frame = &explorer->frames[explorer->frame_count - 1];
    restore(explorer, frame);
    if (simulation_step(explorer->simulation, &more) != SIMULATION_OK ||
        choices_sticky_status(explorer->choices) != CHOICES_OK) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return;
    }
    if (choices_enumerator_narrowed(frame->enumerator)) {
        explorer->result->unfinished = "of a range of times only three were tried";
    }
    XXH128_hash_t hash = look(explorer, &frame[1].prospect);
    uint32_t state = graph_state_of(&explorer->graph, hash, &is_new);
    const struct choices_draw_record *draws = choices_recorded(explorer->choices, &draw_count);
    if (state == GRAPH_NONE ||
        !graph_add_move(&explorer->graph, frame->state, state, draws, draw_count)) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return;
    }
    explorer->result->moves++;
    if (frame->doubtful) {
        explorer->result->contradictions += is_new;
        return;
    }
    note_failures(explorer, frame->state, (uint32_t)explorer->graph.move_count - 1);
    arrive(explorer, frame, &hash, state, is_new);
}

/* Which head is gone into next. False: all are done. */
static bool next_head(struct frame *frame)
{
    uint64_t left = frame->todo & ~frame->done;
    if (left == 0 && frame->reduced && !frame->found) {
        /* Nobody may be put off for ever. */
        frame->todo = mask_of(frame->heads) & ~frame->asleep;
        frame->reduced = false;
        left = frame->todo & ~frame->done;
    }
    if (left == 0) {
        return false;
    }
    frame->head = (uint32_t)__builtin_ctzll(left);
    return true;
}

/* Go to the next way of the state on top; or it is left. */
static bool next_way(struct explorer *explorer)
{
    struct frame *frame = &explorer->frames[explorer->frame_count - 1];
    if (frame->inside) {
        if (choices_enumerator_next(frame->enumerator)) {
            return true;
        }
        frame->done |= UINT64_C(1) << frame->head;
        frame->inside = false;
    }
    if (!next_head(frame)) {
        return false;
    }
    const uint64_t place = frame->prospect.heads[frame->head].place;
    frame->inside = true;
    if (choices_enumerator_begin(frame->enumerator, &place, frame->heads >= 2 ? 1 : 0) !=
        CHOICES_OK) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
    }
    return true;
}

/* All ways of the state on top were gone. */
static void leave(struct explorer *explorer)
{
    const struct frame *left = &explorer->frames[--explorer->frame_count];
    explorer->on_top = false;
    explorer->graph.states[left->state].finished = true;
}

static bool may_go_on(struct explorer *explorer)
{
    const struct explore_config *config = explorer->config;
    if (explorer->graph.state_count >= config->states_max) {
        explorer->result->unfinished = "the limit of states was met";
        return false;
    }
    if ((explorer->result->moves & 1023u) == 0 && config->stop != NULL &&
        config->stop(config->context)) {
        explorer->result->unfinished = "it was stopped";
        return false;
    }
    return explorer->status == EXPLORE_OK;
}

static void search(struct explorer *explorer)
{
    bool is_new = false;
    size_t capacity = 0;
    if (!make_room(explorer)) {
        return;
    }
    XXH128_hash_t hash = look(explorer, &explorer->frames[0].prospect);
    uint32_t state = graph_state_of(&explorer->graph, hash, &is_new);
    if (state == GRAPH_NONE || !save(explorer, &explorer->first, &capacity)) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return;
    }
    if (explorer->frames[0].prospect.due == 0) {
        come_to_end(explorer, state, &hash, true);
        return;
    }
    (void)push(explorer, state, 0, 0);
    while (explorer->frame_count > 0 && may_go_on(explorer)) {
        if (next_way(explorer)) {
            move(explorer);
        } else {
            leave(explorer);
        }
    }
}

/* ---- Beginning and end ---------------------------------------------------------------------- */

static bool begin(struct explorer *explorer)
{
    const struct director_allocator allocator = arena_allocator(explorer->config->arena);
    struct replay *replay = &explorer->replay;
    const struct choice_naming naming = simulation_naming(explorer->scenario);
    struct choices_config drawing = {.allocator = director_default_allocator(), .record = true};
    if (choice_names_create(drawing.allocator, &naming, &replay->names) != CHOICES_OK) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return false;
    }
    drawing.names = replay->names;
    if (choices_create(&drawing, &explorer->choices) != CHOICES_OK ||
        memory_store_create(&allocator, &replay->store) != STORE_OK) {
        explore_fail(explorer, EXPLORE_NO_MEMORY);
        return false;
    }
    const struct simulation_config config = {
        .allocator = allocator,
        .scenario = explorer->scenario,
        .names = replay->names,
        .choices = explorer->choices,
        .store = replay->store,
        .check = true,
        .events_max = UINT64_MAX,
        .faults_max = explorer->config->faults,
        .coverage = &explorer->coverage,
    };
    enum simulation_status status =
        simulation_create(&config, &explorer->simulation, explorer->result->message,
                          sizeof(explorer->result->message));
    if (status != SIMULATION_OK) {
        explore_fail(explorer,
                     status == SIMULATION_NO_MEMORY ? EXPLORE_NO_MEMORY : EXPLORE_TROUBLE);
        return false;
    }
    explorer->traits = simulation_traits(explorer->simulation);
    return true;
}

static void end(struct explorer *explorer)
{
    for (uint32_t i = 0; i < explorer->frame_capacity; i++) {
        free(explorer->frames[i].snapshot);
        choices_enumerator_destroy(explorer->frames[i].enumerator);
    }
    free(explorer->frames);
    free(explorer->meetings);
    free(explorer->first);
    graph_free(&explorer->graph);
    fingerprint_free(&explorer->fingerprint);
    choices_destroy(explorer->choices);
    choice_names_destroy(explorer->replay.names);
    /* The simulation and its store are nothing but what is in the arena. */
    arena_reset(explorer->config->arena);
}

enum explore_status explore_scenario(const struct explore_config *config,
                                     const struct scenario *scenario, struct explore_result *result)
{
    struct explore_config whole = *config;
    whole.states_max = config->states_max == 0 ? EXPLORE_STATES_MAX : config->states_max;
    whole.depth_max = config->depth_max == 0 ? EXPLORE_DEPTH_MAX : config->depth_max;
    *result = (struct explore_result){.memory = scenario_memory_create(NULL, NULL)};
    struct explorer explorer = {
        .config = &whole, .result = result, .own_faults = scenario->fault_count};
    if (result->memory == NULL ||
        (explorer.scenario = explore_prepare(&whole, scenario, result->memory)) == NULL) {
        return EXPLORE_NO_MEMORY;
    }
    if (begin(&explorer)) {
        search(&explorer);
        result->states = explorer.graph.state_count;
        if (explorer.status == EXPLORE_OK) {
            explore_tell_failures(&explorer);
        }
    }
    end(&explorer);
    return explorer.status;
}

void explore_result_free(struct explore_result *result)
{
    free(result->failures);
    scenario_memory_destroy(result->memory);
    *result = (struct explore_result){0};
}
