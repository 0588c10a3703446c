/* shrink.c: the search for the smallest scenario: what is tried, in which order, and whether it
 * still fails in the same way. What can be tried stands in the tables of shrink_*.c. */
#include "sim/search/shrink.h"

#include "sim/scenario/scenario_reader.h"
#include "sim/scenario/scenario_writer.h"
#include "sim/search/shrink_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define OTHER_ORDERS 8u     /* seeds that are tried for each scenario that does not fail */
#define DERIVED_ORDERS 256u /* and in place of a list of what came when */

struct shrinker {
    const struct shrink_config *config;
    struct shrink_result *result;
    enum shrink_status status;
    struct scenario_reading current; /* the smallest so far, as read */
    struct trial trial;              /* of the run that was last */
    bool broken[INVARIANT_COUNT];    /* that fail in the beginning */
    bool about_expectation;
    struct scenario_memory *drafts;
    struct scenario_memory *hashes;
    uint64_t *seen; /* hashes of texts, a table of open addresses; 0: free */
    uint32_t seen_size;
    uint32_t seen_count;
    uint64_t runs_max;
    bool ended;
    bool recorded;
};

/* ---- What was tried already ----------------------------------------------------------------- */

static bool grow_seen(struct shrinker *shrinker)
{
    uint32_t size = shrinker->seen_size == 0 ? 1024 : shrinker->seen_size * 2;
    uint64_t *seen = scenario_memory_array(shrinker->hashes, size, sizeof(seen[0]));
    if (seen == NULL) {
        shrinker->status = SHRINK_NO_MEMORY;
        return false;
    }
    for (uint32_t i = 0; i < shrinker->seen_size; i++) {
        uint64_t hash = shrinker->seen[i];
        uint32_t at = (uint32_t)hash & (size - 1);
        while (hash != 0 && seen[at] != 0) {
            at = (at + 1) & (size - 1);
        }
        seen[at] = hash != 0 ? hash : seen[at];
    }
    shrinker->seen = seen;
    shrinker->seen_size = size;
    return true;
}

/* Whether this text is new; it is not any more afterwards. */
static bool is_new(struct shrinker *shrinker, const char *text, size_t length)
{
    uint64_t hash = XXH3_64bits(text, length);
    hash += hash == 0;
    if (shrinker->seen_count * 2 >= shrinker->seen_size && !grow_seen(shrinker)) {
        return false;
    }
    uint32_t at = (uint32_t)hash & (shrinker->seen_size - 1);
    while (shrinker->seen[at] != 0) {
        if (shrinker->seen[at] == hash) {
            return false;
        }
        at = (at + 1) & (shrinker->seen_size - 1);
    }
    shrinker->seen[at] = hash;
    shrinker->seen_count++;
    return true;
}

/* ---- One candidate -------------------------------------------------------------------------- */

static bool fails_the_same(const struct shrinker *shrinker)
{
    const struct trial *trial = &shrinker->trial;
    if (trial->status != REPLAY_OK || !trial_fails_as(trial, shrinker->result->signature)) {
        return false;
    }
    for (uint32_t i = 0; i < trial->kept; i++) {
        if (!trial->failures[i].expectation && !shrinker->broken[trial->failures[i].invariant]) {
            return false;
        }
    }
    return true;
}

static bool may_go_on(struct shrinker *shrinker)
{
    const struct shrink_config *config = shrinker->config;
    if (shrinker->result->tried >= shrinker->runs_max ||
        (config->stop != NULL && config->stop(config->context))) {
        shrinker->ended = true;
    }
    return !shrinker->ended && shrinker->status == SHRINK_OK;
}

/* The file that says what the scenario says. NULL: no memory. */
static const char *write_text(struct shrinker *shrinker, const struct scenario *scenario,
                              size_t *length)
{
    const struct scenario_write_options options = {.schema = shrinker->config->schema};
    const char *text = scenario_write(scenario, &options, shrinker->drafts, length);
    if (text == NULL) {
        shrinker->status = SHRINK_NO_MEMORY;
    }
    return text;
}

/* False: it is no scenario; the reading says why. In any case for scenario_reading_free. */
static bool read_text(struct shrinker *shrinker, const char *text, size_t length,
                      struct scenario_reading *reading)
{
    enum scenario_read_status status = scenario_read_bytes("shrunk", text, length, reading);
    if (status == SCENARIO_READ_NO_MEMORY) {
        shrinker->status = SHRINK_NO_MEMORY;
    }
    return status == SCENARIO_READ_OK;
}

