"""The one door: every change to a goal is a decision that the ledger takes, commits and publishes.

Callers queue. One writer takes what waits, decides in order on the newest values, lets consequences, follow-ups for
other goals and granted slots join, commits the batch in one transaction, then publishes and resolves the callers.
Watchers are hints: whatever they would start is also found by a query.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from msgspec import Struct

from engine.clock import Clock
from engine.deciding import BatchUnderWay, Command
from engine.decisions import Creation, Decided, Decision
from engine.errors import ConflictError, EngineError, NotFoundError
from engine.goals import Goal
from engine.ports import LedgerStore, Rules
from engine.records import Change
from engine.values import Cause, GoalId

logger = logging.getLogger(__name__)

T = TypeVar("T")

CACHED_GOALS = 2_000
LARGEST_ID = 2**63 - 1
"""No goal has a higher one: the databases we write keep ids in 64 bits."""
MOST_CONFLICTS = 3


class _Queued(Struct, frozen=True, eq=False, kw_only=True):
    """A command with the caller that waits for it."""

    command: Command
    caller: asyncio.Future[Decided]
    stays: bool
    """Whether it is decided although its caller was cancelled."""


class _Listener(Struct, frozen=True, eq=False, kw_only=True):
    """Somebody who waits for changes of a goal."""

    changed: asyncio.Event
    matters: Callable[[Change], bool]

    def hear(self, change: Change) -> None:
        if self.matters(change):
            self.changed.set()


class Ledger:
    """Takes commands from any task of the event loop; `run` is the one writer."""

    def __init__(self, store: LedgerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._queue: deque[_Queued] = deque()
        self._filled = asyncio.Event()
        self._cache: OrderedDict[GoalId, Goal] = OrderedDict()
        self._highest: int | None = None  # None until the store has been asked
        self._resting = asyncio.Event()
        self._resting.set()
        self._closed = False
        self.watchers: list[Callable[[Goal], None]] = []
        self._listeners: dict[GoalId, list[_Listener]] = {}

    def obey(self, rules: Rules) -> None:
        """Know what follows from changes; said once, before `run`. (Rules start attempts, which need us.)"""
        self._rules = rules

    @property
    def is_idle(self) -> bool:
        """Whether nothing is queued or being decided."""
        return not self._queue and self._resting.is_set()

    async def rest(self) -> None:
        """Wait until the batch under way, if there is one, is committed and published."""
        await self._resting.wait()

    async def change(self, goal: GoalId, decision: Decision, cause: Cause, *, once: bool = False) -> Decided:
        """Queue a decision and wait until it is committed.

        With `once`, the cause is kept, and a repeat returns without deciding again. A caller that is cancelled before
        its turn changes nothing. Raises `NotFoundError`, whatever the decision refuses with, or `StoreError`; in each
        case nothing was changed.
        """
        _require_id(goal)
        command = Command(goal=goal, decision=decision, cause=cause, once=once)
        return await self._enqueue(command)

    async def report(self, goal: GoalId, decision: Decision, cause: Cause) -> None:
        """Queue what came of an attempt, and wait: it is committed whether or not the caller is cancelled meanwhile."""
        _require_id(goal)
        await self._enqueue(Command(goal=goal, decision=decision, cause=cause, once=False), stays=True)

    async def create(self, creation: Creation, cause: Cause) -> Decided:
        """Queue the creation of a goal; a repeated cause returns the goal that it led to before."""
        return await self._enqueue(Command(creation=creation, cause=cause, once=True))

    async def goal(self, goal: GoalId) -> Goal:
        """The newest committed value. Raises `NotFoundError`."""
        cached = self._cache.get(goal)
        if cached is not None:
            return cached
        _require_id(goal)
        loaded = (await self._store.load([goal], [])).goals.get(goal)
        if loaded is None:
            raise NotFoundError("goal", goal)
        return self._cache.get(goal, loaded)

    async def settled(self, goal: GoalId) -> Goal:
        """The same for whoever goes by the store, which shows a commit a moment before it is published here."""
        await self.rest()
        return await self.goal(goal)

    async def led_to(self, cause: Cause) -> GoalId | None:
        """The goal that a kept cause led to; None where nothing came of it yet."""
        return (await self._store.load([], [cause])).causes.get(cause)

    def cached(self, goal: GoalId) -> Goal | None:
        """The newest committed value if it is at hand; None when it would have to be loaded."""
        return self._cache.get(goal)

    def forget(self, goals: Iterable[GoalId]) -> None:
        """The store changed these goals by itself: they are loaded anew when they are next asked for."""
        for goal in goals:
            self._cache.pop(goal, None)

    @contextmanager
    def listening(
        self, goals: Iterable[GoalId], matters: Callable[[Change], bool] = lambda _change: True
    ) -> Iterator[asyncio.Event]:
        """Within it, the event is set whenever one of the goals changes in a way that matters."""
        changed = asyncio.Event()
        listener = _Listener(changed=changed, matters=matters)
        named = tuple(goals)
        for goal in named:
            self._listeners.setdefault(goal, []).append(listener)
        try:
            yield changed
        finally:
            for goal in named:
                self._listeners[goal].remove(listener)
                if not self._listeners[goal]:
                    del self._listeners[goal]

    def nudge(self) -> None:
        """Let the writer look for free slots and ready tasks although no command waits."""
        self._filled.set()

    async def run(self) -> None:
        """The writer. Ends after `close` when all that was queued is done."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            if self._closed and not self._queue:
                return
            taken, self._queue = list(self._queue), deque()
            self._resting.clear()
            try:
                # A commit under way is finished even when the process is being stopped: callers must know.
                await asyncio.shield(self._commit([one for one in taken if one.stays or not one.caller.cancelled()]))
            finally:
                self._resting.set()
            if self._closed:
                self._filled.set()

    def close(self) -> None:
        """Take no more commands; what is queued is still done."""
        self._closed = True
        self._filled.set()

    def _enqueue(self, command: Command, *, stays: bool = False) -> asyncio.Future[Decided]:
        if self._closed:
            raise EngineError("the ledger is closed; nothing was changed")
        caller: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()
        self._queue.append(_Queued(command=command, caller=caller, stays=stays))
        self._filled.set()
        return caller

    async def _commit(self, queued: Sequence[_Queued]) -> None:
        """Commit the commands together; when that fails as a whole, one by one, so that each fails alone."""
        try:
            under_way, results, changes = await self._try(queued)
        except Exception as error:  # the border of one pass: every caller hears of it
            if len(queued) > 1:
                logger.warning("a batch of %d failed and is tried singly: %s", len(queued), error)
                for one in queued:
                    await self._commit([one])
                return
            if not queued:
                logger.error("free slots could not be filled: %s", error)
            for one in queued:
                if not one.caller.done():
                    one.caller.set_exception(error)
            return
        self._keep(under_way)
        for one, result in zip(queued, results, strict=True):
            if one.caller.done():
                continue
            if isinstance(result, Decided):
                one.caller.set_result(result)
            else:
                one.caller.set_exception(result)
        self._publish(changes)

    async def _try(
        self, queued: Sequence[_Queued]
    ) -> tuple[BatchUnderWay, Sequence[Decided | EngineError], Sequence[Change]]:
        """Decide and write; when another process was faster, three times at most. Raises when nothing was written."""
        tries = 0
        while True:
            try:
                under_way = await self._begin()
                results = await under_way.decide_all([one.command for one in queued])
                batch = under_way.batch()
                if batch is not None:
                    await self._store.commit(batch)
            except Exception as error:
                self._rules.given_up()
                tries += 1
                if not isinstance(error, ConflictError) or tries == MOST_CONFLICTS:
                    raise
                for goal in error.goals:
                    self._cache.pop(goal, None)
                self._highest = None  # perhaps somebody else gave that id: ask again
            else:
                return under_way, results, batch.changes if batch is not None else ()

    async def _begin(self) -> BatchUnderWay:
        if self._highest is None:
            self._highest = await self._store.highest_goal()
        return BatchUnderWay(
            store=self._store,
            rules=self._rules,
            cached=self._cache.get,
            now=self._clock.now(),
            highest=self._highest,
        )

    def _keep(self, under_way: BatchUnderWay) -> None:
        self._highest = under_way.highest
        for goal in under_way.working.values():
            self._cache[goal.id] = goal
            self._cache.move_to_end(goal.id)
        while len(self._cache) > CACHED_GOALS:
            self._cache.popitem(last=False)

    def _publish(self, changes: Sequence[Change]) -> None:
        """Tell of what is committed. Whatever goes wrong here, it is: nothing may be decided again."""
        _tell(self._rules.committed, changes)
        for change in changes:
            goal = change.after
            for watcher in self.watchers:
                _tell(watcher, goal)
            for listener in self._listeners.get(goal.id, ()):
                _tell(listener.hear, change)


def _tell(hearer: Callable[[T], None], news: T) -> None:
    try:
        hearer(news)
    except Exception:  # the border of one pass; watchers are hints, and a query finds what they miss
        logger.exception("somebody could not be told of a change")


def _require_id(goal: object) -> None:
    """A program may hand in anything; what can't be an id names no goal."""
    if not isinstance(goal, int) or not 0 < goal <= LARGEST_ID:
        raise NotFoundError("goal", goal)
