"""The quality check of any plan, whoever made it: rules, what each found, and a score from 0 to 100."""

from engine.planning.quality.case import Circumstances, Outlook
from engine.planning.quality.check import quality_of
from engine.planning.quality.findings import Finding, Quality, Reason, Rule, Severity
from engine.planning.quality.standing import standing_plan

__all__ = [
    "Circumstances",
    "Finding",
    "Outlook",
    "Quality",
    "Reason",
    "Rule",
    "Severity",
    "quality_of",
    "standing_plan",
]
