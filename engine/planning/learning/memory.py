"""Takes cases in, one after the other; what it holds at a moment are `Beliefs`."""

import datetime as dt
import math

from engine.planning.learning.beliefs import ANSWER_HOURS, Beliefs, Store, failing_path, path_of
from engine.planning.learning.durations import planned
from engine.planning.learning.experience import Answer, Experience, History
from engine.planning.learning.findings import SHORTEST_HOURS
from engine.planning.learning.odds import sensible
from engine.planning.learning.tallies import Path, Tallies, weight

ENOUGH = 5.0
"""Cases from which a group knows what is odd."""
ODD = 2.5
"""Widths from the middle beyond which a duration counts as so far off and no farther: somebody forgot to say that it
was done. One such case would otherwise widen all ranges for a season."""


class Memory:
    """All that was learned so far. Weights are kept as they are at `reference`, which may be any moment."""

    __slots__ = ("_reference", "_store")

    def __init__(self, reference: dt.datetime) -> None:
        self._reference = reference
        self._store = Store()

    def beliefs(self, now: dt.datetime) -> Beliefs:
        """What is believed at a moment. Good until the next case is taken in."""
        return Beliefs(self._store, weight(self._reference, now))

    def take(self, case: Experience) -> None:
        """Learn from a task that ended."""
        store, path, share = self._store, path_of(case.doing), weight(case.ended_at, self._reference)
        if case.hours is not None and case.worked:
            excess = self._excess(case, case.hours)
            _count(store.durations.tallies, store.duration_spreads.tallies, path, (share, excess))
            if case.doing.person is not None:
                store.durations.people.add(path)
        elif case.hours is not None:  # how long it would have taken, had it not failed, nobody knows
            expected = self.beliefs(case.ended_at).duration(case.doing, case.estimate)
            sooner = math.log(max(case.hours, SHORTEST_HOURS)) - expected.middle
            store.failures.tallies.add(failing_path(case.doing), share, sooner, 0.0)
        store.odds.tallies.add(path, share, float(case.worked), sensible(case.success))
        if case.doing.person is not None:
            store.odds.people.add(path)

    def hear(self, answer: Answer) -> None:
        """Learn from an answer that a person gave."""
        share = weight(answer.at, self._reference)
        excess = math.log(max(answer.hours, SHORTEST_HOURS)) - planned(ANSWER_HOURS)[0]
        path = (str(answer.person),)
        _count(self._store.answers.tallies, self._store.answer_spreads.tallies, path, (share, excess))

    def settle(self) -> None:
        """Let the next beliefs look at everything anew."""
        self._store.odds.people.forget()
        self._store.durations.people.forget()

    def _excess(self, case: Experience, hours: float) -> float:
        """How much longer it took than planned, as a logarithm; what is odd is brought near."""
        middle, _ = planned(case.estimate)
        excess = math.log(max(hours, SHORTEST_HOURS)) - middle
        believed = self.beliefs(case.ended_at).duration(case.doing, case.estimate)
        if believed.cases < ENOUGH:
            return excess
        center, reach = believed.middle - middle, ODD * believed.width
        return min(max(excess, center - reach), center + reach)


def _count(means: Tallies, spreads: Tallies, path: Path, case: tuple[float, float]) -> None:
    """Add a case to the sums, and the square of its distance from its own group to what tells the spread."""
    share, excess = case
    cases, sums, _ = means.of(path)
    if cases > 0.0 and share > 0.0:  # a first case tells nothing of a spread
        distance = excess - sums / cases
        spreads.add(path, share, distance * distance * cases / (cases + share), 0.0)
    means.add(path, share, excess, 0.0)


def learned(history: History, now: dt.datetime) -> Beliefs:
    """What a history teaches, as it counts at a moment."""
    memory = Memory(now)
    for case in history.experiences:
        memory.take(case)
    for answer in history.answers:
        memory.hear(answer)
    memory.settle()
    return memory.beliefs(now)
