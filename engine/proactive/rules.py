"""All rules, each a pure function of a goal and its circumstances, and the one question that asks them all."""

from collections.abc import Callable, Iterator

from engine.goals import Goal, GoalStatus
from engine.proactive.circumstances import Circumstances
from engine.proactive.findings import Finding
from engine.proactive.improvements import estimates
from engine.proactive.issues import contradicted, over_budget, repeated, slipping, stalled, uncovered
from engine.proactive.opportunities import earlier, shared, unneeded

RULES: tuple[Callable[[Goal, Circumstances], Iterator[Finding]], ...] = (
    over_budget,
    repeated,
    uncovered,
    contradicted,
    slipping,
    stalled,
    unneeded,
    shared,
    earlier,
    estimates,
)
LOOKED_AT = frozenset({GoalStatus.PROPOSED, GoalStatus.ACTIVE, GoalStatus.BLOCKED})
"""A goal that is paused, ended or not planned yet needs nothing."""


def findings_of(goal: Goal, given: Circumstances) -> tuple[Finding, ...]:
    """What all rules find, each finding once; nothing where nobody waits for the goal to go on."""
    if goal.status not in LOOKED_AT:
        return ()
    found: dict[object, Finding] = {}
    for rule in RULES:
        for one in rule(goal, given):
            found.setdefault(one.key, one)
    return tuple(found.values())
