"""A world with hidden odds and durations, to learn in: goals whose tasks fail, drag on, and change with the year.

The plan's own figures are wrong in it, as they are anywhere: by kind, by method and by person. Durations have heavy
tails, and some tasks are reported done long after they were. Odds and durations drift in the course of the year. Half
of the goals begin with a question to a person. Whoever predicts is told nothing of all this but what has ended before.

It is made from a seed alone: the same seed is the same world.
"""

import datetime as dt
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from engine.planning.learning.experience import Answer, Doing, Experience
from engine.tasks import Estimate
from engine.values import UserId

GOALS = 200
DAYS = 300
"""Over which the goals begin."""
BEGIN = dt.datetime(2026, 1, 5, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TRIES = 3
"""How often a task is tried before its goal is given up."""
PEOPLE = (UserId(1), UserId(2), UserId(3))
KINDS = (
    # work, kind, how many methods, how often it is needed
    ("person", "write", 3, 5),
    ("person", "research", 2, 4),
    ("person", "design", 2, 3),
    ("person", "interview", 1, 2),
    ("command", "tests", 2, 5),
    ("command", "deploy", 2, 3),
    ("http_check", "check", 1, 3),
    ("agent", "develop", 3, 5),
    ("agent", "fix", 2, 4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One method of one kind: what the plan says of it, and the truth."""

    work: str
    kind: str
    method: str
    success: float
    """What the plan says."""
    estimate: Estimate
    """What the plan says of a task of ordinary size."""
    log_odds: float
    middle: float
    """Logarithm of the true median hours, for a task of ordinary size."""
    width: float
    """Width of the logarithm of the true hours."""
    drift: tuple[float, float]
    """What the year adds to log-odds and middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How somebody differs from everybody."""

    id: UserId
    skill: float
    """In log-odds."""
    pace: float
    """In the logarithm of the hours."""
    answers: float
    """Logarithm of the median hours to an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A task of a goal: who does what in which way, and its size."""

    way: Way
    person: Person | None  # None where it runs by itself
    size: float

    @property
    def doing(self) -> Doing:
        """What experiences of it are gathered under."""
        way = self.way
        return Doing(
            work=way.work, kind=way.kind, method=way.method, person=self.person.id if self.person is not None else None
        )

    @property
    def estimate(self) -> Estimate:
        """What the plan says of this one."""
        plan, size = self.way.estimate, self.size
        return Estimate(low=plan.low * size, likely=plan.likely * size, high=plan.high * size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a task, and the truth behind it."""

    case: Experience
    chance: float
    median: float
    """Hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A goal as it went: perhaps a question, then its tasks in a row, each tried until it worked."""

    began_at: dt.datetime
    owner: Person
    answer: Answer | None  # None where nothing was asked
    needs: tuple[Need, ...]
    runs: tuple[Run, ...]
    hours: float | None
    """From its begin to its end; None when it was given up."""


def lives(seed: int) -> list[Life]:
    """The goals of one world, in the order of their begins."""
    dice = random.Random(seed)
    ways = [way for kind in KINDS for way in _ways(dice, kind)]
    often = [next(float(k[3]) / k[2] for k in KINDS if (k[0], k[1]) == (w.work, w.kind)) for w in ways]
    people = [
        Person(id=name, skill=dice.gauss(0, 0.5), pace=dice.gauss(0, 0.35), answers=dice.gauss(1.5, 1.0))
        for name in PEOPLE
    ]
    begins = sorted(BEGIN + dt.timedelta(days=dice.uniform(0, DAYS)) for _ in range(GOALS))
    found = []
    for begin in begins:
        owner = dice.choices(people, weights=(5, 3, 2))[0]
        chosen = dice.choices(ways, weights=often, k=dice.randint(3, 7))
        needs = tuple(
            Need(way=way, person=owner if way.work == "person" else None, size=math.exp(dice.gauss(0, 0.6)))
            for way in chosen
        )
        found.append(_live(dice, begin, owner, needs))
    return found


def _ways(dice: random.Random, described: tuple[str, str, int, int]) -> Iterator[Way]:
    work, kind, methods, _ = described
    kind_odds, kind_pace = dice.gauss(-0.2, 0.7), dice.gauss(0.2, 0.5)
    for number in range(methods):
        success = dice.choice((0.6, 0.7, 0.8, 0.9, 0.95))
        likely = math.exp(dice.uniform(math.log(0.5), math.log(40)))
        width = dice.choice((1.5, 2.0, 3.0))  # what the plan takes for the factor from likely to low and high
        yield Way(
            work=work,
            kind=kind,
            method=f"{kind}_{number}",
            success=success,
            estimate=Estimate(low=likely / width, likely=likely, high=likely * width),
            log_odds=math.log(success / (1 - success)) + kind_odds + dice.gauss(0, 0.6),
            middle=math.log(likely) + kind_pace + dice.gauss(0, 0.35),
            width=dice.uniform(0.2, 0.5),
            drift=(dice.gauss(0, 0.6), dice.gauss(0, 0.3)),
        )


def _live(dice: random.Random, begin: dt.datetime, owner: Person, needs: tuple[Need, ...]) -> Life:
    now, answer, runs = begin, None, []
    if dice.random() < 0.5:
        waited = math.exp(owner.answers + _heavy(dice))
        now += dt.timedelta(hours=waited)
        answer = Answer(person=owner.id, hours=waited, at=now)
    for need in needs:
        for _ in range(TRIES):
            runs.append(_run(dice, now, need))
            now = runs[-1].case.ended_at
            if runs[-1].case.worked:
                break
        else:
            break
    hours = (now - begin) / HOUR if runs[-1].case.worked else None
    return Life(began_at=begin, owner=owner, answer=answer, needs=needs, runs=tuple(runs), hours=hours)


def _run(dice: random.Random, now: dt.datetime, need: Need) -> Run:
    way, person = need.way, need.person
    year = (now - BEGIN) / dt.timedelta(days=DAYS)
    log_odds = way.log_odds + way.drift[0] * year + (person.skill if person is not None else 0.0)
    middle = way.middle + way.drift[1] * year + (person.pace if person is not None else 0.0)
    chance, median = 1 / (1 + math.exp(-log_odds)), need.size * math.exp(middle)
    worked = dice.random() < chance
    hours = median * math.exp(way.width * _heavy(dice))
    if not worked:
        hours *= dice.uniform(0.3, 1.0)  # nobody goes on to the end with what does not work
    elif dice.random() < 0.02:
        hours *= dice.uniform(4, 12)  # done, and forgotten to be said so
    case = Experience(
        doing=need.doing,
        success=way.success,
        estimate=need.estimate,
        worked=worked,
        hours=hours,
        ended_at=now + dt.timedelta(hours=hours),
    )
    return Run(case=case, chance=chance, median=median)


def _heavy(dice: random.Random) -> float:
    """A number of Student's t with four degrees of freedom: mostly like a normal one, more often far off.

    Cut at five: a year for what takes a day is no tail any more.
    """
    drawn = dice.gauss(0, 1) / math.sqrt(sum(dice.gauss(0, 1) ** 2 for _ in range(4)) / 4)
    return min(max(drawn, -5.0), 5.0)
