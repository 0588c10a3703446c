/* trace.h: what happened in the simulated world: one line an event for people, one rolling hash for
 * comparing runs.
 *
 * The hash is over a compact binary form of each record, so that two runs that did the same have
 * the same hash, on any machine, and no text is made unless there is a sink for it. Names are no
 * part of it. The text of a record is one line:
 *
 * `12.345ms  worker default/2  step  import/check  running -> error  #1a2b3c4d`
 *
 * Its last word is the first half of the hash up to there: where two traces part, so do those. The
 * trace ends with `hash 0123456789abcdef, 42 events`. */
#ifndef SIM_ENGINE_TRACE_H
#define SIM_ENGINE_TRACE_H

#include "director/director.h"

#define TRACE_NONE UINT32_MAX /* a record without a plan, a step or an actor */
#define TRACE_LINE_MAX 1024u  /* bytes of a line, with its newline: a longer one ends in "~" */
#define TRACE_NAME_MAX 128u   /* bytes of an actor's name, with its NUL */

/* What a state or a value of a record is a number of, so that it can be named. */
enum trace_word {
    TRACE_WORD_NONE,
    TRACE_WORD_PLAN_STATE,   /* enum director_plan_state */
    TRACE_WORD_RESULT,       /* enum director_result */
    TRACE_WORD_STEP_KIND,    /* enum director_step_kind */
    TRACE_WORD_STEP_STATE,   /* enum director_step_state */
    TRACE_WORD_WORK_KIND,    /* enum director_work_kind */
    TRACE_WORD_STATUS,       /* enum director_status */
    TRACE_WORD_REASON,       /* enum director_reason */
    TRACE_WORD_FUTURE_STATE, /* enum director_future_state */
    TRACE_WORD_OUTCOME,      /* what user code did */
    TRACE_WORD_EVENT,        /* an event of the scenario */
    TRACE_WORD_FAULT_SITE,   /* enum scenario_fault_site */
    TRACE_WORD_FAULT_ERROR,  /* enum scenario_fault_error */
    TRACE_WORD_RECORD_KIND,  /* enum store_record_kind */
    TRACE_WORD_INVARIANT,
    TRACE_WORD_MARK,
};
#define TRACE_WORDS 16

/* What can happen: X(constant, number, verb, format, states, values). The number goes into the
 * hash: it stays for ever, from 1 to 65535. `states` and `values` are the enum trace_word of from
 * and to, and of value. `format` is what stands behind the verb, with these in braces:
 * - {plan}: the plan's name; {step}: "plan/step", or the plan alone where there is no step;
 * - {from}, {to}: the states, by name;
 * - {value}: the value as a decimal number; {word}: by name; {time}: as a duration;
 * - {world}: "world 1". */
#define TRACE_KINDS(X)                                                                             \
    X(TRACE_START, 1, "start", "{plan}", NONE, NONE)                                               \
    X(TRACE_EVENT, 2, "event", "{step}  {word}", NONE, EVENT)                                      \
    X(TRACE_HALT, 3, "halt", "{plan}", NONE, NONE)                                                 \
    X(TRACE_DELETE, 4, "delete", "{plan}", NONE, NONE)                                             \
    X(TRACE_DELETE_STEPS, 5, "delete steps", "{plan}", NONE, NONE)                                 \
    X(TRACE_TERMINATE, 6, "terminate", "{world}", NONE, NONE)                                      \
    X(TRACE_CRASH, 7, "crash", "{world}", NONE, NONE)                                              \
    X(TRACE_START_WORLD, 8, "start world", "{world}", NONE, NONE)                                  \
    X(TRACE_CHECK_WORLDS, 9, "check worlds", "{world}", NONE, NONE)                                \
    X(TRACE_HEAL, 10, "heal", "", NONE, NONE)                                                      \
    X(TRACE_PLAN_MOVED, 11, "plan", "{plan}  {from} -> {to}", PLAN_STATE, NONE)                    \
    X(TRACE_STEP_MOVED, 12, "step", "{step}  {from} -> {to}", STEP_STATE, NONE)                    \
    X(TRACE_WORK, 13, "work", "{step}  {word}", NONE, WORK_KIND)                                   \
    X(TRACE_RUN, 14, "run", "{step}  {word}", NONE, OUTCOME)                                       \
    X(TRACE_FINALIZE, 15, "finalize", "{step}  {word}", NONE, OUTCOME)                             \
    X(TRACE_PLANNING, 16, "planning", "{plan}  {word}", NONE, OUTCOME)                             \
    X(TRACE_FINISHED, 17, "finished", "{step}  {word}", NONE, STATUS)                              \
    X(TRACE_FAILED, 18, "failed", "{step}  {word}", NONE, STATUS)                                  \
    X(TRACE_FUTURE, 19, "future", "{plan}  {to}  {word}", FUTURE_STATE, REASON)                    \
    X(TRACE_EVENT_FUTURE, 20, "event future", "{step}  {to}  {word}", FUTURE_STATE, REASON)        \
    X(TRACE_SAVED_PLAN, 21, "saved plan", "{plan}  {from} -> {to}", PLAN_STATE, NONE)              \
    X(TRACE_SAVED_STEP, 22, "saved step", "{step}  {from} -> {to}", STEP_STATE, NONE)              \
    X(TRACE_LOCK, 23, "lock", "{plan}  {word}", NONE, RECORD_KIND)                                 \
    X(TRACE_UNLOCK, 24, "unlock", "{plan}  {word}", NONE, RECORD_KIND)                             \
    X(TRACE_FAULT, 25, "fault", "{step}  {word}", NONE, FAULT_ERROR)                               \
    X(TRACE_FAULT_SITE, 26, "fault at", "{step}  {word}", NONE, FAULT_SITE)                        \
    X(TRACE_WORKER_DIED, 27, "died", "{step}", NONE, NONE)                                         \
    X(TRACE_WORKER_BACK, 28, "back", "{step}", NONE, NONE)                                         \
    X(TRACE_INVALIDATE, 29, "invalidate", "{world}", NONE, NONE)                                   \
    X(TRACE_TERMINATED, 30, "terminated", "{world}", NONE, NONE)                                   \
    X(TRACE_ANSWER, 31, "answer", "{step}  {word}", NONE, STATUS)                                  \
    X(TRACE_CHOICE, 32, "choice", "{step}  {value}", NONE, NONE)                                   \
    X(TRACE_MARK, 33, "mark", "{step}  {word}", NONE, MARK)                                        \
    X(TRACE_VIOLATION, 34, "VIOLATION", "{step}  {word}", NONE, INVARIANT)                         \
    X(TRACE_DELAY, 35, "delay", "{step}  {time}", NONE, NONE)                                      \
    X(TRACE_END, 36, "end", "{word}", NONE, STATUS)

