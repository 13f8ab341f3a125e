"""Predictions beside what came of them: each made from nothing but what had ended before its task began."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from engine.planning.learning.experience import Doing, Experience, History
from engine.planning.learning.memory import Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was predicted of one task when it began, beside what came of it."""

    case: Experience
    runs: int
    """How many runs of its kind had ended before."""
    chance: float
    """The predicted chance that it works."""
    low: float
    """Predicted hours: one case of ten stays under `low`, half under `median`, nine under `high`."""
    median: float
    high: float

    @property
    def hours(self) -> float | None:
        """What it took; None when it did not work, or nobody saw it begin."""
        return self.case.hours if self.case.worked else None


def replayed(history: History) -> Iterator[Judged]:
    """Every experience judged by the beliefs of its begin, in the order of the begins."""
    if not history.experiences:
        return
    ends = sorted(history.experiences, key=_ending)
    begins = sorted(ends, key=lambda case: case.began_at)  # stable: what began at one moment goes as it ended
    memory = Memory(ends[-1].ended_at)
    runs: Counter[tuple[str, str]] = Counter()
    taken = 0
    for case in begins:
        while ends[taken].ended_at <= case.began_at and ends[taken] is not case:
            memory.take(ends[taken])
            runs[_kind(ends[taken].doing)] += 1
            taken += 1
        yield _judged(case, memory, runs[_kind(case.doing)])


def _judged(case: Experience, memory: Memory, runs: int) -> Judged:
    beliefs = memory.beliefs(case.began_at)
    expected = beliefs.duration(case.doing, case.estimate)
    return Judged(
        case=case,
        runs=runs,
        chance=beliefs.odds(case.doing, case.success).chance,
        low=expected.p10,
        median=expected.p50,
        high=expected.p90,
    )


def _ending(case: Experience) -> dt.datetime:
    return case.ended_at


def _kind(doing: Doing) -> tuple[str, str]:
    return doing.work, doing.kind
