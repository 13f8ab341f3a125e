"""Tasks whose run asks before it does something: they wait without slot, lease or timeout for the answer. Pure."""

from collections.abc import Sequence

from engine import events as e
from engine.decisions import Decision, Moment
from engine.execution.consequences import FIRST_REMINDER
from engine.execution.task_decisions import held
from engine.goals import Goal
from engine.tasks import Lease, Task, TaskStatus, Waiting, WaitingFor
from engine.values import TaskNumber


def waits_for_approval(task: Task) -> bool:
    """Whether the run behind a task waits for an answer."""
    waits = task.status is TaskStatus.WAITING and task.waiting is not None
    return waits and task.waiting is not None and task.waiting.what is WaitingFor.APPROVAL


def suspended(number: TaskNumber, lease: Lease) -> Decision:
    """The attempt ends, for its run waits for an answer. The person is reminded of that like of a task."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        held(goal, number, lease)
        until = moment.now + FIRST_REMINDER if goal.chat is not None else None
        return [e.TaskWaiting(task=number, waiting=Waiting(what=WaitingFor.APPROVAL, since=moment.now, until=until))]

    return decide


def answered(number: TaskNumber) -> Decision:
    """All that its run asked is answered: the task gets fresh attempts. Nothing happens where it waits no longer."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = goal.tasks.get(number)
        if task is None or goal.has_ended or not waits_for_approval(task):
            return []
        return [e.TaskReset(task=number, why="what it asked is answered")]

    return decide
