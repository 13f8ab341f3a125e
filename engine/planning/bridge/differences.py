"""What sets one plan apart from another, in one line for a person to choose by."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.planning.bridge.choosing import Candidate
from engine.planning.bridge.trees import TreeTelling
from engine.planning.criteria.numerals import shown
from engine.planning.criteria.spans import span
from engine.planning.criteria.wording import crop, lowered
from engine.planning.htn.outcome import FoundPlan, Node

_ROOM = 110
"""So many characters for what is done otherwise; differing methods that find no room are counted."""
_NOTABLE = 0.1
"""A difference of odds to be done by the deadline that is worth words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """A task that two plans go about in different ways."""

    about: str
    how: str
    instead_of: str
    hours: float
    """By how much the work for it differs."""

    def __str__(self) -> str:
        return f"{self.about}: {self.how}, not {self.instead_of}"


def done_otherwise(one: Candidate, best: Candidate, telling: TreeTelling, names: Mapping[str, str]) -> str:
    """What a plan does otherwise than the best. `names` are those of the tasks of the problem, by their labels."""
    found = sorted(_divergences(one.found, best.found, telling, names), key=lambda each: -each.hours)
    told = [str(each) for each in found[:1]]
    for each in found[1:]:
        if len("; ".join([*told, str(each)])) > _ROOM:
            break
        told.append(str(each))
    if len(found) > len(told):
        told.append(f"and {len(found) - len(told)} more")
    return "; ".join(told) or _by_steps(one, best)


def figures(one: Candidate, best: Candidate) -> str:
    """What a plan means for time, money and odds, beside the best."""
    return ", ".join(_figures(one, best))


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
                about=crop(names.get(here.label, "") or telling.said(here.task, here.values) or here.task, 44),
                how=_way(telling.said(here.method, here.values)),
                instead_of=_way(telling.said(there.method, there.values)).split(",")[0],
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
    return crop(lowered(re.split(r";|: ", summary, maxsplit=1)[0].strip(" .")), 60) or "in another way"


def _by_steps(one: Candidate, best: Candidate) -> str:
    """What the plans have not in common, where the methods don't tell."""
    kept = {task.title for task in best.tasks}
    new = [task.title for task in one.tasks if task.title not in kept]
    left = {task.title for task in one.tasks}
    gone = [task.title for task in best.tasks if task.title not in left]
    if new:
        return f"with «{crop(new[0], 70)}»"
    return f"without «{crop(gone[0], 70)}»" if gone else "in another order"


def _figures(one: Candidate, best: Candidate) -> Iterator[str]:
    saved = best.pace.mean - one.pace.mean
    if abs(saved) >= 1.0:
        yield f"{span(abs(saved))} {'faster' if saved > 0 else 'slower'}"
    elif best.work - one.work >= 1.0:
        yield f"{span(best.work - one.work)} less work"
    spent = one.prospect.cost - best.prospect.cost
    if abs(spent) >= 0.5:
        yield f"{shown(round(abs(spent)))} {'dearer' if spent > 0 else 'cheaper'}"
    odds, others = percent(one.prospect.probability), percent(best.prospect.probability)
    yield "the same odds" if odds == others else f"odds {odds} instead of {others}"
    if abs(one.in_time - best.in_time) >= _NOTABLE:
        yield f"in time {percent(one.in_time)} instead of {percent(best.in_time)}"


def percent(odds: float) -> str:
    """Odds in whole per cent; no plan is sure, and none is hopeless."""
    return f"{min(99, max(1, round(odds * 100)))} %"


def reason_of(candidates: Sequence[Candidate], best: Candidate, criteria: int, gap: float) -> str:
    """Why this plan was taken, in one line. The candidates come with the likeliest first."""
    width = sum(not task.after for task in best.tasks)
    tasks = f"{len(best.tasks)} {'task' if len(best.tasks) == 1 else 'tasks'}"
    parts = [f"{tasks} for {criteria} {'criterion' if criteria == 1 else 'criteria'}"]
    if width > 1:
        parts.append(f"{width} of them can begin at once")
    if best is not candidates[0]:
        parts.append("the likeliest to be done in time")
    elif len(candidates) > 1:
        parts.append(f"the likeliest of the {len(candidates)} ways that I compared")
    if gap > 0.005:
        parts.append(f"a better one may exist, by {percent(gap)} at the most")
    return "; ".join(parts)
