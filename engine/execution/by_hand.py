"""What a program that executes tasks itself asks for. Pure."""

import datetime as dt
from collections.abc import Sequence

from engine import events as e
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.execution.goal_decisions import UNDER_WAY, refuse_ended
from engine.goals import Goal, GoalStatus
from engine.tasks import ENDED_TASKS, Lease, TaskStatus
from engine.values import BootId, TaskNumber

AGAIN = (TaskStatus.FAILED, TaskStatus.BLOCKED)


def execute(number: TaskNumber, boot: BootId, seconds: float, *, own_work: bool) -> Decision:
    """Start a task now, adopting the plan if that was not done: being asked for by the program is the approval.

    `own_work` tells that a function of the program's does it, whatever the task was waiting for. Raises
    `RefusedError` when it has ended, is running, or waits for other tasks.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status is GoalStatus.PAUSED:
            raise RefusedError("already_paused", f"«{goal.name}» is paused; resume it first")
        adopting: list[e.Event] = [] if goal.status in UNDER_WAY else [e.PlanAdopted()]
        if adopting and goal.status is not GoalStatus.PROPOSED:
            raise RefusedError("no_plan", f"«{goal.name}» has no plan yet; decompose it first")
        task = goal.task(number)
        if task.status in ENDED_TASKS:
            raise RefusedError("task_ended", f"«{task.title}» is {task.status} already")
        if task.status is TaskStatus.RUNNING:
            raise RefusedError("task_running", f"«{task.title}» is running already")
        missing = [goal.tasks[n].title for n in task.depends_on if goal.tasks[n].status not in ENDED_TASKS]
        if missing:
            raise RefusedError("waits_for_others", f"«{task.title}» waits for «{'», «'.join(missing)}»")
        resolved: list[e.Event] = [
            e.BlockageResolved(number=b.number, resolution="executed again") for b in goal.blockages_of(number)
        ]
        again: list[e.Event] = []
        if task.status in AGAIN:
            again = [e.TaskReset(task=number, why="executed again")]
        if not own_work:
            return [*adopting, *resolved, *again]
        until = moment.now + dt.timedelta(seconds=seconds)
        lease = Lease(attempt=task.attempt_serial + 1, boot=boot, until=until)
        return [*adopting, *resolved, *again, e.TaskStarted(task=number, lease=lease)]

    return decide
