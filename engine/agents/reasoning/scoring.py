"""How plans of a model and plans from methods are held against each other. Pure.

The measure is the planner's own: the odds that a plan goes as it stands, times the odds that it is done by the deadline
then, by the same forecast. What a model says of its own plans is believed by half only: models are too sure. And its
odds are taken at the number of steps of the methods' plan, so that nobody wins by writing fewer and larger tasks or
loses by being thorough; they are never more than half of what the model says of the plan as a whole. Its hours, too,
are believed by half where the methods' plan takes longer.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.agents.sessions import Weighed
from engine.goals import Goal
from engine.plans import Plan, PlannedTask, odds_within
from engine.tasks import UNKNOWN_ODDS, Estimate

TASK_PRIOR = UNKNOWN_ODDS
"""What odds that a model gives a task are drawn to."""
PLAN_PRIOR = 0.5
"""What odds that a model gives a whole plan are drawn to."""
BELIEF = 0.5
"""How much of a model's word counts, from 0 to 1."""
_EDGE = 0.01
"""No word of a model makes anything sure or hopeless."""


def tempered(odds: float, prior: float) -> float:
    """A model's odds as they are believed: half way to the prior, in log-odds."""
    told = min(max(odds, _EDGE), 1 - _EDGE)
    logit = BELIEF * _logit(told) + (1 - BELIEF) * _logit(prior)
    return 1 / (1 + math.exp(-logit))


def _logit(odds: float) -> float:
    return math.log(odds / (1 - odds))


def believed(tasks: Sequence[PlannedTask], claimed: float, steps: int) -> float:
    """The odds of a model's plan, which it says are `claimed`, as if it had so many steps."""
    each = math.fsum(math.log(task.success) for task in tasks) / max(len(tasks), 1)
    return min(math.exp(each * max(steps, 1)), tempered(claimed, PLAN_PRIOR))


def slowed(tasks: Sequence[PlannedTask], pace: float, methods: float) -> tuple[PlannedTask, ...]:
    """The tasks of a model's plan of so many hours, as slow as is believed where the methods' plan takes `methods`."""
    if not 0 < pace < methods:
        return tuple(tasks)
    factor = (methods / pace) ** (1 - BELIEF)
    return tuple(
        task if task.work == "wait" else replace(task, estimate=_times(task.estimate, factor)) for task in tasks
    )


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(low=estimate.low * factor, likely=estimate.likely * factor, high=estimate.high * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plan that is compared, and what is said of it."""

    plan: Plan
    """With its prospect."""
    name: str
    approach: str = ""
    claimed: float | None = None
    """The odds that a model gave the plan; None for plans from methods."""
    reasons: str = ""
    risks: tuple[str, ...] = ()

    @property
    def by_model(self) -> bool:
        """Whether a model proposed it."""
        return self.claimed is not None


def weigh(candidates: Sequence[Candidate], goal: Goal, now: dt.datetime) -> tuple[Weighed, ...]:
    """The candidates with their scores, in their order. What promises nothing counts for nothing."""
    left = (goal.deadline - now) / dt.timedelta(hours=1) if goal.deadline is not None else None
    return tuple(_weighed(one, left) for one in candidates)


def _weighed(one: Candidate, left: float | None) -> Weighed:
    prospect = one.plan.prospect
    odds = prospect.probability if prospect is not None else 0.0
    in_time = odds_within(prospect.ends, left) if prospect is not None and left is not None else 1.0
    return Weighed(
        name=one.name,
        by_model=one.by_model,
        approach=one.approach,
        tasks=len(one.plan.tasks),
        hours=prospect.hours.likely if prospect is not None else 0.0,
        odds=odds,
        in_time=in_time,
        score=odds * in_time,
        claimed=one.claimed,
        reasons=one.reasons,
        risks=one.risks,
    )


def ranked(weighed: Sequence[Weighed]) -> list[int]:
    """Their places, the best first: the likeliest in time, of these the likeliest at all, and of equals the one that
    stands first, so that a model's plan has to be better to be taken."""
    return sorted(range(len(weighed)), key=lambda place: (-weighed[place].score, -weighed[place].odds, place))