static void tell(struct shrinker *shrinker, const char *what, bool kept, const char *text)
{
    if (shrinker->config->tell == NULL) {
        return;
    }
    const struct shrink_size size = shrink_size_of(shrinker->current.scenario, text);
    const struct shrink_attempt attempt = {what, kept, &size};
    shrinker->config->tell(shrinker->config->context, &attempt);
}

static bool is_wanted(const struct shrinker *shrinker, const struct scenario *scenario)
{
    const struct shrink_config *config = shrinker->config;
    return fails_the_same(shrinker) &&
           (config->accepts == NULL || config->accepts(config->context, scenario));
}

/* Try a draft as it is; when it fails in the same way, it is where the search goes on. */
static bool try_as_it_is(struct shrinker *shrinker, const struct draft *draft, const char *what)
{
    struct scenario_reading reading;
    size_t length = 0;
    const char *text = write_text(shrinker, draft->scenario, &length);
    if (text == NULL || !is_new(shrinker, text, length) || !may_go_on(shrinker)) {
        return false;
    }
    if (!read_text(shrinker, text, length, &reading)) {
        scenario_reading_free(&reading);
        return false;
    }
    shrinker->result->tried++;
    trial_run(&shrinker->trial, shrinker->config->arena, reading.scenario, REPLAY_STORE_MEMORY);
    bool kept = is_wanted(shrinker, reading.scenario);
    if (kept) {
        scenario_reading_free(&shrinker->current);
        shrinker->current = reading;
        shrinker->result->kept++;
    } else {
        scenario_reading_free(&reading);
    }
    tell(shrinker, what, kept, text);
    return kept;
}

static bool is_ordered_by_chance(const struct scenario *scenario)
{
    return scenario->world.order != SCENARIO_ORDER_SEQUENCE;
}

/* Try a draft. Where chance orders what happens, one thing less is another order: then some other
 * orders are tried, too, in place of what chance is told to decide. */
static bool try_draft(struct shrinker *shrinker, const struct draft *draft, const char *what)
{
    if (try_as_it_is(shrinker, draft, what)) {
        return true;
    }
    if (is_ordered_by_chance(draft->scenario)) {
        draft->scenario->choice_count = 0;
        for (uint64_t seed = 0; seed < OTHER_ORDERS; seed++) {
            draft->scenario->seed = seed;
            if (try_as_it_is(shrinker, draft, what)) {
                return true;
            }
        }
    }
    return false;
}

static bool begin_draft(struct shrinker *shrinker, struct draft *draft)
{
    if (shrinker->status != SHRINK_OK || shrinker->ended) {
        return false;
    }
    scenario_memory_clear(shrinker->drafts);
    draft->memory = shrinker->drafts;
    draft->scenario = scenario_edit_copy(shrinker->current.scenario, shrinker->drafts);
    if (draft->scenario == NULL) {
        shrinker->status = SHRINK_NO_MEMORY;
        return false;
    }
    return true;
}

/* ---- Going through the tables --------------------------------------------------------------- */

/* Chunks, large ones first, the last things first: what happens late matters least. */
static bool try_drops(struct shrinker *shrinker, const struct shrink_drop *drop)
{
    bool changed = false;
    struct draft draft;
    char what[128];
    for (uint32_t chunk = drop->count(shrinker->current.scenario); chunk > 0;
         chunk = chunk == 1 ? 0 : (chunk + 1) / 2) {
        uint32_t end = drop->count(shrinker->current.scenario);
        while (end > 0 && begin_draft(shrinker, &draft)) {
            const uint32_t first = end > chunk ? end - chunk : 0;
            if (!drop->drop(&draft, first, end - first)) {
                shrinker->status = SHRINK_NO_MEMORY;
                return changed;
            }
            if (end - first == 1) {
                snprintf(what, sizeof(what), "without %s %u", drop->noun, end);
            } else {
                snprintf(what, sizeof(what), "without %ss %u to %u", drop->noun, first + 1, end);
            }
            changed = try_draft(shrinker, &draft, what) || changed;
            const uint32_t left = drop->count(shrinker->current.scenario);
            end = first < left ? first : left;
        }
    }
    return changed;
}

