"""What all code work of a process shares: a goal's workspace, opened for a task at a time, closed after the goal."""

import asyncio
import datetime as dt
import errno
import itertools
import logging
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from engine.agents.breaker import Breaker, BreakerOpen
from engine.coding.answers import give_back
from engine.coding.bench import Bench, Edges
from engine.coding.journal import Journal
from engine.coding.kept_hand_ins import KeptHandIns
from engine.coding.options import REPOSITORY
from engine.coding.refusals import CodeRefused
from engine.coding.repositories import Repository, RepositoryId
from engine.coding.workbench import CodeSources
from engine.coding.workspaces import IN_USE, Workspace, WorkspaceStatus, day_is_over, moved
from engine.errors import InvalidInputError, NotFoundError, PermanentError, ResourceBlocked, TemporaryError, WorkError
from engine.goals import Goal
from engine.values import Cause, GoalId, TaskNumber
from engine.workspace.git.claiming import claim
from engine.workspace.git.discarding import discard, purge, restore
from engine.workspace.git.errors import BranchRefused, GitBusy, GitFailed, RepositoryRefused
from engine.workspace.git.fitness import try_out
from engine.workspace.git.inspecting import locate
from engine.workspace.git.laying_out import lay_spare
from engine.workspace.git.naming import tree_folder
from engine.workspace.git.putting_away import put_away, take_up
from engine.workspace.git.reading import changes
from engine.workspace.git.rebasing import rebase
from engine.workspace.git.worktrees import base_commit, head_of
from engine.workspace.sandbox.running import SandboxLost

logger = logging.getLogger(__name__)

_SURE = 3_600.0
"""Seconds for which a branch's day must have been over before it goes, by a clock that nobody sets: one that was put
forward by mistake, and is put right again, has taken nothing away by then."""
_LOOK_AGAIN = 60.0
"""Seconds until a repository that is away, or that git fails in, is looked at again."""
_UNFIT = (GitBusy, GitFailed, OSError)
"""What tells of git, the repository's folder or the machine, and nothing of the code: it is waited for."""
_OF_OTHERS = (TimeoutError, ConnectionError)
"""Errors of the operating system's that tell of neither."""


