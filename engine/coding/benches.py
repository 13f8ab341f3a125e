"""What all code work of a process shares: a goal's workspace, opened for a task at a time, closed after the goal."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from engine.agents.breaker import Breaker
from engine.coding.bench import Bench, Edges
from engine.coding.journal import Journal
from engine.coding.options import REPOSITORY
from engine.coding.refusals import CodeRefused
from engine.coding.repositories import Repository
from engine.coding.workbench import CodeSources
from engine.coding.workspaces import IN_USE, UNDO, Workspace, WorkspaceStatus, can_be_undone, moved
from engine.errors import NotFoundError, PermanentError, TemporaryError
from engine.goals import Goal
from engine.values import Cause, GoalId, TaskNumber
from engine.workspace.git.discarding import discard, purge, restore
from engine.workspace.git.inspecting import locate
from engine.workspace.git.naming import branch_name, tree_folder
from engine.workspace.git.worktrees import base_commit, ensure, head_of, remove


class Benches:
    """All workspaces of this process."""

    def __init__(self, sources: CodeSources, edges: Edges) -> None:
        self.sources = sources
        self.edges = edges
        self._store = sources.store
        self._clock = edges.git.clock
        self._locks: dict[GoalId, asyncio.Lock] = {}
        self._breakers: dict[str, Breaker] = {}
        self._opened = itertools.count(1)

    @asynccontextmanager
    async def open(self, goal: Goal, task: TaskNumber | None = None) -> AsyncIterator[Bench]:
        """The goal's workspace, made or resumed; nobody else of this process works in it meanwhile.

        All that was done is written into the goal's log at the end, in the task's name (None: no task's). Raises
        `PermanentError` where the goal names no repository that its owner may use, or the repository can't be worked
        on, and what git raises.
        """
        async with self.locked(goal.id):
            journal = Journal(task)
            repository = await self.repository_of(goal)
            workspace = await self._made(goal, repository)
            ensured = await ensure(self.edges.git, repository.path, workspace.branch, workspace.base_commit)
            workspace = await self._is_ready(workspace, ensured.head)
            try:
                yield Bench(self.edges, (repository, workspace, ensured.worktree), journal)
            finally:
                cause = Cause(f"code:{goal.id}:{self.sources.boot}:{next(self._opened)}")
                await self.sources.ledger.change(goal.id, journal.written_down(), cause)
            await self._note_tip(workspace, await head_of(self.edges.git, ensured.worktree))

    def locked(self, goal: GoalId) -> asyncio.Lock:
        """Held by whoever works in the goal's workspace."""
        return self._locks.setdefault(goal, asyncio.Lock())

    def breaker_for(self, repository: str) -> Breaker:
        """Opens when work in a repository fails again and again for reasons that are not the code's."""
        now = self._clock.now
        return self._breakers.setdefault(repository, Breaker(repository, lambda: now().timestamp()))

    async def repository_of(self, goal: Goal) -> Repository:
        """The repository that a goal works in: that of its workspace, else the one that it names.

        Raises `PermanentError`.
        """
        workspace = await self._store.workspace(goal.id)
        if workspace is not None:
            return await self.repository_in(workspace)
        named = goal.metadata.get(REPOSITORY)
        if named is None:
            raise PermanentError("the goal names no repository")
        for one in await self.sources.repositories.of(goal.owner):
            if named in (one.id, one.name):
                return one
        raise PermanentError(f"there is no repository «{named}» that this goal may use; /repo shows them")

    async def close(self, goal: GoalId) -> None:
        """Take a goal's worktree away; its branch stays. May be done twice, and where there never was one."""
        async with self.locked(goal):
            workspace = await self._store.workspace(goal)
            if workspace is None or workspace.status not in IN_USE:
                return
            await self.take_away(await self.repository_in(workspace), workspace)
            await self.keep(moved(workspace, WorkspaceStatus.REMOVED, self._clock.now()))

    async def take_away(self, repository: Repository, workspace: Workspace) -> None:
        """Take the files of a worktree away, and what was laid out or kept beside it; the branch stays."""
        await remove(self.edges.git, repository.path, workspace.branch)

    async def discard(self, goal: GoalId) -> Workspace:
        """Throw a goal's branch away; for a day it can be had back. May be done twice. Raises `NotFoundError`."""
        async with self.locked(goal):
            workspace = await self.known(goal)
            repository = await self.repository_in(workspace)
            gone = await discard(self.edges.git, repository.path, workspace.branch)
            if workspace.status is WorkspaceStatus.DISCARDED:
                return workspace
            now = self._clock.now()
            return await self.keep(moved(replace(workspace, tip=gone.commit), WorkspaceStatus.DISCARDED, now))

    async def restore(self, goal: GoalId) -> Workspace:
        """Bring a branch back that was thrown away. Raises `NotFoundError`, `RefusedError` (branch_gone)."""
        async with self.locked(goal):
            workspace = await self.known(goal)
            if workspace.status in (WorkspaceStatus.REMOVED, *IN_USE):
                return workspace
            if not can_be_undone(workspace, self._clock.now()):
                raise CodeRefused("branch_gone", f"the day in which «{workspace.branch}» could be had back is over")
            repository = await self.repository_in(workspace)
            tip = await restore(self.edges.git, repository.path, workspace.branch)
            return await self.keep(moved(replace(workspace, tip=tip), WorkspaceStatus.REMOVED, self._clock.now()))

    async def look_after(self) -> None:
        """Let go of branches whose day is over."""
        now = self._clock.now()
        for workspace in await self._store.workspaces((WorkspaceStatus.DISCARDED,)):
            if not can_be_undone(workspace, now):
                repository = await self.repository_in(workspace)
                await purge(self.edges.git, repository.path, now - UNDO)
                await self.keep(moved(workspace, WorkspaceStatus.GONE, now))

    async def _made(self, goal: Goal, repository: Repository) -> Workspace:
        """The row, written before git is asked."""
        found = await self._store.workspace(goal.id)
        if found is not None and found.status in IN_USE:
            return found
        if found is not None and found.status is WorkspaceStatus.DISCARDED:
            raise PermanentError(f"its branch «{found.branch}» was thrown away; bring it back first")
        if found is not None:
            return await self.keep(moved(found, WorkspaceStatus.MAKING, self._clock.now()))
        git, branch = self.edges.git, branch_name(goal.id, goal.name)
        located = await locate(git, repository.path)
        new = Workspace(
            goal=goal.id,
            repository=repository.id,
            branch=branch,
            base=repository.terms.base,
            base_commit=await base_commit(git, located, repository.terms.base),
            path=tree_folder(git, located, branch),
        )
        return await self.keep(new)

    async def _is_ready(self, workspace: Workspace, tip: str) -> Workspace:
        if workspace.status is WorkspaceStatus.READY:
            return await self._note_tip(workspace, tip)
        return await self.keep(replace(moved(workspace, WorkspaceStatus.READY, self._clock.now()), tip=tip))

    async def _note_tip(self, workspace: Workspace, tip: str) -> Workspace:
        return workspace if workspace.tip == tip else await self.keep(replace(workspace, tip=tip))

    async def keep(self, workspace: Workspace) -> Workspace:
        """Write a workspace down. Raises `TemporaryError` where somebody else did meanwhile."""
        kept = await self._store.keep(workspace, self._clock.now())
        if kept is None:
            raise TemporaryError("somebody else changed this workspace meanwhile")
        return kept

    async def known(self, goal: GoalId) -> Workspace:
        """A goal's workspace. Raises `NotFoundError` where it has none, or its branch is gone."""
        workspace = await self._store.workspace(goal)
        if workspace is None or workspace.status is WorkspaceStatus.GONE:
            raise NotFoundError("branch of goal", goal)
        return workspace

    async def repository_in(self, workspace: Workspace) -> Repository:
        """The repository of a workspace, also when it was removed since. Raises `PermanentError`."""
        repository = await self._store.repository(workspace.repository)
        if repository is None:
            raise PermanentError("its repository is not known any more")
        return repository
