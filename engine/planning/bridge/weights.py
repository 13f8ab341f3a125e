"""How much each task counts, and which are critical."""

from collections import Counter
from collections.abc import Collection, Generator
from dataclasses import replace
from typing import TypeAlias

from engine.planning.bridge.arranging import Arranged
from engine.planning.bridge.drafting import A_SLICE, Drafted
from engine.plans import PlannedTask

_PutOn: TypeAlias = tuple[tuple[str, ...], tuple[str, str] | None, float, bool]
"""What a plan puts on a task: what it is after, what it hangs on, how much it counts, whether it is critical."""
Made: TypeAlias = dict[tuple[object, ...], tuple[PlannedTask, PlannedTask]]
"""Tasks by their keys and what was put on them: as they were before, and with that."""


def weighed(
    arranged: Arranged, drafted: Drafted, works: Collection[str], made: Made
) -> Generator[None, None, tuple[PlannedTask, ...]]:
    """The tasks in their graph, with weights that add up to one a criterion, and with the critical ones marked.

    Critical is what alone carries a criterion, or what a library of its subject calls so, and what by itself holds up
    half of the rest: where several ways part.
    In a row of tasks each holds up the next, and what it leads to says enough; to mark them all would mark nothing.
    A task whose work is not among `works` becomes a person's; where nobody can be asked to decide, nothing hangs on it.
    What several plans share is `made` once. All comes in slices.
    """
    total: dict[int | None, float] = {}
    carriers: dict[int | None, int] = {}
    drafts = arranged.drafts
    for draft in drafts:
        criterion = draft.task.criterion
        total[criterion] = total.get(criterion, 0.0) + draft.share
        carriers[criterion] = carriers.get(criterion, 0) + draft.carries
    behind = _behind(arranged)
    ways = Counter(key for draft in drafts for key in arranged.after[draft.task.key])
    found = []
    for draft, later in zip(drafts, behind, strict=True):
        task = draft.task
        alone = draft.carries and carriers[task.criterion] == 1
        holds_up = len(drafts) >= 4 and ways[task.key] > 1 and later * 2 >= len(drafts) - 1
        only_if = drafted.only_if.get(task.key) if "decide" in works else None
        critical = alone or holds_up or draft.insists
        put_on = (arranged.after[task.key], only_if, draft.share / total[task.criterion], critical)
        before, new = made.get((task.key, *put_on), (None, task))
        if before is not task:
            new = _with(task, put_on, known=task.work in works)
            made[task.key, *put_on] = task, new
        found.append(new)
        if not len(found) % A_SLICE:
            yield
    return tuple(found)


def _with(task: PlannedTask, put_on: _PutOn, *, known: bool) -> PlannedTask:
    after, only_if, weight, critical = put_on
    return replace(
        task,
        after=after,
        only_if=only_if,
        weight=weight,
        critical=critical,
        work=task.work if known else "person",
        inputs=task.inputs if known else {},
    )


def _behind(arranged: Arranged) -> list[int]:
    """How many tasks can't begin before each one has ended. They come in an order that can be carried out."""
    position = {draft.task.key: number for number, draft in enumerate(arranged.drafts)}
    waiting = [0] * len(position)
    for number in range(len(waiting) - 1, -1, -1):
        for key in arranged.after[arranged.drafts[number].task.key]:
            waiting[position[key]] |= waiting[number] | 1 << number
    return [later.bit_count() for later in waiting]
