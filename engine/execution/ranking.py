"""Which ready task gets the next free slot: by priority, then slack, then age; none starves.

Slack has two sides: how much room a goal's deadline leaves for all that is to be done, which ranks goals; and within a
goal how long the way is from a task to the end, which ranks its tasks: the longest has the least slack. Forecasts give
out free places by the same rule (`engine/planning/forecasting/starting.py`).
"""

import datetime as dt
import heapq
import itertools
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.execution.resources import Stock
from engine.goals import Goal, GoalStatus
from engine.tasks import ENDED_TASKS, TaskStatus
from engine.values import GoalId, TaskNumber

FAIR_GRANT = 8
"""One grant in so many goes to whoever has waited longest, so that urgent goals can't starve the others."""
_MOST_WAYS = 500
"""Goals whose ways to the end are kept at hand."""
_NO_DEADLINE = dt.datetime.max.replace(tzinfo=dt.UTC)


class Ready(NamedTuple):
    """A task that could start."""

    goal: GoalId
    task: TaskNumber


class _Rank(NamedTuple):
    priority: int
    """Negative, so that higher priority sorts first."""
    latest_start: dt.datetime
    """Deadline less the work still to be done: slack, without asking what time it is."""
    way: float
    """Negative: hours from the task's begin to the end of all that is behind it. The longest way has no slack."""
    position: int
    age: int


class ReadyQueue:
    """Ready tasks of all goals that were looked at. Entries are hints: whoever starts a task checks it again."""

    def __init__(self, stock: Stock | None = None) -> None:
        self._stock = stock if stock is not None else Stock()
        self._needs: dict[Ready, tuple[str, ...]] = {}
        """Counted resources of the tasks that need some."""
        self._ranks: OrderedDict[Ready, _Rank] = OrderedDict()
        """By age."""
        self._of_goal: dict[GoalId, set[TaskNumber]] = {}
        self._by_rank: list[tuple[_Rank, Ready]] = []
        self._taken: list[tuple[_Rank, Ready, tuple[str, ...]]] = []
        self._ways: OrderedDict[GoalId, tuple[int, dict[TaskNumber, float]]] = OrderedDict()
        """Of goals that were looked at: the plan version, and the ways to its end."""
        self._urgency: dict[GoalId, tuple[int, dt.datetime | None]] = {}
        self._ages = itertools.count()
        self._grants = 0

    def __len__(self) -> int:
        return len(self._ranks)

    def look_at(self, goal: Goal, now: dt.datetime, only: set[TaskNumber] | None = None) -> None:
        """Take up what is ready in a goal now (of `only` these tasks, where given), and forget what no longer is."""
        ready = {task.number for task in goal.startable(now)} if goal.status is GoalStatus.ACTIVE else set()
        if only is not None:
            ready &= only
        known = self._of_goal.get(goal.id, set())
        for number in known - ready:
            self.forget(Ready(goal.id, number))
        if not ready:
            return
        urgency = (goal.priority, goal.deadline)
        new = ready - known if self._urgency.get(goal.id) == urgency else ready
        if not new:
            return
        self._urgency[goal.id] = urgency
        latest, ways = _latest_start(goal), self._ways_of(goal, new, compete=len(ready) > 1)
        for number in new:
            one, task = Ready(goal.id, number), goal.tasks[number]
            old = self._ranks.get(one)
            age = old.age if old is not None else next(self._ages)
            needs = self._stock.counted(task.resources)
            if needs:
                self._needs[one] = needs
            self._put(one, _Rank(-goal.priority, latest, -ways[number], task.position, age))

    def _ways_of(self, goal: Goal, new: set[TaskNumber], *, compete: bool) -> dict[TaskNumber, float]:
        """Anew where tasks of the goal compete for what is free; else those of its plan as it was last looked at."""
        version, ways = self._ways.get(goal.id, (0, {}))
        if compete or version != goal.plan_version or not ways.keys() >= new:
            ways = ways_to_the_end(goal)
            self._ways[goal.id] = (goal.plan_version, ways)
            if len(self._ways) > _MOST_WAYS:
                self._ways.popitem(last=False)
        return ways

    def _put(self, ready: Ready, rank: _Rank) -> None:
        self._ranks[ready] = rank
        self._of_goal.setdefault(ready.goal, set()).add(ready.task)
        heapq.heappush(self._by_rank, (rank, ready))

    def forget(self, ready: Ready) -> None:
        """No longer ready; its places in the heaps are skipped when they come up."""
        self._ranks.pop(ready, None)
        self._needs.pop(ready, None)
        of_goal = self._of_goal.get(ready.goal)
        if of_goal is not None:
            of_goal.discard(ready.task)
            if not of_goal:
                del self._of_goal[ready.goal]
                self._urgency.pop(ready.goal, None)

    def take(
        self, held: Counter[str] | None = None, lets_start: Callable[[Ready], bool] = lambda _: True
    ) -> Ready | None:
        """The task that comes next, which is then no longer here; None when there is none that could run.

        `held` says how much of each counted resource is in use; what the task needs is added to it. Tasks that wait
        for a resource, or that nobody is free for (`lets_start`), keep their place. What was taken is remembered until
        `settle`.
        """
        held = held if held is not None else Counter()
        self._grants += 1
        if self._grants % FAIR_GRANT == 0:
            for oldest, rank in self._ranks.items():
                if lets_start(oldest) and self._may_run(oldest, held):
                    return self._hand_out(rank, oldest, held)
        passed: list[tuple[_Rank, Ready]] = []
        found: Ready | None = None
        while self._by_rank and found is None:
            rank, ready = heapq.heappop(self._by_rank)
            if self._ranks.get(ready) != rank:
                continue
            if lets_start(ready) and self._may_run(ready, held):
                found = self._hand_out(rank, ready, held)
            else:
                passed.append((rank, ready))
        for place in passed:
            heapq.heappush(self._by_rank, place)
        return found

    def has_fitting(self, held: Counter[str]) -> bool:
        """Whether a task is here whose resources are free while `held` is in use."""
        return any(self._may_run(ready, held) for ready in self._ranks)

    def _may_run(self, ready: Ready, held: Counter[str]) -> bool:
        """Whether its resources are free. One that can never get them goes ahead: its start says what is missing."""
        needs = self._needs.get(ready)
        return not needs or self._stock.missing(needs) is not None or self._stock.fit(needs, held)

    def _hand_out(self, rank: _Rank, ready: Ready, held: Counter[str]) -> Ready:
        needs = self._needs.get(ready, ())
        if needs and self._stock.missing(needs) is None:  # else it will not run, and holds nothing
            held.update(needs)
        self.forget(ready)
        self._taken.append((rank, ready, needs))
        return ready

    @property
    def taken(self) -> Sequence[Ready]:
        """What was taken since `settle`."""
        return [ready for _, ready, _ in self._taken]

    def settle(self, *, started: bool) -> None:
        """What was taken has started, or goes back to its old place because nothing came of the batch."""
        if not started and self._taken:
            for rank, ready, needs in self._taken:
                if ready not in self._ranks:
                    self._put(ready, rank)
                    if needs:
                        self._needs[ready] = needs
            self._ranks = OrderedDict(sorted(self._ranks.items(), key=lambda kept: kept[1].age))
        self._taken.clear()


