"""The one door: every change to a goal is a decision that the ledger takes, commits and publishes.

Callers queue. One writer takes what waits, decides in order on the newest values, lets consequences, follow-ups for
other goals and granted slots join, commits the batch in one transaction, then publishes and resolves the callers.
Watchers are hints: whatever they would start is also found by a query.
"""

import asyncio
import datetime as dt
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from engine.clock import Clock
from engine.errors import ConflictError, EngineError, NotFoundError
from engine.events import Event, GoalCreated, Recorded, event_task
from engine.folding import fold
from engine.goals import Goal
from engine.ports import LedgerStore
from engine.records import Batch, Change
from engine.reporting.notices import Notice
from engine.values import Cause, GoalId

logger = logging.getLogger(__name__)

CACHED_GOALS = 2_000
MOST_ROUNDS = 100
"""Consequences settle in a handful of rounds; more means that two rules undo each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a decision is taken, and what brought it about."""

    now: dt.datetime
    cause: Cause


Decision = Callable[[Goal, Moment], Sequence[Event]]
Creation = Callable[[GoalId, Moment], GoalCreated]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What a change of one goal does to another: a decision on `goal`, or the creation of a goal."""

    cause: str
    goal: GoalId | None = None  # None when it creates one
    decision: Decision | None = None  # None when it creates one
    creation: Creation | None = None  # None when it decides
    linked: Callable[[GoalId], "FollowUp"] | None = None
    """What to do once the created goal has its id; None for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of a command."""

    goal: Goal
    events: tuple[Event, ...]
    repeated: bool
    """Whether its cause had acted before; then nothing was done this time."""


class Rules(Protocol):
    """What follows from changes. Pure but for `grants`, `settled` and `committed`, which speak of worker slots."""

    def consequences(self, goal: Goal, moment: Moment) -> Sequence[Event]:
        """The next events that follow within the goal; empty when it has settled."""
        ...

    def follow_ups(self, before: Goal | None, after: Goal, events: Sequence[Event]) -> Sequence[FollowUp]:
        """What follows for other goals."""
        ...

    def grants(self, working: Mapping[GoalId, Goal]) -> Sequence[FollowUp]:
        """Starts for free slots, to be committed with the batch. Called again until there are none."""
        ...

    def settled(self) -> None:
        """The batch was committed or given up: grants not seen in `committed` are void."""
        ...

    def notices(self, before: Goal | None, after: Goal, events: Sequence[Event]) -> Sequence[Notice]:
        """What a person is to be told."""
        ...

    def wakeups(self, before: Goal | None, after: Goal) -> Mapping[str, dt.datetime | None]:
        """Wake-ups that appear, move or go."""
        ...

    def committed(self, changes: Sequence[Change]) -> None:
        """The batch is in the database."""
        ...


@dataclass(eq=False, slots=True, kw_only=True)
class _Command:
    """A queued command with the caller that waits for it."""

    goal: GoalId | None
    decision: Decision | None
    creation: Creation | None
    cause: Cause
    once: bool
    caller: asyncio.Future[Decided]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One decision that was taken: the goal around it, and what it and its consequences say."""

    before: Goal | None  # None when it created the goal
    after: Goal
    events: tuple[Event, ...]


@dataclass(slots=True, kw_only=True)
class _Draft:
    """One goal's part of the batch under way."""

    before: Goal | None
    after: Goal
    recorded: list[Recorded] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Pass:
    """Everything about the batch under way; thrown away when it fails."""

    now: dt.datetime
    highest: int
    working: dict[GoalId, Goal] = field(default_factory=dict)
    drafts: dict[GoalId, _Draft] = field(default_factory=dict)
    causes: dict[Cause, GoalId] = field(default_factory=dict)
    known: dict[Cause, GoalId] = field(default_factory=dict)
    results: list[tuple[_Command, Decided | EngineError]] = field(default_factory=list)


