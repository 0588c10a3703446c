/* story.h: a scenario in the bytes of a fuzzer, and the scenario that such bytes tell.
 *
 * A story is a row of records of 8 bytes. The first byte of a record says what it is: a plan, a
 * step of the last plan, an event, a fault, the world, or seven bytes of choices; a scenario may
 * have them in any order, and any bytes are a story. So what a fuzzer does to records (drop,
 * repeat, swap, splice) gives another story of much the same kind, and so does a changed byte.
 *
 * Unlike a file, a story may tell of what can never happen (reach.h): nothing comes of it. And it
 * cannot tell all that a file can: flows nested deeper than a step beside another in a branch,
 * steps that another one than the one before has planned, plans that wait for another one than the
 * one before, triggers of faults from the second time on, two events of one name, ranges of the
 * time that finalize takes. fuzz_scenario reads files. */
#ifndef FUZZ_STORY_H
#define FUZZ_STORY_H

#include "sim/scenario/scenario.h"

#define STORY_RECORD_BYTES 8u
#define STORY_PLANS_MAX 3u
#define STORY_STEPS_MAX 6u   /* of a plan */
#define STORY_EVENTS_MAX 16u /* the starts of its plans among them */
#define STORY_FAULTS_MAX 6u
#define STORY_CHOICE_BYTES_MAX 448u
#define STORY_RECORDS_MAX 128u /* what comes behind them is not looked at */
#define STORY_QUEUES 2u
#define STORY_FLOW_TOKENS_MAX (4u * STORY_STEPS_MAX + 1u)
#define STORY_OUTCOMES_MAX 2u /* of a step's run, finalize or skip */

/* The first byte of a record, modulo STORY_KINDS. */
enum story_kind {
    STORY_EVENT,
    STORY_STEP,
    STORY_FAULT,
    STORY_CHOICES,
    STORY_PLAN,
    STORY_WORLD,
};
#define STORY_KINDS 6u

/* Where the bytes of a record stand. */
enum story_plan_byte {
    PLAN_STEPS = 1, /* bits 0-2: how many; 3-4: the plan's state; 5: its finalize flow is a
                       concurrence; 6: the last step is in the finalize flow alone; 7: so is the
                       last but one */
    PLAN_FLOW,      /* and the low half of the next: two bits a step, enum story_place */
    PLAN_FLOW_REST, /* high half, of a scheduled plan: how much later its start_before is */
    PLAN_FINALIZE,  /* bits 0-5: which steps are in the finalize flow; 6: the last one first; 7: two
                       by two, a concurrence of sequences or the other way round */
    PLAN_START,     /* when a client starts it, or a scheduled plan is due, a time; from
                       STORY_NO_START on: not at all */
    PLAN_TAKES,     /* how long each step takes, a time; 0: as long as usual */
    PLAN_OPTIONS,   /* bits 0-1: rescue strategy of each step; 2: each accepts events; 3: it is
                       started again when it has paused. Of a scheduled plan, which starts by
                       itself: 4: it has a start_before; 5: it waits for the plan before it; 6-7:
                       outcomes of its planning */
};
enum story_step_byte {
    STEP_NUMBER = 1, /* of the last plan */
    STEP_RUN,        /* bits 0-2: outcomes of the first call; 3-5: of all later ones */
    STEP_OTHERS,     /* bits 0-1 and 2-3: the same of finalize; 4-6: outcomes of skip */
    STEP_TAKES,      /* a time */
    STEP_TAKES_MORE, /* a time: at most so much longer */
    STEP_OPTIONS,    /* bits 0-1: rescue strategy; 2: accepts events; 3: queue; 4: requires the
                        step before; 5: requires the first step; 6: planned by the step before */
    STEP_FINALIZE_TAKES,
};
enum story_event_byte {
    EVENT_KIND = 1, /* low half: kind; bit 4: optional; 5: with request 1; 6-7: nth of the trigger,
                       less 1 */
    EVENT_WHAT,     /* bits 0-1: plan; 2-4: step; 5-7: world */
    EVENT_TRIGGER,  /* kind of the trigger */
    EVENT_AFTER,    /* bits 0-1: plan; 2-4: step; 5: its finalize step */
    EVENT_STATE,    /* after which state; or after which event */
    EVENT_TIME,     /* at, or how much later */
    EVENT_MORE,     /* so many microseconds more */
};
enum story_fault_byte {
    FAULT_SITE = 1, /* low half: site; bits 4-7: how often, enum story_times */
    FAULT_ERROR,    /* which of the errors of its site */
    FAULT_SCOPE,  /* bit 0: of a plan, 1-2: which; 3: of a step, 4-6: which; 7: its finalize step */
    FAULT_TIMING, /* bits 0-1: kind; 2-4: nth less 1, or the likelihood; 5: after the write; 6: to a
                     state; 7: of the second queue */
    FAULT_STATE,  /* low half: to which state, or after which, or after which event; bits 4-5: of
                     which world, 0: any */
    FAULT_TIME,   /* at, or how much later */
    FAULT_MORE,   /* bits 0-2: kind of the trigger; 3-7: for how many milliseconds, less 1 */
};
enum story_world_byte {
    WORLD_OPTIONS = 1,  /* bit 0: no automatic rescue; 1: executes by itself; 2-3: order; 4-5:
                           worlds less 1; 6: there is a second queue */
    WORLD_LATENCY,      /* a time, in tenths */
    WORLD_LATENCY_MORE, /* the same: at most so much longer */
    WORLD_TIMEOUT,      /* of a termination, a time; 0: the usual one */
    WORLD_CHECK,        /* how often it looks for dead worlds, a time; 0: never */
    WORLD_WORKERS,      /* of the first queue, 0: as many as usual; else modulo 5 */
    WORLD_WORKERS_MORE, /* of the second queue, the same */
};

