/* scenario_keys.c: the tables of keys. The order of each is that of its enumeration, and the order
 * in which messages list them and the writer writes them. */
#include "sim/scenario/scenario_keys.h"

#include <assert.h>

#define KEYS_OF(name, number, text)                                                                \
    static_assert(sizeof(name) / sizeof(name)[0] == (number), "one entry a key");                  \
    static_assert((number) <= SCENARIO_KEYS_MAX, "room for the values of all keys");               \
    const struct scenario_keys name##_keys = {.section = (text), .keys = (name), .count = (number)}

static const struct scenario_key top[] = {
    [TOP_SCENARIO] = {.name = "scenario", .required = true},
    [TOP_SEED] = {.name = "seed"},
    [TOP_UNTIL] = {.name = "until"},
    [TOP_WORLD] = {.name = "world"},
    [TOP_PLANS] = {.name = "plans"},
    [TOP_EVENTS] = {.name = "events"},
    [TOP_FAULTS] = {.name = "faults"},
    [TOP_EXPECT] = {.name = "expect"},
    [TOP_SHOWS] = {.name = "shows"},
    [TOP_CHOICES] = {.name = "choices"},
};
KEYS_OF(top, TOP_KEYS, "scenario");

static const struct scenario_key world[] = {
    [WORLD_AUTO_RESCUE] = {.name = "auto_rescue"},
    [WORLD_DIRECTOR] = {.name = "director"},
    [WORLD_DEFECTS] = {.name = "defects"},
    [WORLD_WORLDS] = {.name = "worlds"},
    [WORLD_QUEUES] = {.name = "queues"},
    [WORLD_LATENCY] = {.name = "latency"},
    [WORLD_TERMINATION_TIMEOUT] = {.name = "termination_timeout"},
    [WORLD_VALIDITY_CHECK] = {.name = "validity_check"},
    [WORLD_ORDER] = {.name = "order"},
    [WORLD_AUTO_EXECUTE] = {.name = "auto_execute"},
};
KEYS_OF(world, WORLD_KEYS, "world");

static const struct scenario_key queue[] = {
    [QUEUE_WORKERS] = {.name = "workers", .required = true},
};
KEYS_OF(queue, QUEUE_KEYS, "queue");

static const struct scenario_key plan[] = {
    [PLAN_RUN] = {.name = "run"},
    [PLAN_FINALIZE] = {.name = "finalize"},
    [PLAN_STEPS] = {.name = "steps"},
    [PLAN_STATE] = {.name = "state"},
    [PLAN_RESCUE] = {.name = "rescue"},
    [PLAN_START_AT] = {.name = "start_at"},
    [PLAN_START_BEFORE] = {.name = "start_before"},
    [PLAN_AFTER] = {.name = "after"},
    [PLAN_PLANNING] = {.name = "planning"},
};
KEYS_OF(plan, PLAN_KEYS, "plan");

static const struct scenario_key flow[] = {
    [FLOW_SEQUENCE] = {.name = "sequence"},
    [FLOW_CONCURRENCE] = {.name = "concurrence"},
};
KEYS_OF(flow, FLOW_KEYS, "flow");

static const struct scenario_key step[] = {
    [STEP_TAKES] = {.name = "takes"},
    [STEP_FINALIZE_TAKES] = {.name = "finalize_takes"},
    [STEP_RUN] = {.name = "run"},
    [STEP_FINALIZE] = {.name = "finalize"},
    [STEP_SKIP] = {.name = "skip"},
    [STEP_RESCUE] = {.name = "rescue"},
    [STEP_ACCEPTS_EVENTS] = {.name = "accepts_events"},
    [STEP_QUEUE] = {.name = "queue"},
    [STEP_REQUIRES] = {.name = "requires"},
    [STEP_PLANNED_BY] = {.name = "planned_by"},
};
KEYS_OF(step, STEP_KEYS, "step");

static const struct scenario_key event[] = {
    [EVENT_AT] = {.name = "at"},
    [EVENT_AFTER] = {.name = "after"},
    [EVENT_DELAY] = {.name = "delay"},
    [EVENT_FIRST_KIND + 0] = {.name = "start"},
    [EVENT_FIRST_KIND + 1] = {.name = "event"},
    [EVENT_FIRST_KIND + 2] = {.name = "halt"},
    [EVENT_FIRST_KIND + 3] = {.name = "delete"},
    [EVENT_FIRST_KIND + 4] = {.name = "delete_steps"},
    [EVENT_FIRST_KIND + 5] = {.name = "terminate"},
    [EVENT_FIRST_KIND + 6] = {.name = "crash"},
    [EVENT_FIRST_KIND + 7] = {.name = "start_world"},
    [EVENT_FIRST_KIND + 8] = {.name = "check_worlds"},
    [EVENT_FIRST_KIND + 9] = {.name = "heal"},
};
KEYS_OF(event, EVENT_KEYS, "event");

