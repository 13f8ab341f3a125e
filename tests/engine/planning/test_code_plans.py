"""Goals in a repository are planned with the works of code goals, whatever their words, and by what is known of it."""

import pytest
from msgspec.structs import replace

from engine.goals import Goal
from engine.planning.planner import GoalPlanner
from engine.plans import Plan
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


async def planned(*criteria: str, **metadata: JsonValue) -> Plan:
    goal = Goal(id=GoalId(1), name=criteria[0], criteria=criteria, created_at=START, updated_at=START)
    return await GoalPlanner().plan(replace(goal, metadata={**KNOWN, **metadata}), START, "UTC")


@pytest.mark.parametrize(
    ("criteria", "metadata"),
    [
        (("Fix the bug that totals are wrong", "Fix the bug that counts are wrong"), {}),
        (("Implement a search over titles", "Tea finds Green tea"), {}),
        (("Prices with VAT", "VAT is shown on the receipt"), {"code": "implement_feature"}),
        (("Totals are wrong", "An empty basket costs nothing"), {"code": "fix_bug"}),
        (("1. Implement a search", "2. Tea finds Green tea"), {}),
    ],
)
async def test_each_criterion_is_shown_by_tests_built_and_proven_one_after_the_other_in_the_one_place(
    criteria: tuple[str, ...], metadata: dict[str, JsonValue]
) -> None:
    plan = await planned(*criteria, **metadata)
    assert [task.work for task in plan.tasks] == BY_HAND * 2
    assert [task.criterion for task in plan.tasks] == [0] * 5 + [1] * 5
    committed, second = plan.tasks[4], plan.tasks[5]
    assert committed.key in second.after


async def test_what_is_to_be_done_beside_the_code_and_what_each_proof_looks_at_stay_as_they_are() -> None:
    plan = await planned("Fix the bug that totals are wrong", "Tell the customers by email", "All tests pass")
    assert [task.work for task in plan.tasks][:5] == BY_HAND
    assert {task.work for task in plan.tasks[5:]} == {"person"}
    kept = await planned("Refactor the parser", "The interface is as it was")
    assert {task.work for task in kept.tasks if task.criterion == 1} == {"person"}


async def test_two_kinds_of_change_keep_their_own_ways_and_take_turns() -> None:
    plan = await planned("Implement a search", "Add tests for shop.py", code="implement_feature")
    parts = [task.inputs.get("part") for task in plan.tasks if task.work == "hand_in_code"]
    assert parts == ["acceptance", "change", "tests"]
    assert plan.tasks[5].after == (plan.tasks[4].key,)


async def test_a_goal_without_a_repository_is_a_person_s_as_before() -> None:
    found = await works("Fix the bug that totals are wrong", repository=None, in_repository=False)
    assert {"open_workspace", "prove", "git_commit"}.isdisjoint(found)
