/* defect_options.c: see defect_options.h. */
#include "sim/cli/defect_options.h"

#include "sim/cli/console.h"
#include "sim/scenario/vocabulary.h"

#include <string.h>

static const char *defect_name_at(const void *context, size_t index)
{
    (void)context;
    return defect_vocabulary[index].name;
}

static bool parse_defect(const char *name, uint64_t *defects)
{
    for (uint32_t i = 0; i < defect_vocabulary_count; i++) {
        if (strcmp(defect_vocabulary[i].name, name) == 0) {
            *defects |= UINT64_C(1) << i;
            return true;
        }
    }
    const char *nearest = options_nearest(name, defect_vocabulary_count, defect_name_at, NULL);
    if (nearest != NULL) {
        console_error("unknown defect '%s', did you mean '%s'?", name, nearest);
    } else {
        console_error("unknown defect '%s'; 'dirsim list defects' lists those there are", name);
    }
    return false;
}

bool defect_options_parse(bool faithful, const struct option_list *names, uint64_t *defects)
{
    if (faithful) {
        const struct scenario_vocabularies real = scenario_vocabularies_real();
        *defects |= scenario_all_defects(&real);
    }
    for (size_t i = 0; i < names->count; i++) {
        if (!parse_defect(names->values[i], defects)) {
            return false;
        }
    }
    return true;
}
