"""Rules that find improvements of a plan that works: parts that were planned with figures far from what was learned."""

from collections.abc import Iterator, Mapping

from engine.execution.watching import may_change
from engine.goals import Goal
from engine.planning.learning.findings import Basis, Hours
from engine.proactive.circumstances import Circumstances
from engine.proactive.findings import Deed, Finding, FindingKind, Remedy
from engine.tasks import Task, TaskStatus
from engine.values import TaskNumber

FAR_OFF = 2.0
"""A part takes so many times as long as planned, or so many times less, …"""
LEAST_HOURS = 8.0
"""… and it makes a difference of so many hours."""
_OWN = frozenset({Basis.METHOD, Basis.PERSON})
"""What was learned of this very doing, and not of others like it."""


def estimates(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """Criteria whose open tasks take far longer, or far shorter, by what was learned of each of them."""
    for criterion, parts in _by_criterion(goal, given.expected).items():
        planned = sum(task.estimate.likely for task, _ in parts)
        learned = sum(hours.p50 for _, hours in parts)
        if abs(learned - planned) < LEAST_HOURS or planned / FAR_OFF < learned < planned * FAR_OFF:
            continue
        text = goal.criteria[criterion]
        yield Finding(
            kind=FindingKind.RE_ESTIMATE,
            about=text,
            tasks=tuple(task.number for task, _ in parts),
            facts={"criterion": criterion, "planned": round(planned, 1), "learned": round(learned, 1)},
            remedy=Remedy(deed=Deed.FASTER, text=f"«{text[:300]}» is to be planned with what was learned"),
            is_heard=not may_change(goal),
        )


def _by_criterion(goal: Goal, expected: Mapping[TaskNumber, Hours]) -> Mapping[int, list[tuple[Task, Hours]]]:
    """Tasks that have not begun and of which something of their own was learned, by the criterion they serve."""
    found: dict[int, list[tuple[Task, Hours]]] = {}
    for task in goal.live_tasks:
        hours = expected.get(task.number)
        known = hours is not None and hours.basis in _OWN and task.status is TaskStatus.PENDING
        if known and hours is not None and task.criterion is not None and 0 <= task.criterion < len(goal.criteria):
            found.setdefault(task.criterion, []).append((task, hours))
    return found
