"""The repair for what happened: each trigger has its own."""

from collections.abc import Generator

from engine.coding.works.names import PROVE, WRITE
from engine.planning.bridge.mending import Menders
from engine.planning.repairs.changes import Fresh, after_change
from engine.planning.repairs.failures import after_failure
from engine.planning.repairs.forecasts import sooner
from engine.planning.repairs.lost_resources import without
from engine.planning.repairs.proofs import after_proof, after_writing
from engine.planning.repairs.shortfalls import after_deviation
from engine.plans import AdaptationNeed, Repair, Trigger
from engine.tasks import TaskStatus


def repairing(menders: Menders, need: AdaptationNeed, fresh: Fresh) -> Generator[None, None, Repair]:
    """The repair, in slices. `fresh` is asked only where it matters what would be planned today."""
    goal = menders.goal
    task = goal.tasks.get(need.task) if need.task is not None else None
    if task is not None and task.work == PROVE and need.trigger in (Trigger.TASK_FAILED, Trigger.DEVIATION):
        return (yield from after_proof(menders, task))
    if task is not None and task.work == WRITE and need.trigger in (Trigger.TASK_FAILED, Trigger.DEVIATION):
        return (yield from after_writing(menders, task))
    if need.trigger is Trigger.TASK_FAILED and task is not None:
        return (yield from after_failure(menders, task))
    if need.trigger is Trigger.DEVIATION and task is not None:
        return after_deviation(goal, task)
    if need.trigger is Trigger.WORLD_CHANGED and task is not None and task.status is TaskStatus.COMPLETED:
        return after_deviation(goal, task)  # a check that held and no longer does
    if need.trigger is Trigger.FORECAST:
        return (yield from sooner(menders))
    if need.trigger is Trigger.RESOURCE_LOST:
        return (yield from without(menders, need))
    if need.trigger is Trigger.OVERRUN:
        return Repair()  # nothing has failed, and what goes on slowly is not made faster by starting it afresh
    return (yield from after_change(menders, need, fresh))