class Benches:
    """All workspaces of this process."""

    def __init__(self, sources: CodeSources, edges: Edges, steady: Callable[[], float] = time.monotonic) -> None:
        """`steady` gives seconds that only go forward, as fast as time does."""
        self.sources = sources
        self.edges = edges
        self._store = sources.store
        self._clock = edges.git.clock
        self._locks: dict[GoalId, asyncio.Lock] = {}
        self._breakers: dict[RepositoryId, Breaker] = {}
        self._why_unfit: dict[RepositoryId, str] = {}  # what was said when work there last failed
        self._opened = itertools.count(1)
        self._steady = steady
        self._over_since: dict[GoalId, float] = {}
        self.kept = KeptHandIns(edges.git.home / "handed")
        """What people handed in and is to be tried."""
        self.keeping = asyncio.Lock()

    @asynccontextmanager
    async def open(self, goal: Goal, task: TaskNumber | None = None) -> AsyncIterator[Bench]:
        """The goal's workspace, made or resumed; nobody else of this process works in it meanwhile.

        All that was done is written into the goal's log at the end, in the task's name (None: no task's). Raises
        `PermanentError` where the goal names no repository that its owner may use, or the repository can't be worked
        on, `ResourceBlocked` while it is away, or git or the machine fails in it, and what else git raises.
        """
        async with self.locked(goal.id):
            repository = await self._seen(await self.repository_of(goal))
            async with self._watched(repository), self._opened_bench(goal, repository, task) as bench:
                yield bench

    @asynccontextmanager
    async def _opened_bench(self, goal: Goal, repository: Repository, task: TaskNumber | None) -> AsyncIterator[Bench]:
        journal = Journal(task)
        workspace = await self._made(goal, repository)
        ensured = await take_up(self.edges.git, repository.path, workspace.branch, workspace.base_commit)
        workspace = await self._is_ready(workspace, ensured.head)
        bench = Bench(self.edges, (repository, workspace, ensured.worktree), journal)
        try:
            async with bench.ahead:
                await give_back(bench, goal)
                yield bench
        finally:
            cause = Cause(f"code:{goal.id}:{self.sources.boot}:{next(self._opened)}")
            await self.sources.ledger.change(goal.id, journal.written_down(), cause)
        await self._note_tip(workspace, await head_of(self.edges.git, ensured.worktree))

    async def catch_up(self, goal: GoalId) -> None:
        """Have a branch on which nothing was done yet start from its base branch as that is now."""
        async with self.locked(goal):
            workspace = await self._store.workspace(goal)
            if workspace is None or workspace.status not in IN_USE:
                return
            git, repository = self.edges.git, await self.repository_there(workspace)
            async with self._watched(repository):
                ensured = await take_up(git, repository.path, workspace.branch, workspace.base_commit)
                if ensured.head == workspace.base_commit and not await changes(git, ensured.worktree):
                    came = await rebase(git, ensured.worktree, workspace.base)
                    await self.keep(replace(workspace, base_commit=came.worktree.base, tip=came.head))

    def locked(self, goal: GoalId) -> asyncio.Lock:
        """Held by whoever works in the goal's workspace."""
        return self._locks.setdefault(goal, asyncio.Lock())

    def breaker_for(self, repository: RepositoryId) -> Breaker:
        """Opens when work in a repository fails again and again for reasons that are not the code's."""
        return self._breakers.setdefault(repository, Breaker(str(repository), self._steady))

    @asynccontextmanager
    async def _watched(self, repository: Repository) -> AsyncIterator[None]:
        """While somebody works in it. What is not fit there is away for a while, so that no attempt is lost to it.

        Raises `ResourceBlocked`, at once where the same went wrong several times in a row, and `PermanentError` for a
        name that is too long: no waiting makes it shorter.
        """
        breaker = self.breaker_for(repository.id)
        try:
            is_probe = breaker.admit()
        except BreakerOpen as error:
            why = f"it failed several times in a row, at last with: {self._why_unfit[repository.id]}"
            raise _unfit(repository, why, error.retry_after) from error
        try:
            if is_probe:  # a short question, so that nobody waits for as long as somebody's work takes
                await self._asked(repository)
                breaker.succeeded()
                is_probe = False
            yield
        except BaseException as error:
            if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
                breaker.undecided(is_probe=is_probe)
                raise PermanentError(error.strerror) from error
            if not isinstance(error, (*_UNFIT, RepositoryRefused, SandboxLost)) or isinstance(error, _OF_OTHERS):
                breaker.undecided(is_probe=is_probe)
                raise
            breaker.failed(is_probe=is_probe)
            said = error.strerror if isinstance(error, OSError) else None
            self._why_unfit[repository.id] = said or str(error)
            if isinstance(error, _UNFIT):
                raise _unfit(repository, said or str(error), _LOOK_AGAIN) from error
            raise
        breaker.succeeded()

    async def _asked(self, repository: Repository) -> None:
        """Whether a repository is fit for work again. Raises what tells of it where it is not."""
        with suppress(RepositoryRefused):  # the work itself says so, where that is in its way
            located = await locate(self.edges.git, repository.path)
            await try_out(self.edges.git, located, await base_commit(self.edges.git, located, repository.terms.base))

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
        return await self.sources.repositories.named(goal.owner, named)

    async def close(self, goal: GoalId) -> None:
        """Take a goal's worktree away; its branch stays, and what is not committed is kept until it is opened again.

        May be done twice, and where there never was one.
        """
        async with self.locked(goal):
            workspace = await self._store.workspace(goal)
            if workspace is None or workspace.status not in IN_USE:
                return
            repository = await self.repository_there(workspace)
            await self.take_away(repository, workspace)
            await asyncio.to_thread(shutil.rmtree, self.edges.outputs_of(workspace), ignore_errors=True)
            await self.keep(moved(workspace, WorkspaceStatus.REMOVED, self._clock.now()))
            if repository.is_removed:
                return
            with suppress(WorkError, OSError):  # without it the next goal begins a little later
                located = await locate(self.edges.git, repository.path)
                commit = await base_commit(self.edges.git, located, workspace.base)
                await lay_spare(self.edges.git, located, commit)

    async def in_use(self, workspace: Workspace) -> Workspace:
        """The same, written down as one that may have a worktree: whatever is left of that is found and taken away."""
        if workspace.status in IN_USE:
            return workspace
        try:
            return await self.keep(moved(workspace, WorkspaceStatus.MAKING, self._clock.now()))
        except TemporaryError:
            newest = await self.known(workspace.goal)
            if newest.status in IN_USE:  # a press and the job that it began write down the same
                return newest
            raise

    async def take_away(self, repository: Repository, workspace: Workspace) -> None:
        """Take the files of a worktree away, and what was laid out beside it; the work stays with the branch."""
        await put_away(self.edges.git, repository.path, workspace.branch)

    async def discard(self, goal: GoalId) -> Workspace:
        """Throw a goal's branch away; for a day it can be had back. May be done twice. Raises `NotFoundError`."""
        async with self.locked(goal):
            workspace = await self.known(goal)
            repository = await self.repository_there(workspace)
            gone = await discard(self.edges.git, repository.path, workspace.branch)
            if workspace.status is WorkspaceStatus.DISCARDED:
                return workspace
            now = self._clock.now()
            return await self.keep(moved(replace(workspace, tip=gone.commit), WorkspaceStatus.DISCARDED, now))

    async def restore(self, goal: GoalId) -> Workspace:
        """Bring a branch back that was thrown away. Raises `NotFoundError`, `RefusedError` (branch_gone).

        What counts is whether it is there still, not what the clock says.
        """
        async with self.locked(goal):
            workspace = await self.known(goal)
            if workspace.status in (WorkspaceStatus.REMOVED, *IN_USE):
                return workspace
            repository = await self.repository_there(workspace)
            try:
                tip = await restore(self.edges.git, repository.path, workspace.branch)
            except BranchRefused as error:
                told = f"the day in which «{workspace.branch}» could be had back is over"
                raise CodeRefused("branch_gone", told) from error
            return await self.keep(moved(replace(workspace, tip=tip), WorkspaceStatus.REMOVED, self._clock.now()))

    async def look_after(self) -> None:
        """Let go of branches whose day is over."""
        for workspace in await self._store.workspaces((WorkspaceStatus.DISCARDED,)):
            try:
                await self._let_go(workspace)
            except WorkError as error:  # its repository may be away; the others are looked after all the same
                logger.warning("the branch of goal %s could not be looked after: %s", workspace.goal, error)

    async def _let_go(self, workspace: Workspace) -> None:
        now = self._clock.now()
        if self._is_surely_over(workspace, now):
            repository = await self.repository_there(workspace)
            await purge(self.edges.git, repository.path, workspace.branch)
            await self.keep(moved(workspace, WorkspaceStatus.GONE, now))

    def _is_surely_over(self, workspace: Workspace, now: dt.datetime) -> bool:
        """Whether a discarded branch's day is over, by the clock of now and by all that was seen of it for a while."""
        if not day_is_over(workspace, now):
            self._over_since.pop(workspace.goal, None)
            return False
        since = self._over_since.setdefault(workspace.goal, self._steady())
        return self._steady() - since >= _SURE

    async def _made(self, goal: Goal, repository: Repository) -> Workspace:
        """The row, written before git is asked."""
        found = await self._store.workspace(goal.id)
        if found is not None and found.status in IN_USE:
            return found
        if found is not None and found.status is WorkspaceStatus.DISCARDED:
            raise PermanentError(f"its branch «{found.branch}» was thrown away; bring it back first")
        again = None if found is None else moved(found, WorkspaceStatus.MAKING, self._clock.now())
        if found is not None and again is not None and found.status is not WorkspaceStatus.GONE:
            return await self.keep(again)
        git = self.edges.git
        located = await locate(git, repository.path)
        commit = await base_commit(git, located, repository.terms.base)
        branch = await claim(git, located, goal.id, goal.name, commit)  # a name of a branch that went may be another's
        path = tree_folder(git, located, branch)
        if again is not None:
            return await self.keep(replace(again, branch=branch, path=path, base_commit=commit, tip=""))
        new = Workspace(
            goal=goal.id,
            repository=repository.id,
            branch=branch,
            base=repository.terms.base,
            base_commit=commit,
            path=path,
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

    async def repository_there(self, workspace: Workspace) -> Repository:
        """The same, seen to be where it was. Raises `ResourceBlocked` while it is not."""
        return await self._seen(await self.repository_in(workspace))

    async def _seen(self, repository: Repository) -> Repository:
        """A repository that is where it was when it was registered. Raises `ResourceBlocked`: it may come back."""
        try:
            await self.sources.repositories.look_at(repository)
        except InvalidInputError as error:
            named = f"the repository «{repository.name}»"
            told = f"{named} is not where it was: {error.problem}. Nothing is lost: it goes on once that is there again"
            raise ResourceBlocked(named, told, retry_after=_LOOK_AGAIN) from error
        return repository

    async def repository_in(self, workspace: Workspace) -> Repository:
        """The repository of a workspace, also when it was removed since. Raises `PermanentError`."""
        repository = await self._store.repository(workspace.repository)
        if repository is None:
            raise PermanentError("its repository is not known any more")
        return repository


def _unfit(repository: Repository, why: str, seconds: float | None) -> ResourceBlocked:
    named = f"the repository «{repository.name}»"
    return ResourceBlocked(named, f"{named} can't be worked on just now: {why}", retry_after=seconds)