/* Where a step stands in the run flow, from what came before it. */
enum story_place {
    STORY_NEXT,   /* after all that came before */
    STORY_BESIDE, /* side by side with the last stage: a branch of its own */
    STORY_BEHIND, /* after what came before it in its branch */
    STORY_WITHIN, /* side by side with the step before it, in its branch */
};
#define STORY_START_BEFORE_US 4000u /* a start_before is so often so much after the start_at */
#define STORY_START_BEFORE_MORE 5u  /* so often when nothing is said */
#define STORY_TRIGGERS 5u           /* enum scenario_trigger_kind */
#define STORY_NO_START 0xf0u
#define STORY_FOREVER                                                                              \
    12u /* how often a fault strikes: from here on for ever, below so often more                   \
           than once, modulo 4 */
#define STORY_LIKELIHOODS 8u
extern const uint32_t story_chances[STORY_LIKELIHOODS]; /* 1 in so many */

/* A time: milliseconds below STORY_LONG_TIMES, from there on by STORY_LONG_MS more each, and from
 * STORY_ODD_TIMES on multiples of STORY_ODD_US. */
#define STORY_LONG_TIMES 128u
#define STORY_LONG_MS 32u
#define STORY_ODD_TIMES 192u
#define STORY_ODD_US 333u
#define STORY_MS 1000u
/* What a world waits at least from one look for dead worlds to the next. */
#define STORY_CHECK_MIN_US 5000u

/* All that a scenario of a story is made of. Read again, it forgets what it was. */
struct story {
    struct scenario scenario; /* points into what follows: a story is not to be copied */
    struct scenario_queue queues[STORY_QUEUES];
    struct scenario_plan plans[STORY_PLANS_MAX];
    struct scenario_step steps[STORY_PLANS_MAX][STORY_STEPS_MAX];
    uint8_t planning[STORY_PLANS_MAX];
    uint32_t after[STORY_PLANS_MAX];
    uint8_t outcomes[STORY_PLANS_MAX][STORY_STEPS_MAX][3][STORY_OUTCOMES_MAX];
    uint32_t requires[STORY_PLANS_MAX][STORY_STEPS_MAX][2];
    uint32_t before[STORY_PLANS_MAX][STORY_STEPS_MAX]; /* sets: come before it in the run flow */
    uint32_t run_flows[STORY_PLANS_MAX][STORY_FLOW_TOKENS_MAX];
    uint32_t finalize_flows[STORY_PLANS_MAX][STORY_FLOW_TOKENS_MAX];
    struct scenario_event events[STORY_EVENTS_MAX];
    struct scenario_fault faults[STORY_FAULTS_MAX];
    unsigned char choices[STORY_CHOICE_BYTES_MAX];
    size_t choice_count;
};

/* Read any bytes. The scenario has what it has of plans, events and faults up to the limits above;
 * it is valid until the story is read again. */
void story_read(struct story *story, const unsigned char *bytes, size_t size);

/* The bytes of a story that is like a scenario: without what is beyond the limits, times rounded,
 * names forgotten. At most `size`
 * bytes are written; answers how many it would take. */
size_t story_write(const struct scenario *scenario, unsigned char *bytes, size_t size);

#endif
