/* sqlite_statements.c: every statement of the SQLite store in one table. A step or plan is updated
 * by its key and inserted when no row was there, as Dynflow's adapter does. */
#include "sim/store/sqlite_internal.h"

static const char *const texts[SQLITE_STATEMENTS] = {
    [SQLITE_STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [SQLITE_STATEMENT_COMMIT] = "COMMIT",
    [SQLITE_STATEMENT_ROLLBACK] = "ROLLBACK",
    [SQLITE_STATEMENT_INSERT_PLAN] =
        "INSERT INTO execution_plans (uuid, state, result, root_plan_step, step_ids, run_flow, "
        "finalize_flow, label) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [SQLITE_STATEMENT_UPDATE_PLAN] =
        "UPDATE execution_plans SET state = ?2, result = ?3, root_plan_step = ?4, step_ids = ?5, "
        "run_flow = ?6, finalize_flow = ?7 WHERE uuid = ?1",
    [SQLITE_STATEMENT_SELECT_PLAN] =
        "SELECT uuid, state, result, root_plan_step, step_ids, run_flow, finalize_flow "
        "FROM execution_plans WHERE uuid = ?1",
    [SQLITE_STATEMENT_FIND_PLAN] = "SELECT 1 FROM execution_plans WHERE uuid = ?1",
    [SQLITE_STATEMENT_EACH_PLAN] =
        "SELECT uuid, state, result, root_plan_step FROM execution_plans ORDER BY insertion",
    [SQLITE_STATEMENT_DELETE_PLAN] = "DELETE FROM execution_plans WHERE uuid = ?1",
    [SQLITE_STATEMENT_INSERT_STEP] =
        "INSERT INTO steps (plan, id, state, queue, kind, children, action, content) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    /* The action of a step does not change; where it stays, its foreign key needs no look-up. */
    [SQLITE_STATEMENT_UPDATE_STEP] =
        "UPDATE steps SET state = ?3, queue = ?4, kind = ?5, children = ?6, content = ?8 "
        "WHERE plan = ?1 AND id = ?2 AND action = ?7",
    [SQLITE_STATEMENT_UPDATE_STEP_IF] =
        "UPDATE steps SET state = ?3, queue = ?4, kind = ?5, children = ?6, content = ?8 "
        "WHERE plan = ?1 AND id = ?2 AND action = ?7 "
        "AND state IN (?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    [SQLITE_STATEMENT_MOVE_STEP] =
        "UPDATE steps SET state = ?3, queue = ?4, kind = ?5, children = ?6, action = ?7, "
        "content = ?8 "
        "WHERE plan = ?1 AND id = ?2",
    [SQLITE_STATEMENT_SELECT_STEPS] =
        "SELECT id, action, queue, kind, state, children, content FROM steps WHERE plan = ?1 "
        "ORDER BY id",
    [SQLITE_STATEMENT_SELECT_STEP] = "SELECT state, content FROM steps WHERE plan = ?1 AND id = ?2",
    [SQLITE_STATEMENT_DELETE_STEPS] = "DELETE FROM steps WHERE plan = ?1",
    [SQLITE_STATEMENT_INSERT_ACTION] =
        "INSERT INTO actions (plan, id, plan_step, run_step, finalize_step, rescue, "
        "accepts_events, required_steps, label) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    [SQLITE_STATEMENT_UPDATE_ACTION] =
        "UPDATE actions SET plan_step = ?3, run_step = ?4, finalize_step = ?5, rescue = ?6, "
        "accepts_events = ?7, required_steps = ?8 WHERE plan = ?1 AND id = ?2",
    [SQLITE_STATEMENT_SELECT_ACTION] =
        "SELECT id, plan_step, run_step, finalize_step, rescue, accepts_events, required_steps "
        "FROM actions WHERE plan = ?1 AND id = ?2",
    [SQLITE_STATEMENT_DELETE_ACTIONS] = "DELETE FROM actions WHERE plan = ?1",
    [SQLITE_STATEMENT_INSERT_RECORD] =
        "INSERT INTO coordinator_records (kind, subject, owner, active, request, client) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [SQLITE_STATEMENT_UPDATE_RECORD] =
        "UPDATE coordinator_records SET owner = ?3, active = ?4 WHERE kind = ?1 AND subject = ?2",
    [SQLITE_STATEMENT_DELETE_RECORD] =
        "DELETE FROM coordinator_records WHERE kind = ?1 AND subject = ?2",
    [SQLITE_STATEMENT_SELECT_RECORD] =
        "SELECT kind, subject, owner, active, request, client FROM coordinator_records "
        "WHERE kind = ?1 AND subject = ?2",
    [SQLITE_STATEMENT_EACH_RECORD] =
        "SELECT kind, subject, owner, active, request, client FROM coordinator_records "
        "WHERE kind = ?1 ORDER BY insertion",
    [SQLITE_STATEMENT_INSERT_DELAYED] =
        "INSERT INTO delayed_plans (plan, start_at, start_before) VALUES (?1, ?2, ?3)",
    [SQLITE_STATEMENT_SELECT_DELAYED] =
        "SELECT plan, start_at, start_before FROM delayed_plans WHERE plan = ?1",
    [SQLITE_STATEMENT_EACH_DELAYED] =
        "SELECT plan, start_at, start_before FROM delayed_plans ORDER BY start_at, insertion",
    [SQLITE_STATEMENT_DELETE_DELAYED] = "DELETE FROM delayed_plans WHERE plan = ?1",
    [SQLITE_STATEMENT_INSERT_DEPENDENCY] =
        "INSERT INTO dependencies (plan, blocked_by) VALUES (?1, ?2)",
    [SQLITE_STATEMENT_EACH_DEPENDENCY] =
        "SELECT blocked_by FROM dependencies WHERE plan = ?1 ORDER BY insertion",
};

const char *sqlite_statement_text(enum sqlite_statement statement)
{
    return texts[statement];
}
