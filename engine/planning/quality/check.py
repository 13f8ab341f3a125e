"""The check of a whole plan: all rules, each asked once, and the score that follows from what they found."""

from collections.abc import Callable, Iterator

from engine.goals import Goal
from engine.planning.quality.bonds import late, undone, unlinked
from engine.planning.quality.case import Case, read_case
from engine.planning.quality.circumstances import Circumstances
from engine.planning.quality.coverage import coverage_of, empty, orphaned, uncovered, unreachable
from engine.planning.quality.findings import Finding, Quality, score_of
from engine.planning.quality.graph import most_at_once
from engine.planning.quality.limits import budget, deadline, pace, workload
from engine.planning.quality.proof import unverified
from engine.planning.quality.repeats import asked_twice
from engine.planning.quality.risks import risks
from engine.planning.quality.seams import serial
from engine.planning.quality.sizes import too_large
from engine.planning.quality.turns import early
from engine.plans import Plan, check_plan

RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    empty,
    uncovered,
    undone,
    unreachable,
    deadline,
    pace,
    budget,
    orphaned,
    unverified,
    early,
    late,
    unlinked,
    too_large,
    asked_twice,
    workload,
    serial,
    risks,
)
"""All rules. Findings of one severity come in this order."""


def quality_of(goal: Goal, plan: Plan, given: Circumstances) -> Quality:
    """How good a plan is for a goal, whoever made it. Pure: the same plan at the same moment gets the same answer.

    `#3` in `after` stands for the goal's own task 3 and counts as done. Raises `InvalidInputError` for a plan that
    `check_plan` refuses: what can't be carried out has no quality.
    """
    own = {task.key for task in plan.tasks}
    check_plan(plan.tasks, known_numbers=[number for number in goal.tasks if f"#{number}" not in own])
    case = read_case(goal, plan.tasks, given)
    found = [finding for rule in RULES for finding in rule(case)]
    findings = tuple(sorted(found, key=lambda finding: -finding.severity))
    return Quality(
        score=score_of(findings, len(goal.criteria)),
        findings=findings,
        coverage=coverage_of(case),
        width=most_at_once(case.times),
        hours=given.outlook.likely if given.outlook is not None else case.times.length,
    )
