-- What a task still waits for is in the tables as it is, and asked for once, at a start: it is not counted beside them.
DROP INDEX tasks_ready;
ALTER TABLE goal_tasks DROP COLUMN unmet;
CREATE INDEX tasks_pending ON goal_tasks (goal, position, number, due_at) WHERE status = 'pending';

-- Nobody looks into the log by time: `sequence` has its order.
DROP INDEX log_by_time;
