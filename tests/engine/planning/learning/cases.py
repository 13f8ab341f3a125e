"""Experiences for the tests of learning, made from little."""

import datetime as dt
import math
import random

from engine.planning.learning.experience import Answer, Doing, Experience, History
from engine.tasks import Estimate
from engine.values import ChatId, UserId

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ANN, BEN, CAT = UserId(1), UserId(2), UserId(3)
CHAT = ChatId(100)
WRITING = Doing(work="person", kind="write", method="draft_first", person=ANN)
HOURS = Estimate(low=1.0, likely=2.0, high=4.0)


def case(
    doing: Doing = WRITING,
    *,
    worked: bool = True,
    hours: float | None = 2.0,
    days_ago: float = 1.0,
    success: float = 0.8,
    estimate: Estimate = HOURS,
    chat: ChatId | None = CHAT,
) -> Experience:
    """A task that ended some days before now."""
    return Experience(
        doing=doing,
        success=success,
        estimate=estimate,
        worked=worked,
        hours=hours,
        ended_at=NOW - days_ago * DAY,
        chat=chat,
    )


def history(*cases: Experience, answers: tuple[Answer, ...] = ()) -> History:
    """These, in the order of their ends."""
    return History(experiences=tuple(sorted(cases, key=lambda one: one.ended_at)), answers=answers)


def drawn(dice: random.Random, doing: Doing, middle: float, width: float, count: int) -> list[Experience]:
    """Cases whose hours are log-normal, one a day up to yesterday."""
    return [case(doing, hours=math.exp(dice.gauss(middle, width)), days_ago=count - number) for number in range(count)]
