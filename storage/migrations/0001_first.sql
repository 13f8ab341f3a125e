-- The first schema. Times are UTC as ISO text with microseconds, so that they sort as text and read the same in a
-- column and inside JSON. JSON columns hold what only the engine looks into; what a query asks for has its own column.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- The seven tables of the mission ------------------------------------------------------------------------------------

CREATE TABLE executor_goals (
    id                INTEGER PRIMARY KEY,
    name              TEXT    NOT NULL,
    description       TEXT    NOT NULL,
    success_criteria  TEXT    NOT NULL,  -- JSON, list of text
    priority          INTEGER NOT NULL,  -- 1 low … 4 urgent
    deadline          TEXT,
    metadata          TEXT    NOT NULL,  -- JSON
    chat              INTEGER,           -- NULL: a goal of a program
    owner             INTEGER,
    parent_goal       INTEGER,           -- with parent_task: the task of another goal that this one serves
    parent_task       INTEGER,
    depth             INTEGER NOT NULL,
    strategies        TEXT    NOT NULL,  -- JSON: blockage kind → strategy, where a person set another
    reasoning_session TEXT,
    created_at        TEXT    NOT NULL,
    status            TEXT    NOT NULL,
    progress          REAL    NOT NULL,  -- 0 to 1
    plan_version      INTEGER NOT NULL,  -- 0: no plan yet
    plan_source       TEXT    NOT NULL,
    proposed_version  INTEGER,           -- a repair that waits for approval
    adapting          TEXT,              -- JSON: an adaptation that is due
    fruitless         INTEGER NOT NULL,
    adaptations       INTEGER NOT NULL,
    last_blockage     INTEGER NOT NULL,
    last_task         INTEGER NOT NULL,
    deadline_grace    TEXT,
    deadline_warned   INTEGER NOT NULL,
    reason            TEXT    NOT NULL,
    updated_at        TEXT    NOT NULL,
    started_at        TEXT,
    ended_at          TEXT,
    revision          INTEGER NOT NULL   -- compared before every write
) STRICT;

CREATE INDEX goals_by_rank ON executor_goals (status, priority DESC, COALESCE(deadline, '~'), id);
CREATE INDEX goals_by_chat ON executor_goals (chat, updated_at DESC, id DESC) WHERE parent_goal IS NULL;
CREATE INDEX goals_by_parent ON executor_goals (parent_goal, id) WHERE parent_goal IS NOT NULL;
CREATE INDEX goals_adapting ON executor_goals (status, id) WHERE adapting IS NOT NULL;

CREATE TABLE goal_tasks (
    goal             INTEGER NOT NULL REFERENCES executor_goals (id),
    number           INTEGER NOT NULL,
    title            TEXT    NOT NULL,
    description      TEXT    NOT NULL,
    work             TEXT    NOT NULL,
    inputs           TEXT    NOT NULL,  -- JSON
    only_if_task     INTEGER,           -- with only_if_option: the choice that keeps this task alive
    only_if_option   TEXT,
    criterion        INTEGER,
    priority         INTEGER NOT NULL,  -- its goal's; within a goal `position` decides
    position         INTEGER NOT NULL,
    weight           REAL    NOT NULL,
    critical         INTEGER NOT NULL,
    estimate         TEXT    NOT NULL,  -- JSON: low, likely, high in hours
    resources        TEXT    NOT NULL,  -- JSON, list of text
    expected_outcome TEXT    NOT NULL,  -- JSON
    checkpoint       TEXT    NOT NULL,
    target_count     INTEGER NOT NULL,
    plan_version     INTEGER NOT NULL,
    status           TEXT    NOT NULL,
    unmet            INTEGER NOT NULL,  -- how many of its dependencies have not ended
    count            INTEGER NOT NULL,
    attempts         INTEGER NOT NULL,
    retry_count      INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN attempts > 1 THEN attempts - 1 ELSE 0 END) STORED,
    attempt_serial   INTEGER NOT NULL,
    lost             INTEGER NOT NULL,
    revivals         INTEGER NOT NULL,
    lease_attempt    INTEGER,
    lease_boot       TEXT,
    lease_until      TEXT,
    waiting          TEXT,              -- JSON
    due_at           TEXT,
    actual_outcome   TEXT,              -- JSON
    last_error       TEXT    NOT NULL,
    started_at       TEXT,
    ended_at         TEXT,
    revision         INTEGER NOT NULL,
    PRIMARY KEY (goal, number)
) STRICT;

