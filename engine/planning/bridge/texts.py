"""A goal's criteria as they are read: cleaned, cut where there are very many, and at which moment."""

from engine.goals import Goal
from engine.planning.criteria.moments import zone_of
from engine.planning.criteria.quantities import OPEN_HORIZON
from engine.planning.criteria.reading import Moment
from engine.planning.criteria.wording import clean, crop
from engine.planning.requests import PlanRequest

_ALL_TEXT = 40_000
"""How many characters of criteria are read in all: long lists are read less deeply, never longer."""


def read_texts(goal: Goal) -> tuple[str, ...]:
    """The criteria as they are read: cleaned, and shortened where there are very many."""
    share = max(200, min(4096, _ALL_TEXT // max(1, len(goal.criteria))))
    return tuple(clean(text, share) or crop(clean(goal.name), 60) or "This criterion" for text in goal.criteria)


def reading_moment(request: PlanRequest) -> Moment:
    """The person's own time, and how many days lie ahead."""
    local = request.now.astimezone(zone_of(request.zone)).replace(tzinfo=None)
    deadline = request.goal.deadline
    days = (deadline - request.now).total_seconds() / 86_400 if deadline is not None else OPEN_HORIZON
    return Moment(local=local, horizon_days=max(7.0, days))
