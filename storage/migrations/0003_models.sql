-- Calls of language models and what they cost. Money is in micro-dollars. Spend is no event of a goal: a goal knows
-- only that a cap was reached or raised.

CREATE TABLE spend (
    id         INTEGER PRIMARY KEY,
    purpose    TEXT    NOT NULL,  -- plan, adapt, judge, chat, work …, or person for money that was reported
    goal       INTEGER,           -- NULL: it belongs to no goal
    task       INTEGER,
    chat       INTEGER,
    model      TEXT    NOT NULL,  -- empty for money that a person spent
    boot       TEXT    NOT NULL,
    status     TEXT    NOT NULL,  -- reserved, or how it ended
    micros     INTEGER NOT NULL,  -- the estimate while it is reserved
    tokens_in  INTEGER NOT NULL,  -- all tokens of the estimate while it is reserved
    tokens_out INTEGER NOT NULL,
    estimated  INTEGER NOT NULL,  -- 1: nobody said what it really took
    started_at TEXT    NOT NULL,
    seconds    REAL,              -- NULL while it is reserved
    error      TEXT    NOT NULL   -- or the note of a person
) STRICT;

CREATE INDEX spend_by_goal ON spend (goal, id) WHERE goal IS NOT NULL;
CREATE INDEX spend_reserved ON spend (boot) WHERE status = 'reserved';

-- What each call is charged to: the goal, those above it, and the chat's day.
CREATE TABLE spend_accounts (
    account    TEXT    NOT NULL,
    call       INTEGER NOT NULL REFERENCES spend (id),
    cap_micros INTEGER,           -- as it was at the call; NULL: no cap
    cap_tokens INTEGER,
    PRIMARY KEY (account, call)
) STRICT, WITHOUT ROWID;

CREATE INDEX spend_accounts_by_call ON spend_accounts (call);

-- Budgets. A cap is JSON: {"micros": …, "tokens": …}, null for what is not bounded.

ALTER TABLE executor_goals ADD COLUMN budget TEXT;   -- NULL: what the operator allows each goal
ALTER TABLE chats ADD COLUMN day_budget TEXT;        -- NULL: what the operator allows a day
ALTER TABLE goal_blockages ADD COLUMN shortage TEXT; -- JSON of the budget that was reached; NULL: another reason
ALTER TABLE spend ADD COLUMN cause TEXT;             -- of money that a person reported; NULL: a call

CREATE UNIQUE INDEX spend_by_cause ON spend (cause) WHERE cause IS NOT NULL;
CREATE INDEX blockages_of_money ON goal_blockages (goal) WHERE shortage IS NOT NULL AND resolved_at IS NULL;

