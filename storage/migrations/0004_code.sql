-- Code work: repositories that it may touch, and the worktrees of goals in them.

CREATE TABLE repositories (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- buttons carry it: no id is given twice
    owner         INTEGER,           -- NULL: the operator lists it, for everybody
    chat          INTEGER,           -- where it was added; NULL: the operator lists it
    name          TEXT    NOT NULL,
    path          TEXT    NOT NULL,  -- resolved
    terms         TEXT    NOT NULL,  -- JSON: commands, what may be touched, where new files go, base branch, pushes
    revision      INTEGER NOT NULL,  -- buttons carry it
    cause         TEXT,              -- of the newest change; NULL: the operator's list
    registered_at TEXT    NOT NULL,
    changed_at    TEXT    NOT NULL,
    removed_at    TEXT               -- NULL: new work may begin in it
) STRICT;

CREATE UNIQUE INDEX repositories_by_path ON repositories (COALESCE(owner, 0), path) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX repositories_by_cause ON repositories (cause) WHERE cause IS NOT NULL;

CREATE TABLE workspaces (
    goal        INTEGER PRIMARY KEY REFERENCES executor_goals (id),
    repository  INTEGER NOT NULL REFERENCES repositories (id),
    branch      TEXT    NOT NULL,
    base        TEXT    NOT NULL,  -- the branch that it started from
    base_commit TEXT    NOT NULL,  -- empty while it is not known
    tip         TEXT    NOT NULL,  -- the branch's newest commit that is known; empty: none
    path        TEXT    NOT NULL,  -- of the worktree
    status      TEXT    NOT NULL,  -- making, ready, removed, discarded, gone
    undo_until  TEXT,              -- NULL unless it is discarded
    revision    INTEGER NOT NULL,
    made_at     TEXT    NOT NULL,
    changed_at  TEXT    NOT NULL
) STRICT;

CREATE INDEX workspaces_in_use ON workspaces (repository) WHERE status IN ('making', 'ready');
CREATE INDEX workspaces_discarded ON workspaces (undo_until) WHERE status = 'discarded';
