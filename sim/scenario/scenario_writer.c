/* scenario_writer.c: the top of the file, the world and the recorded choices. */
#include "sim/scenario/scenario_writer.h"

#include "sim/scenario/scenario_defaults.h"
#include "sim/scenario/writer.h"

#include <assert.h>
#include <string.h>

static const char *key_name(enum world_key key)
{
    return world_keys.keys[key].name;
}

/* Queues other than a default queue of the usual size. */
static void write_queues(struct writer *writer)
{
    const struct scenario_world *world = &writer->scenario->world;
    bool usual = world->queue_count == 0 || world->queues[0].workers == SCENARIO_DEFAULT_WORKERS;
    if (usual && world->queue_count <= 1) {
        return;
    }
    writer_key(writer, key_name(WORLD_QUEUES));
    writer_open(writer, '{');
    for (uint32_t i = usual ? 1 : 0; i < world->queue_count; i++) {
        writer_key(writer, world->queues[i].name);
        writer_open(writer, '{');
        writer_key(writer, queue_keys.keys[QUEUE_WORKERS].name);
        writer_print(writer, "%u", world->queues[i].workers);
        writer_close(writer, '}');
    }
    writer_close(writer, '}');
}

static void write_defects(struct writer *writer)
{
    uint64_t defects = writer->scenario->world.defects;
    const struct vocabulary *vocabulary = &writer->vocabularies->defects;
    if (defects == 0) {
        return;
    }
    if (defects == scenario_all_defects(writer->vocabularies)) {
        writer_key(writer, key_name(WORLD_DIRECTOR));
        writer_print(writer, "faithful");
        return;
    }
    writer_key(writer, key_name(WORLD_DEFECTS));
    writer_open(writer, '[');
    for (uint32_t i = 0; i < vocabulary->count; i++) {
        if ((defects >> i & 1) != 0) {
            writer_item(writer);
            writer_print(writer, "%s", vocabulary->entries[i].name);
        }
    }
    writer_close(writer, ']');
}

static void write_world_items(struct writer *writer)
{
    const struct scenario_world *world = &writer->scenario->world;
    const struct scenario_world usual = scenario_default_world();
    if (world->auto_rescue != usual.auto_rescue) {
        writer_key(writer, key_name(WORLD_AUTO_RESCUE));
        writer_print(writer, "%s", world->auto_rescue ? "true" : "false");
    }
    write_defects(writer);
    if (world->worlds != usual.worlds) {
        writer_key(writer, key_name(WORLD_WORLDS));
        writer_print(writer, "%u", world->worlds);
    }
    write_queues(writer);
    if (world->latency.min != 0 || world->latency.max != 0) {
        writer_key(writer, key_name(WORLD_LATENCY));
        writer_range(writer, &world->latency);
    }
    if (world->termination_timeout != usual.termination_timeout) {
        writer_key(writer, key_name(WORLD_TERMINATION_TIMEOUT));
        writer_duration(writer, world->termination_timeout);
    }
    if (world->validity_check != usual.validity_check) {
        writer_key(writer, key_name(WORLD_VALIDITY_CHECK));
        writer_duration(writer, world->validity_check);
    }
    if (world->order != usual.order) {
        writer_key(writer, key_name(WORLD_ORDER));
        writer_print(writer, "%s", scenario_order_names[world->order]);
    }
    if (world->auto_execute != usual.auto_execute) {
        writer_key(writer, key_name(WORLD_AUTO_EXECUTE));
        writer_print(writer, "%s", world->auto_execute ? "true" : "false");
    }
}

static void write_world(struct writer *writer)
{
    size_t before = writer->length;
    writer_print(writer, "\n%s: ", top_keys.keys[TOP_WORLD].name);
    writer_open(writer, '{');
    write_world_items(writer);
    if (writer->fresh) {
        writer_back_to(writer, before);
        return;
    }
    writer_close(writer, '}');
}

static void write_shows(struct writer *writer)
{
    const struct scenario_shows *shows = &writer->scenario->shows;
    if (!shows->there) {
        return;
    }
    writer_print(writer, "\n%s: {%s: %s, %s: ", top_keys.keys[TOP_SHOWS].name,
                 shows_keys.keys[SHOWS_DEFECT].name,
                 writer->vocabularies->defects.entries[shows->defect].name,
                 shows_keys.keys[SHOWS_VIOLATES].name);
    const char *before = "[";
    for (uint32_t i = 0; i < writer->vocabularies->invariants.count; i++) {
        if ((shows->violates >> i & 1) != 0) {
            writer_print(writer, "%s%s", before, writer->vocabularies->invariants.entries[i].name);
            before = ", ";
        }
    }
    writer_print(writer, "]}");
}

static void write_choices(struct writer *writer)
{
    const struct scenario *scenario = writer->scenario;
    if (scenario->choice_count == 0) {
        return;
    }
    writer_print(writer, "\n%s:", top_keys.keys[TOP_CHOICES].name);
    for (uint32_t i = 0; i < scenario->choice_count; i++) {
        writer_line(writer, 2);
        writer_any_text(writer, scenario->choices[i].site);
        writer_print(writer, ": %llu", (unsigned long long)scenario->choices[i].value);
    }
}

static void write_top(struct writer *writer, const char *schema)
{
    const struct scenario *scenario = writer->scenario;
    if (schema != NULL) {
        writer_print(writer, "# yaml-language-server: $schema=%s\n", schema);
    }
    writer_print(writer, "%s: ", top_keys.keys[TOP_SCENARIO].name);
    writer_any_text(writer, scenario->name);
    if (scenario->seed != 0) {
        writer_print(writer, "\n%s: %llu", top_keys.keys[TOP_SEED].name,
                     (unsigned long long)scenario->seed);
    }
    if (scenario->until != SCENARIO_DEFAULT_UNTIL) {
        writer_print(writer, "\n%s: ", top_keys.keys[TOP_UNTIL].name);
        writer_duration(writer, scenario->until);
    }
    write_world(writer);
    writer_plans(writer);
    writer_events(writer);
    writer_faults(writer);
    writer_expectations(writer);
    write_shows(writer);
    write_choices(writer);
    writer_print(writer, "\n");
}

/* Names of steps that several plans have are written with their plan. */
static void index_steps(struct writer *writer)
{
    const struct scenario *scenario = writer->scenario;
    uint32_t count = 0;
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        count += scenario->plans[i].step_count;
    }
    name_index_start(&writer->all_steps, writer->memory, count);
    for (uint32_t i = 0; i < scenario->plan_count; i++) {
        const struct scenario_plan *plan = &scenario->plans[i];
        for (uint32_t step = 0; step < plan->step_count; step++) {
            name_index_add(&writer->all_steps, plan->steps[step].name,
                           (uint32_t)strlen(plan->steps[step].name), i, plan->steps[step].position);
        }
    }
    name_index_sort(&writer->all_steps);
}

const char *scenario_write(const struct scenario *scenario,
                           const struct scenario_write_options *options,
                           struct scenario_memory *memory, size_t *length)
{
    const struct scenario_vocabularies real = scenario_vocabularies_real();
    struct writer writer = {
        .scenario = scenario,
        .vocabularies =
            options != NULL && options->vocabularies != NULL ? options->vocabularies : &real,
        .memory = memory,
    };
    assert(scenario->name != NULL);
    index_steps(&writer);
    write_top(&writer, options != NULL ? options->schema : NULL);
    if (scenario_memory_failed(memory)) {
        return NULL;
    }
    writer.text[writer.length] = '\0';
    if (length != NULL) {
        *length = writer.length;
    }
    return writer.text;
}
