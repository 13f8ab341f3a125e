"""What a program that executes tasks itself asks for. Pure."""

from collections.abc import Callable, Collection, Sequence

from engine import events as e
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.execution.goal_decisions import UNDER_WAY
from engine.goals import Goal, GoalStatus, refuse_ended
from engine.tasks import ENDED_TASKS, Task, TaskStatus, WaitingFor
from engine.values import TaskNumber

AGAIN = "executed again"
_REPLACEABLE = frozenset({
    WaitingFor.PERSON, WaitingFor.TIME, WaitingFor.SUBGOAL, WaitingFor.DECISION, WaitingFor.MEASURE,
})  # fmt: skip
"""Waits that a function may do away with; all others are about work that was done already, or is half done."""


def execute(number: TaskNumber, *, own_work: bool) -> Decision:
    """Make a task ready for the next free slot, adopting the plan if that was not done: that a program asks for it is
    the approval.

    `own_work` tells that a function of the program's does it, whatever the task was waiting for. Raises
    `RefusedError` when it has ended, is running, or waits for other tasks.
    """
    again = {TaskStatus.FAILED, TaskStatus.BLOCKED, *([TaskStatus.WAITING] if own_work else [])}

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
            e.BlockageResolved(number=b.number, resolution=AGAIN) for b in goal.blockages_of(number)
        ]
        if task.status in again:
            return [*adopting, *resolved, e.TaskReset(task=number, why=AGAIN)]
        held_back = task.due_at is not None and task.due_at > moment.now
        return [*adopting, *resolved, *([e.TaskCameDue(task=number)] if held_back else [])]

    return decide


def take_up(share: Callable[[Goal], Collection[TaskNumber]], *, own_work: bool) -> Decision:
    """Make all of these tasks ready that can be, adopting the plan if that was not done: a program asked for it.

    `share` tells which they are. With `own_work` a function of the program's does them: what failed, got stuck or waits
    for somebody is begun afresh; without it that stays as it is. What has ended, runs, or was cut off before so that
    only a person can tell how far it came is left alone. Raises `RefusedError` where the goal is paused or has no plan.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status is GoalStatus.PAUSED:
            raise RefusedError("already_paused", f"«{goal.name}» is paused; resume it first")
        events: list[e.Event] = [] if goal.status in UNDER_WAY else [e.PlanAdopted()]
        if events and goal.status is not GoalStatus.PROPOSED:
            raise RefusedError("no_plan", f"«{goal.name}» has no plan yet; decompose it first")
        for number in sorted(share(goal)) if own_work else ():
            if not _may_begin_afresh(goal.tasks[number]):
                continue
            events += [e.BlockageResolved(number=b.number, resolution=AGAIN) for b in goal.blockages_of(number)]
            events.append(e.TaskReset(task=number, why=AGAIN))
        return events

    return decide


def _may_begin_afresh(task: Task) -> bool:
    if task.status is TaskStatus.WAITING:
        return task.waiting is not None and task.waiting.what in _REPLACEABLE
    return task.status is TaskStatus.FAILED or (task.status is TaskStatus.BLOCKED and not task.lost)