class Ledger:
    """Takes commands from any task of the event loop; `run` is the one writer."""

    def __init__(self, store: LedgerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._queue: deque[_Command] = deque()
        self._filled = asyncio.Event()
        self._cache: OrderedDict[GoalId, Goal] = OrderedDict()
        self._highest: int | None = None  # None until the store has been asked
        self._busy = False
        self._closed = False
        self.watchers: list[Callable[[Goal], None]] = []

    def obey(self, rules: Rules) -> None:
        """Know what follows from changes; said once, before `run`. (Rules start attempts, which need us.)"""
        self._rules = rules

    @property
    def is_idle(self) -> bool:
        """Whether nothing is queued or being decided."""
        return not self._queue and not self._busy

    async def change(self, goal: GoalId, decision: Decision, cause: Cause, *, once: bool = False) -> Decided:
        """Queue a decision and wait until it is committed.

        With `once`, the cause is kept, and a repeat returns without deciding again. Raises `NotFoundError`, whatever
        the decision refuses with, or `StoreError`; in each case nothing was changed.
        """
        return await self._enqueue(goal=goal, decision=decision, creation=None, cause=cause, once=once)

    async def create(self, creation: Creation, cause: Cause) -> Decided:
        """Queue the creation of a goal; a repeated cause returns the goal that it led to before."""
        return await self._enqueue(goal=None, decision=None, creation=creation, cause=cause, once=True)

    async def goal(self, goal: GoalId) -> Goal:
        """The newest committed value. Raises `NotFoundError`."""
        cached = self._cache.get(goal)
        if cached is not None:
            return cached
        loaded = (await self._store.load([goal], [])).goals.get(goal)
        if loaded is None:
            raise NotFoundError("goal", goal)
        return self._cache.get(goal, loaded)

    def cached(self, goal: GoalId) -> Goal | None:
        """The newest committed value if it is at hand; None when it would have to be loaded."""
        return self._cache.get(goal)

    def nudge(self) -> None:
        """Let the writer look for free slots and ready tasks although no command waits."""
        self._filled.set()

    async def run(self) -> None:
        """The writer. Ends after `close` when all that was queued is done."""
        if self._highest is None:
            self._highest = await self._store.highest_goal()
        while True:
            await self._filled.wait()
            self._filled.clear()
            if self._closed and not self._queue:
                return
            commands, self._queue = list(self._queue), deque()
            self._busy = True
            try:
                # A commit under way is finished even when the process is being stopped: callers must know.
                await asyncio.shield(self._commit([c for c in commands if not c.caller.cancelled()]))
            finally:
                self._busy = False
            if self._closed:
                self._filled.set()

    def close(self) -> None:
        """Take no more commands; what is queued is still done."""
        self._closed = True
        self._filled.set()

    async def _enqueue(
        self,
        *,
        goal: GoalId | None,
        decision: Decision | None,
        creation: Creation | None,
        cause: Cause,
        once: bool,
    ) -> Decided:
        if self._closed:
            raise EngineError("the ledger is closed; nothing was changed")
        caller: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()
        self._queue.append(
            _Command(goal=goal, decision=decision, creation=creation, cause=cause, once=once, caller=caller)
        )
        self._filled.set()
        return await caller

    async def _commit(self, commands: list[_Command]) -> None:
        """Commit the commands together; when that fails as a whole, one by one, so that each fails alone."""
        try:
            await self._try(commands)
        except Exception as error:  # the border of one batch: every caller hears of it
            if len(commands) > 1:
                logger.warning("a batch of %d failed and is tried singly: %s", len(commands), error)
                for command in commands:
                    await self._commit([command])
                return
            for command in commands:
                if not command.caller.done():
                    command.caller.set_exception(error)
            if not commands:
                logger.error("free slots could not be filled: %s", error)

    async def _try(self, commands: list[_Command]) -> None:
        for last in (False, False, True):
            try:
                under_way = await self._decide_all(commands)
                changes = tuple(self._change_of(draft) for draft in under_way.drafts.values() if draft.recorded)
                if changes or under_way.causes:
                    await self._store.commit(Batch(changes=changes, causes=under_way.causes, at=under_way.now))
                break
            except ConflictError as conflict:
                for goal in conflict.goals:
                    self._cache.pop(goal, None)
                if last:
                    raise
            finally:
                self._rules.settled()
        self._highest = under_way.highest
        self._publish(changes, under_way)

    def _publish(self, changes: Sequence[Change], under_way: _Pass) -> None:
        for goal in under_way.working.values():
            self._cache[goal.id] = goal
            self._cache.move_to_end(goal.id)
        while len(self._cache) > CACHED_GOALS:
            self._cache.popitem(last=False)
        self._rules.committed(changes)
        for change in changes:
            for watcher in self.watchers:
                watcher(change.after)
        for command, result in under_way.results:
            if command.caller.done():
                continue
            if isinstance(result, Decided):
                command.caller.set_result(result)
            else:
                command.caller.set_exception(result)

    async def _decide_all(self, commands: list[_Command]) -> _Pass:
        if self._highest is None:
            self._highest = await self._store.highest_goal()
        under_way = _Pass(now=self._clock.now(), highest=self._highest)
        once = [command.cause for command in commands if command.once]
        await self._load(under_way, {c.goal for c in commands if c.goal is not None}, once)
        for command in commands:
            under_way.results.append((command, await self._obey(under_way, command)))
        while grants := self._rules.grants(under_way.working):
            await self._follow(under_way, grants)
        return under_way

    async def _load(self, under_way: _Pass, goals: Collection[GoalId], causes: Collection[Cause]) -> None:
        missing: list[GoalId] = []
        for goal in goals:
            cached = self._cache.get(goal)
            if goal in under_way.working:
                continue
            if cached is None:
                missing.append(goal)
            else:
                under_way.working[goal] = cached
        if missing or causes:
            loaded = await self._store.load(missing, causes)
            under_way.working.update(loaded.goals)
            under_way.known.update(loaded.causes)

    async def _obey(self, under_way: _Pass, command: _Command) -> Decided | EngineError:
        """Decide one command with all that follows. What is refused is undone alone: drafts are kept per decision."""
        repeated = under_way.known.get(command.cause) if command.once else None
        if repeated is not None:
            await self._load(under_way, [repeated], [])
            return Decided(goal=under_way.working[repeated], events=(), repeated=True)
        moment = Moment(now=under_way.now, cause=command.cause)
        try:
            if command.creation is not None:
                step = self._create(under_way, command.creation, moment)
            elif command.goal is not None and command.decision is not None:
                step = self._decide(under_way, command.goal, command.decision, moment)
            else:
                raise EngineError("a command decides or creates")
        except EngineError as refusal:
            return refusal
        goal = step.after.id
        if command.once:
            under_way.known[command.cause] = under_way.causes[command.cause] = goal
        await self._follow(under_way, self._rules.follow_ups(step.before, step.after, step.events))
        return Decided(goal=under_way.working[goal], events=step.events, repeated=False)

    async def _follow(self, under_way: _Pass, first: Iterable[FollowUp]) -> None:
        waiting = deque(first)
        while waiting:
            following = waiting.popleft()
            try:
                step = await self._follow_one(under_way, following)
            except EngineError as refusal:
                logger.info("a follow-up was refused: %s", refusal, extra={"goal": following.goal})
                continue
            if following.linked is not None:
                waiting.append(following.linked(step.after.id))
            if step.events:
                waiting.extend(self._rules.follow_ups(step.before, step.after, step.events))

    async def _follow_one(self, under_way: _Pass, following: FollowUp) -> _Step:
        moment = Moment(now=under_way.now, cause=Cause(following.cause))
        if following.creation is not None:
            return self._create(under_way, following.creation, moment)
        if following.goal is None or following.decision is None:
            raise EngineError("a follow-up decides or creates")
        await self._load(under_way, [following.goal], [])
        return self._decide(under_way, following.goal, following.decision, moment)

    def _create(self, under_way: _Pass, creation: Creation, moment: Moment) -> _Step:
        goal_id = GoalId(under_way.highest + 1)
        event = creation(goal_id, moment)
        under_way.highest += 1
        goal = replace(event.goal, revision=1)
        draft = _Draft(before=None, after=goal)
        draft.recorded.append(Recorded(event=event, at=moment.now, cause=moment.cause))
        draft.notices.extend(self._rules.notices(None, goal, [event]))
        under_way.drafts[goal_id] = draft
        under_way.working[goal_id] = goal
        return _Step(before=None, after=goal, events=(event,))

    def _decide(self, under_way: _Pass, goal_id: GoalId, decision: Decision, moment: Moment) -> _Step:
        before = under_way.working.get(goal_id)
        if before is None:
            raise NotFoundError("goal", goal_id)
        events = list(decision(before, moment))
        if not events:
            return _Step(before=before, after=before, events=())
        goal, recorded = _fold_all(before, events, moment)
        for _ in range(MOST_ROUNDS):
            more = self._rules.consequences(goal, moment)
            if not more:
                break
            goal, further = _fold_all(goal, more, moment)
            events.extend(more)
            recorded.extend(further)
        else:
            raise EngineError(f"goal {goal_id} does not settle after {events[:3]}")
        goal = replace(goal, revision=before.revision + 1)
        draft = under_way.drafts.get(goal_id)
        if draft is None:
            draft = under_way.drafts[goal_id] = _Draft(before=before, after=goal)
        draft.after = goal
        draft.recorded.extend(recorded)
        draft.notices.extend(self._rules.notices(before, goal, events))
        under_way.working[goal_id] = goal
        return _Step(before=before, after=goal, events=tuple(events))

    def _change_of(self, draft: _Draft) -> Change:
        return Change(
            before=draft.before,
            after=draft.after,
            recorded=tuple(draft.recorded),
            notices=tuple(draft.notices),
            wakeups=self._rules.wakeups(draft.before, draft.after),
        )


def _fold_all(goal: Goal, events: Iterable[Event], moment: Moment) -> tuple[Goal, list[Recorded]]:
    recorded = []
    for event in events:
        number = event_task(event)
        lease = goal.tasks[number].lease if number is not None and number in goal.tasks else None
        goal = fold(goal, event, moment.now)
        held = goal.tasks[number].lease if number is not None and lease is not None else None
        closed = lease if lease is not None and lease != held else None
        recorded.append(Recorded(event=event, at=moment.now, cause=moment.cause, closed=closed))
    return goal, recorded
