"""What one attempt at a work of a code goal knows."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.goals import Goal
from engine.tasks import Task
from engine.values import JsonObject, TaskId, task_id
from engine.work.registry import WorkContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt."""

    benches: Benches
    goal: Goal
    task: Task
    inputs: JsonObject
    context: WorkContext

    def bench(self) -> AbstractAsyncContextManager[Bench]:
        """The goal's workspace, for the length of the attempt."""
        return self.benches.open(self.goal, self.task.number)

    @property
    def name(self) -> TaskId:
        """Such as «7.3»."""
        return task_id(self.goal.id, self.task.number)
