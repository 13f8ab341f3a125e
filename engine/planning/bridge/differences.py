"""What sets one plan apart from another, in one line for a person to choose by."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.trees import TreeTelling
from engine.planning.criteria.numerals import percent
from engine.planning.criteria.wording import crop, lowered
from engine.planning.htn.outcome import FoundPlan, Node

_ROOM = 200
"""So many characters for how things are done otherwise; of what finds no room, only what it is about is named."""
_SURELY, _HARDLY = 0.95, 0.005
"""Odds to be done by the deadline from which it makes no difference between plans, and below which there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """A task that two plans go about in different ways."""

    about: str
    how: str
    instead_of: str
    hours: float
    """By how much the work for it differs."""

    def __str__(self) -> str:
        return f"{self.about}: {self.how}, instead of {self.instead_of}"


def done_otherwise(one: Candidate, best: Candidate, telling: TreeTelling, names: Mapping[str, str]) -> str:
    """What a plan does otherwise than the best. `names` are those of the tasks of the problem, by their labels."""
    found = sorted(_divergences(one.found, best.found, telling, names), key=lambda each: -each.hours)
    told = [str(each) for each in found[:1]]
    rest: list[str] = []
    for each in found[1:]:
        if rest or len("; ".join([*told, str(each)])) > _ROOM:
            rest.append(each.about)
        else:
            told.append(str(each))
    if rest:
        told.append(f"otherwise too: {', '.join(dict.fromkeys(rest))}")
    return "; ".join(told) or _by_steps(one, best)


def _divergences(
    one: FoundPlan, best: FoundPlan, telling: TreeTelling, names: Mapping[str, str]
) -> Iterator[Divergence]:
    """The topmost tasks at which the trees part."""
    hours, others = _hours(one), _hours(best)
    waiting = [(0, 0)]
    while waiting:
        number, other = waiting.pop()
        here, there = one.tree[number], best.tree[other]
        if here.method != there.method and here.method and there.method:
            yield Divergence(
                about=crop(names.get(here.label, "") or telling.said(here.task, here.values) or here.task, 60),
                how=_way(telling.said(here.method, here.values)),
                instead_of=_way(telling.said(there.method, there.values)),
                hours=abs(hours[number] - others[other]),
            )
            continue
        waiting.extend(reversed(list(_matched(here, there, one, best))))


def _hours(plan: FoundPlan) -> dict[int, float]:
    """The hours of work below each node."""
    found = {step.number: step.estimate.mean for step in plan.steps}
    for number in sorted(plan.tree, reverse=True):  # children have higher numbers than their parents
        node = plan.tree[number]
        if node.children:
            found[number] = sum(found.get(child, 0.0) for child in node.children)
    return {number: found.get(number, 0.0) for number in plan.tree}


def _matched(here: Node, there: Node, one: FoundPlan, best: FoundPlan) -> Iterator[tuple[int, int]]:
    by_label: dict[str, list[int]] = {}
    for number in there.children:
        by_label.setdefault(best.tree[number].label, []).append(number)
    for number in here.children:
        same = by_label.get(one.tree[number].label)
        if same:
            yield number, same.pop(0)


def _way(summary: str) -> str:
    """How a method goes about it: its summary up to the first semicolon."""
    return crop(lowered(re.split(r";|: ", summary, maxsplit=1)[0].strip(" .")), 100) or "in another way"


def _by_steps(one: Candidate, best: Candidate) -> str:
    """What the plans have not in common, where the methods don't tell."""
    kept = {task.title for task in best.tasks}
    new = [task.title for task in one.tasks if task.title not in kept]
    left = {task.title for task in one.tasks}
    gone = [task.title for task in best.tasks if task.title not in left]
    if new:
        return f"with «{crop(new[0], 70)}»"
    return f"without «{crop(gone[0], 70)}»" if gone else "in another order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a plan was chosen among, and by what."""

    ways: int
    """How many were found."""
    likeliest: Candidate
    """Of them all to work out."""
    best: Candidate
    in_time: tuple[float, float] | None
    """The odds to be done by the deadline, of the likeliest and of the one that was taken; None without a deadline."""
    criteria: int
    gap: float
    """By so much a plan that was not found may be likelier at the most."""
    is_general: bool = False
    """Whether what libraries know of its subject led to no plan for all of it."""


def reason_of(choice: Choice) -> str:
    """Why this plan was taken, in one line."""
    tasks, criteria = choice.best.tasks, choice.criteria
    width = sum(not task.after for task in tasks)
    told = f"{len(tasks)} {'task' if len(tasks) == 1 else 'tasks'}"
    parts = [f"{told} for {criteria} {'criterion' if criteria == 1 else 'criteria'}"]
    if width > 1:
        parts.append(f"{width} of them can begin at once")
    if choice.ways > 1:
        parts.append(_merit(choice))
    if choice.is_general:
        parts.append("what I know of its subject led to no plan for all of it, so this is a general one")
    if choice.gap > 0.005:
        parts.append(f"a better one may exist, by {percent(choice.gap)} at the most")
    return "; ".join(parts)


def _merit(choice: Choice) -> str:
    ways = f"of the {choice.ways} ways that I compared"
    likeliest, best = choice.likeliest, choice.best
    others, own = choice.in_time or (1.0, 1.0)
    if best is likeliest and own >= _SURELY:
        return f"the likeliest {ways}"
    if own < _HARDLY:
        return f"the likeliest {ways}; none of them is likely to be done in time"
    told = f"the likeliest to be done in time {ways}"
    if best is likeliest:
        return told
    return (
        f"{told}: it goes as planned {percent(best.probability)}, and then the deadline holds {percent(own)}, where the"
        f" likeliest way has {percent(likeliest.probability)} and {percent(others)}"
    )
