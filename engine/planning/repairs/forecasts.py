"""What is done about a deadline that will hardly hold: a part of what is ahead gets a way that takes less time."""

from collections.abc import Generator
from dataclasses import replace

from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.mending import Menders, Mending
from engine.planning.bridge.paces import pace_of
from engine.planning.htn.repair import steps_below
from engine.planning.repairs.failures import way_of
from engine.plans import Repair
from engine.tasks import TaskStatus

_MOST_PARTS = 12
"""So many parts are looked at, those that take longest first."""
_SAVES_HOURS, _SAVES = 2.0, 0.05
"""A way counts as faster when it saves so many hours, and this share of what is left."""


def sooner(menders: Menders) -> Generator[None, None, Repair]:
    """The one change that saves most time on what has not begun; an empty repair where none does."""
    wrong = yield from menders.no_longer_right()  # a way that takes more days than there are, say
    if wrong is not None:
        told = way_of(wrong)
        return replace(wrong.repair, summary=f"What it was to begin with no longer holds, so {told}")
    best: Mending | None = None
    most = 0.0
    drawn = yield from menders.drawn()
    if drawn is None:
        return Repair()
    before, numbers = drawn
    left = hours_left(menders, before, {key: int(number) for key, number in numbers.items()})
    for number in _parts_ahead(menders, before)[:_MOST_PARTS]:
        mending = yield from menders.another_way(number, "it would take too long")
        if mending is None:
            continue
        saved = left - hours_left(menders, mending.after, {key: int(own) for key, own in mending.keys.items()})
        if saved > max(most, _SAVES_HOURS, _SAVES * left):
            best, most = mending, saved
    if best is None:
        return Repair()
    days = f"{most / 24:.0f} days" if most >= 36 else f"{most:.0f} hours"
    told = way_of(best)
    return replace(best.repair, summary=f"{told[0].upper()}{told[1:]} It takes about {days} less.")


def _parts_ahead(menders: Menders, before: Candidate) -> list[int]:
    """The tasks of the tree that have not begun, each with what it takes, the longest first."""
    tree, hours = before.found.tree, {task.key: task.estimate.likely for task in before.tasks}
    begun = menders.begun()
    found: list[tuple[float, int]] = []
    for number, node in tree.items():
        if number and node.method:
            below = steps_below(before.found, number)
            if below and begun.isdisjoint(below):
                found.append((-sum(hours.get(before.keys[one], 0.0) for one in below), number))
    return [number for _, number in sorted(found)]


def hours_left(menders: Menders, drawn: Candidate, numbers: dict[str, int]) -> float:
    """The hours along the longest way through what is not done."""
    tasks = menders.goal.tasks
    done = {
        key for key, number in numbers.items() if any(t.number == number and _is_over(t.status) for t in tasks.values())
    }
    left = [
        replace(
            task,
            after=tuple(key for key in task.after if key not in done),
            only_if=None if task.only_if is not None and task.only_if[0] in done else task.only_if,
        )
        for task in drawn.tasks
        if task.key not in done
    ]
    return pace_of(left, menders.request.now, menders.request.capacities).mean


def _is_over(status: TaskStatus) -> bool:
    return status in (TaskStatus.COMPLETED, TaskStatus.SKIPPED, TaskStatus.SUPERSEDED)
