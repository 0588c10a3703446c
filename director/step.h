/* step.h: a step of an execution plan in memory: its state, and the only way to move it.
 *
 * A step lives in the block of the plan copy that it was loaded with (its owner). A work item
 * shares its step with the director: what the worker does to it, the director sees, as in Dynflow,
 * where both hold the same object. */
#ifndef DIRECTOR_STEP_H
#define DIRECTOR_STEP_H

#include "director/director.h"

struct step {
    struct director_execution_plan *owner;
    uint32_t id;
    uint32_t action_id;
    uint32_t queue;
    uint32_t children_first; /* into the owner's child_ids */
    uint32_t children_count;
    uint64_t content; /* as in director_step_row */
    uint8_t kind;
    uint8_t state;
    bool content_as_loaded;
    bool unsaved; /* what its run came to could not be saved: the database has it running */
    bool placed;  /* in a flow, or among the plan's actions: it may be there once */
};

/* Move a step (Stateful#set_state): DIRECTOR_INTERNAL, and nothing happens, when the tables do not
 * have the move. */
enum director_status step_move(struct step *step, enum director_step_state to);

/* Set a state that somebody else has checked, or that must not be checked: a remote worker's
 * report. */
void step_set_state_unchecked(struct step *step, enum director_step_state to);

/* A run wrote its times into the step (with_meta_calculation): its content is new. */
void step_renew_content(struct step *step);

/* Save the step; `allowed` as in director_persistence.save_step. */
enum director_persistence_status step_save(struct step *step,
                                           const struct director_persistence *persistence,
                                           uint32_t allowed);

/* Move a step and save it. When the save fails it stays where it was; with unsaved-move-stands the
 * move stands. DIRECTOR_INTERNAL: no such move. */
enum director_status step_move_and_save(struct step *step, enum director_step_state to,
                                        const struct director_persistence *persistence);

/* Mark a failed step, or one that depends on it, to be skipped, and save it (mark_to_skip). */
enum director_status step_mark_to_skip(struct step *step,
                                       const struct director_persistence *persistence);

#endif
