"""What is kept of a reasoning session: the ways that were compared, which one was taken and why, and what it cost."""

from dataclasses import dataclass

from engine.agents.calls import Purpose
from engine.money import NOTHING, Amount
from engine.values import GoalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One plan among those that were compared."""

    name: str
    by_model: bool
    """Whether a model proposed it; its words are the model's then, and claims."""
    approach: str = ""
    tasks: int
    hours: float
    """From start to end at its usual pace."""
    odds: float
    """The odds that it goes as it stands, from 0 to 1; a model's as they are believed."""
    in_time: float
    """The odds to be done by the deadline, if it works out; 1 without one."""
    score: float
    """Odds times odds to be in time, from 0 to 1."""
    claimed: float | None = None
    """The odds that the model gave it; None for plans from methods."""
    reasons: str = ""
    """The model's, for its odds."""
    risks: tuple[str, ...] = ()
    is_chosen: bool = False
    letter: str = ""
    """What it is called where it is offered; empty for one that is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningSession:
    """How a plan came about with a model's help, or why that helped nothing."""

    purpose: Purpose = Purpose.PLAN
    weighed: tuple[Weighed, ...] = ()
    """All that were sound, the best first."""
    choice: str = ""
    """Why the chosen one was taken."""
    faults: tuple[str, ...] = ()
    """What was wrong with proposals, and was sent back."""
    failure: str = ""
    """Why the model could not help; empty when it did."""
    models: tuple[str, ...] = ()
    """Those that were asked."""
    calls: int = 0
    spent: Amount = NOTHING
    seconds: float = 0.0

    @property
    def chosen(self) -> Weighed | None:
        """The plan that was taken; None where nothing could be compared."""
        return next((one for one in self.weighed if one.is_chosen), None)


def session_id(goal: GoalId, version: int) -> str:
    """The id of the session that a plan version of a goal came of."""
    return f"{goal}.{version}"