-- What a day was allowed beyond its cap.
CREATE TABLE spend_grants (
    cause   TEXT    NOT NULL PRIMARY KEY,
    account TEXT    NOT NULL,
    micros  INTEGER NOT NULL,
    tokens  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spend_grants_by_account ON spend_grants (account);

-- Caps of which a chat was told that most is spent.
CREATE TABLE spend_told (
    account    TEXT    NOT NULL,
    cap_micros INTEGER NOT NULL, -- -1: no cap
    cap_tokens INTEGER NOT NULL,
    PRIMARY KEY (account, cap_micros, cap_tokens)
) STRICT, WITHOUT ROWID;

-- Reasoning sessions: the plans that a model proposed beside those from methods, what was chosen, and what it cost. Each
-- is written with the plan that came of it.
CREATE TABLE reasoning_sessions (
    id      TEXT    PRIMARY KEY,  -- executor_goals.reasoning_session
    goal    INTEGER NOT NULL REFERENCES executor_goals (id),
    version INTEGER NOT NULL,     -- of the plan
    at      TEXT    NOT NULL,
    purpose TEXT    NOT NULL,
    weighed TEXT    NOT NULL,     -- JSON: all plans that were compared, with their scores
    choice  TEXT    NOT NULL,
    faults  TEXT    NOT NULL,     -- JSON: what was sent back
    failure TEXT    NOT NULL,     -- empty where the model helped
    models  TEXT    NOT NULL,     -- JSON
    calls   INTEGER NOT NULL,
    micros  INTEGER NOT NULL,     -- micro-dollars
    tokens  INTEGER NOT NULL,
    seconds REAL    NOT NULL
) STRICT;

CREATE INDEX reasoning_sessions_by_goal ON reasoning_sessions (goal, version);

-- What the proactive agent found. The same finding of a goal is one row, whatever becomes of it.
CREATE TABLE findings (
    id         INTEGER PRIMARY KEY,
    goal       INTEGER NOT NULL,
    root       INTEGER NOT NULL,  -- the goal of its own that it serves in the end
    kind       TEXT    NOT NULL,
    about      TEXT    NOT NULL,  -- with the kind: what makes it the same
    finding    TEXT    NOT NULL,  -- JSON: tasks, figures, and what could be done
    status     TEXT    NOT NULL,  -- open, told, done, dismissed, gone
    revision   INTEGER NOT NULL,  -- buttons carry it
    found_at   TEXT    NOT NULL,
    told_at    TEXT,              -- NULL: the chat was not told
    changed_at TEXT    NOT NULL,
    UNIQUE (goal, kind, about)
) STRICT;

CREATE INDEX findings_live ON findings (goal) WHERE status IN ('open', 'told');
CREATE INDEX findings_told ON findings (root, told_at) WHERE told_at IS NOT NULL;

-- «Never this kind».
CREATE TABLE muted_findings (
    chat INTEGER NOT NULL,
    kind TEXT    NOT NULL,
    at   TEXT    NOT NULL,
    PRIMARY KEY (chat, kind)
) STRICT, WITHOUT ROWID;

-- Agents: hierarchies of them, who held each attempt, and what results came to when they were merged.
ALTER TABLE goal_tasks ADD COLUMN lease_agent TEXT; -- NULL: nobody in particular
ALTER TABLE attempts ADD COLUMN agent TEXT NOT NULL DEFAULT '';

CREATE INDEX attempts_by_agent ON attempts (agent) WHERE agent <> '';

CREATE TABLE hierarchies (
    name       TEXT PRIMARY KEY,
    lead       TEXT NOT NULL,
    workers    TEXT NOT NULL, -- JSON: [name, [capability, …], slots] of each
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE merges (
    goal   INTEGER NOT NULL REFERENCES executor_goals (id),
    digest TEXT    NOT NULL, -- of the results: the same ones are merged once
    merged TEXT    NOT NULL, -- JSON
    at     TEXT    NOT NULL,
    PRIMARY KEY (goal, digest)
) STRICT, WITHOUT ROWID;

-- Runs: conversations with a model about one thing, saved after every step.
CREATE TABLE agent_runs (
    id         INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE, -- what it came from
    kind       TEXT    NOT NULL,        -- task, turn
    goal       INTEGER,                 -- NULL: it is about no goal
    task       INTEGER,
    chat       INTEGER,
    thread     INTEGER,
    user       INTEGER,
    status     TEXT    NOT NULL,        -- ready, running, suspended, done, failed, cancelled
    revision   INTEGER NOT NULL,        -- with the boot: the claim of whoever carries it on
    boot       TEXT,                    -- NULL: nobody does
    messages   TEXT    NOT NULL,        -- JSON; empty before the first answer
    usage      TEXT    NOT NULL,        -- JSON; empty before the first answer
    output     TEXT,                    -- JSON; NULL until it came to an end
    error      TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    changed_at TEXT    NOT NULL
) STRICT;

CREATE INDEX agent_runs_by_task ON agent_runs (goal, task) WHERE goal IS NOT NULL;
CREATE INDEX agent_runs_under_way ON agent_runs (kind) WHERE status IN ('ready', 'running');

-- Calls of tools that runs made. What was begun and is not done was under way when the program stopped.
CREATE TABLE agent_calls (
    run       INTEGER NOT NULL REFERENCES agent_runs (id),
    call      TEXT    NOT NULL, -- the model's id of it
    tool      TEXT    NOT NULL,
    arguments TEXT    NOT NULL, -- JSON
    status    TEXT    NOT NULL, -- begun, done
    tries     INTEGER NOT NULL, -- how often it was begun
    result    TEXT,             -- JSON; NULL until it is done
    at        TEXT    NOT NULL,
    PRIMARY KEY (run, call)
) STRICT, WITHOUT ROWID;

-- What a person is asked about such a call, and the answer.
CREATE TABLE approvals (
    id         INTEGER PRIMARY KEY,
    run        INTEGER NOT NULL REFERENCES agent_runs (id),
    call       TEXT    NOT NULL,
    kind       TEXT    NOT NULL, -- consent, doubt
    tool       TEXT    NOT NULL,
    arguments  TEXT    NOT NULL, -- JSON
    digest     TEXT    NOT NULL, -- of tool and arguments: an answer is bound to it
    words      TEXT    NOT NULL,
    status     TEXT    NOT NULL, -- open, approved, denied, done, expired, withdrawn
    asked_at   TEXT    NOT NULL,
    expires_at TEXT    NOT NULL,
    decided_at TEXT,             -- NULL while it is open
    note       TEXT    NOT NULL
) STRICT;

CREATE INDEX approvals_by_run ON approvals (run);
CREATE UNIQUE INDEX approvals_open ON approvals (run, call, kind) WHERE status = 'open';

-- Files of goals: documents that people sent, and what agents wrote. The contents lie in a folder beside the database,
-- each under its digest.
CREATE TABLE goal_files (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,  -- buttons carry it: no id is given twice
    goal    INTEGER NOT NULL REFERENCES executor_goals (id),
    name    TEXT    NOT NULL,
    size    INTEGER NOT NULL,  -- bytes
    digest  TEXT    NOT NULL,  -- SHA-256
    source  TEXT    NOT NULL,  -- person or agent
    task    INTEGER,           -- NULL: no task wrote it
    note    TEXT    NOT NULL,  -- what was said with it
    album   TEXT    NOT NULL,  -- shared by files that a person sent at once; empty: it came alone
    kept_at TEXT    NOT NULL,
    UNIQUE (goal, name)
) STRICT;

CREATE INDEX goal_files_by_digest ON goal_files (digest);

-- Conversation. What people say to the model and what it answers; a line waits for its turn until it has one.
CREATE TABLE talk_turns (
    id       INTEGER PRIMARY KEY,
    chat     INTEGER NOT NULL,
    thread   INTEGER NOT NULL,  -- 0: outside topics
    user     INTEGER NOT NULL,  -- who said it
    status   TEXT    NOT NULL,  -- open, waiting, answered, failed
    tries    INTEGER NOT NULL,  -- how often a process has begun it
    shown    INTEGER,           -- the message that shows the answer as it grows; NULL: a draft, or nothing yet
    at       TEXT    NOT NULL,
    ended_at TEXT               -- NULL while it is open or waits
) STRICT;

CREATE INDEX talk_turns_open ON talk_turns (chat, thread, status) WHERE ended_at IS NULL;

CREATE TABLE talk_lines (
    id     INTEGER PRIMARY KEY,
    chat   INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    user   INTEGER,             -- NULL: the bot
    text   TEXT    NOT NULL,
    facts  TEXT    NOT NULL,    -- JSON: message, files, what it replies to
    source TEXT    UNIQUE,      -- the update; NULL: the bot
    turn   INTEGER REFERENCES talk_turns (id), -- NULL: it waits for one
    at     TEXT    NOT NULL
) STRICT;

CREATE INDEX talk_lines_by_place ON talk_lines (chat, thread, id);
CREATE INDEX talk_lines_by_turn ON talk_lines (turn);

-- What was said longer ago, in short; the lines themselves are gone.
CREATE TABLE talk_summaries (
    chat   INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    text   TEXT    NOT NULL,
    at     TEXT    NOT NULL,
    PRIMARY KEY (chat, thread)
) STRICT, WITHOUT ROWID;