CREATE INDEX tasks_ready ON goal_tasks (goal, position, number, due_at) WHERE status = 'pending' AND unmet = 0;
CREATE INDEX tasks_running ON goal_tasks (goal, number, lease_boot) WHERE status = 'running';

CREATE TABLE goal_milestones (
    goal           INTEGER NOT NULL REFERENCES executor_goals (id),
    position       INTEGER NOT NULL,
    percent        INTEGER NOT NULL,  -- 0: a checkpoint of the plan's own
    name           TEXT    NOT NULL,
    milestone_type TEXT    NOT NULL,  -- planning, checkpoint or completion
    task           INTEGER,           -- the task that reaches a checkpoint of the plan's own
    achieved_at    TEXT,
    notified       INTEGER NOT NULL DEFAULT 0,
    notified_at    TEXT,
    PRIMARY KEY (goal, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE goal_progress (
    id       INTEGER PRIMARY KEY,
    goal     INTEGER NOT NULL REFERENCES executor_goals (id),
    at       TEXT    NOT NULL,
    progress REAL    NOT NULL,
    status   TEXT    NOT NULL,
    note     TEXT    NOT NULL
) STRICT;

CREATE INDEX progress_by_goal ON goal_progress (goal, id);

CREATE TABLE goal_adaptations (
    goal        INTEGER NOT NULL REFERENCES executor_goals (id),
    number      INTEGER NOT NULL,
    at          TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    -- what set it off: deviation, task_failed, world_changed or requested
    triggered_by TEXT   NOT NULL,
    deviation   REAL    NOT NULL,  -- of the outcome from what was expected, 0 to 1
    old_version INTEGER NOT NULL,
    new_version INTEGER NOT NULL,
    old_plan    TEXT    NOT NULL,  -- JSON, list of tasks
    new_plan    TEXT    NOT NULL,  -- JSON, list of tasks
    summary     TEXT    NOT NULL,
    kept        TEXT    NOT NULL,  -- JSON, numbers of the finished tasks that stayed
    PRIMARY KEY (goal, number)
) STRICT;

CREATE TABLE goal_blockages (
    goal                INTEGER NOT NULL REFERENCES executor_goals (id),
    number              INTEGER NOT NULL,
    task                INTEGER,           -- NULL: it holds up the whole goal
    blockage_type       TEXT    NOT NULL,  -- dependency, resource, error or external
    description         TEXT    NOT NULL,
    needed              TEXT    NOT NULL,
    from_whom           TEXT    NOT NULL,
    how                 TEXT    NOT NULL,
    resolution_strategy TEXT    NOT NULL,
    raised_at           TEXT    NOT NULL,
    resolution_attempts TEXT    NOT NULL,  -- JSON, list of {at, what, result}
    resolution          TEXT    NOT NULL,
    resolved_at         TEXT,
    status              TEXT    NOT NULL
        GENERATED ALWAYS AS (CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END) STORED,
    PRIMARY KEY (goal, number)
) STRICT;

CREATE INDEX blockages_open ON goal_blockages (goal) WHERE resolved_at IS NULL;

CREATE TABLE goal_execution_log (
    sequence INTEGER PRIMARY KEY,
    goal     INTEGER NOT NULL REFERENCES executor_goals (id),
    task     INTEGER,          -- NULL: an event of the goal as a whole
    event    TEXT    NOT NULL,
    at       TEXT    NOT NULL,
    cause    TEXT    NOT NULL,
    details  TEXT    NOT NULL  -- JSON
) STRICT;

CREATE INDEX log_by_goal ON goal_execution_log (goal, sequence);
CREATE INDEX log_by_time ON goal_execution_log (at);

-- What the life of a goal needs beside them --------------------------------------------------------------------------

CREATE TABLE task_dependencies (
    goal       INTEGER NOT NULL,
    task       INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    depends_on INTEGER NOT NULL,
    PRIMARY KEY (goal, task, place),
    FOREIGN KEY (goal, task) REFERENCES goal_tasks (goal, number) ON DELETE CASCADE,
    FOREIGN KEY (goal, depends_on) REFERENCES goal_tasks (goal, number) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
    goal       INTEGER NOT NULL REFERENCES executor_goals (id),
    task       INTEGER NOT NULL,
    attempt    INTEGER NOT NULL,  -- with boot: the lease
    boot       TEXT    NOT NULL,
    started_at TEXT    NOT NULL,
    ended_at   TEXT,
    result     TEXT    NOT NULL,  -- running, or the event that ended it
    error      TEXT    NOT NULL,
    PRIMARY KEY (goal, task, attempt)
) STRICT;

CREATE TABLE plans (
    goal    INTEGER NOT NULL REFERENCES executor_goals (id),
    version INTEGER NOT NULL,
    at      TEXT    NOT NULL,
    source  TEXT    NOT NULL,
    status  TEXT    NOT NULL,  -- proposed, adopted, rejected or superseded
    plan    TEXT    NOT NULL,  -- JSON: a plan, or the repair that leads to this version
    PRIMARY KEY (goal, version)
) STRICT;

CREATE TABLE wakeups (
    subject TEXT PRIMARY KEY,
    at      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX wakeups_by_time ON wakeups (at, subject);

CREATE TABLE causes (
    cause TEXT    PRIMARY KEY,
    goal  INTEGER NOT NULL,
    at    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- The border to the chat ---------------------------------------------------------------------------------------------

CREATE TABLE inbox (
    bot         INTEGER NOT NULL,
    update_id   INTEGER NOT NULL,
    chat        INTEGER,
    payload     TEXT    NOT NULL,  -- Telegram's JSON; empty once handled
    status      TEXT    NOT NULL DEFAULT 'waiting',  -- waiting, done or parked
    failures    INTEGER NOT NULL DEFAULT 0,
    error       TEXT    NOT NULL DEFAULT '',
    received_at TEXT    NOT NULL,
    settled_at  TEXT,
    PRIMARY KEY (bot, update_id)
) STRICT;

CREATE INDEX inbox_waiting ON inbox (bot, update_id) WHERE status = 'waiting';

CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    chat         INTEGER NOT NULL,
    goal         INTEGER,
    kind         TEXT    NOT NULL,  -- the notice's kind, or 'rendered'
    content      TEXT    NOT NULL,  -- JSON: the notice, or the message as Telegram wants it
    silent       INTEGER NOT NULL,
    status       TEXT    NOT NULL DEFAULT 'queued',  -- queued, sending, aside, sent or dropped
    tries        INTEGER NOT NULL DEFAULT 0,
    perhaps_sent INTEGER NOT NULL DEFAULT 0,
    not_before   TEXT,
    message      INTEGER,           -- its id at Telegram
    error        TEXT    NOT NULL DEFAULT '',
    created_at   TEXT    NOT NULL,
    settled_at   TEXT
) STRICT;

-- A partial index serves only queries that say its condition in the same words.
CREATE INDEX outbox_queued ON outbox (id) WHERE status = 'queued';
CREATE INDEX outbox_aside ON outbox (id) WHERE status = 'aside';

CREATE TABLE cards (
    goal        INTEGER PRIMARY KEY REFERENCES executor_goals (id),
    chat        INTEGER NOT NULL,
    message     INTEGER,           -- NULL: to be sent anew
    replaced    INTEGER,           -- the message it was before that; a late save of it is ignored
    wanted      INTEGER NOT NULL,
    shown       INTEGER NOT NULL,
    fingerprint TEXT    NOT NULL,
    facts       TEXT    NOT NULL   -- JSON
) STRICT;

CREATE INDEX cards_outdated ON cards (goal) WHERE wanted <> shown;

CREATE TABLE chats (
    chat           INTEGER PRIMARY KEY,
    owner          INTEGER,
    zone           TEXT    NOT NULL,
    zone_known     INTEGER NOT NULL,
    digest_hour    INTEGER,
    digest_days    TEXT    NOT NULL,  -- JSON, 0 is Monday
    quiet_from     INTEGER,
    quiet_to       INTEGER,
    blocked        INTEGER NOT NULL,
    last_digest    TEXT    NOT NULL,  -- local date of the last digest
    last_digest_at TEXT
) STRICT;

CREATE TABLE dialogues (
    chat  INTEGER PRIMARY KEY,
    name  TEXT NOT NULL,
    facts TEXT NOT NULL  -- JSON
) STRICT;

CREATE TABLE owners (
    user_id  INTEGER PRIMARY KEY,
    added_at TEXT NOT NULL
) STRICT;
