"""Goals in a repository are planned with the works of code goals, whatever their words, and by what is known of it."""

from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.goals import Goal
from engine.planning import methods
from engine.planning.planner import GoalPlanner
from engine.plans import Plan
from engine.values import GoalId, JsonValue
from tests.fakes import START

LIBRARIES = Path(methods.__file__).parent / "library"
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


@pytest.mark.sample(2)
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
            "Add tests for shop.sh",
            {"can_break_code": False},
            ["open_workspace", "hand_in_code", "prove", "person", "git_commit"],
        ),
        (
            "Add tests for shop.sh",
            {"can_break_code": False, "model_available": True},
            ["open_workspace", "write_code", "prove", "person", "git_commit"],
        ),
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


SENT = "Push the branch, after your yes"


@pytest.mark.parametrize(
    ("criteria", "metadata", "works", "last"),
    [
        (("Fix the bug that totals are wrong and push it",), {}, [*BY_HAND, "git_push"], SENT),
        (("Totals are wrong, push the fix",), {"code": "fix_bug"}, [*BY_HAND, "git_push"], SENT),
        (
            ("Fix the login crash", "Open a pull request", "make lint exits 0"),
            {},
            [*BY_HAND, "validate", "open_pull_request"],
            "Open a pull request, after your yes",
        ),
        (
            ("Fix the bug that totals are wrong and push it",),
            {"may_push": False},
            [*BY_HAND, "person"],
            "Push the branch yourself: the repository's terms keep me from it",
        ),
        (
            ("Fix the bug that totals are wrong and open a PR",),
            {"has_remote": False},
            [*BY_HAND, "person"],
            "Open the pull request yourself: the repository has no remote",
        ),
        (
            ("Implement a health page so that http://localhost:80/Health answers 200",),
            {},
            [*BY_HAND, "validate"],
            "See whether it holds: http://localhost:80/Health answers 200",
        ),
        (("Fix the bug that totals are wrong",), {"has_sandbox": False}, ["person", *BY_HAND], None),
    ],
)
async def test_what_is_to_become_of_a_change_is_planned_by_what_the_repository_allows(
    criteria: tuple[str, ...], metadata: dict[str, JsonValue], works: list[str], last: str | None
) -> None:
    plan = await planned(*criteria, **metadata)
    assert [task.work for task in plan.tasks] == works
    assert last is None or plan.tasks[-1].title == last
    assert all(behind.after == (before.key,) for before, behind in pairwise(plan.tasks))


async def test_a_dirty_checkout_is_told_of_before_anything_begins() -> None:
    plan = await planned("Fix the bug that totals are wrong", tree_is_dirty=True)
    assert plan.tasks[0].title == "Open a branch from what is committed, and see how the tests stand"
    assert "no part of this" in plan.tasks[0].description


async def test_a_change_that_is_said_sign_for_sign_is_made_so_by_nobody_else() -> None:
    plan = await planned("Create docs/Hello.md that says «Hello, {World}»", "Replace «a» by «b» in Shop.py")
    made, changed = (one for one in plan.tasks if one.work in ("create_file", "modify_file"))
    assert made.inputs == {"path": "docs/Hello.md", "content": "Hello, {World}\n"}
    assert changed.inputs == {"path": "Shop.py", "edits": [{"old_text": "a", "new_text": "b"}]}
    assert [task.work for task in plan.tasks].count("git_commit") == 2


async def test_a_feature_that_is_said_sign_for_sign_is_made_so_and_a_bug_is_shown_by_a_test_first() -> None:
    said = "Replace «1.1» by «1.2» in setup.py"
    assert "modify_file" in await works(said, code="implement_feature")
    assert await works(said, code="fix_bug") == BY_HAND


async def test_without_a_repository_the_same_words_are_a_person_s() -> None:
    for text in ("Create docs/Hello.md that says «Hello»", "Fix the totals and push it"):
        goal = Goal(id=GoalId(1), name=text, created_at=START, updated_at=START)
        found = await GoalPlanner().plan(goal, START, "UTC")
        assert {task.work for task in found.tasks} == {"person"}


@pytest.mark.parametrize("library", sorted(LIBRARIES.glob("*.yaml")), ids=lambda one: one.stem)
def test_what_a_work_is_handed_is_what_was_said_and_never_a_parameter_s_name(library: Path) -> None:
    inputs = [line for line in library.read_text().splitlines() if line.strip().startswith("inputs:")]
    assert not [line for line in inputs if "?" in line], "a parameter stands in braces there: «{change}»"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Fix the bug that totals are wrong, push it and open a PR", [*BY_HAND, "git_push", "open_pull_request"]),
        ("Implement dark mode and push it until make lint exits 0", [*BY_HAND, "validate", "git_push"]),
        ("Create a file VERSION with 1.2.0", ["open_workspace", "create_file", "prove", "git_commit"]),
    ],
)
async def test_a_name_without_criteria_says_as_much(name: str, expected: list[str]) -> None:
    goal = Goal(id=GoalId(1), name=name, created_at=START, updated_at=START, metadata=KNOWN)
    plan = await GoalPlanner().plan(goal, START, "UTC")
    assert [task.work for task in plan.tasks] == expected
