"""Has a repository's commands tried when somebody names them, beside all else, and tells that chat what came of it."""

import asyncio
from collections.abc import Collection

from msgspec import to_builtins

from engine.coding.announcing import Begin
from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.reports import RepositoryTried, Trial
from engine.coding.repositories import CommandKind, Repository, RepositoryId, Terms, WantedTrial
from engine.errors import EngineError
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.notifier import Notifier
from engine.values import ChatId, JsonObject

_TRIED = (CommandKind.TEST, CommandKind.LINT, CommandKind.BUILD)


class Trials:
    """One trial of a repository at a time; what was named since is tried instead, and what it was before is not told.

    What is to be tried is in the books: what a stop cuts off is tried again by the next run.
    """

    def __init__(self, workbench: WorkbenchOnDemand, notifier: Notifier, begin: Begin) -> None:
        self._workbench = workbench
        self._store = workbench.sources.store
        self._notifier = notifier
        self._begin = begin
        self._locks: dict[RepositoryId, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being tried."""
        return not self._tasks

    async def want(self, repository: Repository, kinds: Collection[CommandKind], chat: ChatId) -> bool:
        """Have these commands of it tried by and by, and the chat told. False where there is nothing to try."""
        wanted = await self._store.want_trials(repository, kinds, chat)
        if wanted:
            self._go_on(repository.id)
        return wanted

    async def look_after(self) -> None:
        """The monitor's part: what an earlier run has not come to, or has not ended."""
        for repository in {trial.repository for trial in await self._store.trials()}:
            if repository not in self._locks or not self._locks[repository].locked():
                self._go_on(repository)

    async def stop(self) -> None:
        """Leave what is under way to the next run."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _go_on(self, repository: RepositoryId) -> None:
        if (task := self._begin(self._try(repository), f"trials of repository {repository}")) is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _try(self, repository: RepositoryId) -> None:
        async with self._locks.setdefault(repository, asyncio.Lock()):
            for trial in await self._store.trials():
                if trial.repository == repository:
                    await self._try_one(trial)

    async def _try_one(self, wanted: WantedTrial) -> None:
        repository = await self._store.repository(wanted.repository)
        told: list[Notice] = []
        if repository is not None and not repository.is_removed and repository.terms.command(wanted.kind) is not None:
            trial, why = await self._came_of(repository, wanted.kind)
            facts: JsonObject = to_builtins(
                RepositoryTried(
                    repository=repository.id, revision=repository.revision, name=repository.name, trial=trial, why=why
                )
            )
            told.append(Notice(kind=NoticeKind.COMMAND_TRIED, chat=wanted.chat, facts=facts))
        if await self._store.end_trial(wanted, told, self._workbench.sources.clock.now()):
            self._notifier.on_queued()

    async def _came_of(self, repository: Repository, kind: CommandKind) -> tuple[Trial | None, str]:
        """What came of it; or why nothing could be run."""
        try:
            return await (await self._workbench.get()).try_command(repository, kind), ""
        except EngineError as error:
            return None, str(error)
        except OSError as error:  # such as no room on the disk
            return None, f"its files could not be laid out: {error.strerror}"


def to_try(now: Terms, before: Terms | None = None) -> tuple[CommandKind, ...]:
    """The commands that are others now, or run on other dependencies; before None those that goals stand on."""
    if before is None:
        return (CommandKind.TEST,)
    fetched = [one.set_up.digest if one.set_up is not None and one.set_up.is_approved else "" for one in (now, before)]
    surroundings_differ = fetched[0] != fetched[1] or now.environment != before.environment
    changed = tuple(kind for kind in _TRIED if now.command(kind) != before.command(kind))
    return tuple(dict.fromkeys((CommandKind.TEST, *changed))) if surroundings_differ else changed
