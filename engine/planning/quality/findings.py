"""What the check of a plan may find, and how many points each finding costs."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import assert_never


class Rule(StrEnum):
    """What every good plan keeps to."""

    EMPTY = "empty"
    """A plan has tasks."""
    UNCOVERED = "uncovered"
    """Each criterion is served by a task that can run, whatever is answered."""
    UNDONE = "undone"
    """What a criterion asks for is done by one of its tasks, and not only prepared and checked."""
    UNREACHABLE = "unreachable"
    """Each task hangs on an answer that can be given."""
    ORPHANED = "orphaned"
    """Each task serves a criterion, or is needed by one that does."""
    UNVERIFIED = "unverified"
    """What is built is tested, checked, reviewed or measured afterwards, before it goes out."""
    EARLY = "early"
    """Nothing is checked, made public or taken away before that which it needs is there."""
    LATE = "late"
    """What gets one ready for a day is done before that day."""
    UNLINKED = "unlinked"
    """What belongs behind something else waits for it."""
    TOO_LARGE = "too_large"
    """No task is so long that nobody can tell half way how it goes."""
    ASKED_TWICE = "asked_twice"
    """People are asked once for one thing."""
    DEADLINE = "deadline"
    """The longest way fits into the time that is left."""
    PACE = "pace"
    """What is counted can be done so often by the day that is named for it."""
    WORKLOAD = "workload"
    """So does all that one pair of hands has to do."""
    BUDGET = "budget"
    """The tasks cost no more than there is."""
    SERIAL = "serial"
    """What has nothing to do with each other need not wait for each other."""
    RISK = "risk"
    """What can hold up the end is named."""


class Severity(IntEnum):
    """How much a finding asks for; higher comes first."""

    NOTE = 1
    """Good to know; costs nothing."""
    REMARK = 2
    """The plan would be better without."""
    PROBLEM = 3
    """The plan can't do what it is for."""


class Reason(StrEnum):
    """Why a task on the longest way is a risk; the gravest first."""

    LOW_ODDS = "low_odds"
    UNREPEATABLE = "unrepeatable"
    """A second try could do harm, so a failed one needs a person."""
    OUTSIDE = "outside"
    """It waits for people outside."""
    CRITICAL = "critical"
    """The goal stands and falls with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a rule found. `found` is what was found and `bound` what it is held against, in hours (money for
    `BUDGET`)."""

    rule: Rule
    severity: Severity = Severity.REMARK
    tasks: tuple[str, ...] = ()
    """Keys of the tasks it is about; empty where it is about the plan as a whole."""
    criterion: int | None = None
    """Index of the criterion it is about; None where it is about none."""
    beside: int | None = None
    """For `SERIAL`: the other criterion, which has nothing to do with the first. For `UNLINKED`: the one that it
    belongs behind. None for all other rules."""
    found: float | None = None
    """None for rules that don't count anything."""
    bound: float | None = None
    """None for rules that don't count anything."""
    reasons: tuple[Reason, ...] = ()
    """For `RISK`: why; empty for all other rules."""
    odds: float | None = None
    """For `RISK`: the odds of the task, from 0 to 1; None for all other rules."""
    option: str = ""
    """The answer in question: for `UNREACHABLE` one that is not offered, for `UNCOVERED` the only one with which the
    criterion is served; empty for all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good a plan is, and why."""

    score: int
    """From 0 to 100."""
    findings: tuple[Finding, ...]
    """The gravest first."""
    coverage: tuple[tuple[str, ...], ...]
    """For each criterion the keys of the tasks that serve it, in the order of the plan."""
    width: int = 1
    """How many tasks go on at once at most, when each begins as soon as it can."""
    hours: float = 0.0
    """What the plan usually takes by its forecast, in hours; without one, the longest way through it."""

    def of(self, rule: Rule) -> tuple[Finding, ...]:
        """What one rule found."""
        return tuple(finding for finding in self.findings if finding.rule is rule)

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of that severity and above."""
        return tuple(finding for finding in self.findings if finding.severity >= severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What the findings of one rule cost of the 100 points: each by its severity, and all of them together at most."""

    problem: float = 0.0
    remark: float = 0.0
    most: float


POINTS: dict[Rule, Points] = {
    Rule.EMPTY: Points(problem=100, most=100),
    Rule.UNCOVERED: Points(problem=10, remark=5, most=100),
    Rule.UNDONE: Points(problem=10, most=100),
    Rule.UNREACHABLE: Points(problem=8, most=24),
    Rule.ORPHANED: Points(remark=4, most=16),
    Rule.UNVERIFIED: Points(remark=6, most=24),
    Rule.EARLY: Points(problem=15, remark=6, most=30),
    Rule.LATE: Points(problem=15, most=30),
    Rule.UNLINKED: Points(remark=6, most=12),
    Rule.TOO_LARGE: Points(remark=5, most=20),
    Rule.ASKED_TWICE: Points(remark=5, most=15),
    Rule.DEADLINE: Points(problem=40, remark=20, most=40),
    Rule.PACE: Points(remark=10, most=20),
    Rule.WORKLOAD: Points(remark=10, most=10),
    Rule.BUDGET: Points(problem=30, remark=10, most=30),
    Rule.SERIAL: Points(remark=8, most=8),
    Rule.RISK: Points(remark=3, most=9),
}
"""The weights of the score. A criterion that is uncovered or undone costs its share of the hundred where that is more
than ten."""


def score_of(findings: tuple[Finding, ...], criteria: int) -> int:
    """A hundred less what the findings cost, and never less than 0. `criteria` is how many the goal has."""
    lost: dict[Rule, float] = {}
    for finding in findings:
        lost[finding.rule] = lost.get(finding.rule, 0.0) + _cost(finding, criteria)
    total = sum(min(points, POINTS[rule].most) for rule, points in lost.items())
    return max(0, round(100 - total))


def _cost(finding: Finding, criteria: int) -> float:
    points = POINTS[finding.rule]
    match finding.severity:
        case Severity.PROBLEM:
            share = 100 / criteria if finding.rule in {Rule.UNCOVERED, Rule.UNDONE} and criteria else 0.0
            return max(points.problem, share)
        case Severity.REMARK:
            return points.remark
        case Severity.NOTE:
            return 0.0
        case _:
            assert_never(finding.severity)
