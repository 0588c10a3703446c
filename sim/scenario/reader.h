/* reader.h: what the files that read a scenario share, and nobody else includes.
 *
 * Reading never stops at a mistake: whoever finds one adds a problem and leaves the field as it is.
 * An array for which there is no memory is NULL with a count of 0, and the memory remembers; the
 * answer is thrown away in the end. A node of kind YAML_REFUSED is passed over in silence
 * everywhere. */
#ifndef SIM_SCENARIO_READER_H
#define SIM_SCENARIO_READER_H

#include "sim/scenario/name_index.h"
#include "sim/scenario/problem_list.h"
#include "sim/scenario/reach.h"
#include "sim/scenario/scenario_keys.h"
#include "sim/scenario/vocabulary.h"
#include "sim/scenario/yaml_nodes.h"

struct reader {
    struct scenario_memory *memory;  /* of the scenario that is being read */
    struct scenario_memory *scratch; /* goes when reading ends */
    struct problem_list *problems;
    const struct scenario_vocabularies *vocabularies;
    struct scenario *scenario;

    struct name_index queue_names;
    struct name_index plan_names;
    struct name_index *plan_steps; /* of each plan: its steps */
    struct name_index all_steps;   /* of all plans: the plan in which a step of this name is */
    struct name_index event_names; /* of all sent events; names may be there several times */
    uint32_t worlds; /* set of 1 << number: those there are at the start or that are started */

    /* What can happen; only there, and only asked, when `sound`: world, plans and events are right.
     */
    bool sound;
    struct reach reach;

    struct name_index marks;
    struct name_index invariants;
    struct name_index defects;
};

/* ---- reader_values.c: single values ------------------------------------------------------- */

/* Each reads a node that stands where such a value must; `value` is only written when it answers
 * true. */

/* A problem "KEY must be EXPECTED, not WHAT IT IS". */
void reader_wrong(struct reader *reader, const struct yaml_node *node, const char *expected);

bool reader_is_list(struct reader *reader, const struct yaml_node *node, const char *expected);
bool reader_is_mapping(struct reader *reader, const struct yaml_node *node, const char *expected);
/* A text that says something. */
bool reader_is_text(struct reader *reader, const struct yaml_node *node, const char *expected);

bool reader_boolean(struct reader *reader, const struct yaml_node *node, bool *value);
bool reader_number(struct reader *reader, const struct yaml_node *node, uint64_t least,
                   uint64_t most, uint64_t *value);
bool reader_number32(struct reader *reader, const struct yaml_node *node, uint32_t least,
                     uint32_t most, uint32_t *value);
bool reader_duration(struct reader *reader, const struct yaml_node *node, uint64_t *value);
bool reader_range(struct reader *reader, const struct yaml_node *node,
                  struct scenario_range *value);
/* "world", "world 2" or "2": the number. */
bool reader_world_number(struct reader *reader, const struct yaml_node *node, uint32_t *value);
/* A name that somebody gives: letters, digits, _ . and -, the first a letter, a digit or _. */
bool reader_name(struct reader *reader, const struct yaml_node *node, const char **value);
/* One line of any text. */
bool reader_line(struct reader *reader, const struct yaml_node *node, uint32_t most,
                 const char **value);
/* What user code may do; SUSPEND is among `allowed` or not. "any" stands for all that are. */
void reader_outcomes(struct reader *reader, const struct yaml_node *node, unsigned allowed,
                     struct scenario_outcomes *outcomes);

/* ---- reader_words.c: words that must be known --------------------------------------------- */

/* The words of an enumeration: `name_of` gives that of each below count. */
struct word_set {
    const char *noun; /* "plan state" */
    const char *(*name_of)(uint32_t word);
    uint32_t count;
};
extern const struct word_set plan_state_words;
extern const struct word_set step_state_words;
extern const struct word_set result_words;
extern const struct word_set rescue_words;
extern const struct word_set reason_words;
extern const struct word_set order_words;
extern const struct word_set fault_site_words;
extern const struct word_set fault_error_words;

