"""How well Milepost predicts once it has seen a kind of task twenty times: odds, hours of tasks, ends of goals.

Each prediction is made before what it predicts, from nothing but what had ended by then, in worlds whose truth is
hidden (`benchmarks/hidden_world.py`). What was chosen by looking (how far groups lie apart, what counts as odd, the
half-life, the noise of the worlds) was chosen on the seeds of `TUNED`, and looked at on the way on 1001 to 1010 and
2001 to 2010; the figures are of the seeds of `JUDGED`, which nothing was chosen on.
"""

import datetime as dt
import math
import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.figures import Figure, Wanted, as_table, beside, quantile
from benchmarks.hidden_world import TRIES, Life, Run, lives
from engine.planning.learning.beliefs import Beliefs
from engine.planning.learning.calibration import Calibration, calibrate
from engine.planning.learning.durations import planned
from engine.planning.learning.experience import Answer, History
from engine.planning.learning.findings import LONGEST_HOURS, Hours, Odds
from engine.planning.learning.memory import Memory
from engine.planning.learning.replay import Judged, replayed

TUNED = range(1, 13)
JUDGED = range(3001, 3011)
RUNS = 20
"""Runs of a kind after which predictions are judged."""
DRAWS = 200
"""Lives of a goal that are imagined to predict its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What was predicted of a goal when it began, and when it was reached; in hours."""

    low: float
    median: float
    high: float
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one world showed of the predictions after `RUNS` runs of a kind."""

    calibration: Calibration
    base_of_kinds: float
    """The Brier score of somebody who knows for each kind which share of the judged runs works."""
    truth: float
    """The Brier score of somebody who knows the hidden odds."""
    least_error: float
    """The median error of the hours of somebody who knows their hidden medians."""
    plan: Calibration
    """The same cases by the plan's own figures, nothing learned."""
    arrivals: tuple[Arrival, ...]


def measure(seeds: Iterable[int] = JUDGED) -> list[Figure]:
    """The figures of these worlds together."""
    outcomes = [outcome_of(lives(seed)) for seed in seeds]
    return [*_odds(outcomes), *_hours(outcomes), *_ends(outcomes)]


def outcome_of(world: Sequence[Life]) -> Outcome:
    """Live through a world from its first day to its last, predicting all the way."""
    runs = {id(run.case): run for life in world for run in life.runs}
    history = History(experiences=tuple(run.case for run in runs.values()))
    late = [one for one in replayed(history) if one.runs >= RUNS]
    of_kinds: dict[str, list[Judged]] = {}
    for one in late:
        of_kinds.setdefault(one.case.doing.kind, []).append(one)
    return Outcome(
        calibration=calibrate(late),
        base_of_kinds=sum((calibrate(kind).base_brier or 0.0) * len(kind) for kind in of_kinds.values()) / len(late),
        truth=statistics.fmean((runs[id(one.case)].chance - one.case.worked) ** 2 for one in late),
        least_error=statistics.median(
            abs(runs[id(one.case)].median - one.hours) / one.hours for one in late if one.hours is not None
        ),
        plan=calibrate(map(_by_the_plan, late)),
        arrivals=tuple(_arrivals(world)),
    )


def _by_the_plan(one: Judged) -> Judged:
    """The same case as the plan alone would have predicted it."""
    middle, _ = planned(one.case.estimate)
    low, high = one.case.estimate.low, one.case.estimate.high
    return replace(one, chance=one.case.success, low=low, median=math.exp(middle), high=high)


def _arrivals(world: Sequence[Life]) -> Iterator[Arrival]:
    """Every goal of well-known kinds that was reached, predicted at its begin."""
    ends: list[tuple[dt.datetime, Run | Answer]] = [
        *((run.case.ended_at, run) for life in world for run in life.runs),
        *((life.answer.at, life.answer) for life in world if life.answer is not None),
    ]
    ends.sort(key=lambda end: end[0], reverse=True)
    memory, seen, dice = Memory(world[0].began_at), Counter[str](), random.Random(1)
    for life in world:
        while ends and ends[-1][0] <= life.began_at:
            _, happened = ends.pop()
            if isinstance(happened, Answer):
                memory.hear(happened)
            else:
                memory.take(happened.case)
                seen[happened.case.doing.kind] += 1
        if life.hours is not None and all(seen[need.way.kind] >= RUNS for need in life.needs):
            drawn = _imagined(memory.beliefs(life.began_at), life, dice)
            low, median, high = (quantile(drawn, share) for share in (0.1, 0.5, 0.9))
            yield Arrival(low=low, median=median, high=high, hours=life.hours)


