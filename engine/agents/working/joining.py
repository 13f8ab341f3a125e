"""Where one thing is made of what several agents bring, a step before it merges that: sources kept, contradictions
named. Pure; it is done by code, so it needs nobody and costs next to nothing.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.coordination.merge_step import MERGE
from engine.goals import Goal
from engine.money_commands import AGENT
from engine.planning.criteria.wording import crop
from engine.plans import PlannedTask, Repair
from engine.tasks import ENDED_TASKS, Estimate, Expectation, Task
from engine.values import TaskNumber

_MAKES_ONE = re.compile(
    r"(?:write|draft|outline|summari[sz]e|sum up|compare|choose|pick|decide|settle|put together|combine)\b", re.I
)
_OF_PEOPLE = frozenset({"person", "decide"})
_MOMENT = Estimate(low=0.01, likely=0.02, high=0.1)
_TITLE = 300


def with_merges(tasks: Sequence[PlannedTask]) -> tuple[PlannedTask, ...]:
    """The same tasks of a new plan, with a merge before each that makes one thing of what several agents bring."""
    return _Joining.of((), tasks).joined(tasks)


def without_merges(tasks: Sequence[PlannedTask]) -> tuple[PlannedTask, ...]:
    """The same tasks as they were before that."""
    merges = {task.key for task in tasks if task.work == MERGE}
    if not merges:
        return tuple(tasks)
    kept = [task for task in tasks if task.key not in merges]
    return tuple(replace(task, after=tuple(key for key in task.after if key not in merges)) for task in kept)


def merged_again(repair: Repair, goal: Goal) -> Repair:
    """A repair that keeps the merges of what stays, adds those of what is new, and leaves out what nobody waits for."""
    joining = _Joining.of(goal.live_tasks, repair.add)
    add = joining.joined(repair.add)
    rewired = [(goal.tasks[number], after) for number, after in repair.rewire.items()]
    merges = [merge for task, after in rewired if (merge := joining.merge_for(task, after)) is not None]
    add, rewire = (*add, *merges), {task.number: joining.behind(task, after) for task, after in rewired}
    idle = _idle(goal, replace(repair, add=add, rewire=rewire))
    return replace(repair, add=add, rewire=rewire, supersede=(*repair.supersede, *idle))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joining:
    agents: Collection[str]
    """Names of the tasks that agents do."""
    merges: dict[frozenset[str], str] = field(default_factory=dict)
    """Names of merges by those of the tasks whose results they bring together."""

    @classmethod
    def of(cls, there: Iterable[Task], tasks: Sequence[PlannedTask]) -> "_Joining":
        agents, merges = {task.key for task in tasks if task.work == AGENT}, {}
        for task in there:
            if task.work == AGENT:
                agents.add(f"#{task.number}")
            elif task.work == MERGE:
                merges[frozenset(f"#{number}" for number in task.depends_on)] = f"#{task.number}"
        return cls(agents=agents, merges=merges)

    def joined(self, tasks: Sequence[PlannedTask]) -> tuple[PlannedTask, ...]:
        done: list[PlannedTask] = []
        for task in tasks:
            merge = self.merge_for(task, task.after)
            done += [merge] if merge is not None else []
            done.append(replace(task, after=self.behind(task, task.after)))
        return tuple(done)

    def merge_for(self, task: PlannedTask | Task, after: tuple[str, ...]) -> PlannedTask | None:
        """The merge that a task needs and that is not there yet."""
        brought = self._brought(task, after)
        if not brought or frozenset(brought) in self.merges:
            return None
        merge = _merge(task, brought)
        self.merges[frozenset(brought)] = merge.key
        return merge

    def behind(self, task: PlannedTask | Task, after: tuple[str, ...]) -> tuple[str, ...]:
        """What a task is to come after, the merge of that among it where there is one."""
        merge = self.merges.get(frozenset(self._brought(task, after)))
        return after if merge is None or merge in after else (*after, merge)

    def _brought(self, task: PlannedTask | Task, after: tuple[str, ...]) -> tuple[str, ...]:
        """The agents' tasks that it makes one thing of; empty where it does no such thing."""
        makes_one = task.work == AGENT or (task.work in _OF_PEOPLE and _MAKES_ONE.match(task.title.strip()))
        brought = tuple(name for name in after if name in self.agents) if makes_one else ()
        return brought if len(brought) > 1 else ()


def _merge(task: PlannedTask | Task, brought: tuple[str, ...]) -> PlannedTask:
    if isinstance(task, PlannedTask):
        name, hung = task.key, task.only_if
    else:
        name, hung = str(task.number), (f"#{task.only_if[0]}", task.only_if[1]) if task.only_if is not None else None
    return PlannedTask(
        key=f"{name}-merge",
        title=crop(f"Bring together what is known for «{task.title.strip()}»", _TITLE),
        work=MERGE,
        after=brought,
        only_if=hung,
        criterion=task.criterion,
        weight=0.0,
        estimate=_MOMENT,
        expected=Expectation(summary="the results side by side, with who says what and what contradicts"),
        success=1.0,
    )


def _idle(goal: Goal, repair: Repair) -> tuple[TaskNumber, ...]:
    """Merges that are still to be done, and for which nothing waits once the plan is repaired."""
    gone = set(repair.supersede)
    named = {name for task in repair.add for name in task.after}
    for task in goal.live_tasks:
        if task.number not in gone:
            named |= set(_after(task, repair.rewire))
    return tuple(
        task.number
        for task in goal.live_tasks
        if task.work == MERGE
        and task.status not in ENDED_TASKS
        and task.number not in gone
        and f"#{task.number}" not in named
        and any(task.number in other.depends_on for other in goal.tasks.values())
    )


def _after(task: Task, rewire: Mapping[TaskNumber, tuple[str, ...]]) -> tuple[str, ...]:
    return rewire[task.number] if task.number in rewire else tuple(f"#{number}" for number in task.depends_on)
