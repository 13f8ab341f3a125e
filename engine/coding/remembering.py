"""What code work remembers of a goal beside its tasks, in the goal's metadata."""

from engine import events as e
from engine.goals import Goal
from engine.values import JsonValue

PULL_REQUEST = "pull_request"
"""The goal's metadata under this name hold the address of the pull request that was opened for its branch."""


def remembered(goal: Goal, name: str, value: JsonValue) -> e.GoalEdited:
    """The goal with that among its metadata, and nothing else changed."""
    return e.GoalEdited(
        name=goal.name,
        description=goal.description,
        criteria=goal.criteria,
        priority=goal.priority,
        deadline=goal.deadline,
        metadata={**goal.metadata, name: value},
    )


def pull_request_of(goal: Goal) -> str:
    """The address of the pull request that was opened for the goal's branch; empty for none."""
    return str(goal.metadata.get(PULL_REQUEST) or "")
