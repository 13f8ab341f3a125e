"""The track record: all predictions of the last seasons beside what came of them, for one chat or for everything."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from engine.planning.learning.calibration import Calibration, by_work, calibrate
from engine.planning.learning.experience import History
from engine.planning.learning.findings import Hours
from engine.planning.learning.memory import learned
from engine.planning.learning.replay import replayed
from engine.planning.learning.tallies import HALF_LIFE
from engine.ports import Queries
from engine.values import ChatId, UserId

LOOK_BACK = 8 * HALF_LIFE
"""What is older weighs less than half a hundredth, and is not read any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose predictions are asked for."""

    everything: bool = False
    """All goals; otherwise those of `chat`."""
    chat: ChatId | None = None
    """None for the goals of programs."""
    person: UserId | None = None
    """Whose time to answer is told, from wherever they answered; None for nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """How long somebody takes to answer."""

    answers: int
    expected: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """Predicted against actual."""

    overall: Calibration
    works: Mapping[str, Calibration]
    """The same for each work by its name, that with the most cases first."""
    since: dt.datetime | None
    """When the first of the tasks ended; None when there are none."""
    answering: Answering | None
    """None when nobody was asked about, or they never answered."""


async def track_record(queries: Queries, scope: Scope, now: dt.datetime) -> TrackRecord:
    """The track record of the last seasons. Raises `StoreError`."""
    history = await queries.history(now - LOOK_BACK)
    return await asyncio.to_thread(judged_record, history, scope, now)


def judged_record(history: History, scope: Scope, now: dt.datetime) -> TrackRecord:
    """The track record that a history tells. What is learned from goes beyond the scope, what is judged does not."""
    judged = [one for one in replayed(history) if scope.everything or one.case.chat == scope.chat]
    return TrackRecord(
        overall=calibrate(judged),
        works=by_work(judged),
        since=min((one.case.ended_at for one in judged), default=None),
        answering=_answering(history, scope.person, now),
    )


def _answering(history: History, person: UserId | None, now: dt.datetime) -> Answering | None:
    own = tuple(answer for answer in history.answers if answer.person == person)
    if person is None or not own:
        return None
    return Answering(answers=len(own), expected=learned(History(answers=history.answers), now).answer_time(person))
