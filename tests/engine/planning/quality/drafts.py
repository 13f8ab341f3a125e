"""Goals and plans in a few words, for the tests of the quality check."""

import datetime as dt

from engine.goals import Goal
from engine.planning.quality import Circumstances, Finding, Quality, Rule, quality_of
from engine.plans import Plan, PlannedTask
from engine.tasks import Estimate
from engine.values import GoalId, JsonValue

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
AT_NOW = Circumstances(now=NOW)


def goal_of(*criteria: str, days: float | None = None) -> Goal:
    """A goal with these criteria, and its deadline in so many days."""
    deadline = NOW + dt.timedelta(days=days) if days is not None else None
    return Goal(id=GoalId(1), name="A goal", criteria=criteria, deadline=deadline, created_at=NOW, updated_at=NOW)


def hours(likely: float, low: float | None = None) -> Estimate:
    """So many hours, and no more than that."""
    return Estimate(low=likely if low is None else low, likely=likely, high=likely)


def task(key: str, title: str, *after: str, criterion: int | None = 0, took: Estimate | None = None) -> PlannedTask:
    """A person's task of two hours."""
    return PlannedTask(key=key, title=title, after=after, criterion=criterion, estimate=took or hours(2))


def decision(key: str, title: str, *after: str, options: tuple[str, ...] = ("Yes", "No")) -> PlannedTask:
    """A question with its answers; it serves the first criterion."""
    listed: list[JsonValue] = list(options)
    return PlannedTask(
        key=key, title=title, work="decide", after=after, criterion=0, inputs={"question": title, "options": listed}
    )


def plan_of(*tasks: PlannedTask) -> Plan:
    """A plan that somebody made."""
    return Plan(tasks=tasks, source="somebody")


def checked(goal: Goal, *tasks: PlannedTask, given: Circumstances = AT_NOW) -> Quality:
    """What the check says of these tasks."""
    return quality_of(goal, plan_of(*tasks), given)


def found(rule: Rule, goal: Goal, *tasks: PlannedTask, given: Circumstances = AT_NOW) -> tuple[Finding, ...]:
    """What one rule found."""
    return checked(goal, *tasks, given=given).of(rule)
