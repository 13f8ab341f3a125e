"""One batch under way: decides commands on the newest values, with all that follows, before anything is written."""

import datetime as dt
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from engine.decisions import Creation, Decided, Decision, FollowUp, Moment
from engine.errors import EngineError, NotFoundError
from engine.events import Event, MilestoneReached, ProgressMade, Recorded, TaskStarted, event_task, tasks_of
from engine.folding import fold
from engine.goals import Goal, GoalStatus
from engine.ports import LedgerStore, Rules
from engine.records import Batch, Change
from engine.reporting.notices import Notice
from engine.values import Cause, GoalId

logger = logging.getLogger(__name__)

MOST_ROUNDS = 100
"""Consequences settle in a handful of rounds; more means that two rules undo each other."""

_WITHOUT_SEQUEL = frozenset({TaskStarted, ProgressMade, MilestoneReached})
"""What leads to nothing further in an active goal."""


class Command(Struct, frozen=True, kw_only=True, gc=False):
    """What a caller wants: a decision on a goal, or a goal created."""

    cause: Cause
    once: bool
    """Whether the cause is kept, so that a repeat does nothing."""
    goal: GoalId | None = None  # None when it creates one
    decision: Decision | None = None  # None when it creates a goal
    creation: Creation | None = None  # None when it decides


class _Step(Struct, frozen=True, kw_only=True, gc=False):
    """One decision that was taken: the goal around it, and what it and its consequences say."""

    before: Goal | None  # None when it created the goal
    after: Goal
    events: tuple[Event, ...]