def _imagined(beliefs: Beliefs, life: Life, dice: random.Random) -> list[float]:
    """Hours that such a goal may take when it is reached, many times over."""
    tasks = [
        (
            beliefs.odds(n.doing, n.way.success),
            beliefs.duration(n.doing, n.estimate),
            beliefs.failing(n.doing, n.estimate),
        )
        for n in life.needs
    ]
    answer = beliefs.answer_time(life.owner.id) if life.answer is not None else None
    return [
        sum(_task(*task, dice) for task in tasks) + (_drawn(answer, dice) if answer is not None else 0.0)
        for _ in range(DRAWS)
    ]


def _task(odds: Odds, hours: Hours, failing: Hours, dice: random.Random) -> float:
    """Hours of one task with its failed tries, given that one of `TRIES` works."""
    weights = [(1 - odds.chance) ** failures for failures in range(TRIES)]
    failures = dice.choices(range(TRIES), weights=weights)[0]
    return _drawn(hours, dice) + sum(_drawn(failing, dice) for _ in range(failures))


def _drawn(hours: Hours, dice: random.Random) -> float:
    chance = dice.gammavariate(hours.freedom / 2, 2 / hours.freedom)  # a normal over the root of this is Student's t
    return min(math.exp(hours.middle + hours.width * dice.gauss(0, 1) / math.sqrt(chance)), LONGEST_HOURS)


def _odds(outcomes: Sequence[Outcome]) -> list[Figure]:
    def score(name: str, peers: Callable[[Outcome], float], against: str, wanted: Wanted | None) -> Figure:
        pairs = [(one.calibration.brier or 0.0, peers(one)) for one in outcomes]
        return replace(beside(name, "", pairs, against=against), wanted=wanted)

    better = Wanted(bound=1.0, of_ratio=True)
    return [
        score("Brier score", lambda one: one.calibration.base_brier or 0.0, "base rate", better),
        score("Brier score, by kind", lambda one: one.base_of_kinds, "base rate of each kind", better),
        score("Brier score, learning", lambda one: one.plan.brier or 0.0, "the plan's own odds", better),
        score("Brier score, at best", lambda one: one.truth, "knowing the hidden odds", None),
    ]


def _hours(outcomes: Sequence[Outcome]) -> list[Figure]:
    def percent(name: str, read: Callable[[Calibration], float | None], wanted: Wanted) -> Figure:
        pairs = [((read(one.calibration) or 0.0) * 100, (read(one.plan) or 0.0) * 100) for one in outcomes]
        return replace(beside(name, "%", pairs, against="the plan's estimates"), wanted=wanted)

    return [
        percent("hours of a task, median error", lambda found: found.median_error, Wanted(bound=40.0)),
        beside(
            "hours of a task, median error at best",
            "%",
            [((one.calibration.median_error or 0.0) * 100, one.least_error * 100) for one in outcomes],
            against="knowing the hidden medians",
        ),
        *(percent(f"hours of a task, {held}", lambda found: found.coverage, bound) for held, bound in _HELD),
    ]


_HELD = (
    ("held by the 80 % range, at least", Wanted(bound=70.0, at_least=True)),
    ("held by the 80 % range, at most", Wanted(bound=90.0)),
)


def _ends(outcomes: Sequence[Outcome]) -> list[Figure]:
    arrivals = [arrival for one in outcomes for arrival in one.arrivals]
    error = statistics.median(abs(one.median - one.hours) / one.hours for one in arrivals) * 100
    held = statistics.fmean(one.low <= one.hours <= one.high for one in arrivals) * 100
    return [
        Figure(name="end of a goal, median error", unit="%", value=error, wanted=Wanted(bound=40.0)),
        *(Figure(name=f"end of a goal, {name}", unit="%", value=held, wanted=bound) for name, bound in _HELD),
        Figure(name="goals whose end was predicted", unit="goals", value=float(len(arrivals))),
    ]


if __name__ == "__main__":
    print(as_table(measure()))
