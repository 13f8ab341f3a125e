"""What is done about a resource that a goal has to do without: each part that needs it gets a way that does not.

What has no other way is left alone, and so is what would take longer in another way than the wait: it waits for the
resource.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace

from engine.execution.blocking import is_lost
from engine.execution.ranking import ways_to_the_end
from engine.goals import Goal
from engine.planning.bridge.mending import Menders, titles_of
from engine.planning.criteria.wording import crop
from engine.planning.repairs.alternatives import by_alternative
from engine.planning.repairs.failures import way_of
from engine.planning.repairs.forecasts import hours_left
from engine.planning.repairs.in_turn import in_turn
from engine.plans import AdaptationNeed, Repair
from engine.tasks import Task
from engine.values import TaskNumber


def without(menders: Menders, need: AdaptationNeed) -> Generator[None, None, Repair]:
    """Another way for all that needs what is lost, as far as there is one; an empty repair where there is none."""
    passed: set[TaskNumber] = set()

    def next_one(now: Menders) -> Generator[None, None, Repair | None]:
        while (found := next(_lost(now.goal, passed), None)) is not None:
            task, name = found
            passed.add(task.number)
            repair = yield from _instead(now, task, name)
            if repair is not None:
                return repair
        return None

    repair, _ = yield from in_turn(menders, need, next_one)
    return repair


def _lost(goal: Goal, passed: set[TaskNumber]) -> Iterator[tuple[Task, str]]:
    """The tasks that lack what the goal is to do without, with the name of it."""
    for task in goal.live_tasks:
        for blockage in goal.blockages_of(task.number):
            if is_lost(blockage, task) and task.number not in passed:
                yield task, blockage.needed


def _instead(menders: Menders, task: Task, name: str) -> Generator[None, None, Repair | None]:
    mending = yield from menders.without(task, name)
    if mending is None:
        other = by_alternative(menders.goal, menders.kept, task)
        if other is None or not _does_without(other, name):
            return None
        told = f"«{name}» is not there, so the criterion of «{crop(task.title, 80)}» is done as an alternative has it."
        return replace(other, summary=f"{told} New: {titles_of(other.add)}.")
    if not _does_without(mending.repair, name) or task.number not in mending.repair.supersede:
        return None
    keys = {key: int(number) for key, number in mending.keys.items()}
    if task.due_at is not None:
        wait = (task.due_at - menders.request.now).total_seconds() / 3600
        if hours_left(menders, mending.after, keys) > wait + ways_to_the_end(menders.goal)[task.number]:
            return None
    return replace(mending.repair, summary=f"«{name}» is not there, so {way_of(mending)}")


def _does_without(repair: Repair, name: str) -> bool:
    return not any(name in task.resources for task in repair.add)
