"""How much each task counts, and which are critical."""

from collections import Counter
from dataclasses import replace

from engine.planning.drafting import Draft
from engine.plans import PlannedTask


def weighed(drafts: tuple[Draft, ...]) -> tuple[PlannedTask, ...]:
    """The tasks with weights that add up to one a criterion, and with the critical ones marked.

    Critical is what alone carries a criterion, and what by itself holds up half of the rest: where several ways part.
    In a row of tasks each holds up the next, and what it leads to says enough; to mark them all would mark nothing.
    """
    total: dict[int | None, float] = {}
    carriers: dict[int | None, int] = {}
    for draft in drafts:
        criterion = draft.task.criterion
        total[criterion] = total.get(criterion, 0.0) + draft.share
        carriers[criterion] = carriers.get(criterion, 0) + draft.carries
    behind = _behind(drafts)
    ways = Counter(key for draft in drafts for key in draft.task.after)
    found = []
    for draft in drafts:
        task = draft.task
        alone = draft.carries and carriers[task.criterion] == 1
        holds_up = len(drafts) >= 4 and ways[task.key] > 1 and behind[task.key] * 2 >= len(drafts) - 1
        found.append(replace(task, weight=draft.share / total[task.criterion], critical=alone or holds_up))
    return tuple(found)


def _behind(drafts: tuple[Draft, ...]) -> dict[str, int]:
    """How many tasks can't begin before each one has ended. The drafts come in an order that can be carried out."""
    position = {draft.task.key: number for number, draft in enumerate(drafts)}
    waiting = [0] * len(drafts)
    for number in range(len(drafts) - 1, -1, -1):
        for key in drafts[number].task.after:
            waiting[position[key]] |= waiting[number] | 1 << number
    return {
        draft.task.key: waiting[number].bit_count() for draft, number in zip(drafts, range(len(drafts)), strict=True)
    }
