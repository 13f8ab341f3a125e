"""Which of the plans found is the one to go by, and which of the others a person should be offered."""

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.planning.bridge.paces import Pace
from engine.planning.bridge.taught import Learned
from engine.planning.htn.outcome import FoundPlan
from engine.plans import PlannedTask

MOST_OFFERED = 2
"""Alternatives beside the plan itself."""
_SAVES, _SAVES_HOURS = 0.04, 2.0
"""A plan counts as faster, or as less work, when it saves this share of the time, and so many hours."""
_LEAST_WORTH = -0.2
"""What loses more odds than this beside what it saves is not offered: nobody should pick it."""
_WELL_IN_TIME = 0.9
"""With lower odds to be done by the deadline, plans that save time are worth a search of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plan that was found, as the tasks that it would be."""

    found: FoundPlan
    tasks: tuple[PlannedTask, ...]
    keys: dict[int, str]
    """The tasks' keys by the numbers of their steps."""
    probability: float
    """The odds that all of it works out, by what was learned too."""
    cost: float
    pace: Pace
    work: float
    """Hours that people are busy with it."""
    learned: Mapping[str, Learned] = field(default_factory=dict)
    """What was learned of its tasks, by their keys. The tasks themselves keep the figures of their libraries."""


InTime = Callable[[Candidate], Generator[None, None, float]]
"""The odds that a plan is done by the deadline if it all works out, in slices; 1 without one."""


def wants_more(candidates: Sequence[Candidate], in_time: InTime) -> Generator[None, None, bool]:
    """Whether plans that save time should be looked for: the likeliest may be late, or offer nothing to choose from."""
    return not offered(candidates[0], candidates) or (yield from in_time(candidates[0])) < _WELL_IN_TIME


def best_of(candidates: Sequence[Candidate], in_time: InTime) -> Generator[None, None, Candidate]:
    """The likeliest to work out in time; of those that are as likely, the likeliest to work out at all."""
    best, most = candidates[0], -1.0
    for one in sorted(candidates, key=lambda one: -one.probability):
        if one.probability <= most:  # even if it is sure to be in time
            break
        if one is not best and one.pace.mean >= best.pace.mean:  # neither likelier nor faster
            continue
        odds = one.probability * (yield from in_time(one))
        if odds > most:
            best, most = one, odds
    return best


def offered(best: Candidate, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Alternatives that have something for them: sooner, less work, less money, or surer if time were no matter.

    The one that saves most for its odds comes first (the likeliest, where that is not the best one itself); a second
    one has something for it beside that one too.
    """
    worth = {id(one): _worth(one, best) for one in candidates}
    others = [one for one in candidates if _has_merit(one, best) and worth[id(one)] >= _LEAST_WORTH]
    surest = candidates[0]
    first = surest if surest is not best else max(others, key=lambda one: worth[id(one)], default=None)
    if first is None:
        return ()
    rest = [one for one in others if _has_merit(one, first)]
    second = max(rest, key=lambda one: worth[id(one)], default=None)
    return (first,) if second is None else (first, second)


def _worth(one: Candidate, best: Candidate) -> float:
    """What a plan saves, as shares of what the best one takes, against the share of the odds that it loses."""
    lost = math.log(one.probability / best.probability)
    time = 1.0 - one.pace.mean / max(best.pace.mean, 1.0)
    work = 1.0 - one.work / max(best.work, 1.0)
    money = 1.0 - one.cost / best.cost if best.cost >= 1.0 else 0.0
    return lost + time + work / 2 + money


def _has_merit(one: Candidate, other: Candidate) -> bool:
    """Whether it is notably faster, less work, cheaper or surer."""
    return (
        _saves(one.pace.mean, other.pace.mean)
        or (_saves(one.work, other.work) and one.pace.mean < other.pace.mean + _SAVES_HOURS)
        or one.cost < other.cost - 0.5
        or one.probability > other.probability * 1.005
    )


def _saves(hours: float, others: float) -> bool:
    return others - hours >= max(_SAVES_HOURS, _SAVES * others)
