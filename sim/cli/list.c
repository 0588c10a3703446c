/* list.c: `dirsim list`, which prints the names that scenarios use, from the tables that the reader
 * itself looks them up in: one a line, the name first. */
#include "sim/cli/command.h"
#include "sim/cli/console.h"
#include "sim/cli/options.h"
#include "sim/scenario/vocabulary.h"

#include <string.h>

/* How wide the column of names is. */
static int width_of(uint32_t count, const char *(*name_at)(uint32_t index))
{
    size_t width = 0;
    for (uint32_t i = 0; i < count; i++) {
        size_t length = strlen(name_at(i));
        width = length > width ? length : width;
    }
    return (int)width;
}

/* ---- Invariants, marks, defects ------------------------------------------------------------ */

static void list_vocabulary(struct vocabulary vocabulary)
{
    size_t width = 0;
    for (uint32_t i = 0; i < vocabulary.count; i++) {
        size_t length = strlen(vocabulary.entries[i].name);
        width = length > width ? length : width;
    }
    for (uint32_t i = 0; i < vocabulary.count; i++) {
        const struct vocabulary_entry *entry = &vocabulary.entries[i];
        bool has_source = entry->source != NULL && entry->source[0] != '\0';
        console_result("%-*s  %s%s%s%s", (int)width, entry->name, entry->sentence,
                       has_source ? "  [" : "", has_source ? entry->source : "",
                       has_source ? "]" : "");
    }
}

static void list_invariants(void)
{
    list_vocabulary(scenario_vocabularies_real().invariants);
}

static void list_marks(void)
{
    list_vocabulary(scenario_vocabularies_real().marks);
}

static void list_defects(void)
{
    list_vocabulary(scenario_vocabularies_real().defects);
}

/* ---- Faults -------------------------------------------------------------------------------- */

static const char *site_name_at(uint32_t index)
{
    return fault_sites[index].name;
}

static const char *error_name_at(uint32_t index)
{
    return fault_errors[index].name;
}

/* Where a fault may strike, with the errors that it may have there. */
static void list_faults(void)
{
    int width = width_of(SCENARIO_FAULT_SITES, site_name_at);
    for (uint32_t i = 0; i < SCENARIO_FAULT_SITES; i++) {
        struct case_text errors = {0};
        for (uint32_t j = 0; j < SCENARIO_FAULT_ERRORS; j++) {
            if ((fault_sites[i].errors & (1u << j)) != 0) {
                case_text_add(&errors, "%s%s", errors.length == 0 ? "" : " ", fault_errors[j].name);
            }
        }
        console_result("%-*s  %s  [%s]", width, fault_sites[i].name, fault_sites[i].sentence,
                       case_text_bytes(&errors));
        case_text_free(&errors);
    }
}

static void list_errors(void)
{
    int width = width_of(SCENARIO_FAULT_ERRORS, error_name_at);
    for (uint32_t i = 0; i < SCENARIO_FAULT_ERRORS; i++) {
        console_result("%-*s  %s", width, fault_errors[i].name, fault_errors[i].sentence);
    }
}

/* ---- The subcommand ------------------------------------------------------------------------ */

struct topic {
    const char *name;
    void (*list)(void);
};

static const struct topic topics[] = {
    {"invariants", list_invariants}, {"marks", list_marks},     {"faults", list_faults},
    {"errors", list_errors},         {"defects", list_defects},
};

#define TOPICS (sizeof(topics) / sizeof(topics[0]))

static const char *topic_name_at(const void *context, size_t index)
{
    (void)context;
    return topics[index].name;
}

enum command_exit command_list(int argc, char **argv)
{
    const struct command command = {
        .name = "list",
        .operands = "invariants|marks|faults|errors|defects",
        .sentence = "List the names that scenarios use, one a line, the name first.",
        .notes = "  invariants   what must hold: name, sentence, where the rule comes from\n"
                 "  marks        what some run must reach\n"
                 "  faults       where a fault may strike, with the errors that it may have\n"
                 "  errors       what a fault may do\n"
                 "  defects      the known defects of Dynflow, which a world may be given\n",
    };
    int operand_count = 0;
    enum options_status parsed = options_parse(&command, argc, argv, &operand_count);
    if (parsed != OPTIONS_OK) {
        return parsed == OPTIONS_HELP ? COMMAND_HELD : COMMAND_USAGE;
    }
    if (operand_count != 1) {
        console_error("one of invariants, marks, faults, errors and defects is to be named");
        return COMMAND_USAGE;
    }
    for (size_t i = 0; i < TOPICS; i++) {
        if (strcmp(argv[0], topics[i].name) == 0) {
            topics[i].list();
            return COMMAND_HELD;
        }
    }
    const char *nearest = options_nearest(argv[0], TOPICS, topic_name_at, NULL);
    console_error("nothing to list is called '%s'%s%s%s", argv[0],
                  nearest == NULL ? "; there are invariants, marks, faults, errors and defects"
                                  : ", did you mean '",
                  nearest == NULL ? "" : nearest, nearest == NULL ? "" : "'?");
    return COMMAND_USAGE;
}
