/* monkey_test.c: stories drawn at random, of everything that an owner may do in any order, with
 * plans deleted, calls of persistence failing and memory refused on the way: nothing breaks, no
 * memory is left, no future is resolved twice. A hardened director lets every plan go when it is
 * terminated, and has then resolved every future that it was given.
 *
 * A story is drawn from its seed alone. MONKEY_SEEDS=A-B in the environment tells those. */
#include "director/director_test_support.h"

#include <stdlib.h>

#define SEEDS 600u
#define ACTIONS 70u
#define PLANS 4u

/* One world of a story. */
struct monkey {
    struct test_world *world;
    uint64_t state;       /* of the numbers */
    unsigned next_future; /* plans' and events' alike */
};

static unsigned seed_in_work; /* told when a test fails */

/* A number below `limit`. */
static unsigned draw(struct monkey *monkey, unsigned limit)
{
    uint64_t mixed = monkey->state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((mixed ^ (mixed >> 31)) % limit);
}

static bool chance(struct monkey *monkey, unsigned one_in)
{
    return draw(monkey, one_in) == 0;
}

/* ---- Plans ----------------------------------------------------------------------------------- */

static void add_plan(struct monkey *monkey)
{
    static const struct {
        const char *run;
        const char *finalize;
    } shapes[] = {
        {"[S 2 [C 3 4] 5]", "[S 12 15]"},
        {"[C 2 3 4]", "[C 12 13]"},
        {"[S 2 [C [S 3 4] 5]]", ""},
        {"[C [S 2 3] [S 4 5]]", "[S 6]"},
        {"", "[S 2 3]"},
        {"2", "[S 12]"},
        {"[S 2 [S] 3]", ""},
    };
    unsigned shape = draw(monkey, sizeof(shapes) / sizeof(shapes[0]));
    struct test_plan *plan =
        test_store_add(&monkey->world->store, shapes[shape].run, shapes[shape].finalize);
    for (uint32_t i = 1; i < plan->action_count; i++) {
        struct test_action *action = &plan->actions[i];
        static const enum director_rescue_strategy strategies[] = {
            DIRECTOR_RESCUE_SKIP, DIRECTOR_RESCUE_SKIP, DIRECTOR_RESCUE_PAUSE,
            DIRECTOR_RESCUE_FAIL};
        action->row.rescue = strategies[draw(monkey, 4)];
        action->row.accepts_events = chance(monkey, 2);
        if (i > 1 && chance(monkey, 2)) {
            action->required[action->row.required_count++] =
                plan->actions[1 + draw(monkey, i - 1)].row.run_step;
        }
    }
    plan->inhibited = chance(monkey, 30);
}

/* The database changes behind the director's back. */
static void disturb(struct monkey *monkey)
{
    struct test_plan *plan = monkey->world->store.plans[draw(monkey, PLANS)];
    static const enum director_plan_state states[] = {DIRECTOR_PLAN_PLANNED, DIRECTOR_PLAN_PAUSED,
                                                      DIRECTOR_PLAN_PAUSED};
    switch (draw(monkey, 4)) {
    case 0:
        plan->gone = !plan->gone;
        break;
    case 1:
        plan->steps_gone = !plan->steps_gone;
        break;
    default:
        plan->gone = false;
        plan->steps_gone = false;
        plan->row.state = states[draw(monkey, 3)];
    }
}

static void fail_something(struct monkey *monkey)
{
    static const enum director_persistence_status answers[] = {
        DIRECTOR_PERSISTENCE_ERROR, DIRECTOR_PERSISTENCE_ERROR,   DIRECTOR_PERSISTENCE_LOST,
        DIRECTOR_PERSISTENCE_RAW,   DIRECTOR_PERSISTENCE_MISSING, DIRECTOR_PERSISTENCE_UNMATCHED,
    };
    struct test_store *store = &monkey->world->store;
    for (size_t i = 0; i < store->fault_count; i++) {
        store->faults[i].nth = 0;
    }
    test_store_fail(store, (enum test_operation)draw(monkey, TEST_OPERATIONS + 1),
                    1 + draw(monkey, 4), answers[draw(monkey, 6)],
                    chance(monkey, 2) ? TEST_BEFORE : TEST_AFTER);
}

