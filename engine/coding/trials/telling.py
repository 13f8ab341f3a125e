"""Has a repository's commands tried when somebody names them, beside all else, and tells that chat what came of it."""

import asyncio
from collections.abc import Collection

from msgspec import to_builtins

from engine.coding.announcing import Begin
from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.reports import RepositoryTried, Trial
from engine.coding.repositories import CommandKind, Repository, RepositoryId, Terms
from engine.errors import EngineError
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.notifier import Notifier
from engine.values import ChatId, JsonObject

_TRIED = (CommandKind.TEST, CommandKind.LINT, CommandKind.BUILD)


class Trials:
    """One trial of a repository at a time; what was named since is tried instead, and what it was before is not told.

    A trial that a stop cuts off is not made up for: the repository's page has it made again.
    """

    def __init__(self, workbench: WorkbenchOnDemand, notifier: Notifier, begin: Begin) -> None:
        self._workbench = workbench
        self._notifier = notifier
        self._begin = begin
        self._newest: dict[tuple[RepositoryId, CommandKind], int] = {}
        self._locks: dict[RepositoryId, asyncio.Lock] = {}
        self._under_way = 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being tried."""
        return self._under_way == 0

    def begin(self, repository: Repository, kinds: Collection[CommandKind], chat: ChatId) -> bool:
        """Try these commands of it by and by, and tell the chat. False where there is nothing to try, or nobody to."""
        there = tuple(kind for kind in kinds if repository.terms.command(kind) is not None)
        self._newest |= {(repository.id, kind): repository.revision for kind in kinds}
        if not there or not self._begin(self._try(repository, there, chat), f"trial of {repository.name}"):
            return False
        self._under_way += 1
        return True

    async def _try(self, repository: Repository, kinds: Collection[CommandKind], chat: ChatId) -> None:
        try:
            async with self._locks.setdefault(repository.id, asyncio.Lock()):
                for kind in kinds:
                    await self._try_one(repository, kind, chat)
        finally:
            self._under_way -= 1

    async def _try_one(self, repository: Repository, kind: CommandKind, chat: ChatId) -> None:
        trial: Trial | None = None
        why = ""
        if self._is_outdated(repository, kind):
            return
        try:
            trial = await (await self._workbench.get()).try_command(repository, kind)
        except EngineError as error:
            why = str(error)
        except OSError as error:  # such as no room on the disk
            why = f"its files could not be laid out: {error.strerror}"
        if self._is_outdated(repository, kind):
            return
        tried = RepositoryTried(
            repository=repository.id, revision=repository.revision, name=repository.name, trial=trial, why=why
        )
        facts: JsonObject = to_builtins(tried)
        await self._notifier.send([Notice(kind=NoticeKind.COMMAND_TRIED, chat=chat, facts=facts)])

    def _is_outdated(self, repository: Repository, kind: CommandKind) -> bool:
        """Whether it is another command by now."""
        return self._newest[repository.id, kind] != repository.revision


def to_try(now: Terms, before: Terms | None = None) -> tuple[CommandKind, ...]:
    """The commands that are others now, or run on other dependencies; before None those that goals stand on."""
    if before is None:
        return (CommandKind.TEST,)
    fetched = [one.set_up.digest if one.set_up is not None and one.set_up.is_approved else "" for one in (now, before)]
    surroundings_differ = fetched[0] != fetched[1] or now.environment != before.environment
    changed = tuple(kind for kind in _TRIED if now.command(kind) != before.command(kind))
    return tuple(dict.fromkeys((CommandKind.TEST, *changed))) if surroundings_differ else changed
