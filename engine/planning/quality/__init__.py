"""The quality check of any plan, whoever made it: rules, what each found, and a score from 0 to 100."""

from engine.goals import Goal
from engine.planning.quality.circumstances import Circumstances, Outlook, purse_of
from engine.planning.quality.findings import Finding, Quality, Reason, Rule, Severity
from engine.planning.quality.standing import standing_plan
from engine.plans import Plan

__all__ = [
    "Circumstances",
    "Finding",
    "Outlook",
    "Quality",
    "Reason",
    "Rule",
    "Severity",
    "purse_of",
    "quality_of",
    "standing_plan",
]


def quality_of(goal: Goal, plan: Plan, given: Circumstances) -> Quality:
    """As `check.quality_of`, whose rules are loaded with the first plan that is checked: they read criteria."""
    from engine.planning.quality import check  # noqa: PLC0415 - no start is to wait for it

    return check.quality_of(goal, plan, given)