/* ---- What an owner does ------------------------------------------------------------------------
 */

static void say(struct monkey *monkey, const char *line)
{
    (void)test_tell(monkey->world, line);
}

static void start(struct monkey *monkey)
{
    char line[60];
    if (monkey->next_future < TEST_FUTURES) {
        (void)snprintf(line, sizeof(line), "start %u as %u", 1 + draw(monkey, PLANS),
                       monkey->next_future++);
        say(monkey, line);
    }
}

static void send(struct monkey *monkey)
{
    char line[60];
    if (monkey->next_future < TEST_FUTURES) {
        (void)snprintf(line, sizeof(line), "event %u %u %u%s", 1 + draw(monkey, PLANS),
                       2 + draw(monkey, 4), monkey->next_future++,
                       chance(monkey, 3) ? " optional" : "");
        say(monkey, line);
    }
}

static void recover(struct monkey *monkey)
{
    struct director_plan_id id = test_plan_id(1 + draw(monkey, PLANS));
    struct director_recovery *recovery = NULL;
    enum director_rescue_strategy strategy = DIRECTOR_RESCUE_PAUSE;
    enum director_plan_state state = DIRECTOR_PLAN_PENDING;
    bool in_error = false;
    bool loaded = false;
    if (director_recovery_begin(monkey->world->director, &id, &recovery, &in_error, &state,
                                &loaded) == DIRECTOR_OK &&
        in_error && director_recovery_rescue(recovery, &strategy) == DIRECTOR_OK &&
        strategy == DIRECTOR_RESCUE_FAIL) {
        (void)director_recovery_stop(recovery);
    }
    director_recovery_end(recovery);
}

static const char *any_outcome(struct monkey *monkey)
{
    static const char *const outcomes[] = {"success", "success", "error", "suspend"};
    return outcomes[draw(monkey, 4)];
}

static const char *any_state(struct monkey *monkey)
{
    static const char *const states[] = {"success", "success", "error",   "suspended", "skipped",
                                         "error",   "running", "pending", "cancelled"};
    return states[draw(monkey, 9)];
}

/* What a line calls an item: its plan and its step. */
static void name_item(const struct director_work_item *item, char *name, size_t size)
{
    unsigned plan = test_plan_number(director_work_item_plan(item));
    enum director_work_kind kind = director_work_item_kind(item);
    if (kind == DIRECTOR_WORK_FINALIZE || kind == DIRECTOR_WORK_PLANNING) {
        (void)snprintf(name, size, "%u %s", plan, director_work_kind_name(kind));
    } else {
        (void)snprintf(name, size, "%u %u", plan, director_work_item_step(item));
    }
}

/* The oldest item of that name: it is what a line means. */
static const struct test_held *find_named(const struct test_world *world, const char *name)
{
    char other[30];
    const struct test_held *held = world->held;
    for (name_item(held->item, other, sizeof(other)); strcmp(name, other) != 0;
         name_item(held->item, other, sizeof(other))) {
        held++;
    }
    return held;
}

/* Something is done with an item that is out. */
static void handle_item(struct monkey *monkey)
{
    struct test_world *world = monkey->world;
    static const char *const verbs[] = {"work",  "work",   "work", "done",    "done",
                                        "begin", "report", "fail", "deliver", "finish"};
    char line[120];
    char name[30];
    if (world->held_count == 0) {
        return;
    }
    unsigned drawn = draw(monkey, (unsigned)world->held_count);
    const char *verb = verbs[draw(monkey, 10)];
    name_item(world->held[drawn].item, name, sizeof(name));
    const struct test_held *held = find_named(world, name);
    enum director_work_kind kind = director_work_item_kind(held->item);
    if (held->work != NULL && held->stop.kind == DIRECTOR_WORK_USER_CODE) {
        (void)snprintf(line, sizeof(line), "continue %s %s", name, any_outcome(monkey));
    } else if (held->work != NULL || kind == DIRECTOR_WORK_PLANNING) {
        (void)snprintf(line, sizeof(line), "finish %s", name);
    } else if (strcmp(verb, "work") == 0) {
        const char *first = any_outcome(monkey);
        (void)snprintf(line, sizeof(line), "work %s %s %s", name, first, any_outcome(monkey));
    } else if (kind == DIRECTOR_WORK_FINALIZE && verb[0] != 'b' && verb[1] != 'a') {
        (void)snprintf(line, sizeof(line), "finish %s", name);
    } else {
        (void)snprintf(line, sizeof(line), "%s %s %s", verb, name, any_state(monkey));
    }
    say(monkey, line);
}