#define WORD_BIT(word) (UINT64_C(1) << (unsigned)(word))
#define WORDS_ALL UINT64_MAX
/* A word of the set, and one of `allowed`, which is a set of WORD_BITs. */
bool reader_word(struct reader *reader, const struct yaml_node *node, const struct word_set *words,
                 uint64_t allowed, uint32_t *value);

/* A name that must be in the index. With `noun` in the message, when it is not. */
bool reader_reference(struct reader *reader, const struct yaml_node *node,
                      const struct name_index *index, const char *noun, uint32_t *value);

/* A problem for each item of a list that equals an earlier one. */
void reader_check_repeats(struct reader *reader, const struct yaml_node *list);

/* Read the values of a mapping by its table of keys: values[k] is that of key k, or NULL. False
 * when the node is no mapping; unknown and missing keys are told, and no reason to stop. */
bool reader_fields(struct reader *reader, const struct yaml_node *node,
                   const struct scenario_keys *keys, const struct yaml_node **values);

/* Names of a vocabulary as an index. */
void reader_index_vocabulary(struct reader *reader, const struct vocabulary *vocabulary,
                             struct name_index *index);

/* ---- check_*.c: the sections -------------------------------------------------------------- */

/* Each reads the node of its section, which may be NULL, into the reader's scenario. */
void reader_check_world(struct reader *reader, const struct yaml_node *node);
void reader_check_plans(struct reader *reader, const struct yaml_node *node);
void reader_check_events(struct reader *reader, const struct yaml_node *node);
void reader_check_faults(struct reader *reader, const struct yaml_node *node);
void reader_check_expectations(struct reader *reader, const struct yaml_node *node);
void reader_check_shows(struct reader *reader, const struct yaml_node *node);
void reader_check_choices(struct reader *reader, const struct yaml_node *node);

/* check_flows.c: the steps of a plan and its two flows. `steps`, `run`, `finalize` may be NULL. The
 * steps' names are indexed in `names`, and their defaults filled in; the array is also in
 * *mutable_steps. */
void reader_check_flows(struct reader *reader, struct scenario_plan *plan,
                        const struct yaml_node *run, const struct yaml_node *finalize,
                        const struct yaml_node *steps, struct name_index *names,
                        struct scenario_step **mutable_steps);

/* check_steps.c: the entries of `steps:`. */
void reader_check_steps(struct reader *reader, const struct scenario_plan *plan,
                        struct scenario_step *steps, const struct yaml_node *node,
                        const struct name_index *names);

/* check_order.c: what the steps have to do with one another and with the flows. `flows_good`: the
 * flows were read without a problem, so that what is not in them really is not. */
void reader_check_order(struct reader *reader, const struct scenario_plan *plan,
                        const struct yaml_node *steps, const struct name_index *names,
                        bool flows_good);

/* check_triggers.c: `at` or `after`, with `delay`; any may be NULL. False when there is no trigger,
 * or a wrong one. */
bool reader_trigger(struct reader *reader, const struct yaml_node *at,
                    const struct yaml_node *after, const struct yaml_node *delay,
                    struct scenario_trigger *trigger);

/* `plan` and `step` of a mapping, of which plan may be left out (NULL) when only one plan has such
 * a step. */
bool reader_plan_and_step(struct reader *reader, const struct yaml_node *plan_node,
                          const struct yaml_node *step_node, uint32_t *plan, uint32_t *step);

/* The one sent event of a name. */
bool reader_event_name(struct reader *reader, const struct yaml_node *node, uint32_t *value);

/* check_reach.c: what can never happen. Each is only asked when the reader is sound, and what it is
 * asked about was read without a problem. */
void reader_check_events_happen(struct reader *reader, const struct yaml_node *events);
void reader_check_fault_strikes(struct reader *reader, const struct yaml_node *node,
                                const struct scenario_fault *fault);
void reader_check_expectation_holds(struct reader *reader, const struct yaml_node *node,
                                    const struct scenario_expectation *expectation);

/* check_events.c: the problem of a world that is neither there from the start nor started. */
void reader_no_such_world(struct reader *reader, struct scenario_position position, uint32_t world);

#endif
