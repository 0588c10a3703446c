/* defects.h: what the world around Dynflow 2.0's director gets wrong: switches as those of the
 * director (DIRECTOR_DEFECTS), whose bits theirs follow. Each is asked in one place. */
#ifndef SIM_WORLD_DEFECTS_H
#define SIM_WORLD_DEFECTS_H

#include "director/director.h"

/* X(constant, name, sentence, source) */
#define WORLD_DEFECTS(X)                                                                           \
    X(FAILED_PLAN_LEAVES_CLIENT, "failed-plan-leaves-client",                                      \
      "when an invalidation does not execute a plan again, its client waits for ever; mended: "    \
      "the client is answered",                                                                    \
      "D14b")                                                                                      \
    X(INVALIDATION_OVERTAKES_WORK, "invalidation-overtakes-work",                                  \
      "a plan that was let go is invalidated, or free for others, while its other steps still "    \
      "run here, or wait for a worker; mended: what waits is dropped, and what runs waited for",   \
      "D14")                                                                                       \
    X(EXECUTES_FOR_EVER, "executes-for-ever",                                                      \
      "a plan that fails at once is invalidated and executed again without a bound; mended: it "   \
      "is left paused after some attempts, each later than the one before",                        \
      "D15, D15b")                                                                                 \
    X(DELETED_PLAN_LEAVES_CLIENT, "deleted-plan-leaves-client",                                    \
      "the client of a plan that was deleted is never answered; mended: its future is rejected "   \
      "(missing)",                                                                                 \
      "D16")                                                                                       \
    X(EVENT_UNANSWERED_IN_TERMINATION, "event-unanswered-in-termination",                          \
      "an event that comes while the core terminates is never answered, and the termination "      \
      "waits for it; mended: it is rejected (terminated)",                                         \
      "D17")                                                                                       \
    X(INVALIDATION_FORGETS_ERRORS, "invalidation-forgets-errors",                                  \
      "an invalidation that fails gives the plan's lock up all the same; mended: it is tried "     \
      "again until it goes through",                                                               \
      "D18, D75")                                                                                  \
    X(INVALIDATION_IGNORES_FAIL, "invalidation-ignores-fail",                                      \
      "an invalidation stops no plan: one with strategy fail is left paused, the client of a "     \
      "halted one is told that it is inhibited; mended: it is stopped, as in a normal run",        \
      "D19, D89")                                                                                  \
    X(REQUESTS_DIE_WITH_WORLD, "requests-die-with-world",                                          \
      "a request that is on its way to a world, or was taken by it, is never answered when that "  \
      "world goes; mended: it is rejected (terminated)",                                           \
      "found here")                                                                                \
    X(FAILED_PLANNING_FORGOTTEN, "failed-planning-forgotten",                                      \
      "when planning a scheduled plan fails, its record is deleted as if it had been planned, "    \
      "and "                                                                                       \
      "it stays scheduled for ever; mended: the record stays, and it is planned again, later",     \
      "D06")                                                                                       \
    X(HALT_MISSES_OTHER_WORLD, "halt-misses-other-world",                                          \
      "a halt that comes to a world while another one executes its plan stops that in the "        \
      "database only; mended: it is sent on to the world that executes the plan",                  \
      "found here")

enum world_defect {
    WORLD_DEFECTS_BEFORE_FIRST = DIRECTOR_DEFECT_COUNT - 1,
#define WORLD_DEFECT_CONSTANT(constant, name, sentence, source) WORLD_DEFECT_##constant,
    WORLD_DEFECTS(WORLD_DEFECT_CONSTANT)
#undef WORLD_DEFECT_CONSTANT
        DEFECT_COUNT
};

#endif
