"""The decision that a task no longer waits for others that it has nothing to do with. Pure."""

from collections.abc import Sequence

from engine import events as e
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.goals import Goal, refuse_ended
from engine.tasks import TaskStatus
from engine.values import TaskNumber


def loosened(number: TaskNumber, was: Sequence[TaskNumber], depends_on: Sequence[TaskNumber]) -> Decision:
    """The task waits for `depends_on`, which is part of what it waited for: `was`. Raises `RefusedError` where it has
    begun, or waits for something else by now."""
    assert set(depends_on) <= set(was), "a tie can only be taken away"

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        task = goal.task(number)
        if task.status is not TaskStatus.PENDING or set(task.depends_on) != set(was):
            raise RefusedError("outdated", f"«{task.title}» has moved on since")
        return [e.TaskRewired(task=number, depends_on=tuple(depends_on))]

    return decide