static const struct scenario_key trigger[] = {
    [TRIGGER_PLAN] = {.name = "plan"},         [TRIGGER_STEP] = {.name = "step"},
    [TRIGGER_FINALIZE] = {.name = "finalize"}, [TRIGGER_STATE] = {.name = "state"},
    [TRIGGER_EVENT] = {.name = "event"},       [TRIGGER_FUTURE] = {.name = "future"},
    [TRIGGER_NTH] = {.name = "nth"},
};
KEYS_OF(trigger, TRIGGER_KEYS, "trigger");

static const struct scenario_key sent_event[] = {
    [SENT_EVENT_PLAN] = {.name = "plan"},
    [SENT_EVENT_STEP] = {.name = "step", .required = true},
    [SENT_EVENT_NAME] = {.name = "name", .required = true},
    [SENT_EVENT_OPTIONAL] = {.name = "optional"},
    [SENT_EVENT_REQUEST] = {.name = "request"},
};
KEYS_OF(sent_event, SENT_EVENT_KEYS, "sent_event");

static const struct scenario_key fault[] = {
    [FAULT_ON] = {.name = "on", .required = true},
    [FAULT_PLAN] = {.name = "plan"},
    [FAULT_STEP] = {.name = "step"},
    [FAULT_FINALIZE] = {.name = "finalize"},
    [FAULT_QUEUE] = {.name = "queue"},
    [FAULT_WORLD] = {.name = "world"},
    [FAULT_TO] = {.name = "to"},
    [FAULT_NTH] = {.name = "nth"},
    [FAULT_CHANCE] = {.name = "chance"},
    [FAULT_AT] = {.name = "at"},
    [FAULT_AFTER] = {.name = "after"},
    [FAULT_DELAY] = {.name = "delay"},
    [FAULT_TIMES] = {.name = "times"},
    [FAULT_FOR] = {.name = "for"},
    [FAULT_ERROR] = {.name = "error"},
    [FAULT_DIES] = {.name = "dies"},
    [FAULT_WHEN] = {.name = "when"},
};
KEYS_OF(fault, FAULT_KEYS, "fault");

static const struct scenario_key expect[] = {
    [EXPECT_PLANS] = {.name = "plans"},       [EXPECT_STEPS] = {.name = "steps"},
    [EXPECT_FINALIZE] = {.name = "finalize"}, [EXPECT_FUTURES] = {.name = "futures"},
    [EXPECT_EVENTS] = {.name = "events"},     [EXPECT_MARKS] = {.name = "marks"},
    [EXPECT_VIOLATES] = {.name = "violates"}, [EXPECT_RUNS] = {.name = "runs"},
};
KEYS_OF(expect, EXPECT_KEYS, "expect");

static const struct scenario_key shows[] = {
    [SHOWS_DEFECT] = {.name = "defect", .required = true},
    [SHOWS_VIOLATES] = {.name = "violates", .required = true},
};
KEYS_OF(shows, SHOWS_KEYS, "shows");

static const struct scenario_key expected_plan[] = {
    [EXPECTED_PLAN_STATE] = {.name = "state"},
    [EXPECTED_PLAN_RESULT] = {.name = "result"},
};
KEYS_OF(expected_plan, EXPECTED_PLAN_KEYS, "expected_plan");

static const struct scenario_key expected_future[] = {
    [EXPECTED_FUTURE_REJECTED] = {.name = "rejected", .required = true},
};
KEYS_OF(expected_future, EXPECTED_FUTURE_KEYS, "expected_future");

const struct scenario_keys *const scenario_sections[SCENARIO_SECTIONS] = {
    &top_keys,           &world_keys,
    &queue_keys,         &plan_keys,
    &flow_keys,          &step_keys,
    &event_keys,         &trigger_keys,
    &sent_event_keys,    &fault_keys,
    &expect_keys,        &shows_keys,
    &expected_plan_keys, &expected_future_keys,
};
