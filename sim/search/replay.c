/* replay.c: see replay.h. */
#include "sim/search/replay.h"

#include <stdio.h>

static enum replay_status open_store(struct replay *replay, const struct replay_config *config,
                                     const struct director_allocator *allocator)
{
    enum store_status status = STORE_OK;
    if (config->store == REPLAY_STORE_MEMORY) {
        status = memory_store_create(allocator, &replay->store);
    } else {
        const char *path = config->store == REPLAY_STORE_FILE ? config->store_file : NULL;
        status = sqlite_store_open(allocator, path, config->store_vfs, &replay->store,
                                   replay->message, sizeof(replay->message));
    }
    if (status == STORE_OK) {
        return REPLAY_OK;
    }
    replay->store = NULL;
    return status == STORE_ERROR ? REPLAY_STORE_ERROR : REPLAY_NO_MEMORY;
}

/* The scenario's own choices go before those of its seed. */
static enum replay_status use_recorded(struct replay *replay, const struct scenario *scenario,
                                       const struct director_allocator *allocator)
{
    if (scenario->choice_count == 0) {
        return REPLAY_OK;
    }
    size_t size = scenario->choice_count * sizeof(struct choices_entry);
    struct choices_entry *entries = allocator->reallocate(allocator->context, NULL, 0, size);
    if (entries == NULL) {
        return REPLAY_NO_MEMORY;
    }
    for (uint32_t i = 0; i < scenario->choice_count; i++) {
        entries[i] = (struct choices_entry){.site = scenario->choices[i].site,
                                            .value = scenario->choices[i].value};
    }
    enum choices_status status =
        choices_use_list(replay->choices, entries, scenario->choice_count, &replay->bad_choice);
    allocator->reallocate(allocator->context, entries, size, 0);
    switch (status) {
    case CHOICES_OK:
        return REPLAY_OK;
    case CHOICES_NO_MEMORY:
        return REPLAY_NO_MEMORY;
    case CHOICES_BAD_SITE:
        snprintf(replay->message, sizeof(replay->message), "is no site of a choice");
        return REPLAY_BAD_CHOICE;
    case CHOICES_DUPLICATE:
        snprintf(replay->message, sizeof(replay->message), "is there twice, with other values");
        return REPLAY_BAD_CHOICE;
    }
    return REPLAY_BAD_CHOICE;
}

static enum replay_status make_choices(struct replay *replay, const struct replay_config *from,
                                       const struct director_allocator *allocator)
{
    const struct scenario *scenario = from->scenario;
    struct choice_naming naming = simulation_naming(scenario);
    if (choice_names_create(*allocator, &naming, &replay->names) != CHOICES_OK) {
        return REPLAY_NO_MEMORY;
    }
    const struct choices_config config = {
        .allocator = *allocator,
        .names = replay->names,
        .seed = scenario->seed,
        .record = from->record,
    };
    if (choices_create(&config, &replay->choices) != CHOICES_OK) {
        return REPLAY_NO_MEMORY;
    }
    if (from->choice_bytes != NULL) {
        choices_use_bytes(replay->choices, from->choice_bytes, from->choice_byte_count);
        return REPLAY_OK;
    }
    return use_recorded(replay, scenario, allocator);
}

static enum replay_status status_of(enum simulation_status status)
{
    switch (status) {
    case SIMULATION_OK:
        return REPLAY_OK;
    case SIMULATION_NO_MEMORY:
        return REPLAY_NO_MEMORY;
    case SIMULATION_STORE:
        return REPLAY_STORE_ERROR;
    case SIMULATION_SINK_FAILED:
        return REPLAY_SINK_FAILED;
    }
    return REPLAY_NO_MEMORY;
}

struct arena *replay_arena_create(size_t *size)
{
    struct arena *arena = NULL;
    for (*size = REPLAY_ARENA_BYTES; *size >= REPLAY_ARENA_BYTES_LEAST; *size /= 2) {
        if (arena_create(*size, &arena) == ARENA_OK) {
            return arena;
        }
    }
    return NULL;
}

enum replay_status replay_run(struct replay *replay, struct arena *arena,
                              const struct replay_config *config)
{
    *replay = (struct replay){.arena = arena};
    const struct director_allocator allocator = arena_allocator(arena);
    enum replay_status status = make_choices(replay, config, &allocator);
    if (status == REPLAY_OK) {
        status = open_store(replay, config, &allocator);
    }
    if (status != REPLAY_OK) {
        return status;
    }
    const struct simulation_config simulation = {
        .allocator = allocator,
        .scenario = config->scenario,
        .names = replay->names,
        .choices = replay->choices,
        .store = replay->store,
        .sink = config->sink,
        .check = true,
        .events_max = config->events_max,
    };
    enum simulation_status created = simulation_create(&simulation, &replay->simulation,
                                                       replay->message, sizeof(replay->message));
    if (created != SIMULATION_OK) {
        replay->simulation = NULL;
        return status_of(created);
    }
    return status_of(simulation_run(replay->simulation));
}

bool replay_list_choices(const struct replay *replay, struct scenario *scenario,
                         struct scenario_memory *memory)
{
    size_t count = 0;
    char text[CHOICE_SITE_TEXT_MAX];
    const struct choices_draw_record *records = choices_recorded(replay->choices, &count);
    struct scenario_choice *choices = scenario_memory_array(memory, count, sizeof(choices[0]));
    scenario->choices = choices;
    scenario->choice_count = 0;
    for (size_t i = 0; choices != NULL && i < count && i < UINT32_MAX; i++) {
        size_t length = choice_site_format(replay->names, &records[i].site, text, sizeof(text));
        choices[i].site = scenario_memory_copy(memory, text, length);
        choices[i].value = records[i].value;
        scenario->choice_count++;
    }
    return !scenario_memory_failed(memory);
}

void replay_end(struct replay *replay)
{
    if (replay->simulation != NULL) {
        simulation_destroy(replay->simulation);
    }
    if (replay->store != NULL) {
        replay->store->operations->close(replay->store);
    }
    choices_destroy(replay->choices);
    choice_names_destroy(replay->names);
    arena_reset(replay->arena);
    *replay = (struct replay){.arena = replay->arena};
}