def _latest_start(goal: Goal) -> dt.datetime:
    if goal.deadline is None:
        return _NO_DEADLINE
    left = sum(task.estimate.mean for task in goal.tasks.values() if task.is_live and task.ended_at is None)
    return goal.deadline - dt.timedelta(hours=min(left, 1_000_000.0))


_COMPLETED, _SKIPPED, _SUPERSEDED = TaskStatus.COMPLETED, TaskStatus.SKIPPED, TaskStatus.SUPERSEDED


def ways_to_the_end(goal: Goal) -> dict[TaskNumber, float]:
    """Hours from the begin of each unfinished task to the end of all that is behind it, by the plan's estimates, when
    nothing is short.

    One pass from the last number to the first where numbers say what comes before what, as they do until a plan is
    adapted: it is asked whenever a task has become ready.
    """
    ways: dict[TaskNumber, float] = {}
    behind: dict[TaskNumber, float] = {}
    for task in reversed(list(goal.tasks.values())):
        status = task.status  # compared one by one: a member of an enum is slow to look up
        if status is _COMPLETED or status is _SKIPPED or status is _SUPERSEDED:
            continue
        number, estimate = task.number, task.estimate
        way = behind.get(number, 0.0) + (estimate.low + 4 * estimate.likely + estimate.high) / 6
        ways[number] = way
        for before in task.depends_on:
            if before in ways:
                return _ways_in_any_order(goal)
            if way > behind.get(before, 0.0):
                behind[before] = way
    return ways


def _ways_in_any_order(goal: Goal) -> dict[TaskNumber, float]:
    """The same where a task waits for one with a higher number."""
    left = {number: task for number, task in goal.tasks.items() if task.status not in ENDED_TASKS}
    ways = dict.fromkeys(left, 0.0)
    followers = Counter(before for task in left.values() for before in task.depends_on)
    free = [number for number in left if not followers[number]]
    while free:
        task = left[free.pop()]
        ways[task.number] += task.estimate.mean
        for before in task.depends_on:
            if before in left:
                ways[before] = max(ways[before], ways[task.number])
                followers[before] -= 1
                if not followers[before]:
                    free.append(before)
    return ways