@dataclass(slots=True, kw_only=True)
class _Draft:
    """One goal's part of the batch."""

    before: Goal | None  # None when it is created in this batch
    after: Goal
    recorded: list[Recorded] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class BatchUnderWay:
    """Everything about one batch; thrown away when it fails."""

    store: LedgerStore
    rules: Rules
    cached: Callable[[GoalId], Goal | None]
    now: dt.datetime
    highest: int
    """The highest goal id given so far."""
    working: dict[GoalId, Goal] = field(default_factory=dict)
    """The goals that were looked at, in their newest value."""
    _stirred: set[GoalId] = field(default_factory=set)
    """Goals in which something may have become ready since slots were last granted."""
    _drafts: dict[GoalId, _Draft] = field(default_factory=dict)
    _causes: dict[Cause, GoalId] = field(default_factory=dict)
    _known: dict[Cause, GoalId] = field(default_factory=dict)

    async def decide_all(self, commands: Collection[Command]) -> list[Decided | EngineError]:
        """Decide the commands in order, then fill free slots. What is refused is refused alone."""
        causes = [command.cause for command in commands if command.once]
        await self.load({command.goal for command in commands if command.goal is not None}, causes)
        results = [await self._obey(command) for command in commands]
        # grants that come to nothing end it: what is not started now is not offered for ever
        while True:
            stirred, self._stirred = self._stirred, set()
            if not await self.follow(self.rules.grants(self.working, stirred, self.now)):
                break
        return results

    def batch(self) -> Batch | None:
        """What is to be committed; None when nothing changed."""
        changes = tuple(self._change_of(draft) for draft in self._drafts.values() if draft.recorded)
        return Batch(changes=changes, causes=self._causes, at=self.now) if changes or self._causes else None

    async def load(self, goals: Iterable[GoalId], causes: Collection[Cause]) -> None:
        """Have these goals and causes at hand; those that are not there are left out."""
        missing: list[GoalId] = []
        for goal in goals:
            if goal in self.working:
                continue
            at_hand = self.cached(goal)
            if at_hand is None:
                missing.append(goal)
            else:
                self.working[goal] = at_hand
                self._stirred.add(goal)
        if missing or causes:
            loaded = await self.store.load(missing, causes)
            self.working.update(loaded.goals)
            self._stirred.update(loaded.goals)
            self._known.update(loaded.causes)

    async def _obey(self, command: Command) -> Decided | EngineError:
        repeated = self._known.get(command.cause) if command.once else None
        if repeated is not None:
            await self.load([repeated], [])
            return Decided(goal=self.working[repeated], events=(), repeated=True)
        moment = Moment(now=self.now, cause=command.cause)
        try:
            if command.creation is not None:
                step = self._create(command.creation, moment)
            elif command.goal is not None and command.decision is not None:
                step = self._decide(command.goal, command.decision, moment)
            else:
                raise EngineError("a command decides or creates")
        except EngineError as refusal:
            return refusal
        goal = step.after.id
        if command.once:
            self._known[command.cause] = self._causes[command.cause] = goal
        following = self.rules.follow_ups(step.before, step.after, step.events)
        if following:
            await self.follow(following)
        return Decided(goal=self.working[goal], events=step.events, repeated=False)

    async def follow(self, first: Iterable[FollowUp]) -> bool:
        """Take the decisions that follow for other goals and those after them; whether any said anything."""
        said = False
        waiting = deque(first)
        while waiting:
            following = waiting.popleft()
            try:
                step = await self._follow_one(following)
            except EngineError as refusal:
                logger.info("a follow-up was refused: %s", refusal, extra={"goal": following.goal})
                continue
            if following.linked is not None:
                waiting.append(following.linked(step.after.id))
            if step.events:
                said = True
                waiting.extend(self.rules.follow_ups(step.before, step.after, step.events))
        return said

    async def _follow_one(self, following: FollowUp) -> _Step:
        moment = Moment(now=self.now, cause=Cause(following.cause))
        if following.creation is not None:
            return self._create(following.creation, moment)
        if following.goal is None or following.decision is None:
            raise EngineError("a follow-up decides or creates")
        if following.goal not in self.working:
            await self.load([following.goal], [])
        return self._decide(following.goal, following.decision, moment)

    def _create(self, creation: Creation, moment: Moment) -> _Step:
        goal_id = GoalId(self.highest + 1)
        event = creation(goal_id, moment)
        self.highest += 1
        goal = replace(event.goal, revision=1)
        draft = _Draft(before=None, after=goal)
        draft.recorded.append(Recorded(event=event, at=moment.now, cause=moment.cause))
        draft.notices.extend(self.rules.notices(None, goal, [event]))
        self._drafts[goal_id] = draft
        self.working[goal_id] = goal
        self._stirred.add(goal_id)
        return _Step(before=None, after=goal, events=(event,))

    def _decide(self, goal_id: GoalId, decision: Decision, moment: Moment) -> _Step:
        before = self.working.get(goal_id)
        if before is None:
            raise NotFoundError("goal", goal_id)
        events = list(decision(before, moment))
        if not events:
            return _Step(before=before, after=before, events=())
        goal, recorded = _fold_all(before, events, moment)
        if stirs := _has_sequel(goal, events):
            goal = self._settled(goal, events, recorded, moment)
        goal = replace(goal, revision=before.revision + 1)
        draft = self._drafts.get(goal_id)
        if draft is None:
            draft = self._drafts[goal_id] = _Draft(before=before, after=goal)
        draft.after = goal
        draft.recorded.extend(recorded)
        draft.notices.extend(self.rules.notices(before, goal, events))
        self.working[goal_id] = goal
        if stirs:
            self._stirred.add(goal_id)
        return _Step(before=before, after=goal, events=tuple(events))

    def _settled(self, goal: Goal, events: list[Event], recorded: list[Recorded], moment: Moment) -> Goal:
        """The goal when nothing more follows within it; what followed is added to `events` and `recorded`."""
        for _ in range(MOST_ROUNDS):
            more = self.rules.consequences(goal, moment)
            if more:
                goal, further = _fold_all(goal, more, moment)
                events.extend(more)
                recorded.extend(further)
            if not more or not _has_sequel(goal, more):
                return goal
        raise EngineError(f"goal {goal.id} does not settle after {events[:3]}")

    def _change_of(self, draft: _Draft) -> Change:
        before, after = draft.before, draft.after
        tasks = tasks_of([one.event for one in draft.recorded], before, after)
        return Change(
            before=before,
            after=after,
            tasks=tasks,
            recorded=tuple(draft.recorded),
            notices=tuple(draft.notices),
            wakeups=self.rules.wakeups(before, after, tasks),
        )


def _has_sequel(goal: Goal, latest: Iterable[Event]) -> bool:
    """Whether anything could follow within the goal. Asking costs time, and of most batches this is most."""
    return goal.status is not GoalStatus.ACTIVE or not _WITHOUT_SEQUEL.issuperset(map(type, latest))


def _fold_all(goal: Goal, events: Iterable[Event], moment: Moment) -> tuple[Goal, list[Recorded]]:
    recorded = []
    for event in events:
        number, lease, closed = event_task(event), None, None
        if number is not None and number in goal.tasks:
            lease = goal.tasks[number].lease
        goal = fold(goal, event, moment.now)
        if number is not None and lease is not None and lease != goal.tasks[number].lease:
            closed = lease
        recorded.append(Recorded(event=event, at=moment.now, cause=moment.cause, closed=closed))
    return goal, recorded
