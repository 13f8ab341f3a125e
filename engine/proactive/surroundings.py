"""Gathers what the rules are told besides the goal. What is dear is only asked for where a rule could use it."""

import asyncio
import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.goals import Goal, GoalStatus
from engine.money_commands import MoneyCommands
from engine.planning.learning.findings import Hours
from engine.planning.quality import Circumstances as Checked
from engine.planning.quality import Quality, quality_of, standing_plan
from engine.plans import Trigger
from engine.proactive.circumstances import Circumstances, Purse
from engine.proactive.rules import LOOKED_AT
from engine.records import AttemptRow, GoalRow
from engine.reporting.forecasts import Forecaster
from engine.tasks import ENDED_TASKS, TaskStatus
from engine.values import GoalId, JsonValue, TaskNumber

PAGE = 200
MOST_ALIVE, MOST_ENDED = 50, 20
"""Goals of the same chat that are looked at beside one, the newest changes first."""
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Asks the stores and the forecaster; makes no forecast itself."""

    commands: MoneyCommands
    forecaster: Forecaster
    free_hands: Callable[[], int]
    patient: frozenset[str] = frozenset()
    """As in `Circumstances`."""

    async def of(self, goal: Goal) -> Circumstances:
        """What there is to know of a goal under way. Raises `StoreError`."""
        return Circumstances(
            now=self.commands.clock.now(),
            free_hands=self.free_hands(),
            others=await self._others(goal),
            quality=await self._quality(goal),
            forecast=self.forecaster.at_hand(goal),
            promised=await self._promised(goal),
            expected=await self._expected(goal),
            attempts=await self._attempts(goal),
            patient=self.patient,
            purse=await self._purse(goal),
            ordered_by_person=await self._is_ordered_by_person(goal),
            progress_at=await self._progress_at(goal),
        )

    async def alive(self) -> Sequence[Goal]:
        """All goals that are under way or wait for a yes. Raises `StoreError`."""
        after, found = GoalId(0), []
        while page := await self.commands.queries.alive(after, PAGE):
            found += [await self.commands.goal(goal) for goal in page]
            after = page[-1]
        return [goal for goal in found if goal.status in LOOKED_AT]

    async def _others(self, goal: Goal) -> Sequence[Goal]:
        """The other goals of the same person in the same chat; a program's goals know nothing of each other."""
        if goal.chat is None or not any(task.work == "person" for task in goal.live_tasks):
            return ()
        rows = [
            *await self._rows_beside(goal, MOST_ALIVE, ended=False),
            *await self._rows_beside(goal, MOST_ENDED, ended=True),
        ]
        found = [await self.commands.goal(row.id) for row in rows if row.id != goal.id]
        return [other for other in found if other.owner == goal.owner]

    async def _rows_beside(self, goal: Goal, limit: int, *, ended: bool) -> Sequence[GoalRow]:
        listed = self.commands.queries.goals_of
        return await listed(goal.chat, ended=ended, offset=0, limit=limit, owner=goal.owner)

    async def _quality(self, goal: Goal) -> Quality | None:
        """What the check finds of the plan as it stands, in a thread: it reads criteria."""
        if not goal.tasks or not goal.criteria:
            return None
        now = self.commands.clock.now()
        return await asyncio.to_thread(lambda: quality_of(goal, standing_plan(goal), Checked(now=now)))

    async def _promised(self, goal: Goal) -> dt.datetime | None:
        """A plan that was repaired promised nothing: its older version was about other tasks."""
        if goal.started_at is None or goal.status is not GoalStatus.ACTIVE:
            return None
        hours = _promise(await self.commands.queries.plan(goal.id, goal.plan_version))
        return goal.started_at + hours * _HOUR if hours is not None else None

    async def _expected(self, goal: Goal) -> Mapping[TaskNumber, Hours]:
        if not any(task.status is TaskStatus.PENDING for task in goal.live_tasks):
            return {}
        return await self.forecaster.expected(goal)

    async def _attempts(self, goal: Goal) -> Sequence[AttemptRow]:
        tried = any(task.attempt_serial > 1 and task.status not in ENDED_TASKS for task in goal.live_tasks)
        return await self.commands.queries.attempts(goal.id) if tried else ()

    async def _purse(self, goal: Goal) -> Purse:
        cap = goal.cap(self.commands.accounts.allowances.a_goal)
        if cap.micros is None:
            return Purse()
        costs = await self.commands.costs_of(goal.id)
        outlook = await self.commands.outlook(goal.id)
        # the operator's cap is about models; one that somebody set for the goal is about all it takes
        expected = outlook.by_models if goal.budget is None else outlook.expected
        return Purse(cap=cap, charged=costs.spent + costs.reserved, expected=expected)

    async def _is_ordered_by_person(self, goal: Goal) -> bool:
        """Whether any change of the plan came of words about the order."""
        if not goal.adaptations or not goal.criteria:
            return False
        rows = await self.commands.queries.adaptations(goal.id)
        said = [row.reason for row in rows if row.trigger == Trigger.REQUESTED.value]
        return bool(said) and await asyncio.to_thread(_speaks_of_order, goal, said)

    async def _progress_at(self, goal: Goal) -> dt.datetime | None:
        """When the progress last grew."""
        if goal.started_at is None:
            return None
        rows = await self.commands.queries.progress(goal.id)
        grown = [row.at for before, row in itertools.pairwise(rows) if row.progress > before.progress]
        return grown[-1] if grown else None


def _promise(stored: JsonValue) -> float | None:
    """The hours of a stored plan that nine cases of ten were to stay under; None where it told none."""
    prospect = stored.get("prospect") if isinstance(stored, dict) else None
    hours = prospect.get("hours") if isinstance(prospect, dict) else None
    most = hours.get("high") if isinstance(hours, dict) else None
    return float(most) if isinstance(most, int | float) and not isinstance(most, bool) else None


def _speaks_of_order(goal: Goal, said: Iterable[str]) -> bool:
    from engine.planning.criteria.changes import ORDERS, read_changes  # noqa: PLC0415 - no start is to wait for it

    return any(change.kind in ORDERS for text in said for change in read_changes(text, goal).changes)
