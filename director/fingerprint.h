/* fingerprint.h: the state of a director in canonical words: the same words for two states from
 * which everything goes on in the same way, whatever their addresses and counters are.
 *
 * What is pointed to is numbered as it is first come to, and told of there; so what is shared
 * shows, and addresses do not. Numbers that are only ever compared for being equal (executions,
 * contents) are numbered in the same way. */
#ifndef DIRECTOR_FINGERPRINT_H
#define DIRECTOR_FINGERPRINT_H

#include "director/director.h"

/* A value and its number, and one more than the round that it has it in. */
struct fingerprint_name {
    uint64_t value;
    uint32_t number;
    uint32_t round;
};

/* Zeros: empty. The arrays come from malloc, not from the memory of what is looked at. */
struct fingerprint {
    uint64_t *words;
    size_t count;
    size_t capacity;
    struct fingerprint_names {
        struct fingerprint_name *slots; /* of open addresses */
        size_t size;                    /* a power of two, or 0 */
        uint32_t count;
        uint32_t round; /* slots of another one are free */
    } objects, executions, contents;
    bool raw_contents; /* of several directors, which count by themselves: as they are */
    bool no_memory;    /* the words are not whole */
};

/* Begin anew, with the memory there is. */
void fingerprint_clear(struct fingerprint *fingerprint);
void fingerprint_free(struct fingerprint *fingerprint);

/* Make room for so many words more. False: no memory. */
bool fingerprint_grow(struct fingerprint *fingerprint, size_t count);

/* Several words at once cost little more than one. */
static inline void fingerprint_add_words(struct fingerprint *fingerprint, const uint64_t *words,
                                         size_t count)
{
    size_t at = fingerprint->count;
    bool room = at + count <= fingerprint->capacity;
    if (!room) {
        room = fingerprint_grow(fingerprint, count);
    }
    if (room) {
        for (size_t i = 0; i < count; i++) {
            fingerprint->words[at + i] = words[i];
        }
        fingerprint->count = at + count;
    }
}

static inline void fingerprint_add(struct fingerprint *fingerprint, uint64_t word)
{
    fingerprint_add_words(fingerprint, &word, 1);
}

/* Of a list in which most say nothing: one that says something, with its index. Behind all of them
 * comes fingerprint_end. */
static inline void fingerprint_add_at(struct fingerprint *fingerprint, uint32_t index,
                                      uint64_t word)
{
    if (word != 0) {
        const uint64_t words[] = {(uint64_t)index + 1, word};
        fingerprint_add_words(fingerprint, words, 2);
    }
}

static inline void fingerprint_end(struct fingerprint *fingerprint)
{
    fingerprint_add(fingerprint, 0);
}

/* Add the number of an object. True: it is new, and what it holds is to be added now. NULL is no
 * object, and never new. */
bool fingerprint_object(struct fingerprint *fingerprint, const void *object);
void fingerprint_execution(struct fingerprint *fingerprint, uint64_t execution);
/* 0 is itself: a step that never ran. */
void fingerprint_content(struct fingerprint *fingerprint, uint64_t content);
void fingerprint_plan_id(struct fingerprint *fingerprint, const struct director_plan_id *id);
/* Its owner may begin at the same address, so that it never counts as told of. */
void fingerprint_future(struct fingerprint *fingerprint, const struct director_future *future);

/* All that a director holds, but not the work that is out. NULL: none. In which order its plans
 * were started only matters when it may terminate: `ordered`. */
void director_fingerprint(struct fingerprint *fingerprint, const struct director *director,
                          bool ordered);
/* A work item, and a worker's work; either may be NULL. */
void director_work_item_fingerprint(struct fingerprint *fingerprint,
                                    const struct director_work_item *item);
void director_work_fingerprint(struct fingerprint *fingerprint, const struct director_work *work);

/* For the files of this folder. */
struct step;
struct director_execution_plan;
void step_fingerprint(struct fingerprint *fingerprint, const struct step *step);
void execution_plan_fingerprint(struct fingerprint *fingerprint,
                                const struct director_execution_plan *plan);

#endif
