"""The plan that a goal has now, as it would have to be made again: what is left of it, and what each task hangs on."""

from engine.goals import Goal
from engine.plans import Plan, PlannedTask
from engine.tasks import Estimate, Task, TaskStatus, WaitingFor
from engine.values import JsonObject, TaskNumber

_NOTHING_LEFT = Estimate(low=0.0, likely=0.0, high=0.0)


def standing_plan(goal: Goal) -> Plan:
    """The live tasks of a goal as a plan, keyed `#3` by their numbers, so that it can be checked like a new one.

    What has completed takes no more time; what was skipped or superseded is left out, and nothing waits for it.
    """
    tasks = tuple(goal.live_tasks)
    live = frozenset(task.number for task in tasks)
    return Plan(tasks=tuple(_planned(task, live) for task in tasks), source=goal.plan_source)


def _planned(task: Task, live: frozenset[TaskNumber]) -> PlannedTask:
    condition = task.only_if if task.only_if is not None and task.only_if[0] in live else None
    decider = condition[0] if condition is not None else None
    return PlannedTask(
        key=f"#{task.number}",
        title=task.title,
        description=task.description,
        work=task.work,
        inputs=_inputs(task),
        after=tuple(f"#{number}" for number in task.depends_on if number in live and number != decider),
        only_if=(f"#{condition[0]}", condition[1]) if condition is not None else None,
        criterion=task.criterion,
        weight=task.weight,
        critical=task.critical,
        estimate=_NOTHING_LEFT if task.status is TaskStatus.COMPLETED else task.estimate,
        resources=task.resources,
        expected=task.expected,
        target_count=task.target_count,
        checkpoint=task.checkpoint,
        success=1.0 if task.status is TaskStatus.COMPLETED else task.success,
        cost=task.cost,
        method=task.method,
    )


def _inputs(task: Task) -> JsonObject:
    """The inputs; a wait under way is one until the moment it ends."""
    waiting = task.waiting
    if task.work == "wait" and waiting is not None and waiting.what is WaitingFor.TIME and waiting.until is not None:
        return {"until": waiting.until.isoformat()}
    return task.inputs
