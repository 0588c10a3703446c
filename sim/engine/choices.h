/* choices.h: the one place where chance enters the simulated world.
 *
 * Whoever needs a number below n names the site that needs it: what is decided, for which plan and
 * step, the how-manieth time. One of four sources answers: a seed, the bytes of a fuzzer, a
 * recorded list, or an enumerator that goes through all answers. So replay, shrinking, fuzzing and
 * exhaustive search are one mechanism.
 *
 * The dullest answer is always 0: no fault, the first outcome told, the shortest duration, the
 * order of sequence. Fuzzers and enumerators begin there, and shrinking goes there.
 *
 * A site is to be asked once in a run: make `ordinal` and `aux` say which time it is. The seed
 * answers a repeated site with the same hash; a recorded list that holds a site with two values is
 * refused. */
#ifndef SIM_ENGINE_CHOICES_H
#define SIM_ENGINE_CHOICES_H

#include "director/director.h"

#define CHOICE_NONE UINT32_MAX /* a site without a plan, or without a step */
#define CHOICE_SITE_TEXT_MAX                                                                       \
    768u /* bytes of any site as text, with NUL, for names up to 100 bytes */

/* What can be decided: X(constant, number, name, sentence). Number and name go into hashes and
 * files, so they stay for ever: add new ones at the end, never use a number twice. Numbers are 1 to
 * 255. */
#define CHOICE_KINDS(X)                                                                            \
    X(CHOICE_LATENCY, 1, "latency", "how long a message takes")                                    \
    X(CHOICE_DURATION, 2, "duration", "how long user code takes")                                  \
    X(CHOICE_OUTCOME, 3, "outcome", "what user code of a run step does")                           \
    X(CHOICE_FINALIZE, 4, "finalize", "what user code of a finalize step does")                    \
    X(CHOICE_SKIP, 5, "skip", "what user code does with the skip event")                           \
    X(CHOICE_PLANNING, 6, "planning", "what planning a scheduled plan does")                       \
    X(CHOICE_FAULT, 7, "fault", "whether a fault strikes")                                         \
    X(CHOICE_ORDER, 8, "order", "which of the events of one time comes first")                     \
    X(CHOICE_STORE, 9, "store", "what a dying machine leaves on its disk")                         \
    X(CHOICE_GENERATE, 10, "generate", "what a random scenario is made of")                        \
    X(CHOICE_OTHER, 11, "other", "anything else")

enum choice_kind {
#define CHOICE_KIND_CONSTANT(constant, number, name, sentence) constant = (number),
    CHOICE_KINDS(CHOICE_KIND_CONSTANT)
#undef CHOICE_KIND_CONSTANT
};

/* The name in the table; "?" for a number that is not in it. Static. */
const char *choice_kind_name(enum choice_kind kind);

/* Where a choice is made. `plan` and `step` are the caller's indexes, which are turned to names for
 * hashing and for text, so that they may change from one version of a scenario to the next. */
struct choice_site {
    enum choice_kind kind;
    uint32_t plan;    /* or CHOICE_NONE */
    uint32_t step;    /* of that plan, or CHOICE_NONE */
    uint32_t aux;     /* what else tells sites of one kind apart; 0 where nothing does */
    uint64_t ordinal; /* the how-manieth: attempt, call, message */
};

/* ---- Names ---------------------------------------------------------------------------------- */

/* How the caller calls its plans and steps. Names are unique among plans, and among steps of one
 * plan. They are asked for while the table is built and when text is made, and must not change. */
struct choice_naming {
    const void *context;
    uint32_t plan_count;
    uint32_t (*step_count)(const void *context, uint32_t plan);
    const char *(*plan_name)(const void *context, uint32_t plan);
    const char *(*step_name)(const void *context, uint32_t plan, uint32_t step);
};

/* Hashes of all names: made once for a scenario, then shared by any number of runs (it is never
 * written again, also not from other threads). */
struct choice_names;

enum choices_status {
    CHOICES_OK,
    CHOICES_NO_MEMORY,
    CHOICES_BAD_SITE,  /* the text is no site */
    CHOICES_DUPLICATE, /* a recorded list holds a site twice, with different values */
};

