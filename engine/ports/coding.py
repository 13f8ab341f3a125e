"""What code work asks of the store: repositories, and the workspaces of goals. `storage/` implements it."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Protocol

from engine.coding.repositories import CommandKind, NewRepository, Repository, RepositoryId, WantedTrial
from engine.coding.workspaces import Workspace, WorkspaceStatus
from engine.reporting.notices import Notice
from engine.values import Cause, ChatId, GoalId, UserId


class Workspaces(Protocol):
    """Repositories, and the worktrees of goals in them. A change of something that has changed since is refused."""

    async def repositories(self, user: UserId | None) -> Sequence[Repository]:
        """A person's own (None: nobody's) and the operator's, by name; without those that were removed."""
        ...

    async def repository(self, repository: RepositoryId) -> Repository | None:
        """One, also when it was removed; None when there is none of that id."""
        ...

    async def register(self, new: NewRepository, cause: Cause, now: dt.datetime) -> Repository:
        """Keep a new one; a repeat of the cause returns what it made.

        Raises `RefusedError`: repository_known (its path), repository_named (its name), too_many_repositories.
        """
        ...

    async def adopt(self, listed: Sequence[NewRepository], now: dt.datetime) -> None:
        """These are the operator's now. What was known of each by its path stays; those not listed are removed."""
        ...

    async def change(self, changed: Repository, cause: Cause, now: dt.datetime) -> Repository:
        """Keep name and terms of a repository whose revision is the one kept, and return it; a repeat changes nothing.

        Raises `RefusedError`: outdated, repository_named.
        """
        ...

    async def remove(self, repository: RepositoryId, cause: Cause, now: dt.datetime) -> Repository:
        """Let no new work begin in it, and return it; a repeat of the cause does nothing.

        Raises `NotFoundError` where it was removed before, `RefusedError` (repository_in_use) while a goal works in it.
        """
        ...

    async def want_trials(self, seen: Repository, kinds: Collection[CommandKind], chat: ChatId) -> bool:
        """Its commands of these kinds are to be tried as they are there, and the chat told. Those that it has not are
        not wanted any more. False where there is nothing to try."""
        ...

    async def trials(self) -> Sequence[WantedTrial]:
        """All that is to be tried, by repository."""
        ...

    async def end_trial(self, trial: WantedTrial, told: Sequence[Notice], now: dt.datetime) -> bool:
        """It is wanted no more, and `told` is queued, both or neither; False where another took its place meanwhile."""
        ...

    async def workspace(self, goal: GoalId) -> Workspace | None:
        """A goal's workspace; None when it has had none."""
        ...

    async def workspaces(self, statuses: Collection[WorkspaceStatus]) -> Sequence[Workspace]:
        """Those in one of these statuses, by goal."""
        ...

    async def keep(self, workspace: Workspace, now: dt.datetime) -> Workspace | None:
        """Keep a workspace, and return it with its next revision; None where another revision is kept by now.

        Raises `RefusedError` (repository_removed) for a first one in a repository that was removed.
        """
        ...
