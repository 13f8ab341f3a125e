"""Goals in a repository are planned with the works of code goals, whatever their words, and by what is known of it."""

import pytest
from msgspec.structs import replace

from engine.goals import Goal
from engine.planning.planner import GoalPlanner
from engine.values import GoalId, JsonValue
from tests.fakes import START

KNOWN: dict[str, JsonValue] = {
    "repository": "shop",
    "in_repository": True,
    "has_test_command": True,
    "has_tests": True,
    "language": "python",
}
BY_HAND = ["open_workspace", "hand_in_code", "hand_in_code", "prove", "git_commit"]


async def works(name: str, **metadata: JsonValue) -> list[str]:
    goal = Goal(id=GoalId(1), name=name, criteria=(name,), created_at=START, updated_at=START)
    plan = await GoalPlanner().plan(replace(goal, metadata={**KNOWN, **metadata}), START, "UTC")
    return [task.work for task in plan.tasks]


@pytest.mark.parametrize(
    ("name", "metadata", "expected"),
    [
        ("Fix the bug that totals are wrong", {}, BY_HAND),
        ("Implement dark mode", {}, BY_HAND),
        ("Prices with VAT", {"code": "implement_feature"}, BY_HAND),
        ("The login crashes on Safari", {"code": "fix_bug"}, BY_HAND),
        ("Refactor the parser", {}, ["open_workspace", "hand_in_code", "prove", "git_commit"]),
        ("Add tests for shop.py", {}, ["open_workspace", "hand_in_code", "prove", "git_commit"]),
        (
            "Refactor the parser",
            {"has_tests": False},
            ["open_workspace", "hand_in_code", "prove", "git_commit", "hand_in_code", "prove", "git_commit"],
        ),
        (
            "Fix the bug that totals are wrong",
            {"model_available": True},
            ["open_workspace", "write_code", "write_code", "prove", "git_commit"],
        ),
        ("Fix the bug that totals are wrong", {"has_test_command": False}, ["person", *BY_HAND]),
    ],
)
async def test_a_goal_in_a_repository_is_carried_out_there(
    name: str, metadata: dict[str, JsonValue], expected: list[str]
) -> None:
    assert await works(name, **metadata) == expected


async def test_a_goal_without_a_repository_is_a_person_s_as_before() -> None:
    found = await works("Fix the bug that totals are wrong", repository=None, in_repository=False)
    assert {"open_workspace", "prove", "git_commit"}.isdisjoint(found)
