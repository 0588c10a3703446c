/* scenario_reader.c: the stages one after the other, and the top of the file. */
#include "sim/scenario/scenario_reader.h"

#include "sim/scenario/reader.h"
#include "sim/scenario/scenario_defaults.h"

#include <assert.h>
#include <string.h>

static bool ran_out_of_memory(const struct reader *reader)
{
    return scenario_memory_failed(reader->memory) || scenario_memory_failed(reader->scratch);
}

static void check_top(struct reader *reader, const struct yaml_node *root)
{
    const struct yaml_node *values[SCENARIO_KEYS_MAX];
    struct scenario *scenario = reader->scenario;
    scenario->until = SCENARIO_DEFAULT_UNTIL;
    if (root->kind != YAML_MAPPING) {
        problem_list_add(reader->problems, root->position,
                         "a scenario is a mapping that begins with 'scenario: NAME'");
        return;
    }
    reader_fields(reader, root, &top_keys, values);
    if (values[TOP_SCENARIO] != NULL) {
        reader_line(reader, values[TOP_SCENARIO], SCENARIO_TITLE_MAX, &scenario->name);
    }
    if (values[TOP_SEED] != NULL) {
        reader_number(reader, values[TOP_SEED], 0, UINT64_MAX, &scenario->seed);
    }
    if (values[TOP_UNTIL] != NULL && reader_duration(reader, values[TOP_UNTIL], &scenario->until) &&
        scenario->until == 0) {
        reader_wrong(reader, values[TOP_UNTIL], "longer than nothing");
    }
    uint64_t before = reader->problems->total;
    reader_check_world(reader, values[TOP_WORLD]);
    reader_check_plans(reader, values[TOP_PLANS]);
    reader_check_events(reader, values[TOP_EVENTS]);
    reader->sound =
        reader->problems->total == before && reach_start(&reader->reach, scenario, reader->scratch);
    if (reader->sound && scenario->event_count > 0) {
        reader_check_events_happen(reader, values[TOP_EVENTS]);
    }
    reader_check_faults(reader, values[TOP_FAULTS]);
    reader_check_expectations(reader, values[TOP_EXPECT]);
    reader_check_shows(reader, values[TOP_SHOWS]);
    reader_check_choices(reader, values[TOP_CHOICES]);
}

/* Bytes to a scenario. Without memory somewhere, what is missing shows in the memories. */
static void read_source(struct reader *reader, struct source *source)
{
    struct yaml_node *root;
    if (!source_check(source, reader->problems)) {
        return;
    }
    yaml_nodes_parse(source, reader->scratch, reader->problems, &root);
    if (scenario_memory_failed(reader->scratch)) {
        return;
    }
    if (root == NULL) {
        if (reader->problems->total == 0) {
            problem_list_add(reader->problems, (struct scenario_position){1, 1},
                             "nothing stands in the file; write at least 'scenario: NAME'");
        }
        return;
    }
    reader_index_vocabulary(reader, &reader->vocabularies->marks, &reader->marks);
    reader_index_vocabulary(reader, &reader->vocabularies->invariants, &reader->invariants);
    reader_index_vocabulary(reader, &reader->vocabularies->defects, &reader->defects);
    check_top(reader, root);
}

/* Read what `path` names, or the source when that is NULL, with the memories at hand. */
static enum scenario_read_status read_all(struct reader *reader, const char *path,
                                          struct source source, struct scenario_reading *reading)
{
    struct problem_list *problems = scenario_memory_allocate(reader->memory, sizeof *problems);
    reader->scenario = scenario_memory_allocate(reader->memory, sizeof *reader->scenario);
    if (problems == NULL || reader->scenario == NULL) {
        return SCENARIO_READ_NO_MEMORY;
    }
    problem_list_start(problems, reader->memory);
    reader->problems = problems;
    enum scenario_read_status status = SCENARIO_READ_OK;
    if (path != NULL) {
        status = source_read_file(path, reader->scratch, problems, &source);
    }
    if (status == SCENARIO_READ_OK) {
        read_source(reader, &source);
    }
    problem_list_finish(problems);
    if (ran_out_of_memory(reader)) {
        return SCENARIO_READ_NO_MEMORY;
    }
    reading->problems = problems->problems;
    reading->problem_count = problems->count;
    if (problems->count > 0) {
        return status == SCENARIO_READ_IO ? SCENARIO_READ_IO : SCENARIO_READ_PROBLEMS;
    }
    reading->scenario = reader->scenario;
    return SCENARIO_READ_OK;
}

static enum scenario_read_status read_with(const struct scenario_read_options *options,
                                           const char *name, const char *path, struct source source,
                                           struct scenario_reading *reading)
{
    static const struct scenario_read_options usual = {0};
    const struct scenario_read_options *how = options != NULL ? options : &usual;
    const struct scenario_vocabularies real = scenario_vocabularies_real();
    struct reader reader = {
        .memory = scenario_memory_create(how->allocator, how->fault),
        .vocabularies = how->vocabularies != NULL ? how->vocabularies : &real,
    };
    *reading = (struct scenario_reading){0};
    enum scenario_read_status status = SCENARIO_READ_NO_MEMORY;
    if (reader.memory != NULL) {
        reader.scratch = scenario_memory_create(how->allocator, how->fault);
    }
    const char *file = NULL;
    if (reader.scratch != NULL && name != NULL) {
        file = scenario_memory_copy(reader.memory, name, strlen(name));
    }
    if (reader.scratch != NULL) {
        status = read_all(&reader, path, source, reading);
    }
    scenario_memory_destroy(reader.scratch);
    if (status == SCENARIO_READ_NO_MEMORY) {
        scenario_memory_destroy(reader.memory);
        *reading = (struct scenario_reading){0};
        return status;
    }
    if (reading->scenario != NULL) {
        reader.scenario->file = file;
    }
    reading->memory = reader.memory;
    return status;
}

enum scenario_read_status scenario_read_file_with(const struct scenario_read_options *options,
                                                  const char *path,
                                                  struct scenario_reading *reading)
{
    assert(path != NULL && reading != NULL);
    return read_with(options, path, path, (struct source){0}, reading);
}

enum scenario_read_status scenario_read_bytes_with(const struct scenario_read_options *options,
                                                   const char *name, const char *bytes,
                                                   size_t length, struct scenario_reading *reading)
{
    assert(reading != NULL);
    assert(bytes != NULL || length == 0);
    return read_with(options, name, NULL, (struct source){.bytes = bytes, .length = length},
                     reading);
}

enum scenario_read_status scenario_read_file(const char *path, struct scenario_reading *reading)
{
    return scenario_read_file_with(NULL, path, reading);
}

enum scenario_read_status scenario_read_bytes(const char *name, const char *bytes, size_t length,
                                              struct scenario_reading *reading)
{
    return scenario_read_bytes_with(NULL, name, bytes, length, reading);
}

void scenario_reading_free(struct scenario_reading *reading)
{
    scenario_memory_destroy(reading->memory);
    *reading = (struct scenario_reading){0};
}
