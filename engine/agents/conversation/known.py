"""What an answer may say: what the tools of its turn have said and done, as values. Imports no pydantic-ai."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.values import GoalId, TaskNumber

CARRIED_OUT, DROPPED = "carried out", "dropped"
"""Deeds that go by names of their own: a goal that was set and run at once, a task that left the plan."""
SETS = frozenset(
    {
        "set_digest", "set_quiet_hours", "set_time_zone", "set_budget", "create_goal", "edit_goal", "replan_goal",
        "execute_goal",
    }
)  # fmt: skip
"""Tools that set something, be it a status or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFact:
    """What a tool has said of a task."""

    title: str
    status: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFact:
    """What a tool has said of a goal."""

    name: str
    status: str
    progress: float = 0.0
    """From 0 to 1."""
    tasks: Mapping[TaskNumber, TaskFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What a tool has done to a goal or to a task of it."""

    claim: str
    """A word such as `created`."""
    goal: GoalId
    task: TaskNumber | None = None
    """None for the goal as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that tools have said and done in a turn."""

    goals: Mapping[GoalId, GoalFact] = field(default_factory=dict)
    deeds: tuple[Deed, ...] = ()
    tools: frozenset[str] = frozenset()
    """Names of the tools that came to something."""
    looked_at: tuple[GoalId, ...] = ()
    """Goals that they have returned."""

    @property
    def touched(self) -> tuple[GoalId, ...]:
        """Goals that something was done to, in order."""
        return tuple(dict.fromkeys(deed.goal for deed in self.deeds))

    @property
    def is_unchanged(self) -> bool:
        """Whether the turn has changed nothing."""
        return not self.deeds and not self.tools & SETS


Subject = tuple[GoalId, TaskNumber | None]
"""A goal, or a task of it."""
