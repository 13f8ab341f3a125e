-- What the plan itself says of a task, so that what came of it can be held against it and learned from. What was learned
-- is laid over these figures whenever somebody asks and never written here: it would feed on itself.

ALTER TABLE goal_tasks ADD COLUMN success REAL NOT NULL DEFAULT 0.9;  -- the odds that its method gives it, 0 to 1
ALTER TABLE goal_tasks ADD COLUMN cost REAL NOT NULL DEFAULT 0.0;     -- in the money of the goal's budget
ALTER TABLE goal_tasks ADD COLUMN method TEXT NOT NULL DEFAULT '';    -- method or method/primitive; empty: no library's

-- What is remembered of a task whatever becomes of its attempts: failures in the same way, the plan version in which it
-- was last seen to lag, when a check turned, and the numbers reported so far.
ALTER TABLE goal_tasks ADD COLUMN history TEXT NOT NULL DEFAULT '{}';  -- JSON

-- The plans that a person can choose between while the newest one waits for approval.
ALTER TABLE executor_goals ADD COLUMN plan_options TEXT NOT NULL DEFAULT '[]';  -- JSON, list of plans in short

-- What the monitor has seen of a goal, so that it speaks of each thing once, also after a restart.
ALTER TABLE executor_goals ADD COLUMN in_vain TEXT NOT NULL DEFAULT '[]';     -- JSON, list of {at, what, result}
ALTER TABLE executor_goals ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;     -- plan version whose deadline is in doubt
ALTER TABLE executor_goals ADD COLUMN resumed_at TEXT;                        -- NULL: it never stopped
-- What sets off an adaptation (goal_adaptations.triggered_by) may from here on also be overrun or forecast.
