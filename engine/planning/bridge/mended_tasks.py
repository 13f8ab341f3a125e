"""A mended plan beside the tasks of its goal: which stay, which go, and which are new."""

from dataclasses import dataclass, replace

from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.kept_trees import KeptTree, is_open
from engine.planning.bridge.laying import Layout
from engine.planning.htn.outcome import Step
from engine.planning.htn.repair import Mended
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import JsonValue, TaskNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The kept tree of a goal, and the goal as it is laid out today."""

    layout: Layout
    tree: KeptTree

    def path(self, number: int) -> tuple[JsonValue, ...]:
        """The labels down to a node, from the clause on."""
        found: list[JsonValue] = []
        at: int | None = number
        while at:
            found.append(self.tree.plan.tree[at].label)
            at = self.tree.plan.tree[at].parent
        return tuple(reversed(found))

    def numbers_of(self, candidate: Candidate) -> dict[str, TaskNumber]:
        """The tasks of the tree by the keys that they have in a drawing."""
        own = self.tree.tasks
        return {key: own[number].number for number, key in candidate.keys.items() if number in own}


class MendedTasks:
    """A mended plan beside the tasks of the goal."""

    def __init__(self, standing: Standing, mended: Mended, after: Candidate, mark: str) -> None:
        self._tasks = standing.tree.tasks
        self._mended = mended
        self._drawn = {task.key: task for task in after.tasks}
        self._steps: dict[int, Step] = {step.number: step for step in mended.plan.steps}
        kept = {key: f"#{number}" for key, number in standing.numbers_of(after).items()}
        self._by_key = {key: kept.get(key, f"{mark}-{key}") for key in self._drawn}
        self.names = {number: self._by_key[key] for number, key in after.keys.items()}
        """What the tree calls the task of each step."""

    def name_of(self, key: str) -> str:
        """What the tree calls the task of that key in the drawing."""
        return self._by_key[key]

    def gone(self) -> tuple[TaskNumber, ...]:
        """The tasks that nothing in the plan stands for any more."""
        staying = {own.number for number, own in self._tasks.items() if number in self._steps}
        dropped = {self._tasks[number].number for number in self._mended.dropped if is_open(self._tasks[number])}
        return tuple(sorted(dropped - staying))

    def loses_what_counts(self) -> bool:
        """Whether something critical is finished that has no place in the new part: that is as good as done then, and
        to do it in another way would be to do it again."""
        return any(
            own.critical and own.status is TaskStatus.COMPLETED and number not in self._steps
            for number, own in self._tasks.items()
        )

    def added(self, gone: tuple[TaskNumber, ...]) -> tuple[PlannedTask, ...]:
        """The new tasks. Together they weigh as much as those that go, and wait for what those waited for."""
        by_number = {own.number: own for own in self._tasks.values()}
        new = [task for key, task in self._drawn.items() if not self._by_key[key].startswith("#")]
        keys = {self._by_key[task.key] for task in new}
        outside = sorted({one for number in gone for one in by_number[number].depends_on if one not in gone})
        weight = sum(by_number[number].weight for number in gone)
        drawn = sum(task.weight for task in new)
        found = []
        for task in new:
            after = [self._by_key[key] for key in task.after]
            if keys.isdisjoint(after):
                after += [f"#{number}" for number in outside]
            hangs = (self._by_key[task.only_if[0]], task.only_if[1]) if task.only_if is not None else None
            found.append(
                replace(
                    task,
                    key=self._by_key[task.key],
                    after=tuple(dict.fromkeys(after)),
                    only_if=hangs,
                    weight=task.weight * weight / drawn if weight and drawn else task.weight,
                )
            )
        return tuple(found)
