"""Checkpoints of methods that several tasks reach together, put on the one task with which they are reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.planning.criteria.wording import capitalised, crop
from engine.plans import PlannedTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A checkpoint, and the keys of the tasks that must all be done for it."""

    name: str
    keys: tuple[str, ...]


def with_milestones(
    tasks: tuple[PlannedTask, ...], reached: Sequence[Reached], instead: Mapping[str, str]
) -> tuple[PlannedTask, ...]:
    """The tasks with the checkpoints that several of them reach. They come in an order that can be carried out.

    A checkpoint stands on the last of its tasks where that one comes after all others, else on the first task that
    waits for all of them. Where nothing does, or another checkpoint stands there, it is left out: to tell that
    something is reached while a part of it is open would be a lie.
    """
    if not reached:
        return tasks
    position = {task.key: number for number, task in enumerate(tasks)}
    before: list[int] = []
    for number, task in enumerate(tasks):
        bits = 1 << number
        for key in task.behind:
            bits |= before[position[key]]
        before.append(bits)
    names: dict[int, str] = {}
    for one in reached:
        numbers = [position[key] for key in dict.fromkeys(instead.get(key, key) for key in one.keys)]
        wanted = sum(1 << number for number in numbers)
        roads = {tasks[number].only_if for number in numbers} | {None}
        joins = (
            number
            for number in range(max(numbers), len(tasks))
            if before[number] & wanted == wanted and tasks[number].only_if in roads
        )
        join = next(joins, None)
        if join is not None and not tasks[join].checkpoint:
            names.setdefault(join, crop(capitalised(one.name)))
    return tuple(replace(task, checkpoint=names.get(number, task.checkpoint)) for number, task in enumerate(tasks))
