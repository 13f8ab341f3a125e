"""What a person changed in a plan that was not started, done again in the plan that takes its place. Pure.

A task of the old plan stands for one of the new when the planner called both the same, and both serve the same
criterion (or one that is gone, and one that is new). What has no such task is told with the plan, in one line.
"""

import bisect
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from engine import events as e
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.execution.goal_decisions import drop_task, move_task, reword_task
from engine.folding import fold
from engine.goals import Goal, GoalStatus
from engine.planning.criteria.wording import crop
from engine.planning.orders import in_order
from engine.tasks import BY_HAND, GONE, Task, TaskStatus
from engine.values import TaskNumber

MOST_NAMED = 3
"""Changes that could not be kept and are named; of more the number is told."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A plan that was not started, as far as its planner made it."""

    titles: Mapping[TaskNumber, str] = dataclasses.field(default_factory=dict)
    """What it called the tasks, those among them that were left out since."""
    ordered: frozenset[TaskNumber] = frozenset()
    """Tasks that wait for others than it said, because a person put them in another order."""


def carrying_over(decide: Decision, drafted: Drafted) -> Decision:
    """The plan that `decide` makes, with what was changed in the one before it: other words, another place or order,
    left out."""

    def carry(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        events = decide(goal, moment)
        at = next((at for at, event in enumerate(events) if isinstance(event, e.PlanMade)), None)
        if not drafted.titles or at is None or not isinstance(made := events[at], e.PlanMade):
            return events
        carrying = _Carrying(goal, made, moment, drafted)
        carrying.out()
        if carrying.lost:
            advice = (carrying.told, *made.plan.advice)
            made = replace(made, plan=dataclasses.replace(made.plan, advice=advice))
        return [*events[:at], made, *carrying.events, *events[at + 1 :]]

    return carry


class _Carrying:
    """One plan in the place of another, while the changes of the old one are made in it."""

    def __init__(self, before: Goal, made: e.PlanMade, moment: Moment, drafted: Drafted) -> None:
        self.before = before
        planning = replace(before, status=GoalStatus.PLANNING)  # one that is picked has its turn in the same breath
        self.goal = fold(planning, made, moment.now)
        """With the new plan, as far as it is changed already."""
        self.moment = moment
        self.drafted = drafted
        self.events: list[e.Event] = []
        self.lost: list[str] = []
        self.kept = {task.criterion for task in before.tasks.values()}
        """The criteria that the old plan served and that are still there."""
        self.twins: dict[TaskNumber, TaskNumber] = {}
        """The task of the new plan for each of the old one that has one."""

    def out(self) -> None:
        """Make all the changes that still apply."""
        self._pair()
        for number, title in self.drafted.titles.items():
            task = self.before.tasks[number]
            if task.method == BY_HAND:
                continue  # it is in the new plan as it was left
            if task.status is TaskStatus.SUPERSEDED:
                self._change(task, drop_task, f"that «{crop(title, 60)}» is left out")
            elif task.title != title:
                self._change(task, partial(reword_task, title=task.title), f"the words «{crop(task.title, 60)}»")
        self._put_in_order()
        for task in self._moved():
            self._change(task, partial(self._behind_the_same, task), f"the place of «{crop(task.title, 60)}»")

    @property
    def told(self) -> str:
        """What could not be kept, in one line."""
        more = len(self.lost) - MOST_NAMED
        named = ", ".join([*self.lost[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
        return f"Of what you had changed by hand I could not keep: {named}. Say it again if it still counts."

    def _pair(self) -> None:
        """Find the task of the new plan for each one of the old."""
        left = {task.number: task for task in self.goal.live_tasks}
        for number in sorted(self.before.tasks):
            task = self.before.tasks[number]
            title = self._planned_as(task)
            for one in left.values():
                if (one.title, one.work, one.method) == (title, task.work, task.method) and self._serves(one, task):
                    self.twins[number] = left.pop(one.number).number
                    break

    def _planned_as(self, task: Task) -> str:
        return task.title if task.method == BY_HAND else self.drafted.titles.get(task.number, task.title)

    def _change(self, task: Task, how: Callable[[TaskNumber], Decision], called: str) -> None:
        """Do to the twin of a task what was done to that; where it can't be and may be missed, it is told."""
        twin = self.twins.get(task.number)
        try:
            events = how(twin)(self.goal, self.moment) if twin is not None else None
        except RefusedError:  # such as before what it needs by now
            events = None
        if events is not None:
            self._do(events)
        elif twin is not None or self._may_be_missed(task):
            self.lost.append(called)

    def _do(self, events: Sequence[e.Event]) -> None:
        self.events += events
        for event in events:
            self.goal = fold(self.goal, event, self.moment.now)

    def _put_in_order(self) -> None:
        """Let tasks wait for the twins of those that they waited for; all of them at once, or none: one that now goes
        before another may have come behind it."""
        wired: dict[TaskNumber, frozenset[TaskNumber]] = {}
        lost = []
        for number in sorted(self.drafted.ordered):
            task = self.before.tasks[number]
            twin, after = self.twins.get(number), self._waits_for(task)
            if not task.is_live:
                continue
            if twin is not None and after is not None:
                wired[twin] = after
            elif twin is not None or self._may_be_missed(task):
                lost.append(task)
        shown = [task.number for task in self.goal.live_tasks]
        behind = {number: wired.get(number, self.goal.tasks[number].depends_on) for number in shown}
        place = {number: at for at, number in enumerate(shown)}
        order = in_order([[place[one] for one in behind[number] if one in place] for number in shown])
        if len(order) == len(shown):
            new = [e.TaskRewired(task=number, depends_on=tuple(sorted(after))) for number, after in wired.items()]
            self._do([one for one in new if one.depends_on != self.goal.tasks[one.task].depends_on])
            if order != sorted(order):
                self._do([e.TasksReordered(order=tuple(shown[at] for at in order))])
        else:  # the new plan needs it the other way round
            lost = [self.before.tasks[number] for number in sorted(self.drafted.ordered)]
        self.lost += [f"the order that you set for «{crop(task.title, 60)}»" for task in lost if task.is_live]

    def _waits_for(self, task: Task) -> frozenset[TaskNumber] | None:
        """What the twin of a task is to wait for; None where that is not in the new plan although it may be missed."""
        twins = [(self.before.tasks[number], self.twins.get(number)) for number in task.depends_on]
        if any(twin is None and one.is_live and self._may_be_missed(one) for one, twin in twins):
            return None
        own = self.goal.tasks[self.twins[task.number]].depends_on if task.number in self.twins else ()
        known = set(self.twins.values())
        return frozenset([*(twin for _, twin in twins if twin is not None), *(one for one in own if one not in known)])

    def _may_be_missed(self, task: Task) -> bool:
        """Whether the new plan has anything for what a task was for: who dropped a criterion misses none of its."""
        return any(self._serves(one, task) for one in self.goal.live_tasks)

    def _serves(self, new: Task, old: Task) -> bool:
        """Whether a task of the new plan is for what one of the old was for."""
        if old.criterion is None or old.criterion < GONE:
            return new.criterion == old.criterion
        return new.criterion is not None and new.criterion not in self.kept

    def _moved(self) -> list[Task]:
        """The fewest tasks that were moved to come from the order of the planner's, as far as each waits for what it
        waits for, to the one that they are in."""
        first = min((self.before.tasks[number].plan_version for number in self.drafted.titles), default=0)
        shown = [t for t in self.before.live_tasks if t.plan_version == first or t.method == BY_HAND]
        made = sorted(task.number for task in shown)
        place = {number: at for at, number in enumerate(made)}
        order = in_order([[place[n] for n in self.before.tasks[number].depends_on if n in place] for number in made])
        rank = {made[at]: rank for rank, at in enumerate(order)}
        stayed = _longest_rising([rank[task.number] for task in shown])
        return [task for task in shown if rank[task.number] not in stayed]

    def _behind_the_same(self, task: Task, twin: TaskNumber) -> Decision:
        """Its twin moved behind the twin of what it stands behind; to the top where it stands behind nothing."""
        before = [one.number for one in self.before.live_tasks]
        order = [one.number for one in self.goal.live_tasks if one.number != twin]
        ahead = (self.twins.get(number) for number in reversed(before[: before.index(task.number)]))
        behind = next((number for number in ahead if number in order), None)
        return move_task(twin, order.index(behind) + 2 if behind is not None else 1)


def _longest_rising(numbers: Sequence[int]) -> frozenset[int]:
    """The most numbers that can be left where they are so that they rise."""
    ends: list[int] = []  # of the best row of each length, the place of its last number
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        length = bisect.bisect_left(ends, number, key=numbers.__getitem__)
        before.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [place]
    row: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        row.add(numbers[at])
        at = before[at]
    return frozenset(row)
