"""What code work remembers of a goal beside its tasks, in the goal's metadata."""

from collections.abc import Sequence

from msgspec.structs import replace

from engine import events as e
from engine.coding.options import ANSWERED_BY
from engine.coding.refusals import CodeRefused
from engine.decisions import Decision, Moment
from engine.goals import Goal
from engine.values import Cause, JsonObject

PULL_REQUEST = "pull_request"
"""The goal's metadata under this name hold the address of the pull request that was opened for its branch."""

_REBASE = "rebase"
"""The goal's metadata under this name hold a wish that its branch be laid on its base: what it came from, and which end
of the goal it came after."""

_FLAGGED = "flagged_state"
"""The goal's metadata under this name hold the newest state in which a proof found changed tests: a plan that changes
then lets go of what the proof brought."""


def remembered(goal: Goal, facts: JsonObject) -> e.GoalEdited:
    """The goal with these among its metadata, and nothing else changed."""
    return replace(e.unedited(goal), metadata={**goal.metadata, **facts})


def pull_request_of(goal: Goal) -> str:
    """The address of the pull request that was opened for the goal's branch; empty for none."""
    return str(goal.metadata.get(PULL_REQUEST) or "")


def answered_with(goal: Goal, cause: Cause) -> list[str]:
    """The files that the answer about changed tests was about that came from just there."""
    kept = goal.metadata.get(ANSWERED_BY)
    return sorted(path for path, by in kept.items() if by == cause) if isinstance(kept, dict) else []


def wanted_rebase(goal: Goal) -> Cause | None:
    """What the wish came from that the branch be laid on its base; None for none. Who opens the goal again drops it."""
    told = goal.metadata.get(_REBASE)
    if not isinstance(told, dict) or goal.ended_at is None or told.get("ended_at") != goal.ended_at.isoformat():
        return None
    return Cause(str(told.get("cause")))


def rebase_wanted(cause: Cause) -> Decision:
    """Somebody wants the branch laid on its base. Whoever wants the same while it is not done yet changes nothing."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        if goal.ended_at is None:
            raise CodeRefused("code_under_way", "the goal still works on its branch")
        if wanted_rebase(goal) is not None:
            return []
        return [remembered(goal, {_REBASE: {"cause": cause, "ended_at": goal.ended_at.isoformat()}})]

    return decide


def rebase_told(cause: Cause) -> Decision:
    """What came of that wish is on its way to whoever had it."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        return [remembered(goal, {_REBASE: None})] if wanted_rebase(goal) == cause else []

    return decide


def flagged_state(goal: Goal) -> str:
    """The newest state that was kept as one with changed tests; empty for none."""
    return str(goal.metadata.get(_FLAGGED) or "")


def found_flagged(state: str) -> Decision:
    """A proof found changed tests in that state."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        return [] if flagged_state(goal) == state else [remembered(goal, {_FLAGGED: state})]

    return decide