/* Every value by itself, until none of its variants does. */
static bool try_values(struct shrinker *shrinker, const struct shrink_value *value)
{
    bool changed = false;
    struct draft draft;
    char what[128];
    for (uint32_t i = 0; i < value->count(shrinker->current.scenario); i++) {
        for (uint32_t variant = 0;
             i < value->count(shrinker->current.scenario) && begin_draft(shrinker, &draft);
             variant++) {
            enum draft_change change = value->change(&draft, i, variant);
            if (change == DRAFT_END) {
                break;
            }
            snprintf(what, sizeof(what), "a simpler %s %u", value->noun, i + 1);
            if (change == DRAFT_CHANGED && try_draft(shrinker, &draft, what)) {
                changed = true;
            }
        }
    }
    return changed;
}

static bool try_all(struct shrinker *shrinker)
{
    bool changed = false;
    for (const struct shrink_drop *drop = shrink_drops; drop->noun != NULL; drop++) {
        changed = try_drops(shrinker, drop) || changed;
    }
    for (const struct shrink_value *value = shrink_plan_values; value->noun != NULL; value++) {
        changed = try_values(shrinker, value) || changed;
    }
    for (const struct shrink_value *value = shrink_event_values; value->noun != NULL; value++) {
        changed = try_values(shrinker, value) || changed;
    }
    return changed;
}

static void try_names(struct shrinker *shrinker)
{
    for (const struct shrink_value *value = shrink_names; value->noun != NULL; value++) {
        try_values(shrinker, value);
    }
}

/* ---- Choices -------------------------------------------------------------------------------- */

/* A list of what came when is long, and holds no more once something is taken out. An order that a
 * seed makes does as well, if one of the first seeds does. */
static void derive_order(struct shrinker *shrinker)
{
    static const enum scenario_order orders[] = {SCENARIO_ORDER_ANY, SCENARIO_ORDER_PRIORITY};
    struct draft draft;
    const struct scenario *now = shrinker->current.scenario;
    if (!is_ordered_by_chance(now) || (now->choice_count == 0 && now->seed < OTHER_ORDERS)) {
        return;
    }
    for (uint64_t seed = 0; seed < DERIVED_ORDERS; seed++) {
        for (uint32_t i = 0; i < 2 && begin_draft(shrinker, &draft); i++) {
            draft.scenario->choice_count = 0;
            draft.scenario->seed = seed;
            draft.scenario->world.order = orders[i];
            if (try_as_it_is(shrinker, &draft, "an order by a seed")) {
                return;
            }
        }
    }
}

/* Where chance still matters, what it decided is told, so that no seed is needed; but not where it
 * orders all that happens. True: that is a scenario to go on from. */
static bool record_choices(struct shrinker *shrinker)
{
    struct draft draft;
    struct replay replay;
    const struct replay_config config = {.scenario = shrinker->current.scenario,
                                         .store = REPLAY_STORE_MEMORY,
                                         .events_max = TRIAL_EVENTS_MAX,
                                         .record = true};
    if (shrinker->recorded || shrinker->current.scenario->seed < OTHER_ORDERS ||
        is_ordered_by_chance(shrinker->current.scenario) || !begin_draft(shrinker, &draft)) {
        return false;
    }
    shrinker->recorded = true;
    if (replay_run(&replay, shrinker->config->arena, &config) == REPLAY_OK) {
        replay_list_choices(&replay, draft.scenario, draft.memory);
    }
    replay_end(&replay);
    draft.scenario->seed = 0;
    return try_draft(shrinker, &draft, "what chance decided as a list");
}

/* ---- Beginning and end ---------------------------------------------------------------------- */

static bool is_expected(const struct scenario *scenario, const struct trial_failure *failure)
{
    for (uint32_t i = 0; i < scenario->expectation_count && !failure->expectation; i++) {
        if (scenario->expectations[i].kind == SCENARIO_EXPECT_VIOLATES &&
            scenario->expectations[i].name == failure->invariant) {
            return true;
        }
    }
    return false;
}

/* The failure that is looked for. What an invariant says holds of every story; an expectation is
 * met no more in most stories that are smaller, so that invariants go first. */
static const struct trial_failure *choose_failure(const struct shrinker *shrinker,
                                                  const struct scenario *scenario)
{
    const struct trial *trial = &shrinker->trial;
    const char *signature = shrinker->config->signature;
    const struct trial_failure *chosen = NULL;
    uint32_t best = 0;
    for (uint32_t i = 0; i < trial->kept; i++) {
        const struct trial_failure *failure = &trial->failures[i];
        bool wanted = signature == NULL || strcmp(failure->signature, signature) == 0;
        uint32_t worth = is_expected(scenario, failure) ? 1 : failure->expectation ? 2 : 3;
        if (wanted && worth > best) {
            chosen = failure;
            best = worth;
        }
    }
    return chosen;
}

