"""Planning never holds the event loop for long, however many criteria there are and however long: counted in calls."""

import pytest

from engine.goals import Goal
from engine.planning.requests import PlanRequest
from engine.plans import Plan
from engine.values import GoalId
from tests.engine.planning.htn.test_slices import calls_in
from tests.engine.planning.planners import general_planner
from tests.engine.planning.test_planner_properties import HOSTILE, NOW

MOST_CALLS = 200_000
"""About fifteen milliseconds."""


def longest_slice(criteria: tuple[str, ...]) -> int:
    """The calls of the longest slice of planning."""
    goal = Goal(id=GoalId(1), name="A goal", criteria=criteria, created_at=NOW, updated_at=NOW)
    slices = general_planner().planning(PlanRequest(goal=goal, now=NOW))
    most, plan = 0, list[Plan]()

    def go_on() -> None:
        try:
            next(slices)
        except StopIteration as end:
            plan.append(end.value)

    while not plan:
        most = max(most, calls_in(go_on))
    return most


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", ["200 in a row", "200 senseless", "numbers"])
def test_no_slice_of_planning_is_long_for_many_or_long_criteria(kind: str) -> None:
    longest_slice(("Write a report",))  # what is loaded once is not what is counted
    criteria = HOSTILE[kind]
    assert longest_slice(criteria[:60]) < MOST_CALLS
