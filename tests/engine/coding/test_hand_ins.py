"""What a chat hands in is kept first and tried by an attempt: killed anywhere it is tried all the same, and once."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.bench import Bench
from engine.coding.handing_in import sweep, tried
from engine.coding.options import CodeLimits
from engine.coding.reports import HandIn
from engine.errors import HandedBack, RefusedError
from engine.execution.hand_ins import to_try, why_handed_back
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.tasks import Task, TaskStatus
from engine.values import Cause
from engine.workspace.access.code_access import CodeAccess
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import CURE, RED_TEST, SHOP, Life, benches_of, git, patch, unittest_of

SLOW = {"test_total.py": unittest_of("import time; time.sleep(600)")}


class Killed(BaseException):
    """The process dies here."""


async def brought(life: Life, hand_in: HandIn, cause: str = "update:1") -> Task:
    """Hand it in as a chat does; the task as it is then."""
    task = life.waiting(await life.goal())
    goal = await life.executor.take_in_code(life.id, task.number, hand_in, Cause(cause))
    return goal.task(task.number)


async def until(life: Life, number: int, status: TaskStatus) -> Goal:
    """Let the goal go on until a task has that status."""
    async with asyncio.timeout(60):
        while (goal := await life.goal()).task(number).status is not status:
            await life.executor.carry_goal(life.id, 0.2)
    return goal


@pytest.mark.long  # half a second; those below are kept and taken, and what is kept is swept
async def test_it_is_kept_at_once_and_taken_by_an_attempt(executor: AutonomousGoalExecutor) -> None:
    life = Life(executor)
    await life.go_on()
    task = await brought(life, HandIn(files=RED_TEST))
    assert to_try(task) in benches_of(executor).kept.names()
    assert task.status is TaskStatus.PENDING
    goal = await life.go_on()
    assert goal.task(task.number).status is TaskStatus.COMPLETED
    await sweep(benches_of(executor))
    assert benches_of(executor).kept.names() == {}


@pytest.mark.long  # a second; test_fixing.py has what is refused
async def test_what_is_not_what_the_task_asks_for_comes_back_with_the_reasons(executor: AutonomousGoalExecutor) -> None:
    life = Life(executor)
    await life.go_on()
    task = await brought(life, HandIn(files={"test_total.py": unittest_of("self.assertEqual(total([]), 0)")}))
    goal = await life.go_on()
    back = life.waiting(goal)
    assert back.number == task.number
    assert "passed" in why_handed_back(back)
    async with benches_of(executor).open(goal) as bench:
        assert await bench.changed() == ()
    await brought(life, HandIn(files=RED_TEST), "update:2")
    assert (await life.go_on()).task(task.number).status is TaskStatus.COMPLETED


@pytest.mark.long
async def test_one_is_tried_at_a_time_and_one_update_brings_one(executor: AutonomousGoalExecutor) -> None:
    life = Life(executor)
    await life.go_on()
    task = await brought(life, HandIn(files=RED_TEST))
    again = await executor.take_in_code(life.id, task.number, HandIn(files=RED_TEST), Cause("update:1"))
    assert to_try(again.task(task.number)) == to_try(task)
    for hand_in in (executor.take_in_code, executor.hand_in_code):
        with pytest.raises(RefusedError) as refused:
            await hand_in(life.id, task.number, HandIn(files=SLOW), Cause("update:2"))
        assert refused.value.code == "being_tried"
    goal = await life.go_on()
    with pytest.raises(RefusedError) as refused:
        await executor.take_in_code(life.id, task.number, HandIn(files=SLOW), Cause("update:3"))
    assert refused.value.code in ("not_waiting", "task_ended")
    assert (await life.log()).count("code_handed_in") == 1
    assert goal.task(task.number).status is TaskStatus.COMPLETED
    await sweep(benches_of(executor))
    assert benches_of(executor).kept.names() == {}


@pytest.mark.long  # one is tried at a time in the test above
async def test_of_two_who_hand_in_at_once_one_is_taken(executor: AutonomousGoalExecutor) -> None:
    life = Life(executor)
    task = life.waiting(await life.go_on())
    both = [
        executor.take_in_code(life.id, task.number, HandIn(files=files), Cause(f"update:{number}"))
        for number, files in enumerate((RED_TEST, SLOW))
    ]
    came = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, RefusedError) for one in came) == 1


async def test_the_program_may_end_in_between_and_it_is_tried_by_the_next(opening: Opening, shop: Path) -> None:
    async with opening() as executor:
        life = Life(executor)
        await life.go_on()
        task = await brought(life, HandIn(files=RED_TEST))
    async with opening() as executor:
        life = Life(executor)
        goal = await life.go_on()
        assert goal.task(task.number).status is TaskStatus.COMPLETED
        assert life.waiting(goal).work == "hand_in_code"


@pytest.mark.long  # a second; the program ends in between in the test above, too
async def test_a_patch_that_was_cut_off_while_it_came_in_comes_in_whole(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = patch("    for p in prices[1:]:", "    for p in prices:") + patch("x = 1", "x = 2", "more.py", "x = 1\n")
    with_more = {**RED_TEST, "more.py": b"x = 1\n"}
    async with opening() as executor:
        life = Life(executor)
        await life.go_on()
        await life.hand_in(HandIn(files=with_more))
        whole = CodeAccess.apply

        def cut_off(self: CodeAccess, told: str | bytes) -> object:
            if "trial" in str(self._root):
                return whole(self, told)
            whole(self, CURE)  # one of the two files is there when the process dies
            raise Killed

        task = life.waiting(await life.goal())
        monkeypatch.setattr(CodeAccess, "apply", cut_off)
        goal = await executor.take_in_code(life.id, task.number, HandIn(patch=two), Cause("update:7"))
        with pytest.raises(Killed):
            await tried(benches_of(executor), life.id, goal.task(task.number))
        monkeypatch.setattr(CodeAccess, "apply", whole)
        outcome = await tried(benches_of(executor), life.id, goal.task(task.number))
        assert "more.py" in outcome.summary
        async with (await life.benches()).open(await life.goal()) as bench:
            assert (bench.worktree.path / "more.py").read_text() == "x = 2\n"
            assert (bench.worktree.path / "shop.py").read_text() == SHOP.replace("[1:]", "")


@pytest.mark.long  # a second
async def test_a_goal_that_is_cancelled_meanwhile_ends_the_trial_and_keeps_nothing(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    life = Life(executor)
    await life.go_on()
    task = await brought(life, HandIn(files=SLOW))
    await until(life, task.number, TaskStatus.RUNNING)
    await executor.cancel_goal(life.id)
    goal = await life.goal()
    assert goal.status is GoalStatus.CANCELLED
    await life.closed()
    assert "test_total.py" not in git(shop, "log", "--all", "--name-only")


@pytest.mark.long  # engine/workspace/sandbox/test_bounds.py ends what never ends
async def test_tests_that_don_t_end_in_time_are_handed_back_in_plain_words(
    executor: AutonomousGoalExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(executor)
    await life.go_on()
    task = await brought(life, HandIn(files=SLOW))
    benches = benches_of(executor)
    benches.edges = replace(benches.edges, limits=CodeLimits(command=0.01, set_up=0.0))

    async def never_ends(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Bench, "tests", never_ends)
    with pytest.raises(HandedBack, match="did not come to an end in time"):
        await tried(benches, life.id, task)


async def test_what_brings_nothing_for_the_cure_is_refused_and_not_told_as_handed_in(life: Life) -> None:
    await life.hand_in(HandIn(files=RED_TEST))
    for nothing in (HandIn(branch="main"), HandIn(files=RED_TEST)):
        with pytest.raises(RefusedError, match="nothing that is not there already"):
            await life.hand_in(nothing)
    assert life.waiting(await life.goal()).inputs["part"] == "change"