enum trace_kind {
#define TRACE_KIND_CONSTANT(constant, number, verb, format, states, values) constant = (number),
    TRACE_KINDS(TRACE_KIND_CONSTANT)
#undef TRACE_KIND_CONSTANT
};

/* The verb in the table; "?" for a number that is not in it. Static. */
const char *trace_kind_name(enum trace_kind kind);

/* What its states, and its value, are numbers of. */
enum trace_word trace_kind_states(enum trace_kind kind);
enum trace_word trace_kind_values(enum trace_kind kind);

/* One event. Every field but `aside` goes into the hash, so fields that a kind has no use for are
 * to be the same always: plan, step and actor TRACE_NONE, numbers 0. trace_record_of begins one. */
struct trace_record {
    uint64_t time; /* virtual microseconds */
    enum trace_kind kind;
    uint32_t actor; /* who does it: a number that the names know, or TRACE_NONE */
    uint32_t plan;
    uint32_t step;
    uint32_t world; /* 1 is world 1; 0 none */
    uint8_t from;   /* states */
    uint8_t to;
    uint64_t value;
    /* Which of several alike, for pages that follow one: the scenario's event or fault, the work
     * item, each from 1; of a saved plan its result plus 1; 0: nothing. No part of the hash. */
    uint64_t aside;
};

static inline struct trace_record trace_record_of(enum trace_kind kind, uint64_t time,
                                                  uint32_t actor)
{
    return (struct trace_record){
        .time = time, .kind = kind, .actor = actor, .plan = TRACE_NONE, .step = TRACE_NONE};
}

/* How the caller calls things; only used where text is made. Any function may be NULL, and any
 * answer too: then the number is written. What an answer points to is read before the next call. */
struct trace_names {
    const void *context;
    /* Write the actor's name ("worker default/2") to `text` of `size` bytes with a NUL, cut to fit,
     * and answer true; false: it has none. */
    bool (*actor)(const void *context, uint32_t actor, char *text, size_t size);
    const char *(*plan)(const void *context, uint32_t plan);
    const char *(*step)(const void *context, uint32_t plan, uint32_t step);
    const char *(*word)(const void *context, enum trace_word word, uint64_t value);
};

enum trace_status {
    TRACE_OK,
    TRACE_NO_MEMORY,
    TRACE_SINK_FAILED, /* the sink answered false; it is not called again */
};

/* Where a trace goes, as text, as records, or both; either function may be NULL. `write` gets whole
 * lines, each with its newline, no NUL, and answers whether it could take them. With `buffer_bytes`
 * 0 it is called once a line; otherwise once for about so many bytes. `record` gets each record as
 * it is made, with the names to tell it by, and answers whether it could take it. */
struct trace_sink {
    void *context;
    bool (*write)(void *context, const char *text, size_t length);
    size_t buffer_bytes;
    bool (*record)(void *context, const struct trace_names *names,
                   const struct trace_record *record);
};

struct trace;

/* A trace of nothing yet. `names` and `sink` are copied; `sink` NULL: no text is ever made. The
 * trace belongs to the caller, for trace_destroy. TRACE_NO_MEMORY. */
enum trace_status trace_create(struct director_allocator allocator, const struct trace_names *names,
                               const struct trace_sink *sink, struct trace **trace);
/* What is still in the buffer is lost: call trace_finish before. NULL is ignored. */
void trace_destroy(struct trace *trace);

/* Add an event: to the hash, and as a line to the sink, if there is one. A failing sink does not
 * show here: the run goes on, and trace_status_of tells. */
void trace_record(struct trace *trace, const struct trace_record *record);

/* A line of text only: no part of the hash, not counted; without a sink nothing. For what is worth
 * telling but no part of what happened, such as a header. `text` has no newline. */
void trace_note(struct trace *trace, const char *text);

/* Write the last line and what is in the buffer; once. Answers as trace_status_of. */
enum trace_status trace_finish(struct trace *trace);

/* TRACE_OK, or TRACE_SINK_FAILED, which stays. */
enum trace_status trace_status_of(const struct trace *trace);

/* The hash over all records so far, and their number. */
uint64_t trace_hash(const struct trace *trace);
uint64_t trace_count(const struct trace *trace);

/* The line of one record, without newline, with `hash` at its end. A line that does not fit into
 * `size` bytes (at least 1) with its NUL is cut and ends in "~". Answers the length written. */
size_t trace_format(const struct trace_names *names, const struct trace_record *record,
                    uint64_t hash, char *text, size_t size);

/* The hash of `record` after `previous` (0 for the first), as trace_record makes it. */
uint64_t trace_record_hash(uint64_t previous, const struct trace_record *record);

#endif
