/* choices_private.h: what the files of choices share: a site in the form that is hashed, the
 * recorded list and the enumerator as the sources that choices.c asks. */
#ifndef SIM_ENGINE_CHOICES_PRIVATE_H
#define SIM_ENGINE_CHOICES_PRIVATE_H

#include "sim/engine/choices.h"

#include <assert.h>

/* A site with names in place of indexes: what it is everywhere and for ever. Kind and aux share a
 * word, since reading two halves back as one word, for the hash, would wait for both to be stored.
 */
struct choice_key {
    uint64_t plan; /* hash of the name; 0: none */
    uint64_t step;
    uint64_t ordinal;
    uint64_t kind_and_aux;
};

static inline uint64_t choice_kind_and_aux(uint32_t kind, uint32_t aux)
{
    return (uint64_t)kind << 32 | aux;
}

/* ---- Names (choice_names.c) ----------------------------------------------------------------- */

struct choice_names {
    struct director_allocator allocator;
    struct choice_naming naming;
    size_t bytes;          /* of this block, tables included */
    uint64_t *plan_hashes; /* plan_count */
    uint64_t *step_hashes; /* of all plans, one after the other */
    uint32_t *step_begins; /* plan_count + 1: where a plan's steps begin among them */
};

static inline struct choice_key choice_key_of(const struct choice_names *names,
                                              const struct choice_site *site)
{
    struct choice_key key = {.ordinal = site->ordinal,
                             .kind_and_aux = choice_kind_and_aux((uint32_t)site->kind, site->aux)};
    if (site->plan != CHOICE_NONE) {
        assert(site->plan < names->naming.plan_count);
        key.plan = names->plan_hashes[site->plan];
        if (site->step != CHOICE_NONE) {
            uint32_t step = names->step_begins[site->plan] + site->step;
            assert(step < names->step_begins[site->plan + 1]);
            key.step = names->step_hashes[step];
        }
    }
    return key;
}

static inline bool choice_key_equal(const struct choice_key *a, const struct choice_key *b)
{
    return a->plan == b->plan && a->step == b->step && a->ordinal == b->ordinal &&
           a->kind_and_aux == b->kind_and_aux;
}

/* The key of a site written as text, whether or not there are such plans and steps. */
enum choices_status choice_key_parse(const char *text, struct choice_key *key);

/* The 64 bits that everything drawn from a seed is made of. */
uint64_t choice_key_hash(const struct choice_key *key, uint64_t seed);

/* ---- The recorded list (choices_list.c) ----------------------------------------------------- */

struct choices_list;

enum choices_status choices_list_create(const struct director_allocator *allocator,
                                        const struct choices_entry *entries, size_t count,
                                        size_t *bad, struct choices_list **list);
void choices_list_destroy(struct choices_list *list);

enum choices_list_answer {
    CHOICES_LIST_ANSWERED,
    CHOICES_LIST_UNLISTED,
    CHOICES_LIST_OUT_OF_RANGE,
};
enum choices_list_answer choices_list_ask(struct choices_list *list, const struct choice_key *key,
                                          uint64_t n, uint64_t *value);
bool choices_list_mismatch(const struct choices_list *list, struct choices_mismatch *mismatch);

/* ---- The enumerator (choices_enumerator.c) -------------------------------------------------- */

/* Answers with 0 and CHOICES_NO_MEMORY when the path cannot grow. */
enum choices_status choices_enumerator_ask(struct choices_enumerator *enumerator,
                                           const struct choice_key *key, uint64_t n,
                                           uint64_t *value);

#endif