static void act(struct monkey *monkey)
{
    char line[40];
    unsigned drawn = draw(monkey, 40);
    if (drawn < 4) {
        start(monkey);
    } else if (drawn < 9) {
        send(monkey);
    } else if (drawn < 11) {
        disturb(monkey);
    } else if (drawn < 13) {
        fail_something(monkey);
    } else if (drawn == 13) {
        (void)snprintf(line, sizeof(line), "halt %u", 1 + draw(monkey, PLANS));
        say(monkey, line);
    } else if (drawn == 14) {
        (void)snprintf(line, sizeof(line), "planning %u", 1 + draw(monkey, PLANS));
        say(monkey, line);
    } else if (drawn == 15) {
        recover(monkey);
    } else if (drawn == 16 && chance(monkey, 10)) {
        say(monkey, chance(monkey, 2) ? "terminate" : "terminating");
    } else {
        handle_item(monkey);
    }
}

/* ---- Stories ------------------------------------------------------------------------------------
 */

static void expect_all_resolved(const struct monkey *monkey)
{
    assert_int_equal(director_plan_count(monkey->world->director), 0);
    for (unsigned i = 1; i < monkey->next_future; i++) {
        assert_int_not_equal(monkey->world->futures[i].state, DIRECTOR_FUTURE_PENDING);
    }
}

static uint64_t any_defects(struct monkey *monkey)
{
    unsigned one = draw(monkey, DIRECTOR_DEFECT_COUNT);
    unsigned other = draw(monkey, DIRECTOR_DEFECT_COUNT);
    switch (draw(monkey, 4)) {
    case 0:
        return DIRECTOR_DEFECTS_ALL;
    case 1:
        return DIRECTOR_DEFECT_BIT(one) | DIRECTOR_DEFECT_BIT(other);
    default:
        return 0;
    }
}

static void tell_story_of(unsigned seed)
{
    struct monkey monkey = {.state = seed, .next_future = 1};
    uint64_t defects = any_defects(&monkey);
    seed_in_work = seed;
    monkey.world = test_world_create(defects);
    assert_non_null(test_world_restart(monkey.world));
    for (unsigned i = 0; i < PLANS; i++) {
        add_plan(&monkey);
    }
    if (chance(&monkey, 3)) {
        monkey.world->memory.fail_at = 1 + draw(&monkey, 150);
    }
    for (unsigned i = 0; i < ACTIONS; i++) {
        act(&monkey);
    }
    if (!chance(&monkey, 4)) { /* else its process dies */
        say(&monkey, "terminate");
        if (defects == 0) {
            expect_all_resolved(&monkey);
        }
    }
    void *done = monkey.world;
    (void)test_world_teardown(&done);
    seed_in_work = 0;
}

static void whatever_happens_in_whatever_order_nothing_breaks(void **state)
{
    (void)state;
    unsigned first = 1;
    unsigned last = SEEDS;
    const char *asked = getenv("MONKEY_SEEDS");
    if (asked != NULL) {
        char *end = NULL;
        first = (unsigned)strtoul(asked, &end, 10);
        last = *end == '-' ? (unsigned)strtoul(end + 1, NULL, 10) : first;
    }
    for (unsigned seed = first; seed <= last; seed++) {
        tell_story_of(seed);
    }
}

static int tell_seed(void **state)
{
    (void)state;
    if (seed_in_work != 0) {
        print_error("again with MONKEY_SEEDS=%u\n", seed_in_work);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(whatever_happens_in_whatever_order_nothing_breaks, tell_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
