"""The track record in words, for the chat and the command line alike: without aiogram, which takes seconds to load."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.planning.learning.calibration import Band, Calibration
from engine.planning.learning.record import Answering, TrackRecord
from handlers.views.times import HOUR, day, plural, span

ENOUGH = 20
"""Cases from which a share means something: of twenty, one more or less is 5 %."""
MOST_WORKS = 8
TOO_NARROW, TOO_WIDE = 0.7, 0.9
"""Ranges that are meant to hold 80 % and hold a share outside of these are said to be off."""

WORK_WORDS = {
    "person": "done by people",
    "measure": "numbers to reach",
    "http_check": "web checks",
    "command": "commands",
}
"""What the built-in works are called here; works of the operator's own go by their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A heading and the lines under it."""

    title: str
    lines: Sequence[str]


def chapters(record: TrackRecord, zone: str, now: dt.datetime) -> list[Chapter]:
    """All that there is to tell, the title of it all first."""
    overall = record.overall
    if record.since is None:
        lines = [
            "There is nothing to compare yet. Before each task I reckon how likely it is to work and how long it will"
            " take. Once the first ones are done, you see here how right I was."
        ]
        return [Chapter(title="Predicted, and what came of it", lines=lines), *_answers(record.answering)]
    began = day(record.since, zone, now)
    head = [f"{plural(overall.cases, 'task')} that ended since {began}, each predicted before it began."]
    if overall.cases < ENOUGH:
        head.append(f"That is too little to judge me by: from about {ENOUGH} on these figures mean something.")
    return [
        Chapter(title="Predicted, and what came of it", lines=head),
        Chapter(title="Would it work?", lines=[*map(_band, overall.bands), *_brier(overall)]),
        *_hours(overall),
        *_works(record),
        *_answers(record.answering),
    ]


def _band(band: Band) -> str:
    given = f"{band.least:.0%} or more" if band.least == 0.8 else "50 to 80%" if band.least else "less than 50%"
    what = "1 thing" if band.given == 1 else f"{band.given} things"
    return f"• Of {what} I gave {given}, {band.worked} worked; by my odds {_about(band.expected)} should have."


def _about(expected: float) -> str:
    """«about 30», «about 2.4»: whole numbers where one more or less does not matter."""
    return f"about {expected:.0f}" if expected >= 9.5 else f"about {expected:.1f}"


def _brier(overall: Calibration) -> Iterator[str]:
    """How good the odds were, against always saying what came out on the whole."""
    if overall.brier is None or not overall.base_brier:
        same = "worked" if overall.worked else "failed"
        yield f"• Everything {same} so far: that can't tell good odds from bad ones."
        return
    share = overall.worked / overall.cases
    if overall.brier < overall.base_brier * 0.98:
        verdict = "mine are better"
    elif overall.brier <= overall.base_brier * 1.02:
        verdict = "mine are as good, no better"
    else:
        verdict = "mine are worse, so don't rely on them yet"
    yield (
        f"• Brier score of my odds: {overall.brier:.3f} (0 is perfect, 0.25 a tossed coin)."
        f" Always saying {share:.0%}, the share that worked in the end, would have {overall.base_brier:.3f}: {verdict}."
    )


def _hours(overall: Calibration) -> Iterator[Chapter]:
    if overall.median_error is None or overall.coverage is None:
        return
    held = round(overall.coverage * overall.timed)
    verdict = ""
    if overall.timed >= ENOUGH and overall.coverage < TOO_NARROW:
        verdict = " My ranges are too narrow: allow for more."
    elif overall.timed >= ENOUGH and overall.coverage > TOO_WIDE:
        verdict = " My ranges are wider than they need be."
    times = "1 time" if overall.timed == 1 else f"{overall.timed} times"
    lines = [
        f"• Half of my estimates were off by less than {overall.median_error:.0%} of what it took ({times} known).",
        f"• {held} of {overall.timed} took as long as my range said ({overall.coverage:.0%}; it is meant to be 80%)."
        f"{verdict}",
    ]
    yield Chapter(title="How long would it take?", lines=lines)


def _works(record: TrackRecord) -> Iterator[Chapter]:
    """The works one by one, where there are several."""
    if len(record.works) > 1:
        shown = list(record.works.items())[:MOST_WORKS]
        yield Chapter(title="Work by work", lines=[_work(name, found) for name, found in shown])


def _work(name: str, found: Calibration) -> str:
    error = f", times off by {found.median_error:.0%}" if found.median_error is not None else ""
    few = " (few)" if found.cases < ENOUGH else ""
    return f"• {WORK_WORDS.get(name, name)}: {found.worked} of {found.cases} worked{error}{few}"


def _answers(answering: Answering | None) -> Iterator[Chapter]:
    if answering is not None:
        median, late = span(answering.expected.p50 * HOUR), span(answering.expected.p90 * HOUR)
        told = f"Half of the time you answer me within {median}, one time in ten only after {late}"
        yield Chapter(title="Answers", lines=[f"{told} ({plural(answering.answers, 'answer')})."])