static void set_message(struct shrink_result *result, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void set_message(struct shrink_result *result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(result->message, sizeof(result->message), format, arguments);
    va_end(arguments);
}

/* Write, read and run what is to be shrunk; find out what fails. */
static bool begin(struct shrinker *shrinker, const struct scenario *scenario)
{
    struct shrink_result *result = shrinker->result;
    size_t length = 0;
    /* With a defect that it shows it is a story that does not hold; and its smallest part shows
     * what it does itself. */
    struct scenario whole = *scenario;
    whole.shows = (struct scenario_shows){0};
    const char *text = write_text(shrinker, &whole, &length);
    if (text == NULL || !read_text(shrinker, text, length, &shrinker->current)) {
        if (shrinker->status == SHRINK_OK) {
            shrinker->status = SHRINK_NO_SCENARIO;
            set_message(result, "%s",
                        shrinker->current.problem_count > 0 ? shrinker->current.problems[0].message
                                                            : "it cannot be read back");
        }
        return false;
    }
    result->before = shrink_size_of(&whole, text);
    result->tried++;
    trial_run(&shrinker->trial, shrinker->config->arena, shrinker->current.scenario,
              REPLAY_STORE_MEMORY);
    if (shrinker->trial.status != REPLAY_OK) {
        shrinker->status =
            shrinker->trial.status == REPLAY_NO_MEMORY ? SHRINK_NO_MEMORY : SHRINK_TROUBLE;
        set_message(result, "%s", shrinker->trial.message);
        return false;
    }
    const struct trial_failure *failure = choose_failure(shrinker, shrinker->current.scenario);
    if (failure == NULL) {
        shrinker->status = SHRINK_NOTHING_FAILS;
        return false;
    }
    memcpy(result->signature, failure->signature, sizeof(result->signature));
    shrinker->about_expectation = failure->expectation;
    for (uint32_t i = 0; i < shrinker->trial.kept; i++) {
        if (!shrinker->trial.failures[i].expectation) {
            shrinker->broken[shrinker->trial.failures[i].invariant] = true;
        }
    }
    return true;
}

/* What is expected to fail is told in the end; expectations that held are no part of the story. */
static void drop_expectations(struct shrinker *shrinker)
{
    struct draft draft;
    if (begin_draft(shrinker, &draft)) {
        struct scenario_expectation *kept =
            (struct scenario_expectation *)(uintptr_t)draft.scenario->expectations;
        uint32_t left = 0;
        for (uint32_t i = 0; i < draft.scenario->expectation_count; i++) {
            if (shrinker->about_expectation && kept[i].kind != SCENARIO_EXPECT_VIOLATES) {
                kept[left++] = kept[i];
            }
        }
        draft.scenario->expectation_count = left;
        try_draft(shrinker, &draft, "without what is expected");
    }
}

static const char *make_title(struct shrinker *shrinker)
{
    const struct trial *trial = &shrinker->trial;
    const struct scenario *scenario = shrinker->current.scenario;
    char title[SCENARIO_TITLE_MAX + 1] = "";
    for (uint32_t i = 0; i < trial->kept; i++) {
        const struct trial_failure *failure = &trial->failures[i];
        if (strcmp(failure->signature, shrinker->result->signature) == 0) {
            const char *plan = failure->plan != SCENARIO_NONE && !failure->expectation
                                   ? scenario->plans[failure->plan].name
                                   : NULL;
            const char *step = plan != NULL && failure->step != SCENARIO_NONE
                                   ? scenario->plans[failure->plan].steps[failure->step].name
                                   : NULL;
            snprintf(title, sizeof(title), "%s%s%s%s%s", plan == NULL ? "" : plan,
                     step == NULL ? "" : "/", step == NULL ? "" : step, plan == NULL ? "" : ", ",
                     failure->message);
            break;
        }
    }
    return scenario_memory_copy(shrinker->drafts, title, strlen(title));
}

/* The invariants that fail, as the file's own expectation, before the expected runs. */
static void expect_violations(struct shrinker *shrinker, struct draft *draft)
{
    struct scenario *scenario = draft->scenario;
    const struct trial *trial = &shrinker->trial;
    bool broken[INVARIANT_COUNT] = {false};
    uint32_t count = 0;
    struct scenario_expectation *all = scenario_memory_array(
        draft->memory, scenario->expectation_count + INVARIANT_COUNT, sizeof(all[0]));
    for (uint32_t i = 0; i < trial->kept; i++) {
        if (!trial->failures[i].expectation) {
            broken[trial->failures[i].invariant] = true;
        }
    }
    if (all == NULL) {
        return;
    }
    uint32_t at = 0;
    while (at < scenario->expectation_count &&
           scenario->expectations[at].kind != SCENARIO_EXPECT_RUNS) {
        all[count++] = scenario->expectations[at++];
    }
    for (uint32_t i = 0; i < INVARIANT_COUNT; i++) {
        if (broken[i]) {
            all[count++] = (struct scenario_expectation){.kind = SCENARIO_EXPECT_VIOLATES,
                                                         .plan = SCENARIO_NONE,
                                                         .step = SCENARIO_NONE,
                                                         .name = i};
        }
    }
    while (at < scenario->expectation_count) {
        all[count++] = scenario->expectations[at++];
    }
    scenario->expectations = all;
    scenario->expectation_count = count;
}

/* Title and violations; then written, read and run for the last time. */
static void finish(struct shrinker *shrinker)
{
    struct shrink_result *result = shrinker->result;
    struct draft draft;
    struct scenario_reading reading;
    size_t length = 0;
    result->finished = !shrinker->ended;
    shrinker->ended = false;
    trial_run(&shrinker->trial, shrinker->config->arena, shrinker->current.scenario,
              REPLAY_STORE_MEMORY);
    if (!begin_draft(shrinker, &draft)) {
        return;
    }
    draft.scenario->name = make_title(shrinker);
    expect_violations(shrinker, &draft);
    if (scenario_memory_failed(shrinker->drafts)) {
        shrinker->status = SHRINK_NO_MEMORY;
        return;
    }
    const char *text = write_text(shrinker, draft.scenario, &length);
    if (text == NULL) {
        return;
    }
    bool good = read_text(shrinker, text, length, &reading);
    if (good) {
        trial_run(&shrinker->trial, shrinker->config->arena, reading.scenario, REPLAY_STORE_MEMORY);
        good = fails_the_same(shrinker);
    }
    if (!good) {
        shrinker->status = shrinker->status == SHRINK_OK ? SHRINK_TROUBLE : shrinker->status;
        set_message(result, "what was shrunk does not fail when it is read back: %s",
                    reading.problem_count > 0 ? reading.problems[0].message : "please report this");
        scenario_reading_free(&reading);
        return;
    }
    result->holds = shrinker->trial.held;
    result->scenario = reading.scenario;
    result->memory = reading.memory;
    result->text = scenario_memory_copy(reading.memory, text, length);
    result->length = length;
    result->after = shrink_size_of(reading.scenario, text);
    if (result->text == NULL) {
        shrinker->status = SHRINK_NO_MEMORY;
    }
}

enum shrink_status shrink_scenario(const struct shrink_config *config,
                                   const struct scenario *scenario, struct shrink_result *result)
{
    *result = (struct shrink_result){0};
    struct shrinker shrinker = {
        .config = config,
        .result = result,
        .drafts = scenario_memory_create(NULL, NULL),
        .hashes = scenario_memory_create(NULL, NULL),
        .runs_max = config->runs_max == 0 ? SHRINK_RUNS_MAX : config->runs_max,
    };
    if (shrinker.drafts == NULL || shrinker.hashes == NULL) {
        shrinker.status = SHRINK_NO_MEMORY;
    } else if (begin(&shrinker, scenario)) {
        drop_expectations(&shrinker);
        derive_order(&shrinker);
        do {
            while (try_all(&shrinker)) {
            }
        } while (record_choices(&shrinker));
        try_names(&shrinker);
        if (shrinker.status == SHRINK_OK) {
            finish(&shrinker);
        }
    }
    scenario_reading_free(&shrinker.current);
    scenario_memory_destroy(shrinker.drafts);
    scenario_memory_destroy(shrinker.hashes);
    return shrinker.status;
}

void shrink_result_free(struct shrink_result *result)
{
    scenario_memory_destroy(result->memory);
    result->memory = NULL;
    result->scenario = NULL;
    result->text = NULL;
}
