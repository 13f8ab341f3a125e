"""Opening: a goal begins where the tests say something that a change can be measured by; else what is amiss is told."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from engine.coding.reports import HandIn
from engine.coding.repositories import Command, Language, SetUp, Terms
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.tasks import TaskStatus
from engine.values import Cause, JsonValue
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import CURE, RED_TEST, TESTS, Life, git

NO_RUNNER = Command(words=("python3", "-m", "pytest_that_nobody_has", "-q", "pytest"))
FOR_EVER = TESTS.replace("self.assertEqual(total([]), 0)", "\n        while True: pass")


async def with_terms(executor: AutonomousGoalExecutor, **changed: object) -> None:
    (known,) = await executor.repositories.of(None)
    terms: Terms = replace(known.terms, **changed)  # type: ignore[arg-type]  # fields by their names
    await executor.repositories.change(known, terms, Cause(f"terms:{known.revision}"))


def stuck(goal: Goal) -> Mapping[str, JsonValue]:
    """What holds up the first task, and how it can be helped."""
    (blockage,) = goal.blockages.values()
    first = goal.tasks[min(goal.tasks)]
    assert (first.work, first.status) == ("open_workspace", TaskStatus.BLOCKED)
    return {"what": blockage.description, "how": blockage.how, "kind": blockage.kind.value, "number": blockage.number}


async def resolved(life: Life) -> Goal:
    """The person says that it is resolved; the goal goes on until it rests."""
    await life.executor.resolve_blockage(f"{life.id}:{stuck(await life.goal())['number']}")
    return await life.go_on()


async def test_tests_that_can_not_be_run_are_told_with_what_would_do_before_anybody_hands_in_anything(
    executor: AutonomousGoalExecutor,
) -> None:
    await with_terms(executor, test=NO_RUNNER)
    life = Life(executor)
    told = stuck(await life.go_on())
    assert told["kind"] == "external"
    assert "the tests can't be run as they are" in str(told["what"])
    assert "No module named pytest_that_nobody_has" in str(told["what"])
    assert "«setup: python3 -m pip install --target .milepost-deps pytest»" in str(told["how"])
    await with_terms(executor, test=Command(words=("python3", "-m", "unittest")))
    goal = await resolved(life)
    assert life.waiting(goal).work == "hand_in_code"


async def test_a_set_up_that_waits_for_a_yes_is_the_remedy(executor: AutonomousGoalExecutor) -> None:
    set_up = SetUp(command=Command(words=("true",)), makes=("vendor",))
    await with_terms(executor, test=Command(words=("no-such-program",)), set_up=set_up, language=Language.OTHER)
    told = stuck(await Life(executor).go_on())
    assert str(told["how"]).startswith("approve its set-up under /repo shop")


@pytest.mark.long  # two seconds
async def test_a_suite_without_a_test_yet_is_no_hindrance(executor: AutonomousGoalExecutor, shop: Path) -> None:
    git(shop, "rm", "-q", "test_shop.py")
    git(shop, "commit", "-q", "-m", "No test")
    await with_terms(executor, test=Command(words=("python3", "-m", "unittest")))
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    assert (await life.hand_in(HandIn(patch=CURE))).status is GoalStatus.COMPLETED


@pytest.mark.long  # two seconds; tests that can not be run are told above
async def test_tests_without_an_end_are_told_and_tried_again_on_the_base_as_it_is_by_then(
    opening: Opening, shop: Path
) -> None:
    (shop / "test_shop.py").write_text(FOR_EVER)
    git(shop, "commit", "-q", "-a", "-m", "For ever")
    async with opening(command=2.0) as executor:
        life = Life(executor)
        told = stuck(await life.go_on())
        assert "the tests don't come to an end as they are: it took too long" in str(told["what"])
        (shop / "test_shop.py").write_text(TESTS)
        git(shop, "commit", "-q", "-a", "-m", "With an end")
        goal = await resolved(life)
        assert life.waiting(goal).work == "hand_in_code"
        await life.hand_in(HandIn(files=RED_TEST))
        assert (await life.hand_in(HandIn(patch=CURE))).status is GoalStatus.COMPLETED
        branch = f"milepost/{life.id}-fix-the-bug-that-totals-are-wrong"
        assert git(shop, "log", "--format=%s", branch).splitlines()[1:] == ["With an end", "For ever", "The shop"]


@pytest.mark.long  # a second; engine/workspace/git/test_worktrees.py goes on with branches
async def test_a_branch_with_work_on_it_stays_on_its_base(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life = Life(executor)
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    before = git(shop, "rev-parse", "main").strip()
    (shop / "README.md").write_text("A shop\n")
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Say what it is")
    await (await life.benches()).catch_up(life.id)
    async with (await life.benches()).open(await life.goal()) as bench:
        assert bench.worktree.base == before
        assert [one.path for one in await bench.changed()] == ["test_total.py"]


@pytest.mark.long
async def test_a_repository_that_lost_its_commits_or_its_base_is_told_with_what_to_do(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    await executor.repositories.of(None)  # its base is known from now on
    git(shop, "checkout", "-q", "--orphan", "other")
    git(shop, "branch", "-q", "-D", "main")
    life = Life(executor)
    told = stuck(await life.go_on())
    assert (told["what"], told["how"]) == (
        "the repository has no commit yet",
        "make a first commit, an empty one will do",
    )
    git(shop, "commit", "-q", "-m", "Another")
    told = stuck(await resolved(life))
    assert (told["what"], told["how"]) == (
        "there is no branch «main» to start from",
        "say which one under /repo («base: …»)",
    )
    await with_terms(executor, base="other")
    assert life.waiting(await resolved(life)).work == "hand_in_code"


async def test_what_can_be_broken_on_purpose_hangs_on_what_the_code_is_written_in(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    assert executor.workbench is not None
    workbench, life = await executor.workbench.get(), Life(executor, "Add tests for shop")
    goal = await life.go_on()
    assert (await workbench.facts(goal))["can_break_code"] is True
    git(shop, "mv", "shop.py", "shop.rb")
    git(shop, "commit", "-q", "-m", "Another language; a test in Python says nothing of the code")
    assert (await workbench.facts(goal))["can_break_code"] is False


@pytest.mark.long
async def test_only_code_that_tests_may_be_about_and_that_has_something_to_break_counts(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    assert executor.workbench is not None
    workbench, life = await executor.workbench.get(), Life(executor, "Add tests for shop")
    goal = await life.go_on()

    async def known(**metadata: JsonValue) -> JsonValue:
        return (await workbench.facts(structs.replace(goal, metadata={**goal.metadata, **metadata})))["can_break_code"]

    (shop / "names.py").write_text('"""Names."""\n\nNAMES: list[str]\n', "utf-8")
    committed(shop, "Names")
    assert (await known(targets=["shop.py"]), await known(targets=["names.py"])) == (True, False)
    for name in ("till.rb", "stock.rb", "names.rb"):
        (shop / name).write_text("def total(prices) = prices.sum\n", "utf-8")
    committed(shop, "A shop in Ruby, with some Python beside it")
    assert await known() is True  # of a repository that is said to be one of Python
    await with_terms(executor, language=Language.OTHER)
    assert await known() is False
    git(shop, "rm", "-q", "shop.py", "till.rb", "stock.rb", "names.rb")
    git(shop, "commit", "-q", "-m", "Names alone")
    assert await known() is False


def committed(shop: Path, message: str) -> None:
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", message)