/* `naming` is copied; its context must live as long. The table belongs to the caller, for
 * choice_names_destroy. CHOICES_NO_MEMORY. */
enum choices_status choice_names_create(struct director_allocator allocator,
                                        const struct choice_naming *naming,
                                        struct choice_names **names);
void choice_names_destroy(struct choice_names *names);

/* ---- A site as text ------------------------------------------------------------------------- */

/* kind/plan/step/ordinal, with /aux behind it unless aux is 0: "outcome/import/check/2". No plan or
 * no step is "-". In names "/", "%", what is not printable ASCII, and a name that is just "-" are
 * written as %XX. Writes at most `size` bytes (at least 1), NUL included; answers the length of the
 * whole text. */
size_t choice_site_format(const struct choice_names *names, const struct choice_site *site,
                          char *text, size_t size);

/* Read such a text back. CHOICES_BAD_SITE: it is no site, or names a plan or step that is not
 * there. */
enum choices_status choice_site_parse(const struct choice_names *names, const char *text,
                                      struct choice_site *site);

/* Whether it is a site in form, whatever plans and steps there are: what a scenario checker needs.
 */
bool choice_site_text_valid(const char *text);

/* ---- Drawing -------------------------------------------------------------------------------- */

struct choices;
struct choices_enumerator;

struct choices_config {
    struct director_allocator allocator;
    const struct choice_names *names; /* must live as long */
    uint64_t seed;
    bool record; /* keep a list of all draws */
};

/* Choices that come from the seed, until one of choices_use_… is called. They belong to the caller,
 * for choices_destroy. CHOICES_NO_MEMORY. */
enum choices_status choices_create(const struct choices_config *config, struct choices **choices);
void choices_destroy(struct choices *choices);

/* A number below `n` (at least 1). n == 1 is answered with 0; that is no choice: it costs nothing,
 * takes no byte and is not recorded. Never fails: where memory runs out the answer is still good,
 * and choices_sticky_status tells that the list is not whole. */
uint64_t choices_draw(struct choices *choices, const struct choice_site *site, uint64_t n);

/* A number from `min` to `max`, both included; `min` is the dullest. Recorded as the distance from
 * min. */
uint64_t choices_range(struct choices *choices, const struct choice_site *site, uint64_t min,
                       uint64_t max);

/* True in `numerator` of `denominator` (at least 1) cases, where the seed decides. For the other
 * sources it is a plain choice between false (0) and true (1), and so it is recorded. No choice
 * where it is certain: numerator 0, or not below denominator. */
bool choices_chance(struct choices *choices, const struct choice_site *site, uint64_t numerator,
                    uint64_t denominator);

/* What went wrong while drawing: CHOICES_OK or CHOICES_NO_MEMORY (recording, or the enumerator's
 * path). Stays. */
enum choices_status choices_sticky_status(const struct choices *choices);

/* How many choices were made. */
uint64_t choices_count(const struct choices *choices);

/* ---- Source: the seed ----------------------------------------------------------------------- */

/* The number depends on (seed, site) alone: on kind, names, ordinal and aux; not on indexes, on
 * what was drawn before, on the compiler or the machine. It is floor(hash * n / 2^64), so that it
 * keeps its place in the range when n changes a little; no value is likelier than another by more
 * than n in 2^64. */
void choices_use_seed(struct choices *choices, uint64_t seed);

/* ---- Source: the bytes of a fuzzer ---------------------------------------------------------- */

/* Each choice takes 1 to 8 bytes, as many as n - 1 has, little endian, modulo n. Once they are used
 * up the answer is 0. The bytes stay the caller's and must live as long. */
void choices_use_bytes(struct choices *choices, const unsigned char *bytes, size_t size);
size_t choices_bytes_taken(const struct choices *choices);

/* ---- Source: a recorded list ---------------------------------------------------------------- */

struct choices_entry {
    const char *site; /* as text; of plans that are gone, too */
    uint64_t value;
};

/* Answer from the list; a site that is not in it is answered by the seed. The entries are read
 * during the call only. CHOICES_BAD_SITE, CHOICES_DUPLICATE, with the entry in *bad (unless NULL);
 * CHOICES_NO_MEMORY. The source stays what it was then. */
enum choices_status choices_use_list(struct choices *choices, const struct choices_entry *entries,
                                     size_t count, size_t *bad);

