"""Workspaces: a worktree on a goal's own branch, from before it is made until its branch can't come back."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from engine.coding.repositories import RepositoryId
from engine.errors import IllegalMoveError
from engine.values import GoalId

UNDO = dt.timedelta(days=1)
"""How long a branch that was discarded can be had back at least, by the clock of this machine."""


class WorkspaceStatus(StrEnum):
    """How things stand with a worktree and its branch."""

    MAKING = "making"
    """Written before git is asked: after a crash it is made anew, or found made."""
    READY = "ready"
    REMOVED = "removed"
    """The worktree is gone, the branch stays."""
    DISCARDED = "discarded"
    """The branch is to go; until `undo_until`, and for as long after it as it has not gone, it can be had back."""
    GONE = "gone"
    """The branch went."""


_MOVES = {
    WorkspaceStatus.MAKING: {WorkspaceStatus.READY, WorkspaceStatus.REMOVED, WorkspaceStatus.DISCARDED},
    WorkspaceStatus.READY: {WorkspaceStatus.MAKING, WorkspaceStatus.REMOVED, WorkspaceStatus.DISCARDED},
    WorkspaceStatus.REMOVED: {WorkspaceStatus.MAKING, WorkspaceStatus.DISCARDED},
    WorkspaceStatus.DISCARDED: {WorkspaceStatus.REMOVED, WorkspaceStatus.GONE},
    WorkspaceStatus.GONE: {WorkspaceStatus.MAKING},
}
IN_USE = frozenset({WorkspaceStatus.MAKING, WorkspaceStatus.READY})
"""A goal works in it: its repository stays registered."""
BRANCHLESS = frozenset({WorkspaceStatus.DISCARDED, WorkspaceStatus.GONE})
"""There is no branch just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where one goal's code work happens. A goal has one."""

    goal: GoalId
    repository: RepositoryId
    branch: str
    base: str
    """The branch that it started from."""
    base_commit: str
    """Its commit then, in full hex; empty while it is not known."""
    tip: str = ""
    """The branch's newest commit that is known, in full hex: a discarded branch comes back from it. Empty for none."""
    path: Path
    """Of the worktree, whether or not there is one just now."""
    status: WorkspaceStatus = WorkspaceStatus.MAKING
    undo_until: dt.datetime | None = None  # None unless it is discarded
    revision: int = 0
    """0 until it is kept; then it grows with every change, and a change of an older one is refused."""


def moved(workspace: Workspace, status: WorkspaceStatus, now: dt.datetime) -> Workspace:
    """The workspace in another status. Raises `IllegalMoveError` for a step that there is not."""
    if status not in _MOVES[workspace.status]:
        raise IllegalMoveError("a workspace", workspace.status.value, status.value)
    until = now + UNDO if status is WorkspaceStatus.DISCARDED else None
    return replace(workspace, status=status, undo_until=until)


def day_is_over(workspace: Workspace, now: dt.datetime) -> bool:
    """Whether a discarded branch may go, if the clock can be believed."""
    until = workspace.undo_until
    return workspace.status is WorkspaceStatus.DISCARDED and until is not None and now >= until
