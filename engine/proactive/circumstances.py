"""What the rules are told besides the goal: the moment, the forecast, what was learned and spent, other goals."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.goals import Goal
from engine.money import NOTHING, UNBOUNDED, Amount, Cap
from engine.planning.forecasting.model import Forecast
from engine.planning.learning.findings import Hours
from engine.planning.quality.findings import Quality
from engine.records import AttemptRow
from engine.values import TaskNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What a goal may cost, has cost, and is expected to cost still."""

    cap: Cap = UNBOUNDED
    charged: Amount = NOTHING
    """Spent and reserved."""
    expected: int = 0
    """Micro-dollars that the rest of the plan is expected to take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """All that the goal doesn't say by itself. Only the moment must be known."""

    now: dt.datetime
    free_hands: int = 1
    """Worker slots that nothing holds."""
    others: Sequence[Goal] = ()
    """The other goals of the same chat and person, those that ended lately among them."""
    quality: Quality | None = None
    """What the check of the plan as it stands found; None where there is no plan to check."""
    forecast: Forecast | None = None
    """The newest that somebody had made of the present plan; None where nobody has."""
    promised: dt.datetime | None = None
    """When nine of ten cases were to be done, as the present plan said when it was made; None where it said nothing."""
    expected: Mapping[TaskNumber, Hours] = field(default_factory=dict)
    """How long unfinished tasks take, by what was learned."""
    attempts: Sequence[AttemptRow] = ()
    """The tries of its tasks, oldest first."""
    patient: frozenset[str] = frozenset()
    """Works whose tasks are looked at again and again until they hold: that they don't yet is no failure."""
    purse: Purse = Purse()
    ordered_by_person: bool = False
    """Whether the person has asked for an order among the tasks, in words."""
    progress_at: dt.datetime | None = None
    """When the progress last grew; None where that is not known."""
