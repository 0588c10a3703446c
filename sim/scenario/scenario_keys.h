/* scenario_keys.h: every key that a scenario file may have, by the mapping in which it stands. The
 * checker reads mappings through these tables, and a test holds scenarios/scenario.schema.json
 * against them. */
#ifndef SIM_SCENARIO_SCENARIO_KEYS_H
#define SIM_SCENARIO_SCENARIO_KEYS_H

#include <stdbool.h>
#include <stdint.h>

struct scenario_key {
    const char *name;
    bool required;
};

/* One kind of mapping; `section` is also its name among the schema's definitions. */
struct scenario_keys {
    const char *section;
    const struct scenario_key *keys;
    uint32_t count;
};

#define SCENARIO_KEYS_MAX 20 /* keys of one mapping */

enum top_key {
    TOP_SCENARIO,
    TOP_SEED,
    TOP_UNTIL,
    TOP_WORLD,
    TOP_PLANS,
    TOP_EVENTS,
    TOP_FAULTS,
    TOP_EXPECT,
    TOP_SHOWS,
    TOP_CHOICES,
    TOP_KEYS
};

enum world_key {
    WORLD_AUTO_RESCUE,
    WORLD_DIRECTOR,
    WORLD_DEFECTS,
    WORLD_WORLDS,
    WORLD_QUEUES,
    WORLD_LATENCY,
    WORLD_TERMINATION_TIMEOUT,
    WORLD_VALIDITY_CHECK,
    WORLD_ORDER,
    WORLD_AUTO_EXECUTE,
    WORLD_KEYS
};

enum queue_key { QUEUE_WORKERS, QUEUE_KEYS };

enum plan_key {
    PLAN_RUN,
    PLAN_FINALIZE,
    PLAN_STEPS,
    PLAN_STATE,
    PLAN_RESCUE,
    PLAN_START_AT,
    PLAN_START_BEFORE,
    PLAN_AFTER,
    PLAN_PLANNING,
    PLAN_KEYS
};

enum flow_key { FLOW_SEQUENCE, FLOW_CONCURRENCE, FLOW_KEYS };

enum step_key {
    STEP_TAKES,
    STEP_FINALIZE_TAKES,
    STEP_RUN,
    STEP_FINALIZE,
    STEP_SKIP,
    STEP_RESCUE,
    STEP_ACCEPTS_EVENTS,
    STEP_QUEUE,
    STEP_REQUIRES,
    STEP_PLANNED_BY,
    STEP_KEYS
};

/* The ten things that an event may be come after these three, in the order of scenario_event_kind.
 */
enum event_key { EVENT_AT, EVENT_AFTER, EVENT_DELAY, EVENT_FIRST_KIND, EVENT_KEYS = 13 };

enum trigger_key {
    TRIGGER_PLAN,
    TRIGGER_STEP,
    TRIGGER_FINALIZE,
    TRIGGER_STATE,
    TRIGGER_EVENT,
    TRIGGER_FUTURE,
    TRIGGER_NTH,
    TRIGGER_KEYS
};

enum sent_event_key {
    SENT_EVENT_PLAN,
    SENT_EVENT_STEP,
    SENT_EVENT_NAME,
    SENT_EVENT_OPTIONAL,
    SENT_EVENT_REQUEST,
    SENT_EVENT_KEYS
};

enum fault_key {
    FAULT_ON,
    FAULT_PLAN,
    FAULT_STEP,
    FAULT_FINALIZE,
    FAULT_QUEUE,
    FAULT_WORLD,
    FAULT_TO,
    FAULT_NTH,
    FAULT_CHANCE,
    FAULT_AT,
    FAULT_AFTER,
    FAULT_DELAY,
    FAULT_TIMES,
    FAULT_FOR,
    FAULT_ERROR,
    FAULT_DIES,
    FAULT_WHEN,
    FAULT_KEYS
};

enum expect_key {
    EXPECT_PLANS,
    EXPECT_STEPS,
    EXPECT_FINALIZE,
    EXPECT_FUTURES,
    EXPECT_EVENTS,
    EXPECT_MARKS,
    EXPECT_VIOLATES,
    EXPECT_RUNS,
    EXPECT_KEYS
};

enum shows_key { SHOWS_DEFECT, SHOWS_VIOLATES, SHOWS_KEYS };

enum expected_plan_key { EXPECTED_PLAN_STATE, EXPECTED_PLAN_RESULT, EXPECTED_PLAN_KEYS };

enum expected_future_key { EXPECTED_FUTURE_REJECTED, EXPECTED_FUTURE_KEYS };

extern const struct scenario_keys top_keys;
extern const struct scenario_keys world_keys;
extern const struct scenario_keys queue_keys;
extern const struct scenario_keys plan_keys;
extern const struct scenario_keys flow_keys;
extern const struct scenario_keys step_keys;
extern const struct scenario_keys event_keys;
extern const struct scenario_keys trigger_keys;
extern const struct scenario_keys sent_event_keys;
extern const struct scenario_keys fault_keys;
extern const struct scenario_keys expect_keys;
extern const struct scenario_keys shows_keys;
extern const struct scenario_keys expected_plan_keys;
extern const struct scenario_keys expected_future_keys;

/* All of them. */
#define SCENARIO_SECTIONS 14
extern const struct scenario_keys *const scenario_sections[SCENARIO_SECTIONS];

#endif