enum choices_mismatch_kind {
    CHOICES_FITS,
    CHOICES_OUT_OF_RANGE, /* the entry's value was not below n: the seed answered */
    CHOICES_NEVER_ASKED,  /* no choice was made at the entry's site */
};

struct choices_mismatch {
    enum choices_mismatch_kind kind;
    size_t entry;   /* index into the list */
    uint64_t value; /* the entry's */
    uint64_t n;     /* what it should have been below; 0 for NEVER_ASKED */
};

/* After a run: the first entry of the list, in its order, that did not do what it is there for.
 * False, with kind CHOICES_FITS, when all did, or when no list is in use. */
bool choices_first_mismatch(const struct choices *choices, struct choices_mismatch *mismatch);

/* After a run: the first site that was asked for and is not in the list. A list that was shrunk on
 * purpose has such sites; a full recording has none. False when there is none. */
bool choices_first_unlisted(const struct choices *choices, struct choice_site *site);

/* ---- Source: an enumerator ------------------------------------------------------------------ */

/* Goes through all paths of choices, depth first, all zeros first, the last choice changing
 * fastest:
 *
 * `choices_enumerator_begin(e, NULL, 0);`
 *
 * `do { choices_use_enumerator(choices, e); run(); } while (choices_enumerator_next(e));`
 *
 * It outlives the runs: do not let it live in an arena that is reset or restored between them. */
struct choices_enumerator_config {
    struct director_allocator allocator;
    /* Of a choice among more values than this, so many are tried, spread evenly, with the first and
     * the last among them. At least 2; 0: no limit. */
    uint32_t width_max;
    /* Choices of one path beyond this are answered with 0. 0: no limit. */
    uint32_t depth_max;
};

enum choices_status choices_enumerator_create(const struct choices_enumerator_config *config,
                                              struct choices_enumerator **enumerator);
void choices_enumerator_destroy(struct choices_enumerator *enumerator);

/* Begin anew, with the first path that starts with `values`; those stay fixed, so that several
 * searches can share the work. CHOICES_NO_MEMORY. */
enum choices_status choices_enumerator_begin(struct choices_enumerator *enumerator,
                                             const uint64_t *values, size_t count);

/* Answer from the enumerator, from the position where it stands (0 after begin and next). It must
 * live until another source is used. */
void choices_use_enumerator(struct choices *choices, struct choices_enumerator *enumerator);

/* Go to the next path and to position 0. False when there is none left. Choices that the last path
 * did not come to, because it ended early, are forgotten. */
bool choices_enumerator_next(struct choices_enumerator *enumerator);

/* How many choices of this path were answered; and go to another place of the part that is known
 * (at most choices_enumerator_shared after next), to carry on from a snapshot that was taken there.
 */
size_t choices_enumerator_position(const struct choices_enumerator *enumerator);
void choices_enumerator_seek(struct choices_enumerator *enumerator, size_t position);

/* How many choices, counted from the start, the current path shares with the one before it: a
 * snapshot taken at a position up to there is good for it. 0 after begin. */
size_t choices_enumerator_shared(const struct choices_enumerator *enumerator);

/* Choices beyond depth_max in the current path: not 0 means that the search is not exhaustive below
 * it. And whether width_max left out a value anywhere since begin. */
uint64_t choices_enumerator_beyond_depth(const struct choices_enumerator *enumerator);
bool choices_enumerator_narrowed(const struct choices_enumerator *enumerator);

/* Whether, in the current path, a choice met another site or another n than it did in the path
 * before, or a fixed value that was not below n: then the world is not deterministic, or not the
 * one that the values are from. *position (unless NULL) tells the first. */
bool choices_enumerator_diverged(const struct choices_enumerator *enumerator, size_t *position);

/* ---- What was drawn ------------------------------------------------------------------------- */

struct choices_draw_record {
    struct choice_site site;
    uint64_t n;
    uint64_t value;
};

/* The draws so far, in their order; NULL and 0 when not recording. Valid until the next draw. */
const struct choices_draw_record *choices_recorded(const struct choices *choices, size_t *count);
/* Begin the record anew, in the memory that it has. */
void choices_forget_recorded(struct choices *choices);

#endif
